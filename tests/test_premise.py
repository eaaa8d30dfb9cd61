"""Whether a sentence tells that something happened."""

import pytest

from natoqa.premise import is_only_planned
from natoqa.question import Question

JOIN = "When did Ukraine join NATO?"
CASES = [
    (JOIN, "NATO said in 2008 that Ukraine would join one day.", True),
    (JOIN, "In 2008 the bloc proclaimed that Georgia would eventually join.", True),
    (JOIN, "Ukraine never joined NATO.", True),
    (JOIN, "Ukraine hasn’t yet joined NATO.", True),
    (JOIN, "Finland joined in 2023, and Ukraine will join later.", False),
    (JOIN, "Ukraine is a country in Europe.", False),
    ("When did Ukraine apply for membership?", "Ukraine should apply for membership no later than 2023.", True),
    ("When did Ukraine apply for membership?", "Ukraine applied for membership in September 2022.", False),
    ("When was the bridge closed?", "The bridge will be closed on 1 June.", True),
    ("When will the bridge be closed?", "The bridge will be closed on 1 June.", False),
    ("Which country joined the bloc?", "Finland will join the bloc.", False),
    ("How many people did the fire kill?", "The fire might also kill fish.", True),
    ("", "", False),
]


@pytest.mark.parametrize(("question", "sentence", "planned"), CASES)
def test_is_only_planned(question: str, sentence: str, planned: bool) -> None:
    assert is_only_planned(Question(question), sentence) is planned
