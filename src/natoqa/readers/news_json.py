"""A JSON object -> the fields of an article: natoqa's own form, ninjs, AP's, and what news APIs answer with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from natoqa.errors import ArticleError
from natoqa.readers import markup
from natoqa.readers.article import kind
from natoqa.readers.fields import FieldTable
from natoqa.readers.reading import LeftOut

OWN = ("id", "title", "url", "published", "outlet", "authors", "updated", "language", "kind")
"""natoqa's own names beside `text`: a wrong value under one is an error, under another's name it is passed over."""

WITHDRAWN = frozenset({"canceled", "cancelled", "withheld", "killed", "withdrawn", "retracted", "deleted"})
"""What the trade's `pubstatus` says of an article that must not be used (ninjs, NewsML-G2, NITF)."""

MEDIA = frozenset({"picture", "photo", "image", "graphic", "audio", "video", "animation", "event", "planning"})
"""What the trade's `type` says of an item that is no text."""

WRAPPED = 3
"""Objects around an article that are opened: an API's answer, its data, an item of it."""

_CUT_OFF = re.compile(r"\[\+\d+ char(?:acter)?s?\]\s*\Z")
_BY = re.compile(r"(?:by|von|par|por)\s+(?=\S)", re.IGNORECASE)


def items(content: object, table: FieldTable) -> list[Any] | None:
    """Return the articles of a document that lists them, None for one that does not."""
    for _ in range(WRAPPED):
        if not isinstance(content, dict):
            break
        content = _inside(content, table)
    return content if isinstance(content, list) else None


def unwrapped(item: Any, table: FieldTable) -> Any:
    """Return the article itself of an item such as `{"_source": {…}}` or `{"data": {"item": {…}}}`."""
    for _ in range(WRAPPED):
        inner = _inside(item, table) if isinstance(item, dict) else None
        if not isinstance(inner, dict):
            break
        item = inner
    return item


def _inside(content: Mapping[str, Any], table: FieldTable) -> object:
    """Return the list or the object that `content` is wrapped around, None for an article."""
    own = content.get("articles")
    if isinstance(own, list):
        return own
    if _is_article(content, table):
        return None
    found = [value for _, value in _named(content, "articles", table) if isinstance(value, list | dict)]
    return next((value for value in found if isinstance(value, list)), next(iter(found), None))


def _is_article(content: Mapping[str, Any], table: FieldTable) -> bool:
    """Return whether a text stands in `content` itself; it is not taken out of its marks yet, which takes time."""
    own = content.get("text")
    values = [("text", own), *_named(content, "text", table)]
    return any(
        (isinstance(value, str) and not value.isspace() and value != "")
        or (name == "bodies" and isinstance(value, list))
        for name, value in values
    )


def read(item: object, table: FieldTable) -> tuple[dict[str, object], str]:
    """Return the fields of an article under natoqa's names, and its text.

    Raises `ArticleError` where the text is missing, is none or was cut off, `LeftOut` for an item that is no text or
    must not be used.
    """
    if not isinstance(item, dict):
        raise ArticleError(f"it should be a JSON object, not {kind(item)}")
    status = _word(item, "status", table)
    if status in WITHDRAWN:
        raise LeftOut("is left out: its publisher has withdrawn it or holds it back", status)
    text = _text(item, table)
    if text is None:
        type_ = _word(item, "type", table)
        if type_ in MEDIA:
            raise LeftOut("is left out: it is no text", type_)
        if item.get("text") is not None:
            raise ArticleError(f"its text should be text, not {kind(item['text'])}")
        raise ArticleError("its text is missing")
    if _CUT_OFF.search(text):
        raise ArticleError("it holds the beginning of the article only; the news API cut off the rest")
    found = {name: _field(item, name, table) for name in (*OWN, "version")}
    return {name: value for name, value in found.items() if value is not None}, text


def _named(item: Mapping[str, Any], name: str, table: FieldTable) -> Iterator[tuple[str, Any]]:
    yield from table.of_the_corpus(item, name)
    yield from table.elsewhere(item, name)


def _word(item: Mapping[str, Any], name: str, table: FieldTable) -> str:
    """Return a word of the trade's vocabularies, which may be a code with a prefix: `stat:canceled`."""
    values = (value for _, value in [*_named(item, name, table), (name, item.get(name))] if isinstance(value, str))
    return next(values, "").rpartition(":")[2].strip().lower()


def _text(item: Mapping[str, Any], table: FieldTable) -> str | None:
    for name, value in table.of_the_corpus(item, "text"):
        if text := _readable(name, value):
            return text
    own = item.get("text")
    if isinstance(own, str) and own.strip():
        return own
    if own is not None and not isinstance(own, str):
        return None
    return next(filter(None, (_readable(name, value) for name, value in table.elsewhere(item, "text"))), own)


def _readable(name: str, value: object) -> str | None:
    """Return the text under a foreign name: without the marks of HTML and NITF, of ninjs' bodies the best one."""
    if isinstance(value, list):
        return _best_body(value)
    if not isinstance(value, str) or not value.strip():
        return None
    marked = any(mark in name for mark in ("html", "nitf", "rendered")) or markup.looks_marked(value)
    return markup.text_of_fragment(value) if marked else value


def _best_body(bodies: list[Any]) -> str | None:
    """Return the text of ninjs' `bodies`, which give one text in several forms: one with paragraphs, if there is."""
    texts: list[tuple[bool, str]] = []
    for body in bodies:
        form = {key.lower(): value for key, value in body.items()} if isinstance(body, dict) else {}
        content_type = str(form.get("contenttype", "text/plain")).lower()
        if content_type.startswith(("text/html", "text/plain", "application/xhtml")):
            name = "html" if "html" in content_type else ""
            texts.append((not name, _readable(name, form.get("value")) or ""))
    return next((text for _, text in sorted(texts, key=lambda each: each[0]) if text), None)


def _field(item: Mapping[str, Any], name: str, table: FieldTable) -> object:
    for given, value in table.of_the_corpus(item, name):
        if (usable := _usable(name, given, value)) is not None:
            return usable
    own = item.get(name)
    if own is not None and own != "" and not _is_foreign(name, own):
        return own
    for given, value in table.elsewhere(item, name):
        if (usable := _usable(name, given, value)) is not None:
            return usable
    return None


def _is_foreign(name: str, value: object) -> bool:
    """Return whether `value` is another's form of the field: WordPress has `{"title": {"rendered": "…"}}`."""
    return name == "title" and isinstance(value, dict) and "rendered" in value


def _usable(name: str, given: str, value: Any) -> object:
    """Return a value found under the foreign name `given` if it can be one of the field `name`."""
    if name == "authors":
        return _authors(value)
    if name == "title":
        return _title(given, value)
    if name == "kind" and isinstance(value, list):  # ninjs: [{"name": "Opinion"}]
        value = next((each.get("name") for each in value if isinstance(each, dict)), None)
    if isinstance(value, str):
        fits = name != "url" or value.strip().lower().startswith(("http://", "https://"))
        return value if fits and value.strip() else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and name in ("id", "published", "version") else None


def _title(given: str, value: Any) -> str | None:
    if isinstance(value, list):  # ninjs: headlines for several uses, the main one among them
        heads = [head for head in value if isinstance(head, dict) and isinstance(head.get("value"), str)]
        main = [head for head in heads if str(head.get("role", "")).lower() in ("main", "")]
        value = (main or heads or [{"value": None}])[0]["value"]
    if not isinstance(value, str) or not value.strip():
        return None
    return markup.text_of_fragment(value) if given == "rendered" or markup.looks_marked(value) else value


def _authors(value: Any) -> list[str] | None:
    names = [name for each in (value if isinstance(value, list) else [value]) for name in _author_names(each)]
    return names or None


def _author_names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "by", "full_name", "fullname") if value.get(key)), None)
    if isinstance(value, str) and (name := _BY.sub("", markup.plain(value).strip(), count=1)):
        yield name
