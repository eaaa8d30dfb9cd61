"""Bytes -> text: which encoding, which bytes are no text at all, and what a stored text never holds."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from natoqa.errors import ArticleError
from natoqa.readers.reading import Remark

# UTF-32's mark begins with UTF-16's, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

ENGLISH = "cp1252"
"""Windows-1252 (Latin-1 with typographic quotes): what English texts that are not UTF-8 are written in."""

FEW = 0.05
"""Share of non-ASCII bytes below which a text is English with some typographic marks.

French and German texts have about 4 %, Polish ones 7 %, Cyrillic and East Asian ones more than 80 %.
"""

TOO_FEW = 20
"""Non-ASCII bytes that say too little for a guess: charset-normalizer took "It’s a deal" for Chinese."""

MOST_CONTROLS = 0.02
"""Share of control characters above which bytes are no text, whatever they decode to."""

_NOT_ASCII = bytes(range(128, 256))
_NEWLINES = re.compile("\r\n?|[\x0b\x0c]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Decoded(NamedTuple):
    """A text and the encoding that it was found in; `remark` where the encoding had to be guessed."""

    text: str
    encoding: str
    remark: Remark | None = None


def marked_encoding(start: bytes) -> str | None:
    """Return the encoding that the byte order mark at the `start` of a file tells, None without one."""
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)


def decode(data: bytes, *, expected: str | None = None) -> Decoded:
    """Return the text of `data`; `expected` is tried before anything is guessed.

    A byte order mark decides, then UTF-8, then what charset-normalizer finds.
    Raises `ArticleError` where the bytes are no text.
    """
    encoding = marked_encoding(data[:4]) or "utf-8"
    if encoding.startswith("utf-8") and b"\0" in data:
        raise ArticleError("it is not text: it holds NUL bytes (a binary file, or UTF-16 without a byte order mark)")
    try:
        decoded = Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        decoded = _damaged(data, encoding) or _guessed(data, expected)
    if decoded.encoding != "utf-8" and len(_CONTROLS.findall(decoded.text)) > MOST_CONTROLS * len(decoded.text):
        raise ArticleError("it is not text: it is full of control characters")
    return decoded


def _damaged(data: bytes, encoding: str) -> Decoded | None:
    """Decode all but a few bytes: a mark, or valid UTF-8 characters of several bytes, do not come about by chance."""
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    proof = text if encoding != "utf-8" else "".join(re.findall("[^\x00-\x7f]+", text))
    if len(proof) <= 2 * broken:
        return None
    return Decoded(text, encoding, Remark("holds bytes that are not in its encoding; each reads � now", encoding))


def _guessed(data: bytes, expected: str | None) -> Decoded:
    encoding = expected if expected and _fits(data, expected) else _detected(data)
    if encoding is None:
        raise ArticleError("it is not text: it is neither UTF-8 nor in another known encoding")
    return Decoded(
        data.decode(encoding), encoding, Remark("is not UTF-8; read in the encoding that fits best", encoding)
    )


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _detected(data: bytes) -> str | None:
    marks = len(data) - len(data.translate(None, _NOT_ASCII))
    if marks < max(FEW * len(data), min(TOO_FEW, len(data) / 4)) and _fits(data, ENGLISH):
        return ENGLISH
    import charset_normalizer

    matches = charset_normalizer.from_bytes(data)
    best = matches.best()
    if best is None:
        return None
    # Among equally good matches charset-normalizer takes the first by name, cp1250: French came out Czech.
    for match in matches:
        as_good = match.chaos <= best.chaos and match.coherence >= best.coherence
        if as_good and ENGLISH in match.could_be_from_charset and _fits(data, ENGLISH):
            return ENGLISH
    return best.encoding if _fits(data, best.encoding) else None


def clean(text: str) -> str:
    r"""Return `text` as it may be stored: newlines are \n, nothing steers a terminal, every character can be encoded.

    Nothing else is altered, for all offsets of sentences and citations point into the stored text.
    """
    text = text.removeprefix("\ufeff")
    if not _UNCLEAN.search(text):
        return text
    text = _NEWLINES.sub("\n", text)
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))
