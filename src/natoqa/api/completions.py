"""natoqa in the form of OpenAI's chat completions, so that any chat client can point at it.

The last message of the user is the question, the messages before it are the conversation so far. The answer carries its
marks `[1]` in the text, and what they stand for in the field `citations` of the message.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial

from fastapi import APIRouter, Request, Response

from natoqa.api import documents, responses
from natoqa.api.desk import Desk, Exchange, Part
from natoqa.api.documents import ChatProblem, ChatRequest, Message, refusals
from natoqa.api.responses import Document
from natoqa.index import filters_of
from natoqa.serving.asker import asker_of
from natoqa.serving.problems import RefusedError
from natoqa.types import Answer, Json

# Whatever model a client asks for, this one answers.
MODEL = "natoqa"
_MODEL: Json = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
_DONE = b"data: [DONE]\n\n"
# An event without a name is called so.
_STREAM = responses.described("message")
_COMPLETIONS: documents.Responses = {200: {"model": documents.Completion, "content": _STREAM}}


def completions(desk: Desk) -> APIRouter:
    """Return the routes below /v1."""
    router = APIRouter(prefix="/v1")

    @router.post("/chat/completions", responses={**_COMPLETIONS, **refusals(model=ChatProblem)})
    async def complete(chat: ChatRequest, request: Request) -> Response:
        """Answer the last question of a conversation."""
        question, before = read(chat.messages)
        filters = filters_of(since=chat.since, until=chat.until, outlet=chat.outlet)
        asker = asker_of(request, door="api")
        if not chat.stream:
            answer = await desk.ask(question, filters, after=before, asker=asker)
            message = {"role": "assistant", "content": answer.text, "refusal": None, "citations": _citations(answer)}
            choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
            used = usage(chat.messages, answer.text)
            return Document({**_head("chat.completion"), "choices": [choice], "usage": used})
        parts = await desk.begin(question, filters, after=before, asker=asker)
        counted = chat.messages if chat.stream_options and chat.stream_options.include_usage else None
        return responses.stream(_chunks(parts, counted), failed=partial(responses.problem_event, path=request.url.path))

    @router.get("/models", responses={200: {"model": documents.Models}, **refusals(model=ChatProblem)})
    async def models() -> Response:
        """List the models: one."""
        return Document({"object": "list", "data": [_MODEL]})

    @router.get("/models/{model}", responses={200: {"model": documents.Model}, **refusals(404, model=ChatProblem)})
    async def model(model: str) -> Response:
        """Return the model."""
        if model != MODEL:
            raise RefusedError(404, "There is no such model.", hint=f"The model is called {MODEL}.")
        return Document(_MODEL)

    return router


def read(messages: Sequence[Message]) -> tuple[str, list[Exchange]]:
    """Return the last question, and the ones before it with what was answered. Raises `RefusedError` without any."""
    question: str | None = None
    replied = ""
    exchanges: list[Exchange] = []
    for message in messages:
        if message.role == "user":
            if question is not None:
                exchanges.append((question, replied))
            question, replied = message.text, ""
        elif message.role == "assistant":
            replied += message.text
    if question is None:
        raise RefusedError(400, "There is no message of a user.", hint='Send a message with "role": "user".')
    return question, exchanges


def usage(messages: Sequence[Message], answer: str) -> Json:
    """Return how long conversation and answer are, in words: there need not be a model with tokens of its own."""
    asked, answered = sum(len(message.text.split()) for message in messages), len(answer.split())
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _citations(answer: Answer) -> list[Json]:
    return [citation.to_dict() for citation in answer.citations]


def _head(kind: str) -> Json:
    return {"id": f"chatcmpl-{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), "model": MODEL}


async def _chunks(parts: AsyncIterator[Part], counted: Sequence[Message] | None) -> responses.Stream:
    """Yield the text in pieces, the citations with the last one; then the usage, if `counted` messages are given."""
    # Who asks for the usage expects the field in every piece.
    head = _head("chat.completion.chunk") | ({} if counted is None else {"usage": None})

    def chunk(delta: Json, finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return responses.event({**head, "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    written = ""
    async for part in parts:
        if isinstance(part, Answer):
            yield chunk({"citations": _citations(part)}, "stop")
        else:
            written += part
            yield chunk({"content": part})
    if counted is not None:
        yield responses.event({**head, "choices": [], "usage": usage(counted, written)})
    yield _DONE
