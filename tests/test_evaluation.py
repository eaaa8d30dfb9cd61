"""The evaluation file, the comparison of texts, the verdicts and the figures they come to."""

import datetime as dt
import doctest
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa.errors import QuestionsError
from natoqa.evaluation import Evaluation, GoldQuestion, Verdict, comparing, judge, read_questions
from natoqa.evaluation.comparing import contains, exact_match, f1, normalize
from natoqa.types import Answer, AnswerSentence, Article, Citation, Hit, Status


def test_the_worked_examples_hold() -> None:
    assert doctest.testmod(comparing).attempted >= 8
    assert doctest.testmod(comparing).failed == 0


# Comparing texts


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Eiffel Tower", "eiffel tower"),
        ("an  apple\n\ta day", "apple day"),
        ("It's 3.5%!", "its 35"),
        ("A.", ""),
        ("theatre and another", "theatre and another"),
        ("“Squid Game” – season two…", "squid game season two"),
        ("New York’s", "new yorks"),
        ("£3", "£3"),
        ("Beyoncé", "beyoncé"),
        ("US$5", "us5"),
    ],
)
def test_normalizing_is_that_of_squad_with_typographic_marks_as_punctuation(text: str, normal: str) -> None:
    assert normalize(text) == normal


@given(st.text(max_size=80))
def test_a_normalized_text_has_single_spaces_and_no_articles(text: str) -> None:
    words = normalize(text).split()
    assert not {"a", "an", "the"} & set(words)
    assert normalize(text) == " ".join(words)


@given(st.lists(st.sampled_from(["troops", "nato", "13", "rutte"]), min_size=1, max_size=6), st.data())
def test_any_run_of_words_is_contained_and_scores_its_overlap(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    run = " ".join(words[first:last])
    assert contains("; ".join(words), [run.upper()])
    shared = (Counter(run.split()) & Counter(words)).total()
    assert f1(run, [" ".join(words)]) == pytest.approx(2 * shared / (last - first + len(words)))


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("He spoke in Warsaw, Poland.", ["Poland"], True),
        ("He spoke in Polandia.", ["Poland"], False),
        ("He spoke in Poland.", ["Spain", "poland"], True),
        ("It cost $1,200 a day", ["1200"], True),
        ("It cost 12005 dollars", ["1200"], False),
        ("the a an", ["the"], False),
        ("anything", [""], False),
        ("anything", [], False),
    ],
)
def test_an_answer_is_contained_as_whole_words(text: str, answers: list[str], expected: bool) -> None:
    assert contains(text, answers) is expected


def test_the_best_answer_counts() -> None:
    assert exact_match("Dark Chocolate", ["cocoa", "the dark chocolate."]) == 1.0
    assert exact_match("", ["the"]) == exact_match("the", ["a"]) == exact_match("x", []) == 0.0
    assert f1("Keir Starmer", ["Starmer", "Keir Rodney Starmer"]) == pytest.approx(0.8)
    assert f1("", ["Starmer"]) == f1("Starmer", []) == 0.0


# The evaluation file


def _file(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "questions.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def test_a_line_is_a_question_and_other_fields_are_passed_over(tmp_path: Path) -> None:
    full = {
        "id": 7,
        "question": "Who?",
        "answers": ["A", "B"],
        "date": "2025-02-13",
        "answerable": False,
        "article_ids": ["x"],
        "urls": ["u"],
    }
    bare: dict[str, Any] = {"question": "Where?", "answers": [], "date": None}
    path = _file(tmp_path, b"\xef\xbb\xbf" + json.dumps(full).encode(), "", json.dumps(bare) + "\r", "")
    assert read_questions(str(path)) == [
        GoldQuestion(
            question="Who?",
            answers=("A", "B"),
            date=dt.date(2025, 2, 13),
            answerable=False,
            article_ids=("x",),
            urls=("u",),
        ),
        GoldQuestion(question="Where?"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        (b'{"question": "\xff", "answers": []}', "not UTF-8"),
        ('{"answers": []}', '"question"'),
        ('{"question": " ", "answers": []}', '"question"'),
        ('{"question": 5, "answers": []}', '"question"'),
        ('{"question": "\\ud800", "answers": []}', '"question"'),
        ('{"question": "Who?"}', '"answers" is missing'),
        ('{"question": "Who?", "answers": "me"}', '"answers"'),
        ('{"question": "Who?", "answers": [5]}', '"answers"'),
        ('{"question": "Who?", "answers": [], "date": "13.2.2025"}', '"date"'),
        ('{"question": "Who?", "answers": [], "date": 20250213}', '"date"'),
        ('{"question": "Who?", "answers": [], "answerable": "no"}', '"answerable"'),
        ('{"question": "Who?", "answers": [], "urls": {}}', '"urls"'),
    ],
)
def test_a_wrong_line_is_named_with_its_file_and_number(tmp_path: Path, line: str | bytes, reason: str) -> None:
    path = _file(tmp_path, '{"question": "Who?", "answers": ["A"]}', "", line)
    with pytest.raises(QuestionsError) as raised:
        read_questions(path)
    assert str(raised.value).startswith(f"{path}, line 3: ")
    assert reason in str(raised.value)


def test_a_file_without_questions_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"no file .*missing\.jsonl"):
        read_questions(tmp_path / "missing.jsonl")
    with pytest.raises(QuestionsError, match="holds no question"):
        read_questions(_file(tmp_path, "", "  "))
    with pytest.raises(QuestionsError, match="cannot be read"):
        read_questions(tmp_path)


# Verdicts

ARTICLE = Article(
    title="Talks",
    text="Hegseth ruled troops out. Rutte agreed.",
    path="a.md",
    article_id="1",
    record="r1",
    url="http://a",
)
OTHER = Article(title="Weather", text="It rains in Brussels.", path="b.md", article_id="2", record="r2")


def _hit(rank: int, article: Article) -> Hit:
    return Hit(rank=rank, score=1 / rank, text=article.text, start=0, end=len(article.text), article=article)


def _answer(status: Status = "answered", text: str = "", short: str | None = None, citations: int = 1) -> Answer:
    cited = tuple(Citation(number, "Hegseth", 0, 7, ARTICLE) for number in range(1, citations + 1))
    sentences = (AnswerSentence(text, tuple(citation.number for citation in cited)),) if text else ()
    return Answer(
        question="q", query="q", status=status, answerer="extractive", text=text, short_answer=short,
        sentences=sentences, citations=cited,
    )  # fmt: skip


ABSTAINED = _answer("not_in_corpus", "", None, citations=0)


def _judged(gold: GoldQuestion, answer: Answer, *hits: Article, **given: Any) -> Verdict:
    found = [_hit(rank, article) for rank, article in enumerate(hits, 1)]
    arguments: dict[str, Any] = {"answerable": True, "valid_quotes": len(answer.citations), "latency_ms": 10.0} | given
    return judge(gold, found, answer, **arguments)


def test_an_answer_is_held_against_the_gold() -> None:
    gold = GoldQuestion(question="Who agreed?", answers=("Mark Rutte", "Rutte"))
    verdict = _judged(gold, _answer(text="Talks: Rutte agreed.", short="Mark Rutte NATO"), OTHER, ARTICLE)
    assert (verdict.rank, verdict.right, verdict.verdict) == (2, True, "right")
    assert verdict.exact == 0.0
    assert verdict.f1 == pytest.approx(0.8)
    assert _judged(gold, _answer(text="It rains."), OTHER).verdict == "wrong"
    assert _judged(gold, _answer(text="It rains."), OTHER).rank is None


def test_an_abstention_scores_nothing_even_if_it_says_the_answer() -> None:
    gold = GoldQuestion(question="Who agreed?", answers=("Rutte",))
    verdict = _judged(gold, _answer("not_in_corpus", "Rutte", "Rutte"), ARTICLE)
    assert (verdict.right, verdict.exact, verdict.f1, verdict.rank) == (False, 0.0, 0.0, 1)
    assert verdict.verdict == "wrongly abstained"
    assert _judged(gold, ABSTAINED, answerable=False).verdict == "rightly abstained"


def test_what_the_question_says_about_being_answerable_goes_first() -> None:
    gold = GoldQuestion(question="Who agreed?", answers=("Rutte",), answerable=False)
    assert not _judged(gold, ABSTAINED, answerable=True).answerable


@pytest.mark.parametrize("gold_articles", [{"article_ids": ("1",)}, {"article_ids": ("r1",)}, {"urls": ("http://a",)}])
def test_gold_articles_count_where_there_are_no_answers(gold_articles: dict[str, tuple[str, ...]]) -> None:
    gold = GoldQuestion(question="Who agreed?", **gold_articles)  # type: ignore[arg-type]
    verdict = _judged(gold, _answer(text="Something else."), OTHER, ARTICLE)
    assert (verdict.rank, verdict.right) == (2, True)
    with_answers = GoldQuestion(question="Who agreed?", answers=("nobody",), **gold_articles)  # type: ignore[arg-type]
    verdict = _judged(with_answers, _answer(text="Something else."), OTHER, ARTICLE)
    assert (verdict.rank, verdict.right) == (None, False)


# The figures


def _four() -> Evaluation:
    gold = GoldQuestion(question="Who agreed?", answers=("Rutte",))
    return Evaluation(
        (
            _judged(gold, _answer(text="Rutte agreed.", short="Rutte"), ARTICLE, latency_ms=10.0),
            _judged(
                gold, _answer(text="It rains.", citations=3), *[OTHER] * 3, ARTICLE, valid_quotes=2, latency_ms=20.0
            ),
            _judged(gold, ABSTAINED, *[OTHER] * 11, ARTICLE, latency_ms=30.0),
            _judged(gold, ABSTAINED, OTHER, answerable=False, latency_ms=40.0),
        ),
        k=12,
    )


def test_the_figures_worked_out_by_hand() -> None:
    figures = _four().to_dict()
    ci95, by_kind = figures.pop("ci95"), figures.pop("by_kind")
    assert figures == {
        "questions": 4,
        "answerable": 3,
        "recall@1": 0.25,
        "recall@5": 0.5,
        "recall@10": 0.5,
        "recall@12": 0.75,
        "mrr@10": 0.3125,
        "answer_recall": 0.25,
        "short_answer_em": 0.25,
        "short_answer_f1": 0.25,
        "abstained": 0.5,
        "abstention_precision": 0.5,
        "abstention_recall": 1.0,
        "quote_validity": 0.75,
        "latency_ms_p50": 25.0,
        "latency_ms_p95": 38.5,
    }
    assert by_kind["who"].items() <= figures.items()
    assert set(ci95) == set(figures) - {"questions", "answerable", "latency_ms_p50", "latency_ms_p95"}


def test_a_share_of_nothing_is_one() -> None:
    gold = GoldQuestion(question="Who agreed?", answers=("Rutte",))
    nothing_abstained = Evaluation((_judged(gold, _answer(text="Rutte.", citations=0), ARTICLE),)).figures()
    assert nothing_abstained["abstention_precision"] == 1.0
    assert nothing_abstained["abstention_recall"] == 1.0
    assert nothing_abstained["quote_validity"] == 1.0


def test_the_intervals_hold_the_figures_repeat_themselves_and_narrow_with_more_questions() -> None:
    few, many = _four(), Evaluation(_four().verdicts * 50, k=12)
    assert few.intervals() == few.intervals()
    for name, value in few.figures().items():
        low, high = few.intervals()[name]
        assert 0 <= low <= value <= high <= 1
        closer_low, closer_high = many.intervals()[name]
        assert closer_high - closer_low <= high - low
    # 100 of 200: the normal approximation gives 0.5 ± 0.0693.
    assert many.intervals()["abstained"] == pytest.approx((0.431, 0.569), abs=0.015)


def test_the_figures_of_a_kind_are_those_of_its_questions_alone() -> None:
    where = GoldQuestion(question="Where does it rain?", answers=("Brussels",))
    more = Evaluation((*_four().verdicts, _judged(where, ABSTAINED, OTHER)))
    by_kind = more.by_kind()
    assert list(by_kind) == ["who", "where"]
    assert (by_kind["where"]["questions"], by_kind["where"]["recall@1"], by_kind["where"]["abstained"]) == (1, 1.0, 1.0)


def test_a_verdict_is_json_with_the_answer_and_the_hits() -> None:
    line = json.loads(json.dumps(_four().verdicts[1].to_dict()))
    assert (line["question"], line["verdict"], line["rank"], line["kind"]) == ("Who agreed?", "wrong", 4, "who")
    assert len(line["hits"]) == 4
    assert line["answer"]["citations"][2]["article_id"] == "1"
