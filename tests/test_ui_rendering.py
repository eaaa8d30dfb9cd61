"""Answers, sources and index states as HTML: what is shown, and that nothing in an article can become markup."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa.errors import CorpusShrunkError, IndexMismatchError, IndexMissingError
from natoqa.sanitizing import web_address
from natoqa.serving.examples import example_questions
from natoqa.serving.shared_index import IndexState, Reindexing
from natoqa.types import (
    Answer,
    AnswerSentence,
    Article,
    Citation,
    Failure,
    IndexStatus,
    Status,
    SyncProgress,
    SyncReport,
)
from natoqa.ui import rendering

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
    tooltips = [attributes["title"] for tag, attributes in page.tags if tag == "a"]
    assert tooltips[0] == f"“{QUOTE}” – Ann Lee, The Courier, 13 February 2025"


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
    assert page.links() == [ARTICLE.url]


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


def test_a_failed_turn_says_what_happened_and_what_to_do() -> None:
    page = Page(rendering.failed_turn(1, "Why?", IndexMismatchError("Made with another model.")))
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


def test_a_quote_that_is_not_at_its_place_gets_no_context() -> None:
    wrong = Citation(1, "There will be troops.", 0, 21, ARTICLE)
    assert rendering.context(wrong) == ("", "")
    assert Page(rendering.sources(1, answered(wrong))).inside["blockquote"] == ["There will be troops."]


def test_long_context_is_cut_at_sentences() -> None:
    sentence = "This is one of many sentences that say little. "
    text = sentence * 40 + QUOTE + " " + sentence * 40
    before, after = rendering.context(cited(Article(title="Long", text=text, path="l.md", article_id="l", version=1)))
    assert before.startswith("… This is")
    assert after.endswith("say little. …")
    assert len(before) + len(after) < 1100


@given(st.text(max_size=1500), st.text(min_size=1, max_size=50), st.text(max_size=1500))
def test_context_and_quote_are_text_of_the_article(before: str, quote: str, after: str) -> None:
    article = Article(title="T", text=before + quote + after, path="p", article_id="i", version=1)
    head, tail = rendering.context(Citation(1, quote, len(before), len(before) + len(quote), article))
    assert before.endswith(head.removeprefix("… ")) or before.lstrip() == head
    assert after.startswith(tail.removesuffix(" …")) or after.rstrip() == tail


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
    )
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
            rendering.failed_turn(1, value, problem),
            rendering.sources(1, answer, selected=1),
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
    assert HOSTILE in Page(everything_about(HOSTILE)).text
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
