"""The reader: what goes into the network, what comes out, and that it reads."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natoqa import sentences
from natoqa.catalog import Stored
from natoqa.errors import EmbeddingError
from natoqa.retrieval import USUAL_NEWNESS, newness, text_of
from natoqa.span_reader import UNREAD, WINDOW, Encoded, SpanReader, Text, encode, pack, packaged, unpack
from natoqa.types import Article, Reading

STORY = (
    "The harbour board met on Tuesday. Ines Falk, an engineer, found 41 cracks in the north pier. "
    "The board will decide in June. Nobody was hurt."
)


def text(body: str, title: str = "Cracks in the pier") -> Text:
    return Text(title, body, tuple((each.start, each.end) for each in sentences.split(body)))


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        ("Who found the cracks in the pier?", "Falk", 1),
        ("How many cracks were found?", "41", 1),
        ("When will the board decide?", "June", 2),
    ],
)
def test_it_reads(question: str, answer: str, sentence: int) -> None:
    (reading,) = packaged().read(question, [text(STORY)])
    best = reading.spans[0]
    assert answer in STORY[best.start : best.end]
    assert max(range(4), key=lambda number: reading.sentences[number][2]) == sentence


def test_it_knows_when_a_passage_does_not_answer() -> None:
    asked = "Who found the cracks in the pier?"
    other = "The bakery on Mill Street sells rye bread. It opens at six."
    good, bad = packaged().read(asked, [text(STORY), text(other, "Bread")])
    assert good.answers > bad.answers
    assert good.spans[0].logit > max((span.logit for span in bad.spans), default=-99)


def test_readings_come_in_the_order_given() -> None:
    texts = [text("Short."), text(STORY * 3), text("The pier is closed.")]
    together = packaged().read("Who found the cracks?", texts)
    alone = [SpanReader().read("Who found the cracks?", [each])[0] for each in texts]
    for one, other in zip(together, alone, strict=True):
        assert one.answers == pytest.approx(other.answers, abs=0.3)  # bfloat16, padded or not
        assert len(one.sentences) == len(other.sentences)


def test_a_question_asked_again_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, batches = SpanReader(), list[int]()
    read = reader._read

    def counted(batch: Sequence[Encoded]) -> Iterator[Reading]:
        batches.append(len(batch))
        return read(batch)

    monkeypatch.setattr(reader, "_read", counted)
    texts = [text(STORY), text("The pier is closed.")]
    first = reader.read("Who found the cracks?", texts)
    again = reader.read("Who found the cracks?", [texts[1], text("It opens in June."), texts[1], texts[0]])
    assert batches == [2, 1]
    assert (again[0], again[2], again[3]) == (first[1], first[1], first[0])
    reader.read("How many cracks are there?", texts)
    assert batches == [2, 1, 2]
    assert reader.read("Who found the cracks?", texts)[0].answers == pytest.approx(first[0].answers, abs=0.3)
    assert batches == [2, 1, 2, 2]  # only the last question is remembered


def test_spans_stay_in_one_sentence_and_do_not_overlap() -> None:
    passage = text(STORY)
    (reading,) = packaged().read("Who met, found or decided what?", [passage])
    for span in reading.spans:
        assert any(start <= span.start < span.end <= end for start, end in passage.sentences)
    ordered = sorted((span.start, span.end) for span in reading.spans)
    assert all(one[1] <= other[0] for one, other in pairwise(ordered))


def test_what_lies_beyond_the_window_is_unread() -> None:
    passage = text("The pier is closed. " * 120 + "Ines Falk found the cracks.")
    (reading,) = packaged().read("Who found the cracks?", [passage])
    assert len(reading.sentences) == len(passage.sentences)
    assert reading.sentences[-1][2] == UNREAD
    assert reading.sentences[0][2] > UNREAD


def test_nothing_to_read() -> None:
    assert packaged().read("Who?", []) == []
    (reading,) = packaged().read("", [Text("", "", ())])
    assert reading.spans == ()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_read(question: str, body: str, title: str) -> None:
    (reading,) = packaged().read(question, [text(body, title)])
    assert all(0 <= span.start < span.end <= len(body) for span in reading.spans)


def test_spans_stand_in_sentences() -> None:
    body = "1912. Ines Falk found it. *** 1913. It was sold in 1914."
    places = ((6, 25), (36, 56))
    (reading,) = packaged().read("When was it sold?", [Text("", body, places)])
    assert reading.spans
    assert all(any(start <= span.start < span.end <= end for start, end in places) for span in reading.spans)


def test_encoding_never_exceeds_the_window() -> None:
    encoded = encode([5] * 48, [6] * 24, [7] * 900, [(at, at + 1) for at in range(900)], [(0, 450), (450, 900)])
    assert len(encoded.ids) == WINDOW
    assert len(encoded.sentence_of) == len(encoded.offsets) == WINDOW - encoded.body - 1


def test_weights_survive_packing(tmp_path: Path) -> None:
    import torch

    state = {"layer.weight": torch.randn(8, 16), "layer.bias": torch.randn(8)}
    pack(state | {"word_embeddings.weight": torch.randn(4, 4)}, tmp_path / "w.safetensors")
    found = unpack(tmp_path / "w.safetensors")
    assert found.keys() == state.keys()
    assert torch.equal(found["layer.bias"], state["layer.bias"])
    assert (found["layer.weight"] - state["layer.weight"]).abs().max() < 0.03


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "w.safetensors"
    broken.write_bytes(b"no weights")
    with pytest.raises(EmbeddingError, match="reader cannot be loaded") as caught:
        SpanReader(broken)
    assert "NATOQA_READER=none" in (caught.value.hint or "")


def test_the_weights_are_small_enough_for_the_package() -> None:
    from importlib.resources import files

    assert Path(str(files("natoqa") / "span_reader.safetensors")).stat().st_size <= 25_000_000


def test_a_passage_is_read_with_the_sentences_of_its_article() -> None:
    """Cut by itself it may have others: "1." at its beginning is then no part of one, and nobody could cite it."""
    article = Article(title="Ranking", text="“A one. B two.” C three. 1. I nine.", path="ranking.md")
    (*_, last) = cut = sentences.split(article.text)
    passage = text_of(Stored(1, "a", 1, last.start, last.end), article, cut)
    assert passage == Text("Ranking", "1. I nine.", ((0, 10),))
    assert [(each.start, each.end) for each in sentences.split(passage.text)] != list(passage.sentences)


def test_a_passage_that_is_a_part_of_a_sentence() -> None:
    article = Article(title="", text="One two three four.", path="a.md")
    passage = text_of(Stored(1, "a", 1, 4, 13), article, sentences.split(article.text))
    assert passage == Text("", "two three", ((0, 9),))


@pytest.mark.parametrize(
    ("published", "asked", "expected"),
    [
        (date(2024, 1, 5), date(2024, 1, 5), 1.0),
        (date(2024, 1, 9), date(2024, 1, 5), 1.0),
        (date(2023, 6, 19), date(2024, 1, 5), 0.3679),
        (None, date(2024, 1, 5), 0.0),
        (date(2024, 1, 5), None, USUAL_NEWNESS),
    ],
)
def test_newness_falls_to_a_third_in_two_hundred_days(
    published: date | None, asked: date | None, expected: float
) -> None:
    assert newness(published, asked) == pytest.approx(expected, abs=1e-4)
