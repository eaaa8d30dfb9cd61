"""The nouns of natoqa: articles, sentences, passages, hits, citations, answers and reports.

articles  articles and their parts, and what is found and read of them
answers   citations, answers, filters, turns
reports   what a sync did, how the index stands
plain     JSON and days

All are frozen, hold no connection and no model, and turn into the documented JSON with `to_dict()`.
Offsets count characters (Python's, not bytes) of `Article.text`; `start` is included, `end` is not.
"""

from natoqa.types.answers import Account, Answer, AnswerSentence, Citation, Difference, Filters, Status, Turn
from natoqa.types.articles import Article, DateOrigin, Hit, Passage, Reading, Retrieval, Sentence, Span, Speaker
from natoqa.types.plain import Json
from natoqa.types.reports import (
    Change,
    CorpusOverview,
    Failure,
    FailureListing,
    IndexStatus,
    Listing,
    SyncProgress,
    SyncReport,
)

__all__ = [
    "Account",
    "Answer",
    "AnswerSentence",
    "Article",
    "Change",
    "Citation",
    "CorpusOverview",
    "DateOrigin",
    "Difference",
    "Failure",
    "FailureListing",
    "Filters",
    "Hit",
    "IndexStatus",
    "Json",
    "Listing",
    "Passage",
    "Reading",
    "Retrieval",
    "Sentence",
    "Span",
    "Speaker",
    "Status",
    "SyncProgress",
    "SyncReport",
    "Turn",
]
