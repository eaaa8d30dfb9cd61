"""What the question before was about, and where it belongs in the question that leans on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from natoqa.follow_up.opening import Opened
from natoqa.question import PRESENT, Question, same_name
from natoqa.sentences.speakers.words import ROLES
from natoqa.types import Turn
from natoqa.words import Word, question_words, stems

# A question that is this long says everything itself; what is added to a shorter one keeps the query searchable,
# as the model reads 256 word pieces.
LONGEST_LEANING = 600
LONGEST_TOPIC = 240

# Fewer words that mean something than this, and no name: too little to search for alone.
OWN_TOPIC = 2

# With at most this many words and no name, a question about "the hospitals" means those that were talked of.
FEW = 4

_DEMONSTRATIVE = r"(?:that|this|it|these|those|them)"
_OBJECT = re.compile(
    rf"\b(about|on|for|against|to|of|with|at|in)\s+{_DEMONSTRATIVE}(?=\s*(?:[?.,!;]|$|and\b|at\b|in\b))", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(?:it|its|them|these|those|this|the same)\b"
    r"|\b(?:they|their|theirs)\b"
    # "that" at the end or after one of these points back; elsewhere it joins sentences ("said that …").
    r"|\bthat(?=\s*(?:[?.,!;]|$))|\b(?:about|before|after|since|during|of|to|at|on|in|by|is|was|does|did|will)\s+that\b"
    r"|(?<!since )(?<!by )\bthen(?=\s*(?:[?.,!;]|$))"
    r"|\bthere(?=\s*(?:[?.,!;]|$))|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )(?<!\bbeen )\bthere\b"
    r"|\b(?:the )?(?:former|latter)\b",
    re.IGNORECASE,
)
# In "Is it true that …" nothing is pointed at, and "there" opens many a sentence.
_EMPTY_IT = re.compile(
    r"\bit\s+(?:(?:really|still|not)\s+)*(?:true|possible|likely|certain|clear|correct|known|legal|right|time)\b",
    re.IGNORECASE,
)
_EMPTY_THERE = re.compile(
    r"^\W*(?:is|are|was|were|will|would|has|have|had|did|does|do)\s+there\s+(?!\W*$)", re.IGNORECASE
)
_PERSONAL = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_INSIDE = re.compile(r"\b(?:its|their|theirs|they|his|her|he|she)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\bthe\s+(?:\w+\s+){0,2}\w+", re.IGNORECASE)
_QUOTED = re.compile(r"“([^”]*)”")
_INTERROGATIVE = re.compile(
    r"^\W*(?:(?:in|on|at|by|to|for|from|until|since|with)\s+)?"
    r"(?:who|whom|whose|what|which|when|where|why|how(?:\s+(?:many|much|long|often|far|old|big|large))?)\b"
    r"(?:\s+else\b)?\s*",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\belse\b", re.IGNORECASE)
_SAID_ABOUT = re.compile(r"\b(?:about|of|on)\s+", re.IGNORECASE)


def asked_before(turn: Turn) -> str:
    """Return the question of a turn as it was searched for, on one line."""
    return " ".join((turn.answer.query or turn.question).split())


def without_interrogative(query: str) -> str:
    """Return a question without the question word it begins with: "How long did it last?" -> "did it last?"."""
    return _INTERROGATIVE.sub("", query)


def plain(text: str, longest: int = LONGEST_TOPIC) -> str:
    """Return a text on one line without typographic quotation marks, cut after a word."""
    text = " ".join(text.replace("“", " ").replace("”", " ").split())
    return text if len(text) <= longest else text[:longest].rpartition(" ")[0] or text[:longest]


def with_topic(text: str, about: str) -> str:
    """Put a topic in the place of "about that", else at the end.

    Example: "Who blocked it?", "Macedonia invited" -> "Who blocked it (“Macedonia invited”)?"
    """
    if not about:
        return text
    replaced, count = _OBJECT.subn(lambda match: f"{match[1]} “{about}”", text, count=1)
    return replaced if count else f"{text.rstrip(' ?!.')} (“{about}”)?"


def completed(text: str, opened: Opened, turns: Sequence[Turn]) -> str:
    """Return a question, its persons named already, with the topic before it where it has none of its own."""
    if not _needs_topic(text, opened, turns[-1]):
        return text
    return with_topic(text, of(asked_before(turns[-1]), {word.stem for word in question_words(text)}))


def of(query: str, own: set[str] | frozenset[str] = frozenset()) -> str:
    """Return what a query is about: the topic given to it before, what follows "say about", else its telling words.

    `own` are the stems of the question that leans on it, which need not be repeated.
    """
    if quoted := _QUOTED.search(query):
        return plain(quoted[1])
    question = Question(query)
    asking = len(query) - len(without_interrogative(query))
    told = [
        word for word in question.content if word.start >= asking and (word.stem not in own or word.text[0].isupper())
    ]
    about = _SAID_ABOUT.search(query) if question.kind == "said" else None
    if about and any(word.start >= about.end() for word in told):
        told = [word for word in told if word.start >= about.end()]
    if not told:
        return ""
    start = query.rfind(" ", 0, told[0].start) + 1  # from the beginning of "T-Mobile", not of "Mobile"
    return plain(query[start : told[-1].end])


def _needs_topic(text: str, opened: Opened, before: Turn) -> bool:
    question = Question(text)
    if points_back(text):
        return True
    if _QUOTED.search(text):
        return False
    if before.answer.status == "not_in_corpus" and question.names:  # nothing was found out that could be meant
        return False
    own = len(_own_topic(question))
    if not question.names:
        return own < OWN_TOPIC or opened.leans or (own <= FEW and _DEFINITE.search(text) is not None)
    return own < OWN_TOPIC and (opened.leans or _goes_on(question, before))


def points_back(text: str) -> bool:
    """Whether a question points at what it does not name: "Who blocked it?", "What happened there?"."""
    if _EMPTY_IT.search(text):
        return False
    text = _EMPTY_THERE.sub("", text)
    match = _POINTING.search(text) or _PERSONAL.search(text)
    if not match:
        return False
    named_before = any(name[0].start < match.start() for name in Question(text).names)
    return not (named_before and _INSIDE.fullmatch(match[0]))


def _own_topic(question: Question) -> list[Word]:
    """Return the telling words of a question that are neither names nor the persons whose words it asks for."""
    others = {word.start for group in (*question.names, *question.asked_speakers) for word in group}
    return [word for word in question.content if word.start not in others and word.text.lower() not in ROLES]


def _goes_on(question: Question, before: Turn) -> bool:
    """Whether a question with names and next to nothing else goes on: "Was Ukraine invited?", "What did Orban say?".

    It does when the articles cited before have all of its names; "Who is Macron?" asks for nothing more.
    """
    if question.kind not in ("yes-no", "said") or _ELSE.search(question.text):
        return False
    talked = {stem for each in before.answer.citations for stem in stems(f"{each.title}\n{each.article.text}")}
    return all(same_name(name, talked) >= PRESENT for name in question.names)
