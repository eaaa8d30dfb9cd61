"""The embedding model: what it promises, and clear errors when it cannot be had."""

import threading
from pathlib import Path

import numpy as np
import pytest

from natoqa import EmbeddingError
from natoqa.embedding import Embedding, ModelEmbedding, load


@pytest.mark.model
def test_vectors_have_length_one_and_know_meaning(model: Embedding) -> None:
    vectors = model.embed(["Soldiers were sent to the front.", "Troops were deployed.", "The cake was delicious."])
    assert vectors.shape == (3, model.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert model.embed([]).shape == (0, model.dimensions)
    assert model.count_tokens([]) == []
    assert model.window == 256


@pytest.mark.model
def test_order_and_company_do_not_matter(model: Embedding) -> None:
    texts = [f"Report {number} " + "on the harbour " * (number % 7) for number in range(40)]
    together = model.embed(texts)
    for number in (0, 13, 39):
        assert float(model.embed([texts[number]])[0] @ together[number]) > 0.999
    assert float(model.embed_query(texts[3]) @ together[3]) > 0.999


@pytest.mark.model
def test_threads_share_a_model(model: Embedding) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                model.count_tokens([f"text {number} {turn}"] * 3)
                model.embed_query(f"question {number} {turn}")
                model.embed([f"text {number} {turn}"] * 3)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.model
def test_a_model_may_be_a_folder(model: Embedding) -> None:
    from natoqa.embedding import _location

    same = ModelEmbedding(_location("all-MiniLM-L6-v2"))
    assert float(same.embed_query("harbour") @ model.embed_query("harbour")) > 0.999


@pytest.mark.model
@pytest.mark.parametrize("name", ["no-such-model", "someone/no-such-model"])
def test_a_model_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=name) as caught:
        load(name)
    assert "embedding_model" in caught.value.hint
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EmbeddingError):
        load(str(tmp_path))


def test_hashing_needs_no_model_and_never_changes() -> None:
    vector = load("hashing").embed_query("The harbour of Riga")
    assert vector.shape == (256,)
    assert (
        np.flatnonzero(vector).tolist() == np.flatnonzero(load("hashing").embed_query("RIGA: of the harbour")).tolist()
    )
    assert float(load("hashing").embed_query("") @ vector) < 1
