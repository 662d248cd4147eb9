"""How long a running process takes to compile a base, to reason, to answer, to explain and to ask; and what stays.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/warm.py [ROUNDS [CASES]]

First the shipped base's own cases, ROUNDS times over, as evidence. What is compared takes turns in an order that
changes, so that all meet the same load, and stands as a ratio. Times are those that the process had the processor
for, so that others on the machine count for less: the median, and how many times that the 99th percentile is.

- compile: the base to a new engine with its first shell
- trace: evidence checked, facts declared, rules fired, the trace made
- infer: that, and the whole answer from it; their difference is what the answer costs
- explain (ground matcher only): the first cause, with the smallest changes of answers that would change it
- ask (the same): to choose the next question once the opening is over

Then memory, in a fresh process, since what stock RETE has freed would hide it: CASES (100,000 where not given)
drawn cases answered by one engine after 1,000 others, and engines built and dropped; how many more blocks are held,
and how much more is resident, where the system tells that. Of the latter some 1.5 MiB are tuples that CPython has
freed and keeps.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pushaway
from pushaway.engine.shell import MATCHERS, Shell, engine_class
from pushaway.knowledge import KnowledgeBase

Times = dict[tuple[str, str], list[float]]
STATM = Path("/proc/self/statm")
ENGINES = 500


def timed(work: Callable[[], object]) -> float:
    """Return for how many microseconds some work has the processor."""
    start = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - start) / 1000


def repeated(base: KnowledgeBase, rounds: int) -> Times:
    """Return the times of what is done for every case, with either matcher in turn."""
    engines = {matcher: pushaway.Engine(base, matcher=matcher) for matcher in MATCHERS}
    taken: Times = {(matcher, what): [] for matcher in MATCHERS for what in ("compile", "trace", "infer")}
    for engine in engines.values():
        engine.infer({})  # which compiles it
    chance = random.Random(1)
    # In an order that changes: whatever comes right after the same case finds it in the processor's caches.
    work = [(matcher, what, case) for matcher in MATCHERS for what in ("trace", "infer") for case in base.cases]
    for _ in range(rounds):
        for matcher in MATCHERS:
            taken[matcher, "compile"].append(timed(lambda m=matcher: Shell(base, engine_class(base, m))))
        chance.shuffle(work)
        for matcher, what, case in work:
            run = getattr(engines[matcher], what)
            taken[matcher, what].append(timed(lambda r=run, c=case: r(c.evidence, perspective=c.perspective)))
    return taken


def once(base: KnowledgeBase) -> Times:
    """Return the times of what takes longer, each case once."""
    engine = pushaway.Engine(base)
    taken: Times = {("ground", "explain"): [], ("ground", "ask"): []}
    opened = dict.fromkeys((fact.id for fact in base.facts if fact.kind != "finding"), 0.0)
    for case in base.cases:
        answer = engine.infer(case.evidence, perspective=case.perspective)
        taken["ground", "explain"].append(timed(lambda a=answer: a.explain(a.causes[0].id)))
        consultation = pushaway.Consultation(case.perspective, {**opened, **case.evidence}, engine)
        taken["ground", "ask"].append(timed(lambda c=consultation: c.next))
    return taken


def held() -> tuple[int, int]:
    """Return how many blocks of memory are held, and how many KiB are resident; 0 where the system does not tell."""
    gc.collect()
    pages = int(STATM.read_text(encoding="ascii").split()[1]) if STATM.exists() else 0
    return sys.getallocatedblocks(), pages and pages * os.sysconf("SC_PAGE_SIZE") // 1024


def answered(engine: pushaway.Engine, chance: random.Random, count: int) -> None:
    """Answer drawn cases, and read all of every answer."""
    names = [*engine.base.fact, *engine.base.conclusion]
    for _ in range(count):
        told = {id: chance.uniform(-1, 1) for id in chance.sample(names, chance.randint(0, 10))}
        engine.infer(told, perspective=chance.choice(engine.base.perspectives).id).to_dict()


def memory(cases: int) -> None:
    """Print by how much the process grows."""
    base, chance = pushaway.load(), random.Random(1)
    engine = pushaway.Engine(base)

    def engines(count: int) -> None:
        for _ in range(count):
            answered(pushaway.Engine(base), chance, 1)

    for what, count, before, work in (
        ("cases answered", cases, 1_000, lambda count: answered(engine, chance, count)),
        ("engines built and dropped", ENGINES, ENGINES // 5, engines),
    ):
        work(before)
        blocks, resident = held()
        work(count)
        after = held()
        print(f"{count:>9,} {what}: {after[0] - blocks} blocks, {after[1] - resident} KiB resident more")


def main(rounds: int, cases: int) -> None:
    """Print all of it."""
    base = pushaway.load()
    taken = repeated(base, rounds) | once(base)
    median = {key: statistics.median(times) for key, times in taken.items()}
    for (matcher, what), times in taken.items():
        ninety_ninth = statistics.quantiles(times, n=100)[-1] if len(times) > 1 else times[0]
        middle = median[matcher, what]
        print(f"{matcher:<7} {what:<8} {middle:10,.0f} us   99th percentile {ninety_ninth / middle:5.1f} times that")
    for matcher in MATCHERS:
        answering = median[matcher, "infer"] / median[matcher, "trace"] - 1
        print(f"{matcher}: the answer costs {answering:.2f} times the inference")
    print(f"rete takes {median['rete', 'trace'] / median['ground', 'trace']:.0f} times as long to reason as ground")
    sys.stdout.flush()
    alone = multiprocessing.get_context("spawn").Process(target=memory, args=(cases,))
    alone.start()
    alone.join()


if __name__ == "__main__":
    main(*(int(given) for given in (*sys.argv[1:], *("5", "100000")[len(sys.argv) - 1 :])))
