"""The day of an article that names none in a field: its dateline, its own address, or none."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from natoqa import Index, readers
from natoqa.catalog import Catalog
from natoqa.catalog.store import SCHEMA_VERSION
from natoqa.readers import datelines
from natoqa.settings import Settings
from natoqa.types import Article, DateOrigin

DAY = date(2025, 2, 13)
REST = "The old bridge over the Larn will be closed to lorries."


@pytest.mark.parametrize(
    "text",
    [
        f"BRUSSELS, Feb. 13, 2025 (AP) — {REST}",
        f"KYIV, Ukraine (AP), February 13, 2025 - {REST}",
        f"**LONDON, Thursday, 13 February 2025 (Reuters)** - {REST}",
        f"NEW YORK, Feb. 13, 2025 /PRNewswire/ -- {REST}",
        f"WASHINGTON, D.C., February 13, 2025: {REST}",
        f"# Bridge closed\n\nBy Jane Doe\n\nThe Hague, Netherlands, 13 February 2025 – {REST}",
        f"Bridge closed\nFrankfurt am Main, 13 February 2025\n\n{REST}",
        f"Larnham, 13 February 2025 – {REST} {REST} {REST}",
        f"Bridge closed\n\nPublished on Thursday, 13 Feb 2025, 10:30 CET\n\n{REST}",
        f"Bridge closed\n\nFirst published: 13 February 2025\n\n{REST}",
        f"Bridge closed\n\nLARNHAM, 2025-02-13 – {REST}",
    ],
)
def test_a_dateline_with_its_year_is_the_day(text: str) -> None:
    assert datelines.in_text(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        f"KYIV, Feb. 13 (Reuters) - {REST}",
        f"KYIV (Reuters) - {REST} That was on Feb. 13, 2025.",
        f"BRUSSELS, 30 February 2025 - {REST}",
        f"BRUSSELS, 03/04/2025 - {REST}",
        f"It closed on February 13, 2025 - {REST}",
        f"In Kyiv, February 13, 2025 – {REST}",
        f"The treaty of Rome, 25 March 1957 — {REST}",
        f"Berlin, 9 November 1989 – the night the wall fell\n\n{REST}",
        f"# Berlin, 9 November 1989 – the night the wall fell\n\n{REST}",
        f"February 13, 2025\n\n{REST}",
        "\n".join([REST] * 20) + f"\nBRUSSELS, Feb. 13, 2025 - {REST}",
        f"![Larnham, 13 February 2025](https://example.org/2025/02/13/a.jpg)\n{REST}",
    ],
)
def test_anything_else_is_no_dateline(text: str) -> None:
    assert datelines.in_text(text) is None


@pytest.mark.parametrize(
    "path",
    [
        "2025/02/13/bridge",
        "2025/2/13",
        "world/2025/feb/13/bridge",
        "n3/2025/0213/c90000-1.html",
        "english/20250213/abc/c.html",
        "world/bridge-closed-2025-02-13/",
        "2025-02-13-bridge",
        "bridge-2025-02-13.html",
    ],
)
def test_a_day_in_the_articles_own_address(path: str) -> None:
    assert datelines.in_address(f"https://example.org/{path}") == DAY


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/20250213",
        "https://example.org/article-20250213.html",
        "https://example.org/bridge?day=2025-02-13",
        "https://example.org/bridge#2025-02-13",
        "https://2025-02-13.example.org/bridge",
        "https://example.org/2025/02/30/bridge",
        "https://example.org/2025/02/bridge",
        "https://example.org/2025/02/13/on-2024-01-01-bridge",
        "https://example.org/titanic-1912-04-15.html",
        "https://[broken/2025/02/13/",
        "",
    ],
)
def test_other_numbers_in_an_address_are_no_day(url: str) -> None:
    assert datelines.in_address(url) is None


ORDER = [
    ("---\npublished: 2025-02-13\nurl: https://example.org/2025/02/14/a\n---\n", "front matter"),
    ("---\nurl: https://example.org/2025/02/14/a\n---\nLARNHAM, Feb. 13, 2025 - ", "dateline"),
    ("---\nurl: https://example.org/2025/02/13/a\n---\n", "address"),
]


TOLD = [
    *((f"---\npublished: 2025-02-13\npublished_from: {told}\n---\n", told) for told in get_args(DateOrigin)),
    *(
        (f"---\npublished: 2025-02-13\npublished_from: {told}\n---\n", "front matter")
        for told in ("json-ld", "the editor", "", "[JSON-LD]", "{a: meta}", "2025")
    ),
    ("---\npublished_from: meta\n---\nLARNHAM, Feb. 13, 2025 - ", "dateline"),
    ("---\npublished_from: JSON-LD\nurl: https://example.org/2025/02/13/a\n---\n", "address"),
]


@pytest.mark.parametrize(("head", "origin"), [*ORDER, *TOLD])
def test_the_origin_of_the_day_is_recorded_and_kept(tmp_path: Path, head: str, origin: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text(head + REST)
    (article,) = readers.read(tmp_path / "corpus" / "a.md", name="a.md", max_bytes=10_000).articles
    assert (article.published, article.published_from) == (DAY, origin)
    assert Article.from_dict(article.to_dict()) == article


def test_a_day_that_is_given_and_impossible_is_not_made_up_for(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\npublished: 2025-02-30\n---\nLARNHAM, Feb. 13, 2025 - {REST}")
    reading = readers.read(tmp_path / "a.md", name="a.md", max_bytes=10_000)
    assert (reading.articles[0].published, reading.articles[0].published_from) == (None, None)
    assert "2025-02-30" in reading.notes[0]


@pytest.mark.parametrize("pattern", ["A ", "Aa, ", "AA-", "A.'", "13 February 2025 ", "AA (", "Aa of "])
def test_hostile_lines_are_looked_at_in_time(pattern: str) -> None:
    started = time.process_time()
    datelines.in_text("\n".join(["x" + pattern * 50_000, *[pattern * 200] * 100]))
    datelines.in_address("https://example.org/" + "/2025" * 50_000 + "-2025-02-" * 50_000)
    assert time.process_time() - started < 2


def test_an_index_of_the_first_layout_is_taken_over(tmp_path: Path, hashing: Settings) -> None:
    """What was indexed before origins were kept can be read and added to, and is not counted as changed."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text(f"---\npublished: 2025-02-13\n---\n{REST}")
    with Index.open(tmp_path / "index", settings=hashing) as index:
        index.sync(corpus)
    catalog = Catalog.open(tmp_path / "index", create=False)
    with catalog.writing():
        for column in ("published_from", "updated", "language", "kind"):
            catalog._connection.execute(f"ALTER TABLE versions DROP COLUMN {column}")
        for column in ("tries", "tried", "tried_with"):
            catalog._connection.execute(f"ALTER TABLE files DROP COLUMN {column}")
        for table in ("texts", "bands", "numbers"):
            catalog._connection.execute(f"DROP TABLE {table}")
        catalog.set_meta("schema_version", "1")
    catalog.close()

    with Index.open(tmp_path / "index", settings=hashing) as index:
        (hit,) = index.search("bridge")
        assert (hit.article.published, hit.article.published_from, hit.article.version) == (DAY, None, 1)
        (corpus / "b.md").write_text(f"---\nkind: Opinion\nlanguage: en_GB\nupdated: 2025-02-14\n---\nB. {REST}")
        assert (index.sync(corpus).added, index.sync(corpus).unchanged) == (1, 2)
        (second,) = (hit.article for hit in index.search("bridge") if hit.path == "b.md")
        assert (second.kind, second.language, second.updated) == ("opinion", "en-GB", date(2025, 2, 14))
        report = index.sync(corpus, rebuild=True)
        assert (report.changed, report.unchanged) == (0, 2)
        (first,) = (hit.article for hit in index.search("bridge") if hit.path == "a.md")
        assert (first.published_from, first.version) == ("front matter", 1)
    catalog = Catalog.open(tmp_path / "index", create=False)
    assert catalog.meta("schema_version") == str(SCHEMA_VERSION)
    catalog.close()
