"""The corpus page, at /corpus: what is indexed, a search over the passages, every article as text.

Everyone who sees the chat page sees this one. What changes the index is done only for those whom `Editors` includes,
asked again with every request: a button that is hidden is no protection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from natoqa.errors import NatoqaError
from natoqa.serving.adding import accepted
from natoqa.serving.editors import Editors
from natoqa.serving.problems import UNEXPECTED
from natoqa.serving.shared_index import IndexState, SharedIndex
from natoqa.settings import Settings
from natoqa.ui import rendering
from natoqa.ui.rendering import corpus, editing, searching
from natoqa.ui.rendering.corpus import Choice

if TYPE_CHECKING:
    from natoqa.types import Retrieval

logger = logging.getLogger(__name__)

PATH = "corpus"
_SCRIPT = (Path(__file__).parent / "corpus.js").read_text(encoding="utf-8")
_SECONDS_BETWEEN_LOOKS = 1.0
# Two screens; the reader takes about as long over each as over the first ten.
_PASSAGES = 20
_SEARCHES_AT_A_TIME = 2

# A leaf that was turned or a list that was chosen begins at its heading, for eyes and for screen readers.
_TO_HEADING = """() => requestAnimationFrame(() => {
    const heading = document.querySelector("#%s .target");
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "nearest" });
})"""

Changes = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What a visitor looks at: the chosen list, the leaf of each list, and the state of the index that is shown."""

    choice: Choice = corpus.NO_CHOICE
    leaves: tuple[int, ...] = (0, 0, 0)
    """Of articles, outlets and failures."""
    shown: tuple[int, str] | None = None
    """Generation of the index, and what stands in place of the lists."""
    opened: int = 0

    def turned(self, name: str, leaf: int) -> View:
        """Return the view with a list turned to another leaf."""
        place = _LISTS.index(name)
        return replace(self, leaves=(*self.leaves[:place], leaf, *self.leaves[place + 1 :]))


_LISTS = ("articles", "outlets", "failures")


def is_editor(editors: Editors, request: gr.Request, permit: str | None = None) -> bool:
    """Tell whether the visitor who sent this request may change the index."""
    return request.request is not None and editors.includes(request.request.scope, permit=permit)


def reindex_button(state: IndexState, *, editor: bool) -> Any:
    """Return the button as it is for this visitor: not there for who may not re-index, off while that goes on."""
    running = state.reindexing is not None and state.reindexing.running
    return gr.update(visible=editor, interactive=not running)


def add_to(blocks: gr.Blocks, shared: SharedIndex, settings: Settings, editors: Editors) -> None:
    """Add the corpus page to the application."""
    desk = _Desk(shared)
    with blocks.route("Corpus", f"/{PATH}", show_in_navbar=False):
        view = gr.State(View())
        permit = gr.State(None, delete_callback=editors.forget)
        with gr.Row(elem_id="top"):
            gr.HTML(rendering.masthead("corpus"), elem_id="header", apply_default_css=False)
            with gr.Row(elem_id="index"):
                index_status = gr.HTML(elem_id="index-status", apply_default_css=False)
                reindex = gr.Button(rendering.REINDEX, size="sm", elem_id="reindex", visible=False)
        with gr.Row(elem_id="corpus"):
            with gr.Column(elem_id="corpus-main"):
                empty = _html("empty")
                finder = _html("finder", searching.FINDER)
                results = _html("results")
                articles = _html("articles")
            with gr.Column(elem_id="corpus-side"):
                adding = _html("adding")
                unlocking = _html("unlocking")
                holdings = _html("holdings")
                failures = _html("failures")
        article = _html("article")
        timer = gr.Timer(_SECONDS_BETWEEN_LOOKS)
        lists = {"articles": articles, "outlets": holdings, "failures": failures}

        def look(seen: View, key: str | None, request: gr.Request) -> Changes:
            state, editor = shared.state(), is_editor(editors, request, key)
            told = rendering.emptiness(state, editor=editor)
            shown = (state.status.index_version if state.status else -1, told)
            changes: Changes = {
                index_status: rendering.status_line(state),
                reindex: reindex_button(state, editor=editor),
            }
            if shown != seen.shown:
                now = replace(seen, shown=shown)
                changes |= {view: now, empty: told} | {lists[name]: desk.list_(name, state, now) for name in _LISTS}
            return changes

        def arrive(seen: View, key: str | None, request: gr.Request) -> Changes:
            editor = is_editor(editors, request, key)
            return look(seen, key, request) | {
                adding: editing.adding(accepted(), permit=key, most_mb=settings.max_file_mb)
                if editor and settings.uploads
                else "",
                unlocking: editing.unlocking() if not editor and editors.has_key else "",
            }

        def start_reindexing(seen: View, key: str | None, request: gr.Request) -> Changes:
            if is_editor(editors, request, key):
                shared.reindex()
            return look(seen, key, request)

        def unlock(seen: View, key: str | None, event: gr.EventData, request: gr.Request) -> Changes:
            given = editors.unlock(_text(event, "key"))
            if given is None:
                return {unlocking: editing.unlocking("This is not the admin key.")}
            editors.forget(key)
            return arrive(seen, given, request) | {permit: given, unlocking: editing.UNLOCKED}

        def choose(seen: View, event: gr.EventData) -> Changes:
            chosen = replace(seen.turned("articles", 0), choice=Choice(_text(event, "kind"), _text(event, "value")))
            return {view: chosen, articles: desk.list_("articles", shared.state(), chosen)}

        def turn(seen: View, event: gr.EventData) -> Changes:
            name = _text(event, "list")
            if name not in _LISTS:
                return {}
            turned = seen.turned(name, max(0, _number(event, "leaf") or 0))
            return {view: turned, lists[name]: desk.list_(name, shared.state(), turned)}

        def read(seen: View, event: gr.EventData) -> Changes:
            opened = replace(seen, opened=seen.opened + 1)
            return {view: opened, article: desk.article(event, opened.opened)}

        def seek(event: gr.EventData) -> str:
            return desk.found(event)

        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        # By default Gradio drops what is clicked before the last click is wholly answered.
        every = quick | {"trigger_mode": "multiple"}
        seen = [view, permit]
        looked = [view, index_status, reindex, empty, *lists.values()]
        arrived = [*looked, adding, unlocking, permit]
        blocks.load(arrive, seen, arrived, **quick)
        timer.tick(look, seen, looked, **quick)
        reindex.click(start_reindexing, seen, looked, **quick)
        unlocking.unlock(unlock, seen, arrived, **quick)
        for listing in (articles, holdings):
            listing.choose(choose, [view], [view, articles], **every).then(js=_TO_HEADING % "articles")
        for listing in lists.values():
            listing.leaf(turn, [view], [view, *lists.values()], **every).then(js=_TO_HEADING % listing.elem_id)
        for listing in (articles, results):
            listing.read(read, [view], [view, article], **every)
        finder.seek(
            seek,
            outputs=[results],
            concurrency_limit=_SEARCHES_AT_A_TIME,
            trigger_mode="once",
            show_progress="minimal",
            api_visibility="private",
        ).then(js=_TO_HEADING % "results")


def _html(name: str, value: str = "") -> Any:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=_SCRIPT)


class _Desk:
    """Looks things up in the index and returns them as HTML; what goes wrong is told in their place."""

    def __init__(self, shared: SharedIndex) -> None:
        self._shared = shared

    def list_(self, name: str, state: IndexState, view: View) -> str:
        """Return one of the lists."""
        leaves = dict(zip(_LISTS, view.leaves, strict=True))
        render: dict[str, Callable[[int], str]] = {
            "articles": lambda leaf: self._articles(state, view.choice, leaf),
            "outlets": lambda leaf: corpus.holdings(state, leaf, today=date.today()),
            "failures": lambda leaf: self._failures(state, leaf),
        }
        return _told(lambda: render[name](leaves[name]))

    def _articles(self, state: IndexState, choice: Choice, leaf: int) -> str:
        if state.status is None:
            return ""
        index = self._shared.index()
        listing = index.listing(**choice.filters(), limit=corpus.PAGE, offset=leaf * corpus.PAGE)  # type: ignore[arg-type]
        return corpus.articles(state, choice, listing, leaf)

    def _failures(self, state: IndexState, leaf: int) -> str:
        if state.status is None:
            return ""
        listing = self._shared.index().failures(limit=corpus.PAGE, offset=leaf * corpus.PAGE)
        return corpus.failures(state, listing, leaf)

    def article(self, event: gr.EventData, opening: int) -> str:
        """Return the article that a visitor opened."""

        def opened() -> str:
            article = self._shared.index().article(_text(event, "article"), version=_number(event, "version"))
            place = {"start": _number(event, "start"), "end": _number(event, "end")}
            return corpus.article_dialog(article, opening, **place)

        return _told(opened)

    def found(self, event: gr.EventData) -> str:
        """Return the passages that a visitor looked for; nothing when the form was cleared."""
        query = _text(event, "query").strip()
        if not query:
            return ""

        def search() -> Retrieval:
            days = {name: _text(event, name) or None for name in ("since", "until")}
            return self._shared.index().retrieve(query, k=_PASSAGES, outlet=_text(event, "outlet").strip(), **days)

        try:
            return searching.found(search())
        except NatoqaError as problem:
            return searching.not_found(problem)
        except Exception:
            logger.exception("passages could not be looked for")
            return searching.not_found(NatoqaError("The passages could not be searched.", hint=UNEXPECTED))


def _told(render: Callable[[], str]) -> str:
    try:
        return render()
    except NatoqaError as problem:
        return corpus.unavailable(problem)
    except Exception:
        logger.exception("the corpus page could not be made")
        return corpus.unavailable(NatoqaError("This could not be read.", hint=UNEXPECTED))


def _text(event: gr.EventData, name: str) -> str:
    """Return what the event says under a name; what is no text, or not said, is empty."""
    said = getattr(event, name, "")
    return said if isinstance(said, str) else ""


def _number(event: gr.EventData, name: str) -> int | None:
    """Return the number that the event says, None for what is none that the index could have."""
    said = _text(event, name)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
