"""Questions that are the one before once more: "Really?", "Tell me more.", "Why?", "Who else?", "Until when?"."""

from __future__ import annotations

import re

from natoqa.follow_up.topic import asked_before, plain, without_interrogative
from natoqa.question import Question
from natoqa.types import Turn

_AGAIN = re.compile(
    r"\W*(?:really|seriously|are you sure|truly|(?:is|was) (?:that|this|it) (?:really |actually )?"
    r"(?:true|right|correct|so|the case)|what else(?: (?:is|was) there)?|anything else|go on|more|continue"
    r"|(?:please )?(?:tell|give|can you tell|could you tell) me (?:more|everything)(?: details?)?"
    r"(?: (?:about|on) (?:it|that|this|them))?|more (?:details?|about (?:it|that|this)))\W*",
    re.IGNORECASE,
)

# The question word is what is asked; "of them", "exactly" and "was that" only point at the question before.
_BARE = re.compile(
    r"\W*(?P<word>(?:(?:until|till|since|by|for|from|to|with|at|on|in|about)\s+)?"
    r"(?:who|whom|whose|when|where|why|how|which|what)"
    r"(?:\s+(?:many|much|long|often|far|old|big|large|high))?(?:\s+(?:not|else|for|from))?)"
    r"(?:\s+(?:exactly|precisely|ones?|times|of (?:them|these|those|it)|(?:is|was|were|will|did|does|has|have)\s+"
    r"(?:that|this)(?:\s+(?:be|happen|happened|been))?|(?:did|does|will) it (?:happen|take place)|come|so))*\W*",
    re.IGNORECASE,
)
_WHO_SAID_SO = re.compile(r"\W*who\s+(?:said|says|told|claimed|claims)\s+(?:so|that|this|it)\W*", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"(?:is|are|was|were|will|would|can|could|may|might|should|must|do|does|did|has|have|had)\b", re.IGNORECASE
)

# A quotation is found by its first words as well as by all of them.
LONGEST_QUOTE = 160


def repeated(text: str, before: Turn) -> str | None:
    """Return the question before when it is only doubted or to be gone on with, else None."""
    return asked_before(before) if _AGAIN.fullmatch(text) else None


def of_the_same(text: str, before: Turn) -> str | None:
    """Return the question before, asked with another question word, None when there is more than a question word.

    Example: "Did Zelensky postpone a trip?", then "Until when?" -> "Until when did Zelensky postpone a trip?"
    """
    if _WHO_SAID_SO.fullmatch(text) and before.answer.citations:
        return f"Who said “{plain(before.answer.citations[0].quote, LONGEST_QUOTE)}”?"
    bare = _BARE.fullmatch(text)
    if not bare or bare["word"].lower() == "what":
        return asked_before(before) if bare else None
    earlier = asked_before(before)
    rest = without_interrogative(earlier)
    word = bare["word"][0].upper() + bare["word"][1:].lower()
    if auxiliary := _AUXILIARY.match(rest):
        rest = rest[0].lower() + rest[1:]
        if word.endswith(" not"):
            word, rest = word.removesuffix(" not"), f"{rest[: auxiliary.end()]} not{rest[auxiliary.end() :]}"
    elif Question(earlier).kind == "who" and not word.startswith("Who"):
        # "Who blocked Macedonia?", then "Why?": why *Greece* blocked it.
        rest = f"{plain(before.answer.short_answer or '')} {rest}".strip()
    return f"{word} {rest}"
