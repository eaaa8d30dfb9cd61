"""JSON and JSON Lines: many articles in one file, and the broken ones among them."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from natoqa import readers
from natoqa.readers import Reading
from natoqa.types import Article

LIMIT = 1_000_000


def read(folder: Path, content: str | bytes, name: str = "news.jsonl", *, max_bytes: int = LIMIT) -> Reading:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read(file, name=name, max_bytes=max_bytes)


def lines(*items: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


def records(reading: Reading) -> list[str | None]:
    return [article.record for article in reading.articles]


FULL = {
    "id": "a1",
    "title": "A title",
    "text": "# Heading\n\nText.",
    "url": "https://example.org/a1",
    "published": "2025-02-13",
    "outlet": "The Daily",
    "authors": ["Jane Doe", "Bob Roe"],
    "section": "ignored",
}


def test_all_fields_of_a_line(tmp_path: Path) -> None:
    reading = read(tmp_path, lines(FULL))
    assert reading.failures == ()
    assert reading.notes == ()
    assert reading.articles == (
        Article(
            title="A title",
            text="# Heading\n\nText.",
            path="news.jsonl",
            outlet="The Daily",
            published=date(2025, 2, 13),
            url="https://example.org/a1",
            authors=("Jane Doe", "Bob Roe"),
            record="a1",
            published_from="field",
        ),
    )


@pytest.mark.parametrize(
    ("item", "title", "text"),
    [
        ({"text": "# Heading\nText."}, "Heading", "# Heading\nText."),
        ({"text": "![Alt](a.jpg)\nText."}, "Alt", "Text."),
        ({"text": "First.\r\nSecond."}, "First.", "First.\nSecond."),
        ({"title": "", "text": "First."}, "First.", "First."),
        ({"title": " A \n title ", "text": "First."}, "A title", "First."),
        ({"title": "report.pdf", "text": "First."}, "First.", "First."),
        ({"text": "Lone \ud800 surrogate, NUL \0 and tab\t."}, "Lone � surrogate, NUL and tab .", None),
    ],
)
def test_titles_and_texts_follow_the_same_rules(
    tmp_path: Path, item: dict[str, str], title: str, text: str | None
) -> None:
    (article,) = read(tmp_path, lines(item)).articles
    assert article.title == title
    assert article.text == (text or "Lone � surrogate, NUL   and tab\t.")
    article.text.encode()


BROKEN = [
    ("{", "not valid JSON"),
    ('{"text": "a"} {"text": "b"}', "Extra data"),
    ('["text"]', "JSON object, not a list"),
    ("null", "JSON object, not null"),
    ('{"id": 1}', "text is missing"),
    ('{"text": null}', "text is missing"),
    ('{"text": 5}', "text should be text, not a number"),
    ('{"text": " \\n"}', "holds no text"),
    ('{"text": "a", "title": 5}', "title should be text, not a number"),
    ('{"text": "a", "outlet": {"name": "b"}}', "outlet should be text, not an object"),
    ('{"text": "a", "url": ["b"]}', "url should be text, not a list"),
    ('{"text": "a", "authors": [1]}', "authors should be names, not a number"),
    ('{"text": "a", "id": true}', "id should be text or a number"),
    ('{"text": "a", "id": ["b"]}', "id should be text or a number, not a list"),
    ('{"text": "a", "id": "' + "x" * 501 + '"}', "id has more than 500 characters"),
    ('{"text": "a", "score": NaN}', "NaN"),
    ('{"text": "a", "score": -Infinity}', "-Infinity"),
    ('{"text": "a", "score": ' + "9" * 5000 + "}", "too many digits"),
    ('{"text": "a", "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    ('{"text": "\0"}', "NUL"),
    ('{"id": "first", "text": "again"}', "id 'first' is taken by line 1"),
    ('{"text": "' + "x" * LIMIT + '"}', "larger than 1,000,000 bytes"),
]


@pytest.mark.parametrize(("line", "expected"), BROKEN)
def test_a_broken_line_is_a_failure_and_the_others_are_read(tmp_path: Path, line: str, expected: str) -> None:
    content = f'{{"id": "first", "text": "a"}}\n\n{line}\n{{"id": "last", "text": "b"}}'
    reading = read(tmp_path, content)
    assert records(reading) == ["first", "last"]
    (failure,) = reading.failures
    assert failure.path == "news.jsonl:3"
    assert expected in failure.error
    assert reading.sha256 == hashlib.sha256(content.encode()).hexdigest()


def test_the_limit_holds_for_a_line_not_for_the_file(tmp_path: Path) -> None:
    line = json.dumps({"text": "x" * 80}).encode()
    content = (line + b"\r\n") * 5
    assert len(read(tmp_path, content, max_bytes=len(line)).articles) == 5
    assert len(read(tmp_path, content, max_bytes=len(line) - 3).failures) == 5


def test_a_huge_line_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "huge.jsonl"
    with file.open("wb") as stream:
        stream.write(b'{"text": "')
        for _ in range(60):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n{"id": "last", "text": "b"}\n')
    tracemalloc.start()
    reading = readers.read(file, name="huge.jsonl", max_bytes=LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [failure.path for failure in reading.failures] == ["huge.jsonl:1"]
    assert records(reading) == ["last"]
    assert peak < 10_000_000


@pytest.mark.parametrize(("value", "record"), [(7, "7"), (1.5, "1.5"), ("a b\tc", "a b\tc"), ("ü", "ü")])
def test_a_given_id_is_the_record(tmp_path: Path, value: object, record: str) -> None:
    assert records(read(tmp_path, lines({"id": value, "text": "a"}))) == [record]


def test_without_an_id_the_address_then_the_content_is_the_record(tmp_path: Path) -> None:
    items = [
        {"text": "with address", "url": "https://example.org/a"},
        {"text": "without", "id": ""},
        {"text": "twice"},
        {"text": "twice"},
        {"text": "same address", "url": "https://example.org/a"},
    ]
    before = read(tmp_path, lines(*items))
    after = read(tmp_path, lines({"text": "inserted above"}, *items))
    assert before.failures == after.failures == ()
    assert records(before)[0] == "https://example.org/a"
    assert len(set(records(before))) == 5
    assert records(after)[1:] == records(before)


def test_dates_that_are_no_dates_make_one_note(tmp_path: Path) -> None:
    reading = read(tmp_path, lines(*({"text": f"a{day}", "published": day} for day in ("03/04/2025", 5, [1], "2025"))))
    assert [article.published for article in reading.articles] == [None] * 4
    assert reading.notes == (
        "news.jsonl: published does not name one day; the article stays undated: 03/04/2025 (line 1), and 3 more",
    )


def test_a_day_may_be_a_number(tmp_path: Path) -> None:
    assert read(tmp_path, lines({"text": "a", "published": 20250213})).articles[0].published == date(2025, 2, 13)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_lines_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    item = {
        "text": "“Café”, said the minister of Zürich to a paper, ਊ Ċ".replace(
            "ਊ Ċ", "" if encoding == "cp1252" else "ਊ Ċ"
        )
    }
    line = json.dumps(item, ensure_ascii=False)
    reading = read(tmp_path, f"{line}\n{{\n{line}\n".encode(encoding))
    assert [article.text for article in reading.articles] == [item["text"].strip()] * 2
    assert [failure.path for failure in reading.failures] == ["news.jsonl:2"]
    expected = ("news.jsonl: is not UTF-8; read in the encoding that fits best: cp1252 (line 1), and 1 more",)
    assert reading.notes == (expected if encoding == "cp1252" else ())


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_an_empty_file_is_a_failure(tmp_path: Path, name: str, content: str) -> None:
    reading = read(tmp_path, content, name)
    assert [(failure.path, failure.error) for failure in reading.failures] == [(name, "it is empty")]


# JSON


def test_a_json_file_may_hold_one_article(tmp_path: Path) -> None:
    reading = read(tmp_path, json.dumps(FULL, indent=2), "a.json")
    assert records(reading) == [None]
    assert reading.articles[0].title == "A title"


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"articles": items, "total": 2}])
def test_a_json_file_may_hold_several(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    items = [FULL, "broken", {"text": "b", "url": "https://example.org/b"}, FULL]
    reading = read(tmp_path, json.dumps(wrap(items)), "a.json")
    assert records(reading) == ["a1", "https://example.org/b"]
    assert [failure.path for failure in reading.failures] == ["a.json#2", "a.json#4"]
    assert "taken by article 1" in reading.failures[1].error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("5", "list of articles, not a number"),
        ("[]", "it is empty"),
        ("[1, 2", "line 1, column 6"),
        ("{}", "text is missing"),
        ('{"articles": {}}', "text is missing"),
        (lines(FULL, FULL), ".jsonl"),
        ("[" * 100_000, "nested too deeply"),
        (" " * (LIMIT + 1), "larger than"),
    ],
)
def test_a_broken_json_file_is_a_failure(tmp_path: Path, content: str, expected: str) -> None:
    (failure,) = read(tmp_path, content, "a.json").failures
    assert failure.path == "a.json"
    assert expected in failure.error
