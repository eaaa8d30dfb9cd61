"""A LlamaIndex LLM that gives prepared replies: for tests, in place of a server.

Import it from here; `natoqa.llm` does not load this module, because LlamaIndex takes seconds to import.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any

from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

from natoqa.errors import LLMOutputError


class ScriptedLLM(CustomLLM):
    """Gives the replies one by one, word by word; an exception is raised in its turn.

    `prompts` lists what it was asked. After the last reply it raises `LLMOutputError`.

        llm = ScriptedLLM(["He said no. [A1.s1]", TimeoutError()])
    """

    prompts: list[str] = Field(default_factory=list)
    _replies: deque[str | Exception] = PrivateAttr()

    def __init__(self, replies: Iterable[str | Exception]) -> None:
        super().__init__()
        self._replies = deque(replies)

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex asks of every LLM."""
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Return the next reply as a whole, or raise it."""
        self.prompts.append(prompt)
        if not self._replies:
            raise LLMOutputError("The script has no reply left")
        reply = self._replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        return CompletionResponse(text=reply)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """Yield the next reply word by word."""
        said = ""
        for word in re.findall(r"\S+\s*|\s+", self.complete(prompt).text):
            said += word
            yield CompletionResponse(text=said, delta=word)
