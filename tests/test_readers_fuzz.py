"""Whatever a file holds: never an exception, and what is stored is what all offsets point into."""

from __future__ import annotations

import gzip
import io
import json
import logging
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from natoqa import readers
from natoqa.readers import Reading

KINDS = st.sampled_from(sorted(readers.SUFFIXES))
PIECES = st.sampled_from(
    ["---\n", "title: ", "published: ", "authors: [", "]", "# ", "![", "](", ")", "```\n", "===\n"]
)
MARKS = st.sampled_from(
    ['{"text": "', '"}', '{"id": 1, "text": "a"}\n', "\\ud800", "&a ", "*a", "!!x ", "é", "\0", "a "]
)
ENDS = st.sampled_from(["\n", "\r", "---", "\ufeff", "\x1b"])
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)

unhurried = settings(deadline=None)  # a busy machine is no fault of the reader


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(autouse=True)
def _no_surprises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An exception that only the last resort of `read` caught is logged, and a fault of ours."""
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


def read(folder: Path, content: bytes, suffix: str, max_bytes: int = 100_000) -> Reading:
    file = folder / f"article{suffix}"
    file.write_bytes(content)
    return readers.read(file, name="a", max_bytes=max_bytes)


def check(reading: Reading) -> None:
    assert reading.articles or reading.failures or reading.notes
    assert len({article.record for article in reading.articles}) == len(reading.articles)
    for article in reading.articles:
        assert article.title
        assert "\n" not in article.title
        assert article.text == article.text.strip() != ""
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", article.text + article.title)
        json.dumps(article.to_dict(), ensure_ascii=False).encode()
    for line in [*reading.notes, *(failure.error for failure in reading.failures)]:
        line.encode()


@unhurried
@given(st.binary(max_size=300), KINDS)
@example(b"---\ntitle: \xff\n---\na", ".md")
def test_random_bytes(folder: Path, content: bytes, suffix: str) -> None:
    check(read(folder, content, suffix))


@unhurried
@given(
    st.lists(PIECES | MARKS | ENDS | st.text(max_size=5), max_size=20).map("".join),
    KINDS,
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_random_marks(folder: Path, content: str, suffix: str, encoding: str) -> None:
    check(read(folder, content.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace"), suffix))


@unhurried
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_values_of_any_type(folder: Path, value: object) -> None:
    fields = ("title", "outlet", "published", "url", "authors", "id", "text")
    items = [{"text": "a", field: value} for field in fields]
    check(read(folder, "\n".join(json.dumps(item) for item in items).encode(), ".jsonl"))
    check(read(folder, json.dumps({"articles": items}).encode(), ".json"))


@unhurried
@given(WORDS, st.sampled_from([".md", ".txt", ".jsonl", ".json"]))
def test_a_stored_text_is_read_as_it_is(folder: Path, words: str, suffix: str) -> None:
    """What has been read once comes out the same when it is written and read again: all offsets stay valid."""

    def again(text: str) -> Reading:
        content = text if suffix in (".md", ".txt") else json.dumps({"text": text})
        return read(folder, content.encode(), suffix)

    first = again(f"Word {words}")
    assert [article.text for article in again(first.articles[0].text).articles] == [first.articles[0].text]
    harmless = re.sub("[\x00-\x1f\x7f-\x9f]", "", words)
    stored = again(f"Word {harmless}.").articles[0].text
    assert stored == f"Word {harmless}."
    position = stored.find(harmless)
    assert stored[position : position + len(harmless)] == harmless


@pytest.mark.parametrize("suffix", [".md", ".txt", ".jsonl", ".json"])
@pytest.mark.parametrize(
    "pattern",
    [
        "![",
        "[![a](",
        "[",
        "*",
        "_a_ ",
        "`",
        "<!--",
        "<a ",
        "\\",
        "#",
        "# \n",
        "- \n---\n",
        " ",
        "\n",
        "---\n",
        "a: b\n",
        "{",
        '"',
    ],
)
def test_hostile_repetition_is_read_in_time(folder: Path, pattern: str, suffix: str) -> None:
    text = "word " + pattern * (100_000 // len(pattern))
    started = time.process_time()
    for content in (text, pattern * (100_000 // len(pattern)), "---\ntitle: a\n" + text):
        body = json.dumps({"text": content}) if suffix.startswith(".json") else content
        check(read(folder, body.encode(), suffix, max_bytes=3_000_000))
    assert time.process_time() - started < 10  # a quadratic pattern takes minutes


NITF = b"<nitf><head><title>T</title></head><body><body.content><p>Text.</p></body.content></body></nitf>"
FEED = b"<feed><title>F</title><entry><title>T</title><content>One.</content></entry><entry><id>2</id></entry></feed>"
NINJS = b'[{"uri": "a", "headlines": [{"value": "T"}], "bodies": [{"value": "One."}]}, {"body_nitf": "<p>Two.</p>"}]'


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", b"Text.")
        archive.writestr("b.json", NINJS)
    return out.getvalue()


def warc() -> bytes:
    head = "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://example.org/\r\nContent-Type: text/html\r\n"
    page = b"<html><body><p>Text.</p></body></html>"
    return f"{head}Content-Length: {len(page)}\r\n\r\n".encode() + page + b"\r\n\r\n"


SOUND = [(NITF, ".nitf"), (FEED, ".xml"), (NINJS, ".json"), (zipped(), ".zip"), (warc(), ".warc"),
         (gzip.compress(warc()), ".warc.gz")]  # fmt: skip


@unhurried
@given(st.sampled_from(SOUND), st.data())
def test_damaged_files_of_the_trade(folder: Path, sound: tuple[bytes, str], data: st.DataObject) -> None:
    """Bytes of a sound file are changed, left out or put in, and it is cut off."""
    content, suffix = bytearray(sound[0]), sound[1]
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(content)))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    check(read(folder, bytes(content[: data.draw(st.integers(0, len(content)))]), suffix))
