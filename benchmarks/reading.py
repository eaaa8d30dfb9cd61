"""How well does natoqa's reader read, all by itself? On public sets, beside the figures that others published.

    python benchmarks/reading.py --data DIR [--weights FILE] [--limit N]

DIR holds one folder a set: `wikiqa`, `trecqa`, `squad2_half` and `rgb_en_fact`, each with its files as published; a set
that is missing is passed over. What can be chosen is chosen on other questions than those of the figures: how the
signals of a sentence are combined, on the dev parts of WikiQA and TREC-QA; when WikiQA's questions are left unanswered,
on its dev part; how a span is scored and when SQuAD's questions are left unanswered, on the articles that are not held
out (the reader has learned from them, so that the threshold is, if anything, too bold).

WikiQA      candidates are the first paragraphs of one Wikipedia article, read together, in passages of natoqa's size.
            MAP and MRR over the questions that have a right sentence, and again over those that have a wrong one, too;
            answer triggering (Yang, Yih and Meek, EMNLP 2015) over all questions: the best sentence or none
TREC-QA     candidates are single sentences of many newspaper articles, read one by one; over the questions that have
            right and wrong ones. Its text has every number replaced by "<num>"
SQuAD 2.0   EM and F1 by the official definition, over the articles that training never saw; texts are compared as
            `natoqa eval` compares them, which differs from the official script only in Unicode's punctuation
RGB         is a right span found among snippets that help and some that do not; is silence kept among those that do
            not; and is the text believed where all snippets that help were falsified
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from natoqa import sentences
from natoqa.evaluation.comparing import contains, exact_match, f1
from natoqa.passages import pack
from natoqa.settings import Settings
from natoqa.span_reader import WINDOW, Reader, SpanReader, Text
from natoqa.types import Sentence

HELD_OUT = frozenset({"Harvard_University", "Imperialism", "Packet_switching", "Scottish_Parliament"})

# As published for models that were trained on the set itself.
PUBLISHED: Mapping[str, str] = {
    "WikiQA": "published: MAP .652 (CNN, 2015) … .929 (TANDA RoBERTa-large)",
    "triggering": "published: F1 .322 (CNN, 2015)",
    "TREC-QA": "published: MAP/MRR .630/.765 (BM25) … .923/.946 (DeBERTa-large)",
    "SQuAD": "published, on the whole dev set: F1 79.5 (MiniLM-L12, 33 M), 76.6 (MiniLM-L6-H384, 22 M)",
}


# -- reading -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signals:
    """What the reader says of a sentence; all are log-odds."""

    sentence: float
    """That the sentence holds the answer."""
    span: float
    """Of the best span in it; where none is named, of the weakest of its passage, which is at least as good."""
    passage: float
    """That its passage answers."""


Combination = Callable[[Signals], float]
COMBINATIONS: Mapping[str, Combination] = {
    "sentence": lambda each: each.sentence,
    "sentence + span": lambda each: each.sentence + each.span,
    "sentence + span + passage": lambda each: each.sentence + each.span + each.passage,
}


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    from natoqa.embedding import packaged_folder

    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _count_tokens(texts: Sequence[str]) -> list[int]:
    return [len(each.ids) for each in _tokenizer().encode_batch(list(texts), add_special_tokens=False)]


def passages(text: str, spans: Sequence[tuple[int, int]], *, title: str = "") -> list[Text]:
    """Return a text, whose sentences are given, in passages of the size that natoqa gives them."""
    found = [Sentence(text[start:end], start, end) for start, end in spans]
    limit = Settings().passage_tokens
    packed, _ = pack(text, found, title=title, count_tokens=_count_tokens, limit=limit, window=WINDOW)
    return [
        Text(
            title,
            text[each.start : each.end],
            tuple((start - each.start, end - each.start) for start, end in spans if each.start <= start < each.end),
        )
        for each in packed
    ]


def signals(question: str, candidates: Sequence[str], *, together: bool, reader: Reader) -> list[Signals]:
    """Return the signals of each candidate sentence; `together` when they follow each other in one document."""
    if together:
        ends = [sum(len(each) + 1 for each in candidates[:number]) - 1 for number in range(1, len(candidates) + 1)]
        spans = [(end - len(each), end) for each, end in zip(candidates, ends, strict=True)]
        texts = passages(" ".join(candidates), spans)
    else:
        texts = [Text("", each, ((0, len(each)),)) for each in candidates]
    found = []
    for reading in reader.read(question, texts):
        weakest = min((span.logit for span in reading.spans), default=0.0)
        for start, end, logit in reading.sentences:
            best = max((span.logit for span in reading.spans if start <= span.start < end), default=weakest)
            found.append(Signals(logit, best, reading.answers))
    return found


# -- choosing sentences ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of a question: what the reader says of each, and whether it is right."""

    signals: tuple[Signals, ...]
    right: tuple[bool, ...]

    def ordered(self, score: Combination) -> list[bool]:
        """Return which candidates are right, the best scored one first."""
        pairs = sorted(zip(self.signals, self.right, strict=True), key=lambda pair: -score(pair[0]))
        return [right for _, right in pairs]


def wikiqa(file: Path, reader: Reader, limit: int | None) -> list[Ranking]:
    """Read the questions of a WikiQA file: question, sentence and label, tabs between, no heading."""
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line]
    return _rankings([(question, text, label == "1") for question, text, label in rows], limit, reader, together=True)


def trecqa(file: Path, reader: Reader, limit: int | None) -> list[Ranking]:
    """Read the questions of a TREC-QA file: a CSV file with qtext, label and atext."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [(row["qtext"], row["atext"], row["label"] == "1") for row in csv.DictReader(lines)]
    return _rankings(rows, limit, reader, together=False)


def _rankings(
    rows: Sequence[tuple[str, str, bool]], limit: int | None, reader: Reader, *, together: bool
) -> list[Ranking]:
    groups = [(question, list(group)) for question, group in groupby(rows, key=lambda row: row[0])]
    found = []
    for question, group in groups[:limit]:
        candidates = [detokenised(text) for _, text, _ in group]
        read = signals(detokenised(question), candidates, together=together, reader=reader)
        found.append(Ranking(tuple(read), tuple(right for _, _, right in group)))
    return found


_JOINED: tuple[tuple[str, str], ...] = (
    ("-LRB-|-LSB-|-LCB-", "("),
    ("-RRB-|-RSB-|-RCB-", ")"),
    ("``|''", '"'),
    (r'" ([^"]*?) ?"', r'"\1"'),
    (r" (n't|'(?:s|re|ve|ll|d|m)\b|[.,;:?!%)]|'(?= ))", r"\1"),
    (r"([($]) ", r"\1"),
    (r"(?<=\w)- (?=\w)| -(?=\w)", "-"),
)


def detokenised(text: str) -> str:
    """Return a text whose words were set apart for machines as people write it.

    >>> detokenised("The dog -LRB- he said -RRB- is `` not so '' bad .")
    'The dog (he said) is "not so" bad.'
    """
    for pattern, written in _JOINED:
        text = re.sub(pattern, written, text)
    return text.strip()


def mean_ranks(rankings: Sequence[Ranking], score: Combination) -> tuple[float, float]:
    """Return MAP and MRR over the questions that have a right sentence."""
    orders = [ranking.ordered(score) for ranking in rankings if any(ranking.right)]
    if not orders:
        return 0.0, 0.0
    precise = [_average_precision(order) for order in orders]
    return sum(precise) / len(orders), sum(1 / (order.index(True) + 1) for order in orders) / len(orders)


def _average_precision(order: Sequence[bool]) -> float:
    ranks = [rank for rank, right in enumerate(order, 1) if right]
    return sum(number / rank for number, rank in enumerate(ranks, 1)) / len(ranks)


@dataclass(frozen=True, slots=True)
class Triggering:
    """Answering with the best sentence, or not at all: shares of the answers and of the answerable questions."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def triggering(rankings: Sequence[Ranking], score: Combination, threshold: float) -> Triggering:
    """Return what becomes of the questions when those below the threshold are left unanswered."""
    answered = [each.ordered(score)[0] for each in rankings if max(map(score, each.signals)) >= threshold]
    answerable = sum(any(each.right) for each in rankings)
    return Triggering(
        precision=sum(answered) / len(answered) if answered else 0.0,
        recall=sum(answered) / answerable if answerable else 0.0,
    )


def best_trigger(rankings: Sequence[Ranking], score: Combination) -> float:
    """Return the threshold with the best F1."""
    thresholds = sorted({max(map(score, each.signals)) for each in rankings})
    return max(thresholds, key=lambda threshold: triggering(rankings, score, threshold).f1)


# -- finding spans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The best span of some texts, by each way to score one, and the answers that would be right (none: silence)."""

    spans: Mapping[str, tuple[str, float]]
    answers: tuple[str, ...]


SPAN_SCORES: Mapping[str, Callable[[float, float], float]] = {
    "span": lambda span, passage: span,
    "span + passage": lambda span, passage: span + passage,
}


def best_spans(question: str, texts: Sequence[Text], reader: Reader) -> dict[str, tuple[str, float]]:
    """Return the best span of the texts and its score, by each way to score one; "" where there is none."""
    read = list(zip(texts, reader.read(question, texts), strict=True))
    return {
        name: max(
            (
                (text.text[span.start : span.end], score(span.logit, reading.answers))
                for text, reading in read
                for span in reading.spans
            ),
            key=lambda found: found[1],
            default=("", float("-inf")),
        )
        for name, score in SPAN_SCORES.items()
    }


def squad(file: Path, reader: Reader, limit: int | None) -> tuple[list[Found], list[Found]]:
    """Read the paragraphs of a SQuAD 2.0 file; return the questions on held-out articles and the others.

    `limit` is for each of the two.
    """
    parts: dict[bool, list[Found]] = {True: [], False: []}
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        part = parts[article["title"] in HELD_OUT]
        for paragraph in article["paragraphs"]:
            if limit is not None and len(part) >= limit:
                break
            part.extend(_paragraph(article["title"].replace("_", " "), paragraph, reader))
    return parts[True][:limit], parts[False][:limit]


def _paragraph(title: str, paragraph: dict[str, Any], reader: Reader) -> Iterator[Found]:
    spans = [(each.start, each.end) for each in sentences.split(paragraph["context"])]
    texts = passages(paragraph["context"], spans, title=title)
    for asked in paragraph["qas"]:
        answers = tuple(dict.fromkeys(answer["text"] for answer in asked["answers"]))
        yield Found(best_spans(asked["question"], texts, reader), answers)


def gain(given: str, answers: Sequence[str]) -> tuple[float, float]:
    """Return EM and F1 of an answer, "" being silence, as SQuAD 2.0 defines them."""
    if not given or not answers:
        silent = float(not given and not answers)
        return silent, silent
    return exact_match(given, answers), f1(given, answers)


def squad_figures(found: Sequence[Found], score: str, threshold: float) -> tuple[float, float]:
    """Return EM and F1 when the spans below the threshold are left out."""
    gains = [
        gain(span if value >= threshold else "", each.answers) for each in found for span, value in [each.spans[score]]
    ]
    return sum(em for em, _ in gains) / len(gains), sum(word for _, word in gains) / len(gains)


def best_silence(found: Sequence[Found], score: str) -> tuple[float, float]:
    """Return the threshold with the best F1, and that F1; infinity is to be always silent."""
    silent = [gain("", each.answers)[1] for each in found]
    ranked = sorted(
        ((each.spans[score][1], gain(each.spans[score][0], each.answers)[1] - none)
         for each, none in zip(found, silent, strict=True)),
        reverse=True,
    )  # fmt: skip
    best, threshold, total = sum(silent), float("inf"), sum(silent)
    for value, group in groupby(ranked, key=lambda each: each[0]):
        total += sum(more for _, more in group)
        if total > best:
            best, threshold = total, value
    return threshold, best / len(found)


# -- reports -----------------------------------------------------------------------------------------------------------


def _report_sentences(data: Path, reader: Reader, limit: int | None) -> Iterator[str]:
    sets = {
        name: (read(folder / dev, reader, limit), read(folder / test, reader, limit))
        for name, folder, read, dev, test in (
            ("WikiQA", data / "wikiqa", wikiqa, "WikiQA-dev.txt", "WikiQA-test.txt"),
            ("TREC-QA", data / "trecqa", trecqa, "dev.csv", "test.csv"),
        )
        if folder.is_dir()
    }
    if not sets:
        return
    maps = {
        name: [mean_ranks(_mixed(dev), score)[0] for dev, _ in sets.values()] for name, score in COMBINATIONS.items()
    }
    chosen = max(maps, key=lambda name: sum(maps[name]))
    yield f"score of a sentence, MAP on the dev parts of {' and '.join(sets)}"
    for name, values in maps.items():
        yield f"  {name:28}" + "".join(f"{value:8.3f}" for value in values) + ("  chosen" if name == chosen else "")
    score = COMBINATIONS[chosen]
    for name, (dev, test) in sets.items():
        yield f"{name} test: {len(test)} questions; {PUBLISHED[name]}"
        if name == "WikiQA":
            yield _ranked_line("with a right sentence", [each for each in test if any(each.right)], score)
        yield _ranked_line("with right and wrong ones", _mixed(test), score)
        if name == "WikiQA":
            found = triggering(test, score, best_trigger(dev, score))
            yield (
                f"  answer triggering: precision {found.precision:.3f}, recall {found.recall:.3f}, F1 {found.f1:.3f}; "
                f"{PUBLISHED['triggering']}"
            )


def _ranked_line(which: str, rankings: Sequence[Ranking], score: Combination) -> str:
    precise, reciprocal = mean_ranks(rankings, score)
    return f"  {which} ({len(rankings)}): MAP {precise:.3f}, MRR {reciprocal:.3f}"


def _mixed(rankings: Sequence[Ranking]) -> list[Ranking]:
    return [each for each in rankings if any(each.right) and not all(each.right)]


@dataclass(frozen=True, slots=True)
class Silence:
    """How a span is scored, and below which score nothing is answered."""

    score: str
    threshold: float


def _report_squad(file: Path, reader: Reader, limit: int | None) -> tuple[list[str], Silence]:
    held_out, others = squad(file, reader, limit)
    chosen = {name: best_silence(others, name) for name in SPAN_SCORES}
    score = max(chosen, key=lambda name: chosen[name][1])
    threshold, _ = chosen[score]
    em, words = squad_figures(held_out, score, threshold)
    silent, _ = squad_figures(held_out, score, float("inf"))
    answerable = [each for each in held_out if each.answers]
    forced_em, forced = squad_figures(answerable, score, float("-inf"))
    lines = [
        f"SQuAD 2.0-half: {len(held_out)} questions on {len(HELD_OUT)} held-out articles; {PUBLISHED['SQuAD']}",
        "  score of a span, F1 on the other articles: "
        + ", ".join(f"{name} {100 * value:.1f}" for name, (_, value) in chosen.items()),
        f"  EM {100 * em:.1f}, F1 {100 * words:.1f}; always abstaining {100 * silent:.1f}",
        f"  the {len(answerable)} answerable ones, never abstaining: EM {100 * forced_em:.1f}, F1 {100 * forced:.1f}",
    ]
    return lines, Silence(score, threshold)


def _report_rgb(file: Path, reader: Reader, silence: Silence, limit: int | None) -> Iterator[str]:
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line][:limit]
    right = silent = believed = 0
    for entry in entries:

        def answer(*kinds: str, entry: dict[str, Any] = entry) -> str:
            texts = [_snippet(snippet) for kind in kinds for snippet in entry[kind]]
            span, value = best_spans(entry["query"], texts, reader)[silence.score]
            return span if value >= silence.threshold else ""

        right += contains(answer("positive", "negative"), list(_flat(entry["answer"])))
        believed += contains(answer("positive_wrong", "negative"), list(_flat(entry["fakeanswer"])))
        silent += not answer("negative")
    count = len(entries)
    yield f"RGB, counterfactual part: {count} questions, with the threshold of SQuAD"
    yield f"  a span with the right answer among helpful and other snippets: {right / count:.1%}"
    yield f"  the text's answer where the helpful snippets are falsified: {believed / count:.1%}"
    yield f"  silent among snippets that do not help: {silent / count:.1%}"


def _snippet(text: str) -> Text:
    return Text("", text, tuple((each.start, each.end) for each in sentences.split(text)))


def _flat(answers: str | list[Any]) -> Iterator[str]:
    """Yield the answers of an entry: one, several, or several with their spellings."""
    if isinstance(answers, str):
        yield answers
    else:
        for each in answers:
            yield from _flat(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each set that is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder a set")
    parser.add_argument("--weights", type=Path, help="the reader's weights (default: the packaged ones)")
    parser.add_argument("--limit", type=int, help="only the first so many questions of each part")
    options = parser.parse_args(arguments)
    reader = SpanReader(options.weights)
    print(*_report_sentences(options.data, reader, options.limit), sep="\n", flush=True)
    silence = Silence("span", 0.0)
    if (file := options.data / "squad2_half" / "dev-v2.0.json").is_file():
        lines, silence = _report_squad(file, reader, options.limit)
        print(*lines, sep="\n", flush=True)
    if (file := options.data / "rgb_en_fact" / "en_fact.json").is_file():
        print(*_report_rgb(file, reader, silence, options.limit), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
