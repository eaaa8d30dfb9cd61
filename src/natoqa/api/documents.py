"""The documents of the API as its description (OpenAPI) shows them, and as requests are checked against them.

Answers are written by `to_dict()` of `natoqa.types`, the same as on the command line; these models only describe them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from natoqa.types import Status

# More passages than this nobody reads, and every one is read by the reader before it is ranked.
MOST_PASSAGES = 100
# SQLite's largest number; a larger one would be an error there.
_LARGEST = 2**63 - 1

_NO_CHARACTERS = re.compile("[\ud800-\udfff]")


def _of_characters(text: str) -> str:
    """Return the text with half surrogate pairs replaced: JSON can name them, nothing can store them."""
    return _NO_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)


Text = Annotated[str, AfterValidator(_of_characters)]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})]
Outlet = Annotated[str, Field(min_length=1)]
Passages = Annotated[int, Field(ge=1, le=MOST_PASSAGES)]
Version = Annotated[int, Field(ge=1, le=_LARGEST)]


class _Request(BaseModel):
    # Strict: 1 is no true and 5 no question.
    model_config = ConfigDict(strict=True)


class Question(_Request):
    """A question, and which articles may answer it."""

    model_config = ConfigDict(extra="forbid")

    question: Text
    since: Day | None = Field(None, description="Only articles published on this day or later.")
    until: Day | None = Field(None, description="Only articles published up to this day, from which the question asks.")
    outlet: Text | list[Text] | None = Field(
        None, description="Only articles of this outlet, or of these; upper and lower case count as the same."
    )
    stream: bool = Field(False, description="Send server-sent events: the text in pieces, then the whole answer.")


class Problem(BaseModel):
    """An error: what happened, and what to do."""

    error: str
    hint: str


class Health(BaseModel):
    """The server answers."""

    status: str


class Reference(BaseModel):
    """What names an article."""

    article_id: str
    title: str
    outlet: str | None
    published: Day | None
    url: str | None
    path: str


class ArticleDocument(Reference):
    """The whole article; all offsets count the Unicode characters of `text`."""

    authors: list[str]
    published_from: str | None
    updated: str | None
    language: str | None
    kind: str | None
    version: int
    text: str


class HitDocument(Reference):
    """A passage: `text` is the article's text from `start` to `end`."""

    rank: int
    score: float
    text: str
    start: int
    end: int
    version: int


class SearchDocument(BaseModel):
    """The passages that match a query best, the best first."""

    query: str
    hits: list[HitDocument]
    notes: list[str]


class CitationDocument(Reference):
    """A sentence of an article, character for character: `quote` is the article's text from `start` to `end`."""

    number: int
    quote: str
    speaker: str | None
    role: str | None
    version: int
    start: int
    end: int
    copies: list[Reference]


class SentenceDocument(BaseModel):
    """A sentence of an answer, and the numbers of the citations that carry it."""

    text: str
    citations: list[int]


class AccountDocument(BaseModel):
    """What one of the citations tells."""

    told: str
    citation: int


class DifferenceDocument(BaseModel):
    """Figures or days that the citations give differently for the same thing, and the note that says so."""

    note: str
    accounts: list[AccountDocument]


class AnswerDocument(BaseModel):
    """What the articles say to a question."""

    question: str
    query: str
    status: Status
    answerer: str
    text: str
    short_answer: str | None
    sentences: list[SentenceDocument]
    citations: list[CitationDocument]
    nearest: list[Reference]
    confidence: float = Field(ge=0, le=1)
    as_of: Day | None
    filters: dict[str, str | list[str]]
    notes: list[str]
    elapsed_ms: float
    differing: list[DifferenceDocument]
    closest: list[CitationDocument]


class FailureDocument(BaseModel):
    """An article that could not be read, and why."""

    path: str
    error: str


class SyncDocument(BaseModel):
    """What re-indexing did."""

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    duplicates: int
    failed: list[FailureDocument]
    articles: int
    passages: int
    elapsed_s: float
    notes: list[str]


class StatusDocument(BaseModel):
    """What is indexed, and whether it is up to date."""

    articles: int
    passages: int
    failed: int
    undated: int
    without_outlet: int
    duplicates: int
    stale: int | None
    embedding_model: str
    index_version: int
    oldest: Day | None
    newest: Day | None
    outlets: dict[str, int]


class ContentPart(_Request):
    """A part of a message; only those with a text are read."""

    type: str
    text: Text | None = None


class Message(_Request):
    """A message of a conversation; those of the system are not read, as natoqa takes no instructions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(_Request):
    """What a stream holds besides the answer."""

    include_usage: bool | None = None


class ChatRequest(_Request):
    """A conversation that ends with a question; what else OpenAI's form knows is accepted and not used."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    since: Day | None = None
    until: Day | None = None
    outlet: Text | list[Text] | None = None


class AssistantMessage(BaseModel):
    """The answer, with its marks `[1]`, and what they stand for."""

    role: Literal["assistant"]
    content: str
    refusal: None
    citations: list[CitationDocument]


class Choice(BaseModel):
    """There is always one."""

    index: int
    message: AssistantMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """How long conversation and answer are: in words, as no language model need have been asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """An answer in OpenAI's form."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Model(BaseModel):
    """A model in OpenAI's form."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """The models: one."""

    object: Literal["list"]
    data: list[Model]


class ChatError(BaseModel):
    """An error in OpenAI's form."""

    message: str
    type: str
    param: None
    code: None


class ChatProblem(BaseModel):
    """An error in OpenAI's form."""

    error: ChatError


Responses = dict[int | str, dict[str, Any]]


def refusals(*statuses: int, model: type[BaseModel] = Problem) -> Responses:
    """Return the description of the errors that an operation may answer with, besides those that every one may."""
    everywhere = (400, 401, 403, 413, 421, 503)
    return {status: {"model": model} for status in sorted({*everywhere, *statuses})}
