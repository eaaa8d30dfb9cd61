"""Making the index equal the corpus: what is added, changed, moved, removed, failed; and what readers see."""

import json
import sqlite3
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from conftest import Write
from natoqa import (
    ArticleNotFoundError,
    CorpusMissingError,
    CorpusShrunkError,
    Index,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    Settings,
    SettingsError,
    SyncProgress,
)
from natoqa import index as index_room
from natoqa.catalog import FILE_NAME
from natoqa.types import Filters

TEXT = "The council met in Riga. Ministers agreed to send forty engineers. The mayor of Riga thanked them."


def counts(report: object) -> dict[str, int]:
    names = ("added", "changed", "moved", "removed", "unchanged")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def state(index: Index) -> list[tuple[object, ...]]:
    """Return what the index holds, apart from numbers that depend on the order of writing."""
    return sorted(
        (article.article_id, article.path, article.version, article.title, article.text, article.outlet or "")
        for article in index.articles()
    )


def found(index: Index, query: str) -> list[str]:
    return [hit.path for hit in index.search(query)]


def test_first_and_second_run(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    write("b.md", "Oil prices fell on Monday. Traders blamed the weather.")
    assert counts(index.sync(corpus)) == {"added": 2}
    before = index.generation
    report = index.sync(corpus)
    assert counts(report) == {"unchanged": 2}
    assert (report.articles, report.passages) == (2, 2)
    assert index.generation >= before
    assert found(index, "oil prices")[0] == "b.md"


def test_a_changed_article_is_a_new_version_and_the_old_text_stays(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    index.sync(corpus)
    (hit,) = index.search("engineers")
    write("a.md", TEXT.replace("forty", "fifty"))
    assert counts(index.sync(corpus)) == {"changed": 1}
    assert "fifty" in index.article(hit.article_id).text
    assert index.article(hit.article_id).version == 2
    assert index.article(hit.article_id, version=1).text[hit.start : hit.end] == hit.text
    assert "fifty" in index.search("engineers")[0].text


def test_going_back_to_an_old_text_goes_back_to_its_last_version_only(index: Index, corpus: Path, write: Write) -> None:
    for text in (TEXT, TEXT + " More.", TEXT):
        write("a.md", text)
        index.sync(corpus)
    (article,) = index.articles()
    assert article.version == 3


def test_moved_articles_keep_their_id_and_are_not_embedded_again(
    index: Index, corpus: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.md", TEXT)
    index.sync(corpus)
    (before,) = index.articles()
    (corpus / "2025").mkdir()
    file.rename(corpus / "2025" / "b.md")
    monkeypatch.setattr(index.embedding.__class__, "embed", lambda *_: pytest.fail("embedded again"))
    report = index.sync(corpus)
    assert counts(report) == {"moved": 1}
    (after,) = index.articles()
    assert (after.article_id, after.path, after.version) == (before.article_id, "2025/b.md", 1)
    assert index.article(after.article_id, version=1).path == "2025/b.md"


def test_removed_articles_leave_the_answers_at_once_but_stay_citable(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    gone = write("b.md", "Oil prices fell on Monday.")
    index.sync(corpus)
    hit = index.search("oil prices")[0]
    gone.unlink()
    assert counts(index.sync(corpus)) == {"removed": 1, "unchanged": 1}
    assert "b.md" not in found(index, "oil prices")
    with pytest.raises(ArticleNotFoundError):
        index.article(hit.article_id)
    assert index.article(hit.article_id, version=hit.version).text[hit.start : hit.end] == hit.text


def test_an_article_that_comes_back_has_its_id_again(index: Index, corpus: Path, write: Write) -> None:
    write("b.md", "Oil prices fell.")
    file = write("a.md", TEXT)
    index.sync(corpus)
    before = index.search("engineers")[0].article_id
    file.unlink()
    index.sync(corpus)
    write("a.md", TEXT)
    assert counts(index.sync(corpus)) == {"added": 1, "unchanged": 1}
    assert index.search("engineers")[0].article_id == before


def test_a_failed_article_keeps_its_last_good_version(index: Index, corpus: Path, write: Write) -> None:
    file = write("a.md", TEXT)
    index.sync(corpus)
    file.write_bytes(b"\x00\x01\x02" * 100)
    for _ in range(2):  # it stands failed until it is repaired, also when nothing is read again
        report = index.sync(corpus)
        assert [failure.path for failure in report.failed] == ["a.md"]
        assert report.articles == 1
        assert "engineers" in index.search("engineers")[0].text
        assert index.status(corpus).failed == 1
    write("a.md", TEXT + " Later.")
    report = index.sync(corpus)
    assert (report.failed, counts(report)) == ((), {"changed": 1})


def test_one_bad_line_stops_no_other_and_loses_nothing(index: Index, corpus: Path) -> None:
    lines = [json.dumps({"id": f"n{number}", "text": f"Story {number} tells of ships."}) for number in range(3)]
    file = corpus / "news.jsonl"
    file.write_text("\n".join(lines))
    assert counts(index.sync(corpus)) == {"added": 3}
    file.write_text("\n".join([lines[0], lines[1][:-5], lines[2]]))
    report = index.sync(corpus)
    assert report.articles == 3
    assert [failure.path for failure in report.failed] == ["news.jsonl:2"]
    assert {article.article_id for article in index.articles()} == {"n0", "n1", "n2"}


def test_ids_of_a_file_are_kept_and_never_shared(index: Index, corpus: Path) -> None:
    (corpus / "a.jsonl").write_text(json.dumps({"id": "x1", "text": "Ships sail."}))
    (corpus / "b.jsonl").write_text(json.dumps({"id": "x1", "text": "Trains run."}))
    index.sync(corpus)
    ids = {article.path: article.article_id for article in index.articles()}
    assert ids["a.jsonl"] == "x1"
    assert ids["b.jsonl"] != "x1"


def test_equal_texts_are_duplicates_and_shown_once(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT, outlet="The Herald", published="2025-02-14")
    write("b.md", TEXT, outlet="The Post", published="2025-02-13")
    write("c.md", "Oil prices fell.")
    report = index.sync(corpus)
    assert (report.articles, report.duplicates) == (3, 1)
    assert index.status().duplicates == index.status().to_dict()["duplicates"] == 1
    hits = [hit for hit in index.search("engineers") if "engineers" in hit.text]
    assert [hit.outlet for hit in hits] == ["The Post"]
    assert [copy.outlet for copy in index.copies(hits[0].article_id)] == ["The Herald"]
    (only,) = index.search("engineers", outlet="the herald")
    assert only.outlet == "The Herald"


def test_sources_add_and_update_and_remove_nothing(index: Index, corpus: Path, write: Write, tmp_path: Path) -> None:
    write("a.md", TEXT)
    write("b.md", "Oil prices fell.")
    outside = tmp_path / "elsewhere" / "c.md"
    outside.parent.mkdir()
    outside.write_text("A lighthouse was repaired.")
    assert counts(index.sync(corpus, sources=[corpus / "a.md", outside])) == {"added": 2}
    assert "added/c.md" in found(index, "lighthouse")
    assert "b.md" not in found(index, "oil prices")
    outside.unlink()
    assert counts(index.sync(corpus)) == {"added": 1, "unchanged": 2}
    (corpus / "a.md").unlink()
    write("b.md", "Oil prices rose.")
    assert counts(index.sync(corpus, sources=[corpus / "b.md"])) == {"changed": 1, "unchanged": 2}
    assert "a.md" in found(index, "engineers")


def test_an_emptied_corpus_removes_nothing(index: Index, corpus: Path, write: Write) -> None:
    files = [write(f"{number}.md", f"Report {number} on harbours.") for number in range(21)]
    index.sync(corpus)
    for file in files[:11]:
        file.unlink()
    with pytest.raises(CorpusShrunkError):
        index.sync(corpus)
    assert index.status().articles == 21
    assert index.sync(corpus, allow_removals=True).removed == 11
    for file in files[11:]:
        file.unlink()
    with pytest.raises(CorpusShrunkError):
        index.sync(corpus)
    corpus.rmdir()
    with pytest.raises(CorpusMissingError):
        index.sync(corpus, allow_removals=True)
    assert index.status().articles == 10


def test_dry_run_tells_and_changes_nothing(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    index.sync(corpus)
    write("a.md", TEXT + " More.")
    write("b.md", "Oil prices fell.")
    before = index.generation
    report = index.sync(corpus, dry_run=True)
    assert counts(report) == {"added": 1, "changed": 1}
    assert index.generation == before
    assert found(index, "oil") == ["a.md"]


def test_a_rebuild_keeps_ids_versions_and_failed_articles(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    bad = write("b.md", "Oil prices fell.")
    index.sync(corpus)
    write("a.md", TEXT + " More.")
    index.sync(corpus)
    bad.write_bytes(b"\x00\xff" * 50)
    before = state(index)
    report = index.sync(corpus, rebuild=True)
    assert counts(report) == {"unchanged": 2}
    assert len(report.failed) == 1
    assert state(index) == before
    assert found(index, "oil prices")[0] == "b.md"


def test_other_settings_need_a_rebuild(tmp_path: Path, corpus: Path, write: Write, hashing: Settings) -> None:
    write("a.md", TEXT)
    with Index.open(tmp_path / "index", settings=hashing) as index:
        index.sync(corpus)
    other = Settings(embedding_model="hashing", passage_tokens=50)
    with Index.open(tmp_path / "index", settings=other) as index:
        for use in (lambda: index.search("engineers"), lambda: index.sync(corpus)):
            with pytest.raises(IndexMismatchError, match="passage_tokens") as caught:
                use()
            assert "--rebuild" in caught.value.hint
        assert index.status().articles == 1
        index.sync(corpus, rebuild=True)
        assert index.search("engineers")
    with Index.open(tmp_path / "index") as index, pytest.raises(IndexMismatchError, match="embedding_model"):
        index.search("engineers")


def test_opening_what_is_not_there_or_no_index(tmp_path: Path, hashing: Settings, corpus: Path, write: Write) -> None:
    with pytest.raises(IndexMissingError):
        Index.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(b"this is no database" * 1000)
    with pytest.raises(IndexDamagedError) as caught:
        Index.open(folder)
    assert "--rebuild" in caught.value.hint
    write("a.md", TEXT)
    with Index.open(folder, settings=hashing, salvage=True) as index:
        assert index.sync(corpus, rebuild=True).added == 1
    assert list(folder.glob("damaged-*"))


def test_one_writer_at_a_time_names_the_other(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    inside, leave = threading.Event(), threading.Event()

    def wait(_: SyncProgress) -> None:
        inside.set()
        leave.wait(10)

    other = threading.Thread(target=lambda: index.sync(corpus, progress=wait))
    other.start()
    assert inside.wait(10)
    with pytest.raises(IndexBusyError, match=r"process \d+ on ") as caught:
        index.sync(corpus)
    assert caught.value.retryable
    leave.set()
    other.join()
    assert counts(index.sync(corpus)) == {"unchanged": 1}


def test_progress_counts_up_to_the_total(index: Index, corpus: Path, write: Write) -> None:
    for number in range(5):
        write(f"{number}.md", f"Report {number} on harbours.")
    seen: list[SyncProgress] = []
    index.sync(corpus, progress=seen.append)
    assert [seen[0].articles, seen[-1].articles, seen[-1].total] == [0, 5, 5]
    assert seen[-1].passages_per_s > 0
    assert seen[-1].left_s == 0


def test_status_tells_what_differs(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT, outlet="The Herald", published="2025-02-13")
    gone = write("b.md", "Oil prices fell.")
    index.sync(corpus)
    status = index.status(corpus)
    assert (status.articles, status.stale, status.undated, status.without_outlet) == (2, 0, 1, 1)
    assert status.outlets == {"The Herald": 1}
    assert status.oldest == status.newest
    assert str(status.newest) == "2025-02-13"
    gone.unlink()
    write("c.md", "A lighthouse.")
    write("a.md", TEXT + " More.")
    assert index.status(corpus).stale == 3
    assert index.status().stale is None
    assert index.status(corpus / "missing").stale is None


def test_a_file_rewritten_with_the_same_words_is_not_stale(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    index.sync(corpus)
    write("a.md", TEXT)
    assert index.status(corpus).stale == 0
    assert counts(index.sync(corpus)) == {"unchanged": 1}


def test_filters_take_days_and_outlets(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", "Harbour report one.", published="2025-02-12", outlet="Ägäis Post")
    write("b.md", "Harbour report two.", published="2025-02-13", outlet="The Herald")
    write("c.md", "Harbour report three.")
    index.sync(corpus)

    def paths(**filters: str | list[str]) -> set[str]:
        return {hit.path for hit in index.search("harbour report", **filters)}  # type: ignore[arg-type]

    assert paths() == {"a.md", "b.md", "c.md"}
    assert paths(since="2025-02-13") == {"b.md"}
    assert paths(until="2025-02-12") == {"a.md"}
    assert paths(since="2025-02-12", until="2025-02-13") == {"a.md", "b.md"}
    assert paths(outlet="ÄGÄIS post") == {"a.md"}
    assert paths(outlet="none such") == set()
    assert paths(outlet=["ÄGÄIS post", "the herald", "none such"]) == {"a.md", "b.md"}
    assert paths(outlet=["ägäis post", "the herald"], since="2025-02-13") == {"b.md"}
    assert paths(outlet=["", "the herald"]) == {"b.md"}
    assert paths(outlet=[]) == paths()
    assert paths(outlet=[f"outlet {number}" for number in range(50_000)]) == set()
    assert "1 article without a date" in index.retrieve("harbour", until="2025-02-13").notes[0]
    assert "none such" in index.retrieve("harbour", outlet="none such").notes[0]
    assert index.retrieve("harbour", outlet=["no, such", "the herald", "none"]).notes == (
        "No article is from the outlets 'no, such', 'none'; the index has: The Herald, Ägäis Post.",
    )
    for wrong in ({"since": "13.2.2025"}, {"since": "2025-02-14", "until": "2025-02-13"}, {"k": 0}):
        with pytest.raises(SettingsError):
            index.search("harbour", **wrong)


def test_matching_articles_are_counted_by_day(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", "The harbour of Larn opens in spring.", published="2025-02-12", outlet="The Herald")
    write("b.md", "Larn has a new harbour.", published="2025-02-12", outlet="The Echo")
    write("c.md", "A harbour for Larn, said the mayor.", published="2025-02-14", outlet="The Echo")
    write("d.md", "The harbour of Osterlich opens.", published="2025-02-15")
    write("e.md", "The harbour of Larn, undated.")
    index.sync(corpus)
    days = {date(2025, 2, 12): 2, date(2025, 2, 14): 1}
    assert index.matching_days("What about the harbour of Larn?") == days
    assert list(index.matching_days("harbour Larn")) == sorted(days)
    assert index.matching_days("harbour Larn zzyzx") == days  # nobody has the last word
    assert index.matching_days("harbour Larn", filters=Filters(since=date(2025, 2, 13))) == {date(2025, 2, 14): 1}
    assert index.matching_days("harbour Larn", filters=Filters(outlet="the herald")) == {date(2025, 2, 12): 1}
    assert sum(index.matching_days("harbour").values()) == 4


def test_a_country_matches_in_every_spelling(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", "US troops will stay at home.", published="2025-02-12")
    write("b.md", "American troops will leave.", published="2025-02-13")
    write("c.md", "Nobody asked the United States.", published="2025-02-14")
    index.sync(corpus)
    assert list(index.matching_days("Will USA troops go?")) == [date(2025, 2, 12), date(2025, 2, 13)]


@pytest.mark.parametrize("query", ["", " ", "the of", "zzyzx", '"', "a" * 10_000, "NEAR( OR AND", "harbour " * 500])
def test_odd_queries_match_without_errors(index: Index, corpus: Path, write: Write, query: str) -> None:
    write("a.md", "Nothing of the kind.", published="2025-02-12")
    index.sync(corpus)
    assert index.matching_days(query) == {}


def test_odd_queries_are_no_errors(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", TEXT)
    index.sync(corpus)
    for query in (
        "",
        "   ",
        '"',
        "a OR b AND",
        "NEAR(",
        "*",
        "col:x",
        "'; DROP TABLE articles; --",
        "\x00",
        "🙂",
        "the of and",
        "x" * 5000,
    ):
        index.search(query)
    assert index.status().articles == 1


def test_an_empty_index_answers_with_nothing(index: Index, corpus: Path) -> None:
    assert index.search("anything") == []
    assert counts(index.sync(corpus)) == {}
    assert index.search("anything") == []


def test_two_passages_of_one_article_among_the_first_five(index: Index, corpus: Path, write: Write) -> None:
    long = "\n\n".join(
        f"Harbour dues rise again, says part {number}. " + "The quay is long. " * 40 for number in range(8)
    )
    write("long.md", long)
    for number in range(4):
        write(f"{number}.md", f"Harbour dues rise in town {number}.")
    index.sync(corpus)
    first = found(index, "harbour dues rise")[:5]
    assert first.count("long.md") <= 2
    assert found(index, "quay")[:5].count("long.md") >= 2  # nothing else has the word


def test_one_index_from_many_threads(index: Index, corpus: Path, write: Write) -> None:
    for number in range(20):
        write(f"{number}.md", f"Report {number} on harbours and ships. " * 10)
    index.sync(corpus)
    errors: list[BaseException] = []

    def ask(number: int) -> None:
        try:
            for _ in range(20):
                hits = index.search(f"report {number}", k=3)
                assert all(index.article(hit.article_id).text[hit.start : hit.end] == hit.text for hit in hits)
                assert len(hits) == 3
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    write("new.md", "A lighthouse was repaired.")
    index.sync(corpus)
    for thread in threads:
        thread.join()
    assert errors == []
    assert "new.md" in found(index, "lighthouse")


def test_an_index_made_anew_by_another_is_noticed(index: Index, corpus: Path, write: Write, hashing: Settings) -> None:
    write("a.md", TEXT)
    index.sync(corpus)
    assert found(index, "engineers")
    for file in index.folder.glob("catalog*"):
        file.unlink()
    with pytest.raises(IndexMissingError):
        index.search("engineers")
    write("a.md", "A lighthouse was repaired.")
    with Index.open(index.folder, settings=hashing) as other:
        other.sync(corpus)
    assert "lighthouse" in index.search("lighthouse")[0].text


# -- a file that changes within the same tick of the clock ------------------------------------------------------------


def test_a_change_within_the_clock_s_tick_is_found(index: Index, corpus: Path, write: Write) -> None:
    import os

    file = write("a.md", "The vote was 40 to 12.")
    index.sync(corpus)
    stamp = file.stat()
    file.write_text("The vote was 41 to 12.\n")  # the same size
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert counts(index.sync(corpus)) == {"changed": 1}


# -- the disk -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message", ["database or disk is full", "disk I/O error", "attempt to write a readonly database"]
)
def test_a_full_or_read_only_disk_is_a_clear_error(
    index: Index, corpus: Path, write: Write, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    from natoqa import StorageError

    write("a.md", TEXT)
    index.sync(corpus)
    before = state(index)
    write("b.md", "Oil prices fell.")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError(message)

    monkeypatch.setattr("natoqa.catalog.Catalog.put", fail)
    with pytest.raises(StorageError) as caught:
        index.sync(corpus)
    assert "disk" in caught.value.hint or "writable" in caught.value.hint
    monkeypatch.undo()
    assert state(index) == before
    assert counts(index.sync(corpus)) == {"added": 1, "unchanged": 1}


def test_the_lock_file_in_a_folder_that_cannot_be_made(tmp_path: Path, hashing: Settings) -> None:
    from natoqa import StorageError

    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        Index.open(tmp_path / "file" / "index", settings=hashing)


@pytest.mark.parametrize("call", [index_room.filters_of])
def test_days_are_taken_as_text_or_date(call: Callable[..., object]) -> None:
    from datetime import date

    assert call(since="2025-02-13") == call(since=date(2025, 2, 13))


# --- what changed -------------------------------------------------------------------------------------------------


def test_changes_tell_what_became_of_the_sentences(index: Index, corpus: Path, write: Write) -> None:
    write("a.md", "The harbour opened. It cost 40 million crowns. The mayor came.", title="Harbour")
    write("b.md", "The bridge is closed.", title="Bridge")
    index.sync(corpus)
    assert index.changes() == []
    write("b.md", "The bridge is closed.", title="Bridge closed")
    index.sync(corpus)
    write("a.md", "The harbour opened. It cost 50 million crowns. The mayor came. He spoke.", title="Harbour")
    index.sync(corpus)
    harbour, bridge = index.changes()
    assert (harbour.path, harbour.version, harbour.title_before) == ("a.md", 2, None)
    assert harbour.removed == ("It cost 40 million crowns.",)
    assert harbour.added == ("It cost 50 million crowns.", "He spoke.")
    assert (bridge.title, bridge.title_before, bridge.removed, bridge.added) == ("Bridge closed", "Bridge", (), ())
    assert index.changes(limit=1) == [harbour]
    (corpus / "a.md").unlink()
    index.sync(corpus)
    assert index.changes() == [bridge]
