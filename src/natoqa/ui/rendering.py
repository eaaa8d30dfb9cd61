"""Answers, sources and the state of the index as HTML; pure functions that know nothing of Gradio.

Article text, titles, outlets, addresses and questions are hostile: every value passes through `_text` or
`web_address` on its way into HTML, and none becomes a tag, an attribute name or an image.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from natoqa.errors import NatoqaError
from natoqa.sanitizing import web_address
from natoqa.types import Answer, Article, Citation, Failure, IndexStatus, SyncProgress, SyncReport
from natoqa.ui.shared_index import IndexState, Reindexing

# A question is repeated above its answer; pasted articles would push the answer off the screen.
_SHOWN_QUESTION = 600
# About four sentences of news on either side: enough to judge a quotation, little enough to see it at once.
_CONTEXT = 500
# More failures than this are a broken export, and the first ones say as much as all of them.
_SHOWN_FAILURES = 20

_STATUS_WORDS = {"answered": "Answered", "partial": "Partly answered", "not_in_corpus": "Not in the corpus"}
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s+|\n\s*")


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _day(day: date) -> str:
    return f'<time datetime="{day.isoformat()}">{_plain_day(day)}</time>'


def _plain_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


# --- the conversation ---------------------------------------------------------------------------------------------


def conversation(turns: Iterable[str], *, busy: bool = False) -> str:
    """Return the conversation from its rendered turns; screen readers wait with reading it while it is `busy`."""
    log = f'<div class="turns" role="log" aria-label="Conversation" aria-busy="{str(busy).lower()}">'
    return f"{log}{''.join(turns)}</div>"


def streaming_turn(number: int, question: str, written: str) -> str:
    """Return a turn whose answer is being written."""
    body = f'<p class="sentences">{_text(written)}</p>' if written else '<p class="waiting">Reading the articles …</p>'
    return _turn(number, question, f'<div class="answer streaming">{body}</div>')


def answered_turn(number: int, answer: Answer) -> str:
    """Return a turn with its finished answer: status first, every sentence with its citations as links."""
    parts = [
        f'<p class="status">{_STATUS_WORDS[answer.status]}</p>',
        f'<p class="sentences">{_sentences(number, answer)}</p>',
    ]
    if answer.query and _folded(answer.query) != _folded(answer.question):
        parts.append(f'<p class="query">Searched for: <q>{_text(_shortened(answer.query))}</q></p>')
    if answer.nearest and answer.status != "answered":
        parts.append('<p class="nearest-heading">Nearest articles:</p>' + _references(answer.nearest))
    if answer.notes:
        parts.append(f'<ul class="notes">{"".join(f"<li>{_text(note)}</li>" for note in answer.notes)}</ul>')
    return _turn(number, answer.question, f'<div class="answer {answer.status}">{"".join(parts)}</div>')


def failed_turn(number: int, question: str, problem: NatoqaError) -> str:
    """Return a turn that could not be answered: what happened and what to do."""
    body = f'<p class="status">No answer</p>{_problem(problem)}'
    return _turn(number, question, f'<div class="answer failed" role="alert">{body}</div>')


def _turn(number: int, question: str, body: str) -> str:
    shown = _text(_shortened(question))
    return f'<article class="turn" id="turn-{number}"><h3 class="asked">{shown}</h3>{body}</article>'


def _sentences(turn: int, answer: Answer) -> str:
    if not answer.sentences:
        return _text(answer.text)
    by_number = {citation.number: citation for citation in answer.citations}
    return " ".join(
        f'<span class="sentence">{_text(sentence.text)}'
        + "".join(_mark(turn, by_number[number]) for number in sentence.citations if number in by_number)
        + "</span>"
        for sentence in answer.sentences
    )


def _mark(turn: int, citation: Citation) -> str:
    origin = ", ".join(filter(None, [citation.speaker, citation.outlet or citation.title]))
    day = f", {_plain_day(citation.published)}" if citation.published else ""
    tooltip = _text(f"“{_shortened(citation.quote)}” – {origin}{day}")
    target = _source_id(turn, citation.number)
    return f'&nbsp;<a class="citation" href="#{target}" title="{tooltip}">[{citation.number}]</a>'


def _source_id(turn: int, number: int) -> str:
    return f"source-{turn}-{number}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_QUESTION else text[:_SHOWN_QUESTION].rstrip() + " …"


# --- the sources --------------------------------------------------------------------------------------------------

NO_SOURCES = (
    '<h2>Sources</h2><p class="empty">The articles behind an answer appear here. '
    "Choose a number such as [1] to see the sentence in its article.</p>"
)


def sources(turn: int, answer: Answer, *, selected: int | None = None) -> str:
    """Return the panel of the articles that the answer of a turn cites, the `selected` citation marked."""
    if not answer.citations:
        return NO_SOURCES
    ordered = sorted(answer.citations, key=lambda each: (_first_use(answer, each), each.number))
    cards = (
        _source(turn, tuple(citations), selected)
        for _, citations in groupby(ordered, key=lambda each: (each.article_id, each.version))
    )
    return f'<h2>Sources</h2><p class="for">{_text(_shortened(answer.question))}</p>{"".join(cards)}'


def _first_use(answer: Answer, citation: Citation) -> int:
    """Return the lowest number by which the citation's article is cited: articles stand in the order of their use."""
    return min(
        each.number
        for each in answer.citations
        if (each.article_id, each.version) == (citation.article_id, citation.version)
    )


def _source(turn: int, citations: Sequence[Citation], selected: int | None) -> str:
    article = citations[0].article
    excerpts = "".join(_excerpt(turn, citation, chosen=citation.number == selected) for citation in citations)
    copies = {copy.article_id: copy for citation in citations for copy in citation.copies}
    same = f'<p class="copies">Articles with the same text:</p>{_references(copies.values())}' if copies else ""
    return (
        f'<article class="source"><h3>{_text(article.title)}</h3><p class="origin">{_origin(article)}</p>'
        f"{_original(article)}{excerpts}{same}</article>"
    )


def _origin(article: Article) -> str:
    parts = [
        _text(article.outlet) if article.outlet else "",
        _day(article.published) if article.published else "no date",
    ]
    return " · ".join(filter(None, parts))


def _original(article: Article) -> str:
    address = web_address(article.url)
    if address is None:
        return f'<p class="original"><span class="path">{_text(article.path)}</span></p>'
    return f'<p class="original"><a href="{_text(address)}" {_ELSEWHERE}>Open the original</a></p>'


_ELSEWHERE = 'target="_blank" rel="noopener noreferrer"'


def _excerpt(turn: int, citation: Citation, *, chosen: bool) -> str:
    before, after = context(citation)
    speaker = ""
    if citation.speaker:
        role = f", {_text(citation.role)}" if citation.role else ""
        speaker = f'<p class="speaker"><strong>{_text(citation.speaker)}</strong>{role}</p>'
    current = ' selected" aria-current="true' if chosen else ""
    return (
        f'<section class="excerpt{current}" id="{_source_id(turn, citation.number)}" tabindex="-1" '
        f'aria-label="Citation {citation.number}">'
        f'<p class="number"><a href="#turn-{turn}" title="Back to the answer">[{citation.number}]</a></p>{speaker}'
        f"<blockquote>{_text(before)}<mark>{_text(citation.quote)}</mark>{_text(after)}</blockquote></section>"
    )


def context(citation: Citation) -> tuple[str, str]:
    """Return what stands before and after the quote in its article, cut at sentences to a readable length.

    Both are empty when the quote is not at its place: it is never shown inside a text that it does not come from.
    """
    text, start, end = citation.article.text, citation.start, citation.end
    if text[start:end] != citation.quote:
        return "", ""
    return _tail(text[:start]), _head(text[end:])


def _tail(text: str) -> str:
    """Return the last whole sentences of the text."""
    if len(text) <= _CONTEXT:
        return text.lstrip()
    kept = text[-_CONTEXT:]
    cut = _SENTENCE_END.search(kept)
    return "… " + (kept[cut.end() :] if cut else kept.partition(" ")[2])


def _head(text: str) -> str:
    """Return the first whole sentences of the text."""
    if len(text) <= _CONTEXT:
        return text.rstrip()
    kept = text[:_CONTEXT]
    cuts = list(_SENTENCE_END.finditer(kept))
    return (kept[: cuts[-1].end()].rstrip() if cuts else kept.rpartition(" ")[0]) + " …"


def _references(articles: Iterable[Article]) -> str:
    return f'<ul class="references">{"".join(f"<li>{_reference(article)}</li>" for article in articles)}</ul>'


def _reference(article: Article) -> str:
    address = web_address(article.url)
    title = _text(article.title)
    named = f'<a href="{_text(address)}" {_ELSEWHERE}>{title}</a>' if address else f"<span>{title}</span>"
    return f'<bdi>{named}</bdi> <span class="origin">{_origin(article)}</span>'


# --- the index ----------------------------------------------------------------------------------------------------


def status_line(state: IndexState) -> str:
    """Return the line about the index, and below it the running or last re-indexing."""
    line = _status(state.status) if state.status else _text(_no_index(state))
    return f'<p class="status-line">{line}</p>{_reindexing(state.reindexing)}'


def _status(status: IndexStatus) -> str:
    parts = [_count(status.articles, "article")]
    if status.newest:
        parts.append(f"newest {_day(status.newest)}")
    if status.failed:
        parts.append(f"{_count(status.failed, 'article')} could not be read")
    return " · ".join(parts)


def _no_index(state: IndexState) -> str:
    return "No index yet" if state.missing else "The index cannot be used"


def _reindexing(run: Reindexing | None) -> str:
    if run is None:
        return ""
    if run.problem:
        return f'<div class="reindexing failed" role="alert">{_problem(run.problem)}</div>'
    if run.report:
        return f'<div class="reindexing done" role="status">{_report(run.report)}</div>'
    return f'<div class="reindexing running">{_progress(run.progress)}</div>'


def _progress(progress: SyncProgress | None) -> str:
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
    lines.extend(f"<p>{_text(note)}</p>" for note in report.notes)
    return "".join(lines)


def _failures(failed: Sequence[Failure]) -> str:
    shown = "".join(f"<li><bdi>{_text(each.path)}</bdi>: {_text(each.error)}</li>" for each in failed[:_SHOWN_FAILURES])
    more = f"<li>and {len(failed) - _SHOWN_FAILURES:,} more</li>" if len(failed) > _SHOWN_FAILURES else ""
    summary = f"{_count(len(failed), 'article')} could not be read"
    return f"<details><summary>{summary}</summary><ul>{shown}{more}</ul></details>"


def _problem(problem: NatoqaError) -> str:
    return f'<p class="problem">{_text(problem)}</p><p class="hint">{_text(problem.hint)}</p>'


def welcome(state: IndexState) -> str:
    """Return what stands in the place of a conversation before its first turn: examples, or how to get articles."""
    corpus = f"<code>{_text(state.corpus)}</code>"
    if state.problem and not state.missing:
        return f"<h2>The index cannot be used</h2>{_problem(state.problem)}"
    if state.problem:
        return (
            f"<h2>No index yet</h2><p>Press <strong>{REINDEX}</strong> to read the articles in the folder {corpus}; "
            "then ask.</p>"
        )
    if state.status is None or not state.status.articles:
        return (
            f"<h2>No articles yet</h2><p>Put news articles (Markdown or text files) into the folder {corpus} and press "
            f"<strong>{REINDEX}</strong>.</p>"
        )
    examples = "".join(
        f'<li><button type="button" class="example">{_text(each)}</button></li>' for each in state.examples
    )
    invitation = f'<p>For example:</p><ul class="examples">{examples}</ul>' if examples else ""
    return (
        "<h2>What do the articles say?</h2><p>Ask in English. Every sentence of an answer is tied to a sentence of an "
        f"article; what the articles do not say, natoqa does not say either.</p>{invitation}"
    )


REINDEX = "Re-index"
