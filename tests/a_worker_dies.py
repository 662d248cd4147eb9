"""Runs an example as a command, and one of its workers dies in the midst of a partition.

python a_worker_dies.py MARKER EXAMPLE [ARGUMENTS]: the worker that first comes to write the file MARKER kills itself.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pushaway
from pushaway.knowledge import KnowledgeBase


class Mortal:
    """Does what an engine does, but for the first process that is done with a batch."""

    def __init__(self, base: KnowledgeBase | None = None) -> None:
        self._engine = pushaway.engine.Engine(base)
        self._marker = Path(MARKER)

    def infer(self, evidence: Any, **settings: Any) -> Any:
        return self._engine.infer(evidence, **settings)

    def outcome_schema(self, schema: Any, **columns: Any) -> Any:
        return self._engine.outcome_schema(schema, **columns)

    def infer_batches(self, batches: Iterable[Any], **settings: Any) -> Iterator[Any]:
        for batch in self._engine.infer_batches(batches, **settings):
            yield batch
            with suppress(FileExistsError):
                self._marker.touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    MARKER, *sys.argv = sys.argv[1:]
    pushaway.Engine = Mortal  # which the example makes
    runpy.run_path(sys.argv[0], run_name="__main__")
