"""Links that lead to a sentence of a web page: `https://…#:~:text=start,end` (the text fragments of WICG).

Browsers look for whole words, whatever their case. The words are those at the edges of the sentence, as few as tell it
from the text before it: outlets change quotation marks, links and spaces, which would make longer texts miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from natoqa.readers.markdown import plain
from natoqa.sanitizing import web_address
from natoqa.types import Citation

# Words at either edge to begin with; sentences of not more than twice as many are sought as a whole.
_EDGE = 5
# Words before the sentence that tell it from one which reads the same.
_BEFORE = 4
# Characters of the sentence that are looked at: its edges need no more.
_LOOKED_AT = 1_000


def sentence_address(citation: Citation) -> str | None:
    """Return the address of the cited sentence in the original; None where the article has no address."""
    address = web_address(citation.url)
    sought = _sought(citation)
    if address is None or not sought:
        return address
    return f"{address}{'' if '#' in address else '#'}:~:text={sought}"


def _sought(citation: Citation) -> str:
    """Return what a browser is to look for: `[prefix-,]start[,end]`."""
    said = citation.quote
    first, last = _words(said[:_LOOKED_AT]), _words(said[-_LOOKED_AT:])
    whole = len(said) <= _LOOKED_AT and len(first) <= 2 * _EDGE
    before = citation.article.text[: citation.start]
    earlier = " ".join(before.split()).casefold()
    start = first if whole else first[: _unmistakable(first, earlier)]
    if not start:
        return ""
    parts = [start] if whole else [start, last[-_EDGE:]]
    prefix = ""
    if _joined(start) in earlier:
        passed_over = said[: next(place for place, letter in enumerate(said) if letter.isalnum())]
        prefix = f"{_encoded(plain((before + passed_over)[-_LOOKED_AT:]).split()[-_BEFORE:])}-,"
    return prefix + ",".join(map(_encoded, parts))


def _unmistakable(words: Sequence[str], earlier: str) -> int:
    """Return how many of the first words do not stand in the text before; the end needs the last ones."""
    enough = (number for number in range(_EDGE, len(words) - _EDGE) if _joined(words[:number]) not in earlier)
    return next(enough, _EDGE)


def _joined(words: Sequence[str]) -> str:
    return " ".join(words).casefold()


def _words(text: str) -> list[str]:
    """Return the words as the page shows them, without marks of Markdown, and without punctuation at the edges."""
    words = plain(" ".join(text.split())).split()
    while words and not any(map(str.isalnum, words[0])):
        words.pop(0)
    while words and not any(map(str.isalnum, words[-1])):
        words.pop()
    if words:
        words[0] = _from_alphanumeric(words[0])
        words[-1] = _from_alphanumeric(words[-1][::-1])[::-1]
    return words


def _from_alphanumeric(word: str) -> str:
    return word[next(place for place, letter in enumerate(word) if letter.isalnum()) :]


def _encoded(words: Sequence[str]) -> str:
    """Return words as a fragment takes them: a comma, a dash or an ampersand would be read as its syntax."""
    return quote(" ".join(words), safe="").replace("-", "%2D")
