"""Addresses against real servers on loopback, faults included."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa import Index, Settings
from natoqa.corpus import Corpus
from natoqa.errors import (
    AddressPrivateError,
    AddressRefusedError,
    AddressUnreachableError,
    SettingsError,
)
from natoqa.fetching import Fetched, Fetcher, is_address, subscriptions
from natoqa.fetching.addresses import is_public, parsed, reachable
from natoqa.fetching.robots import Robots
from natoqa.types import Article
from natoqa.ui.rendering.markup import dated_origin

pytestmark = pytest.mark.process

STORY = "The harbour of Osterlich was reopened on Monday after repairs that took nearly three years, its master said. "


def page(title: str = "Harbour reopened", text: str = STORY * 4, *, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    )


def feed(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>The Herald</title>{"".join(items)}</channel></rss>'


@dataclass
class Reply:
    """What the server says: a status, headers, a body; or something that is no answer at all."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    wrong: Callable[[Any], None] | None = None


class Web:
    """A server on loopback; `pages` has a reply, or a function of the request's headers, by path."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | Callable[[Any], Reply]] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.agents.add(self.headers["User-Agent"])
                known = web.pages.get(self.path, Reply(status=404))
                reply = known if isinstance(known, Reply) else known(self.headers)
                self.close_connection = True
                if reply.wrong:
                    reply.wrong(self)
                    return
                body = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                headers = {"Content-Type": reply.kind, "Content-Length": str(len(body))} | reply.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def count(self, path: str) -> int:
        return self.asked.count(path)


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    web.server.daemon_threads = True
    thread = threading.Thread(target=web.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield web
    web.server.shutdown()
    web.server.server_close()


OWN = Settings(embedding_model="hashing", fetch_private=True, max_file_mb=0.5)


def fetch(root: Path, *addresses: str, settings: Settings = OWN, total_s: float = 5.0) -> Fetched:
    return Fetcher(root, settings, pause_s=0, total_s=total_s).fetch(addresses)


def kept(root: Path, fetched: Fetched) -> list[Article]:
    corpus = Corpus(root, max_bytes=1_000_000)
    files = {file.path: file for file in corpus.scan().files}
    return [article for path in fetched.paths for article in corpus.read(files[path]).articles]


def reason(root: Path, web: Web, reply: Reply, **given: Any) -> str:
    """Return why a page is not fetched; nothing of it may be left in the corpus."""
    web.pages["/page"] = reply
    fetched = fetch(root, f"{web.address}/page", **given)
    assert fetched.paths == []
    assert not list(root.rglob("*.md"))
    (failure,) = fetched.failures
    assert failure.path == f"{web.address}/page"
    return failure.error


# --- what is fetched and kept -------------------------------------------------------------------------------------


def test_a_page_is_kept_as_a_file_that_reads_as_the_article(corpus: Path, web: Web) -> None:
    meta = (
        '<meta property="og:site_name" content="The Herald">'
        '<meta property="article:published_time" content="2025-02-13T08:00:00+01:00">'
    )
    web.pages["/2025/harbour.html"] = Reply(page(head=meta))
    fetched = fetch(corpus, f"{web.address}/2025/harbour.html#part")
    (path,) = fetched.paths
    assert path.startswith("fetched/127.0.0.1/harbour-")
    (article,) = kept(corpus, fetched)
    assert (article.title, article.outlet, str(article.published)) == ("Harbour reopened", "The Herald", "2025-02-13")
    assert article.url == f"{web.address}/2025/harbour.html"
    assert STORY.strip() in article.text
    (agent,) = web.agents
    assert agent.startswith("natoqa/")


WHOLE = "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>{}</content:encoded>"
HEAD_OF_DAY = '<meta property="article:published_time" content="2025-02-13T08:00:00Z">'
ORIGINS = {
    "JSON-LD": (
        "/page",
        page(
            head='<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-02-13"}</script>'
        ),
        "from the data of its web page",
    ),
    "meta": ("/page", page(head=HEAD_OF_DAY), "from the data of its web page"),
    "dateline": ("/page", page(text=f"OSTERLICH, Feb. 13, 2025 - {STORY * 4}"), "from its dateline"),
    "address": ("/2025/02/13/harbour", page(), "from its web address"),
    "field": (
        "/feed.xml",
        feed(
            f"<item><title>Harbour</title><pubDate>Thu, 13 Feb 2025 08:00:00 GMT</pubDate>{WHOLE.format(STORY)}</item>"
        ),
        "from its record",
    ),
    "front matter": ("/page.md", f"---\npublished: 2025-02-13\n---\n{STORY}", "from the head of its file"),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_where_the_day_was_found_is_known_from_page_to_panel(
    opened: Index, corpus: Path, web: Web, origin: str
) -> None:
    path, body, words = ORIGINS[origin]
    kind = {"/feed.xml": "application/rss+xml", "/page.md": "text/markdown"}.get(path, "text/html; charset=utf-8")
    web.pages[path] = Reply(body, kind=kind)
    opened.sync(corpus, sources=[f"{web.address}{path}"])
    (article,) = opened.articles()
    assert (str(article.published), article.published_from) == ("2025-02-13", origin)
    assert f"({words})" in dated_origin(article)


def test_the_day_in_an_address_that_is_not_believed_is_not_taken(corpus: Path, web: Web) -> None:
    head = '<link rel="canonical" href="https://herald.example/2025/02/13/harbour">'
    web.pages["/page"] = web.pages["/2025/02/14/page"] = Reply(page(head=head))
    (plain,) = kept(corpus, fetch(corpus, f"{web.address}/page"))
    (dated,) = kept(corpus, fetch(corpus, f"{web.address}/2025/02/14/page"))
    assert (plain.published, plain.published_from) == (None, None)
    assert (str(dated.published), dated.published_from) == ("2025-02-14", "address")


def test_a_page_is_asked_for_again_only_if_it_changed(corpus: Path, web: Web) -> None:
    def answer(headers: Any) -> Reply:
        same = headers["If-None-Match"] == '"v1"'
        return Reply(status=304) if same else Reply(page(), headers={"ETag": '"v1"'})

    web.pages["/page"] = answer
    first = fetch(corpus, f"{web.address}/page")
    (file,) = corpus.rglob("*.md")
    written = file.stat().st_mtime_ns
    assert fetch(corpus, f"{web.address}/page") == first
    assert file.stat().st_mtime_ns == written
    file.unlink()
    assert fetch(corpus, f"{web.address}/page") == first
    assert file.exists()


def test_a_changed_page_takes_the_place_of_the_old_one(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    first = fetch(corpus, f"{web.address}/page")
    web.pages["/page"] = Reply(page(text="The harbour was closed again. " + STORY * 4))
    assert fetch(corpus, f"{web.address}/page").paths == first.paths
    (article,) = kept(corpus, first)
    assert "closed again" in article.text


def test_the_page_that_is_gone_stays_in_the_corpus(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    first = fetch(corpus, f"{web.address}/page")
    web.pages["/page"] = Reply(status=410)
    again = fetch(corpus, f"{web.address}/page")
    assert "nothing any more" in again.failures[0].error
    assert len(kept(corpus, first)) == 1


def test_a_feed_gives_its_articles_and_the_pages_of_the_others(corpus: Path, web: Web) -> None:
    whole = f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>{STORY * 4}</content:encoded>"
    web.pages["/feed"] = Reply(
        feed(
            f"<item><title>Whole</title><link>{web.address}/whole</link>{whole}</item>",
            "<item><title>Short</title><link>/short</link></item>",
            "<item><title>Gone</title><link>/gone</link></item>",
        ),
        kind="application/rss+xml",
    )
    web.pages["/short"] = Reply(page("Short"))
    fetched = fetch(corpus, f"{web.address}/feed")
    assert sorted(article.title for article in kept(corpus, fetched)) == ["Short", "Whole"]
    (failure,) = fetched.failures
    assert failure.path == f"{web.address}/gone"
    fetch(corpus, f"{web.address}/feed")
    assert (web.count("/short"), web.count("/gone")) == (1, 2)


def test_a_sitemap_leads_to_its_newest_pages_first(corpus: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("natoqa.fetching.fetcher.MOST_LINKS", 3)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    urls = "".join(f"<url><loc>{web.address}/{n}</loc><lastmod>2025-02-0{n}</lastmod></url>" for n in range(1, 5))
    web.pages["/sitemap.xml"] = Reply(
        f"<sitemapindex {space}><sitemap><loc>{web.address}/news.xml</loc></sitemap></sitemapindex>",
        kind="application/xml",
    )
    web.pages["/news.xml"] = Reply(f"<urlset {space}>{urls}</urlset>", kind="text/xml")
    for number in range(1, 5):
        web.pages[f"/{number}"] = Reply(page(f"Story {number}", f"Story number {number}. {STORY * 4}"))
    fetched = fetch(corpus, f"{web.address}/sitemap.xml")
    assert [article.title for article in kept(corpus, fetched)] == ["Story 4", "Story 3"]
    assert fetched.failures == []
    assert "left for the next run" in fetched.notes[0]


def test_a_circle_of_sitemaps_ends(corpus: Path, web: Web) -> None:
    web.pages["/a.xml"] = Reply(
        f"<sitemapindex><sitemap><loc>{web.address}/a.xml</loc></sitemap></sitemapindex>", kind="text/xml"
    )
    assert fetch(corpus, f"{web.address}/a.xml").paths == []
    assert web.count("/a.xml") <= 4


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1251", "utf-16"])
def test_the_server_tells_the_letters(corpus: Path, web: Web, charset: str) -> None:
    word = "вторник" if charset == "windows-1251" else "Zürich"
    web.pages["/page"] = Reply(page(text=f"{word}. {STORY * 4}").encode(charset), kind=f"text/html; charset={charset}")
    (article,) = kept(corpus, fetch(corpus, f"{web.address}/page"))
    assert word in article.text


def test_a_wrong_charset_does_not_spoil_what_the_page_itself_tells(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page(text=f"Zürich. {STORY * 4}"), kind="text/html; charset=us-ascii")
    (article,) = kept(corpus, fetch(corpus, f"{web.address}/page"))
    assert "Zürich" in article.text


def test_a_packed_page_is_unpacked(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(gzip.compress(page().encode()), headers={"Content-Encoding": "gzip"})
    assert len(fetch(corpus, f"{web.address}/page").paths) == 1


def test_a_page_cannot_pass_for_another_sites_article_nor_write_elsewhere(corpus: Path, web: Web) -> None:
    head = '<link rel="canonical" href="https://herald.example/real"><meta property="og:url" content="../../x.md">'
    web.pages["/..%2f..%2fescape"] = Reply(page("../../../etc/passwd", head=head))
    fetched = fetch(corpus, f"{web.address}/..%2f..%2fescape")
    (article,) = kept(corpus, fetched)
    assert article.url.startswith(web.address) if article.url else False
    assert all(file.is_relative_to(corpus / "fetched") for file in corpus.rglob("*") if file.is_file())


# --- faults -------------------------------------------------------------------------------------------------------


def _cut_off(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(page().encode())


def _drip(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    for letter in page():
        try:
            handler.wfile.write(letter.encode())
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


def _babble(handler: Any) -> None:
    handler.wfile.write(b"\x00\x01 hello\r\n\r\n")


def _bomb() -> bytes:
    return gzip.compress(b"<html><body>" + b" " * 50_000_000)


FAULTS = {
    "not found": (Reply(status=404), "there is nothing at it"),
    "forbidden": (Reply(status=403), "does not show it to everybody"),
    "too many requests": (Reply(status=429, headers={"Retry-After": "120"}), "Try again in 120 seconds"),
    "out of order": (Reply(status=503), "out of order"),
    "teapot": (Reply(status=418), "status 418"),
    "empty": (Reply(""), "empty"),
    "no article": (Reply("<html><body><nav><a href='/'>Home</a></nav></body></html>"), "main text"),
    "picture": (Reply(b"\x89PNG", kind="image/png"), "kind that is not fetched"),
    "archive": (Reply(b"PK\x03\x04", kind="application/zip"), "kind that is not fetched"),
    "cut off": (Reply(wrong=_cut_off), "broke off"),
    "no HTTP": (Reply(wrong=_babble), "broke off or is none"),
    "closed at once": (Reply(wrong=lambda _: None), "broke off or is none"),
    "too large": (Reply("x" * 600_000), "larger"),
    "bomb": (Reply(_bomb(), headers={"Content-Encoding": "gzip"}), "larger"),
    "damaged gzip": (Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"}), "damaged"),
    "cut gzip": (Reply(gzip.compress(page().encode())[:-20], headers={"Content-Encoding": "gzip"}), "no end"),
    "odd packing": (Reply(page(), headers={"Content-Encoding": "br"}), "not asked for"),
    "circle": (Reply(status=302, headers={"Location": "/page"}), "perhaps in a circle"),
    "to a file": (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "no http or https"),
    "to nowhere": (Reply(status=302, headers={"Location": "http://[::bad"}), "no"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_failure_with_its_reason_and_leaves_nothing(corpus: Path, web: Web, fault: str) -> None:
    reply, words = FAULTS[fault]
    assert words in reason(corpus, web, reply)


def test_a_slow_answer_is_ended_when_its_time_is_over(corpus: Path, web: Web) -> None:
    started = time.monotonic()
    assert "too long" in reason(corpus, web, Reply(wrong=_drip), total_s=1.0)
    assert time.monotonic() - started < 6


def test_one_bad_address_does_not_stop_the_others(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    fetched = fetch(corpus, "ftp://example.org/x", f"{web.address}/none", f"{web.address}/page")
    assert len(fetched.paths) == 1
    assert [failure.path for failure in fetched.failures] == ["ftp://example.org/x", f"{web.address}/none"]


def test_nobody_listens(corpus: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
    (failure,) = fetch(corpus, address).failures
    assert "cannot be connected to" in failure.error


# --- whom natoqa talks to -----------------------------------------------------------------------------------------


def test_own_machines_are_refused_and_nothing_is_sent_to_them(corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    (failure,) = fetch(corpus, f"{web.address}/page", settings=Settings()).failures
    assert "private network" in failure.error
    assert "fetch_private" in failure.error
    assert web.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.1.2.3",
        "169.254.169.254",
    ],
)
def test_however_a_private_machine_is_written_it_is_refused(corpus: Path, host: str) -> None:
    (failure,) = fetch(corpus, f"http://{host}/page", settings=Settings()).failures
    assert "private network" in failure.error


def test_a_redirect_to_a_private_machine_is_refused(corpus: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        number = {"127.0.0.1": "127.0.0.1", "metadata.example": "169.254.169.254"}[host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (number, port))]

    monkeypatch.setattr("natoqa.fetching.addresses.socket.getaddrinfo", known)
    monkeypatch.setattr("natoqa.fetching.addresses.is_public", lambda number: number == "127.0.0.1")
    reply = Reply(status=302, headers={"Location": "http://metadata.example/secret"})
    assert "private network" in reason(corpus, web, reply, settings=Settings())


def test_a_host_with_one_private_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = ["93.184.215.14", "10.0.0.1"]
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (number, 80)) for number in numbers]
    monkeypatch.setattr("natoqa.fetching.addresses.socket.getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressPrivateError):
        reachable("two.example", 80, private=False)
    assert reachable("two.example", 80, private=True) == numbers


def test_an_unknown_host_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror("no such host")

    monkeypatch.setattr("natoqa.fetching.addresses.socket.getaddrinfo", unknown)
    with pytest.raises(AddressUnreachableError, match="not known"):
        reachable("nowhere.example", 80, private=False)


@given(st.ip_addresses(v=4))
def test_what_carries_a_private_number_is_as_private(number: Any) -> None:
    assert is_public(f"::ffff:{number}") == is_public(str(number))


@pytest.mark.parametrize(
    "address", ["ftp://a.example/", "http://", "https://user:secret@a.example/", "https://a.example/" + "x" * 2000]
)
def test_what_is_no_address_of_the_web(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        parsed(address)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = parsed(f"http://{text}")
    except AddressRefusedError:
        return
    assert urlsplit(str(url)).scheme in ("http", "https")


def test_what_is_an_address() -> None:
    assert is_address("https://example.org/a")
    assert is_address(Path("https://example.org/a"))
    assert not is_address("C:\\news\\a.md")
    assert not is_address("corpus/a.md")


# --- manners ------------------------------------------------------------------------------------------------------


def test_robots_txt_is_obeyed_and_read_once(corpus: Path, web: Web) -> None:
    web.pages["/robots.txt"] = Reply("User-agent: natoqa\nDisallow: /private/\n", kind="text/plain")
    web.pages["/private/page"] = web.pages["/page"] = Reply(page())
    fetched = fetch(corpus, f"{web.address}/private/page", f"{web.address}/page")
    assert len(fetched.paths) == 1
    assert "robots.txt" in fetched.failures[0].error
    assert (web.count("/robots.txt"), web.count("/private/page")) == (1, 0)


def test_a_site_that_is_out_of_order_is_left_alone(corpus: Path, web: Web) -> None:
    web.pages["/robots.txt"] = Reply(status=500)
    assert "out of order" in reason(corpus, web, Reply(page()))
    assert web.count("/page") == 0


def test_a_host_is_asked_no_faster_than_its_pace(web: Web) -> None:
    web.pages["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 1\n", kind="text/plain")
    robots, url = Robots(private=True, meanwhile=lambda: None, pause_s=0.1), parsed(f"{web.address}/page")
    robots.check(url)
    started = time.monotonic()
    robots.check(url)
    assert time.monotonic() - started >= 0.99


# --- in the index -------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index", settings=OWN) as index:
        yield index


def test_an_address_is_indexed_and_stays_with_the_next_run(opened: Index, corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    report = opened.sync(corpus, sources=[f"{web.address}/page", f"{web.address}/none"])
    assert (report.added, report.failed[0].path) == (1, f"{web.address}/none")
    assert opened.search("Osterlich harbour")[0].url == f"{web.address}/page"
    again = opened.sync(corpus)
    assert (again.unchanged, again.removed) == (1, 0)


def test_the_addresses_of_the_corpus_are_asked_by_each_whole_run(opened: Index, corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    (corpus / "sources.toml").write_text(f'addresses = ["{web.address}/page"]\n')
    assert opened.sync(corpus, dry_run=True).added == 0
    assert opened.sync(corpus, fetch=False).added == 0
    assert web.asked == []
    assert opened.sync(corpus).added == 1
    assert opened.sync(corpus).unchanged == 1
    assert web.count("/page") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("addresses = [", "not valid TOML"),
        ('adresses = ["https://example.org"]', "adresses is not known"),
        ('addresses = "https://example.org"', "should be a list"),
        ('addresses = ["feed.xml"]', "'feed.xml' is no address"),
    ],
)
def test_a_broken_sources_toml_says_what_is_wrong(corpus: Path, content: str, words: str) -> None:
    (corpus / "sources.toml").write_text(content)
    with pytest.raises(SettingsError, match=words):
        subscriptions(corpus)
