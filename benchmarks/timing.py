"""Times of many engines on the same cases, taken in one run in which they take turns."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from agreement import Case
from peers.reasoning import Given

Work = Callable[[Given, str], object]
SEED = 5


class Times(NamedTuple):
    """Of one engine, in microseconds: the median, and the 99th percentile."""

    median: float
    p99: float


def in_turns(engines: Mapping[str, Work], cases: Iterable[Case], rounds: int) -> dict[str, Times]:
    """Return the times of each engine. Each case is done by all of them before the next, in an order that is drawn.

    A drawn order, since in a fixed one the same engine would always follow the slowest and find the caches cold.
    Times are those that the process had the processor for, all its threads, so that others on the machine count for
    less. Garbage is collected as it falls due; what stood before the first round is kept out of that.
    """
    chance = random.Random(SEED)
    taken: dict[str, list[float]] = {name: [] for name in engines}
    order = [*engines.items()]
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for case in cases:
            chance.shuffle(order)
            for name, work in order:
                start = time.process_time_ns()
                work(case.evidence, case.perspective)
                taken[name].append((time.process_time_ns() - start) / 1000)
    gc.unfreeze()
    return {
        name: Times(statistics.median(times), statistics.quantiles(times, n=100)[-1]) for name, times in taken.items()
    }
