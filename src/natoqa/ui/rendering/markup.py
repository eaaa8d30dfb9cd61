"""What every part of the page is made of: escaped text, days, counts, references to articles, problems."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from natoqa.errors import NatoqaError
from natoqa.sanitizing import html_text as escaped
from natoqa.sanitizing import web_address
from natoqa.types import Article, Citation

__all__ = [
    "ELSEWHERE",
    "count",
    "dated_origin",
    "day",
    "escaped",
    "name",
    "origin",
    "plain_day",
    "reference",
    "references",
    "said_by",
    "shortened",
    "source_id",
    "trouble",
]

# A question is repeated above its answer; pasted articles would push the answer off the screen.
_SHOWN_QUESTION = 600
# Headlines have up to 150 characters, names of outlets and people far fewer: longer ones are no names.
_SHOWN_NAME = 300
# Where a reader found the day, as readers of news would say it.
_DATED: dict[str, str] = {
    "front matter": "from the head of its file",
    "JSON-LD": "from the data of its web page",
    "meta": "from the data of its web page",
    "header": "from its e-mail header",
    "field": "from its record",
    "dateline": "from its dateline",
    "address": "from its web address",
}
ELSEWHERE = 'target="_blank" rel="noopener noreferrer"'


def day(when: date) -> str:
    """Return a day as programs and people read it."""
    return f'<time datetime="{when.isoformat()}">{plain_day(when)}</time>'


def plain_day(when: date) -> str:
    """Return a day in words, such as 3 May 2024."""
    return f"{when.day} {when:%B} {when.year}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str, longest: int = _SHOWN_QUESTION) -> str:
    """Return a question or quote as long as it can be repeated."""
    return text if len(text) <= longest else text[:longest].rstrip() + " …"


def name(value: str) -> str:
    """Return a title, an outlet or a person's name, escaped and isolated: its direction of writing ends with it."""
    return f"<bdi>{escaped(shortened(value, _SHOWN_NAME))}</bdi>"


def source_id(turn: int, number: int) -> str:
    """Return the id of a citation's place among the sources."""
    return f"source-{turn}-{number}"


def origin(article: Article | Citation) -> str:
    """Return outlet and day of an article."""
    parts = [
        name(article.outlet) if article.outlet else "",
        day(article.published) if article.published else "no date",
    ]
    return " · ".join(filter(None, parts))


def dated_origin(article: Article) -> str:
    """Return outlet and day of an article and, where known, what the day was taken from."""
    told = _DATED.get(article.published_from or "", "") if article.published else ""
    return f'{origin(article)} <span class="dated">({told})</span>' if told else origin(article)


def said_by(citation: Citation) -> str:
    """Return the speaker of a quotation with the role, nothing where nobody is named."""
    if not citation.speaker:
        return ""
    role = f", {name(citation.role)}" if citation.role else ""
    return f"<strong>{name(citation.speaker)}</strong>{role}"


def references(articles: Iterable[Article]) -> str:
    """Return a list of articles, linked where they have an address."""
    return f'<ul class="references">{"".join(f"<li>{reference(article)}</li>" for article in articles)}</ul>'


def reference(article: Article) -> str:
    """Return what names an article."""
    address = web_address(article.url)
    title = name(article.title)
    named = f'<a href="{escaped(address)}" {ELSEWHERE}>{title}</a>' if address else f"<span>{title}</span>"
    return f'{named} <span class="origin">{origin(article)}</span>'


def trouble(problem: NatoqaError) -> str:
    """Return what happened and what to do."""
    return f'<p class="problem">{escaped(problem)}</p><p class="hint">{escaped(problem.hint)}</p>'
