"""Every format against every trick: an article as it is, or a failure that names the file and the reason.

Never a crash, never more than 30 s or 1 GB, and never half an article or another program's marks for a text.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import IO

import pytest
from specimens import MAKERS, SEVERAL, Story, archive, capture, packed, warc, word

from natoqa.readers import suffix_of

pytestmark = pytest.mark.process

APART = Path(__file__).parent / "reading_apart.py"
LONGEST_S = 30
LARGEST_MB = 1_000
LIMIT = 20_000_000
"""Bytes: the default of max_file_mb."""

FIRST = (
    "The old bridge over the river Larn will be closed to lorries from June, the transport department said on Friday."
)
LAST = "The mill at Larnham stays open, and its keeper said that the last lorry of the year had gone."
WEEKS = tuple(f"Drivers heard in week {week} that a road beside the mill is the one way left." for week in range(30))
PARAGRAPHS = (FIRST, *WEEKS, LAST)
STORIES = tuple(Story(title=f"Bridge {number} over the Larn closed", paragraphs=PARAGRAPHS) for number in range(3))
ENDLESS = {"a.txt", "a.md"}
"""Files that do not tell where they end."""

by_format = pytest.mark.parametrize("name", MAKERS)


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    articles: list[tuple[str, str]]
    failures: list[tuple[str, str]]
    notes: list[str]
    seconds: float
    peak_mb: float

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.articles]

    @property
    def errors(self) -> str:
        return "; ".join(error for _, error in self.failures)


def read(folder: Path, files: Sequence[tuple[str, bytes]]) -> list[Outcome]:
    """Return what comes of the files, each of which is named, read one after the other in a process of its own."""
    paths = []
    for number, (name, content) in enumerate(files):
        path = folder / str(number) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        paths.append(path)
    return read_files(paths)


def read_files(paths: Sequence[Path]) -> list[Outcome]:
    server, errors = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps([*map(str, paths)]) + "\n")
    server.stdin.flush()
    with _killed_after(LONGEST_S * (1 + len(paths)), server):
        *lines, code = _until_number(server.stdout)
    told = errors.read()  # what only the last resort caught is logged with its traceback
    assert (int(code), told) == (0, "")
    outcomes = [Outcome(**json.loads(line)) for line in lines]
    assert len(outcomes) == len(paths)
    for path, outcome in zip(paths, outcomes, strict=True):
        check(outcome, path.name)
    return outcomes


@cache
def _server() -> tuple[subprocess.Popen[str], IO[str]]:
    """Return the process whose forks read, which ends with this one, and what it writes as errors."""
    written = tempfile.NamedTemporaryFile("r", encoding="utf-8")  # noqa: SIM115 – read as long as the server runs
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(APART), str(LIMIT)]
    with Path(written.name).open("w", encoding="utf-8") as errors:
        server = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            start_new_session=True,
        )
    return server, written


@contextmanager
def _killed_after(seconds: float, server: subprocess.Popen[str]) -> Iterator[None]:
    """Kill a server that takes longer, with its forks, which hold its output open; the next test has a new one."""

    def kill() -> None:
        _server.cache_clear()
        os.killpg(server.pid, signal.SIGKILL)

    late = threading.Timer(seconds, kill)
    late.start()
    try:
        yield
    finally:
        late.cancel()


def _until_number(lines: IO[str]) -> Iterator[str]:
    """Yield the lines up to the one that is a number, the last."""
    for line in iter(lines.readline, ""):
        yield line
        if not line.startswith("{"):
            return
    raise AssertionError("reading took too long")


def check(outcome: Outcome, name: str) -> None:
    assert outcome.articles or outcome.failures or outcome.notes
    assert outcome.seconds < LONGEST_S
    assert outcome.peak_mb < LARGEST_MB
    for path, error in outcome.failures:
        assert path.startswith(name)
        assert error.strip()
        assert "cannot be read: " not in error
        assert (path + error).isprintable()
    for title, text in outcome.articles:
        assert title.strip()
        assert text == text.strip()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", title + text)


def made(name: str, *, stories: Sequence[Story] = STORIES) -> bytes:
    """Return a sound file of the format that `name` has, of the first story or of all."""
    return MAKERS[name](*stories if name in SEVERAL else stories[:1])


def with_text(name: str, *paragraphs: str) -> bytes:
    return made(name, stories=[Story(title="Bridge over the Larn closed", paragraphs=(FIRST, *paragraphs, LAST))])


@cache
def _sound_texts(folder: Path) -> dict[str, list[str]]:
    """Return the texts of the sound file of each format."""
    outcomes = read(folder, [(name, made(name)) for name in MAKERS])
    assert [name for name, outcome in zip(MAKERS, outcomes, strict=True) if outcome.failures] == []
    return {name: outcome.texts for name, outcome in zip(MAKERS, outcomes, strict=True)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return _sound_texts(tmp_path_factory.mktemp("sound"))


def words(text: str) -> str:
    """Return a text without line breaks and headings, for formats that break lines as they like."""
    return " ".join(text.replace("# ", "").split())


@by_format
def test_a_sound_file_is_its_whole_story(sound: dict[str, list[str]], name: str) -> None:
    assert len(sound[name]) == (3 if name in SEVERAL else 1)
    for text in sound[name]:
        assert words(text).removeprefix(STORIES[0].title).removeprefix(STORIES[1].title).removeprefix(
            STORIES[2].title
        ).strip() == " ".join(PARAGRAPHS)


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in ENDLESS])
def test_a_file_that_is_cut_off_is_never_half_an_article(
    tmp_path: Path, sound: dict[str, list[str]], name: str
) -> None:
    content = made(name)
    ends = [int(len(content) * share) for share in (0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97)]
    ends += [len(content) - 40, len(content) - 10, len(content) - 3]
    outcomes = read(tmp_path, [(name, content[:end]) for end in ends])
    for end, outcome in zip(ends, outcomes, strict=True):
        assert set(outcome.texts) <= set(sound[name]), end
        assert outcome.failures or outcome.texts == sound[name], end
    assert sum(bool(outcome.failures) for outcome in outcomes) >= len(ends) - 3


def test_front_matter_that_is_cut_off_is_a_failure(tmp_path: Path) -> None:
    content = made("a.md")
    (outcome,) = read(tmp_path, [("a.md", content[:60])])
    assert "no closing line" in outcome.errors


@by_format
def test_a_wrong_name_gives_the_story_or_the_reason(tmp_path: Path, sound: dict[str, list[str]], name: str) -> None:
    """In particular no marks of a web page, a PDF or an e-mail for a text."""
    content = made(name)
    suffixes = sorted({suffix_of(other) for other in MAKERS} - {suffix_of(name)})
    expected = {words(text) for texts in sound.values() for text in texts}
    expected |= {text.removeprefix(story.title).strip() for text in expected for story in STORIES}
    expected |= {f"{story.title} {text}" for text in expected for story in STORIES}
    for suffix, outcome in zip(suffixes, read(tmp_path, [(f"a{each}", content) for each in suffixes]), strict=True):
        assert {words(text) for text in outcome.texts} <= expected, suffix


PICTURES = {
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "image"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(range(1, 200)), "image"),
    "rtf": (rb"{\rtf1\ansi The old bridge will be closed.}", "RTF"),
    "postscript": (b"%!PS-Adobe-3.0\n(The old bridge) show\n", "PostScript"),
    "packed": (gzip.compress(FIRST.encode()), "not text"),
    "program": (b"\x7fELF" + b"\0" * 200, "not text"),
}


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize("kind", PICTURES)
def test_what_is_no_text_is_none_whatever_its_name(tmp_path: Path, kind: str, suffix: str) -> None:
    content, told = PICTURES[kind]
    (outcome,) = read(tmp_path, [(f"a{suffix}", content)])
    assert outcome.articles == []
    assert told in outcome.errors


@pytest.mark.parametrize(
    "content",
    [
        "{The mayor} spoke of the bridge.",
        "[Update] The bridge is closed.",
        "<p>The bridge is closed.</p>",
        "From: Larnham\n\nThe bridge.",
        "%PDF files are to be banned, the mayor said.",
        "Re: the bridge\nMIME-Version and other matters.",
        "- {a} [b]\n- c",
    ],
)
def test_texts_that_only_begin_like_another_kind_are_texts(tmp_path: Path, content: str) -> None:
    for outcome in read(tmp_path, [("a.md", content.encode()), ("a.txt", content.encode())]):
        assert outcome.texts == [content]


DEEP = 10_000


def _nested_pdf() -> bytes:
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages " + b"[" * DEEP + b"]" * DEEP + b" >>\nendobj\n"
    return body + b"trailer << /Root 1 0 R >>\n%%EOF"


def _looped_pdf() -> bytes:
    """Return a PDF whose tree of pages leads back to its root."""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>\nendobj\ntrailer << /Root 1 0 R /Size 3 >>\n%%EOF"
    )


def _nested_mail() -> bytes:
    inner = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(DEEP))
    return f"From: a@b.example\nSubject: Deep\nMIME-Version: 1.0\n{inner}".encode()


def _archives() -> bytes:
    content = archive(STORIES[0])
    for _ in range(200):
        content = packed({"a.zip": content})
    return content


def _story(*paragraphs: str) -> Story:
    return Story(title="Deep", paragraphs=paragraphs)


def _with_blocks(name: str, blocks: str) -> bytes:
    """Return a file whose body holds `blocks` as they are."""
    return made(name, stories=[_story("MARK")]).replace(b"<p>MARK</p>", blocks.encode())


DIVS = "<div>" * DEEP + FIRST + "</div>" * DEEP
NESTED: dict[str, tuple[str, bytes]] = {
    "quotes in Markdown": ("a.md", b"> " * DEEP + FIRST.encode()),
    "brackets in Markdown": ("a.md", b"[" * DEEP + FIRST.encode() + b"](x)" * DEEP),
    "lists in Markdown": ("a.md", b"".join(b" " * n + b"- a\n" for n in range(4_000)) + FIRST.encode()),
    "front matter": ("a.md", b"---\ntitle: " + b"[" * DEEP + b"]" * DEEP + b"\n---\n" + FIRST.encode()),
    "text": ("a.txt", b"(" * DEEP + FIRST.encode() + b")" * DEEP),
    "page": ("a.html", _with_blocks("a.html", DIVS)),
    "tables in a page": ("a.html", _with_blocks("a.html", "<table><tr><td>" * DEEP + FIRST)),
    "pdf": ("a.pdf", _nested_pdf()),
    "pages of a pdf": ("a.pdf", _looped_pdf()),
    "word": ("a.docx", word(STORIES[0], body="<w:sdt><w:sdtContent>" * DEEP + "</w:sdtContent></w:sdt>" * DEEP)),
    "tables in word": ("a.docx", word(STORIES[0], body="<w:tbl><w:tr><w:tc>" * DEEP + "</w:tc></w:tr></w:tbl>" * DEEP)),
    "mail": ("a.eml", _nested_mail()),
    "page in a mail": ("a.eml", b"From: a@b.example\nContent-Type: text/html\n\n<html><body>" + DIVS.encode()),
    "json": ("a.json", b'{"text": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "objects": ("a.json", b'{"articles": ' * DEEP + b"1" + b"}" * DEEP),
    "lines": ("a.jsonl", b'{"data": ' * DEEP + b"1" + b"}" * DEEP),
    "html in json": ("a.json", json.dumps({"body_html": DIVS}).encode()),
    "nitf": ("a.nitf", _with_blocks("a.nitf", "<block>" * DEEP + FIRST + "</block>" * DEEP)),
    "newsml": ("a.newsml", _with_blocks("a.newsml", DIVS)),
    "rss": ("several.rss", _with_blocks("several.rss", DIVS)),
    "rss itself": ("several.rss", b"<rss><channel>" + b"<item>" * DEEP),
    "atom": ("several.atom", b"<feed>" + b"<entry>" * DEEP + b"</entry>" * DEEP + b"</feed>"),
    "page in warc": ("several.warc", capture(_with_blocks("a.html", DIVS), 1)),
    "folders in zip": ("several.zip", packed({"a/" * DEEP + "a.md": FIRST.encode()})),
    "archives in zip": ("several.zip", _archives()),
}


def test_what_is_nested_10000_deep_is_whole_or_a_failure(tmp_path: Path) -> None:
    for case, outcome in zip(NESTED, read(tmp_path, list(NESTED.values())), strict=True):
        assert outcome.failures or FIRST in outcome.texts[0], case


# Bombs, entities, names that lead elsewhere


def _bomb(size: int = 400_000_000) -> bytes:
    """Return a page of so many bytes, packed by gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = b"<html><body><p>"
    return b"".join(
        [
            packer.compress(start),
            *(packer.compress(b"word " * 200_000) for _ in range(size // 1_000_000)),
            packer.flush(),
        ]
    )


def _zipped_bomb(name: str) -> bytes:
    """Return an archive with a file of 400 MB between two sound ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("first.md", FIRST)
        with package.open(name, "w") as member:
            for _ in range(400):
                member.write(b"word " * 200_000)
    return out.getvalue()


def _word_bomb() -> bytes:
    out = io.BytesIO(word(STORIES[0]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package, package.open("word/media/a.png", "w") as member:
        for _ in range(300):
            member.write(b"\0" * 1_000_000)
    return out.getvalue()


def _pdf_bomb() -> bytes:
    """Return a PDF with a page whose content unpacks to 400 MB of marks."""
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(b"(word) Tj " * 100_000) for _ in range(400)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer << /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def _gzipped_capture() -> bytes:
    body = _bomb()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    answer += b"Content-Length: %d\r\n\r\n" % len(body) + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2025-02-13T09:30:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
    head += b"WARC-Target-URI: https://larn.example.org/1\r\nContent-Type: application/http; msgtype=response\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(answer) + answer + b"\r\n\r\n"


ENTITIES = (
    '<!DOCTYPE nitf [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12))
    + "]>"
)
OUTSIDE = '<!DOCTYPE nitf [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'


def _declaring(name: str, declaration: str) -> bytes:
    """Return a file that declares entities and uses one in its text."""
    content = _with_blocks(name, f"<p>{FIRST} &a11;</p>")
    if name == "a.html":
        return content.replace(b"<!DOCTYPE html>", declaration.encode())
    head, end, rest = content.partition(b"?>\n")
    return head + end + declaration.encode() + rest


def _declaring_word(declaration: str) -> bytes:
    content = word(STORIES[0], body="<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as copy:
        for part in package.namelist():
            copy.writestr(part, (declaration.encode() if part == "word/document.xml" else b"") + package.read(part))
    return out.getvalue()


MAIL_HEAD = b"From: a@b.example\nSubject: Bomb\nContent-Type: text/html\n\n"
ALIASES = "---\nb: &a [x]\n" + "".join(f"b{n}: &b{n} [{'*a, ' * 9}*a]\n" for n in range(9)) + "authors: *b8\n---\n"
BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "aliases": ("a.md", lambda: ALIASES.encode() + FIRST.encode(), ""),  # read as the words that they are
    "zip": ("several.zip", lambda: _zipped_bomb("a.md"), "larger than"),
    "lines in zip": ("several.zip", lambda: _zipped_bomb("a.jsonl"), "larger than|unpacks to far more"),
    "page in zip": ("several.zip", lambda: _zipped_bomb("a.html"), "larger than"),
    "warc in zip": ("several.zip", lambda: packed({"a.warc.gz": _bomb()}), "unpacks to far more|no WARC"),
    "warc": ("several.warc.gz", _bomb, "no WARC|unpacks to far more"),
    "page in warc": ("several.warc", _gzipped_capture, "larger than|unpacks to far more"),
    "word": ("a.docx", _word_bomb, "unpacks to more"),
    "pdf": ("a.pdf", _pdf_bomb, "memory|took more|holds no text|damaged|larger than"),
    "entities in word": ("a.docx", lambda: _declaring_word(ENTITIES), "document type"),
    "a file in word": ("a.docx", lambda: _declaring_word(OUTSIDE), "document type"),
    "entities in a page": ("a.html", lambda: _declaring("a.html", ENTITIES), "declares entities"),
    "a file in a page": ("a.html", lambda: _declaring("a.html", OUTSIDE), "declares entities"),
    **{
        f"{what} in {name}": (name, partial(_declaring, name, declaration), "entities of its own")
        for name in ("a.nitf", "a.newsml", "several.newsml.xml", "several.rss", "several.atom")
        for what, declaration in (("entities", ENTITIES), ("a file", OUTSIDE))
    },
}


@pytest.mark.parametrize("case", BOMBS)
def test_bombs_and_entities_fail_before_they_cost_anything(tmp_path: Path, case: str) -> None:
    name, make, told = BOMBS[case]
    (outcome,) = read(tmp_path, [(name, make())])
    assert re.search(told, outcome.errors)
    assert set(outcome.texts) <= {FIRST}
    assert "root:" not in json.dumps(outcome.articles)


def test_entities_in_a_mail_are_not_followed(tmp_path: Path) -> None:
    for declaration in (ENTITIES, OUTSIDE):
        page_ = f"{declaration}<html><body><p>{FIRST} &a11;</p></body></html>"
        (outcome,) = read(tmp_path / str(len(declaration)), [("a.eml", MAIL_HEAD + page_.encode())])
        assert len(outcome.texts[0] if outcome.texts else "") < 300
        assert "root:" not in json.dumps(outcome.articles)


LEADING_OUT = [
    "../a.md",
    "a/../../a.md",
    "/tmp/a.md",
    "C:\\a.md",
    "..\\..\\a.md",
    "a\\..\\..\\a.md",
    "\\\\host\\a.md",
    "..",
    "a/..",
]


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    content = packed(dict.fromkeys(LEADING_OUT, b"Outside.") | {"in/a.md": b"Inside."})
    (outcome,) = read(tmp_path, [("several.zip", content)])
    assert outcome.texts == ["Inside."]
    assert outcome.errors.count("its name leads out of the archive") >= len(LEADING_OUT) - 2
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["0", "several.zip"]


def test_names_in_a_word_file_lead_nowhere(tmp_path: Path) -> None:
    out = io.BytesIO(word(STORIES[0]))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("../../evil.xml", "<a/>")
    (outcome,) = read(tmp_path, [("a.docx", out.getvalue())])
    assert outcome.failures or FIRST in outcome.texts[0]
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["0", "a.docx"]


def test_a_record_without_an_address_ends_the_archive(tmp_path: Path) -> None:
    first, other = warc(STORIES[0]), warc(STORIES[1]).replace(b"WARC-Target-URI", b"WARC-Target-UR")
    files = [("several.warc", first + other), ("several.warc.gz", gzip.compress(first) + gzip.compress(other))]
    for outcome in read(tmp_path, files):
        assert len(outcome.texts) == 1
        assert "the head of a record is not whole" in outcome.errors


def test_an_archive_that_ends_in_what_is_no_page_says_so(tmp_path: Path) -> None:
    picture = capture(b"x" * 5_000, 9).replace(b"text/html; charset=utf-8", b"image/png")
    (outcome,) = read(tmp_path, [("several.warc", warc(STORIES[0]) + picture[:-2_000])])
    assert len(outcome.texts) == 1
    assert "several.warc#2: it is cut off: the archive ends within it" in map(": ".join, outcome.failures)


def test_a_file_without_a_name_in_an_archive_is_left_out_with_a_note(tmp_path: Path) -> None:
    content = packed({"a.md": b"Inside.", "b.md": b"Nameless."})
    for mark, at in ((b"PK\3\4", 26), (b"PK\1\2", 28)):
        place = content.rindex(mark) + at
        start = content.rindex(mark) + (30 if at == 26 else 46)
        content = content[:place] + b"\0\0" + content[place + 2 : start] + content[start + 4 :]
    end = content.rindex(b"PK\5\6")
    content = content[: end + 12] + (end - content.index(b"PK\1\2")).to_bytes(4, "little") + content[end + 16 :]
    content = content[: end + 16] + content.index(b"PK\1\2").to_bytes(4, "little") + content[end + 20 :]
    (outcome,) = read(tmp_path, [("several.zip", content)])
    assert outcome.texts == ["Inside."]
    assert "without a name" in outcome.notes[0]


# 100 MB on one line

_STARTS: dict[str, bytes] = {
    "a.txt": b"",
    "a.md": b"# Title\n\n",
    "a.html": b"<html><body><p>",
    "a.pdf": b"%PDF-1.4\n%",
    "a.docx": word(STORIES[0]),
    "a.eml": b"From: a@b.example\nSubject: Long\n\n",
    "a.json": b'{"text": "',
    "a.jsonl": b'{"text": "',
    "a.nitf": b"<nitf><body><body.content><p>",
    "a.newsml": b"<newsItem><contentSet><inlineData>",
    "several.rss": b"<rss><channel><item><description>",
    "several.atom": b"<feed><entry><content>",
    "several.warc": b"WARC/1.0\r\nWARC-Type: ",
    "several.warc.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    "several.zip": b"PK\3\4",
}
_ENDS: dict[str, bytes] = {
    "a.html": b"</p></body></html>",
    "a.pdf": b"\n%%EOF",
    "a.json": b'"}',
    "a.jsonl": b'"}',
    "a.nitf": b"</p></body.content></body></nitf>",
    "a.newsml": b"</inlineData></contentSet></newsItem>",
    "several.rss": b"</description></item></channel></rss>",
    "several.atom": b"</content></entry></feed>",
}


def long_line(folder: Path, name: str, size: int) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    with file.open("wb") as stream:
        stream.write(_STARTS[name])
        for _ in range(size // 1_000_000):
            stream.write(b"word " * 200_000)
        stream.write(_ENDS.get(name, b""))
    return file


@pytest.mark.parametrize("name", _STARTS)
def test_a_line_of_100_mb_is_a_failure_and_one_within_the_limit_is_read_in_time(tmp_path: Path, name: str) -> None:
    small = long_line(tmp_path / "small", name, LIMIT - 1_000_000)
    large = long_line(tmp_path / "large", name, 100_000_000)
    within, above = read_files([small, large])
    assert within.articles or within.failures
    assert above.articles == []
    if name in ("several.warc", "several.warc.gz", "several.zip"):
        assert above.errors
    else:
        assert "larger than 20,000,000 bytes (the setting max_file_mb)" in above.errors


# Characters

CONTROLS = "".join(map(chr, [*range(1, 9), 0xB, 0xC, *range(0xE, 0x20), *range(0x7F, 0xA0)]))
STEERING = "The \x1b[2J\x1b]0;owned\x07 mayor\x08\x08 said\x9b31m no."
HEBREW = "ראש העיר אמר ביום שישי שהגשר ייסגר למשאיות מיוני."
ARABIC = "قال رئيس البلدية يوم الجمعة إن الجسر سيغلق أمام الشاحنات."
TURNED = "The mayor \u202esaid no\u202c and \u2066went\u2069 home."
HIDDEN = "The may\u200bor of Larn\u2060ham\ufeff said\u00ad no."
LATIN = {"a.pdf"}
"""Formats of which the specimens hold Latin-1 only."""


@by_format
def test_control_characters_are_never_stored(tmp_path: Path, name: str) -> None:
    """`check` looks for them in every text and title."""
    outcomes = read(tmp_path, [(name, with_text(name, STEERING)), (name, with_text(name, f"Marks {CONTROLS} end."))])
    assert all("mayor" in outcome.texts[0] for outcome in outcomes[:1] if outcome.texts)
    title = replace(STORIES[0], title=f"Bridge {STEERING}")
    read(tmp_path / "titles", [(name, made(name, stories=[title]))])


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in LATIN])
def test_text_from_right_to_left_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    (outcome,) = read(tmp_path, [(name, with_text(name, HEBREW, ARABIC, f"“{HEBREW}” ({ARABIC})"))])
    assert f"{HEBREW}\n\n{ARABIC}\n\n“{HEBREW}” ({ARABIC})" in outcome.texts[0]


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in LATIN])
def test_what_turns_or_hides_characters_loses_no_word(tmp_path: Path, name: str) -> None:
    """Plain text and JSON are kept as they are; formats with marks of their own lose marks that nobody sees."""
    turned, hidden = read(tmp_path, [(name, with_text(name, TURNED)), (name, with_text(name, HIDDEN))])
    unseen = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
    assert unseen.sub("", TURNED) in unseen.sub("", turned.texts[0])
    assert unseen.sub("", HIDDEN) in unseen.sub("", hidden.texts[0])


@by_format
def test_unseen_characters_alone_are_no_text(tmp_path: Path, name: str) -> None:
    story = Story(title="\u200b", paragraphs=["\u200b\u2060\u202e\ufeff"])
    (outcome,) = read(tmp_path, [(name, made(name, stories=[story]))])
    assert outcome.articles == []


FOREIGN = {
    "latin-1": "Le maire a été très fâché, dit-il à Noël.",
    "utf-16-le": "Le maire a été très fâché.",
    "cp1251": "Мэр сказал нет.",
    "shift_jis": "市長は言った。",
}


@by_format
def test_mixed_encodings_keep_the_sound_part_or_fail(tmp_path: Path, name: str) -> None:
    """A paragraph in another encoding was pasted in."""
    content = with_text(name, "MARK")
    files = [(name, content.replace(b"MARK", text.encode(encoding))) for encoding, text in FOREIGN.items()]
    for outcome in read(tmp_path, files):
        for text in outcome.texts:
            assert FIRST in words(text)
            assert LAST in words(text)
