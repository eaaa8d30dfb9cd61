"""Searching the corpus page: the form, and the passages found with the words that were looked for."""

from __future__ import annotations

from natoqa.errors import NatoqaError
from natoqa.types import Hit, Retrieval
from natoqa.ui.rendering.corpus import opener
from natoqa.ui.rendering.markup import escaped, origin, shortened, trouble
from natoqa.words import content, question_words, words

FINDER = """
<form data-event="seek" role="search" aria-label="Passages">
<label class="wide" for="seek-query">Search the passages
<input id="seek-query" name="query" type="search" maxlength="2000" autocomplete="off"></label>
<label>From <input name="since" type="date"></label>
<label>Until <input name="until" type="date"></label>
<label>Outlet <input name="outlet" list="outlet-names" maxlength="300" autocomplete="off"></label>
<span class="actions"><button type="submit" class="primary">Search</button> <button type="reset">Clear</button></span>
</form>
"""


def found(retrieval: Retrieval) -> str:
    """Return the passages found, best first, each with its article and the words found marked."""
    notes = "".join(f"<li>{escaped(note)}</li>" for note in retrieval.notes)
    told = f'<ul class="notes">{notes}</ul>' if notes else ""
    heading = f'<h2 tabindex="-1" class="target">Passages for <q>{escaped(shortened(retrieval.query))}</q></h2>'
    if not retrieval.hits:
        return f'{heading}<p class="empty">No passage was found.</p>{told}'
    wanted = _wanted(retrieval.query)
    return f'{heading}{told}<ol class="hits">{"".join(_hit(hit, wanted) for hit in retrieval.hits)}</ol>'


def not_found(problem: NatoqaError) -> str:
    """Return why nothing could be looked for."""
    return f'<h2 tabindex="-1" class="target">No passages</h2><div role="alert">{trouble(problem)}</div>'


def _hit(hit: Hit, wanted: frozenset[str]) -> str:
    return (
        f'<li class="hit"><h3><bdi>{opener(hit.article, start=hit.start, end=hit.end)}</bdi></h3>'
        f'<p class="origin">{origin(hit.article)}</p><blockquote>{marked(hit.text, wanted)}</blockquote></li>'
    )


def _wanted(query: str) -> frozenset[str]:
    asked = question_words(query)
    return frozenset(word.stem for word in content(asked) or asked)


def marked(text: str, wanted: frozenset[str]) -> str:
    """Return the text as HTML with every word marked whose compared form is wanted."""
    parts: list[str] = []
    done = 0
    for word in words(text):
        if word.stem in wanted and word.start >= done:
            parts += [escaped(text[done : word.start]), f"<mark>{escaped(text[word.start : word.end])}</mark>"]
            done = word.end
    return "".join([*parts, escaped(text[done:])])
