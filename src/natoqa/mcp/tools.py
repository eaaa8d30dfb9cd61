"""The tools: what they take, and what they give: the JSON of the command line, and the same as readable text.

Arguments are other programs' and are checked against the published schema; article text is other people's, so the
readable text holds nothing that a terminal would obey.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from natoqa.chatbot import Chatbot
from natoqa.cli import report
from natoqa.cli.console import document
from natoqa.errors import NatoqaError, SettingsError
from natoqa.index import Index
from natoqa.question import LONGEST
from natoqa.sanitizing import visible
from natoqa.types import Json

# A model has read enough after so many passages of 200 tokens.
MOST_HITS = 50
# Nearly every article of a newspaper is shorter; what is longer is given in pieces.
PIECE = 20_000
LONGEST_PIECE = 100_000
# Longer than any name or id; the index would only not find it.
_LONGEST_NAME = 300
# No article has as many texts or characters; the database counts no further than to 2**63.
_HIGHEST = 2**31

# Readers of the text are programs: paragraphs stay in one line.
_WIDTH = 1_000_000


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gives: the documented JSON, and readable text; of a failed one, what happened and what to do."""

    document: Json
    text: str
    failed: bool = False

    @classmethod
    def failure(cls, message: str, hint: str) -> Result:
        """Return the result of a call that went wrong: what happened and what to do."""
        return cls({"error": message, "hint": hint}, visible(f"error: {message}\nhint: {hint}"), failed=True)


class Arguments(BaseModel):
    """The arguments of a tool; the fields are its published schema."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)


_Outlet = Annotated[str, Field(max_length=_LONGEST_NAME)]


class _Filtered(Arguments):
    since: str | None = Field(None, max_length=10, description="Only articles from this day on, such as 2025-02-13.")
    until: str | None = Field(
        None, max_length=10, description="Only articles up to this day; the question is asked as on this day."
    )
    outlet: _Outlet | list[_Outlet] | None = Field(
        None, description="Only articles of this newspaper or agency, by its full name, or of any of a list of them."
    )

    def filters(self) -> dict[str, Any]:
        """Return the filters; a model that has nothing to say writes an empty text as often as nothing."""
        return {"since": self.since or None, "until": self.until or None, "outlet": self.outlet or None}


class _Ask(_Filtered):
    question: str = Field(
        min_length=1, max_length=LONGEST, description="One complete question in English that needs no context."
    )


class _Search(_Filtered):
    query: str = Field(min_length=1, max_length=LONGEST, description="Words or a question in English.")
    k: int = Field(10, ge=1, le=MOST_HITS, description="Number of passages.")


class _GetArticle(Arguments):
    article_id: str = Field(
        min_length=1, max_length=_LONGEST_NAME, description="The article_id of a citation, a hit or a nearest article."
    )
    version: int | None = Field(
        None,
        ge=1,
        le=_HIGHEST,
        description="An older text of the article, as a citation names it; by default the current one.",
    )
    start: int = Field(0, ge=0, le=_HIGHEST, description="The first character to give.")
    length: int = Field(PIECE, ge=1, le=LONGEST_PIECE, description="How many characters to give at most.")


def _ask(index: Index, given: _Ask) -> Result:
    answer = Chatbot(index, answerer=index.settings.answerer).ask(given.question, **given.filters())
    named = [(f"[{citation.number}]", citation.article_id) for citation in answer.citations]
    named += [("-", article.article_id) for article in answer.nearest]
    return Result(answer.to_dict(), _with_ids(report.answer(answer, _WIDTH), named))


def _search(index: Index, given: _Search) -> Result:
    if not re.search(r"\w", given.query):
        raise SettingsError("query holds no word to search for")
    found = index.retrieve(given.query, k=given.k, **given.filters())
    named = [(f"{hit.rank}.", hit.article_id) for hit in found.hits]
    return Result(found.to_dict(), _with_ids(report.retrieval(found, _WIDTH), named))


def _with_ids(text: str, named: list[tuple[str, str]]) -> str:
    """Return the text with the ids that `get_article` takes: some assistants read the text only."""
    ids = "\n".join(f"{mark} {article_id}" for mark, article_id in named)
    return f"{text.rstrip()}\n\nArticle ids, in this order:\n{ids}" if named else text


def _get_article(index: Index, given: _GetArticle) -> Result:
    article = index.article(given.article_id, version=given.version)
    start = min(given.start, len(article.text))
    end = min(start + given.length, len(article.text))
    piece = article.text[start:end]
    published = article.published.isoformat() if article.published else None
    head = [article.title, *filter(None, (article.outlet, published, article.url or article.path))]
    if (start, end) != (0, len(article.text)):
        head.append(f"Characters {start} to {end} of {len(article.text)}.")
    about = {"text": piece, "start": start, "end": end, "length": len(article.text)}
    return Result(article.to_dict() | about, "\n".join(head) + f"\n\n{piece}")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, what it takes, what it does."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    _carry_out: Callable[[Index, Any], Result]

    def call(self, index: Callable[[], Index], arguments: Json) -> Result:
        """Return the result of a call; what natoqa foresees to go wrong becomes a failed result with a hint."""
        try:
            result = self._carry_out(index(), self.arguments.model_validate(arguments))
        except ValidationError as error:
            return Result.failure(_plainly(error), self._usage())
        except SettingsError as error:
            return Result.failure(str(error), self._usage())
        except NatoqaError as error:
            return Result.failure(str(error), error.hint)
        # Half characters, which file names can hold, are no Unicode and would break the message.
        return Result(json.loads(document(result.document)), visible(result.text))

    def _usage(self) -> str:
        fields = self.arguments.model_fields.items()
        return " ".join(f"{name}: {field.description}" for name, field in fields)


def _plainly(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}"
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    )


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "ask",
            "Ask the articles",
            "Answer a question from a collection of news articles. The answer has at most three sentences, each "
            "tied to the sentence of an article that says so, with its speaker, outlet and day; or it says that the "
            "articles do not say, and names the nearest ones. Questions are independent of each other.",
            _Ask,
            _ask,
        ),
        Tool(
            "search",
            "Search the articles",
            "Find the passages of the news articles that fit a query best, without an answer.",
            _Search,
            _search,
        ),
        Tool(
            "get_article",
            "Read an article",
            "Return an article with its title, outlet, day and address. The offsets of citations and hits count the "
            "characters of its text. Long articles come in pieces: go on with start.",
            _GetArticle,
            _get_article,
        ),
    )
}
