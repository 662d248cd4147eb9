"""``pushaway batch``: a file of many cases, and what each comes to."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import IO, TYPE_CHECKING, Any

import click

from ..engine import EvidenceError
from ..knowledge.problems import printable, quoted
from .given import STANDARD_INPUT
from .options import MisuseError, base_option, loaded, perspective_option
from .output import print_text
from .progress import Bar
from .writing import replacing

if TYPE_CHECKING:
    from ..engine.batch.rows import Wrong
    from ..knowledge import KnowledgeBase

_FORMATS = ("jsonl", "csv", "parquet")
_SHOWN = 20
"""How many rows that are wrong are told of one by one; all are in the output."""


@click.command(
    epilog="""\b
Examples:
  pushaway batch cases.jsonl outcomes.jsonl
  pushaway batch survey.csv outcomes.parquet --keep date --ignore name
  pushaway batch - - < cases.jsonl > outcomes.jsonl

\b
A line of JSON Lines looks like this, and `pushaway schema outcome` describes what comes of it:
  {"id": "a-17", "perspective": "self", "evidence": {"drained": 0.6, "other-is-hurtful": false}}

Exit status: 0 fine, 1 some rows are wrong, 2 misuse or unreadable input."""
)
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@perspective_option
@click.option("--keep", metavar="COLUMN", multiple=True, help="Copy this column to OUT, as `id` always is. Repeatable.")
@click.option("--ignore", metavar="COLUMN", multiple=True, help="Do not look at this column. Repeatable.")
@click.option("--strict", is_flag=True, help="Stop at the first row that is wrong, and write nothing.")
@click.option("--from", "from_", type=click.Choice(_FORMATS), help="What IN is, where its name does not say.")
@click.option("--to", "to", type=click.Choice(_FORMATS), help="What OUT is, where its name does not say.")
@base_option
def batch(
    source: str,
    target: str,
    perspective: str | None,
    keep: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,  # noqa: FBT001 # click gives it by name
    from_: str | None,
    to: str | None,
    base_dir: str | None,
) -> None:
    """Reason about many cases: from each row of IN to a row of OUT.

    The files are JSON Lines (.jsonl, .ndjson), CSV (.csv) or Parquet (.parquet); - is standard input or
    output. In CSV and Parquet, each column is a fact, by id, label or what people call it, and each cell
    a certainty, true or false, an answer such as mostly, or empty if not known. Beware: 0 means not known; for no,
    write no. A row that is wrong gets an `error`, and does not stop the others. OUT is written whole or not at
    all, in place of what was there. It needs `pip install pushaway[batch]`.
    """
    gc.enable()  # as it is not where a process answers once
    base = loaded(base_dir)
    told = _Told(source, target)
    try:
        count = _converted(base, source, target, from_, to, (perspective, keep, ignore), told, strict=strict)
    except EvidenceError as error:
        shown = STANDARD_INPUT if source == "-" else printable(source, 200)
        raise MisuseError(f"{shown}: {error}") from None
    told.summary(count)
    if count.wrong:
        sys.exit(1)


def _converted(
    base: KnowledgeBase,
    source: str,
    target: str,
    from_: str | None,
    to: str | None,
    settings: tuple[str | None, tuple[str, ...], tuple[str, ...]],
    told: _Told,
    *,
    strict: bool,
) -> Any:
    try:
        from ..engine.batch.evaluator import Evaluator
        from ..engine.batch.formats import FORMATS, convert
        from ..engine.batch.readers import Settings
    except ImportError:
        raise MisuseError("Many cases need numpy and more: install `pushaway[batch]`.") from None
    if _same(source, target):
        raise MisuseError(f"{quoted(target)} is IN, too, and would be lost. Give OUT another name.")
    read, _ = FORMATS[_format(source, from_, "--from")]
    _, write = FORMATS[_format(target, to, "--to")]
    try:
        with _reading(source, seekable=read is FORMATS["parquet"][0]) as incoming, Bar() as bar:
            total = _size(incoming)
            reader = read(Settings(base, *settings), incoming)
            with _writing(target) as outgoing:
                return convert(
                    Evaluator(base),
                    reader,
                    write(base, outgoing, reader.kept),
                    told.stop if strict else told.one,
                    lambda done: bar("reasoning", done, total) if total else None,
                )
    except ImportError as error:
        raise MisuseError(f"This kind of file needs {error.name}: install `pushaway[batch]`.") from None


class _Told:
    """Tells of rows that are wrong, the first few one by one."""

    def __init__(self, source: str, target: str) -> None:
        self._source = STANDARD_INPUT if source == "-" else printable(source, 200)
        self._left = "What was written is not all." if target == "-" else "Nothing was written."
        self._shown = 0
        self._alarming = 0

    def one(self, line: int, wrong: Wrong) -> None:
        self._shown += 1
        self._alarming += bool(wrong.safeguards)
        if self._shown <= _SHOWN:
            print_text(f"{self._source}:{line}: {wrong.why}", err=True)

    def stop(self, line: int, wrong: Wrong) -> None:
        danger = "It may speak of danger: read it now. " if wrong.safeguards else ""
        raise MisuseError(f"{self._source}:{line}: {wrong.why} {danger}{self._left}")

    def summary(self, count: Any) -> None:
        if count.wrong > _SHOWN:
            print_text(f"{self._source}: {count.wrong - _SHOWN} more rows are wrong.", err=True)
        if count.wrong:
            print_text(f"{count.wrong} of {count.rows} rows are wrong; each says so in `error`.", err=True)
        if self._alarming:
            print_text(
                f"{self._alarming} of them may speak of danger: read these first. They have `safeguards`.", err=True
            )


def _same(source: str, target: str) -> bool:
    try:
        return "-" not in (source, target) and os.path.samefile(source, target)
    except (OSError, ValueError):
        return False


def _format(path: str, said: str | None, option: str) -> str:
    from ..engine.batch.formats import EXTENSIONS

    if said:
        return said
    if path == "-":
        return "jsonl"
    extension = os.path.splitext(path)[1].lower()
    if extension not in EXTENSIONS:
        raise MisuseError(
            f"{quoted(path)} has none of the endings {', '.join(EXTENSIONS)}. Say with {option} what it is."
        )
    return EXTENSIONS[extension]


@contextmanager
def _reading(path: str, *, seekable: bool) -> Iterator[IO[bytes]]:
    shown = STANDARD_INPUT if path == "-" else quoted(path)
    if path == "-":
        if sys.stdin is None:
            raise MisuseError(f"{shown} cannot be read: it is closed. Give the path of a file.")
        opened: Any = nullcontext(sys.stdin.buffer)
    else:
        try:
            opened = open(path, "rb")  # noqa: SIM115 # entered below, where what is raised inside is not its own
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise MisuseError(f"{shown} cannot be read: {reason}. Give the path of a file, or -.") from None
    with opened as stream:
        if seekable and not stream.seekable():
            raise MisuseError("Parquet cannot be read from a pipe. Give the path of a file.")
        yield stream


@contextmanager
def _writing(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(replacing(path, private=False))
        except (OSError, ValueError) as error:
            raise _unwritable(path, error) from None
        try:
            with stack.pop_all():
                yield stream
        except OSError as error:
            raise _unwritable(path, error) from None


def _unwritable(path: str, error: Exception) -> MisuseError:
    reason = getattr(error, "strerror", None) or str(error)
    return MisuseError(f"{quoted(path)} cannot be written: {reason}. Give another path.")


def _size(stream: IO[bytes]) -> int:
    """Return how large a file is; 0 for what is none, such as a pipe."""
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0
