"""The filters as people and programs give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from natoqa.errors import SettingsError
from natoqa.types import Filters


def filters_of(
    *, since: date | str | None = None, until: date | str | None = None, outlet: str | Sequence[str] | None = None
) -> Filters:
    """Return the filters; raises `SettingsError` for a day that is none or an empty span."""
    filters = Filters(since=_given_day("since", since), until=_given_day("until", until), outlet=_outlets(outlet))
    if filters.since and filters.until and filters.since > filters.until:
        raise SettingsError(f"since ({filters.since}) is later than until ({filters.until})")
    return filters


def _outlets(given: str | Sequence[str] | None) -> str | tuple[str, ...] | None:
    """Return each outlet once; a single one is just its name."""
    if given is None or isinstance(given, str):
        return given or None
    named = tuple({each.casefold(): each for each in given if each}.values())
    return named if len(named) > 1 else next(iter(named), None)


def _given_day(name: str, value: date | str | None) -> date | None:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(f"{name} should be a day such as 2025-02-13, not {value!r}") from None
