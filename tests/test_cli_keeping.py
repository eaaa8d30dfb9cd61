"""The commands about conversations, feedback and users: both streams, the exit codes, and how a password is taken."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Write
from made_answers import QUOTE, answer
from natoqa import Index, Settings
from natoqa.cli.process import run
from natoqa.conversations import Conversations, browser, user
from natoqa.users import Users

pytestmark = pytest.mark.process

PASSWORD = "correct horse battery"

Ran = tuple[int, str, str]
Natoqa = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Natoqa:
    """Run a command in an empty folder in this process: its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    return lambda *arguments: (run(arguments), *capsys.readouterr())


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    """What the commands find: the folder beside the default index."""
    return Conversations(tmp_path / "index-data")


def asked(kept: Conversations, owner: str, question: str = "Will Freedonia send troops?") -> str:
    started = kept.start(owner)
    kept.add_turn(started.id, owner, answer(question), index_version=3)
    return started.id


def process(folder: Path, *arguments: str, given: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "natoqa", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, input=given)


# --- conversations ------------------------------------------------------------------------------------------------


def test_conversations_are_listed(call: Natoqa, kept: Conversations) -> None:
    assert call("conversations", "list") == (0, "No conversation was kept.\n", "")
    anns = asked(kept, user("ann"), "Will\u202e Freedonia\x1b[2J send troops?")
    bobs = asked(kept, browser("secret-cookie"))
    code, out, err = call("conversations", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == [bobs, anns]
    assert "secret-cookie" not in out
    assert not set(out) & {"\u202e", "\x1b"}
    code, out, _ = call("conversations", "list", "--user", "ann", "--json")
    (listed,) = json.loads(out)["conversations"]
    assert set(listed) == {"id", "title", "created", "updated", "turns"}
    assert (code, listed["id"], listed["turns"]) == (0, anns, 1)


def test_a_conversation_is_exported(call: Natoqa, kept: Conversations, tmp_path: Path) -> None:
    conversation_id = asked(kept, user("ann"))
    code, markdown, err = call("conversations", "export", conversation_id)
    assert (code, err) == (0, "")
    assert markdown.startswith("# Will Freedonia send troops?\n")
    assert call("conversations", "export", conversation_id, "--format", "md")[1] == markdown
    _, as_json, _ = call("conversations", "export", conversation_id, "--json")
    assert json.loads(as_json) == json.loads(call("conversations", "export", conversation_id, "--format", "json")[1])
    assert json.loads(as_json)["turns"][0]["answer"] == answer().to_dict()
    code, out, err = call("conversations", "export", conversation_id, "--format", "html", "--out", "talk.html")
    assert (code, out.strip(), err) == (0, "", "")
    assert (tmp_path / "talk.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert not (tmp_path / "index").exists(), "looking makes no index"


def test_an_export_tells_what_has_changed_since(
    call: Natoqa, kept: Conversations, tmp_path: Path, corpus: Path, write: Write
) -> None:
    write("troops.md", f"Talks began. {QUOTE}", title="No troops")
    with Index.open(tmp_path / "index", settings=Settings(embedding_model="hashing")) as index:
        index.sync(corpus)
        found = next(index.articles())
    started = kept.start(user("ann"))
    kept.add_turn(started.id, user("ann"), answer(of=found), index_version=1)
    assert "since" not in call("conversations", "export", started.id)[1]
    write("troops.md", "Talks began.", title="No troops")
    assert call("index", "-q")[0] == 0
    assert "The article has changed since" in call("conversations", "export", started.id)[1]


def test_wrong_usage_of_conversations(call: Natoqa, kept: Conversations) -> None:
    conversation_id = asked(kept, user("ann"))
    for arguments, code in [
        (["conversations"], 2),
        (["conversations", "show"], 2),
        (["conversations", "export"], 2),
        (["conversations", "export", conversation_id, "--format", "pdf"], 2),
        (["conversations", "export", conversation_id, "--format", "html", "--json"], 2),
        (["conversations", "export", conversation_id, "--out", "nowhere/talk.md"], 2),
        (["conversations", "export", "0" * 32], 1),
        (["conversations", "export", "' OR 1=1"], 1),
    ]:
        ran = call(*arguments)
        assert ran[:2] == (code, ""), arguments
        assert ran[2].startswith("error: ")
        assert len(ran[2].splitlines()) == 2


def test_a_damaged_file_is_two_lines_and_then_a_new_one(call: Natoqa, kept: Conversations, tmp_path: Path) -> None:
    asked(kept, user("ann"))
    (tmp_path / "index-data" / "conversations.sqlite3").write_bytes(b"nonsense" * 2000)
    code, out, err = call("conversations", "list")
    assert (code, out, len(err.splitlines())) == (1, "", 2)
    assert "it is kept as damaged-" in err
    assert call("conversations", "list")[0] == 0


# --- feedback -----------------------------------------------------------------------------------------------------


def test_feedback_is_printed_a_line_each_or_as_one_document(call: Natoqa, kept: Conversations) -> None:
    assert call("feedback") == (0, "", "")
    assert json.loads(call("feedback", "--json")[1]) == {"feedback": []}
    for question, rating, reason in [("Wer\u202e?\ud800", "up", ""), ("Wann?\u2028", "down", "zu spät\nund falsch")]:
        conversation_id = asked(kept, user("ann"), question)
        kept.rate(conversation_id, user("ann"), 1, rating, reason)  # type: ignore[arg-type]
    code, out, err = call("feedback")
    assert (code, err) == (0, "")
    lines = [json.loads(line) for line in out.split("\n") if line]
    assert [(line["rating"], line["reason"]) for line in lines] == [("up", ""), ("down", "zu spät\nund falsch")]
    assert [line["question"] for line in lines] == ["Wer\u202e?\ud800", "Wann?\u2028"]
    assert all(line["index_version"] == 3 and line["answer"]["citations"] for line in lines)
    assert {"conversation_id", "turn", "given"} <= set(lines[0])
    assert "\u202e" not in out
    told = json.loads(call("feedback", "--json")[1])["feedback"]
    assert [each["reason"] for each in told] == [line["reason"] for line in lines]


# --- users --------------------------------------------------------------------------------------------------------


def test_users_are_added_from_stdin_listed_and_removed(call: Natoqa, kept: Conversations, tmp_path: Path) -> None:
    done = process(tmp_path, "user", "add", "ann", "--password-stdin", given=f"{PASSWORD}\nmore\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ann was added.\n", "")
    known = Users(tmp_path / "index-data")
    assert known.verify("ann", PASSWORD)
    again = process(tmp_path, "user", "add", "ann", "--password-stdin", given="something else")
    assert (again.returncode, again.stdout) == (1, "")
    assert "--replace" in again.stderr
    process(tmp_path, "user", "add", "ann", "--password-stdin", "--replace", given="something else")
    assert known.verify("ann", "something else")
    code, out, _ = call("user", "list", "--json")
    (listed,) = json.loads(out)["users"]
    assert (code, listed["name"], set(listed)) == (0, "ann", {"name", "created", "admin"})
    assert call("user", "list")[1].split()[1:] == ["ann"]
    asked(kept, user("ann"))
    other = asked(kept, browser("bob"))
    assert call("user", "remove", "ann") == (0, "ann was removed; 1 conversation deleted.\n", "")
    assert [each.id for each in kept.summaries_of_everyone()] == [other]
    assert call("user", "remove", "ann")[0] == 1
    assert call("user", "list")[1] == "There are no users.\n"


def test_the_conversations_of_a_removed_user_can_be_kept(call: Natoqa, kept: Conversations, tmp_path: Path) -> None:
    Users(tmp_path / "index-data").add("ann", PASSWORD)
    asked(kept, user("ann"))
    assert call("user", "remove", "ann", "--keep-conversations")[0] == 0
    assert len(kept.summaries(user("ann"))) == 1


def test_a_password_is_never_an_argument_and_never_waited_for_in_a_pipe(call: Natoqa, tmp_path: Path) -> None:
    assert call("user", "add", "ann", PASSWORD)[0] == 2
    done = process(tmp_path, "user", "add", "ann", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--password-stdin" in done.stderr
    for short in ("", "short\n"):
        assert process(tmp_path, "user", "add", "ann", "--password-stdin", given=short).returncode == 1
    assert Users(tmp_path / "index-data").list() == ()


def typed(folder: Path, *lines: str) -> tuple[int, str]:
    """Type lines on a terminal into `natoqa user add ann`; return its exit code and what the terminal showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, "-m", "natoqa", "user", "add", "ann"])
    shown = b""
    # What is typed before a prompt is thrown away, as on every terminal.
    waiting = list(zip((b"Password: ", b"The same again: "), lines, strict=True))
    while True:
        try:
            piece = os.read(terminal, 1024)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if waiting and shown.endswith(waiting[0][0]):
            os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_a_password_is_asked_for_twice_on_a_terminal_and_not_shown(tmp_path: Path) -> None:
    code, shown = typed(tmp_path, PASSWORD, PASSWORD)
    assert code == 0, shown
    assert PASSWORD not in shown
    assert Users(tmp_path / "index-data").verify("ann", PASSWORD)


def test_two_passwords_that_differ_add_nobody(tmp_path: Path) -> None:
    code, shown = typed(tmp_path, PASSWORD, "correct horse batterie")
    assert code == 2
    assert "not the same" in shown
    assert not Users(tmp_path / "index-data").exist


# --- where it is kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "folder"),
    [
        ([], "index-data"),
        (["--index", "news/store"], "news/store-data"),
        (["--data", "kept"], "kept"),
    ],
)
def test_the_folder_of_what_is_kept(call: Natoqa, tmp_path: Path, flags: list[str], folder: str) -> None:
    Users(tmp_path / folder).add("ann", PASSWORD)
    assert call("user", "list", *flags)[1].split()[1:] == ["ann"]
