"""The list of a visitor's conversations, and the ways to take the present one along."""

from __future__ import annotations

from collections.abc import Sequence

from natoqa.conversations import Summary
from natoqa.conversations.store import LONGEST_TITLE
from natoqa.ui.rendering.markup import count, escaped, plain_day

# More make the list slow and nobody reads so far down; the others are reached by their addresses.
_LISTED = 300
UNTITLED = "Untitled"
_FORMATS = (("md", "Markdown"), ("json", "JSON"), ("html", "Page to print"))


def history(summaries: Sequence[Summary], *, present: str | None, problem: str = "") -> str:
    """Return the visitor's conversations, the present one marked; `problem` says why they cannot be read."""
    listed = "".join(_item(each, present) for each in summaries[:_LISTED])
    left_out = len(summaries) - _LISTED
    parts = [
        f'<ul class="conversations">{listed}</ul>' if listed else "",
        f'<p class="empty">and {count(left_out, "older one")}</p>' if left_out > 0 else "",
        f'<p class="empty">{escaped(problem)}</p>' if problem else "",
        '<p class="empty">What you ask is kept here.</p>' if not listed and not problem else "",
    ]
    return (
        f'<nav aria-label="Conversations" data-present="{escaped(present or "")}" data-longest="{LONGEST_TITLE}">'
        '<div class="bar"><button type="button" class="fold" data-key="fold" aria-expanded="false" '
        f'aria-controls="conversations">Conversations ({len(summaries)})</button>'
        '<button type="button" class="anew" data-key="anew">New conversation</button></div>'
        f'<div class="foldable" id="conversations"><h2>Conversations</h2>{"".join(parts)}</div></nav>'
    )


def _item(summary: Summary, present: str | None) -> str:
    title = escaped(summary.title or UNTITLED)
    here = ' aria-current="page"' if summary.id == present else ""
    about = f"{count(summary.turns, 'question')}, last on {plain_day(summary.updated.date())}"
    key = escaped(summary.id)
    return (
        f'<li data-id="{key}" data-title="{title}"><a class="open" data-key="open-{key}" href="?c={key}"{here} '
        f'title="{title} – {about}"><bdi>{title}</bdi></a>'
        f'<button type="button" class="rename" data-key="rename-{key}" aria-label="Rename {title}" title="Rename">'
        f'{_PEN}</button><button type="button" class="delete" data-key="delete-{key}" aria-label="Delete {title}" '
        f'title="Delete">{_BIN}</button></li>'
    )


def _drawn(path: str) -> str:
    return (
        '<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" '
        f'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
    )


_PEN = _drawn("M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19zM14.5 6.5l3 3")
_BIN = _drawn("M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5")


def exports(conversation_id: str) -> str:
    """Return the links to a kept conversation as a document."""
    ways = "".join(
        f'<li><a href="export/{escaped(conversation_id)}.{form}" download>{name}</a></li>' for form, name in _FORMATS
    )
    return f'<div class="ways"><p id="export-as">Export:</p><ul aria-labelledby="export-as">{ways}</ul></div>'


def notice(text: str) -> str:
    """Return a sentence that the page says once, such as why something could not be kept."""
    return f"<p>{escaped(text)}</p>"
