"""Records a CrewAI run into a file that the crewscope viewer opens.

    import crewscope_recorder

    with crewscope_recorder.record("run.jsonl"):
        crew.kickoff()

The same covers flows, ``kickoff_for_each``, async kickoffs, lone agents and bare LLM calls. Without a change of code:
``CREWSCOPE_RECORD=run.jsonl python main.py``, or ``python -m crewscope_recorder main.py``.

Nothing here uses the network, and nothing here raises into the crew.
"""

from .redaction import hide_content, hide_secrets
from .recording import Recording, record

__version__ = "0.1.0"

__all__ = ["Recording", "hide_content", "hide_secrets", "record"]
