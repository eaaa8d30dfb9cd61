"""Article files: what is read from them by the contract's rules, and what becomes a failure."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import date
from pathlib import Path

import pytest

from natoqa import readers
from natoqa.readers import Reading, dates
from natoqa.types import Article

LIMIT = 1_000_000


def read(folder: Path, content: str | bytes, name: str = "article.md", *, max_bytes: int = LIMIT) -> Reading:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return readers.read(file, name=f"news/{name}", max_bytes=max_bytes)


def article(folder: Path, content: str | bytes, name: str = "article.md") -> Article:
    reading = read(folder, content, name)
    assert reading.failures == ()
    assert len(reading.articles) == 1
    return reading.articles[0]


def reason(folder: Path, content: str | bytes, name: str = "article.md", *, max_bytes: int = LIMIT) -> str:
    reading = read(folder, content, name, max_bytes=max_bytes)
    assert reading.articles == ()
    (failure,) = reading.failures
    assert failure.path == f"news/{name}"
    return failure.error


# Titles and text

TITLES = [
    ("---\ntitle: From the front matter\n---\n# A heading\n", "From the front matter"),
    ("![An image](https://example.org/1.jpg)\nFirst line.\n\n## A heading\n\nText.", "A heading"),
    ("![NATO backtracks](https://example.org/67ae46d7.jpg)\nAccession was never promised.", "NATO backtracks"),
    ("First line.\nSecond line.", "First line."),
    ("# Heading #\n\nText.", "Heading"),
    ("   ### *Talks* on [security](https://example.org/a_(b)) `now`\n\nText.", "Talks on security now"),
    ("Heading\n=======\n\nText.", "Heading"),
    ("Heading\n---\nText.", "Heading"),
    ("A paragraph\nof two lines\n---\nText.", "A paragraph"),
    ("- an item\n---\nText.", "- an item"),
    ("#hashtag is no heading\n\nText.", "#hashtag is no heading"),
    ("Lead.\n\n```\n# a comment in code\n```\n\nText.", "Lead."),
    ("Lead.\n\n````\n```\n# still code\n````\n\n# A heading", "A heading"),
    ("* * *\n\nThe first line with words.\n", "The first line with words."),
    ("<!-- draft --><b>Bold</b> lead.\nText.", "Bold lead."),
    ("Profits of snake_case_ltd rose 5 * 3 * 2 times.", "Profits of snake_case_ltd rose 5 * 3 * 2 times."),
    ("---\ntitle: https://example.org/story\n---\n# A heading\n", "A heading"),
    ("---\ntitle: C:\\Users\\me\\story 1.docx\n---\nFirst line.", "First line."),
    ("![IMG_0001.jpg](https://example.org/1.jpg)\nFirst line.", "First line."),
    ("https://example.org/story\nSecond line.", "Second line."),
    ("/srv/news/story\n\nSecond line.", "Second line."),
    ("https://example.org/nothing-else", "https://example.org/nothing-else"),
    ("---\ntitle:\n---\nFirst line.", "First line."),
    ("---\ntitle: ~\n---\nFirst line.", "First line."),
    ('---\ntitle: "null"\n---\nFirst line.', "null"),
    ("---\ntitle: 1984\n---\nFirst line.", "1984"),
    ("---\ntitle: 2025-02-30\n---\nFirst line.", "2025-02-30"),
    ("---\ntitle: Norway says No\nTITLE2: x\n---\nFirst line.", "Norway says No"),
    ("---\ntitle: >\n  Two lines\n  folded\n---\nFirst line.", "Two lines folded"),
    ("---\ntitle: The €5/month deal and/or Ukraine/Russia\n---\nText.", "The €5/month deal and/or Ukraine/Russia"),
]


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize(("content", "title"), TITLES)
def test_title_is_chosen_in_the_contracts_order(tmp_path: Path, content: str, title: str, suffix: str) -> None:
    assert article(tmp_path, content, f"a{suffix}").title == title


def test_a_first_line_that_is_a_whole_article_is_cut_at_a_word(tmp_path: Path) -> None:
    title = article(tmp_path, "word " * 1000).title
    assert title.endswith("word…")
    assert 250 < len(title) <= 300


IMAGES = [
    "![alt](https://example.org/a.jpg)",
    '![alt](https://example.org/a.jpg "A title")',
    "![alt with [brackets]](https://example.org/a_(b).jpg)",
    "![](https://example.org/a b.jpg)",
    "![alt][reference]",
    "[![alt](https://example.org/a.jpg)](https://example.org/large)",
    "![a](https://example.org/a.jpg) ![b](https://example.org/b.jpg)",
    "\n\n![a](https://example.org/a.jpg)  \n\n![b](https://example.org/b.jpg)\n",
    '<img src="a.jpg" alt="An image"/>',
    "![data](data:image/png;base64," + "A" * 300_000 + ")",
]


@pytest.mark.parametrize("image", IMAGES)
def test_leading_image_lines_are_left_out_of_the_text(tmp_path: Path, image: str) -> None:
    assert article(tmp_path, f"{image}\nThe text.\n\n![later](x.jpg)\n").text == "The text.\n\n![later](x.jpg)"


@pytest.mark.parametrize(
    "content",
    [
        "![alt](https://example.org/a.jpg) and words on its line.",
        "# A heading\n\n![alt](a.jpg)\n\nText.",
        "![not an image] (a.jpg)\nText.",
        "![cut (short\nText.",
    ],
)
def test_everything_else_stays_in_the_text(tmp_path: Path, content: str) -> None:
    assert article(tmp_path, content).text == content


def test_heading_and_first_line_stay_in_the_text(tmp_path: Path) -> None:
    assert article(tmp_path, "---\ntitle: T\n---\n\n# T\n\nText.\n").text == "# T\n\nText."


# Front matter


def test_front_matter_fills_in_all_fields(tmp_path: Path) -> None:
    content = """---
Title: "Rutte: no promise"
outlet: The  Daily
published: 2025-02-14T23:59:59-11:00
url: https://example.org/a?b=c#d
authors: [Jane Doe, "Ann O'Neill", null]
tags: {a: [b, c]}
---
Text."""
    found = article(tmp_path, content)
    assert found == Article(
        title="Rutte: no promise",
        text="Text.",
        path="news/article.md",
        outlet="The Daily",
        published=date(2025, 2, 14),
        url="https://example.org/a?b=c#d",
        authors=("Jane Doe", "Ann O'Neill"),
        published_from="front matter",
    )


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("\n- Jane Doe\n- name: Bob Roe\n  mail: x", ("Jane Doe", "Bob Roe")),
        ("[]", ()),
        ("", ()),
    ],
)
def test_authors_are_a_name_or_a_list(tmp_path: Path, value: str, authors: tuple[str, ...]) -> None:
    assert article(tmp_path, f"---\nauthors: {value}\n---\nText.").authors == authors


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Rutte: no promise", "Rutte: no promise"),
        ('title: "We will not" says Rutte', '"We will not" says Rutte'),
        ("title: [Opinion] Why NATO waits", "[Opinion] Why NATO waits"),
        ("title: @nato answers 😀", "@nato answers 😀"),
        ("title: *NATO* says no", "*NATO* says no"),
    ],
)
def test_headlines_need_no_quotation_marks(tmp_path: Path, line: str, title: str) -> None:
    reading = read(tmp_path, f"---\npublished: 2025-02-13\n{line}\nauthors: [A B]\n---\nText.")
    (found,) = reading.articles
    assert (found.title, found.published, found.authors) == (title, date(2025, 2, 13), ("A B",))
    assert "quotation marks" in reading.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        "---\n\nA text below a rule.\n\n---\n\nMore of it.",
        "---\nA text below a rule: with a colon.",
        "---\nNote: this was corrected.\n---\nMore.",
        "---\n- a list\n- of things\n---\nMore.",
        "----\ntitle: no\n----\nMore.",
        "A text.\n---\ntitle: no\n---\n",
        "---\nAnd so: *he said*: no.\n---\nMore.",
    ],
)
def test_a_rule_at_the_top_eats_no_text(tmp_path: Path, content: str) -> None:
    assert article(tmp_path, content).text == content.strip()


@pytest.mark.parametrize(
    "content", ["---\n---\nText.", "---\nlayout: post\ntags: [a]\n...\nText.", "\n---\nurl:\n---\nText."]
)
def test_front_matter_of_other_tools_is_no_text(tmp_path: Path, content: str) -> None:
    assert article(tmp_path, content).text == "Text."


BOMB = (
    "title: x\na: &a ["
    + "x, " * 50
    + "]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True))
)


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("title: a\n\tbroken\n  - x: [\n---\nText.", "not valid YAML: line 3"),
        ("title: a\n\nText without an end.", "no closing line"),
        ("title: a\nauthors:\n- &x A\n- *x\n---\nText.", "aliases"),
        ("title: a\nauthors: " + "[" * 2000 + "]" * 2000 + "\n---\nText.", "nested too deeply"),
        ("title: a\nx: " + "y" * 70_000 + "\n---\nText.", "longer than"),
        ("title: [a, b]\n---\nText.", "title should be text, not a list"),
        ("outlet: {a: b}\n---\nText.", "outlet should be text, not an object"),
        ("authors: [[a]]\n---\nText.", "authors should be names, not a list"),
    ],
)
def test_broken_front_matter_is_a_failed_article(tmp_path: Path, front: str, expected: str) -> None:
    assert expected in reason(tmp_path, f"---\n{front}")


def test_aliases_do_not_grow(tmp_path: Path) -> None:
    assert article(tmp_path, f"---\n{BOMB}---\nText.").title == "x"


def test_tags_build_nothing(tmp_path: Path) -> None:
    marker = tmp_path / "built"
    found = article(
        tmp_path, f"---\ntitle: T\nx: !!python/object/apply:os.mkdir ['{marker}']\noutlet: !!int x\n---\nText."
    )
    assert (found.title, found.outlet) == ("T", "x")
    assert not marker.exists()


# Dates and addresses

DATES = [
    ("2025-02-13", date(2025, 2, 13)),
    ("2025-2-3", date(2025, 2, 3)),
    ("20250213", date(2025, 2, 13)),
    ("2025/02/13", date(2025, 2, 13)),
    ("2025.02.13 10:30", date(2025, 2, 13)),
    ("2025-02-13T23:30:00-05:00", date(2025, 2, 13)),
    ("2025-02-13T00:10:00.123456+09:00", date(2025, 2, 13)),
    ("2025-02-13T00:10Z", date(2025, 2, 13)),
    ("2025-02-13 10:00 UTC", date(2025, 2, 13)),
    ("13 February 2025", date(2025, 2, 13)),
    ("February 13th, 2025", date(2025, 2, 13)),
    ("Feb. 13, 2025, 3:45 p.m. ET", date(2025, 2, 13)),
    ("Thu, 13 Feb 2025 23:30:00 -0500", date(2025, 2, 13)),
    ("5 March 2025", date(2025, 3, 5)),
    ("13/02/2025", date(2025, 2, 13)),
    ("02/13/2025", date(2025, 2, 13)),
    ("03/03/2025", date(2025, 3, 3)),
    ("03/04/2025", None),
    ("3.4.2025", None),
    ("2025-02-30", None),
    ("2025-13-02", None),
    ("February 30, 2025", None),
    ("February 2025", None),
    ("2025", None),
    ("Thursday, February 2025", None),
    ("13 February", None),
    ("13 Feb 25", None),
    ("130225", None),
    ("Thursday", None),
    ("10:30", None),
    ("yesterday", None),
    ("2025-02-13 to 2025-02-20", None),
    ("Feb 13 at 1530", None),
    ("1739404800", None),
    ("1712121500000", None),
    ("0000-00-00", None),
    ("", None),
    ("2025-02-13" * 20, None),
]


@pytest.mark.parametrize(("written", "day"), DATES)
def test_only_dates_with_one_reading_are_read(written: str, day: date | None) -> None:
    assert dates.calendar_day(written) == day


def test_a_date_that_cannot_be_read_is_noted_not_guessed(tmp_path: Path) -> None:
    reading = read(tmp_path, "---\npublished: 03/04/2025\n---\nText of 2024-01-01.")
    assert reading.articles[0].published is None
    assert reading.notes == ("news/article.md: published does not name one day; the article stays undated: 03/04/2025",)


def test_neither_date_nor_outlet_is_guessed(tmp_path: Path) -> None:
    content = (
        "![a](https://times.example/uploads/2025/02/a.jpg)\nKYIV, Feb 13 (Agency) - On 13 February 2025 it rained."
    )
    found = article(tmp_path, content, "2025-02-13-daily-times.md")
    assert (found.published, found.outlet, found.url, found.authors) == (None, None, None, ())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("ftp://example.org/a", False),
        ("//example.org/a", False),
        ("https://", False),
        ("https://exa mple.org", False),
        ("https://[broken", False),
    ],
)
def test_only_web_addresses_are_kept(tmp_path: Path, url: str, kept: bool) -> None:
    reading = read(tmp_path, f"---\nurl: '{url}'\n---\nText.")
    assert reading.articles[0].url == (url if kept else None)
    assert bool(reading.notes) != kept


# Encodings and broken files

TEXT = "Zürich – “Café”, 5 €."
ENCODED = [
    (TEXT.encode(), ""),
    (b"\xef\xbb\xbf" + TEXT.encode(), ""),
    (TEXT.encode("utf-16"), ""),
    (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
    (TEXT.encode("utf-32"), ""),
    (TEXT.encode("cp1252"), "cp1252"),
    (("It’s a deal. " * 3).encode("cp1252"), "cp1252"),
    ("Café déjà vu".encode("cp1252"), "cp1252"),
    (("Le président a déclaré que l’accord était prêt, très tôt, à Genève. " * 3).encode("cp1252"), "cp1252"),
    (("Президент заявил, что переговоры будут продолжены в Женеве. " * 3).encode("cp1251"), "cp1251"),
    (("Ο πρωθυπουργός δήλωσε την Τετάρτη ότι οι συνομιλίες θα συνεχιστούν. " * 3).encode("cp1253"), "cp1253"),
]


@pytest.mark.parametrize(("content", "detected"), ENCODED)
def test_encodings_are_marked_utf8_or_detected_and_noted(tmp_path: Path, content: bytes, detected: str) -> None:
    reading = read(tmp_path, content)
    expected = content.decode(detected) if detected else TEXT
    assert reading.articles[0].text == expected.strip()
    assert len(reading.notes) == bool(detected)
    assert all(note.endswith(detected) and "not UTF-8" in note for note in reading.notes)


def test_damaged_utf8_keeps_its_sound_characters(tmp_path: Path) -> None:
    reading = read(tmp_path, "Žluťoučký kůň – “ano”. ".encode() + "é".encode()[:1])
    assert reading.articles[0].text.startswith("Žluťoučký kůň – “ano”.")
    assert "�" in reading.notes[0]


def test_utf16_that_was_cut_off_keeps_its_sound_characters(tmp_path: Path) -> None:
    reading = read(tmp_path, "All of this is English.".encode("utf-16") + b"x")
    assert reading.articles[0].text == "All of this is English.�"
    assert reading.notes[0].endswith("utf-16")


def test_line_ends_and_control_characters_are_made_harmless(tmp_path: Path) -> None:
    found = article(tmp_path, "One\r\nTwo\rThree\fFour \x1b[31mred\x07 a\u200db e\u0301")
    assert found.text == "One\nTwo\nThree\nFour  [31mred  a\u200db e\u0301"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n\t ", "it is empty"),
        (b"---\ntitle: T\n---\n \n", "front matter only"),
        (b"![an image](a.jpg)\n", "holds no text"),
        (b"...\n***\n", "holds no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text"),
        (bytes(range(128, 256)) * 3, "not text"),
        (TEXT.encode("utf-16-le"), "not text"),
        (b"\xff\xfe" + b"\x01\x00" * 50 + b"\xd8", "not text"),
        (b"x" * 101, "larger than 100 bytes"),
    ],
)
def test_a_file_that_is_no_article_fails_with_its_reason(tmp_path: Path, content: bytes, expected: str) -> None:
    assert expected in reason(tmp_path, content, max_bytes=100 if len(content) == 101 else LIMIT)


def test_the_limit_is_the_largest_article_that_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, b"x" * 100, max_bytes=100).failures == ()


def test_a_file_that_cannot_be_opened_fails_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "loop.md").symlink_to("loop.md")
    os.mkfifo(tmp_path / "pipe.md")
    expected = {
        "folder.md": "directory",
        "pipe.md": "no regular file",
        "gone.md": "no longer there",
        "loop.md": "symbolic links",
        "a.odt": "this kind",
    }
    for name, error in expected.items():
        reading = readers.read(tmp_path / name, name=name, max_bytes=LIMIT)
        assert reading.articles == ()
        assert [failure.path for failure in reading.failures] == [name]
        assert error in reading.failures[0].error
        assert reading.sha256 == ""


def test_the_digest_is_that_of_the_bytes_that_were_read(tmp_path: Path) -> None:
    for name, content in {"a.md": b"Text.", "b.jsonl": b'{"text": "a"}\nbroken\n', "c.md": b"\0", "d.md": b""}.items():
        assert read(tmp_path, content, name).sha256 == hashlib.sha256(content).hexdigest()
    assert read(tmp_path, b"too large", max_bytes=3).sha256 == ""


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.md"
    file.write_text("Old text.")
    fstat, calls = os.fstat, []

    def fstat_and_write(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        calls.append(descriptor)
        if len(calls) == 1:
            file.write_text("New and longer text.")
        return status

    monkeypatch.setattr(os, "fstat", fstat_and_write)
    reading = readers.read(file, name="a.md", max_bytes=LIMIT)
    assert [found.text for found in reading.articles] == ["New and longer text."]
    assert len(calls) > 2


def test_a_file_that_never_stops_changing_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.md"
    file.write_text("Text.")
    fstat = os.fstat

    def fstat_and_append(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        with file.open("a") as stream:
            stream.write(" More.")
        return status

    monkeypatch.setattr(os, "fstat", fstat_and_append)
    reading = readers.read(file, name="a.md", max_bytes=LIMIT)
    assert reading.articles == ()
    assert "being written to" in reading.failures[0].error


def test_readers_may_run_in_several_threads(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.md" for number in range(8)]
    for file in files:
        file.write_text(f"---\ntitle: {file.stem}: it\npublished: 13 February 2025\n---\nText {file.stem}.")
    found: dict[str, Article] = {}

    def work(file: Path) -> None:
        found[file.stem] = readers.read(file, name=file.name, max_bytes=LIMIT).articles[0]

    threads = [threading.Thread(target=work, args=[file]) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {stem: each.text for stem, each in found.items()} == {file.stem: f"Text {file.stem}." for file in files}
    assert {each.published for each in found.values()} == {date(2025, 2, 13)}
