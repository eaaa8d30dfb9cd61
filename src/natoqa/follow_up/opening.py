"""How a follow-up begins: "And …", "What about …", "No, I meant …" say that it leans on the question before."""

from __future__ import annotations

import re
from dataclasses import dataclass

_POLITE = re.compile(
    r"^\W*(?:(?:thanks|thank you|ok|okay|well|right|yes|yeah|i see|interesting|good|great)\b\s*[,.!:;–—]+\s*)+",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^\W*(?:(?:and|but|so|then|also|ok|okay|now)\b[\s,]+)+", re.IGNORECASE)
_ABOUT = re.compile(r"^\W*(?:what|how) about\s+", re.IGNORECASE)
_CORRECTION = re.compile(
    r"^\W*(?:(?:no|nope|sorry|not that|actually)\b[\s,.!:;–—-]*)*"
    r"(?:i (?:meant|mean|was asking about|am asking about)|i['’]m asking about|i was talking about)\s+",
    re.IGNORECASE,
)
_NO = re.compile(r"^\W*no\b[\s,.!:;–—-]+(?:not\s.{1,60}?,?\s(?:but|rather)\s)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """A question without its opening; `leans` when the opening refers to what was asked before."""

    text: str
    leans: bool = False


def read(asked: str) -> Opened:
    """Take the opening off a question.

    Example: "And what about Poland?" -> Opened("Poland?", leans=True)
    """
    if corrected := _without(_CORRECTION, asked) or _without(_NO, asked):
        return Opened(corrected, leans=True)
    spoken = _without(_POLITE, asked) or asked
    text = _without(_OPENING, spoken) or spoken
    about = _without(_ABOUT, text)
    return Opened(about or text, leans=bool(about) or text != spoken)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Return what follows the pattern, nothing where the text does not begin with it."""
    match = pattern.match(text)
    return text[match.end() :].strip() if match else ""
