"""The questions that the reader and the small models learn from, and those kept apart from them, are whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

TRAINING = Path(__file__).parent.parent / "training"
LEARNED, APART = "questions.tsv", "questions-apart.tsv"


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (TRAINING / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", [LEARNED, APART])
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
