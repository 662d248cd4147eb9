"""Reading files of many cases, chunk by chunk."""

from __future__ import annotations

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase
from ...knowledge.problems import did_you_mean, printable, quoted
from ...knowledge.reading import MEGABYTE, UnreadableJSONError, read_json
from ..evidence import EvidenceError, worded
from .layout import ID, PERSPECTIVE, Layout, layout, told
from .many import AT_A_TIME
from .rows import Rows, Wrong
from .worksheet import Numbers

LONGEST = MEGABYTE + 3
"""How much of a line is read, in bytes: more than a document may have, and how it ends."""


class Settings(NamedTuple):
    """How rows are read: for which base, from which perspective where a row has none, what to keep and to ignore."""

    base: KnowledgeBase
    perspective: str | None = None
    keep: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Chunk(NamedTuple):
    """Some rows: evidence in columns, perspectives by number, what is wrong, the line of each, and what is kept.

    ``kept`` are Python values by name, or Arrow arrays where it was read from a table.
    """

    columns: Mapping[str, Numbers]
    codes: NDArray[np.uint8]
    wrong: Mapping[int, Wrong]
    lines: Sequence[int]
    kept: Mapping[str, Any]


class Reader(ABC):
    """Reads rows from a binary stream. Raises :class:`EvidenceError` for what keeps all rows from being read."""

    def __init__(self, settings: Settings, stream: IO[bytes]) -> None:
        self._settings, self._stream = settings, stream

    @abstractmethod
    def __iter__(self) -> Iterator[Chunk]:
        """Yield the rows, as many as fit into memory at a time."""

    @property
    @abstractmethod
    def kept(self) -> tuple[str, ...]:
        """The names of what is kept of each row."""

    @property
    def position(self) -> int:
        """How much of the stream is read, in bytes; 0 where nobody can tell."""
        return self._stream.tell() if self._stream.seekable() else 0


def unreadable(error: OSError) -> EvidenceError:
    """Return what to raise where a stream cannot be read any further."""
    return EvidenceError(f"it cannot be read to its end: {error.strerror or error}.")


class _Text(Reader):
    """Gathers rows of text files into chunks."""

    def _start(self) -> None:
        self._rows = Rows(self._settings.base, self._settings.perspective)
        self._lines: list[int] = []
        self._kept: dict[str, list[Any]] = {name: [] for name in self.kept}

    def _full(self) -> bool:
        return len(self._lines) >= AT_A_TIME

    def _chunk(self) -> Chunk:
        rows = self._rows
        chunk = Chunk(rows.columns(), rows.codes(), rows.wrong, self._lines, self._kept)
        self._start()
        return chunk


class JSONLinesReader(_Text):
    """A JSON document a line, as of a case file: ``evidence``, and perhaps ``perspective``, ``id`` and what is kept."""

    @property
    def kept(self) -> tuple[str, ...]:  # noqa: D102 # as in Reader
        keys = dict.fromkeys((ID, *self._settings.keep))
        for key in keys:
            if key in told(self._settings.base):
                raise EvidenceError(f"the result has {quoted(key)} of its own. Rename the one that is kept.")
        return tuple(key for key in keys if key not in self._settings.ignore)

    def __iter__(self) -> Iterator[Chunk]:
        self._allowed = {"evidence", PERSPECTIVE, ID, *self._settings.keep, *self._settings.ignore}
        self._asked_as = PERSPECTIVE not in self._settings.ignore
        self._start()
        for number, line in enumerate(iter(self._line, b""), 1):
            if (line.isspace() and len(line) < LONGEST) or (number == 1 and line.rstrip() == _MARK):
                continue
            self._lines.append(number)
            self._take(line)
            if self._full():
                yield self._chunk()
        if self._lines:
            yield self._chunk()

    def _line(self) -> bytes:
        """Return the next line; of one that is too long, as much as tells so."""
        line = rest = self._stream.readline(LONGEST)
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = self._stream.readline(LONGEST)
        return line

    def _take(self, line: bytes) -> None:
        document: Any = None
        try:
            document = _document(line)
            self._check(document)
            self._rows.add_named(document["evidence"], document.get(PERSPECTIVE) if self._asked_as else None)
        except (EvidenceError, UnreadableJSONError) as error:
            self._rows.add_wrong(str(error), _heard(document, line))
        for name, values in self._kept.items():
            values.append(document.get(name) if isinstance(document, dict) else None)

    def _check(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise EvidenceError('it is no JSON object. Give one such as {"evidence": {"withdrawn": true}}.')
        if not document.keys() <= self._allowed:
            key = next(key for key in document if key not in self._allowed)
            remedy = did_you_mean(key, self._allowed, "Say what to keep or to ignore where it is no evidence.")
            raise EvidenceError(f"unknown key {quoted(key)}. {remedy}")
        if "evidence" not in document:
            raise EvidenceError('it has no `evidence`. Give an object, such as {"withdrawn": true}.')


def _document(line: bytes) -> Any:
    """Return the document in a line, read as strictly as any. Raises UnreadableJSONError."""
    import orjson

    if len(line) == LONGEST:
        return read_json(line)
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return read_json(line.rstrip(b"\r\n"))
    if isinstance(document, dict):
        evidence = document.get("evidence")
        keys = len(document) + (len(evidence) if isinstance(evidence, dict) else 0)
        # More colons than keys: it may be that a key is given twice, of which orjson keeps the last and says nothing.
        # A number may be a whole one that it makes a float, and what is nested may be so too deeply.
        if line.count(b":") == keys and all(type(one) in _EXACT or one is evidence for one in document.values()):
            return document
    return read_json(line.rstrip(b"\r\n"))


_EXACT = frozenset((str, bool, int, type(None)))
_MARK = b"\xef\xbb\xbf"
"""What programs put before UTF-8, and may put before nothing."""


def _heard(document: Any, line: bytes) -> Iterator[str]:
    """Yield what a row that is wrong says, but for a clear no, for help to be offered where it may speak of danger."""
    evidence = document.get("evidence") if isinstance(document, dict) else None
    if not isinstance(evidence, dict):
        yield line[:MEGABYTE].decode("utf-8", "replace")
    else:
        yield from _strings([one for key, one in document.items() if key != "evidence"])
        yield from _strings({name: one for name, one in evidence.items() if not _denies(one)})
        yield from document


def _denies(given: Any) -> bool:
    return isinstance(given, int | float) and given <= 0


def _strings(data: Any) -> Iterator[str]:
    """Yield every text in JSON data, names too."""
    left = [data]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            left += (*one, *one.values())
        elif isinstance(one, list):
            left += one


class CSVReader(_Text):
    """Comma-separated values under a header, in UTF-8; a cell holds a certainty or an answer, or nothing if unknown."""

    def __init__(self, settings: Settings, stream: IO[bytes]) -> None:
        super().__init__(settings, stream)
        # What is not UTF-8 spoils its own row only.
        text = io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")
        # A quote that is never closed would take the rest of the file for one cell, but for `strict`.
        self._reader = csv.reader(text, strict=True)
        self._header = self._next() or []
        if not self._header:
            raise EvidenceError("it has no header. Name the columns in its first line.")
        if not all(map(_is_text, self._header)):
            raise EvidenceError("its first line is not UTF-8. Save the file as UTF-8.")
        if any(other in name for name in self._header for other in ";\t"):
            raise EvidenceError("its first line separates by semicolons or tabs. Separate cells by commas.")
        self._layout: Layout = layout(settings.base, self._header, settings.keep, settings.ignore)
        self._said: dict[str, float] = {}

    @property
    def kept(self) -> tuple[str, ...]:  # noqa: D102 # as in Reader
        return self._layout.kept

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise EvidenceError(f"line {self._reader.line_num} is no CSV: {error}. Correct it there.") from None
        except OSError as error:
            raise unreadable(error) from None

    def __iter__(self) -> Iterator[Chunk]:
        self._start()
        place = {name: number for number, name in enumerate(self._header)}
        self._evidence = [(place[name], name, id) for name, id in self._layout.evidence.items()]
        self._perspective = place[PERSPECTIVE] if self._layout.perspective else None
        line = self._reader.line_num + 1
        while (cells := self._next()) is not None:
            begins, line = line, self._reader.line_num + 1
            if not cells:
                continue
            self._lines.append(begins)
            self._take(cells)
            for name, values in self._kept.items():
                values.append(cells[place[name]] if place[name] < len(cells) else None)
            if self._full():
                yield self._chunk()
        if self._lines:
            yield self._chunk()

    def _take(self, cells: list[str]) -> None:
        try:
            self._check(cells)
            evidence = {id: self._certainty(name, cells[at]) for at, name, id in self._evidence if cells[at]}
            said = None if self._perspective is None else cells[self._perspective].strip() or None
            self._rows.add(evidence, said)
        except EvidenceError as error:
            self._rows.add_wrong(str(error), self._heard(cells))

    def _heard(self, cells: list[str]) -> Iterator[str]:
        """Yield the names of what a row that is wrong may say yes to, and what its cells say."""
        if self._perspective is not None:
            yield from cells[self._perspective : self._perspective + 1]
        shifted = len(cells) != len(self._header)
        for at, name, _ in self._evidence:
            if at < len(cells) and cells[at].strip() and (shifted or not self._denies(name, cells[at])):
                yield from (name, cells[at])

    def _denies(self, name: str, said: str) -> bool:
        try:
            return self._certainty(name, said) <= 0
        except EvidenceError:
            return False

    def _check(self, cells: list[str]) -> None:
        if not "".join(cells).isascii() and (wrong := [at for at, cell in enumerate(cells) if not _is_text(cell)]):
            for at in wrong:
                cells[at] = cells[at].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            raise EvidenceError(f"cell {wrong[0] + 1} is not UTF-8. Save the file as UTF-8.")
        if len(cells) != len(self._header):
            raise EvidenceError(f"it has {len(cells)} cells, and the header {len(self._header)}. Give each column one.")

    def _certainty(self, name: str, said: str) -> float:
        if said not in self._said:
            certainty = worded(self._settings.base, name, said) if said.strip() else 0.0
            if len(self._said) > _WORDS:
                self._said.clear()
            self._said[said] = certainty
        return self._said[said]


def _is_text(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


_WORDS = 10_000
"""How many different texts of cells are kept in mind, so as not to read each again."""


def _first_line(error: Exception) -> str:
    return printable(next(iter(str(error).splitlines()), type(error).__name__), 200)


class ParquetReader(Reader):
    """Columns of a Parquet file, which must be able to seek."""

    def __init__(self, settings: Settings, stream: IO[bytes]) -> None:
        super().__init__(settings, stream)
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._size = stream.seek(0, io.SEEK_END)
        try:
            self._file = pq.ParquetFile(stream)
        except (pa.ArrowException, OSError, ValueError) as error:  # ValueError for names that are not UTF-8
            raise EvidenceError(f"it is no Parquet file: {_first_line(error)}") from None
        self._layout = layout(settings.base, self._file.schema_arrow.names, settings.keep, settings.ignore)
        self._done = 0

    @property
    def kept(self) -> tuple[str, ...]:  # noqa: D102 # as in Reader
        return self._layout.kept

    @property
    def position(self) -> int:  # noqa: D102 # as in Reader
        rows = self._file.metadata.num_rows
        return self._size * self._done // rows if rows else self._size

    def __iter__(self) -> Iterator[Chunk]:
        from .tables import Table

        used = [*self._layout.evidence, *self._layout.kept, *([PERSPECTIVE] if self._layout.perspective else [])]
        for batch in self._batches(list(dict.fromkeys(used))):
            table = Table(self._settings.base, batch, self._layout, self._settings.perspective)
            lines = range(self._done + 1, self._done + 1 + len(batch))
            self._done += len(batch)
            kept = {name: batch.column(name) for name in self._layout.kept}
            yield Chunk(table.columns, table.codes, table.wrong, lines, kept)

    def _batches(self, columns: list[str]) -> Iterator[Any]:
        import pyarrow as pa

        try:
            yield from self._file.iter_batches(AT_A_TIME, columns=columns)
        except (pa.ArrowException, ValueError) as error:
            raise EvidenceError(f"it cannot be read beyond row {self._done}: {_first_line(error)}") from None
