"""How long indexing and asking take, and how much memory and disk, beside stock LlamaIndex in the same run.

    python benchmarks/speed.py ARTICLES.jsonl [--limit 800] [--questions QUESTIONS.jsonl]

Each contender runs in a process of its own, one after the other: natoqa, and LlamaIndex with the same model, its
sentence splitter (256 tokens, no overlap) and one Chroma store. Machines are noisy: read the ratios, not the seconds.
Also printed: natoqa's second run with nothing to do, and one with a single changed article.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

QUESTIONS = 40
Figures = dict[str, float]


def natoqa(corpus: Path, folder: Path, questions: Sequence[str]) -> Figures:
    """Index with natoqa, change an article, search and ask."""
    from natoqa import Chatbot, Index

    with Index.open(folder) as index:
        index.embedding.embed_query("warm")
        first = _timed(lambda: index.sync(corpus))
        again = _timed(lambda: index.sync(corpus))
        file = corpus / "articles.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines()
        changed = json.loads(lines[0])
        changed["text"] += "\n\nThis sentence was added later."
        file.write_text("\n".join([json.dumps(changed), *lines[1:]]), encoding="utf-8")
        one = _timed(lambda: index.sync(corpus))
        return {
            "index_s": first,
            "passages": index.status().passages,
            "nothing_to_do_s": again,
            "one_changed_s": one,
            "search_ms": _median_ms(index.search, questions),
            "ask_ms": _median_ms(Chatbot(index).ask, questions),
        }


def llama_index(corpus: Path, folder: Path, questions: Sequence[str]) -> Figures:
    """Index with LlamaIndex's own parts and retrieve."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from natoqa.embedding import _location

    model = HuggingFaceEmbedding(model_name=_location("all-MiniLM-L6-v2"))
    model.get_query_embedding("warm")
    articles = [json.loads(line) for line in (corpus / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    documents = [Document(text=article["text"], metadata={"title": article["title"]}) for article in articles]
    collection = chromadb.PersistentClient(str(folder)).create_collection("articles", embedding_function=None)
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    started = time.perf_counter()
    index = VectorStoreIndex.from_documents(
        documents,
        storage_context=storage,
        embed_model=model,
        transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=0)],
    )
    first = time.perf_counter() - started
    retriever = index.as_retriever(similarity_top_k=10)
    return {"index_s": first, "passages": collection.count(), "search_ms": _median_ms(retriever.retrieve, questions)}


CONTENDERS = {"natoqa": natoqa, "llama_index": llama_index}


def _timed(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def _median_ms(ask: object, questions: Sequence[str]) -> float:
    return 1000 * statistics.median(_timed(lambda text=text: ask(text)) for text in questions)  # type: ignore[operator]


def _run_one(name: str, corpus: Path, folder: Path, questions: Sequence[str]) -> Figures:
    command = [sys.executable, __file__, str(corpus), "--as", name, "--folder", str(folder)]
    run = subprocess.run(command, input=json.dumps(list(questions)), capture_output=True, text=True, check=True)
    figures: Figures = json.loads(run.stdout.splitlines()[-1])
    figures["disk_mb"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    return figures


def main() -> None:
    """Run both contenders and print their figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--limit", type=int, default=800)
    parser.add_argument("--as", dest="contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contender:
        figures = CONTENDERS[arguments.contender](arguments.articles, arguments.folder, json.load(sys.stdin))
        figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(json.dumps(figures))
        return
    lines = arguments.articles.read_text(encoding="utf-8").splitlines()[: arguments.limit]
    if arguments.questions:
        asked = arguments.questions.read_text(encoding="utf-8").splitlines()[:QUESTIONS]
        questions = [json.loads(line)["question"] for line in asked]
    else:
        questions = [json.loads(line)["title"] for line in lines[:QUESTIONS]]
    results = {}
    for name in CONTENDERS:
        with tempfile.TemporaryDirectory() as folder:
            corpus = Path(folder, "corpus")
            corpus.mkdir()
            (corpus / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
            store = Path(folder, "store")
            store.mkdir()
            results[name] = _run_one(name, corpus, store, questions)
            shutil.rmtree(store)
    print(f"{len(lines)} articles, {len(questions)} questions")
    for figure in results["natoqa"]:
        ours, theirs = results["natoqa"][figure], results["llama_index"].get(figure)
        beside = f"{theirs:12.1f}{ours / theirs:8.2f}" if theirs else ""
        print(f"{figure:18}{ours:12.1f}{beside}")


if __name__ == "__main__":
    main()
