"""How many earlier texts of an article are kept: what goes, what never goes, and what is said of what is gone."""

import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Write
from killed_syncs import WITHOUT_MODEL, Death, sync
from natoqa import ArticleNotFoundError, Index, Settings, SettingsError
from natoqa.catalog import FILE_NAME
from natoqa.conversations import Standing, current, restored
from natoqa.types import Answer, Article, Citation
from test_crash import serves_whole_articles

SAYING = "The harbour received {} ships."


def keeping(folder: Path, versions: int) -> Index:
    return Index.open(folder, settings=Settings(embedding_model="hashing", versions=versions))


def stored(folder: Path) -> dict[tuple[str, int], str]:
    """Return the texts in the catalog's file, by id and version."""
    with sqlite3.connect(folder / FILE_NAME) as connection:
        rows = connection.execute("SELECT article_id, version, text FROM versions").fetchall()
    connection.close()
    return {(article_id, version): text for article_id, version, text in rows}


def numbers(folder: Path) -> list[int]:
    return sorted(version for _, version in stored(folder))


def cited(article: Article) -> Answer:
    quote = article.text.strip()
    return Answer("q", "q", "answered", "extractive", quote, citations=(Citation(1, quote, 0, len(quote), article),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("versions", "kept"), [(0, [5]), (1, [4, 5]), (3, [2, 3, 4, 5]), (4, [1, 2, 3, 4, 5]), (9, [1, 2, 3, 4, 5])]
)
def test_the_last_texts_are_kept(folder: Path, corpus: Path, write: Write, versions: int, kept: list[int]) -> None:
    write("other.md", "Nobody changes this.")
    with keeping(folder, versions) as index:
        for number in range(1, 6):
            write("a.md", SAYING.format(number))
            index.sync(corpus)
        article = next(each for each in index.articles() if each.path == "a.md")
        assert (article.version, article.text.strip()) == (5, SAYING.format(5))
        for version in range(1, 6):
            if version in kept:
                text = index.article(article.article_id, version=version).text
                assert text.strip() == SAYING.format(version)
            else:
                with pytest.raises(ArticleNotFoundError):
                    index.article(article.article_id, version=version)
        assert numbers(folder) == sorted([1, *kept])


def test_ten_earlier_texts_are_kept_by_default(index: Index, corpus: Path, write: Write) -> None:
    for number in range(13):
        write("a.md", SAYING.format(number))
        index.sync(corpus)
    assert numbers(index.folder) == list(range(3, 14))


@pytest.mark.parametrize(("versions", "kept"), [(0, []), (1, [3]), (2, [2, 3]), (5, [1, 2, 3])])
def test_of_a_removed_article_as_many_are_kept(
    folder: Path, corpus: Path, write: Write, versions: int, kept: list[int]
) -> None:
    write("other.md", "Nobody changes this.")
    with keeping(folder, versions) as index:
        for number in range(3):
            file = write("a.md", SAYING.format(number))
            index.sync(corpus)
        article_id = next(each.article_id for each in index.articles() if each.path == "a.md")
        file.unlink()
        assert index.sync(corpus).removed == 1
        assert sorted(version for each, version in stored(folder) if each == article_id) == kept
        write("a.md", "Another text entirely.")
        index.sync(corpus)
        assert index.article(article_id).version == 4, "no number is given to two texts"


def test_a_lower_number_is_applied_by_the_next_run(folder: Path, corpus: Path, write: Write) -> None:
    with keeping(folder, 10) as index:
        for number in range(6):
            write("a.md", SAYING.format(number))
            index.sync(corpus)
    with keeping(folder, 2) as index:
        assert index.sync(corpus, dry_run=True).unchanged == 1
        assert numbers(folder) == [1, 2, 3, 4, 5, 6], "a dry run deletes nothing"
        assert index.sync(corpus).unchanged == 1
        assert numbers(folder) == [4, 5, 6]
    with keeping(folder, 7) as index:
        index.sync(corpus)
        assert numbers(folder) == [4, 5, 6]


def test_a_run_that_deletes_nothing_writes_nothing(
    index: Index, corpus: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("natoqa.syncing.TICK_NS", 0)
    write("a.md", SAYING.format(1))
    index.sync(corpus)
    generation = index.generation
    index.sync(corpus)
    assert index.generation == generation


def test_a_rebuild_without_earlier_texts_keeps_the_current_ones(folder: Path, corpus: Path, write: Write) -> None:
    with keeping(folder, 0) as index:
        for number in range(3):
            write("a.md", SAYING.format(number))
            index.sync(corpus)
        write("b.md", "The bridge is closed.")
        index.sync(corpus, rebuild=True)
        assert sorted((each.path, each.version) for each in index.articles()) == [("a.md", 3), ("b.md", 1)]
        assert len(stored(folder)) == 2
        assert index.search("harbour ships")


def test_without_earlier_texts_no_change_can_be_shown(folder: Path, corpus: Path, write: Write) -> None:
    with keeping(folder, 0) as index:
        for number in range(3):
            write("a.md", SAYING.format(number))
            index.sync(corpus)
        assert index.changes() == []
    with keeping(folder, 1) as index:
        write("a.md", SAYING.format(3))
        index.sync(corpus)
        (change,) = index.changes()
        assert (change.version, change.removed, change.added) == (4, (SAYING.format(2),), (SAYING.format(3),))


@pytest.mark.parametrize("versions", [0, 5])
@pytest.mark.parametrize(
    ("later", "standing"),
    [
        (None, Standing(1, "unchanged", still_said=True)),
        ("The harbour received 1 ships. The mayor came.", Standing(1, "changed", still_said=True)),
        ("The harbour is closed.", Standing(1, "changed", still_said=False)),
        ("", Standing(1, "gone", still_said=False)),
    ],
)
def test_a_kept_answer_is_judged_the_same_without_the_text_of_then(
    folder: Path, corpus: Path, write: Write, versions: int, later: str | None, standing: Standing
) -> None:
    write("other.md", "Nobody changes this.")
    file = write("a.md", SAYING.format(1))
    with keeping(folder, versions) as index:
        index.sync(corpus)
        article = next(each for each in index.articles() if each.path == "a.md")
        answer = cited(article)
        if later:
            write("a.md", later)
        elif later == "":
            file.unlink()
        index.sync(corpus)
        assert current(answer, index) == (standing,)
        kept = Answer.from_dict(answer.to_dict())
        (citation,) = restored(kept, index).citations
        assert citation.quote == SAYING.format(1)
        assert bool(citation.article.text) == (versions > 0 or later is None)


def test_all_articles_are_told_while_others_index(folder: Path, corpus: Path, write: Write) -> None:
    for name in ("a", "b", "c", "d"):
        write(f"{name}.md", SAYING.format(name))
    with keeping(folder, 0) as index, keeping(folder, 0) as writer:
        writer.sync(corpus)
        paths: list[tuple[str, int]] = []
        articles: Iterator[Article] = index.articles()
        first = next(articles)
        paths.append((first.path, first.version))
        others = sorted({"a.md", "b.md", "c.md", "d.md"} - {first.path})
        write(others[0], "Rewritten.")
        (corpus / others[1]).unlink()
        writer.sync(corpus)
        paths += [(article.path, article.version) for article in articles]
    assert sorted(paths) == sorted([(first.path, 1), (others[0], 2), (others[2], 1)])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from("abc"), st.integers(0, 4)),
        st.tuples(st.just("remove"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.sampled_from(["sync", "rebuild", "only"]), st.sampled_from("abc"), st.integers(0, 3)),
    ),
    max_size=20,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_happens_current_texts_stay_and_numbers_mean_one_text(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        corpus, folder = Path(root, "corpus"), Path(root, "index")
        corpus.mkdir()
        (corpus / "always.md").write_text("There is always this one.")
        ever: dict[tuple[str, int], str] = {}
        for what, name, number in [*steps, ("sync", "a", 1)]:
            file = corpus / f"{name}.md"
            if what == "write":
                file.write_text(SAYING.format(number))
                continue
            if what == "remove":
                file.unlink(missing_ok=True)
                continue
            sources = [file] if what == "only" and file.exists() else []
            with keeping(folder, number) as index:
                index.sync(corpus, sources=sources, rebuild=what == "rebuild", allow_removals=True)
                found = list(index.articles())
                for article in found:
                    assert index.article(article.article_id, version=article.version) == article
                    assert index.search(article.text, k=20)
            if not sources:
                files = {each.name: each.read_text().strip() for each in corpus.iterdir()}
                assert {article.path: article.text for article in found} == files
            texts = stored(folder)
            for key, text in texts.items():
                assert ever.setdefault(key, text) == text, "a number stands for another text than before"
            for article_id in {each for each, _ in texts}:
                now = [each.version for each in found if each.article_id == article_id]
                assert len([key for key in texts if key[0] == article_id]) <= number + len(now)


@pytest.mark.crash
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("calls", [1, 4])
def test_killed_while_texts_are_deleted(tmp_path: Path, corpus: Path, write: Write, when: str, calls: int) -> None:
    for number in range(12):
        write(f"{number}.md", f"Report {number}: the harbour received {number * 7} ships. The mayor was glad.")
    assert sync(tmp_path) == 0
    for number in range(9):
        write(f"{number}.md", f"Report {number}: the harbour lost {number * 9} barges. The mayor was sad.")
    (corpus / "11.md").unlink()
    before = stored(tmp_path / "index")
    none_kept = replace(WITHOUT_MODEL, versions=0)
    assert sync(tmp_path, Death("natoqa.catalog.Catalog.prune", when, calls), settings=none_kept) == -signal.SIGKILL
    serves_whole_articles(tmp_path)
    now = stored(tmp_path / "index")
    with Index.open(tmp_path / "index", settings=Settings(embedding_model="hashing")) as index:
        for article in index.articles():
            assert {version for each, version in now if each == article.article_id} == {article.version}
    assert before.keys() - now.keys() <= {key for key in before if (key[0], 2) in now}, "deleted without a successor"
    assert sync(tmp_path, settings=none_kept) == 0
    assert len(stored(tmp_path / "index")) == 11
    with Index.open(tmp_path / "index", settings=Settings(embedding_model="hashing")) as index:
        assert {each.path: each.text for each in index.articles()} == {
            each.name: each.read_text().strip() for each in corpus.iterdir()
        }


@pytest.mark.parametrize("value", ["-1", "many", "1.5"])
def test_a_number_that_is_none_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NATOQA_VERSIONS should be"):
        Settings.load(environ={"NATOQA_VERSIONS": value}, folder=tmp_path)


def test_an_index_of_the_layout_before_is_pruned_by_its_next_run(index: Index, corpus: Path, write: Write) -> None:
    for number in range(4):
        write("a.md", SAYING.format(number))
        index.sync(corpus)
    folder = index.folder
    index.close()
    with sqlite3.connect(folder / FILE_NAME) as catalog:
        for statement in (
            "DROP TABLE numbers",
            *(f"ALTER TABLE files DROP COLUMN {column}" for column in ("tries", "tried", "tried_with")),
            "DELETE FROM meta WHERE key = 'versions'",
            "UPDATE meta SET value = '3' WHERE key = 'schema_version'",
        ):
            catalog.execute(statement)
    catalog.close()
    with Index.open(folder, settings=replace(index.settings, versions=1), create=False) as opened:
        (article,) = opened.articles()
        assert opened.article(article.article_id, version=1).text.strip() == SAYING.format(0)
        assert opened.sync(corpus).unchanged == 1
        assert numbers(folder) == [3, 4]
