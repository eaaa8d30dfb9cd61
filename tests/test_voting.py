"""From spans to an answer: what counts as the same answer, and how votes add up."""

from datetime import date

import pytest

from natoqa import confidence, reading, voting
from natoqa.question import Question
from natoqa.types import Article, Hit, Reading, Span


def read(article_id: str, text: str, *spans: tuple[str, float], answers: float = 2.0) -> tuple[Hit, Reading]:
    """Return a passage that is one sentence, and a reading that found these spans in it."""
    article = Article(title="", text=text, path="a.md", article_id=article_id, version=1, published=date(2025, 1, 1))
    found = tuple(Span(text.index(words), text.index(words) + len(words), logit) for words, logit in spans)
    # As retrieval has it, a passage that answers has the higher score.
    return Hit(1, answers, text, 0, len(text), article), Reading(answers, ((0, len(text), answers),), found)


def contend(question: str, *passages: tuple[Hit, Reading]) -> list[voting.Contender]:
    hits, readings = zip(*passages, strict=True)
    return voting.contend(voting.votes_in(Question(question), hits, readings))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("the strike", "Strike", True),
        ("U.S.", "United States", True),
        ("Hegseth's", "Hegseth", True),
        ("1,200", "1,300", False),
        ("Ines Falk", "Falk", False),
    ],
)
def test_the_same_answer_in_other_words(one: str, other: str, same: bool) -> None:
    assert (voting.key_of(one) == voting.key_of(other)) is same


def test_independent_articles_add_up_and_outvote_one_that_is_surer() -> None:
    found = contend(
        "Who found the cracks?",
        read("a", "Ines Falk found them.", ("Ines Falk", 3.0)),
        read("b", "It was Ines Falk.", ("Ines Falk", 3.0)),
        read("c", "Bo Lind found them.", ("Bo Lind", 3.3)),
    )
    assert [each.text for each in found] == ["Ines Falk", "Bo Lind"]
    assert found[0].share > found[1].share
    assert sum(each.share for each in found) < 1  # "none of these" has votes, too


@pytest.mark.parametrize("question", ["Which members object to Kyiv's accession?", "Who objects?", "What fell?"])
def test_a_count_is_no_answer_where_no_number_is_asked_for(question: str) -> None:
    text = "Two members object: Hungary and Slovakia. Some trees fell."
    passage = read("a", text, ("Two", 5.0), ("Some", 4.0), ("Hungary and Slovakia", 1.0))
    assert [each.text for each in contend(question, passage)] == ["Hungary and Slovakia"]


@pytest.mark.parametrize("question", ["How many members object?", "Which number of members objects?"])
def test_a_count_answers_what_asks_for_a_number(question: str) -> None:
    passage = read("a", "Two members object: Hungary and Slovakia.", ("Two", 5.0), ("Hungary and Slovakia", 1.0))
    assert contend(question, passage)[0].text == "Two"


def test_an_article_votes_once() -> None:
    once = contend("Who found it?", read("a", "Ines Falk found it.", ("Ines Falk", 3.0)))
    twice = contend("Who found it?", *[read("a", "Ines Falk found it.", ("Ines Falk", 3.0))] * 2)
    assert twice[0].strength == pytest.approx(once[0].strength)


def test_a_surname_votes_for_the_full_name() -> None:
    (found,) = contend(
        "Who found the cracks?",
        read("a", "Falk found them.", ("Falk", 4.0)),
        read("b", "Ines Falk found them.", ("Ines Falk", 2.0)),
    )
    assert found.text == "Ines Falk"
    assert len(found.votes) == 2


def test_a_surname_of_two_persons_stays_alone() -> None:
    found = contend(
        "Who found the cracks?",
        read("a", "Falk found them.", ("Falk", 4.0)),
        read("b", "Ines Falk found them.", ("Ines Falk", 2.0)),
        read("c", "Per Falk found them.", ("Per Falk", 2.0)),
    )
    assert {each.text for each in found} == {"Falk", "Ines Falk", "Per Falk"}


def test_what_repeats_the_question_is_no_answer() -> None:
    passage = read("a", "The harbour board met.", ("The harbour board", 5.0))
    assert contend("Who leads the harbour board?", passage) == []


def test_no_passages_no_contenders() -> None:
    assert voting.contend([]) == []
    assert confidence.confidence([], [], []) == 0.0


def test_sentences_are_rated_with_the_share_of_their_votes() -> None:
    passages = [
        read("a", "Ines Falk found them.", ("Ines Falk", 3.0)),
        read("b", "Nobody knows the reason.", ("Nobody", -4.0), answers=-3.0),
    ]
    hits, readings = zip(*passages, strict=True)
    contenders = voting.contend(voting.votes_in(Question("Who found the cracks?"), hits, readings))
    rated = reading.rate(hits, readings, contenders)
    assert [each.text for each in rated] == ["Ines Falk found them.", "Nobody knows the reason."]
    assert all(0 < each.probability < 1 for each in rated)


def test_caution_orders_the_thresholds() -> None:
    for read_ in (True, False):
        careful, balanced, eager = (
            confidence.threshold(caution, read=read_) for caution in ("careful", "balanced", "eager")
        )
        assert 1 > careful > balanced > eager > 0
