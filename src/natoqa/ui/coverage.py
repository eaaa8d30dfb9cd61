"""What the corpus has on an answer beside its citations: the days it spans, and how many articles match on each."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from natoqa.errors import NatoqaError
from natoqa.serving.shared_index import SharedIndex
from natoqa.types import Answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first and the last day of the corpus, and the number of articles that match the query, by day."""

    oldest: date | None = None
    newest: date | None = None
    matching: Mapping[date, int] = field(default_factory=dict)


def coverage(answer: Answer, shared: SharedIndex) -> Coverage:
    """Return what the corpus has on an answer; an index that fails meanwhile costs this, not the answer."""
    status = shared.state().status
    if status is None:
        return Coverage()
    try:
        matching = shared.index().matching_days(answer.query, filters=answer.filters) if answer.citations else {}
    except NatoqaError as problem:
        logger.info("the matching articles could not be counted: %s", problem)
        matching = {}
    return Coverage(status.oldest, status.newest, matching)
