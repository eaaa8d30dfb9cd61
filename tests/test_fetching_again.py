"""Fetching over time: what failed and is left alone, how far a run is, how it is ended, who else writes meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from natoqa import Index, IndexBusyError
from natoqa.cli import report
from natoqa.errors import AddressBusyError, AddressUnreachableError
from natoqa.fetching import Fetched, Fetcher
from natoqa.fetching.addresses import parsed
from natoqa.fetching.keeping import Kept
from natoqa.fetching.patience import FIRST_S, LONGEST_S, LONGEST_WISH_S, Patience
from natoqa.fetching.robots import Robots
from natoqa.fetching.transfer import _wished
from natoqa.index import HOLDER, LOCK
from natoqa.serving.shared_index import SharedIndex
from natoqa.types import SyncProgress
from test_fetching import OWN, Reply, Web, feed, page, web

pytestmark = pytest.mark.process

__all__ = ["web"]

HOUR, DAY = 3_600.0, 86_400.0


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index", settings=OWN) as index:
        yield index


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stand in for the clock that tries are timed by; `now` may be set."""
    clock = SimpleNamespace(now=time.time())
    monkeypatch.setattr("natoqa.fetching.patience.time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def silent(web: Web) -> Iterator[str]:
    """Return the address of a page whose server takes the request and says nothing."""
    over = threading.Event()

    def say_nothing(_: Any) -> None:
        over.wait(30)

    web.pages["/silent"] = Reply(wrong=say_nothing)
    yield f"{web.address}/silent"
    over.set()


def listed(web: Web, *paths: str) -> str:
    """Serve a feed that leads to pages and return its address."""
    web.pages["/feed"] = Reply(
        feed(*(f"<item><title>{path}</title><link>{web.address}{path}</link></item>" for path in paths)),
        kind="application/rss+xml",
    )
    return f"{web.address}/feed"


def fetch(root: Path, *addresses: str, patient: bool = True) -> Fetched:
    return Fetcher(root, OWN, pause_s=0, total_s=5.0).fetch(addresses, patient=patient)


# --- sources that fail --------------------------------------------------------------------------------------------


def test_a_source_that_failed_is_left_alone_for_a_growing_time(corpus: Path, web: Web, clock: SimpleNamespace) -> None:
    web.pages["/page"] = Reply(status=503)
    address = f"{web.address}/page"
    waits = []
    for asked in range(1, 13):
        (failure,) = fetch(corpus, address).failures
        assert "out of order (503). Next try at 20" in failure.error
        failing = Patience(Kept(corpus)).failing(parsed(address))
        assert failing
        waits.append(failing.until - clock.now)
        clock.now = failing.until - 1
        (failure,) = fetch(corpus, address).failures
        assert failure.path == address
        assert "out of order (503). It was not asked again. Next try at 20" in failure.error
        assert web.count("/page") == asked
        clock.now = failing.until + 1
    assert waits[:3] == pytest.approx([FIRST_S, 2 * FIRST_S, 4 * FIRST_S])
    assert waits[-1] == pytest.approx(LONGEST_S)
    web.pages["/page"] = Reply(page())
    assert len(fetch(corpus, address).paths) == 1
    web.pages["/page"] = Reply(status=503)
    fetch(corpus, address)
    assert (found := Patience(Kept(corpus)).failing(parsed(address)))
    assert found.times == 1


def test_the_time_that_is_told_is_one_at_which_it_is_asked(corpus: Path, web: Web, clock: SimpleNamespace) -> None:
    (failure,) = fetch(corpus, f"{web.address}/page").failures
    assert "Next try" not in failure.error  # nothing is there: no failure that passes
    web.pages["/page"] = Reply(status=500)
    (failure,) = fetch(corpus, f"{web.address}/page").failures
    told = datetime.strptime(failure.error.partition("Next try at ")[2][:16], "%Y-%m-%d %H:%M")
    clock.now = told.timestamp()
    fetch(corpus, f"{web.address}/page")
    assert web.count("/page") == 3


@pytest.mark.parametrize(
    ("asked_for", "wait"),
    [
        ("7200", 2 * HOUR),
        (lambda: format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True), 2 * HOUR),
        ("60", FIRST_S),
        ("99999999", LONGEST_WISH_S),
        ("soon", FIRST_S),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_time_gets_it(
    corpus: Path, web: Web, clock: SimpleNamespace, asked_for: str | Callable[[], str], wait: float, status: int
) -> None:
    value = asked_for if isinstance(asked_for, str) else asked_for()
    web.pages["/page"] = Reply(status=status, headers={"Retry-After": value})
    fetch(corpus, f"{web.address}/page")
    failing = Patience(Kept(corpus)).failing(parsed(f"{web.address}/page"))
    assert failing
    assert failing.until - clock.now == pytest.approx(wait, abs=5)


@given(st.text(max_size=40))
def test_whatever_a_server_asks_for_is_a_time(value: str) -> None:
    assert _wished(value) >= 0


def test_a_host_that_wants_fewer_requests_is_asked_no_more_in_this_run(corpus: Path, web: Web) -> None:
    web.pages["/1"] = Reply(status=429, headers={"Retry-After": "600"})
    web.pages["/2"] = Reply(page())
    fetched = fetch(corpus, listed(web, "/1", "/2"), patient=False)
    assert (web.count("/1"), web.count("/2"), fetched.paths) == (1, 0, [])
    assert ["fewer requests" in failure.error for failure in fetched.failures] == [True, True]


def test_a_short_pause_that_a_host_asks_for_is_kept(web: Web) -> None:
    robots, url = Robots(private=True, meanwhile=lambda: None, pause_s=0), parsed(f"{web.address}/page")
    robots.check(url)
    robots.spare(url.host, AddressBusyError("busy", wait_s=0.5))
    started = time.monotonic()
    robots.check(url)
    assert time.monotonic() - started >= 0.49


def test_who_names_an_address_is_served_at_once(opened: Index, corpus: Path, web: Web) -> None:
    (corpus / "sources.toml").write_text(f'addresses = ["{web.address}/page"]\n')
    web.pages["/page"] = Reply(status=500)
    assert "Next try at" in opened.sync(corpus).failed[0].error
    web.pages["/page"] = Reply(page())
    assert "It was not asked again" in opened.sync(corpus).failed[0].error
    assert opened.sync(corpus, sources=[f"{web.address}/page"]).added == 1
    # It answers again, so that the runs ask it again, too.
    assert opened.sync(corpus).failed == ()
    assert web.count("/page") == 3


def test_an_unknown_host_is_left_alone_like_a_server_that_fails(
    corpus: Path, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def unknown(host: str, *_: object, **__: object) -> None:
        looked_up.append(host)
        raise socket.gaierror("no such host")

    monkeypatch.setattr("natoqa.fetching.addresses.socket.getaddrinfo", unknown)
    for _ in range(3):
        (failure,) = fetch(corpus, "http://nowhere.example/feed").failures
        assert "is not known" in failure.error
    assert len(looked_up) == 1


def test_what_was_fetched_before_stays_while_its_source_is_left_alone(opened: Index, corpus: Path, web: Web) -> None:
    (corpus / "sources.toml").write_text(f'addresses = ["{web.address}/page"]\n')
    web.pages["/page"] = Reply(page())
    assert opened.sync(corpus).added == 1
    web.pages["/page"] = Reply(status=500)
    for _ in range(2):
        done = opened.sync(corpus)
        assert (done.unchanged, done.removed, len(done.failed)) == (1, 0, 1)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"times": 1}',
        '{"times": "x", "reason": "", "until": 9e9}',
        '{"times": 1, "reason": "slip", "until": 1e300}',
        '{"times": 1, "reason": "slip", "until": NaN}',
        '{"times": 1e400, "reason": "slip", "until": 1}',
        '{"times": 1, "reason": "\\u001b[2J", "until": 9e9}',
        "[" * 100_000,
    ],
)
def test_a_damaged_memory_of_failures_shuts_nothing_out(corpus: Path, web: Web, content: str) -> None:
    web.pages["/page"] = Reply(page())
    address = f"{web.address}/page"
    Patience(Kept(corpus)).failed(parsed(address), AddressUnreachableError("gone"))
    (file,) = corpus.rglob("*.failing.json")
    file.write_text(content)
    assert len(fetch(corpus, address).paths) == 1


def test_a_clock_that_was_set_back_shuts_nothing_out(corpus: Path, web: Web, clock: SimpleNamespace) -> None:
    web.pages["/page"] = Reply(status=500)
    fetch(corpus, f"{web.address}/page")
    clock.now -= 30 * DAY
    fetch(corpus, f"{web.address}/page")
    assert web.count("/page") == 2


# --- how far a run is, and its end --------------------------------------------------------------------------------


def test_each_page_is_counted(opened: Index, corpus: Path, web: Web) -> None:
    for path in ("/1", "/2", "/3"):
        web.pages[path] = Reply(page(path))
    told: list[SyncProgress] = []
    address = listed(web, "/1", "/2", "/3")
    opened.sync(corpus, sources=[address], progress=told.append)
    fetching = [(each.fetching, each.pages) for each in told if each.fetching]
    assert list(dict.fromkeys(fetching)) == [(1, 1), (2, 4), (3, 4), (4, 4)]
    assert all(
        (each.articles, each.total, each.passages, each.left_s) == (0, 0, 0, None) for each in told if each.fetching
    )
    written = [each for each in told if not each.fetching]
    assert (written[-1].articles, written[-1].total, written[-1].pages) == (3, 3, 0)


def test_what_is_in_the_corpus_already_counts_as_done(corpus: Path, web: Web) -> None:
    web.pages["/1"], web.pages["/3"] = Reply(page("1")), Reply(page("3"))
    fetch(corpus, listed(web, "/1"))
    told: list[tuple[int, int]] = []
    progress = lambda number, pages: told.append((number, pages))  # noqa: E731
    Fetcher(corpus, OWN, pause_s=0, progress=progress).fetch([listed(web, "/1", "/2", "/3"), f"{web.address}/3"])
    assert list(dict.fromkeys(told)) == [(1, 2), (3, 5), (4, 5), (5, 5)]


def test_a_run_tells_its_pages_in_a_line() -> None:
    assert report.indexing(SyncProgress(0, 0, 0, 1.0, fetching=3, pages=1025)) == "Fetching 3 of 1,025 …"


class _EndedError(Exception):
    """What a caller ends a run with."""


def ending(when: Callable[[], bool]) -> Callable[..., None]:
    """Return a `progress` that ends the run when something is the case."""

    def progress(*_: object) -> None:
        if when():
            raise _EndedError

    return progress


@pytest.mark.parametrize("where", ["connection", "answer", "robots", "pause", "name"])
def test_a_run_is_ended_wherever_it_waits(
    corpus: Path, web: Web, silent: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    addresses = [silent]
    waiting = lambda: "/silent" in web.asked  # noqa: E731
    pause_s = 0.0
    over = threading.Event()
    if where == "robots":
        web.pages["/robots.txt"] = web.pages["/silent"]
        waiting = lambda: "/robots.txt" in web.asked  # noqa: E731
    elif where == "pause":
        addresses, pause_s = [f"{web.address}/1", f"{web.address}/2"], 30.0
        waiting = lambda: "/1" in web.asked  # noqa: E731
    elif where == "name":
        monkeypatch.setattr("natoqa.fetching.addresses.socket.getaddrinfo", lambda *_, **__: over.wait(20))
        waiting = lambda: True  # noqa: E731
    elif where == "connection":
        # A full queue: the system answers no further call.
        full = socket.create_server(("127.0.0.1", 0), backlog=0)
        calls = [socket.socket() for _ in range(4)]
        for call in calls:
            call.setblocking(False)
            call.connect_ex(full.getsockname())
        addresses = [f"http://127.0.0.1:{full.getsockname()[1]}/"]
        begun = time.monotonic()
        waiting = lambda: time.monotonic() - begun > 0.5  # noqa: E731
    started = time.monotonic()
    with pytest.raises(_EndedError):
        Fetcher(corpus, OWN, pause_s=pause_s, progress=ending(waiting)).fetch(addresses)
    over.set()
    assert time.monotonic() - started < 3


def test_what_was_kept_before_the_end_is_indexed_by_the_next_run(opened: Index, corpus: Path, web: Web) -> None:
    for path in ("/1", "/2", "/3"):
        web.pages[path] = Reply(page(path, f"Report {path} on the harbour of Osterlich and its master. " * 6))
    address = listed(web, "/1", "/2", "/3")
    with pytest.raises(_EndedError):
        opened.sync(corpus, sources=[address], progress=ending(lambda: "/2" in web.asked))
    assert opened.sync(corpus, fetch=False).added in (1, 2)
    opened.sync(corpus, sources=[address])
    assert (opened.status().articles, web.count("/1")) == (3, 1)


def test_closing_ends_a_fetch_that_somebody_waits_for(tmp_path: Path, corpus: Path, web: Web, silent: str) -> None:
    web.pages["/1"] = Reply(page())
    shared = SharedIndex(replace(OWN, corpus=corpus, index=tmp_path / "index"))
    ended: list[Any] = []

    def add() -> None:
        with pytest.raises(IndexBusyError) as error:
            shared.add([f"{web.address}/1", silent])
        ended.append(error.value)

    thread = threading.Thread(target=add)
    thread.start()
    while "/silent" not in web.asked:
        time.sleep(0.02)
    time.sleep(0.3)
    now = shared.state().reindexing
    assert now
    assert now.progress
    assert (now.progress.fetching, now.progress.pages) == (2, 2)
    started = time.monotonic()
    shared.close()
    thread.join(10)
    assert time.monotonic() - started < 2
    assert "stopped" in str(ended[0])
    with Index.open(tmp_path / "index", settings=OWN) as index:
        assert index.sync(corpus).added == 1


# --- somebody else writes -----------------------------------------------------------------------------------------


def test_nothing_is_fetched_while_somebody_writes(opened: Index, corpus: Path, web: Web) -> None:
    web.pages["/page"] = Reply(page())
    (opened.folder / HOLDER).write_text("process 7 on desk")
    with FileLock(opened.folder / LOCK), pytest.raises(IndexBusyError, match="process 7 on desk") as error:
        opened.sync(corpus, sources=[f"{web.address}/page"])
    assert web.asked == []
    assert error.value.hint == "Wait until it has finished, then try again."
    # The mark of a writer that was killed is in nobody's way.
    assert opened.sync(corpus, sources=[f"{web.address}/page"]).added == 1


def test_what_was_fetched_while_somebody_began_to_write_is_not_lost(opened: Index, corpus: Path, web: Web) -> None:
    lock = FileLock(opened.folder / LOCK, thread_local=False)

    def begin_to_write(_: Any) -> Reply:
        lock.acquire()
        return Reply(page())

    web.pages["/page"] = begin_to_write
    with pytest.raises(IndexBusyError) as error:
        opened.sync(corpus, sources=[f"{web.address}/page"])
    assert "is kept in the corpus" in error.value.hint
    lock.release()
    assert opened.sync(corpus, fetch=False).added == 1
