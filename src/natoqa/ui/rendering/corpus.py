"""The corpus page: what is indexed, lists of articles and failures, and one article as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from natoqa.errors import NatoqaError
from natoqa.sanitizing import web_address
from natoqa.serving.shared_index import IndexState
from natoqa.types import Article, CorpusOverview, FailureListing, Listing
from natoqa.ui.rendering.markup import ELSEWHERE, count, dated_origin, escaped, origin, trouble
from natoqa.ui.rendering.months import months, named_month

PAGE = 20
"""Articles and failures on one leaf of a list."""

OUTLETS = 12
"""Outlets on one leaf: most corpora have fewer."""

# Names that a browser offers while an outlet is typed; with more of them it becomes slow to type.
_OFFERED_OUTLETS = 500
# A browser lays out so much at once in a second; an article of more is a book.
_SHOWN_TEXT = 500_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles are listed: all, those of an outlet or a month, or those that lack a date or an outlet."""

    kind: str = "all"
    value: str = ""

    def filters(self) -> dict[str, str | bool]:
        """Return the choice as arguments of `Index.listing`."""
        chosen: Mapping[str, dict[str, str | bool]] = {
            "outlet": {"outlet": self.value},
            "month": {"month": self.value},
            "undated": {"undated": True},
            "without_outlet": {"without_outlet": True},
        }
        return chosen.get(self.kind, {})

    @property
    def heading(self) -> str:
        """What stands above the list, as HTML."""
        if self.kind == "outlet":
            return f"Articles of <bdi>{escaped(self.value)}</bdi>"
        if self.kind == "month":
            return f"Articles of {named_month(self.value)}"
        return {"undated": "Articles without a date", "without_outlet": "Articles without an outlet"}.get(
            self.kind, "Newest articles"
        )


NO_CHOICE = Choice()


def articles(state: IndexState, choice: Choice, listing: Listing | None, leaf: int) -> str:
    """Return the list of the chosen articles with ways to the other choices; nothing where there are no articles."""
    if state.overview is None or not state.overview.articles or listing is None:
        return ""
    shown = "".join(f"<li>{_entry(article)}</li>" for article in listing.articles)
    body = f'<ol class="entries">{shown}</ol>' if shown else '<p class="empty">There is none.</p>'
    return (
        f"{_choices(state.overview, choice)}"
        f'<h2 tabindex="-1" class="target">{choice.heading} <span class="total">{listing.total:,}</span></h2>'
        f"{body}{pager('articles', leaf, listing.total, PAGE)}"
    )


def _choices(overview: CorpusOverview, choice: Choice) -> str:
    offered = [("all", "All", overview.articles)]
    if overview.undated or choice.kind == "undated":
        offered.append(("undated", "Without a date", overview.undated))
    if overview.without_outlet or choice.kind == "without_outlet":
        offered.append(("without_outlet", "Without an outlet", overview.without_outlet))
    if len(offered) == 1 and choice == NO_CHOICE:
        return ""
    buttons = "".join(
        f"<li>{_button('choose', f'{name} ({number:,})', kind=kind, pressed=kind == choice.kind)}</li>"
        for kind, name, number in offered
    )
    return f'<ul class="choices" aria-label="Which articles">{buttons}</ul>'


def _button(event: str, name: str, *, kind: str, value: str = "", pressed: bool | None = None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return (
        f'<button type="button" data-event="{event}" data-kind="{escaped(kind)}" data-value="{escaped(value)}"{state}>'
        f"{escaped(name)}</button>"
    )


def _entry(article: Article) -> str:
    return f'<bdi>{opener(article)}</bdi> <span class="origin">{origin(article)}</span>'


def opener(article: Article, *, start: int | None = None, end: int | None = None) -> str:
    """Return the title as a button that opens the whole article, and in it shows the place if one is given."""
    place = "" if start is None else f' data-start="{start}" data-end="{end}"'
    return (
        f'<button type="button" class="title" aria-haspopup="dialog" data-event="read" '
        f'data-article="{escaped(article.article_id)}" data-version="{article.version}"{place}>'
        f"{escaped(article.title)}</button>"
    )


def pager(list_: str, leaf: int, total: int, size: int) -> str:
    """Return the way to the leaves before and after this one, counted from 0; nothing where there is only one."""
    if total <= size:
        return ""
    first, last = leaf * size, min((leaf + 1) * size, total)

    def step(name: str, to: int, possible: bool) -> str:
        off = "" if possible else " disabled"
        return f'<button type="button" data-event="leaf" data-list="{list_}" data-leaf="{to}"{off}>{name}</button>'

    return (
        f'<nav class="pager" aria-label="More {list_}">{step("Previous", leaf - 1, leaf > 0)}'
        f"<span>{first + 1:,} – {last:,} of {total:,}</span>{step('Next', leaf + 1, last < total)}</nav>"
    )


# -- what there is in all --------------------------------------------------------------------------------------------


def holdings(state: IndexState, outlets_leaf: int, *, today: date) -> str:
    """Return the figures: how much there is, from which months, and of which outlets."""
    overview, status = state.overview, state.status
    if overview is None or status is None or not overview.articles:
        return ""
    numbers = [
        (overview.articles, "article"),
        (status.passages, "passage"),
        (len(overview.outlets), "outlet"),
    ]
    shown = "".join(f"<li><strong>{number:,}</strong> {_noun(number, noun)}</li>" for number, noun in numbers)
    return (
        f'<h2>What is indexed</h2><ul class="numbers">{shown}</ul>'
        f"{months(overview.months, today=today)}{_outlets(overview, outlets_leaf)}"
    )


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _outlets(overview: CorpusOverview, leaf: int) -> str:
    if not overview.outlets:
        return ""
    names = list(overview.outlets.items())
    most = names[0][1]
    rows = "".join(
        f'<tr><th scope="row"><bdi>{_button("choose", name, kind="outlet", value=name)}</bdi></th>'
        f'<td class="bar"><span style="width:{100 * number / most:.1f}%"></span></td><td>{number:,}</td></tr>'
        for name, number in names[leaf * OUTLETS : (leaf + 1) * OUTLETS]
    )
    return (
        '<h3 tabindex="-1" class="target">Outlets</h3><table class="counts"><thead class="unseen"><tr>'
        '<th scope="col">Outlet</th><td></td><th scope="col">Articles</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{pager('outlets', leaf, len(names), OUTLETS)}{_offered(overview.outlets)}"
    )


def _offered(outlets: Iterable[str]) -> str:
    """Return the names that the search form offers while an outlet is typed."""
    names = list(outlets)[:_OFFERED_OUTLETS]
    return f'<datalist id="outlet-names">{"".join(f"<option>{escaped(name)}</option>" for name in names)}</datalist>'


def failures(state: IndexState, listing: FailureListing | None, leaf: int) -> str:
    """Return what could not be read when it was last looked at, and why."""
    if state.status is None or listing is None or not listing.total:
        return ""
    shown = "".join(
        f'<li><bdi class="path">{escaped(each.path)}</bdi> <bdi class="reason">{escaped(each.error)}</bdi></li>'
        for each in listing.failures
    )
    return (
        f'<h2 tabindex="-1" class="target">Could not be read <span class="total">{listing.total:,}</span></h2>'
        '<p class="hint">An article that was read before stays as it was until its file is repaired.</p>'
        f'<ul class="failures">{shown}</ul>{pager("failures", leaf, listing.total, PAGE)}'
    )


def unavailable(problem: NatoqaError) -> str:
    """Return why something cannot be shown."""
    return f'<div role="alert">{trouble(problem)}</div>'


# -- one article -----------------------------------------------------------------------------------------------------


def article_dialog(article: Article, opening: int, *, start: int | None = None, end: int | None = None) -> str:
    """Return the whole article as text, the characters from `start` to `end` marked.

    `opening` counts the articles opened so far: the same one opened twice is news to the browser, too.
    """
    address = web_address(article.url)
    authors = f'<p class="authors"><bdi>{escaped(", ".join(article.authors))}</bdi></p>' if article.authors else ""
    original = f'<p><a href="{escaped(address)}" {ELSEWHERE}>Open the original</a></p>' if address else ""
    left = len(article.text) - _SHOWN_TEXT
    more = f'<p class="hint">The article goes on for {count(left, "character")}.</p>' if left > 0 else ""
    return (
        f'<dialog aria-labelledby="article-title" data-opening="{opening}">'
        '<form method="dialog"><button class="close">Close</button></form>'
        f'<h2 id="article-title" tabindex="-1"><bdi>{escaped(article.title)}</bdi></h2>'
        f'<p class="origin">{dated_origin(article)}</p>{authors}{original}'
        f'<p class="path"><bdi>{escaped(article.path)}</bdi></p>'
        f'<div class="text">{_text(article.text[:_SHOWN_TEXT], start, end)}</div>{more}</dialog>'
    )


def _text(text: str, start: int | None, end: int | None) -> str:
    if start is None or end is None or not 0 <= start < end <= len(text):
        return escaped(text)
    return f"{escaped(text[:start])}<mark>{escaped(text[start:end])}</mark>{escaped(text[end:])}"
