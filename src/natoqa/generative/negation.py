"""Whether a claim denies the same as its sources.

Negations are taken out of both texts; where the words around the gap are the same in both, both gaps must have one.
"Troops will not be sent" differs from "troops will be sent", and not from "no troops will be sent".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from natoqa.generative import contexts, tokens
from natoqa.words import STOPWORDS

# Verbs that deny what they govern: "refused to send" may be told as "will not send".
_DENYING = re.compile(
    r"(?:rul(?:e[sd]?|ing)|den(?:y|ies|ied|ying)|reject\w*|refus\w*|dismiss\w*|oppos\w*|fail(?:s|ed|ing)?|lack\w*|declin\w*|"
    r"unlikely|unwilling|unable|impossible|hardly|rarely|barely|avoid\w*|prevent\w*|halt\w*|stop(?:s|ped)?|absen\w*|"
    r"forbid\w*|bann?(?:s|ed|ing)?|miss(?:es|ed)?|exclud\w*|without)"
)
_NOT = frozenset("not no never none nobody nothing nowhere neither nor without cannot".split())
_CONTRACTION = re.compile(r"(\w+)n['’]t$")
_IRREGULAR_CONTRACTIONS = {"wo": "will", "ca": "can", "sha": "shall"}
# What comes with a negation and says nothing itself: "did not go" is "went" and a negation.
_SUPPORT = frozenset({"do"})
_LEFT_OUT = frozenset("any ever longer".split())

# Keys alike around two gaps from which on they are the same place; set by judgement while reading cases.
_SAME_PLACE = 2.5
# From here on the sentences are the same there, and must have as many negations.
_VERY_SAME_PLACE = 4.0
# How far a negation may move in a sentence that says the same: "no troops will be sent", "troops will not be sent".
_NEAR = 3


@dataclass(frozen=True, slots=True)
class _Text:
    keys: tuple[str, ...]
    """The words without the negations."""
    gaps: tuple[int, ...]
    """Where negations stood: `gap` is the number of words before it."""
    denying: tuple[tuple[int, str], ...]
    """Where words stand that deny without being a negation."""


def differs(claim: str, sources: Sequence[str]) -> bool:
    """Whether the claim denies what its sources say, or says what they deny, as far as words show it."""
    said = _read(claim)
    texts = [_read(source) for source in sources]
    return any(not _denied(gap, said, texts) for gap in said.gaps) or any(
        _dropped(gap, text, said, texts) for text in texts for gap in text.gaps
    )


def _denied(gap: int, claim: _Text, sources: Sequence[_Text]) -> bool:
    """Whether a negation of the claim has its like in the sources."""
    places = [(*_best(claim, gap, source), source) for source in sources]
    if not places:
        return False
    alike, at, source = max(places, key=lambda place: place[0])
    if alike >= _SAME_PLACE:
        return _as_many(claim, gap, source, at, alike)
    return any(each.gaps or each.denying for each in sources)


def _dropped(gap: int, source: _Text, claim: _Text, sources: Sequence[_Text]) -> bool:
    """Whether the claim has the words around a negation of the source and no negation."""
    if not claim.gaps and not claim.denying and _is_said(gap, source, claim, sources):
        return True
    alike, at = _best(source, gap, claim)
    if alike < _SAME_PLACE or _as_many(source, gap, claim, at, alike):
        return False
    # Another source may say it without the negation.
    return all(other is source or _best(claim, at, other)[0] < alike for other in sources)


def _is_said(gap: int, source: _Text, claim: _Text, sources: Sequence[_Text]) -> bool:
    """Whether all sources deny, and the first word of content behind this negation stands in the claim."""
    denied = next((key for key in source.keys[gap:] if key not in STOPWORDS), None)
    return all(each.gaps for each in sources) and denied in claim.keys


def _as_many(one: _Text, gap: int, other: _Text, at: int, alike: float) -> bool:
    """Whether there are negations in the other text's place for those of the first one's.

    One is enough where the places are only similar. A word that denies counts where the first text lacks it.
    """
    there = sum(abs(at - each) <= _NEAR for each in other.gaps)
    there += sum(
        abs(at - each) <= _NEAR for each, word in other.denying if word not in {word for _, word in one.denying}
    )
    here = sum(abs(gap - each) <= _NEAR for each in one.gaps)
    return there >= (here if alike >= _VERY_SAME_PLACE else 1)


def _best(one: _Text, gap: int, other: _Text) -> tuple[float, int]:
    """Return how alike the most similar gap of `other` is to a gap of `one`, and which it is.

    What follows must be the same: that is what is denied, while "he said" stands before everything.
    """
    best, at = 0.0, 0
    for place in range(len(other.keys) + 1):
        following = contexts.after(one.keys[gap:], other.keys[place:])
        if following < 1:
            continue
        alike = following + contexts.before(one.keys[:gap], other.keys[:place])
        if alike > best:
            best, at = alike, place
    return best, at


@lru_cache(maxsize=1024)
def _read(text: str) -> _Text:
    keys: list[str] = []
    gaps: list[int] = []
    denying: list[tuple[int, str]] = []
    for token in tokens.infinitive(text):
        lower = token.text.lower().replace("’", "'")
        contraction = _CONTRACTION.match(lower)
        if lower in _NOT or contraction:
            gaps.append(len(keys))
            verb = contraction[1] if contraction else {"cannot": "can", "without": "with"}.get(lower, "")
            verb = _IRREGULAR_CONTRACTIONS.get(verb, verb)
            keys += [token_.key for token_ in tokens.infinitive(verb) if token_.key not in _SUPPORT]
            continue
        if _DENYING.fullmatch(lower):
            denying.append((len(keys), token.key))
        if token.key not in _SUPPORT and lower not in _LEFT_OUT:
            keys.append(token.key)
    return _Text(tuple(keys), tuple(gaps), tuple(denying))
