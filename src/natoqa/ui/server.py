"""Serving the page: the web application, and the port it listens on."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from natoqa.errors import SettingsError
from natoqa.serving import prefix
from natoqa.serving.editors import Editors
from natoqa.serving.safeguards import Safeguards, is_loopback
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.users import Users

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from starlette.applications import Starlette

_NO_API_PAGES: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
# Answers that are being written when the server is stopped may go on for so long.
_SECONDS_TO_CLOSE = 1
# Proxies keep idle connections for up to a minute (nginx's default) and fail with 502 when the one that they use again
# is being closed. With uvicorn's 5 s that also befell clients of a machine whose processors were busy for so long.
_SECONDS_IDLE = 75
# What Gradio has by default.
_OTHER_THREADS = 40


def create_app(settings: Settings, *, shared: SharedIndex | None = None) -> FastAPI:
    """Return the web application: the page at its root and the HTTP API beside it.

    Nothing is opened or loaded before the first visitor.
    """
    import gradio as gr
    from fastapi import FastAPI

    from natoqa.api import create_api, create_tools
    from natoqa.conversations import Conversations
    from natoqa.serving.junction import Junction
    from natoqa.serving.login import Login
    from natoqa.serving.logs import RequestLog
    from natoqa.ui import page, uploads
    from natoqa.ui.exports import exports
    from natoqa.ui.visitors import Visitors

    root_path = prefix.checked(settings.root_path)
    shared = shared or SharedIndex(settings)
    kept = Conversations(settings.data_folder)
    editors = Editors(settings)
    tools, while_serving = create_tools(settings, shared)
    app = FastAPI(**_NO_API_PAGES, lifespan=while_serving)
    app.router.routes.append(exports(shared, kept))
    app.add_route(uploads.PATH, uploads.uploads(settings, shared, editors), methods=["POST"])
    longer = {uploads.PATH: uploads.longest(settings)} if settings.uploads else {}
    # The last one added is the first one asked.
    app.add_middleware(Visitors)
    app.add_middleware(Junction, api=create_api(settings, shared), tools=tools)
    app.add_middleware(Login, settings=settings)
    app.add_middleware(Safeguards, loopback_only=is_loopback(settings.host), names=own_names(settings), longer=longer)
    app.add_middleware(RequestLog)
    app.add_middleware(prefix.Prefix, prefix=root_path)
    built = page.build(shared, settings, kept, editors)
    # A question holds a thread while it waits for its place; the others of the page are done at once.
    built.max_threads = _OTHER_THREADS + settings.questions_at_once + settings.questions_waiting
    gr.mount_gradio_app(
        app,
        built,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        app_kwargs=dict(_NO_API_PAGES),  # a copy, as Gradio writes into it
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=page.theme(),
        head=page.HEAD,
        favicon_path=str(page.ICON),
    )
    return app


def own_names(settings: Settings) -> frozenset[str]:
    """Return the further names under which the page may be asked for."""
    return frozenset((settings.allowed_hosts or "").replace(",", " ").casefold().split())


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def serve(settings: Settings, *, announce: Callable[[str], None] = _to_stderr) -> None:
    """Serve the page until interrupted; `announce` is told where it is to be found.

    Raises `SettingsError` if the host or the port cannot be used.
    """
    root_path = prefix.checked(settings.root_path)
    listening = listen(settings.host, settings.port)
    # Gradio asks these two when it is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    shared = SharedIndex(settings)
    app = create_app(settings, shared=shared)
    host, port = listening.getsockname()[:2]
    for warning in warnings(settings):
        announce(f"warning: {warning}")
    announce(f"natoqa is at http://{f'[{host}]' if ':' in host else host}:{port}{root_path} (stop with Ctrl-C)")
    shared.warm_up()
    try:
        web_server(app, own_log=settings.log_format == "text").run(sockets=[listening])
    finally:
        listening.close()
        shared.close()


def warnings(settings: Settings) -> Iterator[str]:
    """Yield what an operator should know about who can reach what."""
    users = Users(settings.data_folder)
    open_to_all = settings.login == "never" or (settings.login == "auto" and not users.exist)
    beyond = not is_loopback(settings.host)
    if open_to_all and beyond:
        yield f"anyone who can reach {settings.host} over the network can read the articles and re-index them"
    if open_to_all and not beyond and (settings.root_path or settings.allowed_hosts):
        yield "anyone whom a proxy brings to the page can read the articles and re-index them; see `natoqa user add`"
    if settings.login == "always" and not users.exist:
        yield "nobody can log in, as there are no users; `natoqa user add` makes one"
    if not open_to_all and beyond:
        yield "passwords travel unencrypted unless a proxy with TLS stands in front: see docs/server.md"
    if not open_to_all and not settings.api_keys and (settings.root_path or settings.allowed_hosts):
        yield "without api_keys, programs on this machine can use the API and MCP with no login: see docs/server.md"


def web_server(app: Starlette, *, own_log: bool = True) -> uvicorn.Server:
    """Return a server that stops at once although pages are open; without `own_log` it logs as the program does."""
    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Every open page holds a connection; waiting for them would take as long as somebody reads.
            for connection in list(self.server_state.connections):
                if connection.transport:
                    connection.transport.close()
            await super().shutdown(sockets)

    return Server(
        uvicorn.Config(
            app,
            log_config=uvicorn.config.LOGGING_CONFIG if own_log else None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_CLOSE,
            timeout_keep_alive=_SECONDS_IDLE,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to the address. Raises `SettingsError` saying what is wrong with it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"the page cannot listen on {host!r}: {error}", hint=_HOST_HINT) from error
    try:
        # Not on Windows, where this would let two programs share the port.
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # Only listening tells on every system that somebody else already does.
        listening.listen()
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is in use", hint=_PORT_HINT) from error
        if error.errno == errno.EACCES:
            raise SettingsError(f"port {port} is not open to you", hint="Choose one above 1023 with --port.") from error
        raise SettingsError(f"the page cannot listen on {host!r}: {error}", hint=_HOST_HINT) from error
    return listening


_HOST_HINT = "Use 127.0.0.1 for this machine only, or 0.0.0.0 for everyone in the network."
_PORT_HINT = "Stop the program that uses it (another natoqa?), or choose another one with --port, such as --port 7861."
