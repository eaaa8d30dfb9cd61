"""Syncs in processes of their own, which die at a named point or are killed from outside.

They are forked from a server that has loaded the libraries, so that each starts within milliseconds.
"""

from __future__ import annotations

import dataclasses
import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import natoqa.syncing
from natoqa import Index, Settings

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["killed_syncs", "llama_index.vector_stores.chroma"])

WITHOUT_MODEL = Settings(embedding_model="hashing")

# Seconds after which a sync of a dozen articles hangs.
LONGEST_S = 120


@dataclasses.dataclass(frozen=True)
class Death:
    """The call of a function, counted from 1, before or after which the process kills itself."""

    function: str
    when: str = "before"
    calls: int = 1


def sync(folder: Path, death: Death | None = None, *, settings: Settings = WITHOUT_MODEL, rebuild: bool = False) -> int:
    """Make `folder/index` equal `folder/corpus`; return the exit code, or minus the signal."""
    process = start(folder, death, settings=settings, rebuild=rebuild)
    process.join(LONGEST_S)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"a sync takes longer than {LONGEST_S} s")
    return process.exitcode


def start(
    folder: Path, death: Death | None = None, *, settings: Settings, rebuild: bool = False
) -> multiprocessing.context.ForkServerProcess:
    """Return the process of a sync that has begun."""
    begun = _PROCESSES.Event()
    process = _PROCESSES.Process(target=_sync, args=(folder, death, settings, rebuild, begun))
    process.start()
    assert begun.wait(LONGEST_S)
    return process


def _sync(folder: Path, death: Death | None, settings: Settings, rebuild: bool, begun: Event) -> None:
    if death:
        _die_at(death)
    natoqa.syncing.BATCH = 4
    begun.set()
    with Index.open(folder / "index", settings=settings) as index:
        index.sync(folder / "corpus", rebuild=rebuild)


def _die_at(death: Death) -> None:
    """Replace the function by one that dies at the call, and else does the same."""
    owner, name = _owner(death.function)
    original: Callable[..., Any] = getattr(owner, name)
    left = death.calls

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and death.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


def _owner(function: str) -> tuple[Any, str]:
    """Return the module or class that has the function, and its name there."""
    owner, _, name = function.rpartition(".")
    try:
        return importlib.import_module(owner), name
    except ModuleNotFoundError:
        module, _, kind = owner.rpartition(".")
        return getattr(importlib.import_module(module), kind), name
