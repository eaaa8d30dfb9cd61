"""The README is true: its Python runs, its links lead somewhere, its pictures are there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.model
def test_the_python_example_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert "added=12" in run.stdout
    assert "answered" in run.stdout
    assert "Pete Hegseth natoqa briefs 2025-02-13" in run.stdout
    assert "Rutte" in run.stdout.splitlines()[-1]


def test_links_and_pictures_are_there() -> None:
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_room_of_the_table_exists() -> None:
    for name in re.findall(r"`(\w+(?:\.py|/))`", README):
        if name not in ("corpus/",):
            assert (ROOT / "src" / "natoqa" / name).exists(), name


def test_nothing_is_left_to_fill_in() -> None:
    assert "@@" not in README
