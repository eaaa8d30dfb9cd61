"""The words that answer, found in a sentence."""

import pytest

from natoqa.extractive import closest_mention
from natoqa.question import Question
from natoqa.types import Sentence, Speaker

CASES = [
    ("When did Ukraine apply for membership?", "In 2008 the bloc proclaimed that Ukraine would join, and Kiev applied "
     "for membership in September 2022.", None, "September 2022"),
    ("When did the bridge close?", "The bridge closed on 3 May 2024, two years after the flood of 2022.", None,
     "3 May 2024"),
    ("How many cracks did the engineer find?", "On 3 May 2024 the engineer found 41 cracks in 2 arches.", None, "41"),
    ("How much did the repair cost?", "The repair cost $3.5 million.", None, "$3.5 million"),
    ("How many people died?", "Three people died on Monday.", None, "Three"),
    ("Where did the ministers meet?", "The ministers met in Riga before the feast.", None, "Riga"),
    ("Who found the cracks?", "The cracks were found by Ines Falk.", None, "Ines Falk"),
    ("Who said that cars are safe?", "“Cars are safe,” she said.", Speaker("Ines Falk"), "Ines Falk"),
    ("Which country vetoed the plan?", "The plan was vetoed by Hungary.", None, "Hungary"),
    ("When did it happen?", "Nobody knows.", None, None),
    ("Why was the bridge closed?", "It was closed in 2024 because of 41 cracks.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "speaker", "words"), CASES)
def test_closest_mention(question: str, text: str, speaker: Speaker | None, words: str | None) -> None:
    assert closest_mention(Question(question), Sentence(text, 0, len(text), speaker)) == words
