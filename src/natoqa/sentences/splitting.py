"""Where sentences begin and end: exact spans, never across a paragraph, in time linear in the text.

    text -> lines (Markdown markers set aside) -> paragraphs (wrapped lines joined) -> sentences

Only what can end a sentence (a stop, its closing quotes, white space) is looked at; whether it does is decided by the
word before and the word after. In doubt a paragraph is not cut: too long a quotation still says what its author said.

Every character belongs to exactly one sentence, except white space, zero-width characters at the edge of a line, and
Markdown's markers at the edge of a line: `#`, `>`, bullets, list numbers, the outer `|` of a table row, and lines that
consist of nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

from natoqa.types import Sentence

# --- Words that decide ------------------------------------------------------------------------------------------------

# A name follows: these never end a sentence, whatever the next word is ("Dr. So", "Gen. He").
_TITLES = frozenset(
    """Mr Mrs Ms Mx Messrs Mme Mlle Dr Drs Prof Gen Lt Col Maj Capt Cmdr Comdr Cpl Sgt Pfc Pvt Adm Brig Cdr Ens Sen
    Sens Rep Reps Gov Govs Pres Amb Hon Rev Fr Msgr Rt Supt Insp Det Sec Atty Cllr Sra Srta Dra Sig Dott Hr Frl vs v cf
    viz bzw zzgl sog vgl""".split()
)
# They end a sentence only before a word that is capitalised for no other reason than to begin one.
_ABBREVIATIONS = frozenset(
    """Inc Corp Ltd Co Cos Bros Jr Sr Esq Plc Dept dept Assn Assoc Asst Univ Intl Natl Govt govt Ave Blvd Rd Hwy Pkwy
    Bldg St Sts Ste Mt Mts Ft Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec al approx ca est incl excl resp tel ext
    ed eds max min lb lbs oz ft hrs yrs Nr Str Abs Mio Mrd evtl ggf inkl Ud Uds núm pág aprox ул им руб стр""".split()
)
_STATES = frozenset(
    """Ala Ariz Ark Calif Colo Conn Del Fla Ga Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Penn
    Tenn Tex Va Vt Wash Wis Wyo Ont Que""".split()
)
# Abbreviations only before a number ("No. 10", "Art. 5"): otherwise they are words ("No. We go on.").
_BEFORE_NUMBERS = frozenset(
    """No no Nos nos Art Arts Fig Figs Vol Vols Ch Sec Par Para pp Nr Abs Mon Tue Tues Wed Thu Thur Thurs Fri Sat
    Sun""".split()
)
_NEVER_LAST = frozenset("e.g i.e z.B d.h u.a o.ä т.е c.f".split())
# What sentences begin with and names hardly do: function words, and words that news begins sentences with, nearly all
# of them in lower case eight times as often as capitalised inside a sentence (counted in 831 news articles).
_STARTERS = frozenset(
    """A About Above According Across Additionally After Afterwards Again Against All Almost Along Already Also Although
    Always Amid Among An Analysts And Another Any Anyone Are Around As Aside Asked At Authorities Based Because Before
    Behind Being Below Besides Between Beyond Both But By Can Clearly Could Critics Currently Customers Despite Did Do
    Does Dozens Due During Each Earlier Early Economists Eight Either Elsewhere Even Eventually Every Everybody Everyone
    Everything Except Experts Families Fans Few Finally Five Following For Former Fortunately Four From Further
    Furthermore Given Had Has Have Having He Hence Her Here Hers His How However Hundreds I If Importantly In Indeed
    Initially Inside Instead Investigators Investors Is It Its Just Last Late Lately Later Lawmakers Less Let Like
    Likewise Looking Many Maybe Meanwhile Members Millions More Moreover Most Much Multiple My Nearly Neither Never
    Nevertheless Next No Nobody None Nonetheless Nor Not Nothing Now Numerous Obviously Of Officials Often On Once One
    Only Opponents Or Organizers Other Others Otherwise Our Out Outside Over Overall Part People Perhaps Police Prior
    Previously Probably Prosecutors Rather Recent Recently Regardless Reporters Researchers Residents Roughly Scientists
    See Seven Several Shares She Shortly Should Similar Similarly Since Six So Some Somebody Someone Something Sometimes
    Soon Speaking Still Students Such Suddenly Supporters Ten Than Thanks That The Their Them Then There Therefore These
    They This Those Though Thousands Three Through Throughout Thus To Today Together Tomorrow Tonight Too Two Typically
    Ultimately Under Unfortunately Unless Unlike Until Upon Users Usually Voters Was We Well Were What Whatever When
    Whenever Where Whereas Whether Which While Who Whoever Whose Why With Within Without Workers Would Yes Yesterday Yet
    You Your
    Aber Als Auch Auf Bei Dann Das Der Die Diese Dieser Doch Ein Eine Er Es Für Im Mit Nach Nur Seit Sie Und Wir
    Après Avec Ce Cette Dans Elle Elles En Et Ils Mais Nous Pour Selon Une
    Ellos Esta Este Pero Por Según
    В Но Это Он Она Они Мы На По При""".split()
)
# Names that carry an exclamation mark.
_MARKED_NAMES = frozenset("Yahoo Yum Jeopardy E Joomla Wham".split())

# "am 24. Februar", "im 19. Jahrhundert": a German ordinal. The first set needs no article before the number.
_GERMAN_MONTHS = frozenset("Januar Jänner Februar März Mai Juni Juli Oktober Dezember".split())
_GERMAN_ARTICLES = frozenset("am im zum vom beim der die das dem den des ab bis seit Am Im Der Die Das Den".split())

# "“Why?” President Joe Biden asked": the question is not over where it ends.
_ATTRIBUTION = re.compile(
    r"(?:(?:[A-Z][\w.’'-]{0,30}+|de|la|von|van|der|den|al|bin|of)\s){1,6}"
    r"(?:said|says|asked|asks|wrote|added|replied|responded|continued|tweeted|posted|wondered|shouted|yelled|cried"
    r"|exclaimed|joked|quipped)\b"
)
# "5 p.m. EST", "8 a.m. Tuesday", "7 a.m. Kyiv time": the hour goes on.
_AFTER_HOUR = re.compile(
    r"(?:[A-Z]{1,3}T|UTC|GMT|Eastern|Central|Mountain|Pacific|Greenwich|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*)\b"
    r"|\w{1,20}(?: \w{1,20})? time\b"
)

# --- What an end of a sentence looks like -----------------------------------------------------------------------------

_INVISIBLE = "\u200b\u2060\ufeff"
_BLANK = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK += "\u2028\u2029\u202f\u205f\u3000" + _INVISIBLE
_DIRECTION_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_STOPS = ".!?…‽؟۔।॥։።៕။"
_WIDE_STOPS = "。！？｡"
_QUOTES = "\"'”’“‘»«›‹„‚」』》〉"
_CLOSERS = _QUOTES + ")]}】）*_" + _INVISIBLE + _DIRECTION_MARKS
_OPENERS = _QUOTES + "([{「『《〈【（¿¡*_>" + _INVISIBLE + _DIRECTION_MARKS
_DASHES = "-–—―‒−"
_AROUND_WORDS = _CLOSERS + _OPENERS + _DASHES
_PARAGRAPH_ENDS = "\x0c\x1c\x1d\x1e\u2029"
_BEGINNING_SYMBOLS = "@#§•·"

# Possessive throughout: no run of dots, quotes, brackets or spaces is read more than a few times.
_CANDIDATE = re.compile(
    rf"""
    (?: (?P<stop> [{_STOPS}] (?<! [{_STOPS}]{{2}} ) [{_STOPS}]*+ )
        (?P<closers>
            (?: \]\( [^\s()]*+ \)                  # the address of a Markdown link whose text ends here
              | \[ [^\s\[\]]{{1,12}} \] | [¹²³⁰⁴-⁹]  # footnote marks
              | [{re.escape(_CLOSERS)}]
              | [ \u00a0\u202f]»(?!\S)             # French quotes stand off
            )*+
        )
        (?=\s)
      | (?P<wide> [{_WIDE_STOPS}] (?<! [{_WIDE_STOPS}]{{2}} ) [{_WIDE_STOPS}]*+ [{re.escape(_CLOSERS)}]*+ )
    )
    (?= (?P<gap> \s*+ )
        (?P<opening> (?: [\[(]? (?: \.\.\.+ | … ) [\])]? \s*+ )?+
                    (?: « [ \u00a0\u202f] | [{re.escape(_OPENERS)}] )*+ )
        (?P<first> \S )
    )
    """,
    re.VERBOSE,
)
_LAST_PART = re.compile("[-:/]")  # "R-Ky", "By:J.D", "and/or"
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,3}")
_WORD = re.compile(r"[^\W\d_]+")
_ROMAN_NUMBER = re.compile(r"[IVXLC]+\b")
_CAMEL_CASE = re.compile(r"[a-z]{1,2}[A-Z]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_QUOTE_MARKER = re.compile(r"(?:>\s*+)++")
# Enough for the word before a stop and the one before that; a longer word is no abbreviation.
_LOOK_BACK = 40

# --- What a line of Markdown is made of -------------------------------------------------------------------------------

_MARKER = re.compile(
    r"(?P<quote>(?:>(?![\d=])[ \t]*+)*+)"
    r"(?:(?P<heading>#{1,6}[ \t]++)|(?P<item>[-*+·][ \t]++|[•‣▪●◦∙][ \t]*+)"
    r"|(?P<number>\d{1,3})[.)][ \t]++|(?P<row>\|[\s|]*+))?+"
)
_NO_TEXT = re.compile(r"[-*_=~`#>|:+•‣▪●◦∙·\s]+")
# A line that ends with one of these goes on in the next one; no headline does.
_LEADS_ON = frozenset(
    """a an the of to in on at by for from with and or but that which who whose his her its their our is was are were as
    than if when while because""".split()
)
# The widths that text is wrapped to, where few lines show it; many lines prove any width down to a newspaper's column.
_WRAP_WIDTHS = range(60, 161)
_FEW_LINES = 6
_NARROWEST_WRAP = 25
# What is shorter stands alone on purpose: an item of a list without bullets, a line of an address.
_SHORTEST_BROKEN_LINE = 20


class _Kind(Enum):
    PROSE = auto()
    QUOTE = auto()
    ITEM = auto()
    INDENTED = auto()  # goes on an item
    HEADING = auto()
    ROW = auto()


class _Line(NamedTuple):
    """The text of a line without its markers; `follows`: the line before holds text, too."""

    start: int
    end: int
    kind: _Kind
    follows: bool


def split(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of `text` in order; headlines, list items and table rows are sentences of their own.

    Offsets are characters of `text`: `text[s.start:s.end] == s.text`. No sentence is empty or crosses a blank line.
    """
    return tuple(
        Sentence(text[start:end], start, end)
        for first, last in _paragraphs(text)
        for start, end in (
            [(first.start, last.end)] if first.kind is _Kind.ROW else _spans(text, first.start, last.end)
        )
    )


# --- Lines and paragraphs ---------------------------------------------------------------------------------------------


def _paragraphs(text: str) -> Iterator[tuple[_Line, _Line]]:
    """Yield the first and the last line of each paragraph."""
    lines = list(_lines(text))
    if not lines:
        return
    width = _wrap_width(text, lines)
    first = last = lines[0]
    for line in lines[1:]:
        if not _goes_on(text, last, line, width):
            yield first, last
            first = line
        last = line
    yield first, last


def _lines(text: str) -> Iterator[_Line]:
    offset = number = 0
    above, follows = _Kind.PROSE, False
    for raw in text.splitlines(keepends=True):
        start, offset = offset, offset + len(raw)
        body = raw.strip(_BLANK)
        if not body or _NO_TEXT.fullmatch(body):
            follows = False
            continue
        indent = raw.index(body[0])
        start += indent
        kind, marked, number = _kind(body, number)
        if kind is _Kind.PROSE and follows and indent and above in (_Kind.ITEM, _Kind.INDENTED):
            kind = _Kind.INDENTED
        yield _Line(start + marked, start + len(_without_closing_marker(body, kind)), kind, follows)
        above, follows = kind, raw[-1] not in _PARAGRAPH_ENDS


def _kind(body: str, number: int) -> tuple[_Kind, int, int]:
    """Return a line's kind, how long its marker is, and the number of the last list item, given the one before."""
    marker = _MARKER.match(body)
    if marker is None or marker.end() == 0:
        return _Kind.PROSE, 0, number
    if marker["number"]:
        counted = int(marker["number"])
        if counted == 1 or abs(counted - number) == 1:
            return _Kind.ITEM, marker.end(), counted
        # Not counted on from an item: "24. Februar 2022 …" is a sentence.
        quote = marker.end("quote")
        return (_Kind.QUOTE if quote else _Kind.PROSE), quote, number
    groups = {"heading": _Kind.HEADING, "item": _Kind.ITEM, "row": _Kind.ROW}
    return groups.get(marker.lastgroup or "", _Kind.QUOTE), marker.end(), number


def _without_closing_marker(body: str, kind: _Kind) -> str:
    if kind is _Kind.ROW:
        return body.rstrip(_BLANK + "|")
    if kind is _Kind.HEADING and (bare := body.rstrip("#"))[-1:].isspace():
        return bare.rstrip(_BLANK)
    return body


def _wrap_width(text: str, lines: list[_Line]) -> int | None:
    """Return the width that the text is wrapped to, None where each line is a paragraph of its own.

    In wrapped text most lines have no room for the next line's first word, and sentences end anywhere in a line.
    """
    pairs = [pair for pair in pairwise(lines) if _may_go_on(*pair)]
    lengths = sorted(line.end - line.start for pair in pairs for line in pair)
    if not lengths:
        return None
    width = lengths[-1 - len(lengths) // 20]  # an address or a table may stick out
    few = len(pairs) < _FEW_LINES
    if width not in _WRAP_WIDTHS if few else width < _NARROWEST_WRAP:
        return None
    full = sum(_is_full(text, *pair, width) and not _ends_with(text, pair[0], _STOPS) for pair in pairs)
    return width if 2 * full >= len(pairs) else None


def _goes_on(text: str, upper: _Line, lower: _Line, width: int | None) -> bool:
    """Tell whether two lines are one paragraph."""
    if lower.kind is _Kind.INDENTED:
        return True
    if not _may_go_on(upper, lower):
        return False
    if width is not None and _is_full(text, upper, lower, width):
        return True
    if upper.end - upper.start < _SHORTEST_BROKEN_LINE or _ends_with(text, upper, _STOPS + ":"):
        return False
    last_word = text[max(upper.start, upper.end - _LOOK_BACK) : upper.end].split()[-1]
    return text[lower.start].islower() or last_word in _LEADS_ON or last_word[-1] in ",;"


def _may_go_on(upper: _Line, lower: _Line) -> bool:
    if not lower.follows:
        return False
    if lower.kind is _Kind.QUOTE:
        return upper.kind in (_Kind.QUOTE, _Kind.ITEM)
    return lower.kind is _Kind.PROSE and upper.kind not in (_Kind.HEADING, _Kind.ROW)


def _is_full(text: str, upper: _Line, lower: _Line, width: int) -> bool:
    """Tell whether the lower line's first word had no room in the upper one; a fifth of the width is tolerance."""
    word_end = text.find(" ", lower.start, lower.end)
    word = (word_end if word_end >= 0 else lower.end) - lower.start
    return upper.end - upper.start + 1 + word > 0.8 * width


def _ends_with(text: str, line: _Line, characters: str) -> bool:
    end = text[max(line.start, line.end - _LOOK_BACK) : line.end].rstrip(_CLOSERS)
    return end[-1:] != "" and end[-1] in characters


# --- Sentences of a paragraph -----------------------------------------------------------------------------------------


def _spans(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    searched = begin  # up to here the sentence has no letter or digit, and without one it is none
    for match in _CANDIDATE.finditer(text, begin, end):
        if not _is_end(text, begin, match):
            continue
        if not _LETTER_OR_DIGIT.search(text, searched, match.start()):
            searched = match.end()
            continue
        yield begin, match.end()
        begin = match.start("opening")
        if text[begin] == ">" and (marker := _QUOTE_MARKER.match(text, begin, end)):
            begin = marker.end()
        searched = begin
    yield begin, end


def _is_end(text: str, begin: int, match: re.Match[str]) -> bool:
    stop = match["stop"]
    if stop is None:
        return bool(match["gap"] or match["opening"]) or match["wide"][-1] not in _QUOTES
    if not _may_begin(text, match):
        return False
    if stop == ".":
        return _period_ends(text, begin, match)
    if "!" in stop or "?" in stop:
        return _mark_ends(text, match)
    if stop[0] in ".…":
        return _ellipsis_ends(text, match)
    return True


def _may_begin(text: str, match: re.Match[str]) -> bool:
    """Tell whether a sentence can begin with what follows the stop."""
    first, at = match["first"], match.start("first")
    if first.isupper() or first.isdigit():
        return True
    if first.islower():
        return _CAMEL_CASE.match(text, at) is not None
    if first in _DASHES:
        # A quotation, a dash and a name: who said it stays with it.
        return not _is_quoted(match) and text[at + 1 : at + 4].lstrip()[:1].isupper()
    return first.isalpha() or first in _BEGINNING_SYMBOLS or unicodedata.category(first) in ("So", "Sc")


def _period_ends(text: str, begin: int, match: re.Match[str]) -> bool:
    at = match.start()
    before = text[max(begin, at - _LOOK_BACK) : at].split() or [""]
    prior = before[-2] if len(before) > 1 else ""
    word = before[-1].lstrip(_AROUND_WORDS)
    if not word:
        return not prior.endswith(".") or _ellipsis_ends(text, match)
    if word[-1] in _AROUND_WORDS:
        return True  # closed before the stop: ‘a gift’. (in the U.S.).
    if word.isdigit():
        return _number_ends(text, match, word, prior, leads=at - len(word) == begin)
    if not word.isalpha():
        word = _LAST_PART.split(word)[-1]
        if word.lower().endswith(("a.m", "p.m")) or _ACRONYM.fullmatch(word):
            return _acronym_ends(text, match, word, prior)
    if len(word) > 1 and word.isupper() and word.capitalize() not in _STATES:
        word = word.capitalize()
    if word in _TITLES:
        return False
    if word in _BEFORE_NUMBERS and (match["first"].isdigit() or _ROMAN_NUMBER.match(text, match.start("first"))):
        return False
    if word in _ABBREVIATIONS or word in _STATES or (len(word) == 1 and word.lower() != word.upper()):
        return _starter(text, match) is not None
    return True


def _number_ends(text: str, match: re.Match[str], word: str, prior: str, *, leads: bool) -> bool:
    if len(word) > 2 or not match["first"].isalpha():
        return True
    if leads or (word == "1" and prior.endswith(":")):
        return False  # "Reasons: 1. It is cheap. 2. It is fast."
    following = _WORD.match(text, match.start("first"))
    if following is None:
        return True
    ordinal = prior in _GERMAN_ARTICLES and following[0] not in _STARTERS
    return not ordinal and following[0] not in _GERMAN_MONTHS


def _acronym_ends(text: str, match: re.Match[str], word: str, prior: str) -> bool:
    if word in _NEVER_LAST:
        return False
    if word[-3:].lower() in ("a.m", "p.m") and (prior[-1:].isdigit() or word[0].isdigit()):
        return _AFTER_HOUR.match(text, match.start("first")) is None
    return _starter(text, match) is not None


def _mark_ends(text: str, match: re.Match[str]) -> bool:
    at = match.start()
    if text[at - 1 : at] == "(" and match["closers"].startswith(")"):
        return False
    if _is_attributed(text, match):
        return False
    before = text[max(0, at - _LOOK_BACK) : at].split()
    named = bool(before) and before[-1].strip(_AROUND_WORDS) in _MARKED_NAMES
    return not named or _starter(text, match) is not None


def _ellipsis_ends(text: str, match: re.Match[str]) -> bool:
    if _is_attributed(text, match):
        return False
    before = text[max(0, match.start() - 1) : match.start()]
    if not _is_quoted(match) and (
        before.isspace() or before in ("[", "(")
    ):  # set off, words are left out; else the voice trails off
        return _starter(text, match) not in (None, "I")
    return True


def _is_quoted(match: re.Match[str]) -> bool:
    return any(closer in _QUOTES for closer in match["closers"])


def _is_attributed(text: str, match: re.Match[str]) -> bool:
    """Tell whether a name and a verb of saying follow a quotation: the sentence goes on."""
    if not _is_quoted(match) or match["opening"] or _starter(text, match):
        return False
    return _ATTRIBUTION.match(text, match.start("first")) is not None


def _starter(text: str, match: re.Match[str]) -> str | None:
    """Return the word after the stop if it is capitalised only where a sentence begins."""
    word = _WORD.match(text, match.start("first"))
    if word is None or word[0] not in _STARTERS or text[word.end() : word.end() + 1] == ".":  # "A." is an initial
        return None
    return word[0]
