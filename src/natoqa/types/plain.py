"""JSON, days and short forms: what the nouns are written with."""

from __future__ import annotations

from datetime import date
from typing import Any

Json = dict[str, Any]


def iso_day(day: date | None) -> str | None:
    """Return a day as it stands in JSON."""
    return day.isoformat() if day else None


def parsed_day(text: str | None) -> date | None:
    """Return the day that stands in JSON; raises `ValueError` for what is none."""
    return date.fromisoformat(text) if text else None


def shortened(text: str, width: int = 60) -> str:
    """Return a text as one line of a `repr`."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"
