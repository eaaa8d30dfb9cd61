"""What every part of the page is made of: escaped text, days, counts, references to articles, problems."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import date

from natoqa.errors import NatoqaError
from natoqa.sanitizing import web_address
from natoqa.types import Article

# A question is repeated above its answer; pasted articles would push the answer off the screen.
_SHOWN_QUESTION = 600
ELSEWHERE = 'target="_blank" rel="noopener noreferrer"'


def escaped(value: object) -> str:
    """Return a value as text between tags or in a quoted attribute."""
    return html.escape(str(value), quote=True)


def day(when: date) -> str:
    """Return a day as programs and people read it."""
    return f'<time datetime="{when.isoformat()}">{plain_day(when)}</time>'


def plain_day(when: date) -> str:
    """Return a day in words, such as 3 May 2024."""
    return f"{when.day} {when:%B %Y}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str) -> str:
    """Return a question or quote as long as it can be repeated."""
    return text if len(text) <= _SHOWN_QUESTION else text[:_SHOWN_QUESTION].rstrip() + " …"


def source_id(turn: int, number: int) -> str:
    """Return the id of a citation's place among the sources."""
    return f"source-{turn}-{number}"


def origin(article: Article) -> str:
    """Return outlet and day of an article."""
    parts = [
        escaped(article.outlet) if article.outlet else "",
        day(article.published) if article.published else "no date",
    ]
    return " · ".join(filter(None, parts))


def references(articles: Iterable[Article]) -> str:
    """Return a list of articles, linked where they have an address."""
    return f'<ul class="references">{"".join(f"<li>{reference(article)}</li>" for article in articles)}</ul>'


def reference(article: Article) -> str:
    """Return what names an article."""
    address = web_address(article.url)
    title = escaped(article.title)
    named = f'<a href="{escaped(address)}" {ELSEWHERE}>{title}</a>' if address else f"<span>{title}</span>"
    return f'<bdi>{named}</bdi> <span class="origin">{origin(article)}</span>'


def trouble(problem: NatoqaError) -> str:
    """Return what happened and what to do."""
    return f'<p class="problem">{escaped(problem)}</p><p class="hint">{escaped(problem.hint)}</p>'
