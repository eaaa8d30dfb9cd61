"""Whether words for days tell the asked time, or are a part of a name or of a topic.

In doubt they are a part of a name: a day that is left out costs little, a wrong one hides the right articles.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from natoqa.soft_filters.periods import Period

# What may follow a day that ends there: "in March about …", but not "in March Madness" or "the October 7 attacks".
_CLOSED = (
    "and or but that to at on in over about near when by for with from as while because who whom what which where why "
    "how did was were is are has have had will would does do can he she it they we his her their this last then during "
    "before after since until between against an the"
)
_ENDS = re.compile(rf"['’]?\s*(?:$|[^\w\s'’-]|(?:{'|'.join(_CLOSED.split())})\b)", re.IGNORECASE | re.ASCII)

# Before these a capital says nothing: they stand at the beginning of a question.
_OPENING = frozenset(f"{_CLOSED} early mid late through till throughout".split() + "please tell show give".split())

_LEAD = re.compile(
    r"\b(in|since|before|after|until|till|from|between|during|throughout|through|over|on|at|of|as of|prior to|up to"
    r"|by|next|coming|upcoming|following|later|rest of|remainder of|end of|each|every|a|an|any|one|per)"
    r"\s+(?:the )?(?:about |around )?$",
    re.IGNORECASE | re.ASCII,
)
_NOT_ASKED = frozenset("by next coming upcoming following later each every a an any one per".split())
_UNFINISHED = frozenset(["rest of", "remainder of", "end of"])
_DATING = frozenset("in since before after until till from between during throughout through over".split())

_BOUNDS = frozenset(["since", "before", "after", "until", "till", "between", "from", "prior to", "up to"])

_NAMES = re.compile(
    r"\b(?:(?:black|good|freaky) friday|cyber monday|(?:super|giving|fat) tuesday|ash wednesday|(?:bloody|palm) sunday"
    r"|march madness|march (?:on|for|of) (?=(?-i:[A-Z])))|[“\"][^“”\"]*[”\"]",
    re.IGNORECASE | re.ASCII,
)
_EVENT_AHEAD = re.compile(
    r"\s+(?:[\w’'-]+\s+){0,2}(?:olympics?|paralympics|games|cup|championships?|super bowl|grammys?|oscars|emmys"
    r"|season|attacks?|committee|riots?|insurrection|massacre|bombings?|hearings?|uprising)\b",
    re.IGNORECASE | re.ASCII,
)
# Months that are first names or surnames, and whom one has confidence in.
_PEOPLE = frozenset(["may", "april", "june"])
_TRUST = re.compile(r"\b(?:confidence|trust(?:ed)?|faith|belie(?:f|ved?)|interest(?:ed)?) in $", re.IGNORECASE)

# What a figure is compared with, and what it was counted from: reports of it come later.
_BACKGROUND = re.compile(
    r"\bthan(?:\s+[\w’'-]+){0,3}\s$|\bcompared (?:with|to)(?:\s+[\w’'-]+){0,3}\s$"
    r"|\b(?:data|figures|statistics|normals) (?:from|for|in|between) $|\b(?:end(?:ing|ed)|(?:year|month)s? to) $",
    re.IGNORECASE | re.ASCII,
)
# Days that come back every year are no time of a report.
_YEARLY = re.compile(r"\b(?:annual(?:ly)?|(?:every|each) year|yearly|birthdays?|born on)\b", re.IGNORECASE)
# "After premiering in July": what is asked about came later.
_AFTER = re.compile(r"\b(?:after|following|since)\b(?:\s+[\w’'-]+){1,8}?\s(?:(?:in|on)\s)?$", re.IGNORECASE)

_AHEAD = re.compile(
    r"\b(?P<ahead>will|won['’]t|shall|going to|set to|due|expected|scheduled|planned|plans? to|beginning|starting"
    r"|headed|(?:is|are)(?:\s+[\w’'-]+){0,3}?\s+(?!king|spring|during)\w+ing)\b"
    r"|\b(?:did|was|were|had|has|have)\b",
    re.IGNORECASE | re.ASCII,
)
_PAST = re.compile(
    r"\b(?:did|was|were|had|has|have|(?!headed|based|expected|considered|planned|scheduled)[a-z]+ed|won|said|took|became|met|fell|rose|left|lost|went|came|made|gave|got|told"
    r"|began|held|spoke|sold|bought|found|kept|paid|sent|built|hit|cut|led)\b",
    re.IGNORECASE | re.ASCII,
)
# Without a verb of the past, "on November 15" asked in October is the one to come: nobody names a day so that is nearly
# a year back. Of eighteen questions of news quizzes whose day would be as far back, sixteen mean no such day.
LONG_AGO = timedelta(days=270)

_DAY_NAMES = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_LOWER_OPENING = re.compile(r"(?:^|\s)[a-z]")


def without_names(text: str) -> str:
    """Return the text with quoted words and names of days ("Black Friday") blanked out, all places kept.

    >>> without_names("Who sang “Yesterday” on Black Friday?")
    'Who sang ########### on ############?'
    """
    return _NAMES.sub(lambda match: "#" * len(match[0]), text)


def lead(text: str, period: Period) -> str:
    """Return the word before a period that says how it is meant ("since", "in"), "" if there is none."""
    match = _LEAD.search(text[: period.start])
    if not (match and match[1].lower() in _BOUNDS) and _AFTER.search(text[: period.start]):
        return "since"
    return match[1].lower() if match else ""


def is_asked_time(text: str, period: Period, *, joined: bool = False) -> bool:
    """Return whether a period is the time of what is asked; `joined` ones follow another ("between March and May")."""
    before = lead(text, period)
    if before in _NOT_ASKED or (before in _UNFINISHED and period.kind == "span"):
        return False
    if _has_title_case(text, period) or _is_background(text, period):
        return False
    match period.kind:
        case "day":
            return not _is_topic(text, period)
        case "month" if period.is_dated:
            return not _is_topic(text, period) and (_is_dated(before, period) or not _is_named(text, period))
        case "month":
            cued = _is_dated(before, period) or joined
            return cued and not _goes_on(text, period) and not _is_person(text, period, before)
        case "season":
            return (_is_dated(before, period) or period.is_dated) and not _goes_on(text, period)
        case "year":
            return (_is_dated(before, period) or joined) and not (
                text[: period.start].lower().endswith("the ") or _EVENT_AHEAD.match(text, period.end)
            )
        case "weekday":
            after_article = re.search(r"\b(?:the|that) $", text[: period.start], re.IGNORECASE)
            return not after_article and not _is_named(text, period)
        case "ordinal":
            return _ends(text, period)
        case "feast":
            return before in _DATING | {"on", "at"} and _ends(text, period)
        case _:
            return True


def is_ahead(text: str, period: Period, asked: date | None = None) -> bool:
    """Return whether a period is one to come: "Will they meet on Monday?"; "last Monday" and "yesterday" never are.

    >>> from natoqa.soft_filters.periods import periods
    >>> asked = "Will they meet on Monday?", "On Monday, who will speak?", "What did he say on Monday that he will do?"
    >>> [is_ahead(text, periods(text)[0]) for text in asked]
    [True, True, False]
    """
    if period.is_dated or period.kind in ("span", "ago") or "of" in period.told or period.told.get("turn") == "last":
        return False
    days = period.days(asked) if asked else None
    if asked and days and asked - days[0] > LONG_AGO and not _PAST.search(text):
        return True
    first = _AHEAD.search(text)
    opens = len(text[: period.start].split()) <= 1
    return first is not None and first["ahead"] is not None and (opens or first.start() < period.start)


def _is_background(text: str, period: Period) -> bool:
    unfinished = period.kind == "span" and period.told.get("turn") == "this" and re.search("end|late", _part(period))
    yearly = period.kind in ("day", "month", "feast", "season") and not period.is_dated and _YEARLY.search(text)
    # "Before this week's ceremony": the ceremony is the topic.
    owned = lead(text, period) in _BOUNDS and re.match("['’]s", text[period.end :])
    return any((unfinished, yearly, owned)) or _BACKGROUND.search(text[: period.start]) is not None


def _part(period: Period) -> str:
    return period.told.get("part", "")


def _is_dated(before: str, period: Period) -> bool:
    return before in _DATING or "part" in period.told or "turn" in period.told


def _ends(text: str, period: Period) -> bool:
    return _ENDS.match(text, period.end) is not None


def _goes_on(text: str, period: Period) -> bool:
    """Return whether a name may go on behind the period: "in March Madness", "the summer Olympics"."""
    if period.is_dated or _ends(text, period):
        return False
    following = text[period.end :].split(maxsplit=1)[0]
    with_article = text[: period.start].lower().endswith("the ")
    return with_article or (following[:1].isupper() and not _is_shouted(text))


def _is_person(text: str, period: Period, before: str) -> bool:
    if period.told["month"] not in _PEOPLE or "turn" in period.told or "part" in period.told:
        return False
    return _TRUST.search(text[: period.start]) is not None or (before != "in" and not _ends(text, period))


def _is_topic(text: str, period: Period) -> bool:
    """Return whether a date belongs to what follows it: "the October 7 attacks", "the June 2024 election"."""
    words = text[max(0, period.start - 4) : period.end].lower()
    with_article = words.startswith("the ") or text[period.start :][:4].lower() == "the "
    return (with_article and not _ends(text, period)) or _EVENT_AHEAD.match(text, period.end) is not None


def _is_named(text: str, period: Period) -> bool:
    """Return whether a capitalised word stands right before or after: "Sunday Times", "Sheffield Wednesday"."""
    if _is_shouted(text):
        return False
    before = re.search(r"([^\W\d_][\w’'.-]*)\s$", text[: period.start])
    possessive = text[: period.end].endswith(("'s", "’s"))  # "Monday's Emmys" are no name
    after = None if possessive else re.match(r"\s([^\W\d_][\w’'-]*)", text[period.end :])
    return any(
        match is not None and match[1][0].isupper() and match[1].lower() not in _OPENING for match in (before, after)
    )


def _has_title_case(text: str, period: Period) -> bool:
    """Return whether a word that needs no capital has one: "This Week", "USA Today"; not at the start of a sentence."""
    if _is_shouted(text):
        return False
    names = {period.told.get(name, "") for name in ("month", "weekday", "season", "feast")}
    for word in re.finditer(r"[A-Za-z]+", text[period.start : period.end]):
        begins = re.search(r"(?:^|[.?!:;])\s*$", text[: period.start + word.start()])
        named = any(word[0].lower() in name for name in names) or word[0].lower() in _DAY_NAMES
        if word[0][0].isupper() and not begins and not named:
            return True
    return False


def _is_shouted(text: str) -> bool:
    """Return whether capitals tell nothing, because every word has one."""
    return _LOWER_OPENING.search(text) is None
