"""One command from its arguments to its exit code.

Exit codes: 0 done, 1 failure, 2 wrong usage or settings, 3 finished while some article stands failed, 130 interrupted.
An error is two lines on stderr, what happened and what to do, and nothing on stdout.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from natoqa.cli.commands import INTERRUPTED, natoqa
from natoqa.cli.console import Console
from natoqa.errors import NatoqaError

FAILED, USAGE = 1, 2

# No library may look for models, updates or statistics on the network, nor draw bars of its own, unless told to.
QUIET_OFFLINE = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def main() -> int:
    """Run the command that the process was called with and return its exit code."""
    for name, value in QUIET_OFFLINE.items():
        os.environ.setdefault(name, value)
    _claim_closed_streams()
    return run(sys.argv[1:])


def _claim_closed_streams() -> None:
    """Point streams that the caller has closed to nowhere: their numbers must not go to files that we open."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 -- stays open as long as the process


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    console = Console()
    try:
        return natoqa.main(list(arguments), prog_name="natoqa", standalone_mode=False) or 0
    except click.ClickException as error:
        console.error(*_usage(error))
        return USAGE
    except NatoqaError as error:
        console.error(str(error), error.hint)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(console)
    except SystemExit:
        raise
    except BaseException as error:  # panics of libraries in Rust are no Exceptions
        if _was_interrupt(error):
            return _interrupted(console)
        console.error(*_unforeseen(error))
        return FAILED


def _unforeseen(error: BaseException) -> tuple[str, str]:
    details = "run the command again with -v for the traceback."
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{where}", f"Check the disk and the permissions, or {details}"
    return f"unexpected {type(error).__name__}: {error}", details.capitalize()


def _interrupted(console: Console) -> int:
    console.line("interrupted")
    return INTERRUPTED


def _was_interrupt(error: BaseException) -> bool:
    """Return whether a library has turned Ctrl-C into an error of its own."""
    before: BaseException | None = error
    while before is not None and not isinstance(before, KeyboardInterrupt):
        before = before.__cause__ or before.__context__
    return before is not None


def _usage(error: click.ClickException) -> tuple[str, str]:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "natoqa"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        group = context.command if context and isinstance(context.command, click.Group) else natoqa
        return "no command was given", f"Commands: {', '.join(group.commands)}; `{path} --help` explains them."
    return error.format_message(), f"`{path} --help` shows how to use it."
