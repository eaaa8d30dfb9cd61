"""Conversations on disk: whose they are, what is kept of them, and what becomes of the file when all goes wrong."""

import contextlib
import hashlib
import json
import logging
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Write
from made_answers import QUOTE, answer, answers, anything, article
from natoqa import (
    Answer,
    Article,
    Chatbot,
    ConversationError,
    ConversationNotFoundError,
    ConversationsDamagedError,
    Index,
    Settings,
    StorageError,
)
from natoqa.conversations import (
    FILE_NAME,
    Conversations,
    Standing,
    Unanswered,
    browser,
    continued,
    current,
    restored,
    user,
)
from natoqa.conversations import file as file_of
from natoqa.types import Filters

ANN, BOB = user("ann"), browser("6a2b")


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations.open(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / FILE_NAME


# --- answers there and back ---------------------------------------------------------------------------------------


@given(answers)
def test_an_answer_comes_back_from_its_json(given: Answer) -> None:
    document = json.loads(json.dumps(given.to_dict()))
    assert Answer.from_dict(document).to_dict() == document == given.to_dict()


@given(st.builds(article, anything, title=anything, authors=st.just(("A", "B")), outlet=st.none()))
def test_an_article_comes_back_from_its_json(given: Article) -> None:
    assert Article.from_dict(given.to_dict()) == given


def test_fields_that_a_later_natoqa_adds_are_left_out() -> None:
    document = answer().to_dict()
    assert Answer.from_dict(document | {"mood": "calm"}).to_dict() == document


@pytest.mark.parametrize("broken", [{}, {"question": "Who?"}, answer().to_dict() | {"as_of": "soon"}])
def test_what_is_no_answer_is_an_error(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Answer.from_dict(broken)


# --- what is kept -------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(answers, st.integers(0, 10**6)), min_size=1, max_size=3))
def test_a_conversation_is_loaded_as_it_was_kept(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[Answer, int]]
) -> None:
    kept = Conversations(tmp_path_factory.mktemp("data"))
    started = kept.start(ANN)
    for each, version in said:
        kept.add_turn(started.id, ANN, each, index_version=version)
    loaded = kept.load(started.id, ANN)
    assert [
        (turn.number, turn.index_version, turn.outcome.to_dict(), turn.question, turn.query) for turn in loaded.turns
    ] == [
        (number, version, each.to_dict(), each.question, each.query) for number, (each, version) in enumerate(said, 1)
    ]
    assert kept.summaries(ANN)[0].title == loaded.title


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_what_was_stopped_or_failed_is_kept_and_cannot_be_rated(
    kept: Conversations, state: Literal["stopped", "failed"]
) -> None:
    started = kept.start(ANN)
    outcome = Unanswered(state, "Will \ud800 they?", "Half a", "Again.", Filters(since=date(2025, 2, 1), outlet="Echo"))
    assert kept.add_turn(started.id, ANN, outcome, index_version=0).number == 1
    (turn,) = kept.load(started.id, ANN).turns
    assert (turn.outcome, turn.unanswered, turn.answer, turn.state) == (outcome, outcome, None, state)
    assert (turn.question, turn.query) == (outcome.question, "")
    with pytest.raises(ConversationNotFoundError):
        kept.rate(started.id, ANN, 1, "down")
    assert kept.feedback_of_everyone() == []
    assert kept.rename(started.id, ANN, "") == "Will � they?"


def test_the_title_is_that_of_the_first_question_until_it_is_given_one(kept: Conversations) -> None:
    started = kept.start(ANN)
    assert started.title == ""
    kept.add_turn(started.id, ANN, answer("Will Freedonia\n send\u202e troops?\x1b"), index_version=3)
    kept.add_turn(started.id, ANN, answer("And when?"), index_version=3)
    assert kept.load(started.id, ANN).title == "Will Freedonia send� troops?�"
    assert kept.rename(started.id, ANN, " The  troops \n") == "The troops"
    kept.add_turn(started.id, ANN, answer("Why?"), index_version=3)
    assert kept.load(started.id, ANN).title == "The troops"
    assert kept.rename(started.id, ANN, "  ") == "Will Freedonia send� troops?�"


def test_a_long_question_is_cut_for_the_title(kept: Conversations) -> None:
    started = kept.start(ANN)
    kept.add_turn(started.id, ANN, answer("word " * 30_000), index_version=1)
    title = kept.load(started.id, ANN).title
    assert len(title) <= 80
    assert title.endswith("…")


def test_the_list_has_the_one_last_added_to_first(kept: Conversations) -> None:
    first, second = kept.start(ANN, title="first"), kept.start(ANN, title="second")
    assert [each.title for each in kept.summaries(ANN)] == ["second", "first"]
    kept.add_turn(first.id, ANN, answer(), index_version=1)
    assert [(each.title, each.turns) for each in kept.summaries(ANN)] == [("first", 1), ("second", 0)]
    kept.rename(second.id, ANN, "renamed")
    assert [each.title for each in kept.summaries(ANN)] == ["first", "renamed"]
    summary = kept.summaries(ANN)[0]
    assert first.created == summary.created < summary.updated


def test_what_is_deleted_is_gone_from_the_file_too(kept: Conversations, file: Path) -> None:
    started, other = kept.start(ANN), kept.start(ANN)
    kept.add_turn(started.id, ANN, answer("Where is Waldorfia?"), index_version=1)
    kept.rate(started.id, ANN, 1, "down", "too Waldorfian")
    assert b"Waldorf" in file.read_bytes()
    kept.delete(started.id, ANN)
    assert [each.id for each in kept.summaries(ANN)] == [other.id]
    assert kept.feedback_of_everyone() == []
    assert b"Waldorf" not in file.read_bytes()


def test_ids_cannot_be_guessed(kept: Conversations) -> None:
    ids = {kept.start(ANN).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in ids)


# --- whose it is --------------------------------------------------------------------------------------------------

CALLS: dict[str, Callable[[Conversations, str, str], object]] = {
    "load": lambda kept, id_, owner: kept.load(id_, owner),
    "add_turn": lambda kept, id_, owner: kept.add_turn(id_, owner, answer(), index_version=1),
    "rename": lambda kept, id_, owner: kept.rename(id_, owner, "mine"),
    "delete": lambda kept, id_, owner: kept.delete(id_, owner),
    "rate": lambda kept, id_, owner: kept.rate(id_, owner, 1, "up"),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("stranger", [BOB, "ann", user("Ann"), browser("ann"), user("' OR 1=1 --")])
def test_another_owners_conversation_is_the_same_as_none(kept: Conversations, name: str, stranger: str) -> None:
    started = kept.start(ANN)
    kept.add_turn(started.id, ANN, answer(), index_version=1)
    before = kept.load(started.id, ANN)
    with pytest.raises(ConversationNotFoundError) as theirs:
        CALLS[name](kept, started.id, stranger)
    with pytest.raises(ConversationNotFoundError) as nobodys:
        CALLS[name](kept, "0" * 32, stranger)
    assert (str(theirs.value), theirs.value.hint) == (str(nobodys.value), nobodys.value.hint)
    assert kept.load(started.id, ANN) == before
    assert kept.summaries(stranger) == []


def test_each_owner_has_a_list_of_their_own(kept: Conversations) -> None:
    anns, bobs = kept.start(ANN), kept.start(BOB)
    assert [each.id for each in kept.summaries(ANN)] == [anns.id]
    assert [each.id for each in kept.summaries(BOB)] == [bobs.id]
    assert {each.id for each in kept.summaries_of_everyone()} == {anns.id, bobs.id}
    assert kept.load_of_everyone(bobs.id) == kept.load(bobs.id, BOB)
    assert kept.forget(ANN) == 1
    assert [each.id for each in kept.summaries_of_everyone()] == [bobs.id]


def test_the_file_does_not_tell_a_visitors_cookie_and_is_the_owners_alone(kept: Conversations, file: Path) -> None:
    kept.start(browser("very-secret-cookie"))
    assert b"very-secret-cookie" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("call", [lambda kept: kept.start(""), lambda kept: kept.summaries(""), lambda _: browser("")])
def test_nobody_owns_nothing(kept: Conversations, call: Callable[[Conversations], object]) -> None:
    with pytest.raises(ValueError, match=r"owner|cookie"):
        call(kept)


# --- feedback -----------------------------------------------------------------------------------------------------


def test_feedback_is_kept_with_its_question_answer_and_index_version(kept: Conversations) -> None:
    started = kept.start(ANN)
    for question in ("Who?", "When?"):
        kept.add_turn(started.id, ANN, answer(question), index_version=7)
    kept.rate(started.id, ANN, 2, "up")
    kept.rate(started.id, ANN, 2, "down", " not what I\x07 asked ")
    kept.rate(started.id, ANN, 1, "up")
    told = [each.to_dict() for each in kept.feedback_of_everyone()]
    assert [(each["turn"], each["rating"], each["reason"]) for each in told] == [
        (2, "down", "not what I� asked"),
        (1, "up", ""),
    ]
    assert told[0]["question"] == "When?"
    assert told[0]["index_version"] == 7
    assert told[0]["answer"] == answer("When?").to_dict()
    opinions = [turn.opinion and turn.opinion.rating for turn in kept.load(started.id, ANN).turns]
    assert opinions == ["up", "down"]
    kept.rate(started.id, ANN, 2, None)
    assert [each.turn.number for each in kept.feedback_of_everyone()] == [1]


def test_feedback_wants_a_turn_that_there_is_and_a_rating_that_is_one(kept: Conversations) -> None:
    started = kept.start(ANN)
    with pytest.raises(ConversationNotFoundError):
        kept.rate(started.id, ANN, 1, "up")
    kept.add_turn(started.id, ANN, answer(), index_version=1)
    with pytest.raises(ConversationError, match="sideways"):
        kept.rate(started.id, ANN, 1, "sideways")  # type: ignore[arg-type]
    kept.rate(started.id, ANN, 1, "down", "x" * 100_000)
    assert len(kept.feedback_of_everyone()[0].opinion.reason) == 4000


# --- the file -----------------------------------------------------------------------------------------------------


def test_looking_makes_no_file(kept: Conversations, file: Path) -> None:
    assert [*kept.summaries(ANN), *kept.summaries_of_everyone(), *kept.feedback_of_everyone()] == []
    assert kept.forget(ANN) == 0
    with pytest.raises(ConversationNotFoundError):
        kept.load("0" * 32, ANN)
    assert not file.parent.exists()


def damage_header(file: Path) -> None:
    file.write_bytes(b"no database at all" * 500)


def damage_middle(file: Path) -> None:
    content = bytearray(file.read_bytes())
    # All but the first page, which holds the header and the description of the tables.
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)


def damage_tables(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE turns")
    connection.close()


DAMAGES = [damage_header, damage_middle, damage_tables]


def used(folder: Path) -> Path:
    kept = Conversations(folder)
    for number in range(30):
        started = kept.start(ANN)
        kept.add_turn(started.id, ANN, answer(f"Question {number}?"), index_version=1)
    return folder / FILE_NAME


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_put_aside_when_it_is_opened(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    file = used(tmp_path)
    damage(file)
    content = file.read_bytes()
    with caplog.at_level(logging.WARNING):
        kept = Conversations.open(tmp_path)
    if damage is damage_tables:
        # All pages are sound, so that this is met with the first use.
        with pytest.raises(ConversationsDamagedError):
            kept.summaries(ANN)
    else:
        (record,) = [each for each in caplog.records if each.name.startswith("natoqa")]
        assert "was damaged" in record.getMessage()
    (aside,) = tmp_path.glob(f"damaged-*-{FILE_NAME}")
    assert aside.read_bytes() == content
    started = kept.start(ANN)
    assert [each.id for each in kept.summaries(ANN)] == [started.id]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_damaged_in_use_is_put_aside_with_a_message(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    file = used(tmp_path)
    kept = Conversations.open(tmp_path)
    damage(file)

    def read_all() -> None:
        for summary in kept.summaries(ANN):
            kept.load(summary.id, ANN)

    with pytest.raises(ConversationsDamagedError, match="it is kept as damaged-") as told:
        read_all()
    assert told.value.retryable
    assert "new file" in told.value.hint
    assert len(list(tmp_path.glob(f"damaged-*-{FILE_NAME}"))) == 1
    assert kept.load(kept.start(ANN).id, ANN).turns == ()


def test_a_turn_that_cannot_be_read_is_an_error_and_the_rest_stays(kept: Conversations, file: Path) -> None:
    broken, sound = kept.start(ANN), kept.start(ANN)
    for each in (broken, sound):
        kept.add_turn(each.id, ANN, answer(), index_version=1)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE turns SET answer = '{' WHERE conversation_id = ?", (broken.id,))
    connection.close()
    with pytest.raises(ConversationError, match="Turn 1 of the conversation cannot be read"):
        kept.load(broken.id, ANN)
    assert len(kept.load(sound.id, ANN).turns) == 1


# The file as natoqa 0.1.0 made it.
FIRST_LAYOUT = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL,
    updated TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX conversations_by_owner ON conversations (owner, updated);
CREATE TABLE turns (conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
    asked TEXT NOT NULL, index_version INTEGER NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation_id, number));
CREATE TABLE opinions (conversation_id TEXT NOT NULL, number INTEGER NOT NULL, rating TEXT NOT NULL,
    reason TEXT NOT NULL, given TEXT NOT NULL, PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES turns ON DELETE CASCADE);
PRAGMA user_version = 1;
"""


def in_the_first_layout(file: Path, conversation_id: str, said: Answer) -> None:
    moment = "2025-03-01T14:05:59.000000+00:00"
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(FIRST_LAYOUT)
        owner = hashlib.sha256(ANN.encode()).hexdigest()
        connection.execute(
            "INSERT INTO conversations VALUES (?, ?, 'Old', ?, ?)", (conversation_id, owner, moment, moment)
        )
        connection.execute(
            "INSERT INTO turns VALUES (?, 1, ?, 3, ?)", (conversation_id, moment, json.dumps(said.to_dict()))
        )
        connection.execute("INSERT INTO opinions VALUES (?, 1, 'up', 'Yes', ?)", (conversation_id, moment))


def test_the_file_of_an_earlier_natoqa_goes_on(kept: Conversations, file: Path) -> None:
    in_the_first_layout(file, "old", answer())
    (turn,) = kept.load("old", ANN).turns
    assert turn.state == "answered"
    assert turn.answer is not None
    assert turn.answer.to_dict() == answer().to_dict()
    assert turn.opinion is not None
    kept.add_turn("old", ANN, Unanswered("stopped", "And when?", ""), index_version=4)
    kept.add_turn("old", ANN, answer("Why?"), index_version=4)
    assert [each.state for each in kept.load("old", ANN).turns] == ["answered", "stopped", "answered"]
    assert [each.name for each in file.parent.iterdir()] == [FILE_NAME]


def test_many_may_open_the_file_of_an_earlier_natoqa_at_once(kept: Conversations, file: Path) -> None:
    in_the_first_layout(file, "old", answer())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(kept.load("old", ANN).turns), range(16)))
    assert found == [1] * 16


def test_the_file_of_a_later_natoqa_is_left_alone(kept: Conversations, file: Path) -> None:
    kept.start(ANN)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = file.read_bytes()
    for call in (lambda: Conversations.open(file.parent), lambda: kept.start(ANN), lambda: kept.summaries(ANN)):
        with pytest.raises(ConversationError, match="layout 99") as told:
            call()
        assert not isinstance(told.value, ConversationsDamagedError)
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StorageError, match="cannot be kept"):
        Conversations(tmp_path / "data").start(ANN)


# --- many at once -------------------------------------------------------------------------------------------------

WRITER = """
import sys
sys.path.insert(0, sys.argv[4])
from made_answers import answer
from natoqa.conversations import Conversations
kept = Conversations(sys.argv[1])
sys.stdin.readline()
for number in range(25):
    kept.add_turn(sys.argv[2], "user:ann", answer(f"{sys.argv[3]} {number}"), index_version=number)
"""


def writing(folder: Path, conversation_id: str, name: str, code: str = WRITER) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, str(folder), conversation_id, name, str(Path(__file__).parent)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.crash
def test_two_processes_and_two_threads_add_to_one_conversation_at_once(kept: Conversations, file: Path) -> None:
    started = kept.start(ANN)
    processes = [writing(file.parent, started.id, name) for name in ("a", "b")]
    errors: list[Exception] = []

    def add(name: str) -> None:
        try:
            for number in range(25):
                kept.add_turn(started.id, ANN, answer(f"{name} {number}"), index_version=number)
                kept.load(started.id, ANN)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=(name,)) for name in ("c", "d")]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert errors == []
    turns = kept.load(started.id, ANN).turns
    assert [turn.number for turn in turns] == list(range(1, 101))
    for name in "abcd":
        # Each writer's turns are all there, in the order in which it wrote them.
        assert [turn.question for turn in turns if turn.question[0] == name] == [f"{name} {n}" for n in range(25)]


DYING = """
import os, signal, sqlite3, sys
sys.path.insert(0, sys.argv[4])
from made_answers import answer
from natoqa.conversations import Conversations, file
kept = Conversations(sys.argv[1])
point, when = sys.argv[3].split()
before = file.File._connect
class Dying(sqlite3.Connection):
    def execute(self, statement, *values):
        dies = statement.startswith(point)
        if dies and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = super().execute(statement, *values)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
connect = sqlite3.connect
sqlite3.connect = lambda *given, **named: connect(*given, **named, factory=Dying)
sys.setrecursionlimit(2000)
if point == "CREATE":
    kept.start("user:ann")
else:
    kept.add_turn(sys.argv[2], "user:ann", answer("x" * 200_000), index_version=1)
"""


@pytest.mark.crash
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", ["BEGIN", "INSERT", "UPDATE", "COMMIT", "CREATE"])
def test_killed_in_a_write_the_file_is_as_before_or_as_after(
    kept: Conversations, file: Path, point: str, when: str
) -> None:
    if point == "CREATE":
        conversation_id, before = "", 0
    else:
        conversation_id, before = kept.start(ANN).id, 1
        kept.add_turn(conversation_id, ANN, answer(), index_version=1)
    process = writing(file.parent, conversation_id, f"{point} {when}", DYING)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    if not conversation_id:
        assert kept.summaries(ANN) == []
        conversation_id = kept.start(ANN).id
    after = before + (point == "COMMIT" and when == "after")
    assert len(kept.load(conversation_id, ANN).turns) == after
    assert kept.add_turn(conversation_id, ANN, answer(), index_version=1).number == after + 1
    assert Conversations.open(file.parent).summaries(ANN)[0].turns == after + 1
    assert list(file.parent.glob("damaged-*")) == []


@pytest.mark.crash
def test_killed_while_a_transaction_has_spilled_onto_the_disk(kept: Conversations, file: Path) -> None:
    started = kept.start(ANN)
    kept.add_turn(started.id, ANN, answer(), index_version=1)
    code = """
import os, signal, sys
from pathlib import Path
from natoqa.conversations.file import File
with File(Path(sys.argv[1]) / "conversations.sqlite3").writing() as connection:
    connection.execute("PRAGMA cache_size = 2")
    connection.execute("UPDATE turns SET answer = ?", ("x" * 2_000_000,))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    process = writing(file.parent, started.id, "x", code)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert file.with_name(f"{FILE_NAME}-journal").stat().st_size > 0, "nothing had to be taken back"
    assert kept.load(started.id, ANN).turns[0].outcome.to_dict() == answer().to_dict()


def test_a_writer_that_is_stuck_is_told(kept: Conversations, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = kept.start(ANN)
    monkeypatch.setattr(file_of, "BUSY_S", 0.1)
    with sqlite3.connect(file, isolation_level=None) as stuck:
        stuck.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ConversationError, match="too long") as told:
            kept.rename(started.id, ANN, "later")
        assert told.value.retryable
        stuck.execute("ROLLBACK")
    stuck.close()
    assert kept.rename(started.id, ANN, "later") == "later"


# --- does an answer still stand? ----------------------------------------------------------------------------------

TROOPS = f"Ministers met in Brussels on Thursday. {QUOTE} Talks go on in March."


@pytest.fixture
def asked(index: Index, corpus: Path, write: Write) -> Answer:
    """An answer that was kept and loaded: it has no texts any more."""
    write("troops.md", TROOPS, title="No troops", outlet="The Courier", published="2025-02-13")
    write("other.md", "The harbour of Osterlich opened on Saturday.", title="Harbour")
    index.sync(corpus)
    found = next(each for each in index.articles() if each.title == "No troops")
    kept = Answer.from_dict(answer(of=found).to_dict())
    assert kept.citations[0].article.text == ""
    return kept


def test_an_article_that_is_as_it_was_stands(index: Index, corpus: Path, asked: Answer) -> None:
    assert current(asked, index) == (Standing(1, "unchanged", still_said=True),)
    (corpus / "troops.md").rename(corpus / "moved.md")
    assert index.sync(corpus).moved == 1
    assert current(asked, index) == (Standing(1, "unchanged", still_said=True),)


CHANGES = {
    "corrected": (TROOPS.replace("not send", "send"), {}, False),
    "extended": (f"{TROOPS} This was said twice.", {}, True),
    "retitled": (TROOPS, {"title": "Troops"}, True),
    "redated": (TROOPS, {"published": "2024-02-13"}, True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_article_that_has_changed_is_marked(
    index: Index, corpus: Path, write: Write, asked: Answer, name: str
) -> None:
    text, front, still_said = CHANGES[name]
    write("troops.md", text, **({"title": "No troops", "outlet": "The Courier", "published": "2025-02-13"} | front))
    assert index.sync(corpus).changed == 1
    assert current(asked, index) == (Standing(1, "changed", still_said=still_said),)
    # What was cited can be shown all the same.
    cited = restored(asked, index).citations[0]
    assert cited.article.text[cited.start : cited.end] == cited.quote == QUOTE
    assert cited.title == "No troops"
    write("troops.md", TROOPS, title="No troops", outlet="The Courier", published="2025-02-13")
    index.sync(corpus)
    assert current(asked, index) == (Standing(1, "unchanged", still_said=True),)


def test_an_article_that_is_gone_is_marked(index: Index, corpus: Path, asked: Answer) -> None:
    (corpus / "troops.md").unlink()
    assert index.sync(corpus).removed == 1
    assert current(asked, index) == (Standing(1, "gone", still_said=False),)
    assert QUOTE in restored(asked, index).citations[0].article.text


def test_what_came_closest_can_be_shown_in_its_article(index: Index, asked: Answer) -> None:
    silent = replace(asked, status="not_in_corpus", citations=(), sentences=(), closest=asked.citations)
    [closest] = restored(Answer.from_dict(silent.to_dict()), index).closest
    assert closest.article.text[closest.start : closest.end] == closest.quote == QUOTE


def test_an_article_whose_sentence_came_closest_is_marked_when_it_changes(
    index: Index, corpus: Path, write: Write, asked: Answer
) -> None:
    silent = replace(asked, status="not_in_corpus", citations=(), sentences=(), closest=asked.citations)
    assert current(silent, index) == (Standing(1, "unchanged", still_said=True),)
    write("troops.md", TROOPS.replace("not send", "send"), title="No troops", published="2025-02-13")
    index.sync(corpus)
    assert current(silent, index) == (Standing(1, "changed", still_said=False),)


def test_an_index_that_was_made_anew_counts_versions_from_the_beginning(
    tmp_path: Path, corpus: Path, write: Write, asked: Answer, hashing: Settings
) -> None:
    write("troops.md", "Nothing of this was ever said. It was all made up, the paper told its readers later.")
    with Index.open(tmp_path / "new", settings=hashing) as anew:
        anew.sync(corpus)
        new = next(each for each in anew.articles() if each.path == "troops.md")
        cited = replace(asked.citations[0], article=replace(asked.citations[0].article, article_id=new.article_id))
        answered = replace(asked, citations=(cited,))
        assert cited.version == new.version
        assert current(answered, anew) == (Standing(1, "changed", still_said=False),)
        # The text of another article is never shown around a quotation that is not in it.
        assert restored(answered, anew) == answered


# --- going on -----------------------------------------------------------------------------------------------------


def test_a_conversation_goes_on_after_it_was_loaded(
    index: Index, corpus: Path, write: Write, kept: Conversations
) -> None:
    write("troops.md", f"{QUOTE} “Sylvania is safe,” Defence Minister Ann Lee told reporters.", outlet="The Courier")
    write("bridge.md", "The bridge of Sylvania was closed. Mayor Otto Brandt rejected a ferry to Sylvania.")
    index.sync(corpus)
    uninterrupted = Chatbot(index)
    started = kept.start(ANN)
    for question in ("Will Freedonia send troops to Sylvania?", "hello"):
        said = uninterrupted.ask(question)
        kept.add_turn(started.id, ANN, said, index_version=index.generation)
    kept.add_turn(started.id, ANN, Unanswered("stopped", "And what did Otto Brandt say?", "He"), index_version=1)
    bot = continued(kept.load(started.id, ANN), index)
    assert [turn.question for turn in bot.turns] == [turn.question for turn in uninterrupted.turns]
    assert bot.turns[0].answer.citations == uninterrupted.turns[0].answer.citations
    expected, answered = uninterrupted.ask("And what about Ruritania?"), bot.ask("And what about Ruritania?")
    assert answered.query == expected.query == "Will Ruritania send troops to Sylvania?"
    assert len(bot.turns) == 2
