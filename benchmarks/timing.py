"""Times of many engines on the same cases, taken in one run in which they take turns."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from agreement import Case
from peers.reasoning import Given

Work = Callable[[Given, str], object]
SEED = 5


class Times(NamedTuple):
    """Of one engine, in microseconds: the median, and the 99th percentile."""

    median: float
    p99: float


def in_turns(engines: Mapping[str, Work], cases: Sequence[Case], rounds: int, in_a_row: int) -> dict[str, Times]:
    """Return the times of each engine. A turn is so many cases in a row, the same for all engines before the next.

    Several in a row show an engine that is busy; one, an engine that finds the processor's caches full of what others
    left, as in an app that asks now and then. The order of turns is drawn anew each time: in a fixed one the same
    engine would always follow the slowest. Times are those that the process had the processor for, with all its
    threads, so that others on the machine count for less. Garbage is collected as it falls due, but for what stood
    before the first round.
    """
    chance = random.Random(SEED)
    taken: dict[str, list[float]] = {name: [] for name in engines}
    order = [*engines.items()]
    gc.collect()
    gc.freeze()
    for start in (*range(0, len(cases), in_a_row),) * rounds:
        chance.shuffle(order)
        for name, work in order:
            for case in cases[start : start + in_a_row]:
                before = time.process_time_ns()
                work(case.evidence, case.perspective)
                taken[name].append((time.process_time_ns() - before) / 1000)
    gc.unfreeze()
    return {
        name: Times(statistics.median(times), statistics.quantiles(times, n=100)[-1]) for name, times in taken.items()
    }
