"""How the index stands: the top of both pages, a re-index under way, and what stands where there is nothing yet."""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.serving.shared_index import IndexState, Reindexing
from natoqa.types import Failure, IndexStatus, SyncProgress, SyncReport
from natoqa.ui.rendering.markup import count, day, escaped, trouble

# More failures than this are a broken export, and the first ones say as much as all of them.
_SHOWN_FAILURES = 20


def masthead(here: str) -> str:
    """Return the name and the ways between the pages; `here` is `chat` or `corpus`."""
    # Relative, so that they hold behind a proxy that puts a prefix before all addresses.
    pages = (("chat", "./", "Ask"), ("corpus", "corpus", "Corpus"))
    links = "".join(
        f'<li><a href="{address}"{" aria-current=page" if page == here else ""}>{name}</a></li>'
        for page, address, name in pages
    )
    return (
        '<h1>natoqa</h1><p class="tagline">Answers from a folder of news articles, every sentence tied to its source'
        f'</p><nav aria-label="Pages"><ul>{links}</ul></nav>'
    )


def status_line(state: IndexState) -> str:
    """Return the line about the index, and below it the running or last re-indexing."""
    line = _status(state.status) if state.status else escaped(_no_index(state))
    return f'<p class="status-line">{line}</p>{_reindexing(state.reindexing)}'


def _status(status: IndexStatus) -> str:
    parts = [count(status.articles, "article")]
    if status.newest:
        parts.append(f"newest {day(status.newest)}")
    if status.failed:
        parts.append(f"{count(status.failed, 'article')} could not be read")
    return " · ".join(parts)


def _no_index(state: IndexState) -> str:
    return "No index yet" if state.missing else "The index cannot be used"


def _reindexing(run: Reindexing | None) -> str:
    if run is None:
        return ""
    if run.problem:
        return f'<div class="reindexing failed" role="alert">{trouble(run.problem)}</div>'
    if run.report:
        return f'<div class="reindexing done" role="status">{_report(run.report)}</div>'
    return f'<div class="reindexing running">{_progress(run.progress)}</div>'


def _progress(progress: SyncProgress | None) -> str:
    if progress is not None and progress.fetching:
        done = progress.fetching - 1
        return (
            f"<p>Fetching {progress.fetching:,} of {progress.pages:,} …</p>"
            f'<progress aria-label="Fetching" value="{done}" max="{progress.pages}"></progress>'
        )
    if progress is None or not progress.total:
        return "<p>Looking for changes …</p><progress aria-label='Re-indexing'></progress>"
    left = f", about {_duration(progress.left_s)} left" if progress.left_s is not None else ""
    return (
        f"<p>Reading article {min(progress.articles + 1, progress.total):,} of {progress.total:,}{left}</p>"
        f'<progress aria-label="Re-indexing" value="{progress.articles}" max="{progress.total}"></progress>'
    )


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def _report(report: SyncReport) -> str:
    changes = {"added": report.added, "changed": report.changed, "moved": report.moved, "removed": report.removed}
    told = [f"{number:,} {what}" for what, number in changes.items() if number]
    lines = [f"<p>Index is up to date: {', '.join(told) or 'nothing had changed'}.</p>"]
    if report.failed:
        lines.append(_failures(report.failed))
    lines.extend(f"<p>{escaped(note)}</p>" for note in report.notes)
    return "".join(lines)


def _failures(failed: Sequence[Failure]) -> str:
    shown = "".join(
        f"<li><bdi>{escaped(each.path)}</bdi>: {escaped(each.error)}</li>" for each in failed[:_SHOWN_FAILURES]
    )
    more = f"<li>and {len(failed) - _SHOWN_FAILURES:,} more</li>" if len(failed) > _SHOWN_FAILURES else ""
    summary = f"{count(len(failed), 'article')} could not be read"
    return f"<details><summary>{summary}</summary><ul>{shown}{more}</ul></details>"


def emptiness(state: IndexState, *, editor: bool = True) -> str:
    """Return what to do where there is nothing to ask about, for who may re-index (`editor`) or not; else nothing."""
    corpus = f"<code>{escaped(state.corpus)}</code>"
    if state.problem and not state.missing:
        return f"<h2>The index cannot be used</h2>{trouble(state.problem)}"
    if state.status is not None and state.status.articles:
        return ""
    if state.reindexing is not None and state.reindexing.running:
        return "<h2>Reading the articles</h2><p>They can be asked about as soon as the first ones are read.</p>"
    if not editor:
        return "<h2>No articles yet</h2><p>Whoever runs this natoqa can index some.</p>"
    if state.problem:
        return (
            f"<h2>No index yet</h2><p>Press <strong>{REINDEX}</strong> to read the articles in the folder {corpus}; "
            "then ask.</p>"
        )
    return (
        f"<h2>No articles yet</h2><p>Put news articles (Markdown or text files) into the folder {corpus} and press "
        f"<strong>{REINDEX}</strong>.</p>"
    )


def welcome(state: IndexState, *, editor: bool = True) -> str:
    """Return what stands in the place of a conversation before its first turn: examples, or how to get articles."""
    if empty := emptiness(state, editor=editor):
        return empty
    examples = "".join(
        f'<li><button type="button" class="example">{escaped(each)}</button></li>' for each in state.examples
    )
    invitation = f'<p>For example:</p><ul class="examples">{examples}</ul>' if examples else ""
    return (
        "<h2>What do the articles say?</h2><p>Ask in English. Every sentence of an answer is tied to a sentence of an "
        f"article; what the articles do not say, natoqa does not say either.</p>{invitation}"
    )


REINDEX = "Re-index"
