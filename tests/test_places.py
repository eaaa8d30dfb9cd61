"""Places for questions: shared by all doors, and by all visitors."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_server import ASKED, TROOPS, newsroom
from natoqa.serving.asker import Asker
from natoqa.serving.places import Asked, Limits, Place, Places
from natoqa.serving.problems import RefusedError
from natoqa.settings import Settings
from test_api import Held
from web_server import Tab, serving_all

ANN, BOB, CY = (Asker(name) for name in ("user ann", "user bob", "user cy"))


def begun(*places: Place) -> list[bool]:
    return [each.wait(0) for each in places]


def test_one_visitor_does_not_take_all_places() -> None:
    places = Places(Limits(at_once=4, waiting=64, visitor_at_once=2, visitor_waiting=2))
    anns = [places.join(ANN) for _ in range(4)]
    assert begun(*anns) == [True, True, False, False]
    with pytest.raises(RefusedError, match="Too many of your questions are waiting") as refused:
        places.join(ANN)
    assert refused.value.status == 429
    assert begun(places.join(BOB), places.join(CY), places.join(BOB)) == [True, True, False]


def test_the_next_place_goes_to_who_has_the_fewest_and_then_to_who_came_first() -> None:
    places = Places(Limits(at_once=2, waiting=64, visitor_at_once=2, visitor_waiting=64))
    first, second, third, fourth = (places.join(ANN) for _ in range(4))
    bobs = places.join(BOB)
    assert [each.ahead for each in (first, third, fourth, bobs)] == [0, 0, 1, 2]
    first.leave()
    assert begun(third, bobs) == [False, True]
    second.leave()
    assert begun(third, fourth) == [True, False]


def test_too_many_from_everywhere_are_sent_away() -> None:
    places = Places(Limits(at_once=1, waiting=2, visitor_at_once=1, visitor_waiting=2))
    for asker in (ANN, BOB, CY):
        places.join(asker)
    with pytest.raises(RefusedError, match="Too many questions are waiting") as refused:
        places.join(Asker("user dee"))
    assert refused.value.status == 503


def test_who_leaves_while_waiting_is_passed_over_and_leaving_twice_frees_one_place() -> None:
    places = Places(Limits(at_once=1, waiting=3, visitor_at_once=1, visitor_waiting=3))
    first, second, third, fourth = (places.join(each) for each in (ANN, BOB, CY, ANN))
    second.leave()
    for _ in range(2):
        first.leave()
    assert begun(third, fourth) == [True, False]


def test_threads_and_asyncio_wait_for_the_same_places() -> None:
    told: list[Asked] = []
    places = Places(Limits(at_once=1, waiting=9, visitor_at_once=1, visitor_waiting=9), tell=told.append)
    order: list[str] = []

    def in_a_thread() -> None:
        with places.held(BOB, "Why?") as place:
            order.append("thread")
            place.outcome = "answered"

    async def in_a_loop() -> None:
        async with places.taken(ANN) as place:
            thread = threading.Thread(target=in_a_thread)
            thread.start()
            while not places._waiting:
                await asyncio.sleep(0.01)
            cancelled = asyncio.create_task(places.taken(CY).__aenter__())
            await asyncio.sleep(0.05)
            cancelled.cancel()
            order.append("loop")
            place.outcome = "partial"
        await asyncio.to_thread(thread.join, 10)
        async with places.taken(CY) as place:
            place.outcome = "found"

    asyncio.run(in_a_loop())
    assert order == ["loop", "thread"]
    outcomes = {(each.asker.name, each.outcome) for each in told}
    assert outcomes == {("user ann", "partial"), ("user bob", "answered"), ("user cy", "left"), ("user cy", "found")}
    assert next(each for each in told if each.asker is BOB).question == "Why?"


def test_a_failure_is_told_as_one() -> None:
    told: list[Asked] = []
    places = Places(tell=told.append)
    with pytest.raises(ValueError, match="no"), places.held(ANN):
        raise ValueError("no")
    assert [each.outcome for each in told] == ["failed"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60), st.integers(1, 4), st.integers(1, 3))
def test_no_limit_is_ever_passed_and_no_place_is_lost(
    steps: list[tuple[bool, int]], at_once: int, each_at_once: int
) -> None:
    places = Places(Limits(at_once, 8, each_at_once, 4))
    present: list[Place] = []
    for comes, number in steps:
        if comes:
            with contextlib.suppress(RefusedError):
                present.append(places.join(Asker(str(number))))
        elif present:
            present.pop(number % len(present)).leave()
        working = [each.asker.name for each in present if each.wait(0)]
        waiting = [each.asker.name for each in present if not each.wait(0)]
        assert len(working) <= at_once
        assert len(waiting) <= 8
        assert all(working.count(name) <= each_at_once for name in working)
        free = at_once - len(working)
        assert not free or all(working.count(name) == each_at_once for name in waiting)
    for each in present:
        each.leave()
    assert not places._held
    assert not places._waiting
    assert not places._held_by


# --- the doors ----------------------------------------------------------------------------------------------------


def newest(folder: pytest.TempPathFactory, **given: object) -> Settings:
    return newsroom(folder.mktemp("newsroom"), TROOPS, **given)


def wait_until(is_so: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_page_and_api_share_the_places(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One place: while the page's question has it, the API's waits."""
    settings = newest(tmp_path_factory, questions_at_once=1, visitor_at_once=1)
    shared = Held(settings)
    with serving_all(settings, shared) as url, httpx.Client(base_url=url, timeout=30) as client:
        Tab(client).join(ASKED).raise_for_status()
        wait_until(lambda: shared.working == 1)
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(client.post("/api/ask", json={"question": ASKED}).status_code)
        )
        asking.start()
        wait_until(lambda: len(shared.places._waiting) == 1)
        assert (shared.working, answers) == (1, [])
        shared.release.set()
        asking.join(20)
    assert answers == [200]
    assert shared.most == 1


def test_a_visitor_with_too_many_questions_is_told_on_the_page_and_others_are_not_held_up(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = newest(tmp_path_factory, visitor_waiting=1)
    shared = Held(settings)
    with serving_all(settings, shared) as url, httpx.Client(base_url=url, timeout=30) as client:
        client.cookies.set("natoqa_visitor", "a" * 32)
        for at_work in (1, 2, 2):
            Tab(client).join(ASKED).raise_for_status()
            wait_until(lambda at_work=at_work: shared.working == at_work)
        wait_until(lambda: len(shared.places._waiting) == 1)
        assert "Too many of your questions are waiting." in Tab(client).ask(ASKED)
        client.cookies.set("natoqa_visitor", "b" * 32)
        Tab(client).join(ASKED).raise_for_status()
        wait_until(lambda: shared.working == 3)
        shared.release.set()


def test_keys_are_visitors_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = newest(tmp_path_factory, visitor_at_once=1, visitor_waiting=0, api_keys="one two")
    shared = Held(settings)

    def ask(key: str, seconds: float) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post(f"{url}/api/ask", json={"question": "x"}, headers=headers, timeout=seconds).status_code

    with serving_all(settings, shared) as url:
        asking = threading.Thread(target=ask, args=("one", 30))
        asking.start()
        wait_until(lambda: shared.working == 1)
        assert ask("one", 5) == 429
        with pytest.raises(httpx.ReadTimeout):
            ask("two", 0.5)
        assert shared.most == 2
        shared.release.set()
        asking.join(20)
