"""Words as verdicts and premises compare them: inflections, synonyms and opposites under one name; numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from natoqa.words import STOPWORDS, Word, is_country, stem

# One concept a line, then the forms and near synonyms that a stemmer does not bring together.
_ALIKE = """
send: sends sent sending deploy deploys deployed deploying dispatch dispatched go goes went gone going
troop: troops soldier soldiers
die: dies died dying dead killed
win: wins won winning
lose: loses lost losing
join: joins joined joining
leave: leaves left leaving quit quits
resign: resigns resigned resigning stepped
buy: buys bought buying acquire acquired acquires acquiring purchase purchased
sell: sells sold selling
strike: strikes struck striking
attack: attacks attacked attacking
meet: meets met meeting
make: makes made making
take: takes took taken taking
give: gives gave given giving
get: gets got gotten getting
become: becomes became becoming
begin: begins began begun beginning start starts started starting
break: breaks broke broken breaking
bring: brings brought bringing
build: builds built building
catch: catches caught catching
choose: chooses chose chosen choosing
come: comes came coming
fall: falls fell fallen falling decrease decreased decreases
rise: rises rose risen rising increase increased increases
fight: fights fought fighting
find: finds found finding
fly: flies flew flown flying
hold: holds held holding
keep: keeps kept keeping
lay: lays laid laying
lead: leads led leading
pay: pays paid paying
run: runs ran running
see: sees saw seen seeing
know: knows knew known knowing
hear: hears heard hearing
tell: tells told telling
forget: forgets forgot forgotten forgetting
grow: grows grew grown growing
draw: draws drew drawn drawing
wear: wears wore worn wearing
tear: tears tore torn tearing
hide: hides hid hidden hiding
freeze: freezes froze frozen freezing
shake: shakes shook shaken shaking
stand: stands stood standing
swear: swears swore sworn swearing
lend: lends lent lending
free: frees freed freeing
shoot: shoots shot shooting
sign: signs signed signing
speak: speaks spoke spoken speaking
spend: spends spent spending
steal: steals stole stolen stealing
swim: swims swam swum swimming
teach: teaches taught teaching
throw: throws threw thrown throwing
withdraw: withdraws withdrew withdrawn withdrawing
write: writes wrote written writing
sing: sings sang sung singing
sink: sinks sank sunk sinking
drive: drives drove driven driving
eat: eats ate eaten eating
approve: approves approved approving
accept: accepts accepted accepting
reject: rejects rejected rejecting
support: supports supported supporting back backs backed backing
oppose: opposes opposed opposing
open: opens opened opening reopened
close: closes closed closing shut shuts
survive: survives survived surviving
ban: bans banned banning prohibit prohibits prohibited outlaw outlawed
arrest: arrests arrested detained
deal: deals agreement agreements accord accords pact pacts
"""

_OPPOSITES = (
    "win lose|approve reject|accept reject|support oppose|open close|survive die|rise fall|safe dangerous|safe unsafe"
    "|legal illegal|possible impossible|guilty innocent|join leave"
)
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()


# Words that change how much is said: those asked for must be there, others must not.
QUANTIFIERS = frozenset(
    "all both every each only most some half part partly nearly almost few fewer neither first more less least".split()
)

# Small words that turn a verb's meaning: those asked for must be there.
PARTICLES = frozenset("up down off out away against before after under over above below without".split())

AUXILIARIES = frozenset("is are was were be been being has have had am get gets got".split())

_NEGATIVE = frozenset("not no never nobody none neither nor without cannot hardly".split())

_PAST_FORMS = frozenset(
    "sent won lost met made took taken gave given became began begun broke broken brought built caught chose chosen "
    "came fell fallen found held kept paid ran seen shot spoke spoken spent stolen threw thrown wrote written left "
    "laid sold bought struck led rose risen fought flew flown sang sank sunk swam drove driven ate eaten "
    "withdrew knew known heard told forgot forgotten grew grown drew drawn wore worn tore torn hid hidden froze frozen "
    "shook shaken stood swore sworn lent".split()
)


@cache
def _groups() -> dict[str, str]:
    groups: dict[str, str] = {}
    for line in _ALIKE.strip().splitlines():
        name, forms = line.split(": ")
        groups.update(dict.fromkeys([name, *forms.split()], name))
    return groups


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in (pair.split() for pair in _OPPOSITES.split("|")):
        found.setdefault(concept_of(one), set()).add(concept_of(other))
        found.setdefault(concept_of(other), set()).add(concept_of(one))
    return {name: frozenset(others) for name, others in found.items()}


def concept_of(word: str) -> str:
    """Return the name under which a lower-cased word is compared.

    >>> concept_of("deployed") == concept_of("sent"), concept_of("twelve")
    (True, '12')
    """
    if word in _NUMBERS:
        return str(_NUMBERS.index(word))
    return stem(_groups().get(word, word))


def are_opposite(one: str, other: str) -> bool:
    """Return whether two concepts exclude each other, as open and closed do."""
    return other in _opposites().get(one, ())


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence: lower-cased, its place in the text, its concept, whether it means something."""

    low: str
    start: int
    end: int
    concept: str
    meaning: bool
    capital: bool


def token(word: Word) -> Token:
    """Return a word as verdicts compare it."""
    low = word.text.lower().replace("’", "'")
    country = is_country(word.stem)
    number = low in _NUMBERS
    bare = low.removesuffix("'s")
    return Token(
        low=low,
        start=word.start,
        end=word.end,
        concept=word.stem if country else concept_of(bare),
        meaning=country or number or (word.stem not in STOPWORDS and low not in STOPWORDS),
        capital=word.text[0].isupper(),
    )


def is_negative(low: str) -> bool:
    """Return whether a lower-cased word denies: "not", "won't", "nobody"."""
    return low in _NEGATIVE or low.endswith("n't")


def denials(tokens: Sequence[Token]) -> int:
    """Return how many words deny; the "No." of a number does not: "back at No. 2"."""
    following = [each.low for each in tokens[1:]] + [" "]
    return sum(
        is_negative(each.low) and not (each.low == "no" and behind[0].isdigit())
        for each, behind in zip(tokens, following, strict=True)
    )


def is_past_form(low: str) -> bool:
    """Return whether a lower-cased word is a verb's past form or participle: "closed", "sent"."""
    return low.endswith("ed") or low in _PAST_FORMS
