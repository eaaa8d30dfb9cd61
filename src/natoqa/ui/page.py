"""The chat page in Gradio: which components there are, and which handler answers which event.

Every event is private: it has no entry in Gradio's API.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from natoqa.conversations import Conversations
from natoqa.serving.editors import Editors
from natoqa.serving.shared_index import SharedIndex
from natoqa.settings import Settings
from natoqa.ui import corpus_page, rendering
from natoqa.ui.handlers import Handlers, Parts

_HERE = Path(__file__).parent
# In the head as it is: Gradio's own way for a style sheet prefixes every selector, which breaks those in media queries.
_STYLES = sorted((_HERE / "styles").glob("*.css"))
_SESSION = (_HERE / "session.js").read_text(encoding="utf-8")
# In a function, so that its names are none of the page's.
HEAD = (
    f"<style>{''.join(each.read_text(encoding='utf-8') for each in _STYLES)}</style>"
    f"<script>(() => {{{_SESSION}}})()</script>"
)
ICON = _HERE / "favicon.png"

# After which Gradio looks whether somebody has asked, and whether a bar of progress has moved, of which there are none.
# Its own 1 and 10 ms take 6 % of a processor for as long as the server runs, these 2 %; nobody notices 20 ms.
_SECONDS_OF_SLEEP = (0.02, 1.0)

# A finished re-index is to be seen within two seconds; a look costs one small request.
_SECONDS_BETWEEN_LOOKS = 1.0

# The default theme's fonts are files to load; these are on every system.
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Menlo", "monospace")

_SHOW_SELECTED = """() => requestAnimationFrame(() => {
    const selected = document.querySelector("#sources mark.current") ??
        document.querySelector("#sources .selected > summary");
    if (!selected) return;
    selected.focus({ preventScroll: true });
    selected.scrollIntoView({ block: "center" });
})"""

_TO_THE_QUESTION = "() => document.querySelector('#asking textarea').focus()"


def theme() -> gr.themes.Base:
    """Return the look of the page: grey and blue, with fonts that are already on the visitor's system."""
    default = gr.themes.Default(
        primary_hue=gr.themes.colors.blue, neutral_hue=gr.themes.colors.slate, font=_SANS, font_mono=_MONO
    )
    # White on the default's lighter blue has a contrast of 3.7; readable starts at 4.5.
    return default.set(
        button_primary_background_fill="*primary_700", button_primary_background_fill_hover="*primary_800"
    )


def build(shared: SharedIndex, settings: Settings, kept: Conversations, editors: Editors) -> gr.Blocks:
    """Return the chat page and the corpus page; each visitor sees the conversations of their own among those kept."""
    blocks = gr.Blocks(title="natoqa", analytics_enabled=False, fill_width=True)
    with blocks:
        parts = _laid_out()
        _wired(blocks, parts, Handlers(parts, shared, kept, editors))
    corpus_page.add_to(blocks, shared, settings, editors)
    blocks.queue(api_open=False)
    blocks._queue.sleep_when_free, blocks._queue.progress_update_sleep_when_free = _SECONDS_OF_SLEEP
    return blocks


def _laid_out() -> Parts:
    """Return the components, at their places."""
    with gr.Row(elem_id="top"):
        _html("header", rendering.masthead("chat"))
        with gr.Row(elem_id="index"):
            index_status = _html("index-status")
            reindex = gr.Button(rendering.REINDEX, size="sm", elem_id="reindex")
            account = _html("account")
    with gr.Row(elem_id="desk"):
        history = _html("history", scripts=["history"])
        with gr.Column(elem_id="chat"):
            with gr.Column(elem_id="reading"):
                exports = _html("exports")
                welcome = _html("welcome", scripts=["conversation"])
                transcript = _html(
                    "transcript", rendering.conversation([]), scripts=["conversation", "beneath", "cards"]
                )
            with gr.Row(elem_id="asking"):
                notice = _html("notice", rendering.notice(""), scripts=["notice"])
                filters = _html("filters", scripts=["filters"])
                question = gr.Textbox(
                    label="Question", placeholder="Ask about the articles", max_lines=6, autofocus=True, scale=1
                )
                ask = gr.Button("Ask", variant="primary", elem_id="ask")
                stop = gr.Button("Stop", elem_id="stop", visible=False)
        sources = _html("sources", rendering.NO_SOURCES, scripts=["sources"])
    return Parts(
        conversation=gr.State(None),
        index_status=index_status,
        reindex=reindex,
        account=account,
        history=history,
        exports=exports,
        welcome=welcome,
        transcript=transcript,
        notice=notice,
        filters=filters,
        question=question,
        ask=ask,
        stop=stop,
        sources=sources,
    )


def _html(name: str, value: str = "", *, scripts: Sequence[str] = ()) -> gr.HTML:
    """Return HTML that the page's scripts, files beside this one, attend to."""
    script = "".join((_HERE / f"{each}.js").read_text(encoding="utf-8") for each in scripts)
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=script or None)


def _wired(blocks: gr.Blocks, parts: Parts, handlers: Handlers) -> None:
    """Tell Gradio which handler answers which event, with which inputs and outputs."""
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    quick = private | {"queue": False}
    # By default Gradio drops what is clicked before the last click is wholly answered.
    every = quick | {"trigger_mode": "multiple"}
    asking = private | {
        # The places that all doors share are handed out by `SharedIndex.places`.
        "concurrency_limit": None,
        "trigger_mode": "once",
    }
    # Carry what only the browser knows to the handlers.
    address, limits = gr.Textbox(visible=False), gr.Textbox(visible=False)
    present, timer = parts.conversation, gr.Timer(_SECONDS_BETWEEN_LOOKS)

    seen = [parts.index_status, parts.welcome, parts.filters, parts.reindex]
    gr.on([blocks.load, timer.tick], handlers.look, outputs=seen, **quick)
    parts.reindex.click(handlers.start_reindexing, outputs=seen, **quick)

    idle = [parts.conversation, parts.transcript, parts.sources, parts.notice, parts.ask, parts.stop]
    turned = [*idle, parts.history, parts.exports]
    asked = [*turned, parts.question]
    gr.on(
        [parts.question.submit, parts.ask.click],
        handlers.answer,
        [parts.question, present, limits],
        asked,
        js="(question, present, limits) => [question, present, natoqaFilters()]",
        **asking,
    )
    for examples in (parts.welcome, parts.transcript):
        examples.example(
            handlers.answer_example,
            [present, limits],
            asked,
            js="(present, limits) => [present, natoqaFilters()]",
            **asking,
        )
    parts.transcript.again(handlers.answer_again, [present], asked, **asking)
    parts.transcript.repeat(handlers.answer_repeated, [present], asked, **asking)
    parts.stop.click(handlers.stop, [present], **quick).then(js=_TO_THE_QUESTION)
    parts.transcript.cite(handlers.show_source, [present], [parts.sources], **every).then(js=_SHOW_SELECTED)
    parts.transcript.rate(handlers.rate, [present], [parts.notice], **every)

    arrived = blocks.load(
        handlers.arrive, [address, present], asked, js="(_, present) => [location.search, present]", **quick
    )
    known = arrived.then(handlers.show_account, outputs=[parts.account], **quick)
    # What somebody was typing when the login ended goes before a question of the address, and is theirs only.
    known.then(inputs=[parts.question], outputs=[parts.question], js="(question) => natoqaDraft(question)")
    history = parts.history
    history.arrive(handlers.arrive_back, [present], asked, **quick)
    history.visit(handlers.visit, [present], turned, **every)
    history.anew(handlers.begin_anew, [present], turned, **quick)
    history.rename(handlers.rename, [present], turned, **every)
    history.delete(handlers.delete, [present], turned, **every)
