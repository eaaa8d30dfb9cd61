"""Does a claim stand in its sources? One question a check, from the cheapest to the dearest.

    quotations -> figures, days, names -> speakers -> places of names and figures -> negation -> content

They compare words, not meanings: what passes is not proven, what fails is not in the sources. The reader (span_reader)
adds nothing: its score is as high for a sentence with another number, name or day (docs/decisions/0004).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from natoqa.citations import Quote
from natoqa.generative import facts, negation, quotations, swaps
from natoqa.generative.facts import Source
from natoqa.generative.tokens import OPENERS, is_common
from natoqa.words import MONTHS, content, stems, words

# Share of a claim's words of content that its sources must have: set by judgement. A claim about something else has
# next to nothing, and one in other words keeps its names.
_LEAST_SHARED = 0.2


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a claim does not stand in its sources."""

    reason: str
    """Completes "1 sentence of the model was removed: …"."""
    showable: bool
    """Whether the sentence may be shown with a mark; not one that is no statement about its sources at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A checked claim: its text with exact quotations, and its fault, if it has one."""

    text: str
    fault: Fault | None = None


_SAYS = re.compile(
    r"\b([A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+)*),? (?:has |had |also |then )*"
    r"(?:said|says|told|tells|added|adds|stated|states|declared|announced|insisted|stressed|warned|argued|claimed|noted|"
    r"explained|reiterated|reported|called|vowed|pledged|promised|rejected|dismissed|denied|ruled)\b"
)

# A link leads out of the corpus, and an image is fetched by whoever shows it: neither is a statement.
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:/|\b(?:javascript|data|mailto|vbscript|file|tel):\S|\bwww\.|\]\(|\]\s*:\s*\S+/|<\s*/?\s*[a-z!]|"
    r"&(?:lt|#\d+|#x[\da-f]+);|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?!(?:com|org)['’]s)[a-z]{2,}\b", re.IGNORECASE)


def examine(claim: str, sources: Sequence[Quote], question: str) -> Finding:
    """Return what the checks find on a claim: the first fault, or none."""
    if not sources:
        return Finding(claim, Fault("it names no sentence of the articles", showable=False))
    exact = quotations.exact(claim, sources)
    if exact is None:
        return Finding(claim, Fault("its quotation does not stand in its sources", showable=False))
    return Finding(exact, next(_faults(exact, sources, question), None))


def _faults(claim: str, sources: Sequence[Quote], question: str) -> Iterator[Fault]:
    texts = [source.sentence.text for source in sources]
    if has_link(claim, texts):
        yield Fault("it holds a link or markup", showable=False)
    if not is_related(claim, sources):
        yield Fault("its sources are about something else", showable=False)
    missing = unsupported(claim, sources, question)
    if missing is not None:
        yield Fault(f"its sources do not contain {missing!r}", showable=True)
    speaker = misattributed(claim, sources)
    if speaker is not None:
        yield Fault(f"its sources do not say it is {speaker!r} who said it", showable=True)
    swapped = swaps.swapped(claim, texts)
    if swapped is not None:
        yield Fault(f"its sources have another word in the place of {swapped!r}", showable=True)
    if negation.differs(claim, texts):
        yield Fault("it and its sources differ in a negation", showable=True)
    if shared(claim, sources, question) < _LEAST_SHARED:
        yield Fault("its sources say little of it", showable=True)


def unsupported(claim: str, sources: Sequence[Quote], question: str) -> str | None:
    """Return the first figure, day or name of the claim that stands neither in the sources nor in the question.

    A source is the sentence and its speaker; its article's title, outlet, authors and day may be named, too.
    """
    given = [Source(text, source.article.published) for source in sources for text in _texts([source])]
    return facts.missing(claim, given, [question, *_metadata(sources)])


def misattributed(claim: str, sources: Sequence[Quote]) -> str | None:
    """Return the first name that the claim makes the speaker although its sources name another one.

    None when there is no such name, or when it is open who speaks in one of the sources. An outlet may "say", too.
    """
    if not all(source.sentence.speaker for source in sources):
        return None
    known = [*_texts(sources), *(source.article.outlet or "" for source in sources)]
    there = stems("\n".join(known))
    for match in _SAYS.finditer(claim):
        name = words(match.group(1))[-1]
        if name.stem not in there and not is_common(name.text.lower(), first=True):
            return name.text
    return None


def stands_in(text: str, given: Sequence[str]) -> bool:
    """Whether all figures, days and names of `text` stand in the given texts."""
    return facts.missing(text, [Source(each) for each in given]) is None


def has_link(claim: str, texts: Sequence[str]) -> bool:
    """Whether the claim holds an address, an image or a tag; the bare name of a site is none where a source has it."""
    if _LINK.search(claim):
        return True
    hosts = (match[0].lower() for match in _HOST.finditer(claim) if len(match[0].rpartition(".")[0]) > 2)
    return any(not any(host in text.lower() for text in texts) for host in hosts)


def is_related(claim: str, sources: Sequence[Quote]) -> bool:
    """Whether the claim shares at least one word of content with its sources, speakers included."""
    return bool(_topics(claim) & {topic for text in _texts(sources) for topic in _topics(text)})


def shared(claim: str, sources: Sequence[Quote], question: str) -> float:
    """Return the share (0 to 1) of the claim's words of content that sources, articles' heads or question have."""
    said = _topics(claim)
    given = {topic for text in [*_texts(sources), *_metadata(sources), question] for topic in _topics(text)}
    return len(said & given) / len(said) if said else 0.0


def _metadata(sources: Sequence[Quote]) -> Iterator[str]:
    for article in (source.article for source in sources):
        yield " ".join([article.title, article.outlet or "", *article.authors])
        if article.published:
            yield MONTHS[article.published.month - 1]


def _texts(sources: Sequence[Quote]) -> Iterator[str]:
    for source in sources:
        yield source.sentence.text
        speaker = source.sentence.speaker
        if speaker:
            yield f"{speaker.name} {speaker.role or ''}"


_NO_TOPICS = OPENERS | set("added told asked will would could should".split())


def _topics(text: str) -> set[str]:
    """Return the beginnings of the words of content, so that "members" and "membership" are one topic."""
    return {word.stem[:5] for word in content(words(text)) if word.text.lower() not in _NO_TOPICS}
