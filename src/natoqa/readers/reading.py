"""What a reader hands back: articles, failures, and notes for the user."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from natoqa.errors import ArticleError
from natoqa.types import Article, Failure

SHOWN = 80
"""Characters of an offending value that a note repeats: enough to find it in the file."""

MOST_GIVEN = 100
"""Notes on files inside an archive that are repeated; it may hold 100,000 of them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file holds: its articles, the parts that are no readable articles, and what the user should know.

    `sha256` is the hex digest of exactly the bytes that were parsed, "" where the file was not read to its end
    (it is gone, may not be read, or is too large).
    """

    articles: tuple[Article, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    sha256: str = ""


class Remark(NamedTuple):
    """Something about an article that is read nevertheless: what happened, and the value that it happened to."""

    what: str
    value: str = ""


@dataclass(slots=True)
class Remarks:
    """The remarks of one file, those of a kind gathered in one note: a file may hold 100,000 undated articles."""

    name: str
    kinds: dict[str, tuple[str, int]] = field(default_factory=dict)
    """What happened: the first value that it happened to, and to how many."""
    given: list[str] = field(default_factory=list)
    """Notes on files in the file, as their readers gave them."""

    @classmethod
    def of(cls, name: str, remarks: Iterable[Remark]) -> Self:
        """Return the remarks made on the file `name`."""
        notes = cls(name)
        notes.add(remarks)
        return notes

    def add(self, remarks: Iterable[Remark], where: str = "") -> None:
        """Note `remarks`, made on the whole file or on a part of it such as "line 17"."""
        for what, value in remarks:
            shown = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
            quoted = f": {shown}" if shown else ""
            first, times = self.kinds.get(what, (quoted + (f" ({where})" if where else ""), 0))
            self.kinds[what] = first, times + 1

    def take(self, notes: Iterable[str]) -> None:
        """Keep the notes on a file inside this one, the first ones of many."""
        self.given += list(notes)[: MOST_GIVEN - len(self.given)]

    def notes(self) -> tuple[str, ...]:
        """Return one note for each kind of remark, with the first value and the number of further ones."""
        own = tuple(
            f"{self.name}: {what}{first}" + (f", and {times - 1} more" if times > 1 else "")
            for what, (first, times) in self.kinds.items()
        )
        return own + tuple(self.given)


def read_bounded(stream: io.BufferedReader, max_bytes: int) -> bytes:
    """Return all bytes of `stream`. Raises `ArticleError` for more than `max_bytes`, which are not read."""
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    return data


def too_large(max_bytes: int) -> ArticleError:
    """Return the error for an article above the limit, wherever it is found."""
    return ArticleError(f"it is larger than {max_bytes:,} bytes (the setting max_file_mb)")


class LeftOut(ArticleError):  # noqa: N818  nothing is wrong with the item
    """An item that is no article to be read: a text that its publisher withdrew, a picture.

    Not a failure: what was read of it before goes, and the user is told. `remark` says what and why.
    """

    def __init__(self, what: str, value: str = "") -> None:
        super().__init__(f"{what}: {value}" if value else what)
        self.remark = Remark(what, value)
