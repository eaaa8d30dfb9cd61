"""The starter corpus and the questions on it keep the rules by which they were written."""

from __future__ import annotations

import json
import re
import string
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ARTICLES = sorted((ROOT / "corpus").glob("*.md"))
QUESTIONS = ROOT / "tests" / "quality" / "questions.jsonl"

ANSWERABLE_TYPES = {"who", "when", "number", "where", "yes-no", "what", "why"}
UNANSWERABLE_TYPES = {"false-premise", "near-miss", "off-topic"}

each_article = pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)


def parts(file: Path) -> tuple[dict[str, Any], str]:
    opening, front_matter, body = file.read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return yaml.safe_load(front_matter), body


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> str:
    """Return the text as answers are compared: SQuAD's normalising, padded so that whole words can be looked for."""
    bare = text.lower().translate(str.maketrans("", "", string.punctuation))
    return f" {' '.join(word for word in bare.split() if word not in {'a', 'an', 'the'})} "


@cache
def bodies() -> dict[str, str]:
    return {file.name: words(parts(file)[1]) for file in ARTICLES}


def test_corpus_is_small() -> None:
    assert 8 <= len(ARTICLES) <= 12


@each_article
def test_front_matter(file: Path) -> None:
    fields, _ = parts(file)
    assert set(fields) == {"title", "outlet", "published"}
    assert isinstance(fields["title"], str)
    assert len(fields["title"]) >= 20
    assert fields["outlet"] == "natoqa briefs"
    assert type(fields["published"]) is date
    assert fields["published"] <= date.today()


@each_article
def test_file_is_named_by_its_day(file: Path) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d(-[a-z0-9]+)+", file.stem)
    assert file.stem.startswith(f"{parts(file)[0]['published'].isoformat()}-")


@each_article
def test_article_is_short(file: Path) -> None:
    assert 150 <= len(parts(file)[1].split()) <= 400


@each_article
def test_speech_is_indirect(file: Path) -> None:
    assert not re.search(r"[\"“”„«»‹›‘]|(?<!\w)['’]", parts(file)[1])


def test_articles_differ() -> None:
    titles = [parts(file)[0]["title"] for file in ARTICLES]
    assert len(set(titles)) == len(set(bodies().values())) == len(ARTICLES)


def test_questions_are_many_and_a_quarter_has_no_answer() -> None:
    unanswerable = [question for question in questions() if not question["answerable"]]
    assert len(questions()) >= 80
    assert len(unanswerable) >= 25


def test_questions_have_the_evaluation_format() -> None:
    for question in questions():
        assert {"question", "answers", "answerable", "type"} <= set(question)
        assert set(question) <= {"question", "answers", "answerable", "type", "date", "article"}
        assert question["question"].endswith("?")
        assert bool(question["answers"]) is question["answerable"], question
        assert question["type"] in (ANSWERABLE_TYPES if question["answerable"] else UNANSWERABLE_TYPES), question
        assert ("article" in question) is question["answerable"], question


def test_every_type_is_asked() -> None:
    assert {question["type"] for question in questions()} == ANSWERABLE_TYPES | UNANSWERABLE_TYPES


def test_no_question_is_asked_twice() -> None:
    asked = [(words(question["question"]), question.get("date")) for question in questions()]
    assert len(set(asked)) == len(asked)


def test_every_answer_stands_in_an_article() -> None:
    for question in questions():
        for answer in question["answers"]:
            assert any(words(answer) in body for body in bodies().values()), (question["question"], answer)


def test_first_answer_stands_in_the_named_article_and_was_known_on_the_day() -> None:
    for question in questions():
        if question["answerable"]:
            assert words(question["answers"][0]) in bodies()[question["article"]], question
            published = parts(ROOT / "corpus" / question["article"])[0]["published"]
            assert published <= date.fromisoformat(question.get("date", "9999-12-31")), question


def test_questions_reach_every_article() -> None:
    assert {question["article"] for question in questions() if question["answerable"]} == set(bodies())
