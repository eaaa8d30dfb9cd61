"""The questions that the reader and the small models learn from, and those kept apart from them, are whole."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

TRAINING = Path(__file__).parent.parent / "training"
LEARNED, APART, EVIDENCE = "questions.tsv", "questions-apart.tsv", "quiz-evidence.tsv"


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (TRAINING / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", [LEARNED, APART, EVIDENCE])
def test_every_answer_lies_within_its_passage(name: str) -> None:
    for article, start, end, first, last, question in lines(name):
        assert len(article) == 12, question
        assert 0 <= int(start) < int(end), question
        if first or last:
            assert int(start) <= int(first) < int(last) <= int(end), question


def test_no_question_is_asked_twice() -> None:
    (_, most), *_ = Counter(question for name in (LEARNED, APART) for *_, question in lines(name)).most_common(1)
    assert most == 1


def test_what_is_kept_apart_is_about_other_articles() -> None:
    learned, apart = ({article for article, *_ in lines(name)} for name in (LEARNED, APART))
    assert not learned & apart


@pytest.mark.parametrize("name", [LEARNED, APART])
def test_a_quarter_of_the_questions_has_no_answer(name: str) -> None:
    unanswered = [question for *_, first, _, question in lines(name) if not first]
    assert 0.2 < len(unanswered) / len(lines(name)) < 0.3


def test_the_evidence_of_quizzes_names_each_passage_once() -> None:
    (_, most), *_ = Counter((article, start, quiz) for article, start, *_, quiz in lines(EVIDENCE)).most_common(1)
    assert most == 1


def test_some_passages_with_the_words_of_an_answer_do_not_answer() -> None:
    unfit = [quiz for *_, first, _, quiz in lines(EVIDENCE) if not first]
    assert 0.1 < len(unfit) / len(lines(EVIDENCE)) < 0.9


def test_no_word_of_a_quiz_is_kept() -> None:
    assert all(re.fullmatch(r"\d{8}_\d+", quiz) for *_, quiz in lines(EVIDENCE))
