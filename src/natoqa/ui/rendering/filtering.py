"""The filters beside the question box, as the browser's own inputs."""

from __future__ import annotations

from collections.abc import Iterable

from natoqa.ui.rendering.markup import escaped


def filters(outlets: Iterable[str]) -> str:
    """Return the form of filters; the page's script fills it from the address and hands it over with a question."""
    options = "".join(
        f'<option value="{escaped(each)}">{escaped(each)}</option>' for each in sorted(outlets, key=str.casefold)
    )
    return (
        '<details class="filters"><summary>Filters<span class="set"></span></summary><div class="fields">'
        '<label>Published since<input type="date" name="since"></label>'
        '<label>Until (asked as of this day)<input type="date" name="until"></label>'
        f'<label>Outlet<select name="outlet"><option value="">All</option>{options}</select></label>'
        '<button type="button" class="clear">Clear</button></div></details>'
    )
