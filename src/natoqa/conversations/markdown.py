"""A conversation as Markdown. Other people's text is always inside of a line and holds no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from natoqa.citations import quoted
from natoqa.conversations import wording
from natoqa.conversations.kept import Conversation, KeptTurn
from natoqa.conversations.standing import Standing, Standings
from natoqa.sanitizing import markdown_text as _text
from natoqa.sanitizing import web_address
from natoqa.types import Answer, Article, Citation

# What would end an address that stands in angle brackets, and what begins an escape or an entity in it.
_IN_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", "\\": "%5C", "&": "\\&"})


def markdown(conversation: Conversation, standings: Standings) -> str:
    """Return the conversation as a Markdown document."""
    blocks = [
        f"# {_heading(conversation.title)}",
        wording.about(conversation),
    ]
    for turn in conversation.turns:
        blocks += _turn(turn, standings.get(turn.number, ()))
    return "\n\n".join(blocks) + "\n"


def _heading(title: str) -> str:
    # A line of "#" alone at the end of a heading would be taken off it.
    return _text(wording.heading(title)).replace("#", "\\#")


def _turn(turn: KeptTurn, standings: Sequence[Standing]) -> list[str]:
    about = f"*{wording.asked(turn)}*"
    blocks = [f"## {turn.number}. {_text(turn.question).replace('#', chr(92) + '#')}", about]
    if turn.unanswered:
        blocks += [_text(each) for each in wording.unanswered(turn.unanswered)]
    return blocks + _answered(turn, turn.answer, standings) if turn.answer else blocks


def _answered(turn: KeptTurn, answer: Answer, standings: Sequence[Standing]) -> list[str]:
    blocks = []
    if query := wording.searched_for(turn):
        blocks.append(f"Searched for: {_text(query)}")
    blocks.append("Answer: " + _answer(answer))
    changes = {each.number: wording.change(each) for each in standings}
    blocks += [_citation(citation, changes.get(citation.number)) for citation in answer.citations]
    if answer.nearest:
        blocks.append("Nearest articles:")
        blocks.append("\n".join(_near(article, closest, changes) for article, closest in answer.near()))
    blocks += [f"Note: {_text(note)}" for note in answer.notes]
    return blocks


def _answer(answer: Answer) -> str:
    if not answer.sentences:
        return _text(answer.text)
    return " ".join(
        _text(sentence.text) + " " + "".join(f"\\[{number}\\]" for number in sentence.citations)
        for sentence in answer.sentences
    )


def _near(article: Article, closest: Citation | None, changes: Mapping[int, str | None]) -> str:
    told = f". {_text(wording.closest(closest, changes.get(closest.number)))}" if closest else ""
    return f"- “{_text(article.title)}”, {_origin(article)}{told}"


def _citation(citation: Citation, change: str | None) -> str:
    lines = [
        f"> \\[{citation.number}\\] {_text(quoted(citation.quote))}",
        ">",
        f"> – {_text(wording.speaker(citation))}: “{_text(citation.title)}”, {_origin(citation)}",
    ]
    if change:
        lines += [">", f"> **{change}**"]
    return "\n".join(lines)


def _origin(source: Article | Citation) -> str:
    return f"{_text(wording.outlet(source))}, {wording.day(source)}, {_link(source.url)}"


def _link(url: str | None) -> str:
    address = web_address(url)
    return f"[{_text(address)}](<{address.translate(_IN_ADDRESS)}>)" if address else wording.NO_LINK
