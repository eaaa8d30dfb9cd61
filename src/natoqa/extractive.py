"""Answers without a language model: the one to three sentences of the articles that best answer the question.

    passages that were read -> votes for answers -> sentences, rated -> confidence -> the sentences shown

Without the reader the sentences are rated by their words and likeness alone (`natoqa.evidence`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from natoqa import evidence, expected, reading, short_answers, voting
from natoqa.citations import (
    MOST_SENTENCES,
    Claim,
    Disagreement,
    Draft,
    Quote,
    introduced,
    nearest,
    quote_at,
    quotes_in,
)
from natoqa.confidence import confidence, threshold
from natoqa.embedding import Embedding
from natoqa.evidence import Candidate, Frequencies, stems_of
from natoqa.premise import is_off, said_before
from natoqa.question import PRESENT, Question, same_name
from natoqa.settings import Caution
from natoqa.types import Article, Hit, Reading, Retrieval, Sentence
from natoqa.voting import Contender
from natoqa.words import Word, stems

# Further sentences are shown when they are at least this much as probable as the best one.
SHARE = 0.3

# A rival answer with this much of the strongest one's votes is shown, too: with its sentence the right one is among
# those shown for 27.0 instead of 23.1 % of 489 quiz questions of summer 2024; at a fifth for 26.6, at half for 23.9.
RIVAL = 0.1

# Two sentences that are this alike say the same in other words.
ALIKE = 0.85

# Sentences that are compared with each other, and whose speakers are looked up: that takes some 40 ms an article.
LOOKED_AT = 8
SPOKEN_LOOKED_AT = 24

# Passages whose sentences are rated without the reader: on our own questions (tests/quality) an answer stands among the
# first ten for 66 %, among the first five for 65 %, so more would only cost time.
UNREAD = 10

# The learned probability knows nothing of speakers. That a sentence is said by the very person who is asked for
# makes it a likelier answer: on "What did X say about …?" over the starter corpus, right ones were above a third
# of the threshold and statements on other topics below.
SPOKEN = 1 / 3

Retrieve = Callable[[str], Retrieval]


@dataclass(frozen=True, slots=True)
class Means:
    """What answering needs of the index and the settings."""

    retrieve: Retrieve
    """Finds the passages for one of several questions in one."""
    embedding: Embedding
    frequencies: Frequencies
    caution: Caution = "balanced"


def draft(query: str, found: Retrieval, means: Means) -> Draft:
    """Return the best sentences of what was found as claims; several questions in one are answered one by one.

    The status is `partial` when a question, or one of the names it asks for, is not covered.
    """
    parts = Question(query).parts()
    if len(parts) == 1:
        return _answer(parts[0], found, means)
    return _together(parts, [_answer(part, means.retrieve(part.text), means) for part in parts])


def closest(query: str, found: Retrieval, means: Means) -> tuple[Quote, ...]:
    """Return what comes closest to an answer, at most one sentence an article: for whoever else gives none."""
    drafted = draft(query, found, means)
    quotes = drafted.closest or [quote for claim in drafted.claims for quote in claim.quotes]
    return tuple({quote.article.article_id: quote for quote in reversed(quotes)}.values())


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
        disagreements=tuple(each for one in answered for each in one.disagreements),
    )


def _answer(question: Question, found: Retrieval, means: Means) -> Draft:
    hits, missing = _covering_names(question, found)
    missing += [name for name in _silent_speakers(question, [hit for hit, _ in hits[:UNREAD]]) if name not in missing]
    asked = question.without(missing) if missing else question
    if found.readings and question.kind not in _JUDGED_BY_EVIDENCE:
        opinion = _by_reading(question, hits, means.caution)
    else:
        opinion = _by_evidence(asked, [hit for hit, _ in hits[:UNREAD]], means)
    if not opinion.candidates or opinion.confidence < opinion.threshold:
        near = _closest(opinion.candidates, nearest(found.hits))
        return Draft(status="not_in_corpus", confidence=opinion.confidence, closest=near)
    chosen = _chosen(question, opinion.candidates, means.embedding, voted=_voted(opinion))
    older: set[int] = set()
    if not opinion.contenders:  # an event stays told by the sentence that was voted for, a position is what it is now
        chosen, older = _newest_first(chosen)
    disagreements = tuple(_disagreements(question, chosen))
    return Draft(
        status="partial" if missing else "answered",
        claims=tuple(Claim(introduced(each, earlier=place in older), (each,)) for place, each in enumerate(chosen)),
        confidence=opinion.confidence,
        short_answer=_short_answer(question, opinion.contenders, chosen),
        notes=(*(_says_nothing_of(name) for name in missing), *(each.note for each in disagreements)),
        disagreements=disagreements,
    )


# The reader learned from questions with an answer in a few words. Whether a sentence gives a reason, tells what one
# said, or settles a yes-no question is rated by words and likeness, among the passages that the reader ranks first.
_JUDGED_BY_EVIDENCE = ("yes-no", "said", "why", "how")


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What may answer, best first, and how sure that is."""

    candidates: Sequence[Candidate]
    contenders: Sequence[Contender]
    confidence: float
    threshold: float
    """The confidence below which natoqa rather says that the articles do not tell."""


def _by_reading(question: Question, read: Sequence[tuple[Hit, Reading | None]], caution: Caution) -> _Opinion:
    hits = [hit for hit, _ in read]
    readings = [each for _, each in read if each is not None]
    contenders = voting.contend(voting.votes_in(question, hits, readings))
    candidates = _of_asked_speakers(question, reading.rate(hits, readings, contenders))
    sure = confidence(contenders, candidates, hits) if candidates else 0.0
    return _Opinion(candidates, contenders, sure, threshold(caution, read=True))


def _by_evidence(question: Question, hits: Sequence[Hit], means: Means) -> _Opinion:
    quotes = evidence.ranked(hits)
    rated = evidence.rate(question, quotes, embedding=means.embedding, frequencies=means.frequencies)
    candidates = _of_asked_speakers(question, rated)
    least = threshold(means.caution, read=False) * (SPOKEN if question.asked_speakers else 1)
    return _Opinion(candidates, (), candidates[0].probability if candidates else 0.0, least)


def _covering_names(
    question: Question, found: Retrieval
) -> tuple[list[tuple[Hit, Reading | None]], list[tuple[Word, ...]]]:
    """Return the hits whose article has all names of the question; with several names, else those that have most.

    Also return the names that are missing then. Likeness of meaning cannot tell Brazil from Bolivia: names must.
    """
    readings = found.readings or [None] * len(found.hits)
    read: list[tuple[Hit, Reading | None]] = list(zip(found.hits, readings, strict=True))
    if not question.names:
        return read, []
    articles: dict[str, Article] = {hit.article_id: hit.article for hit in found.hits}
    having = {
        article_id: tuple(name for name in question.names if same_name(name, stems_of(article)) >= PRESENT)
        for article_id, article in articles.items()
    }
    most = max((len(names) for names in having.values()), default=0)
    everywhere = {name for names in having.values() for name in names}
    missing = [name for name in question.names if name not in everywhere]
    if most == 0 or (missing and not question.lists_names):
        return [], list(question.names)
    return [(hit, each) for hit, each in read if len(having[hit.article_id]) == most], missing


def _of_asked_speakers(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates; where somebody's words are asked for, only those that this person says."""
    if question.kind not in _JUDGED_BY_EVIDENCE:  # a denial settles a yes-no question, a plan may be a reason
        candidates = [
            each for each in candidates if not is_off(question, each.text, said_before(each.article, each.start))
        ]
    if question.kind == "number":  # whatever else a sentence tells, without a number it does not tell how many
        candidates = [each for each in candidates if expected.tells_amount(question, each.text)]
    if not question.asked_speakers:
        return list(candidates)
    return [each for each in candidates[:SPOKEN_LOOKED_AT] if _is_spoken_by(question.asked_speakers, each.quote)]


def _silent_speakers(question: Question, hits: Sequence[Hit]) -> list[tuple[Word, ...]]:
    """Return those whose words are asked for, but who say nothing in the hits."""
    if not question.asked_speakers:
        return []
    quotes = quotes_in(hits)
    return [name for name in question.asked_speakers if not any(_is_spoken_by([name], quote) for quote in quotes)]


def _is_spoken_by(asked: Sequence[Sequence[Word]], quote: Quote) -> bool:
    """Return whether the speaker of a quote is one of those asked for, by name or role."""
    speaker = quote.sentence.speaker
    if speaker is None:
        return False
    known = stems(f"{speaker.name} {speaker.role or ''}")
    return max(same_name(name, known) for name in asked) >= PRESENT


def _voted(opinion: _Opinion) -> list[Candidate]:
    """Return the likeliest sentence of each of the strongest contenders; where there are none, of all sentences."""
    told = {
        (vote.article.article_id, vote.start): rank
        for rank, each in reversed(list(enumerate(opinion.contenders[:MOST_SENTENCES])))
        for vote in each.votes
        if each.share >= RIVAL * opinion.contenders[0].share
    }
    found: dict[int, Candidate] = {}
    for each in opinion.candidates:
        inside = [
            rank for (article, start), rank in told.items()
            if article == each.article.article_id and each.start <= start < each.end
        ]  # fmt: skip
        if inside:
            found.setdefault(min(inside), each)
    return [found[rank] for rank in sorted(found)] or list(opinion.candidates[:1])


def _chosen(
    question: Question, candidates: Sequence[Candidate], embedding: Embedding, *, voted: Sequence[Candidate]
) -> list[Quote]:
    """Return those voted for, then those that come close to the best; each says something else, if only a figure."""
    least = SHARE * max(each.probability for each in candidates)
    close = [each for each in candidates[:LOOKED_AT] if each.probability >= least]
    near = [*voted, *(each for each in close if all(each is not other for other in voted))]
    vectors = embedding.embed([each.text for each in near])
    chosen: list[int] = []

    def adds(number: int) -> bool:
        return all(
            float(vectors[number] @ vectors[other]) < ALIKE
            or short_answers.differing(question, [near[other].quote, near[number].quote])
            for other in chosen
        )

    for number in range(len(near)):
        if len(chosen) < MOST_SENTENCES and adds(number):
            chosen.append(number)
    return [near[number].quote for number in chosen]


def _closest(candidates: Sequence[Candidate], articles: Sequence[Article]) -> tuple[Quote, ...]:
    """Return the likeliest sentence of each of the articles, if it comes near the likeliest of all.

    Only these are looked at: who speaks in a long article takes a tenth of a second to find.
    """
    named = {article.article_id for article in articles}
    likeliest: dict[str, Candidate] = {}
    for each in candidates:
        if each.article.article_id in named and each.probability >= SHARE * candidates[0].probability:
            likeliest.setdefault(each.article.article_id, each)
    return tuple(each.quote for each in likeliest.values())


def _newest_first(chosen: list[Quote]) -> tuple[list[Quote], set[int]]:
    """Return the quotes as they are, but what one speaker says on a topic newest first; and the places of the older."""
    ordered, older = short_answers.moved(chosen)
    return (ordered, older) if older else (chosen, older)


def _short_answer(question: Question, contenders: Sequence[Contender], chosen: Sequence[Quote]) -> str | None:
    """Return the answer in a few words: yes or no where a sentence says so, else what most votes are for."""
    if question.kind == "yes-no" or short_answers.is_statement_to_judge(question.text):
        return next((verdict for quote in chosen if (verdict := short_answers.verdict(question, quote))), None)
    if contenders:
        vote = contenders[0].votes[0]
        quote = quote_at(vote.article, vote.start)
        return short_answers.form(question, quote, vote.start - quote.sentence.start, vote.end - quote.sentence.start)
    return None if contenders else closest_mention(question, chosen[0].sentence)


_SPEAKING = frozenset(
    "said say says told claimed announced warned argued called ruled promised rejected dismissed".split()
)


def closest_mention(question: Question, sentence: Sentence) -> str | None:
    """Return the words of a sentence that may answer a who, when, where or how-many question, without the reader."""
    text, speaker = sentence.text, sentence.speaker
    match question.kind:
        case "when":
            found = expected.days(text)
        case "number":
            found = expected.numbers(question, text)
        case "where":
            found = expected.places(question, text)
        case "who" if speaker and any(word.text.lower() in _SPEAKING for word in question.words):
            return speaker.name
        case "who":
            found = expected.names(question, text)
        case _:
            return None
    return expected.closest(question, text, found)


def _disagreements(question: Question, chosen: Sequence[Quote]) -> Iterable[Disagreement]:
    """Yield what the sentences give differently for the same thing: figures or days."""
    different = short_answers.differing(question, chosen)
    if different:
        note = "The articles differ: " + ", ".join(f"{_source(quote)}: {told}" for quote, told in different) + "."
        yield Disagreement(note, tuple(different))


def _source(quote: Quote) -> str:
    return quote.article.outlet or quote.article.title


def _says_nothing_of(name: Sequence[Word]) -> str:
    return f"The articles found say nothing about {' '.join(word.text for word in name)}."
