"""Which articles tell the same story, kept right with every change of the articles.

Articles with the same text count as one text, as old as the first of them. In the order in which they were published,
a text joins the first one before it that it is a copy of and that is itself a copy of none; else it begins a story. So
each member of a story is a copy of the text that began it, chains of little changes do not run together, and the
stories follow from the articles alone, whatever the order in which these came, changed and went.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from natoqa import duplicates
from natoqa.catalog.store import Store
from natoqa.duplicates import Wording

# Wordings that are kept, those used last: of the days that are being indexed, in some megabytes.
WORDINGS = 512

# Texts that are settled in one transaction when many are missing: a second, so that a killed run loses little.
BATCH = 100

# The story of a text that has to find one; never seen by readers, as it is found in the same transaction.
UNSETTLED = 0

# The order in which articles were published; those without a day come last.
_FIRST = "published IS NULL, published, path, record"
_COLUMNS = "number, text_fingerprint, day, path, record, shingles, sketch, story"

Order = tuple[bool, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the catalog, as it stands in the table of that name."""

    number: int
    fingerprint: str
    day: str | None
    path: str
    record: str | None
    shingles: int
    sketch: bytes
    story: int

    @property
    def order(self) -> Order:
        """What tells which of two texts was told first."""
        return (self.day is None, self.day or "", self.path, self.record or "", self.number)

    @property
    def begins(self) -> bool:
        """Whether it is a copy of none before it."""
        return self.story == self.number

    def keys(self) -> str:
        """Return the keys of its bands as JSON."""
        return json.dumps(duplicates.bands(np.frombuffer(self.sketch, dtype=np.uint32)))


class Stories(Store):
    """The part of the catalog that knows which articles are copies of each other."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._wordings: dict[str, Wording] = {}  # used by the writer only

    # -- reading -----------------------------------------------------------------------------------------------------

    def copies(self, article_id: str) -> list[str]:
        """Return the ids of the other articles that tell the same story, the first published one first."""
        row = self._connection.execute(
            "SELECT text_fingerprint, story FROM articles LEFT JOIN texts USING (text_fingerprint)"
            " WHERE article_id = ?",
            (article_id,),
        ).fetchone()
        if row is None:
            return []
        fingerprint, story = row
        rows = self._connection.execute(
            "SELECT article_id FROM articles WHERE article_id != ? AND (text_fingerprint = ?"
            " OR text_fingerprint IN (SELECT text_fingerprint FROM texts WHERE story = ?))"
            f" ORDER BY {_FIRST}",
            (article_id, fingerprint, story),
        )
        return [row[0] for row in rows]

    def stories(self, article_ids: Iterable[str]) -> list[list[str]]:
        """Return the articles grouped by the story that they tell; in a group the first published comes first."""
        rows = self._connection.execute(
            "SELECT coalesce(story, text_fingerprint), article_id"
            " FROM articles a LEFT JOIN texts USING (text_fingerprint)"
            " WHERE article_id IN (SELECT value FROM json_each(?))"
            " ORDER BY a.published IS NULL, a.published, a.path, a.record",
            (json.dumps(list(article_ids)),),
        )
        groups: dict[int | str, list[str]] = {}
        for story, article_id in rows:
            groups.setdefault(story, []).append(article_id)
        return list(groups.values())

    def count_duplicates(self) -> int:
        """Return how many articles tell a story that an earlier one tells."""
        row = self._connection.execute(
            "SELECT count(*) - count(DISTINCT coalesce(story, text_fingerprint))"
            " FROM articles LEFT JOIN texts USING (text_fingerprint)"
        )
        return int(row.fetchone()[0])

    # -- writing -----------------------------------------------------------------------------------------------------

    def settle_all(self) -> None:
        """Settle what an older natoqa has written without; nothing is written where nothing is missing."""
        if self.meta("stories") != duplicates.METHOD:
            with self.writing():
                for table in ("texts", "bands"):
                    self._connection.execute(f"DELETE FROM {table}")
                self.set_meta("stories", duplicates.METHOD)
        rows = self._connection.execute(
            "SELECT DISTINCT text_fingerprint FROM articles EXCEPT SELECT text_fingerprint FROM texts"
        )
        missing = sorted(row[0] for row in rows)
        for start in range(0, len(missing), BATCH):
            with self.writing():
                self.settle(missing[start : start + BATCH])

    def settle(self, fingerprints: Iterable[str]) -> None:
        """Bring the stories up to date after articles with these texts came, went or moved; inside `writing`."""
        for fingerprint in sorted(fingerprints):
            self._place(fingerprint)
        queue = [(text.order, text.number) for text in self._select("story = ?", UNSETTLED)]
        heapq.heapify(queue)
        waiting = {number for _, number in queue}
        # From the first told to the last: whom a text joins depends on those before it only.
        while queue:
            _, number = heapq.heappop(queue)
            waiting.remove(number)
            for follower in self._joined(self._text(number)):
                if follower.number not in waiting:
                    waiting.add(follower.number)
                    heapq.heappush(queue, (follower.order, follower.number))

    def _place(self, fingerprint: str) -> None:
        """Put a text to where its first article stands now; it and its story are unsettled where that changed."""
        row = self._connection.execute(
            f"SELECT published, path, record FROM articles WHERE text_fingerprint = ? ORDER BY {_FIRST} LIMIT 1",
            (fingerprint,),
        ).fetchone()
        known = self._select("text_fingerprint = ?", fingerprint)
        if not known:
            if row:
                self._insert(fingerprint, *row)
            return
        (text,) = known
        if row == (text.day, text.path, text.record):
            return
        self._connection.execute("UPDATE texts SET story = ? WHERE story = ?", (UNSETTLED, text.number))
        if row is None:
            self._connection.execute("DELETE FROM texts WHERE number = ?", (text.number,))
            self._connection.execute(
                "DELETE FROM bands WHERE number = ? AND key IN (SELECT value FROM json_each(?))",
                (text.number, text.keys()),
            )
        else:
            self._connection.execute(
                "UPDATE texts SET day = ?, path = ?, record = ?, story = ? WHERE number = ?",
                (*row, UNSETTLED, text.number),
            )

    def _insert(self, fingerprint: str, day: str | None, path: str, record: str | None) -> None:
        shingles = self._wording(fingerprint).shingles
        sketch = duplicates.sketch(shingles)
        number = self._connection.execute(
            "INSERT INTO texts (text_fingerprint, day, path, record, shingles, sketch, story)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (fingerprint, day, path, record, len(shingles), sketch.tobytes(), UNSETTLED),
        ).lastrowid
        if len(shingles) >= duplicates.LEAST:
            self._connection.executemany(
                "INSERT OR IGNORE INTO bands VALUES (?, ?)", [(key, number) for key in duplicates.bands(sketch)]
            )

    def _joined(self, text: Text) -> list[Text]:
        """Let a text find its story; return those whose own story may be another one for that."""
        story = next((other.number for other in self._copies_of(text, before=True)), text.number)
        self._connection.execute("UPDATE texts SET story = ? WHERE number = ?", (story, text.number))
        if text.begins and story != text.number:
            return self._select("story = ?", text.number)
        if story == text.number and not text.begins:
            return list(self._copies_of(text, before=False))
        return []

    def _copies_of(self, text: Text, *, before: bool) -> Iterator[Text]:
        """Yield copies in their order: before a text those that begin a story, after it those of later stories."""
        if text.shingles < duplicates.LEAST:
            return
        found = self._select(
            "number IN (SELECT number FROM bands WHERE key IN (SELECT value FROM json_each(?)))"
            + (" AND story = number" if before else ""),
            text.keys(),
        )
        for other in sorted(found, key=lambda each: each.order):
            if (other.order < text.order) != before or other.number == text.number:
                continue
            if not before and other.story != UNSETTLED and self._text(other.story).order < text.order:
                continue
            if self._are_copies(text, other):
                yield other

    def _are_copies(self, one: Text, other: Text) -> bool:
        if not duplicates.near_in_time(_date(one.day), _date(other.day)):
            return False
        sketches = [np.frombuffer(each.sketch, dtype=np.uint32) for each in (one, other)]
        if not duplicates.worth_comparing(sketches[0], one.shingles, sketches[1], other.shingles):
            return False
        return duplicates.are_copies(self._wording(one.fingerprint), self._wording(other.fingerprint))

    def _text(self, number: int) -> Text:
        (text,) = self._select("number = ?", number)
        return text

    def _select(self, condition: str, value: object) -> list[Text]:
        return [
            Text(*row) for row in self._connection.execute(f"SELECT {_COLUMNS} FROM texts WHERE {condition}", (value,))
        ]

    def _wording(self, fingerprint: str) -> Wording:
        """Return the wording of a text; a fingerprint always means the same one, so those used last are kept."""
        known = self._wordings.pop(fingerprint, None)
        if known is None:
            (text,) = self._connection.execute(
                "SELECT text FROM articles JOIN versions USING (article_id, version)"
                " WHERE text_fingerprint = ? LIMIT 1",
                (fingerprint,),
            ).fetchone()
            known = duplicates.wording(text)
        self._wordings[fingerprint] = known
        while len(self._wordings) > WORDINGS:
            del self._wordings[next(iter(self._wordings))]
        return known


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
