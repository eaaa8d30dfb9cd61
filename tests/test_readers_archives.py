"""ZIP archives and WARC files: what is read from them, and the hostile and broken ones."""

from __future__ import annotations

import gzip
import io
import json
import stat
import time
import tracemalloc
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from natoqa import readers
from natoqa.errors import ArticleError
from natoqa.readers import Reading, markup, warc
from natoqa.readers.article import assemble
from natoqa.readers.reading import read_bounded

LIMIT = 1_000_000
needs_pages = pytest.mark.skipif(".html" not in readers.SUFFIXES, reason="no reader of web pages")

# ZIP


def pack(folder: Path, members: dict[str, str | bytes], name: str = "news.zip", **options: Any) -> Path:
    file = folder / name
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for member, content in members.items():
            archive.writestr(member, content, **options)
    return file


def read(file: Path, max_bytes: int = LIMIT) -> Reading:
    return readers.read(file, name=file.name, max_bytes=max_bytes)


LINES = '{"id": "a1", "text": "First."}\nbroken\n{"id": "a2", "text": "Second."}\n'


def test_the_files_of_an_archive_are_read_as_if_they_lay_in_the_corpus(tmp_path: Path) -> None:
    file = pack(
        tmp_path,
        {
            "2025/a.md": "---\ntitle: A\npublished: 2025-02-13\n---\nText.",
            "2025/b.jsonl": LINES,
            "2025/": b"",
            "c.nitf": "<nitf><body><body.content><p>NITF.</p></body.content></body></nitf>",
            "broken.json": "{",
            "photo.jpg": b"x",
            "README": b"x",
            "__MACOSX/._a.md": "hidden",
            ".hidden.md": "hidden",
        },
    )
    reading = read(file)
    assert [(found.path, found.record, found.text) for found in reading.articles] == [
        ("news.zip", "2025/a.md", "Text."),
        ("news.zip", "2025/b.jsonl#a1", "First."),
        ("news.zip", "2025/b.jsonl#a2", "Second."),
        ("news.zip", "c.nitf", "NITF."),
    ]
    assert reading.articles[0].published == date(2025, 2, 13)
    assert [failure.path for failure in reading.failures] == ["news.zip/2025/b.jsonl:2", "news.zip/broken.json"]
    assert reading.notes == ("news.zip: files of kinds that natoqa does not read: 2: .jpg, without suffix",)
    assert len(reading.sha256) == 64


def test_an_article_keeps_its_record_when_others_are_added(tmp_path: Path) -> None:
    before = read(pack(tmp_path, {"b.md": "Text.", "c.md": "Text."}))
    after = read(pack(tmp_path, {"a.md": "Text.", "c.md": "Text.", "b.md": "Text."}))
    assert {found.record for found in before.articles} == {"b.md", "c.md"}
    assert {found.record for found in after.articles} == {"a.md", "b.md", "c.md"}


def test_the_corpus_table_holds_in_archives_too(tmp_path: Path) -> None:
    (tmp_path / "fields.toml").write_text('text = "story"')
    file = pack(tmp_path, {"a.json": '{"story": "Text."}'})
    reading = readers.read(file, name="a", max_bytes=LIMIT, table=readers.fields.load(tmp_path))
    assert [found.text for found in reading.articles] == ["Text."]


def link(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("../evil.md", "Text.", "leads out"),
        ("a/../../evil.md", "Text.", "leads out"),
        ("/etc/evil.md", "Text.", "leads out"),
        ("C:\\evil.md", "Text.", "leads out"),
        ("..\\evil.md", "Text.", "leads out"),
        ("inner.zip", b"PK\5\6" + b"\0" * 18, "archive in an archive"),
        ("good.md", "Again.", "same name"),
        ("large.md", "x" * (LIMIT + 1), "larger than"),
        ("empty.md", "", "it is empty"),
        ("deep.json", "[" * 100_000, "nested too deeply"),
        ("wrong.md", b"\x89PNG\0\0", "not text"),
    ],
)
def test_a_bad_file_in_an_archive_is_a_failure_and_the_others_are_read(
    tmp_path: Path, name: str, content: str | bytes, expected: str
) -> None:
    file = tmp_path / "news.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for member, text in (("good.md", "Good."), (name, content), ("last.md", "Last.")):
            archive.writestr(member, text)
    reading = read(file)
    assert [found.text for found in reading.articles] == ["Good.", "Last."]
    (failure,) = reading.failures
    assert expected in failure.error
    assert failure.path.startswith("news.zip/")
    assert {path.name for path in tmp_path.iterdir()} == {"news.zip"}


def test_links_encryption_and_rare_compression_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "news.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link("link.md"), "/etc/passwd")
        archive.writestr("bzip.md", "Text.", zipfile.ZIP_BZIP2)
        archive.writestr("lzma.md", "Text.", zipfile.ZIP_LZMA)
        archive.writestr("locked.md", "Text.")
    data = bytearray(file.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.rfind(mark) + flags] |= 1
    file.write_bytes(data)
    reading = read(file)
    assert reading.articles == ()
    assert [failure.error.partition(":")[0] for failure in reading.failures] == [
        "it is a symbolic link",
        "it is compressed in a way that natoqa does not read",
        "it is compressed in a way that natoqa does not read",
        "it is encrypted",
    ]


def test_names_that_steer_a_terminal_are_escaped(tmp_path: Path) -> None:
    reading = read(pack(tmp_path, {"a\x1b[31m.md": "Text.", "b\u202e.json": "{", "Zürich.md": "Text."}))
    assert [found.record for found in reading.articles][1] == "Zürich.md"
    for shown in (reading.articles[0].record, reading.failures[0].path):
        assert shown is not None
        assert shown.isprintable()


def test_a_bomb_is_noticed_before_it_goes_off(tmp_path: Path) -> None:
    file = tmp_path / "news.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.jsonl", "w") as member:
        for _ in range(400):
            member.write(b" " * 900_000 + b"\n")
    tracemalloc.start()
    started = time.process_time()
    reading = read(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - started < 20
    assert "unpacks to far more" in reading.failures[0].error
    assert peak < 50_000_000


def test_many_files_that_share_their_bytes_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natoqa.readers.unpacking.FREE", 1_000_000)
    reading = read(pack(tmp_path, {f"{number}.md": "word " * 100_000 for number in range(50)}))
    assert len(reading.articles) < 50
    assert "unpacks to far more" in reading.failures[0].error


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natoqa.readers.zips.LARGEST_DIRECTORY", 1000)
    (failure,) = read(pack(tmp_path, {f"{number}.md": "Text." for number in range(50)})).failures
    assert "too many files" in failure.error


@pytest.mark.parametrize("end", [1, 30, 100, -1, -10, -30])
def test_an_archive_that_is_cut_off_is_a_failure(tmp_path: Path, end: int) -> None:
    file = pack(tmp_path, {"a.md": "Text.", "b.md": "Text."})
    file.write_bytes(file.read_bytes()[:end])
    reading = read(file)
    assert reading.articles == ()
    assert "no ZIP archive, or cut off" in reading.failures[0].error


@pytest.mark.parametrize("content", [b"", b"Text.", b"PK", b"PK\5\6" + b"\xff" * 18, b"\x1f\x8b" + b"\0" * 50])
def test_what_is_no_archive_is_a_failure(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "news.zip"
    file.write_bytes(content)
    reading = read(file)
    assert reading.articles == ()
    assert len(reading.failures) == 1


def test_a_damaged_file_in_an_archive_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "news.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.md", "The whole text.")
        archive.writestr("b.md", "Another text.")
    file.write_bytes(file.read_bytes().replace(b"The whole", b"The wrong"))
    reading = read(file)
    assert [found.text for found in reading.articles] == ["Another text."]
    assert "damaged" in reading.failures[0].error


# WARC

OTHER = "https://example.org/2"
PAGE = "<html><head><title>T</title></head><body><p>{}</p></body></html>"


def reader_of(name: str) -> Callable[..., Reading] | None:
    """Stand in for the reader of web pages: all that a page says is its text."""

    def read_page(stream: io.BufferedReader, *, name: str, max_bytes: int, address: str | None) -> Reading:
        text = read_bounded(stream, max_bytes).decode("utf-8-sig")
        article, _ = assemble({"url": address}, markup.text_of_fragment(text), path=name)
        return Reading((article,))

    return read_page if name.endswith(".html") else None


def response(
    page: bytes | str,
    url: str = "https://example.org/1",
    *,
    headers: dict[str, str] | None = None,
    status: str = "200 OK",
    warc_headers: dict[str, str] | None = None,
    kind: str = "response",
    content_type: str = "text/html; charset=utf-8",
) -> dict[str, Any]:
    content = page.encode() if isinstance(page, str) else page
    http = StatusAndHeaders(status, [("Content-Type", content_type), *(headers or {}).items()], protocol="HTTP/1.1")
    return {
        "uri": url,
        "record_type": kind,
        "payload": io.BytesIO(content),
        "http_headers": http if kind == "response" else None,
        "warc_headers_dict": {"WARC-Date": "2025-02-14T10:00:00Z"} | (warc_headers or {}),
        "warc_content_type": "" if kind == "response" else content_type,
    }


def warc_file(*records: dict[str, Any], packed: bool = False) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("news.warc", {"software": "tests"}))
    for record in records:
        writer.write_record(writer.create_warc_record(**record))
    return out.getvalue()


def read_warc(content: bytes, max_bytes: int = LIMIT) -> Reading:
    return warc.read(io.BufferedReader(io.BytesIO(content)), name="news.warc", max_bytes=max_bytes, reader_of=reader_of)


def chunked(content: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (content[:20], content[20:])) + end


@pytest.mark.parametrize("packed", ["no", "by record", "as a whole"])
def test_the_pages_of_a_warc_file_are_articles(packed: str) -> None:
    content = warc_file(
        response(PAGE.format("First.")),
        response(PAGE.format("Second."), OTHER),
        response(b"\x89PNG", "https://example.org/a.png", content_type="image/png"),
        response(PAGE.format("Gone."), "https://example.org/gone", status="404 Not Found"),
        response(PAGE.format("Third."), "https://example.org/3", kind="resource"),
        packed=packed == "by record",
    )
    reading = read_warc(gzip.compress(content) if packed == "as a whole" else content)
    assert reading.failures == ()
    assert [(found.text, found.url, found.record, found.path) for found in reading.articles] == [
        (f"{word}.", f"https://example.org/{number}", f"https://example.org/{number}", "news.warc")
        for number, word in enumerate(("First", "Second", "Third"), start=1)
    ]


TEXT = "Ministers met in Zürich – again."
CODINGS = [
    ({}, lambda page: page),
    ({"Content-Encoding": "gzip"}, gzip.compress),
    ({"Content-Encoding": "deflate"}, zlib.compress),
    ({"Content-Encoding": "br"}, brotli.compress),
    ({"Transfer-Encoding": "chunked"}, chunked),
    ({"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, lambda page: chunked(gzip.compress(page))),
    ({"Transfer-Encoding": "chunked", "Content-Encoding": "br"}, lambda page: chunked(brotli.compress(page))),
]


@pytest.mark.parametrize(("headers", "coded"), CODINGS, ids=[str([*each[0].values()]) for each in CODINGS])
def test_a_page_is_taken_out_of_its_coding(headers: dict[str, str], coded: Callable[[bytes], bytes]) -> None:
    page = PAGE.format(TEXT).encode()
    reading = read_warc(warc_file(response(coded(page), headers=headers)))
    assert reading.failures == ()
    assert [found.text for found in reading.articles] == [TEXT]


@pytest.mark.parametrize(("headers", "coded"), CODINGS[1:], ids=[str([*each[0].values()]) for each in CODINGS[1:]])
def test_a_page_that_was_cut_off_in_its_coding_is_a_failure(
    headers: dict[str, str], coded: Callable[[bytes], bytes]
) -> None:
    page = PAGE.format(TEXT * 50).encode()
    content = coded(page)
    reading = read_warc(warc_file(response(content[: len(content) * 2 // 3], headers=headers)))
    assert reading.articles == ()
    assert "cut off" in reading.failures[0].error


def test_the_encoding_that_the_server_names_counts() -> None:
    page = PAGE.format("Президент").encode("cp1251")
    reading = read_warc(warc_file(response(page, content_type="text/html; charset=windows-1251")))
    assert reading.articles[0].text == "Президент"


def test_of_several_captures_of_a_page_the_last_one_is_read() -> None:
    dates = ("2025-02-14T10:00:00Z", "2025-03-01T00:00:00Z", "2025-02-20T00:00:00Z")
    records = [response(PAGE.format(day), warc_headers={"WARC-Date": day}) for day in dates]
    reading = read_warc(warc_file(*records))
    assert [found.text for found in reading.articles] == ["2025-03-01T00:00:00Z"]
    assert reading.failures == ()
    assert "several versions" in reading.notes[0]


def half_stored() -> bytes:
    content = warc_file(response(PAGE.format("First.")), response(PAGE.format("Second." * 50), OTHER))
    return content[:-200]


def damaged() -> bytes:
    content = warc_file(response(PAGE.format("First.")), response(PAGE.format("Second."), OTHER))
    return content.replace(b"Second", b"Sacond")


def wrong_length() -> bytes:
    first, second = response(PAGE.format("First.")), response(PAGE.format("Second."), OTHER)
    head, tail = warc_file(first), warc_file(second)
    at = tail.rfind(b"Content-Length: ") + len(b"Content-Length: ")
    return head + tail[:at] + b"2" + tail[at:]


@pytest.mark.parametrize(
    "content",
    [
        half_stored(),
        damaged(),
        wrong_length(),
        warc_file(
            response(PAGE.format("First.")),
            response("x", OTHER, warc_headers={"WARC-Truncated": "length"}),
        ),
        warc_file(
            response(PAGE.format("First.")),
            response("<p>x", OTHER, headers={"Content-Length": "500"}),
        ),
        warc_file(
            response(PAGE.format("First.")),
            response("x", OTHER, headers={"Content-Encoding": "zstd"}),
        ),
        warc_file(response(PAGE.format("First.")), response("x" * (LIMIT + 1), OTHER)),
        warc_file(response(PAGE.format("First.")), response("<p></p>", OTHER)),
        warc_file(
            response(PAGE.format("First.")),
            response(brotli.compress(b" " * 30_000_000), OTHER, headers={"Content-Encoding": "br"}),
        ),
        warc_file(response(PAGE.format("First."))) + b"a: b\r\n" * 20_000,
        warc_file(response(PAGE.format("First."))) + b"WARC/1.0\r\n" + b"a: b\r\n" * 20_000,
        warc_file(response(PAGE.format("First."))) + b"WARC/1.0\r\n" + b"x" * 3_000_000,
        gzip.compress(warc_file(response(PAGE.format("First.")))) + gzip.compress(b"WARC/1.0\r\n" * 50)[:-9],
    ],
    ids="half damaged length truncated short zstd large empty bomb junk lines line gzip".split(),
)
def test_what_is_broken_in_a_warc_file_is_a_failure_and_the_rest_is_read(
    content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    reading = read_warc(content)
    assert [found.text for found in reading.articles] == ["First."]
    (failure,) = reading.failures
    assert failure.path.startswith("news.warc#")
    assert failure.error
    assert capfd.readouterr() == ("", "")


def test_a_packed_bomb_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natoqa.readers.unpacking.FREE", 1_000_000)
    content = gzip.compress(warc_file(response(PAGE.format("First.")), response(b" " * 30_000_000, OTHER)))
    assert "unpacks to far more" in read_warc(content).failures[-1].error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "it is empty"),
        (b"Text.", "no WARC file"),
        (gzip.compress(b"Text."), "no WARC file"),
        (gzip.compress(gzip.compress(warc_file(response(PAGE)))), "no WARC file"),
        (warc_file(), "no web page"),
    ],
    ids=["empty", "text", "packed text", "packed twice", "no page"],
)
def test_what_holds_no_page_is_a_failure(content: bytes, expected: str) -> None:
    try:
        found = read_warc(content).failures[0].error
    except ArticleError as error:
        found = str(error)
    assert expected in found


def test_a_large_warc_file_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "news.warc"
    filler = response(b"\0" * 30_000_000, OTHER, content_type="video/mp4")
    file.write_bytes(warc_file(filler, filler, response(PAGE.format("First."))))
    tracemalloc.start()
    with file.open("rb") as stream:
        reading = warc.read(stream, name="news.warc", max_bytes=LIMIT, reader_of=reader_of)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [found.text for found in reading.articles] == ["First."]
    assert peak < 10_000_000


@needs_pages
@pytest.mark.parametrize("name", ["news.warc", "news.warc.gz", "NEWS.WARC.GZ"])
def test_whole_pages_are_read_by_the_reader_of_web_pages(tmp_path: Path, name: str) -> None:
    words = "Ministers met in Brussels on Thursday and talked about grain for a whole day. " * 4
    page = (
        '<html lang="en"><head><title>Ministers meet</title><meta property="og:site_name" content="The Daily">'
        '<meta property="article:published_time" content="2025-02-13T23:30:00-05:00"></head><body><nav>Menu</nav>'
        f"<article><h1>Ministers meet</h1><p>{words}</p><p>{words}</p></article></body></html>"
    )
    file = tmp_path / name
    file.write_bytes(warc_file(response(page), packed=name.lower().endswith("gz")))
    (found,) = read(file).articles
    assert (found.title, found.outlet, found.published) == ("Ministers meet", "The Daily", date(2025, 2, 13))
    assert (found.url, found.record, found.path) == ("https://example.org/1", "https://example.org/1", name)
    assert "Menu" not in found.text
    zipped = read(pack(tmp_path, {name: file.read_bytes(), "page.html": page}))
    assert [each.record for each in zipped.articles] == [f"{name}#https://example.org/1", "page.html"]
    assert json.dumps(zipped.articles[1].to_dict())


@needs_pages
@pytest.mark.parametrize(
    ("address", "head", "text", "found"),
    [
        ("https://example.org/2025/02/13/grain", "", "", (date(2025, 2, 13), "address")),
        ("https://example.org/2025/02/13/grain", "", "KYIV, Feb. 12, 2025 - ", (date(2025, 2, 12), "dateline")),
        (
            "https://example.org/2025/02/13/grain",
            '<meta property="article:published_time" content="2025-02-11">',
            "",
            (date(2025, 2, 11), "meta"),
        ),
        # A day that is given and is none is not made up for.
        (
            "https://example.org/2025/02/13/grain",
            '<meta property="article:published_time" content="2025-02-30">',
            "",
            (None, None),
        ),
        # The page's own address goes before the one under which it was captured.
        (
            "https://example.org/2025/02/13/grain",
            '<link rel="canonical" href="https://example.org/2025/02/10/grain">',
            "",
            (date(2025, 2, 10), "address"),
        ),
        ("https://example.org/grain", "", "", (None, None)),
        ("http://[broken/2025/02/13/", "", "", (None, None)),
    ],
)
def test_the_day_of_a_record_may_stand_in_its_address(
    tmp_path: Path, address: str, head: str, text: str, found: tuple[date | None, str | None]
) -> None:
    words = "Ministers met in Brussels and talked about grain for a whole day and much of the night. " * 4
    content = (
        f"<html><head><title>Grain</title>{head}</head><body><article><p>{text}{words}</p></article></body></html>"
    )
    (tmp_path / "news.warc").write_bytes(warc_file(response(content, address)))
    (article,) = read(tmp_path / "news.warc").articles
    assert (article.published, article.published_from) == found


@pytest.fixture(autouse=True)
def _no_surprises(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An exception that only the last resort of `read` caught is logged, and a fault of ours."""
    yield
    assert [record for record in caplog.get_records("call") if record.levelname == "ERROR"] == []
