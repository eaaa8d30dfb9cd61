"""Addresses that failed and are left alone for a while: longer after each further failure, and as long as they ask."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import AddressBusyError, FetchError
from natoqa.fetching.keeping import Kept

if TYPE_CHECKING:
    import httpx

FIRST_S = 300.0
"""Seconds after the first failure, doubled with each further one: what is restarted is back within five minutes."""

LONGEST_S = 86_400.0
"""Seconds between two tries in the end: a site that is back is found within a day."""

LONGEST_WISH_S = 7 * 86_400.0
"""Seconds that a server may ask for (`Retry-After`); a slip of its clock must not shut it out for years."""

LONGEST_REASON = 500
"""Characters of the reason that are kept; a server's own words may stand in it."""


@dataclass(frozen=True, slots=True)
class Failing:
    """How often an address failed in a row, why the last time, and when it is asked again (seconds since 1970)."""

    times: int
    reason: str
    until: float

    @property
    def due(self) -> bool:
        """Whether it may be asked now; a clock that was set back does not make the wait longer than any is."""
        return not 0 < self.until - time.time() <= LONGEST_WISH_S

    @property
    def next_try(self) -> str:
        """When it is asked again, in words; rounded up, so that nobody is told a minute at which it is not due."""
        when = datetime.fromtimestamp(self.until + 59).astimezone()
        return f"Next try at {when:%Y-%m-%d %H:%M}; `natoqa index` with its address tries at once."


class Patience:
    """What is remembered of the failing addresses of a corpus, one file each beside what is known of them."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def failing(self, url: httpx.URL) -> Failing | None:
        """Return how an address fails; None for one that does not, or of which nothing sensible is remembered."""
        try:
            content = json.loads(self._file(url).read_text(encoding="utf-8"))
            known = Failing(int(content["times"]), str(content["reason"])[:LONGEST_REASON], float(content["until"]))
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        return known if known.times > 0 and known.reason.isprintable() else None

    def failed(self, url: httpx.URL, error: FetchError) -> Failing:
        """Remember one more failure and return what is known now."""
        before = self.failing(url)
        times = before.times + 1 if before else 1
        wished = error.wait_s if isinstance(error, AddressBusyError) else 0.0
        # Far more doublings than there are days would be no number any more.
        grown = min(FIRST_S * 2 ** min(times - 1, 20), LONGEST_S)
        wait = max(grown, min(wished, LONGEST_WISH_S))
        reason = "".join(filter(str.isprintable, str(error)))[:LONGEST_REASON]
        known = Failing(times, reason, time.time() + wait)
        self._kept.write_text(self._file(url), json.dumps(asdict(known), indent=1))
        return known

    def forget(self, url: httpx.URL) -> None:
        """Forget the failures of an address that answers again."""
        with suppress(OSError):
            self._file(url).unlink()

    def _file(self, url: httpx.URL) -> Path:
        return self._kept.state(url).with_suffix(".failing.json")
