"""The HTTP API on loopback: a small corpus, indexed with the embedding that needs no model, and a running server."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from starlette.types import ASGIApp

from natoqa.api import create_api
from natoqa.serving.safeguards import Safeguards
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from web_server import running

TROOPS = """---
title: Freedonia rules out troops for Sylvania
outlet: The Courier
published: 2025-02-13
url: https://courier.example/troops
---
Ministers of the alliance met in Brussels on Thursday. The meeting was the first of the year.

"Freedonia will not send troops to Sylvania," Defence Minister Ann Lee told reporters. She did not take questions.

Talks will go on in March. Hotels in the city are fully booked.
"""
HARBOUR = """---
title: New harbour opens in Osterlich
outlet: The Echo
published: 2025-03-01
---
The new harbour of Osterlich opened on Saturday.
Mayor Bertha Klein said that the harbour of Osterlich cost 40 million crowns.
"""
ASKED = "Will Freedonia send troops to Sylvania?"
QUOTE = '"Freedonia will not send troops to Sylvania," Defence Minister Ann Lee told reporters.'


def newsroom(folder: Path, *articles: str, **given: object) -> Settings:
    """Return settings for an indexed corpus of these articles; without any there is a corpus and no index."""
    settings = unindexed(folder, *articles, **given)
    if articles:
        with contextlib.closing(SharedIndex(settings)) as shared:
            shared.sync()
    return settings


def unindexed(folder: Path, *articles: str, **given: object) -> Settings:
    """Return settings for a corpus of these articles."""
    settings = Settings(corpus=folder / "corpus", index=folder / "index", embedding_model="hashing", **given)  # type: ignore[arg-type]
    settings.corpus.mkdir()
    for number, article in enumerate(articles):
        (settings.corpus / f"{number}.md").write_text(article, encoding="utf-8")
    return settings


def index_in_another_process(settings: Settings) -> None:
    """Run `natoqa index` until it has finished."""
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    environment = os.environ | {"NATOQA_EMBEDDING_MODEL": settings.embedding_model}
    command = [sys.executable, "-m", "natoqa", "index", *folders]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def guarded(settings: Settings, shared: SharedIndex) -> ASGIApp:
    """Return the API behind the safeguards of the whole application, without the page beside it."""
    return Safeguards(create_api(settings, shared), loopback_only=True)


@contextlib.contextmanager
def serving(settings: Settings, app: ASGIApp | None = None, shared: SharedIndex | None = None) -> Iterator[str]:
    """Serve the API (or another application) from a thread of this process; yields its address."""
    shared = shared or SharedIndex(settings)
    with contextlib.closing(shared), running(app or guarded(settings, shared)) as url:
        yield url
