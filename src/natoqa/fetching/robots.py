"""What a site lets programs fetch, by its robots.txt (RFC 9309), and how often it is asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

from natoqa.errors import (
    AddressBusyError,
    AddressPrivateError,
    AddressRefusedError,
    AddressUnreachableError,
    FetchError,
)
from natoqa.fetching.transfer import AGENT, Transfer
from natoqa.fetching.waiting import Meanwhile, pause

if TYPE_CHECKING:
    import httpx

PAUSE_S = 1.0
"""Seconds between two pages of one host: a person clicks no faster."""

LONGEST_PAUSE_S = 30.0
"""Seconds that a robots.txt (`Crawl-delay`) may ask for; above it, nobody waits for a page."""

LONGEST = 500_000
"""Bytes of a robots.txt; RFC 9309 asks for as many."""


class Robots:
    """The rules of the sites that were asked, each looked up once; and the pauses between two requests."""

    def __init__(self, *, private: bool, meanwhile: Meanwhile, pause_s: float = PAUSE_S) -> None:
        self._private = private
        self._meanwhile = meanwhile
        self._pause_s = pause_s
        self._rules: dict[str, RobotFileParser] = {}
        self._free_at: dict[str, float] = {}
        self._spared: dict[str, AddressBusyError] = {}

    def spare(self, host: str, error: AddressBusyError) -> None:
        """Heed a server that asks for a pause: a long one ends what is asked of its host."""
        if error.wait_s > LONGEST_PAUSE_S:
            self._spared[host] = error
        else:
            self._free_at[host] = max(self._free_at.get(host, 0.0), time.monotonic() + error.wait_s)

    def check(self, url: httpx.URL) -> None:
        """Wait until the host may be asked again.

        Raises `AddressRefusedError` for what it keeps from programs, `AddressBusyError` for a host that is spared.
        """
        if spared := self._spared.get(url.host):
            raise AddressBusyError(str(spared), hint=spared.hint, wait_s=spared.wait_s)
        site = str(url.copy_with(raw_path=b"/robots.txt"))
        if site not in self._rules:
            self._rules[site] = self._read(site)
        rules = self._rules[site]
        if not rules.can_fetch(AGENT, str(url)):
            raise AddressRefusedError(
                "its site does not let programs fetch it (robots.txt)", hint="Save the page as a file and name that."
            )
        pause(self._free_at.get(url.host, 0.0) - time.monotonic(), self._meanwhile)
        wished = float(rules.crawl_delay(AGENT) or 0)
        self._free_at[url.host] = time.monotonic() + min(
            max(self._pause_s, wished), max(LONGEST_PAUSE_S, self._pause_s)
        )

    def _read(self, site: str) -> RobotFileParser:
        """Return the rules of a site; one without readable rules allows all, one that is out of order nothing."""
        import httpx

        rules = RobotFileParser()
        try:
            with Transfer(
                private=self._private, max_bytes=LONGEST, meanwhile=self._meanwhile, total_s=20.0
            ) as transfer:
                text = transfer.get(httpx.URL(site), allowed=lambda _: None).body.decode("utf-8", "replace")
        except (AddressPrivateError, AddressUnreachableError, AddressBusyError):
            raise
        except FetchError:
            text = ""
        rules.parse(text.splitlines())
        return rules
