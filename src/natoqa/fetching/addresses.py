"""What an address may look like, and which machines may be reached: those of the public internet."""

from __future__ import annotations

import ipaddress
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import AddressPrivateError, AddressRefusedError, AddressUnreachableError

if TYPE_CHECKING:
    import httpx

LONGEST = 2_000
"""Characters of an address; servers and browsers agree on about as many."""

# One slash is enough: that is what is left of an address that went through a path.
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+(?=[^/])", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_address(source: str | Path) -> bool:
    """Return whether a source is an address rather than a path; whether it can be fetched is another question."""
    return bool(_ADDRESS.match(str(source)))


def parsed(address: str | Path) -> httpx.URL:
    """Return an address as it is fetched, without its fragment.

    Raises `AddressRefusedError` for one that is not of the web, too long, damaged, or that carries a password.
    """
    import httpx

    text = _ADDRESS.sub(r"\1://", str(address).strip(), count=1)
    if len(text) > LONGEST:
        raise AddressRefusedError(f"it is longer than {LONGEST:,} characters")
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        named = bool(url.host) and url.raw_host.decode("ascii").isprintable()
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise AddressRefusedError(f"it is no web address: {error}") from error
    if url.scheme not in ("http", "https") or not named:
        raise AddressRefusedError("it is no http or https address")
    if url.userinfo:
        raise AddressRefusedError("it carries a name or a password, which would be kept with the article")
    return url


def web_url(address: str) -> str:
    """Return an http or https address as it is fetched and reported. Raises `AddressRefusedError`, as `parsed`."""
    return str(parsed(address))


def reachable(host: str, port: int, *, private: bool) -> list[str]:
    """Return the numbers under which a host is reached, to connect to these and no others.

    A name that leads to a machine of one's own network even once is refused, unless `private`: what it is looked up to
    next may be another. Raises `AddressPrivateError` then, and `AddressUnreachableError` for an unknown host.
    """
    try:
        # The system reads 0x7f000001, 2130706433 and 127.1 as connecting would.
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnreachableError(f"its host {host} is not known") from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private and not all(is_public(number) for number in numbers):
        raise AddressPrivateError(f"its host {host} is a machine of a private network or this one")
    return numbers


def is_public(number: str) -> bool:
    """Return whether an IP address is one of the public internet, whatever it is wrapped in.

    >>> [is_public(each) for each in ("93.184.215.14", "10.0.0.1", "::ffff:127.0.0.1", "fe80::1%eth0")]
    [True, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _carried(ip))


def _carried(ip: _Ip) -> list[_Ip]:
    """Return the address, or those that it only carries: a gateway may unpack them."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    inner: list[_Ip] = [each for each in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if each]
    if ip in _NAT64:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        return inner
    return inner if ip.ipv4_mapped else [ip, *inner]
