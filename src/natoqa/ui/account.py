"""Who is logged in, and the button that logs out: a form of plain HTML, as the login is one."""

from __future__ import annotations

from html import escape
from typing import Any


def account(state: Any) -> str:
    """Return the line for the state of a request; empty where nobody had to log in."""
    user = getattr(state, "user", None)
    if not user:
        return ""
    # Relative to the page, so that it is right below a proxy's path, too.
    return (
        f'<form method="post" action="logout"><span>Logged in as {escape(user)}</span> '
        '<button type="submit">Log out</button></form>'
    )
