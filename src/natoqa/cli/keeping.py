"""Conversations that were kept and what readers thought of the answers: for who runs natoqa.

Whoever may read the file of conversations may see all of them, so these commands ask for no owner.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from natoqa.cli import report
from natoqa.cli.console import Console
from natoqa.cli.options import Commands, DocumentedCommand, takes, text
from natoqa.errors import IndexingError
from natoqa.sanitizing import json_text
from natoqa.settings import Settings

if TYPE_CHECKING:
    from natoqa.conversations import Format
    from natoqa.index import Index


@click.group(cls=Commands)
def conversations() -> None:
    """List the conversations that were kept, and export them.

    For example:
        natoqa conversations list
    """


@conversations.command(name="list")
@click.option("--user", "name", type=text, metavar="NAME", help="Only those of this user.")
@takes("data")
def list_(console: Console, settings: Settings, *, name: str | None) -> None:
    """List the conversations, the one that was added to last first.

    For example:
        natoqa conversations list --user ann
    """
    from natoqa.conversations import Conversations, user

    kept = Conversations(settings.data_folder)
    found = kept.summaries_of_everyone() if name is None else kept.summaries(user(name))
    value = {"conversations": [summary.to_dict() for summary in found]}
    console.result(value, report.conversations(found))


@conversations.command()
@click.argument("conversation_id", type=text, metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json", "html"]),
    help="Markdown, JSON, or a page to print.  [default: md]",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE, as UTF-8.")
@takes("data")
def export(
    console: Console, settings: Settings, *, conversation_id: str, form: Format | None, out: Path | None
) -> None:
    """Export a conversation with the speaker, outlet, date, title and link of every quotation.

    Where there is an index, citations whose article has changed or gone since are marked.

    For example:
        natoqa conversations export 2f1c… --format html --out talk.html
    """
    if console.as_json and (out or form not in (None, "json")):
        raise click.UsageError("--json prints the conversation as JSON.", click.get_current_context())
    from natoqa.conversations import Conversations, document, exported, standings

    conversation = Conversations(settings.data_folder).load_of_everyone(conversation_id)
    with ExitStack() as stack:
        index = _index(settings, stack)
        if console.as_json:
            console.result(document(conversation, standings(conversation, index)), "")
            return
        written = exported(conversation, form or "md", index=index)
    if out is None:
        console.result(None, written)
        return
    try:
        out.write_text(written, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"--out {out} cannot be written: {error.strerror}."
        raise click.UsageError(message, click.get_current_context()) from error


def _index(settings: Settings, stack: ExitStack) -> Index | None:
    from natoqa.index import Index

    try:
        return stack.enter_context(Index.open(settings.index, settings=settings, create=False))
    except IndexingError:
        # A conversation can be read without the articles; what has changed since cannot be told then.
        return None


@click.command(cls=DocumentedCommand)
@takes("data")
def feedback(console: Console, settings: Settings) -> None:
    """Print what readers thought of the answers, one JSON object a line: rating, reason, question, answer.

    With --json it is one document. Feedback on a conversation that was deleted is gone with it.

    For example:
        natoqa feedback > feedback.jsonl
    """
    from natoqa.conversations import Conversations

    given = [each.to_dict() for each in Conversations(settings.data_folder).feedback_of_everyone()]
    # No feedback is no line, not an empty one.
    if given or console.as_json:
        console.result({"feedback": given}, "\n".join(map(json_text, given)))
