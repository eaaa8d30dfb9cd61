"""The texts of the articles: those that are current, and the earlier ones as long as they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from natoqa.catalog.store import Store
from natoqa.errors import ArticleNotFoundError
from natoqa.types import Article

_COLUMNS = (
    "v.article_id, v.version, v.title, v.text, v.path, v.record, v.outlet, v.published, v.url, v.authors,"
    " v.published_from, v.updated, v.language, v.kind"
)
_EARLIER = "NOT EXISTS (SELECT 1 FROM articles a WHERE a.article_id = v.article_id AND a.version = v.version)"


class Versions(Store):
    """The part of the catalog that knows what the articles say and said."""

    def article(self, article_id: str, version: int | None = None) -> Article:
        """Return an article as it is now, or as it was; raises `ArticleNotFoundError`."""
        if version is None:
            where, values = "v.article_id = ? AND v.version = a.version", (article_id,)
            source = "versions v JOIN articles a USING (article_id)"
        else:
            where, values = "v.article_id = ? AND v.version = ?", (article_id, version)  # type: ignore[assignment]
            source = "versions v"
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM {source} WHERE {where}", values).fetchone()
        if row is None:
            which = "" if version is None else f" in version {version}"
            raise ArticleNotFoundError(f"There is no article {article_id!r}{which}")
        return _article(row)

    def last_text(self, article_id: str) -> Article | None:
        """Return the latest text that is kept of an article, whether it is still in the corpus or not."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM versions v WHERE v.article_id = ? ORDER BY v.version DESC LIMIT 1", (article_id,)
        ).fetchone()
        return _article(row) if row else None

    def last_version(self, article_id: str) -> int:
        """Return the highest version number ever given to the article, 0 if none."""
        row = self._connection.execute(
            "SELECT max(version) FROM (SELECT version FROM versions WHERE article_id = ?"
            " UNION ALL SELECT version FROM numbers WHERE article_id = ?)",
            (article_id, article_id),
        )
        return row.fetchone()[0] or 0

    def add_version(self, article: Article) -> None:
        """Keep what an article says; inside `writing`."""
        self._connection.execute(
            "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                article.article_id,
                article.version,
                article.title,
                article.text,
                article.path,
                article.record,
                article.outlet,
                article.published.isoformat() if article.published else None,
                article.url,
                json.dumps(article.authors),
                article.published_from,
                article.updated.isoformat() if article.updated else None,
                article.language,
                article.kind,
            ),
        )

    def prune(self, keep: int, article_ids: Iterable[str] | None = None) -> None:
        """Delete the earlier texts beyond the last `keep` of each article, or of these; inside `writing`.

        All texts of an article that is in the corpus no more are earlier ones; its numbers are not given again.
        """
        of = "TRUE"
        values: tuple[str, ...] = ()
        if article_ids is not None:
            of, values = "v.article_id IN (SELECT value FROM json_each(?))", (json.dumps(list(article_ids)),)
        earlier = f"FROM versions v WHERE {of} AND {_EARLIER}"
        if keep == 0:
            self._connection.execute(
                f"INSERT OR REPLACE INTO numbers SELECT v.article_id, max(v.version) {earlier}"
                " AND v.article_id NOT IN (SELECT article_id FROM articles) GROUP BY v.article_id",
                values,
            )
        self._connection.execute(
            "DELETE FROM versions WHERE rowid IN (SELECT row FROM (SELECT v.rowid AS row, row_number()"
            f" OVER (PARTITION BY v.article_id ORDER BY v.version DESC) AS place {earlier}) WHERE place > ?)",
            (*values, keep),
        )


def _article(row: Sequence[Any]) -> Article:
    article_id, version, title, text, path, record, outlet, published, url, authors, *more = row
    published_from, updated, language, kind = more
    return Article(
        article_id=article_id,
        version=version,
        title=title,
        text=text,
        path=path,
        record=record,
        outlet=outlet,
        published=date.fromisoformat(published) if published else None,
        url=url,
        authors=tuple(json.loads(authors)),
        published_from=published_from,
        updated=date.fromisoformat(updated) if updated else None,
        language=language,
        kind=kind,
    )
