"""From a query to ranked passages: words and meaning, fused by rank; copies shown once, articles mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from natoqa.catalog import Catalog, Stored
from natoqa.embedding import Embedding
from natoqa.nearest import Nearest
from natoqa.types import Article, Filters, Hit, Retrieval
from natoqa.words import content, question_words, spellings

# Reciprocal rank fusion: Cormack, Clarke and Büttcher (SIGIR 2009), whose constant works unchanged here.
RRF = 60

# How deep each of the two rankings is read, at least: five times what an answer reads, so that ranks can be fused.
DEPTH = 50

# Words that stand in more than this share of the passages only cost time: BM25 gives them next to nothing.
COMMON = 0.3

# The first hits are what a reader sees; one long article should not fill them.
FIRST = 5
SAME_ARTICLE = 2


def retrieve(
    query: str, *, k: int, filters: Filters, catalog: Catalog, nearest: Nearest, embedding: Embedding
) -> Retrieval:
    """Return the `k` best passages for a query, with notes on what the filters left out; inside `catalog.reading`."""
    depth = max(DEPTH, 3 * k)
    lexical = [number for number, _ in catalog.match(search_terms(query, catalog), k=depth, filters=filters)]
    dense = [number for number, _ in nearest.search(embedding.embed_query(query), depth, filters)]
    ranked = fuse([lexical, dense])
    stored = catalog.passages(number for number, _ in ranked)
    scored = _one_of_copies([(stored[number], score) for number, score in ranked if number in stored], catalog)
    chosen = _mixed(scored, k)
    articles = {passage.article_id: catalog.article(passage.article_id) for passage, _ in chosen}
    hits = [_hit(rank, passage, score, articles[passage.article_id]) for rank, (passage, score) in enumerate(chosen, 1)]
    return Retrieval(query, tuple(hits), tuple(_notes(filters, catalog)))


def fuse(rankings: Iterable[Sequence[int]]) -> list[tuple[int, float]]:
    """Return ids with the sum of their reciprocal ranks, best first.

    Example: [[7, 8], [8, 9]] -> 8 comes first with 1/62 + 1/61, then 7 with 1/61, then 9 with 1/62
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (RRF + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def search_terms(query: str, catalog: Catalog) -> list[str]:
    """Return what to search for: content words that are not everywhere, countries in every spelling."""
    meaning = content(question_words(query))
    if not meaning:  # a query of stop words alone is meant literally
        return [word.text for word in question_words(query)]
    limit = max(COMMON * catalog.count_passages(), 10)
    frequencies = catalog.frequencies({word.stem for word in meaning})
    rare = [word for word in meaning if frequencies.get(word.stem, 0) <= limit] or meaning
    terms: dict[str, None] = {}
    for word in rare:
        for term in spellings(word.stem) or (word.text,):
            terms.update(dict.fromkeys([_phrase(term)]))
    return [term for term in terms if term]


def _phrase(term: str) -> str:
    """Return a term as FTS5 reads it between quotation marks: letters and digits only, "U.S." becomes "U S"."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in term).split())


def _one_of_copies(scored: list[tuple[Stored, float]], catalog: Catalog) -> list[tuple[Stored, float]]:
    """Keep one article of those with the same text: the first that was published."""
    groups = catalog.text_groups({passage.article_id for passage, _ in scored})
    shown = {group[0] for group in groups}
    return [(passage, score) for passage, score in scored if passage.article_id in shown]


def _mixed(scored: list[tuple[Stored, float]], k: int) -> list[tuple[Stored, float]]:
    """Return the `k` best, with at most two passages of one article among the first five while others are left."""
    first: list[tuple[Stored, float]] = []
    seen: Counter[str] = Counter()
    for item in scored:
        if len(first) < FIRST and seen[item[0].article_id] < SAME_ARTICLE:
            first.append(item)
            seen[item[0].article_id] += 1
    taken = {passage.id for passage, _ in first}
    return (first + [item for item in scored if item[0].id not in taken])[:k]


def _hit(rank: int, passage: Stored, score: float, article: Article) -> Hit:
    return Hit(rank, score, article.text[passage.start : passage.end], passage.start, passage.end, article)


def _notes(filters: Filters, catalog: Catalog) -> list[str]:
    if not catalog.count_passages():
        return ["The index has no articles yet."]
    notes = []
    if filters.by_day and (undated := catalog.count_undated(filters)):
        what = "1 article without a date was" if undated == 1 else f"{undated} articles without a date were"
        notes.append(f"{what} left out, because a day was given.")
    outlets = list(catalog.outlets()) if filters.outlet else []
    if filters.outlet and filters.outlet.casefold() not in map(str.casefold, outlets):
        known = ", ".join(outlets[:5]) or "none"
        notes.append(f"No article is from the outlet {filters.outlet!r}; the index has: {known}.")
    return notes
