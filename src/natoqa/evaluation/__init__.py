"""Measured quality: questions with known answers -> the figures of `natoqa eval`.

questions   the evaluation file
comparing   when two texts say the same
verdicts    one answer held against the gold; the figures of them all
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from natoqa.errors import ArticleNotFoundError, QuestionsError
from natoqa.evaluation.comparing import needles, padded, stands_in
from natoqa.evaluation.questions import GoldQuestion, read_questions
from natoqa.evaluation.verdicts import LOOKED_AT, Evaluation, Verdict, judge
from natoqa.types import Article, Citation

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from natoqa.index import Index
    from natoqa.settings import AnswererName

__all__ = ["Evaluation", "GoldQuestion", "Verdict", "evaluate", "judge", "read_questions"]

Progress = Callable[[Verdict, int, int], None]
"""Called after every question with its verdict, its number from 1, and how many there are."""


def evaluate(
    index: Index,
    questions: str | Path | Iterable[GoldQuestion],
    *,
    k: int = LOOKED_AT,
    answerer: AnswererName = "extractive",
    llm: LLM | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask the questions (a file or a series of them; the first `limit`), each in a conversation of its own.

    `k` passages are looked at, at least ten. Raises `QuestionsError` for a file that cannot be used, and what
    `Chatbot` and its `ask` raise.
    """
    from natoqa.chatbot import Chatbot
    from natoqa.llm import connect

    if k < 1 or (limit is not None and limit < 1):
        raise ValueError("k and limit start at 1")
    read = read_questions(questions) if isinstance(questions, str | Path) else list(questions)
    asked = read[:limit]
    if not asked:
        raise QuestionsError("there is no question to ask")
    if answerer == "llm" and llm is None:
        # Once: each of the many chatbots would connect for itself.
        llm = connect(index.settings)
    answerable = _found_in_articles(index, asked)
    verdicts: list[Verdict] = []
    for gold, found in zip(asked, answerable, strict=True):
        bot = Chatbot(index, answerer=answerer, llm=llm)
        began = time.perf_counter()  # before the search below: its query vector would be known
        answer = bot.ask(gold.question, until=gold.date)
        latency_ms = (time.perf_counter() - began) * 1000
        hits = index.search(gold.question, k=max(k, LOOKED_AT), until=gold.date)
        valid = sum(_is_verbatim(index, citation) for citation in answer.citations)
        verdicts.append(judge(gold, hits, answer, answerable=found, valid_quotes=valid, latency_ms=latency_ms))
        if progress:
            progress(verdicts[-1], len(verdicts), len(asked))
    return Evaluation(tuple(verdicts), k=k)


def _is_verbatim(index: Index, citation: Citation) -> bool:
    try:
        article = index.article(citation.article_id, version=citation.version)
    except ArticleNotFoundError:
        return False
    return article.text[citation.start : citation.end] == citation.quote


def _found_in_articles(index: Index, questions: Sequence[GoldQuestion]) -> list[bool]:
    """Return for each question whether an answer stands in an article that was published up to its date.

    The articles pass by once, so that a corpus larger than the memory can be evaluated.
    """
    found = [False] * len(questions)
    wanted = [needles(gold.answers) for gold in questions]
    unknown = [number for number, gold in enumerate(questions) if gold.answerable is None]
    for article in index.articles() if unknown else ():
        text = padded(article.text)
        for number in unknown:
            gold = questions[number]
            if _is_visible(article, gold.date):
                found[number] = stands_in(text, wanted[number]) if gold.answers else gold.is_gold(article)
        unknown = [number for number in unknown if not found[number]]
    return found


def _is_visible(article: Article, until: dt.date | None) -> bool:
    return until is None or (article.published is not None and article.published <= until)
