"""natoqa as a server of the Model Context Protocol: tools that assistants and agents call.

tools    ask, search, get_article: their arguments, limits and results
serving  the same tools over stdio (`natoqa mcp`) and over streamable HTTP
"""

from natoqa.mcp.serving import http_app, serve

__all__ = ["http_app", "serve"]
