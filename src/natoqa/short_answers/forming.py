"""A span that was found as the answer, written as a person would write a short answer."""

from __future__ import annotations

import re
from itertools import takewhile

from natoqa.citations import Quote
from natoqa.question import Question
from natoqa.short_answers.days import asked_day
from natoqa.short_answers.edges import trimmed, whole_words, without_possessive
from natoqa.short_answers.figures import asked_figure, figures, written
from natoqa.short_answers.people import behind_pronoun, in_full, is_pronoun
from natoqa.words import STOPWORDS, is_country, words

_HEDGE = re.compile(
    r"^(?:about|around|roughly|approximately|nearly|almost|more than|at least|over|up to|as many as|an estimated"
    r"|just (?:over|under))\s+(?=\S*\d|[$€£¥])",
    re.IGNORECASE,
)

_NATION = re.compile(r"\b(?:what|which)\s(?:\w+\s)?(?:country|nation)\b", re.IGNORECASE)
_STATE = re.compile(r"\b(?:what|which)\s(?:US\s|U\.S\.\s)?(?:state|province)\b", re.IGNORECASE)

# Countries whose name is not their word with a capital.
_COUNTRIES = {
    "usa": "United States", "britain": "United Kingdom", "czech": "Czech Republic", "saudi": "Saudi Arabia",
    "emirates": "United Arab Emirates", "southkorea": "South Korea", "northkorea": "North Korea",
    "southafrica": "South Africa",
}  # fmt: skip
# "Which museum in Haifa …?": the words up to the first that means nothing by itself tell what is asked for.
_ASKED_NOUN = re.compile(r"\b(?:which|what)\s+((?:[\w’'-]+\s+){0,4}[\w’'-]+)", re.IGNORECASE)
_NEXT_OF_NAME = re.compile(r"\s([A-Z][\w’'-]*)")

# Storms are known by their bare names.
_STORM = re.compile(r"^(?:(?:Super )?Typhoon|Hurricane|Cyclone|(?:Tropical )?Storm|Tropical Cyclone)\s+(?=[A-Z])")
_ASKS_FOR_STORM = re.compile(r"\b(?:hurricane|typhoon|cyclone|storm)\b", re.IGNORECASE)

_UNIONS = frozenset(("europeanunion", "unitednations"))


def form(question: Question, quote: Quote, start: int, end: int) -> str:
    """Return `quote.sentence.text[start:end]`, found as the answer, as a person would write it.

    The result stands in the article, but for figures written with digits, days resolved against the article's day,
    first names added to last names, countries written out and pronouns replaced by the speaker. It is empty where
    nothing is left that answers: punctuation, or a pronoun of somebody unknown. Offsets outside the text are clipped.

    >>> from datetime import date
    >>> from natoqa.types import Article, Sentence
    >>> def formed(asked, text, span, before=""):
    ...     sentence = Sentence(text, len(before), len(before) + len(text))
    ...     quote = Quote(Article(title="", text=before + text, path="", published=date(2025, 2, 13)), sentence)
    ...     return form(Question(asked), quote, text.index(span), text.index(span) + len(span))
    >>> formed("Which broadcaster reported it?", "It was in the BBC’s report; the BBC stands by it.", "the BBC’s")
    'BBC'
    >>> formed("Where did the ministers meet?", "The ministers met in The Hague.", "in The Hague.")
    'The Hague'
    >>> formed("Which show was renewed?", "Netflix renewed “Squid Game” on Sunday.", "“Squid Game")
    'Squid Game'
    >>> formed("Which museum is it?", "A jar broke at the Hecht Museum in Haifa.", "Hecht")
    'Hecht Museum'
    >>> formed("Which hurricane hit Jamaica?", "Hurricane Beryl hit Jamaica.", "Hurricane Beryl")
    'Beryl'
    >>> formed("How many tests may they order?", "Households can order up to four free tests.", "four free tests")
    '4'
    >>> formed("What share of voters agrees?", "About 45 percent of voters agree.", "45 percent")
    '45%'
    >>> formed("When did the ministers meet?", "The ministers met on Monday in Riga.", "on Monday")
    'Monday, 10 February 2025'
    >>> formed("Who spoke in Brussels?", "Hegseth spoke in Brussels.", "Hegseth", "Pete Hegseth came by plane. ")
    'Pete Hegseth'
    >>> formed("Who resigned?", "She resigned.", "She")
    ''
    """
    text = quote.sentence.text
    start, end = trimmed(text, *whole_words(text, start, end))
    if question.kind == "number" or re.search(r"\b(?:what|which) (?:percentage|share)\b", question.text.lower()):
        figure = asked_figure(question, text, start, end)
        return figure or _as_percent(_HEDGE.sub("", text[start:end]))
    if question.kind == "when":
        return asked_day(question, text, start, end, quote.article.published)
    start, end = trimmed(text, *without_possessive(text, start, end, quote.article.text))
    end = _end_of_name(question, text, end)
    if is_pronoun(text[start:end]):
        return behind_pronoun(quote, text[start:end], start)
    if question.kind == "where" or _NATION.search(question.text):
        return _place(question, text[start:end])
    if _ASKS_FOR_STORM.search(question.text) and (storm := _STORM.match(text[start:end])):
        return text[start + storm.end() : end]
    return in_full(question, quote, _as_percent(text[start:end]), start)


def _end_of_name(question: Question, text: str, end: int) -> int:
    """Return where a name ends with what it is the name of: "Hecht" for "Which museum?" goes on with "Museum"."""
    asked = _asked_noun(question)
    while asked and (following := _NEXT_OF_NAME.match(text, end)) and asked & {w.stem for w in words(following[1])}:
        end = following.end()
    return end


def _asked_noun(question: Question) -> frozenset[str]:
    match = _ASKED_NOUN.search(question.text)
    meaning = takewhile(lambda word: word.text == "of" or word.stem not in STOPWORDS, words(match[1] if match else ""))
    return frozenset(word.stem for word in meaning)


def _as_percent(span: str) -> str:
    found = figures(span)
    return written(found[0]) if len(found) == 1 and found[0].counts == "%" and found[0].text == span else span


def _place(question: Question, place: str) -> str:
    """Return the place as it is asked: the state or country of "Boise, Idaho", a country by its own name.

    A city keeps the state that stands behind it: ten of twelve answers told it where the article did.
    """
    pieces = re.split(r",\s+", place)
    if len(pieces) == 2 and (_NATION.search(question.text) or _STATE.search(question.text)):
        place = pieces[1]
    return _country(place) if _NATION.search(question.text) else place


def _country(place: str) -> str:
    """Return the country of a word that stands for it: of a people, a seat of government, an abbreviation."""
    found = words(place)
    if len(found) != 1 or not is_country(found[0].stem) or found[0].stem in _UNIONS or found[0].text != place:
        return place
    return _COUNTRIES.get(found[0].stem, found[0].stem.capitalize())
