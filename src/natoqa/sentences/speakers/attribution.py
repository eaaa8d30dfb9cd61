"""The sentences of an article with their speakers: clauses of speech first, then quotations that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from natoqa.sentences.speakers.cast import Cast, Voice
from natoqa.sentences.speakers.clauses import Clause, clauses
from natoqa.sentences.speakers.discourse import NOBODY, Discourse
from natoqa.sentences.speakers.subjects import subject_of
from natoqa.sentences.speakers.tokens import Quotation, Token, frame, quotations, tokens
from natoqa.types import Sentence


def attribute(text: str, sentences: Sequence[Sentence], *, title: str = "") -> tuple[Sentence, ...]:
    """Return the same sentences, each with the speaker that the article names for it.

    `sentences` are spans of `text` in order; the title helps to find full names. Time grows with the text's length.
    """
    quoted = quotations(text)
    words = [tokens(text, sentence.start, sentence.end) for sentence in sentences]
    frames = [frame(text, each.start, each.end, quoted, of) for each, of in zip(sentences, words, strict=True)]
    cast = Cast(words, tokens(title, 0, len(title)))
    scenes = _scenes(text, sentences, frames)
    _hear(scenes, Discourse(cast), cast)
    _carry(scenes, quoted)
    return tuple(replace(scene.sentence, speaker=scene.voice.speaker if scene.voice else None) for scene in scenes)


@dataclass(eq=False, slots=True)
class _Scene:
    """A sentence while its speaker is looked for. `voice` is None as long as nothing is known of one."""

    sentence: Sentence
    frame: list[Token]
    opens_paragraph: bool
    voice: Voice | None = None
    subject: Voice | None = None

    @property
    def quotes(self) -> list[int]:
        return [token.quote for token in self.frame if token.quote >= 0]

    @property
    def quoted(self) -> bool:
        """Whether nothing stands outside of the quotation marks."""
        return bool(self.quotes) and not any(token.word for token in self.frame)

    @property
    def is_prose(self) -> bool:
        """Whether it ends like a sentence: a heading, a byline or an address has no subject."""
        return bool(self.frame) and not self.frame[-1].word

    @property
    def is_finished(self) -> bool:
        """Whether it ends in a full stop or the like, before or behind a quotation mark: headings do not."""
        return self.sentence.text.rstrip("”\"’'»* ")[-1:] in (".", "!", "?", "…", ",")

    @property
    def announces(self) -> bool:
        """Whether it ends in a colon: the next one is what is said."""
        return bool(self.frame) and self.frame[-1].text == ":"


def _scenes(text: str, sentences: Sequence[Sentence], frames: Sequence[list[Token]]) -> list[_Scene]:
    scenes, before = [], 0
    for sentence, tokens_ in zip(sentences, frames, strict=True):
        scenes.append(_Scene(sentence, tokens_, "\n" in text[before : sentence.start] or before == 0))
        before = sentence.end
    return scenes


def _hear(scenes: Sequence[_Scene], discourse: Discourse, cast: Cast) -> None:
    """Give every sentence with a clause of speech its speaker, reading from the beginning."""
    for number, scene in enumerate(scenes):
        found = clauses(scene.frame)
        subject = None if scene.quoted else subject_of(scene.frame)
        if subject is not None and subject.kind in ("name", "role", "pronoun") and scene.is_prose:
            scene.subject = discourse.resolve(subject, scene.frame, number, speaks=False)
        spoken = _carrying(found, scene)
        if spoken is not None:
            scene.voice = discourse.resolve(spoken.subject, scene.frame, number)
        else:
            scene.voice = _labelled(scene, cast)
        if scene.subject is not None and scene.subject is not scene.voice and (spoken is None or spoken.rank > 1):
            discourse.saw(scene.subject, number, spoke=False)
        if spoken is None and not scene.quoted and scene.is_prose:
            discourse.mentioned(cast.named_in(scene.frame) - {scene.subject}, number)
        announced = discourse.introduced(scene.frame)
        if announced is not None:
            discourse.saw(announced, number + 1)
        if scene.voice is not None:
            discourse.saw(scene.voice, number)


def _carrying(found: Sequence[Clause], scene: _Scene) -> Clause | None:
    """Return the clause that carries a sentence; one in a subordinate clause carries only what it quotes.

    A heading has only what it says outright: `Snow in Kyiv: ‘No power’` is nobody's.
    """
    for clause in found:
        if clause.rank < 5 or (clause.rank == 5 and scene.is_finished) or (clause.rank > 5 and clause.quote >= 0):
            return clause
    return None


def _labelled(scene: _Scene, cast: Cast) -> Voice | None:
    """Return the person before the colon of a headline or a line of dialogue: `Rutte: it was never promised`."""
    colon = next((i for i, token in enumerate(scene.frame[:8]) if token.text == ":"), None)
    if colon is None or not scene.opens_paragraph:
        return None
    rest = scene.frame[colon + 1 :]
    label = subject_of(scene.frame[:colon])
    if (len(rest) < 3 and not scene.quotes) or any("@" in token.text for token in rest) or label is None:
        return None
    return cast.person(label.name) if label.kind == "name" and (label.start, label.end) == (0, colon) else None


def _carry(scenes: Sequence[_Scene], quoted: Sequence[Quotation]) -> None:
    """Give quotations that stand alone the speaker of what they continue."""
    said: dict[int, Voice] = {}
    for scene in scenes:
        for quote in scene.quotes if scene.voice is not None else ():
            said.setdefault(quote, scene.voice or NOBODY)
    _chain(said, quoted)
    for place, scene in enumerate(scenes):
        if scene.quoted and scene.voice is None:
            scene.voice = next((said[quote] for quote in scene.quotes if quote in said), None)
            if scene.voice is None:
                scene.voice = _around(scenes, place)
            for quote in scene.quotes if scene.voice is not None else ():
                said.setdefault(quote, scene.voice or NOBODY)


def _chain(said: dict[int, Voice], quoted: Sequence[Quotation]) -> None:
    """Spread a speaker over paragraphs of one long quotation, forwards and then backwards."""
    for number in range(1, len(quoted)):
        if quoted[number].continues and number - 1 in said:
            said.setdefault(number, said[number - 1])
    for number in range(len(quoted) - 1, 0, -1):
        if quoted[number].continues and number in said:
            said.setdefault(number - 1, said[number])


def _around(scenes: Sequence[_Scene], place: int) -> Voice | None:
    """Return who said a quotation without a clause of its own."""
    scene = scenes[place]
    if scene.opens_paragraph and not scene.is_finished:
        return None
    before = scenes[place - 1] if place else None
    after = scenes[place + 1] if place + 1 < len(scenes) else None
    if after is not None and not after.opens_paragraph and not after.quotes and _closes_question(scene, after):
        return after.voice
    if before is not None and (not scene.opens_paragraph or before.announces):
        return before.voice or before.subject
    if after is not None and not after.opens_paragraph and after.quotes and after.voice is not None:
        return after.voice
    return before.voice if before is not None else None


def _closes_question(scene: _Scene, after: _Scene) -> bool:
    """Whether the splitter took `“Why?” Rutte asked.` for two sentences."""
    return scene.sentence.text.rstrip("”\"’'")[-1:] in ("?", "!") and len(after.frame) < 8 and after.voice is not None
