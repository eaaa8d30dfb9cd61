"""When a file that could not be read, or not whole, is read again although it has not changed.

What is wrong with a file mostly stays wrong, and reading a large one to find that out again costs every run its time.
What stood in the way may also pass: a disk that did not answer, memory that was full. So an unchanged file is read
again after a minute, and after twice as long each time that this was in vain, up to a day.
"""

from __future__ import annotations

from collections.abc import Iterable

from natoqa.catalog import FileState

# Who repairs something and indexes again has usually needed longer than this.
FIRST_S = 60.0
# A file that has failed for days costs one reading a day.
LONGEST_S = 86_400.0

# Beyond this many doublings the pause has long been the longest.
_DOUBLINGS = 20


def next_state(signature: str, sha256: str, *, before: FileState | None, tried_with: str, now: float) -> FileState:
    """Return what is to be known of a file of which something could not be read just now.

    `before` is what was known of it, `tried_with` names the natoqa and the settings that failed, and `now` is in
    seconds since 1970.
    """
    tries = 1
    if before and before.tries and (before.sha256, before.tried_with) == (sha256, tried_with):
        # A file that is read again before its time, because somebody named it, does not wait longer for that.
        tries = before.tries + (_due_at(before) <= now)
    return FileState(signature, sha256, tries, now, tried_with)


def is_due(state: FileState, *, tried_with: str, now: float) -> bool:
    """Return whether a failed file is to be read again although it has not changed."""
    # A time of the future is one of a clock that went wrong.
    return state.tried_with != tried_with or _due_at(state) <= now or state.tried > now


def pause(states: Iterable[FileState], *, now: float) -> float | None:
    """Return the seconds until one of the failed files is to be read again, None without any.

    At least `FIRST_S`: what is due already and was not read just now is out of reach, such as in a locked folder.
    """
    return min((max(_due_at(state) - now, FIRST_S) for state in states), default=None)


def _due_at(state: FileState) -> float:
    return state.tried + min(FIRST_S * 2.0 ** min(state.tries - 1, _DOUBLINGS), LONGEST_S)
