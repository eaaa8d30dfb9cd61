"""Questions made from the corpus: who said what about whom, taken from sentences that are really there."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from itertools import chain, islice, zip_longest

from natoqa import sentences
from natoqa.types import Article, Sentence

# What may follow a name but not an adjective: "Russia had to", but "Russian troops".
_FOLLOWING = "and as at but by could for from had has in is must of on or should that to was were will with would"
# A name inside a sentence, that is capitalised words in a row, with what stands before it.
_NAME = re.compile(
    r"\b(?P<before>[a-z]+)[,;]? (?P<the>the )?(?P<name>[A-Z][\w’'-]*\w(?: [A-Z][\w’'-]*\w)*)"
    rf"(?=[.,;:!?”\"]| (?:{_FOLLOWING.replace(' ', '|')})\b)"
)
# Where something was said is not what it was about.
_BEFORE_PLACES = frozenset({"at", "in"})
_CALENDAR = frozenset({*calendar.day_name, *calendar.month_name})
# Longer ones wrap on a phone, and are mostly two names run together.
_MAX_TOPIC = 30
# News says who speaks at the top; a long report need not be read to its end for four examples.
_READ_CHARACTERS = 5000


def example_questions(articles: Iterable[Article], *, limit: int = 4) -> tuple[str, ...]:
    """Return up to `limit` questions that the articles should answer, one a speaker, in the order of the articles."""
    most_mentioned = {speaker: topics[0] for speaker, topics in _topics_by_speaker(articles).items()}
    return tuple(_question(speaker, topic) for speaker, topic in most_mentioned.items())[:limit]


def next_questions(articles: Iterable[Article], *, asked: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` questions that the articles should answer and that nobody has asked before.

    Each speaker comes once before one comes again.
    """
    known = [set(_words(each)) for each in asked]
    topics = _topics_by_speaker(articles)
    rounds = zip_longest(*([(speaker, topic) for topic in about] for speaker, about in topics.items()))
    fresh = (
        _question(*statement)
        for statement in chain.from_iterable(rounds)
        if statement and not any(_is_about(words, *statement) for words in known)
    )
    return tuple(islice(fresh, limit))


def _question(speaker: str, topic: str) -> str:
    return f"What did {speaker} say about {topic}?"


def _is_about(words: Set[str], speaker: str, topic: str) -> bool:
    """Tell whether a question with these words is about the topic and names the speaker, be it by the surname."""
    return words >= {*_words(topic), _words(speaker)[-1]} - {"the"}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _topics_by_speaker(articles: Iterable[Article]) -> dict[str, list[str]]:
    """Return the topics that each speaker mentions, the one that is mentioned most by all first."""
    topics: dict[str, list[str]] = {}
    for article in articles:
        for speaker, topic in _statements(article):
            topics.setdefault(speaker, []).append(topic)
    # What several speakers mention is what the news is about.
    mentions = Counter(topic for about in topics.values() for topic in about)
    return {
        speaker: sorted(dict.fromkeys(about), key=mentions.__getitem__, reverse=True)
        for speaker, about in topics.items()
    }


def _statements(article: Article) -> Iterator[tuple[str, str]]:
    """Yield who speaks in a sentence of the article and each name that the sentence mentions."""
    for sentence in sentences.read(article.text[:_READ_CHARACTERS], title=article.title):
        # A bare surname is too little to ask for.
        if sentence.speaker and " " in sentence.speaker.name:
            for topic in _topics(sentence, f"{sentence.speaker.name} {sentence.speaker.role or ''}"):
                yield sentence.speaker.name, topic


def _topics(sentence: Sentence, speaker: str) -> Iterator[str]:
    not_topics = _CALENDAR | set(re.findall(r"\w+", speaker))
    for match in _NAME.finditer(sentence.text):
        name = match["name"]
        if len(name) > _MAX_TOPIC or match["before"] in _BEFORE_PLACES:
            continue
        if not_topics.isdisjoint(re.findall(r"\w+", name)):
            yield f"the {name}" if match["the"] or match["before"] == "the" else name
