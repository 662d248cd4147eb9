"""Files of many cases, from one to the other in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import IO, NamedTuple

from .evaluator import Evaluator
from .readers import Chunk, CSVReader, JSONLinesReader, ParquetReader, Reader, Settings, unreadable
from .rows import Wrong
from .writers import CSVWriter, JSONLinesWriter, ParquetWriter, Writer

FORMATS: Mapping[str, tuple[Callable[[Settings, IO[bytes]], Reader], type[Writer]]] = {
    "jsonl": (JSONLinesReader, JSONLinesWriter),
    "csv": (CSVReader, CSVWriter),
    "parquet": (ParquetReader, ParquetWriter),
}
EXTENSIONS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}


class Count(NamedTuple):
    """How many rows there were, and how many of them were wrong."""

    rows: int
    wrong: int


def convert(
    evaluator: Evaluator,
    reader: Reader,
    writer: Writer,
    on_wrong: Callable[[int, Wrong], None],
    on_progress: Callable[[int], None] = lambda _: None,
) -> Count:
    """Write what all rows come to, and return how many there were.

    ``on_wrong`` is told the line, or row, of each that is wrong, and why; what it raises ends this.
    ``on_progress`` is told how many bytes are read. Raises :class:`EvidenceError` where reading cannot go on.
    """
    rows = wrong = 0
    try:
        for chunk in _read(reader):
            for row, one in chunk.wrong.items():
                on_wrong(chunk.lines[row], one)
            writer.write(chunk, evaluator.reckon(chunk.columns, chunk.codes, ranked=True))
            rows, wrong = rows + len(chunk.lines), wrong + len(chunk.wrong)
            on_progress(reader.position)
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return Count(rows, wrong)


def _read(reader: Reader) -> Iterator[Chunk]:
    chunks = iter(reader)
    while True:
        try:
            chunk = next(chunks, None)
        except OSError as error:  # told apart from one in writing, which is somebody else's
            raise unreadable(error) from None
        if chunk is None:
            return
        yield chunk
