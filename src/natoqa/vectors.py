"""Nearest passages by meaning: Chroma, through LlamaIndex's ChromaVectorStore.

A `Segment` is a Chroma store that is written once, in its own folder, and never changed afterwards. Passages that
were added since are held by the catalog until the next segment is made, so Chroma is a cache: any process may
open it, none can find it half written, and it can be made anew from the catalog at any time. Why: docs/decisions/0001.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from natoqa.embedding import Matrix, Vector

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from llama_index.vector_stores.chroma import ChromaVectorStore

Ids = NDArray[np.int64]

COLLECTION = "passages"

# Finds 98 % of the true 50 nearest among 29,584 passages of real news, in 7 ms a query.
EF_SEARCH = 200


class SegmentDamagedError(Exception):
    """The segment is missing, incomplete or cannot be read; the catalog has all that is needed without it."""


class Segment:
    """A Chroma store of passage vectors that is never changed; the ids are the catalog's passage ids."""

    def __init__(self, folder: Path, *, count: int) -> None:
        """Open the segment in `folder`, which should hold `count` vectors; raises `SegmentDamagedError`."""
        self._lock = threading.Lock()
        self.count = count
        if not (folder / "chroma.sqlite3").is_file():
            raise SegmentDamagedError(f"{folder.name} is missing")
        self._client: ClientAPI | None = None
        try:
            self._client = _client(folder)
            self._store = _store(self._client)
            found: int = self._store.client.count()
        except Exception as error:  # whatever Chroma raises on damaged files, its Rust panics included
            self.close()
            raise SegmentDamagedError(f"{folder.name} cannot be read: {error}") from error
        if found != count:
            self.close()
            raise SegmentDamagedError(f"{folder.name} holds {found} vectors instead of {count}")

    def nearest(self, query: Vector, k: int) -> Ids:
        """Return the ids of the `k` vectors nearest to `query` by cosine, best first; raises `SegmentDamagedError`."""
        from llama_index.core.vector_stores.types import VectorStoreQuery

        wanted = min(k, self.count)
        try:
            with self._lock:
                found = self._store.query(VectorStoreQuery(query_embedding=query.tolist(), similarity_top_k=wanted))
        except Exception as error:
            raise SegmentDamagedError(f"Chroma cannot be searched: {error}") from error
        ids = np.array([int(each) for each in found.ids or []], dtype=np.int64)
        # HNSW may find a few less than asked for when k is large; an emptied graph finds next to nothing.
        if len(ids) < wanted // 2:
            raise SegmentDamagedError(f"Chroma found {len(ids)} of {wanted} vectors")
        return ids

    def close(self) -> None:
        """Release the files."""
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]
            self._client = None


def write_segment(folder: Path, vectors: Iterable[tuple[Ids, Matrix]]) -> int:
    """Write a new segment into `folder` from batches of ids and vectors; return how many there are."""
    from llama_index.core.schema import TextNode

    client = _client(folder)
    count = 0
    try:
        store = _store(client, create=True)
        limit = client.get_max_batch_size()
        for ids, matrix in vectors:
            for start in range(0, len(ids), limit):
                part = slice(start, start + limit)
                store.add(
                    [
                        TextNode(id_=str(number), embedding=vector)
                        for number, vector in zip(ids[part].tolist(), matrix[part].tolist(), strict=True)
                    ]
                )
            count += len(ids)
    finally:
        client.close()  # type: ignore[attr-defined]
    return count


def checksum(folder: Path) -> str:
    """Return a digest of the segment's graph, which Chroma itself loads unchecked, or "" where it keeps none.

    Below a thousand vectors Chroma makes the graph anew whenever it is opened: what lies there then tells nothing.
    """
    graph = sorted(file for file in folder.rglob("*") if file.is_file() and file.parent != folder)
    if not any(file.name == "index_metadata.pickle" for file in graph):
        return ""
    digest = hashlib.blake2b(digest_size=16)
    for file in graph:
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "blake2b").digest())
    return digest.hexdigest()


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _store(client: ClientAPI, *, create: bool = False) -> ChromaVectorStore:
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection: Any
    if create:
        # The vectors are always given: no embedding function, which Chroma would fetch a model for.
        collection = client.create_collection(
            COLLECTION,
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            embedding_function=None,
        )
    else:
        collection = client.get_collection(COLLECTION, embedding_function=None)
    return ChromaVectorStore(chroma_collection=collection)
