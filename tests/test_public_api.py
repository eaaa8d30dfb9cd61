"""What users import: exactly what is listed, with the names of the documented JSON."""

import dataclasses
import inspect
from datetime import date
from typing import Any

import natoqa
from natoqa import Answer, Article, Citation, Hit, Index, SyncReport, errors, types


def test_all_is_sorted_and_complete() -> None:
    assert natoqa.__all__ == sorted(natoqa.__all__)
    for name in natoqa.__all__:
        assert getattr(natoqa, name) is not None
    errors_there = {name for name, value in vars(errors).items() if inspect.isclass(value)} - {"ClassVar"}
    assert errors_there <= set(natoqa.__all__), "an error that users cannot catch by its name"


def test_every_error_tells_what_to_do() -> None:
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, errors.NatoqaError):
            assert kind("what happened").hint, name
            assert kind.exit_code in (1, 2)
            assert kind("x", hint="do this").hint == "do this"
    tree = errors.__doc__ or ""
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, errors.NatoqaError):
            assert name in tree, f"{name} is missing in the drawn tree"


ARTICLE = Article(article_id="a", version=2, title="T", text="One. Two.", path="t.md", published=date(2025, 2, 13))

CONTRACT = {
    "hit": {"rank", "score", "text", "article_id", "title", "outlet", "published", "url", "path", "start", "end"},
    "citation": {"number", "quote", "speaker", "role", "title", "outlet", "published", "url", "path", "article_id",
                 "version", "start", "end", "copies"},
    "answer": {"question", "query", "status", "answerer", "text", "short_answer", "sentences", "citations", "nearest",
               "confidence", "as_of", "filters", "notes", "elapsed_ms"},
    "report": {"added", "changed", "moved", "removed", "unchanged", "duplicates", "failed", "articles", "passages",
               "elapsed_s"},
    "nearest": {"article_id", "title", "outlet", "published", "url", "path"},
}  # fmt: skip


def test_attributes_have_the_names_of_the_json() -> None:
    hit = Hit(1, 0.5, "One.", 0, 4, ARTICLE)
    citation = Citation(1, "One.", 0, 4, ARTICLE, copies=(ARTICLE,))
    answer = Answer("q", "q", "answered", "extractive", "One. [1]", citations=(citation,), nearest=(ARTICLE,))
    nouns: dict[str, Any] = {"hit": hit, "citation": citation, "answer": answer, "report": SyncReport()}
    for name, value in nouns.items():
        document = value.to_dict()
        assert CONTRACT[name] <= set(document)
        for key in document:
            assert hasattr(value, key), f"{name}.{key}"
    assert set(answer.to_dict()["nearest"][0]) == CONTRACT["nearest"]
    assert set(citation.to_dict()["copies"][0]) == CONTRACT["nearest"]
    assert citation.article is ARTICLE
    assert hit.article is ARTICLE
    assert citation.to_dict()["published"] == "2025-02-13"


def test_nouns_are_frozen_and_show_themselves() -> None:
    for kind in vars(types).values():
        if inspect.isclass(kind) and dataclasses.is_dataclass(kind):
            assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
    assert "2025-02-13" in repr(ARTICLE)
    assert "One." in repr(Hit(1, 0.5, "One.", 0, 4, ARTICLE))
    assert "One." in repr(Citation(1, "One.", 0, 4, ARTICLE))


def test_filters_are_keyword_only() -> None:
    for function in (Index.search, Index.retrieve, natoqa.Chatbot.ask, natoqa.Chatbot.stream, natoqa.Chatbot.aask):
        parameters = list(inspect.signature(function).parameters.values())
        assert [each.name for each in parameters if each.name in ("since", "until", "outlet")] == [
            "since",
            "until",
            "outlet",
        ]
        assert all(each.kind is each.KEYWORD_ONLY for each in parameters[2:])


def test_version_is_the_package_s() -> None:
    from importlib.metadata import version

    assert natoqa.__version__ == version("natoqa")
