"""How well are a language model's sentences checked? Measured on sentences that are true, and on the same ones spoilt.

    python benchmarks/checking.py DATA [--part looked|held-out] [--limit 600] [--seed 1] [--show KIND]

DATA holds `reading/wice`, `reading/squad2_half` and `realtimeqa/mini`. Printed are

- WiCE's claims with the sentences that annotators found for them: how many are marked, by label. They are Wikipedia's
  words on what a web page says, and lean on their context, so that words alone can confirm fewer of them.
- True sentences (of Wikipedia paragraphs, of news, and WiCE's supported claims that pass), identical to their source or
  rewritten by rule: at most 5 % should be marked.
- The same sentences with exactly one number, name, day or negation changed by seeded rules, once to something that the
  sources do not have ("invented") and once to something that they have elsewhere ("borrowed"): at least 95 % should be
  caught.

The part `looked` (WiCE's dev part, half of the other articles) may be read while the checks are worked on; figures are
those of `held-out`. The rules that spoil sentences share no code with the checks.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from natoqa.citations import Quote, sentences_of
from natoqa.generative.support import examine
from natoqa.types import Article, Sentence
from natoqa.words import stems


@dataclass(frozen=True, slots=True)
class Case:
    """A true sentence and what it rests on."""

    claim: str
    sources: tuple[Quote, ...]


Change = Callable[[str, Case, random.Random], str | None]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=["looked", "held-out"], default="held-out")
    parser.add_argument("--limit", type=int, default=600, help="sentences of each collection")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="", help="print what goes wrong in the kinds whose names hold this word")
    options = parser.parse_args()
    held_out = options.part == "held-out"
    claims = list(_wice(options.data / "reading" / "wice" / ("test.jsonl" if held_out else "dev.jsonl")))
    _report_labels(claims, options.show)
    collections = {
        "Wikipedia": list(_squad(options.data / "reading" / "squad2_half" / "dev-v2.0.json", held_out)),
        "news": list(_news(options.data / "realtimeqa" / "mini" / "articles.jsonl", held_out)),
        "WiCE": [case for label, case in claims if label == "supported"],
    }
    for name, cases in collections.items():
        rng = random.Random(options.seed)
        _report(name, rng.sample(cases, min(options.limit, len(cases))), rng, options.show)
    return 0


def measure(
    cases: Sequence[Case], rng: random.Random
) -> tuple[dict[str, list[tuple[str, Case, bool]]], dict[str, list[tuple[str, Case, bool]]]]:
    """Return the true and the spoilt sentences by kind, each with its case and whether it was marked."""
    true, spoilt = defaultdict(list), defaultdict(list)
    names = [name for case in cases for name in _names(case.claim)]
    for case in cases:
        versions = {"identical": case.claim} | {kind: _changed(rule, case, rng) for kind, rule in REWRITINGS.items()}
        for kind, claim in versions.items():
            if not claim:
                continue
            marked = examine(claim, case.sources, "").fault is not None
            true[kind].append((claim, case, marked))
            if marked and kind == "identical":
                break  # a sentence that is marked as it is says nothing about what was done to it
            version = Case(claim, case.sources)
            for way, spoil in _spoilings(names).items():
                wrong = spoil(claim, version, rng)
                if wrong and wrong != claim:
                    found = examine(wrong, case.sources, "").fault is not None
                    spoilt[way].append((wrong, case, found))
    return true, spoilt


def _changed(rule: Callable[[str], str | None], case: Case, rng: random.Random) -> str | None:
    claim = rule(case.claim)
    return claim if claim and claim != case.claim else None


# -- collections ------------------------------------------------------------------------------------------------------


def _wice(path: Path) -> Iterator[tuple[str, Case]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        evidence: list[str] = row["evidence"]
        chosen = {number for numbers in row["supporting_sentences"] for number in numbers}
        head = {key: value for key, value in map(_meta, evidence) if key}
        text = "\n".join(evidence)
        starts = [sum(len(each) + 1 for each in evidence[:number]) for number in range(len(evidence))]
        article = Article(
            title=head.get("TITLE", ""), text=text, path="", published=_date(head.get("PUBLISHED DATETIME", ""))
        )
        quotes = [
            Quote(article, Sentence(evidence[number], starts[number], starts[number] + len(evidence[number])))
            for number in sorted(chosen or range(len(evidence)))
        ]
        yield row["label"], Case(row["claim"], tuple(quotes))


def _meta(line: str) -> tuple[str, str]:
    match = re.match(r"\(meta data\) ([A-Z ]+): (.*)", line)
    return (match[1], match[2]) if match else ("", "")


def _squad(path: Path, held_out: bool) -> Iterator[Case]:
    for number, topic in enumerate(json.loads(path.read_text(encoding="utf-8"))["data"]):
        if bool(number % 2) == held_out:
            for paragraph in topic["paragraphs"]:
                yield from _cases(Article(title=topic["title"].replace("_", " "), text=paragraph["context"], path=""))


def _news(path: Path, held_out: bool) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        if bool(zlib.crc32(row["id"].encode()) % 2) == held_out:
            published = _date(str(row.get("published") or row.get("date") or ""))
            yield from _cases(Article(title=row["title"], text=row["text"], path="", published=published))


def _cases(article: Article) -> Iterator[Case]:
    """Yield the statements of an article, each with itself and the sentence after it as sources."""
    found = sentences_of(article)
    for sentence, neighbour in pairwise(found):
        claim = " ".join(sentence.text.split())
        if 8 <= len(claim.split()) <= 45 and re.match(r"[A-Z“\"]", claim) and re.search(r"[.”\"]$", claim):
            yield Case(claim, (Quote(article, sentence), Quote(article, neighbour)))


def _date(text: str) -> date | None:
    match = re.match(r"\d{4}-\d\d-\d\d", text)
    return date.fromisoformat(match[0]) if match else None


# -- the same in other words ------------------------------------------------------------------------------------------


def _without_opening(claim: str) -> str | None:
    match = re.match(
        r"(?:In|On|At|By|After|During|Since|However|Meanwhile|Today|For|As a result)\b[^,“\"]{0,50}, ", claim
    )
    return _capital(claim[match.end() :]) if match else None


def _opening_moved(claim: str) -> str | None:
    match = re.match(r"((?:In|On|At|By|During|Since) [^,“\"]{3,40}), ([^“”\"]+)\.$", claim)
    return f"{_capital(match[2])} {match[1][0].lower()}{match[1][1:]}." if match else None


def _shortened(claim: str) -> str | None:
    return re.sub(r", (?:which|who|where) [^,.“”\"]+(?:,|(?=\.))|\s*\([^()]*\)", "", claim, count=1)


def _reattributed(claim: str) -> str | None:
    match = re.match(r"([^“”\"]{15,}), (said|says) ((?:[A-Z][\w.’'-]+ ?){1,4})\.$", claim) or re.match(
        r"([^“”\"]{15,}), ((?:[A-Z][\w.’'-]+ ?){1,4}) (said|says)\.$", claim
    )
    if match:
        name, verb = (match[3], match[2]) if match[2] in ("said", "says") else (match[2], match[3])
        return f"{name} {verb} that {match[1]}."
    match = re.match(r"([A-Z][^“”\",]{2,60}) (said|says) (?:that )?([^“”\"]{15,})\.$", claim)
    return f"{_capital(match[3])}, {match[1]} {match[2]}." if match else None


def _quotation_reordered(claim: str) -> str | None:
    match = re.match(r"([“\"])([^“”\"]+),([”\"]) (?:(said|says) )?([A-Z][^“”\",.]{2,60}?)(?: (said|says))?\.$", claim)
    if match is None or not (match[4] or match[6]):
        return None
    return f"{match[5]} {match[4] or match[6]}: {match[1]}{match[2]}{match[3]}."


def _title_first(claim: str) -> str | None:
    match = re.search(r"((?:[A-Z][\w’-]+ ){1,2}[A-Z][\w’-]+), (?:the|a|an) ([a-z][a-z ]{3,30}),", claim)
    return claim.replace(match[0], f"{match[2]} {match[1]}") if match and match.start() else None


def _active(claim: str) -> str | None:
    match = re.match(r"([A-Z][^,“”\"]{3,50}) (?:was|were) (\w+ed) by ([^,.“”\"]{3,60})([,.].*)$", claim)
    if match is None:
        return None
    subject = re.sub(r"^(The|A|An|This|These|His|Her|Their|Its)\b", lambda word: word[0].lower(), match[1])
    return f"{_capital(match[3])} {match[2]} {subject}{match[4]}"


def _spelt_out(claim: str) -> str | None:
    return None if re.search(r"[“”\"]", claim) else re.sub(r"\b(?!wo|ca|sha)(\w+)n[’']t\b", r"\1 not", claim)


REWRITINGS: dict[str, Callable[[str], str | None]] = {
    "opening dropped": _without_opening,
    "opening moved": _opening_moved,
    "shortened": _shortened,
    "attribution moved": _reattributed,
    "quotation reordered": _quotation_reordered,
    "title first": _title_first,
    "active": _active,
    "contraction spelt out": _spelt_out,
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- one thing changed ------------------------------------------------------------------------------------------------

_MONTH = r"(?:January|February|March|April|June|July|August|September|October|November|December)"
_MONTHS = _MONTH[3:-1].split("|")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DATED = rf"{_MONTH} (\d{{1,2}})\b|\b(\d{{1,2}})(?:th|st|nd|rd)? {_MONTH}|\b({_MONTH})\b|\b((?:1[4-9]|20)\d\d)\b(?!s)"
_DAY = re.compile(rf"{_DATED}|\b({'|'.join(_WEEKDAYS)})\b")
_COUNTS = "three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty".split()
_NUMBER = re.compile(rf"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w-])|\b(?:{'|'.join(_COUNTS)})\b")
_NAME = re.compile(r"(?<![.!?:“\"‘(] )(?<!^)(?<![\w“\"‘'(-])[A-Z][a-z]+(?: [A-Z][a-z]+)*\b")
_TITLES = set(
    "The A An In On At By It He She I We They His Her Their May Mr Mrs Ms Dr Rep Sen Gov President King Queen Prince "
    "Minister Prime First Secretary Senator Governor Judge General Chief".split()
)
_NO_NAMES = set(_MONTHS) | set(_WEEKDAYS) | _TITLES
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|will|would|can|could|has|have|had|should|must|might)\b(?! (?:not|never|no|nor)\b|n|,)"
)
_PAST = re.compile(r"(?<=[a-z] )(\w{3,}ed)\b(?= (?:the|a|an|to|in|on|his|her|their|its|that|for|from)\b)")
_DENIAL = re.compile(r"\b(?:not|never) |n[’']t\b|\b[Nn]o (?=[a-z])")


def _spoilings(names: Sequence[str]) -> dict[str, Change]:
    """Return the rules by kind; `names` are those of other sentences."""
    return {
        "number, invented": lambda claim, _, rng: _one(
            claim, _numbers(claim), lambda old: _other_number(old, rng), rng
        ),
        "number, borrowed": lambda claim, case, rng: _borrowed(claim, _numbers(claim), _numbers, case, rng),
        "name, invented": lambda claim, case, rng: _one(
            claim, _name_matches(claim), lambda old: _foreign(old, names, case, rng), rng
        ),
        "name, borrowed": lambda claim, case, rng: _borrowed(claim, _name_matches(claim), _name_matches, case, rng),
        "date, invented": lambda claim, case, rng: _one(
            claim, _days(claim), lambda old: _other_day(old, case, rng), rng
        ),
        "date, borrowed": lambda claim, case, rng: _borrowed(claim, _days(claim), _days, case, rng),
        "negation, added": lambda claim, _, rng: _denied(claim, rng),
        "negation, removed": lambda claim, _, rng: _affirmed(claim, rng),
    }


Span = tuple[int, int]


def _one(claim: str, spans: Sequence[Span], other: Callable[[str], str | None], rng: random.Random) -> str | None:
    if not spans:
        return None
    start, end = rng.choice(spans)
    new = other(claim[start:end])
    return claim[:start] + new + claim[end:] if new else None


def _borrowed(
    claim: str, spans: Sequence[Span], find: Callable[[str], list[Span]], case: Case, rng: random.Random
) -> str | None:
    """Return the claim with one span replaced by another one of its kind from the sources."""
    pool = sorted({text[a:b] for text in (quote.sentence.text for quote in case.sources) for a, b in find(text)})

    def other(old: str) -> str | None:
        fitting = [new for new in pool if _shape(new) == _shape(old) and stems(new).isdisjoint(stems(old))]
        return rng.choice(fitting) if fitting else None

    return _one(claim, spans, other, rng)


def _shape(text: str) -> str:
    """Return what kinds of thing may stand for each other: months, weekdays, years, other numbers, names."""
    if text in _MONTHS or text in _WEEKDAYS:
        return "month" if text in _MONTHS else "weekday"
    if text[0].isdigit():
        return "year" if re.fullmatch(r"(?:1[4-9]|20)\d\d", text) else "number"
    return "number" if text in _COUNTS else "name"


def _numbers(text: str) -> list[Span]:
    days = _days(text)
    spans = [match.span() for match in _NUMBER.finditer(text)]
    return [span for span in spans if not any(a <= span[0] < b for a, b in days)]


def _days(text: str) -> list[Span]:
    return [match.span(match.lastindex or 0) for match in _DAY.finditer(text)]


def _name_matches(text: str) -> list[Span]:
    return [match.span() for match in _NAME.finditer(text) if _NO_NAMES.isdisjoint(match[0].split())]


def _names(text: str) -> list[str]:
    return [text[a:b] for a, b in _name_matches(text)]


def _other_number(old: str, rng: random.Random) -> str:
    if old in _COUNTS:
        return rng.choice([each for each in _COUNTS if each != old])
    place = rng.randrange(len(old))
    while not old[place].isdigit():
        place = rng.randrange(len(old))
    digit = rng.choice([each for each in "123456789" if each != old[place]])
    return old[:place] + digit + old[place + 1 :]


def _foreign(old: str, names: Sequence[str], case: Case, rng: random.Random) -> str | None:
    there = frozenset().union(*(stems(quote.sentence.text) for quote in case.sources)) | stems(case.claim)
    for _ in range(20):
        new = rng.choice(names)
        if stems(new).isdisjoint(there) and len(new.split()) <= len(old.split()) + 1:
            return new
    return None


def _other_day(old: str, case: Case, rng: random.Random) -> str | None:
    there = " ".join(quote.sentence.text for quote in case.sources)
    if old in _MONTHS or old in _WEEKDAYS:
        pool = _MONTHS if old in _MONTHS else _WEEKDAYS
    elif len(old) == 4:
        pool = [str(int(old) + step) for step in (-20, -10, -2, -1, 1, 2, 10)]
    else:
        pool = [str(day) for day in range(1, 29)]
    fitting = [each for each in pool if not re.search(rf"\b{each}\b", there)]
    return rng.choice(fitting) if fitting else None


def _denied(claim: str, rng: random.Random) -> str | None:
    spans = [(match, "auxiliary") for match in _AUXILIARY.finditer(claim)]
    spans += [(match, "past") for match in _PAST.finditer(claim)]
    outside = [(match, kind) for match, kind in spans if not _is_quoted(claim, match.start())]
    if not outside:
        return None
    match, kind = rng.choice(outside)
    new = f"never {match[0]}" if kind == "past" else f"{match[0]} {rng.choice(['not', 'not', 'never', 'no longer'])}"
    return claim[: match.start()] + new + claim[match.end() :]


def _affirmed(claim: str, rng: random.Random) -> str | None:
    spans = [match.span() for match in _DENIAL.finditer(claim) if not _is_quoted(claim, match.start())]
    changed = _one(claim, spans, lambda old: "\0", rng)
    if changed is None:
        return None
    plain = re.sub(r"\bwo\0", "will", re.sub(r"\bca\0", "can", changed)).replace("\0", "")
    return _capital(plain.replace("  ", " "))


def _is_quoted(claim: str, place: int) -> bool:
    """Whether a place is inside a quotation, which is checked letter by letter anyway."""
    before = claim[:place]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


# -- figures ----------------------------------------------------------------------------------------------------------


def _report_labels(claims: Sequence[tuple[str, Case]], show: str) -> None:
    sys.stdout.write("WiCE's claims that are marked\n")
    counts: Counter[tuple[str, bool]] = Counter()
    for label, case in claims:
        fault = examine(case.claim, case.sources, "").fault
        counts[label, fault is not None] += 1
        if show and show in f"label {label}" and fault and label == "supported":
            sys.stdout.write(f"  {fault.reason}: {case.claim}\n")
    for label in sorted({label for label, _ in counts}):
        _line(label, counts[label, True], counts[label, True] + counts[label, False])


def _report(name: str, cases: Sequence[Case], rng: random.Random, show: str) -> None:
    true, spoilt = measure(cases, rng)
    for title, kinds, wrong in (("true, marked", true, True), ("spoilt, caught", spoilt, False)):
        sys.stdout.write(f"{name}: {title}\n")
        for kind, found in kinds.items():
            _line(kind, sum(marked for _, _, marked in found), len(found))
            for claim, case, marked in found:
                if show and show in kind and marked is wrong:
                    fault = examine(claim, case.sources, "").fault
                    told = "\n        ".join(quote.sentence.text for quote in case.sources)
                    sys.stdout.write(f"    - {fault.reason if fault else 'passed'}: {claim}\n        {told}\n")
        every = [marked for found in kinds.values() for _, _, marked in found]
        _line("all", sum(every), len(every))


def _line(kind: str, part: int, whole: int) -> None:
    sys.stdout.write(f"  {kind:24} {part:5} of {whole:5}  {part / max(whole, 1):6.1%}\n")


if __name__ == "__main__":
    sys.exit(main())
