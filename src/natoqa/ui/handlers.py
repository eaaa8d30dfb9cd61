"""What happens when a visitor uses the page: each handler takes what the browser sends and returns what changes.

What a visitor sends is a question, a number, a title or the id of a conversation: none of it names a file, an address
or a setting, and whose conversations may be seen is told by the request alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from natoqa.conversations import Conversations
from natoqa.errors import NatoqaError, SettingsError
from natoqa.index import filters_of
from natoqa.serving.asker import asker_of
from natoqa.serving.editors import Editors
from natoqa.serving.shared_index import SharedIndex
from natoqa.types import Filters
from natoqa.ui import corpus_page, rendering
from natoqa.ui.account import account
from natoqa.ui.conversation import Conversation, told
from natoqa.ui.shelf import Shelf
from natoqa.ui.visitors import owner_of
from natoqa.ui.writing import Writer

# What a handler hands to Gradio: new values (or properties) of the components that change.
Changes = dict[Any, Any]

# A link may bring any text; what is longer is none that somebody would send.
_LONGEST_OUTLET = 200
_MOST_OUTLETS = 1000


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the page that change."""

    conversation: gr.State
    index_status: gr.HTML
    reindex: gr.Button
    account: gr.HTML
    history: gr.HTML
    exports: gr.HTML
    welcome: gr.HTML
    transcript: gr.HTML
    notice: gr.HTML
    filters: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    sources: gr.HTML


class Handlers:
    """The handlers of one page on the shared index, for all of its visitors."""

    def __init__(self, parts: Parts, shared: SharedIndex, kept: Conversations, editors: Editors) -> None:
        self._parts = parts
        self._shared = shared
        self._kept = kept
        self._editors = editors
        self._writer = Writer(shared.places)

    # -- the index ---------------------------------------------------------------------------------------------------

    def look(self, request: gr.Request) -> Changes:
        """Show how the index stands."""
        state, editor = self._shared.state(), corpus_page.is_editor(self._editors, request)
        return {
            self._parts.index_status: rendering.status_line(state),
            self._parts.welcome: rendering.welcome(state, editor=editor),
            self._parts.filters: rendering.filters(state.status.outlets if state.status else ()),
            self._parts.reindex: corpus_page.reindex_button(state, editor=editor),
        }

    def start_reindexing(self, request: gr.Request) -> Changes:
        """Start a re-index unless one is running, or the visitor may not change the index."""
        if corpus_page.is_editor(self._editors, request):
            self._shared.reindex()
        return self.look(request)

    def show_account(self, request: gr.Request) -> Changes:
        """Show who is logged in."""
        return {self._parts.account: account(request.state)}

    # -- asking ------------------------------------------------------------------------------------------------------

    def answer(self, asked: str, present: Conversation | None, limits: str, request: gr.Request) -> Iterator[Changes]:
        """Answer what stands in the question box."""
        asked = asked.strip()
        if not asked:
            yield {self._parts.question: ""}
            return
        present = self._own(present, request) or self._begun(request)
        try:
            parts = present.ask(asked, _filters(limits), asker=asker_of(request, door="page"))
        except SettingsError as problem:
            parts = present.refuse(asked, problem)
        yield from self._answered(present, parts)

    def answer_example(
        self, present: Conversation | None, limits: str, request: gr.Request, event: gr.EventData
    ) -> Iterator[Changes]:
        """Answer an example or a suggestion."""
        yield from self.answer(str(event.question), present, limits, request)

    def answer_again(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Iterator[Changes]:
        """Answer what was searched for in an earlier turn, as the visitor has changed it."""
        query = str(event.query).strip()
        own = self._own(present, request)
        if own and query:
            yield from self._answered(own, own.ask_again(int(event.turn), query, asker=asker_of(request, door="page")))

    def answer_repeated(
        self, present: Conversation | None, request: gr.Request, event: gr.EventData
    ) -> Iterator[Changes]:
        """Answer a question that was stopped or failed once more."""
        own = self._own(present, request)
        if own:
            yield from self._answered(own, own.repeat(int(event.turn), asker=asker_of(request, door="page")))

    def _answered(self, present: Conversation, written: Iterator[str]) -> Iterator[Changes]:
        parts = self._parts
        yield {
            parts.conversation: present,
            parts.question: "",
            parts.notice: rendering.notice(""),
            parts.ask: gr.update(interactive=False),
            parts.stop: gr.update(visible=True),
        }
        for transcript in written:
            yield {parts.transcript: transcript}
        if not present.was_left:
            yield self._idle() | self._listed(present) | {parts.sources: present.sources()}

    def stop(self, present: Conversation | None) -> None:
        """End the answer that is being written; its handler shows what has become of it."""
        if present is not None:
            present.stop()

    def show_source(self, present: Conversation | None, event: gr.EventData) -> Changes:
        """Show a citation in its article."""
        return {self._parts.sources: present.sources(int(event.turn), int(event.number))} if present else {}

    def rate(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Changes:
        """Keep what the visitor thinks of an answer."""
        own = self._own(present, request)
        if own is None:
            return {}
        rating = event.rating if event.rating in ("up", "down") else None
        return {self._parts.notice: rendering.notice(own.rate(int(event.turn), rating, str(event.reason)))}

    # -- conversations -----------------------------------------------------------------------------------------------

    def arrive(self, search: str, present: Conversation | None, request: gr.Request) -> Changes:
        """Show what the address of the page names: a conversation, a question that is not asked by itself.

        Where it names no conversation nothing is put in the place of the empty one that the page begins with: the
        visitor may have asked already.
        """
        given = parse_qs(search.removeprefix("?"), errors="replace")
        question = {self._parts.question: given["q"][0]} if "q" in given else {}
        if "c" not in given:
            return self._listed(self._own(present, request) or self._begun(request)) | question
        return self._opened(given["c"][0], present, request) | question

    def arrive_back(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Changes:
        """Show what the address names that the browser's Back or Forward leads to."""
        search = str(event.search)
        arrived = self.arrive(search, present, request)
        return arrived if self._parts.conversation in arrived else self.begin_anew(present, request) | arrived

    def visit(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Changes:
        """Show a conversation of the list."""
        return self._opened(str(event.id), present, request)

    def begin_anew(self, present: Conversation | None, request: gr.Request) -> Changes:
        """Show an empty conversation; it is kept from its first answer on."""
        return self._turned_to(self._begun(request), present)

    def rename(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Changes:
        """Give a conversation another title."""
        said = Shelf(self._kept, owner_of(request)).rename(str(event.id), str(event.title))
        return self._listed(self._own(present, request) or self._begun(request)) | self._said(said)

    def delete(self, present: Conversation | None, request: gr.Request, event: gr.EventData) -> Changes:
        """Delete a conversation; if it is the present one, an answer that is being written for it is ended."""
        own = self._own(present, request)
        if own and own.id == event.id:
            own.discard()
        said = Shelf(self._kept, owner_of(request)).delete(str(event.id))
        if own and own.id != event.id:
            return self._listed(own) | self._said(said)
        return self._turned_to(self._begun(request), present) | self._said(said)

    def _opened(self, conversation_id: str, present: Conversation | None, request: gr.Request) -> Changes:
        opened = self._begun(request)
        try:
            opened.open(conversation_id)
        except NatoqaError as problem:
            said = self._said(f"This conversation cannot be shown: {told(problem)}")
            return self._turned_to(self._begun(request), present) | said
        return self._turned_to(opened, present)

    def _turned_to(self, opened: Conversation, present: Conversation | None) -> Changes:
        if present is not None:
            present.leave()
        parts = self._parts
        shown = {
            parts.conversation: opened,
            parts.transcript: opened.html(),
            parts.sources: opened.sources(),
            parts.notice: rendering.notice(""),
        }
        return self._idle() | self._listed(opened) | shown

    def _listed(self, present: Conversation) -> Changes:
        history, exports = Shelf(self._kept, present.owner).listed(present.id)
        return {self._parts.history: history, self._parts.exports: exports}

    def _idle(self) -> Changes:
        return {self._parts.ask: gr.update(interactive=True), self._parts.stop: gr.update(visible=False)}

    def _said(self, words: str) -> Changes:
        return {self._parts.notice: rendering.notice(words)}

    # -- visitors ----------------------------------------------------------------------------------------------------

    def _begun(self, request: gr.Request) -> Conversation:
        return Conversation(self._shared, self._kept, self._writer, owner_of(request))

    def _own(self, present: Conversation | None, request: gr.Request) -> Conversation | None:
        """Return the conversation if the visitor is who began it, and has not logged in or out since."""
        return present if present is not None and present.owner == owner_of(request) else None


def _filters(limits: str) -> Filters:
    """Return the filters that the page's script hands over; raises `SettingsError` for what are none."""
    try:
        given = json.loads(limits or "{}")
        since, until = (str(given.get(name) or "") or None for name in ("since", "until"))
        outlets = [str(each)[:_LONGEST_OUTLET] for each in given.get("outlet") or ()][:_MOST_OUTLETS]
    except (AttributeError, TypeError, ValueError) as error:
        raise SettingsError("the filters cannot be read", hint="Load the page again.") from error
    return filters_of(since=since, until=until, outlet=outlets)
