"""Who "he" and "the minister" are, sentence after sentence: those who spoke or acted last."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from natoqa.sentences.speakers.bodies import is_proper, may_be, stands_for_a_name
from natoqa.sentences.speakers.cast import Cast, Voice, role_text
from natoqa.sentences.speakers.countries import compatriot
from natoqa.sentences.speakers.names import Name
from natoqa.sentences.speakers.offices import BY_THE_WAY, described
from natoqa.sentences.speakers.phrases import Phrase, is_group, is_spokesperson, named_behind, phrase_at
from natoqa.sentences.speakers.subjects import is_loosely_joined, named_before
from natoqa.sentences.speakers.tokens import Token
from natoqa.sentences.speakers.words import ANONYMOUS, ARTICLES, DOCUMENTS, GENDERED, HE, SPOKES, Gender
from natoqa.types import Speaker

_HORIZON = 8
"""Sentences over which a pronoun or a role points back; farther back the reader, too, needs the name again."""
_NEAR = 3
"""Sentences over which "the American" and "the company" point back to one of several."""
_SHARED = frozenset(("official", "republican", "democrat"))
"""What so many are that the only one named so need not be meant."""
_REMARKS = frozenset(
    ("remarks", "comments", "statement", "statements", "speech", "claims", "claim", "remark", "warning")
)
_MADE = frozenset(("made", "delivered", "given", "issued", "posted", "published", "written", "released"))

NOBODY = Voice(None)
"""Somebody or something spoke, and the article does not say who."""


@dataclass(frozen=True, slots=True)
class _Event:
    sentence: int
    voice: Voice


class Discourse:
    """The people of whom the reader thinks: fed sentence by sentence, asked who a phrase means."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._recent: deque[_Event] = deque(maxlen=12)
        self._rivals: deque[_Event] = deque(maxlen=12)
        self._bodies: deque[_Event] = deque(maxlen=12)
        self._last_body: _Event | None = None

    def saw(self, voice: Voice, sentence: int, *, spoke: bool = True) -> None:
        """Remember that `voice` spoke or was the subject of a sentence."""
        event = _Event(sentence, voice)
        if voice.person:
            self._recent.append(event)
        elif voice.speaker is not None:
            if spoke or is_proper(voice.speaker.name):
                self._bodies.append(event)
            if spoke:
                self._last_body = event

    def mentioned(self, voices: set[Voice], sentence: int) -> None:
        """Remember who was named in a narrating sentence without being its subject: "he" may mean them."""
        for voice in voices:
            self._rivals.append(_Event(sentence, voice))

    def resolve(self, phrase: Phrase, frame: Sequence[Token], sentence: int, *, speaks: bool = True) -> Voice:
        """Return who a phrase means, `NOBODY` where the article leaves it open."""
        if phrase.kind == "pronoun":
            own = self._in_own_sentence(phrase, frame, sentence) if speaks else None
            return own or self._pronoun(phrase.name[0].low, sentence)
        if phrase.kind == "unknown":
            return _somebody(frame[phrase.start : phrase.end])
        if phrase.kind == "group":
            return self._body(phrase.words, sentence, definite=phrase.definite)
        phrase = named_behind(frame, phrase)
        if phrase.kind == "role":
            return self._role(phrase, sentence)
        article = frame[phrase.start].low in ARTICLES and not phrase.role
        if phrase.end < len(frame) and frame[phrase.end].low == "and" and _coordinated(frame, phrase.end):
            return NOBODY
        alone = len(phrase.name) == 1 and not phrase.role
        if alone and article and (nation := compatriot(phrase.name[0])):
            return self._compatriot(*nation, sentence) if phrase.definite else Voice(None, person=True)
        if alone and (phrase.name[0].low in DOCUMENTS or self._begins_sentence(phrase)):
            return self._cast.person(phrase.name) or NOBODY
        return self._cast.find(phrase.name, article=article, speaks=speaks, sentence=sentence)

    def _begins_sentence(self, phrase: Phrase) -> bool:
        """Whether a capital says nothing: "Damage predicted to grow"."""
        return phrase.start == 0 and self._cast.is_common(phrase.name[0]) and not is_group(phrase.name[0])

    def introduced(self, frame: Sequence[Token]) -> Voice | None:
        """Return whose words a sentence announces: `remarks made by Hegseth`, `comments by Hegseth`."""
        for place, token in enumerate(frame):
            if token.low != "by" or place == 0:
                continue
            before = frame[place - 1].low
            if before in _REMARKS or (
                before in _MADE and any(t.low in _REMARKS for t in frame[max(0, place - 5) : place])
            ):
                phrase = phrase_at(frame, place + 1)
                if phrase is not None and phrase.kind == "name":
                    return self._cast.person(phrase.name)
        return None

    def _in_own_sentence(self, pronoun: Phrase, frame: Sequence[Token], sentence: int) -> Voice | None:
        """Return the person whom "she" means in the same sentence, None where nobody named there has to be the one.

        Where somebody else of that name's gender stands between the two it is open: `Lee met Poe, where she said …`.
        """
        own, gender = named_before(pronoun, frame), HE[pronoun.name[0].low]
        if own is None or gender is None:
            return None
        voice = self.resolve(own, frame, sentence, speaks=False)
        if voice.speaker is None or not voice.may_be(gender):
            return None
        others = self._cast.named_in(frame[own.end : pronoun.start]) - {voice}
        is_open = is_loosely_joined(frame, pronoun) and any(other.may_be(gender) for other in others)
        return NOBODY if is_open else voice

    def _pronoun(self, word: str, sentence: int) -> Voice:
        gender = HE[word]
        if gender is None:
            return self._plural(word, sentence)
        fitting = [
            event for event in self._recent if sentence - event.sentence <= _HORIZON and event.voice.may_be(gender)
        ]
        if not fitting:
            return NOBODY
        last = fitting[-1]
        rivals = {
            event.voice for event in fitting if event.sentence == last.sentence and event.voice.gender != _other(gender)
        }
        rivals |= {
            event.voice for event in self._rivals if event.sentence > last.sentence and event.voice.may_be(gender)
        }
        return _gendered(last.voice, gender) if rivals == {last.voice} else NOBODY

    def _plural(self, word: str, sentence: int) -> Voice:
        body = self._last_body
        if body is None or sentence - body.sentence > 2:
            return NOBODY
        newer = self._recent and self._recent[-1].sentence > body.sentence
        return NOBODY if newer and word == "they" else body.voice

    def _role(self, phrase: Phrase, sentence: int) -> Voice:
        head = phrase.role[-1].low
        if len(phrase.role) == 1 and phrase.role[0].capital and (named := self._cast.person(phrase.role)):
            return named
        if is_spokesperson(phrase) and phrase.owner and phrase.owner != phrase.role:
            return self._body(phrase.owner, sentence, f"through a {head}")
        if not phrase.definite:
            speaker = Speaker(role_text(phrase.words) or head) if head in ANONYMOUS else None
            return Voice(speaker, person=True, gender=GENDERED.get(head))
        return self._known_role(phrase, head, sentence)

    def _known_role(self, phrase: Phrase, head: str, sentence: int) -> Voice:
        if head.endswith("-year-old"):
            last = self._recent[-1] if self._recent else None
            return last.voice if last and sentence - last.sentence <= 2 else NOBODY
        body = self._cast.body_meant(phrase.owner[-1:], sentence) if phrase.owner else None
        description = described(phrase, body)
        gender = GENDERED.get(head)
        recent = [
            (event.voice.fits(description), event.sentence, event.voice)
            for event in reversed(self._recent)
            if sentence - event.sentence <= _HORIZON and (gender is None or event.voice.may_be(gender))
        ]
        rating, _, voice = max(recent, key=lambda one: one[:2], default=(0, 0, NOBODY))
        if rating > BY_THE_WAY:
            return voice
        only = self._cast.described(description) if head not in SPOKES | _SHARED else None
        if only is None and len({other for other_rating, _, other in recent if other_rating}) == 1:
            only = voice
        return only or Voice(None, person=True, gender=gender)

    def _compatriot(self, country: str, gender: Gender | None, sentence: int) -> Voice:
        """Return who "the American" is: the only one so far, else the only one close by, else who was talked of last.

        `NOBODY` when two may be meant; it leaves "he" to the one before.
        """
        fitting = self._cast.compatriots(country, gender, sentence)
        if len(fitting) != 1:
            near = {event.voice for event in (*self._recent, *self._rivals) if sentence - event.sentence <= _NEAR}
            stateless = {voice for voice in near if not voice.origin and voice.speaker}
            among = near & set(fitting) if fitting else stateless
            fitting = [voice for voice in among if gender is None or voice.may_be(gender)]
        return fitting[0] if len(fitting) == 1 else NOBODY

    def _body(self, words: Name, sentence: int, role: str | None = None, *, definite: bool = True) -> Voice:
        """Return the body called by common nouns, by its name where those alone tell nothing."""
        if not stands_for_a_name(words):
            return self._cast.body(words, role)
        name = (self._cast.body_meant(words, sentence) or self._near_body(words, sentence)) if definite else None
        if name is not None:
            return Voice(Speaker(name, role))
        return NOBODY if len(words) == 1 else self._cast.body(words, role)

    def _near_body(self, words: Name, sentence: int) -> str | None:
        """Return the only body that has just spoken, if its name says nothing else than the common nouns."""
        near = {
            event.voice.speaker.name
            for event in self._bodies
            if sentence - event.sentence <= _NEAR and event.voice.speaker and event.voice.speaker.name[:1].isupper()
        }
        name = next(iter(near), None)
        return name if name is not None and len(near) == 1 and may_be(words, name) else None


def _other(gender: Gender) -> Gender:
    return "f" if gender == "m" else "m"


def _gendered(voice: Voice, gender: Gender) -> Voice:
    """Remember that an article calls somebody "he" or "she"."""
    voice.gender = voice.gender or gender
    return voice


def _somebody(tokens: Sequence[Token]) -> Voice:
    gender = next((GENDERED[token.low] for token in reversed(tokens) if token.low in GENDERED), None)
    return Voice(None, person=True, gender=gender)


def _coordinated(frame: Sequence[Token], conjunction: int) -> bool:
    other = phrase_at(frame, conjunction + 1)
    return other is not None and other.kind in ("name", "group", "role")
