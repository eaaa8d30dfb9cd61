"""The tools over the two transports of the protocol, by its official SDK: stdio and streamable HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
import mcp.types as protocol
from anyio import CapacityLimiter, to_thread
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from natoqa import __version__
from natoqa.index import Index
from natoqa.mcp.tools import TOOLS, Result, Tool
from natoqa.serving.asker import THIS_PROCESS, asker_of
from natoqa.serving.places import Outcome, Places
from natoqa.serving.problems import RefusedError
from natoqa.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

logger = logging.getLogger(__name__)

INSTRUCTIONS = (
    "natoqa answers from a collection of news articles only. Use `ask` for questions, `search` to look around, "
    "`get_article` to read what stands around a quotation. Keep the speaker, outlet and day of what you quote."
)
# An answer computes for half a second on all cores: more at a time would only wait for each other.
AT_A_TIME = 2
# The longest possible arguments have a few kilobytes.
_MAX_BODY = 1_000_000

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# A foreign site can point its own name at 127.0.0.1, and a page from elsewhere can send requests there.
_OWN_NAMES_ONLY = TransportSecuritySettings(
    enable_dns_rebinding_protection=True,
    allowed_hosts=[*_LOOPBACK, *(f"{host}:*" for host in _LOOPBACK)],
    allowed_origins=[f"http://{host}{port}" for host in _LOOPBACK for port in ("", ":*")],
)
_ANY_NAME = TransportSecuritySettings(enable_dns_rebinding_protection=False)


def serve(settings: Settings) -> None:
    """Serve the tools over stdin and stdout until the client closes them.

    While serving, whatever else is written to stdout goes to stderr. The index is opened by the first call, so that
    one made meanwhile is found; that there is none is told as the result of a call.
    """
    index = _Opened(settings)
    try:
        anyio.run(_over_stdio, server(index))
    finally:
        index.close()


async def _over_stdio(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def http_app(
    index: Callable[[], Index], *, path: str = "/mcp", places: Places | None = None, guarded: bool = False
) -> Starlette:
    """Return a web application that serves the tools over streamable HTTP at `path`.

    `index` is called for every call, so several applications can share one; it may raise a `NatoqaError`. Requests
    are answered only under this machine's own names and from its own pages: bind it to a loopback address; `guarded`
    says that something in front looks after that. Calls share `places`, if given, with other doors. To serve it beside
    something else, take over its `routes` and its `router.lifespan_context`.
    """
    return server(index, places=places).streamable_http_app(
        streamable_http_path=path,
        # No call leans on the one before it, so there is nothing to remember between them.
        stateless_http=True,
        json_response=True,
        max_request_body_size=_MAX_BODY,
        transport_security=_ANY_NAME if guarded else _OWN_NAMES_ONLY,
    )


def server(index: Callable[[], Index], *, places: Places | None = None) -> Server[Any]:
    """Return the server with the tools; `index` is called for every call of one, and each takes one of the places."""
    at_a_time = CapacityLimiter(AT_A_TIME)

    async def list_tools(
        _: ServerRequestContext[Any], __: protocol.PaginatedRequestParams | None
    ) -> protocol.ListToolsResult:
        return protocol.ListToolsResult(tools=[_described(tool) for tool in TOOLS.values()])

    async def call_tool(
        context: ServerRequestContext[Any], asked: protocol.CallToolRequestParams
    ) -> protocol.CallToolResult:
        arguments = asked.arguments or {}
        if places is None:
            return _told(await to_thread.run_sync(_call, index, asked.name, arguments, limiter=at_a_time))
        asker = asker_of(context.request, door="mcp") if context.request else THIS_PROCESS
        try:
            async with places.taken(asker, str(arguments.get("question") or arguments.get("query") or "")) as place:
                result = await to_thread.run_sync(_call, index, asked.name, arguments)
                place.outcome = _outcome(result)
        except RefusedError as refusal:
            return _told(Result.failure(str(refusal), refusal.hint))
        return _told(result)

    return Server(
        "natoqa",
        title="natoqa",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _outcome(result: Result) -> Outcome:
    """Return what the log says of a call: the status of an answer, or that something was found."""
    status = result.document.get("status")
    if result.failed:
        return "failed"
    return status if status in ("answered", "partial", "not_in_corpus") else "found"


def _described(tool: Tool) -> protocol.Tool:
    return protocol.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        annotations=protocol.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _call(index: Callable[[], Index], name: str, arguments: dict[str, Any]) -> Result:
    if name not in TOOLS:
        return Result.failure("there is no such tool", f"The tools are {', '.join(TOOLS)}.")
    try:
        return TOOLS[name].call(index, arguments)
    except Exception:
        logger.exception("a call of %s failed", name)
        return Result.failure("The call failed unexpectedly.", "The log of natoqa says more.")


def _told(result: Result) -> protocol.CallToolResult:
    return protocol.CallToolResult(
        content=[protocol.TextContent(type="text", text=result.text)],
        structured_content=result.document,
        is_error=result.failed,
    )


class _Opened:
    """The index of the settings, opened when it is first called for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._index: Index | None = None

    def __call__(self) -> Index:
        with self._opening:
            if self._index is None:
                self._index = Index.open(self._settings.index, settings=self._settings, create=False)
            return self._index

    def close(self) -> None:
        with self._opening:
            if self._index is not None:
                self._index.close()
