"""What a new version of an article says that the one before did not, sentence by sentence."""

from __future__ import annotations

from difflib import SequenceMatcher

from natoqa import sentences
from natoqa.types import Article, Change


def change(before: Article, now: Article) -> Change:
    """Return what became of the sentences between two versions; one that only moved counts as both.

    >>> def version(number: int, text: str) -> Article:
    ...     return Article(article_id="a", version=number, title="Harbour", text=text, path="a.md")
    >>> found = change(version(1, "It opened. It cost 40 million."), version(2, "It opened. It cost 50 million."))
    >>> found.removed, found.added
    (('It cost 40 million.',), ('It cost 50 million.',))
    """
    old, new = (_sentences(each.text) for each in (before, now))
    removed: list[str] = []
    added: list[str] = []
    # The quick guess that frequent elements mean nothing is for lines of programs.
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[i:j] != new[k:m]:
            removed += old[i:j]
            added += new[k:m]
    return Change(
        article_id=now.article_id,
        path=now.path,
        title=now.title,
        version=now.version,
        title_before=before.title if before.title != now.title else None,
        removed=tuple(removed),
        added=tuple(added),
    )


def _sentences(text: str) -> list[str]:
    return [" ".join(text[each.start : each.end].split()) for each in sentences.split(text)]
