"""One request and what comes of it: redirects followed by hand, bodies bounded as sent and as unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from natoqa import __version__
from natoqa.errors import (
    AddressBusyError,
    AddressGoneError,
    AddressRefusedError,
    AddressUnreachableError,
    ArticleError,
    FetchError,
)
from natoqa.fetching.addresses import parsed
from natoqa.fetching.waiting import Meanwhile, outcome
from natoqa.readers.reading import too_large

if TYPE_CHECKING:
    import httpx

AGENT = "natoqa"
"""The name that a robots.txt knows natoqa by."""

USER_AGENT = f"{AGENT}/{__version__} (+https://github.com/natoqa/natoqa)"

REDIRECTS = 5
"""Redirects in a row; sites need two or three, and what needs more is a circle."""

CONNECT_S, SILENCE_S = 10.0, 20.0
"""Seconds for a connection, and between two pieces of an answer."""

TOTAL_S = 60.0
"""Seconds for a request as a whole; 20 MB take 16 s at 10 Mbit/s."""

LONGEST_WISH = 8
"""Digits of the seconds in a `Retry-After`: three years; more are a slip."""

_MOVED = (301, 302, 303, 307, 308)
_PACKED = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_STEP = 1 << 16

Check = Callable[["httpx.URL"], None]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer: where it came from in the end, its status (200 or 304), its headers and its unpacked body."""

    url: httpx.URL
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Transfer:
    """Fetches pages; `private` allows machines of one's own network, `max_bytes` bounds a page.

    What `meanwhile` raises while an answer is waited for ends `get` at once.
    """

    def __init__(self, *, private: bool, max_bytes: int, meanwhile: Meanwhile, total_s: float = TOTAL_S) -> None:
        import httpx

        from natoqa.fetching.connecting import Transport

        self._max_bytes = max_bytes
        self._meanwhile = meanwhile
        self._under_way = False
        self._client = httpx.Client(
            transport=Transport(private=private, total_s=total_s),
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Of a transfer that is left behind the files are still in use; its thread ends with its time.
        if not self._under_way:
            self._client.close()

    def get(self, url: httpx.URL, *, allowed: Check, known: Mapping[str, Mapping[str, str]] | None = None) -> Page:
        """Return the page at `url`, or where it leads to.

        `allowed` is called with each address before it is asked for and raises what speaks against it. `known` has the
        headers that ask "only if it changed", by the address that they belong to. Raises `FetchError`.
        """
        for _ in range(REDIRECTS + 1):
            allowed(url)
            self._under_way = True
            page = outcome(partial(self._once, url, (known or {}).get(str(url), {})), self._meanwhile)
            if page.status not in _MOVED:
                return page
            url = _next(page)
        raise AddressRefusedError(f"it leads on more than {REDIRECTS} times, perhaps in a circle")

    def _once(self, url: httpx.URL, headers: Mapping[str, str]) -> Page:
        try:
            return self._answered(url, headers)
        finally:
            self._under_way = False

    def _answered(self, url: httpx.URL, headers: Mapping[str, str]) -> Page:
        import httpx

        try:
            # Cookies would tie one request to the next.
            self._client.cookies.clear()
            with self._client.stream("GET", url, headers=dict(headers)) as answer:
                status = answer.status_code
                if status in _MOVED or (status == 304 and headers):
                    return Page(url, status, answer.headers)
                if status != 200:
                    raise _refusal(status, answer.headers)
                return Page(url, status, answer.headers, self._body(answer))
        except httpx.HTTPError as error:
            raise AddressUnreachableError(f"its answer is none: {error}") from error
        except ArticleError as error:
            raise FetchError(str(error)) from error

    def _body(self, answer: httpx.Response) -> bytes:
        """Return the unpacked body; never more of it is held than a page may have."""
        announced = answer.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_bytes:
            raise too_large(self._max_bytes)
        packing = answer.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "", *_PACKED):
            raise FetchError(f"it is packed in a way that was not asked for ({packing[:40]})")
        body = bytearray()
        pieces = answer.iter_raw(_STEP)
        for piece in _unpacked(pieces, _PACKED[packing]) if packing in _PACKED else pieces:
            body += piece
            if len(body) > self._max_bytes:
                raise too_large(self._max_bytes)
        return bytes(body)


def _unpacked(pieces: Iterator[bytes], form: int) -> Iterator[bytes]:
    """Yield what packed pieces hold, at most `_STEP` bytes at once: a bomb is noticed while it goes off."""
    unpacker = zlib.decompressobj(form)
    try:
        for piece in pieces:
            left = piece
            while left and not unpacker.eof:
                yield unpacker.decompress(left, _STEP)
                left = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise FetchError(f"its packed body is damaged: {error}") from error
    if not unpacker.eof:
        raise AddressUnreachableError("its answer broke off: the packed body has no end")


def _next(page: Page) -> httpx.URL:
    """Return the address that a redirect leads to. Raises `AddressRefusedError` for one that is none."""
    import httpx

    place = page.headers.get("location", "")
    try:
        return parsed(str(page.url.join(place[:10_000])))
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefusedError("it leads to an address that is none") from error


def _refusal(status: int, headers: Mapping[str, str]) -> FetchError:
    if status in (404, 410):
        return AddressGoneError(f"there is {'nothing' if status == 404 else 'nothing any more'} at it ({status})")
    if status in (401, 402, 403, 451):
        return AddressRefusedError(
            f"its server does not show it to everybody ({status})", hint="Save the page as a file and name that file."
        )
    if status == 429 or status >= 500:
        wait = _wished(headers.get("retry-after", ""))
        hint = f"Try again in {wait:.0f} seconds." if wait else None
        what = "its server wants fewer requests" if status == 429 else "its server is out of order"
        return AddressBusyError(f"{what} ({status})", hint=hint, wait_s=wait)
    return FetchError(f"its server answered with the status {status}")


def _wished(value: str) -> float:
    """Return the seconds that a `Retry-After` asks for, as a number or as a date (RFC 9110); 0 for what is neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value) if len(value) <= LONGEST_WISH else 0.0
    try:
        when = parsedate_to_datetime(value)
        # A date is in GMT even where it does not say so.
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return 0.0
