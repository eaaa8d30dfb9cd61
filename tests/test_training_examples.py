"""What the reader learns from a quiz: passages answer as judged; the words of the answer alone prove nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

from examples import Group, News, quizzes

TEXTS = {
    "a" * 12: "The harbour bridge of Lindholm was closed on Monday after a ferry rammed it.",
    "b" * 12: "Lindholm has a new mayor. The bridge club meets there on Mondays.",
    "c" * 12: "The harbour of Osterby was closed for a day after a storm tore at its ferry.",
}
QUIZ = {
    "id": "20240105_1",
    "date": "2024-01-05",
    "question": "Which town closed its harbour bridge after an accident?",
}


def groups(folder: Path, *, until: str = "2024-06-01", repeated: int = 1) -> list[Group]:
    news = News(
        [
            {"id": each, "title": "News of the day", "text": text, "published": "2024-01-03"}
            for each, text in TEXTS.items()
        ]
    )
    asked = json.dumps(QUIZ | {"answers": ["Lindholm"], "evidence": ""})
    (folder / "questions.jsonl").write_text(f"{asked}\n" * repeated, encoding="utf-8")
    right, unfit = TEXTS["a" * 12], TEXTS["b" * 12]
    start = right.index("Lindholm")
    judged = [
        ("a" * 12, 0, len(right), start, start + len("Lindholm"), QUIZ["id"]),
        ("b" * 12, 0, len(unfit), "", "", QUIZ["id"]),
    ]
    lines = ["\t".join(map(str, line)) for line in judged]
    (folder / "evidence.tsv").write_text("\n".join(lines), encoding="utf-8")
    return list(quizzes(folder / "questions.jsonl", folder / "evidence.tsv", news, random.Random(1), until=until))


def test_passages_answer_as_judged_and_where_the_words_are_missing_they_do_not(tmp_path: Path) -> None:
    (group,) = groups(tmp_path)
    found = {each.text: [each.text[slice(*span)] for span in each.spans] for each in group.examples}
    assert found == {TEXTS["a" * 12]: ["Lindholm"], TEXTS["b" * 12]: [], TEXTS["c" * 12]: []}


def test_a_quiz_that_the_data_repeat_is_learned_once(tmp_path: Path) -> None:
    assert len(groups(tmp_path, repeated=3)) == 1


def test_a_quiz_of_a_later_day_is_left_for_measuring(tmp_path: Path) -> None:
    assert groups(tmp_path, until="2024-01-05") == []
