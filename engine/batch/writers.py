"""Writing what many cases come to, chunk by chunk: one row out for each row in, in their order."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import IO, Any

from ...knowledge.model import KnowledgeBase
from ...knowledge.problems import quoted
from ..evidence import EvidenceError
from .layout import ID, told, which
from .outcomes import Outcomes
from .readers import Chunk
from .records import Outcome, records
from .rows import Wrong


class Writer(ABC):
    """Writes outcomes to a binary stream; ``kept`` are the names of what is kept of each row."""

    def __init__(self, base: KnowledgeBase, stream: IO[bytes], kept: tuple[str, ...]) -> None:
        self._base, self._stream, self._kept = base, stream, kept

    @abstractmethod
    def write(self, chunk: Chunk, outcomes: Outcomes) -> None:
        """Write what a chunk of rows comes to."""

    @abstractmethod
    def close(self) -> None:
        """Write what is left to be written; the stream stays open."""

    def abandon(self) -> None:  # noqa: B027 # most have nothing to do
        """Write nothing any more, since something went wrong."""


class JSONLinesWriter(Writer):
    """A JSON document a line, of the form that the schema ``outcome`` describes."""

    def write(self, chunk: Chunk, outcomes: Outcomes) -> None:  # noqa: D102 # as in Writer
        base = {"id": self._base.id, "version": self._base.version, "digest": self._base.digest}
        kept = {name: _values(name, values) for name, values in chunk.kept.items()}
        ids = kept.pop(ID, None)
        for row, one in enumerate(records(outcomes)):
            document: dict[str, Any] = {}
            if ids is not None and ids[row] is not None:
                document[ID] = ids[row]
            if kept:
                document["kept"] = {name: values[row] for name, values in kept.items()}
            if wrong := chunk.wrong.get(row):
                document |= {"line": chunk.lines[row], "safeguards": wrong.safeguards, "error": wrong.why}
            else:
                document |= one._asdict()
                document["certainties"] = dict(one.certainties)
                document["withheld"] = [withheld._asdict() for withheld in one.withheld]
            document["base"] = base
            self._stream.write(_json(document) + b"\n")

    def close(self) -> None:  # noqa: D102 # as in Writer
        pass


class CSVWriter(Writer):
    """Comma-separated values under a header. Lists have spaces between ids: ``a b``, and ``c (because of d)``."""

    def __init__(self, base: KnowledgeBase, stream: IO[bytes], kept: tuple[str, ...]) -> None:
        super().__init__(base, stream, kept)
        self._write([[*kept, *told(base)]])

    def write(self, chunk: Chunk, outcomes: Outcomes) -> None:  # noqa: D102 # as in Writer
        kept = [_values(name, chunk.kept[name]) for name in self._kept]
        self._write(
            [
                *(_cell(values[row]) for values in kept),
                *(self._right(one) if row not in chunk.wrong else self._wrong(chunk.wrong[row])),
            ]
            for row, one in enumerate(records(outcomes))
        )

    def _right(self, one: Outcome) -> list[Any]:
        return [
            one.perspective,
            " ".join(one.safeguards),
            one.verdict,
            one.leading,
            *one.certainties.values(),
            " ".join(one.responses),
            " ".join(f"{id} ({' '.join(because)})" for id, because in one.withheld),
            *(" ".join(ids) for ids in (one.beyond, one.contradictions, one.rules)),
            which(self._base),
            None,
        ]

    def _wrong(self, wrong: Wrong) -> list[Any]:
        said = {"safeguards": " ".join(wrong.safeguards), "base": which(self._base), "error": wrong.why}
        return [said.get(name) for name in told(self._base)]

    def _write(self, rows: Iterable[Sequence[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._stream.write(text.getvalue().encode())

    def close(self) -> None:  # noqa: D102 # as in Writer
        pass


class ParquetWriter(Writer):
    """Columns of a Parquet file; which base it was is in its metadata, too."""

    def __init__(self, base: KnowledgeBase, stream: IO[bytes], kept: tuple[str, ...]) -> None:
        super().__init__(base, stream, kept)
        self._sink = _Sink(stream)
        self._file: Any = None

    def write(self, chunk: Chunk, outcomes: Outcomes) -> None:  # noqa: D102 # as in Writer
        import pyarrow as pa

        from .tables import written

        arrays = {name: _array(values) for name, values in chunk.kept.items()}
        fields = [(pa.field(name, array.type), array) for name, array in arrays.items()]
        batch = written(outcomes, chunk.wrong, fields)
        self._open(batch.schema)
        self._file.write_batch(batch)

    def _open(self, schema: Any) -> None:
        import pyarrow.parquet as pq

        if self._file is None:
            self._file = pq.ParquetWriter(self._sink, schema)

    def close(self) -> None:  # noqa: D102 # as in Writer
        import pyarrow as pa

        from .tables import schema

        self._open(schema(self._base, [pa.field(name, pa.string()) for name in self._kept]))
        self._file.close()

    def abandon(self) -> None:  # noqa: D102 # as in Writer
        self._sink.stopped = True
        if self._file is not None:
            self._file.close()


class _Sink(io.RawIOBase):
    """Writes to a stream until it is stopped: pyarrow closes a file at some time, and would write its end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.stopped = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data) if self.stopped else self._stream.write(data)


def _values(name: str, kept: Any) -> Sequence[Any]:
    """Return what is kept as Python values, as text what JSON does not have, such as dates. Raises EvidenceError."""
    if isinstance(kept, list):
        return kept
    import pyarrow as pa

    try:
        if pa.types.is_temporal(kept.type) or pa.types.is_decimal(kept.type):
            kept = kept.cast(pa.string())
        if not _is_binary(kept.type):
            return kept.to_pylist()  # type: ignore[no-any-return] # untyped
    except (pa.ArrowException, ValueError):  # a nanosecond inside of a list, text that is not UTF-8
        pass
    raise EvidenceError(
        f"the column {quoted(name)}, of type {kept.type}, is not for text. Do not keep it, or write Parquet."
    )


def _is_binary(type_: Any) -> bool:
    import pyarrow as pa

    return any(is_it(type_) for is_it in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary))


def _cell(kept: Any) -> Any:
    """Return what is kept as a cell of a text file: lists and objects, true and false as JSON."""
    return _json(kept).decode() if isinstance(kept, bool | list | dict) else kept


def _array(kept: Any) -> Any:
    """Return what is kept as an Arrow array; of Python values, as text, since the next chunk may have others."""
    import pyarrow as pa

    if not isinstance(kept, list):
        return kept
    return pa.array([one if isinstance(one, str | None) else _json(one).decode() for one in kept], pa.string())


def _json(value: Any) -> bytes:
    import orjson

    try:
        return orjson.dumps(value, default=str)
    except TypeError:  # a whole number that 64 bits do not hold
        return json.dumps(value, default=str, separators=(",", ":")).encode()
