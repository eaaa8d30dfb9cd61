"""A question that leans on the turns before it, made to stand alone, by rule and in words that were there before.

The rules are tried in this order, and the first that fits makes the query:

1. what only asks again ("Really?", "Tell me more.") is the question before (`asking_again`);
2. a question word alone ("Why?", "Who else?", "Until when?") is asked of the question before (`asking_again`);
3. a name, role, place or year alone ("And Giorgia Meloni?", "No, I meant the British one.") takes the place of its
   like in the question before (`exchange`);
4. otherwise the persons that "he", "the minister" or "the latter" mean are named (`people`), and the topic of the
   question before is put where "that" and "it" stand or, for a question without a topic of its own, at its end
   (`topic`).

A question that fits none of them stands alone and stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.follow_up import asking_again, exchange, opening, people, topic
from natoqa.question import LONGEST
from natoqa.types import Turn

__all__ = ["standalone"]


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return the query for a question after the given turns, at most as long as a question may be (`LONGEST`).

    The question itself when it stands alone, whatever it was preceded by.

    Example: after "Will US troops go to Ukraine?", "And what did Rutte say about that?" becomes
    "what did Rutte say about “US troops go to Ukraine”?", and "Why?" becomes "Why will US troops go to Ukraine?"
    """
    asked = question.strip()
    if (
        not asked
        or not turns
        or len(asked) > topic.LONGEST_LEANING
        or any(asked == turn.answer.query for turn in turns)
    ):
        return asked
    before = topic.asked_before(turns[-1])
    opened = opening.read(asked)
    completed = (
        asking_again.repeated(opened.text, turns[-1])
        or asking_again.of_the_same(opened.text, turns[-1])
        or exchange.exchanged(opened, before)
        or topic.completed(people.named(opened.text, turns), opened, turns)
    )
    return completed[:LONGEST]
