"""The API as one application: its routes, its gate, its description, and how errors are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from natoqa import __version__
from natoqa.api.completions import completions
from natoqa.api.desk import Desk
from natoqa.api.gate import Gate
from natoqa.api.responses import Document
from natoqa.api.routes import health, operations
from natoqa.errors import NatoqaError
from natoqa.serving.junction import route_path
from natoqa.serving.problems import UNEXPECTED, RefusedError, document, status_of
from natoqa.settings import Settings

if TYPE_CHECKING:
    from natoqa.serving.shared_index import SharedIndex

# A request that is wrong all over is told no more than a reader takes in.
_TOLD = 3
# Only for the description: the gate has looked at the key before.
_KEY = Depends(HTTPBearer(auto_error=False, description="One of the api_keys of the server, or its admin_key."))


def create(settings: Settings, shared: SharedIndex) -> FastAPI:
    """Return the API."""
    app = FastAPI(
        title="natoqa",
        version=__version__,
        description="Ask a folder of news articles; every sentence of an answer is tied to a sentence of an article.",
        openapi_url="/api/openapi.json",
        # These pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    desk = Desk(shared)
    app.include_router(operations(settings, shared, desk), dependencies=[_KEY])
    app.include_router(completions(desk), dependencies=[_KEY])
    app.include_router(health(shared))
    app.add_middleware(Gate, settings=settings)
    for kind in (NatoqaError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _told)
    return app


async def _told(request: Request, error: Exception) -> Document:
    path = route_path(request.scope)
    problem = _problem(error, path)
    # A wrong method's says which ones are right.
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else None
    return Document(document(problem, path=path), status_of(problem), headers=headers)


def _problem(error: Exception, path: str) -> NatoqaError:
    """Return the error as one that can be told: what is wrong with a request, but not what was sent."""
    if isinstance(error, NatoqaError):
        return error
    if isinstance(error, RequestValidationError):
        wrong = (f"{'.'.join(map(str, each['loc'][1:])) or 'body'}: {each['msg']}" for each in error.errors()[:_TOLD])
        hint = "See /api/openapi.json for what may be sent."
        return RefusedError(400 if path.startswith("/v1/") else 422, "; ".join(wrong), hint=hint)
    if isinstance(error, HTTPException):
        hint = "See /api/openapi.json for the addresses and their methods."
        return RefusedError(error.status_code, str(error.detail), hint=hint)
    return NatoqaError("The request could not be carried out.", hint=UNEXPECTED)
