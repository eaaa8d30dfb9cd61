"""Answers over time: who said what on which day, and how many articles are on the matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from natoqa.citations import quoted
from natoqa.types import Answer, Citation
from natoqa.ui.rendering.cards import mark
from natoqa.ui.rendering.markup import count, day, escaped, name, plain_day, shortened

# A line or two of the column: enough to tell statements apart, the sentence itself stands above.
_SHOWN_STATEMENT = 140

# Bars stay wide enough to see and to tell apart on a telephone: so many days, then months, then years.
_MOST_DAYS = 62
_MOST_MONTHS = 48

# A bar is at most this share of the plot wide: two days should not look like two walls.
_WIDEST = 0.06


def timeline(turn: int, answer: Answer) -> str:
    """Return the cited statements in the order of their days; nothing where all are of one day."""
    dated = [(citation.published, citation) for citation in answer.citations if citation.published]
    if len({when for when, _ in dated}) < 2:
        return ""
    ordered = sorted(dated, key=lambda each: (each[0], each[1].number))
    items = "".join(f"<li>{_statement(turn, when, citation)}</li>" for when, citation in ordered)
    return (
        f'<section class="timeline" aria-labelledby="timeline-{turn}"><h4 id="timeline-{turn}">Over time</h4>'
        f"<ol>{items}</ol></section>"
    )


def _statement(turn: int, when: date, citation: Citation) -> str:
    who = name(citation.speaker or citation.outlet or citation.title)
    said = escaped(quoted(shortened(" ".join(citation.quote.split()), _SHOWN_STATEMENT)))
    return f"{day(when)} <p><strong>{who}</strong>: {said}{mark(turn, citation)}</p>"


def plot(turn: int, matching: Mapping[date, int]) -> str:
    """Return how many articles match the query over time, as bars and as a table; nothing for a single day."""
    if len(matching) < 2:
        return ""
    unit, start_of, written, ordinal = _unit(min(matching), max(matching))
    bins: Counter[date] = Counter()
    for when, number in matching.items():
        bins[start_of(when)] += number
    first, last, top = min(bins), max(bins), max(bins.values())
    most = next(when for when in sorted(bins) if bins[when] == top)
    articles = count(sum(bins.values()), "article")
    said = f"{articles} from {written(first)} to {written(last)}; the most, {top:,}, in {written(most)}."
    if unit == "day":
        said = said.replace(", in ", ", on ")
    width = ordinal(last) - ordinal(first) + 1
    bars = "".join(_bar(ordinal(when) - ordinal(first), bins[when] / top, width) for when in sorted(bins))
    rows = "".join(f'<tr><th scope="row">{written(when)}</th><td>{bins[when]:,}</td></tr>' for when in sorted(bins))
    return (
        f'<figure class="plot"><figcaption>Articles with most of these words, per {unit} (up to {top:,})</figcaption>'
        f'<svg role="img" viewBox="0 0 {width} 1" preserveAspectRatio="none" '
        f'aria-labelledby="plot-title-{turn} plot-text-{turn}"><title id="plot-title-{turn}">Matching articles per '
        f'{unit}</title><desc id="plot-text-{turn}">{said}</desc>{bars}</svg>'
        f'<p class="axis"><span>{written(first)}</span><span>{written(last)}</span></p>'
        f"<details><summary>{articles}, as a table</summary><table><thead><tr>"
        f'<th scope="col">{unit.capitalize()}</th><th scope="col">Articles</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details></figure>"
    )


def _bar(place: int, height: float, plot_width: int) -> str:
    wide = min(0.8, _WIDEST * plot_width)
    left = place + (1 - wide) / 2
    return f'<rect x="{left:.3f}" y="{1 - height:.4f}" width="{wide:.3f}" height="{height:.4f}"></rect>'


_Unit = tuple[str, Callable[[date], date], Callable[[date], str], Callable[[date], int]]


def _unit(first: date, last: date) -> _Unit:
    """Return what one bar stands for: its name, its first day, how it is written, and its number."""
    if (last - first).days < _MOST_DAYS:
        return "day", lambda when: when, plain_day, date.toordinal
    if _month(last) - _month(first) < _MOST_MONTHS:
        return "month", lambda when: when.replace(day=1), lambda when: f"{when:%B} {when.year}", _month
    return "year", lambda when: when.replace(month=1, day=1), lambda when: str(when.year), lambda when: when.year


def _month(when: date) -> int:
    return when.year * 12 + when.month
