"""How long whole processes take: the command, against one that imports click, json and experta and stops.

Also what each import costs over an interpreter that imports nothing. Run with the interpreter of an
environment in which pushaway is installed, from a wheel: an editable checkout looks for its modules longer.

    python benchmarks/cold_start.py [ROUNDS]

The processes run in turn, so that all meet the same load, and their medians are compared. A first round,
which is not counted, compiles what is not yet. Where a machine has other work, too, whoever takes longer waits
longer: then look at the processor's time, which is told beside the clock's. It wants Linux or macOS.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a process is told: the interpreter's arguments, and what is added to its environment."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = {}


def _completed(words: str) -> Run:
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    return Run([COMMAND], {"_PUSHAWAY_COMPLETE": "bash_complete", **typed})


LENT = "import collections, collections.abc; collections.Mapping = collections.abc.Mapping; import "
"""experta 1.9.4 does not import on Python 3.10 and later without it."""
FOLDER = Path(sys.executable).parent
"""Where the command stands, and so where Python looks first for each of its imports; all processes start there."""
COMMAND = str(FOLDER / "pushaway")
SAID = ("withdrawn", "ignoring messages", "irritable")
BARE, REFERENCE = "python alone", "imports click, json and experta"

COMMANDS = {
    BARE: Run(["-c", "pass"]),
    REFERENCE: Run(["-c", f"{LENT} click, json, experta"]),
    "pushaway --version": Run([COMMAND, "--version"]),
    "pushaway --help": Run([COMMAND, "--help"]),
    "pushaway infer --help": Run([COMMAND, "infer", "--help"]),
    "completing a command": _completed("pushaway inf"),
    "completing a fact": _completed("pushaway infer ignor"),
    "pushaway facts": Run([COMMAND, "facts"]),
    "pushaway infer, text": Run([COMMAND, "infer", *SAID]),
    "pushaway infer, JSON": Run([COMMAND, "infer", *SAID, "--format", "json"]),
    "pushaway explain": Run([COMMAND, "explain", "overwhelmed", *SAID]),
}
IMPORTS = {
    **{name: f"import {name}" for name in ("json", "click", "dataclasses", "hashlib", "inspect", "logging")},
    "experta": f"{LENT} experta",
    **{name: f"import {name}" for name in ("jsonschema", "numpy", "pyarrow", "pandas") if find_spec(name)},
    "pushaway": "import pushaway",
    "pushaway.knowledge.loading": "import pushaway.knowledge.loading",
    "pushaway.engine.engine": "import pushaway.engine.engine",
    "pushaway.engine.shell": "import pushaway.engine.shell",
    "pushaway.cli.infer": "import pushaway.cli.infer",
    "… and the shipped base": "import pushaway; pushaway.load()",
    "… and a first answer": "import pushaway; pushaway.infer({'withdrawn': True})",
}


class Taken(NamedTuple):
    """Seconds of the clock that a process took, and seconds of a processor, its own and the kernel's for it."""

    clock: float
    processor: float


def measured(processes: Mapping[str, Run], rounds: int) -> dict[str, Taken]:
    """Return the medians of what each process took; all of them run in turn, in each round."""
    taken: dict[str, list[Taken]] = {name: [] for name in processes}
    for _ in range(rounds + 1):
        for name, process in processes.items():
            taken[name].append(_took(process))
    return {name: Taken(*map(statistics.median, zip(*times[1:], strict=True))) for name, times in taken.items()}


def _took(process: Run) -> Taken:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    before, start = _used(), time.perf_counter()
    subprocess.run(
        [sys.executable, *process.arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=FOLDER,
        env={**environment, **process.environment},
    )
    return Taken(time.perf_counter() - start, _used() - before)


def _used() -> float:
    """Return the seconds of a processor that all processes have taken that were started here and have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def main(rounds: int) -> None:
    """Print the median of each process and its ratio to the reference, and what each import adds to nothing."""
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; pushaway "
        f"{version('pushaway')}, click {version('click')}, experta {version('experta')}; {rounds} rounds"
    )
    imports = {f"import {name}": Run(["-c", code]) for name, code in IMPORTS.items()}
    took = measured({**COMMANDS, **imports}, rounds)
    least, reference = took[BARE], took[REFERENCE]
    print("\nWhole processes, and their ratio to the one that only imports: by the clock, by the processor's time")
    for name in COMMANDS:
        one = took[name]
        print(
            f"  {name:<34} {one.clock * 1000:7.1f} ms  x{one.clock / reference.clock:.2f}"
            f"   {one.processor * 1000:7.1f} ms  x{one.processor / reference.processor:.2f}"
        )
    print("\nWhat each import takes beyond an interpreter alone")
    for name, title in zip(imports, IMPORTS, strict=True):
        one = took[name]
        print(
            f"  {title:<34} {(one.clock - least.clock) * 1000:7.1f} ms"
            f"          {(one.processor - least.processor) * 1000:7.1f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
