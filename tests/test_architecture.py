"""The floors of the house: imports point one way, and looking at natoqa loads nothing heavy."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "natoqa"

# From the ground up; a room imports from its own floor and those before it.
FLOORS = [
    {"errors", "types", "settings", "prompts"},
    {
        "readers",
        "corpus",
        "words",
        "concepts",
        "question",
        "expected",
        "premise",
        "soft_filters",
        "sentences",
        "passages",
        "changes",
        "duplicates",
        "learned",
        "sanitizing",
    },
    {"embedding", "span_reader", "llm", "catalog", "vectors", "nearest", "users", "fetching"},
    {
        "index",
        "syncing",
        "retrying",
        "retrieval",
        "retriever",
        "query_engine",
        "citations",
        "evidence",
        "voting",
        "reading",
        "confidence",
        "short_answers",
        "extractive",
        "generative",
        "follow_up",
        "chatbot",
        "conversations",
        "evaluation",
    },
    {"serving"},
    {"cli", "ui", "api", "mcp"},
]
DOOR = {"__init__", "__main__"}  # the package's own front, which may name every room

HEAVY = ("torch", "chromadb", "llama_index", "gradio", "transformers", "sentence_transformers", "numpy", "sqlite3")

# Who may talk to the big libraries: everybody else takes natoqa's own types.
SPEAKS = {
    "chromadb": {"vectors"},
    "torch": {"embedding", "span_reader"},
    "sentence_transformers": {"embedding"},
    "transformers": {"embedding", "span_reader"},
    "gradio": {"ui"},
    "fastapi": {"api", "ui"},
    "llama_index": {
        "embedding",
        "vectors",
        "llm",
        "retriever",
        "query_engine",
        "generative",
        "chatbot",
        "conversations",
        "evaluation",
    },
    "mcp": {"mcp"},
    "trafilatura": {"readers"},
    "pypdfium2": {"readers"},
    "docx": {"readers"},
    "httpx": {"fetching", "llm"},
    "httpcore": {"fetching"},
    "sqlite3": {"catalog", "conversations"},
}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports(file: Path) -> list[tuple[str, bool]]:
    """Return the imported modules and whether the import happens when the file is loaded."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inner = {id(node) for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
             for node in ast.walk(each)}  # fmt: skip
    typing_only = {
        id(node) for each in ast.walk(tree)
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING" for node in ast.walk(each)
    }  # fmt: skip
    found = []
    for node in ast.walk(tree):
        at_load = id(node) not in inner and id(node) not in typing_only
        if isinstance(node, ast.Import):
            found += [(alias.name, at_load) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "natoqa":
                found += [(f"natoqa.{alias.name}", at_load) for alias in node.names]
            else:
                found.append((node.module, at_load))
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_stands_on_a_floor() -> None:
    rooms = {room_of(file) for file in FILES} - DOOR
    assert rooms == set().union(*FLOORS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file: Path) -> None:
    room = room_of(file)
    if room in DOOR:
        return
    for module, _ in imports(file):
        parts = module.split(".")
        if parts[0] == "natoqa" and len(parts) > 1 and parts[1] not in ("__version__",):
            assert floor_of(parts[1]) <= floor_of(room), f"{room} imports {module}, which stands above it"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_libraries_are_spoken_to_in_their_rooms(file: Path) -> None:
    for module, at_load in imports(file):
        library = module.split(".")[0]
        if library in SPEAKS:
            assert room_of(file) in SPEAKS[library], f"{room_of(file)} imports {library}"
            # A language model's test double is a class of LlamaIndex's; its file is loaded by who uses one.
            if library in ("torch", "chromadb", "llama_index") and file.name != "scripted.py":
                assert not at_load, f"{file.name} loads {library} when it is imported"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_room_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), "a module docstring is missing"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_way_to_run_what_an_article_says(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    forbidden = r"import pickle|\beval\(|\bexec\(|os\.system|shell=True|trust_remote_code=True|yaml\.load\("
    assert not re.findall(forbidden, text.replace("def eval(", ""))


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*(name for name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize("statement", ["import natoqa", "import natoqa.cli"])
def test_import_is_light(statement: str) -> None:
    assert not loaded_after(statement) & set(HEAVY)


def test_help_is_light() -> None:
    code = (
        "import sys\nfrom natoqa.cli import main\nsys.argv = ['natoqa', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "natoqa" in run.stdout
    assert not {name.split(".")[0] for name in run.stderr.split()} & set(HEAVY)


def test_import_has_no_effects(tmp_path: Path) -> None:
    code = (
        "import logging, os\nbefore = dict(os.environ), logging.root.level, list(logging.root.handlers)\n"
        "import natoqa, natoqa.cli, natoqa.chatbot, natoqa.index, natoqa.llm, natoqa.generative\n"
        "import natoqa.ui, natoqa.api, natoqa.mcp\n"
        "import natoqa.conversations, natoqa.users\n"
        "assert before == (dict(os.environ), logging.root.level, list(logging.root.handlers))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
