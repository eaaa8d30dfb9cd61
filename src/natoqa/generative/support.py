"""Does a claim stand in its sources? Cheap checks that catch the harmful errors: quotations, figures, names, negation.

They compare words, not meanings: what passes is not proven, what fails is not in the sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from natoqa.citations import Quote
from natoqa.words import content, stem, words


@dataclass(frozen=True, slots=True)
class _Word:
    normal: str
    """As it is compared: any case, one kind of apostrophe, `1,000` and `1000` the same."""
    text: str
    start: int
    end: int


_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_QUOTATION = re.compile(r"“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|\"([^\"]*)\"|(?<!\w)[‘']([^‘’']*)[’'](?!\w)")
_OMISSION = re.compile(r"\s*(?:…|\.\.\.|\(…\)|\[…\]|\[\.\.\.\])\s*")

# A summary counts what it lists ("two members"); from three on a count is a fact that its source must state.
_NUMBERS = {
    word: str(number) for number, word in enumerate("three four five six seven eight nine ten eleven twelve".split(), 3)
} | {
    word: str(number) for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_NUMBERS |= {word: f"{number}0" for word, number in _NUMBERS.items() if word.endswith("ty")}
_MAGNITUDES = {"bn": "billion", "mn": "million", "tn": "trillion"}
_COUNTED = {"hundred", "thousand", "million", "billion", "trillion", "dozen"}

_MONTHS = "january february march april may june july august september october november december".split()
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"sept": "september"}

# Capitalised beside a name, or as the first word of a sentence, without being a name.
_TITLES = set(
    "president vice prime minister chancellor secretary general chief foreign defense defence king queen prince pope "
    "mr mrs ms dr sir former senator governor mayor ambassador spokesman spokeswoman spokesperson i".split()
)
_OPENERS = set(
    "a an the this that these those it its he she they his her their we you there here in on at by for from to of with "
    "as and or but if while when where after before since until during under over about according both all some many "
    "most several few other others another each no not none neither never one two first second also however although "
    "though because so then thus yet still only even instead meanwhile later earlier today yesterday officials leaders "
    "ministers members experts critics analysts reports what who which how why yes such more less part between among "
    "against despite without within speaking asked".split()
)

_SAYS = re.compile(
    r"\b([A-Z][^\W\d_]+(?:[ -][A-Z][^\W\d_]+)*),? (?:has |had |also |then )*"
    r"(?:said|says|told|tells|added|adds|stated|states|declared|announced|insisted|stressed|warned|argued|claimed|noted|"
    r"explained|reiterated|reported|called|vowed|pledged|promised|rejected|dismissed|denied|ruled)\b"
)

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nor|neither|without|cannot|nobody|nothing|unlikely|unwilling|\w+n['’]t|"
    r"rul(?:e[sd]?|ing) (?:\w+ )?out|den(?:y|ies|ied)|reject\w*|refus\w*|dismiss\w*|oppos\w*|fail(?:s|ed)?|lack\w*)\b",
    re.IGNORECASE,
)


def with_exact_quotations(claim: str, sources: Sequence[Quote]) -> str | None:
    """Return the claim with each quotation as it stands in a source (or neighbouring ones), character for character.

    A model's quotation may differ from the source in case, white space, quotation marks and punctuation; it may leave
    out words where it says so (…). None when a quotation's words stand in no source, or its marks have no partner.
    """
    if re.search(r"[“”„«»\"]", _QUOTATION.sub("", claim)):
        return None
    restored = []
    for match in _QUOTATION.finditer(claim):
        exact = _exact(next(group for group in match.groups() if group is not None), sources)
        if exact is None:
            return None
        restored.append(f"{match.group()[0]}{exact[0]}{match.group()[-1]}{exact[1]}")
    given = iter(restored)
    return re.sub(r"([.!?])\.$", r"\1", _QUOTATION.sub(lambda _: next(given), claim))


def unsupported(claim: str, sources: Sequence[Quote], question: str) -> str | None:
    """Return the first figure or name of the claim that stands neither in the sources nor in the question.

    A source is the sentence, its speaker, and its article's title, outlet, authors and day. None when all stand there.
    """
    return _first_missing(claim, [question, *_texts(sources), *_metadata(sources)])


def misattributed(claim: str, sources: Sequence[Quote]) -> str | None:
    """Return the first name that the claim makes the speaker although its sources name another one.

    None when there is no such name, or when it is open who speaks in one of the sources. An outlet may "say", too.
    """
    if not all(source.sentence.speaker for source in sources):
        return None
    known = [*_texts(sources), *(source.article.outlet or "" for source in sources)]
    stems = {word.stem for text in known for word in words(text)}
    for match in _SAYS.finditer(claim):
        name = words(match.group(1))[-1]
        if name.stem not in stems and not _is_common(name.text.lower(), first=True):
            return name.text
    return None


def stands_in(text: str, given: Sequence[str]) -> bool:
    """Whether all figures and names of `text` stand in the given texts."""
    return _first_missing(text, given) is None


def is_related(claim: str, sources: Sequence[Quote]) -> bool:
    """Whether the claim shares at least one word of content with its sources, speakers included."""
    return bool(_topics(claim) & {topic for text in _texts(sources) for topic in _topics(text)})


def negations_differ(claim: str, sources: Sequence[Quote]) -> bool:
    """Whether the claim denies and none of the sources does, or the other way round."""
    denied = [bool(_NEGATION.search(source.sentence.text)) for source in sources]
    return not any(denied) if _NEGATION.search(claim) else all(denied)


def _exact(quotation: str, sources: Sequence[Quote]) -> tuple[str, str] | None:
    """Return the quotation's words as the first source that has them writes them, and the punctuation left over."""
    parts = [part for part in _OMISSION.split(quotation) if any(_words(part))]
    if not parts:
        return None
    for text in _runs(sources):
        found, position, after = [], 0, ""
        for part in parts:
            span = _span(part, text, position)
            if span is None:
                break
            start, position, after = span
            found.append(text[start:position])
        else:
            return " … ".join(found), after
    return None


def _runs(sources: Sequence[Quote]) -> list[str]:
    """Return the texts that a quotation may be cut from: sentences, joined where one follows another in its article."""
    runs: list[str] = []
    last: Quote | None = None
    for source in sorted(sources, key=lambda source: (source.article.article_id, source.sentence.start)):
        between = source.article.text[last.sentence.end : source.sentence.start] if last else ""
        if last and last.article.article_id == source.article.article_id and not between.strip():
            runs[-1] += between + source.sentence.text
        else:
            runs.append(source.sentence.text)
        last = source
    return runs


def _span(part: str, text: str, position: int) -> tuple[int, int, str] | None:
    """Return where in `text`, from `position` on, the words of `part` stand, and its punctuation that does not."""
    wanted = list(_words(part))
    given = [word for word in _words(text) if word.start >= position]
    for i in range(len(given) - len(wanted) + 1):
        if all(a.normal == b.normal for a, b in zip(wanted, given[i:], strict=False)):
            start, end = given[i].start, given[i + len(wanted) - 1].end
            before, after = part[: wanted[0].start], part[wanted[-1].end :]
            start -= len(before) if before and text[position:start].endswith(before) else 0
            return (start, end + len(after), "") if text.startswith(after, end) else (start, end, after.strip())
    return None


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        yield _Word(_normal(match.group()), match.group(), match.start(), match.end())


def _normal(word: str) -> str:
    word = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if word[0].isdigit():
        word = word.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", word) else word
        return word.lstrip("0") or "0"
    word = word.replace(".", "").removesuffix("'s").removesuffix("'")
    return _NUMBERS.get(word) or _MAGNITUDES.get(word, word)


def _is_figure(word: _Word) -> bool:
    return word.normal[0].isdigit() or word.normal in _COUNTED


def _is_common(word: str, *, first: bool) -> bool:
    return word in _TITLES or (first and (word in _OPENERS or word.endswith(("ly", "ing"))))


def _first_missing(claim: str, given: Sequence[str]) -> str | None:
    figures = {word.normal for text in given for word in _words(text)}
    for figure in _words(claim):
        if _is_figure(figure) and figure.normal not in figures:
            return figure.text
    names = {form for text in given for word in words(text) for form in _forms(word.stem)}
    for i, name in enumerate(words(claim)):
        is_name = name.text[0].isupper() and not _is_common(name.text.lower(), first=i == 0)
        if is_name and names.isdisjoint(_forms(name.stem)):
            return name.text
    return None


def _metadata(sources: Iterable[Quote]) -> Iterator[str]:
    for article in (source.article for source in sources):
        yield " ".join([article.title, article.outlet or "", *article.authors])
        if article.published:
            day = article.published
            yield f"{day.day} {day.month} {_MONTHS[day.month - 1]} {day.year}"


def _texts(sources: Iterable[Quote]) -> Iterator[str]:
    for source in sources:
        yield source.sentence.text
        speaker = source.sentence.speaker
        if speaker:
            yield f"{speaker.name} {speaker.role or ''}"


# European and Europe, African and Africa become the same; the countries are the same word already.
_ENDINGS = ("ean", "ian", "an", "n", "ish", "e", "a")


def _forms(stemmed: str) -> set[str]:
    """Return the stem, and what is left of it without the endings that make a name an adjective."""
    shorter = {stemmed.removesuffix(ending) for ending in _ENDINGS if stemmed.endswith(ending)}
    whole = stem(_SHORT_MONTHS[stemmed]) if stemmed in _SHORT_MONTHS else stemmed
    return {whole} | {form for form in shorter if len(form) > 3}


_NO_TOPICS = _OPENERS | set("added told asked will would could should".split())


def _topics(text: str) -> set[str]:
    """Return the beginnings of the words of content, so that "members" and "membership" are one topic."""
    return {word.stem[:5] for word in content(words(text)) if word.text.lower() not in _NO_TOPICS}
