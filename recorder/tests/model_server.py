"""A scripted model server on loopback that speaks OpenAI's chat API, and counts what it serves.

A prompt holds a key in double square brackets, ``[[write]]``; the script names the answers for each key, in order (the last one
repeats). An answer is a dict: ``text``; ``tools`` = [(name, arguments)]; ``status`` = an HTTP error; ``delay`` in seconds."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = re.compile(r"\[\[([\w.-]+)\]\]")


def _text(message):
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return content or ""


class ModelServer:
    """Serves until the process ends. `served` is the list of all requests, the truth that traces are held against."""

    def __init__(self, script):
        self.script = script
        self.served = []
        self._turn = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.answer(200, {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if not self.path.endswith("/chat/completions"):
                    return self.answer(404, {"error": {"message": f"{self.path} is not scripted"}})
                outer.chat(self, json.loads(body))

            def answer(self, status, body, kind="application/json"):
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def _step(self, messages):
        key = None
        for message in messages:
            if message["role"] in ("system", "user") and (found := KEY.findall(_text(message))):
                key = found[0]
                if message["role"] == "user":
                    break
        steps = self.script.get(key) or [{"text": "Nothing is scripted for this."}]
        with self._lock:
            turn = self._turn.get(key, 0)
            self._turn[key] = turn + 1
        return key, steps[min(turn, len(steps) - 1)]

    def chat(self, handler, body):
        key, step = self._step(body["messages"])
        time.sleep(step.get("delay", 0.01))
        record = {"key": key, "model": body["model"], "stream": bool(body.get("stream")), "status": step.get("status", 200)}
        if "status" in step:
            self.served.append(record)
            return handler.answer(step["status"], {"error": {"message": "scripted refusal", "type": "invalid_request_error", "code": "scripted"}})
        text, tools = step.get("text"), step.get("tools") or []
        number = len(self.served) + 1
        # Like a tokenizer's counts: they depend on what was sent.
        prompt = sum(len(_text(message)) for message in body["messages"]) // 4 + 7
        completion = (len(text or "") + len(json.dumps(tools))) // 4 + 3
        record.update(prompt=prompt, completion=completion, cached=step.get("cached", 0), reasoning=step.get("reasoning", 0))
        self.served.append(record)
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": record["cached"]},
            "completion_tokens_details": {"reasoning_tokens": record["reasoning"]},
        }
        calls = [
            {"id": f"call_{number}_{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
            for at, (name, arguments) in enumerate(tools)
        ]
        head = {"id": f"chatcmpl-{number}", "created": int(time.time()), "model": body["model"]}
        reason = "tool_calls" if calls else "stop"
        if body.get("stream"):
            return handler.answer(200, self._stream(head, text, calls, reason, usage, body), "text/event-stream")
        message = {"role": "assistant", "content": text, **({"tool_calls": calls} if calls else {})}
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        handler.answer(200, {**head, "object": "chat.completion", "choices": [choice], "usage": usage})

    @staticmethod
    def _stream(head, text, calls, reason, usage, body):
        out = []

        def chunk(delta, finish=None, used=None):
            choices = [] if used else [{"index": 0, "delta": delta, "finish_reason": finish}]
            out.append({**head, "object": "chat.completion.chunk", "choices": choices, "usage": used})

        chunk({"role": "assistant", "content": ""})
        for at in range(0, len(text or ""), 9):
            chunk({"content": text[at : at + 9]})
        for at, call in enumerate(calls):
            chunk({"tool_calls": [{"index": at, **call}]})
        chunk({}, reason)
        if (body.get("stream_options") or {}).get("include_usage"):
            chunk({}, None, usage)
        return "".join(f"data: {json.dumps(piece)}\n\n" for piece in out).encode() + b"data: [DONE]\n\n"

    def truth(self):
        """What was served, summed."""
        good = [request for request in self.served if request["status"] == 200]
        total = {name: sum(request[name] for request in good) for name in ("prompt", "completion", "cached", "reasoning")}
        return {**total, "total": total["prompt"] + total["completion"], "requests": len(self.served), "failed": len(self.served) - len(good)}
