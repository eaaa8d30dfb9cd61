"""NITF (IPTC): one article, its head with the facts about it and its body with the marked-up text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natoqa.errors import ArticleError
from natoqa.readers import markup
from natoqa.readers.news_json import WITHDRAWN
from natoqa.readers.reading import LeftOut
from natoqa.readers.xml_tree import at, attribute, children, words

if TYPE_CHECKING:
    from lxml.etree import _Element

_BY = re.compile(r"by\s+", re.IGNORECASE)


def fields_of(root: _Element) -> dict[str, object]:
    """Return what a `nitf` element says about its article; what it does not say is None.

    Raises `LeftOut` for an article that its publisher has withdrawn.
    """
    facts, body_head = at(root, "head", "docdata"), at(root, "body", "body.head")
    status = (attribute(facts, "management-status") or "").lower()
    if status in WITHDRAWN:
        raise LeftOut("is left out: its publisher has withdrawn it or holds it back", status)
    publication = at(root, "head", "pubdata")
    return {
        "id": attribute(at(facts, "doc-id"), "id-string"),
        "title": words(at(body_head, "hedline", "hl1")) or words(at(root, "head", "title")),
        "outlet": attribute(publication, "name") or words(at(body_head, "distributor")),
        "published": (
            attribute(publication, "date.publication")
            or attribute(at(facts, "date.issue"), "norm")
            or attribute(at(facts, "date.release"), "norm")
            or attribute(at(body_head, "dateline", "story.date"), "norm")
        ),
        "authors": _authors(body_head),
        "language": attribute(root, "lang") or attribute(at(root, "body"), "lang"),
        "kind": attribute(at(root, "head", "tobject"), "tobject.type"),
    }


def text_of(root: _Element) -> str:
    """Return the text of a `nitf` element. Raises `ArticleError` if it has none."""
    body = at(root, "body", "body.content")
    if body is None:
        raise ArticleError("it holds no text: its NITF has no body.content")
    return markup.text_of(body)


def _authors(body_head: _Element | None) -> list[str]:
    """Return who the bylines name: the persons that are marked, else the line without "By" and the job."""
    names: list[str] = []
    for byline in children(body_head, "byline") if body_head is not None else ():
        persons = [name for person in children(byline, "person") if (name := words(person))]
        title = words(at(byline, "byttl")) or ""
        line = (words(byline) or "").removesuffix(title).strip(" ,")
        names += persons or [_BY.sub("", line, count=1)]
    return [name for name in names if name]
