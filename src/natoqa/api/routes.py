"""natoqa's own operations: ask, search, read an article, see how index and server stand, re-index."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from natoqa.api import documents, responses
from natoqa.api.desk import Desk, Part
from natoqa.api.documents import Day, Outlet, Passages, Question, Version, refusals
from natoqa.api.responses import Document
from natoqa.index import filters_of
from natoqa.serving.asker import asker_of
from natoqa.serving.problems import RefusedError
from natoqa.settings import Settings
from natoqa.types import Answer, Json

if TYPE_CHECKING:
    from natoqa.serving.shared_index import SharedIndex

_STREAM = responses.described("text", "answer", "error")
_ANSWERS: documents.Responses = {200: {"model": documents.AnswerDocument, "content": _STREAM}}


def operations(settings: Settings, shared: SharedIndex, desk: Desk) -> APIRouter:
    """Return the routes below /api."""
    router = APIRouter(prefix="/api")

    @router.post("/ask", responses={**_ANSWERS, **refusals(422)})
    async def ask(question: Question, request: Request) -> Response:
        """Answer a question from the articles, sentence by cited sentence.

        With `"stream": true`, or with `Accept: text/event-stream`, the answer comes as server-sent events: `text`
        (`{"text": piece}`) again and again, then `answer`, the whole document; `error` in its place if it breaks off.
        """
        filters = filters_of(since=question.since, until=question.until, outlet=question.outlet)
        asker = asker_of(request, door="api")
        if not (question.stream or responses.MEDIA_TYPE in request.headers.get("accept", "")):
            return Document((await desk.ask(question.question, filters, asker=asker)).to_dict())
        parts = await desk.begin(question.question, filters, asker=asker)
        return responses.stream(_written(parts), failed=partial(responses.problem_event, path=request.url.path))

    @router.get("/search", responses={200: {"model": documents.SearchDocument}, **refusals(422)})
    async def search(
        query: Annotated[str, Query(description="What to search for.")],
        request: Request,
        k: Annotated[Passages, Query(description="How many passages.")] = 10,
        since: Annotated[Day | None, Query(description="Only articles of this day or later.")] = None,
        until: Annotated[Day | None, Query(description="Only articles up to this day.")] = None,
        outlet: Annotated[
            list[Outlet] | None, Query(description="Only articles of this outlet; given again, of any of them.")
        ] = None,
    ) -> Response:
        """Find the passages that match a query best."""
        if not re.search(r"\w", query):
            raise RefusedError(
                422, "The query holds no word to search for.", hint="Name what the articles may speak of."
            )

        def found() -> Json:
            return shared.index().retrieve(query, k=k, since=since, until=until, outlet=outlet).to_dict()

        async with shared.places.taken(asker_of(request, door="api"), query) as place:
            document = await run_in_threadpool(found)
            place.outcome = "found"
        return Document(document)

    @router.get("/articles/{article_id}", responses={200: {"model": documents.ArticleDocument}, **refusals(404, 422)})
    def article(
        article_id: Annotated[str, Path(description="From a hit or a citation.")],
        version: Annotated[
            Version | None, Query(description="The text as it was cited; the newest if not given.")
        ] = None,
    ) -> Response:
        """Return an article, as it is now or as it was cited."""
        return Document(shared.index().article(article_id, version=version).to_dict())

    @router.get("/status", responses={200: {"model": documents.StatusDocument}, **refusals()})
    def status() -> Response:
        """Tell what is indexed, and how many files of the corpus differ from it."""
        return Document(shared.index().status(settings.corpus).to_dict())

    @router.post("/index", responses={200: {"model": documents.SyncDocument}, **refusals(409, 507)})
    def index() -> Response:
        """Make the index equal the corpus; answers when that is done. Needs the admin key."""
        return Document(shared.sync().to_dict())

    return router


async def _written(parts: AsyncIterator[Part]) -> responses.Stream:
    async for part in parts:
        if isinstance(part, Answer):
            yield responses.event(part.to_dict(), name="answer")
        else:
            yield responses.event({"text": part}, name="text")


def health(shared: SharedIndex) -> APIRouter:
    """Return the routes that a supervisor asks, with no key; they tell nothing about the articles."""
    router = APIRouter(responses={421: {"model": documents.Problem}})

    @router.get("/healthz", responses={200: {"model": documents.Health}})
    async def healthz() -> Response:
        """Tell that the server answers."""
        return Document({"status": "ok"})

    @router.get("/readyz", responses={200: {"model": documents.Health}, 503: {"model": documents.Problem}})
    def readyz() -> Response:
        """Tell whether questions can be answered: whether there is an index that can be used."""
        if shared.state().problem is not None:
            raise RefusedError(503, "There is no index that can be used.", hint="Run `natoqa status` on the server.")
        return Document({"status": "ready"})

    return router
