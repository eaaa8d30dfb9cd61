"""The questions that the reader and the small models learn from are whole: `training/questions.tsv`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

QUESTIONS = Path(__file__).parent.parent / "training" / "questions.tsv"


def lines() -> list[list[str]]:
    return [line.split("\t") for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_every_answer_lies_within_its_passage() -> None:
    for article, start, end, first, last, question in lines():
        assert len(article) == 12, question
        assert 0 <= int(start) < int(end), question
        if first or last:
            assert int(start) <= int(first) < int(last) <= int(end), question


def test_no_question_is_asked_twice() -> None:
    (_, most), *_ = Counter(question for *_, question in lines()).most_common(1)
    assert most == 1


def test_a_quarter_of_the_questions_has_no_answer() -> None:
    unanswered = [question for *_, first, _, question in lines() if not first]
    assert 0.2 < len(unanswered) / len(lines()) < 0.3
