"""How long it takes to compile the shipped base for each matcher, and then to reason and to answer.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/warm.py [ROUNDS]

The matchers take turns, so that both meet the same load; medians, over the base's own cases.
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
    for (matcher, what), times in taken.items():
        print(f"{matcher:<7} {what:<8} {statistics.median(times):7.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
