"""Arrow tables: evidence from columns, and outcomes as columns beside what is kept of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase
from ...knowledge.problems import quoted
from ..evidence import EvidenceError, asked_as, worded
from .evaluator import Evaluator
from .layout import ID, PERSPECTIVE, Layout, layout, told, which
from .outcomes import Outcomes
from .records import Lists, advice, fired, lists
from .rows import Alarms, Wrong
from .worksheet import Numbers

_IDS = pa.list_(pa.string())
_TYPES = {
    **dict.fromkeys((PERSPECTIVE, "verdict", "leading", "base", "error"), pa.string()),
    **dict.fromkeys(("safeguards", "responses", "beyond", "contradictions", "rules"), _IDS),
    "withheld": pa.list_(pa.struct([(ID, pa.string()), ("because", _IDS)])),
}


def schema(base: KnowledgeBase, kept: Sequence[pa.Field] = ()) -> pa.Schema:
    """Return the schema of outcomes beside the fields that are kept; its metadata say which base it was."""
    fields = [pa.field(name, _TYPES.get(name, pa.float64())) for name in told(base)]
    source = {"base": base.id, "version": base.version, "digest": base.digest, "notice": base.notice}
    return pa.schema([*kept, *fields], metadata={f"pushaway.{key}": value for key, value in source.items()})


def outcome_schema(
    base: KnowledgeBase, of: pa.Schema, keep: Sequence[str] = (), ignore: Sequence[str] = ()
) -> pa.Schema:
    """Return the schema of the outcomes of a table that has the schema ``of``. Raises as :func:`layout` does."""
    return schema(base, [of.field(name) for name in layout(base, of.names, keep, ignore).kept])


def evaluated(
    evaluator: Evaluator,
    batch: pa.RecordBatch,
    perspective: str | None = None,
    keep: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> pa.RecordBatch:
    """Return what the rows of a batch come to: a row each, with ``error`` where one is wrong. Raises EvidenceError."""
    columns = layout(evaluator.base, batch.schema.names, keep, ignore)
    table = Table(evaluator.base, batch, columns, perspective)
    outcomes = evaluator.reckon(table.columns, table.codes, ranked=True)
    return written(outcomes, table.wrong, [(batch.schema.field(name), batch.column(name)) for name in columns.kept])


class Table:
    """Evidence from one batch of a table: columns, the number of each row's perspective, and the rows that are wrong.

    Evidence is true, false, a certainty in [−1, 1], or text that says one or is an answer on the base's scale;
    null, NaN and an empty text are not known. Raises :class:`EvidenceError` for a column of another type, and
    for a ``perspective`` that the base does not have.
    """

    def __init__(self, base: KnowledgeBase, batch: pa.RecordBatch, columns: Layout, perspective: str | None) -> None:
        self._base = base
        self._why: dict[int, list[str]] = {}
        self._heard: dict[int, list[str]] = {}
        self.columns: dict[str, Numbers] = {
            id: self._certainties(name, id, batch.column(name)) for name, id in columns.evidence.items()
        }
        self.codes = self._perspectives(batch, columns, perspective)
        for row, heard in self._heard.items():
            heard += [id for id, numbers in self.columns.items() if numbers[row] > 0]
        alarms = Alarms(base)
        self.wrong = {
            row: Wrong(" ".join(why), alarms.called(self._heard[row])) for row, why in sorted(self._why.items())
        }

    def _is_wrong(self, row: int, why: str, *heard: str) -> None:
        self._why.setdefault(row, []).append(why)
        self._heard.setdefault(row, []).extend(heard)

    def _certainties(self, name: str, id: str, column: pa.Array) -> Numbers:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_decimal(column.type):  # as it is written, since Arrow makes 0.6000000000000001 of a decimal 0.6
            column = column.cast(pa.string())
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return self._said(name, id, column)
        if pa.types.is_boolean(column.type):
            return _filled(pc.if_else(column, 1.0, -1.0))
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_null(column.type)):
            raise EvidenceError(
                f"the column {quoted(name)} is of type {column.type}. "
                "Give certainties from -1 to 1, true and false, or text that says them."
            )
        numbers = np.nan_to_num(_filled(column.cast(pa.float64(), safe=False)), posinf=2, neginf=-2)
        for row in np.flatnonzero(np.abs(numbers) > 1).tolist():
            self._is_wrong(row, f"the certainty of {quoted(name)} is not in the range. Give one from -1 to 1.", id)
            numbers[row] = 0.0
        return numbers

    def _said(self, name: str, id: str, column: pa.Array) -> Numbers:
        encoded = column.dictionary_encode()
        meant = np.zeros(len(encoded.dictionary) + 1)
        wrong: dict[int, tuple[str, str]] = {}
        for code, said in enumerate(encoded.dictionary.to_pylist()):
            try:
                meant[code] = worded(self._base, name, said) if said.strip() else 0.0
            except EvidenceError as error:
                wrong[code] = str(error), said
        codes = encoded.indices.fill_null(len(meant) - 1).to_numpy(zero_copy_only=False)
        for code, (why, said) in wrong.items():
            for row in np.flatnonzero(codes == code).tolist():
                self._is_wrong(row, why, id, said)
        certainties: Numbers = meant[codes]
        return certainties

    def _perspectives(self, batch: pa.RecordBatch, columns: Layout, perspective: str | None) -> NDArray[np.uint8]:
        code = {one.id: number for number, one in enumerate(self._base.perspectives)}
        codes = np.full(len(batch), code[asked_as(self._base, perspective)], np.uint8)
        for row, said in enumerate(batch.column(PERSPECTIVE).to_pylist() if columns.perspective else ()):
            if said not in (None, ""):
                try:
                    codes[row] = code[asked_as(self._base, said)]
                except EvidenceError as error:
                    self._is_wrong(row, str(error), str(said))
        return codes


def written(
    outcomes: Outcomes, wrong: Mapping[int, Wrong], kept: Sequence[tuple[pa.Field, pa.Array]] = ()
) -> pa.RecordBatch:
    """Return outcomes as a batch of the schema that :func:`schema` gives; a row that is wrong has its error instead."""
    due = advice(outcomes)
    withheld = pa.StructArray.from_arrays([_names(due.withheld), _lists(due.because)], [ID, "because"])
    columns: dict[str, pa.Array] = {
        PERSPECTIVE: pa.array(outcomes.perspective, pa.string()),
        "safeguards": _lists(lists(outcomes.safeguards)),
        "verdict": pa.array(outcomes.verdict, pa.string()),
        "leading": pa.array(outcomes.leading, pa.string()),
        **{id: pa.array(column) for id, column in outcomes.certainties.items()},
        "responses": _lists(due.responses),
        "withheld": _ending(due.withheld, withheld),
        "beyond": _lists(lists(outcomes.beyond)),
        "contradictions": _lists(lists(outcomes.contradictions)),
        "rules": _lists(fired(outcomes)),
        "base": pa.array(np.full(len(outcomes), which(outcomes.base), object), pa.string()),
        "error": pa.array([wrong[row].why if row in wrong else None for row in range(len(outcomes))], pa.string()),
    }
    if wrong:
        right = pa.array(np.isin(np.arange(len(outcomes)), [*wrong], invert=True))
        for name in columns.keys() - {"safeguards", "base", "error"}:
            columns[name] = pc.if_else(right, columns[name], None)
        safeguards = columns["safeguards"].to_pylist()
        for row, one in wrong.items():
            safeguards[row] = [*one.safeguards]
        columns["safeguards"] = pa.array(safeguards, _IDS)
    whole = schema(outcomes.base, [field for field, _ in kept])
    told_ = [columns[name] for name in told(outcomes.base)]
    return pa.RecordBatch.from_arrays([*(array for _, array in kept), *told_], schema=whole)


def _names(listed: Lists) -> pa.Array:
    return pa.DictionaryArray.from_arrays(listed.codes, pa.array(listed.ids, pa.string())).cast(pa.string())


def _lists(listed: Lists) -> pa.Array:
    return _ending(listed, _names(listed))


def _ending(listed: Lists, values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(listed.ends.astype(np.int32)), values)


def _filled(column: pa.Array) -> Numbers:
    return pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False).copy()  # type: ignore[no-any-return] # untyped
