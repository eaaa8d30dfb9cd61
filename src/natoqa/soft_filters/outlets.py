"""The outlet that a question names as the source of a report, not as its topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_REPORT = (
    r"(?:reports?|articles?|stor(?:y|ies)|analys[ie]s|investigations?|interviews?|op-eds?|editorials?|headlines?|polls?"
    r"|surveys?|pieces?|reporting)\b"
)
_REPORTS = (
    r"(?:report(?:ed|s|ing)?|sa(?:y|ys|id|ying)|writ(?:e|es|ten|ing)|wrote|publish(?:ed|es|ing)?|quot(?:ed?|es|ing)"
    r"|cit(?:ed?|es|ing)|reveal(?:ed|s)?|describ(?:ed?|es)|cover(?:ed|s)?|claim(?:ed|s)?)\b"
)
_SPEAKS = (
    r"\b(?:sa(?:y|ys|id)|t(?:ell|ells|old)|spoke|speaks?|talk(?:ed|s)?|appear(?:ed|s)?|interview(?:ed)?|published?)\b"
)
_ENDS = (
    r"(?=\s*(?:$|[^\w\s'’+-])|\s+(?:and|or|but|that|about|on|over|in|at|when|by|for|with|from|as|while|who|what|which"
    r"|where|why|how|did|was|were|is|are|has|have|had|will|this|last|today|yesterday|since|before|after|during)\b)"
)

# Before or after the outlet, OUTLET. The first group needs no capitals: its words alone tell a source.
_PLAIN = (
    rf"\baccording to (?:an? |the )?OUTLET(?:['’]s? {_REPORT}| {_REPORT}|['’]s(?= (?-i:[A-Z]))|{_ENDS})",
    rf"\b(?:did|does|has|have|had) OUTLET (?:\w+ )?{_REPORTS}(?!.*\b(?:its|itself)\b)",
)
_CAPITALISED = (
    rf"\b(?:an?|the|in|of) OUTLET(?:['’]s?)? {_REPORT}",
    rf"^OUTLET(?:['’]s?)? {_REPORT}",
    rf"(?:^|(?<!whose )(?<!which ))OUTLET {_REPORTS}(?! to be\b)(?!.*\b(?:its|itself)\b)",
    rf"\b(?:{_REPORT}|coverage|news|reported|published|quoted|cited|written|seen|reviewed|obtained|compiled|made public"
    rf"|interviewed) (?:by|in|from|of|with|for) OUTLET{_ENDS}",
    rf"{_SPEAKS}.{{0,60}} (?:in|to|on) OUTLET{_ENDS}",
    rf"\b(?:told|tell|tells|interview(?:ed)? (?:with|to|by)) OUTLET{_ENDS}",
    rf"^in OUTLET{_ENDS}",
)

_SHARED = re.compile(r"\s+(?:and|or|&)\s+(?:the\s+)?[A-Z]|\s+[A-Z]|\s*\+")
_SHARED_BEFORE = re.compile(r"[A-Z][\w’']*\s+(?:and|or|&)\s+(?:[Tt]he\s+)?$")
_NAME_BEFORE = re.compile(r"([A-Z][\w’']*)\s+(?:[Tt]he\s+)?$")
_OPENERS = frozenset("did does do has have had in according what why when where who how the was is were are".split())


def named_outlet(question: str, outlets: Sequence[str]) -> str | None:
    """Return the one outlet that a question names as its source, as it is written in `outlets`; None for two.

    >>> named_outlet("What happened, according to the Guardian?", ["The Guardian", "CNN.com"])
    'The Guardian'
    >>> named_outlet("Did CNN report it?", ["The Guardian", "CNN.com"])
    'CNN.com'
    >>> named_outlet("Why did CNN fire its anchor?", ["The Guardian", "CNN.com"])
    """
    lowered = question.lower()
    found: dict[str, str] = {}
    for outlet in outlets:
        name = bare_name(outlet)
        if name and name.lower() in lowered and (written := _as_source(question, name)):
            known = found.get(name.lower())
            if known is None or (written == outlet.lower() and known.lower() != written):
                found[name.lower()] = outlet
    return next(iter(found.values())) if len(found) == 1 else None


def bare_name(outlet: str) -> str:
    """Return the name of an outlet as it is spoken of.

    >>> [bare_name(name) for name in ("The Guardian", "CNN.com", "BBC News", "News", "bbc.co.uk")]
    ['Guardian', 'CNN', 'BBC', 'News', 'bbc']
    """
    name = " ".join(outlet.split())
    for trimmed in (r"^the (?=.)", r"(?<=.)\.(?:com|org|net|co\.uk|com\.au|de|fr|tv)$", r"(?<=.) (?:news|online)$"):
        name = re.sub(trimmed, "", name, flags=re.IGNORECASE)
    return name


def _as_source(question: str, name: str) -> str | None:
    """Return the outlet as the question writes it, lower-cased, if it is named as a source somewhere."""
    for match in _mentions(question, name):
        written = match["outlet"]
        before, after = question[: match.start("outlet")], question[match.end("outlet") :]
        if _SHARED.match(after) or _SHARED_BEFORE.search(before):
            continue
        capitalised = _NAME_BEFORE.search(before)
        if capitalised and capitalised[1].lower() not in _OPENERS:
            continue
        return written.lower()
    return None


def _mentions(question: str, name: str) -> Iterator[re.Match[str]]:
    outlet = rf"(?P<outlet>(?:the )?{re.escape(name)}(?:\.com)?(?: news)?)"
    for pattern in _PLAIN:
        yield from re.finditer(pattern.replace("OUTLET", outlet), question, re.IGNORECASE)
    for pattern in _CAPITALISED:
        for match in re.finditer(pattern.replace("OUTLET", outlet), question, re.IGNORECASE):
            # Of several words even small letters are a name; "in the sun" and "told time" are none.
            if " " in name or not re.sub("^[Tt]he ", "", match["outlet"])[0].islower():
                yield match
