"""Language models: any LlamaIndex LLM, connected by settings, read under one deadline, failing in one error tree.

    llm = connect(settings)                              # OpenAI-compatible server or Ollama
    for piece in stream(llm, system, user, timeout=60):  # str pieces, or an LLMError
        ...

`natoqa.llm.scripted` has the `ScriptedLLM` for tests. Importing this room does not import LlamaIndex.
"""

from __future__ import annotations

from natoqa.llm.connecting import connect
from natoqa.llm.streaming import stream

__all__ = ["connect", "stream"]
