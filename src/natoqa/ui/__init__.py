"""The chat page: renders answers, holds no retrieval logic.

    serve(settings) -> server -> page -> handlers -> conversation -> rendering (Answer -> HTML)
    all visitors share one shared_index; each has a shelf of conversations, told apart by visitors

Gradio is imported when a page is built, not when this package is.
"""

from natoqa.ui.server import create_app, serve

__all__ = ["create_app", "serve"]
