"""How many cases a second the vectorised evaluator takes: on arrays, in tables, one by one, and in large files.

Run with the interpreter of an environment in which pushaway[batch] is installed:

    python benchmarks/at_once.py [--rounds N] [--large]

Cases are drawn: some eight facts are told in each. ``--large`` converts files of a hundred thousand, a million and ten
million rows, in a process of its own, to see that time grows with the rows, and memory does not. It takes some
minutes, and 15 GB in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import many
import numpy as np
import pyarrow as pa
from agreement import Case

import pushaway

ON_ARRAYS = 1 << 16
KNOWN = 8


def drawn(base: pushaway.KnowledgeBase, count: int) -> Iterator[dict[str, Any]]:
    """Yield cases as documents, always the same ones."""
    chance = random.Random(8)
    facts, answers = [*base.fact], [one.certainty for one in base.answers if one.certainty]
    perspectives = [one.id for one in base.perspectives]
    for number in range(count):
        told = chance.sample(facts, min(len(facts), chance.randint(KNOWN - 6, KNOWN + 6)))
        evidence = {id: chance.choice([True, False, chance.choice(answers)]) for id in told}
        yield {"id": str(number), "perspective": chance.choice(perspectives), "evidence": evidence}


def columns(base: pushaway.KnowledgeBase, cases: list[dict[str, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Return cases as a column for each fact."""
    made = {id: np.zeros(len(cases)) for id in base.fact}
    for row, case in enumerate(cases):
        for id, given in case["evidence"].items():
            made[id][row] = -1.0 if given is False else given
    return made


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_memory(rounds: int) -> None:
    """Print cases a second for each way to give many cases in Python, the ways in turn."""
    base = pushaway.load()
    cases = [*drawn(base, ON_ARRAYS)]
    arrays, evaluator, engine = columns(base, cases), pushaway.Evaluator(base), pushaway.Engine(base)
    table, evidence = pa.table(arrays), [case["evidence"] for case in cases]
    few = evidence[:1000]
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "arrays": (ON_ARRAYS, lambda: evaluator.evaluate(arrays)),
        "an Arrow table": (ON_ARRAYS, lambda: engine.infer_table(table)),
        "infer_many": (ON_ARRAYS, lambda: [*engine.infer_many(evidence)]),
        "infer, one by one": (len(few), lambda: [engine.infer(one) for one in few]),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (_, work) in ways.items():
            taken[name].append(seconds(work))
    for name, times in taken.items():
        rates = [ways[name][0] / one for one in times]
        print(f"{name:<22} {statistics.median(rates):12,.0f} cases a second   best {max(rates):12,.0f}")


def large() -> None:
    """Print what ever more rows take, from JSON Lines to JSON Lines: the time of each row, and the memory of all."""
    way = next(one for one in many.WAYS if one.command == many.BATCH)
    cases = [Case("", one["perspective"], one["evidence"]) for one in drawn(pushaway.load(), ON_ARRAYS)]
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "in.jsonl"), Path(name, "out.jsonl")
        for rows in (100_000, 1_000_000, 10_000_000):
            many.write(source, cases, rows)
            taken = many.run(way, source, target)
            told = f"{taken.seconds:8.1f} s   {taken.seconds / rows * 1e6:6.2f} us a row   {taken.memory:6.0f} MiB"
            print(f"pushaway batch, {rows:>10,} rows {told}")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    given = parser.parse_args()
    in_memory(given.rounds)
    if given.large:
        large()


if __name__ == "__main__":
    main()
