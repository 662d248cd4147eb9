"""One engine may serve many threads: nobody gets another one's answer."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pushaway
from pushaway.engine.engine import shipped_engine
from pushaway.knowledge.model import KnowledgeBase

MATCHERS = ("ground", "rete")
THREADS = 16
Given = dict[str, bool | float]


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    """Let threads interrupt each other all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def _cases(base: KnowledgeBase, count: int) -> list[tuple[Given, str]]:
    """Return consultations that have little in common."""
    chance = random.Random(7)
    names = [*base.fact, *base.conclusion]
    return [
        ({name: chance.choice([True, True, False, 0.5]) for name in chance.sample(names, 10)}, perspective)
        for _ in range(count)
        for perspective in ("observer", "self")
    ]


def _in_threads(work: Callable[[int], None]) -> None:
    """Run work in threads that start at once, and raise what any of them raised."""
    barrier, raised = threading.Barrier(THREADS), []

    def one(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 # raised again below, where pytest sees it
            raised.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@pytest.mark.parametrize(("matcher", "rounds"), [("ground", 150), ("rete", 3)])
def test_every_thread_gets_the_answer_that_it_would_get_alone(matcher: Any, rounds: int) -> None:
    base = pushaway.load()
    cases = _cases(base, min(rounds, 100))
    alone = pushaway.Engine(base, matcher=matcher)
    expected = [alone.infer(evidence, perspective=perspective) for evidence, perspective in cases]
    shared = pushaway.Engine(base, matcher=matcher)  # new, so that the threads also race to compile it

    def work(number: int) -> None:
        for turn in range(rounds):
            which = (2 * number + turn) % len(cases)
            evidence, perspective = cases[which]
            assert shared.infer(evidence, perspective=perspective) == expected[which]

    _in_threads(work)


def test_the_default_engine_serves_threads_too() -> None:
    shipped_engine.cache_clear()
    cases = _cases(pushaway.load(), THREADS)
    expected = [pushaway.Engine().infer(evidence, perspective=perspective) for evidence, perspective in cases]

    def work(number: int) -> None:
        for turn in range(10):
            which = (2 * number + turn) % len(cases)
            evidence, perspective = cases[which]
            assert pushaway.infer(evidence, perspective=perspective) == expected[which]

    _in_threads(work)


@pytest.mark.parametrize("matcher", MATCHERS)
def test_a_thread_that_fails_disturbs_no_other(matcher: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the threads fail in the midst of every run; the others go on as if alone."""
    import pushaway.engine.shell as shell

    base = pushaway.load()
    cases = _cases(base, THREADS)
    alone = pushaway.Engine(base, matcher=matcher)
    expected = [alone.infer(evidence, perspective=perspective) for evidence, perspective in cases]
    shared = pushaway.Engine(base, matcher=matcher)
    combine, unlucky = shell.combine, threading.local()

    def failing(given: Any) -> float:
        if getattr(unlucky, "now", False):
            raise RuntimeError("as planned")
        return combine(given)

    monkeypatch.setattr(shell, "combine", failing)

    def work(number: int) -> None:
        unlucky.now = number % 2
        evidence, perspective = cases[number]
        for _ in range(4):
            if unlucky.now:
                with pytest.raises(RuntimeError, match="as planned"):
                    shared.infer(evidence, perspective=perspective)
            else:
                assert shared.infer(evidence, perspective=perspective) == expected[number]

    _in_threads(work)
