"""Making the index equal the corpus: what changed is found first, then written article by article.

A run killed at any moment leaves whole articles only. The catalog learns last that a file was dealt with, so the
next run looks at the file again and finds those of its articles that are done already unchanged.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from natoqa import __version__, retrying, sentences
from natoqa.catalog import Catalog, Entry, FileState
from natoqa.corpus import Corpus, SourceFile, fingerprint, guard, text_fingerprint
from natoqa.embedding import Embedding, Vector
from natoqa.passages import pack
from natoqa.types import Article, Failure, Passage, SyncProgress, SyncReport

Place = tuple[str, str | None]  # (path, record): where an article lives
Report = Callable[[SyncProgress], None]

# Passages that are embedded and written together: enough to sort by length, done in about three seconds.
BATCH = 256

# A file changed less than this before it was looked at may change again within one tick of a coarse clock (FAT: 2 s).
TICK_NS = 2_000_000_000

_PLAIN_ID = re.compile(r"[A-Za-z0-9][\w.:-]{0,99}", re.ASCII)


@dataclass(slots=True)
class Plan:
    """What a run has to do."""

    added: list[Article] = field(default_factory=list)
    changed: list[Article] = field(default_factory=list)
    moved: list[tuple[Entry, Place]] = field(default_factory=list)
    rewritten: list[Article] = field(default_factory=list)
    """Articles that a rebuild writes again although they are as they were."""
    removed: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    read: list[tuple[str, FileState, Sequence[Failure]]] = field(default_factory=list)
    gone_files: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: int = 0
    """Failed files that are not read again yet."""

    def to_write(self) -> list[Article]:
        """Return the articles that are to be embedded and stored."""
        return self.rewritten + self.changed + self.added


def plan(catalog: Catalog, corpus: Corpus, *, only: Sequence[str] | None, rebuild: bool, allow_removals: bool) -> Plan:
    """Return what differs between corpus and catalog; raises `CorpusMissingError` and `CorpusShrunkError`.

    With `only`, a list of paths in the corpus, nothing else is looked at and nothing is removed. With `rebuild`,
    everything is read and written again. A failed file that has not changed is read again where it is named, and
    else when its time has come (see `retrying`).
    """
    scan = corpus.scan()
    files = [file for file in scan.files if only is None or file.path in only]
    result = Plan(notes=list(scan.notes), failed=list(scan.failures))
    found, kept = _read(result, files, catalog, corpus, everything=rebuild, named=only is not None)
    entries = catalog.entries()
    known: dict[Place, Entry] = {(entry.path, entry.record): entry for entry in entries}
    gone: dict[Place, Entry] = {}
    for place, entry in known.items():
        if place in found:
            continue
        # Its file was not read, or not wholly, or not looked at: nobody can say that the article is gone.
        if only is not None or place[0] in kept or scan.unseen(place[0]):
            result.unchanged += 1
            if rebuild:
                result.rewritten.append(catalog.article(entry.article_id))
        else:
            gone[place] = entry
    _sort_out(result, found, known, gone, rebuild=rebuild)
    if result.waiting:
        result.notes.append(_not_read_again(result.waiting))
    if only is None:
        here = {file.path for file in scan.files}
        result.gone_files = [path for path in catalog.files() if path not in here and not scan.unseen(path)]
        if not allow_removals:
            remaining = len(entries) - len(result.removed) + len(result.added)
            guard(known=len(entries), removed=len(result.removed), remaining=remaining)
    return result


def _read(
    result: Plan, files: Iterable[SourceFile], catalog: Catalog, corpus: Corpus, *, everything: bool, named: bool
) -> tuple[dict[Place, Article], set[str]]:
    """Read the files that are not as they were; return their articles, and the files whose other articles stay."""
    known, failures = catalog.files(), catalog.failures()
    found: dict[Place, Article] = {}
    kept: set[str] = set()
    now, tried_with = time.time(), _tried_with(corpus)
    for file in files:
        before = known.get(file.path)
        if before and before.signature == file.signature and not everything:
            failed = file.path in failures
            if not (failed and (named or retrying.is_due(before, tried_with=tried_with, now=now))):
                kept.add(file.path)
                result.failed += failures.get(file.path, [])
                result.waiting += failed
                continue
        # Taken before reading: a file that changes meanwhile is then looked at again.
        signature = trusted_signature(file)
        reading = corpus.read(file)
        state = FileState(signature, reading.sha256)
        if reading.failures:
            state = retrying.next_state(signature, reading.sha256, before=before, tried_with=tried_with, now=now)
        result.read.append((file.path, state, reading.failures))
        result.failed += reading.failures
        result.notes += reading.notes
        if reading.failures:
            kept.add(file.path)
        found.update({(article.path, article.record): article for article in reading.articles})
    return found, kept


def _tried_with(corpus: Corpus) -> str:
    """Return what else than the file decides whether it can be read."""
    return f"natoqa {__version__}, max_bytes {corpus.max_bytes}"


def _not_read_again(files: int) -> str:
    subject, named = ("1 failed file has", "it") if files == 1 else (f"{files} failed files have", "one")
    return f"{subject} not changed and will be tried again later; `natoqa index FILE` tries {named} at once."


def _sort_out(
    result: Plan,
    found: dict[Place, Article],
    known: dict[Place, Entry],
    gone: dict[Place, Entry],
    *,
    rebuild: bool,
) -> None:
    """Tell added, changed, moved, removed and unchanged articles apart."""
    taken = {entry.article_id for entry in known.values()}
    leaving: dict[str, list[Entry]] = {}
    for entry in sorted(gone.values(), key=lambda entry: (entry.path, entry.record or ""), reverse=True):
        leaving.setdefault(entry.fingerprint, []).append(entry)
    moved: set[str] = set()
    for place, article in found.items():
        before = known.get(place)
        content = fingerprint(article)
        if before is None and leaving.get(content):
            before = leaving[content].pop()
            moved.add(before.article_id)
            result.moved.append((before, place))
            if rebuild:
                result.rewritten.append(replace(article, article_id=before.article_id))
        elif before is None:
            article_id = _new_id(article, taken)
            taken.add(article_id)
            result.added.append(replace(article, article_id=article_id))
        elif before.fingerprint != content:
            result.changed.append(replace(article, article_id=before.article_id))
        else:
            result.unchanged += 1
            if rebuild:
                result.rewritten.append(replace(article, article_id=before.article_id))
    result.removed = [entry for entry in gone.values() if entry.article_id not in moved]


def _new_id(article: Article, taken: set[str]) -> str:
    """Return the id for a new article: its own id where the file gives one, else a digest of its place."""
    if article.record and _PLAIN_ID.fullmatch(article.record) and article.record not in taken:
        return article.record
    number = 0
    while True:
        place = "\0".join([article.path, article.record or "", str(number)])
        candidate = hashlib.blake2b(place.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        if candidate not in taken:
            return candidate
        number += 1


def trusted_signature(file: SourceFile) -> str:
    """Return what tells that a file is as it was, or "" for one so fresh that its next change may not show."""
    fresh = time.time_ns() - max(file.mtime_ns, file.ctime_ns) < TICK_NS
    return "" if fresh else file.signature


class Writer:
    """Carries a plan out."""

    def __init__(
        self,
        catalog: Catalog,
        embedding: Embedding,
        *,
        limit: int,
        versions: int,
        total: int,
        reuse: bool,
        report: Report | None,
    ) -> None:
        self._catalog = catalog
        self._versions = versions
        self._embedding = embedding
        self._limit = limit
        self._reuse = reuse
        self._total = total
        self._report = report
        self._started = time.monotonic()
        self._articles = 0
        self._passages = 0
        self.cut = 0

    def write(self, articles: Iterable[Article]) -> None:
        """Embed and store the articles, some at a time, each batch in one transaction."""
        self._tell()
        for batch in self._batches(articles):
            texts = [passage.embedded for _, passages in batch for passage in passages]
            vectors = self._vectors(batch, texts)
            with self._catalog.writing():
                for article, passages in batch:
                    self._store(article, passages, vectors)
                self._catalog.prune(self._versions, [article.article_id for article, _ in batch])
            self._articles += len(batch)
            self._passages += len(texts)
            self._tell()

    def _batches(self, articles: Iterable[Article]) -> Iterator[list[tuple[Article, list[Passage]]]]:
        batch: list[tuple[Article, list[Passage]]] = []
        size = 0
        for article in articles:
            passages, cut = self._pack(article)
            self.cut += cut
            batch.append((article, passages))
            size += len(passages)
            if size >= BATCH:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _vectors(self, batch: Iterable[tuple[Article, list[Passage]]], texts: list[str]) -> dict[str, Vector]:
        """Return the vector of each text; those that stood in an article's last version are not embedded again."""
        vectors: dict[str, Vector] = {}
        for article, _ in batch if self._reuse else ():
            vectors.update(self._known_vectors(article))
        fresh = [text for text in dict.fromkeys(texts) if text not in vectors]
        vectors.update(zip(fresh, self._embedding.embed(fresh), strict=True))
        return vectors

    def _known_vectors(self, article: Article) -> dict[str, Vector]:
        """Return the vectors of the article's current version, by the text that was embedded."""
        spans = {(start, end): vector for start, end, vector in self._catalog.spans(article.article_id)}
        if not spans:
            return {}
        passages, _ = self._pack(self._catalog.article(article.article_id))
        return {
            passage.embedded: spans[passage.start, passage.end]
            for passage in passages
            if (passage.start, passage.end) in spans
        }

    def _pack(self, article: Article) -> tuple[list[Passage], int]:
        return pack(
            article.text,
            sentences.split(article.text),
            title=article.title,
            count_tokens=self._embedding.count_tokens,
            limit=self._limit,
            window=self._embedding.window,
        )

    def _store(self, article: Article, passages: Sequence[Passage], vectors: dict[str, Vector]) -> None:
        self._catalog.put(
            replace(article, version=self._version(article)),
            fingerprint(article),
            text_fingerprint(article),
            [(passage, vectors[passage.embedded]) for passage in passages],
        )

    def _version(self, article: Article) -> int:
        """Return the number of the last version if it has the same content, else the next one."""
        last = self._catalog.last_text(article.article_id)
        if last and fingerprint(last) == fingerprint(article):
            return last.version
        return self._catalog.last_version(article.article_id) + 1

    def _tell(self) -> None:
        if self._report:
            elapsed = time.monotonic() - self._started
            self._report(SyncProgress(self._articles, self._total, self._passages, elapsed))


def carry_out(
    plan: Plan,
    catalog: Catalog,
    embedding: Callable[[], Embedding],
    *,
    limit: int,
    versions: int,
    rebuild: bool,
    report: Report | None,
) -> None:
    """Make the catalog what the plan says; the embedding model is loaded only when something is to be embedded.

    `limit` is that of a passage in tokens; `versions` earlier texts of each article are kept.
    """
    catalog.settle_all()
    if plan.moved:
        with catalog.writing():
            for entry, place in plan.moved:
                catalog.move(entry.article_id, *place)
    if plan.to_write():
        total = len(plan.to_write())
        writer = Writer(
            catalog,
            embedding(),
            limit=limit,
            versions=versions,
            total=total,
            reuse=not rebuild,
            report=report,
        )
        writer.write(plan.to_write())
        if writer.cut:
            plan.notes.append(
                f"{writer.cut} sentences are longer than a passage: the model read their beginnings only, "
                "the word search all of them."
            )
    kept_so_far = catalog.meta("versions")
    if plan.removed or plan.read or plan.gone_files or kept_so_far != str(versions):
        with catalog.writing():
            for entry in plan.removed:
                catalog.remove(entry.article_id)
            for path, state, failures in plan.read:
                catalog.set_file(path, state, failures)
            for path in plan.gone_files:
                catalog.forget_file(path)
            # Another number concerns all articles; at the end, as a rebuild begins with none that is current.
            removed = [entry.article_id for entry in plan.removed]
            catalog.prune(versions, removed if kept_so_far == str(versions) else None)
            catalog.set_meta("versions", str(versions))


def summary(plan: Plan, catalog: Catalog, *, dry_run: bool, elapsed_s: float) -> SyncReport:
    """Return the report of a run; of a dry run, with the articles that there would be."""
    counts = catalog.counts()
    articles = counts["articles"]
    if dry_run:
        articles += len(plan.added) - len(plan.removed)
    return SyncReport(
        added=len(plan.added),
        changed=len(plan.changed),
        moved=len(plan.moved),
        removed=len(plan.removed),
        unchanged=plan.unchanged,
        duplicates=counts["duplicates"],
        failed=tuple(plan.failed),
        articles=articles,
        passages=counts["passages"],
        elapsed_s=elapsed_s,
        notes=tuple(plan.notes),
    )
