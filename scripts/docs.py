"""Write the references docs/cli.md and docs/settings.md from the program itself.

python scripts/docs.py            write them
python scripts/docs.py --check    only tell, by exit code 1, that they are not as the program is
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from pathlib import Path

import click

from natoqa.cli.commands import natoqa
from natoqa.settings import FILE_NAME, PREFIX, Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"

CLI_HEAD = f"""\
# The command line

*Written by `python scripts/docs.py` from the program; change the program, not this file.*

`natoqa COMMAND --help` shows the same in the terminal; `python -m natoqa` is `natoqa`.

Results go to stdout, progress and log to stderr. With `--json` stdout holds exactly one JSON document.
A setting is taken from the flag, else from its variable, else from `{FILE_NAME}`: see [settings](settings.md).

| exit code | meaning |
| --- | --- |
| 0 | done; that the articles do not say is an answer, too |
| 1 | failure |
| 2 | wrong usage or settings |
| 3 | finished while some article stands failed |
| 130 | interrupted |

An error is two lines on stderr, and stdout stays empty:

```
error: what happened
hint: what to do
```
"""

SETTINGS_HEAD = f"""\
# Settings

*Written by `python scripts/docs.py` from the program; change the program, not this file.*

Each setting is taken from, in this order: the flag (or the argument of `Settings` in Python), the environment
variable, the entry of `{FILE_NAME}` in the current folder, the default. An unknown entry or a value out of range is an
error that says where it came from.

```toml
# {FILE_NAME}
corpus = "articles"
port = 8000
```
"""


def main() -> int:
    """Write or check the references and return the exit code."""
    references = {DOCS / "cli.md": cli_reference(), DOCS / "settings.md": settings_reference()}
    stale = [path for path, text in references.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"docs/{path.name} is not as the program is: run `python scripts/docs.py`\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(references[path], "utf-8")
    return 0


def cli_reference() -> str:
    """Return docs/cli.md."""
    commands = commands_of(natoqa)
    everywhere = set.intersection(*({option.name for option in command.params} for command in commands.values()))
    common = _options_table([option for option in commands["index"].params if option.name in everywhere])
    own = [
        _command(name, command, [option for option in command.params if option.name not in everywhere])
        for name, command in commands.items()
    ]
    return "\n".join([CLI_HEAD, f"## Options of every command\n\n{common}", *own])


def commands_of(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Return all commands by their names, such as `index` and `user add`."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands_of(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = command
    return found


def _command(name: str, command: click.Command, own: list[click.Parameter]) -> str:
    context = click.Context(command, info_name=f"natoqa {name}")
    about, _, example = inspect.cleandoc(command.help or "").partition("\n\nFor example:\n")
    usage = " ".join(["natoqa", name, *command.collect_usage_pieces(context)])
    blocks = [f"## natoqa {name}", f"```\n{usage}\n```", " ".join(about.split()), _options_table(own).rstrip()]
    blocks.append(f"```console\n{_session(example)}\n```")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _session(example: str) -> str:
    return "\n".join(f"$ {line}" for line in inspect.cleandoc(example).splitlines())


def _options_table(parameters: list[click.Parameter]) -> str:
    context = click.Context(natoqa)
    rows = [each.get_help_record(context) for each in parameters if isinstance(each, click.Option)]
    cells = [(flag, meaning) for flag, meaning in (row for row in rows if row)]
    return _table(("option", "meaning"), [(f"`{flag}`", meaning) for flag, meaning in cells]) if cells else ""


def settings_reference() -> str:
    """Return docs/settings.md."""
    blocks = [SETTINGS_HEAD]
    for setting in dataclasses.fields(Settings):
        name = setting.name
        default = "none" if setting.default is None else f"`{_as_entry(setting.default)}`"
        rows = [
            ("flag", _flag(name)),
            ("variable", f"`{PREFIX}{name.upper()}`"),
            ("entry", f"`{name}`"),
            ("default", default),
        ]
        if setting.metadata["choices"]:
            rows.append(("values", ", ".join(f"`{choice}`" for choice in setting.metadata["choices"])))
        if setting.metadata["low"] is not None:
            rows.append(("at least", f"{setting.metadata['low']:g}"))
        blocks.append(f"## {name}\n\n{setting.metadata['help']}\n\n{_table(('', ''), rows)}")
    return "\n".join(blocks)


def _as_entry(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def _flag(name: str) -> str:
    all_ = commands_of(natoqa)
    takers = [each for each, command in all_.items() if name in {option.name for option in command.params}]
    if not takers:
        return "none"
    commands = "every command" if len(takers) == len(all_) else ", ".join(f"`{each}`" for each in takers)
    return f"`--{name.replace('_', '-')}` of {commands}"


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
