"""The chat page in Gradio: which components there are, and what happens when a visitor uses them.

Every event is private (no entry in Gradio's API), and what a visitor sends is a question or the number of a citation:
none of it names a file, an address or a setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from natoqa.serving.asker import asker_of
from natoqa.serving.shared_index import SharedIndex
from natoqa.ui import rendering
from natoqa.ui.account import account
from natoqa.ui.conversation import Conversation

_HERE = Path(__file__).parent
# In the head as it is: Gradio's own way for a style sheet prefixes every selector, which breaks those in media queries.
_STYLES = sorted((_HERE / "styles").glob("*.css"))
HEAD = f"<style>{''.join(each.read_text(encoding='utf-8') for each in _STYLES)}</style>"
ICON = _HERE / "favicon.png"
_SCRIPT = (_HERE / "conversation.js").read_text(encoding="utf-8")

# A finished re-index is to be seen within two seconds; a look costs one small request.
_SECONDS_BETWEEN_LOOKS = 1.0

# The default theme's fonts are files to load; these are on every system.
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Menlo", "monospace")

_SHOW_SELECTED = """() => requestAnimationFrame(() => {
    const selected = document.querySelector("#sources .selected");
    if (!selected) return;
    selected.focus({ preventScroll: true });
    selected.querySelector("mark").scrollIntoView({ block: "center" });
})"""

_HEADER = (
    '<h1>natoqa</h1><p class="tagline">Answers from a folder of news articles, every sentence tied to its source</p>'
)

# What a handler hands to Gradio: new values (or properties) of the components that change.
Changes = dict[Any, Any]


def theme() -> gr.themes.Base:
    """Return the look of the page: grey and blue, with fonts that are already on the visitor's system."""
    default = gr.themes.Default(
        primary_hue=gr.themes.colors.blue, neutral_hue=gr.themes.colors.slate, font=_SANS, font_mono=_MONO
    )
    # White on the default's lighter blue has a contrast of 3.7; readable starts at 4.5.
    return default.set(
        button_primary_background_fill="*primary_700", button_primary_background_fill_hover="*primary_800"
    )


def build(shared: SharedIndex) -> gr.Blocks:
    """Return the page on the shared index; each browser tab has its own conversation."""
    blocks = gr.Blocks(title="natoqa", analytics_enabled=False, fill_width=True)
    with blocks:
        conversation = gr.State(None)
        with gr.Row(elem_id="top"):
            gr.HTML(_HEADER, elem_id="header", apply_default_css=False)
            with gr.Row(elem_id="index"):
                index_status = gr.HTML(elem_id="index-status", apply_default_css=False)
                reindex = gr.Button(rendering.REINDEX, size="sm", elem_id="reindex")
                new = gr.Button("New conversation", size="sm", elem_id="new")
                logged_in = gr.HTML(elem_id="account", apply_default_css=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="chat"):
                with gr.Column(elem_id="reading"):
                    welcome = gr.HTML(elem_id="welcome", apply_default_css=False, js_on_load=_SCRIPT)
                    transcript = gr.HTML(
                        rendering.conversation([]), elem_id="transcript", apply_default_css=False, js_on_load=_SCRIPT
                    )
                with gr.Row(elem_id="asking"):
                    question = gr.Textbox(
                        label="Question", placeholder="Ask about the articles", max_lines=6, autofocus=True, scale=1
                    )
                    ask = gr.Button("Ask", variant="primary", elem_id="ask")
            sources = gr.HTML(rendering.NO_SOURCES, elem_id="sources", apply_default_css=False)
        timer = gr.Timer(_SECONDS_BETWEEN_LOOKS)

        def look() -> Changes:
            state = shared.state()
            running = state.reindexing is not None and state.reindexing.running
            return {
                index_status: rendering.status_line(state),
                welcome: rendering.welcome(state),
                reindex: gr.update(interactive=not running),
            }

        def show_account(request: gr.Request) -> str:
            return account(request.state)

        def start_reindexing() -> Changes:
            shared.reindex()
            return look()

        def answer(asked: str, present: Conversation | None, request: gr.Request) -> Iterator[Changes]:
            if not asked.strip():
                yield {question: ""}
                return
            present = present or Conversation(shared)
            yield {conversation: present, question: "", ask: gr.update(interactive=False)}
            for written in present.ask(asked.strip(), asker_of(request, door="page")):
                yield {transcript: written}
            yield {sources: present.sources(), ask: gr.update(interactive=True)}

        def answer_example(present: Conversation | None, request: gr.Request, event: gr.EventData) -> Iterator[Changes]:
            yield from answer(str(event.question), present, request)

        def show_source(present: Conversation | None, event: gr.EventData) -> Changes:
            return {sources: present.sources(int(event.turn), int(event.number))} if present else {}

        def begin_anew() -> Changes:
            return {
                conversation: None,
                transcript: rendering.conversation([]),
                sources: rendering.NO_SOURCES,
                ask: gr.update(interactive=True),
            }

        quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        asking: dict[str, Any] = {
            "outputs": [conversation, question, ask, transcript, sources],
            # The places that all doors share are handed out by `SharedIndex.places`.
            "concurrency_limit": None,
            "trigger_mode": "once",
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        seen = [index_status, welcome, reindex]
        gr.on([blocks.load, timer.tick], look, outputs=seen, **quick)
        blocks.load(show_account, outputs=[logged_in], **quick)
        reindex.click(start_reindexing, outputs=seen, **quick)
        from_box = gr.on([question.submit, ask.click], answer, [question, conversation], **asking)
        from_example = welcome.example(answer_example, [conversation], **asking)
        transcript.cite(show_source, [conversation], [sources], **quick).then(js=_SHOW_SELECTED)
        new.click(
            begin_anew, outputs=[conversation, transcript, sources, ask], cancels=[from_box, from_example], **quick
        )
    blocks.queue(api_open=False)
    return blocks
