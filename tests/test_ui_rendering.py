"""Answers, sources and index states as HTML: what is shown, and that nothing in an article can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa.conversations import Standing, Unanswered
from natoqa.errors import CorpusShrunkError, IndexMismatchError, IndexMissingError, NatoqaError
from natoqa.sanitizing import visible, web_address
from natoqa.serving.examples import example_questions
from natoqa.serving.shared_index import IndexState, Reindexing
from natoqa.types import (
    Account,
    Answer,
    AnswerSentence,
    Article,
    Citation,
    DateOrigin,
    Difference,
    Failure,
    IndexStatus,
    Status,
    SyncProgress,
    SyncReport,
)
from natoqa.ui import rendering
from natoqa.ui.coverage import Coverage
from natoqa.ui.rendering.corpus import article_dialog
from natoqa.ui.rendering.text_fragments import sentence_address

QUOTE = "There will be no troops, she said."
TEXT = f"The minister spoke on Monday. Allies listened. {QUOTE} Nobody asked why.\n\nTalks go on."
ARTICLE = Article(
    title="No troops",
    text=TEXT,
    path="2025/no-troops.md",
    outlet="The Courier",
    published=date(2025, 2, 13),
    url="https://courier.example/no-troops?a=1&b=2",
    article_id="a1",
    version=1,
)
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)> ![i](http://evil.example/i.png) "
    "[x](javascript:alert(1)) $x$ `y` ${7*7} {{7*7}} &lt;b&gt; \u202ereversed"
)


def cited(article: Article = ARTICLE, quote: str = QUOTE, *, number: int = 1, **more: object) -> Citation:
    start = article.text.index(quote)
    return Citation(number, quote, start, start + len(quote), article, **more)  # type: ignore[arg-type]


def answered(*citations: Citation, status: Status = "answered", **more: object) -> Answer:
    values: dict[str, object] = {
        "question": "Will troops go?",
        "query": "Will troops go?",
        "status": status,
        "answerer": "extractive",
        "text": "",
        "sentences": tuple(AnswerSentence(f"Claim {each.number}.", (each.number,)) for each in citations),
        "citations": citations,
    }
    return Answer(**(values | more))  # type: ignore[arg-type]


class Page(HTMLParser):
    """What a browser makes of the HTML: tags with their attributes, and the text of each tag in `texts`."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)
        self.inside.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"
        if tag in {"p", "h2", "h3", "li", "summary"}:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for tag in set(self.open):
            self.inside[tag][-1] += data

    @property
    def text(self) -> str:
        return "".join(self.words).replace("\N{NO-BREAK SPACE}", " ")

    def links(self) -> list[str | None]:
        return [attributes.get("href") for tag, attributes in self.tags if tag == "a"]


# --- addresses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://a.example", "https://a.example/x?y=1&z=2#t", "HTTPS://A.EXAMPLE/Ä"])
def test_web_addresses_become_links(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "/gradio_api/x",
        "articles/a.md",
        "http:",
        "https:///path",
        "http://[::1",
        "https://a.example/\u202egnp.exe",
        "blob:https://a.example/x",
    ],
)
def test_other_addresses_do_not(url: str | None) -> None:
    assert web_address(url) is None


# --- answers ------------------------------------------------------------------------------------------------------


def test_every_sentence_is_followed_by_its_citations_as_links_to_the_source() -> None:
    second = cited(quote="Allies listened.", number=2)
    answer = answered(
        cited(speaker="Ann Lee"),
        second,
        sentences=(AnswerSentence("She ruled it out.", (1, 2)), AnswerSentence("They heard.", (2,))),
    )
    page = Page(rendering.answered_turn(3, answer))
    assert "She ruled it out. [1] [2] They heard. [2]" in page.text
    assert page.links() == ["#source-3-1", "#source-3-2", "#source-3-2"]
    described = [attributes["aria-describedby"] for tag, attributes in page.tags if tag == "a"]
    assert described == ["card-3-1", "card-3-2", "card-3-2"]


def test_the_card_of_a_citation_tells_who_said_what_where_and_when() -> None:
    answer = answered(cited(speaker="Ann Lee", role="Minister"), cited(quote="Talks go on.", number=2))
    page = Page(rendering.answered_turn(3, answer))
    cards = [attributes for _, attributes in page.tags if attributes.get("role") == "tooltip"]
    assert [card["id"] for card in cards] == ["card-3-1", "card-3-2"]
    assert "popover" in cards[0]
    assert f"“{QUOTE}” Ann Lee, Minister The Courier · 13 February 2025 No troops" in page.text
    assert "“Talks go on.” The Courier · 13 February 2025 No troops" in page.text
    assert not [1 for tag, attributes in page.tags if tag == "a" and "title" in attributes]


def test_a_number_without_a_citation_is_not_shown() -> None:
    answer = answered(cited(), sentences=(AnswerSentence("Claim.", (1, 7)),))
    assert "[7]" not in rendering.answered_turn(1, answer)


@pytest.mark.parametrize(
    ("status", "words"),
    [("answered", "Answered"), ("partial", "Partly answered"), ("not_in_corpus", "Not in the corpus")],
)
def test_the_status_is_said_in_words_before_the_answer(status: Status, words: str) -> None:
    page = Page(rendering.answered_turn(1, answered(status=status, text="This is the text.")))
    assert page.text.index(words) < page.text.index("This is the text.")


def test_what_is_not_in_the_corpus_shows_the_nearest_articles() -> None:
    bare = Article(title="Untraced", text="x", path="b.md", article_id="a2", version=1)
    page = Page(rendering.answered_turn(1, answered(status="not_in_corpus", text="No.", nearest=(ARTICLE, bare))))
    assert "Nearest articles:" in page.text
    assert "No troops The Courier · 13 February 2025" in page.text
    assert "Untraced no date" in page.text
    assert page.links() == ["#source-1-1", ARTICLE.url, "#source-1-2"]


def test_the_nearest_articles_stand_in_the_panel() -> None:
    bare = Article(title="Untraced", text="Nothing of it.", path="b.md", article_id="a2", version=1)
    answer = answered(status="not_in_corpus", text="No.", nearest=(ARTICLE, bare))
    page = Page(rendering.sources(1, answer, selected=2))
    assert page.inside["h3"] == ["No troops", "Untraced"]
    assert page.inside["blockquote"] == [TEXT, "Nothing of it."]
    assert [attributes["class"] for _, attributes in page.tags if "open" in attributes] == ["source selected"]
    assert "source-1-2" in [attributes.get("id") for _, attributes in page.tags]
    assert "mark" not in page.inside


def test_what_comes_closest_is_quoted_and_marked_in_its_article() -> None:
    bare = Article(title="Untraced", text="Nothing of it.", path="b.md", article_id="a2", version=1)
    closest = (cited(speaker="Ann Lee"),)
    answer = answered(status="not_in_corpus", text="No.", nearest=(ARTICLE, bare), closest=closest)
    page = Page(rendering.answered_turn(1, answer))
    assert page.inside["q"] == [closest[0].quote]
    assert f"Closest: {closest[0].quote} – Ann Lee" in page.text
    panel = Page(rendering.sources(1, answer, selected=1))
    assert panel.inside["mark"] == [closest[0].quote]
    assert [attributes.get("id") for _, attributes in panel.tags if attributes.get("id")] == [
        "source-1-1",
        "source-1-2",
    ]


def test_what_came_closest_is_marked_by_the_title_of_its_article_when_that_has_changed() -> None:
    hostile = replace(ARTICLE, title="<img src=x>")
    closest = (cited(), cited(hostile, number=2))
    answer = answered(status="not_in_corpus", nearest=(ARTICLE, hostile), closest=closest)
    standings = [Standing(1, "gone", still_said=False), Standing(2, "gone", still_said=False)]
    told = "“<bdi>No troops</bdi>”, “<bdi>&lt;img src=x&gt;</bdi>”: The article is gone from the corpus since."
    assert told in rendering.beneath(1, answer, standings=standings)


def test_links_to_elsewhere_open_apart_and_tell_nothing() -> None:
    markup = rendering.sources(1, answered(cited())) + rendering.answered_turn(
        1, answered(status="not_in_corpus", nearest=(ARTICLE,))
    )
    outward = [attributes for tag, attributes in Page(markup).tags if tag == "a" and attributes["href"] == ARTICLE.url]
    assert len(outward) == 2
    for attributes in outward:
        assert attributes["target"] == "_blank"
        assert attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("Will troops go?", False),
        ("will  TROOPS go?", False),
        ("Will US troops go to Ukraine?", True),
    ],
)
def test_the_query_is_shown_when_it_differs_from_the_question(query: str, shown: bool) -> None:
    assert ("Searched for" in rendering.answered_turn(1, answered(cited(), query=query))) is shown


def test_notes_are_shown() -> None:
    assert "<li>2 articles have no date.</li>" in rendering.answered_turn(
        1, answered(cited(), notes=("2 articles have no date.",))
    )


def test_the_short_answer_stands_beside_the_status() -> None:
    page = Page(rendering.answered_turn(1, answered(cited(), short_answer="40 million crowns")))
    assert page.text.index("Answered") < page.text.index("40 million crowns") < page.text.index("Claim 1.")


SPAN = Coverage(date(2008, 4, 4), date(2025, 2, 19))


@pytest.mark.parametrize(
    ("answer", "coverage", "told"),
    [
        (
            answered(cited(), as_of=date(2025, 2, 13)),
            SPAN,
            "As of 13 February 2025, the newest article cited · The corpus spans 4 April 2008 – 19 February 2025",
        ),
        (answered(cited()), SPAN, "The corpus spans 4 April 2008 – 19 February 2025"),
        (answered(cited(), as_of=date(2025, 2, 13)), None, "As of 13 February 2025, the newest article cited"),
        (
            answered(status="not_in_corpus", nearest=(ARTICLE,), as_of=date(2025, 2, 13)),
            None,
            "As of 13 February 2025, the newest of the nearest articles",
        ),
    ],
)
def test_it_is_told_how_new_an_answer_is(answer: Answer, coverage: Coverage | None, told: str) -> None:
    assert told in Page(rendering.answered_turn(1, answer, coverage)).inside["p"]


def test_accounts_that_differ_stand_beside_each_other_instead_of_the_note() -> None:
    other = Article(title="Other", text="15 died.", path="o.md", outlet="The Echo", article_id="a2", version=1)
    note = "The articles differ: The Courier: 12, The Echo: 15."
    answer = answered(
        cited(quote="Talks go on.", number=1),
        cited(number=2),
        cited(other, "15 died.", number=3),
        notes=(note, "Something else."),
        differing=(Difference(note, (Account("12", 2), Account("15", 3))),),
    )
    page = Page(rendering.answered_turn(1, answer))
    assert "Claim 1. [1] The articles differ 12 The Courier" in page.text
    assert "15 The Echo · no date Claim 3. [3]" in page.text
    assert page.text.count("Claim 2.") == page.text.count("Claim 3.") == 1
    assert note not in page.text
    assert "Something else." in page.text


def test_a_sentence_on_both_accounts_stays_whole_and_the_quotes_stand_apart() -> None:
    answer = answered(
        cited(number=1),
        cited(quote="Talks go on.", number=2),
        sentences=(AnswerSentence("12 or 15 died.", (1, 2)), AnswerSentence("12 it was.", (1,))),
        differing=(Difference("", (Account("12", 1), Account("15", 2), Account("9", 7))),),
    )
    page = Page(rendering.answered_turn(1, answer))
    assert page.text.count("12 or 15 died. [1] [2]") == 1
    assert "“Talks go on.” [2]" in page.text
    assert "[7]" not in page.text


def test_what_is_being_written_has_the_paragraphs_of_the_answer() -> None:
    answer = answered(cited(), cited(quote="Talks go on.", number=2))
    written = "Claim 1. [1] Claim 2. [2]"
    assert Page(rendering.streaming_turn(1, "Why?", written)).inside["p"] == ["Claim 1.\xa0[1]", "Claim 2.\xa0[2]"]
    assert Page(rendering.answered_turn(1, answer)).inside["p"][1:3] == ["Claim 1.\xa0[1]", "Claim 2.\xa0[2]"]
    assert Page(rendering.streaming_turn(1, "Why?", "Claim 1. [1][2] Cla")).inside["p"] == [
        "Claim 1.\xa0[1]\xa0[2]",
        "Cla",
    ]


# --- over time ----------------------------------------------------------------------------------------------------


def test_statements_of_several_days_are_ordered_by_them() -> None:
    earlier = replace(ARTICLE, article_id="a2", published=date(2024, 7, 11))
    undated = replace(ARTICLE, article_id="a3", published=None)
    answer = answered(
        cited(speaker="Ann Lee"), cited(earlier, "Talks go on.", number=2), cited(undated, number=3, speaker="Bo Ek")
    )
    page = Page(rendering.answered_turn(1, answer))
    assert "Over time" in page.text
    items = page.inside["ol"][0]
    assert items.index("11 July 2024") < items.index("The Courier: “Talks go on.”") < items.index("13 February 2025")
    assert f"Ann Lee: “{QUOTE}”" in items
    assert "Bo Ek" not in items


def test_statements_of_one_day_have_no_timeline() -> None:
    assert "ol" not in Page(rendering.answered_turn(1, answered(cited(), cited(number=2)))).inside


@pytest.mark.parametrize(
    ("matching", "rows", "told"),
    [
        (
            {date(2025, 2, 13): 1, date(2025, 2, 15): 3},
            [("13 February 2025", "1"), ("15 February 2025", "3")],
            "4 articles from 13 February 2025 to 15 February 2025; the most, 3, on 15 February 2025.",
        ),
        (
            {date(2024, 12, 30): 1, date(2025, 3, 1): 1, date(2025, 3, 31): 1},
            [("December 2024", "1"), ("March 2025", "2")],
            "3 articles from December 2024 to March 2025; the most, 2, in March 2025.",
        ),
        (
            {date(2008, 4, 4): 1200, date(2025, 1, 1): 1},
            [("2008", "1,200"), ("2025", "1")],
            "1,201 articles from 2008 to 2025; the most, 1,200, in 2008.",
        ),
    ],
)
def test_matching_articles_are_plotted_and_tabulated(
    matching: dict[date, int], rows: list[tuple[str, str]], told: str
) -> None:
    page = Page(rendering.answered_turn(1, answered(cited()), Coverage(matching=matching)))
    assert page.inside["desc"] == [told]
    assert list(zip(page.inside["th"][2:], page.inside["td"], strict=True)) == rows
    bars = [attributes for tag, attributes in page.tags if tag == "rect"]
    assert len(bars) == len(rows)
    assert max(float(bar["height"] or 0) for bar in bars) == 1
    (labels,) = [attributes["aria-labelledby"] for tag, attributes in page.tags if tag == "svg"]
    assert labels
    assert set(labels.split()) <= {attributes.get("id") for _, attributes in page.tags}


@given(st.dictionaries(st.dates(), st.integers(1, 10**6), min_size=2, max_size=40))
def test_bars_stay_within_the_plot(matching: dict[date, int]) -> None:
    page = Page(rendering.answered_turn(1, answered(cited()), Coverage(matching=matching)))
    (box,) = [str(attributes["viewbox"]).split() for tag, attributes in page.tags if tag == "svg"]
    for bar in (attributes for tag, attributes in page.tags if tag == "rect"):
        assert 0 <= float(bar["x"] or -1) < float(bar["x"] or 0) + float(bar["width"] or 0) <= float(box[2])
        assert 0 <= float(bar["y"] or 0) <= 1


@pytest.mark.parametrize("matching", [{}, {date(2025, 2, 13): 7}])
def test_a_single_day_is_not_plotted(matching: dict[date, int]) -> None:
    page = Page(rendering.answered_turn(1, answered(cited()), Coverage(matching=matching)))
    assert "svg" not in page.inside


def failed_turn(question: str, problem: NatoqaError) -> str:
    return rendering.unanswered_turn(1, Unanswered("failed", question, str(problem), problem.hint))


def test_a_failed_turn_says_what_happened_and_what_to_do() -> None:
    page = Page(failed_turn("Why?", IndexMismatchError("Made with another model.")))
    assert "Made with another model." in page.text
    assert IndexMismatchError.default_hint in page.text
    assert "Traceback" not in page.text


def test_a_very_long_question_is_shown_shortened() -> None:
    turn = rendering.streaming_turn(1, "why " * 25_000, "")
    assert len(turn) < 2000
    assert "why …" in turn


def test_the_conversation_is_announced_when_it_is_finished() -> None:
    assert 'aria-busy="true"' in rendering.conversation(["<p></p>"], busy=True)
    assert 'role="log"' in rendering.conversation([])
    assert 'aria-busy="false"' in rendering.conversation([])


# --- sources ------------------------------------------------------------------------------------------------------


def test_the_quoted_sentence_is_marked_within_its_context() -> None:
    page = Page(rendering.sources(1, answered(cited(speaker="Ann Lee", role="Minister")), selected=1))
    assert page.inside["mark"] == [QUOTE]
    assert page.inside["blockquote"] == [TEXT]
    assert page.inside["h3"] == ["No troops"]
    assert "Ann Lee, Minister" in page.text
    assert "The Courier · 13 February 2025" in page.text


def test_only_the_selected_citation_is_current() -> None:
    answer = answered(cited(), cited(quote="Talks go on.", number=2))
    page = Page(rendering.sources(4, answer, selected=2))
    current = [attributes["id"] for _, attributes in page.tags if attributes.get("aria-current") == "true"]
    assert current == ["source-4-2"]
    assert page.inside["mark"] == [QUOTE, "Talks go on."]


def test_only_the_article_of_the_selected_citation_is_open() -> None:
    other = Article(title="Other", text="Something else.", path="o.md", article_id="a2", version=1)
    answer = answered(cited(), cited(other, "Something else.", number=2))

    def opened(selected: int | None) -> list[bool]:
        tags = Page(rendering.sources(1, answer, selected=selected)).tags
        return ["open" in attributes for tag, attributes in tags if tag == "details"]

    assert opened(None) == opened(1) == [True, False]
    assert opened(2) == [False, True]


def test_authors_are_named() -> None:
    article = replace(ARTICLE, authors=("Ann Writer", "Bo Scribe"))
    assert "By Ann Writer, Bo Scribe" in Page(rendering.sources(1, answered(cited(article)))).text


@pytest.mark.parametrize("where", get_args(DateOrigin))
def test_a_source_tells_where_its_day_was_found(where: DateOrigin) -> None:
    article = replace(ARTICLE, published_from=where)
    told = re.search(
        r"13 February 2025 \(from (its|the) [a-z -]+\)", Page(rendering.sources(1, answered(cited(article)))).text
    )
    assert told
    assert told[0] in Page(article_dialog(article, 1)).text


def test_a_days_origin_is_told_in_plain_words_and_only_if_known() -> None:
    dateline = replace(ARTICLE, published_from="dateline")
    assert "13 February 2025 (from its dateline)" in Page(rendering.sources(1, answered(cited(dateline)))).text
    unknown = (ARTICLE, replace(dateline, published=None), replace(ARTICLE, published_from="<b>"))  # type: ignore[arg-type]
    for article in unknown:
        assert "(from" not in Page(rendering.sources(1, answered(cited(article)))).text


def test_citations_of_one_article_stand_together_in_the_order_of_use() -> None:
    other = Article(title="Other", text="Something else.", path="o.md", article_id="a2", version=1)
    answer = answered(cited(), cited(other, "Something else.", number=2), cited(quote="Talks go on.", number=3))
    page = Page(rendering.sources(1, answer))
    assert page.inside["h3"] == ["No troops", "Other"]
    assert page.inside["mark"] == [QUOTE, "Talks go on.", "Something else."]


def test_copies_are_named() -> None:
    copy = Article(title="Same story", text=TEXT, path="c.md", outlet="The Echo", article_id="a9", version=1)
    page = Page(
        rendering.sources(1, answered(cited(copies=(copy,)), cited(quote="Talks go on.", number=2, copies=(copy,))))
    )
    assert page.text.count("The same report, also here:") == 1
    assert page.text.count("Same story") == 1


def test_a_quote_that_is_not_at_its_place_is_shown_by_itself() -> None:
    wrong = Citation(1, "There will be troops.", 0, 21, ARTICLE)
    assert Page(rendering.sources(1, answered(wrong))).inside["blockquote"] == ["There will be troops."]
    beside = Page(rendering.sources(1, answered(cited(), replace(wrong, number=2))))
    assert beside.inside["blockquote"] == [TEXT, "There will be troops."]


def test_a_quote_that_overlaps_with_another_is_shown_by_itself() -> None:
    answer = answered(cited(quote="Allies listened."), cited(quote="listened. There will be no", number=2))
    page = Page(rendering.sources(1, answer))
    assert page.inside["blockquote"] == [TEXT, "listened. There will be no"]
    assert page.inside["mark"] == ["Allies listened.", "listened. There will be no"]


def test_of_a_huge_article_the_surroundings_of_the_quotes_are_shown() -> None:
    text = "Before. " * 100_000 + QUOTE + " Between." * 100_000 + " Talks go on." + " After." * 100_000
    article = replace(ARTICLE, text=text)
    page = Page(rendering.sources(1, answered(cited(article), cited(article, "Talks go on.", number=2))))
    (shown,) = page.inside["blockquote"]
    assert len(shown) < 100_000
    assert page.inside["mark"] == [QUOTE, "Talks go on."]
    parts = shown.split("\n\n[…]\n\n")
    assert len(parts) == 4
    assert all(part in text for part in parts)


@given(st.text(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=6))
def test_the_text_stays_as_it_is_whatever_is_cited(text: str, spans: list[tuple[int, int]]) -> None:
    text = visible(text) + "."
    article = replace(ARTICLE, text=text)
    citations = [
        Citation(number, text[start : start + length], start, min(start + length, len(text)), article)
        for number, (start, length) in enumerate(spans, 1)
        if start < len(text)
    ] or [Citation(1, text[:1], 0, 1, article)]
    page = Page(rendering.sources(1, answered(*citations)))
    assert page.inside["blockquote"][0] == text
    assert sorted(page.inside["mark"]) == sorted(each.quote for each in citations)


# --- links into the original --------------------------------------------------------------------------------------

LONG = "The alliance, it said on Monday, will - as agreed - not send any troops & tanks to Sylvania this year."


@pytest.mark.parametrize(
    ("before", "quote", "fragment"),
    [
        ("", "Talks go on.", "Talks%20go%20on"),
        (
            "",
            "“Yes, we can” – B&B, no-one said.",
            "Yes%2C%20we%20can%E2%80%9D%20%E2%80%93%20B%26B%2C%20no%2Done%20said",
        ),
        ("", LONG, "The%20alliance%2C%20it%20said%20on,tanks%20to%20Sylvania%20this%20year"),
        ("The alliance, it said on Tuesday. ", LONG, "The%20alliance%2C%20it%20said%20on%20Monday%2C,"),
        ("Talks go on. He said: ", "“Talks go on.”", "on.%20He%20said%3A%20%E2%80%9C-,Talks%20go%20on"),
        ("", "See [the **plan**](http://a.example/x).", "See%20the%20plan"),
        ("", "Two\n  lines", "Two%20lines"),
        ("", "“…!”", ""),
        ("", "word " * 400 + "end.", "word%20word%20word%20word%20word,word%20word%20word%20word%20end"),
    ],
)
def test_the_link_into_the_original_names_the_edges_of_the_sentence(before: str, quote: str, fragment: str) -> None:
    text = f"{before}{quote} More."
    article = replace(ARTICLE, text=text, url="https://courier.example/a")
    address = sentence_address(Citation(1, quote, len(before), len(before) + len(quote), article))
    assert address is not None
    if not fragment:
        assert address == "https://courier.example/a"
    elif fragment.endswith(","):
        assert address.startswith(f"https://courier.example/a#:~:text={fragment}")
    else:
        assert address == f"https://courier.example/a#:~:text={fragment}"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/x#top", "https://a.example/x#top:~:text=Talks%20go%20on"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_only_web_pages_have_a_link_to_the_sentence(url: str | None, address: str | None) -> None:
    assert sentence_address(cited(replace(ARTICLE, url=url), "Talks go on.")) == address


@given(st.text(max_size=400), st.text(min_size=1, max_size=1500))
def test_every_quote_makes_a_well_formed_fragment(before: str, quote: str) -> None:
    article = replace(ARTICLE, text=before + quote, url="https://a.example/x")
    address = sentence_address(Citation(1, quote, len(before), len(before) + len(quote), article))
    assert re.fullmatch(r"https://a\.example/x(#:~:text=([\w.~%]+-,)?[\w.~%]+(,[\w.~%]+)?)?", address or "", re.ASCII)


def test_without_citations_the_panel_explains_itself() -> None:
    assert rendering.sources(1, answered(status="not_in_corpus")) == rendering.NO_SOURCES


# --- hostile text -------------------------------------------------------------------------------------------------


def everything_about(value: str) -> str:
    """Return every view with the value in every place that an article, a question or a file name can fill."""
    article = Article(
        title=value, text=value, path=value, outlet=value, url=value, authors=(value,), article_id="x", version=1
    )
    citation = Citation(1, value, 0, len(value), article, speaker=value, role=value, copies=(article,))
    moved = Citation(2, value, 1, len(value) + 1, article, speaker=value, role=value)
    answer = answered(
        citation,
        moved,
        question=value,
        query=value + " more",
        status="partial",
        sentences=(AnswerSentence(value, (1, 2)),),
        nearest=(article,),
        notes=(value,),
        short_answer=value,
        differing=(Difference("", (Account(value, 1), Account(value, 2))),),
    )
    earlier = replace(citation, number=3, article=replace(article, published=date(2020, 1, 1)))
    later = replace(citation, number=4, article=replace(article, published=date(2021, 1, 1)))
    dated = answered(earlier, later, as_of=date(2021, 1, 1))
    status = IndexStatus(1, 1, 1, 1, 1, None, value, 1, None, None, {value: 1})
    problem = CorpusShrunkError(value, hint=value)
    report = SyncReport(failed=(Failure(value, value),), notes=(value,))
    states = [
        IndexState(value, status=status, examples=(value,), reindexing=Reindexing(report=report)),
        IndexState(value, problem=problem, reindexing=Reindexing(problem=problem)),
        IndexState(value, problem=IndexMissingError(value)),
    ]
    return "".join(
        [
            rendering.streaming_turn(1, value, value),
            rendering.answered_turn(1, answer),
            rendering.answered_turn(
                1, answered(status="not_in_corpus", question=value, text=value, nearest=(article,))
            ),
            failed_turn(value, problem),
            rendering.unanswered_turn(1, Unanswered("stopped", value, value)),
            rendering.answered_turn(1, dated),
            rendering.sources(1, answer, selected=1),
            rendering.sources(1, answered(status="not_in_corpus", text=value, nearest=(article,))),
            *(rendering.status_line(state) + rendering.welcome(state) for state in states),
        ]
    )


BENIGN = Page(everything_about("plain"))


@given(
    st.one_of(
        st.just(HOSTILE),
        st.text(min_size=1),
        st.text(min_size=1, alphabet="<>&\"'=/ !-[]()`${}\\\n\x00;#javscript:onerimgl"),
    )
)
def test_no_text_adds_or_changes_a_tag(value: str) -> None:
    page = Page(everything_about(value))
    allowed = {(tag, *sorted(attributes)) for tag, attributes in BENIGN.tags}
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in BENIGN.tags]
    assert {(tag, *sorted(attributes)) for tag, attributes in page.tags} <= allowed
    assert not page.open


def test_hostile_text_is_shown_as_it_is_written() -> None:
    assert visible(HOSTILE) in Page(everything_about(HOSTILE)).text
    assert "\u202e" not in everything_about(HOSTILE)
    assert not {"img", "script", "svg", "iframe"} & {tag for tag, _ in Page(everything_about(HOSTILE)).tags}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_a_bad_address_is_no_link(url: str) -> None:
    assert all(link and link.startswith("#") for link in Page(everything_about(url)).links())


def test_an_address_cannot_leave_its_attribute() -> None:
    page = Page(everything_about('https://a.example/"onmouseover="alert(1)'))
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


# --- the index ----------------------------------------------------------------------------------------------------

STATUS = IndexStatus(1234, 5, 0, 0, 0, None, "hashing", 1, date(2024, 1, 1), date(2025, 2, 14), {})


def words(markup: str) -> str:
    return " ".join(Page(markup).text.split())


def test_the_status_line_has_the_number_of_articles_and_the_newest_day() -> None:
    assert (
        words(rendering.status_line(IndexState("corpus", status=STATUS))) == "1,234 articles · newest 14 February 2025"
    )


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (Reindexing(), "Looking for changes …"),
        (Reindexing(SyncProgress(0, 0, 0, 6.0, fetching=3, pages=25)), "Fetching 3 of 25 …"),
        (Reindexing(SyncProgress(3, 10, 30, 6.0)), "Reading article 4 of 10, about 14 s left"),
        (Reindexing(SyncProgress(0, 10, 0, 0.1)), "Reading article 1 of 10"),
        (Reindexing(SyncProgress(10, 600, 30, 10.0)), "Reading article 11 of 600, about 10 min left"),
        (Reindexing(report=SyncReport(unchanged=4)), "Index is up to date: nothing had changed."),
        (Reindexing(report=SyncReport(added=2, removed=1)), "Index is up to date: 2 added, 1 removed."),
        (Reindexing(report=SyncReport(failed=(Failure("a.md", "empty"),))), "1 article could not be read a.md: empty"),
        (Reindexing(report=SyncReport(notes=("x.md was read as windows-1252.",))), "x.md was read as windows-1252."),
        (Reindexing(problem=CorpusShrunkError("All gone.", hint="Mount it.")), "All gone. Mount it."),
    ],
)
def test_a_reindexing_is_told_in_plain_words(run: Reindexing, told: str) -> None:
    assert told in words(rendering.status_line(IndexState("corpus", status=STATUS, reindexing=run)))


def test_of_many_failures_the_first_are_shown() -> None:
    report = SyncReport(failed=tuple(Failure(f"{number}.md", "empty") for number in range(500)))
    told = words(rendering.status_line(IndexState("corpus", status=STATUS, reindexing=Reindexing(report=report))))
    assert "500 articles could not be read" in told
    assert "and 480 more" in told


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (IndexState("news", problem=IndexMissingError("There is none.")), "No index yet Press Re-index"),
        (IndexState("news", status=IndexStatus(0, 0, 0, 0, 0, 0, "m", 1, None, None, {})), "No articles yet"),
        (
            IndexState("news", problem=IndexMismatchError("Other model.", hint="Do it.")),
            "cannot be used Other model. Do it.",
        ),
        (IndexState("news", status=STATUS, examples=("What did Ann Lee say?",)), "For example: What did Ann Lee say?"),
    ],
)
def test_the_empty_page_says_what_to_do(state: IndexState, told: str) -> None:
    assert told in words(rendering.welcome(state))


# --- example questions --------------------------------------------------------------------------------------------


def news(*texts: str) -> list[Article]:
    return [
        Article(title="T", text=text, path="p", article_id=str(number), version=1) for number, text in enumerate(texts)
    ]


def test_examples_ask_what_speakers_said_about_names_in_their_own_sentences() -> None:
    said = "Secretary Pete Hegseth said in Brussels on Friday that American patience with Europe was at an end."
    assert example_questions(news(said)) == ("What did Pete Hegseth say about Europe?",)


def test_examples_prefer_what_several_speakers_mention() -> None:
    one = "Minister Anna Miller said that Spain and Portugal had agreed."
    other = "Minister Berta Smith said that she distrusted Portugal and disagreed with the European Union."
    assert example_questions(news(one, other)) == (
        "What did Anna Miller say about Portugal?",
        "What did Berta Smith say about Portugal?",
    )


def test_topics_keep_their_article() -> None:
    text = "Minister Anna Miller said that much depends on the European Union."
    assert example_questions(news(text)) == ("What did Anna Miller say about the European Union?",)


def test_there_are_no_examples_where_nobody_speaks() -> None:
    assert example_questions([Article(title="T", text="It rained in Rome.", path="p", article_id="a", version=1)]) == ()


def test_examples_are_limited() -> None:
    articles = [
        Article(
            title="T", text=f"Minister {name} Miller said that Spain had agreed.", path="p", article_id=name, version=1
        )
        for name in ("Anna", "Berta", "Clara", "Dora", "Emma")
    ]
    assert len(example_questions(articles, limit=3)) == 3
