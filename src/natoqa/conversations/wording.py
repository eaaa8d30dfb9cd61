"""What the documents made of a conversation say in words; what is not known about a quotation is said to be so."""

from __future__ import annotations

from datetime import UTC, datetime

from natoqa.citations import quoted, written_day
from natoqa.conversations.kept import Conversation, KeptTurn, Unanswered
from natoqa.conversations.standing import Standing
from natoqa.types import Article, Citation

UNTITLED = "Conversation"
STATUS = {"answered": "Answered", "partial": "Partly answered", "not_in_corpus": "Not in the corpus"}
UNANSWERED = {"stopped": "Stopped", "failed": "No answer"}
STOPPED = "This answer was stopped; it is not complete."
NO_LINK = "no link"


def heading(title: str) -> str:
    """Return the heading of a document."""
    return title or UNTITLED


def about(conversation: Conversation) -> str:
    """Return the line below the heading."""
    count = len(conversation.turns)
    return f"Begun {moment(conversation.created)}, {count} question{'' if count == 1 else 's'}, made with natoqa."


def asked(turn: KeptTurn) -> str:
    """Return what came of a question, when it was asked, and which state of the index answered."""
    status = STATUS[turn.answer.status] if turn.answer else UNANSWERED[turn.state]
    index = f", index version {turn.index_version}" if turn.index_version else ""
    return f"{status}. Asked {moment(turn.asked)}{index}."


def closest(citation: Citation, changed: str | None) -> str:
    """Return the sentence of one of the nearest articles that comes closest, with its speaker, if one is named.

    `changed` says what has become of the article since.
    """
    said = f" – {speaker(citation)}" if citation.speaker else ""
    return f"Closest: {quoted(citation.quote)}{said}{f' ({changed})' if changed else ''}"


def unanswered(outcome: Unanswered) -> tuple[str, ...]:
    """Return why there is no answer, and what had been written, each a paragraph that begins with words of ours."""
    if outcome.state == "failed":
        return f"What went wrong: {outcome.text}", f"What to do: {outcome.hint}"
    written = (f"Written until then: {outcome.text}",) if outcome.text else ()
    return (STOPPED, *written)


def searched_for(turn: KeptTurn) -> str | None:
    """Return the query, where it is not the question as it was written."""
    same = " ".join(turn.query.casefold().split()) == " ".join(turn.question.casefold().split())
    return turn.query if turn.query and not same else None


def speaker(citation: Citation) -> str:
    """Return who says it inside the article."""
    if not citation.speaker:
        return "no speaker named"
    return f"{citation.speaker}, {citation.role}" if citation.role else citation.speaker


def outlet(article: Article | Citation) -> str:
    """Return where it was published."""
    return article.outlet or "no outlet named"


def day(article: Article | Citation) -> str:
    """Return when it was published."""
    return written_day(article.published) or "no date"


def moment(when: datetime) -> str:
    """Return a moment to the minute, the same wherever the document is read."""
    when = when.astimezone(UTC)
    return f"{written_day(when.date())}, {when:%H:%M} UTC"


def change(standing: Standing | None) -> str | None:
    """Return what has become of the cited article since, if it is worth saying."""
    if standing is None or standing.state == "unchanged":
        return None
    if standing.state == "gone":
        return "The article is gone from the corpus since."
    if standing.still_said:
        return "The article has changed since; this sentence still stands in it."
    return "The article has changed since; this sentence does not stand in it any more."
