"""Evidence from all the places in which it may be given; it must not contradict itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..engine import EvidenceError
from ..engine.evidence import certainty, worded
from ..knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, resolve
from ..knowledge.problems import pointer, printable, quoted
from ..knowledge.reading import MEGABYTE, UnreadableJSONError, read_json
from .heard import heard
from .options import MisuseError, several, told, unknown

STANDARD_INPUT = "standard input"


@contextmanager
def as_misuse() -> Iterator[None]:
    """Make evidence that does not fit the base a misuse."""
    try:
        yield
    except EvidenceError as error:
        raise MisuseError(str(error)) from None


class Gathering:
    """What was given so far."""

    def __init__(self, base: KnowledgeBase, perspective: str | None) -> None:
        self._base = base
        self._wrong: list[str] = []
        self.perspective = perspective
        self._evidence: dict[str, float] = {}

    def arguments(self, names: tuple[str, ...], absent: tuple[str, ...]) -> None:
        """Take NAME, NAME=CERTAINTY and the names given with --no."""
        for argument in names:
            name, equals, given = argument.rpartition("=")
            if equals:
                self._add(name, lambda name=name, given=given: worded(self._base, name, given))  # type: ignore[misc]
            else:
                self._add(argument, lambda: 1.0)
        for name in absent:
            self._add(name, lambda: -1.0)

    def file(self, file: str) -> None:
        """Take a case file; - is standard input. Raises MisuseError with all its problems."""
        shown = STANDARD_INPUT if file == "-" else printable(file, 200)
        try:
            document = read_json(contents(file))
        except UnreadableJSONError as error:
            raise MisuseError(f"{shown}: {error}") from None
        from ..knowledge.shape import misfits  # costs more than the inference; only a file needs it

        evidence = document.get("evidence") if isinstance(document, dict) else None
        problems = [*misfits("evidence", shown, document), *self._unknown(shown, evidence)]
        if problems:
            raise MisuseError(told(KnowledgeError(problems)))
        for name, value in document["evidence"].items():
            self._add(name, lambda name=name, value=value: certainty(name, value))  # type: ignore[misc]
        asked = document.get("perspective")
        if asked is not None and self.perspective not in (None, asked):
            raise MisuseError(
                f"--as says {quoted(self.perspective)} and {shown} says {quoted(asked)}. Keep one of them."
            )
        self.perspective = self.perspective or asked

    def finish(self) -> dict[str, float]:
        """Return the evidence; raises MisuseError with all that was wrong with names and certainties."""
        if self._wrong:
            raise MisuseError(several(self._wrong))
        return self._evidence

    def _add(self, name: str, given: Callable[[], float]) -> None:
        try:
            id, value = resolve(self._base, name), given()
        except UnknownNameError as error:
            self._wrong.append(unknown(error))
            return
        except (EvidenceError, MisuseError) as error:
            self._wrong.append(str(error))
            return
        before = self._evidence.setdefault(id, value)
        if before != value:
            self._wrong.append(f"{quoted(id)} is given twice, as {before:g} and as {value:g}. Keep one of them.")

    def _unknown(self, file: str, evidence: Any) -> Iterator[Problem]:
        for name in evidence if isinstance(evidence, dict) else ():
            try:
                resolve(self._base, name)
            except UnknownNameError as error:
                wrong, _, remedy = unknown(error).partition(". ")
                yield Problem(file, pointer("evidence", name), wrong, remedy)


def contents(file: str) -> bytes:
    """Return what is in a file, or in standard input for -; raises MisuseError where it cannot be read."""
    try:
        if file != "-":
            with open(file, "rb") as stream:
                return heard(stream.read(MEGABYTE + 1))
        if sys.stdin is not None:
            return heard(sys.stdin.buffer.read(MEGABYTE + 1))
        reason = "it is closed"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    shown = STANDARD_INPUT if file == "-" else quoted(file)
    raise MisuseError(f"{shown} cannot be read: {reason}. Give the path of a JSON file, or -.")
