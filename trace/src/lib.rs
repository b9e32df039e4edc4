//! What a CrewAI trace is, how each form of it is read, and what it says.
