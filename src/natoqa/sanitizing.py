"""Other people's text made harmless to show: article text, titles, names, questions and addresses.

`visible` takes out what acts instead of being seen, `html_text` and `markdown_text` what their format would obey,
`web_address` lets only addresses of web pages through, and `json_text` keeps a document the same for every parser.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

# Controls, marks that turn the direction of text round (a quotation could read as its opposite), half characters.
_ACTING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What CommonMark and its common extensions (tables, strikethrough, mathematics) take for markup inside of a line.
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~$]")


def visible(text: str) -> str:
    r"""Return the text with each character that acts instead of being seen replaced; line breaks stay.

    >>> visible("No\u202e troops\x1b[2J\r\n")
    'No� troops�[2J\n'
    """
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\t", " "))


def one_line(text: str) -> str:
    r"""Return the visible text as one line.

    >>> one_line(" Two\u2028 lines\n")
    'Two lines'
    """
    return visible(" ".join(text.split()))


def html_text(value: object) -> str:
    """Return the value as text of an HTML element or of a quoted attribute."""
    return html.escape(visible(str(value)), quote=True)


def markdown_text(value: object) -> str:
    r"""Return the value as one line of Markdown text that holds no markup; it must not begin a line.

    >>> markdown_text("![x](http://evil.example) & <b>")
    '!\\[x\\](http://evil.example) \\& \\<b\\>'
    """
    return _MARKUP.sub(lambda match: f"\\{match[0]}", one_line(str(value)))


def web_address(url: str | None) -> str | None:
    """Return the address if a reader may be sent there: http or https with a host, nothing invisible; else None."""
    if not url or any(character.isspace() or not character.isprintable() for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""Return the value as one JSON document, in which all that acts instead of being seen is written as `\u…`."""
    written = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", written)
