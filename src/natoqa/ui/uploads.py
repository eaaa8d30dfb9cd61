"""The address that takes an article: `POST /articles`, a form with one file or with one web address.

Gradio's own way for files is shut (`serving.safeguards`), as it takes anything from anybody. This one asks first who
sends, reads no more than an article can have, and tells in plain words what became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from natoqa.errors import NatoqaError
from natoqa.serving.adding import Addition, add_address, add_file
from natoqa.serving.editors import Editors
from natoqa.serving.keys import bearer
from natoqa.serving.problems import UNEXPECTED, RefusedError, document, status_of
from natoqa.serving.safeguards import is_from_another_site
from natoqa.settings import Settings

if TYPE_CHECKING:
    from natoqa.serving.shared_index import SharedIndex

logger = logging.getLogger(__name__)

PATH = "/articles"

# Bytes of a web address in a form: the longest one, four bytes a character.
_LONGEST_ADDRESS = 8_000

_FORM = "Send one file in a field named file, or one web address in a field named address."

# What a form puts around its file: boundaries, the names of the parts and of the file.
_AROUND = 20_000


def longest(settings: Settings) -> int:
    """Return how many bytes a request with the largest article has."""
    return most_bytes(settings) + _AROUND


def most_bytes(settings: Settings) -> int:
    """Return how many bytes an article has at most."""
    return int(settings.max_file_mb * 1_000_000)


def uploads(settings: Settings, shared: SharedIndex, editors: Editors) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request with an article."""

    async def answer(request: Request) -> Response:
        try:
            _check_sender(request, settings, editors)
            add = await _sent(request, most_bytes(settings))
            added = await run_in_threadpool(add, shared, settings)
        except NatoqaError as problem:
            return JSONResponse(document(problem, path=PATH), status_of(problem))
        except Exception:
            logger.exception("an article could not be added")
            unexpected = NatoqaError("The article could not be added.", hint=UNEXPECTED)
            return JSONResponse(document(unexpected, path=PATH), 500)
        return JSONResponse(added.to_dict(), 201)

    return answer


def _check_sender(request: Request, settings: Settings, editors: Editors) -> None:
    """Raise `RefusedError` for who may not add articles; nothing of the file has been read yet."""
    headers = dict(request.scope["headers"])
    if not settings.uploads:
        raise RefusedError(403, "Adding articles is switched off.", hint="The setting `uploads` opens it.")
    if is_from_another_site(headers):
        raise RefusedError(403, "Another site may not act here.", hint="Use the corpus page itself.")
    given = bearer(headers)
    if not editors.includes(request.scope, permit=given.decode("latin-1"), key=given):
        raise RefusedError(
            403,
            "Articles can be added on the machine that natoqa runs on, and by administrators.",
            hint="Unlock the corpus page with the admin key first.",
        )


async def _sent(request: Request, most: int) -> Callable[[SharedIndex, Settings], Addition]:
    """Return what adds the file or the address that was sent; raises `RefusedError` where there is neither."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RefusedError(415, "An article is sent as a form with a file.", hint="Use the form of the corpus page.")
    try:
        async with request.form(max_files=1, max_fields=1, max_part_size=_LONGEST_ADDRESS) as form:
            file, address = form.get("file"), form.get("address")
            if file is None and isinstance(address, str):
                return partial(add_address, address=address)
            if not isinstance(file, UploadFile) or not file.filename:
                raise RefusedError(400, "No file was sent.", hint="Choose a file first.")
            # One byte more tells that there is too much, however much there is.
            content = await file.read(most + 1)
    except (HTTPException, MultiPartException, ClientDisconnect) as error:
        raise RefusedError(400, "The form could not be read.", hint=_FORM) from error
    if len(content) > most:
        raise RefusedError(413, f"{most / 1e6:g} MB is the most that an article may have.", hint="Send a smaller file.")
    return partial(add_file, name=file.filename, content=content)
