"""What the corpus page stands on: counts and lists of the index, who may change it, articles that visitors send."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from api_server import HARBOUR, TROOPS, newsroom
from conftest import Write
from natoqa import Index, Settings
from natoqa.errors import IndexMissingError, SettingsError
from natoqa.readers import SUFFIXES
from natoqa.sanitizing import visible
from natoqa.serving.adding import add_address, plain_name
from natoqa.serving.editors import Editors
from natoqa.serving.problems import RefusedError
from natoqa.serving.safeguards import Safeguards
from natoqa.serving.shared_index import IndexState, Reindexing, SharedIndex
from natoqa.types import SyncProgress
from natoqa.ui import rendering, uploads
from natoqa.ui.rendering.months import months
from natoqa.ui.rendering.searching import marked
from natoqa.words import stems
from test_fetching import Reply, Web, web

pytestmark = pytest.mark.process

__all__ = ["web"]  # a fixture

# --- counts and lists ---------------------------------------------------------------------------------------------


@pytest.fixture
def filled(write: Write, corpus: Path, index: Index) -> Index:
    write("a.md", "One.", title="A", outlet="The Courier", published="2025-02-13")
    write("b.md", "Two.", title="B", outlet="The Courier", published="2025-02-28")
    write("c.md", "Three.", title="C", outlet="The Echo", published="2024-12-31")
    write("d.md", "Four.", title="D", outlet="The Echo")
    write("e.md", "Five.", title="E", published="2025-03-01")
    write("bad.md", "")
    write("worse.md", "")
    index.sync(corpus)
    return index


def test_the_overview_counts_by_outlet_and_month(filled: Index) -> None:
    assert filled.overview().to_dict() == {
        "articles": 5,
        "undated": 1,
        "without_outlet": 1,
        "failed": 2,
        "outlets": {"The Courier": 2, "The Echo": 2},
        "months": {"2024-12": 1, "2025-02": 2, "2025-03": 1},
    }


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, "EBACD"),
        ({"outlet": "The Courier"}, "BA"),
        ({"outlet": "the courier' OR 1=1 --"}, ""),
        ({"month": "2025-02"}, "BA"),
        ({"month": "2025-01"}, ""),
        ({"undated": True}, "D"),
        ({"without_outlet": True}, "E"),
        ({"limit": 2}, "EB"),
        ({"limit": 2, "offset": 4}, "D"),
    ],
)
def test_articles_are_listed_newest_first(filled: Index, chosen: dict[str, object], titles: str) -> None:
    listing = filled.listing(**chosen)  # type: ignore[arg-type]
    assert "".join(article.title for article in listing.articles) == titles
    assert listing.total == (5 if not {*chosen} - {"limit", "offset"} else len(titles))
    assert all(article.text == "" for article in listing.articles)


@pytest.mark.parametrize("month", ["2025-13", "2025", "2025-02-01", "x", "' OR 1"])
def test_a_month_that_is_none_is_refused(filled: Index, month: str) -> None:
    with pytest.raises(SettingsError):
        filled.listing(month=month)


def test_failures_are_listed_with_their_reasons(filled: Index) -> None:
    assert filled.failures().to_dict() == {
        "failures": [{"path": "bad.md", "error": "it is empty"}, {"path": "worse.md", "error": "it is empty"}],
        "total": 2,
    }
    assert [each.path for each in filled.failures(limit=1, offset=1).failures] == ["worse.md"]


# --- rendering ----------------------------------------------------------------------------------------------------


def test_months_are_plotted_without_gaps_and_tabulated() -> None:
    shown = months({"1999-01": 4, "2024-12": 1, "2025-03": 7}, today=date(2025, 4, 1))
    assert shown.count("<g>") == 36
    assert "<title>January 2025: 0</title>" in shown
    assert "<title>March 2025: 7</title>" in shown
    assert "4 more, of other months" in shown
    assert re.findall(r'data-value="([\d-]+)"', shown) == ["2025-03", "2024-12", "1999-01"]


@pytest.mark.parametrize("newest", ["9999-12", "2025-05"])
def test_a_month_ahead_does_not_empty_the_plot(newest: str) -> None:
    shown = months({"2025-03": 7, newest: 1}, today=date(2025, 4, 1))
    assert "<title>March 2025: 7</title>" in shown
    assert shown.count("<g>") == 1


def test_only_months_ahead_and_the_first_ones_are_plotted() -> None:
    assert "<title>December 9999: 1</title>" in months({"9999-12": 1}, today=date(2025, 4, 1))
    assert "<title>January 1: 1</title>" in months({"0001-01": 1}, today=date(2025, 4, 1))


def test_the_words_found_are_marked_in_every_form() -> None:
    shown = marked("Kyiv <joined>? Joining & joins.", stems("joined ukraine"))
    assert shown == "<mark>Kyiv</mark> &lt;<mark>joined</mark>&gt;? <mark>Joining</mark> &amp; <mark>joins</mark>."


@given(st.text(alphabet="<>&\"' joinsNATOü\u202e\n", max_size=60), st.text(alphabet="joinsNATO ü", max_size=20))
def test_marking_changes_no_character(text: str, query: str) -> None:
    import html

    shown = marked(text, stems(query))
    assert html.unescape(re.sub(r"</?mark>", "", shown)) == visible(text)


@pytest.mark.parametrize(
    ("state", "editor", "told"),
    [
        (IndexState("news", problem=IndexMissingError("None.")), True, "Press <strong>Re-index</strong>"),
        (IndexState("news", problem=IndexMissingError("None.")), False, "Whoever runs this natoqa"),
        (IndexState("news", reindexing=Reindexing(SyncProgress(1, 9, 3, 1.0))), True, "Reading the articles"),
        (IndexState("<b>"), True, "Put news articles (Markdown or text files) into the folder <code>&lt;b&gt;"),
    ],
)
def test_the_empty_page_tells_each_what_they_can_do(state: IndexState, editor: bool, told: str) -> None:
    assert told in rendering.emptiness(state, editor=editor)
    assert told in rendering.welcome(state, editor=editor)


# --- who may change the index -------------------------------------------------------------------------------------


def scope(client: str = "127.0.0.1", host: str = "127.0.0.1:7860", **more: object) -> dict[str, object]:
    return {"type": "http", "client": (client, 1), "headers": [(b"host", host.encode())], **more}


@pytest.mark.parametrize(
    ("bound", "asked", "included"),
    [
        ("127.0.0.1", scope(), True),
        ("127.0.0.1", scope(client="::ffff:127.0.0.1"), True),
        ("127.0.0.1", scope(client="192.0.2.1"), False),
        ("127.0.0.1", scope(host="rebound.example"), False),
        ("127.0.0.1", scope(headers=[(b"host", b"localhost"), (b"x-forwarded-for", b"192.0.2.1")]), False),
        ("0.0.0.0", scope(), True),
        ("0.0.0.0", scope(client="192.0.2.1", state={"user": "ann", "admin": True}), True),
        ("0.0.0.0", scope(client="192.0.2.1", state={"user": "ann", "admin": False}), False),
        ("0.0.0.0", scope(client="192.0.2.1", state={"admin": "false"}), False),
    ],
)
def test_visitors_on_this_machine_and_admins_may_change_the_index(
    bound: str, asked: dict[str, object], included: bool
) -> None:
    assert Editors(Settings(host=bound)).includes(asked) is included
    assert not Editors(Settings()).includes(scope(client="192.0.2.1"), permit="", key=b"")


def test_the_admin_key_opens_one_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    editors = Editors(Settings(host="0.0.0.0", admin_key="right"))
    assert editors.unlock("wrong") is None
    assert editors.unlock("") is None
    permit, other = editors.unlock("right"), editors.unlock(" right ")
    assert permit
    assert permit != other
    assert editors.includes(scope(client="192.0.2.1"), permit=permit)
    assert not editors.includes(scope(client="192.0.2.1"), permit=permit[:-1])
    assert not editors.includes(scope(client="192.0.2.1"), permit="right")
    editors.forget(permit)
    assert not editors.includes(scope(client="192.0.2.1"), permit=permit)
    assert editors.includes(scope(client="192.0.2.1"), permit=other)
    tomorrow = time.monotonic() + 13 * 3600
    monkeypatch.setattr("time.monotonic", lambda: tomorrow)
    assert not editors.includes(scope(client="192.0.2.1"), permit=other)


def test_without_a_key_nothing_unlocks() -> None:
    editors = Editors(Settings(host="0.0.0.0"))
    assert not editors.has_key
    assert editors.unlock("") is None
    assert editors.unlock("None") is None


# --- articles that visitors send ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "plain"),
    [
        ("x.md", "x.md"),
        ("../../x.md", "x.md"),
        ("..\\..\\x.MD", "x.md"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Ann\\My article.txt", "My article.txt"),
        (".md", "article.md"),
        ("..md", "article.md"),
        (".origins.json", "origins.json"),
        ("a\x00b\n\u202e<b>.md", "a_b_b.md"),
        ("Ünïcode – “news”.md", "Ünïcode – _news.md"),
        ("", "article"),
        ("..", "article"),
        ("é" * 300 + ".md", "é" * 60 + ".md"),
    ],
)
def test_nothing_but_a_name_is_left_of_a_name(given_name: str, plain: str) -> None:
    assert plain_name(given_name) == plain


@given(st.text(max_size=300))
def test_a_plain_name_is_a_place_in_one_folder(name: str) -> None:
    plain = plain_name(name)
    assert Path(plain).name == plain
    assert not plain.startswith(".")
    assert plain.isprintable()
    assert plain_name(plain) == plain


class Desk:
    """The upload address on a corpus of its own."""

    def __init__(self, folder: Path, client: str = "127.0.0.1", **given: object) -> None:
        self.settings = newsroom(folder, TROOPS, **given)
        self.shared = SharedIndex(self.settings)
        self.editors = Editors(self.settings)
        route = Route(uploads.PATH, uploads.uploads(self.settings, self.shared, self.editors), methods=["POST"])
        guarded = Safeguards(
            Starlette(routes=[route]), loopback_only=False, longer={uploads.PATH: uploads.longest(self.settings)}
        )
        self.client = TestClient(guarded, base_url="http://127.0.0.1", client=(client, 50_000))

    def send(self, name: str, content: str | bytes, **headers: str) -> tuple[int, dict[str, object]]:
        answer = self.client.post(uploads.PATH, files={"file": (name, content)}, headers=headers)
        return answer.status_code, answer.json()

    def name(self, address: str, **headers: str) -> tuple[int, dict[str, object]]:
        """Send a form with the address alone, as the page does."""
        answer = self.client.post(uploads.PATH, files={"address": (None, address)}, headers=headers)
        return answer.status_code, answer.json()

    def files(self) -> dict[str, str]:
        root = self.settings.corpus
        return {
            str(file.relative_to(root)): file.read_text(encoding="utf-8")
            for file in sorted(root.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        }


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.shared.close()


def test_an_article_that_is_sent_can_be_found(desk: Desk) -> None:
    status, told = desk.send("../../harbour.md", HARBOUR)
    assert status == 201
    assert told["told"] == "“New harbour opens in Osterlich” is in the corpus now and can be asked about."
    assert desk.files()["added/harbour.md"] == HARBOUR
    [hit] = desk.shared.index().search("harbour Osterlich", k=1)
    assert (hit.path, hit.outlet) == ("added/harbour.md", "The Echo")
    after = desk.shared.index().sync(desk.settings.corpus)
    assert (after.added, after.removed, after.articles) == (0, 0, 2)


def test_another_article_of_the_same_name_overwrites_nothing(desk: Desk) -> None:
    desk.send("x.md", HARBOUR)
    desk.send("x.md", TROOPS)
    assert desk.send("x.md", HARBOUR)[1]["told"] == "x.md is in the corpus already."
    added = {name: text for name, text in desk.files().items() if name.startswith("added/")}
    assert added.pop("added/x.md") == HARBOUR
    assert list(added.values()) == [TROOPS]


@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("x.exe", HARBOUR, 415, "natoqa does not read files such as x.exe"),
        ("x", HARBOUR, 415, "natoqa does not read files such as x."),
        ("x.md", b"\x7fELF\x02\x01", 415, "What is in x.md is not what its ending .md says."),
        ("x.txt", b"%PDF-1.7", 415, "What is in x.txt is not"),
        ("x.md", b"text\x00text", 422, "x.md is not a readable article: it is not text"),
        ("x.md", "  \n", 422, "x.md is not a readable article: it is empty."),
        ("x.jsonl", "not json", 422, "x.jsonl is not a readable article"),
        ("x.md", "x" * 10_001, 413, "0.01 MB is the most that an article may have."),
        ("x.md", "x" * 40_000, 413, "This is too long."),
        ("", HARBOUR, 400, "No file was sent."),
    ],
)
def test_what_is_no_article_leaves_no_trace(
    tmp_path: Path, name: str, content: str | bytes, status: int, told: str
) -> None:
    desk = Desk(tmp_path, max_file_mb=0.01)
    before = desk.files()
    answered, document = desk.send(name, content)
    assert (answered, desk.files()) == (status, before)
    assert told in str(document["error"])
    assert document["hint"]
    assert desk.shared.index().status().articles == 1
    desk.shared.close()


def test_what_is_read_of_a_file_is_added_and_the_rest_told(desk: Desk) -> None:
    status, document = desk.send("two.jsonl", '{"title": "Good", "text": "It went well."}\nnot json\n')
    assert status == 201
    assert document["told"] == "“Good” is in the corpus now and can be asked about. 1 more could not be read."
    assert desk.shared.index().failures().failures[0].path.startswith("added/two.jsonl")


@pytest.mark.parametrize(
    ("given_settings", "client", "headers", "status"),
    [
        ({"uploads": False}, "127.0.0.1", {}, 403),
        ({}, "192.0.2.1", {}, 403),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, 403),
        ({}, "127.0.0.1", {"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, "127.0.0.1", {"Origin": "http://evil.example"}, 403),
        ({}, "127.0.0.1", {"Origin": "http://127.0.0.1"}, 201),
        ({"host": "0.0.0.0"}, "192.0.2.1", {}, 403),
        ({"host": "0.0.0.0", "admin_key": "right"}, "192.0.2.1", {"Authorization": "Bearer wrong"}, 403),
        ({"host": "0.0.0.0", "admin_key": "right"}, "192.0.2.1", {"Authorization": "Bearer right"}, 201),
        ({"host": "0.0.0.0", "admin_key": "right", "uploads": False}, "::1", {"Authorization": "Bearer right"}, 403),
    ],
)
def test_only_those_who_may_change_the_index_send_articles(
    tmp_path: Path, given_settings: dict[str, object], client: str, headers: dict[str, str], status: int
) -> None:
    desk = Desk(tmp_path, client, **given_settings)
    before = desk.files()
    assert desk.send("x.md", HARBOUR, **headers)[0] == status
    assert (desk.files() == before) is (status != 201)
    desk.shared.close()


def test_a_permit_sends_articles_until_it_is_forgotten(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "192.0.2.1", host="0.0.0.0", admin_key="right")
    permit = desk.editors.unlock("right")
    assert desk.send("x.md", HARBOUR, Authorization=f"Bearer {permit}")[0] == 201
    desk.editors.forget(permit)
    assert desk.send("y.md", HARBOUR, Authorization=f"Bearer {permit}")[0] == 403
    desk.shared.close()


def test_while_the_index_is_written_nothing_is_saved(desk: Desk) -> None:
    from filelock import FileLock

    from natoqa.index import LOCK

    before = desk.files()
    with FileLock(desk.settings.index / LOCK):
        status, document = desk.send("x.md", HARBOUR)
    assert (status, desk.files()) == (409, before)
    assert document["hint"] == "Wait until it has finished, then try again."


def test_a_body_that_is_no_form_gets_a_plain_word(desk: Desk) -> None:
    sent = desk.client.post(uploads.PATH, content=b"x", headers={"Content-Type": "text/plain"})
    assert (sent.status_code, sent.json()["hint"]) == (415, "Use the form of the corpus page.")
    broken = desk.client.post(uploads.PATH, content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert (broken.status_code, broken.json()["error"]) == (400, "The form could not be read.")


# --- articles by their address ------------------------------------------------------------------------------------

STORY = "The lighthouse of Osterlich was lit again on Monday after repairs that took three years, its keeper said. "


def story(title: str) -> Reply:
    return Reply(f"<!doctype html><title>{title}</title><article><h1>{title}</h1><p>{STORY * 4}</p></article>")


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Desk]:
    """Return the upload address of a newsroom that fetches from its own machines."""
    opened = Desk(tmp_path, fetch_private=True)
    yield opened
    opened.shared.close()


def test_an_address_that_is_named_can_be_asked_about(open_desk: Desk, web: Web) -> None:
    web.pages["/light"] = story("Lighthouse lit")
    address = f"{web.address}/light"
    status, told = open_desk.name(f" {address}#top ")
    assert (status, told["name"], told["titles"], told["failed"]) == (201, address, ["Lighthouse lit"], [])
    assert told["told"] == "“Lighthouse lit” is in the corpus now and can be asked about."
    [hit] = open_desk.shared.index().search("lighthouse Osterlich", k=1)
    assert (hit.url, hit.path.split("/")[0]) == (address, "fetched")
    assert open_desk.name(address)[1]["told"] == f"{address} is in the corpus already."


def test_a_feed_tells_how_many_of_its_pages_came_in(open_desk: Desk, web: Web) -> None:
    links = "".join(f"<item><title>{n}</title><link>{web.address}/{n}</link></item>" for n in ("one", "gone"))
    web.pages["/feed"] = Reply(f'<rss version="2.0"><channel>{links}</channel></rss>', kind="application/rss+xml")
    address = f"{web.address}/feed"
    assert open_desk.name(address)[1]["told"] == f"There is nothing new in {address}. 2 more could not be read."
    web.pages["/one"] = story("One")
    added = add_address(open_desk.shared, open_desk.settings, address=address)
    assert (
        added.told == f"1 article of {address} is in the corpus now and can be asked about. 1 more could not be read."
    )
    assert [failure.path for failure in added.failed] == [f"{web.address}/gone"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org/page",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://a.example/b",
        "https://",
        "http://a:b@c.example/",
    ],
)
def test_what_is_no_web_address_is_refused_before_anything_is_opened(open_desk: Desk, address: str) -> None:
    before = open_desk.files()
    with pytest.raises(RefusedError, match="This address cannot be added: it") as refused:
        add_address(open_desk.shared, open_desk.settings, address=address)
    assert refused.value.status == 400
    assert open_desk.name(address)[0] == 400
    assert open_desk.files() == before
    assert open_desk.shared.state().reindexing is None


def test_an_address_that_came_in_while_somebody_began_to_write_says_where_it_is(open_desk: Desk, web: Web) -> None:
    from filelock import FileLock

    from natoqa.index import LOCK

    lock = FileLock(open_desk.settings.index / LOCK, thread_local=False)

    def begin_to_write(_: object) -> Reply:
        lock.acquire()
        return story("Lighthouse lit")

    web.pages["/light"] = begin_to_write
    status, told = open_desk.name(f"{web.address}/light")
    assert status == 409
    assert "What was fetched is kept in the corpus" in str(told["hint"])
    lock.release()
    assert open_desk.shared.sync().added == 1


def test_an_address_without_a_page_says_so(open_desk: Desk, web: Web) -> None:
    before = open_desk.files()
    status, document = open_desk.name(f"{web.address}/none")
    assert (status, open_desk.files()) == (422, before)
    assert str(document["error"]).startswith(f"Nothing could be fetched from {web.address}/none: ")
    assert str(document["hint"]).startswith("Check the address")


def test_machines_of_the_own_network_are_refused_unless_that_is_set(desk: Desk, web: Web) -> None:
    web.pages["/light"] = story("Lighthouse lit")
    status, document = desk.name(f"{web.address}/light")
    assert (status, web.asked) == (422, [])
    assert "127.0.0.1 is a machine of a private network or this one." in str(document["error"])
    assert document["hint"] == "If that is meant, set fetch_private = true in natoqa.toml."


@pytest.mark.parametrize(
    ("given_settings", "client", "headers"),
    [
        ({"uploads": False}, "127.0.0.1", {}),
        ({}, "192.0.2.1", {}),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}),
        ({}, "127.0.0.1", {"Sec-Fetch-Site": "cross-site"}),
        ({}, "127.0.0.1", {"Origin": "http://evil.example"}),
        ({"host": "0.0.0.0", "admin_key": "right"}, "192.0.2.1", {"Authorization": "Bearer wrong"}),
    ],
)
def test_for_others_no_address_is_asked(
    tmp_path: Path, web: Web, given_settings: dict[str, object], client: str, headers: dict[str, str]
) -> None:
    desk = Desk(tmp_path, client, fetch_private=True, **given_settings)
    assert desk.name(f"{web.address}/light", **headers)[0] == 403
    assert web.asked == []
    desk.shared.close()


def test_an_address_is_bounded_and_comes_alone(open_desk: Desk) -> None:
    assert open_desk.name("https://a.example/" + "x" * 2_000)[0] == 400
    assert open_desk.name("https://a.example/" + "x" * 9_000)[1]["error"] == "The form could not be read."


def test_others_are_answered_while_a_slow_site_is_waited_for(open_desk: Desk, web: Web) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(_: object) -> Reply:
        asked.set()
        answer.wait(10)
        return story("Slow")

    web.pages["/slow"] = slow
    outcome: list[int] = []
    # One loop for both requests: the second is answered only if the first leaves it free.
    with open_desk.client:
        waiting = threading.Thread(target=lambda: outcome.append(open_desk.name(f"{web.address}/slow")[0]))
        waiting.start()
        assert asked.wait(10)
        busy = open_desk.name(f"{web.address}/slow")[0]
        answer.set()
        waiting.join(20)
    assert (busy, outcome) == (409, [201])


def test_the_kinds_of_files_offered_are_those_that_are_read() -> None:
    from natoqa.serving.adding import accepted

    assert set(accepted()) == SUFFIXES


@pytest.mark.parametrize(("written", "meant"), [("false", False), ("TRUE", True), ("0", False), (True, True)])
def test_uploads_are_switched_in_words(written: object, meant: bool) -> None:
    assert Settings.load({"uploads": written}, environ={}).uploads is meant


def test_a_switch_that_is_neither_on_nor_off_is_an_error() -> None:
    with pytest.raises(SettingsError, match="NATOQA_UPLOADS should be yes or no, not 'maybe'"):
        Settings.load(environ={"NATOQA_UPLOADS": "maybe"})
