"""Whole sentences of an article packed into the embedding model's window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from natoqa.types import Passage, Sentence

CountTokens = Callable[[Sequence[str]], list[int]]

# The marks that the model itself puts around a text ([CLS] and [SEP]), and one token that joining may cost.
MARKS = 3

# A title tells the topic in its first words; a longer one (a teaser pasted into the field) would crowd out the text.
TITLE_TOKENS = 40


def pack(
    text: str, sentences: Sequence[Sentence], *, title: str, count_tokens: CountTokens, limit: int, window: int
) -> tuple[list[Passage], int]:
    """Return the passages of an article and how many of its sentences were cut for embedding.

    A passage has at most `limit` tokens, fewer where title and marks would not fit into the model's `window` with
    them. Passages are of about equal length, so that none is a lone last sentence. A sentence that is longer than a
    passage is one by itself; the model reads its beginning, the passage's span is the whole sentence.
    """
    heading = _beginning(title, TITLE_TOKENS, count_tokens)
    room = max(1, min(limit, window - MARKS - sum(count_tokens([heading]))))
    tokens = count_tokens([sentence.text for sentence in sentences])
    passages, cut = [], 0
    for first, last in _groups(tokens, room):
        start, end = sentences[first].start, sentences[last].end
        body = text[start:end]
        if tokens[first] > room:
            body = _beginning(body, room, count_tokens)
            cut += 1
        passages.append(Passage(start, end, f"{heading}\n{body}" if heading else body))
    return passages, cut


def _groups(tokens: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Return first and last index of runs of sentences that fit.

    Example: tokens=[50, 50, 50, 30], room=100 -> [(0, 1), (2, 3)]
    """
    runs = -(-sum(tokens) // room)
    target = sum(tokens) / runs if runs else 0
    groups: list[tuple[int, int]] = []
    first, size = 0, 0
    for number, count in enumerate(tokens):
        # A run ends when it is full, or when ending here comes nearer to the common length than going on.
        if number > first and (size + count > room or size + count / 2 > target):
            groups.append((first, number - 1))
            first, size = number, 0
        size += count
    if first < len(tokens):
        groups.append((first, len(tokens) - 1))
    return groups


def _beginning(text: str, limit: int, count_tokens: CountTokens) -> str:
    """Return as much of the beginning of `text` as has at most `limit` tokens, in whole words where there are any."""
    text = text.strip()
    (count,) = count_tokens([text])
    while count > limit and text:
        shorter = text[: max(1, len(text) * limit // count)] if len(text) > 1 else ""
        text = (shorter.rsplit(maxsplit=1)[0] if " " in shorter else shorter).strip()
        (count,) = count_tokens([text])
    return text
