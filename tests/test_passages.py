"""Passages: whole sentences within the model's window, title included in what is embedded, nothing lost."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natoqa import sentences
from natoqa.embedding import Embedding, load
from natoqa.passages import MARKS, pack

WORDS = load("hashing")


def packed(text: str, title: str = "Title", limit: int = 20, window: int = 40) -> tuple[list[str], int]:
    passages, cut = pack(
        text, sentences.split(text), title=title, count_tokens=WORDS.count_tokens, limit=limit, window=window
    )
    assert all(text[passage.start : passage.end].strip() for passage in passages)
    return [text[passage.start : passage.end] for passage in passages], cut


def test_sentences_are_packed_whole_and_evenly() -> None:
    text = " ".join(f"Number {number} is a sentence of eight words here." for number in range(5))
    passages, cut = packed(text)
    assert cut == 0
    assert [len(passage.split("here.")) - 1 for passage in passages] == [2, 2, 1]
    assert all(passage.endswith("here.") for passage in passages)


def test_an_over_long_sentence_is_a_passage_of_its_own_and_said_to_be_cut() -> None:
    text = "Short one. Word " + "word " * 100 + "end. Another short one."
    passages, cut = packed(text)
    assert cut == 1
    assert any(passage.startswith("Word word") and passage.endswith("end.") for passage in passages)


def test_no_sentences_no_passages() -> None:
    assert packed("") == ([], 0)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=30),
    st.integers(0, 50),
    st.integers(16, 60),
)
def test_nothing_is_lost_and_what_is_embedded_fits(lengths: Sequence[int], title: int, limit: int) -> None:
    text = " ".join("Word " + "word " * (length - 1) + "stop." for length in lengths)
    spans = sentences.split(text)
    passages, _ = pack(text, spans, title="big " * title, count_tokens=WORDS.count_tokens, limit=limit, window=64)
    assert [span for span in spans if any(p.start <= span.start and span.end <= p.end for p in passages)] == list(spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(passages))
    for count in WORDS.count_tokens([passage.embedded for passage in passages]):
        assert count <= 64 - MARKS + 1


@pytest.mark.model
def test_the_real_model_reads_every_word(model: Embedding) -> None:
    """The last word of a passage changes its vector: nothing is cut off silently."""
    text = " ".join(f"Delegate {number} of the northern council spoke about tariffs on grain." for number in range(80))
    passages, cut = pack(
        text,
        sentences.split(text),
        title="A title " * 30,
        count_tokens=model.count_tokens,
        limit=200,
        window=model.window,
    )
    assert cut == 0
    assert len(passages) > 3
    for passage in passages:
        (tokens,) = model.count_tokens([passage.embedded])
        assert tokens + 2 <= model.window
        both = model.embed([passage.embedded, passage.embedded.rstrip(".") + " zebra"])
        assert float(both[0] @ both[1]) < 0.9999
