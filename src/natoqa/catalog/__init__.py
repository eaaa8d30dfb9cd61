"""The one truth of what is indexed: articles, their versions, passages with vectors, and full-text search, in SQLite.

Every change is one transaction that also moves the generation number on, so a reader sees all of it or nothing, and
knows by one number that something happened. Reading and writing may go on at the same time (write-ahead log).

    files     what the corpus looked like            failures   what could not be read, and why
    articles  the current version of each article    versions   its text, and the earlier ones that are kept
    passages  spans of the current versions          search     FTS5 over title and text of the passages
    texts     each text once, and the story that     bands      under which keys a text is found by its copies
              it tells (see `stories`)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from natoqa.catalog.files import Files, FileState
from natoqa.catalog.holdings import Holdings
from natoqa.catalog.store import FILE_NAME
from natoqa.catalog.stories import Stories
from natoqa.catalog.versions import Versions
from natoqa.types import Article, Filters, Passage

__all__ = ["FILE_NAME", "Catalog", "Entry", "FileState", "Ids", "Matrix", "Stored", "Vector"]

Ids = NDArray[np.int64]
Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

Ways = Sequence[Sequence[Sequence[str]]]
"""Ways to match: each is words that all have to be there, each word given by its spellings."""

# Vectors are stored in half precision: half the size, and cosines differ from float32's by less than 0.0001.
STORED = np.float16


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalog knows of a current article, for telling what changed."""

    article_id: str
    path: str
    record: str | None
    version: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as it stands in the catalog."""

    id: int
    article_id: str
    version: int
    start: int
    end: int


class Catalog(Files, Versions, Holdings, Stories):
    """What is indexed, in the catalog of a folder; see `Catalog.open`. May be used from several threads."""

    # -- articles ----------------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Return what is known of every current article."""
        rows = self._connection.execute("SELECT article_id, path, record, version, fingerprint FROM articles")
        return [Entry(*row) for row in rows]

    def put(
        self, article: Article, fingerprint: str, text_fingerprint: str, passages: Iterable[tuple[Passage, Any]]
    ) -> None:
        """Store an article with its passages and their vectors in place of the version before; inside `writing`."""
        before = self._take_out(article.article_id)
        day = article.published.isoformat() if article.published else None
        self._connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.article_id,
                article.path,
                article.record,
                article.version,
                fingerprint,
                text_fingerprint,
                article.outlet,
                day,
            ),
        )
        self.add_version(article)
        for passage, vector in passages:
            row = self._connection.execute(
                'INSERT INTO passages (article_id, start, "end", vector) VALUES (?, ?, ?, ?)',
                (article.article_id, passage.start, passage.end, vector.astype(STORED).tobytes()),
            )
            self._connection.execute(
                "INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)",
                (row.lastrowid, article.title, article.text[passage.start : passage.end]),
            )
        self.settle({text_fingerprint, *before})

    def remove(self, article_id: str) -> None:
        """Take an article out of all answers; inside `writing`. Its texts stay citable until `prune`."""
        self.settle(self._take_out(article_id))

    def _take_out(self, article_id: str) -> set[str]:
        """Delete the current version of an article, if there is one; return the fingerprint of its text."""
        texts = self._text_of(article_id)
        self._connection.execute(
            "DELETE FROM search WHERE rowid IN (SELECT id FROM passages WHERE article_id = ?)", (article_id,)
        )
        self._connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
        self._connection.execute("DELETE FROM articles WHERE article_id = ?", (article_id,))
        return texts

    def _text_of(self, article_id: str) -> set[str]:
        rows = self._connection.execute("SELECT text_fingerprint FROM articles WHERE article_id = ?", (article_id,))
        return {row[0] for row in rows}

    def move(self, article_id: str, path: str, record: str | None) -> None:
        """Record that an article lives elsewhere now; inside `writing`."""
        self._connection.execute(
            "UPDATE articles SET path = ?, record = ? WHERE article_id = ?", (path, record, article_id)
        )
        self._connection.execute(
            "UPDATE versions SET path = ?, record = ? WHERE article_id = ?"
            " AND version = (SELECT version FROM articles WHERE article_id = ?)",
            (path, record, article_id, article_id),
        )
        self.settle(self._text_of(article_id))

    def newest(self, limit: int) -> list[str]:
        """Return the ids of the articles with the latest dates, the latest first, those without a date at the end."""
        rows = self._connection.execute(
            "SELECT article_id FROM articles ORDER BY published DESC, path LIMIT ?", (limit,)
        )
        return [row[0] for row in rows]

    def counts(self) -> Mapping[str, Any]:
        """Return the numbers that `status` shows."""
        row = self._connection.execute(
            "SELECT count(*), count(*) - count(published), count(*) - count(outlet), min(published), max(published)"
            " FROM articles"
        ).fetchone()
        names = ("articles", "undated", "without_outlet", "oldest", "newest")
        passages = self._connection.execute("SELECT count(*) FROM passages").fetchone()[0]
        failed = self._connection.execute("SELECT count(*) FROM failures").fetchone()[0]
        return dict(zip(names, row, strict=True)) | {
            "passages": passages,
            "failed": failed,
            "duplicates": self.count_duplicates(),
        }

    def origins(self, article_ids: Iterable[str]) -> dict[str, tuple[date | None, str | None]]:
        """Return day and outlet of articles, without reading their texts."""
        rows = self._connection.execute(
            "SELECT article_id, published, outlet FROM articles WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        )
        return {row[0]: (date.fromisoformat(row[1]) if row[1] else None, row[2]) for row in rows}

    def newest_day(self) -> date | None:
        """Return the day of the newest article."""
        (newest,) = self._connection.execute("SELECT max(published) FROM articles").fetchone()
        return date.fromisoformat(newest) if newest else None

    # -- passages and vectors ----------------------------------------------------------------------------------------

    def passages(self, ids: Iterable[int]) -> dict[int, Stored]:
        """Return the passages that still exist, by id."""
        rows = self._connection.execute(
            'SELECT p.id, p.article_id, a.version, p.start, p."end" FROM passages p JOIN articles a USING (article_id)'
            " WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps([int(each) for each in ids]),),
        )
        return {row[0]: Stored(*row) for row in rows}

    def spans(self, article_id: str) -> list[tuple[int, int, Vector]]:
        """Return start, end and vector of an article's passages."""
        rows = self._connection.execute('SELECT start, "end", vector FROM passages WHERE article_id = ?', (article_id,))
        return [(start, end, np.frombuffer(vector, dtype=STORED).astype(np.float32)) for start, end, vector in rows]

    def passing(self, ids: Ids, filters: Filters) -> Ids:
        """Return those of the passages that still exist and pass the filters, in the order given."""
        condition, values = _condition(filters)
        rows = self._connection.execute(
            "SELECT p.id FROM passages p JOIN articles a USING (article_id)"
            f" WHERE p.id IN (SELECT value FROM json_each(?)) AND {condition}",
            (json.dumps(ids.tolist()), *values),
        )
        passing = {row[0] for row in rows}
        return np.array([each for each in ids.tolist() if each in passing], dtype=np.int64)

    def vectors_of(self, ids: Ids) -> tuple[Ids, Matrix]:
        """Return ids and vectors of those of the passages that still exist."""
        return _joined(
            self._connection.execute(
                "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(ids.tolist()),),
            ).fetchall()
        )

    def vectors(
        self, *, after: int = 0, filters: Filters | None = None, batch: int = 4096
    ) -> Iterator[tuple[Ids, Matrix]]:
        """Return ids and vectors of the passages with an id above `after` that pass the filters, in batches."""
        condition, values = _condition(filters or Filters())
        cursor = self._connection.execute(
            "SELECT p.id, p.vector FROM passages p JOIN articles a USING (article_id)"
            f" WHERE p.id > ? AND {condition} ORDER BY p.id",
            (after, *values),
        )
        while rows := cursor.fetchmany(batch):
            yield _joined(rows)

    def last_passage(self) -> int:
        """Return the highest passage id, 0 if there is none."""
        return self._connection.execute("SELECT max(id) FROM passages").fetchone()[0] or 0

    def count_passages(self, *, after: int = 0, filters: Filters | None = None) -> int:
        """Return the number of passages with an id above `after` that pass the filters."""
        condition, values = _condition(filters or Filters())
        # Counted with every question: without filters the articles need not be looked at.
        join = " JOIN articles a USING (article_id)" if values else ""
        row = self._connection.execute(
            f"SELECT count(*) FROM passages p{join} WHERE p.id > ? AND {condition}", (after, *values)
        )
        return int(row.fetchone()[0])

    def count_undated(self, filters: Filters) -> int:
        """Return the number of articles without a date among those of the outlets that are asked for."""
        condition, values = _condition(Filters(outlet=filters.outlet))
        row = self._connection.execute(
            f"SELECT count(*) FROM articles a WHERE a.published IS NULL AND {condition}", values
        )
        return int(row.fetchone()[0])

    # -- full-text search --------------------------------------------------------------------------------------------

    def match(self, words: Sequence[str], *, k: int, filters: Filters) -> list[tuple[int, float]]:
        """Return ids and BM25 scores (higher is better) of the `k` best passages with any of the words."""
        if not words:
            return []
        condition, values = _condition(filters)
        join = " JOIN passages p ON p.id = search.rowid JOIN articles a USING (article_id)" if values else ""
        rows = self._connection.execute(
            # A word in the title counts twice one in the text: the title speaks for every passage of the article.
            f"SELECT search.rowid, -bm25(search, 2.0, 1.0) AS score FROM search{join}"
            f" WHERE search MATCH ? AND {condition} ORDER BY score DESC, search.rowid LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), *values, k),
        )
        return rows.fetchall()

    def count_matching(self, ways: Ways) -> int:
        """Return in how many passages one of the ways to match stands."""
        row = self._connection.execute("SELECT count(*) FROM search WHERE search MATCH ?", (_any_way(ways),))
        return int(row.fetchone()[0])

    def matching_days(self, ways: Ways, filters: Filters) -> dict[date, int]:
        """Return how many articles have a passage in which one of the ways to match stands, by day, the first first."""
        condition, values = _condition(filters)
        rows = self._connection.execute(
            "SELECT a.published, count(DISTINCT p.article_id) FROM search JOIN passages p ON p.id = search.rowid"
            " JOIN articles a USING (article_id)"
            f" WHERE search MATCH ? AND a.published IS NOT NULL AND {condition} GROUP BY a.published ORDER BY 1",
            (_any_way(ways), *values),
        )
        return {date.fromisoformat(day): number for day, number in rows}

    def frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """Return in how many passages (text or title) each stem stands."""
        rows = self._connection.execute(
            "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(list(stems)),),
        )
        return dict(rows.fetchall())


def _any_way(ways: Ways) -> str:
    """Return the ways to match as FTS5 reads them: `("us" OR "usa") AND ("troops")`, joined by OR."""
    return " OR ".join(
        "(" + " AND ".join("(" + " OR ".join(f'"{term}"' for term in word) + ")" for word in way) + ")" for way in ways
    )


def _joined(rows: Sequence[tuple[int, bytes]]) -> tuple[Ids, Matrix]:
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=STORED).astype(np.float32)
    return ids, matrix.reshape(len(rows), -1) if rows else matrix.reshape(0, 0)


def _condition(filters: Filters) -> tuple[str, tuple[str, ...]]:
    """Return the filters as an SQL condition on articles `a`; ISO days compare as text."""
    parts: list[tuple[str, str]] = []
    if filters.since:
        parts.append(("a.published >= ?", filters.since.isoformat()))
    if filters.until:
        parts.append(("a.published <= ?", filters.until.isoformat()))
    if filters.outlets:
        names = json.dumps([each.casefold() for each in filters.outlets])
        parts.append(("casefold(a.outlet) IN (SELECT value FROM json_each(?))", names))
    return " AND ".join(part for part, _ in parts) or "TRUE", tuple(value for _, value in parts)
