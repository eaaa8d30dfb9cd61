"""How answers, sources and time look and behave in headless Chromium: cards, highlights, links, timelines, plots."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, expect

import test_ui_page as the_page
from api_server import ASKED, HARBOUR, QUOTE, TROOPS, newsroom
from natoqa.index import Index
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.types import Account, Answer, AnswerSentence, Article, Citation, Difference
from test_ui_page import Site, Visit, ask
from web_server import serving_all

pytestmark = pytest.mark.browser

# The same fixtures, with a browser of this file's own.
chromium, site, visit = the_page.chromium, the_page.site, the_page.visit

EARLIER = """---
title: Lee holds troops possible
outlet: The Echo
published: 2024-11-05
authors: [Ann Writer]
---
Freedonia may send troops to Sylvania next year, Defence Minister Ann Lee said. Allies welcomed her words.
"""
MAY = "Freedonia may send troops to Sylvania next year, Defence Minister Ann Lee said."
FILLER = "\n\n".join(
    f"Paragraph {number}: the harbour committee met again, without a result." for number in range(1600)
)
LONG = f"---\ntitle: The long report\noutlet: The Echo\npublished: 2025-03-02\n---\n{FILLER}\n\n{QUOTE}\n\n{FILLER}\n"

Make = Callable[[Index], Answer]


class MadeIndex(SharedIndex):
    """Its chatbot answers with what the test makes of the indexed articles, in pieces that wait for `release`."""

    def __init__(self, settings: Settings, make: Make) -> None:
        super().__init__(settings)
        self.make = make
        self.release = threading.Event()
        self.release.set()

    def chatbot(self) -> Any:
        return self

    def stream(self, question: str) -> Iterator[str | Answer]:
        answer = self.make(self.index())
        *first, last = answer.sentences
        for sentence in first:
            yield f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)} "
            time.sleep(0.2)
        self.release.wait(30)
        yield f"{last.text} {''.join(f'[{number}]' for number in last.citations)}"
        yield answer


def answer_from(index: Index, quotes: Sequence[str], **more: Any) -> Answer:
    """Return an answer of a sentence for each quote, from the article where it stands, oldest article first."""
    articles = sorted(index.articles(), key=lambda each: str(each.published))
    citations = []
    for number, quote in enumerate(quotes, 1):
        article = next(each for each in articles if quote in each.text)
        start = article.text.index(quote)
        citations.append(
            Citation(number, quote, start, start + len(quote), article, speaker="Ann Lee", role="Defence Minister")
        )
    sentences = tuple(AnswerSentence(f"Ann Lee: “{each.quote}”", (each.number,)) for each in citations)
    given: dict[str, Any] = {
        "sentences": sentences,
        "as_of": max(each.published for each in citations if each.published),
    }
    return Answer(ASKED, ASKED, "answered", "extractive", "", citations=tuple(citations), **(given | more))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a page whose answers quote two days and three sentences."""
    settings = newsroom(tmp_path_factory.mktemp("newsroom"), TROOPS, HARBOUR, EARLIER)
    quotes = [QUOTE, "Talks will go on in March.", MAY]
    with serving_all(settings, MadeIndex(settings, lambda index: answer_from(index, quotes))) as url:
        yield url


def box_of(shown: Locator) -> FloatRect:
    box = shown.bounding_box()
    assert box is not None
    return box


def is_in_view(sentence: Locator) -> bool:
    """Return whether a sentence is in the window and in the part of its text that is scrolled to."""
    return bool(
        sentence.evaluate(
            """each => {
                const { top, bottom } = each.getBoundingClientRect();
                const text = each.closest(".text")?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
                return top >= Math.max(0, text.top) - 1 && bottom <= Math.min(innerHeight, text.bottom) + 1;
            }"""
        )
    )


# --- the card of a citation ---------------------------------------------------------------------------------------


def test_a_card_tells_who_said_what_where_and_when(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    link = turn.get_by_role("link", name="[1]", exact=True).first
    card = page.get_by_role("tooltip")
    expect(card).to_have_count(0)
    link.hover()
    expect(card).to_be_visible()
    for told in (QUOTE, "Ann Lee, Defence Minister", "The Courier", "13 February 2025", "Freedonia rules out troops"):
        expect(card).to_contain_text(told)
    assert link.get_attribute("aria-describedby") == card.get_attribute("id")
    assert link.get_attribute("title") is None


def test_the_pointer_may_move_onto_the_card_and_its_leaving_hides_it(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    turn.locator("a.citation").first.hover()
    card = page.get_by_role("tooltip")
    expect(card).to_be_visible()
    box = box_of(card)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_timeout(600)
    expect(card).to_be_visible()
    page.mouse.move(1, 1)
    expect(card).to_have_count(0)


def test_escape_hides_a_card_under_a_pointer_that_stays(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    turn.locator("a.citation").first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
    page.wait_for_timeout(400)
    expect(page.get_by_role("tooltip")).to_have_count(0)


def test_the_focus_of_the_keyboard_shows_a_card_until_escape_or_the_next_one(address: str, visit: Visit) -> None:
    page = visit(address)
    first, second, _ = ask(page, ASKED).locator(".sentences a.citation").all()
    first.focus()
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    expect(page.get_by_role("tooltip")).to_contain_text("Talks will go on in March.")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("tooltip")).to_contain_text(QUOTE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
    expect(first).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 400), (390, 844), (320, 300)])
def test_every_card_stays_in_the_window(address: str, visit: Visit, width: int, height: int) -> None:
    page = visit(address, width=width, height=height)
    for link in ask(page, ASKED).locator("a.citation").all():
        link.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        expect(link).to_be_focused()
        box = box_of(page.get_by_role("tooltip"))
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- the panel of sources -----------------------------------------------------------------------------------------


def test_all_cited_sentences_are_highlighted_and_the_clicked_one_is_in_focus(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    expect(page.locator("#sources details.source[open] mark")).to_have_text([QUOTE, "Talks will go on in March."])
    expect(page.locator("#sources mark.current")).to_have_count(0)
    turn.get_by_role("link", name="[2]", exact=True).first.click()
    current = page.locator("#sources mark.current")
    expect(current).to_have_text("Talks will go on in March.")
    expect(current).to_be_focused()
    expect(current).to_have_attribute("aria-current", "true")
    expect(page.locator("#sources details.source[open] mark")).to_have_count(2)
    page.get_by_role("link", name="Show sentence 1").click()
    expect(current).to_have_text([QUOTE])
    expect(current).to_be_focused()


def test_other_articles_are_folded_until_they_are_asked_for(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    opened = page.locator("#sources details.source[open]")
    expect(opened).to_have_count(1)
    turn.get_by_role("link", name="[3]", exact=True).first.click()
    expect(opened).to_have_count(1)
    expect(opened.get_by_role("heading")).to_have_text("Lee holds troops possible")
    expect(opened).to_contain_text("By Ann Writer")
    expect(opened).to_contain_text("The Echo · 5 November 2024")
    page.locator("#sources summary").first.click()
    expect(opened).to_have_count(2)


def test_the_nearest_articles_open_beside_the_answer(address: str, visit: Visit, tmp_path: Path, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS, HARBOUR)
    page = visit(site(settings))
    turn = ask(page, "Who won the ice hockey championship of Ruritania?")
    near = turn.locator("a.near").first
    title = near.inner_text()
    near.click()
    opened = page.locator("#sources details.source[open]")
    expect(opened.get_by_role("heading")).to_have_text(title)
    expect(opened.locator("summary")).to_be_focused()
    expect(opened.locator("mark")).to_have_count(0)


def test_what_comes_closest_is_found_in_its_article(visit: Visit, tmp_path: Path, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS, HARBOUR)
    page = visit(site(settings))
    turn = ask(page, "Who won the ice hockey championship of Freedonia?")
    quote = turn.locator(".closest q").first.inner_text()
    turn.locator("li", has=page.locator(".closest")).first.locator("a.near").click()
    mark = page.locator("#sources details.source[open] mark")
    expect(mark).to_have_text(quote)
    expect(mark).to_be_focused()


def test_an_article_of_200_000_characters_opens_at_the_sentence(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, LONG)
    page = visit(site(settings, MadeIndex(settings, lambda index: answer_from(index, [QUOTE]))))
    turn = ask(page, ASKED)
    turn.locator("a.citation").first.hover()
    started = time.monotonic()
    turn.locator("a.citation").first.click()
    current = page.locator("#sources mark.current")
    expect(current).to_be_focused()
    assert time.monotonic() - started < 5
    assert current.text_content() == QUOTE
    assert len(page.locator("#sources blockquote").text_content() or "") > 200_000
    page.wait_for_function("document.querySelector('mark.current').getBoundingClientRect().top < innerHeight")
    page.wait_for_timeout(500)
    assert is_in_view(current)


@contextlib.contextmanager
def website(text: str) -> Iterator[str]:
    """Serve one page on which the text begins far below."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            html = f"<!doctype html><title>Original</title><p style='margin: 4000px 0'>{text}</p>"
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/story"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "quote",
    [
        "Talks will go on in March.",
        "The plan, she said - after hours of talks with allies & friends - is “not dead, only sleeping”, as one says.",
    ],
)
def test_the_link_into_the_original_lands_on_the_sentence(tmp_path: Path, visit: Visit, site: Site, quote: str) -> None:
    shown = quote.replace("&", "&amp;").replace(" talks", " <a href='#'>talks</a>")
    with website(f"Talks will not end. <b>{shown}</b> Hotels are booked.") as url:
        article = f"---\ntitle: Talks\npublished: 2025-02-13\nurl: {url}\n---\nTalks will not end. {quote} Hotels.\n"
        settings = newsroom(tmp_path, article)
        page = visit(site(settings, MadeIndex(settings, lambda index: answer_from(index, [quote]))))
        ask(page, ASKED)
        link = page.get_by_role("link", name="Sentence 1 in the original")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        with page.context.expect_page() as opening:
            link.click()
        original = opening.value
        original.wait_for_function("scrollY > 3000", timeout=10_000)
        assert is_in_view(original.locator("b"))


# --- over time, and what differs ----------------------------------------------------------------------------------


def test_statements_of_several_days_make_a_timeline(address: str, visit: Visit) -> None:
    page = visit(address)
    turn = ask(page, ASKED)
    timeline = turn.get_by_role("region", name="Over time")
    expect(timeline.locator("time")).to_have_text(["5 November 2024", "13 February 2025", "13 February 2025"])
    expect(timeline.get_by_role("listitem").first).to_contain_text(f"Ann Lee: “{MAY}”")
    timeline.get_by_role("link", name="[3]", exact=True).click()
    expect(page.locator("#sources mark.current")).to_have_text(MAY)
    expect(turn.locator(".as-of")).to_contain_text("As of 13 February 2025")
    expect(turn.locator(".as-of")).to_contain_text("5 November 2024 – 1 March 2025")


def test_matching_articles_are_plotted_with_a_table_beside(address: str, visit: Visit) -> None:
    turn = ask(visit(address), ASKED)
    plot = turn.get_by_role("img", name="Matching articles per month")
    expect(plot).to_be_visible()
    assert plot.locator("rect").count() == 2
    expect(turn.get_by_role("table")).to_be_hidden()
    turn.get_by_text("2 articles, as a table").click()
    expect(turn.get_by_role("row")).to_have_count(3)
    expect(turn.get_by_role("row", name="November 2024 1")).to_be_visible()


@pytest.mark.parametrize(("width", "beside"), [(1440, True), (390, False)])
def test_accounts_that_differ_stand_side_by_side(
    tmp_path: Path, visit: Visit, site: Site, width: int, beside: bool
) -> None:
    note = "The articles differ: The Courier: 12, The Echo: 15."
    differing = (Difference(note, (Account("12", 1), Account("15", 2))),)
    settings = newsroom(tmp_path, TROOPS, EARLIER)
    made = MadeIndex(
        settings, lambda index: answer_from(index, [QUOTE, MAY], differing=differing, notes=(note,), short_answer="12")
    )
    page = visit(site(settings, made), width=width)
    turn = ask(page, ASKED)
    expect(turn.locator(".told")).to_have_text(["12", "15"])
    expect(turn).not_to_contain_text(note)
    expect(turn.locator(".short-answer")).to_be_visible()
    first, second = map(box_of, turn.locator(".accounts > li").all())
    assert (abs(first["y"] - second["y"]) < 1) is beside
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- while it is written, and hostile articles --------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_the_answer_is_finished(tmp_path: Path, visit: Visit, site: Site, width: int) -> None:
    settings = newsroom(tmp_path, TROOPS, EARLIER)
    shared = MadeIndex(
        settings, lambda index: answer_from(index, [QUOTE, "Talks will go on in March.", MAY], short_answer="No")
    )
    shared.release.clear()
    page = visit(site(settings, shared), width=width)
    page.get_by_label("Question").fill(ASKED)
    page.get_by_label("Question").press("Enter")
    written = page.locator(".turn .sentence")
    expect(written).to_have_count(2)
    before = [box_of(each) for each in written.all()]
    shared.release.set()
    expect(page.locator(".turn .status")).to_be_visible()
    expect(written).to_have_count(3)
    after = [box_of(each) for each in written.all()[:2]]
    for one, other in zip(before, after, strict=True):
        assert abs(one["y"] - other["y"]) < 1
        assert abs(one["height"] - other["height"]) < 1


def test_titles_of_100_kb_and_turned_directions_stay_in_their_place(tmp_path: Path, visit: Visit, site: Site) -> None:
    settings = newsroom(tmp_path, TROOPS, EARLIER)
    huge = "\u202eevil <b onclick=alert(1)> [x](javascript:alert(2)) " * 2000

    def hostile(index: Index) -> Answer:
        made = answer_from(index, [QUOTE, MAY])
        citations = tuple(_renamed(each, huge) for each in made.citations)
        return Answer(**{name: getattr(made, name) for name in Answer.__slots__} | {"citations": citations})

    page = visit(site(settings, MadeIndex(settings, hostile)), width=390)
    turn = ask(page, ASKED)
    turn.locator("a.citation").first.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert len(page.get_by_role("tooltip").inner_text()) < 3000
    turn.locator("a.citation").first.click()
    expect(page.locator("#sources mark.current")).to_have_text(QUOTE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "\u202e" not in page.content()
    assert page.locator("#transcript b, #sources b, a[href^='javascript' i]").count() == 0


def _renamed(citation: Citation, name: str) -> Citation:
    article = citation.article
    renamed = Article(
        title=name,
        text=article.text,
        path=name,
        outlet=name,
        published=article.published,
        url="javascript:alert(3)",
        authors=(name,),
        article_id=article.article_id,
        version=article.version,
    )
    return Citation(
        citation.number,
        citation.quote,
        citation.start,
        citation.end,
        renamed,
        speaker=name,
        role=name,
        copies=(renamed,),
    )
