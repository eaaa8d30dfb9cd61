"""The command line: both streams, the exit codes, JSON, and what a terminal gets to see."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa import __version__
from natoqa.cli.commands import natoqa
from natoqa.cli.console import document
from natoqa.cli.process import QUIET_OFFLINE, run
from natoqa.index import Index
from natoqa.sanitizing import one_line, visible
from natoqa.settings import Settings

pytestmark = pytest.mark.process

ARTICLES = {
    "application.md": """\
---
title: A country applies
outlet: Example Times
published: 2022-09-30
url: https://news.example/application
---
# A country applies

Ukraine applied for membership of NATO in September 2022. President Volodymyr Zelensky signed the paper in Kyiv.
""",
    "troops.md": """\
---
title: No troops
outlet: Example Post
published: 2025-02-12
---
# No troops

US Defense Secretary Pete Hegseth spoke in Brussels on Wednesday. He said the United States would not send soldiers to
Ukraine as part of a peacekeeping force.
""",
    "hostile.md": """\
---
title: "Weather \\e]0;owned\\a report"
---
The weather\x1b[2J in Lisbon was sunny on all days of the festival, the organisers of the festival said.
""",
}
QUESTION = "When did Ukraine apply for NATO membership?"
JSON_FIELDS = {
    "index": "added changed moved removed unchanged duplicates failed articles passages elapsed_s",
    "search": "query hits notes",
    "ask": "question query status answerer text short_answer sentences citations nearest confidence as_of filters notes"
    " elapsed_ms",
    "status": "articles passages failed undated without_outlet duplicates stale embedding_model index_version oldest"
    " newest outlets",
    "eval": "questions answerable recall@1 recall@5 recall@10 mrr@10 answer_recall short_answer_em short_answer_f1"
    " abstained abstention_precision abstention_recall quote_validity latency_ms_p50 latency_ms_p95",
}


def _write_corpus(folder: Path) -> None:
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, its index, and questions; tests only read it."""
    folder = tmp_path_factory.mktemp("indexed")
    _write_corpus(folder / "corpus")
    lines = [
        {"question": QUESTION, "answers": ["September 2022"], "date": "2025-01-01"},
        {"question": "How many tanks did Brazil send?", "answers": ["7"]},
    ]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with Index.open(folder / "index", settings=Settings(embedding_model="hashing")) as index:
        index.sync(folder / "corpus")
    return folder


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, with the small embedder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    return tmp_path


@pytest.fixture
def inside(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The indexed folder, to be in."""
    monkeypatch.chdir(indexed)
    monkeypatch.setenv("NATOQA_EMBEDDING_MODEL", "hashing")
    return indexed


Ran = tuple[int, str, str]
Natoqa = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Natoqa:
    """Run a command in this process: its exit code, stdout and stderr."""

    def calling(*arguments: str) -> Ran:
        code = run(arguments)
        return code, *capsys.readouterr()

    return calling


def _process(folder: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "natoqa", *arguments],
        cwd=folder,
        env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"},
        **{"capture_output": True, "text": True, "timeout": 120} | options,
    )


def _is_error(ran: Ran, code: int) -> bool:
    """Whether a command ended with the code, nothing on stdout and an error of two lines."""
    return ran[0] == code and ran[1] == "" and bool(re.fullmatch(r"error: .+\nhint: .+\n", ran[2]))


# Usage and failures


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["answer"],
        ["--josn"],
        ["ask"],
        ["ask", "two", "questions"],
        ["search", "NATO", "-k", "0"],
        ["search", "NATO", "-k", "many"],
        ["search", " ?!"],
        ["search", "NATO", "--since", "13.2.2025"],
        ["search", "NATO", "--until", "2025-02-30"],
        ["ask", "NATO?", "--since", "2025-02-13", "--until", "2025-02-12"],
        ["ask", "NATO?", "--answerer", "oracle"],
        ["ask", "NATO?", "--index", ""],
        ["chat", "--port", "chat"],
        ["chat", "--port", "70000"],
        ["index", "--watch", "--json"],
        ["index", "--watch", "--dry-run"],
        ["eval", "questions.jsonl", "--limit", "0"],
        ["eval", "questions.jsonl", "--out", "questions.jsonl"],
        ["eval", "questions.jsonl", "--out", "nowhere/out.jsonl"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_an_error_of_two_lines(inside: Path, call: Natoqa, arguments: list[str]) -> None:
    before = (inside / "questions.jsonl").read_text()
    assert _is_error(call(*arguments), 2)
    assert (inside / "questions.jsonl").read_text() == before


@pytest.mark.parametrize(
    "arguments",
    [["ask", "NATO?"], ["search", "NATO"], ["status"], ["eval", "questions.jsonl"], ["index"]],
    ids=" ".join,
)
@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_to_work_on_is_a_failure(fresh: Path, call: Natoqa, arguments: list[str], as_json: bool) -> None:
    (fresh / "questions.jsonl").write_text('{"question": "Who?", "answers": ["A"]}')
    assert _is_error(call(*arguments, *["--json"] * as_json), 1)
    # A mistyped folder must not leave an empty index behind, which would then answer.
    assert _is_error(call("status"), 1)


@pytest.mark.parametrize(("content", "named"), [(None, "questions"), ('{"question": 1}', "line 1"), ("\n{", "line 2")])
def test_an_evaluation_file_that_cannot_be_used_is_a_failure(
    inside: Path, tmp_path: Path, call: Natoqa, content: str | None, named: str
) -> None:
    path = tmp_path / "questions"
    if content is not None:
        path.write_text(content)
    ran = call("eval", str(path))
    assert _is_error(ran, 1)
    assert str(path) in ran[2]
    assert named in ran[2]


def test_wrong_settings_are_wrong_usage_and_say_where_they_come_from(
    fresh: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh / "natoqa.toml").write_text("port = 'high'")
    assert _is_error(ran := call("status"), 2)
    assert "natoqa.toml: port" in ran[2]
    (fresh / "natoqa.toml").unlink()
    monkeypatch.setenv("NATOQA_PASSAGE_TOKENS", "few")
    assert _is_error(ran := call("status"), 2)
    assert "NATOQA_PASSAGE_TOKENS" in ran[2]


def test_the_flag_goes_before_the_variable_before_the_file_before_the_default(
    fresh: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named() -> str:
        return call("status")[2] + call("status", "--index", "by-flag")[2]

    assert "folder index" not in named()
    (fresh / "natoqa.toml").write_text('index = "by-file"')
    assert "by-file" in named()
    monkeypatch.setenv("NATOQA_INDEX", "by-variable")
    assert "by-file" not in named()
    assert "by-variable" in named()
    assert "by-flag" in named()


def _failing(error: BaseException) -> Callable[..., Index]:
    def opening(*_: object, **__: object) -> Index:
        raise error

    return opening


def test_an_unforeseen_error_is_two_lines_and_its_traceback_is_for_those_who_ask(
    inside: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Index, "open", _failing(RuntimeError("several\nlines \x1b[2J")))
    ran = call("status", "--json")
    assert _is_error(ran, 1)
    assert "\x1b" not in ran[2]
    with_details = call("status", "-v")[2]
    assert "Traceback" in with_details
    assert with_details.endswith(ran[2])


def test_a_failing_disk_is_named(inside: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "open", _failing(OSError(28, "No space left on device", "index/catalog.db")))
    assert _is_error(ran := call("status"), 1)
    assert ran[2].startswith("error: No space left on device: index/catalog.db\n")


@pytest.mark.parametrize("swallowed", [False, True])
def test_an_interruption_is_130_and_one_line(
    inside: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch, swallowed: bool
) -> None:
    error: BaseException = KeyboardInterrupt()
    if swallowed:
        error = RuntimeError("a library's own idea of it")
        error.__cause__ = KeyboardInterrupt()
    monkeypatch.setattr(Index, "open", _failing(error))
    assert call("status") == (130, "", "interrupted\n")


# JSON


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", "--dry-run"],
        ["search", "Ukraine membership"],
        ["ask", QUESTION],
        ["ask", "How many tanks did Brazil send?"],
        ["ask", ""],
        ["status"],
        ["eval", "questions.jsonl"],
    ],
    ids=" ".join,
)
def test_json_is_one_document_with_the_documented_fields(inside: Path, call: Natoqa, arguments: list[str]) -> None:
    code, out, err = call(*arguments, "--json")
    assert (code, err) == (0, "")
    assert set(JSON_FIELDS[arguments[0]].split()) <= set(json.loads(out))


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5))
def test_a_document_is_utf_8_without_controls_and_reads_back(value: Any) -> None:
    written = document(value)
    assert json.loads(written.encode()) == value
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", written)


def test_half_characters_do_not_break_a_document() -> None:
    assert json.loads(document({"path\udcff": "\ud800"}).encode()) == {"path\ufffd": "\ufffd"}


# What people see


@given(st.text())
def test_nothing_printable_steers_a_terminal(text: str) -> None:
    shown = visible(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert "\n" not in one_line(text)


def test_an_answer_comes_with_its_citation_and_fits_the_terminal(
    inside: Path, call: Natoqa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    code, out, err = call("ask", QUESTION)
    assert (code, err) == (0, "")
    assert "September 2022" in out
    assert "[1] “Ukraine applied for membership of NATO in September" in out
    assert "Example Times · 2022-09-30\n    A country applies\n    https://news.example/application\n" in out
    assert all(len(line) <= 60 for line in out.splitlines())


def test_an_abstention_names_the_nearest_articles(inside: Path, call: Natoqa) -> None:
    code, out, _ = call("ask", "How many tanks did Brazil send?")
    assert code == 0
    assert "Nearest articles:\n  - " in out


def test_passages_are_ranked_and_filtered(inside: Path, call: Natoqa) -> None:
    days = ("--since", "2025-02-12", "--until", "2025-02-12")
    code, out, _ = call("search", "Ukraine", *days)
    assert code == 0
    assert re.match(r" 1\. No troops \(score 0\.\d+\)\n    Example Post · 2025-02-12\n", out)
    assert "would not send soldiers" in " ".join(out.split())
    assert "Example Times" not in out
    assert "Note: " in out  # the article without a date is left out
    assert "Example Times" in call("search", "Ukraine", "--outlet", "example times")[1]
    assert call("search", "Ukraine", "--outlet", "example times", *days)[1].startswith("No passage was found.")
    several = ("--outlet", "example times", "--outlet", "Example Post")
    out = call("search", "Ukraine", *several)[1]
    assert "Example Times" in out
    assert "Example Post" in out
    answer = json.loads(call("ask", "Will US troops go to Ukraine?", *several, "--json")[1])
    assert answer["filters"] == {"outlet": ["example times", "Example Post"]}
    answer = json.loads(call("ask", "Will US troops go to Ukraine?", *several[:2], "--json")[1])
    assert answer["filters"] == {"outlet": "example times"}
    assert call("search", "Ukraine", "-k", "1")[1].count("(score ") == 1


def test_article_text_does_not_reach_the_terminal_as_commands(inside: Path, call: Natoqa) -> None:
    for arguments in (["search", "weather in Lisbon"], ["ask", "How was the weather in Lisbon?"]):
        code, out, err = call(*arguments)
        assert code == 0
        assert "Lisbon" in out
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out + err)


def test_the_status_shows_what_changed(fresh: Path, call: Natoqa) -> None:
    _write_corpus(fresh / "corpus")
    call("index")
    assert "No article has an earlier text to compare it with." in call("status", "--changes", "3")[1]
    file = min(fresh.glob("corpus/*.md"))
    file.write_text(file.read_text(encoding="utf-8") + "\nThe evening edition added this.\n", encoding="utf-8")
    call("index")
    _, out, _ = call("status", "--changes", "3")
    assert f"(version 2, {file.name})" in out
    assert "  + The evening edition added this." in out
    (change,) = json.loads(call("status", "--changes", "3", "--json")[1])["changes"]
    assert change["added"] == ["The evening edition added this."]
    assert "changes" not in json.loads(call("status", "--json")[1])


def test_the_status_is_a_table(inside: Path, call: Natoqa) -> None:
    _, out, _ = call("status")
    table = dict(re.split(r"  +", line, maxsplit=1) for line in out.splitlines() if not line.startswith("outlet "))
    assert table["articles"] == "3"
    assert table["up to date"] == "yes"
    assert table["days"] == "2022-09-30 to 2025-02-12"
    assert table["without a date"] == "1"
    assert table["duplicates"] == "0"


def test_the_evaluation_is_a_table_and_every_verdict_a_line(inside: Path, call: Natoqa, tmp_path: Path) -> None:
    out_file = tmp_path / "verdicts.jsonl"
    code, out, err = call("eval", "questions.jsonl", "--out", str(out_file))
    assert (code, err) == (0, "")
    assert re.search(r"^answerable +1$", out, re.MULTILINE)
    assert re.search(r"^recall@10 +0\.500 +0\.000 to 1\.000$", out, re.MULTILINE)
    verdicts = [json.loads(line) for line in out_file.read_text("utf-8").splitlines()]
    assert [(verdict["verdict"], verdict["rank"]) for verdict in verdicts] == [
        ("right", 1),
        ("rightly abstained", None),
    ]
    assert verdicts[0]["hits"][0]["rank"] == 1
    _, limited, _ = call("eval", "questions.jsonl", "--limit", "1", "--json")
    assert json.loads(limited)["questions"] == 1


# index


def test_indexing_reports_what_it_did_and_what_failed(fresh: Path, call: Natoqa) -> None:
    _write_corpus(fresh / "corpus")
    (fresh / "corpus" / "empty.md").write_text("")
    dry = call("index", "--dry-run")
    assert dry[0] == 3
    assert dry[1].startswith("Would be: 3 added, 0 changed")
    code, out, err = call("index")
    assert (code, err) == (3, "")
    assert out.startswith("3 added, 0 changed, 0 moved, 0 removed, 0 unchanged in ")
    assert re.search(r"^Failed \(1\):\n  - empty\.md: .", out, re.MULTILINE)
    (fresh / "corpus" / "empty.md").unlink()
    code, out, _ = call("index", "--json")
    assert code == 0
    assert (json.loads(out)["unchanged"], json.loads(out)["failed"]) == (3, [])


def test_a_source_is_added_and_nothing_removed(fresh: Path, call: Natoqa) -> None:
    _write_corpus(fresh / "corpus")
    call("index")
    (fresh / "corpus" / "troops.md").unlink()
    (fresh / "new.md").write_text("# New\n\nA new article about Finland.\n")
    code, out, _ = call("index", "new.md", "--json")
    assert code == 0
    assert (json.loads(out)["added"], json.loads(out)["removed"], json.loads(out)["articles"]) == (1, 0, 4)


def test_a_rebuild_goes_where_a_plain_run_cannot(fresh: Path, call: Natoqa) -> None:
    _write_corpus(fresh / "corpus")
    call("index")
    assert _is_error(call("index", "--passage-tokens", "60"), 1)
    assert _is_error(call("ask", QUESTION, "--passage-tokens", "60"), 1)
    assert call("index", "--passage-tokens", "60", "--rebuild")[0] == 0
    assert call("ask", QUESTION, "--passage-tokens", "60")[0] == 0


def test_a_vanished_corpus_removes_nothing_unless_told_to(fresh: Path, call: Natoqa) -> None:
    _write_corpus(fresh / "corpus")
    call("index")
    for name in ARTICLES:
        (fresh / "corpus" / name).unlink()
    assert _is_error(call("index"), 1)
    code, out, _ = call("index", "--allow-removals", "--json")
    assert (code, json.loads(out)["removed"]) == (0, 3)


# Processes


def test_help_answers_at_once_and_loads_nothing_heavy() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        done = _process(Path.cwd(), "--help")
        assert done.returncode == 0
        assert all(name in done.stdout for name in natoqa.commands)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) < 0.5
    heavy = "torch chromadb llama_index gradio sqlite3 numpy"
    program = (
        "import sys; from natoqa.cli.process import run\n"
        f"for a in [['--help'], ['ask', '--help'], ['--version']]: run(a)\n"
        f"sys.exit(' '.join(n for n in '{heavy}'.split() if n in sys.modules) or None)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_a_line() -> None:
    done = _process(Path.cwd(), "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"natoqa {__version__}\n", "")


def test_a_real_process_keeps_the_streams_apart(indexed: Path, tmp_path: Path) -> None:
    answered = _process(indexed, "ask", QUESTION, "--json")
    assert (answered.returncode, answered.stderr) == (0, "")
    assert json.loads(answered.stdout)["status"] == "answered"
    logged = _process(indexed, "search", "Ukraine", "--json", "-vv")
    assert json.loads(logged.stdout)["hits"]
    failed = _process(tmp_path, "status", "--json")
    assert _is_error((failed.returncode, failed.stdout, failed.stderr), 1)


def test_libraries_are_told_to_stay_quiet_and_offline_unless_the_user_says_otherwise() -> None:
    program = (
        "import os, json\nfrom natoqa.cli import main\nbefore = dict(os.environ)\nmain()\n"
        "print(json.dumps({k: v for k, v in os.environ.items() if before.get(k) != v}))"
    )
    given = {name: value for name, value in os.environ.items() if name not in QUIET_OFFLINE}
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"],
        env=given | {"HF_HUB_OFFLINE": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    changed = json.loads(done.stdout.splitlines()[-1])
    assert changed == {name: value for name, value in QUIET_OFFLINE.items() if name != "HF_HUB_OFFLINE"}


def test_a_reader_that_has_seen_enough_is_no_failure(indexed: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = _process(indexed, "search", "Ukraine", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_stdout_is_nobodys_file(indexed: Path) -> None:
    command = f'exec "{sys.executable}" -m natoqa search Ukraine <&- >&-'
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=indexed,
        env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert _process(indexed, "search", "Ukraine").returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_stdout_is_a_failure(indexed: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = _process(indexed, "status", "--json", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert _is_error((done.returncode, "", done.stderr), 1)


def test_progress_is_for_terminals(tmp_path: Path) -> None:
    _write_corpus(tmp_path / "corpus")
    ours, theirs = pty.openpty()
    done = _process(tmp_path, "index", capture_output=False, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert re.search(r"\r0 of 3 articles, \d+ passages/s", shown)
    assert shown.endswith("\r")  # the line is taken away
    assert "\r" not in done.stdout


@contextmanager
def _running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a command that does not end; yields it and the file that its stderr goes to."""
    log = folder / "stderr.log"
    with log.open("w") as err, (folder / "stdout.log").open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "natoqa", *arguments],
            cwd=folder,
            env=os.environ | {"NATOQA_EMBEDDING_MODEL": "hashing"},
            stdout=out,
            stderr=err,
            text=True,
        )
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def _wait_for(pattern: str, file: Path, *, seconds: float = 60) -> re.Match[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := re.search(pattern, file.read_text("utf-8"), re.MULTILINE):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{pattern} did not appear in: {file.read_text('utf-8')}")


def test_watching_follows_the_corpus_survives_its_loss_and_ends_with_130(tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "stdout.log"
    _write_corpus(corpus)
    with _running(tmp_path, "index", "--watch") as (process, log):
        _wait_for("^3 added", out)
        _wait_for("^watching corpus", log)
        (corpus / "new.md").write_text("# New\n\nA new article about Finland.\n")
        _wait_for("^1 added", out)
        corpus.rename(tmp_path / "away")
        _wait_for("^error: the corpus folder corpus is gone\nhint: ", log)
        (tmp_path / "away" / "troops.md").unlink()
        (tmp_path / "away").rename(corpus)
        _wait_for("1 removed", out)
        for file in corpus.iterdir():
            file.unlink()
        _wait_for("^error: .*\nhint: .*--allow-removals", log)
        (corpus / "back.md").write_text("# Back\n\nFinland is in the news again.\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert log.read_text().endswith("\ninterrupted\n")


@pytest.mark.timeout(120)
def test_the_page_says_where_it_is_and_ends_with_130(indexed: Path) -> None:
    with _running(indexed, "chat", "--port", "0", "--json") as (process, log):
        _wait_for(r"\}\n", indexed / "stdout.log")
        url = json.loads((indexed / "stdout.log").read_text())["url"]
        deadline = time.monotonic() + 60
        page = b""
        while not page and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=30) as answer:
                    page = answer.read()
            except OSError:
                time.sleep(0.2)
        assert b"<html" in page
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert log.read_text() == "interrupted\n"
