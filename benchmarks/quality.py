"""How good are the answers? natoqa beside stock LlamaIndex, dense retrieval alone and BM25 alone, on one corpus.

    python benchmarks/quality.py --articles ARTICLES.jsonl --questions QUESTIONS.jsonl [--index DIR] [--limit N]
                                 [--beside [dense] [BM25] [LlamaIndex]] [--ablation [PART …]]
                                 [--json FILE] [--curve FILE.svg]

`--articles` is a folder, or one file, that `natoqa index` can read; `--questions` is what `natoqa eval` reads. All
contenders have the same articles, the same embedding model, and only articles up to the day of the question:

natoqa       as its settings (variables, natoqa.toml) say, by default as shipped
LlamaIndex   a VectorStoreIndex with the default SentenceSplitter and title and day as metadata
dense        natoqa's passages in the order of the cosine between passage and question
BM25         natoqa's passages in the order of the full-text search for the words of the question

The other three give as their sentences the three of their first five passages that are most similar to the question.
Printed are the figures of `natoqa eval` with 95 % bootstrap intervals; the goals, whose floors are meant for
RealTimeQA's dev selection; what share is right when only the surest answers count (risk and coverage); and whether the
confidence is what it says (reliability). An answer is right when its short answer is exactly right or, where it has
none, when one of its sentences holds an answer; an abstention is never right. `--ablation` asks everything again with
one part of natoqa switched off at a time, all parts or those named, and prints each as soon as it is measured.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest import mock

from natoqa import Index, Settings, span_reader
from natoqa.citations import MOST_SENTENCES, quotes_in
from natoqa.evaluation import Evaluation, GoldQuestion, Verdict, evaluate, judge, read_questions
from natoqa.evaluation.verdicts import LOOKED_AT, RESAMPLES
from natoqa.retrieval import USUAL_NEWNESS
from natoqa.span_reader import Reader, SpanReader, Text
from natoqa.types import Answer, AnswerSentence, Article, Filters, Hit, Reading

if TYPE_CHECKING:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding

    from natoqa.embedding import Embedding

# As many passages as a LlamaIndex user would hand to a language model; natoqa's own first five are judged likewise.
READ = 5

SURE = 0.3
BINS = 10
Find = Callable[[GoldQuestion], list[Hit]]


# -- the parts that can be switched off --------------------------------------------------------------------------------

Part = Callable[[Index], AbstractContextManager[Index]]
"""Yields an index that works without the part, for as long as the context lasts."""


def replaced(target: str, value: object) -> Part:
    """Return the part that is off while a constant or a function, named with its module, is something else."""

    @contextmanager
    def part(index: Index) -> Iterator[Index]:
        with mock.patch(target, value):
            yield index

    return part


def together(*parts: Part) -> Part:
    """Return several parts as one."""

    @contextmanager
    def part(index: Index) -> Iterator[Index]:
        with ExitStack() as stack:
            for each in parts:
                index = stack.enter_context(each(index))
            yield index

    return part


def setting(**changed: Any) -> Part:
    """Return the part that is off with these settings."""
    return lambda index: Index.open(
        index.folder, settings=dataclasses.replace(index.settings, **changed), embedding=index.embedding
    )


PARTS: Mapping[str, Part] = {
    "BM25": replaced("natoqa.retrieval.LEXICAL", 0.0),
    "recency": together(
        replaced("natoqa.retrieval.RECENT", 0.0),
        replaced("natoqa.retrieval.newness", lambda published, asked: USUAL_NEWNESS),
    ),
    "soft filters": replaced("natoqa.retrieval.PREFERRED", 0.0),
    "reader": setting(reader="none"),
    "mixed articles": replaced("natoqa.retrieval.SAME_ARTICLE", LOOKED_AT),
    "copies once": replaced("natoqa.retrieval._one_of_copies", lambda scored, catalog: scored),
    "voting": replaced("natoqa.voting.grouped", lambda weighed: [[vote] for vote in weighed]),
    "names and speakers": replaced("natoqa.extractive.PRESENT", 0.0),
    "evidence": replaced("natoqa.extractive._JUDGED_BY_EVIDENCE", ()),
    "rival answers": replaced("natoqa.extractive.RIVAL", 1.0),
    "more sentences": replaced("natoqa.extractive.MOST_SENTENCES", 1),
    "caution": setting(caution="eager"),
}

# Figures that are means over all questions, so that two runs can be compared question by question.
COMPARED: Mapping[str, Callable[[Verdict], float]] = {
    "recall@1": lambda verdict: verdict.found_within(1),
    "recall@5": lambda verdict: verdict.found_within(5),
    "mrr@10": lambda verdict: 1 / verdict.rank if verdict.rank and verdict.found_within(10) else 0.0,
    "answer_recall": lambda verdict: verdict.right,
    "short_answer_em": lambda verdict: verdict.exact,
    "short_answer_f1": lambda verdict: verdict.f1,
    "abstained": lambda verdict: verdict.abstained,
}


def ablated(
    names: Iterable[str], index: Index, gold: Sequence[GoldQuestion], whole: Evaluation
) -> Iterator[tuple[str, dict[str, dict[str, float]]]]:
    """Yield each part with, by figure, what it is without the part, and the difference's interval."""
    for name in names:
        _log(f"natoqa without {name}")
        with PARTS[name](index) as without:
            verdicts = evaluate(without, gold).verdicts
        yield name, {figure: _difference(whole.verdicts, verdicts, value) for figure, value in COMPARED.items()}


def _difference(
    before: Sequence[Verdict], after: Sequence[Verdict], value: Callable[[Verdict], float]
) -> dict[str, float]:
    was, now = [float(value(each)) for each in before], [float(value(each)) for each in after]
    changed = [other - one for one, other in zip(was, now, strict=True)]
    low, high = interval(changed, [1.0] * len(changed))
    return {
        "value": sum(now) / len(now),
        "difference": sum(changed) / len(changed),
        "low": low,
        "high": high,
    }


class Remembering:
    """A reader that is asked about a passage once a question, however often parts around it are switched off."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, Text], Reading] = {}

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Return one reading a text, in order."""
        unread = [text for text in dict.fromkeys(texts) if (question, text) not in self._known]
        for text, reading in zip(unread, self._reader.read(question, unread), strict=True):
            self._known[question, text] = reading
        return [self._known[question, text] for text in texts]


# -- the other contenders ----------------------------------------------------------------------------------------------


def contender(
    name: str, find: Find, gold: Sequence[GoldQuestion], ours: Evaluation, embedding: Embedding
) -> Evaluation:
    """Ask one that only retrieves; its sentences are those most similar to the question."""
    _log(name)
    verdicts = []
    for question, known in zip(gold, ours.verdicts, strict=True):
        began = time.perf_counter()
        hits = find(question)
        answer = _answer(name, question.question, similar(question.question, hits[:READ], embedding))
        elapsed = (time.perf_counter() - began) * 1000
        verdict = judge(question, hits, answer, answerable=known.answerable, valid_quotes=0, latency_ms=elapsed)
        verdicts.append(verdict)
    return Evaluation(tuple(verdicts))


def similar(question: str, hits: Sequence[Hit], embedding: Embedding) -> list[str]:
    """Return the sentences of the hits that are most similar to the question, best first."""
    import numpy as np

    texts = list(dict.fromkeys(quote.sentence.text for quote in quotes_in(hits)))
    if not texts:
        return []
    cosines = embedding.embed(texts) @ embedding.embed_query(question)
    return [texts[number] for number in np.argsort(-cosines, kind="stable")[:MOST_SENTENCES]]


def _answer(name: str, question: str, sentences: Sequence[str]) -> Answer:
    return Answer(
        question=question,
        query=question,
        status="answered",
        answerer=name,
        text=" ".join(sentences),
        sentences=tuple(AnswerSentence(sentence, ()) for sentence in sentences),
    )


def dense(index: Index) -> Find:
    """Return a search by cosine alone."""

    def find(gold: GoldQuestion) -> list[Hit]:
        vector = index.embedding.embed_query(gold.question)
        with index._catalog.reading():
            return _hits(index, index._nearest.search(vector, LOOKED_AT, Filters(until=gold.date)))

    return find


def bm25(index: Index) -> Find:
    """Return a search by words alone."""

    def find(gold: GoldQuestion) -> list[Hit]:
        words = list(dict.fromkeys(re.findall(r"\w+", gold.question.lower())))
        with index._catalog.reading():
            return _hits(index, index._catalog.match(words, k=LOOKED_AT, filters=Filters(until=gold.date)))

    return find


def _hits(index: Index, ranked: Sequence[tuple[int, float]]) -> list[Hit]:
    stored = index._catalog.passages(number for number, _ in ranked)
    hits = []
    for rank, (number, score) in enumerate(ranked, 1):
        passage = stored[number]
        article = index._catalog.article(passage.article_id)
        text = article.text[passage.start : passage.end]
        hits.append(Hit(rank, score, text, passage.start, passage.end, article))
    return hits


def llama_index(index: Index, folder: Path) -> Find:
    """Return the search of stock LlamaIndex, over the index's articles; kept in the folder for the next run."""
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    articles = {article.article_id: article for article in index.articles()}
    store = _vector_store_index(articles, index.embedding, folder)

    def find(gold: GoldQuestion) -> list[Hit]:
        # LlamaIndex leaves articles without a day out, as natoqa does.
        only = gold.date and MetadataFilter(key="day", value=gold.date.toordinal(), operator=FilterOperator.LTE)
        filters = MetadataFilters(filters=[only]) if only else None
        found = store.as_retriever(similarity_top_k=LOOKED_AT, filters=filters).retrieve(gold.question)
        return [
            _node_hit(rank, each.node, each.score or 0.0, articles[str(each.node.ref_doc_id)])
            for rank, each in enumerate(found, 1)
        ]

    return find


def _node_hit(rank: int, node: Any, score: float, article: Article) -> Hit:
    text = node.text
    start = node.start_char_idx if node.start_char_idx is not None else article.text.index(text)
    return Hit(rank, score, text, start, start + len(text), article)


def _vector_store_index(articles: Mapping[str, Article], embedding: Embedding, folder: Path) -> VectorStoreIndex:
    from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage

    model = _for_llama_index(embedding)
    mark, now = folder / "articles.sha256", _fingerprint(articles.values(), embedding)
    if mark.is_file() and mark.read_text(encoding="utf-8") == now:
        storage = StorageContext.from_defaults(persist_dir=str(folder))
        return cast("VectorStoreIndex", load_index_from_storage(storage, embed_model=model))
    _log("indexing with LlamaIndex")
    documents = [
        Document(
            doc_id=article.article_id,
            text=article.text,
            metadata={"title": article.title}
            | ({"published": str(day), "day": day.toordinal()} if (day := article.published) else {}),
            excluded_embed_metadata_keys=["day"],  # a bare number for the filter says nothing to the model
        )
        for article in articles.values()
    ]
    made = VectorStoreIndex.from_documents(documents, embed_model=model)
    made.storage_context.persist(str(folder))
    mark.write_text(now, encoding="utf-8")
    return made


def _fingerprint(articles: Any, embedding: Embedding) -> str:
    digest = hashlib.sha256(embedding.name.encode())
    for article in articles:
        digest.update(f"{article.article_id} {article.published} {article.title}\n{article.text}\0".encode())
    return digest.hexdigest()


def _for_llama_index(embedding: Embedding) -> BaseEmbedding:
    """Return natoqa's loaded model for LlamaIndex, so that both compute in the same precision."""
    from llama_index.core.embeddings import BaseEmbedding

    class Same(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(each) for each in embedding.embed_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(each) for each in vector] for vector in embedding.embed(texts)]

    return Same(model_name=embedding.name, embed_batch_size=128)


# -- goals -------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Goal:
    """A figure that has a floor (or, with `at_most`, a ceiling): the sum of the tops by the sum of the bottoms."""

    name: str
    tops: Sequence[float]
    bottoms: Sequence[float]
    floor: float
    at_most: bool = False

    @property
    def value(self) -> float | None:
        """The figure, None where there is nothing to measure it on."""
        return sum(self.tops) / sum(self.bottoms) if sum(self.bottoms) else None

    @property
    def outcome(self) -> str:
        """Whether it is reached, or how much is missing."""
        if self.value is None:
            return "nothing to measure"
        missing = self.value - self.floor if self.at_most else self.floor - self.value
        return f"short by {missing:.3f}" if missing > 0 else "reached"

    def to_dict(self) -> dict[str, Any]:
        """Return the goal as it stands in the JSON file."""
        low, high = interval(self.tops, self.bottoms)
        limit = {"at_most" if self.at_most else "at_least": self.floor}
        return {"name": self.name, "value": self.value, "ci95": [low, high], **limit, "outcome": self.outcome}


def goals(ours: Evaluation, beside: Evaluation | None) -> list[Goal]:
    """Return the goals; those that compare with dense retrieval only where it was asked."""
    verdicts = ours.verdicts
    every = [1.0] * len(verdicts)
    surest = set(map(id, by_confidence(verdicts)[: max(1, round(SURE * len(verdicts)))]))

    def count(test: Callable[[Verdict], float], of: Sequence[Verdict] = verdicts) -> list[float]:
        return [float(test(verdict)) for verdict in of]

    found = []
    if beside:
        for name, test, floor in (
            ("recall@5 ÷ dense", COMPARED["recall@5"], 1.25),
            ("recall@1 ÷ dense", COMPARED["recall@1"], 1.5),
            ("answer_recall ÷ three most similar sentences", COMPARED["answer_recall"], 1.9),
        ):
            found.append(Goal(name, count(test), count(test, beside.verdicts), floor))
    return [
        *found,
        Goal("short_answer_em", count(lambda each: each.exact), every, 0.23),
        Goal("short_answer_f1", count(lambda each: each.f1), every, 0.29),
        Goal(
            f"right among the surest {SURE:.0%}",
            count(lambda each: id(each) in surest and is_right(each)),
            count(lambda each: id(each) in surest),
            0.55,
        ),
        Goal(
            "abstained where no article has the answer",
            count(lambda each: each.abstained and not each.answerable),
            count(lambda each: not each.answerable),
            0.70,
        ),
        Goal(
            f"abstained where natoqa's first {READ} passages have it",
            count(lambda each: each.abstained and each.found_within(READ)),
            count(lambda each: each.found_within(READ)),
            0.20,
            at_most=True,
        ),
        Goal(
            "quote_validity",
            count(lambda each: each.valid_quotes),
            count(lambda each: len(each.answer.citations)),
            1.0,
        ),
    ]


def interval(tops: Sequence[float], bottoms: Sequence[float], *, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of sum(tops) / sum(bottoms), the questions drawn anew with replacement."""
    import numpy as np

    count = len(tops)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    top, bottom = drawn @ np.asarray(tops), drawn @ np.asarray(bottoms)
    values = top[bottom > 0] / bottom[bottom > 0]
    low, high = np.percentile(values, (2.5, 97.5)) if len(values) else (0.0, 0.0)
    return float(low), float(high)


# -- confidence --------------------------------------------------------------------------------------------------------


def is_right(verdict: Verdict) -> bool:
    """Return whether the short answer is exactly right or, without one, a sentence of the answer holds an answer."""
    return not verdict.abstained and bool(verdict.exact if verdict.answer.short_answer else verdict.right)


def by_confidence(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts, the surest answers first and the abstentions last."""
    return sorted(verdicts, key=lambda verdict: (verdict.abstained, -verdict.answer.confidence))


def risk_coverage(verdicts: Sequence[Verdict]) -> list[tuple[float, float]]:
    """Return for coverages of 10 %, 20 % … 100 % the share that is right among so many of the surest."""
    right = [is_right(verdict) for verdict in by_confidence(verdicts)]
    points = []
    for tenth in range(1, 11):
        asked = max(1, round(tenth / 10 * len(right)))
        points.append((tenth / 10, sum(right[:asked]) / asked))
    return points


@dataclasses.dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies from `low` to `high`: how many, how sure, and what share is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def reliability(verdicts: Sequence[Verdict]) -> list[Bin]:
    """Return the bins that hold answers; abstentions claim nothing and are left out."""
    found: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        if not verdict.abstained:
            found.setdefault(min(int(verdict.answer.confidence * BINS), BINS - 1), []).append(verdict)
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(inside),
            confidence=sum(each.answer.confidence for each in inside) / len(inside),
            right=sum(map(is_right, inside)) / len(inside),
        )
        for number, inside in sorted(found.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far confidence and share right lie apart, on average."""
    count = sum(each.count for each in bins)
    return sum(each.count * abs(each.confidence - each.right) for each in bins) / count if count else 0.0


# -- printing ----------------------------------------------------------------------------------------------------------

RETRIEVING = ("recall@1", "recall@5", "recall@10", "mrr@10", "answer_recall")


def _table(contenders: Mapping[str, Evaluation]) -> Iterator[str]:
    shares = {name: (each.figures(), each.intervals()) for name, each in contenders.items()}
    yield f"{'':22}" + "".join(f"{name:>24}" for name in contenders)
    for figure in shares["natoqa"][0]:
        cells = [
            f"{values[figure]:.3f} [{bounds[figure][0]:.3f} {bounds[figure][1]:.3f}]"
            if name == "natoqa" or figure in RETRIEVING
            else "–"
            for name, (values, bounds) in shares.items()
        ]
        yield f"{figure:22}" + "".join(f"{cell:>24}" for cell in cells)
    latencies = [each.latencies() for each in contenders.values()]
    for figure in latencies[0]:
        yield f"{figure:22}" + "".join(f"{each[figure]:24.1f}" for each in latencies)


def _goal_lines(reached: Sequence[Goal]) -> Iterator[str]:
    yield f"{'goal':52}{'value':>8}{'95 %':>18}{'floor':>10}"
    for goal in reached:
        low, high = interval(goal.tops, goal.bottoms)
        value = "–" if goal.value is None else f"{goal.value:.3f}"
        limit = f"{'≤' if goal.at_most else '≥'} {goal.floor:.2f}"
        yield f"{goal.name:52}{value:>8}{f'[{low:.3f} {high:.3f}]':>18}{limit:>10}  {goal.outcome}"


def _confidence_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    points, bins = risk_coverage(verdicts), reliability(verdicts)
    yield "coverage   " + "".join(f"{coverage:>7.0%}" for coverage, _ in points)
    yield "share right" + "".join(f"{share:>7.1%}" for _, share in points)
    yield ""
    yield f"{'confidence':14}{'answers':>8}{'mean':>8}{'right':>8}"
    for each in bins:
        yield f"{f'{each.low:.1f} – {each.high:.1f}':14}{each.count:8}{each.confidence:8.3f}{each.right:8.3f}"
    yield f"expected calibration error {calibration_error(bins):.3f}"


def _ablation_head() -> str:
    return f"{'without':20}" + "".join(f"{figure:>18}" for figure in COMPARED)


def _ablation_line(name: str, figures: Mapping[str, Mapping[str, float]]) -> str:
    """Return a part's figures; a star says that zero lies outside of the difference's 95 % interval."""
    cells = [
        f"{each['value']:.3f} ({each['difference']:+.3f}{'*' if each['low'] > 0 or each['high'] < 0 else ' '})"
        for each in figures.values()
    ]
    return f"{name:20}" + "".join(f"{cell:>18}" for cell in cells)


PANEL = 220  # pixels of each plot
LEFT, TOP, GAP = 44, 28, 64


def drawn(points: Sequence[tuple[float, float]], bins: Sequence[Bin]) -> str:
    """Return both curves as an SVG that follows the reader's light or dark colours."""
    second = LEFT + PANEL + GAP
    curve = " ".join(f"{LEFT + PANEL * x:.1f},{TOP + PANEL * (1 - y):.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{second + PANEL * each.confidence:.1f}" cy="{TOP + PANEL * (1 - each.right):.1f}" '
        f'r="{2 + min(each.count, 100) ** 0.5 / 2:.1f}"><title>{each.count} answers</title></circle>'
        for each in bins
    )
    diagonal = f"M{second} {TOP + PANEL}l{PANEL} {-PANEL}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {second + PANEL + 20} {TOP + PANEL + 48}" '
            'role="img" aria-label="Risk and coverage; reliability of the confidence" '
            'font-family="sans-serif" font-size="11" fill="currentColor">',
            # Inside of a page the colour is the page's; shown as a picture, the file has to choose one itself.
            "<style>:root{color:#1f2328}@media (prefers-color-scheme:dark){:root{color:#e6edf3}}</style>",
            *_axes(LEFT, "share right", "coverage, the surest answers first"),
            f'<polyline points="{curve}" fill="none" stroke="currentColor" stroke-width="2"/>',
            *_axes(second, "share right", "confidence"),
            f'<path d="{diagonal}" stroke="currentColor" stroke-dasharray="4 4" opacity="0.5"/>',
            dots,
            "</svg>\n",
        ]
    )


def _axes(left: int, up: str, along: str) -> Iterator[str]:
    yield f'<text x="{left}" y="{TOP - 12}">{up}</text>'
    yield f'<text x="{left + PANEL / 2}" y="{TOP + PANEL + 36}" text-anchor="middle">{along}</text>'
    yield f'<path d="M{left} {TOP}v{PANEL}h{PANEL}" fill="none" stroke="currentColor"/>'
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + PANEL * share, TOP + PANEL * (1 - share)
        yield f'<path d="M{left} {y}h{PANEL}" stroke="currentColor" opacity="0.15"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{share:.0%}</text>'
        yield f'<text x="{x}" y="{TOP + PANEL + 16}" text-anchor="middle">{share:.0%}</text>'


def _log(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


# -- the whole run -----------------------------------------------------------------------------------------------------


def _corpus(articles: Path, folder: Path) -> Path:
    """Return the folder to index: the one given, or one that holds a copy of the file given."""
    if articles.is_dir():
        return articles
    folder.mkdir()
    shutil.copy(articles, folder)
    return folder


OTHERS: Mapping[str, Callable[[Index, Path], Find]] = {
    "dense": lambda index, folder: dense(index),
    "BM25": lambda index, folder: bm25(index),
    "LlamaIndex": llama_index,
}


def compared(
    names: Sequence[str], index: Index, gold: Sequence[GoldQuestion], ours: Evaluation, folder: Path
) -> dict[str, Evaluation]:
    """Return the figures of the others, by name."""
    return {name: contender(name, OTHERS[name](index, folder), gold, ours, index.embedding) for name in names}


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask all contenders and print what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True, help="folder, or one file, of articles")
    parser.add_argument("--questions", type=Path, required=True, help="JSONL file of questions with answers")
    parser.add_argument("--index", type=Path, help="keep the indexes in this folder (default: a temporary one)")
    parser.add_argument("--limit", type=int, help="ask only the first so many questions")
    parser.add_argument("--beside", nargs="*", choices=OTHERS, default=list(OTHERS), help="who else is asked")
    parser.add_argument("--ablation", nargs="*", choices=PARTS, help="ask again with one part switched off at a time")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    parser.add_argument("--curve", type=Path, help="draw confidence into this SVG file")
    options = parser.parse_args(arguments)
    gold = read_questions(options.questions)[: options.limit]
    with tempfile.TemporaryDirectory() as folder:
        kept = options.index or Path(folder, "indexes")
        remembering = mock.patch.object(span_reader, "packaged", cache(lambda: Remembering(SpanReader())))
        with remembering, Index.open(kept / "natoqa", settings=Settings.load()) as index:
            _log("indexing with natoqa")
            index.sync(_corpus(options.articles, Path(folder, "corpus")))
            _log("natoqa")
            ours = evaluate(index, gold)
            contenders = {"natoqa": ours}
            contenders |= compared(options.beside, index, gold, ours, kept / "llama_index")
            reached = goals(ours, contenders.get("dense"))
            status = index.status()
            answerable = sum(verdict.answerable for verdict in ours.verdicts)
            print(f"{len(gold)} questions, {answerable} answerable;", end=" ")
            print(f"{status.articles} articles in {status.passages} passages")
            for lines in (_table(contenders), _goal_lines(reached), _confidence_lines(ours.verdicts)):
                print("", *lines, sep="\n")
            without = {}
            if options.ablation is not None:
                print("", _ablation_head(), sep="\n", flush=True)
                for name, figures in ablated(options.ablation or PARTS, index, gold, ours):
                    print(_ablation_line(name, figures), flush=True)
                    without[name] = figures
    points, bins = risk_coverage(ours.verdicts), reliability(ours.verdicts)
    if options.curve:
        options.curve.write_text(drawn(points, bins), encoding="utf-8")
    if options.json:
        written = {
            "contenders": {name: each.to_dict() for name, each in contenders.items()},
            "goals": [goal.to_dict() for goal in reached],
            "risk_coverage": points,
            "reliability": [dataclasses.asdict(each) for each in bins],
            "expected_calibration_error": calibration_error(bins),
            "without": without,
        }
        options.json.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
