"""natoqa's answers for LlamaIndex programs: a query engine, and a tool for agents.

Every query is a conversation of its own: who asks, an agent mostly, completes its questions itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from natoqa.chatbot import Chatbot
from natoqa.citations import quoted
from natoqa.index import Index
from natoqa.settings import AnswererName
from natoqa.types import Answer, Citation

if TYPE_CHECKING:
    from llama_index.core.base.response.schema import Response
    from llama_index.core.llms import LLM
    from llama_index.core.prompts.mixin import PromptMixin
    from llama_index.core.query_engine import BaseQueryEngine
    from llama_index.core.schema import NodeWithScore, QueryBundle
    from llama_index.core.tools import FunctionTool

TOOL_NAME = "ask_articles"
TOOL_DESCRIPTION = (
    "Answers a question from a collection of news articles by quotations, each with who said it, in which outlet and "
    "on which day, or says that the articles do not say. Ask one complete question in English that needs no context; "
    "keep the quotations, their sources and their days in what you write."
)

# For programs; a language model should see what a reader would.
_FOR_PROGRAMS = ["number", "article_id", "path", "start", "end", "version"]


def as_query_engine(
    index: Index,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    outlet: str | Sequence[str] | None = None,
    answerer: AnswererName = "extractive",
    llm: LLM | None = None,
) -> BaseQueryEngine:
    """Return a LlamaIndex query engine that answers as `Chatbot(index, answerer=…, llm=…).ask` does.

    Its `Response` has the answer's text; in `source_nodes`, the cited sentences in the order of their numbers, their
    metadata naming the speaker, the article and the place in its text; and in `metadata`, the `Answer` as JSON.
    Raises `SettingsError` for an unknown answerer, `LLMSetupError` when no language model is configured.
    """
    from llama_index.core.query_engine import BaseQueryEngine

    def chatbot() -> Chatbot:
        return Chatbot(index, answerer=answerer, llm=llm)

    class NatoqaQueryEngine(BaseQueryEngine):
        def _query(self, query_bundle: QueryBundle) -> Response:
            return _response(chatbot().ask(query_bundle.query_str, since=since, until=until, outlet=outlet))

        async def _aquery(self, query_bundle: QueryBundle) -> Response:
            return _response(await chatbot().aask(query_bundle.query_str, since=since, until=until, outlet=outlet))

        def _get_prompt_modules(self) -> dict[str, PromptMixin]:
            return {}

    chatbot()  # What is wrong with the settings is told here, not at the first query.
    return NatoqaQueryEngine(callback_manager=None)


def as_tool(
    index: Index,
    *,
    answerer: AnswererName = "extractive",
    llm: LLM | None = None,
    name: str = TOOL_NAME,
    description: str = TOOL_DESCRIPTION,
) -> FunctionTool:
    """Return a LlamaIndex tool with which an agent asks the articles, or only those of some days or outlets.

    The agent reads the answer, its notes, and where the articles do not say, the nearest ones; the `raw_output` of
    the call is the same `Response` as a query engine's. Raises the same as `as_query_engine`.
    """
    from llama_index.core.tools import FunctionTool

    def chatbot() -> Chatbot:
        return Chatbot(index, answerer=answerer, llm=llm)

    def ask(
        question: str, since: str | None = None, until: str | None = None, outlet: str | list[str] | None = None
    ) -> Response:
        """Answer a question from the articles.

        Args:
            question: One complete question in English.
            since: Only articles from this day on, such as 2025-02-13.
            until: Only articles up to this day; the question is asked as on this day.
            outlet: Only articles of this newspaper or agency, or of these.

        """
        return _response(chatbot().ask(question, since=since or None, until=until or None, outlet=outlet or None))

    chatbot()
    return FunctionTool.from_defaults(fn=ask, name=name, description=description, callback=_told)


def _told(response: Response) -> str:
    """Return what an agent reads: the text, the notes, the nearest articles."""
    about = response.metadata or {}
    nearest = [
        "Nearest article: " + ", ".join(filter(None, (each["title"], each["outlet"], each["published"])))
        for each in about["nearest"]
    ]
    closest = [f"Closest sentence: {quoted(each['quote'])} ({each['title']})" for each in about["closest"]]
    return "\n".join([str(response), *nearest, *closest, *(f"Note: {note}" for note in about["notes"])])


def _response(answer: Answer) -> Response:
    from llama_index.core.base.response.schema import Response

    nodes = [_node(citation) for citation in answer.citations]
    return Response(response=answer.text, source_nodes=nodes, metadata=answer.to_dict())


def _node(citation: Citation) -> NodeWithScore:
    from llama_index.core.schema import NodeWithScore, TextNode

    metadata = {name: value for name, value in citation.to_dict().items() if name not in ("quote", "copies")}
    unknown = [name for name, value in metadata.items() if value is None]
    node = TextNode(
        id_=f"{citation.article_id}:{citation.version}:{citation.start}",
        text=citation.quote,
        metadata=metadata,
        excluded_llm_metadata_keys=[*_FOR_PROGRAMS, *unknown],
        excluded_embed_metadata_keys=[*_FOR_PROGRAMS, *unknown, "url"],
    )
    return NodeWithScore(node=node)
