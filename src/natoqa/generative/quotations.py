"""Quotations of a claim, letter by letter: each must stand in a source, and is shown as it stands there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from natoqa.citations import Quote


@dataclass(frozen=True, slots=True)
class _Word:
    normal: str
    """As it is compared: any case, one kind of apostrophe, `1,000` and `1000` the same."""
    text: str
    start: int
    end: int


_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
# A quotation may go on from the sentence before or into the next one: then it has one mark, and runs from the edge.
_QUOTATION = re.compile(
    r"([“„«\"])([^“”„«»\"]*)([”“»\"])|([“„«\"])([^“”„«»\"]*)()$|"
    r"^()([^“”„«»\"]*)([”»]|\"(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$))|"
    r"((?<!\w)[‘'])([^‘’'“”„«»\"]*)([’'](?!\w))"
)
_OMISSION = re.compile(r"\s*(?:…|\.\.\.|\(…\)|\[…\]|\[\.\.\.\])\s*")


def exact(claim: str, sources: Sequence[Quote]) -> str | None:
    """Return the claim with each quotation as it stands in a source (or neighbouring ones), character for character.

    A model's quotation may differ from the source in case, white space, quotation marks and punctuation; it may leave
    out words where it says so (…). None when a quotation's words stand in no source, or its marks have no partner.
    """
    restored = []
    for match in _QUOTATION.finditer(claim):
        before, words, after = (group for group in match.groups() if group is not None)
        found = _found(words, sources)
        if found is None:
            return None
        restored.append(f"{before}{found[0]}{after}{found[1]}")
    if re.search(r"[“”„«»\"]", _QUOTATION.sub("", claim)):
        return None
    given = iter(restored)
    return re.sub(r"([.!?])\.$", r"\1", _QUOTATION.sub(lambda _: next(given), claim))


def _found(quotation: str, sources: Sequence[Quote]) -> tuple[str, str] | None:
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
    return word.replace(".", "").removesuffix("'s").removesuffix("'")
