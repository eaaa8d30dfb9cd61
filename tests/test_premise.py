"""Whether a sentence tells that something happened, and to whom."""

import pytest

from natoqa.premise import is_done_by_another, is_not_told, is_off, is_only_planned, said_before
from natoqa.question import Question
from natoqa.types import Article

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
    (JOIN, "An invitation to join NATO was the first point of the plan.", True),
    (JOIN, "Ukraine hopes to join NATO.", True),
    (JOIN, "Ukraine hoped for years of joining.", False),
    (JOIN, "Ukraine has hopes of joining.", True),
    ("When did Ukraine apply for NATO membership?", "Ukraine applied for membership of NATO in 2022.", False),
    (JOIN, "Ukraine had agreed with it to join NATO.", False),
    ("", "", False),
]


@pytest.mark.parametrize(("question", "sentence", "planned"), CASES)
def test_is_only_planned(question: str, sentence: str, planned: bool) -> None:
    assert is_only_planned(Question(question), sentence) is planned


ANOTHER = [
    (JOIN, "Sweden, which joined in March 2024, attended for the first time.", True),
    (JOIN, "Finland joined NATO, and Sweden joined it, too.", True),
    (JOIN, "It joined in 2023.", False),
    (JOIN, "Sweden and Ukraine joined NATO in 2024.", False),
    (JOIN, "Kyiv joined in 2030.", False),
    (JOIN, "Sweden is a member.", True),
    (JOIN, "At the summit in July, Sweden was a guest.", False),
    ("When was Ukraine admitted to NATO?", "Sweden was admitted in 2024.", True),
    ("When did Rutte join NATO?", "Sweden joined in 2024.", False),
    ("Which country joined NATO?", "Sweden joined in 2024.", False),
    ("", "", False),
]


@pytest.mark.parametrize(("question", "sentence", "another"), ANOTHER)
def test_is_done_by_another(question: str, sentence: str, another: bool) -> None:
    assert is_done_by_another(Question(question), sentence) is another


APPLIED = "When did Ukraine apply to join NATO?"
SIGNED = "The president signed the request on 30 September 2022."
NOT_TOLD = [
    (JOIN, SIGNED, "Ukraine applied to join NATO.", True),
    (JOIN, SIGNED, "Their hopes of joining NATO were dashed.", True),
    (JOIN, SIGNED, "Ukraine joined NATO.", False),
    (APPLIED, SIGNED, "Ukraine applied to join NATO.", False),
    (APPLIED, SIGNED, "The king was ill.", True),
    ("When did Ukraine apply for membership?", "Membership was not on the table on 13 February.", "", True),
    ("When did Rutte take office?", "Rutte took over on 1 October.", "", False),
    ("When did Rutte become a member?", "It is becoming part of the law in 2019.", "", True),
    ("When did Ukraine become a member?", SIGNED, "They declared that Ukraine will become a member.", True),
    ("By what year did she want her country to ask for help?", "It should apply no later than 2023.", "", False),
    ("Where did Ukraine join NATO?", SIGNED, "", False),
    ("When is the summit?", SIGNED, "", False),
]


@pytest.mark.parametrize(("question", "sentence", "before", "expected"), NOT_TOLD)
def test_is_not_told(question: str, sentence: str, before: str, expected: bool) -> None:
    assert is_not_told(Question(question), sentence, before) is expected


@pytest.mark.parametrize(("question", "sentence"), [each[:2] for each in [*CASES, *ANOTHER]])
def test_is_off_if_any(question: str, sentence: str) -> None:
    asked = Question(question)
    reasons = (is_only_planned(asked, sentence), is_done_by_another(asked, sentence), is_not_told(asked, sentence))
    assert is_off(asked, sentence) is any(reasons)


def test_the_context_is_the_title_and_what_stands_right_before() -> None:
    article = Article(title="Applied", text=f"{'x' * 300} They asked. Signed.", path="")
    before = said_before(article, article.text.index("Signed"))
    assert before.startswith("Applied. ")
    assert before.endswith("They asked. ")
    assert len(before) < 270
