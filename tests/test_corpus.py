"""The folder of articles: what a scan finds, how sources get in, and when the corpus has shrunk too much."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from natoqa.corpus import Corpus, Scan, fingerprint, guard, text_fingerprint
from natoqa.errors import (
    CorpusError,
    CorpusMissingError,
    CorpusNotWritableError,
    CorpusShrunkError,
    StorageError,
)
from natoqa.types import Article


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "corpus", {"a.md": "Article A.", "2025/02/b.txt": "Article B."})


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return write(tmp_path / "elsewhere", {"x.md": "Article X."})


@pytest.fixture
def corpus(root: Path) -> Corpus:
    return Corpus(root, max_bytes=1_000)


def paths(scan: Scan) -> list[str]:
    return [file.path for file in scan.files]


def texts(corpus: Corpus) -> dict[str, str]:
    return {file.path: corpus.read(file).articles[0].text for file in corpus.scan().files}


# Scanning


def test_files_are_found_in_order_with_their_state(corpus: Corpus, root: Path) -> None:
    scan = corpus.scan()
    assert paths(scan) == ["2025/02/b.txt", "a.md"]
    status = (root / "a.md").stat()
    file = scan.files[1]
    assert (file.location, file.size) == (root / "a.md", 10)
    assert (file.mtime_ns, file.ctime_ns) == (status.st_mtime_ns, status.st_ctime_ns)
    assert (scan.skipped, scan.failures, scan.notes) == ({}, (), ())


def test_every_change_of_a_file_changes_its_signature(corpus: Corpus, root: Path) -> None:
    def signature() -> str:
        return next(file.signature for file in corpus.scan().files if file.path == "a.md")

    first = signature()
    assert signature() == first
    os.utime(root / "a.md", ns=(1, 1))
    touched = signature()
    assert touched != first
    (root / "a.md").write_text("Article A!!")
    assert signature() not in (first, touched)


def test_what_is_no_article_is_left_out(corpus: Corpus, root: Path) -> None:
    write(root, {".hidden.md": "x", ".git/c.md": "x", "A.ODT": "x", "b.odt": "x", "c.jpg": "x", "LICENSE": "x"})
    write(root, {"B.MD": "kept", "odd.This is no kind": "x"})
    os.mkfifo(root / "pipe.md")
    (root / "folder.md").mkdir()
    scan = corpus.scan()
    assert paths(scan) == ["2025/02/b.txt", "B.MD", "a.md"]
    assert scan.skipped == {".odt": 2, ".jpg": 1, "": 2}
    assert scan.notes == ("5 files are of kinds that natoqa does not read: without suffix (2), .odt (2), .jpg (1)",)


def test_links_are_followed_only_inside(corpus: Corpus, root: Path, elsewhere: Path) -> None:
    write(root, {"..data/real.md": "Kept where links to hidden files are the custom."})
    (root / "inside.md").symlink_to("..data/real.md")
    (root / "again").symlink_to("2025")
    (root / "circle").symlink_to(".")
    (root / "dangling.md").symlink_to("nowhere.md")
    (root / "outside.md").symlink_to(elsewhere / "x.md")
    (root / "folder").symlink_to(elsewhere)
    scan = corpus.scan()
    assert paths(scan) == ["2025/02/b.txt", "a.md", "inside.md"]
    assert scan.notes == ("symbolic links that lead out of the corpus are left out: 2",)


def test_names_that_cannot_be_shown_are_escaped(corpus: Corpus, root: Path) -> None:
    names = [b"\xff.md", b"\x1b[31mred\n.md", "\u202egnp.md".encode(), "Zürich – 1.md".encode()]
    for name in names:
        (root / os.fsdecode(name)).write_text(f"Article {len(name)}.")
    shown = {"Zürich – 1.md", "\\u202egnp.md", "\\x1b[31mred\\n.md", "\\xff.md"}
    assert set(paths(corpus.scan())) == {"a.md", "2025/02/b.txt", *shown}
    assert len(texts(corpus)) == 6
    for path in texts(corpus):
        path.encode()


def test_two_names_that_look_the_same_stay_two_things(corpus: Corpus, root: Path) -> None:
    (root / "\\xff.md").write_text("The name as it looks.")
    (root / os.fsdecode(b"\xff.md")).write_text("The escaped one.")
    assert texts(corpus)["\\xff.md"] == "The name as it looks."
    assert corpus.scan().notes == ("files whose names look the same as another file's are left out: 1",)


def test_a_missing_corpus_is_an_error(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CorpusMissingError, match="no corpus folder"):
        Corpus(tmp_path / "gone", max_bytes=1).scan()
    write(tmp_path, {"file": "x"})
    with pytest.raises(CorpusMissingError, match="not a folder"):
        Corpus(tmp_path / "file", max_bytes=1).scan()
    monkeypatch.setattr(os, "scandir", _refusing(os.scandir, ""))
    with pytest.raises(CorpusMissingError, match="cannot be listed: Permission denied"):
        corpus.scan()


def _refusing(real, ending: str):  # type: ignore[no-untyped-def]
    """Return a function that fails as for a user who may not list the folder (root may list all)."""

    def refuse(path):  # type: ignore[no-untyped-def]
        if str(path).endswith(ending):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path)

    return refuse


def test_a_folder_that_cannot_be_listed_hides_its_articles(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "scandir", _refusing(os.scandir, "/2025/"))
    scan = corpus.scan()
    assert paths(scan) == ["a.md"]
    assert [failure.path for failure in scan.failures] == ["2025/"]
    assert "Permission denied" in scan.failures[0].error
    assert scan.unseen("2025/02/b.txt")
    assert not scan.unseen("2025")
    assert not scan.unseen("gone.md")


def test_reading_gives_articles_with_their_path(corpus: Corpus, root: Path) -> None:
    write(root, {"2025/c.jsonl": '{"id": 1, "text": "One."}\n{"id": 1}\n', "long.md": "x" * 1_001})
    readings = {file.path: corpus.read(file) for file in corpus.scan().files}
    assert [article.path for article in readings["2025/c.jsonl"].articles] == ["2025/c.jsonl"]
    assert [failure.path for failure in readings["2025/c.jsonl"].failures] == ["2025/c.jsonl:2"]
    assert "larger than" in readings["long.md"].failures[0].error
    file = corpus.scan().files[0]
    file.location.unlink()
    assert "no longer there" in corpus.read(file).failures[0].error


def test_a_relative_corpus_is_read_from_another_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = Corpus(Path("corpus"), max_bytes=100)
    files = corpus.scan().files
    monkeypatch.chdir("/")
    assert corpus.read(files[1]).articles[0].text == "Article A."


# Adding sources


def test_a_source_in_the_corpus_stays_where_it_is(corpus: Corpus, root: Path) -> None:
    assert corpus.add(root / "a.md") == ["a.md"]
    assert corpus.add(root / "2025") == ["2025/02/b.txt"]
    assert corpus.add(root / "2025" / ".." / "a.md") == ["a.md"]
    assert corpus.add(root) == ["2025/02/b.txt", "a.md"]
    assert not (root / "added").exists()


def test_a_source_from_elsewhere_is_copied(corpus: Corpus, root: Path, elsewhere: Path) -> None:
    assert corpus.add(elsewhere / "x.md") == ["added/x.md"]
    assert texts(corpus)["added/x.md"] == "Article X."
    assert (elsewhere / "x.md").read_text() == "Article X."
    assert [file.name for file in (root / "added").iterdir() if file.suffix == ".part"] == []


def test_the_same_source_updates_its_own_copy(corpus: Corpus, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.add(elsewhere / "x.md")
    before = [file for file in corpus.scan().files if file.path == "added/x.md"]
    assert corpus.add(elsewhere / "x.md") == ["added/x.md"]
    assert [file for file in corpus.scan().files if file.path == "added/x.md"] == before
    (elsewhere / "x.md").write_text("Corrected.")
    monkeypatch.chdir(elsewhere)
    assert corpus.add("x.md") == ["added/x.md"]
    assert corpus.add("../elsewhere/x.md") == ["added/x.md"]
    assert texts(corpus)["added/x.md"] == "Corrected."
    assert len(corpus.scan().files) == 3


def test_another_source_of_the_same_name_has_its_own_copy(corpus: Corpus, elsewhere: Path) -> None:
    write(elsewhere, {"other/x.md": "Another X.", "same/x.md": "Article X."})
    assert corpus.add(elsewhere / "x.md") == ["added/x.md"]
    assert corpus.add(elsewhere / "same" / "x.md") == ["added/x.md"]
    (other,) = corpus.add(elsewhere / "other" / "x.md")
    assert other != "added/x.md"
    write(elsewhere, {"other/x.md": "Another X, corrected.", "same/x.md": "No longer the same."})
    assert corpus.add(elsewhere / "other" / "x.md") == [other]
    (same,) = corpus.add(elsewhere / "same" / "x.md")
    added = {path: text for path, text in texts(corpus).items() if path.startswith("added/")}
    assert added == {"added/x.md": "Article X.", other: "Another X, corrected.", same: "No longer the same."}


@pytest.mark.parametrize("origins", [None, "", "[]", "[" * 100_000, '{"a": 5, "b": "../../x", "c": ".."}'])
def test_a_copy_is_never_lost_with_its_origin(corpus: Corpus, root: Path, elsewhere: Path, origins: str | None) -> None:
    corpus.add(elsewhere / "x.md")
    memory = root / "added" / ".origins.json"
    memory.unlink() if origins is None else memory.write_text(origins)
    assert corpus.add(elsewhere / "x.md") == ["added/x.md"]
    memory.unlink()
    (elsewhere / "x.md").write_text("Corrected.")
    (path,) = corpus.add(elsewhere / "x.md")
    assert texts(corpus)[path] == "Corrected."
    assert texts(corpus)["added/x.md"] == "Article X."


def test_a_forged_origin_leads_nowhere(corpus: Corpus, root: Path, elsewhere: Path) -> None:
    corpus.add(elsewhere / "x.md")
    memory = root / "added" / ".origins.json"
    memory.write_text(memory.read_text().replace('"x.md"', '"../../stolen.md"'))
    (elsewhere / "x.md").write_text("Corrected.")
    (path,) = corpus.add(elsewhere / "x.md")
    assert path.startswith("added/x-")
    assert not (root.parent / "stolen.md").exists()


def test_a_folder_keeps_its_inner_structure(corpus: Corpus, elsewhere: Path) -> None:
    write(elsewhere, {"2024/y.md": "Article Y.", "z.odt": "x", ".hidden/h.md": "x"})
    assert corpus.add(elsewhere) == ["added/elsewhere/2024/y.md", "added/elsewhere/x.md"]
    (elsewhere / "x.md").write_text("Corrected.")
    assert corpus.add(elsewhere / "x.md") == ["added/elsewhere/x.md"]
    assert texts(corpus)["added/elsewhere/x.md"] == "Corrected."
    (elsewhere / "x.md").unlink()
    assert corpus.add(elsewhere) == ["added/elsewhere/2024/y.md"]
    assert "added/elsewhere/x.md" in texts(corpus)


def test_another_folder_of_the_same_name_has_its_own_place(corpus: Corpus, tmp_path: Path) -> None:
    write(tmp_path, {"one/news/x.md": "One.", "two/news/x.md": "Two."})
    assert corpus.add(tmp_path / "one" / "news") == ["added/news/x.md"]
    (path,) = corpus.add(tmp_path / "two" / "news")
    assert path.startswith("added/news-")
    assert sorted(texts(corpus).values()) == ["Article A.", "Article B.", "One.", "Two."]


@pytest.mark.parametrize(
    "name", [b"\xff.md", b"..evil\\..\\x.md", b".hidden.md", b"a\nb.md", b"\x1b[2J.md", b"x" * 252 + b".md", b"-rf.md"]
)
def test_hostile_names_are_safe(corpus: Corpus, root: Path, elsewhere: Path, name: bytes) -> None:
    source = elsewhere / os.fsdecode(name)
    source.write_text("Hostile.")
    (path,) = corpus.add(source)
    assert texts(corpus)[path] == "Hostile."
    assert path.isprintable()
    write(elsewhere, {"twin/placeholder.md": "x"})
    twin = elsewhere / "twin" / os.fsdecode(name)
    twin.write_text("Its twin.")
    (other,) = corpus.add(twin)
    assert (texts(corpus)[path], texts(corpus)[other]) == ("Hostile.", "Its twin.")
    assert {file.name for file in root.iterdir()} == {"a.md", "2025", "added"}


def test_different_hostile_names_of_a_folder_stay_different(corpus: Corpus, elsewhere: Path) -> None:
    (elsewhere / "a\x01.md").write_text("One.")
    (elsewhere / "a\x02.md").write_text("Two.")
    assert len({texts(corpus)[path] for path in corpus.add(elsewhere)}) == 3


def test_a_link_named_as_source_brings_what_it_leads_to(corpus: Corpus, elsewhere: Path) -> None:
    (elsewhere / "latest.md").symlink_to("x.md")
    assert corpus.add(elsewhere / "latest.md") == ["added/latest.md"]
    assert texts(corpus)["added/latest.md"] == "Article X."


def test_sources_that_cannot_be_added(corpus: Corpus, root: Path, elsewhere: Path) -> None:
    write(elsewhere, {"a.odt": "x", "empty/b.jpg": "x"})
    os.mkfifo(elsewhere / "pipe.md")
    write(root, {".hidden.md": "x", "c.odt": "x"})
    cases = {
        elsewhere / "gone.md": "is not there",
        elsewhere / "x.md" / "y.md": "is not there",
        Path("a\0b"): "is not there",
        elsewhere / "a.odt": "no file that natoqa reads",
        elsewhere / "empty": "no file that natoqa reads",
        elsewhere / "pipe.md": "cannot be listed",
        root / "c.odt": "no file that natoqa reads",
        root / ".hidden.md": "no file that natoqa reads",
        root.parent: "contains the corpus itself",
    }
    for source, message in cases.items():
        with pytest.raises(CorpusError, match=message) as caught:
            corpus.add(source)
        assert caught.value.hint
    assert not (root / "added").exists()


def test_nothing_is_added_to_a_corpus_that_is_not_there(tmp_path: Path, elsewhere: Path) -> None:
    with pytest.raises(CorpusMissingError):
        Corpus(tmp_path / "gone", max_bytes=1).add(elsewhere / "x.md")
    assert not (tmp_path / "gone").exists()


def test_nothing_is_written_outside_the_corpus(corpus: Corpus, root: Path, elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (root / "added").symlink_to(tmp_path / "target")
    with pytest.raises(CorpusNotWritableError, match="leads out of the corpus"):
        corpus.add(elsewhere / "x.md")
    assert list((tmp_path / "target").iterdir()) == []


def test_a_corpus_that_cannot_be_written_is_a_clear_error(
    corpus: Corpus, root: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", refuse)
        with pytest.raises(CorpusNotWritableError, match="Read-only file system"):
            corpus.add(elsewhere / "x.md")
    assert list((root / "added").iterdir()) == []
    (root / "added").rmdir()
    (root / "added").write_text("A file where the folder belongs.")
    with pytest.raises(CorpusNotWritableError):
        corpus.add(elsewhere / "x.md")


@contextmanager
def _full_disk(size: int) -> Iterator[None]:
    """Let no file grow above `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_last_good_copy(corpus: Corpus, root: Path, elsewhere: Path) -> None:
    corpus.add(elsewhere / "x.md")
    (elsewhere / "x.md").write_text("Corrected. " * 10_000)
    with _full_disk(50_000), pytest.raises(StorageError, match="cannot be written"):
        corpus.add(elsewhere / "x.md")
    assert texts(corpus)["added/x.md"] == "Article X."
    assert sorted(file.name for file in (root / "added").iterdir()) == [".origins.json", "x.md"]
    assert corpus.add(elsewhere / "x.md") == ["added/x.md"]
    assert (root / "added" / "x.md").read_text() == "Corrected. " * 10_000


def test_a_source_that_cannot_be_read_is_its_own_fault(
    corpus: Corpus, root: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refuse(path: Path, *args: Any) -> Any:
        if path.name == "x.md" and path.parent == elsewhere:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *args)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CorpusError, match=r"x\.md cannot be read: Permission denied") as caught:
        corpus.add(elsewhere / "x.md")
    assert type(caught.value) is CorpusError
    assert not (root / "added" / "x.md").exists()


# Fingerprints and the guard against loss

ARTICLE = Article(
    title="T", text="Text  one.", path="a.md", outlet="O", published=date(2025, 2, 13), authors=("A", "B")
)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "U"},
        {"text": "Text one."},
        {"outlet": None},
        {"published": date(2025, 2, 14)},
        {"published": None},
        {"url": "https://example.org"},
        {"authors": ("A",)},
        {"authors": ("A, B",)},
        {"updated": date(2025, 2, 14)},
        {"language": "en"},
        {"kind": "news"},
    ],
)
def test_a_fingerprint_covers_what_an_article_says(changes: dict[str, object]) -> None:
    assert fingerprint(replace(ARTICLE, **changes)) != fingerprint(ARTICLE)  # type: ignore[arg-type]


def test_a_fingerprint_does_not_depend_on_the_place() -> None:
    elsewhere = replace(ARTICLE, path="b.md", record="7", article_id="x", version=3, published_from="meta")
    assert fingerprint(elsewhere) == fingerprint(ARTICLE)


def test_a_text_fingerprint_covers_the_text_alone() -> None:
    twin = replace(ARTICLE, title="U", outlet=None, published=None, text="Text\none.\n")
    assert text_fingerprint(twin) == text_fingerprint(ARTICLE)
    assert text_fingerprint(replace(ARTICLE, text="Text two.")) != text_fingerprint(ARTICLE)


@pytest.mark.parametrize(
    ("known", "removed", "remaining", "shrunk"),
    [
        (0, 0, 0, False),
        (5, 0, 5, False),
        (1, 1, 0, True),
        (12, 12, 0, True),
        (12, 10, 2, False),
        (22, 11, 11, False),
        (21, 11, 10, True),
        (100, 50, 50, False),
        (100, 51, 49, True),
        (20, 20, 30, True),
        (5, 5, 3, False),
    ],
)
def test_the_guard_stops_only_what_looks_like_an_accident(
    known: int, removed: int, remaining: int, shrunk: bool
) -> None:
    if shrunk:
        with pytest.raises(CorpusShrunkError, match=str(known)) as caught:
            guard(known, removed, remaining)
        assert "--allow-removals" in caught.value.hint
    else:
        guard(known, removed, remaining)
