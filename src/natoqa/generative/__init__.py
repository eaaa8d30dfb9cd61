"""Answers worded by a language model, each sentence checked against the sentences that it names.

    hits --given: select--> sentences with ids --llm: stream--> reply --reading--> statements --support--> claims

The model only chooses and words; what it may rest on, and whether it does, is decided here:

- an id that no given sentence has is removed and counted; a sentence left without an id is removed;
- a quotation must stand in a cited sentence, and is shown as it stands there; else the sentence is removed;
- a link, an image, a tag, or a sentence that shares no word with its sources is removed;
- figures, days and names must stand in the cited sentences, their articles' title, outlet or day, or in the question,
  and in the same places; a speaker and a negation must be theirs (`support`). A sentence that fails is removed, or
  kept behind "Not confirmed:", as the setting `llm_unsupported` says.

Everything removed or marked is counted in the notes. The status is `answered` when all sentences held, `partial` when
one did not or the model says that the articles answer a part only, `not_in_corpus` when nothing is left.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natoqa.citations import MOST_SENTENCES, Claim, Draft
from natoqa.errors import LLMOutputError
from natoqa.generative import reading, support
from natoqa.generative.given import LONGEST_QUESTION, Given, as_data, render, select
from natoqa.generative.reading import Statement
from natoqa.llm import stream
from natoqa.prompts import ANSWER_SYSTEM, ANSWER_USER, NOT_CONFIRMED, REWRITE_SYSTEM, REWRITE_TURN, REWRITE_USER
from natoqa.settings import Unsupported
from natoqa.types import Hit, Turn

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Checked words are not understood meanings: an answer that passes all checks can still be wrong.
_MOST_CONFIDENCE = 0.9

# The turns that a follow-up question usually points to; more of them mislead small models.
_TURNS = 3
_LONGEST_ANSWER = 400
# A rewritten question that is longer than this is an answer.
_LONGEST_REWRITE = 300


def answer(
    question: str,
    hits: Sequence[Hit],
    llm: LLM,
    *,
    timeout: float,
    context_tokens: int,
    unsupported: Unsupported = "drop",
) -> Iterator[Claim | Draft]:
    """Yield each claim as soon as it is complete and checked, at last the draft of all claims.

    `timeout` (seconds) is for the whole reply, `context_tokens` what the model reads at once, prompt and reply
    included. The reply is cut off after three claims. `unsupported` says what becomes of a sentence that its sources
    do not carry. Raises an `LLMError`, possibly after some claims.
    """
    given = select(question, hits, context_tokens)
    if not given:
        yield Draft("not_in_corpus")
        return
    prompt = ANSWER_USER.format(articles=render(given), question=as_data(question, LONGEST_QUESTION))
    review = _Review(question, given, unsupported)
    with contextlib.closing(stream(llm, ANSWER_SYSTEM, prompt, timeout=timeout)) as pieces:
        for statement in reading.read(pieces):
            claim = review.check(statement)
            if claim is not None:
                yield claim
            if len(review.claims) == MOST_SENTENCES:
                break
    yield review.draft()


@dataclass(slots=True)
class _Review:
    """The checks of one reply, and what became of its statements."""

    question: str
    given: Given
    unsupported: Unsupported
    claims: list[Claim] = field(default_factory=list)
    seen: int = 0
    says_not_in_corpus: bool = False
    unknown_ids: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)

    def check(self, statement: Statement | None) -> Claim | None:
        """Return the statement as a claim if it holds; None for the statement forgets what a chain of thought did."""
        if statement is None:
            self.seen, self.unknown_ids, self.says_not_in_corpus = len(self.claims), 0, False
            self.removed.clear()
            return None
        self.seen += 1
        if statement.says_not_in_corpus:
            self.says_not_in_corpus = True
            return None
        sources = tuple(self.given[id_] for id_ in statement.ids if id_ in self.given)
        self.unknown_ids += len(statement.ids) - len(sources)
        finding = support.examine(statement.text, sources, self.question)
        if finding.fault is None:
            return self._kept(Claim(finding.text, sources))
        if self.unsupported == "drop" or not finding.fault.showable:
            self.removed[finding.fault.reason] += 1
            return None
        claim = self._kept(Claim(f"{NOT_CONFIRMED} {finding.text}", sources))
        self.marked[finding.fault.reason] += claim is not None
        return claim

    def _kept(self, claim: Claim) -> Claim | None:
        """Add a claim and return it; None for one that is there already."""
        if claim in self.claims:
            return None
        self.claims.append(claim)
        return claim

    def draft(self) -> Draft:
        """Return the claims with status and notes; a reply without a single sentence is an `LLMOutputError`."""
        if not self.seen:
            raise LLMOutputError("The language model's answer contains no sentence")
        if not self.claims:
            return Draft("not_in_corpus", notes=self.notes())
        whole = not self.removed and not self.marked and not self.says_not_in_corpus
        held = len(self.claims) - self.marked.total()
        confidence = _MOST_CONFIDENCE * held / (len(self.claims) + self.removed.total())
        return Draft("answered" if whole else "partial", tuple(self.claims), confidence, notes=self.notes())

    def notes(self) -> tuple[str, ...]:
        """Return what was removed and what the reader should compare, a sentence each."""
        notes = []
        if self.unknown_ids:
            notes.append(f"{_counted(self.unknown_ids, 'citation', 'removed')}: no such sentence.")
        notes += [f"{_counted(count, 'sentence', 'removed')}: {fault}." for fault, count in self.removed.items()]
        notes += [f"{_counted(count, 'sentence', 'marked')}: {fault}." for fault, count in self.marked.items() if count]
        return tuple(notes)


def _counted(count: int, noun: str, done: str) -> str:
    return f"1 {noun} of the model was {done}" if count == 1 else f"{count} {noun}s of the model were {done}"


def rewrite(question: str, turns: Sequence[Turn], llm: LLM, *, timeout: float) -> str:
    """Return the question such that it can be understood without the turns before it.

    The question as it is when there are no turns, or when the model's version is not a single short line made of
    names and figures of the question and the turns. Raises an `LLMError`.
    """
    if not turns or len(question) > LONGEST_QUESTION:
        return question
    told = [_told(turn) for turn in turns[-_TURNS:]]
    prompt = REWRITE_USER.format(turns="\n".join(told), question=as_data(question))
    lines = reading.plain("".join(stream(llm, REWRITE_SYSTEM, prompt, timeout=timeout))).splitlines()
    rewritten = lines[0].strip(" \"'“”") if len(lines) == 1 else ""
    fits = 0 < len(rewritten) <= _LONGEST_REWRITE and re.search(r"\w", rewritten)
    return rewritten if fits and support.stands_in(rewritten, [question, *told]) else question


def _told(turn: Turn) -> str:
    cited = {f"{citation.speaker or ''} {citation.role or ''} {citation.title}" for citation in turn.answer.citations}
    return REWRITE_TURN.format(
        question=as_data(turn.question, _LONGEST_ANSWER),
        answer=as_data(turn.answer.text, _LONGEST_ANSWER),
        cited=as_data("; ".join(sorted(cited)), _LONGEST_ANSWER),
    )
