"""The filters beside the question box, as the browser's own inputs."""

from __future__ import annotations

from collections.abc import Iterable

from natoqa.ui.rendering.markup import escaped

# More than these are found sooner by their name than by looking.
_SEEN_AT_ONCE = 12


def filters(outlets: Iterable[str]) -> str:
    """Return the form of filters; the page's script fills it from the address and hands it over with a question."""
    names = sorted(outlets, key=str.casefold)
    find = '<input type="search" class="find" aria-label="Find an outlet" placeholder="Find" autocomplete="off">'
    options = "".join(
        f'<label><input type="checkbox" name="outlet" value="{escaped(each)}"><bdi>{escaped(each)}</bdi></label>'
        for each in names
    )
    return (
        '<details class="filters"><summary>Filters<span class="set"></span></summary><div class="fields">'
        '<label>Published since<input type="date" name="since"></label>'
        '<label>Until (asked as of this day)<input type="date" name="until"></label>'
        '<button type="button" class="clear">Clear</button>'
        '<details class="outlets"><summary>Outlets: <span class="which">all</span></summary>'
        f'<div class="offered">{find if len(names) > _SEEN_AT_ONCE else ""}'
        f'<div class="list" role="group" aria-label="Outlets">{options}</div></div></details></div></details>'
    )
