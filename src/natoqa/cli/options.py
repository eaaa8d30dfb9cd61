"""What the commands take: the flags of the settings, the filters, and the choice of output."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import click

from natoqa.cli.console import Console
from natoqa.errors import NatoqaError
from natoqa.settings import Settings

_LOG = logging.getLogger(__name__)

Command = Callable[..., int | None]

# The language model's key has no flag: every user of a machine sees the arguments of its processes.
EVERYWHERE = ("corpus", "index", "embedding_model", "passage_tokens")
ANSWERING = ("answerer", "llm_provider", "llm_model", "llm_base_url", "llm_timeout", "llm_context")


class DocumentedCommand(click.Command):
    """A command whose help is its docstring, the example at the end line by line."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the docstring."""
        # click's mark for lines that are not to be run together.
        text = inspect.cleandoc(self.help or "").replace("\nFor example:", "\n\b\nFor example:")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)


class Commands(DocumentedCommand, click.Group):
    """The group of all commands; Ctrl-C leaves it as `click.Abort`, for which click prints nothing of its own."""

    command_class = DocumentedCommand

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise click.Abort from interrupt


def takes(*settings: str) -> Callable[[Command], Command]:
    """Give a command the flags that all have, and those of the named settings.

    The function is called with its console, the settings and its own parameters, and returns its exit code.
    """
    flags = [*settings, *EVERYWHERE]

    def decorate(function: Command) -> Command:
        @functools.wraps(function)
        def run(*, as_json: bool, verbose: int, quiet: bool, **parameters: Any) -> int:
            given = {name: parameters.pop(name) for name in flags}
            console = Console(as_json=as_json, verbosity=-1 if quiet else min(verbose, 2))
            with console.at_work():
                return _logged(function)(console, Settings.load(given), **parameters) or 0

        return _options(run, *map(_flag, flags), *_OUTPUT)

    return decorate


_OUTPUT = (
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    click.option("-v", "--verbose", count=True, help="Log on stderr; -vv also what libraries log."),
    click.option("-q", "--quiet", is_flag=True, help="No progress and no warnings on stderr."),
)


def _options(function: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        function = option(function)
    return function


def _logged(function: Command) -> Command:
    """Log the traceback of an error before it becomes two lines: of a foreseen one with -vv, of any other with -v."""

    @functools.wraps(function)
    def run(*arguments: Any, **parameters: Any) -> int | None:
        try:
            return function(*arguments, **parameters)
        except click.ClickException:
            raise
        except NatoqaError:
            _LOG.debug("The error comes from here:", exc_info=True)
            raise
        except Exception:
            _LOG.info("The error comes from here:", exc_info=True)
            raise

    return run


def _flag(name: str) -> Callable[[Command], Command]:
    """Return the option that sets a setting; its value is checked with all the others, by `Settings.load`."""
    setting = next(each for each in fields(Settings) if each.name == name)
    kind = str(setting.type).removesuffix(" | None")
    choices = setting.metadata["choices"]
    metavar = "|".join(choices) or {"int": "N", "float": "N", "Path": "DIR"}.get(kind, "TEXT")
    shown = "" if setting.default is None else f"  [default: {setting.default}]"
    help_ = setting.metadata["help"].replace("`", "") + shown
    return click.option(f"--{name.replace('_', '-')}", name, type=click.UNPROCESSED, metavar=metavar, help=help_)


def text(value: str) -> str:
    """Return the text from the command line; bytes that are no UTF-8 become replacement characters."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a day such as 2025-02-13.") from error


def _since(context: click.Context, parameter: click.Parameter, day: date | None) -> date | None:
    until = context.params.get("until")
    if day and until and day > until:
        raise click.BadParameter(f"{day} is after --until {until}.", ctx=context, param=parameter)
    return day


def filters(function: Command) -> Command:
    """Add the filters that `ask` and `search` share."""
    return _options(
        function,
        click.option("--since", type=_day, callback=_since, metavar="DAY", help="Only articles from this day on."),
        # Read first, so that --since can be held against it.
        click.option(
            "--until",
            type=_day,
            is_eager=True,
            metavar="DAY",
            help="Only articles up to this day; asked as on this day.",
        ),
        click.option(
            "--outlet",
            type=text,
            multiple=True,
            metavar="NAME",
            help="Only articles of this outlet; given again, of any of them.",
        ),
    )


passages = click.option(
    "-k", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="Number of passages."
)
