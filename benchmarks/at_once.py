"""How many cases a second the vectorised evaluator takes: on arrays, one by one, in tables, and from file to file.

Run with the interpreter of an environment in which pushaway[batch] is installed:

    python benchmarks/at_once.py [--rows N] [--rounds N] [--large]

Cases are drawn: some eight facts are told in each. Files are converted by `pushaway batch` in a process of its own;
``--large`` does this with a hundred thousand, a million and ten million rows of JSON Lines (12 GB in all, in the
folder for temporary files), to see that time grows with the rows, and memory does not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import pushaway

COMMAND = str(Path(sys.executable).parent / "pushaway")
# In a small process between, since a process starts with the greatest memory of the one that it was forked from.
MEASURED = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
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
        "arrays, one thread": (ON_ARRAYS, lambda: evaluator.evaluate(arrays)),
        f"arrays, {os.cpu_count()} threads": (
            ON_ARRAYS,
            lambda: evaluator.evaluate(arrays, threads=os.cpu_count() or 1),
        ),
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


def converted(source: Path, target: Path) -> tuple[float, int]:
    """Return how many seconds `pushaway batch` takes as a process, and its greatest resident memory in KiB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, COMMAND, "batch", str(source), str(target)], check=True, capture_output=True
    )
    taken, memory = done.stdout.split()
    return float(taken), int(memory)


def written(folder: Path, rows: int) -> Path:
    """Return a file of drawn cases, as JSON Lines."""
    file = folder / f"{rows}.jsonl"
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(case) + "\n" for case in drawn(pushaway.load(), rows))
    return file


def files(rows: int, rounds: int) -> None:
    """Print what converting each kind of file to each takes, the start of the process with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = written(folder, rows)
        for target in ("jsonl", "csv", "parquet"):
            runs = [converted(source, folder / f"out.{target}") for _ in range(rounds)]
            told(f"jsonl to {target}, {rows:,} rows", rows, runs)


def large() -> None:
    """Print the same for more and more rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (100_000, 1_000_000, 10_000_000):
            source, target = written(folder, rows), folder / "out.jsonl"
            told(f"jsonl to jsonl, {rows:,} rows", rows, [converted(source, target)])
            source.unlink()
            target.unlink()


def told(what: str, rows: int, runs: list[tuple[float, int]]) -> None:
    """Print what runs came to."""
    taken, memory = statistics.median(one for one, _ in runs), max(one for _, one in runs)
    print(f"{what:<34} {taken:8.2f} s   {rows / taken:10,.0f} rows a second   {memory / 1024:6.0f} MiB")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    given = parser.parse_args()
    in_memory(given.rounds)
    files(given.rows, given.rounds)
    if given.large:
        large()


if __name__ == "__main__":
    main()
