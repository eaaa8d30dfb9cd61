"""Sentences of an article, with exact offsets and, where the article says so, their speaker.

    read(text) = attribute(split(text))

`split` finds the spans, `attribute` says who speaks in them.
"""

from __future__ import annotations

from natoqa.sentences.speakers import attribute
from natoqa.sentences.splitting import split
from natoqa.types import Sentence

__all__ = ["attribute", "read", "split"]


def read(text: str, *, title: str = "") -> tuple[Sentence, ...]:
    """Return the sentences of an article's text in order, each with its speaker if the article names one.

    Offsets are characters of `text`: `text[s.start:s.end] == s.text`. The title may name a speaker, too.
    """
    return attribute(text, split(text), title=title)
