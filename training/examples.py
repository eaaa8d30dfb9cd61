"""What the reader learns from: questions, each with passages whose right sentences and words are known.

The sources, each a function that yields `Group`s: SQuAD 2.0 (and XQuAD in its format), SelQA, sentences of SQuAD 1.1,
news quizzes (passages with the words of the answer, judged whether they stand there as the answer), gaps: a sentence of
one article asks for a name or number, which a passage of another article of the same days tells; yes-no questions made
of sentences; and questions written over passages of news, a quarter of which they do not answer.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from natoqa import sentences
from natoqa.evaluation.comparing import normalize
from natoqa.passages import pack
from natoqa.settings import Settings
from natoqa.span_reader import Reader, Text, tokenizer
from natoqa.words import content, is_country, words

Place = tuple[int, int]

# SQuAD articles that are kept apart for measuring (benchmarks/reading.py).
HELD_OUT = frozenset({"Harvard_University", "Imperialism", "Packet_switching", "Scottish_Parliament"})

# Longest passage made of sentences that come without their paragraph, in characters.
LONGEST = 900


@dataclass(frozen=True)
class Example:
    """A passage for a question: its sentences with 1 (holds the answer), 0 or -1 (unknown), and the answer's places."""

    title: str
    text: str
    sentences: tuple[Place, ...]
    labels: tuple[int, ...]
    spans: tuple[Place, ...] = ()
    answers: bool = False
    exact: bool = True
    """Whether the places of the answer, or that there are none, are known."""


@dataclass(frozen=True)
class Group:
    """A question and passages, some of which are compared with each other at a time; `weight` is how much it counts."""

    question: str
    examples: tuple[Example, ...]
    weight: float = 1.0


def _example(title: str, text: str, spans: Sequence[Place], places: Sequence[Place] | None = None) -> Example:
    places = places or [(each.start, each.end) for each in sentences.split(text)]
    labels = tuple(int(any(start <= first < end for first, _ in spans)) for start, end in places)
    return Example(title, text, tuple(places), labels, tuple(spans), bool(spans))


# -- Wikipedia ---------------------------------------------------------------------------------------------------------


def squad(file: Path, rng: random.Random) -> Iterator[Group]:
    """Yield the questions of a file in SQuAD's format, a third of them with another paragraph that does not answer."""
    for topic in json.loads(file.read_text(encoding="utf-8"))["data"]:
        title, paragraphs = topic["title"].replace("_", " "), topic["paragraphs"]
        if topic["title"] in HELD_OUT:
            continue
        for paragraph in paragraphs:
            for asked in paragraph["qas"]:
                texts = [answer["text"] for answer in asked["answers"]]
                spans = {(each["answer_start"], each["answer_start"] + len(each["text"])) for each in asked["answers"]}
                examples = [_example(title, paragraph["context"], sorted(spans))]
                other = rng.choice(paragraphs)["context"]
                if spans and rng.random() < 0.35 and not any(normalize(text) in normalize(other) for text in texts):
                    examples.append(_example(title, other, ()))
                yield Group(asked["question"], tuple(examples))


def held_out(file: Path) -> str:
    """Return the normalized text of what is kept apart for measuring, so that other sources can leave it out."""
    topics = json.loads(file.read_text(encoding="utf-8"))["data"]
    return " ".join(
        normalize(each["context"]) for topic in topics if topic["title"] in HELD_OUT for each in topic["paragraphs"]
    )


def without(groups: Iterator[Group], apart: str) -> Iterator[Group]:
    """Yield the groups no passage of which stands in the text kept apart."""
    for group in groups:
        if not any(normalize(each.text)[:200] in apart for each in group.examples):
            yield group


def selqa(file: Path, rng: random.Random) -> Iterator[Group]:
    """Yield the questions of SelQA: the sentences around an answer as a passage; the words that answer are unknown."""
    for each in json.loads(file.read_text(encoding="utf-8")):
        right = set(each["answers"])
        example = _window(each["article"], each["candidates"], min(right, default=0), right, rng)
        yield Group(each["question"], (example,), 0.7)


def sentence_pairs(told: Path, asked: Path, rng: random.Random) -> Iterator[Group]:
    """Yield questions with the sentence that answers among its neighbours (line by line; Du, Shao and Cardie, 2017)."""
    answers = [_detokenized(line) for line in told.read_text(encoding="utf-8").splitlines()]
    questions = [_detokenized(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    every = list(dict.fromkeys(answers))
    place = {sentence: number for number, sentence in enumerate(every)}
    for answer, question in zip(answers, questions, strict=True):
        number = place[answer]
        first = max(0, number - rng.randint(0, 4))
        example = _window("", every[first : first + 5], number - first, {number - first}, rng)
        yield Group(question, (example,), 0.7)


# A reader is believed the words of an answer when it gives them this share of its four best guesses.
BELIEVED = 0.5


def with_words(pairs: Sequence[Group], reader: Reader) -> Iterator[Group]:
    """Yield the sentence pairs with the answer's words as a reader sees them, who is told which sentence has them."""
    for group in pairs:
        (example,) = group.examples
        (number,) = (number for number, label in enumerate(example.labels) if label == 1)
        start, end = example.sentences[number]
        (reading,) = reader.read(group.question, [Text("", example.text[start:end], ((0, end - start),))])
        shares = np.exp([span.logit for span in reading.spans])
        if len(shares) and (share := float(shares[0] / shares.sum())) >= BELIEVED:
            best = reading.spans[0]
            told = replace(example, spans=((start + best.start, start + best.end),), exact=True)
            yield Group(group.question, (told,), share)


def _window(title: str, every: Sequence[str], middle: int, right: set[int], rng: random.Random) -> Example:
    """Return as many sentences around one of them as fit into a passage, grown to either side at random."""
    first = last = middle
    size = len(every[middle])
    while True:
        sides = [side for side in (first - 1, last + 1) if 0 <= side < len(every)]
        sides = [side for side in sides if size + len(every[side]) < LONGEST]
        if not sides:
            break
        side = rng.choice(sides)
        first, last, size = min(first, side), max(last, side), size + len(every[side]) + 1
    chosen = every[first : last + 1]
    ends = np.cumsum([len(each) + 1 for each in chosen]).tolist()
    places = tuple((end - 1 - len(each), end - 1) for each, end in zip(chosen, ends, strict=True))
    labels = tuple(int(number in right) for number in range(first, last + 1))
    return Example(title, " ".join(chosen), places, labels, answers=any(labels), exact=False)


_BRACKETS = {"-lrb- ": "(", " -rrb-": ")", "-lrb-": "(", "-rrb-": ")", "`` ": '"', " ''": '"'}


def _detokenized(line: str) -> str:
    for written, meant in _BRACKETS.items():
        line = line.replace(written, meant)
    return re.sub(r" ('s|n't|'re|'ve|'ll|'d)\b", r"\1", re.sub(r" ([.,;:!?%])", r"\1", line.strip()))


# -- news --------------------------------------------------------------------------------------------------------------


@dataclass
class News:
    """Articles cut into natoqa's passages, searchable by words within a span of days (BM25: Robertson et al., 1994)."""

    articles: list[dict[str, Any]]
    places: list[tuple[int, int, int]] = field(default_factory=list)
    """Number of the article, first and last character, of each passage; in the order of days."""

    def __post_init__(self) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        pieces = tokenizer()

        def count(texts: Sequence[str]) -> list[int]:
            return [len(each.ids) for each in pieces.encode_batch(list(texts), add_special_tokens=False)]

        self.articles.sort(key=lambda article: article["published"] or "")
        for number, article in enumerate(self.articles):
            cut = sentences.split(article["text"])
            article["sentences"] = [(each.start, each.end) for each in cut]
            packed, _ = pack(
                article["text"],
                cut,
                title=article["title"],
                count_tokens=count,
                limit=Settings().passage_tokens,
                window=256,
            )
            self.places += [(number, each.start, each.end) for each in packed]
        days = [self.articles[number]["published"] for number, _, _ in self.places]
        self._days = np.array([date.fromisoformat(day[:10]).toordinal() if day else 0 for day in days])
        self._counter = CountVectorizer(stop_words="english", token_pattern=r"(?u)\b\w+\b", dtype=np.float32)
        self._table = _bm25(self._counter.fit_transform([self.titled(each) for each in range(len(self.places))]))

    def titled(self, passage: int) -> str:
        """Return a passage behind its title."""
        number, start, end = self.places[passage]
        return f"{self.articles[number]['title']} {self.articles[number]['text'][start:end]}"

    def search(self, query: str, first: int, last: int, k: int) -> list[int]:
        """Return the best passages of the days (proleptic ordinals, both included)."""
        low, high = np.searchsorted(self._days, first, "left"), np.searchsorted(self._days, last, "right")
        asked = self._counter.transform([query])
        asked.data[:] = 1
        scores = np.asarray((self._table[low:high] @ asked.T).todense()).ravel()
        order = np.argsort(-scores, kind="stable")[:k]
        return [int(low + each) for each in order if scores[each] > 0]

    def example(self, passage: int, question: str, answers: Sequence[str]) -> Example:
        """Return a passage with the places where the answer stands and is meant."""
        plain = self.cut(*self.places[passage], ())
        return located(plain.title, plain.text, plain.sentences, question, answers)

    def written(self, each: Written) -> Example:
        """Return the passage of a question that was written or judged, with the answer wherever its words stand."""
        number, (start, end) = self.numbers[each.article_id], each.passage
        text = self.articles[number]["text"]
        if each.answer is None:
            return self.cut(number, start, end, ())
        told = re.finditer(rf"(?<!\w){re.escape(text[slice(*each.answer)])}(?!\w)", text[start:end])
        return self.cut(number, start, end, [match.span() for match in told])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each article by its id."""
        return {article["id"]: number for number, article in enumerate(self.articles)}

    def cut(self, number: int, start: int, end: int, spans: Sequence[Place]) -> Example:
        """Return a passage of an article, with the places of an answer in it."""
        article = self.articles[number]
        cut = [(first - start, last - start) for first, last in article["sentences"] if start <= first and last <= end]
        return _example(article["title"], article["text"][start:end], spans, cut)


def _bm25(counts: Any, k1: float = 1.2, b: float = 0.6) -> Any:
    documents, terms = counts.shape
    found = np.bincount(counts.indices, minlength=terms)
    rarity = np.log(1 + (documents - found + 0.5) / (found + 0.5)).astype(np.float32)
    lengths = np.asarray(counts.sum(1)).ravel()
    relative = (lengths / lengths.mean())[np.repeat(np.arange(documents), np.diff(counts.indptr))]
    counts.data = counts.data * (k1 + 1) / (counts.data + k1 * (1 - b + b * relative)) * rarity[counts.indices]
    return counts


def load_news(folder: Path) -> News:
    """Return the articles of `articles.jsonl` or `articles.jsonl.xz`."""
    packed = folder / "articles.jsonl.xz"
    with lzma.open(packed, "rt", encoding="utf-8") if packed.exists() else (folder / "articles.jsonl").open() as lines:
        return News([json.loads(line) for line in lines])


# What is the answer to a question about a choice, but says nothing about where it stands.
_NO_WORDS = frozenset("true|false|yes|no|all of the above|none of the above|none of these|all of these".split("|"))


def quizzes(file: Path, evidence: Path, news: News, rng: random.Random, *, until: str) -> Iterator[Group]:
    """Yield the quiz questions before the day `until`: up to four passages that answer, up to fourteen that do not.

    Passages of the sixteen days up to the question, and a few of the year before, are searched by its words: those
    without the words of the answer do not answer. Which of those that have them do stands in the file `evidence`; those
    that it does not name are neither right nor wrong.
    """
    told = defaultdict(list)
    for each in load_written(evidence):
        told[each.question].append(each)
    every = {asked["id"]: asked for asked in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    for asked in every.values():
        answers, question = asked["answers"], asked["question"]
        if asked["date"] >= until or normalize(answers[0]) in _NO_WORDS:
            continue
        day = date.fromisoformat(asked["date"]).toordinal()
        found = [*news.search(question, day - 16, day, 14), *news.search(question, day - 400, day, 6)]
        judged = [news.written(each) for each in told[asked["id"]]]
        others = [news.cut(*news.places[passage], ()) for passage in dict.fromkeys(found)]
        wrong = [other for other in others if not _partly(other.text, answers) and not _holds(other.text, answers)]
        right = [*_evidence(asked), *(each for each in judged if each.answers)]
        if not right and rng.random() < 0.5:
            continue
        unfit = [each for each in judged if not each.answers]
        yield Group(question, (*right[:4], *unfit, *wrong[:10]), 1.0 if right else 0.5)


def _holds(text: str, answers: Sequence[str]) -> bool:
    return any(places_of(text, answer) for answer in answers)


def _evidence(asked: dict[str, Any]) -> list[Example]:
    """Return what the makers of the quiz give as the place of the answer, where its words stand in it."""
    text = asked["evidence"].strip()
    cut = [(each.start, each.end) for each in sentences.split(text)]
    example = located("", text, cut, asked["question"], asked["answers"], sure=True)
    return [example] if example.answers else []


def _partly(text: str, answers: Sequence[str]) -> bool:
    """Return whether the last word of an answer stands in the text: too near to be called wrong."""
    padded = f" {normalize(text)} "
    return any(f" {normalize(answer).split()[-1]} " in padded for answer in answers if normalize(answer))


def located(
    title: str, text: str, cut: Sequence[Place], question: str, answers: Sequence[str], *, sure: bool = False
) -> Example:
    """Return a passage whose spans are the answers in those sentences that have most words of the question.

    A sentence counts half of the one before it. Where they share fewer than two words (one, if `sure`) the answer
    stands there for another reason; other sentences with the answer are neither right nor wrong.
    """
    spans = sorted({span for answer in answers for span in places_of(text, answer)})
    asked = {word.stem for word in content(words(question))}
    shared = [len(asked & {word.stem for word in words(text[start:end])}) for start, end in cut]
    told = [score + (0.5 * shared[number - 1] if number else 0.0) for number, score in enumerate(shared)]
    having = [number for number, (start, end) in enumerate(cut) if any(start <= first < end for first, _ in spans)]
    best = max((told[number] for number in having), default=0.0)
    if best < (1 if sure else 2) or best / max(1, len(asked)) < (0 if sure else 0.25):
        return Example(title, text, tuple(cut), tuple(-1 if number in having else 0 for number in range(len(cut))))
    meant = {number for number in having if told[number] >= 0.7 * best}
    labels = tuple(1 if number in meant else -1 if number in having else 0 for number in range(len(cut)))
    kept = tuple(span for span in spans if any(cut[number][0] <= span[0] < cut[number][1] for number in meant))
    return Example(title, text, tuple(cut), labels, kept, bool(kept))


_NUMBERS = dict(enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()))
_VAGUE = re.compile(r"^(?:about|around|more than|over|nearly|almost|at least|approximately|roughly|up to)\s+", re.I)
_PERCENT = re.compile(r"\s?(?:%|percent\b|per cent\b)")


def places_of(text: str, answer: str) -> list[Place]:
    """Return where an answer stands in a text, as whole words; 45% also as "45 percent", 3 also as "three"."""
    plain = _VAGUE.sub("", answer)
    share = _PERCENT.search(plain)
    number = _PERCENT.sub("", plain).strip()
    other = {str(figure): word for figure, word in _NUMBERS.items()} | {word: str(f) for f, word in _NUMBERS.items()}
    for written in dict.fromkeys([answer, number if share else plain, other.get(plain.lower(), plain)]):
        found = _whole_words(text, written)
        if share:
            found = [(start, end + len(sign[0])) for start, end in found if (sign := _PERCENT.match(text, end))]
        if found:
            return found
    return []


def _whole_words(text: str, wanted: str) -> list[Place]:
    tokens = [match.span() for match in re.finditer(r"\$?\w[\w’'.,-]*\w|\w|[%$£€]", text)]
    flat = [(part, place) for place in tokens for part in normalize(text[slice(*place)]).split()]
    parts = normalize(wanted).split()
    if not parts:
        return []
    return [
        (flat[at][1][0], flat[at + len(parts) - 1][1][1])
        for at in range(len(flat) - len(parts) + 1)
        if [part for part, _ in flat[at : at + len(parts)]] == parts
    ]


@dataclass(frozen=True)
class Written:
    """A question written over a passage: where that and its answer stand in the article; None where it has none."""

    article_id: str
    passage: Place
    answer: Place | None
    question: str


def load_written(file: Path) -> Iterator[Written]:
    """Yield the lines of a file: article, first and last character of the passage and of the answer, question; tabs."""
    for line in file.read_text(encoding="utf-8").splitlines():
        article_id, start, end, first, last, question = line.split("\t")
        yield Written(article_id, (int(start), int(end)), (int(first), int(last)) if last else None, question)


def written(file: Path, news: News, *, until: str) -> Iterator[Group]:
    """Yield the questions written over passages of articles published before the day `until`.

    The passage stands beside up to four that a search finds in the articles of the sixteen days around; where it does
    not answer it stands alone, for others may.
    """
    for each in load_written(file):
        article = news.articles[news.numbers[each.article_id]]
        if article["published"][:10] >= until:
            continue
        own = news.written(each)
        if each.answer is None:
            yield Group(each.question, (own,))
            continue
        answer = article["text"][slice(*each.answer)]
        day = date.fromisoformat(article["published"][:10]).toordinal()
        others = [
            news.example(passage, each.question, [answer])
            for passage in news.search(each.question, day - 16, day + 16, 8)
            if news.places[passage] != (news.numbers[each.article_id], *each.passage)
        ]
        right = [other for other in others if other.answers]
        wrong = [other for other in others if not other.answers and not _partly(other.text, [answer])]
        yield Group(each.question, (own, *right[:1], *wrong[:3]))


# -- gaps --------------------------------------------------------------------------------------------------------------

_NAME = r"(?:[A-Z][\w’'-]*|[A-Z]\.)"
_GAP = re.compile(
    rf"(?:(?<=\s)|(?<=[“\"(])|^)(?:“[^”]{{2,40}}”|{_NAME}(?:\s+(?:of\s+the\s+|of\s+|and\s+|de\s+|van\s+)?{_NAME}){{0,4}}"
    r"|\$?\d[\d,.]*(?:\s?(?:%|percent|per cent|million|billion|trillion))*)(?=[\s,.;:?!)”’'\"]|$)"
)
_DAYS = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday".split()
)
_NO_NAMES = frozenset(
    "The A An In On At By It He She They We I This That These Those But And For From With After Before As If When "
    "While What Who Which Where Why How There Here New More Most Some Many His Her Their Its Our You Your "
    "Mr. Mrs. Ms. Dr. Sen. Rep. President Former So About Several Meanwhile Latest".split()
)
_BODY = re.compile(
    r"\b(?:of|the|and|University|Company|Corp|Inc|Court|House|Department|Bank|State|City|Party|Times|News)\b"
)


def gaps(news: News, rng: random.Random, *, until: str, each: int = 2) -> Iterator[Group]:
    """Yield questions made of titles and first sentences by taking a name or number out, answered by other articles.

    A passage answers when it has what was taken out and two fifths of the other words.
    """
    order = [n for n, article in enumerate(news.articles) if (article["published"] or "9999") < until]
    rng.shuffle(order)
    for number in order:
        made = 0
        for sentence in _leads(news.articles[number]):
            for question, answer in list(_with_gap(sentence, rng))[:2]:
                if made < each and (group := _answered_elsewhere(news, number, sentence, question, answer)):
                    yield group
                    made += 1


_AUXILIARY = re.compile(
    r"^((?:\S+\s+){1,7}?)(is|are|was|were|has|have|had|will|would|can|could|may|should|must)\s+(?!not\b|never\b)(.*)$"
)
# The subject must be one that ends before the auxiliary, not a clause that goes on.
_NO_SUBJECT = re.compile(
    r"\b(?:who|which|that|if|when|while|as|because|there|it|this|he|she|they|we|you|i)\b|[,:;“”\"(]", re.I
)
_DETERMINERS = frozenset("The A An His Her Their Its Our Some Many Most Several Two Three Four Five More".split())


def decisions(news: News, rng: random.Random, *, until: str, most: int) -> Iterator[Group]:
    """Yield at most so many yes-no questions made of first sentences, with passages that tell of it and that do not.

    "The firm has sold its mill." -> "Has the firm sold its mill?". A passage tells when one of its sentences has half
    of the question's words; it may confirm or deny. No words are the answer: only sentence and passage are learned.
    """
    order = [n for n, article in enumerate(news.articles) if (article["published"] or "9999") < until]
    rng.shuffle(order)
    made = 0
    for number in order:
        for sentence in _leads(news.articles[number]):
            question = _decision(sentence, rng)
            group = _decided(news, number, question) if question else None
            if group and made < most:
                yield group
                made += 1
                break


def _decision(sentence: str, rng: random.Random) -> str | None:
    match = _AUXILIARY.match(sentence)
    if not match or _NO_SUBJECT.search(match[1]) or len(match[3].split()) < 3:
        return None
    if rng.random() < 0.1:
        return f"True or false: {sentence}"
    subject = match[1].strip()
    first = subject.split()[0]
    subject = subject[0].lower() + subject[1:] if first in _DETERMINERS else subject
    rest = re.split(r"[,;:]|\s(?:after|while|because|which|who|as)\s", match[3])[0].strip(' .!?”"')
    return f"{match[2].capitalize()} {subject} {rest}?" if len(rest.split()) >= 2 else None


def _decided(news: News, number: int, question: str) -> Group | None:
    day = date.fromisoformat(news.articles[number]["published"][:10]).toordinal()
    asked = {word.stem for word in content(words(question))}
    right, wrong = [], []
    for passage in news.search(question, day - 7, day + 7, 16):
        plain = news.cut(*news.places[passage], ())
        shared = [
            len(asked & {word.stem for word in words(plain.text[a:b])}) / max(1, len(asked)) for a, b in plain.sentences
        ]
        best = max(shared, default=0.0)
        if best >= 0.5:
            labels = tuple(1 if share >= 0.8 * best else -1 if share >= 0.4 else 0 for share in shared)
            right.append((news.places[passage][0] == number, replace(plain, labels=labels, answers=True, exact=False)))
        elif best < 0.35:
            wrong.append(plain)
    if not right or not wrong or len(asked) < 3:
        return None
    elsewhere = [example for own, example in right if not own] or [example for _, example in right]
    return Group(question, (elsewhere[0], *wrong[:2]))


def _leads(article: dict[str, Any]) -> Iterator[str]:
    title = re.sub(r"\s+[|–-]\s+[^|–-]{2,30}$", "", article["title"])
    for text in [title, *(article["text"][start:end] for start, end in article["sentences"][:6])]:
        if 7 <= len(text.split()) <= 32 and text[0].isupper():
            yield text


def _with_gap(sentence: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield questions and answers: "Hungary left the bloc." -> ("Which country left the bloc?", "Hungary")."""
    found = list(_GAP.finditer(sentence))
    rng.shuffle(found)
    for match in found:
        start, answer = match.start(), match[0].rstrip(".")
        while answer and answer.split()[0] in _NO_NAMES:
            rest = answer.split(maxsplit=1)
            start, answer = (start + len(answer) - len(rest[1]), rest[1]) if len(rest) > 1 else (start, "")
        if (
            not answer
            or answer in _DAYS
            or re.fullmatch(r"\d", answer)
            or sentence[start + len(answer) :][:2] in ("’s", "'s")
        ):
            continue
        before, behind = sentence[:start], sentence[start + len(answer) :]
        if before.split()[-1:] and before.split()[-1] in _DAYS:
            continue
        asked = _asked_for(answer, rng)
        before = re.sub(r"\b(?:the|an?)\s$", "", before, flags=re.IGNORECASE)
        question = f"{before}{asked}{behind}" if before.strip() else f"{asked[0].upper()}{asked[1:]}{behind}"
        yield re.sub(r"[\s.!?”\"]*$", "?", question.strip()), answer.strip("“”")


def _asked_for(answer: str, rng: random.Random) -> str:
    if answer.startswith("$"):
        return rng.choice(["how much money", "how much"])
    if _PERCENT.search(answer):
        return "what percentage"
    if answer[0].isdigit():
        return "what year" if re.fullmatch(r"(?:19|20)\d\d", answer) else "how many"
    if all(is_country(word.stem) for word in words(answer)):
        return rng.choice(["which country", "what country"])
    if answer[0] == "“":
        return rng.choice(["what", "which show", "which film"])
    if len(answer.split()) in (2, 3) and not _BODY.search(answer):
        return rng.choice(["who", "who", "what", "which person"])
    return rng.choice(["what", "which", "which company", "which organization"])


def _answered_elsewhere(news: News, number: int, sentence: str, question: str, answer: str) -> Group | None:
    day = date.fromisoformat(news.articles[number]["published"][:10]).toordinal()
    asked = {word.stem for word in content(words(question))}
    right: list[tuple[float, Example]] = []
    wrong: list[Example] = []
    for passage in news.search(question, day - 7, day + 7, 24):
        text = news.titled(passage)
        if news.places[passage][0] == number or normalize(sentence)[:60] in normalize(text):
            continue
        example = news.example(passage, question, [answer])
        share = len(asked & {word.stem for word in words(text)}) / max(1, len(asked))
        if example.answers and share >= 0.4:
            right.append((share, example))
        elif not example.answers and not _partly(text, [answer]):
            wrong.append(example)
    if not right or not wrong:
        return None
    best = max(right, key=lambda item: item[0])[1]
    return Group(question, (best, *wrong[:2]))
