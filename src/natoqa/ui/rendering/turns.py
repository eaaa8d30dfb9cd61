"""The conversation: each question with its answer, being written, finished, or failed.

An answer being written and the finished one have the same shape, so that nothing jumps when it is finished: a line for
the status and the short answer, then one paragraph a sentence; whatever else is known at the end comes below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from natoqa.citations import quoted
from natoqa.conversations import Unanswered
from natoqa.conversations.wording import UNANSWERED
from natoqa.errors import NatoqaError
from natoqa.sanitizing import web_address
from natoqa.types import Account, Answer, AnswerSentence, Article, Citation, Difference
from natoqa.ui.coverage import Coverage
from natoqa.ui.rendering.cards import cards, mark
from natoqa.ui.rendering.markup import (
    ELSEWHERE,
    day,
    escaped,
    name,
    origin,
    references,
    said_by,
    shortened,
    source_id,
    trouble,
)
from natoqa.ui.rendering.over_time import plot, timeline

_STATUS_WORDS = {"answered": "Answered", "partial": "Partly answered", "not_in_corpus": "Not in the corpus"}
# In a text being written every sentence ends with its marks: "… [1][2] ".
_MARKS = re.compile(r"\s((?:\[\d{1,3}\])+)(?:\s+|$)")


def conversation(turns: Iterable[str], *, busy: bool = False) -> str:
    """Return the conversation from its rendered turns; screen readers wait with reading it while it is `busy`."""
    log = f'<div class="turns" role="log" aria-label="Conversation" aria-busy="{str(busy).lower()}">'
    return f"{log}{''.join(turns)}</div>"


def streaming_turn(number: int, question: str, written: str) -> str:
    """Return a turn whose answer is being written."""
    body = _written(written) if written else '<p class="waiting">Reading the articles …</p>'
    return _turn(number, question, f'<div class="answer streaming">{body}</div>')


def answered_turn(number: int, answer: Answer, coverage: Coverage | None = None, *, below: str = "") -> str:
    """Return a turn with its finished answer: status first, every sentence with its citations as links.

    `coverage` adds the days that the corpus spans, and the plot of the articles that match; `below` is HTML that stands
    beneath the answer.
    """
    coverage = coverage or Coverage()
    explained = {difference.note for difference in answer.differing}
    notes = [note for note in answer.notes if note not in explained]
    parts = [
        _head(answer),
        f'<div class="sentences">{_sentences(number, answer)}</div>',
        timeline(number, answer),
        _as_of(answer, coverage),
        plot(number, coverage.matching),
    ]
    if answer.query and _folded(answer.query) != _folded(answer.question):
        parts.append(f'<p class="query">Searched for: <q>{escaped(shortened(answer.query))}</q></p>')
    if answer.nearest and answer.status != "answered":
        parts.append('<p class="nearest-heading">Nearest articles:</p>' + _nearest(number, answer))
    if notes:
        parts.append(f'<ul class="notes">{"".join(f"<li>{escaped(note)}</li>" for note in notes)}</ul>')
    body = "".join(parts) + cards(number, answer)
    return _turn(number, answer.question, f'<div class="answer {answer.status}">{body}</div>{below}')


def unanswered_turn(number: int, outcome: Unanswered, *, below: str = "") -> str:
    """Return a turn without an answer: what happened and what to do, or what was written until it was stopped."""
    head = f'<div class="head"><p class="status">{UNANSWERED[outcome.state]}</p></div>'
    if outcome.state == "failed":
        told = trouble(NatoqaError(outcome.text, hint=outcome.hint))
        answer = f'<div class="answer failed" role="alert">{head}{told}</div>'
    else:
        written = _written(outcome.text) if outcome.text else ""
        hint = '<p class="hint">You stopped this answer; it is not complete.</p>'
        answer = f'<div class="answer stopped">{head}{written}{hint}</div>'
    return _turn(number, outcome.question, f"{answer}{below}")


def _turn(number: int, question: str, body: str) -> str:
    shown = escaped(shortened(question))
    return f'<article class="turn" id="turn-{number}"><h3 class="asked">{shown}</h3>{body}</article>'


def _written(text: str) -> str:
    """Return what has been written so far, cut into its sentences."""
    *marked, last = _MARKS.split(text)
    written = [f"{escaped(marked[at])}{_unlinked(marked[at + 1])}" for at in range(0, len(marked), 2)]
    if last:
        written.append(escaped(last))
    return f'<div class="sentences">{"".join(map(_paragraph, written))}</div>'


def _unlinked(marks: str) -> str:
    numbers = re.findall(r"\d+", marks)
    return "".join(f'&nbsp;<span class="citation">[{number}]</span>' for number in numbers)


def _head(answer: Answer) -> str:
    short = ""
    if answer.short_answer:
        short = f'<p class="short-answer"><span class="unseen">In short: </span>{name(answer.short_answer)}</p>'
    return f'<div class="head"><p class="status">{_STATUS_WORDS[answer.status]}</p>{short}</div>'


def _sentences(turn: int, answer: Answer) -> str:
    """Return the sentences one below the other, those that contradict each other side by side."""
    if not answer.sentences:
        return _paragraph(escaped(answer.text))
    by_number = {citation.number: citation for citation in answer.citations}
    shown: list[str] = []
    beside: set[AnswerSentence] = set()
    for sentence in answer.sentences:
        difference = next((each for each in answer.differing if _tells(each, sentence)), None)
        if sentence in beside:
            continue
        if difference is None:
            shown.append(_sentence(turn, sentence, by_number))
        else:
            beside.update(each for each in answer.sentences if _tells(difference, each))
            shown.append(_side_by_side(turn, difference, answer.sentences, by_number))
    return "".join(shown)


def _tells(difference: Difference, sentence: AnswerSentence) -> bool:
    """Return whether a sentence is one of those that differ: it rests on the citation of one account alone."""
    return any(sentence.citations == (account.citation,) for account in difference.accounts)


def _sentence(turn: int, sentence: AnswerSentence, by_number: Mapping[int, Citation]) -> str:
    marks = "".join(mark(turn, by_number[number]) for number in sentence.citations if number in by_number)
    return _paragraph(f"{escaped(sentence.text)}{marks}")


def _paragraph(markup: str) -> str:
    return f'<p class="sentence">{markup}</p>'


def _side_by_side(
    turn: int, difference: Difference, sentences: Iterable[AnswerSentence], by_number: Mapping[int, Citation]
) -> str:
    by_account = {each.citations: each for each in sentences}
    accounts = "".join(
        _account(turn, account, by_account.get((account.citation,)), by_number)
        for account in difference.accounts
        if account.citation in by_number
    )
    return (
        f'<section class="differing" aria-label="The articles differ"><p class="differing-heading">The articles differ'
        f'</p><ul class="accounts">{accounts}</ul></section>'
    )


def _account(turn: int, account: Account, sentence: AnswerSentence | None, by_number: Mapping[int, Citation]) -> str:
    citation = by_number[account.citation]
    said = sentence or AnswerSentence(quoted(citation.quote), (account.citation,))
    return (
        f'<li><p class="told">{name(account.told)}</p><p class="origin">{origin(citation)}</p>'
        f"{_sentence(turn, said, by_number)}</li>"
    )


def _as_of(answer: Answer, coverage: Coverage) -> str:
    """Return how new the answer is, and which days the corpus spans."""
    told = []
    if answer.as_of:
        which = "the newest article cited" if answer.citations else "the newest of the nearest articles"
        told.append(f"As of {day(answer.as_of)}, {which}")
    if coverage.oldest and coverage.newest:
        told.append(f"The corpus spans {day(coverage.oldest)} – {day(coverage.newest)}")
    return f'<p class="as-of">{" · ".join(told)}</p>' if told else ""


def _nearest(turn: int, answer: Answer) -> str:
    """Return the nearest articles; where nothing is cited they stand in the panel of sources, and lead there."""
    if answer.citations:
        return references(answer.nearest)
    items = (
        f"<li>{_near(turn, number, article)}{_closest(closest) if closest else ''}</li>"
        for number, (article, closest) in enumerate(answer.near(), 1)
    )
    return f'<ul class="references">{"".join(items)}</ul>'


def _near(turn: int, number: int, article: Article) -> str:
    address = web_address(article.url)
    original = f' · <a href="{escaped(address)}" {ELSEWHERE}>original</a>' if address else ""
    return (
        f'<a class="near" href="#{source_id(turn, number)}">{name(article.title)}</a> '
        f'<span class="origin">{origin(article)}{original}</span>'
    )


def _closest(citation: Citation) -> str:
    """Return the sentence of an article that comes closest: it need not answer."""
    speaker = said_by(citation)
    said = f" – {speaker}" if speaker else ""
    return f'<p class="closest">Closest: <q>{escaped(citation.quote)}</q>{said}</p>'


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
