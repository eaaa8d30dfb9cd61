"""Who speaks in a sentence, by rules on words, names and quotation marks.

    text -> quotations, frames (tokens) -> noun phrases -> clauses of speech -> people (cast, discourse) -> speaker

Unknown is better than wrong: where the article leaves it open, a sentence has no speaker.
"""

from __future__ import annotations

from natoqa.sentences.speakers.attribution import attribute

__all__ = ["attribute"]
