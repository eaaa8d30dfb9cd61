import importlib.util
import json
import random
import re
import string
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from natoqa.evaluation import GoldQuestion, Verdict
from natoqa.span_reader import Text
from natoqa.types import Answer, AnswerSentence, Reading, Span

FOLDER = Path(__file__).parents[1] / "benchmarks"


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


quality, reading, copies = load("quality"), load("reading"), load("copies")


# -- quality -----------------------------------------------------------------------------------------------------------

ARTICLES = [
    ("bridge", "2024-05-01", "The bridge over the river Tarn was opened by Mayor Ana Lopez. It cost 12 million euros."),
    ("storm", "2024-05-03", "A storm hit the coast of Portugal. Two fishing boats sank near Porto during the night."),
    ("museum", "2024-06-01", "The museum of clocks moved to Geneva. Its director is Paul Weber, a watchmaker."),
]
QUESTIONS: list[dict[str, Any]] = [
    {"question": "Who opened the bridge over the Tarn?", "answers": ["Ana Lopez"], "date": "2024-05-02"},
    {"question": "Where did two fishing boats sink?", "answers": ["Porto"], "date": "2024-05-04"},
    {"question": "Who is the director of the museum of clocks?", "answers": ["Paul Weber"], "date": "2024-05-04"},
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    articles, questions = tmp_path / "articles.jsonl", tmp_path / "questions.jsonl"
    rows = [{"id": name, "title": name, "published": day, "text": text} for name, day, text in ARTICLES]
    articles.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    questions.write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    return ["--articles", str(articles), "--questions", str(questions), "--index", str(tmp_path / "kept")]


def test_quality_compares_all_contenders(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written, curve = tmp_path / "out.json", tmp_path / "curve.svg"
    assert quality.main([*files, "--ablation", "--json", str(written), "--curve", str(curve)]) == 0
    first = capsys.readouterr()
    assert "3 questions, 2 answerable; 3 articles" in first.out
    figures = json.loads(written.read_text(encoding="utf-8"))
    assert list(figures["contenders"]) == ["natoqa", "dense", "BM25", "LlamaIndex"]
    for each in figures["contenders"].values():  # the museum's article is later than its question
        assert each["recall@10"] == pytest.approx(2 / 3, abs=0.001)
        assert each["questions"] == 3
    assert figures["contenders"]["natoqa"]["quote_validity"] == 1.0
    assert figures["goals"][0]["value"] == 1.0
    assert set(figures["without"]) == set(quality.PARTS)
    assert ElementTree.parse(curve).getroot().tag.endswith("svg")
    assert "indexing with LlamaIndex" in first.err
    assert quality.main([*files, "--limit", "1"]) == 0
    assert "indexing with LlamaIndex" not in capsys.readouterr().err


def test_quality_alone_compares_with_nobody(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main([*files, "--beside", "--limit", "1"]) == 0
    assert "dense" not in capsys.readouterr().out


def verdict(confidence: float, *, right: bool = False, abstained: bool = False, short: str | None = None) -> Verdict:
    answer = Answer(
        question="?",
        query="?",
        status="not_in_corpus" if abstained else "answered",
        answerer="extractive",
        text="",
        short_answer=short,
        sentences=(AnswerSentence("A sentence.", (1,)),),
        confidence=confidence,
    )
    return Verdict(
        gold=GoldQuestion(question="?", answers=("Rome",)),
        answerable=True,
        hits=(),
        answer=answer,
        rank=None,
        right=right,
        exact=float(short == "Rome"),
        f1=0.0,
        valid_quotes=0,
        latency_ms=1.0,
    )


SURE_FIRST = [verdict(0.9, right=True), *[verdict(0.55, right=number < 2) for number in range(4)]] + [
    verdict(0.95, right=True, abstained=True) for _ in range(5)
]


def test_an_exact_short_answer_decides_where_there_is_one() -> None:
    assert quality.is_right(verdict(0.5, short="Rome"))
    assert not quality.is_right(verdict(0.5, short="Oslo", right=True))
    assert quality.is_right(verdict(0.5, right=True))
    assert not quality.is_right(verdict(0.5, right=True, abstained=True))


def test_coverage_begins_with_the_surest_and_ends_with_the_abstentions() -> None:
    points = quality.risk_coverage(SURE_FIRST[::-1])
    assert [coverage for coverage, _ in points] == pytest.approx([tenth / 10 for tenth in range(1, 11)])
    assert points[0][1] == 1.0
    assert points[4][1] == pytest.approx(3 / 5)
    assert points[9][1] == pytest.approx(3 / 10)


def test_reliability_is_of_answers_only() -> None:
    bins = quality.reliability(SURE_FIRST)
    assert [(each.low, each.count, each.right) for each in bins] == [(0.5, 4, 0.5), (0.9, 1, 1.0)]
    assert quality.calibration_error(bins) == pytest.approx((4 * 0.05 + 0.1) / 5)
    assert quality.calibration_error([]) == 0.0


@pytest.mark.parametrize(
    ("tops", "bottoms", "at_most", "outcome"),
    [
        ([1, 0], [1, 1], False, "reached"),
        ([0, 0], [1, 1], False, "short by 0.500"),
        ([1, 1], [1, 1], True, "short by 0.500"),
        ([0, 0], [0, 0], False, "nothing to measure"),
    ],
)
def test_goals_say_what_is_missing(tops: list[float], bottoms: list[float], at_most: bool, outcome: str) -> None:
    assert quality.Goal("goal", tops, bottoms, 0.5, at_most).outcome == outcome


def test_intervals_hold_the_figure() -> None:
    low, high = quality.interval([1.0, 0.0] * 50, [1.0] * 100)
    assert 0.35 < low < 0.5 < high < 0.65
    assert quality.interval([0.0], [0.0]) == (0.0, 0.0)


# -- reading -----------------------------------------------------------------------------------------------------------


class Overlap:
    """Takes a sentence for the likelier the more words it shares with the question, and its last word for the span."""

    def __init__(self, weights: Path | None = None) -> None:
        self.read_together: list[int] = []

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        self.read_together += [len(text.sentences) for text in texts]
        return [self._reading(question, text) for text in texts]

    def _reading(self, question: str, text: Text) -> Reading:
        asked = set(question.lower().strip("?").split())
        found = [
            (start, end, len(asked & set(text.text[start:end].lower().split())) - 2.5) for start, end in text.sentences
        ]
        spans = []
        for start, end, logit in found:
            last = text.text[start:end].rstrip(".").split()[-1]
            at = text.text.rindex(last, start, end)
            spans.append(Span(at, at + len(last), logit))
        spans.sort(key=lambda span: -span.logit)
        return Reading(max(logit for _, _, logit in found), tuple(found), tuple(spans))


def test_a_passage_is_read_once_a_question() -> None:
    reader = Overlap()
    remembering = quality.Remembering(reader)
    one, two = Text("", "Dogs bark.", ((0, 10),)), Text("", "The tower is in Paris.", ((0, 22),))
    first = remembering.read("Where is the tower?", [one, two])
    assert remembering.read("Where is the tower?", [two, one, two]) == [first[1], first[0], first[1]]
    assert reader.read_together == [1, 1]
    assert remembering.read("Which dogs?", [one]) != [first[0]]
    assert reader.read_together == [1, 1, 1]


def write_sets(folder: Path) -> None:
    for name in ("wikiqa", "trecqa", "squad2_half", "rgb_en_fact"):
        (folder / name).mkdir(parents=True)
    pairs = [
        ("where is the tower ?", "The tower is in Paris .", 1),
        ("where is the tower ?", "Dogs bark .", 0),
        ("who sang ?", "Cats sleep .", 0),
    ]
    for part in ("dev", "test"):
        lines = "".join(f"{question}\t{text}\t{label}\n" for question, text, label in pairs)
        (folder / "wikiqa" / f"WikiQA-{part}.txt").write_text(lines, encoding="utf-8")
        rows = "".join(f'"{question}",{label},"{text}"\n' for question, text, label in pairs)
        (folder / "trecqa" / f"{part}.csv").write_text(f"qtext,label,atext\n{rows}", encoding="utf-8")
    paragraph = {
        "context": "The tower of the city is in Paris. Dogs bark.",
        "qas": [
            {"question": "Where is the tower of the city?", "answers": [{"text": "Paris", "answer_start": 28}]},
            {"question": "Who sang?", "answers": []},
        ],
    }
    topics = [{"title": title, "paragraphs": [paragraph]} for title in ("Imperialism", "Other")]
    (folder / "squad2_half" / "dev-v2.0.json").write_text(json.dumps({"data": topics}), encoding="utf-8")
    entry = {
        "query": "where is the tower of the city",
        "answer": [["Paris", "Paris, France"]],
        "fakeanswer": "Oslo",
        "positive": ["The tower of the city is in Paris."],
        "positive_wrong": ["The tower of the city is in Oslo."],
        "negative": ["Dogs bark."],
    }
    (folder / "rgb_en_fact" / "en_fact.json").write_text(json.dumps(entry), encoding="utf-8")


def test_reading_reports_every_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sets(tmp_path)
    monkeypatch.setattr(reading, "SpanReader", Overlap)
    assert reading.main(["--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.count("MAP 1.000, MRR 1.000") == 3
    assert "answer triggering: precision 1.000, recall 1.000, F1 1.000" in out
    assert "EM 100.0, F1 100.0; always abstaining 50.0" in out
    assert out.count(": 100.0%") == 3


def test_candidates_of_one_document_are_read_together() -> None:
    candidates = [f"This is sentence number {number} of a long article on dogs." for number in range(60)]
    together, alone = Overlap(), Overlap()
    one = reading.signals("number 7", candidates, together=True, reader=together)
    other = reading.signals("number 7", candidates, together=False, reader=alone)
    assert [each.sentence for each in one] == [each.sentence for each in other]
    assert sum(together.read_together) == 60
    assert len(together.read_together) < 10
    assert alone.read_together == [1] * 60


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It is n't Tom 's , is it ?", "It isn't Tom's, is it?"),
        ("-LRB- Reuters -RRB- `` Not now , '' he said .", '(Reuters) "Not now," he said.'),
        ("It cost $ 5 , or 3 % .", "It cost $5, or 3%."),
        ("a co- founder and a two -year plan", "a co-founder and a two-year plan"),
    ],
)
def test_tokenised_text_is_written_as_people_do(text: str, written: str) -> None:
    assert reading.detokenised(text) == written


def ranking(*rows: tuple[float, bool]) -> Any:
    return reading.Ranking(
        tuple(reading.Signals(score, 0.0, 0.0) for score, _ in rows), tuple(right for _, right in rows)
    )


RANKINGS = [
    ranking((3.0, False), (2.0, True), (1.0, False), (0.0, True)),  # precision (1/2 + 2/4) / 2, reciprocal rank 1/2
    ranking((1.0, True), (0.0, False)),
    ranking((0.5, False), (0.0, False)),
]


def test_mean_ranks_and_triggering_as_computed_by_hand() -> None:
    score = reading.COMBINATIONS["sentence"]
    assert reading.mean_ranks(RANKINGS, score) == pytest.approx((0.75, 0.75))
    found = reading.triggering(RANKINGS, score, 1.0)
    assert (found.precision, found.recall, found.f1) == pytest.approx((0.5, 0.5, 0.5))
    assert reading.triggering(RANKINGS, score, 9.0).f1 == 0.0
    assert reading.best_trigger(RANKINGS, score) == 1.0


@pytest.mark.parametrize(
    ("given", "answers", "gained"),
    [
        ("", [], (1.0, 1.0)),
        ("Paris", [], (0.0, 0.0)),
        ("", ["Paris"], (0.0, 0.0)),
        ("the Paris", ["Oslo", "Paris"], (1.0, 1.0)),
        ("Paris France", ["Paris"], (0.0, 2 / 3)),
    ],
)
def test_gains_are_those_of_squad(given: str, answers: list[str], gained: tuple[float, float]) -> None:
    assert reading.gain(given, answers) == pytest.approx(gained)


def test_silence_begins_where_it_gains_most() -> None:
    found = [
        reading.Found({"span": (span, score)}, answers)
        for span, score, answers in [("a b", 3.0, ("a b",)), ("x", 2.0, ()), ("y", 1.0, ()), ("c", 0.5, ("c",))]
    ]
    threshold, best = reading.best_silence(found, "span")
    assert (threshold, best) == (3.0, 0.75)
    assert reading.squad_figures(found, "span", threshold) == (0.75, 0.75)
    assert reading.best_silence(found[1:3], "span") == (float("inf"), 1.0)


# -- copies ------------------------------------------------------------------------------------------------------------


def test_the_labelled_pairs_hold_no_text() -> None:
    labels = [json.loads(line) for line in copies.LABELS.read_text(encoding="utf-8").splitlines()]
    assert len(labels) >= 200
    assert {tuple(label) for label in labels} == {("articles", "copy", "kind", "part")}
    assert len({frozenset(label["articles"]) for label in labels}) == len(labels)
    assert {label["part"] for label in labels} == set(copies.PARTS)


def long_text(seed: int) -> str:
    chance = random.Random(seed)
    sentences = (" ".join(chance.choices(string.ascii_lowercase, k=12)) for _ in range(30))
    return "\n\n".join(f"{sentence.capitalize()} {number} said." for number, sentence in enumerate(sentences))


def test_edits_are_told_from_news(capsys: pytest.CaptureFixture[str]) -> None:
    articles = [
        {"id": str(seed), "title": f"T{seed}", "text": long_text(seed), "published": None}
        for seed in range(copies.EDITED)
    ]
    pairs = [pair for pair in copies.edited(articles) if pair.named in ("T1", "T2")]
    assert len(pairs) == 2 * len(copies.EDITS | copies.NEWS)
    copies._report("made", pairs, show=True)
    told = capsys.readouterr().out
    assert "made: 24 pairs, 16 copies, precision 100.0%" in told
    assert "follow-ups and updates called copies: 0.0% (0 of 4)" in told


# -- sync and soak -----------------------------------------------------------------------------------------------------


def test_the_cost_of_a_run_follows_the_change(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert load("sync").main([*files[:2], "--count", "60", "--model", "hashing"]) == 0
    rows = {line[:16].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert list(rows) == ["first", "right after it", "nothing to do", "10 changed", "10 removed", "10 moved"]
    assert "60 added" in rows["first"]
    assert " 0 embedded" in rows["nothing to do"]
    assert "10 changed, 50 unchanged" in rows["10 changed"]
    assert "10 removed" in rows["10 removed"]
    assert " 0 embedded" in rows["10 moved"]


@pytest.mark.crash
def test_an_index_stays_right_through_edits_and_kills(capsys: pytest.CaptureFixture[str]) -> None:
    assert load("soak").main(["--minutes", "0.1", "--model", "hashing"]) == 0, capsys.readouterr().out


# -- hostile and mixed files -------------------------------------------------------------------------------------------


def test_readers_are_fuzzed_along_their_code(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    arguments = ["--seconds", "1", "--keep", str(tmp_path / "faults"), "--format", "json", "--format", "zip"]
    # As a command: the fuzzer counts the memory of the process that starts it, which is that of all tests before.
    done = subprocess.run([sys.executable, FOLDER / "fuzz.py", *arguments], capture_output=True, text=True)
    rows = done.stdout.splitlines()
    assert [re.sub(r"[\d,]+ runs.*", "", row).strip() for row in rows] == ["json", "zip"]
    assert all(re.search(r"[1-9][\d,]* runs, 0 faults, slowest \d+ ms", row) for row in rows)
    assert done.returncode == 0
    assert not (tmp_path / "faults").exists()


def test_a_fault_that_fuzzing_finds_is_kept(tmp_path: Path) -> None:
    fuzz = load("fuzz")

    def read(data: bytes) -> tuple[int, str]:
        raise IndexError("string index out of range")

    fuzzed = fuzz.Fuzzed("zip", read, tmp_path)
    for data in (b"one", b"two"):
        fuzzed.one(data)
    assert "2 runs, 1 faults; 2 × IndexError" in fuzzed.report()
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"one"]


def test_a_mixed_folder_is_reported_by_reasons(capfd: pytest.CaptureFixture[str]) -> None:
    assert load("mixed").main(["--files", "500"]) == 0
    out = capfd.readouterr().out
    told = re.match(r"(\d+) added", out), re.search(r"^Failed \((\d+)\):", out, re.MULTILINE)
    added, failed = (int(each[1]) if each else 0 for each in told)
    assert added > 500
    assert 10 < failed < 40
    assert sum(int(count) for count in re.findall(r"^  (\d+) × ", out, re.MULTILINE)) == failed
    assert "Repair or remove what failed" in out
