"""natoqa: ask a folder of news articles; every sentence of the answer is tied to a sentence of an article.

    from natoqa import Chatbot, Index

    index = Index.open("index")
    index.sync("corpus")
    print(Chatbot(index).ask("Will US troops go to Ukraine?").text)

Nothing heavy is imported before it is used: `import natoqa` takes milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from natoqa.errors import (
    AddressBusyError,
    AddressGoneError,
    AddressPrivateError,
    AddressRefusedError,
    AddressUnreachableError,
    ArticleError,
    ArticleNotFoundError,
    ConversationError,
    ConversationNotFoundError,
    ConversationsBusyError,
    ConversationsDamagedError,
    CorpusError,
    CorpusMissingError,
    CorpusNotWritableError,
    CorpusShrunkError,
    EmbeddingError,
    FetchError,
    IndexBusyError,
    IndexDamagedError,
    IndexingError,
    IndexMismatchError,
    IndexMissingError,
    LLMBusyError,
    LLMConnectionError,
    LLMError,
    LLMOutputError,
    LLMRefusedError,
    LLMSetupError,
    LLMTimeoutError,
    NatoqaError,
    QuestionsError,
    SettingsError,
    StorageError,
    UsersError,
)
from natoqa.settings import Settings
from natoqa.types import (
    Answer,
    AnswerSentence,
    Article,
    Change,
    Citation,
    Failure,
    Filters,
    Hit,
    IndexStatus,
    Retrieval,
    SyncProgress,
    SyncReport,
    Turn,
)

if TYPE_CHECKING:
    from natoqa.chatbot import Chatbot
    from natoqa.index import Index
    from natoqa.query_engine import as_query_engine, as_tool
    from natoqa.retriever import as_retriever

__version__ = "0.1.0"

__all__ = [
    "AddressBusyError",
    "AddressGoneError",
    "AddressPrivateError",
    "AddressRefusedError",
    "AddressUnreachableError",
    "Answer",
    "AnswerSentence",
    "Article",
    "ArticleError",
    "ArticleNotFoundError",
    "Change",
    "Chatbot",
    "Citation",
    "ConversationError",
    "ConversationNotFoundError",
    "ConversationsBusyError",
    "ConversationsDamagedError",
    "CorpusError",
    "CorpusMissingError",
    "CorpusNotWritableError",
    "CorpusShrunkError",
    "EmbeddingError",
    "Failure",
    "FetchError",
    "Filters",
    "Hit",
    "Index",
    "IndexBusyError",
    "IndexDamagedError",
    "IndexMismatchError",
    "IndexMissingError",
    "IndexStatus",
    "IndexingError",
    "LLMBusyError",
    "LLMConnectionError",
    "LLMError",
    "LLMOutputError",
    "LLMRefusedError",
    "LLMSetupError",
    "LLMTimeoutError",
    "NatoqaError",
    "QuestionsError",
    "Retrieval",
    "Settings",
    "SettingsError",
    "StorageError",
    "SyncProgress",
    "SyncReport",
    "Turn",
    "UsersError",
    "as_query_engine",
    "as_retriever",
    "as_tool",
]

# Their rooms import numpy and SQLite, and load models when used.
_LAZY = {
    "Chatbot": "natoqa.chatbot",
    "Index": "natoqa.index",
    "as_query_engine": "natoqa.query_engine",
    "as_retriever": "natoqa.retriever",
    "as_tool": "natoqa.query_engine",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'natoqa' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
