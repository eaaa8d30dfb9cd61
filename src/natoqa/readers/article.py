"""Fields and body -> Article: the rules for text, title, date, outlet, address and authors, the same for all formats.

A day is taken from the fields, else from a dateline with its year, else from the article's own address.

What the file does not say is None. A value that cannot be used is left out with a remark; one of the wrong type makes
the article a failed one, for then the file is not what its author took it for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

from natoqa.errors import ArticleError
from natoqa.readers import datelines, dates, markdown
from natoqa.readers.decoding import clean
from natoqa.readers.reading import Remark
from natoqa.types import Article, DateOrigin

LONGEST_TITLE = 300
"""Characters of a title; headlines have up to 150, but the first line may be a whole article."""

FIRST_LINES = 50
"""Lines in which the title is looked for where there is neither heading nor image."""

UNDATED = "published does not name one day; the article stays undated"
NO_ADDRESS = "url is no http(s) address; left out"

KINDS = {
    "news": "news",
    "opinion": "opinion",
    "editorial": "opinion",
    "op ed": "opinion",
    "comment": "opinion",
    "commentary": "opinion",
    "analysis": "analysis",
    "live": "live",
    "live blog": "live",
    "liveblog": "live",
    "press release": "press release",
    "news release": "press release",
    "wire": "wire",
}
"""The words for the kind of an article that mean one thing everywhere; others are none of natoqa's kinds."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|file:.*|(?:www\.|[\w-]+(?:\.[\w-]+)+/)\S*", re.IGNORECASE)
_PATH = re.compile(
    r"(?:[a-z]:[\\/]|\\\\|~[\\/]|\.{1,2}[\\/]).*|/\S+|"
    r".*\w\.(?:md|markdown|txt|text|rtf|html?|pdf|docx?|odt|indd|jsonl?|ndjson|xml|pptx?|xlsx?|jpe?g|png|gif|webp|svg)",
    re.IGNORECASE,
)


def assemble(
    fields: Mapping[str, object],
    body: str,
    *,
    path: str,
    record: str | None = None,
    published_from: DateOrigin = "field",
) -> tuple[Article, tuple[Remark, ...]]:
    """Return the article that `fields` and `body` make, and what was left out of it.

    `fields` may have `title, outlet, published, url, authors, updated, language, kind`; `published_from` tells where
    their `published` comes from.

    Raises `ArticleError` for a body without words and for a field of the wrong type.
    """
    alternatives, rest = markdown.split_leading_images(clean(body))
    text = rest.strip()
    if not any(map(str.isalnum, text)):
        raise ArticleError("it holds no text")
    remarks: list[Remark] = []
    url = _url(fields, remarks)
    published, origin = _published(fields, published_from, text, url, remarks)
    article = Article(
        title=_title(_text(fields, "title"), alternatives, text),
        text=text,
        path=path,
        outlet=_text(fields, "outlet"),
        published=published,
        url=url,
        authors=_authors(fields),
        record=record,
        published_from=origin,
        updated=_updated(fields),
        language=_language(fields),
        kind=_kind(fields),
    )
    return article, tuple(remarks)


def _title(given: str | None, alternatives: tuple[str, ...], text: str) -> str:
    for candidate in _candidates(given, alternatives, text):
        if any(map(str.isalnum, candidate)) and not names_a_place(candidate):
            return _shortened(candidate)
    return _shortened(_one_line(text.split("\n", 1)[0]))


def _candidates(given: str | None, alternatives: tuple[str, ...], text: str) -> Iterator[str]:
    """Yield what may be the title, in the contract's order."""
    if given:
        yield given
    yield markdown.first_heading(text)
    yield from alternatives
    for line in text.split("\n", FIRST_LINES)[:FIRST_LINES]:
        yield markdown.plain(line)


def names_a_place(title: str) -> bool:
    """Return whether `title` is an address or a path, as converters leave them where a title belongs."""
    return bool(_ADDRESS.fullmatch(title) or _PATH.fullmatch(title))


def _shortened(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    head = title[: LONGEST_TITLE - 1]
    return (head.rpartition(" ")[0] or head) + "…"


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ArticleError(f"{name} should be text, not {kind(value)}")
    return _one_line(value) or None


def _one_line(value: str) -> str:
    return " ".join(clean(value).split())


def kind(value: object) -> str:
    """Return what `value` is, in JSON's words."""
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), "text")


def _published(
    fields: Mapping[str, object], given_in: DateOrigin, text: str, url: str | None, remarks: list[Remark]
) -> tuple[date | None, DateOrigin | None]:
    """Return the day and where it was found; what the fields give and cannot be used is not made up for."""
    value = fields.get("published")
    if value is not None and value != "":
        day = _day(value)
        if day is None:
            remarks.append(Remark(UNDATED, _one_line(str(value))))
        return day, given_in if day else None
    if day := datelines.in_text(text):
        return day, "dateline"
    if day := datelines.in_address(url or ""):
        return day, "address"
    return None, None


def _day(value: object) -> date | None:
    # A day such as 20250213 is a number in JSON and text in YAML.
    return dates.calendar_day(str(value)) if isinstance(value, str | int) else None


def _updated(fields: Mapping[str, object]) -> date | None:
    value = fields.get("updated")
    return _day(value) if value else None


def _language(fields: Mapping[str, object]) -> str | None:
    """Return the language code that is given, `en_GB` as `en-GB`; None for what is none."""
    value = fields.get("language")
    code = value.strip().replace("_", "-") if isinstance(value, str) else ""
    return code if _LANGUAGE.fullmatch(code) else None


def _kind(fields: Mapping[str, object]) -> str | None:
    value = fields.get("kind")
    return KINDS.get(" ".join(re.split(r"[\s_-]+", value.strip().lower()))) if isinstance(value, str) else None


def _url(fields: Mapping[str, object], remarks: list[Remark]) -> str | None:
    value = _text(fields, "url")
    if value and not _is_web_address(value):
        remarks.append(Remark(NO_ADDRESS, value))
        return None
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and value.isprintable() and " " not in value
    except ValueError:
        return False


def _authors(fields: Mapping[str, object]) -> tuple[str, ...]:
    value = fields.get("authors")
    names = value if isinstance(value, list) else [value]
    return tuple(name for name in (_author(each) for each in names) if name)


def _author(value: object) -> str:
    name = value.get("name") if isinstance(value, dict) else value
    if name is not None and not isinstance(name, str):
        raise ArticleError(f"authors should be names, not {kind(name)}")
    return _one_line(name or "")
