"""Dense search: always what an exact comparison finds, whatever state the Chroma segment is in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import Write
from natoqa import Index
from natoqa import nearest as nearest_room
from natoqa.nearest import PREFIX
from natoqa.types import Filters

PLACES = ("Riga", "Oslo", "Porto", "Gdansk", "Malmo", "Turku", "Varna", "Split")


def fill(write: Write, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        place = PLACES[number % len(PLACES)]
        write(f"{number}.md", f"Report {number}: the harbour of {place} received {number * 7} ships.", outlet=place)


def exact(index: Index, query: str, k: int, filters: Filters) -> list[float]:
    """Return the cosines of the nearest passages, compared one by one."""
    with index._catalog.reading():
        batches = list(index._catalog.vectors(filters=filters))
    cosines = np.concatenate([matrix for _, matrix in batches]) @ index.embedding.embed_query(query)
    return sorted(map(float, cosines), reverse=True)[:k]


def dense(index: Index, query: str, k: int = 10, filters: Filters | None = None) -> list[float]:
    """Return the cosines of the passages that dense search finds."""
    with index._catalog.reading():
        vector = index.embedding.embed_query(query)
        return [cosine for _, cosine in index._nearest.search(vector, k, filters or Filters())]


def segments(index: Index) -> list[Path]:
    return sorted(index.folder.glob(f"{PREFIX}*"))


def same(index: Index, query: str = "harbour of Oslo 14 ships", filters: Filters | None = None) -> None:
    assert dense(index, query, filters=filters) == pytest.approx(
        exact(index, query, 10, filters or Filters()), abs=1e-5
    )


def test_the_first_run_writes_a_segment_and_chroma_finds_what_is_nearest(
    index: Index, corpus: Path, write: Write
) -> None:
    fill(write, 40)
    index.sync(corpus)
    assert len(segments(index)) == 1
    assert index._nearest.healthy()
    same(index)


def test_what_was_added_since_is_found_beside_the_segment(index: Index, corpus: Path, write: Write) -> None:
    fill(write, 40)
    index.sync(corpus)
    before = segments(index)
    fill(write, 4, start=40)
    index.sync(corpus)
    assert segments(index) == before, "a tenth more does not need a new segment"
    same(index, "report 42 harbour")
    fill(write, 20, start=44)
    index.sync(corpus)
    assert len(segments(index)) == 2, "the one before stays for those who are still reading it"
    same(index, "report 60 harbour")
    index.sync(corpus)
    assert len(segments(index)) == 1
    assert segments(index) != before


def test_what_was_removed_is_found_no_more(index: Index, corpus: Path, write: Write) -> None:
    fill(write, 40)
    index.sync(corpus)
    before = segments(index)
    for number in (8, 16, 24):
        (corpus / f"{number}.md").unlink()
    index.sync(corpus)
    assert segments(index) == before
    same(index, "harbour of Riga")


@pytest.mark.parametrize("limit", [nearest_room.EXACT, 0], ids=["exact", "by Chroma"])
def test_filters(index: Index, corpus: Path, write: Write, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    fill(write, 40)
    index.sync(corpus)
    fill(write, 5, start=40)
    index.sync(corpus)
    monkeypatch.setattr(nearest_room, "EXACT", limit)
    filters = Filters(outlet="oslo")
    assert len(dense(index, "harbour", 20, filters)) == 6
    same(index, "harbour of Oslo", filters)


def gone(segment: Path) -> None:
    shutil.rmtree(segment)


def emptied(segment: Path) -> None:
    for file in segment.rglob("*"):
        if file.is_file():
            file.write_bytes(b"")


def garbled(segment: Path) -> None:
    for file in segment.rglob("*"):
        if file.is_file():
            file.write_bytes(bytes(np.random.default_rng(7).integers(0, 256, file.stat().st_size, dtype=np.uint8)))


def without_graph(segment: Path) -> None:
    for folder in segment.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)


def test_a_segment_is_found_whole_however_often_it_is_opened(index: Index, corpus: Path, write: Write) -> None:
    fill(write, 5)
    index.sync(corpus)
    before = segments(index)
    for _ in range(3):
        with Index.open(index.folder, settings=index.settings) as again:
            assert again._nearest.healthy()
            again.sync(corpus)
    assert segments(index) == before


@pytest.mark.parametrize("damage", [gone, emptied, garbled, without_graph])
def test_damage_costs_no_answer_and_the_next_run_repairs_it(
    index: Index, corpus: Path, write: Write, hashing: object, damage: Callable[[Path], None]
) -> None:
    fill(write, 40)
    index.sync(corpus)
    damage(segments(index)[0])
    index.close()
    with Index.open(index.folder, settings=index.settings) as again:
        same(again)
        assert len(again.search("harbour of Oslo")) == 10
        report = again.sync(corpus)
        assert (report.unchanged, report.added) == (40, 0)
        assert again._nearest.healthy()
        same(again)


def test_unfinished_segments_are_cleared_away(index: Index, corpus: Path, write: Write) -> None:
    fill(write, 3)
    index.sync(corpus)
    (index.folder / f"{PREFIX}unfinished").mkdir()
    index.sync(corpus)
    assert len(segments(index)) == 1


def test_an_emptied_index_has_no_segment(index: Index, corpus: Path, write: Write) -> None:
    fill(write, 3)
    index.sync(corpus)
    for number in range(3):
        (corpus / f"{number}.md").unlink()
    index.sync(corpus, allow_removals=True)
    index.sync(corpus)
    assert segments(index) == []
    assert index.search("harbour") == []
