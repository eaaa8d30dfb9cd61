"""The examples of docs/api.md, run against a server."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api_server import newsroom, serving
from natoqa.settings import Settings

pytestmark = pytest.mark.process

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CALLS = re.findall(r"^\$ (curl .*)$", PAGE, re.MULTILINE)

# One that the questions of the page ask for.
ARTICLE = """---
title: Hegseth rules out US troops for Ukraine
outlet: The Courier
published: 2025-02-13
---
"US troops will not go to Ukraine," US Defense Secretary Pete Hegseth told reporters in Brussels.

NATO Secretary General Mark Rutte said that security guarantees for Ukraine must be robust.
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(newsroom(tmp_path_factory.mktemp("newsroom"), ARTICLE)) as url:
        yield url


@pytest.mark.parametrize("program", PROGRAMS, ids=["plain", "openai"])
def test_a_program_runs_and_prints_the_quote(address: str, program: str) -> None:
    assert ADDRESS in program
    run = subprocess.run(
        [sys.executable, "-c", program.replace(ADDRESS, address)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert '"US troops will not go to Ukraine,"' in run.stdout


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_curl_is_answered(address: str, call: str) -> None:
    response = httpx.request(**as_request(call.replace(ADDRESS, address)))  # type: ignore[arg-type]
    assert response.status_code == 200
    if response.headers["content-type"] == "application/json":
        assert set(response.json()) & {"status", "hits", "articles"}
    else:
        assert "event: answer\n" in response.text


def as_request(call: str) -> dict[str, object]:
    """Return what curl would send, as arguments of httpx: not every machine has curl."""
    words = iter(shlex.split(call)[1:])
    url, method, headers, data, in_address = "", "", {}, [], False
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-urlencode"):
            data.append(next(words))
        elif word == "-X":
            method = next(words)
        elif word == "-G":
            in_address = True
        elif not word.startswith("-"):
            url = word
        else:
            assert word in ("-s", "-sN"), word
    assert urlsplit(url).path.startswith("/api/")
    if in_address:
        return {"method": "GET", "url": url, "headers": headers, "params": [tuple(each.split("=", 1)) for each in data]}
    [body] = data or [""]
    assert not body or json.loads(body)
    return {"method": method or ("POST" if body else "GET"), "url": url, "headers": headers, "content": body}


def test_every_operation_is_documented(address: str) -> None:
    for path, methods in httpx.get(f"{address}/api/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in PAGE or path == "/v1/models/{model}"


def test_the_limits_are_those_of_the_program() -> None:
    from natoqa.api import documents
    from natoqa.serving import safeguards
    from natoqa.serving.places import Limits

    assert f"at most {documents.MOST_PASSAGES}" in PAGE
    assert Limits.of(Settings()) == Limits(4, 64, 2, 32) == Limits()
    assert "Four questions are worked on at a time and 64 may wait, two and 32 of one client" in PAGE
    assert safeguards._MAX_BODY == 1_000_000
    assert "more than 1 MB" in PAGE
