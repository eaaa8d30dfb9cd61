"""From a query to ranked passages: words and meaning, fused; recent and asked-for days preferred; read and reranked.

One of each story's copies is shown, articles are mixed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np

from natoqa import sentences
from natoqa.catalog import Catalog, Stored
from natoqa.duplicates import contained, shingles
from natoqa.embedding import Embedding, Vector
from natoqa.learned import learned, sure
from natoqa.nearest import Nearest
from natoqa.question import Question
from natoqa.soft_filters import SoftFilters, soft_filters
from natoqa.span_reader import Reader, Text
from natoqa.types import Article, Filters, Hit, Reading, Retrieval, Sentence
from natoqa.words import content, question_words, spellings

# How deep each of the two rankings is read, at least: among the first hundred of both together an answer stands for
# hardly more questions than among the best forty of them.
DEPTH = 100

# A convex combination (Bruch, Gai and Ingber, TOIS 2023): this much BM25, divided by the query's best, the rest cosine.
# On 489 quiz questions of summer 2024 it puts an answer first for 21.9 % of them, with days; reciprocal ranks for 18.2.
LEXICAL = 0.2

# A question that is asked on a day is mostly about the days before it: what an article of that very day is given, and
# after how many days a third of that is left. Without it the first passage is right for 18.8 % instead of 21.9 %.
RECENT = 0.2
RECENT_DAYS = 10.0

# What an article of the days, or the outlet, that the question's own words name is given.
PREFERRED = 0.1

# So many of the best passages are read: two cores without bfloat16 read about twenty a second. On 489 quiz questions of
# summer 2024, 36 of them give as many right short answers (16.8 instead of 16.6 %) and first passages that hold one
# (24.3 instead of 25.0 %), but take three times as long.
READ = 12

# What tells the relevance of a passage that was read: its score before, the reader's log-odds, its article's newness.
FEATURES = ("fused", "answers", "span", "sentence", "sure answers", "sure span", "newness")

# After so many days a third of an article's newness is left; where no day is asked for, all have the mean of the
# passages read for quiz questions.
NEW_DAYS = 200.0
USUAL_NEWNESS = 0.3

# Words that stand in more than this share of the passages only cost time: BM25 gives them next to nothing.
COMMON = 0.3

# An article is on the matter of a query when a passage has this share of its words; of a long query the rarest count,
# so that there are at most fifteen ways to have them.
MATCHING = 0.6
MOST_WORDS = 6

# The first hits are what a reader sees; one long article should not fill them.
FIRST = 5
SAME_ARTICLE = 2

# An article has a passage if it has this share of its words, four in a row: one in twenty may be another one.
SAME = 0.8


class Scored(NamedTuple):
    """A passage, its score, and what the reader made of it."""

    passage: Stored
    score: float
    reading: Reading | None = None


def retrieve(
    query: str,
    *,
    k: int,
    filters: Filters,
    catalog: Catalog,
    nearest: Nearest,
    embedding: Embedding,
    reader: Reader | None = None,
) -> Retrieval:
    """Return the `k` best passages for a query, with notes on what the filters left out; inside `catalog.reading`."""
    today = filters.until or catalog.newest_day()
    soft = soft_filters(query, asked=today, outlets=list(catalog.outlets()))
    depth = max(DEPTH, 2 * k)
    lexical = dict(catalog.match(search_terms(query, catalog), k=depth, filters=filters))
    vector = embedding.embed_query(query)
    dense = dict(nearest.search(vector, depth, filters))
    fused = fuse(lexical, _all_cosines(dense, lexical, vector, catalog))
    asked = today if filters.until or soft.recent else None
    candidates = list(islice(_one_of_copies(_preferred(fused, asked, soft, catalog), catalog), max(READ, k)))
    articles = _articles(candidates, catalog)
    if reader is not None:
        # How things stand the newer articles tell, but what still holds may have been written long ago: only when read.
        now = asked or (today if soft.empty and Question(query).is_present else None)
        candidates = _reranked(query, candidates, reader, articles, now)
    chosen = _mixed(candidates, k)
    return Retrieval(
        query,
        tuple(_hit(rank, each, articles) for rank, each in enumerate(chosen, 1)),
        tuple(_notes(filters, catalog)),
        tuple(each.reading for each in chosen if each.reading is not None),
    )


def fuse(lexical: Mapping[int, float], cosines: Mapping[int, float]) -> dict[int, float]:
    """Return passages with the convex combination of their BM25 and their cosine.

    Example: lexical={7: 12.0, 8: 6.0}, cosines={7: 0.5, 8: 0.7} -> {7: 0.6, 8: 0.66}
    """
    best = max(lexical.values(), default=1.0) or 1.0
    return {
        number: LEXICAL * lexical.get(number, 0.0) / best + (1 - LEXICAL) * cosine for number, cosine in cosines.items()
    }


def _all_cosines(
    dense: Mapping[int, float], lexical: Mapping[int, float], query: Vector, catalog: Catalog
) -> dict[int, float]:
    """Return the cosines of all passages found, computing those that only the words have found."""
    missing = sorted(lexical.keys() - dense.keys())
    if not missing:
        return dict(dense)
    numbers, vectors = catalog.vectors_of(np.array(missing, dtype=np.int64))
    return dict(dense) | dict(zip(numbers.tolist(), (vectors @ query).tolist(), strict=True))


def _preferred(fused: Mapping[int, float], asked: date | None, soft: SoftFilters, catalog: Catalog) -> list[Scored]:
    """Return the passages, best first, after articles of the likely days and outlet were given their bonus."""
    stored = catalog.passages(fused)
    origins = catalog.origins({each.article_id for each in stored.values()})
    found = []
    for number, passage in stored.items():
        published, outlet = origins[passage.article_id]
        bonus = recency(published, asked) + (PREFERRED if _fits(published, outlet, soft) else 0.0)
        found.append(Scored(passage, fused[number] + bonus))
    return sorted(found, key=lambda each: (-each.score, each.passage.id))


def recency(published: date | None, asked: date | None) -> float:
    """Return what an article is given for its day: most on the day of the question, the same for all without one."""
    if asked is None:
        return RECENT / 2  # so that scores mean the same with a day and without
    if published is None or published > asked:
        return 0.0
    return RECENT * math.exp(-(asked - published).days / RECENT_DAYS)


def _fits(published: date | None, outlet: str | None, soft: SoftFilters) -> bool:
    """Return whether an article is of the outlet or the days that the question names."""
    if soft.outlet and (outlet or "").casefold() == soft.outlet.casefold():
        return True
    if published is None or (soft.since is None and soft.until is None):
        return False
    return (soft.since or date.min) <= published <= (soft.until or date.max)


def _reranked(
    query: str, candidates: Sequence[Scored], reader: Reader, articles: Mapping[str, Article], asked: date | None
) -> list[Scored]:
    """Return the passages in the order of how likely they answer, now that they were read."""
    cut = {article_id: sentences.split(article.text) for article_id, article in articles.items()}
    texts = [
        text_of(each.passage, articles[each.passage.article_id], cut[each.passage.article_id]) for each in candidates
    ]
    days = [articles[each.passage.article_id].published for each in candidates]
    read = [
        each._replace(score=learned().relevance(features(each.score, reading, newness(day, asked))), reading=reading)
        for each, reading, day in zip(candidates, reader.read(query, texts), days, strict=True)
    ]
    return sorted(read, key=lambda each: (-each.score, each.passage.id))


def newness(published: date | None, asked: date | None) -> float:
    """Return how new an article is on the day that is asked about, 0 to 1; the usual where none is."""
    if asked is None:
        return USUAL_NEWNESS
    return math.exp(-max(0, (asked - published).days) / NEW_DAYS) if published else 0.0


def features(fused: float, reading: Reading, newness: float) -> tuple[float, ...]:
    """Return what the relevance of a passage is told by, in the order of `FEATURES`."""
    best_span = max((span.logit for span in reading.spans), default=0.0)
    best_sentence = max((logit for _, _, logit in reading.sentences), default=0.0)
    return fused, reading.answers, best_span, best_sentence, sure(reading.answers), sure(best_span), newness


def _articles(scored: Sequence[Scored], catalog: Catalog) -> dict[str, Article]:
    return {article_id: catalog.article(article_id) for article_id in {each.passage.article_id for each in scored}}


def text_of(passage: Stored, article: Article, cut: Sequence[Sentence]) -> Text:
    """Return a passage with the sentences of its article: cut by itself, it may have others, which none can cite."""
    start, end = passage.start, passage.end
    inside = [each for each in cut if each.start < end and each.end > start]
    places = tuple((max(each.start, start) - start, min(each.end, end) - start) for each in inside)
    return Text(article.title, article.text[start:end], places)


def search_terms(query: str, catalog: Catalog) -> list[str]:
    """Return what to search for: content words that are not everywhere, countries in every spelling."""
    if not content(question_words(query)):  # a query of stop words alone is meant literally
        return [word.text for word in question_words(query)]
    return list(dict.fromkeys(term for each in _in_every_spelling(query, catalog) for term in each))


def _in_every_spelling(query: str, catalog: Catalog) -> list[list[str]]:
    """Return the content words that are not everywhere, each in all its spellings."""
    meaning = content(question_words(query))
    limit = max(COMMON * catalog.count_passages(), 10)
    frequencies = catalog.frequencies({word.stem for word in meaning})
    rare = [word for word in meaning if frequencies.get(word.stem, 0) <= limit] or meaning
    spelt = [[term for each in spellings(word.stem) or (word.text,) if (term := _phrase(each))] for word in rare]
    return [each for each in spelt if each]


def matching_days(query: str, *, filters: Filters, catalog: Catalog) -> dict[date, int]:
    """Return how many articles have most of the query's words, by day, the first day first; inside `catalog.reading`.

    A word that no article has is not asked for. Articles without a date are not counted.
    """
    spelt = dict.fromkeys(tuple(each) for each in _in_every_spelling(query, catalog))
    frequency = {each: catalog.count_matching([[each]]) for each in spelt}
    present = sorted((each for each in spelt if frequency[each]), key=lambda each: frequency[each])[:MOST_WORDS]
    if not present:
        return {}
    return catalog.matching_days(list(combinations(present, math.ceil(MATCHING * len(present)))), filters)


def _phrase(term: str) -> str:
    """Return a term as FTS5 reads it between quotation marks: letters and digits only, "U.S." becomes "U S"."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in term).split())


def _one_of_copies(scored: Sequence[Scored], catalog: Catalog) -> Iterator[Scored]:
    """Yield the passages, best first, of one article of each story."""
    stories = catalog.stories({each.passage.article_id for each in scored})
    story_of = {article_id: story for story in stories for article_id in story}
    shown: dict[str, str] = {}
    for each in scored:
        story = story_of[each.passage.article_id]
        if story[0] not in shown:
            shown[story[0]] = _shown(each.passage, story, catalog)
        if shown[story[0]] == each.passage.article_id:
            yield each


def _shown(passage: Stored, story: Sequence[str], catalog: Catalog) -> str:
    """Return the article of a story that is shown: the first one published that has the story's best passage.

    A copy may lack what another outlet did not cut: what is asked for should not be lost with it.
    """
    if story[0] == passage.article_id:
        return story[0]
    words = shingles(catalog.article(passage.article_id).text[passage.start : passage.end])
    for article_id in story:
        if article_id == passage.article_id or contained(words, shingles(catalog.article(article_id).text)) >= SAME:
            return article_id
    return passage.article_id


def _mixed(scored: list[Scored], k: int) -> list[Scored]:
    """Return the `k` best, with at most two passages of one article among the first five while others are left."""
    first: list[Scored] = []
    seen: Counter[str] = Counter()
    for each in scored:
        if len(first) < FIRST and seen[each.passage.article_id] < SAME_ARTICLE:
            first.append(each)
            seen[each.passage.article_id] += 1
    taken = {each.passage.id for each in first}
    return (first + [each for each in scored if each.passage.id not in taken])[:k]


def _hit(rank: int, each: Scored, articles: Mapping[str, Article]) -> Hit:
    passage, article = each.passage, articles[each.passage.article_id]
    return Hit(rank, each.score, article.text[passage.start : passage.end], passage.start, passage.end, article)


def _notes(filters: Filters, catalog: Catalog) -> list[str]:
    if not catalog.count_passages():
        return ["The index has no articles yet."]
    notes = []
    if filters.by_day and (undated := catalog.count_undated(filters)):
        what = "1 article without a date was" if undated == 1 else f"{undated} articles without a date were"
        notes.append(f"{what} left out, because a day was given.")
    outlets = list(catalog.outlets()) if filters.outlets else []
    folded = {each.casefold() for each in outlets}
    unknown = [repr(each) for each in filters.outlets if each.casefold() not in folded]
    if unknown:
        known = ", ".join(outlets[:5]) or "none"
        which = f"outlet {unknown[0]}" if len(unknown) == 1 else f"outlets {', '.join(unknown[:5])}"
        notes.append(f"No article is from the {which}; the index has: {known}.")
    return notes
