"""JSON of the news trade: ninjs, AP's form, answers of news APIs, and the table that a corpus extends."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path

import pytest

from natoqa import readers
from natoqa.corpus import Corpus
from natoqa.errors import SettingsError
from natoqa.readers import Reading, fields
from natoqa.types import Article

LIMIT = 20_000_000


def read(folder: Path, content: object, name: str = "news.json", *, table: str = "") -> Reading:
    (folder / fields.FILE_NAME).write_text(table)
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return readers.read(file, name=name, max_bytes=LIMIT, table=fields.load(folder))


def article(folder: Path, content: object, name: str = "news.json", *, table: str = "") -> Article:
    reading = read(folder, content, name, table=table)
    assert reading.failures == ()
    assert len(reading.articles) == 1
    return reading.articles[0]


NINJS_1: dict[str, object] = {
    "uri": "http://wire.example.org/items/20250213-0042",
    "type": "text",
    "version": "3",
    "versioncreated": "2025-02-13T23:30:00-05:00",
    "firstcreated": "2025-02-12T08:00:00-05:00",
    "pubstatus": "usable",
    "language": "en",
    "provider": "Example Wire",
    "headline": "Ministers meet in Brussels",
    "byline": "By Ann Example",
    "body_text": "Ministers met on Thursday. They agreed on nothing.",
    "body_xhtml": "<p>Ministers met on Thursday.</p> <p>They agreed on <em>nothing</em>.</p>",
    "person": [{"name": "Somebody Else"}],
}
NINJS_3: dict[str, object] = {
    "uri": "urn:newsml:wire.example.org:20250213:42",
    "standard": {"name": "ninjs", "version": "3.0"},
    "pubStatus": "usable",
    "versionCreated": "2025-02-13T10:00:00Z",
    "headlines": [{"role": "subtitle", "value": "No result"}, {"role": "main", "value": "Ministers meet in Brussels"}],
    "by": "Von Ann Example",
    "bodies": [
        {"role": "text", "contentType": "text/plain", "value": "Ministers met on Thursday."},
        {"role": "xml", "contentType": "application/xml", "value": "<WIRE><HEAD>x</HEAD></WIRE>"},
        {"role": "main", "contentType": "text/html", "value": "<html><head><title>T</title></head><body>"
         "<p>Ministers met on Thursday.</p><figure><figcaption>A photo</figcaption></figure><p>The end.</p></body>"},
    ],
    "associations": [{"type": "picture", "headlines": [{"value": "A photo"}]}],
}  # fmt: skip
AP: dict[str, dict[str, dict[str, object]]] = {
    "data": {
        "item": {
            "uri": "https://api.example.org/content/abc",
            "type": "text",
            "versioncreated": "2025-02-13T10:00:00Z",
            "headline": "Ministers meet in Brussels",
            "bylines": [{"by": "ANN EXAMPLE", "title": "Staff Writer"}],
            "source": "Example Wire",
            "body_nitf": "<nitf><head><title>t</title></head><body><body.head><hedline><hl1>H</hl1></hedline>"
            '</body.head><body.content><block id="Main"><p>BRUSSELS (EW) &#8212; Ministers met.</p>'
            "<hl2>Nothing agreed</hl2>"
            "<p>The end.</p></block></body.content></body></nitf>",
        }
    }
}  # fmt: skip
NEWS_API: dict[str, object] = {
    "source": {"id": "example", "name": "The Daily Example"},
    "author": "Ann Example, Bob Roe",
    "title": "Ministers meet in Brussels",
    "description": "A summary.",
    "url": "https://example.org/2025/ministers",
    "publishedAt": "2025-02-13T10:00:00Z",
    "content": "Ministers met on Thursday.\r\nThey agreed on nothing.",
}
GUARDIAN = {
    "response": {
        "status": "ok",
        "results": [
            {
                "id": "world/2025/feb/13/ministers",
                "type": "article",
                "webPublicationDate": "2025-02-13T10:00:00Z",
                "webTitle": "Ministers meet in Brussels",
                "webUrl": "https://example.org/world/ministers",
                "fields": {"body": "<p>Ministers met.</p><p>The end.</p>", "byline": "Ann Example"},
            }
        ],
    }
}
WORDPRESS = [
    {
        "id": 77,
        "date": "2025-02-13T10:00:00",
        "link": "https://example.org/?p=77",
        "title": {"rendered": "Ministers &#8217;meet&#8217;"},
        "content": {"rendered": "\n<p>Ministers met.</p>\n\n<p>The end.</p>\n", "protected": False},
        "author": 5,
    }
]
ELASTIC = {"hits": {"total": 1, "hits": [{"_id": "x9", "_source": {"maintext": "Ministers met.", "title": "T"}}]}}
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "My feed",
    "items": [
        {"id": "1", "url": "https://example.org/1", "title": "T", "content_html": "<p>One.</p>",
         "date_published": "2025-02-13T10:00:00-05:00", "authors": [{"name": "Ann Example"}]}
    ],
}  # fmt: skip

DOCUMENTS: list[tuple[str, object, dict[str, object]]] = [
    ("ninjs 1", NINJS_1, {
        "title": "Ministers meet in Brussels", "text": "Ministers met on Thursday.\n\nThey agreed on nothing.",
        "published": date(2025, 2, 13), "outlet": "Example Wire", "authors": ("Ann Example",), "url": None}),
    ("ninjs 3", NINJS_3, {
        "title": "Ministers meet in Brussels", "text": "Ministers met on Thursday.\n\nThe end.",
        "published": date(2025, 2, 13), "outlet": None, "authors": ("Ann Example",)}),
    ("AP", AP, {
        "title": "Ministers meet in Brussels", "outlet": "Example Wire", "authors": ("ANN EXAMPLE",),
        "text": "BRUSSELS (EW) — Ministers met.\n\n## Nothing agreed\n\nThe end.", "published": date(2025, 2, 13)}),
    ("news API", {"status": "ok", "totalResults": 1, "articles": [NEWS_API]}, {
        "title": "Ministers meet in Brussels", "outlet": "The Daily Example", "url": NEWS_API["url"],
        "text": "Ministers met on Thursday.\nThey agreed on nothing.", "published": date(2025, 2, 13),
        "authors": ("Ann Example, Bob Roe",), "record": NEWS_API["url"]}),
    ("Guardian", GUARDIAN, {
        "title": "Ministers meet in Brussels", "text": "Ministers met.\n\nThe end.", "authors": ("Ann Example",),
        "url": "https://example.org/world/ministers", "record": "world/2025/feb/13/ministers"}),
    ("WordPress", WORDPRESS, {
        "title": "Ministers ’meet’", "text": "Ministers met.\n\nThe end.", "url": "https://example.org/?p=77",
        "published": date(2025, 2, 13), "record": "77", "authors": ()}),
    ("Elasticsearch", ELASTIC, {"title": "T", "text": "Ministers met."}),
    ("JSON Feed", JSON_FEED, {
        "title": "T", "text": "One.", "published": date(2025, 2, 13), "authors": ("Ann Example",), "record": "1"}),
    ("schema.org", {"@type": "NewsArticle", "headline": "T", "articleBody": "One.", "datePublished": "2025-02-13",
                    "publisher": {"@type": "Organization", "name": "The Daily"}, "author": {"name": "Ann"}}, {
        "title": "T", "text": "One.", "published": date(2025, 2, 13), "outlet": "The Daily", "authors": ("Ann",)}),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), [each[1:] for each in DOCUMENTS], ids=[each[0] for each in DOCUMENTS])
def test_what_the_trades_json_gives(tmp_path: Path, content: object, expected: dict[str, object]) -> None:
    found = article(tmp_path, content)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_line_may_be_any_of_them(tmp_path: Path) -> None:
    lines = "".join(json.dumps(item) + "\n" for item in (NINJS_1, NINJS_3, AP, NEWS_API))
    reading = read(tmp_path, lines, "news.jsonl")
    assert reading.failures == ()
    assert [found.title for found in reading.articles] == ["Ministers meet in Brussels"] * 4
    assert [found.record for found in reading.articles] == [
        *(NINJS_1["uri"], NINJS_3["uri"], AP["data"]["item"]["uri"], NEWS_API["url"])
    ]


NAMES = [
    ("text", name)
    for name in "content body body_text bodyText BODY-HTML body_nitf articleBody full_text content_html".split()
]
NAMES += [("title", name) for name in "title headline webTitle".split()]
NAMES += [("published", name) for name in "publishedAt published_at versioncreated date pubDate datePublished".split()]
NAMES += [("outlet", name) for name in "outlet source provider publisher publication site_name".split()]


@pytest.mark.parametrize(("field", "name"), NAMES)
def test_the_usual_names_are_known(tmp_path: Path, field: str, name: str) -> None:
    value = "2025-02-13" if field == "published" else "A value"
    found = article(tmp_path, {"text": "Some text."} | {name: value} if field != "text" else {name: value})
    expected = date(2025, 2, 13) if field == "published" else value
    assert getattr(found, field) == expected


def test_natoqas_own_names_come_before_those_of_others(tmp_path: Path) -> None:
    item = {"body": "b", "text": "Own text.", "source": "b", "outlet": "Own", "date": "2020-01-01",
            "published": "2025-02-13", "headline": "b", "title": "Own title"}  # fmt: skip
    found = article(tmp_path, item)
    assert (found.title, found.text, found.outlet, found.published) == (
        "Own title", "Own text.", "Own", date(2025, 2, 13),
    )  # fmt: skip


def test_values_that_cannot_be_used_under_foreign_names_are_passed_over(tmp_path: Path) -> None:
    item = {"text": "Text.", "source": 5, "provider": [], "publisher": {"id": 1}, "author": 7, "headline": {"x": "y"},
            "link": "/relative", "date": {"y": 2025}}  # fmt: skip
    found = article(tmp_path, item)
    assert (found.title, found.outlet, found.authors, found.url, found.published) == ("Text.", None, (), None, None)


def test_plain_text_with_a_sign_of_less_is_no_html(tmp_path: Path) -> None:
    assert (
        article(tmp_path, {"content": "If a < b & b > c, then a &amp; c."}).text == "If a < b & b > c, then a &amp; c."
    )


@pytest.mark.parametrize("end", ["… [+4321 chars]", "[+1 char]\n", "... [+99 characters]"])
def test_the_beginning_of_an_article_is_no_article(tmp_path: Path, end: str) -> None:
    (failure,) = read(tmp_path, {"title": "T", "content": f"Ministers met on{end}"}).failures
    assert "beginning of the article only" in failure.error


@pytest.mark.parametrize("status", ["canceled", "withheld", "stat:canceled", "Canceled"])
@pytest.mark.parametrize("name", ["news.json", "news.jsonl"])
def test_what_its_publisher_withdrew_is_left_out_and_said_so(tmp_path: Path, status: str, name: str) -> None:
    reading = read(tmp_path, json.dumps(NINJS_1 | {"pubstatus": status}), name)
    assert (reading.articles, reading.failures) == ((), ())
    assert len(reading.notes) == 1
    assert "withdrawn" in reading.notes[0]


def test_a_picture_is_left_out_and_said_so(tmp_path: Path) -> None:
    picture = {"uri": "u:1", "type": "picture", "headline": "A photo", "description_text": "Ministers"}
    reading = read(tmp_path, [NINJS_1, picture])
    assert len(reading.articles) == 1
    assert reading.failures == ()
    assert "no text: picture (article 2)" in reading.notes[0]


def test_of_several_versions_the_last_one_is_read(tmp_path: Path) -> None:
    items = [NINJS_1 | {"version": version, "body_xhtml": f"<p>Version {version}.</p>"} for version in ("2", "10", "9")]
    reading = read(tmp_path, items)
    assert [found.text for found in reading.articles] == ["Version 10."]
    assert reading.failures == ()
    assert "several versions" in reading.notes[0]
    (failure,) = read(tmp_path, [NINJS_1, NINJS_1]).failures
    assert "taken by article 1" in failure.error


def test_millions_of_broken_items_are_counted_not_listed(tmp_path: Path) -> None:
    reading = read(tmp_path, '[{"text": "Sound."},' + ",".join(["{}"] * 5000) + "]")
    assert len(reading.articles) == 1
    assert len(reading.failures) == 1001
    assert reading.failures[-1].error == "4000 more of its articles cannot be read"


@pytest.mark.parametrize("name", ["news.json", "news.jsonl"])
def test_a_file_without_any_sound_article_is_given_up(tmp_path: Path, name: str) -> None:
    started = time.process_time()
    items = ["{}"] * 2_000_000
    reading = read(tmp_path, "\n".join(items) if name.endswith("l") else f"[{','.join(items)}]", name)
    assert reading.articles == ()
    assert "too many" in reading.failures[-1].error
    assert time.process_time() - started < 20


def test_a_file_of_more_text_than_memory_is_read_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natoqa.readers.several.MOST_HELD", 5000)
    lines = "".join(json.dumps({"text": f"{number} " + "word " * 400}) + "\n" for number in range(10))
    reading = read(tmp_path, lines, "news.jsonl")
    assert len(reading.articles) == 3
    assert "divide it" in reading.failures[0].error


# The corpus's own table

TABLE = """
text = ["story.paragraphs_html", "teaser_and_text"]
title = "kopfzeile"
outlet = ["brand.label"]
published = "erschienen"
articles = "payload.stories"
"""


def test_a_corpus_names_its_own_fields(tmp_path: Path) -> None:
    story = {"Kopfzeile": "Ein Titel", "story": {"paragraphsHtml": "<p>Ein Satz.</p>"},
             "brand": {"label": "Die Zeitung"}, "erschienen": "2025-02-13", "text": "A teaser"}  # fmt: skip
    found = article(tmp_path, {"payload": {"stories": [story]}}, table=TABLE)
    assert (found.title, found.text, found.outlet, found.published) == (
        "Ein Titel", "Ein Satz.", "Die Zeitung", date(2025, 2, 13),
    )  # fmt: skip
    assert article(tmp_path, story, table="").text == "A teaser"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("text = [", "TOML"),
        ("body = 'x'", "body is no field"),
        ("text = 5", "text should be"),
        ("text = ['']", "text should be"),
        ("[text]\na = 'b'", "text should be"),
        ("a" * 100, "TOML"),
    ],
)
def test_a_broken_table_is_an_error_of_the_settings(tmp_path: Path, table: str, expected: str) -> None:
    (tmp_path / fields.FILE_NAME).write_text(table)
    with pytest.raises(SettingsError, match=expected) as caught:
        Corpus(tmp_path, max_bytes=LIMIT).scan()
    assert "text" in caught.value.hint


def test_a_table_that_is_no_text_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / fields.FILE_NAME).write_bytes(b"\xff\xfe\0")
    with pytest.raises(SettingsError, match="TOML"):
        fields.load(tmp_path)


def test_a_new_table_has_json_files_read_again_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"story": "Text."}')
    (tmp_path / "b.md").write_text("Text.")
    for file in tmp_path.iterdir():
        os.utime(file, (1, 1))
    before = {file.path: file.signature for file in Corpus(tmp_path, max_bytes=LIMIT).scan().files}
    (tmp_path / fields.FILE_NAME).write_text('text = "story"')
    corpus = Corpus(tmp_path, max_bytes=LIMIT)
    scan = corpus.scan()
    after = {file.path: file.signature for file in scan.files}
    assert after.keys() == before.keys() == {"a.json", "b.md"}
    assert after["a.json"] != before["a.json"]
    assert after["b.md"] == before["b.md"]
    assert scan.notes == ()
    assert [found.text for found in corpus.read(scan.files[0]).articles] == ["Text."]
