"""How much an archive may unpack to: a few hundred bytes can hold petabytes."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, Protocol

from natoqa.errors import ArticleError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FREE = 20_000_000
"""Bytes that any archive may unpack to: as many as one article may have."""

RATIO = 100
"""Times its own size that an archive may unpack to. News texts become 3 to 5 times smaller, many copies of one page 20
times; bombs begin at 1,000 times."""

MOST = 50_000_000_000
"""Bytes that an archive may unpack to at all: ten times what a usual WARC file of a web archive (1 GB) holds."""


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, b"" at the end."""
        ...


class Budget:
    """What an archive may still unpack to, by the bytes of it that were read so far."""

    def __init__(self) -> None:
        self.packed = 0
        self.unpacked = 0

    def spend(self, size: int) -> None:
        """Note that `size` bytes were unpacked. Raises `ArticleError` for too many."""
        self.unpacked += size
        if self.unpacked > min(FREE + RATIO * self.packed, MOST):
            raise ArticleError("it unpacks to far more than an archive of articles does")


class Packed(io.RawIOBase):
    """The bytes of an archive, counted as they are read."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into `buffer` and count it."""
        size = _fill(buffer, self._stream)
        self._budget.packed += size
        return size


class Unpacked(io.RawIOBase):
    """The unpacked bytes, as long as the budget allows them."""

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into `buffer`. Raises `ArticleError` for damaged bytes and for more than the budget allows."""
        try:
            size = _fill(buffer, self._stream)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ArticleError(f"it is damaged or cut off: {error}") from error
        self._budget.spend(size)
        return size


def _fill(buffer: WriteableBuffer, stream: Readable) -> int:
    view = memoryview(buffer)
    data = stream.read(len(view))
    view[: len(data)] = data
    return len(data)
