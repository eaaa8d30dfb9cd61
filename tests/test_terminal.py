"""`natoqa chat --terminal`: questions, sources opened in their article, Ctrl-C, Ctrl-D, and what a terminal shows."""

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from natoqa import Answer, Article, Chatbot, Citation, LLMTimeoutError, Settings
from natoqa.cli import report
from natoqa.cli.console import Console
from natoqa.cli.process import run
from natoqa.cli.terminal import Conversation
from natoqa.index import Index
from natoqa.types import AnswerSentence

pytestmark = pytest.mark.process

ARTICLES = {
    "harbour.md": """\
---
title: The harbour closes
outlet: Larn Valley News
published: 2024-05-03
url: https://news.example/harbour
---
The old quay is cracked. Mayor Ada Holm said the harbour would close on 1 June. Fishermen protested at once.

The town has 3,000 inhabitants.
""",
    "hostile.md": """\
---
title: "Weather \\e]0;owned\\a report"
---
It rained before. The weather\x1b[2J in Lisbon was sunny on all days of the festival.\x9b31m It rained\u202e after.
""",
}
QUESTION = "When would the harbour close?"
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and its index; tests only read it."""
    folder = tmp_path_factory.mktemp("indexed")
    (folder / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        index.sync(folder / "corpus")
    return folder


@pytest.fixture
def say(indexed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Hold a conversation of the lines: the exit code, stdout and stderr."""
    monkeypatch.chdir(indexed)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")

    def saying(*lines: str | bytes, arguments: tuple[str, ...] = ()) -> tuple[int, str, str]:
        typed = b"".join(line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
        return run(["chat", "--terminal", *arguments]), *capsys.readouterr()

    return saying


def test_an_answer_has_numbered_sources_and_opens_them_in_their_article(say: Said) -> None:
    code, out, err = say(QUESTION, ":open 1")
    assert code == 0
    assert "2 articles, the newest from 2024-05-03" in err
    assert "[1] “Mayor Ada Holm said the harbour would close on 1 June.”" in out
    opened = out.split("As of 2024-05-03.\n")[1]
    assert opened == (
        "\nThe harbour closes\nAda Holm (Mayor) · Larn Valley News · 2024-05-03\n\n"
        "  The old quay is cracked.\n\n"
        "> Mayor Ada Holm said the harbour would close on 1 June.\n\n"
        "  Fishermen protested at once.\n\n  The town has 3,000 inhabitants.\n\n"
        "https://news.example/harbour\n"
    )


def test_a_follow_up_leans_on_the_turn_before_and_a_new_conversation_does_not(say: Said) -> None:
    follow_up = "And what did Holm say about that?"
    searched = r"^Searched for: .*harbour"
    assert re.search(searched, say(QUESTION, follow_up)[1], re.MULTILINE)
    assert not re.search(searched, say(QUESTION, ":new", follow_up)[1], re.MULTILINE)


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([":open 1"], "the last answer has no sources to open"),
        (["hello", ":open"], "the last answer has no sources to open"),
        ([QUESTION, ":open 7"], r"the last answer has the sources 1 to \d"),
        ([QUESTION, ":open"], r"the last answer has the sources 1 to \d"),
        ([QUESTION, ":new", ":open 1"], "the last answer has no sources to open"),
        ([":shout"], "there is no command :shout"),
        ([":"], "there is no command :"),
    ],
)
def test_a_command_that_makes_no_sense_is_told_and_the_conversation_goes_on(
    say: Said, lines: list[str], error: str
) -> None:
    code, out, err = say(*lines, ":help")
    assert code == 0
    assert re.search(f"^error: {error}\nhint: .+\n$", err, re.MULTILINE)
    assert ":open 2" in out


@pytest.mark.parametrize("leaving", [":quit", ":q", "  :quit  "])
def test_quit_leaves(say: Said, leaving: str) -> None:
    code, out, _ = say(leaving, ":help")
    assert (code, out) == (0, "")


def test_a_greeting_is_answered_and_nothing_is_said_to_be_searched(say: Said) -> None:
    assert "Searched for" not in say("Hello!")[1]


def test_the_end_of_the_input_leaves(say: Said) -> None:
    assert say()[:2] == (0, "")
    assert say("", "   ")[:2] == (0, "")
    assert "1 June" in say(QUESTION.encode())[1]


def test_articles_and_questions_do_not_steer_the_terminal(say: Said) -> None:
    code, out, err = say(
        "How was the weather in Lisbon?", ":open 1", "What\x1b[2J of \x9b?", b"caf\xe9 \xff in Lisbon?\n"
    )
    assert code == 0
    assert re.search(r"^> The weather.* in Lisbon was sunny", out, re.MULTILINE)
    assert not CONTROLS.search(out + err)


def test_without_an_index_it_does_not_begin(say: Said, tmp_path: Path) -> None:
    code, out, err = say(QUESTION, arguments=("--index", str(tmp_path / "none")))
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: .+\nhint: .+\n", err)


def test_json_is_for_programs(say: Said) -> None:
    code, out, err = say(QUESTION, arguments=("--json",))
    assert (code, out) == (2, "")
    assert "natoqa ask --json" in err


# The conversation by itself

ARTICLE = Article(article_id="a", version=1, title="T", text="One. Two. Three.", path="t.md")


class Chatting:
    """A chatbot that says the given things; an exception is raised in its turn."""

    def __init__(self, *parts: str | Answer | BaseException) -> None:
        self.parts = parts
        self.before_each: Callable[[], object] = lambda: None

    def stream(self, question: str) -> Iterator[str | Answer]:
        for part in self.parts:
            self.before_each()
            if isinstance(part, BaseException):
                raise part
            yield part


def _conversation(chatbot: Chatting) -> Conversation:
    return Conversation(Console(), lambda: cast("Chatbot", chatbot))


def _answer(text: str = "Two. [1]") -> Answer:
    sentence = AnswerSentence("Two.", (1,))
    citation = Citation(1, "Two.", 5, 9, ARTICLE)
    return Answer("q", "q", "answered", "extractive", text, sentences=(sentence,), citations=(citation,))


def test_each_piece_is_shown_before_the_next_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    chatbot = Chatting("First. [1]", " Second. [2]", _answer("First. [1] Second. [2]"))
    seen: list[str] = []
    chatbot.before_each = lambda: seen.append(capsys.readouterr().out)
    _conversation(chatbot).take("Why?")
    assert seen == ["", "\nFirst. [1]\n", "\nSecond. [2]\n"]
    assert capsys.readouterr().out.startswith("\n[1] “Two.”")


def test_what_was_streamed_and_did_not_hold_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    _conversation(Chatting("One. [1]", " Two. [2]", _answer())).take("Why?")
    assert "\nWhat remains after checking:\n\nTwo. [1]\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LLMTimeoutError("no answer in time"), "error: no answer in time\nhint: Raise llm_timeout"),
        (RuntimeError("several\nlines \x1b[2J"), "error: unexpected RuntimeError: several lines \ufffd[2J\nhint: "),
    ],
)
def test_an_error_is_told_in_two_lines_and_the_conversation_goes_on(
    capsys: pytest.CaptureFixture[str], error: Exception, told: str
) -> None:
    chatbot = Chatting("Two. [1]", _answer())
    conversation = _conversation(chatbot)
    conversation.take("Why?")
    chatbot.parts = ("Two", error)
    conversation.take("Why?")
    conversation.take(":open 1")
    err = capsys.readouterr().err
    assert err.startswith(told)
    assert "the last answer has no sources" in err


def test_an_interruption_stops_the_answer_only_for_who_sits_at_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = _conversation(Chatting("One. [1]", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        conversation.take("Why?")
    monkeypatch.setattr(Console, "on_terminal", True)
    conversation.take("Why?")
    assert capsys.readouterr().err.endswith("stopped\n")


def test_a_stored_control_character_is_not_opened_either(capsys: pytest.CaptureFixture[str]) -> None:
    article = Article(
        title="T\x1b[2J", text="One.\x1b]0;owned\x07 Two.\x9b31m Three.\u202e", path="t\x1b.md", outlet="\x1b"
    )
    start = article.text.index("Two")
    citation = Citation(1, "Two.\x9b31m", start, start + 8, article, speaker="\x1b[1m")
    answer = Answer("q", "q", "answered", "extractive", "Two.\x1b [1]", citations=(citation,))
    conversation = _conversation(Chatting("Two.\x1b [1]", answer))
    conversation.take("Why?")
    conversation.take(":open 1")
    shown = capsys.readouterr().out
    assert "\n> Two." in shown
    assert not CONTROLS.search(shown)


@pytest.mark.parametrize("at", [0, 150, 299])
def test_what_is_shown_around_a_source_is_short_whole_and_says_when_there_is_more(at: int) -> None:
    sentences = [f"Sentence number {number} is here." for number in range(300)]
    article = Article(title="T", text=" ".join(sentences), path="t.md")
    start = article.text.index(sentences[at])
    shown = report.opened(Citation(1, sentences[at], start, start + len(sentences[at]), article), 10_000)
    assert len(shown) < 2 * report.AROUND + 200
    body = shown.split("\n\n")[1:-1]
    assert f"> {sentences[at]}" in body
    for block in body:
        assert set(re.findall(r"Sentence number \d+ is here\.", block)) <= set(sentences)
        assert re.sub(r"Sentence number \d+ is here\.|[\s…>]", "", block) == ""
    assert ("  … Sentence" in shown) == (at > 0)
    assert (shown.count(". …") == 1) == (at < 299)


# Real terminals


class Screen:
    """A process at the other end of a terminal."""

    def __init__(self, folder: Path) -> None:
        self.ours, theirs = pty.openpty()
        # Ctrl-C in a terminal is for the processes in its foreground.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "natoqa", "chat", "--terminal"],
            cwd=folder,
            env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing", "TERM": "dumb"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, *, seconds: float = 60) -> None:
        """Read until the text is there; what comes after it is waited for next."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} did not appear in {self.shown!r}"
            if select.select([self.ours], [], [], 0.1)[0]:
                self.shown += os.read(self.ours, 10_000).decode("utf-8", "replace")
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def press_ctrl_c(self) -> None:
        """Press it as the process waits for a key: between two keys readline sees a signal only with the next key."""
        state = Path(f"/proc/{self.process.pid}/stat")
        while state.exists() and state.read_text("utf-8").rpartition(")")[2].split()[0] != "S":
            time.sleep(0.01)
        self.process.send_signal(signal.SIGINT)


@pytest.fixture
def screen(indexed: Path) -> Iterator[Screen]:
    opened = Screen(indexed)
    yield opened
    opened.process.kill()
    opened.process.wait()
    os.close(opened.ours)


@pytest.mark.timeout(120)
def test_ctrl_c_empties_the_line_and_ctrl_d_leaves(screen: Screen) -> None:
    screen.wait_for("> ")
    screen.type("Something else")
    screen.wait_for("Something else")
    screen.press_ctrl_c()
    screen.wait_for("\n> ")
    screen.type(f"{QUESTION}\n")
    screen.wait_for("[1] “Mayor Ada Holm")
    screen.wait_for("> ")
    screen.type("\x04")
    assert screen.process.wait(timeout=30) == 0


@pytest.mark.timeout(120)
def test_ctrl_c_twice_in_a_row_leaves_with_130(screen: Screen) -> None:
    for half_a_question in ("Why did", "When did"):
        screen.wait_for("> ")
        screen.type(half_a_question)
        screen.wait_for(half_a_question)  # while readline starts, a signal waits for the next key
        screen.press_ctrl_c()
    screen.wait_for("interrupted", seconds=10)
    assert screen.process.wait(timeout=30) == 130
