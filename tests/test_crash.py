"""Killed at any moment, an index serves the last good state, and the next run finishes as if nothing had happened."""

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from conftest import ROOT, Write
from killed_syncs import WITHOUT_MODEL, Death, start, sync
from natoqa import Chatbot, Index, Settings

pytestmark = pytest.mark.crash

# Every place at which something is written, by the function that is about to do it and the one that has done it.
POINTS = [
    "natoqa.catalog.Catalog.put",
    "natoqa.catalog.Catalog.remove",
    "natoqa.catalog.Catalog.prune",
    "natoqa.catalog.Catalog.move",
    "natoqa.catalog.Catalog.settle",
    "natoqa.catalog.Catalog.set_file",
    "natoqa.catalog.Catalog.forget_file",
    "natoqa.catalog.Catalog.flush",
    "natoqa.catalog.Catalog.set_meta",
    "natoqa.nearest.write_segment",
    "natoqa.nearest.checksum",
    "natoqa.nearest.Nearest._remove_others",
]


def first_state(write: Write) -> None:
    for number in range(12):
        write(f"{number}.md", f"Report {number}: the harbour received {number * 7} ships. The mayor was glad.")


def second_state(corpus: Path, write: Write) -> None:
    for number in (0, 1, 2):
        write(f"{number}.md", f"Report {number}: the harbour lost {number * 9} barges. The mayor was sad.")
    for number in (3, 4):
        (corpus / f"{number}.md").unlink()
    (corpus / "5.md").rename(corpus / "moved.md")
    for number in range(20, 28):
        write(f"{number}.md", f"Report {number}: the airport opened gate {number}. Nobody came.")


def contents(folder: Path) -> list[tuple[object, ...]]:
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing"), create=False) as index:
        articles = [(each.path, each.article_id, each.version, each.text) for each in index.articles()]
        hits = [
            (query, [(hit.path, hit.start, hit.end, round(hit.score, 6)) for hit in index.search(query, k=50)])
            for query in ("harbour ships", "mayor barges", "airport gate")
        ]
        return [sorted(articles), [(query, sorted(found)) for query, found in hits]]  # type: ignore[list-item]


def serves_whole_articles(folder: Path) -> None:
    """Every article is as it was before or as it is after, and every hit stands in its article."""
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        for article in index.articles():
            hits = [hit for hit in index.search(article.text, k=50) if hit.article_id == article.article_id]
            assert hits, f"{article.path} is not found by its own text"
            for hit in hits:
                assert article.text[hit.start : hit.end] == hit.text
        for query in ("harbour ships", "mayor barges", "airport gate", "report 3"):
            for hit in index.search(query, k=50):
                assert index.article(hit.article_id).text[hit.start : hit.end] == hit.text
        answer = Chatbot(index).ask("How many ships did the harbour receive?")
        for citation in answer.citations:
            stored = index.article(citation.article_id, version=citation.version).text
            assert stored[citation.start : citation.end] == citation.quote


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[object, ...]]]:
    """A corpus in its second state with the index of its first, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    corpus = folder / "corpus"
    corpus.mkdir()

    def write(name: str, text: str) -> Path:
        file = corpus / name
        file.write_text(text + "\n", encoding="utf-8")
        return file

    first_state(write)
    assert sync(folder) == 0
    second_state(corpus, write)
    finished = folder.with_name("finished")
    shutil.copytree(folder, finished)
    assert sync(finished) == 0
    return folder, contents(finished)


CASES = [(point, when, calls) for point in POINTS for when in ("before", "after") for calls in (1, 3)]


@pytest.mark.parametrize(("point", "when", "calls"), CASES, ids=lambda value: str(value).rpartition(".")[2])
def test_killed_at_a_write_point(
    undisturbed: tuple[Path, list[tuple[object, ...]]], tmp_path: Path, point: str, when: str, calls: int
) -> None:
    before, expected = undisturbed
    folder = tmp_path / "copy"
    shutil.copytree(before, folder)
    code = sync(folder, Death(point, when, calls))
    assert code == -signal.SIGKILL or calls > 1, f"{point} was never called"
    serves_whole_articles(folder)
    assert sync(folder) == 0
    assert contents(folder) == expected


def test_killed_while_the_first_index_is_made(tmp_path: Path, corpus: Path, write: Write) -> None:
    first_state(write)
    folder = corpus.parent
    for number in range(1, 12):
        assert sync(folder, Death("natoqa.catalog.Catalog.set_meta", "before", number)) in (0, -signal.SIGKILL)
        with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
            index.search("harbour")
        shutil.rmtree(folder / "index")
    assert sync(folder, Death("natoqa.catalog.Catalog.put", "after", 7)) == -signal.SIGKILL
    assert sync(folder) == 0
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        assert index.status(corpus).articles == 12
        assert index.status(corpus).stale == 0


def test_killed_during_a_rebuild(undisturbed: tuple[Path, list[tuple[object, ...]]], tmp_path: Path) -> None:
    before, _ = undisturbed
    folder = tmp_path / "copy"
    shutil.copytree(before, folder)
    state = contents(folder)
    assert sync(folder, Death("natoqa.catalog.Catalog.put", "after", 9), rebuild=True) == -signal.SIGKILL
    assert contents(folder) == state, "a rebuild happens as a whole or not at all"


@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random(undisturbed: tuple[Path, list[tuple[object, ...]]], tmp_path: Path, seed: int) -> None:
    before, expected = undisturbed
    folder = tmp_path / "copy"
    shutil.copytree(before, folder)
    _kill_after_start(folder, random.Random(seed).uniform(0.0, 0.8), WITHOUT_MODEL)
    serves_whole_articles(folder)
    assert sync(folder) == 0
    assert contents(folder) == expected


@pytest.mark.model
@pytest.mark.parametrize("seed", range(5))
def test_killed_at_random_with_the_real_model(tmp_path: Path, seed: int) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    _kill_after_start(tmp_path, random.Random(seed).uniform(3.0, 9.0), Settings())
    with Index.open(tmp_path / "index") as index:
        for hit in index.search("Will US troops go to Ukraine?"):
            assert index.article(hit.article_id).text[hit.start : hit.end] == hit.text
        report = index.sync(tmp_path / "corpus")
        assert report.articles == len(list((ROOT / "corpus").glob("*.md")))
        assert index.status(tmp_path / "corpus").stale == 0
        answer = Chatbot(index).ask("Will US troops go to Ukraine?")
        assert answer.status == "answered"
        assert answer.citations[0].speaker == "Pete Hegseth"


def _kill_after_start(folder: Path, seconds: float, settings: Settings) -> None:
    process = start(folder, settings=settings)
    time.sleep(seconds)
    process.kill()
    process.join()
