"""Reading a model's reply: sentences and the ids behind them, in all the forms that small models write.

    "<think>…</think>1. **Rutte** said no.【A1.s3】"  ->  Statement("Rutte said no.", ("A1.s3",))

While the reply is parsed, a group of ids is one private character, so that sentences can be split around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from natoqa import sentences
from natoqa.prompts import NOT_IN_CORPUS


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the reply and the ids that stand behind it, known or not, each once."""

    text: str
    ids: tuple[str, ...]

    @property
    def says_not_in_corpus(self) -> bool:
        """Whether the sentence says that the articles do not answer, in the agreed words or in a model's own."""
        return NOT_IN_CORPUS.rstrip(".").casefold() in self.text.casefold() or bool(_NOT_IN_CORPUS.match(self.text))


# Only sentences that begin with what we call our material: "The treaty does not mention NATO" is a claim.
_NOT_IN_CORPUS = re.compile(
    r"(?:(?:sorry|unfortunately|however|but|i'm sorry|based on \w+ \w+),?\s+(?:but\s+)?)*"
    r"(?:the|these|those|this|none of the|no|your)\s+(?:(?:given|provided|supplied|available|quoted)\s+)?"
    r"(?:articles?|sentences?|sources?|context|information|excerpts?)\b.{0,40}?"
    r"\b(?:do(?:es)? not|don['’]t|doesn['’]t|did not|not|no|insufficient|mentions?|says?)\b",
    re.IGNORECASE,
)

# Three sentences have a tenth of it; what is longer is not the agreed form.
_LONGEST_REPLY = 8000

# In sentences. A mark that has no partner until then was forgotten; it spoils its own sentence only.
_LONGEST_QUOTATION = 4

_MARK = "\ue000"
_ONE_ID = r"A(\d{1,4})[.:_-]?s(\d{1,4})"
_GROUP = re.compile(
    rf"[\[(【〔]{{1,2}}([^\[\]()【】〔〕\n]{{1,200}})[\])】〕]{{1,2}}|(?<!\w){_ONE_ID}(?!\w)",
    re.IGNORECASE,
)
_ID_IN_GROUP = re.compile(rf"(?<!\w){_ONE_ID}(?!\w)|(?<!\w)s(\d{{1,4}})(?!\w)", re.IGNORECASE)
# Marks of our own answers, or a whole article: no sentence has such an id.
_FOREIGN_GROUP = re.compile(r"\s*(?:A\d{1,4}|\d{1,2})(?:\s*[,;]\s*(?:A\d{1,4}|\d{1,2}))*\s*", re.IGNORECASE)
_NO_CONTENT = re.compile(r"\b(?:see|cf|sources?|sentences?|ids?|ref|and|from)\b|[\W_]", re.IGNORECASE)
_MARKS = re.compile(rf"{_MARK}(?:(?:[^\S\n]|[,;&]|\band\b)*{_MARK})*")
_MARK_AFTER_STOP = re.compile(rf"([.!?…]+[\"'”’»)]*)\s*({_MARK})\.?")

_THOUGHT_END = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_THOUGHT_START = re.compile(r"<(?:think|thinking|thought|reasoning)\b", re.IGNORECASE)
_LONGEST_TAG = 16

_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_LINE_START = re.compile(r"^[^\S\n]*(?:(?:[-*•–>]|#{1,6}|\d{1,2}[.)])[^\S\n]+)+", re.MULTILINE)
_EMPHASIS = re.compile(r"\*{1,3}|__|`|</?\w+>")
_LABEL = re.compile(r"^\s*(?:final )?(?:answer|response)\s*:\s*", re.IGNORECASE)
_WRAPPED = re.compile(rf"(?<![.!?:…\"”{_MARK}\n])\n(?=[a-z])")
_UNFINISHED_GROUP = re.compile(r"[\[(【〔][^\])】〕\n]{0,200}$")
_LIST_OF_SOURCES = re.compile(r"(?:sources?|citations?|references?|ids?|sentences?)[\W_]*", re.IGNORECASE)
_ID_AS_SUBJECT = re.compile(r"^(?:according to|as (?:stated|reported) (?:in|by)|in|from|per)\s*,\s*", re.IGNORECASE)


def read(pieces: Iterable[str]) -> Iterator[Statement | None]:
    """Yield each statement as soon as it is complete; None says that all before it was a chain of thought."""
    raw, done = "", 0
    for piece in pieces:
        raw += piece
        for end in reversed(list(_THOUGHT_END.finditer(raw, max(0, len(raw) - len(piece) - _LONGEST_TAG)))):
            raw, done = raw[end.end() :], 0
            yield None
            break
        if not any(each.isspace() for each in piece):
            continue
        visible = _visible(raw)
        settled = _settled(visible)
        yield from settled[done:]
        done = max(done, len(settled))
        if len(visible) > _LONGEST_REPLY:
            return
    yield from statements(_visible(raw))[done:]


def statements(text: str) -> list[Statement]:
    """Return the statements of a whole reply, without its introductions and lists of sources."""
    text = _EMPHASIS.sub("", _LINE_START.sub("", _FENCE.sub("", text.replace(_MARK, ""))))
    text, groups = _marked(_WRAPPED.sub(" ", _LABEL.sub("", text)))
    found = [_statement(sentence, groups) for line in _lines(text) for sentence in _sentences(line)]
    return [statement for statement in found if _says_something(statement)]


def plain(reply: str) -> str:
    """Return a whole reply without chains of thought, Markdown and empty lines."""
    visible = _visible(_THOUGHT_END.split(reply)[-1])
    text = _LABEL.sub("", _EMPHASIS.sub("", _LINE_START.sub("", _FENCE.sub("", visible))))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _visible(raw: str) -> str:
    """Return what stands before a chain of thought that has not ended."""
    start = _THOUGHT_START.search(raw)
    return raw[: start.start()] if start else raw


def _settled(text: str) -> list[Statement]:
    """Return the statements that what is still to come cannot change.

    The last one may go on or get its ids, the last word may be half an id, and a quotation that is open may hold
    several sentences.
    """
    text = text[: max(text.rfind(" "), text.rfind("\n")) + 1]
    settled = statements(_UNFINISHED_GROUP.sub("", text))[:-1]
    for i, statement in enumerate(settled):
        if _has_open_quotation(statement.text):
            return settled[:i]
    return settled


def _sentences(line: str) -> Iterator[str]:
    """Yield the sentences of a line; a quotation of several sentences is kept in one."""
    parts = [sentence.text for sentence in sentences.split(line)]
    while parts:
        counts = range(1, 1 + min(len(parts), _LONGEST_QUOTATION))
        count = next((count for count in counts if not _has_open_quotation(" ".join(parts[:count]))), 1)
        yield " ".join(parts[:count])
        del parts[:count]


def _has_open_quotation(text: str) -> bool:
    """Whether a quotation mark in the text has no partner."""
    return text.count("“") + text.count("„") != text.count("”") or text.count('"') % 2 == 1


def _marked(text: str) -> tuple[str, Iterator[tuple[str, ...]]]:
    """Return the text with a mark in place of each group of ids, and the groups in order."""
    found: list[tuple[str, ...]] = []

    def mark(match: re.Match[str]) -> str:
        inside = match.group(1) or match.group(0)
        ids = _ids(inside)
        if not ids and not _FOREIGN_GROUP.fullmatch(inside):
            return match.group(0)
        if not ids and match.group(0)[0] == "(" and "A" not in inside.upper():
            return match.group(0)  # "(15)" is a number of the sentence
        found.append(ids or (inside.strip(),))
        rest = _ID_IN_GROUP.sub("", inside).strip(" ,;") if ids else ""
        return _MARK if not _NO_CONTENT.sub("", rest) else f"({rest}){_MARK}"

    text = _GROUP.sub(mark, text)
    groups, taken = [], 0
    for run in _MARKS.finditer(text):
        count = run.group().count(_MARK)
        groups.append(tuple(dict.fromkeys(id_ for ids in found[taken : taken + count] for id_ in ids)))
        taken += count
    return _MARKS.sub(_MARK, text), iter(groups)


def _lines(marked: str) -> Iterator[str]:
    """Yield the lines such that each mark stands in its sentence: before its stop, or at its beginning."""
    for line in re.sub(rf"\s*\n\s*({_MARK}\W*)$", r" \1", marked, flags=re.MULTILINE).split("\n"):
        if line.lstrip().startswith(_MARK):  # this line's ids lead their sentences
            yield from re.split(f"(?={_MARK})", line)
        else:
            yield _MARK_AFTER_STOP.sub(r"\2\1", line)


def _ids(group: str) -> tuple[str, ...]:
    """Return the ids of a group in our spelling; `s4` after `A1.s3` is A1.s4."""
    ids, article = [], None
    for match in _ID_IN_GROUP.finditer(group):
        article = match.group(1) or article
        if article is not None:
            ids.append(f"A{int(article)}.s{int(match.group(2) or match.group(3))}")
    return tuple(ids)


def _statement(marked: str, groups: Iterator[tuple[str, ...]]) -> Statement:
    ids = [id_ for _ in range(marked.count(_MARK)) for id_ in next(groups)]
    text = "".join(each if each.isprintable() else " " for each in marked.replace(_MARK, " "))
    text = re.sub(r"\s+([.,;:!?…])", r"\1", " ".join(text.split()))
    if ids:
        text = _ID_AS_SUBJECT.sub("", text).lstrip(" ,;:")
        text = text[:1].upper() + text[1:]
    if ids and not re.search(r"[.!?…][\"'”’»)]*$", text):
        text = text.rstrip(",;: ") + "."
    return Statement(text, tuple(dict.fromkeys(ids)))


def _says_something(statement: Statement) -> bool:
    """Whether it is neither an introduction ("Here is the answer:") nor a bare list of sources."""
    if not re.search(r"\w", statement.text) or _LIST_OF_SOURCES.fullmatch(statement.text):
        return False
    return bool(statement.ids) or not statement.text.endswith(":")
