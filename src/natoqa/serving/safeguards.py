"""Safeguards around the web application: who may ask, how much may be sent, what the browser is told to refuse."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING

from natoqa.serving.junction import route_path
from natoqa.serving.problems import RefusedError, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing from elsewhere is loaded, no handler in an attribute runs, nobody frames the page. Gradio starts with
# inline scripts and compiles its templates, so these two have to be allowed.
_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; script-src-attr 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _CONTENT_POLICY.encode()),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
# Gradio's ways to bring files in and out; this page has none.
_SHUT = (
    "/gradio_api/upload",
    "/gradio_api/file",
    "/gradio_api/proxy",
    "/gradio_api/process_recording",
    "/proxy=",
    "/file",
)
# What browsers say of a request that comes from this page, or from no page at all.
_OWN_PAGES = (b"same-origin", b"none")
# A proxy on this machine connects from it for whoever connects to the proxy.
_HANDED_ON = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
# A question of 100,000 characters takes at most 0.6 MB as JSON; Gradio itself would read any amount into memory.
_MAX_BODY = 1_000_000


class Safeguards:
    """ASGI middleware: own names only, short bodies only, no way to Gradio's files, strict headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        loopback_only: bool,
        names: frozenset[str] = frozenset(),
        longer: Mapping[str, int] | None = None,
    ) -> None:
        """Guard `app`.

        `names` are further ones under which the page is known; with any, other names are refused on the network, too.
        `longer` names the paths that take longer bodies, and how long ones.
        """
        self._app = app
        self._own_names_only = loopback_only or bool(names)
        self._names = names
        self._longer = longer or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = dict(scope["headers"]), route_path(scope)
        # A foreign site can point its own name at 127.0.0.1 and so read a page that is only meant for this machine.
        if self._own_names_only and not self._is_own(host_name(headers.get(b"host", b"").decode("latin-1"))):
            hint = "Ask for 127.0.0.1 or localhost, or name the host in the setting allowed_hosts."
            await _refuse(send, path, 421, "This page is not open under this name.", hint)
        elif scope["method"] == "POST" and headers.get(b"sec-fetch-site", b"same-origin") not in _OWN_PAGES:
            await _refuse(send, path, 403, "Another site may not act here.", "Open the page itself.")
        elif path.startswith(_SHUT):
            await _refuse(send, path, 404, "There is nothing here.", "The page is at /.")
        elif not _is_short(headers, longest := self._longer.get(path, _MAX_BODY)):
            await _refuse(send, path, 413, "This is too long.", f"Send at most {longest:,} bytes and their length.")
        else:
            await self._app(scope, receive, _with_headers(send))

    def _is_own(self, name: str) -> bool:
        return is_loopback(name) or name.casefold() in self._names


def _is_short(headers: dict[bytes, bytes], longest: int) -> bool:
    """Tell whether the body has a stated length within the limit; one of unstated length is taken for too long."""
    length = headers.get(b"content-length", b"0")
    return b"transfer-encoding" not in headers and length.isdigit() and int(length) <= longest


def is_from_another_site(headers: dict[bytes, bytes]) -> bool:
    """Tell whether a browser sends this for a page of another site, or of another port; programs send no such header.

    Browsers before 2023 tell only the origin, and that not for every request that reads.
    """
    origin = headers.get(b"origin")
    foreign = origin is not None and origin.partition(b"://")[2] != headers.get(b"host", b"")
    return foreign or headers.get(b"sec-fetch-site", b"none") not in _OWN_PAGES


def is_from_this_page(headers: dict[bytes, bytes]) -> bool:
    """Tell whether a form was sent from a page of this server, or by a program.

    Browsers tell the site on https and on this machine, and the origin everywhere; a proxy may have put another name
    into the Host header, but no page can put one into the one for proxies.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in _OWN_PAGES
    origin = headers.get(b"origin")
    hosts = {headers.get(b"host", b""), headers.get(b"x-forwarded-host", b"")}
    return origin is None or origin.partition(b"://")[2] in hosts - {b""}


def is_on_this_machine(scope: Scope) -> bool:
    """Tell whether a program on this machine asks, by one of its own names, and not a proxy for somebody else."""
    headers = dict(scope["headers"])
    client, _ = scope.get("client") or ("", 0)
    named = host_name(headers.get(b"host", b"").decode("latin-1"))
    return is_loopback(client) and is_loopback(named) and _HANDED_ON.isdisjoint(headers)


def host_name(host: str) -> str:
    """Return the name of a Host header, without its port and without the brackets of an IPv6 address."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def is_loopback(host: str) -> bool:
    """Tell whether the host name or address is this machine's own, unreachable from others."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.casefold() == "localhost"
    # What listens on both kinds of addresses sees 127.0.0.1 as ::ffff:127.0.0.1.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


async def _refuse(send: Send, path: str, status: int, why: str, hint: str) -> None:
    await refuse(send, RefusedError(status, why, hint=hint), path=path, headers=_HEADERS)
