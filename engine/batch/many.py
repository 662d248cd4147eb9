"""Many cases from Python: mappings one after the other, tables, and batches of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat, zip_longest
from typing import TYPE_CHECKING, Any

from ...knowledge.model import KnowledgeBase
from ...knowledge.problems import quoted
from ..evidence import EvidenceError, Given
from .evaluator import Evaluator
from .records import Outcome, records
from .rows import in_rows

if TYPE_CHECKING:
    import pyarrow as pa

AT_A_TIME = 8192
"""How many rows are held at once where they come one after the other."""


def infer_many(
    evaluator: Evaluator, cases: Iterable[Given], perspective: str | Iterable[str | None] | None
) -> Iterator[Outcome]:
    """Yield what each case comes to; see :meth:`..engine.Engine.infer_many`."""
    left, first = _paired(cases, perspective), 1
    while some := [*islice(left, AT_A_TIME)]:
        rows = in_rows(evaluator.base, some, first)
        yield from records(evaluator.reckon(rows.columns(), rows.codes(), ranked=True))
        first += len(some)


def _paired(
    cases: Iterable[Given], perspective: str | Iterable[str | None] | None
) -> Iterator[tuple[Given, str | None]]:
    if isinstance(perspective, str | None):
        yield from zip(cases, repeat(perspective))
        return
    missing: Any = object()
    for number, (case, one) in enumerate(zip_longest(cases, perspective, fillvalue=missing), 1):
        if case is missing or one is missing:
            what = "case" if case is missing else "perspective"
            raise EvidenceError(f"there is no {what} {number}. Give a perspective for each case, or one for all.")
        yield case, one


def infer_batches(
    evaluator: Evaluator,
    batches: Iterable[pa.RecordBatch],
    perspective: str | None,
    keep: Sequence[str],
    ignore: Sequence[str],
) -> Iterator[pa.RecordBatch]:
    """Yield what the rows of each batch come to; see :meth:`..engine.Engine.infer_batches`."""
    from .tables import evaluated

    for batch in batches:
        for start in range(0, len(batch), AT_A_TIME):
            yield evaluated(evaluator, batch.slice(start, AT_A_TIME), perspective, keep, ignore)


def outcome_schema(base: KnowledgeBase, of: pa.Schema, keep: Sequence[str], ignore: Sequence[str]) -> pa.Schema:
    """Return the schema of outcomes; see :meth:`..engine.Engine.outcome_schema`."""
    from . import tables

    return tables.outcome_schema(base, of, keep, ignore)


def infer_table(
    evaluator: Evaluator,
    table: Any,
    perspective: str | None,
    keep: Sequence[str],
    ignore: Sequence[str],
    *,
    strict: bool,
) -> Any:
    """Return what the rows of a table come to; see :meth:`..engine.Engine.infer_table`."""
    try:
        import narwhals
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(f"tables need {error.name}: install `pushaway[batch]`") from error
    frame = None if isinstance(table, pa.Table) else narwhals.from_native(table, eager_only=True)
    arrow = table if frame is None else _arrow(narwhals.maybe_reset_index(frame))
    done = pa.Table.from_batches(
        infer_batches(evaluator, arrow.to_batches(), perspective, keep, ignore),
        outcome_schema(evaluator.base, arrow.schema, keep, ignore),
    )
    if strict:
        for row, why in enumerate(done.column("error").to_pylist(), 1):
            if why is not None:
                raise EvidenceError(f"row {row}: {why}")
    if frame is None:
        return done
    outcomes = narwhals.from_arrow(done, backend=frame.implementation).to_native()
    index = narwhals.maybe_get_index(frame)
    if index is not None:
        outcomes.index = index  # or to join outcomes to the rows of a frame would join them to other rows
    return outcomes


def _arrow(frame: Any) -> pa.Table:
    import pyarrow as pa

    try:
        return frame.to_arrow()
    except pa.ArrowException as error:
        told = [name for name in frame.columns if f"for column {name} " in str(error.args)]
        where = f"the column {quoted(told[0])}" if told else "a column"
        raise EvidenceError(f"{where} has values of several types. Give values of one type in a column.") from None
