"""The filters as people and programs give them."""

from __future__ import annotations

from datetime import date

from natoqa.errors import SettingsError
from natoqa.types import Filters


def filters_of(
    *, since: date | str | None = None, until: date | str | None = None, outlet: str | None = None
) -> Filters:
    """Return the filters; raises `SettingsError` for a day that is none or an empty span."""
    filters = Filters(since=_given_day("since", since), until=_given_day("until", until), outlet=outlet or None)
    if filters.since and filters.until and filters.since > filters.until:
        raise SettingsError(f"since ({filters.since}) is later than until ({filters.until})")
    return filters


def _given_day(name: str, value: date | str | None) -> date | None:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(f"{name} should be a day such as 2025-02-13, not {value!r}") from None
