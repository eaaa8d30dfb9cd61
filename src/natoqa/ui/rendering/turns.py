"""The conversation: each question with its answer, being written, finished, or failed."""

from __future__ import annotations

from collections.abc import Iterable

from natoqa.errors import NatoqaError
from natoqa.types import Answer, Citation
from natoqa.ui.rendering.markup import escaped, plain_day, references, shortened, source_id, trouble

_STATUS_WORDS = {"answered": "Answered", "partial": "Partly answered", "not_in_corpus": "Not in the corpus"}


def conversation(turns: Iterable[str], *, busy: bool = False) -> str:
    """Return the conversation from its rendered turns; screen readers wait with reading it while it is `busy`."""
    log = f'<div class="turns" role="log" aria-label="Conversation" aria-busy="{str(busy).lower()}">'
    return f"{log}{''.join(turns)}</div>"


def streaming_turn(number: int, question: str, written: str) -> str:
    """Return a turn whose answer is being written."""
    body = (
        f'<p class="sentences">{escaped(written)}</p>' if written else '<p class="waiting">Reading the articles …</p>'
    )
    return _turn(number, question, f'<div class="answer streaming">{body}</div>')


def answered_turn(number: int, answer: Answer, *, below: str = "") -> str:
    """Return a turn with its finished answer: status first, every sentence with its citations as links.

    `below` is HTML that stands beneath the answer.
    """
    parts = [
        f'<p class="status">{_STATUS_WORDS[answer.status]}</p>',
        f'<p class="sentences">{_sentences(number, answer)}</p>',
    ]
    if answer.query and _folded(answer.query) != _folded(answer.question):
        parts.append(f'<p class="query">Searched for: <q>{escaped(shortened(answer.query))}</q></p>')
    if answer.nearest and answer.status != "answered":
        parts.append('<p class="nearest-heading">Nearest articles:</p>' + references(answer.nearest))
    if answer.notes:
        parts.append(f'<ul class="notes">{"".join(f"<li>{escaped(note)}</li>" for note in answer.notes)}</ul>')
    return _turn(number, answer.question, f'<div class="answer {answer.status}">{"".join(parts)}</div>{below}')


def failed_turn(number: int, question: str, problem: NatoqaError, *, below: str = "") -> str:
    """Return a turn that could not be answered: what happened and what to do."""
    body = f'<p class="status">No answer</p>{trouble(problem)}'
    return _turn(number, question, f'<div class="answer failed" role="alert">{body}</div>{below}')


def stopped_turn(number: int, question: str, written: str, *, below: str = "") -> str:
    """Return a turn whose answer was stopped: what was written until then."""
    shown = f'<p class="sentences">{escaped(written)}</p>' if written else ""
    body = f'<p class="status">Stopped</p>{shown}<p class="hint">You stopped this answer; it is not complete.</p>'
    return _turn(number, question, f'<div class="answer stopped">{body}</div>{below}')


def _turn(number: int, question: str, body: str) -> str:
    shown = escaped(shortened(question))
    return f'<article class="turn" id="turn-{number}"><h3 class="asked">{shown}</h3>{body}</article>'


def _sentences(turn: int, answer: Answer) -> str:
    if not answer.sentences:
        return escaped(answer.text)
    by_number = {citation.number: citation for citation in answer.citations}
    return " ".join(
        f'<span class="sentence">{escaped(sentence.text)}'
        + "".join(_mark(turn, by_number[number]) for number in sentence.citations if number in by_number)
        + "</span>"
        for sentence in answer.sentences
    )


def _mark(turn: int, citation: Citation) -> str:
    origin = ", ".join(filter(None, [citation.speaker, citation.outlet or citation.title]))
    day = f", {plain_day(citation.published)}" if citation.published else ""
    tooltip = escaped(f"“{shortened(citation.quote)}” – {origin}{day}")
    target = source_id(turn, citation.number)
    return f'&nbsp;<a class="citation" href="#{target}" title="{tooltip}">[{citation.number}]</a>'


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
