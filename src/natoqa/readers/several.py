"""The articles of one file that holds several: how each is known, which are broken, and how much memory they take.

An article is known by its `id`; without one by its address, else by its content: an article that is inserted above it
does not make it another one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from natoqa.errors import ArticleError
from natoqa.readers.article import assemble, kind
from natoqa.readers.decoding import clean
from natoqa.readers.reading import Reading, Remark, Remarks
from natoqa.types import Article, Failure

LONGEST_ID = 500
"""Characters of an id: it is a key of the catalog, and addresses, the longest ids in use, have up to 300."""

MOST_FAILURES = 1_000
"""Broken articles of a file that are named; a file of 20 MB may hold millions, and nobody reads on."""

MOST_BROKEN = 100_000
"""Broken articles of a file after which it is given up, done in some seconds; without any sound one, those that are
named are enough."""

MOST_HELD = 500_000_000
"""Bytes of memory that the texts of one file's articles may take: they wait there until the file is read."""


@dataclass(slots=True)
class SeveralArticles:
    """What has been read so far of a file that holds several articles."""

    name: str
    articles: dict[str, Article] = field(default_factory=dict)
    """By record, in the order in which they were met."""
    failures: list[Failure] = field(default_factory=list)
    remarks: Remarks = field(init=False)
    places: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """The records given so far: where, and in which version."""
    unnamed: int = 0
    """Failures beyond those that are named."""
    held: int = 0

    def __post_init__(self) -> None:
        self.remarks = Remarks(self.name)

    @property
    def full(self) -> bool:
        """Whether no more articles are to be read: they would not fit into memory, or too many are broken."""
        return self._too_large or self._hopeless

    @property
    def _too_large(self) -> bool:
        return self.held > MOST_HELD

    @property
    def _hopeless(self) -> bool:
        return self.unnamed > (MOST_BROKEN if self.articles else 0)

    def add(self, fields: Mapping[str, object], body: str, where: str) -> None:
        """Take in the article that `fields` and `body` make.

        Of two versions of an article (the same `id`, both with a `version` number) the higher one is kept. Raises
        `ArticleError` if it is no article or its id is taken.
        """
        article, remarks = assemble(fields, body, path=self.name)
        record = given_id(fields) or self._free_record(article)
        self.take(replace(article, record=record), where, version=_version(fields))
        self.remarks.add(remarks, where)

    def take(self, article: Article, where: str, *, version: int | None = None) -> None:
        """Take in a whole article under its own `record`, by the rules of `add`."""
        record = article.record or ""
        if record in self.places:
            place, other = self.places[record]
            if version is None or other is None or version == other:
                raise ArticleError(f"its id {record!r} is taken by {place}")
            self.remarks.add([Remark("holds several versions of an article; the last one is read", record)])
            if version < other:
                return
            self.held -= sys.getsizeof(self.articles.pop(record).text)
        self.places[record] = where, version
        self.articles[record] = article
        self.held += sys.getsizeof(article.text)

    def fail(self, place: str, error: Exception | str) -> None:
        """Note what is no readable article, at a place such as `name:17`."""
        if len(self.failures) < MOST_FAILURES:
            self.failures.append(Failure(place, str(error)))
        else:
            self.unnamed += 1

    def reading(self) -> Reading:
        """Return what was read. Raises `ArticleError` if that is nothing."""
        if not (self.articles or self.failures or self.remarks.kinds):
            raise ArticleError("it is empty")
        failures = list(self.failures)
        if self._hopeless:
            failures.append(Failure(self.name, "too many of its articles cannot be read; the rest of it was not read"))
        elif self.unnamed:
            failures.append(Failure(self.name, f"{self.unnamed} more of its articles cannot be read"))
        if self._too_large:
            limit = f"{MOST_HELD // 1_000_000} MB"
            failures.append(Failure(self.name, f"it holds more than {limit} of text: divide it; the rest is not read"))
        return Reading(tuple(self.articles.values()), tuple(failures), self.remarks.notes())

    def _free_record(self, article: Article) -> str:
        return next(record for record in _records(article) if record not in self.places)


def _records(article: Article) -> Iterator[str]:
    """Yield what an article without an id may be known by, the best first; copies of one article are numbered."""
    if article.url and len(article.url) <= LONGEST_ID:
        yield article.url
    content = f"{article.title}\n{article.text}".encode()
    digest = hashlib.blake2b(content, digest_size=12).hexdigest()
    yield digest
    for copy in count(2):
        yield f"{digest}-{copy}"


def given_id(fields: Mapping[str, object]) -> str | None:
    """Return the article's own `id`, None without one. Raises `ArticleError` for one that cannot be a key."""
    value = fields.get("id")
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ArticleError(f"its id should be text or a number, not {kind(value)}")
    given = clean(str(value))
    if len(given) > LONGEST_ID:
        raise ArticleError(f"its id has more than {LONGEST_ID} characters")
    return given


def _version(fields: Mapping[str, object]) -> int | None:
    """Return the number of the article's version; of other ways to count nobody knows which is the later one."""
    value = str(fields.get("version", ""))
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len("20250213103000") else None
