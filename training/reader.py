"""Train natoqa's reader and write `src/natoqa/span_reader.safetensors`.

    python training/reader.py --reading DIR --news DIR --work DIR [--minutes 75] [--seed 1] [--out FILE]
                              [--start FILE] [--stages NAME ...]

`--reading` holds `squad2_half`, `xquad_en`, `squad1_sentences` and `selqa`; `--news` holds `articles.jsonl(.xz)` and
`questions.jsonl`, whose questions from `--until` on are left for `training/answers.py`. Four stages: first what there
is much of (gaps, sentence pairs), then the pairs once more with words that the reader itself has found in them, then
what is like the questions that will be asked, at last above all those of `training/questions.tsv`, which are exactly
that. `--start` goes on from weights written earlier, `--stages` leaves the others out. `--work` keeps the examples and
a checkpoint every 400 batches: the same command goes on where it was stopped. On two cores that compute in bfloat16
about 45 passages a second are learned from, without it about six, if malloc keeps what it is given back
(MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456 MALLOC_MMAP_THRESHOLD_=4294967296); on a GPU the same code
runs on it.

The loss of a batch is the sum of four, all of them cross-entropies:
- each passage's own span among all its words, with [CLS] for "no answer here" (Devlin et al., NAACL 2019),
- the answer's words among those of all passages of the question (0.5; Clark and Gardner, ACL 2018),
- each sentence: does it hold the answer (0.5),
- each passage: does it answer (0.5).
Where an answer stands in several places, their probabilities are added.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import examples as sources
import numpy as np
from examples import Group
from numpy.typing import NDArray

from natoqa.span_reader import (
    QUESTION_TOKENS,
    TITLE_TOKENS,
    Encoded,
    SpanReader,
    build,
    collate,
    encode,
    pack,
    tokenizer,
    unpack,
)

if TYPE_CHECKING:
    import torch

# Longer passages are cut: tokens beyond cost more than they teach.
WINDOW = 208
# Tokens of a batch, padding included: what two cores learn from within a second.
BATCH_TOKENS = 6000
# Batches are made of groups of similar length, drawn from so many at a time.
POOL = 1024
CHECKPOINT = 400
NEVER = -1e4
# Of a question's passages so many that answer and so many that do not are compared at a time.
ANSWERING, OTHERS = 2, 1
# Yes-no questions: more would only teach how they are made.
DECISIONS = 4000


@dataclass(frozen=True)
class Stage:
    """How often each source is used, in turns of all its groups, and how fast is learned."""

    name: str
    share: float
    """Of the minutes, beside the other stages'."""
    turns: dict[str, float]
    rate: float
    last_rate: float


STAGES = (
    Stage("broad", 0.2, {"gaps": 1, "pairs": 1, "squad": 1, "xquad": 1, "quizzes": 0.5}, 1.5e-4, 5e-5),
    Stage("told", 0.2, {"told": 1, "squad": 2, "xquad": 2, "gaps": 1, "quizzes": 1}, 1.5e-4, 8e-5),
    Stage(
        "near",
        0.3,
        {"told": 1, "squad": 2, "xquad": 2, "selqa": 1, "quizzes": 3, "gaps": 0.5, "decisions": 0.5},
        1.2e-4,
        0.0,
    ),
    Stage(
        "written",
        0.3,
        {"written": 1, "squad": 0.5, "xquad": 0.5, "selqa": 0.1, "quizzes": 0.4, "decisions": 0.1},
        1.0e-4,
        0.0,
    ),
)


@dataclass(frozen=True)
class Row:
    """An example as the network reads it, and what it should say."""

    encoded: Encoded
    labels: NDArray[np.float32]
    """One a sentence that was read: 1, 0, or -1 for unknown."""
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    answers: bool
    exact: bool


Rows = tuple[tuple[Row, ...], float]


def main() -> None:
    """Parse the arguments, make the examples, train, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reading", type=Path, required=True)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--until", default="2024-06-01")
    parser.add_argument("--work", type=Path, default=Path("build/reader"))
    parser.add_argument("--out", type=Path, default=Path("src/natoqa/span_reader.safetensors"))
    parser.add_argument("--start", type=Path, help="weights to go on from (default: the embedding model's own)")
    names = [stage.name for stage in STAGES]
    parser.add_argument("--stages", nargs="+", choices=names, default=names)
    parser.add_argument("--minutes", type=float, default=75.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    groups = _kept(arguments.work / "examples.pickle", arguments)
    trainer = Trainer(arguments.work / "checkpoint.pt", seed=arguments.seed, start=arguments.start)
    chosen = [stage for stage in STAGES if stage.name in arguments.stages]
    minutes = arguments.minutes / sum(stage.share for stage in chosen)
    for stage in chosen:
        if "told" in stage.turns and "told" not in groups:
            groups["told"] = _told(trainer, groups, arguments.work / "told.safetensors")
        trainer.run(stage, groups, minutes=minutes)
    pack(trainer.state(), arguments.out)


def _kept(file: Path, arguments: argparse.Namespace) -> dict[str, list[Group]]:
    if file.exists():
        with file.open("rb") as known:
            return pickle.load(known)  # type: ignore[no-any-return]  # our own file, written below
    groups = {name: list(found) for name, found in _made(arguments.reading, arguments.news, arguments.until)}
    for name, found in groups.items():
        print(f"{name}: {len(found)} questions, {sum(len(group.examples) for group in found)} passages")
    with file.open("wb") as out:
        pickle.dump(groups, out)
    return groups


def _made(reading: Path, news: Path, until: str) -> Iterator[tuple[str, Iterator[Group]]]:
    rng = random.Random(11)
    squad = reading / "squad2_half" / "dev-v2.0.json"
    apart = sources.held_out(squad)
    yield "squad", sources.squad(squad, rng)
    yield "xquad", sources.without(sources.squad(reading / "xquad_en" / "xquad.en.json", rng), apart)
    for part in ("dev", "test"):
        yield f"selqa-{part}", sources.selqa(reading / "selqa" / f"selqa-ass-{part}.json", rng)
        folder = reading / "squad1_sentences"
        pairs = sources.sentence_pairs(folder / f"src-{part}.txt", folder / f"tgt-{part}.txt", rng)
        yield f"pairs-{part}", sources.without(pairs, apart)
    articles = sources.load_news(news)
    asked, evidence = news / "questions.jsonl", Path(__file__).with_name("quiz-evidence.tsv")
    yield "quizzes", sources.quizzes(asked, evidence, articles, rng, until=until)
    yield "gaps", sources.gaps(articles, rng, until=until)
    yield "decisions", sources.decisions(articles, rng, until=until, most=DECISIONS)
    yield "written", sources.written(Path(__file__).with_name("questions.tsv"), articles, until=until)


def _told(trainer: Trainer, groups: dict[str, list[Group]], weights: Path) -> list[Group]:
    """Return the sentence pairs with words that the reader as it is now has found in them."""
    pack(trainer.state(), weights)
    pairs = [group for name, each in groups.items() if _source(name) == "pairs" for group in each]
    return list(sources.with_words(pairs, SpanReader(weights)))


class Trainer:
    """The network in bfloat16 where that is fast, its weights in float32, and how far the training has come."""

    def __init__(self, checkpoint: Path, *, seed: int, start: Path | None = None) -> None:
        import torch

        self._checkpoint, self._seed = checkpoint, seed
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        half = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        torch.manual_seed(seed)
        self._network = build()
        if start:
            self._network.load_state_dict(unpack(start), strict=False)
        known: dict[str, Any] = torch.load(checkpoint, weights_only=True) if checkpoint.exists() else {}
        self._stage, self._done = known.get("stage", ""), known.get("done", 0)
        self._network.load_state_dict(known.get("network", {}), strict=False)
        learned = {name: each for name, each in self._network.named_parameters() if each.requires_grad}
        self._weights = {name: each.detach().clone().float().to(self._device) for name, each in learned.items()}
        self._network.to(self._device, torch.bfloat16 if half else torch.float32).train()
        self._live = {name: each for name, each in self._network.named_parameters() if each.requires_grad}
        decayed = [each for each in self._weights.values() if each.ndim > 1]
        others = [each for each in self._weights.values() if each.ndim == 1]
        self._optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
            betas=(0.9, 0.98),
            eps=1e-6,
        )
        if "optimizer" in known:
            self._optimizer.load_state_dict(known["optimizer"])

    def state(self) -> dict[str, torch.Tensor]:
        """Return the weights that were learned, in float32."""
        return {name: each.cpu() for name, each in self._weights.items()}

    def run(self, stage: Stage, groups: dict[str, list[Group]], *, minutes: float) -> None:
        """Learn one stage, or what is left of it; the rate falls with the batches or the minutes, what is faster."""
        names = [each.name for each in STAGES]
        if self._stage and names.index(stage.name) < names.index(self._stage):
            return
        batches = list(_batches(stage, groups, random.Random(f"{self._seed} {stage.name}")))
        first = self._done if self._stage == stage.name else 0
        started, losses = time.monotonic(), deque[list[float]](maxlen=100)
        for number in range(first, len(batches)):
            spent = (time.monotonic() - started) / 60 / (minutes * stage.share)
            progress = max(number / len(batches), spent)
            if progress >= 1:
                break
            rate = stage.rate + (stage.last_rate - stage.rate) * progress
            losses.append(self._step(batches[number], rate * min(1.0, (number + 1) / 100)))
            if number % 50 == 0:
                print(stage.name, number, len(batches), np.mean(losses, axis=0).round(3), flush=True)
            if number % CHECKPOINT == CHECKPOINT - 1:
                self._keep(stage.name, number + 1)
        self._keep(stage.name, len(batches))

    def _keep(self, stage: str, done: int) -> None:
        import torch

        state = {"stage": stage, "done": done, "network": self.state(), "optimizer": self._optimizer.state_dict()}
        part = self._checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self._checkpoint)

    def _step(self, batch: Sequence[Rows], rate: float) -> list[float]:
        import torch

        for group in self._optimizer.param_groups:
            group["lr"] = rate
        parts = self._losses(batch)
        (parts[0] + 0.5 * (parts[1] + parts[2] + parts[3])).backward()  # type: ignore[no-untyped-call]
        for name, each in self._live.items():
            self._weights[name].grad, each.grad = each.grad.float() if each.grad is not None else None, None
        torch.nn.utils.clip_grad_norm_(self._weights.values(), 1.0)
        self._optimizer.step()
        with torch.no_grad():
            for name, each in self._live.items():
                each.copy_(self._weights[name])
        return [float(each.detach()) for each in parts]

    def _losses(self, batch: Sequence[Rows]) -> list[torch.Tensor]:
        """Return the four losses."""
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

        rows = [row for group, _ in batch for row in group]
        weight = torch.tensor([weight for group, weight in batch for _ in group], device=self._device)
        inputs = [each.to(self._device) for each in collate([row.encoded for row in rows])]
        spans, sentences, passages = (each.float() for each in self._network(*inputs))
        allowed, right, labels, exact, answers = (
            each.to(self._device) for each in _targets(rows, spans.shape[1], sentences.shape[1])
        )
        spans = spans.masked_fill(~allowed[..., None], NEVER)
        gold = spans.masked_fill(right == 0, NEVER)
        own = ((spans.logsumexp(1) - gold.logsumexp(1)).sum(-1) * exact * weight).mean()
        known = (labels >= 0).float() * weight[:, None]
        return [
            own,
            self._shared(batch, spans, gold),
            (cross_entropy(sentences, labels.clamp(min=0), reduction="none") * known).sum() / len(rows),
            (cross_entropy(passages, answers, reduction="none") * weight).mean(),
        ]

    def _shared(self, batch: Sequence[Rows], spans: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
        """Return the loss of the answer's words among those of all passages of its question."""
        total, first = spans.new_zeros(()), 0
        for group, weight in batch:
            last = first + len(group)
            if len(group) > 1 and any(row.answers and row.exact for row in group):
                every, right = spans[first:last, 1:].reshape(-1, 2), gold[first:last, 1:].reshape(-1, 2)
                total = total + weight * (every.logsumexp(0) - right.logsumexp(0)).sum()
            first = last
        return total / len(batch)


def _targets(rows: Sequence[Row], length: int, count: int) -> tuple[torch.Tensor, ...]:
    """Return allowed words, right words, sentence labels, whether places are known, whether passages answer."""
    import torch

    allowed = torch.zeros(len(rows), length, dtype=torch.bool)
    right = torch.zeros(len(rows), length, 2)
    labels = torch.full((len(rows), count), -1.0)
    allowed[:, 0] = True
    for number, row in enumerate(rows):
        first, last = row.encoded.body, row.encoded.body + len(row.encoded.offsets)
        allowed[number, first:last] = True
        right[number, first:last, 0] = torch.from_numpy(row.starts)
        right[number, first:last, 1] = torch.from_numpy(row.ends)
        right[number, 0] = float(row.exact and not row.answers)
        labels[number, : len(row.labels)] = torch.from_numpy(row.labels)
    exact = torch.tensor([float(row.exact) for row in rows])
    answers = torch.tensor([float(row.answers) for row in rows])
    return allowed, right, labels, exact, answers


def _batches(stage: Stage, groups: dict[str, list[Group]], rng: random.Random) -> Iterator[list[Rows]]:
    """Yield batches of at most `BATCH_TOKENS` tokens; the groups of a source in random order, whole turns first."""
    chosen: list[Rows] = []
    for name, turns in stage.turns.items():
        found = [row for source, each in groups.items() if _source(source) == name for row in _encoded(each)]
        rng.shuffle(found)
        for turn in found * int(turns) + found[: round((turns % 1) * len(found))]:
            chosen.append(_drawn(turn, rng))
    rng.shuffle(chosen)
    for first in range(0, len(chosen), POOL):
        pool = sorted(chosen[first : first + POOL], key=_length)
        batches: list[list[Rows]] = [[]]
        for group in pool:
            size = _length(group) * (len(group[0]) + sum(len(rows) for rows, _ in batches[-1]))
            if batches[-1] and size > BATCH_TOKENS:
                batches.append([])
            batches[-1].append(group)
        rng.shuffle(batches)
        yield from batches


def _source(name: str) -> str:
    return name.split("-")[0]


def _drawn(rows: Rows, rng: random.Random) -> Rows:
    """Return a question with some of its passages, others at each turn."""
    every, weight = rows
    answering = [row for row in every if row.answers]
    others = [row for row in every if not row.answers]
    kept = rng.sample(answering, min(ANSWERING, len(answering))) + rng.sample(others, min(OTHERS, len(others)))
    return tuple(kept), weight


def _length(group: Rows) -> int:
    return max(len(row.encoded.ids) for row in group[0])


def _encoded(groups: Sequence[Group]) -> Iterator[Rows]:
    pieces = tokenizer()
    for group in groups:
        question = pieces.encode(group.question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        rows = tuple(row for example in group.examples if (row := _row(pieces, question, example)))
        if rows:
            yield rows, group.weight


def _row(pieces: Any, question: list[int], example: sources.Example) -> Row | None:
    """Return an example as the network reads it, from its beginning; None when its answer lies beyond the window."""
    title = pieces.encode(example.title, add_special_tokens=False).ids[:TITLE_TOKENS]
    body = pieces.encode(example.text, add_special_tokens=False)
    encoded = encode(question, title, body.ids, body.offsets, example.sentences, window=WINDOW)
    read = int(encoded.sentence_of.max()) + 1 if len(encoded.offsets) else 0
    firsts = np.array([first for first, _ in encoded.offsets])
    lasts = np.array([last for _, last in encoded.offsets])
    starts, ends = np.zeros(len(firsts), np.float32), np.zeros(len(firsts), np.float32)
    for start, end in example.spans:
        inside = np.flatnonzero((lasts > start) & (firsts < end))
        if len(inside) and lasts[-1] >= end:
            starts[inside[0]] = ends[inside[-1]] = 1
    if example.exact and example.answers and not starts.any():
        return None
    labels = np.array(example.labels[:read], dtype=np.float32)
    if example.answers and not (labels == 1).any():
        return None
    return Row(encoded, labels, starts, ends, example.answers, example.exact)


if __name__ == "__main__":
    main()
