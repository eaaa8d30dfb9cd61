"""Everything that can go wrong, as one tree.

    NatoqaError                      catch this one to catch them all
    ├── SettingsError                a flag, variable or natoqa.toml entry that makes no sense (exit 2)
    ├── CorpusError
    │   ├── CorpusMissingError       the folder of articles is not there
    │   ├── CorpusShrunkError        most of the articles are gone: an unmounted disk, perhaps
    │   └── CorpusNotWritableError   an article could not be saved into the corpus
    ├── FetchError                   nothing could be taken from an address
    │   ├── AddressRefusedError      no web address, or one that its site keeps from programs
    │   │   └── AddressPrivateError  a machine of a private network, or this one
    │   ├── AddressGoneError         there is nothing at the address (404, 410)
    │   ├── AddressUnreachableError  no server, or an answer that broke off (retryable)
    │   └── AddressBusyError         too many requests or a server fault (429, 5xx; retryable)
    ├── ArticleError                 one file or one line of it is not a readable article
    ├── IndexingError
    │   ├── IndexMissingError        there is no index in the folder
    │   ├── IndexBusyError           another process is writing (retryable)
    │   ├── IndexMismatchError       made with another model, passage size or version
    │   ├── IndexDamagedError        the catalog cannot be read
    │   └── StorageError             the disk is full or refuses to be written
    ├── EmbeddingError               the embedding model cannot be loaded or used
    ├── ArticleNotFoundError         no article, or no such version of it, under this id
    ├── QuestionsError               an evaluation file that cannot be used
    ├── ConversationError            the file of conversations cannot be used
    │   ├── ConversationNotFoundError    no conversation under this id that one may see
    │   ├── ConversationsBusyError       another process is writing to the file (retryable)
    │   └── ConversationsDamagedError    the file was damaged and has been put aside (retryable)
    ├── UsersError                   the file of users cannot be used, or has no such user
    └── LLMError                     the language model gave no usable answer
        ├── LLMSetupError            not configured, or its client is not installed (exit 2)
        ├── LLMTimeoutError          no answer in time (retryable)
        ├── LLMConnectionError       nobody answers at the address (retryable)
        ├── LLMRefusedError          the key or the model was refused (401, 403, 404)
        ├── LLMBusyError             too many requests or a server fault (429, 5xx; retryable)
        └── LLMOutputError           an answer that is empty or not in the agreed form

"The articles do not say" is not an error but an `Answer` with the status `not_in_corpus`.
"""

from __future__ import annotations

from typing import ClassVar


class NatoqaError(Exception):
    """Base of all errors: what happened is the message, what to do is the hint.

    Attributes: `hint` (one sentence), `exit_code` (of the command line), `retryable` (may the same call succeed later).
    """

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    default_hint: ClassVar[str] = "Run the command again with -v for details."

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint or self.default_hint


class SettingsError(NatoqaError):
    """A flag, an environment variable or an entry of natoqa.toml makes no sense."""

    exit_code = 2
    default_hint = "See `natoqa --help` and docs/settings.md for the settings and their values."


class CorpusError(NatoqaError):
    """The folder of articles cannot be used."""


class CorpusMissingError(CorpusError):
    """The folder of articles is not there."""

    default_hint = "Create the folder and put articles into it, or name another one with --corpus."


class CorpusShrunkError(CorpusError):
    """The corpus is suddenly empty or has lost most of its articles; nothing was removed from the index."""

    default_hint = "Check that the folder is mounted; if the articles are meant to go, run again with --allow-removals."


class CorpusNotWritableError(CorpusError):
    """An article could not be saved into the corpus."""

    default_hint = "Make the corpus folder writable, or copy the file into it by hand and run `natoqa index`."


class FetchError(NatoqaError):
    """Nothing could be taken from an address; what was fetched of it before stays."""

    default_hint = "Open the address in a browser, save the page as a file and name that file."


class AddressRefusedError(FetchError):
    """An address that natoqa does not go to, or whose site keeps it from programs."""

    default_hint = "Name the address of a public web page, such as https://example.org/article."


class AddressPrivateError(AddressRefusedError):
    """An address on a machine of a private network, or on this one."""

    default_hint = "If that is meant, set fetch_private = true in natoqa.toml."


class AddressGoneError(FetchError):
    """There is nothing at the address."""

    default_hint = "Check the address; if its page was withdrawn, remove the file from the corpus, too."


class AddressUnreachableError(FetchError):
    """The address has no server that answers, or its answer was not whole."""

    retryable = True
    default_hint = "Check the address and the network, then try again."


class AddressBusyError(FetchError):
    """The server of the address is overloaded or out of order; it asks not to be asked again for `wait_s` seconds."""

    retryable = True
    default_hint = "Try again later."

    def __init__(self, message: str, *, hint: str | None = None, wait_s: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class ArticleError(NatoqaError):
    """One file, or one line of it, is not a readable article."""

    default_hint = "Repair or remove the file, then run `natoqa index` again; its last good version stays until then."


class IndexingError(NatoqaError):
    """The index cannot be used."""


class IndexMissingError(IndexingError):
    """There is no index in the folder."""

    default_hint = "Run `natoqa index` first, or name another folder with --index."


class IndexBusyError(IndexingError):
    """Another process is writing to the index."""

    retryable = True
    default_hint = "Wait until it has finished, then try again."


class IndexMismatchError(IndexingError):
    """The index was made with another embedding model, passage size or version of natoqa."""

    default_hint = "Run `natoqa index --rebuild`, or go back to the settings that the index was made with."


class IndexDamagedError(IndexingError):
    """The catalog of the index cannot be read."""

    default_hint = "Run `natoqa index --rebuild` to make the index anew from the corpus."


class StorageError(IndexingError):
    """The disk is full or refuses to be written; the index is as it was before the last completed step."""

    default_hint = "Free some disk space or make the folder writable, then run the command again."


class EmbeddingError(NatoqaError):
    """The embedding model cannot be loaded or used."""

    default_hint = "Set embedding_model to `all-MiniLM-L6-v2` (packaged) or to the path of another model."


class ArticleNotFoundError(NatoqaError):
    """No article, or no such version of it, is stored under this id."""

    default_hint = (
        "Take the article_id from a hit or a citation; removed articles need their version, too, and old versions are "
        "kept as far as the setting versions says."
    )


class QuestionsError(NatoqaError):
    """The evaluation file cannot be used."""

    default_hint = 'One JSON object a line: {"question": …, "answers": […], "date": "2025-02-13"}.'


class ConversationError(NatoqaError):
    """The file of conversations cannot be used."""

    default_hint = "Check the folder of the setting `data`; conversations live in its conversations.sqlite3."


class ConversationNotFoundError(ConversationError):
    """There is no conversation, or no turn of it, that the one who asks may see."""

    default_hint = "`natoqa conversations list` names the conversations that there are."


class ConversationsBusyError(ConversationError):
    """Another process has been writing to the file of conversations for too long."""

    retryable = True
    default_hint = "Try again in a moment."


class ConversationsDamagedError(ConversationError):
    """The file of conversations was damaged: it has been put aside, and the next call begins a new one."""

    retryable = True
    default_hint = "Try again: a new file is begun. The damaged one is kept; `sqlite3 FILE .recover` may save some."


class UsersError(NatoqaError):
    """The file of users cannot be used, or what is asked of it makes no sense."""

    default_hint = "`natoqa user list` names the users; the file is users.json in the folder of the setting `data`."


class LLMError(NatoqaError):
    """The language model gave no usable answer."""

    default_hint = "Use `--answerer extractive` to answer without a language model."


class LLMSetupError(LLMError):
    """No language model is configured, or its client is not installed."""

    exit_code = 2
    default_hint = "Set llm_model and llm_provider (docs/settings.md); the clients: pip install 'natoqa[llm]'."


class LLMTimeoutError(LLMError):
    """The language model did not answer in time."""

    retryable = True
    default_hint = "Raise llm_timeout, or use `--answerer extractive`."


class LLMConnectionError(LLMError):
    """Nobody answers at the language model's address."""

    retryable = True
    default_hint = "Start the server or correct llm_base_url; `--answerer extractive` needs no server."


class LLMRefusedError(LLMError):
    """The language model's server refused the key or does not know the model."""

    default_hint = "Check llm_api_key, llm_model and llm_base_url."


class LLMBusyError(LLMError):
    """The language model's server is overloaded or out of order."""

    retryable = True
    default_hint = "Try again in a moment, or use `--answerer extractive`."


class LLMOutputError(LLMError):
    """The language model's answer was empty or not in the agreed form."""

    retryable = True
    default_hint = "Try another model, or use `--answerer extractive`."
