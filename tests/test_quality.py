"""Quality does not fall unnoticed: floors under the figures of `natoqa eval` on our own questions.

The floors stand in `tests/quality/floors.json` and, for users, in `docs/quality.md`: lowering one changes what is
promised there, so the test wants both to say the same. They are the measured figure less what one question in twenty
changes; where a figure has risen far above its floor, the floor has to follow.
"""

import json
from pathlib import Path

import pytest

from conftest import ROOT
from natoqa import Chatbot, Index, Settings
from natoqa.evaluation import evaluate

# A hundred questions on one core of a busy machine, without bfloat16, took 210 s.
pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

QUALITY = ROOT / "tests" / "quality"
FLOORS: dict[str, float] = json.loads((QUALITY / "floors.json").read_text(encoding="utf-8"))

# So far above its floor a figure may be before the floor has to follow.
SLACK = 0.12


@pytest.fixture(scope="module")
def figures(starter: Index) -> dict[str, float]:
    return evaluate(starter, QUALITY / "questions.jsonl").figures()


@pytest.mark.parametrize("name", FLOORS)
def test_no_figure_falls_below_its_floor(figures: dict[str, float], name: str) -> None:
    assert figures[name] >= FLOORS[name], f"{name} is {figures[name]:.3f}"


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_follows_its_figure(figures: dict[str, float], name: str) -> None:
    assert figures[name] <= FLOORS[name] + SLACK, f"{name} is {figures[name]:.3f}: raise its floor"


def test_every_quotation_stands_in_its_article(figures: dict[str, float]) -> None:
    assert figures["quote_validity"] == 1.0


@pytest.mark.parametrize("question", ["When did Ukraine join NATO?", "When did Hungary leave NATO?"])
def test_what_never_happened_has_no_day(starter: Index, question: str) -> None:
    assert Chatbot(starter).ask(question).status == "not_in_corpus"


def test_the_day_given_is_the_day_of_what_is_asked(starter: Index) -> None:
    assert Chatbot(starter).ask("When did Rutte take office?").short_answer == "1 October"


def test_a_denial_is_a_no_of_the_one_who_denies(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = "Others would have to go, Ines Falk said. “No troops of ours will be sent to Ruritania,” she said."
    (tmp_path / "in" / "falk.txt").write_text(f"Minister on troops\n\n{text}\n", encoding="utf-8")
    with Index.open(tmp_path / "index", settings=Settings(caution="eager")) as index:
        index.sync(tmp_path / "in")
        answer = Chatbot(index).ask("Will troops be sent to Ruritania?")
    assert answer.short_answer == "No, according to Ines Falk"


def test_the_docs_promise_these_floors() -> None:
    promised = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    for name, floor in FLOORS.items():
        assert f"| `{name}` | {floor:.2f} |" in promised


def test_the_questions_are_enough() -> None:
    asked = [json.loads(line) for line in (QUALITY / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(asked) >= 80
    assert sum(not each["answerable"] for each in asked) >= 25
