"""Many cases at once, JSON Lines to JSON Lines: whole processes, how many lines a second, and how much memory.

A new way is a line in :data:`WAYS`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from agreement import WITHIN, Case, DisagreementError

from pushaway import Engine, load

HERE = Path(__file__).parent


class Told(NamedTuple):
    """What must be told of a case: verdict, certainties of causes, and responses that are recommended."""

    verdict: str
    causes: dict[str, float]
    responses: list[str]


class Way(NamedTuple):
    """A command to which the names of two files are added; how to read its lines; the numbers of lines to time."""

    name: str
    command: list[str]
    read: Callable[[Any], Told]
    lines: tuple[int, ...]


class Taken(NamedTuple):
    """What a process took: seconds, and the most memory that was resident, in MiB."""

    seconds: float
    memory: float


def _told(line: Any) -> Told:
    causes = {one.id: line["certainties"][one.id] for one in load().causes}
    return Told(line["verdict"], causes, line["responses"])


STOCK = [sys.executable, "-m", "peers.stock_experta_lines"]
BATCH = [sys.executable, "-m", "pushaway", "batch"]
WAYS = (
    Way("stock experta", STOCK, lambda line: Told(**line), lines=(1_000,)),
    Way("pushaway batch", BATCH, _told, lines=(10_000, 100_000, 1_000_000)),
)


def write(file: Path, cases: Iterable[Case], count: int) -> None:
    """Write so many cases, over and over."""
    lines = [json.dumps({"perspective": one.perspective, "evidence": dict(one.evidence)}) + "\n" for one in cases]
    with file.open("w", encoding="utf-8") as out:
        out.writelines(islice(cycle(lines), count))


def run(way: Way, given: Path, result: Path) -> Taken:
    """Run a way as a process. Raises CalledProcessError where it fails."""
    command = [sys.executable, "measured.py", *way.command, str(given), str(result)]
    return Taken(**json.loads(subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE).stdout))


def check(way: Way, engine: Engine, cases: list[Case], folder: Path) -> None:
    """Raise DisagreementError at the first case of which a way does not tell what the engine's answer does."""
    given, result = folder / "checked.jsonl", folder / "checked-out.jsonl"
    write(given, cases, len(cases))
    run(way, given, result)
    lines = result.read_text(encoding="utf-8").splitlines()
    for case, line in zip(cases, lines, strict=True):
        answer = engine.infer(case.evidence, perspective=case.perspective)
        causes = {one.id: one.certainty for one in answer.causes}
        told = way.read(json.loads(line))
        if (told.verdict, sorted(told.causes), sorted(told.responses)) != (
            answer.verdict,
            sorted(causes),
            sorted(one.id for one in answer.responses),
        ) or not all(abs(told.causes[id] - causes[id]) <= WITHIN for id in causes):
            raise DisagreementError(f"{way.name}, case {case.id}: {line}")


def rates(engine: Engine, cases: list[Case], folder: Path) -> Iterator[tuple[Way, int, Taken]]:
    """Check each way, then yield what so many lines take."""
    for way in WAYS:
        check(way, engine, cases, folder)
        for lines in way.lines:
            write(folder / "timed.jsonl", cases, lines)
            yield way, lines, run(way, folder / "timed.jsonl", folder / "timed-out.jsonl")
