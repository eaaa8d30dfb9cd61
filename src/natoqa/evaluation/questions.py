"""Questions with known answers, from an evaluation file."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from natoqa.errors import QuestionsError
from natoqa.question import Question
from natoqa.types import Article, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question with what is known about its answer: one line of an evaluation file.

    Gold articles (`article_ids`, `urls`) count where there are no `answers`. An article id is natoqa's own or the id
    that the article has in its JSONL file.
    """

    question: str
    answers: tuple[str, ...] = ()
    date: dt.date | None = None
    """The day from which the question is asked: later articles are left out."""
    answerable: bool | None = None
    """None: found out from the articles."""
    article_ids: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What kind of answer is asked for, as the answerer reads the question, such as "who"."""
        return Question(self.question).kind

    def is_gold(self, article: Article) -> bool:
        """Return whether the article is named as one that holds the answer."""
        named = article.article_id in self.article_ids or (article.record or "") in self.article_ids
        return named or (article.url or "") in self.urls


def read_questions(path: str | Path) -> list[GoldQuestion]:
    """Return the questions of a JSONL file, one a line; blank lines and unknown fields are passed over.

    Raises `QuestionsError`, naming the file and the line, for what is no question.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise QuestionsError(f"there is no file {path}") from error
    except OSError as error:
        raise QuestionsError(f"{path} cannot be read: {error.strerror or error}") from error
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    questions = [_read_line(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise QuestionsError(f"{path} holds no question")
    return questions


def _read_line(line: bytes, where: str) -> GoldQuestion:
    try:
        entry = json.loads(line)
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{where}: not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise QuestionsError(f"{where}: not JSON ({error})") from error
    if not isinstance(entry, dict):
        raise QuestionsError(f"{where}: not a JSON object")
    question = entry.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionsError(f'{where}: "question" should be a text that is not empty')
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionsError(f'{where}: "question" holds half a character (a lone surrogate)')
    if not entry.keys() & {"answers", "article_ids", "urls", "answerable"}:
        raise QuestionsError(f'{where}: there is nothing to judge by; "answers" is missing')
    answerable = entry.get("answerable")
    if not isinstance(answerable, bool | None):
        raise QuestionsError(f'{where}: "answerable" should be true or false')
    return GoldQuestion(
        question=question,
        answers=_texts(entry, "answers", where),
        date=_day(entry, where),
        answerable=answerable,
        article_ids=_texts(entry, "article_ids", where),
        urls=_texts(entry, "urls", where),
    )


def _texts(entry: Json, name: str, where: str) -> tuple[str, ...]:
    values = entry.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise QuestionsError(f'{where}: "{name}" should be a list of texts')
    return tuple(values)


def _day(entry: Json, where: str) -> dt.date | None:
    value = entry.get("date")
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise QuestionsError(f'{where}: "date" should be a day such as 2025-02-13') from error
