"""What stands beneath an answer: what it was asked of, what has changed since, what can be done with it, what next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from urllib.parse import urlencode

from natoqa.citations import quoted
from natoqa.conversations import Rating, Standing
from natoqa.conversations.store import LONGEST_REASON
from natoqa.conversations.wording import NO_LINK, change, day, outlet, speaker
from natoqa.question import LONGEST
from natoqa.sanitizing import one_line, web_address
from natoqa.types import Answer, Citation, Filters
from natoqa.ui.rendering.markup import escaped, name, plain_day

# What servers and programs that pass addresses on take for certain.
_LONGEST_LINK = 2000


def beneath(
    number: int,
    answer: Answer,
    *,
    rating: Rating | None = None,
    standings: Iterable[Standing] = (),
    unkept: str = "",
    suggestions: Iterable[str] = (),
) -> str:
    """Return what stands beneath the answer of a turn; `unkept` says why it could not be kept."""
    return "".join(
        [
            asked_of(answer.filters),
            _changes(answer, standings),
            _unkept(unkept),
            _actions(number, answer, rating),
            again(number, answer.query or answer.question),
            _reason(number),
            '<p class="said" role="status"></p>',
            _suggestions(suggestions),
        ]
    )


def asked_of(filters: Filters) -> str:
    """Return which articles could answer, if not all."""
    told = described(filters)
    return f'<p class="asked-of">Only {escaped(told)}.</p>' if told else ""


def described(filters: Filters) -> str:
    """Return the filters in words, empty if there are none."""
    parts = [
        f"since {plain_day(filters.since)}" if filters.since else "",
        f"until {plain_day(filters.until)} (asked as of that day)" if filters.until else "",
    ]
    days = " ".join(filter(None, parts))
    published = f" published {days}" if days else ""
    *others, last = filters.outlets or ("",)
    by = f" by {', '.join(others)} or {last}" if others else f" by {last}" if last else ""
    return f"articles{published}{by}" if published or by else ""


def _changes(answer: Answer, standings: Iterable[Standing]) -> str:
    told = [(change(each), each.number) for each in standings if change(each)]
    lines = "".join(
        f"<li>{_which(answer, [number for _, number in group])} {escaped(words)}</li>"
        for words, group in groupby(sorted(told, key=lambda pair: (str(pair[0]), pair[1])), key=lambda pair: pair[0])
    )
    return f'<ul class="changed" aria-label="Changed since">{lines}</ul>' if lines else ""


def _which(answer: Answer, numbers: Sequence[int]) -> str:
    """Return the citations by their numbers, or the nearest articles, which show none, by their titles."""
    if answer.citations:
        return " ".join(f"[{number}]" for number in numbers)
    return ", ".join(f"“{name(each.title)}”" for each in answer.closest if each.number in numbers) + ":"


def _actions(number: int, answer: Answer, rating: Rating | None) -> str:
    copy = f'<button type="button" class="copy" data-copy="{escaped(as_text(answer))}">Copy with sources</button>'
    link = f"?{urlencode({'q': answer.question, **answer.filters.to_dict()}, doseq=True, errors='replace')}"
    share = f'<button type="button" class="copy" data-link="{escaped(link)}">Copy link</button>'
    return (
        f'<div class="actions">{copy}{share if len(link) <= _LONGEST_LINK else ""}{_opens_again(number)}'
        '<span class="rating" role="group" aria-label="Was this answer good?">'
        f"{_thumb(number, 'up', 'Good answer', rating)}{_thumb(number, 'down', 'Bad answer', rating)}</span></div>"
    )


def _thumb(number: int, side: Rating, name: str, rating: Rating | None) -> str:
    pressed = str(rating == side).lower()
    return (
        f'<button type="button" class="rate" data-turn="{number}" data-rating="{side}" aria-pressed="{pressed}" '
        f'aria-label="{name}" title="{name}">{_THUMB}</button>'
    )


# Drawn, as not every system has the emoji; the one for "bad" is turned round by the style sheet.
_THUMB = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><path d="M7 10v11H3V10zm3 11c-.8 0-1-.4-1-1V10l'
    "4.3-7.3c1.6 0 2.5 1.2 2.2 2.7L14.8 9H20c1.3 0 2.2 1.2 1.9 2.4l-1.8 7.8c-.2 1-1.1 1.8-2.2 1.8z"
    '" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"/></svg>'
)


def retry(number: int, question: str, filters: Filters, *, unkept: str = "") -> str:
    """Return what stands beneath a turn without an answer: ways to try again, and why it could not be kept."""
    repeat = f'<button type="button" class="repeat" data-turn="{number}">Try again</button>'
    actions = f'<div class="actions">{repeat}{_opens_again(number)}</div>'
    return f"{asked_of(filters)}{_unkept(unkept)}{actions}{again(number, question)}"


def _unkept(why: str) -> str:
    return f'<p class="unkept">{escaped(why)}</p>' if why else ""


def _opens_again(number: int) -> str:
    return (
        f'<button type="button" class="edit" aria-expanded="false" aria-controls="again-{number}">Edit search</button>'
    )


def again(number: int, query: str) -> str:
    """Return the form in which what was searched for can be changed."""
    return (
        f'<form class="again" id="again-{number}" data-turn="{number}" hidden><label for="query-{number}">Search for'
        f'</label><input id="query-{number}" name="query" type="text" maxlength="{LONGEST}" autocomplete="off" '
        f'value="{escaped(one_line(query[:LONGEST]))}"><button type="submit">Search again</button></form>'
    )


def _reason(number: int) -> str:
    return (
        f'<form class="reason" id="reason-{number}" data-turn="{number}" hidden><label for="why-{number}">Why? '
        f'(optional)</label><input id="why-{number}" name="reason" type="text" maxlength="{LONGEST_REASON}" '
        'autocomplete="off"><button type="submit">Send</button></form>'
    )


def _suggestions(suggestions: Iterable[str]) -> str:
    items = "".join(f'<li><button type="button" class="example">{escaped(each)}</button></li>' for each in suggestions)
    return f'<div class="suggestions"><p>The cited articles also tell:</p><ul>{items}</ul></div>' if items else ""


def as_text(answer: Answer) -> str:
    """Return the answer with its numbered sources as plain text, for a letter or an article."""
    blocks = [one_line(answer.question), one_line(answer.text)]
    if told := described(answer.filters):
        blocks.append(f"Only {one_line(told)}.")
    if answer.citations:
        blocks.append("\n".join(map(_source, answer.citations)))
    return "\n\n".join(blocks)


def _source(citation: Citation) -> str:
    parts: Sequence[str] = (
        f"“{one_line(citation.title)}”",
        one_line(outlet(citation)),
        day(citation),
        web_address(citation.url) or NO_LINK,
    )
    said = f"[{citation.number}] {quoted(one_line(citation.quote))} – {one_line(speaker(citation))}"
    return f"{said}. {', '.join(parts)}"
