"""A conversation that was kept goes on: follow-up questions are understood as if it had never been put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natoqa.chatbot import Chatbot
from natoqa.conversations.kept import Conversation
from natoqa.conversations.standing import restored
from natoqa.index import Index
from natoqa.settings import AnswererName
from natoqa.types import Turn

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


def continued(
    conversation: Conversation, index: Index, *, answerer: AnswererName = "extractive", llm: LLM | None = None
) -> Chatbot:
    """Return a `Chatbot` that remembers the conversation; raises the same as `Chatbot`.

    Greetings and the like were no questions, and it does not remember them, nor what was stopped or failed.
    """
    answers = [turn.answer for turn in conversation.turns if turn.answer and turn.query]
    turns = [Turn(answer.question, restored(answer, index)) for answer in answers]
    return Chatbot(index, answerer=answerer, llm=llm, turns=turns)
