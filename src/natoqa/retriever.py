"""natoqa's retrieval for LlamaIndex programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from natoqa.index import Index
from natoqa.types import Hit

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore


def as_retriever(
    index: Index,
    *,
    k: int = 10,
    since: date | str | None = None,
    until: date | str | None = None,
    outlet: str | Sequence[str] | None = None,
) -> BaseRetriever:
    """Return a LlamaIndex retriever that finds the same passages as `index.search`.

    Each node's text is the passage, its metadata names the article and the place of the passage in its text.
    """
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import QueryBundle

    class NatoqaRetriever(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            hits = index.search(query_bundle.query_str, k=k, since=since, until=until, outlet=outlet)
            return [_node(hit) for hit in hits]

    return NatoqaRetriever()


def _node(hit: Hit) -> NodeWithScore:
    from llama_index.core.schema import NodeWithScore, TextNode

    metadata = {name: value for name, value in hit.to_dict().items() if name not in ("rank", "score", "text")}
    node = TextNode(
        id_=f"{hit.article_id}:{hit.version}:{hit.start}",
        text=hit.text,
        metadata=metadata,
        # Ids and offsets are for programs; a language model or an embedding should see what a reader would.
        excluded_llm_metadata_keys=["article_id", "path", "start", "end", "version"],
        excluded_embed_metadata_keys=["article_id", "path", "start", "end", "version", "url"],
    )
    return NodeWithScore(node=node, score=hit.score)
