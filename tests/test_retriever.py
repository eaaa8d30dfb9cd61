"""natoqa inside LlamaIndex programs."""

from pathlib import Path

from conftest import Write
from natoqa import Index, as_retriever


def test_a_llama_index_retriever_finds_the_same(index: Index, corpus: Path, write: Write) -> None:
    from llama_index.core.retrievers import BaseRetriever

    for number in range(6):
        write(f"{number}.md", f"Report {number} on harbours and ships.", outlet="The Herald", published="2025-02-13")
    index.sync(corpus)
    retriever = as_retriever(index, k=3, outlet="the herald")
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("harbours")
    hits = index.search("harbours", k=3)
    assert [node.text for node in nodes] == [hit.text for hit in hits]
    assert [node.score for node in nodes] == [hit.score for hit in hits]
    metadata = nodes[0].metadata
    assert index.article(metadata["article_id"]).text[metadata["start"] : metadata["end"]] == nodes[0].text
    assert metadata["published"] == "2025-02-13"


def test_it_feeds_a_query_engine(index: Index, corpus: Path, write: Write) -> None:
    from llama_index.core.query_engine import RetrieverQueryEngine

    from natoqa.llm.scripted import ScriptedLLM

    write("a.md", "The ferry sails at noon.", outlet="The Herald")
    index.sync(corpus)
    llm = ScriptedLLM(["At noon."])
    engine = RetrieverQueryEngine.from_args(as_retriever(index), llm=llm)
    response = engine.query("When does the ferry sail?")
    assert str(response) == "At noon."
    assert response.source_nodes[0].text == "The ferry sails at noon."
    assert "The ferry sails at noon." in llm.prompts[0]
