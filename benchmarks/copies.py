"""How well are copies of one story told from everything else? Measured on labelled pairs and on edits made here.

    python benchmarks/copies.py --articles ARTICLES.jsonl [--part "held out"] [--show]

The articles are those of RealTimeQA's dev selection, one a line with `id`, `text` and `published`. `copies.jsonl` has
pairs of their ids, labelled by hand: a copy or not, and of which kind. Real copies are rare among them, so each of
some articles is also edited as a desk edits wire copy, and turned into what is no copy: a follow-up above the same
background, the same report with later figures, a page of three reports. The thresholds were chosen on the part
"chosen"; the part "held out" is the one to quote. Last come what it costs, and who was found without comparing all.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from natoqa import sentences
from natoqa.duplicates import Wording, are_copies, bands, near_in_time, sketch, wording, worth_comparing

LABELS = Path(__file__).with_suffix(".jsonl")
PARTS = ("chosen", "held out")
EDITED = 200  # articles, half of them in each part
OTHERS = 40  # articles that follow-ups and collections take their other news from
NEWS_WORDS = 80  # words of news above the background, in three or four paragraphs

BEFORE = (
    "Support independent journalism. Sign up for our morning newsletter and never miss a story again.",
    "Listen to this article, read by an automated voice. This is a beta feature; tell us what you think of it.",
)
AFTER = (
    "The Coast Daily is part of the Harbour Media group. Our reporters can be reached at the newsroom's address. "
    "Subscribers get unlimited access to all of our coverage, the crossword and the weekend magazine.",
    "Copyright by the news agency. All rights reserved. This material may not be published, broadcast, rewritten or "
    "redistributed without permission. Read more about our standards and how to send us a correction.",
)
WORDING = {"said": "told reporters", "also": "additionally", "about": "around", "but": "however", "because": "as"}

Article = dict[str, Any]
Edit = Callable[[str, random.Random, str], str]


class Pair(NamedTuple):
    """Two texts, and whether one is a copy of the other."""

    part: str
    kind: str
    copy: bool
    one: str
    other: str
    near: bool
    named: str


def main() -> int:
    """Print precision and recall, by kind, for the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True, help="JSONL file with the labelled articles")
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--show", action="store_true", help="print every pair that is judged wrongly")
    options = parser.parse_args()
    articles = {each["id"]: each for each in map(json.loads, options.articles.read_text(encoding="utf-8").splitlines())}
    for part in PARTS if options.part is None else (options.part,):
        real = [pair for pair in labelled(articles) if pair.part == part]
        made = [pair for pair in edited(list(articles.values())) if pair.part == part]
        for name, pairs in (("real pairs", real), ("controlled edits", made)):
            _report(f"{part}, {name}", pairs, show=options.show)
    _costs(list(articles.values()))
    return 0


def labelled(articles: dict[str, Article]) -> Iterator[Pair]:
    """Yield the labelled pairs of real articles."""
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        one, other = (articles[each] for each in label["articles"])
        near = near_in_time(_day(one), _day(other))
        named = f"{one['title']} | {other['title']}"
        yield Pair(label["part"], label["kind"], label["copy"], one["text"], other["text"], near, named)


def edited(articles: Sequence[Article]) -> Iterator[Pair]:
    """Yield each of some articles with what a desk, or the next day, makes of it; the same ones every time."""
    chance = random.Random(7)
    usual = [
        each for each in articles if 150 <= len(each["text"].split()) <= 2500 and len(_paragraphs(each["text"])) > 5
    ]
    for number, article in enumerate(chance.sample(usual, EDITED)):
        for copy, edits in ((True, EDITS), (False, NEWS)):
            for kind, edit in edits.items():
                others = "\n\n".join(each["text"] for each in chance.sample(usual, OTHERS))
                made = edit(article["text"], chance, others)
                yield Pair(PARTS[number % 2], kind, copy, article["text"], made, True, article["title"])


def retitled(text: str, chance: random.Random, _other: str) -> str:
    """Return the text under another headline, with a dateline and an agency's name."""
    return f"# What to know today about {chance.choice(text.split())}\n\nLONDON, 3 March (Agency) — {text}"


def with_boilerplate(text: str, chance: random.Random, _other: str) -> str:
    """Return the text between what another outlet's pages have on top and at the end."""
    return "\n\n".join([chance.choice(BEFORE), text, chance.choice(AFTER)])


def shortened(share: float) -> Edit:
    """Return an edit that cuts an article from its end, as desks do, down to a share of its paragraphs."""

    def cut(text: str, _chance: random.Random, _other: str) -> str:
        paragraphs = _paragraphs(text)
        return "\n\n".join(paragraphs[: max(2, round(share * len(paragraphs)))])

    return cut


def reordered(text: str, chance: random.Random, _other: str) -> str:
    """Return the text with the paragraphs below the first two in another order."""
    paragraphs = _paragraphs(text)
    rest = paragraphs[2:]
    chance.shuffle(rest)
    return "\n\n".join(paragraphs[:2] + rest)


def reworded(share: float) -> Edit:
    """Return an edit that changes a share of the sentences: left out, halved, or a word put otherwise."""

    def edit(text: str, chance: random.Random, _other: str) -> str:
        parts = [text[sentence.start : sentence.end] for sentence in sentences.split(text)]
        return "\n".join(filter(None, (_changed(part, chance) if chance.random() < share else part for part in parts)))

    return edit


def by_another_desk(text: str, chance: random.Random, other: str) -> str:
    """Return the text with all of it: a new title, 30 % of the sentences edited, cut to 60 %, boilerplate around."""
    for edit in (reworded(0.3), shortened(0.6), with_boilerplate, retitled):
        text = edit(text, chance, other)
    return text


def followed_up(text: str, _chance: random.Random, other: str) -> str:
    """Return other news above the background: the last two thirds of the paragraphs, as they were."""
    paragraphs = _paragraphs(text)
    return "\n\n".join([_words(other, NEWS_WORDS), *paragraphs[len(paragraphs) // 3 :]])


def followed_up_with_the_old_lead(text: str, _chance: random.Random, other: str) -> str:
    """Return other news above the first two thirds of the paragraphs, as they were: the hardest follow-up."""
    paragraphs = _paragraphs(text)
    return "\n\n".join([_words(other, NEWS_WORDS), *paragraphs[: 2 * len(paragraphs) // 3]])


def with_later_figures(text: str, _chance: random.Random, _other: str) -> str:
    """Return the text with all of its numbers raised: the same report of another day."""
    return re.sub(r"\d+", lambda number: str(int(number.group()) + 3), text)


def collected(text: str, _chance: random.Random, other: str) -> str:
    """Return a page that has the report and four times as much of others."""
    length = len(text.split())
    around = _words(other, 4 * length).split()
    return " ".join([*around[: 2 * length], text, *around[2 * length :]])


EDITS: dict[str, Edit] = {
    "retitled": retitled,
    "boilerplate added": with_boilerplate,
    "shortened to 70 %": shortened(0.7),
    "shortened to 40 %": shortened(0.4),
    "reordered": reordered,
    "20 % of sentences edited": reworded(0.2),
    "50 % of sentences edited": reworded(0.5),
    "all of it": by_another_desk,
}
NEWS: dict[str, Edit] = {
    "follow-up": followed_up,
    "follow-up with the old lead": followed_up_with_the_old_lead,
    "later figures": with_later_figures,
    "collection": collected,
}


def _changed(sentence: str, chance: random.Random) -> str:
    words = sentence.split()
    how = chance.randrange(3)
    if how == 0:
        return ""
    if how == 1 and len(words) > 12:
        return " ".join(words[: len(words) // 2]) + "."
    places = [place for place, word in enumerate(words) if word in WORDING] or [chance.randrange(len(words))]
    place = chance.choice(places)
    words[place] = WORDING.get(words[place], "reportedly " + words[place])
    return " ".join(words)


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def _words(text: str, count: int) -> str:
    return " ".join(text.split()[:count])


def _day(article: Article) -> date | None:
    return date.fromisoformat(article["published"]) if article["published"] else None


def _found(pair: Pair) -> bool:
    """Return whether the index would call the two copies: near in time, met in a band, and alike word by word."""
    if not pair.near:
        return False
    one, other = wording(pair.one), wording(pair.other)
    return _meet(one, other) and are_copies(one, other)


def _meet(one: Wording, other: Wording) -> bool:
    sketches = sketch(one.shingles), sketch(other.shingles)
    if set(bands(sketches[0])).isdisjoint(bands(sketches[1])):
        return False
    return worth_comparing(sketches[0], len(one.shingles), sketches[1], len(other.shingles))


def _report(name: str, pairs: Sequence[Pair], *, show: bool) -> None:
    outcomes: dict[tuple[bool, str], Counter[bool]] = defaultdict(Counter)
    for pair in pairs:
        found = _found(pair)
        outcomes[pair.copy, pair.kind][found] += 1
        if show and found != pair.copy:
            sys.stdout.write(f"{'false' if found else 'missed'} ({pair.kind}): {pair.named}\n")
    called = sum(counts[True] for counts in outcomes.values())
    right = sum(counts[True] for (copy, _), counts in outcomes.items() if copy)
    copies = sum(counts.total() for (copy, _), counts in outcomes.items() if copy)
    rates = f"precision {_share(right, called)}, recall {_share(right, copies)}"
    sys.stdout.write(f"\n{name}: {len(pairs)} pairs, {copies} copies, {rates}\n")
    for (copy, kind), counts in sorted(outcomes.items(), key=lambda item: (not item[0][0], item[0][1])):
        what = "copy" if copy else "no copy"
        sys.stdout.write(f"  {what:8}{kind:30}{counts[True]:4} of {counts.total():4} called copies\n")
    follow_ups = [counts for (_, kind), counts in outcomes.items() if kind.startswith(("follow-up", "update"))]
    wrong = sum(counts[True] for counts in follow_ups)
    total = sum(counts.total() for counts in follow_ups)
    sys.stdout.write(f"  follow-ups and updates called copies: {_share(wrong, total)} ({wrong} of {total})\n")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _costs(articles: Sequence[Article]) -> None:
    """Print what an article costs, and how many of all pairs are compared."""
    started = time.perf_counter()
    wordings = [wording(article["text"]) for article in articles]
    read = time.perf_counter()
    sketches = [sketch(each.shingles) for each in wordings]
    sketched = time.perf_counter()
    buckets: defaultdict[int, list[int]] = defaultdict(list)
    met: set[tuple[int, int]] = set()
    for number, values in enumerate(sketches):
        for key in bands(values):
            met.update((other, number) for other in buckets[key])
            buckets[key].append(number)
    total = len(articles)
    sys.stdout.write(
        f"\n{total} articles: shingles {(read - started) / total * 1000:.2f} ms, "
        f"sketch {(sketched - read) / total * 1000:.2f} ms an article; "
        f"{len(met)} of {total * (total - 1) // 2} pairs meet in a band\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
