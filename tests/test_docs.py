"""The documentation is as the program is."""

import dataclasses
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from natoqa.cli.commands import natoqa
from natoqa.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def commands_of(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands_of(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = command
    return found


ALL = commands_of(natoqa)
COMMANDS = sorted(ALL)


def test_the_generated_references_are_current() -> None:
    script = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_with_its_options_and_an_example(name: str) -> None:
    reference = (ROOT / "docs" / "cli.md").read_text("utf-8")
    section = reference.split(f"## natoqa {name}\n")[1].split("\n## ")[0]
    assert f"$ natoqa {name}" in section
    general = reference.split("## Options of every command\n")[1].split("\n## ")[0]
    for parameter in ALL[name].params:
        option = next((each for each in parameter.opts if each.startswith("--")), parameter.opts[0])
        assert not option.startswith("-") or option in section + general


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_an_example_of_it(name: str) -> None:
    about, _, example = (ALL[name].help or "").partition("For example:\n")
    assert about.strip()
    assert example.strip().startswith(f"natoqa {name}")


def test_every_setting_is_documented() -> None:
    reference = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for setting in dataclasses.fields(Settings):
        assert f"## {setting.name}\n\n{setting.metadata['help']}" in reference
        assert f"NATOQA_{setting.name.upper()}" in reference


# "natoqa" at the beginning of a command line or of a code span, and what follows it.
_CALL = re.compile(r"(?:^\s*(?:\$ )?|`)(?:python -m )?natoqa ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_a_page_calls_only_commands_that_there_are(page: Path) -> None:
    text = page.read_text("utf-8")
    code = re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)
    called = {name for block in code for name in _CALL.findall(block.removeprefix("```console\n"))}
    assert called <= set(natoqa.commands)


def test_every_json_field_is_documented() -> None:
    from natoqa.conversations import Conversation, Feedback, KeptTurn, Opinion, Standing
    from natoqa.types import Answer, Article, Citation, Failure, Hit, IndexStatus, Retrieval, SyncReport
    from natoqa.users import User

    article = Article(title="T", text="x", path="p")
    documents = [
        Answer("q", "q", "answered", "extractive", "x").to_dict(),
        Citation(1, "x", 0, 1, article).to_dict(),
        Hit(1, 1.0, "x", 0, 1, article).to_dict(),
        Retrieval("q", ()).to_dict(),
        SyncReport(failed=(Failure("p", "e"),)).to_dict(),
        Failure("p", "e").to_dict(),
        IndexStatus(0, 0, 0, 0, 0, None, "m", 1, None, None, {}).to_dict(),
        article.reference(),
    ]
    when = datetime(2025, 2, 13, tzinfo=UTC)
    opinion = Opinion("up", "", when)
    turn = KeptTurn(1, Answer("q", "q", "answered", "extractive", "x"), 1, when, opinion)
    documents += [
        opinion.to_dict(),
        turn.to_dict(),
        Feedback("c", turn, opinion).to_dict(),
        Conversation("c", "T", when, when, (turn,)).to_dict(),
        Standing(1, "gone", still_said=False).to_dict(),
        User("ann", when).to_dict(),
    ]
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    for document in documents:
        for field in document:
            assert f"`{field}`" in text, field
