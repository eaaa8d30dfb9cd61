r"""Front matter: the fields between two `---` lines at the top of a Markdown or text file.

What a rule at the top encloses is front matter only when it looks like it, so that no text is lost:

- lines `name: value` with one of the fields of an article among the names, or with plain lower-case names only
  (the front matter of other tools);
- with one of these fields, but broken or without its closing line, it is a failed article: as text it would
  show up in answers, and dropping it would lose the date unnoticed;
- everything else is text.

Headlines are full of colons and quotation marks, which YAML wants quoted: `title: Rutte: no promise` is read as meant.

YAML is walked event by event and never built into objects: all values are text (`2025-02-30` is no error here, `No` no
truth value), tags do nothing, and aliases, with which a few lines grow into gigabytes, are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml

from natoqa.errors import ArticleError
from natoqa.readers.reading import Remark

FIELDS = ("title", "outlet", "published", "url", "authors")

LONGEST = 65_536
"""Characters of the longest front matter; one with abstract and tags has 5,000, above this it is a mistake."""

DEEPEST = 8
"""Levels of nesting that are followed; the fields of an article need two."""

_OPENING = re.compile(r"\s*^---[ \t]*\n", re.MULTILINE)
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$\n?", re.MULTILINE)
_FIELD_LINE = re.compile(rf"^(?:{'|'.join(FIELDS)})[ \t]*:", re.IGNORECASE | re.MULTILINE)
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_-]*")
_VALUE_LINE = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:[ \t]+(\S.*)$", re.MULTILINE)
_NULLS = ("", "~", "null", "Null", "NULL")


class FrontMatter(NamedTuple):
    """The fields (names in lower case, values text, lists or None), the text after them, and remarks."""

    fields: Mapping[str, object]
    body: str
    remarks: tuple[Remark, ...] = ()


def split(text: str) -> FrontMatter:
    """Split `text` (with plain newlines) into front matter and body; without front matter all of it is body.

    Raises `ArticleError` for front matter that is broken, not closed or longer than `LONGEST`.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter({}, text)
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        if _FIELD_LINE.match(text, opening.end()):
            raise ArticleError("its front matter has no closing line `---`")
        return FrontMatter({}, text)
    block, body = text[opening.end() : closing.start()], text[closing.end() :]
    if not block.strip():
        return FrontMatter({}, body)
    if len(block) > LONGEST:
        if _FIELD_LINE.match(block):
            raise ArticleError(f"its front matter is longer than {LONGEST:,} characters; is a line `---` missing?")
        return FrontMatter({}, text)
    fields, remarks = _read(block, first_line=text.count("\n", 0, opening.end()) + 1)
    return FrontMatter({}, text) if fields is None else FrontMatter(fields, body, remarks)


def _read(block: str, *, first_line: int) -> tuple[Mapping[str, object] | None, tuple[Remark, ...]]:
    """Return the fields of `block`, None if it is no front matter, and what had to be repaired."""
    remarks: tuple[Remark, ...] = ()
    try:
        entries = _entries(block)
    except yaml.YAMLError as error:
        if not _FIELD_LINE.search(block):
            return None, ()
        try:
            entries = _entries(_quoted(block))
        except yaml.YAMLError:
            raise ArticleError(f"its front matter is not valid YAML: {_where(error, first_line)}") from error
        remarks = (Remark("has values in its front matter that want quotation marks; they were read as they stand"),)
    if entries is None:
        return None, ()
    lowered = {name.lower(): value for name, value in entries.items()}
    if lowered.keys() & set(FIELDS) or all(_PLAIN_NAME.fullmatch(name) for name in entries):
        return lowered, remarks
    return None, ()


def _quoted(block: str) -> str:
    """Return `block` with quotation marks around each value that YAML cannot read by itself; lists stay as they are."""

    def quote(line: re.Match[str]) -> str:
        name, value = line.groups()
        if name.lower() == "authors" and value[0] in "[{":
            return line[0]
        try:
            _entries(line[0])
        except yaml.YAMLError:
            return f"{name}: {json.dumps(value.rstrip(), ensure_ascii=False)}"
        return line[0]

    return _VALUE_LINE.sub(quote, block)


def _where(error: yaml.YAMLError, first_line: int) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + first_line}: {problem}" if mark else problem


def _entries(block: str) -> dict[str, object] | None:
    """Return the entries of a YAML mapping, None if `block` is something else."""
    events = iter(yaml.parse(block, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    for event in events:
        if isinstance(event, yaml.MappingStartEvent):
            entries = _mapping(events, depth=1)
            return entries if not any(isinstance(rest, yaml.DocumentStartEvent) for rest in events) else None
        if isinstance(event, yaml.NodeEvent):
            return None
    return None


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, object]:
    entries: dict[str, object] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        name = _value(event, events, depth)
        value = _value(next(events), events, depth)
        if isinstance(name, str):
            entries[name] = value
    return entries


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> object:
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0]
        return None if plain and event.value in _NULLS else event.value
    if isinstance(event, yaml.AliasEvent):
        raise yaml.YAMLError("aliases (*name) are not followed")
    if depth >= DEEPEST:
        raise yaml.YAMLError("it is nested too deeply")
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth + 1)
    items = []
    for item in events:
        if isinstance(item, yaml.SequenceEndEvent):
            break
        items.append(_value(item, events, depth + 1))
    return items
