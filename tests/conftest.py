"""What the tests share: small corpora, a fast index, and one with the real model, loaded once."""

import gc
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from natoqa import Index, Settings
from natoqa.embedding import Embedding, load

ROOT = Path(__file__).parents[1]

Write = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that share a name: pytest-xdist runs but one of them."""
    names = Counter(item.nodeid for item in items)
    if len(names) < len(items):
        raise pytest.UsageError(f"several tests are named {', '.join(name for name in names if names[name] > 1)}")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's shell reaches a test, and no library may fetch anything."""
    import os

    for name in os.environ:
        if name.startswith("NATOQA_"):
            monkeypatch.delenv(name)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.setenv(name, "1")


@pytest.fixture(scope="module", autouse=True)
def _collect_only_new_objects() -> None:
    """Keep earlier files' millions of objects out of each collection: they slow all tests and fail those that time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session", autouse=True)
def heeds_ctrl_c() -> None:
    """Heed Ctrl-C: run in the background of a shell it is ignored, here and in every process that a test starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def write(corpus: Path) -> Write:
    """Write an article into the corpus: `write("a.md", "Text.", outlet="The Herald")`."""

    def write(name: str, text: str, **front: object) -> Path:
        file = corpus / name
        file.parent.mkdir(parents=True, exist_ok=True)
        head = "".join(f"{key}: {value}\n" for key, value in front.items())
        file.write_text(f"---\n{head}---\n{text}\n" if front else f"{text}\n", encoding="utf-8")
        return file

    return write


@pytest.fixture
def hashing() -> Settings:
    """Settings with the embedding that needs no model."""
    return Settings(embedding_model="hashing")


@pytest.fixture
def index(tmp_path: Path, hashing: Settings) -> Iterator[Index]:
    """An empty index with the embedding that needs no model."""
    with Index.open(tmp_path / "index", settings=hashing) as opened:
        yield opened


@pytest.fixture(scope="session")
def model() -> Embedding:
    """The real default model."""
    return load(Settings().embedding_model)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory, model: Embedding) -> Iterator[Index]:
    """The starter corpus, indexed with the real model; tests do not change it."""
    with Index.open(tmp_path_factory.mktemp("starter") / "index", embedding=model) as opened:
        opened.sync(ROOT / "corpus")
        yield opened
