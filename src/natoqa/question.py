"""What a question asks for: its kind, names, numbers, whose words it wants, and whether it can be answered at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from natoqa.words import STOPWORDS, Word, content, is_country, question_words

Kind = Literal["who", "when", "where", "number", "why", "how", "said", "yes-no", "what"]

# Nobody asks in more; what is pasted beyond is an article, and the model reads 256 tokens anyway.
LONGEST = 2_000

_QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
_AUXILIARIES = frozenset(
    "will would can could may might shall should must is are was were am do does did has have had "
    "isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't won't wouldn't can't couldn't".split()
)
_PRESENT_AUXILIARIES = frozenset("is are am does do isn't aren't doesn't don't".split())
_OPENERS = frozenset(
    "and but so also then please in on at by according after before during since tell give show".split()
)

_SAYING = (
    "say|says|said|think|argue|claim|announce|promise|warn|demand|propose|tell|told|call for|suggest|"
    "position|stance|view|opinion|react|reaction|response|respond"
)

_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        "number",
        r"\bhow (?:many|much|old|long|far|big|large|high|tall|often)\b"
        r"|\b(?:what|which) (?:percentage|share|number|age)\b",
    ),
    ("said", rf"\bwhat (?:did|does|do|has|have|had|was|is)\b.*\b(?:{_SAYING})\b"),
    ("when", r"^\W*(?:\w+ )?when\b|\b(?:(?:in|on) )?(?:what|which) (?:year|month|day|date|time|week)\b"),
    ("where", r"^\W*(?:\w+ )?where\b|\b(?:in )?(?:what|which) (?:country|city|place|town|state)\b"),
    ("who", r"^\W*(?:\w+ )?(?:who|whom|whose)\b"),
    ("why", r"^\W*(?:\w+ )?why\b|\bfor what reason\b|\bwhat (?:caused|led to)\b"),
    ("how", r"^\W*(?:\w+ )?how\b"),
    ("what", r"^\W*(?:\w+ )?(?:what|which)\b"),
)

# Words that a name may begin with or hold without being told by them.
_TITLES = frozenset(
    "mr mrs ms dr sir president prime minister secretary general chancellor chief foreign defense defence senator "
    "governor the of and de van von al bin".split()
)


@dataclass(frozen=True)
class Question:
    """A question, read once; `text` is stripped."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        """All words of the question."""
        return question_words(self.text)

    @cached_property
    def content(self) -> list[Word]:
        """The words that carry meaning."""
        return content(self.words)

    @cached_property
    def kind(self) -> Kind:
        """What kind of answer is asked for."""
        for kind, pattern in _KINDS:
            if re.search(pattern, _lowered(self.text)):
                return kind
        first = next((word for word in self._spoken if word not in _OPENERS), "")
        return "yes-no" if first in _AUXILIARIES else "what"

    @property
    def is_present(self) -> bool:
        """Whether it asks how things stand: its first auxiliary is a present one, or "who" does something.

        Example: "Who is the minister?" and "Who leads NATO?" do, "Who was the minister?" and "Who led NATO?" do not
        """
        first = next((word for word in self._spoken if word in _AUXILIARIES), None)
        if first is None:
            return re.match(r"\W*who(?:'s\b|\s+\w+s\b)", _lowered(self.text)) is not None
        return first in _PRESENT_AUXILIARIES

    @cached_property
    def _spoken(self) -> list[str]:
        """All words in small letters."""
        return [_lowered(word.text) for word in self.words]

    @cached_property
    def names(self) -> tuple[tuple[Word, ...], ...]:
        """Names in the question: runs of capitalised words, and countries however they are written."""
        runs: list[list[Word]] = []
        open_run = False
        for number, word in enumerate(self.words):
            if not self._is_name(number):
                open_run = False
                continue
            before = self.words[number - 1] if number else None
            gap = self.text[before.end : word.start] if before else ""
            if open_run and gap.strip() in ("", "-") and before and not before.text.endswith(("'s", "’s")):
                runs[-1].append(word)
            else:
                runs.append([word])
            open_run = True
        # Offices alone ("the Secretary General") are kinds of people, not names.
        return tuple(tuple(run) for run in runs if any(word.text.lower() not in _TITLES for word in run))

    @cached_property
    def lists_names(self) -> bool:
        """Whether the question asks for several names at once: "What did Rutte and Zelensky say?"."""
        gaps = (self.text[one[-1].end : other[0].start] for one, other in zip(self.names, self.names[1:], strict=False))
        return any(re.fullmatch(r"\s*(?:,|,? and|,? or|&|vs\.?|versus)\s+(?:the\s+)?", gap) for gap in gaps)

    def _is_name(self, number: int) -> bool:
        word = self.words[number]
        lowered = word.text.lower()
        if word.text[0].isdigit() or (len(word.text) < 2 and not word.text.isupper()):
            return False
        if is_country(word.stem):
            return True
        if not word.text[0].isupper() or (lowered in STOPWORDS and not word.text.isupper()):
            return False
        if number == 0:  # every sentence begins with a capital: only one on the next word, too, tells a name
            following = self.words[1].text if len(self.words) > 1 else ""
            return following[:1].isupper() and lowered not in _QUESTION_WORDS | _AUXILIARIES and not self._shouted
        return not self._shouted

    @cached_property
    def _shouted(self) -> bool:
        """Whether capitals tell nothing, because there are no small letters or every word has one."""
        begun = [word.text[0] for word in self.words if word.text[0].isalpha()]
        return self.text.isupper() or (len(begun) > 4 and not any(letter.islower() for letter in begun))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers in the question, years included."""
        return tuple(word.text for word in self.words if word.text[0].isdigit())

    @cached_property
    def asked_speakers(self) -> tuple[tuple[Word, ...], ...]:
        """Whose words are wanted: Rutte's in "What did Rutte say about …?"; empty if nobody's."""
        match = re.search(
            rf"\bwhat (?:did|does|do|has|have|had|was|is)\s+(.*?)\s+(?:{_SAYING})", self.text, re.IGNORECASE
        )
        if self.kind != "said" or not match:
            return ()
        start, end = match.span(1)
        inside = tuple(name for name in self.names if start <= name[0].start < end)
        whole = tuple(word for word in self.content if start <= word.start < end)
        return inside or ((whole,) if whole else ())

    def without(self, names: Iterable[Sequence[Word]]) -> Question:
        """Return the question without some of its names: what is left can still be answered."""
        text = self.text
        for name in sorted(names, key=lambda name: -name[0].start):
            text = f"{text[: name[0].start]}{text[name[-1].end :].lstrip()}"
        return Question(text)

    def parts(self) -> list[Question]:
        """Return the questions that are asked in one: "Who leads NATO and when did he say so?" has two."""
        pieces = re.split(
            r"[?;,]?\s+and\s+(?=(?:who|what|when|where|why|how|which)\b)|\?\s+(?=\S)", self.text, flags=re.IGNORECASE
        )
        parts = [piece.strip(" ,;") for piece in pieces if len(piece.split()) > 1]
        return [Question(part if part.endswith("?") else f"{part}?") for part in parts] if len(parts) > 1 else [self]


def _lowered(text: str) -> str:
    """Return a text in small letters, with one form of apostrophe."""
    return text.lower().replace("’", "'")


# A name counts as present when its last word stands in a text.
PRESENT = 0.5


def same_name(name: Sequence[Word], stems: set[str] | frozenset[str]) -> float:
    """Return how much of a name stands among the stems of a text, 0 to 1; the last word of a name counts most.

    Example: ("Mark", "Rutte") with {"rutt"} -> 0.75: a surname alone is how news refers to a person.
    """
    telling = [word for word in name if word.text.lower() not in _TITLES] or list(name)
    if telling[-1].stem in stems:
        return 0.75 + 0.25 * sum(word.stem in stems for word in telling) / len(telling)
    return 0.5 * sum(word.stem in stems for word in telling[:-1]) / len(telling)


# -- questions that are none ------------------------------------------------------------------------------------------

_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|thanks?(?: you)?"
    r"|thank you(?: very much)?|bye|goodbye|ok|okay|yes|no|test|how are you(?: doing)?(?: today)?|what(?:'s| is) up"
    r"|who are you|what can you do|help|nice to meet you)(?: (?:there|all|everyone|natoqa|again|so much|a lot))?\W*"
)

# Two thirds of a keyword query are words of the articles; of a question in another language only the names are.
FAMILIAR = 0.6

# The languages of the Latin alphabet that news questions come in; fewer candidates, fewer mistakes on short texts.
_LANGUAGES = "en de fr es it pt nl pl sv da no fi cs sk hu ro hr sl lt lv et tr id ms vi sq ca eu ga".split()

# The commonest words of English that other languages of the Latin alphabet do not share.
_ENGLISH = frozenset(
    "the of and to what who whom whose which when where why how is are was were did does do has have had will would "
    "can could should they he she it his her their with from about that this these those been there any many much not "
    "into said say between after before by for at".split()
)


def unanswerable(text: str, *, familiar: Callable[[list[str]], float]) -> tuple[str, str] | None:
    """Return a helpful sentence and a note when the text is no question that natoqa can answer, else None.

    Such are an empty text, one that is far too long, a greeting, and a question that is not in English.
    `familiar` returns the share of stems that stand in the articles: a list of known words is no foreign language.
    """
    if not re.search(r"\w", text):
        return "Please ask a question about the articles.", "The question was empty."
    if len(text) > LONGEST:
        return (
            f"This is too long for a question: please ask in at most {LONGEST:,} characters.",
            f"The question had {len(text):,} characters.",
        )
    if _GREETING.fullmatch(text.strip().lower()):
        return (
            "Hello! Ask me something that the articles may tell, such as who said what, when or where.",
            "This was read as a greeting, not as a question.",
        )
    language = _foreign_language(text)
    if language and familiar([word.stem for word in content(question_words(text))]) < FAMILIAR:
        return (
            "Please ask in English: the articles are searched with a model that reads English only.",
            f"The question does not seem to be in English ({language}).",
        )
    return None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier


def _foreign_language(text: str) -> str | None:
    """Return the code of the language when it is clearly not English, else None."""
    letters = [letter for letter in text if letter.isalpha()]
    if letters and sum(letter > "\u024f" for letter in letters) > len(letters) / 2:
        return "not in the Latin alphabet"
    tokens = re.findall(r"[^\W\d_]+", text.lower())
    if len(tokens) < 3 or any(token in _ENGLISH for token in tokens):
        return None
    language, certainty = _identifier().classify(text)
    return str(language) if language != "en" and certainty > 0.8 else None
