"""Answers without a language model: the one to three sentences of the articles that best answer the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from natoqa import expected
from natoqa.citations import MOST_SENTENCES, Claim, Draft, Quote, introduced, quotes_in
from natoqa.embedding import Embedding
from natoqa.evidence import Candidate, Frequencies, rate, stems_of, threshold
from natoqa.question import Question, same_name
from natoqa.types import Hit, Sentence
from natoqa.words import Word, stems

# Further sentences are shown when they are at least this much as probable as the best one.
SHARE = 0.6

# Two sentences that are this alike say the same in other words.
ALIKE = 0.85

# The learned probability knows nothing of speakers. That a sentence is said by the very person who is asked for
# makes it a likelier answer: on "What did X say about …?" over the starter corpus, right ones were above a third
# of the threshold and statements on other topics below.
SPOKEN = 1 / 3

# A name counts as present when its last word stands in the text.
PRESENT = 0.5


def draft(query: str, hits: Sequence[Hit], *, embedding: Embedding, frequencies: Frequencies) -> Draft:
    """Return the best sentences of the hits as claims; several questions in one are answered one by one.

    The status is `partial` when a question, or one of the names it asks for, is not covered.
    """
    parts = Question(query).parts()
    drafts = [_answer(part, hits, embedding=embedding, frequencies=frequencies) for part in parts]
    return drafts[0] if len(drafts) == 1 else _together(parts, drafts)


def _ranked(hits: Iterable[Hit]) -> list[tuple[Quote, int]]:
    """Return the sentences of the hits, each with the rank of its passage."""
    found: dict[tuple[str, int], tuple[Quote, int]] = {}
    for hit in hits:
        for quote in quotes_in([hit]):
            found.setdefault((hit.article_id, quote.sentence.start), (quote, hit.rank))
    return list(found.values())


def _together(parts: Sequence[Question], drafts: Sequence[Draft]) -> Draft:
    answered = [each for each in drafts if each.claims]
    if not answered:
        return drafts[0]
    claims = [claim for rank in range(MOST_SENTENCES) for each in answered for claim in each.claims[rank : rank + 1]]
    missing = [part.text for part, each in zip(parts, drafts, strict=True) if not each.claims]
    return Draft(
        status="answered" if all(each.status == "answered" for each in drafts) else "partial",
        claims=tuple(dict.fromkeys(claims))[:MOST_SENTENCES],
        confidence=min(each.confidence for each in answered),
        notes=(
            *(note for each in answered for note in each.notes),
            *(f"Not in the articles: {part}" for part in missing),
        ),
    )


def candidates_of(question: Question, hits: Iterable[Hit]) -> tuple[list[tuple[Quote, int]], list[tuple[Word, ...]]]:
    """Return the sentences that may answer, each with the rank of its passage, and the names that none covers."""
    quotes, missing = _covering_names(question, _ranked(hits))
    if question.asked_speakers:
        quotes = _spoken_by(question.asked_speakers, quotes)
        silent = [name for name in question.asked_speakers if not _spoken_by([name], quotes)]
        missing += [name for name in silent if name not in missing]
    if question.kind == "number":  # whatever else a sentence tells, without a number it does not tell how many
        quotes = [(quote, rank) for quote, rank in quotes if expected.tells_amount(question, quote.sentence.text)]
    return quotes, missing


def _answer(question: Question, hits: Sequence[Hit], *, embedding: Embedding, frequencies: Frequencies) -> Draft:
    quotes, missing = candidates_of(question, hits)
    asked = question.without(missing) if missing else question
    candidates = rate(asked, quotes, embedding=embedding, frequencies=frequencies)
    least = threshold() * (SPOKEN if question.asked_speakers else 1)
    if not candidates or candidates[0].probability < least:
        return Draft(status="not_in_corpus", confidence=candidates[0].probability if candidates else 0.0)
    chosen = _chosen(candidates, least)
    notes = [f"The articles found say nothing about {_written(name)}." for name in missing]
    return Draft(
        status="partial" if missing else "answered",
        claims=tuple(Claim(introduced(each.quote), (each.quote,)) for each in chosen),
        confidence=chosen[0].probability,
        short_answer=short_answer(question, chosen[0].quote.sentence),
        notes=tuple(notes),
    )


def _covering_names(
    question: Question, quotes: Sequence[tuple[Quote, int]]
) -> tuple[list[tuple[Quote, int]], list[tuple[Word, ...]]]:
    """Return the quotes whose article has all names of the question; with several names, else those that have most.

    Also return the names that are missing then. Likeness of meaning cannot tell Brazil from Bolivia: names must.
    """
    if not question.names:
        return list(quotes), []
    articles = {quote.article.article_id: quote.article for quote, _ in quotes}
    having = {
        article_id: tuple(name for name in question.names if same_name(name, stems_of(article)) >= PRESENT)
        for article_id, article in articles.items()
    }
    most = max((len(names) for names in having.values()), default=0)
    everywhere = {name for names in having.values() for name in names}
    missing = [name for name in question.names if name not in everywhere]
    if most == 0 or (missing and not question.lists_names):
        return [], list(question.names)
    return [(quote, rank) for quote, rank in quotes if len(having[quote.article.article_id]) == most], missing


def _spoken_by(asked: Sequence[Sequence[Word]], quotes: Iterable[tuple[Quote, int]]) -> list[tuple[Quote, int]]:
    """Return the quotes whose speaker is one of those asked for, by name or role."""
    return [
        (quote, rank)
        for quote, rank in quotes
        if (speaker := quote.sentence.speaker)
        and max(same_name(name, stems(f"{speaker.name} {speaker.role or ''}")) for name in asked) >= PRESENT
    ]


def _chosen(candidates: Sequence[Candidate], least: float) -> list[Candidate]:
    """Return the best candidate and those that come close to it and say something else."""
    least = max(least, SHARE * candidates[0].probability)
    chosen: list[Candidate] = []
    for candidate in candidates:
        if candidate.probability < least or len(chosen) == MOST_SENTENCES:
            break
        if all(float(candidate.vector @ other.vector) < ALIKE for other in chosen):
            chosen.append(candidate)
    return chosen


def short_answer(question: Question, sentence: Sentence) -> str | None:
    """Return the words of a sentence that answer a who, when, where or how-many question, None if there are none."""
    text = sentence.text
    match question.kind:
        case "when":
            found = expected.days(text)
        case "number":
            found = expected.numbers(question, text)
        case "where":
            found = expected.places(question, text)
        case "who" if sentence.speaker and any(word.text.lower() in _SPEAKING for word in question.words):
            return sentence.speaker.name
        case "who":
            found = expected.names(question, text)
        case _:
            return None
    return expected.closest(question, text, found)


_SPEAKING = frozenset(
    "said say says told claimed announced warned argued called ruled promised rejected dismissed".split()
)


def _written(name: Sequence[Word]) -> str:
    return " ".join(word.text for word in name)
