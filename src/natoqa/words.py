"""Words as retrieval and answering compare them: lower-cased, stemmed, countries under one name.

Names of a country, its people and its seat of government are the same word here ("Kiev", "Kyiv", "Ukrainian" ->
"ukraine"), because news uses them for each other. Stems are Porter's, the same that the full-text search uses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

# One country a line: its word, then what stands for it. Abbreviations with stops are met without them.
_COUNTRIES = """
usa: us america american americans united_states washington white_house
britain: uk british briton britons united_kingdom downing_street
russia: russian russians moscow kremlin russian_federation
ukraine: ukrainian ukrainians kyiv kiev
china: chinese beijing
france: french paris elysee
germany: german germans berlin
italy: italian italians rome
spain: spanish spaniards madrid
poland: polish poles warsaw
hungary: hungarian hungarians budapest
slovakia: slovak slovaks slovakian bratislava
czech: czechs czechia czech_republic prague
austria: austrian austrians vienna
netherlands: dutch the_hague
belgium: belgian belgians
sweden: swedish swedes stockholm
norway: norwegian norwegians oslo
denmark: danish danes copenhagen
finland: finnish finns helsinki
estonia: estonian estonians tallinn
latvia: latvian latvians riga
lithuania: lithuanian lithuanians vilnius
belarus: belarusian belarusians minsk
moldova: moldovan moldovans chisinau
romania: romanian romanians bucharest
bulgaria: bulgarian bulgarians sofia
serbia: serbian serbs belgrade
croatia: croatian croats zagreb
greece: greek greeks athens
turkey: turkish turks turkiye ankara
georgia: georgian georgians tbilisi
armenia: armenian armenians yerevan
azerbaijan: azerbaijani azerbaijanis baku
israel: israeli israelis
palestine: palestinian palestinians
egypt: egyptian egyptians cairo
syria: syrian syrians damascus
lebanon: lebanese beirut
iraq: iraqi iraqis baghdad
iran: iranian iranians tehran
saudi: saudis saudi_arabia riyadh
yemen: yemeni yemenis
qatar: qatari doha
emirates: emirati uae united_arab_emirates
india: indian indians delhi new_delhi
pakistan: pakistani pakistanis islamabad
bangladesh: bangladeshi dhaka
afghanistan: afghan afghans kabul
japan: japanese tokyo
southkorea: south_korea south_korean south_koreans seoul
northkorea: north_korea north_korean north_koreans pyongyang
taiwan: taiwanese taipei
vietnam: vietnamese hanoi
thailand: thai thais bangkok
philippines: philippine filipino filipinos manila
indonesia: indonesian indonesians jakarta
malaysia: malaysian malaysians
australia: australian australians canberra
canada: canadian canadians ottawa
mexico: mexican mexicans
brazil: brazilian brazilians brasilia
argentina: argentine argentinian argentinians
chile: chilean chileans
colombia: colombian colombians bogota
venezuela: venezuelan venezuelans caracas
cuba: cuban cubans havana
haiti: haitian haitians
peru: peruvian peruvians
southafrica: south_africa south_african south_africans pretoria
nigeria: nigerian nigerians abuja
kenya: kenyan kenyans nairobi
ethiopia: ethiopian ethiopians
sudan: sudanese khartoum
ireland: irish dublin
scotland: scottish scots
switzerland: swiss bern
portugal: portuguese lisbon
europeanunion: eu european_union
unitednations: un united_nations
"""

MONTHS = tuple("january february march april may june july august september october november december".split())
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())

STOPWORDS = frozenset(
    "a about above after again all also am an and any are aren't as at be because been before being below between both "
    "but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each ever few for from "
    "further had hadn't has hasn't have haven't having he her here hers herself him himself his how i if in into is "
    "isn't it its itself just let me more most my myself no nor not now of off on once only or other our ours out over "
    "own please same say said says she should shouldn't so some such tell than that the their theirs them themselves "
    "then there these they this those through to too under until up upon us very was wasn't we were weren't what when "
    "where which while who whom whose why will with won't would wouldn't you your yours according 's s t d ll re ve m "
    "many much ones thing things happen happened happening get got know one".split()
)

# "us" after one of these is the pronoun, even in a question typed without capitals.
_BEFORE_PRONOUN = frozenset("tell let give show remind for to with of between among told gives help".split())

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|(?:[A-Z]\.){2,}|[^\W_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, its place, and the form that is compared."""

    text: str
    start: int
    stem: str

    @property
    def end(self) -> int:
        """Where the word ends."""
        return self.start + len(self.text)


@cache
def _aliases() -> dict[str, str]:
    """Return alias -> country, aliases of several words joined by a space."""
    found: dict[str, str] = {}
    for line in _COUNTRIES.strip().splitlines():
        country, aliases = line.split(": ")
        found[country] = country
        found.update({alias.replace("_", " "): country for alias in aliases.split()})
    return found


@cache
def is_country(stemmed: str) -> bool:
    """Return whether the compared form of a word is a country."""
    return bool(spellings(stemmed))


@cache
def spellings(country: str) -> tuple[str, ...]:
    """Return every way in which a country is written, for searching: `spellings("ukraine")` has "kiev" and "kyiv"."""
    return tuple(alias for alias, name in _aliases().items() if name == country)


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a lower-cased word: `stem("membership") == "membership"`, `stem("applied") == "appli"`."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


def words(text: str) -> list[Word]:
    """Return the words of a text, stop words included; a country of two words is one word.

    Example: "U.S. troops" -> [Word("U.S.", 0, "usa"), Word("troops", 5, "troop")]
    """
    found: list[Word] = []
    matches = list(_TOKEN.finditer(text))
    number = 0
    while number < len(matches):
        match = matches[number]
        pair = matches[number + 1] if number + 1 < len(matches) else None
        if pair is not None and text[match.end() : pair.start()] == " ":
            country = _aliases().get(f"{match[0]} {pair[0]}".lower())
            if country:
                found.append(Word(text[match.start() : pair.end()], match.start(), country))
                number += 2
                continue
        found.append(Word(match[0], match.start(), _compared(match[0])))
        number += 1
    return found


def _compared(token: str) -> str:
    plain = (
        _without_accents(token.lower())
        .replace("’", "'")
        .removesuffix("'s")
        .replace(".", "" if token[0].isalpha() else ".")
    )
    if plain == "us" and token[:2] not in ("US", "U."):
        return "us"
    return _aliases().get(plain) or (plain if plain in STOPWORDS else stem(plain))


def _without_accents(text: str) -> str:
    """Return "orban" for "orbán", as the full-text search does."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def content(found: Iterable[Word]) -> list[Word]:
    """Return the words that carry meaning."""
    return [
        word
        for word in found
        if word.stem not in STOPWORDS and (word.text.lower() not in STOPWORDS or is_country(word.stem))
    ]


def stems(text: str) -> frozenset[str]:
    """Return the compared forms of all words of a text: those of `words`, in a third of its time."""
    countries: list[str] = []

    def leave_out(match: re.Match[str]) -> str:
        countries.append(_aliases()[match[0].lower()])
        return " "

    tokens = set(_TOKEN.findall(_of_two_words().sub(leave_out, text)))
    return frozenset(countries).union(map(_compared, tokens))


@cache
def _of_two_words() -> re.Pattern[str]:
    """Return the pattern of the countries that `words` takes for one word, where both are tokens by themselves."""
    either = "|".join(alias for alias in _aliases() if alias.count(" ") == 1)
    return re.compile(rf"(?<![^\W_])(?<![^\W_]['’])(?:{either})(?![^\W_]|['’][^\W\d_])", re.IGNORECASE)


def question_words(text: str) -> list[Word]:
    """Return the words of a question; here "us" is the country unless the word before asks for the pronoun."""
    found = words(text)
    for number, word in enumerate(found):
        before = found[number - 1].text.lower() if number else ""
        if word.stem == "us" and before not in _BEFORE_PRONOUN:
            found[number] = Word(word.text, word.start, "usa")
    return found
