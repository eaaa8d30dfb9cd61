"""Copies of one story are found whatever a desk has done to them, kept right through every change, and shown once."""

import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Write
from natoqa import Chatbot, Index, Settings, duplicates
from natoqa.catalog import Catalog
from natoqa.corpus import text_fingerprint
from natoqa.duplicates import are_copies, bands, contained, near_in_time, shingles, sketch, wording, worth_comparing
from natoqa.types import Article

DAY = date(2025, 2, 13)

# Sentences that have nothing in common, so that a text is as long and as like another one as a test needs it.
WORDS = (
    "harbour ferry minister river bridge council strike border treaty engine winter market glacier orchard village "
    "customs pilot lantern copper monastery printer gallery senator voyage concert tunnel barley refinery observatory"
).split()


def sentence(seed: int, length: int = 15) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(length)).capitalize() + "."


def story(number: int, sentences: int = 24) -> str:
    return "\n\n".join(sentence(1000 * number + each) for each in range(sentences))


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


def one_word_in_twenty(text: str) -> str:
    words = text.split(" ")
    words[10::20] = ["reportedly"] * len(words[10::20])
    return " ".join(words)


REPORT = story(1)
KILLED = REPORT + "\n\nThe police said that 12 people were killed in the fire on the ferry."

COPIES: dict[str, Callable[[str], str]] = {
    "spaces and case": lambda text: "  " + text.upper().replace(" ", "  "),
    "retitled, with a dateline": lambda text: f"# The harbour waits\n\nOSLO, 13 February (Agency) — {text}",
    "cut from its end": lambda text: "\n\n".join(paragraphs(text)[:9]),
    "boilerplate around it": lambda text: f"{sentence(7)} {sentence(8)}\n\n{text}\n\n{story(9, 4)}",
    "paragraphs in another order": lambda text: "\n\n".join([*paragraphs(text)[:2], *reversed(paragraphs(text)[2:])]),
    "one word in twenty changed": one_word_in_twenty,
    "every sixth sentence left out": lambda text: "\n\n".join(
        each for number, each in enumerate(paragraphs(text)) if number % 6 != 4
    ),
}

NO_COPIES: dict[str, Callable[[str], str]] = {
    "another story": lambda _: story(2),
    "news above the same background": lambda text: "\n\n".join([story(2, 8), *paragraphs(text)[4:]]),
    "news above the old report": lambda text: f"{story(2, 8)}\n\n{text}",
    "another figure in the same place": lambda text: text.replace(" 12 people", " 15 people"),
    "an excerpt": lambda text: "\n\n".join(paragraphs(text)[:4]),
    "a page that holds it among others": lambda text: f"{text}\n\n{story(3, 90)}",
    "half of it": lambda text: "\n\n".join([*paragraphs(text)[:12], *paragraphs(story(4))[:12]]),
}


@pytest.mark.parametrize("name", COPIES)
def test_an_edited_report_is_a_copy(name: str) -> None:
    one, other = wording(KILLED), wording(COPIES[name](KILLED))
    assert are_copies(one, other)
    assert are_copies(other, one)
    assert not set(bands(sketch(one.shingles))).isdisjoint(bands(sketch(other.shingles)))


@pytest.mark.parametrize("name", NO_COPIES)
def test_what_has_its_own_news_is_no_copy(name: str) -> None:
    one, other = wording(KILLED), wording(NO_COPIES[name](KILLED))
    assert not are_copies(one, other)
    assert not are_copies(other, one)


def test_a_day_of_the_month_is_no_figure() -> None:
    assert are_copies(
        wording(f"{REPORT} It was on the evening of 12 March when it began."),
        wording(f"{REPORT} It was on the evening of 13 March when it began."),
    )


def test_formulas_are_no_copies() -> None:
    notice = "This report is for subscribers only, and we thank you for your support of our work."
    assert not are_copies(wording(notice), wording(notice))
    assert not are_copies(wording(""), wording(""))


@given(st.text(alphabet="ab c.,’'1 \n\tﬁé", max_size=200))
def test_what_counts_as_equal_has_equal_shingles(text: str) -> None:
    spaced = "\n ".join(text.split())
    assert text_fingerprint(_article(text)) == text_fingerprint(_article(spaced))
    assert np.array_equal(shingles(text), shingles(spaced))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_are_compared_the_same_both_ways(one: str, other: str) -> None:
    assert are_copies(wording(one), wording(other)) == are_copies(wording(other), wording(one))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_sketch_tells_how_alike_two_texts_are(share: float) -> None:
    numbers = np.random.default_rng(3).integers(0, 2**63, 3000, dtype=np.uint64)
    common = round(2000 * share)
    one, other = np.unique(numbers[:2000]), np.unique(numbers[2000 - common : 4000 - common])
    alike = common / (len(one) + len(other) - common)
    assert np.mean(sketch(one) == sketch(other)) == pytest.approx(alike, abs=0.13)


def test_sketches_never_change() -> None:
    """They are stored: other values would hide the copies of all that was indexed before."""
    assert sketch(shingles(REPORT))[:3].tolist() == [10243758, 5907344, 20369536]
    assert len(set(bands(sketch(shingles(REPORT))))) == duplicates.BANDS


def test_sketches_of_unlike_texts_are_not_compared() -> None:
    one, other = shingles(REPORT), shingles(story(2))
    assert not worth_comparing(sketch(one), len(one), sketch(other), len(other))
    assert worth_comparing(sketch(one), len(one), sketch(one), len(one))


def test_contained() -> None:
    one, few = np.array([1, 3, 5, 9], dtype=np.uint64), np.array([3, 9, 11, 12], dtype=np.uint64)
    assert contained(few, one) == 0.5
    assert contained(one, one) == 1.0
    assert contained(one[:0], one) == contained(one, one[:0]) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (DAY, DAY, True),
        (DAY, DAY + timedelta(duplicates.WINDOW_DAYS), True),
        (DAY + timedelta(duplicates.WINDOW_DAYS + 1), DAY, False),
        (None, DAY, True),
        (date.min, date.max, False),
    ],
)
def test_copies_are_printed_within_days(one: date | None, other: date | None, near: bool) -> None:
    assert near_in_time(one, other) is near


# -- the catalog -------------------------------------------------------------------------------------------------------

# Chains on purpose: each variant is a copy of its neighbour, but the first is none of the last.
TEXTS = [
    *("\n\n".join(paragraphs(story(1, 40))[start : start + 24]) for start in range(0, 16, 4)),
    COPIES["cut from its end"](story(1)),
    story(1).upper(),
    story(2),
    one_word_in_twenty(story(2)),
    story(5, 1),
]
DAYS = [DAY, DAY + timedelta(2), DAY + timedelta(5), None]


def _article(text: str, **also: object) -> Article:
    return replace(Article(title="T", text=text, path="a.md"), **also)  # type: ignore[arg-type]


def put(catalog: Catalog, article: Article) -> None:
    version = catalog.last_version(article.article_id) + 1
    with catalog.writing():
        catalog.put(replace(article, version=version), "", text_fingerprint(article), [])


def grouped(catalog: Catalog, articles: Iterable[Article]) -> list[list[str]]:
    with catalog.reading():
        return sorted(catalog.stories([each.article_id for each in articles]))


def by_hand(articles: Iterable[Article]) -> list[list[str]]:
    """Group the articles by the rule alone: no sketches, no catalog, everything compared."""
    begun: list[list[Article]] = []
    first: dict[str, list[Article]] = {}
    for article in sorted(articles, key=lambda each: (each.published is None, each.published or DAY, each.path)):
        text = text_fingerprint(article)
        if text not in first:
            first[text] = next((each for each in begun if _copies(each[0], article)), [])
            if not first[text]:
                begun.append(first[text])
        first[text].append(article)
    return sorted([each.article_id for each in each_story] for each_story in begun)


def _copies(one: Article, other: Article) -> bool:
    return near_in_time(one.published, other.published) and are_copies(known(one.text), known(other.text))


known = cache(wording)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "remove", "move"]),
        st.integers(0, 6),
        st.sampled_from(TEXTS),
        st.sampled_from(DAYS),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=50, deadline=None)
@given(CHANGES, st.randoms(use_true_random=False))
def test_stories_follow_from_the_articles_alone(
    changes: list[tuple[str, int, str, date | None, int]], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(Path(folder) / "one", create=True)
        articles: dict[int, Article] = {}
        for what, number, text, day, place in changes:
            path = f"{place:02}-{number}.md"
            if what == "put":
                articles[number] = _article(text, article_id=str(number), path=path, published=day)
                put(catalog, articles[number])
            elif number in articles and what == "remove":
                del articles[number]
                with catalog.writing():
                    catalog.remove(str(number))
            elif number in articles:
                articles[number] = replace(articles[number], path=path)
                with catalog.writing():
                    catalog.move(str(number), path, None)
        now = list(articles.values())
        assert grouped(catalog, now) == by_hand(now)
        assert catalog.count_duplicates() == len(now) - len(by_hand(now))
        scratch = Catalog.open(Path(folder) / "two", create=True)
        for article in chance.sample(now, len(now)):
            put(scratch, article)
        assert grouped(scratch, now) == grouped(catalog, now)
        for article in now:
            (story_,) = (each for each in by_hand(now) if article.article_id in each)
            assert catalog.copies(article.article_id) == [each for each in story_ if each != article.article_id]
        catalog.close()
        scratch.close()


# -- the index ---------------------------------------------------------------------------------------------------------

WIRE = (
    "The ferry to Sund sank on Monday. Nobody was hurt, the coast guard said. The ship had struck a rock near the "
    "lighthouse while the captain was asleep. All of the ninety passengers were taken ashore by fishing boats from the "
    "village. The company that owns the ferry did not answer our questions. Divers will look at the wreck this week."
)


@pytest.fixture
def printed(index: Index, corpus: Path, write: Write) -> Index:
    """A wire report in three outlets, and a follow-up of the next day."""
    write("post.md", WIRE, outlet="Sund Post", published="2024-01-02")
    daily = f"Subscribe to our letter.\n\n{WIRE.replace('village', 'small village')} Read more tomorrow."
    write("daily.md", daily, outlet="Coast Daily", title="Ferry sinks", published="2024-01-03")
    write("short.md", ". ".join(WIRE.split(". ")[:5]) + ".", outlet="The Herald", published="2024-01-04")
    later = (
        "The captain of the ferry that sank was arrested on Wednesday. He had been drinking, a prosecutor told the "
        "court in Sund. His lawyer called the charge absurd and asked for his release before the weekend. "
    )
    write("later.md", later + WIRE.partition(". ")[2], outlet="Sund Post", published="2024-01-05")
    index.sync(corpus)
    return index


def test_a_story_is_cited_once_and_its_copies_are_listed(printed: Index) -> None:
    answer = Chatbot(printed).ask("When did the ferry to Sund sink?")
    (citation,) = answer.citations
    assert citation.outlet == "Sund Post"
    assert [copy.outlet for copy in citation.copies] == ["Coast Daily", "The Herald"]
    assert citation.quote == "The ferry to Sund sank on Monday."


def test_retrieval_shows_one_of_a_story_and_the_follow_up(printed: Index) -> None:
    assert {hit.path for hit in printed.search("ferry captain lighthouse", k=50)} == {"post.md", "later.md"}
    assert {hit.path for hit in printed.search("ferry captain", k=50, outlet="the herald")} == {"short.md"}
    assert {hit.path for hit in printed.search("ferry captain", k=50, since="2024-01-03")} == {"daily.md", "later.md"}


def test_what_only_one_copy_has_is_found(printed: Index) -> None:
    assert printed.search("ferry divers wreck", since="2024-01-04", until="2024-01-04")[0].path == "short.md"


def test_a_passage_that_the_first_copy_lacks_is_shown_where_it_stands(index: Index, corpus: Path, write: Write) -> None:
    write("first.md", "\n\n".join(paragraphs(story(1, 40))[:20]), published="2024-01-02")
    write("second.md", story(1, 40) + "\n\nThe zeppelin came down in the meadow.", published="2024-01-03")
    assert index.sync(corpus).duplicates == 1
    assert {hit.path for hit in index.search("zeppelin meadow")} == {"second.md"}
    assert {hit.path for hit in index.search(paragraphs(story(1))[0], until="2024-01-02")} == {"first.md"}


def test_the_report_counts_near_copies(printed: Index, corpus: Path, write: Write) -> None:
    write("equal.md", WIRE, outlet="Valley News", published="2024-06-01")
    assert printed.sync(corpus).duplicates == 3


def test_when_the_first_copy_goes_another_one_is_shown(printed: Index, corpus: Path) -> None:
    (corpus / "post.md").unlink()
    assert printed.sync(corpus).duplicates == 1
    (hit,) = (hit for hit in printed.search("ferry lighthouse", k=50) if hit.path != "later.md")
    assert hit.path == "daily.md"
    assert [copy.path for copy in printed.copies(hit.article_id)] == ["short.md"]


def test_a_copy_that_becomes_news_leaves_its_story(printed: Index, corpus: Path, write: Write) -> None:
    write("daily.md", story(2), outlet="Coast Daily", published="2024-01-03")
    assert printed.sync(corpus).duplicates == 1


def test_an_index_of_the_layout_before_is_brought_up_to_date(printed: Index, corpus: Path, hashing: Settings) -> None:
    printed.close()
    with sqlite3.connect(printed.folder / "catalog.sqlite3") as catalog:
        for statement in (
            "DROP TABLE texts",
            "DROP TABLE bands",
            "DROP TABLE numbers",
            *(f"ALTER TABLE files DROP COLUMN {column}" for column in ("tries", "tried", "tried_with")),
            "DELETE FROM meta WHERE key = 'stories'",
            "UPDATE meta SET value = '2' WHERE key = 'schema_version'",
        ):
            catalog.execute(statement)
    catalog.close()
    with Index.open(printed.folder, settings=hashing, create=False) as index:
        assert len({hit.path for hit in index.search("ferry", k=50)}) == 4, "still served, copies unknown"
        report = index.sync(corpus)
        assert (report.unchanged, report.duplicates) == (4, 2)
        assert len({hit.path for hit in index.search("ferry", k=50)}) == 2
        generation = index.generation
        index.sync(corpus)
        assert index.generation <= generation + 1, "nothing is settled twice"


def test_many_equal_and_nearly_equal_pages_stay_cheap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counting(one: duplicates.Wording, other: duplicates.Wording) -> bool:
        nonlocal compared
        compared += 1
        return are_copies(one, other)

    monkeypatch.setattr(duplicates, "are_copies", counting)
    catalog = Catalog.open(tmp_path, create=True)
    articles = [_article(f"{REPORT} {WORDS[n % 7]}", article_id=str(n), path=f"{n:03}.md") for n in range(100)]
    for article in articles:
        put(catalog, article)
    assert len(grouped(catalog, articles)) == 1
    assert compared == 6, "equal texts are one text, and a text is compared with the first of a story only"
    catalog.close()
