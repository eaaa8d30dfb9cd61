"""The files around the package agree with each other, and name no machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import natoqa

ROOT = Path(__file__).parent.parent
TARGETS = {"chat", "test", "test-fast", "lint", "index", "help", "pictures", "clean"}

MACHINE_PATHS = re.compile(r"(?<![\w.:/-])/(?:work|root|farm|home/\w+|Users/\w+)/")
REGISTRY_HOSTS = re.compile(r"files\.pythonhosted|pypi\.org/simple|registry\.npmjs|deb\.debian\.org|download\.pytorch")

SENTENCE_AT_MOST = 250  # characters: "one clear sentence" still fits three lines of a terminal


def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return content


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def own_requirements() -> list[Requirement]:
    texts = list(project()["dependencies"])
    for extra in project()["optional-dependencies"].values():
        texts += extra
    return [each for each in map(Requirement, texts) if each.name != "natoqa"]


def committed_files() -> list[Path]:
    """Return what git tracks, and what it would track if everything were added."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in sorted(set(listing.stdout.split("\0"))) if name and (ROOT / name).is_file()]


def write_program(file: Path, script: str) -> str:
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def run_script(name: str, *args: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script of the project; with `path`, its folder of stand-ins is all that can be found besides the shell."""
    environment = {"PATH": str(path) if path else os.environ["PATH"]}
    return subprocess.run(["/bin/sh", ROOT / name, *args], capture_output=True, text=True, env=environment, cwd=ROOT)


@pytest.mark.parametrize("requirement", own_requirements(), ids=lambda requirement: requirement.name)
def test_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_what_the_requirements_require_is_pinned_too() -> None:
    missing: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in own_requirements()]
    while waiting:
        requirement, of_extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        if name not in pins():
            missing.add(name)
            continue
        for extra in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            waiting += [(Requirement(text), extra) for text in requires(name) or []]
    # The CUDA builds of torch name their NVIDIA packages with exact versions themselves.
    assert {name for name in missing if not name.startswith(("nvidia-", "cuda-", "triton"))} == set()
    assert len(seen) > 2 * len(own_requirements())


def test_pins_name_public_versions() -> None:
    assert [name for name, version in pins().items() if version.local] == []


def test_version_is_the_same_everywhere() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+[\w.]*)", changelog, re.MULTILINE)
    assert newest, "CHANGELOG.md has no section such as: ## 0.1.0"
    assert project()["version"] == natoqa.__version__ == newest[1]


def test_makefile_has_the_targets_and_help_names_them() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE)) >= TARGETS
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert set(re.findall(r"^make ([a-z-]+)", shown, re.MULTILINE)) == TARGETS - {"help"}


def test_contributing_says_which_room_is_for_what() -> None:
    found = [room for room in (ROOT / "src" / "natoqa").iterdir() if room.is_dir() or room.suffix == ".py"]
    rooms = {room.stem for room in found} - {"__init__", "__main__", "__pycache__"}
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {room for room in rooms if f"`{room}`" not in guide} == set()


def test_app_is_the_chat_command() -> None:
    result = subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, check=True, text=True)
    assert "natoqa chat" in result.stdout
    assert "--port" in result.stdout


def test_continuous_integration_runs_make_test(tmp_path: Path) -> None:
    write_program(tmp_path / "make", 'echo "make $*, in a folder with $(ls Makefile)"; exit 7')
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = subprocess.run([ROOT / ".ci" / "run"], capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert result.stdout == "make test, in a folder with Makefile\n"
    assert result.returncode == 7


def test_environment_is_left_alone_when_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    write_program(tmp_path / "bin" / "python", "exit 0")
    assert run_script("scripts/environment", str(tmp_path), "/nowhere/python3").returncode == 0


def test_environment_is_made_with_the_first_usable_python(tmp_path: Path) -> None:
    old = write_program(tmp_path / "old", "exit 1")
    bare = write_program(tmp_path / "bare", 'case "$2" in *ensurepip*) exit 1;; esac')
    good = write_program(tmp_path / "good", 'case "$1" in -m) echo "made $3";; --version) echo Python 3.99;; esac')
    result = run_script("scripts/environment", str(tmp_path / "new"), "/nowhere/python3", old, bare, good)
    assert result.stdout.splitlines()[-1] == f"made {tmp_path / 'new'}"
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 1", "needs Python 3.11 or newer"), ('case "$2" in *ensurepip*) exit 1;; esac', "python3-venv")],
    ids=["too old", "no venv module"],
)
def test_unusable_python_is_one_sentence(tmp_path: Path, script: str, said: str) -> None:
    python = write_program(tmp_path / "python3", script)
    result = run_script("scripts/environment", str(tmp_path / "new"), python)
    assert result.returncode == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert len(result.stderr.replace(str(tmp_path), "")) <= SENTENCE_AT_MOST


def test_missing_browser_is_one_sentence_where_it_cannot_be_installed(tmp_path: Path) -> None:
    write_program(tmp_path / "id", "echo 1000")
    result = run_script("scripts/browser", path=tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "install" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert len(result.stderr) <= SENTENCE_AT_MOST


INSTALLS = """
folder=${0%/*}
echo "apt-get $1" >> "$folder/calls"
[ "$1" = update ] || { echo > "$folder/chromium"; /bin/chmod +x "$folder/chromium"; }"""


@pytest.mark.parametrize(
    ("apt_get", "returncode", "calls"),
    [(INSTALLS, 0, "apt-get update\napt-get install\n"), ("exit 100", 1, None)],
    ids=["works", "fails"],
)
def test_browser_is_installed_on_debian_as_root(
    tmp_path: Path, apt_get: str, returncode: int, calls: str | None
) -> None:
    write_program(tmp_path / "id", "echo 0")
    write_program(tmp_path / "grep", 'case "$*" in *ID=debian*os-release) exit 0;; esac; exit 1')
    write_program(tmp_path / "apt-get", apt_get)
    result = run_script("scripts/browser", path=tmp_path)
    assert result.returncode == returncode
    assert ("by hand" in result.stderr) is (returncode != 0)
    written = tmp_path / "calls"
    assert (written.read_text(encoding="utf-8") if written.exists() else None) == calls


def test_browser_that_is_there_is_enough(tmp_path: Path) -> None:
    write_program(tmp_path / "google-chrome", "exit 0")
    result = run_script("scripts/browser", path=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRY_HOSTS], ids=["machine path", "registry host"])
def test_no_committed_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    found = []
    for file in committed_files():
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATHS.search("see " + "/work" + "/main")
    assert MACHINE_PATHS.search('"' + "/home" + '/ann/news"')
    assert not MACHINE_PATHS.search("https://example.org/work/1")
    assert REGISTRY_HOSTS.search("https://pypi.org" + "/simple")


def test_index_folder_commits_only_its_readme() -> None:
    committed = {file.name for file in committed_files() if file.is_relative_to(ROOT / "index")}
    assert committed == {"README.md", ".gitignore"}
