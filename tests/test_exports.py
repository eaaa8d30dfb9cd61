"""Conversations as documents: each quotation with its source, and nothing of an article that acts.

The HTML is read with an HTML parser and in headless Chromium, the Markdown with a CommonMark parser.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Dialog, Request, Route

from conftest import Write
from made_answers import QUOTE, answer, answers, anything, article
from natoqa import Answer, Article, Index
from natoqa.conversations import Conversation, Format, KeptTurn, Unanswered, exported
from natoqa.sanitizing import html_text, json_text, markdown_text, visible, web_address
from test_ui_page import chromium

__all__ = ["chromium"]

WHEN = datetime(2025, 3, 1, 14, 5, 59, tzinfo=UTC)

# What must not come out as anything but text, in each place that somebody else can fill.
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=http://evil.example/a.png onerror=alert(2)>",
    '"\'><svg onload=alert(3)><b title="',
    "</title></style></bdi></blockquote></main><script src=//evil.example/x.js></script>",
    "<!-- <link rel=stylesheet href=http://evil.example/s.css> -->",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'><base href=http://evil.example/>",
    "![i](http://evil.example/b.png) [x](javascript:alert(4)) <http://evil.example> [r]: http://evil.example",
    "`code` **bold** _it_ ~~gone~~ $$\\alpha$$ | a | b | &lt;b&gt; &copy; \\",
    "\n\n# Heading\n\n```\nfence\n- item\n> quote\n---\n1. one\n\ttab\n===\n",
    "No\u202e spoort \u2066x\u2069 \x1b[2J\x00\x9b \ud800 \u2028",
    "{title} {0} %s ${alert(5)} {{alert}} <%= x %>",
]
ADDRESSES = [
    "javascript:alert(6)",
    "JaVaScRiPt:alert(6)",
    "java\nscript:alert(6)",
    "data:text/html,<script>alert(6)</script>",
    "file:///etc/passwd",
    "//evil.example/x",
    "http:///x",
    "https://ok.example/\u202egpj.exe",
    "https://[bad",
    " https://ok.example/",
]
TAGS = {"a", "bdi", "blockquote", "body", "cite", "h1", "h2", "head", "header", "html", "li", "main", "meta", "ol", "p",
        "section", "style", "time", "title", "ul"}  # fmt: skip
ATTRIBUTES = {"charset", "class", "content", "datetime", "href", "http-equiv", "id", "lang", "name", "rel"}


def conversation(*given: Answer | Unanswered, title: str = "Troops") -> Conversation:
    turns = tuple(KeptTurn(number, each, 7, WHEN) for number, each in enumerate(given, 1))
    return Conversation("0" * 32, title, WHEN, WHEN, turns)


def hostile(attack: str, url: str | None = None) -> Conversation:
    """Return a conversation with the attack in each place that an article, a file or a question fills."""
    quote = f"{attack} said he."
    source = article(
        f"So: {quote}", title=attack, outlet=attack, url=url or f"https://ok.example/?q={attack}", path=attack
    )
    said = answer(attack, of=source, quote=quote)
    cited = replace(said.citations[0], speaker=attack, role=attack, copies=(source,))
    said = replace(said, citations=(cited,), notes=(attack,), query=f"{attack} more")
    nothing = Answer(
        attack, attack, "not_in_corpus", attack, attack, nearest=(source,), notes=(attack,), closest=(cited,)
    )
    stopped, failed = Unanswered("stopped", attack, attack), Unanswered("failed", attack, attack, attack)
    return conversation(said, nothing, stopped, failed, title=attack)


class Read(HTMLParser):
    """What a parser finds in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]


def folded(text: str) -> str:
    return " ".join(text.split())


# --- every quotation carries its source ---------------------------------------------------------------------------

SOURCE = ["Ann Lee, Minister", "The Courier", "13 February 2025", "No troops", "https://courier.example/troops"]


@pytest.mark.parametrize("form", ["md", "html"])
def test_every_quotation_carries_speaker_outlet_date_title_and_link(form: Format) -> None:
    document = exported(conversation(answer(), answer("Once more?")), form)
    shown = Read(document).text if form == "html" else str(MarkdownIt().render(document))
    for part in [f"“{QUOTE}”", *SOURCE]:
        assert folded(shown).count(part) >= 2, part
    assert "Will Freedonia send troops?" in shown
    assert "Answered. Asked 1 March 2025, 14:05 UTC, index version 7." in shown


@pytest.mark.parametrize("form", ["md", "html"])
def test_what_is_not_known_of_a_source_is_said(form: Format) -> None:
    bare = answer(of=article(outlet=None, published=None, url=None))
    bare = replace(bare, citations=(replace(bare.citations[0], speaker=None, role=None),))
    document = exported(conversation(bare), form)
    for part in ("no speaker named", "no outlet named", "no date", "no link"):
        assert part in document


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [
        (
            Unanswered("stopped", "Will they?", "Freedonia will"),
            "Stopped. Asked 1 March 2025, 14:05 UTC, index version 7.",
            ["This answer was stopped; it is not complete.", "Written until then: Freedonia will"],
        ),
        (Unanswered("stopped", "Will they?", ""), "Stopped.", ["This answer was stopped; it is not complete."]),
        (
            Unanswered("failed", "Will they?", "No reply.", "Ask later."),
            "No answer.",
            ["What went wrong: No reply.", "What to do: Ask later."],
        ),
    ],
)
def test_what_was_stopped_or_failed_is_told(outcome: Unanswered, status: str, told: list[str]) -> None:
    whole = conversation(outcome)
    markdown, page = str(MarkdownIt().render(exported(whole, "md"))), exported(whole, "html")
    for shown in (Read(markdown).text, Read(page).text):
        for part in ("Will they?", status, *told):
            assert part in folded(shown)
        assert ("Written until then" in shown) == bool(outcome.text and outcome.state == "stopped")
    turn = json.loads(exported(whole, "json"))["turns"][0]
    assert (turn["state"], turn["answer"], turn["unanswered"]) == (outcome.state, None, outcome.to_dict())


def test_the_json_is_the_conversation() -> None:
    said = answer("Über Zürich\u202e?\x85")
    written = exported(conversation(said), "json")
    assert json.loads(written) == conversation(said).to_dict()
    assert json.loads(written)["turns"][0]["answer"] == said.to_dict()
    assert "\u202e" not in written
    assert "\x85" not in written
    assert "Über Zürich" in written


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_quotation_whose_article_has_changed_is_marked(
    index: Index, corpus: Path, write: Write, form: Format
) -> None:
    write("troops.md", f"{QUOTE} Talks go on.", title="No troops")
    write("other.md", "The harbour of Osterlich opened on Saturday.")
    index.sync(corpus)
    found = next(each for each in index.articles() if each.title == "No troops")
    whole = conversation(answer(of=found))
    assert "since" not in exported(whole, form, index=index)
    write("troops.md", "Freedonia will send troops. Talks go on.", title="No troops")
    index.sync(corpus)
    assert "this sentence does not stand in it any more" in exported(whole, form, index=index)
    document = json.loads(exported(whole, "json", index=index))
    assert document["turns"][0]["standing"] == [{"number": 1, "state": "changed", "still_said": False}]
    (corpus / "troops.md").unlink()
    index.sync(corpus)
    assert "The article is gone from the corpus since." in exported(whole, form, index=index)


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_closest_sentence_whose_article_has_changed_is_marked(
    index: Index, corpus: Path, write: Write, form: Format
) -> None:
    write("troops.md", f"{QUOTE} Talks go on.", title="No troops")
    index.sync(corpus)
    [found] = index.articles()
    cited = answer(of=found).citations
    whole = conversation(replace(answer(), status="not_in_corpus", citations=(), nearest=(found,), closest=cited))
    assert "since" not in exported(whole, form, index=index)
    write("troops.md", f"{QUOTE} Talks do not go on.", title="No troops")
    index.sync(corpus)
    assert "(The article has changed since; this sentence still stands in it.)" in exported(whole, form, index=index)


def test_the_marks_of_the_page_lead_to_their_quotations() -> None:
    read = Read(exported(conversation(answer(), answer()), "html"))
    targets = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    marks = [link[1:] for link in read.links if link.startswith("#")]
    assert len(marks) == 2
    assert set(marks) == targets


# --- hostile text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_only_text_on_the_page(attack: str) -> None:
    page = exported(hostile(attack), "html")
    read = Read(page)
    assert read.open == []
    assert read.comments == []
    assert {tag for tag, _ in read.tags} <= TAGS
    assert {name for _, attributes in read.tags for name in attributes} <= ATTRIBUTES
    assert all(link.startswith(("#quotation-", "https://ok.example/")) for link in read.links)
    # It is all there, but for what cannot be seen.
    assert folded(visible(attack)) in folded(read.text)
    assert len([tag for tag, _ in read.tags if tag == "style"]) == 1
    page.encode("utf-8")
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_is_only_text_in_markdown(attack: str) -> None:
    document = exported(hostile(attack), "md")
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).parse(document)
    blocks = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert blocks <= {"heading", "paragraph", "inline", "blockquote", "bullet_list", "list_item"}
    assert sum(token.type == "heading_open" for token in tokens) == 5
    pieces = [piece for token in tokens for piece in token.children or []]
    assert {piece.type for piece in pieces} <= {
        "text",
        "link_open",
        "link_close",
        "em_open",
        "em_close",
        "text_special",
    }
    assert sum(piece.type == "em_open" for piece in pieces) == 4, "only the lines about the turns are set apart"
    links = [str(piece.attrs["href"]) for piece in pieces if piece.type == "link_open"]
    assert all(urlsplit(link).hostname == "ok.example" for link in links)
    shown = "".join(piece.content for piece in pieces)
    assert folded(visible(" ".join(attack.split()))) in folded(shown)
    document.encode("utf-8")


@pytest.mark.parametrize("url", ADDRESSES)
@pytest.mark.parametrize("form", ["md", "html"])
def test_only_addresses_of_web_pages_become_links(url: str, form: Format) -> None:
    document = exported(hostile("Peace", url), form)
    assert web_address(url) is None
    assert "no link" in document
    assert url not in document
    if form == "html":
        assert all(link.startswith("#") for link in Read(document).links)


URLS = [
    "https://ok.example/a?b=1&copy=2&lt;=3",
    "http://ok.example/(a)_<b>_\\c\"d'e`f`*g*[h]",
    "https://bücher.example/ü",
]


@pytest.mark.parametrize("url", URLS)
def test_a_link_leads_where_the_article_says(url: str) -> None:
    assert Read(exported(hostile("Peace", url), "html")).links[1] == url
    rendered = Read(MarkdownIt().render(exported(hostile("Peace", url), "md"))).links[0]
    # Only spelt in another way: a parser percent-encodes what is no ASCII.
    assert Read(f'<a href="{html_text(MarkdownIt().normalizeLink(url))}">').links == [rendered]


@settings(max_examples=40, deadline=None)
@given(st.lists(answers, max_size=2), anything)
def test_any_conversation_becomes_a_page_and_markdown_that_can_be_read(said: list[Answer], title: str) -> None:
    whole = conversation(*said, title=title)
    read = Read(exported(whole, "html"))
    assert read.open == []
    assert {tag for tag, _ in read.tags} <= TAGS
    tokens = MarkdownIt().parse(exported(whole, "md"))
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len(said)
    assert json.loads(exported(whole, "json")) == json.loads(json.dumps(whole.to_dict()))


@given(anything)
def test_markdown_text_is_shown_as_it_is(text: str) -> None:
    tokens = MarkdownIt().parseInline(f"x{markdown_text(text)}x")
    shown = "".join(piece.content for token in tokens for piece in token.children or [])
    assert shown == f"x{visible(' '.join(text.split()))}x"


@given(st.recursive(anything, lambda inner: st.lists(inner) | st.dictionaries(anything, inner), max_leaves=5))
def test_json_text_is_the_same_value_and_holds_nothing_that_acts(value: object) -> None:
    written = json_text(value)
    assert json.loads(written) == json.loads(json.dumps(value))
    assert written == visible(written)


# --- in the browser -----------------------------------------------------------------------------------------------


@pytest.fixture
def everything() -> Conversation:
    """All attacks in one conversation."""
    turns = [turn.outcome for attack in ATTACKS for turn in hostile(attack).turns]
    return conversation(*turns, title=" ".join(ATTACKS))


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    assert found == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_nothing_runs_and_nothing_is_requested(
    chromium: Browser, tmp_path: Path, everything: Conversation, complaints: list[str], scheme: str
) -> None:
    file = tmp_path / "conversation.html"
    file.write_text(exported(everything, "html"), encoding="utf-8")
    context = chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def only_the_page(route: Route, request: Request) -> None:
        if request.url != file.as_uri():
            complaints.append(request.url)
        route.continue_()

    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", refuse)
    page.route("**/*", only_the_page)
    page.goto(file.as_uri())
    names = page.evaluate("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]")
    assert set(names) <= TAGS
    assert page.evaluate(
        "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/.test(a.name)))"
    )
    assert page.evaluate("[...document.links].every(a => a.hash || a.hostname === 'ok.example')")
    # The policy lets the one style sheet through: the grounds differ between light and dark.
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(22, 22, 22)" if scheme == "dark" else "rgb(255, 255, 255)")
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.url == file.as_uri()
    context.close()


def test_an_article_of_no_special_kind_needs_no_escape_that_shows() -> None:
    plain = Article(title="Talks: 13. Feb (Brussels) - “No”", text="x", path="p")
    assert markdown_text(plain.title) == plain.title
