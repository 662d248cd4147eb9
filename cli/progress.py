"""A progress bar on standard error, for a terminal, and only once somebody has waited."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

import click

_PATIENCE, _PAUSE = 1.0, 0.1
"""Seconds after which somebody who waits is told how far it is, and between one time and the next."""


class Bar:
    """Call it with what is being done, how much of it is, and how much there is to do."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""
        self._done = 0
        self._shown = time.monotonic() + _PATIENCE - _PAUSE
        self._hidden = sys.stderr is None or not sys.stderr.isatty()

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._end()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show the progress, if it is time to."""
        if self._hidden or (time.monotonic() - self._shown < _PAUSE and (self._bar is None or done < total)):
            return
        if what != self._what:
            self._end()
        if self._bar is None:
            self._what, self._done = what, 0
            self._bar = click.progressbar(length=total, label=f"{what:<10}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.length = total
        self._bar.update(done - self._done)
        self._done, self._shown = done, time.monotonic()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
