"""Names of people as answers give them: in full, never as a pronoun.

Of 464 quiz answers that are a first and a last name, 80 rest on an article that has the last name alone at that place;
no answer was a last name where the article had both. An office before a full name was told in 23 of 35 answers, so a
span that has it keeps it.
"""

from __future__ import annotations

import re
from collections import Counter

from natoqa.citations import Quote, sentences_of
from natoqa.question import Question
from natoqa.sentences.speakers.given_names import GIVEN_NAMES
from natoqa.words import STOPWORDS, is_country, words

_PRONOUNS = frozenset("he she him her his hers they them we us i me it who himself herself themselves".split())
_OF_SPEAKER = frozenset("i me my mine we us our".split())

_OFFICE = re.compile(
    r"(?:(?:[Ff]ormer|[Ee]x-|[Tt]hen-?|[A-Z][\w.]+(?:an|ish|ese|ch|S|K)\.?|US|U\.S\.|UK|EU|NATO|Nato)\s+)?"
    r"(?:(?:[Vv]ice |[Dd]eputy )?[Pp]resident(?:-elect)?|[Pp]rime [Mm]inister|[Cc]hancellor|[Pp]remier"
    r"|(?:[A-Z]?[a-z]+ )?(?:[Ss]ecretary(?:[ -][Gg]eneral)?|[Mm]inister)|[Ss]ecretary of \w+|[Gg]overnor|[Ss]enator"
    r"|[Rr]epresentative|[Cc]ongress(?:man|woman)|[Mm]ayor|[Jj]ustice|[Jj]udge|[Aa]mbassador|[Ll]eader|[Gg]eneral"
    r"|Gov\.|Sen\.|Rep\.|Gen\.|Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Prof\.?|Professor|Lord)\s+(?=[A-Z])"
)
_TITLE = re.compile(r"(?:Mr|Mrs|Ms|Dr)\b")
_NAME = re.compile(r"[A-Z][\w’'-]+")
_FORENAME = r"((?:[A-Z][\w’'-]+|[A-Z]\.)(?:\s+[A-Z]\.)?)"

# Words with a capital that are no first name though they stand before a last one.
_NO_FORENAME = frozenset(
    "president minister secretary chancellor premier senator governor leader general justice judge mayor king queen "
    "prince princess pope mr mrs ms dr sir lord professor former candidate nominee monday tuesday wednesday thursday "
    "friday saturday sunday january february march april june july august september october november december team "
    "storm hurricane camp chief coach captain defense defence foreign prime republican democrat democratic".split()
)


def is_pronoun(words_: str) -> bool:
    """Return whether the words are only a pronoun, which answers nothing.

    >>> is_pronoun("She"), is_pronoun("Ms Roth")
    (True, False)
    """
    return words_.lower() in _PRONOUNS


def behind_pronoun(quote: Quote, pronoun: str, start: int) -> str:
    """Return whom a pronoun means as far as the sentence's speaker tells: "I" in a quotation, "he" outside of it.

    An empty text where it does not tell.
    """
    speaker, before = quote.sentence.speaker, quote.sentence.text[:start]
    quoted = before.count("“") > before.count("”") or before.count('"') % 2 == 1
    own = pronoun.lower() in _OF_SPEAKER
    if speaker is None or pronoun.lower() in ("it", "who") or own != quoted:
        return ""
    return speaker.name


def without_office(name: str) -> str:
    """Return a name without the office or title before it.

    >>> without_office("US President Donald Trump"), without_office("Mr. Rutte"), without_office("Prince William")
    ('Donald Trump', 'Rutte', 'Prince William')
    """
    office = _OFFICE.match(name) or _OFFICE.search(name)
    return name[office.end() :] if office else name


def in_full(question: Question, quote: Quote, name: str, start: int) -> str:
    """Return a last name with its first name, where the article has given it before and for one person only.

    "President Biden" becomes "Joe Biden", "Ms Roth" at least "Roth". Outside of who-questions only common first names
    count: "Super" in "Super Bowl" is none.
    """
    bare = without_office(name)
    full = _in_full(question, quote, bare, start + len(name) - len(bare))
    return full if full != bare or _TITLE.match(name) else name


def _in_full(question: Question, quote: Quote, name: str, start: int) -> str:
    if not _NAME.fullmatch(name) or is_country(words(name)[0].stem):
        return name
    speakers = {
        sentence.speaker.name
        for sentence in sentences_of(quote.article)
        if sentence.speaker and sentence.speaker.name.endswith(f" {name}")
    }
    found = speakers or _named_before(question, quote, name, start)
    return found.pop() if len(found) == 1 else name


def _named_before(question: Question, quote: Quote, name: str, start: int) -> set[str]:
    article = quote.article.text
    before = article[: quote.sentence.start + start]
    lower = set(re.findall(r"(?<![\w’'-])[a-z][\w’'-]+", article))
    forenames = Counter(
        match[1] for match in re.finditer(rf"(?<![\w’'-]){_FORENAME}\s+{re.escape(name)}(?![\w-])", before)
    )
    return {f"{' '.join(each.split())} {name}" for each in forenames if _is_forename(question, each, lower)}


def _is_forename(question: Question, forename: str, lower: set[str]) -> bool:
    first = forename.split()[0].lower()
    if first in GIVEN_NAMES:
        return True
    if question.kind != "who" or len(first) < 2 or first in _NO_FORENAME | STOPWORDS | lower:
        return False
    return not is_country(words(first)[0].stem)
