"""Short answers: from a span or a sentence of an article to the few words that a person would give as the answer.

form(question, quote, start, end)    a span, written as an answer: "the BBC’s" -> "BBC", "45 percent" -> "45%"
verdict(question, quote)             "No, according to Pete Hegseth on 12 February 2025", or None
is_statement_to_judge(text)          whether a text is a "True or false: …"
differing(question, quotes)          figures or days that sources give differently for the same thing
moved(quotes)                        statements of one speaker newest first, and which of them are older ones
"""

from __future__ import annotations

from natoqa.short_answers.asking import is_statement_to_judge
from natoqa.short_answers.comparing import differing, moved
from natoqa.short_answers.forming import form
from natoqa.short_answers.verdicts import verdict

__all__ = ["differing", "form", "is_statement_to_judge", "moved", "verdict"]
