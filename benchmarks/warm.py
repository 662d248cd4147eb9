"""How long it takes to compile the shipped base for each matcher, then to reason and to answer, to explain and to ask.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/warm.py [ROUNDS]

The matchers take turns, so that both meet the same load; medians and longest, over the base's own cases.
To explain is to explain the first cause, with the smallest changes of answers; to ask is to choose the next
question once the opening is over. Both with the ground matcher, each case once.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import pushaway
from pushaway.engine.shell import MATCHERS, Shell, engine_class


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds some work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main(rounds: int) -> None:
    """Print the medians of each matcher."""
    base = pushaway.load()
    engines = {matcher: pushaway.Engine(base, matcher=matcher) for matcher in MATCHERS}
    taken: dict[tuple[str, str], list[float]] = {
        (m, what): [] for m in MATCHERS for what in ("compile", "trace", "infer")
    }
    for _ in range(rounds):
        for matcher, engine in engines.items():
            taken[matcher, "compile"].append(timed(lambda m=matcher: Shell(base, engine_class(base, m))))
            for case in base.cases:
                for what in ("trace", "infer"):
                    work = getattr(engine, what)
                    taken[matcher, what].append(timed(lambda w=work, c=case: w(c.evidence, perspective=c.perspective)))
    engine = engines["ground"]
    taken["ground", "explain"], taken["ground", "ask"] = [], []
    for case in base.cases:
        answer = engine.infer(case.evidence, perspective=case.perspective)
        taken["ground", "explain"].append(timed(lambda a=answer: a.explain(a.causes[0].id)))
        opened = dict.fromkeys((fact.id for fact in base.facts if fact.kind != "finding"), 0.0)
        consultation = pushaway.Consultation(case.perspective, {**opened, **case.evidence}, engine)
        taken["ground", "ask"].append(timed(lambda c=consultation: c.next))
    for (matcher, what), times in taken.items():
        print(f"{matcher:<7} {what:<8} {statistics.median(times):7.2f} ms   longest {max(times):7.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
