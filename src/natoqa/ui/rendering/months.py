"""Articles per month: columns for the eye, and the same as a table, whose months lead to their articles."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date

# Three years: columns of fewer pixels cannot be told apart beside the text.
_PLOTTED = 36
# Fifty years; rows beyond are dates that went wrong, and their articles are found by searching.
_TABULATED = 600
_WIDTH, _HEIGHT, _BELOW = 360, 96, 16


def months(counted: Mapping[str, int], *, today: date) -> str:
    """Return the plot and the table of the articles of each month; months that lie ahead are not plotted."""
    if not counted:
        return ""
    shown = list(_last(counted, today))
    rows = "".join(
        f'<tr><th scope="row"><button type="button" data-event="choose" data-kind="month" data-value="{month}">'
        f"{named_month(month)}</button></th><td>{number:,}</td></tr>"
        for month, number in list(counted.items())[: -_TABULATED - 1 : -1]
    )
    elsewhere = sum(counted.values()) - sum(number for _, number in shown)
    beyond = f'<p class="hint">{elsewhere:,} more, of other months, are in the table.</p>' if elsewhere else ""
    return (
        f'<h3>Articles per month</h3><figure class="months">{_plot(shown)}{beyond}'
        '<details><summary>All months as a table</summary><table class="counts"><thead><tr><th scope="col">Month</th>'
        f'<th scope="col">Articles</th></tr></thead><tbody>{rows}</tbody></table></details></figure>'
    )


def named_month(month: str) -> str:
    """Return `2025-02` as February 2025."""
    year, number = month.split("-")
    return f"{calendar.month_name[int(number)]} {int(year)}"


def _last(counted: Mapping[str, int], today: date) -> Iterator[tuple[str, int]]:
    """Yield the months to plot, without gaps, up to the newest one; one far ahead would leave the plot empty."""
    past = [month for month in counted if month <= f"{today:%Y-%m}"] or list(counted)
    newest = _number(past[-1])
    first = max(_number(past[0]), newest - _PLOTTED + 1)
    for number in range(first, newest + 1):
        month = f"{number // 12:04}-{number % 12 + 1:02}"
        yield month, counted.get(month, 0)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _plot(shown: list[tuple[str, int]]) -> str:
    most = max(number for _, number in shown)
    step = _WIDTH / max(len(shown), 12)
    columns = "".join(
        f'<g><title>{named_month(month)}: {number:,}</title><rect class="hover" x="{place * step:.1f}" y="0" '
        f'width="{step:.1f}" height="{_HEIGHT}"/>{_column(place * step, step, number, most)}</g>'
        for place, (month, number) in enumerate(shown)
    )
    first, last = named_month(shown[0][0]), named_month(shown[-1][0])
    span = first if first == last else f"{first} to {last}"
    end = min(len(shown) * step, _WIDTH)
    ends = f'<text x="0" y="{_HEIGHT + _BELOW - 3}">{first}</text>' + (
        f'<text x="{_WIDTH}" y="{_HEIGHT + _BELOW - 3}" text-anchor="end">{last}</text>'
        if len(shown) >= 12
        else f'<text x="{_WIDTH}" y="{_HEIGHT + _BELOW - 3}" text-anchor="end">to {last}</text>'
        if len(shown) > 1
        else ""
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + _BELOW}" role="img" aria-label="Articles per month, {span}: at most '
        f'{most:,} in a month. The table below has the numbers.">{columns}'
        f'<line x1="0" x2="{end:.1f}" y1="{_HEIGHT}" y2="{_HEIGHT}"/>{ends}</svg>'
    )


def _column(x: float, step: float, number: int, most: int) -> str:
    # A month with one article beside one with thousands is still seen.
    height = max(2.0, (_HEIGHT - 4) * number / most) if number else 0.0
    return f'<rect x="{x + step * 0.1:.1f}" y="{_HEIGHT - height:.1f}" width="{step * 0.8:.1f}" height="{height:.1f}"/>'
