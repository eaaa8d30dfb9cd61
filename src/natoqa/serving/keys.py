"""Keys that clients send, compared so that the time taken tells nothing about the right ones."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection


def digest(key: bytes) -> bytes:
    """Return what is kept and compared in the place of a key."""
    return hashlib.sha256(key).digest()


def digests(keys: str | None) -> frozenset[bytes]:
    """Return the digests of keys that are separated by spaces; of none where none are set."""
    return frozenset(map(digest, (keys or "").encode().split()))


def is_one_of(key: bytes, known: Collection[bytes]) -> bool:
    """Compare with every key and in constant time, so that the time taken tells nothing about any of them."""
    given = digest(key)
    return sum(hmac.compare_digest(given, each) for each in known) > 0


def bearer(headers: dict[bytes, bytes]) -> bytes:
    """Return the key of an Authorization header, empty without one."""
    scheme, _, key = headers.get(b"authorization", b"").partition(b" ")
    return key.strip() if scheme.lower() == b"bearer" else b""
