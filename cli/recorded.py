"""Writing a record of an answer: its file, and beside it the key of what is masked in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..knowledge.problems import quoted
from .options import MisuseError
from .output import print_text

if TYPE_CHECKING:
    from ..engine import Answer

KEY = ".key"
"""What the name of a record's key adds to the name of the record."""


def record_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--record`` and ``--record-evidence``."""
    file = click.option(
        "--record",
        "record",
        metavar="FILE",
        type=click.Path(),
        help="Write a record into FILE, for `pushaway replay`. What was told is masked in it; FILE.key has the key.",
    )
    evidence = click.option("--record-evidence", is_flag=True, help="Let the record show what was told and answered.")
    return file(evidence(command))


class Recorder:
    """Writes the record of an answer, if one is asked for; raises MisuseError where that is not possible."""

    def __init__(self, file: str | None, *, evidence: bool) -> None:
        self._file = file
        self._evidence = evidence
        if file is None:
            if evidence:
                raise MisuseError("--record-evidence says what stands in a record. Add --record FILE.")
            return
        if not file:
            raise MisuseError("--record was given no name. Give the path of a file.")
        for path in [file] if evidence else [file, file + KEY]:
            if os.path.lexists(path):
                raise MisuseError(f"{quoted(path, 200)} is there already. Give --record another name.")
        if not os.path.isdir(os.path.dirname(os.path.realpath(file))):  # before anything is told
            raise MisuseError(f"{quoted(file, 200)} cannot be written: there is no such folder. Give another path.")

    def keep(self, answer: Answer) -> None:
        """Write the record, and before it the key, without which it would be worth nothing."""
        if self._file is None:
            return
        from ..engine.recording import Record  # only who asks for a record should pay for it

        record = Record.of(answer, evidence=self._evidence)
        text = json.dumps(record.to_dict(), indent=2)
        if record.key is None:
            _write(self._file, text)
            return
        _write(self._file + KEY, record.key.hex())
        try:
            _write(self._file, text)
        except MisuseError:
            os.unlink(self._file + KEY)
            raise
        print_text(
            f"The record is in {quoted(self._file, 200)}, masked. Keep {quoted(self._file + KEY, 200)} apart from it: "
            "with that key, and what was told, it can be replayed.",
            err=True,
        )


def _write(file: str, text: str) -> None:
    from .writing import replace_file

    try:
        replace_file(file, text.encode() + b"\n", private=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MisuseError(f"{quoted(file, 200)} cannot be written: {reason}. Give --record another path.") from None
