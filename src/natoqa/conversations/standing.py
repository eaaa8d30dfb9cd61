"""Whether an answer that was kept still stands, or a cited article has changed since or is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from natoqa.errors import ArticleNotFoundError
from natoqa.index import Index
from natoqa.types import Answer, Article, Citation, Json

State = Literal["unchanged", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of the article of a citation, and whether the quoted sentence is in it to this day.

    Where nothing is cited `number` is that of one of the nearest articles, and the sentence the one that comes closest.
    """

    number: int
    state: State
    still_said: bool

    def to_dict(self) -> Json:
        """Return the standing as JSON."""
        return {"number": self.number, "state": self.state, "still_said": self.still_said}


# By the number of the turn.
Standings = Mapping[int, Sequence[Standing]]


def current(answer: Answer, index: Index) -> tuple[Standing, ...]:
    """Return for each citation of the answer, in their order, how its article stands in the index now.

    Where nothing is cited it is returned for each of the sentences that come closest.
    """
    return tuple(_standing(citation, index) for citation in answer.citations or answer.closest)


def restored(answer: Answer, index: Index) -> Answer:
    """Return a kept answer with the texts of the articles that it quotes, as they were then.

    A page shows quotations in them, and a `Chatbot` understands follow-up questions by them. An article whose text
    the index does not have any more, as it was made anew or keeps fewer versions, stays without: its quotation is
    still shown.
    """
    return replace(answer, citations=_with_texts(answer.citations, index), closest=_with_texts(answer.closest, index))


def _standing(citation: Citation, index: Index) -> Standing:
    now = _article(index, citation.article_id)
    if now is None:
        return Standing(citation.number, "gone", still_said=False)
    then = _article(index, citation.article_id, citation.version)
    if then and _quotes(then, citation):
        same = _content(now) == _content(then)
    else:
        # Without the text of then, the place of the quotation has to tell, if a later version is not proof enough.
        same = _quotes(now, citation) and (then is not None or now.version <= citation.version)
    return Standing(citation.number, "unchanged" if same else "changed", still_said=citation.quote in now.text)


def _with_texts(citations: Sequence[Citation], index: Index) -> tuple[Citation, ...]:
    return tuple(_with_text(citation, index) for citation in citations)


def _with_text(citation: Citation, index: Index) -> Citation:
    then = _cited(citation, index)
    if then is None:
        return citation
    article = replace(citation.article, text=then.text, authors=then.authors, record=then.record)
    return replace(citation, article=article)


def _cited(citation: Citation, index: Index) -> Article | None:
    """Return the very text that was quoted; an index made anew counts versions from the beginning."""
    then = _article(index, citation.article_id, citation.version)
    return then if then and _quotes(then, citation) else None


def _article(index: Index, article_id: str, version: int | None = None) -> Article | None:
    try:
        return index.article(article_id, version=version)
    except ArticleNotFoundError:
        return None


def _quotes(article: Article, citation: Citation) -> bool:
    return article.text[citation.start : citation.end] == citation.quote


def _content(article: Article) -> tuple[object, ...]:
    """Return what a reader would notice a change of; that a file was moved is none."""
    return article.title, article.text, article.outlet, article.published, article.url, article.authors
