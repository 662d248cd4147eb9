"""Whether one engine gives 16 threads, tasks and forked or spawned processes the answers that it gives one thread.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/embedding.py [CALLS]

CALLS, 200,000 unless told otherwise, are shared out evenly. Every answer is compared in full with the one that
a single thread was given. Exit status 1 says that any was another.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pushaway

THREADS, CHILDREN, CASES = 16, 4, 400
Case = tuple[dict[str, bool | float], str]


def cases(base: pushaway.KnowledgeBase) -> list[Case]:
    """Return consultations that have little in common."""
    chance = random.Random(5)
    names = [*base.fact, *base.conclusion]
    return [
        (
            {name: chance.choice([True, True, False, 0.5]) for name in chance.sample(names, chance.randint(1, 12))},
            chance.choice(["observer", "self"]),
        )
        for _ in range(CASES)
    ]


def infer(engine: pushaway.Engine, case: Case) -> pushaway.Answer:
    """Return an engine's answer to a case."""
    evidence, perspective = case
    return engine.infer(evidence, perspective=perspective)


class Trial:
    """An engine, cases, and the answers that one thread was given; it can be sent to another process."""

    def __init__(self, engine: pushaway.Engine) -> None:
        self.engine = engine
        self.cases = cases(engine.base)
        self.expected = [infer(engine, case) for case in self.cases]

    def wrong(self, first: int, calls: int) -> int:
        """Return how many of some calls are answered otherwise, beginning with a case of this number."""
        turns = (turn % CASES for turn in range(first, first + calls))
        return sum(infer(self.engine, self.cases[turn]) != self.expected[turn] for turn in turns)


def in_threads(trial: Trial, calls: int) -> int:
    """Return how many answers are wrong in threads that share the engine."""
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(trial.wrong, range(0, 37 * THREADS, 37), [calls // THREADS] * THREADS))


def in_tasks(trial: Trial, calls: int) -> int:
    """Return how many answers are wrong in tasks, half of which infer in threads of the event loop's."""

    async def task(number: int) -> int:
        wrong = 0
        for turn in range(number, number + calls // THREADS):
            if turn % 2:
                wrong += trial.wrong(turn, 1)
                await asyncio.sleep(0)
            else:
                wrong += await asyncio.to_thread(trial.wrong, turn, 1)
        return wrong

    async def tasks() -> int:
        return sum(await asyncio.gather(*map(task, range(THREADS))))

    return asyncio.run(tasks())


def in_processes(method: str) -> Callable[[Trial, int], int]:
    """Return how many answers are wrong in processes; forked ones leave in the midst of threads that infer."""

    def wrong(trial: Trial, calls: int) -> int:
        context, share = multiprocessing.get_context(method), calls // (2 * CHILDREN)
        with ThreadPoolExecutor(CHILDREN) as pool:
            here = [pool.submit(trial.wrong, number, share) for number in range(CHILDREN)]
            with context.Pool(CHILDREN) as children:
                there = children.starmap(trial.wrong, [(number, share) for number in range(CHILDREN)])
            return sum(there) + sum(one.result() for one in here)

    return wrong


def main(calls: int) -> int:
    """Print what each way gave; return the exit status."""
    sys.setswitchinterval(1e-4)
    trial = Trial(pushaway.Engine())
    ways = {
        f"{THREADS} threads": in_threads,
        f"{THREADS} tasks": in_tasks,
        f"{CHILDREN} forked, {CHILDREN} threads": in_processes("fork"),
        f"{CHILDREN} spawned, {CHILDREN} threads": in_processes("spawn"),
    }
    all_wrong = 0
    for name, way in ways.items():
        start = time.perf_counter()
        wrong = way(trial, calls // len(ways))
        print(f"{name:<22} {calls // len(ways):>9,} calls  {wrong} wrong  {time.perf_counter() - start:6.1f} s")
        all_wrong += wrong
    return int(all_wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
