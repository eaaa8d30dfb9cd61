"""Sources side by side: figures and days that they give differently, and positions of one speaker that moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from natoqa.citations import Quote
from natoqa.expected import Mention, closest, days
from natoqa.question import Question
from natoqa.short_answers.days import asked_day
from natoqa.short_answers.edges import trimmed
from natoqa.short_answers.figures import Figure, figures, written
from natoqa.words import MONTHS, content, stems, words

# Sentences tell the same thing where they have this share of the question's words, title included: with less,
# "12 died" in one town stands beside "15 died" in another.
SAME_THING = 0.7

# Statements of one speaker are on the same topic where they share this many words that mean something.
SAME_TOPIC = 2


@dataclass(frozen=True, slots=True)
class _Day:
    """What a text tells of a day; None for what it leaves open."""

    year: int | None
    month: int | None
    day: int | None

    def agrees(self, other: _Day) -> bool:
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(one is None or two is None or one == two for one, two in pairs)


def differing(question: Question, quotes: Sequence[Quote]) -> list[tuple[Quote, str]]:
    """Return the figures or days that several sources give for what is asked, in order; none where they agree.

    A source is a speaker, else the outlet, else the article; its first figure counts. "12" is "twelve" is "a dozen",
    "about 12" allows 12, "$78 million" is "$78.2 million". Only how-many and when-questions have such answers.

    >>> from natoqa.types import Article, Sentence
    >>> def quote(outlet, text):
    ...     return Quote(Article(title="", text=text, path=outlet, outlet=outlet), Sentence(text, 0, len(text)))
    >>> said = [quote("Reuters", "The fire killed a dozen people."), quote("AP", "The fire killed 15 people.")]
    >>> [(each.article.outlet, told) for each, told in differing(Question("How many people did the fire kill?"), said)]
    [('Reuters', '12'), ('AP', '15')]
    >>> said = [quote("Reuters", "The fire killed twelve people."), quote("AP", "The fire killed about 12 people.")]
    >>> differing(Question("How many people did the fire kill?"), said)
    []
    """
    if question.kind not in ("number", "when"):
        return []
    told: dict[str, tuple[Quote, str, Figure | _Day]] = {}
    for quote in quotes:
        if _source(quote) not in told and _tells(question, quote):
            found = _figure(question, quote) if question.kind == "number" else _day(question, quote)
            if found:
                told[_source(quote)] = (quote, *found)
    values = [value for _, _, value in told.values()]
    if all(_agree(one, other) for one, other in combinations(values, 2)):
        return []
    return [(quote, text) for quote, text, _ in told.values()]


def _agree(one: Figure | _Day, other: Figure | _Day) -> bool:
    if isinstance(one, Figure) and isinstance(other, Figure):
        return one.counts != other.counts or one.agrees(other)  # a share and a number do not contradict each other
    return isinstance(one, _Day) and isinstance(other, _Day) and one.agrees(other)


def _source(quote: Quote) -> str:
    speaker, article = quote.sentence.speaker, quote.article
    return speaker.name if speaker else article.outlet or article.article_id or article.path


def _tells(question: Question, quote: Quote) -> bool:
    there = stems(f"{quote.article.title}\n{quote.sentence.text}")
    asked = [word for word in question.content if not word.text[0].isdigit()]
    return bool(asked) and sum(word.stem in there for word in asked) >= SAME_THING * len(asked)


def _figure(question: Question, quote: Quote) -> tuple[str, Figure] | None:
    """Return the figure that stands before the noun which is counted, else the one closest to the question's words."""
    text = quote.sentence.text
    found = [each for each in figures(text) if each.text not in question.numbers]
    counted = _counted(question)
    before_noun = [each for each in found if counted and _follows(text, each.end, counted)]
    if counted and not before_noun and len(found) > 1:
        return None
    if not before_noun:
        nearest = closest(question, text, [Mention(each.text, each.start) for each in found])
        before_noun = [each for each in found if each.text == nearest]
    return (written(before_noun[0]), before_noun[0]) if before_noun else None


def _counted(question: Question) -> str | None:
    """Return the stem of what is counted: "peopl" in "How many people …?"."""
    match = re.search(r"\bhow many ((?:[\w’'-]+\s?){1,2})", question.text, re.IGNORECASE)
    meaning = content(words(match[1])) if match else []
    return meaning[-1].stem if meaning else None


def _follows(text: str, place: int, stem: str) -> bool:
    return stem in [word.stem for word in words(text[place : place + 60])][:3]


def _day(question: Question, quote: Quote) -> tuple[str, _Day] | None:
    text = quote.sentence.text
    found = days(text)
    nearest = closest(question, text, found)
    mention = next((each for each in found if each.text == nearest), None)
    if mention is None:
        return None
    start, end = trimmed(text, mention.start, mention.start + len(mention.text))
    told = asked_day(question, text, start, end, quote.article.published)
    read = _read(told)
    return (told, read) if read else None


def _read(told: str) -> _Day | None:
    """Return what is told of a day, None for words that name no day: a weekday, "the week of …", "early 2020"."""
    if re.match(r"(?:the week|early|late|mid|spring|summer|autumn|fall|winter)\b", told, re.IGNORECASE):
        return None
    year = re.search(r"\b(?:1[5-9]|20|21)\d\d\b(?!s)", told)
    month = re.search(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b", told.lower())
    day = re.search(r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)", told)
    if not year and not month:
        return None
    number = next((n for n, name in enumerate(MONTHS, 1) if month and name.startswith(month[1])), None)
    return _Day(int(year[0]) if year else None, number, int(day[1]) if day and month else None)


def moved(quotes: Sequence[Quote]) -> tuple[list[Quote], set[int]]:
    """Return the quotes with each speaker's statements newest first, and the places of those that are older ones.

    A speaker's statements change places only among themselves; quotes without speaker or day stay where they are.
    Older is what the same speaker has said on an earlier day on the same topic as a newer statement.

    >>> from natoqa.types import Article, Sentence, Speaker
    >>> def quote(day, text):
    ...     article = Article(title="", text=text, path=day, published=date.fromisoformat(day))
    ...     return Quote(article, Sentence(text, 0, len(text), Speaker("Mark Rutte")))
    >>> said = [quote("2024-07-11", "Ukraine will join NATO."), quote("2025-02-14", "Ukraine was never promised NATO.")]
    >>> ordered, older = moved(said)
    >>> [each.article.path for each in ordered], older
    (['2025-02-14', '2024-07-11'], {1})
    """
    ordered = list(quotes)
    by_speaker: dict[str, list[int]] = {}
    for place, quote in enumerate(quotes):
        if quote.sentence.speaker and quote.article.published:
            by_speaker.setdefault(_one_name(quote, quotes), []).append(place)
    older: set[int] = set()
    for places in by_speaker.values():
        newest_first = sorted(places, key=lambda place: (-_ordinal(quotes[place]), place))
        for place, origin in zip(places, newest_first, strict=True):
            ordered[place] = quotes[origin]
        older |= {
            later
            for earlier, later in combinations(places, 2)
            if _ordinal(ordered[earlier]) > _ordinal(ordered[later]) and _same_topic(ordered[earlier], ordered[later])
        }
    return ordered, older


def _ordinal(quote: Quote) -> int:
    return (quote.article.published or date.min).toordinal()


def _one_name(quote: Quote, quotes: Sequence[Quote]) -> str:
    """Return the longest name among the quotes that is the speaker's: "Rutte" is Mark Rutte unless there are two."""
    own = quote.sentence.speaker.name if quote.sentence.speaker else ""
    names = {each.sentence.speaker.name for each in quotes if each.sentence.speaker}
    fuller = [name for name in names if name.endswith(f" {own}")]
    return fuller[0] if len(fuller) == 1 else own


def _same_topic(one: Quote, other: Quote) -> bool:
    return len(_topic(one) & _topic(other)) >= SAME_TOPIC


def _topic(quote: Quote) -> frozenset[str]:
    speaker = stems(quote.sentence.speaker.name) if quote.sentence.speaker else frozenset()
    return frozenset(word.stem for word in content(words(quote.sentence.text))) - speaker
