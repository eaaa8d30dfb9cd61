"""Many visitors at once: simulated browser tabs ask a running natoqa on this machine, over the page's own protocol.

    natoqa chat --port 7860 &
    python benchmarks/visitors.py http://127.0.0.1:7860 --visitors 20 --minutes 5 --pid $!

Every visitor is a browser of their own: a cookie, a tab, an open stream of events; they ask, read for a moment, and ask
again. Printed are the failed questions, the time to the first words and to the whole answer (middle and 95th
percentile), and the server's memory. The exit code is 1 if a question failed, or none was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

QUESTIONS = (
    "Will US troops go to Ukraine?",
    "What did Mark Rutte say about Ukraine?",
    "Who is the defence secretary of the United States?",
    "When did the ministers meet in Brussels?",
    "How much do the members of NATO spend on defence?",
    "What did Macron say about European troops?",
    "Who won the chess tournament on the moon?",
    "What is a security guarantee?",
)
# A person reads an answer, and then has to think of the next question.
READS_S = (1.0, 5.0)
GIVEN_UP_S = 60.0
# How the page marks the first sentence, and a turn that could not be answered; a refusal is one, too.
WORDS, FAILED = 'class="sentences"', 'class="answer failed"'


@dataclass
class Seen:
    """What the visitors have seen, all together."""

    first_words_s: list[float] = field(default_factory=list)
    answers_s: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def report(self) -> str:
        """Return the figures as text."""
        failed = sum(self.failures.values())
        lines = [f"questions {len(self.answers_s) + failed}, failed {failed}"]
        lines += [f"  {number} x {why}" for why, number in self.failures.most_common()]
        for name, times in (("first words", self.first_words_s), ("whole answer", self.answers_s)):
            if times:
                lines.append(f"{name}: p50 {percentile(times, 50):.2f} s, p95 {percentile(times, 95):.2f} s")
        return "\n".join(lines)


def percentile(values: list[float], share: int) -> float:
    """Return the smallest value that `share` per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


class Visitor:
    """One person with one tab."""

    def __init__(self, address: str, chance: random.Random) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=GIVEN_UP_S)
        self._client.cookies.set("natoqa_visitor", secrets.token_hex(16))
        self._chance = chance
        self._tab = secrets.token_hex(6)
        self._event: dict[str, Any] = {}
        self._turns = 0

    async def stay(self, until: float, seen: Seen) -> None:
        """Open the page, then ask and read until the time is over."""
        async with self._client:
            await self._open()
            while time.monotonic() < until:
                began = time.monotonic()
                try:
                    async with asyncio.timeout(GIVEN_UP_S):
                        await self._ask(self._chance.choice(QUESTIONS), began, seen)
                except (httpx.HTTPError, TimeoutError, ValueError) as error:
                    seen.failures[f"{type(error).__name__}: {error}"[:200]] += 1
                    # A new conversation: the failed turn would be shown with all that follow.
                    self._tab, self._turns = secrets.token_hex(6), 0
                await asyncio.sleep(self._chance.uniform(*READS_S))

    async def _open(self) -> None:
        (await self._client.get("/")).raise_for_status()
        config = (await self._client.get("/config")).raise_for_status().json()
        box = next(each["id"] for each in config["components"] if each["props"].get("label") == "Question")
        self._event = next(each for each in config["dependencies"] if [box, "submit"] in each["targets"])

    async def _ask(self, question: str, began: float, seen: Seen) -> None:
        # Of what the event takes only the box is filled; all else is a state that the server keeps.
        data = [question, None, ""]
        asked = {"data": data, "fn_index": self._event["id"], "session_hash": self._tab, "event_data": None}
        (await self._client.post("/gradio_api/queue/join", json=asked)).raise_for_status()
        first, finished = None, False
        async for event in self._events():
            told = str(event.get("output", ""))
            # From the second turn on, the ones before have words, too: what counts is one more.
            if first is None and told.count(WORDS) > self._turns:
                first = time.monotonic() - began
            if event.get("success") is False or FAILED in told:
                raise ValueError(told[-120:])
            finished = finished or event["msg"] == "process_completed"
        if not finished:
            raise ValueError("the stream ended without an answer")
        self._turns += 1
        seen.answers_s.append(time.monotonic() - began)
        seen.first_words_s.append(first if first is not None else seen.answers_s[-1])

    async def _events(self) -> AsyncIterator[dict[str, Any]]:
        url = f"/gradio_api/queue/data?session_hash={self._tab}"
        async with self._client.stream("GET", url) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))


def memory_mb(pid: int, name: str = "VmRSS") -> float:
    """Return the memory of the process as Linux tells it: `VmRSS` now, `VmHWM` at most."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


async def visit(address: str, visitors: int, minutes: float) -> Seen:
    """Return what this many visitors have seen."""
    seen, until = Seen(), time.monotonic() + minutes * 60
    chance = random.Random(0)  # so the same questions are asked each time
    await asyncio.gather(*(Visitor(address, random.Random(chance.random())).stay(until, seen) for _ in range(visitors)))
    return seen


def main() -> int:
    """Run the visitors and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("address", help="where the page is, such as http://127.0.0.1:7860")
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--pid", type=int, help="the process of natoqa, to tell its memory (Linux)")
    given = parser.parse_args()
    before = memory_mb(given.pid) if given.pid else 0.0
    seen = asyncio.run(visit(given.address, given.visitors, given.minutes))
    sys.stdout.write(f"{given.visitors} visitors, {given.minutes:g} min\n{seen.report()}\n")
    if given.pid:
        after, most = memory_mb(given.pid), memory_mb(given.pid, "VmHWM")
        sys.stdout.write(f"memory: {before:.0f} MB at the start, {after:.0f} MB at the end, {most:.0f} MB at most\n")
    return 1 if seen.failures or not seen.answers_s else 0


if __name__ == "__main__":
    sys.exit(main())
