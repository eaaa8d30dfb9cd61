"""Results as text for people; what a program needs is in the JSON."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from natoqa.citations import marked, quoted, sentences_of
from natoqa.evaluation import Evaluation
from natoqa.types import (
    Answer,
    Article,
    Change,
    Citation,
    Failure,
    Hit,
    IndexStatus,
    Retrieval,
    SyncProgress,
    SyncReport,
)

if TYPE_CHECKING:
    from natoqa.conversations import Summary
    from natoqa.users import User

# More outlets than this push the figures off the screen; the JSON has them all.
OUTLETS_SHOWN = 10
# Characters on either side of an opened sentence: with the rest, what fits a terminal of 24 lines.
AROUND = 500
# Failures that are listed one by one; more of them are grouped by their reason, with the first ones of each.
FAILURES_LISTED = 10
FAILURES_OF_A_REASON = 3
REMEDY = "All else is indexed. Repair or remove what failed and run `natoqa index` again."
ALL_FAILURES = "`natoqa index --dry-run --json` names each file with its reason, as does the page Corpus."
_MARGIN = "  "
# What follows the reason itself: the place in the file, the remedy, a figure of this one file.
_DETAILS = re.compile(r"\s*[:;(]|, whatever")


def answer(given: Answer, width: int) -> str:
    """Return the answer, its numbered citations, its notes and, where it abstains, the nearest articles."""
    sentences = [marked(sentence) for sentence in given.sentences] or [given.text]
    return _joined([*(wrapped(sentence, width) for sentence in sentences), sources(given, width)])


def sources(given: Answer, width: int) -> str:
    """Return what stands below an answer's sentences: its citations or the nearest articles, and the notes."""
    blocks = [_citation(citation, width) for citation in given.citations]
    if given.nearest and not given.citations:
        near = (_nearest(article, closest, width) for article, closest in given.near())
        blocks.append("\n".join(["Nearest articles:", *near]))
    about = [f"As of {given.as_of.isoformat()}."] if given.as_of else []
    if given.query not in ("", given.question):
        about.append(f"Searched for: {given.query}")
    blocks.append("\n".join([wrapped(line, width) for line in about] + _notes(given.notes, width)))
    return _joined(blocks)


def opened(citation: Citation, width: int) -> str:
    """Return the cited sentence, its lines marked by `>`, within its article: what stands around it, and where."""
    before, after = _around(citation)
    heading = [wrapped(citation.title, width), *_indented([_origin(citation, _speaker(citation))], width, 0)]
    quote = wrapped(citation.quote, width - len(_MARGIN)).splitlines()
    return _joined(
        [
            "\n".join(heading),
            *_paragraphs(before, width),
            "\n".join(f"> {line}" for line in quote),
            *_paragraphs(after, width),
            _address(citation, 0),
        ]
    )


def _around(citation: Citation) -> tuple[str, str]:
    """Return the whole sentences next to the quote in its article, with an ellipsis where the article goes on."""
    text, start, end = citation.article.text, citation.start, citation.end
    near = [
        sentence
        for sentence in sentences_of(citation.article)
        if sentence.start >= start - AROUND and sentence.end <= end + AROUND
    ]
    first = min((sentence.start for sentence in near), default=start)
    last = max((sentence.end for sentence in near), default=end)
    before, after = text[first:start].strip(), text[end:last].strip()
    return (
        f"… {before}" if text[:first].strip() else before,
        f"{after} …" if text[last:].strip() else after,
    )


def _paragraphs(text: str, width: int) -> list[str]:
    return [wrapped(part, width, first=_MARGIN) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _speaker(citation: Citation) -> str | None:
    return f"{citation.speaker} ({citation.role})" if citation.speaker and citation.role else citation.speaker


def _citation(citation: Citation, width: int) -> str:
    mark = f"[{citation.number}] "
    about = [_origin(citation, _speaker(citation)), citation.title]
    if citation.copies:
        about.append("also in: " + ", ".join(copy.outlet or copy.path for copy in citation.copies))
    lines = [wrapped(quoted(citation.quote), width, first=mark), *_indented(about, width, len(mark))]
    return "\n".join([*lines, _address(citation, len(mark))])


def _nearest(article: Article, closest: Citation | None, width: int) -> str:
    mark = "  - "
    about = [_origin(article), _closest(closest) if closest else ""]
    lines = [wrapped(article.title, width, first=mark), *_indented(about, width, len(mark))]
    return "\n".join([*lines, _address(article, len(mark))])


def _closest(citation: Citation) -> str:
    speaker = _speaker(citation)
    return f"closest: {quoted(citation.quote)}{f' – {speaker}' if speaker else ''}"


def _origin(source: Article | Citation | Hit, speaker: str | None = None) -> str:
    """Return who says it where and when, as far as it is known."""
    published = source.published.isoformat() if source.published else None
    return " · ".join(part for part in (speaker, source.outlet, published) if part)


def _address(source: Article | Citation | Hit, indent: int) -> str:
    """Return where to read the article; broken over lines an address cannot be clicked, nor a path copied."""
    return " " * indent + " ".join((source.url or source.path).split())


def _indented(lines: Iterable[str], width: int, indent: int) -> list[str]:
    return [wrapped(line, width, first=" " * indent) for line in lines if line]


def retrieval(found: Retrieval, width: int) -> str:
    """Return the ranked passages."""
    blocks = [_hit(hit, width) for hit in found.hits] or ["No passage was found."]
    return "\n\n".join([*blocks, "\n".join(_notes(found.notes, width))])


def _hit(hit: Hit, width: int) -> str:
    mark = f"{hit.rank:>2}. "
    lines = [wrapped(f"{hit.title} (score {hit.score:.3f})", width, first=mark)]
    lines += _indented([_origin(hit), hit.text], width, len(mark))
    return "\n".join([*lines, _address(hit, len(mark))])


def sync(done: SyncReport, width: int, *, dry_run: bool = False) -> str:
    """Return what a run of `natoqa index` did, or would do, with the failures and their reasons."""
    changes = ", ".join(f"{number:,} {name}" for name, number in _changes(done).items())
    holds = f"The index holds {_many(done.articles, 'article')} in {_many(done.passages, 'passage')}."
    lines = (
        [f"Would be: {changes}. Nothing was written."] if dry_run else [f"{changes} in {_duration(done.elapsed_s)}."]
    )
    lines = [wrapped(line, width) for line in (*lines, holds)]
    return "\n".join(lines + _failures(done.failed, width) + _notes(done.notes, width))


def _failures(failed: Sequence[Failure], width: int) -> list[str]:
    """Return what could not be read and what to do: one by one, or by reason where there are many."""
    if not failed:
        return []
    lines = [f"Failed ({len(failed):,}):"]
    if len(failed) <= FAILURES_LISTED:
        lines += [wrapped(f"{failure.path}: {failure.error}", width, first="  - ") for failure in failed]
    else:
        for reason, some in _by_reason(failed):
            lines.append(wrapped(f"{len(some):,} × {reason}", width, first="  "))
            lines += [f"      {failure.path}" for failure in some[:FAILURES_OF_A_REASON]]
            if more := some[FAILURES_OF_A_REASON:]:
                lines.append(f"      and {len(more):,} more")
    lines.append(wrapped(REMEDY if len(failed) <= FAILURES_LISTED else f"{REMEDY} {ALL_FAILURES}", width))
    return lines


def _by_reason(failed: Sequence[Failure]) -> list[tuple[str, list[Failure]]]:
    """Return the failures by the same reason together, the most frequent reason first; one alone has its details."""
    groups: dict[str, list[Failure]] = {}
    for failure in failed:
        groups.setdefault(_DETAILS.split(failure.error, maxsplit=1)[0], []).append(failure)
    found = [
        (some[0].error if len({each.error for each in some}) == 1 else reason, some) for reason, some in groups.items()
    ]
    return sorted(found, key=lambda group: -len(group[1]))


def _changes(done: SyncReport) -> dict[str, int]:
    shown = {name: getattr(done, name) for name in ("added", "changed", "moved", "removed", "unchanged")}
    return shown | ({"duplicates": done.duplicates} if done.duplicates else {})


def status(index: IndexStatus, width: int) -> str:
    """Return what is indexed as a table of two columns."""
    rows = [
        ("articles", f"{index.articles:,}"),
        ("passages", f"{index.passages:,}"),
        ("failed", f"{index.failed:,}"),
        ("without a date", f"{index.undated:,}"),
        ("without an outlet", f"{index.without_outlet:,}"),
        ("duplicates", f"{index.duplicates:,}"),
        ("up to date", _up_to_date(index.stale)),
        ("days", _days(index.oldest, index.newest)),
        ("embedding model", index.embedding_model),
        ("index version", str(index.index_version)),
    ]
    outlets = sorted(index.outlets.items(), key=lambda outlet: (-outlet[1], outlet[0]))
    rows += [("outlet", f"{name} ({count:,})") for name, count in outlets[:OUTLETS_SHOWN]]
    if outlets[OUTLETS_SHOWN:]:
        rows.append(("", f"and {_many(len(outlets) - OUTLETS_SHOWN, 'more outlet')}"))
    return "\n".join(wrapped(value, width, first=f"{name:<19}") for name, value in rows)


def changes(above: str, found: Sequence[Change], width: int) -> str:
    """Return what stands `above`, and what changed: sentences that went after "-", sentences that came after "+"."""
    blocks = []
    for each in found:
        title = f"{each.title}  (version {each.version}, {each.path})"
        lines = [wrapped(title, width)]
        if each.title_before:
            lines.append(wrapped(each.title_before, width, first="  - title: "))
        lines += [wrapped(text, width, first="  - ") for text in each.removed]
        lines += [wrapped(text, width, first="  + ") for text in each.added]
        if len(lines) == 1:
            lines.append("    no sentence changed: title, day, outlet or address did")
        blocks.append("\n".join(lines))
    return _joined([above, *(blocks or ["No article has an earlier text to compare it with."])])


def _up_to_date(stale: int | None) -> str:
    if stale is None:
        return "unknown: the corpus folder is not there"
    return f"no: {_many(stale, 'file')} not as in the index; run `natoqa index`" if stale else "yes"


def _days(oldest: date | None, newest: date | None) -> str:
    return f"{oldest.isoformat()} to {newest.isoformat()}" if oldest and newest else "unknown"


def evaluation(done: Evaluation) -> str:
    """Return the figures with their 95 % intervals, and the most telling ones for each kind of question."""
    counts = done.to_dict()
    rows = [("questions", f"{counts['questions']}", ""), ("answerable", f"{counts['answerable']}", "")]
    intervals = done.intervals()
    for name, value in done.figures().items():
        low, high = intervals[name]
        rows.append((name, f"{value:.3f}", f"{low:.3f} to {high:.3f}"))
    rows += [(name, f"{value:.1f}", "") for name, value in done.latencies().items()]
    kinds: list[tuple[str, ...]] = [("kind", "questions", "recall@10", "answer_recall", "abstained")]
    for name, figures in done.by_kind().items():
        shares = [f"{figures[each]:.3f}" for each in kinds[0][2:]]
        kinds.append((name, str(figures["questions"]), *shares))
    return "\n\n".join((_table([("figure", "value", "95 % interval"), *rows]), _table(kinds)))


def indexing(so_far: SyncProgress) -> str:
    """Return how far a run of `natoqa index` is, as one line."""
    if so_far.fetching:
        return f"Fetching {so_far.fetching:,} of {so_far.pages:,} …"
    left = "" if so_far.left_s is None else f", {_duration(so_far.left_s)} left"
    return f"{so_far.articles:,} of {so_far.total:,} articles, {so_far.passages_per_s:.0f} passages/s{left}"


def asking(number: int, total: int, elapsed_s: float) -> str:
    """Return how far a run of `natoqa eval` is, as one line."""
    return f"{number:,} of {total:,} questions, {_duration(elapsed_s / number * (total - number))} left"


def conversations(found: Sequence[Summary]) -> str:
    """Return a conversation a line: its id, when it was last added to, the number of its turns, its title."""
    if not found:
        return "No conversation was kept."
    return "\n".join(
        f"{each.id}  {each.updated:%Y-%m-%d %H:%M}  {each.turns:>3}  {each.title or '(no question yet)'}"
        for each in found
    )


def users(found: Sequence[User]) -> str:
    """Return a user a line, with the day from which they are one."""
    lines = (f"{each.created:%Y-%m-%d}  {each.name}{' (admin)' if each.admin else ''}" for each in found)
    return "\n".join(lines) or "There are no users."


def wrapped(text: str, width: int, *, first: str = "") -> str:
    """Return the text in lines of `width`, the first after `first`, the others indented as far."""
    text = " ".join(text.split())
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False)


def _joined(blocks: Iterable[str]) -> str:
    """Return the blocks that are not empty, a free line between them."""
    return "\n\n".join(block for block in blocks if block)


def _notes(notes: Iterable[str], width: int) -> list[str]:
    return [wrapped(note, width, first="Note: ") for note in notes]


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows in columns; all but the first column stand to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            f"{cell:{'<' if at == 0 else '>'}{width}}" for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _duration(seconds: float) -> str:
    """Return the time as a person would say it.

    >>> _duration(2.345), _duration(75), _duration(3725)
    ('2.3 s', '1:15 min', '1:02 h')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
