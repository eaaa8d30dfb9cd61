"""What the index holds, counted and listed inside the database: 100,000 articles are told of without reading one."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any

from natoqa.catalog.store import Store
from natoqa.types import Article, Failure


class Holdings(Store):
    """The counts and lists of a catalog; inside `reading`."""

    def totals(self) -> dict[str, int]:
        """Return how many articles there are, and how many lack a date, an outlet, or could not be read."""
        row = self._connection.execute(
            "SELECT count(*), count(*) - count(published), count(*) - count(outlet),"
            " (SELECT count(*) FROM failures) FROM articles"
        ).fetchone()
        return dict(zip(("articles", "undated", "without_outlet", "failed"), row, strict=True))

    def outlets(self) -> dict[str, int]:
        """Return the number of articles of each outlet, most first."""
        return dict(
            self._connection.execute(
                "SELECT outlet, count(*) FROM articles WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY 2 DESC, 1"
            ).fetchall()
        )

    def months(self) -> dict[str, int]:
        """Return the number of articles of each month (`2025-02`), the earliest first."""
        return dict(
            self._connection.execute(
                "SELECT substr(published, 1, 7), count(*) FROM articles WHERE published IS NOT NULL"
                " GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )

    def listed(
        self, *, outlet: str | None, month: str | None, undated: bool, without_outlet: bool, limit: int, offset: int
    ) -> tuple[list[Article], int]:
        """Return some of the articles that fit, newest first, without their texts; and how many fit."""
        condition, values = _condition(outlet=outlet, month=month, undated=undated, without_outlet=without_outlet)
        (total,) = self._connection.execute(f"SELECT count(*) FROM articles a WHERE {condition}", values).fetchone()
        # By its days the table is read in the right order, but slowly: for few articles sorting them is quicker.
        day = "published" if outlet is None else "+published"
        # Only the few that are shown are looked up where the titles stand.
        rows = self._connection.execute(
            "SELECT v.article_id, v.version, v.title, v.path, v.record, v.outlet, v.published, v.url FROM ("
            f" SELECT article_id, version FROM articles a WHERE {condition} ORDER BY {day} DESC, path, record"
            " LIMIT ? OFFSET ?) JOIN versions v USING (article_id, version)"
            " ORDER BY v.published DESC, v.path, v.record",
            (*values, limit, offset),
        )
        return [_named(row) for row in rows], int(total)

    def changed(self, limit: int) -> list[tuple[str, int, int]]:
        """Return the id, the version now and the one before of articles that were changed, the last changed first."""
        rows = self._connection.execute(
            "SELECT a.article_id, a.version, (SELECT max(o.version) FROM versions o"
            " WHERE o.article_id = a.article_id AND o.version < a.version) AS before"
            " FROM articles a JOIN versions v USING (article_id, version)"
            " WHERE a.version > 1 AND before IS NOT NULL ORDER BY v.rowid DESC LIMIT ?",
            (limit,),
        )
        return [(row[0], int(row[1]), int(row[2])) for row in rows]

    def failed(self, *, limit: int, offset: int) -> tuple[list[Failure], int]:
        """Return some of what could not be read, by file; and how much there is."""
        (total,) = self._connection.execute("SELECT count(*) FROM failures").fetchone()
        rows = self._connection.execute(
            "SELECT path, error FROM failures ORDER BY file, rowid LIMIT ? OFFSET ?", (limit, offset)
        )
        return [Failure(*row) for row in rows], int(total)


def _condition(
    *, outlet: str | None, month: str | None, undated: bool, without_outlet: bool
) -> tuple[str, tuple[str, ...]]:
    parts: list[tuple[str, tuple[str, ...]]] = []
    if outlet is not None:
        parts.append(("a.outlet = ?", (outlet,)))
    if month is not None:
        parts.append(("a.published BETWEEN ? AND ?", _first_and_last(month)))
    if undated:
        parts.append(("a.published IS NULL", ()))
    if without_outlet:
        parts.append(("a.outlet IS NULL", ()))
    return " AND ".join(part for part, _ in parts) or "TRUE", tuple(value for _, values in parts for value in values)


def _first_and_last(month: str) -> tuple[str, str]:
    """Return the first and the last day of a month such as `2025-02`."""
    first = date.fromisoformat(f"{month}-01")
    return first.isoformat(), first.replace(day=calendar.monthrange(first.year, first.month)[1]).isoformat()


def _named(row: Sequence[Any]) -> Article:
    article_id, version, title, path, record, outlet, published, url = row
    return Article(
        article_id=article_id,
        version=version,
        title=title,
        text="",
        path=path,
        record=record,
        outlet=outlet,
        published=date.fromisoformat(published) if published else None,
        url=url,
    )
