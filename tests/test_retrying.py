"""Failed articles are tried again when their file changes, when somebody names it, or after a growing pause."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Write
from natoqa import Index, Settings, retrying
from natoqa.catalog import FileState
from natoqa.cli import watching
from natoqa.cli.console import Console
from natoqa.corpus import Corpus, FileReading, SourceFile

BAD = b"\x00\x01\x02" * 100
START = 1_700_000_000.0
WITH = "natoqa 1"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A time that stands still unless told otherwise; files count as written long ago."""
    clock = Clock()
    monkeypatch.setattr("natoqa.syncing.time.time", clock)
    monkeypatch.setattr("natoqa.syncing.TICK_NS", 0)
    return clock


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read, in their order."""
    paths: list[str] = []
    original = Corpus.read

    def noted(self: Corpus, file: SourceFile) -> FileReading:
        paths.append(file.path)
        return original(self, file)

    monkeypatch.setattr(Corpus, "read", noted)
    return paths


@pytest.fixture
def failed(index: Index, corpus: Path, write: Write, clock: Clock, read: list[str]) -> Path:
    """A file that could not be read, beside one that could."""
    write("good.md", "The council met in Riga.")
    file = corpus / "bad.md"
    file.write_bytes(BAD)
    assert [failure.path for failure in index.sync(corpus).failed] == ["bad.md"]
    read.clear()
    return file


def test_it_is_tried_again_after_pauses_that_double_up_to_a_day(
    index: Index, corpus: Path, failed: Path, clock: Clock, read: list[str]
) -> None:
    pauses = [60.0 * 2**number for number in range(11)] + [86_400.0] * 3
    for pause in pauses:
        reasons = []
        for passed, tried in ((pause - 1, []), (1, ["bad.md"])):
            clock.now += passed
            report = index.sync(corpus)
            assert read == tried, f"after {pause - 1 if not tried else pause} s"
            reasons.append([(failure.path, failure.error) for failure in report.failed])
            waits = [note for note in report.notes if "natoqa index FILE" in note]
            assert len(waits) == (not tried), "a run says so when it leaves a failed file alone"
        assert reasons[0] == reasons[1] != [], "it stands failed with its reason all the time"
        assert index.status(corpus).failed == 1
        read.clear()


def test_it_recovers_when_its_time_has_come(
    index: Index, corpus: Path, failed: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was wrong was not the file: reading it succeeds, though it never changed."""
    original = Corpus.read
    good = next(file for file in Corpus(corpus, max_bytes=10**6).scan().files if file.path == "good.md")

    def repaired(self: Corpus, file: SourceFile) -> FileReading:
        return original(self, replace(file, location=good.location))

    monkeypatch.setattr(Corpus, "read", repaired)
    clock.now += 59
    assert index.sync(corpus).failed
    clock.now += 1
    report = index.sync(corpus)
    assert (report.failed, report.notes, index.status(corpus).failed) == ((), (), 0)
    assert index.retry_in() is None


def _changed(_: Index, corpus: Path, file: Path, __: pytest.MonkeyPatch) -> Index:
    file.write_bytes(BAD + b"\x03")
    return _


def _renewed_permission(index: Index, corpus: Path, file: Path, _: pytest.MonkeyPatch) -> Index:
    file.chmod(0o600)
    return index


def _newer(index: Index, corpus: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.setattr("natoqa.syncing.__version__", "9.9.9")
    return index


def _larger(index: Index, corpus: Path, file: Path, _: pytest.MonkeyPatch) -> Index:
    return Index.open(index.folder, settings=replace(index.settings, max_file_mb=21.0))


@pytest.mark.parametrize("meanwhile", [_changed, _renewed_permission, _newer, _larger])
def test_it_is_tried_at_once_when_something_changed(
    index: Index,
    corpus: Path,
    failed: Path,
    read: list[str],
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[..., Index],
) -> None:
    changed = meanwhile(index, corpus, failed, monkeypatch)
    assert [failure.path for failure in changed.sync(corpus).failed] == ["bad.md"]
    assert read == ["bad.md"]
    changed.sync(corpus)
    assert read == ["bad.md"], "once"


def test_it_is_tried_at_once_when_it_is_named_and_by_a_rebuild(
    index: Index, corpus: Path, failed: Path, clock: Clock, read: list[str]
) -> None:
    for _ in range(3):
        assert index.sync(corpus, sources=[failed]).failed
    assert read == ["bad.md"] * 3
    read.clear()
    clock.now += 60
    index.sync(corpus)
    assert read == ["bad.md"], "who names it does not make it wait longer"
    index.sync(corpus, sources=[corpus / "good.md"])
    assert read == ["bad.md"], "another one was named"
    index.sync(corpus, rebuild=True)
    assert sorted(read) == ["bad.md", "bad.md", "good.md"]


def test_an_article_that_was_too_large_comes_with_a_larger_limit(
    index: Index, corpus: Path, write: Write, clock: Clock
) -> None:
    write("long.md", "The council met in Riga. " * 200)
    small = Index.open(index.folder, settings=replace(index.settings, max_file_mb=0.001))
    assert [failure.path for failure in small.sync(corpus).failed] == ["long.md"]
    report = index.sync(corpus)
    assert (report.added, report.failed) == (1, ())
    small.close()


def test_one_bad_line_does_not_have_its_file_read_every_time(
    index: Index, corpus: Path, clock: Clock, read: list[str]
) -> None:
    (corpus / "news.jsonl").write_text('{"id": "a", "text": "Ships came to Riga."}\n{"id": "b", "te\n')
    assert (index.sync(corpus).added, read) == (1, ["news.jsonl"])
    report = index.sync(corpus)
    assert (report.unchanged, [failure.path for failure in report.failed]) == (1, ["news.jsonl:2"])
    assert read == ["news.jsonl"]
    clock.now += 60
    report = index.sync(corpus)
    assert (report.unchanged, len(report.failed), read) == (1, 1, ["news.jsonl"] * 2)


def test_a_failure_of_an_older_index_is_tried_at_once(
    index: Index, corpus: Path, failed: Path, read: list[str]
) -> None:
    catalog = index._catalog
    with catalog.writing():
        catalog._connection.execute("UPDATE files SET tries = 0, tried = 0, tried_with = ''")
    assert index.sync(corpus).failed
    assert read == ["bad.md"]


def test_the_index_tells_when_it_is_worth_trying_again(index: Index, corpus: Path, failed: Path, clock: Clock) -> None:
    assert index.retry_in() == 60
    clock.now += 60
    index.sync(corpus)
    assert index.retry_in() == 120
    clock.now += 50
    assert index.retry_in() == 70
    clock.now += 5_000
    assert index.retry_in() == 60, "never at once: what is due and was not read is out of reach"
    failed.unlink()
    index.sync(corpus)
    assert index.retry_in() is None


def test_a_clock_that_was_wrong_keeps_no_file_waiting(
    index: Index, corpus: Path, failed: Path, clock: Clock, read: list[str]
) -> None:
    clock.now -= 10_000_000
    index.sync(corpus)
    index.sync(corpus)
    assert read == ["bad.md"]


@given(st.lists(st.floats(0, 200_000), max_size=40))
def test_pauses_only_grow_and_end_at_a_day(passed: list[float]) -> None:
    now, pause = START, 0.0
    state = retrying.next_state("s", "h", before=None, tried_with=WITH, now=now)
    for seconds in passed:
        now += seconds
        waited = now - state.tried
        if retrying.is_due(state, tried_with=WITH, now=now):
            assert waited >= min(pause, 86_400)
            state = retrying.next_state("s", "h", before=state, tried_with=WITH, now=now)
        else:
            assert waited < 86_400
        following = retrying.pause([state], now=state.tried)
        assert following is not None
        assert pause <= following <= 86_400
        pause = following


@pytest.mark.parametrize(
    ("sha256", "tried_with", "tries"),
    [("same", WITH, 6), ("other", WITH, 1), ("same", "natoqa 2", 1)],
)
def test_what_changed_begins_with_the_shortest_pause(sha256: str, tried_with: str, tries: int) -> None:
    before = FileState("s", "same", 5, START, WITH)
    state = retrying.next_state("t", sha256, before=before, tried_with=tried_with, now=START + 86_400)
    assert state == FileState("t", sha256, tries, START + 86_400, tried_with)


def test_a_quiet_folder_is_looked_at_again_when_a_failed_file_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def quiet(*_: object) -> object:
        yield True
        for _second in range(300):
            now[0] += 1
            yield False

    monkeypatch.setattr(watching, "_changes", quiet)
    monkeypatch.setattr("natoqa.cli.watching.time.monotonic", lambda: now[0])
    waits = iter([60.0, 120.0, None])
    ran: list[float] = []

    def sync() -> float | None:
        ran.append(now[0])
        return next(waits)

    watching.keep_in_step(tmp_path, tmp_path, sync, Console(as_json=False, verbosity=-1))
    assert ran == [0, 60, 180]


def test_settings_that_do_not_bear_on_reading_change_nothing(
    index: Index, corpus: Path, failed: Path, read: list[str], hashing: Settings
) -> None:
    with Index.open(index.folder, settings=replace(hashing, versions=3, caution="eager")) as other:
        assert other.sync(corpus).failed
    assert read == []
