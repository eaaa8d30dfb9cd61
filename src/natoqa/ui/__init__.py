"""The chat page: renders answers, holds no retrieval logic.

    serve(settings) -> server -> page -> conversation -> rendering (Answer -> HTML)
    all visitors share one shared_index

Gradio is imported when a page is built, not when this package is.
"""

from natoqa.ui.server import create_app, serve

__all__ = ["create_app", "serve"]
