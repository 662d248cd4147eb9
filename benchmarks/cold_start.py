"""How long a whole process takes to answer, against one that imports click, json and experta and stops.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/cold_start.py [ROUNDS]

The processes run in turn, so that both meet the same load, and their medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

IMPORTS = """
import collections, collections.abc
collections.Mapping = collections.abc.Mapping
import click, json, experta
"""
COMMAND = str(Path(sys.executable).parent / "pushaway")
INFER = [COMMAND, "infer", "withdrawn", "ignoring messages", "irritable"]
PROCESSES = {
    "python alone": ["-c", "pass"],
    "imports click, json and experta": ["-c", IMPORTS],
    "pushaway --version": [COMMAND, "--version"],
    "pushaway infer, text": INFER,
    "pushaway infer, JSON": [*INFER, "--format", "json"],
}
REFERENCE = "imports click, json and experta"


def main(rounds: int) -> None:
    """Print the median of each process and its ratio to the reference."""
    taken: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for _ in range(rounds):
        for name, arguments in PROCESSES.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            taken[name].append(time.perf_counter() - start)
    reference = statistics.median(taken[REFERENCE])
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:<34} {median * 1000:7.1f} ms   x{median / reference:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
