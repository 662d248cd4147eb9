"""The whole comparison: pushaway beside other engines that reason with the same base.

Run with the interpreter of an environment in which pushaway is installed with these engines, its extra ``bench``:

    python benchmarks/compare.py [--rounds N] [--quick]

Before anything is timed, each engine's answers are checked: on the base's own cases and on drawn ones it must find
what pushaway finds. The first difference is printed, and the exit status is 1. Then the engines take turns, in
one process. An engine that is not installed is left out, and named. ``benchmarks/peers`` says how each is used.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path

import at_once
import cold_start
import many
from agreement import Case, DisagreementError, check, of_base
from peers import PEERS
from timing import Times, Work, in_turns

import pushaway
from pushaway.engine.trials import Trials
from pushaway.engine.version import VERSION
from pushaway.knowledge import KnowledgeBase

DRAWN = 200
BEFORE, ANSWERED = 50_000, 100_000
IN_A_ROW = 27
BESIDE = {"stock experta": 1 / 30, "CLIPS": 0.65, "durable_rules": 1.0, "rule-engine": 1.0, "ZEN": 1.0}
"""What part of a peer's time a trace may take."""
TRACE, INFER = "pushaway, trace", "pushaway, infer"


def drawn(base: KnowledgeBase, count: int) -> list[Case]:
    """Return drawn cases, which tell more than the base's own do."""
    some = (one for one in Trials(base, base, count) if one.origin == "drawn")
    return [Case(f"drawn {number}", one.perspective, one.evidence) for number, one in enumerate(some)]


def machine(base: KnowledgeBase) -> None:
    """Print when, where and what."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    print(f"{date.today()}   {model or platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"{platform.system()}, Python {platform.python_version()}; pushaway {VERSION}, base {base.id} {base.version}")


def agreeing(engine: pushaway.Engine, cases: list[Case]) -> Iterator[tuple[str, Work]]:
    """Yield each engine that is installed, once its answers are checked; print which, and which is left out."""
    for peer in PEERS:
        try:
            run = peer.built(engine.base)
        except ImportError as missing:
            print(f"  {peer.name:<18} left out: {missing} (the extra `bench` holds it)")
            continue
        if peer.answers:
            check(peer, run, engine, cases)
            print(f"  {peer.name:<18} {peer.distribution} {peer.version}, same answers")
        yield peer.name, run


def table(title: str, times: dict[str, Times]) -> None:
    """Print what each engine takes, and how long pushaway takes in terms of that."""
    print(f"\n{title:<34}   median   p99 / median   trace takes   infer takes")
    for name, one in sorted(times.items(), key=lambda item: -item[1].median):
        ratios = "   ".join(f"{times[ours].median / one.median:8.3f} x" for ours in (TRACE, INFER))
        print(f"  {name:<30} {one.median:8.1f} us {one.p99 / one.median:12.1f}    {ratios}")


def goals(times: dict[str, Times]) -> Iterator[tuple[str, float, float | None]]:
    """Yield each goal for times, what it must not be above, and what it is; None where it was not tried."""
    trace = times[TRACE]
    for peer, most in BESIDE.items():
        yield f"trace : {peer}", most, trace.median / times[peer].median if peer in times else None
    yield "p99 : median, trace", 4.0, trace.p99 / trace.median
    yield "infer : trace", 2.0, times[INFER].median / trace.median


def verdict(most: float, reached: float | None) -> str:
    """Return whether a goal is met."""
    return "not tried" if reached is None else f"{reached:.3f} {'met' if reached <= most else 'not met'}"


def resident() -> float | None:
    """Return how many MiB of this process are resident, None where the system does not tell."""
    statm = Path("/proc/self/statm")
    gc.collect()
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else None


def growth(engine: pushaway.Engine, cases: list[Case]) -> float | None:
    """Return by how many MiB the process grows while an engine answers many cases, once Python has its free lists.

    These take some 2 MiB, of tuples above all, in the first fifty thousand.
    """
    before = None
    for number, case in enumerate(islice(cycle(cases), BEFORE + ANSWERED)):
        if number == BEFORE:
            before = resident()
        engine.infer(case.evidence, perspective=case.perspective)
    after = resident()
    return None if before is None or after is None else after - before


def lines_at_once(engine: pushaway.Engine, cases: list[Case]) -> None:
    """Print how fast whole processes answer files, beside the first of them."""
    print(f"\n{'JSON Lines to JSON Lines':<27} lines   lines a second   peak memory")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for way, lines, taken in many.rates(engine, cases, Path(folder)):
            rate = lines / taken.seconds
            first = first or rate
            print(f"  {way.name:<18} {lines:12,} {rate:16,.0f} {taken.memory:9.0f} MiB {rate / first:8.1f} x")


def main(rounds: int, *, quick: bool) -> None:
    """Print the comparison."""
    base = pushaway.load()
    engine = pushaway.Engine(base)
    own, more = of_base(base), drawn(base, DRAWN)
    machine(base)
    grown = None if quick else growth(engine, own + more)
    print(f"\nChecked on the base's {len(own)} cases and {len(more)} drawn ones:")
    engines: dict[str, Work] = {
        TRACE: lambda evidence, perspective: engine.trace(evidence, perspective=perspective),
        INFER: lambda evidence, perspective: engine.infer(evidence, perspective=perspective),
        **dict(agreeing(engine, own + more)),
    }
    busy, single = (in_turns(engines, own, rounds, in_a_row) for in_a_row in (IN_A_ROW, 1))
    table(f"The base's {len(own)} cases, {IN_A_ROW} in a row", busy)
    table(f"The base's {len(own)} cases, one by one", single)
    table(f"{len(more)} drawn cases, {IN_A_ROW} in a row", in_turns(engines, more, rounds, IN_A_ROW))
    if not quick:
        print("\nMany at once, in memory")
        at_once.in_memory(rounds)
        lines_at_once(engine, own + more)
        print("\nA whole process")
        cold_start.main(rounds)
    print(f"\nGoals, each with {IN_A_ROW} in a row; one by one")
    for (name, most, reached), (_, _, alone) in zip(goals(busy), goals(single), strict=True):
        print(f"  {name:<36} at most {most:.3f}: {verdict(most, reached)}; {verdict(most, alone)}")
    print(f"  {f'MiB more over {ANSWERED:,} cases':<36} at most {1:.3f}: {verdict(1, grown)}")


def command(arguments: list[str]) -> None:
    """Run what the arguments ask for. Raises SystemExit, with status 1 where answers differ."""
    parser = argparse.ArgumentParser(description="Compare pushaway with other engines on the same base.")
    parser.add_argument("--rounds", type=int, default=20, metavar="N", help="how often each case is done; 20")
    parser.add_argument("--quick", action="store_true", help="only check and time: no memory, no whole processes")
    options = parser.parse_args(arguments)
    try:
        main(options.rounds, quick=options.quick)
    except DisagreementError as difference:
        sys.exit(f"compare: the answers are not the same, so nothing is timed. {difference}")


if __name__ == "__main__":
    command(sys.argv[1:])
