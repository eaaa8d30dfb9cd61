"""Users who may log in on the page. A password is asked for or read from stdin: arguments are seen by everybody."""

from __future__ import annotations

import getpass
import sys

import click

from natoqa.cli import report
from natoqa.cli.console import Console
from natoqa.cli.options import Commands, takes, text
from natoqa.settings import Settings


@click.group(cls=Commands)
def user() -> None:
    """Say who may log in on the page.

    For example:
        natoqa user add ann
    """


@user.command()
@click.argument("name", type=text)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--replace", is_flag=True, help="Give a user who is there another password.")
@click.option("--admin", is_flag=True, help="Make the user an admin, who may also change what is in the corpus.")
@takes("data")
def add(console: Console, settings: Settings, *, name: str, password_stdin: bool, replace: bool, admin: bool) -> None:
    """Add the user NAME; the password is asked for twice.

    For example:
        natoqa user add ann
    """
    from natoqa.users import Users

    password = _from_stdin() if password_stdin else _asked()
    Users(settings.data_folder).add(name, password, replace=replace, admin=admin)
    done = "has another password" if replace else "was added"
    console.result({"name": name, "replaced": replace}, f"{name} {done}.")


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask for the password; --password-stdin reads it from stdin.",
            click.get_current_context(),
        )
    try:
        password = getpass.getpass("Password: ")
        again = getpass.getpass("The same again: ")
    except EOFError as error:
        raise click.Abort from error
    if password != again:
        raise click.UsageError("The two passwords are not the same.", click.get_current_context())
    return password


@user.command(name="list")
@takes("data")
def list_(console: Console, settings: Settings) -> None:
    """List the users.

    For example:
        natoqa user list
    """
    from natoqa.users import Users

    found = Users(settings.data_folder).list()
    console.result({"users": [each.to_dict() for each in found]}, report.users(found))


@user.command()
@click.argument("name", type=text)
@click.option(
    "--keep-conversations", is_flag=True, help="Keep what they asked; whoever is added by this name will see it."
)
@takes("data")
def remove(console: Console, settings: Settings, *, name: str, keep_conversations: bool) -> None:
    """Remove the user NAME and their conversations.

    For example:
        natoqa user remove ann
    """
    from natoqa import conversations
    from natoqa.users import Users

    Users(settings.data_folder).remove(name)
    kept = conversations.Conversations(settings.data_folder)
    deleted = 0 if keep_conversations else kept.forget(conversations.user(name))
    console.result(
        {"name": name, "conversations_deleted": deleted},
        f"{name} was removed; {deleted} {'conversation' if deleted == 1 else 'conversations'} deleted.",
    )
