"""A connection to a machine that was checked: the number that was looked at is the number that is connected to.

Proxies of the environment are not used, for behind one nobody can say which machine is reached.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from natoqa.errors import AddressUnreachableError
from natoqa.fetching.addresses import reachable

_Options = Iterable[httpcore.SOCKET_OPTION] | None


class Transport(httpx.BaseTransport):
    """Sends requests of an `httpx.Client` over checked connections; each answer has to end within `total_s`.

    Raises `AddressRefusedError` and `AddressUnreachableError`. A connection serves one request: the next one of the
    same host is looked up and checked again.
    """

    def __init__(self, *, private: bool, total_s: float) -> None:
        self._total_s = total_s
        self._backend = _Checked(private=private)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_keepalive_connections=0,
            network_backend=self._backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, its body still to be read."""
        self._backend.deadline = time.monotonic() + self._total_s
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        asked = httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        with _named():
            answer = self._pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions={})

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _named():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _named() -> Iterator[None]:
    """Turn what goes wrong on the way into natoqa's words."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise AddressUnreachableError("its server took too long to answer") from error
    except (httpcore.ProtocolError, httpcore.ReadError, httpcore.WriteError) as error:
        raise AddressUnreachableError(f"its answer broke off or is none: {error}") from error
    except httpcore.ConnectError as error:
        secure = isinstance(error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error)
        what = "its server cannot prove who it is" if secure else "its server cannot be connected to"
        raise AddressUnreachableError(f"{what}: {error}") from error


class _Checked(httpcore.NetworkBackend):
    """Connects to the numbers that were checked, one after the other."""

    def __init__(self, *, private: bool) -> None:
        self.deadline = 0.0
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        last: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for number in reachable(host.strip("[]"), port, private=self._private):
            try:
                left = _left(self.deadline, timeout)
                stream = self._plain.connect_tcp(number, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            return _Timed(stream, lambda: self.deadline)
        raise last or httpcore.ConnectError("it has no number")


class _Timed(httpcore.NetworkStream):
    """A stream whose every step is cut to the time that is left: a byte now and then does not keep it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Callable[[], float]) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline(), timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline(), timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline(), timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return left if timeout is None else min(left, timeout)
