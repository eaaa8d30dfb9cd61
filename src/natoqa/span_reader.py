"""Reads passages for a question: does one answer it, by which sentence, in which words.

A cross-encoder of 22 million parameters. Its word embeddings are those of the packaged all-MiniLM-L6-v2; its six
layers were trained on from there by `training/reader.py` and lie beside this file as whole numbers of eight bits
(docs/model-card.md). Question, title and passage go through it together:

    [CLS] question [SEP] title [SEP] passage [SEP]

Three heads read its last layer: the first and last word of the answer (with [CLS] for "no answer here", as for SQuAD
2.0: Devlin et al., NAACL 2019), the sentences that hold it, and whether there is one at all. Spans of different
passages can be compared because they were trained side by side (Clark and Gardner, ACL 2018).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from natoqa.embedding import packaged_folder
from natoqa.errors import EmbeddingError
from natoqa.types import Reading, Span

if TYPE_CHECKING:
    import torch

WEIGHTS = "span_reader.safetensors"

# The reader saw 208 tokens at a time when it learned; a passage, its title and a question have 240 at most.
WINDOW = 256
QUESTION_TOKENS = 48
TITLE_TOKENS = 24

# Passages that go through the model together: those of similar length, so that little is padded.
BATCH = 8

# Of the answers in SQuAD and in the news quizzes 99 % have at most this many word pieces.
LONGEST_SPAN = 24
SPANS = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to read: its article's title, its text, and where its sentences stand in it."""

    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]


# The log-odds of a sentence that lies beyond the window.
UNREAD = -10.0


class Reader(Protocol):
    """What natoqa needs of a reader; used from several threads at once."""

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Return one reading a text, in order."""


@cache
def packaged() -> SpanReader:
    """Return the packaged reader, loaded once for the process; raises `EmbeddingError` as `SpanReader` does."""
    return SpanReader()


class SpanReader:
    """The packaged reader; loading it takes about a quarter of a second."""

    def __init__(self, weights: Path | None = None) -> None:
        """Load the reader; raises `EmbeddingError` when a part of the installation is missing or damaged."""
        self._lock = threading.Lock()  # Hugging Face's fast tokenizers fail when two threads use one
        self._last: tuple[str, dict[Text, Reading]] = "", {}
        try:
            self._tokenizer = tokenizer()
            self._network = _network(weights or Path(str(files("natoqa") / WEIGHTS)))
        except Exception as error:  # damaged files fail in as many ways as there are libraries below
            raise EmbeddingError(
                f"The reader cannot be loaded: {error}",
                hint="Install natoqa again, or go on without it: NATOQA_READER=none.",
            ) from error

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Return one reading a text, in order."""
        last, known = self._last  # who asks often looks at the passages, too
        if last != question:
            known = {}
        unread = [text for text in dict.fromkeys(texts) if text not in known]
        known = known | dict(self._readings(question, unread))
        self._last = question, {text: known[text] for text in texts}
        return [known[text] for text in texts]

    def _readings(self, question: str, texts: Sequence[Text]) -> Iterator[tuple[Text, Reading]]:
        """Yield the texts with their readings, those of similar length together."""
        with self._lock:
            encoded = self._encoded(question, texts)
        order = sorted(range(len(texts)), key=lambda number: len(encoded[number].ids))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            readings = self._read([encoded[number] for number in chosen])
            yield from zip((texts[number] for number in chosen), readings, strict=True)

    def _encoded(self, question: str, texts: Sequence[Text]) -> list[Encoded]:
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        titles = self._tokenizer.encode_batch([text.title for text in texts], add_special_tokens=False)
        bodies = self._tokenizer.encode_batch([text.text for text in texts], add_special_tokens=False)
        return [
            encode(asked, title.ids[:TITLE_TOKENS], body.ids, body.offsets, text.sentences)
            for title, body, text in zip(titles, bodies, texts, strict=True)
        ]

    def _read(self, batch: Sequence[Encoded]) -> Iterator[Reading]:
        import torch

        with torch.inference_mode():
            spans, sentences, passages = self._network(*collate(batch))
        starts, ends = spans[..., 0].float().numpy(), spans[..., 1].float().numpy()
        per_sentence, per_passage = sentences.float().numpy(), passages.float().numpy()
        for row, each in enumerate(batch):
            read = np.unique(each.sentence_of[each.sentence_of != OUTSIDE])
            logits = np.full(len(each.sentences), UNREAD)
            logits[read] = per_sentence[row, read]
            yield Reading(
                answers=float(per_passage[row]),
                sentences=tuple((*place, logit) for place, logit in zip(each.sentences, logits.tolist(), strict=True)),
                spans=tuple(_spans(each, starts[row], ends[row])),
            )


@dataclass(frozen=True, slots=True)
class Encoded:
    """A question and a passage as the network reads them."""

    ids: list[int]
    question: int
    """Tokens of the first segment: [CLS], question, [SEP]."""
    body: int
    """Where the passage's tokens begin."""
    offsets: list[tuple[int, int]]
    sentence_of: NDArray[np.int64]
    """Number of the sentence of each of the passage's tokens, `OUTSIDE` where it stands in none."""
    sentences: tuple[tuple[int, int], ...]


OUTSIDE = -1

_CLS, _SEP = 101, 102


def encode(
    question: list[int],
    title: list[int],
    body: list[int],
    offsets: list[tuple[int, int]],
    sentences: Sequence[tuple[int, int]],
    *,
    window: int = WINDOW,
) -> Encoded:
    """Return question, title and passage, given as tokens, as the network reads them: at most `window` tokens."""
    head = [_CLS, *question, _SEP]
    before = [*head, *title, _SEP]
    room = window - len(before) - 1
    offsets = offsets[:room]
    begins = np.array([start for start, _ in offsets], dtype=np.int64)
    places = np.searchsorted([start for start, _ in sentences], begins, side="right") - 1
    ends = np.array([end for _, end in sentences], dtype=np.int64)
    return Encoded(
        ids=[*before, *body[:room], _SEP],
        question=len(head),
        body=len(before),
        offsets=offsets,
        sentence_of=np.where(begins < ends[places], places, OUTSIDE) if sentences else np.full(len(offsets), OUTSIDE),
        sentences=tuple(sentences),
    )


def collate(batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, segments, mask and sentence numbers (`OUTSIDE`: none) of a batch, each (passages, tokens), padded."""
    import torch

    length = max(len(each.ids) for each in batch)
    ids, segments, mask = (np.zeros((len(batch), length), dtype=np.int64) for _ in range(3))
    sentence_of = np.full((len(batch), length), OUTSIDE)
    for row, each in enumerate(batch):
        count = len(each.ids)
        ids[row, :count] = each.ids
        segments[row, each.question : count] = 1
        mask[row, :count] = 1
        sentence_of[row, each.body : each.body + len(each.sentence_of)] = each.sentence_of
    return torch.from_numpy(ids), torch.from_numpy(segments), torch.from_numpy(mask), torch.from_numpy(sentence_of)


def _spans(each: Encoded, starts: NDArray[np.float32], ends: NDArray[np.float32]) -> Iterator[Span]:
    """Yield the best spans that lie within one sentence, no two of which overlap."""
    count = len(each.offsets)
    if not count or not each.sentences:
        return
    nothing = float(starts[0] + ends[0])
    table = starts[each.body : each.body + count, None] + ends[None, each.body : each.body + count]
    place = np.arange(count)
    reach = place[None, :] - place[:, None]
    allowed = (reach >= 0) & (reach < LONGEST_SPAN) & (each.sentence_of[:, None] == each.sentence_of[None, :])
    allowed &= each.sentence_of[:, None] != OUTSIDE  # "* * *", the number of a list's point: none can cite it
    table = np.where(allowed, table, -np.inf)
    for _ in range(SPANS):
        first, last = np.unravel_index(int(np.argmax(table)), table.shape)
        score = float(table[first, last])
        if not math.isfinite(score):
            return
        yield Span(each.offsets[first][0], each.offsets[last][1], score - nothing)
        table[: last + 1, first:] = -np.inf  # every span that shares a token with this one


# -- the network -------------------------------------------------------------------------------------------------------


def tokenizer() -> Any:
    """Return the packaged model's tokenizer, which neither pads nor cuts."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def build() -> torch.nn.Module:
    """Return the network with the packaged model's own weights and untrained heads: where training begins.

    Its input is what `collate` returns; its output are logits of span borders (passages, tokens, 2), of sentences
    (passages, sentences) and of passages (passages,).
    """
    import torch
    from safetensors.torch import load_file
    from transformers import AttentionInterface, BertConfig, BertModel

    AttentionInterface.register(_ATTENTION, _attention)

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            folder = packaged_folder()
            config = BertConfig.from_pretrained(
                folder,
                attn_implementation=_ATTENTION,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
            )
            with torch.device("meta"):
                bert = BertModel(config, add_pooling_layer=False)
            bert = bert.to_empty(device="cpu")
            known = load_file(folder / "model.safetensors")
            bert.load_state_dict({name: known[name] for name in bert.state_dict()})
            positions = torch.arange(config.max_position_embeddings)[None]
            bert.embeddings.register_buffer("position_ids", positions, persistent=False)
            bert.embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
            bert.embeddings.word_embeddings.weight.requires_grad_(False)
            self.bert = bert
            self.span = torch.nn.Linear(config.hidden_size, 2)
            self.sentence = torch.nn.Linear(config.hidden_size, 1)
            self.passage = torch.nn.Linear(config.hidden_size, 1)

        def forward(
            self, ids: torch.Tensor, segments: torch.Tensor, mask: torch.Tensor, sentence_of: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            padding = torch.where(mask == 0, _PADDING, 0.0).to(self.span.weight.dtype)[:, None, None]
            states = self.bert(input_ids=ids, token_type_ids=segments, attention_mask=padding).last_hidden_state
            count = int(sentence_of.max()) + 1
            belongs = torch.nn.functional.one_hot(sentence_of + 1, count + 1)[..., 1:].to(states.dtype)
            means = belongs.transpose(1, 2) @ states / belongs.sum(1).clamp(min=1).unsqueeze(-1)
            return self.span(states), self.sentence(means).squeeze(-1), self.passage(states[:, 0]).squeeze(-1)

    return Network()


_ATTENTION = "natoqa"
# What is added to the attention to padding: next to nothing is left of it.
_PADDING = -1e4


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Return softmax(query @ key) @ value, computed in the type of the query.

    Transformers' own takes the softmax in float32: at 208 tokens in bfloat16 three times as slow on the CPU, torch's
    fused kernel two and a half times. In float32 that kernel is twice as fast as what is written out here.
    """
    import torch

    if query.dtype is torch.float32:
        mixed = torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask, scale=scaling
        )
    else:
        mixed = ((query * scaling) @ key.transpose(2, 3)).add_(attention_mask).softmax(-1) @ value
    return mixed.transpose(1, 2).contiguous(), None


def _network(weights: Path) -> torch.nn.Module:
    import torch

    network = build()
    network.load_state_dict(unpack(weights), strict=False)  # the word embeddings are the packaged model's
    network.train(False).requires_grad_(False)
    return network.to(torch.bfloat16) if torch.ops.mkldnn._is_mkldnn_bf16_supported() else network


def pack(state: dict[str, torch.Tensor], file: Path) -> None:
    """Write trained weights: matrices as 8-bit numbers with one scale a row, the rest as it is; no word embeddings."""
    import torch
    from safetensors.torch import save_file

    packed = {}
    for name, tensor in state.items():
        if name.endswith("word_embeddings.weight"):
            continue
        if tensor.ndim < 2:
            packed[name] = tensor.float().contiguous()
            continue
        scale = tensor.float().abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
        packed[name] = torch.round(tensor.float() / scale).to(torch.int8)
        packed[f"{name}.scale"] = scale
    save_file(packed, file)


def unpack(file: Path) -> dict[str, torch.Tensor]:
    """Return the weights as float32 again."""
    from safetensors.torch import load_file

    stored = load_file(file)
    return {
        name: tensor.float() * stored[f"{name}.scale"] if f"{name}.scale" in stored else tensor
        for name, tensor in stored.items()
        if not name.endswith(".scale")
    }
