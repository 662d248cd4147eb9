"""Many cases at once, on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...knowledge import KnowledgeBase, load
from ...knowledge.problems import kind_of, quoted
from ..evidence import EvidenceError, asked_as, known
from ..privacy import private
from ..program import productions
from .outcomes import Outcomes
from .results import Results
from .worksheet import Numbers, Worksheet

CHUNK = 8192
"""How many cases are reckoned with at a time: so many columns still fit into a processor's cache."""

_WANTED = "Give certainties from -1 to 1, or true and false; NaN is not known."


class Evaluator:
    """Reasons over one knowledge base about many cases at once, and comes to what :class:`Engine` comes to.

    Compiled from the same program as the rules that experta runs. It keeps nothing of the cases, and one
    may serve many threads. ``base`` is the shipped one where none is given. Raises TypeError for what is none.
    """

    def __init__(self, base: KnowledgeBase | None = None) -> None:
        if not isinstance(base, KnowledgeBase | None):
            raise TypeError(f"an evaluator reasons over a KnowledgeBase, not {type(base).__name__}")
        self.base = load() if base is None else base
        self._program = productions(self.base)
        self._ids = {id: row for row, id in enumerate((*self.base.fact, *self.base.conclusion))}

    def __reduce__(self) -> tuple[Any, ...]:
        return Evaluator, (self.base,)

    @private
    def evaluate(
        self, evidence: Mapping[str, ArrayLike], *, perspective: str | Sequence[str] | None = None
    ) -> Outcomes:
        """Return what cases come to: a column of evidence for each id, an entry for each case.

        Columns hold certainties in [−1, 1], or truth values: True is 1, False −1. 0 and NaN are unknown, as
        is what has no column. ``perspective`` is one for all or one for each; the base's first where
        none is given. Raises :class:`EvidenceError` where this does not fit the base, or columns are not of
        one length.
        """
        if not hasattr(evidence, "items"):
            raise EvidenceError(f"evidence is a mapping of ids to columns, not {kind_of(evidence)}")
        columns = {id: _column(id, one) for id, one in evidence.items() if known(self.base, id)}
        return self.reckon(columns, self._codes(perspective, columns))

    def reckon(
        self, columns: Mapping[str, NDArray[Any]], codes: NDArray[np.uint8], *, ranked: bool = False
    ) -> Outcomes:
        """Do what :meth:`evaluate` does with columns of one length, and the number of each case's perspective.

        ``ranked`` keeps what advice is ranked by. Raises :class:`EvidenceError` for a number out of range.
        """
        cases, inferred = len(codes), [id for id in columns if id in self.base.conclusion]
        sheet = Worksheet(self.base, self._program, min(CHUNK, cases), inferred)
        results = Results(self.base, cases, ranked=ranked)
        rows = [(sheet.known[self._ids[id]], column) for id, column in columns.items()]
        for start in range(0, cases, CHUNK):
            here = slice(start, min(start + CHUNK, cases))
            count = here.stop - start
            for row, column in rows:
                told = row[:count]
                told[:] = column[here]
                if column.dtype.kind == "b":
                    told *= 2
                    told -= 1
            known = sheet.known[:, :count]
            if not (known.min() >= -1 and known.max() <= 1):  # which no comparison with NaN is
                self._mend(known, columns, start)
            for number, row in enumerate(sheet.asked_as):
                np.equal(codes[here], number, out=row[:count])
            sheet.run()
            results.take(sheet, here)
        return results.outcomes(codes)

    def _mend(self, known: Numbers, columns: Mapping[str, Any], start: int) -> None:
        """Put 0, not known, for NaN. Raises EvidenceError for a certainty out of range."""
        for id in columns:
            row = known[self._ids[id]]
            np.copyto(row, 0.0, where=np.isnan(row))
            outside = np.flatnonzero(np.abs(row) > 1)
            if outside.size:
                case = start + outside[0] + 1
                raise EvidenceError(f"the certainty of {quoted(id)} in case {case} is not in the range. {_WANTED}")

    def _codes(self, perspective: str | Sequence[str] | None, columns: Mapping[str, Numbers]) -> NDArray[np.uint8]:
        lengths = {id: len(column) for id, column in columns.items()}
        each = perspective if not isinstance(perspective, str | None) and hasattr(perspective, "__len__") else None
        if each is not None:
            lengths["perspective"] = len(each)
        if len(set(lengths.values())) > 1:
            shortest, longest = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
            raise EvidenceError(
                f"{quoted(shortest)} has {lengths[shortest]} entries and {quoted(longest)} {lengths[longest]}. "
                "Give each column an entry for each case."
            )
        cases = next(iter(lengths.values()), 0)
        has = [one.id for one in self.base.perspectives]
        if each is None:
            code = has.index(asked_as(self.base, perspective))  # type: ignore[arg-type] # which refuses what is no text
            return np.full(cases, code, np.uint8)
        number = {one: has.index(asked_as(self.base, one)) for one in dict.fromkeys(each)}
        return np.fromiter((number[one] for one in each), np.uint8, cases)


def _column(id: str, given: ArrayLike) -> NDArray[Any]:
    """Return a column of numbers or truth values. Raises EvidenceError."""
    try:
        column = np.asarray(given)
    except ValueError:  # lists of several lengths
        raise EvidenceError(f"the column of {quoted(id)} is not of numbers. {_WANTED}") from None
    if np.ma.isMaskedArray(given):
        raise EvidenceError(f"the column of {quoted(id)} is masked. {_WANTED}")
    if column.ndim != 1:
        raise EvidenceError(f"the column of {quoted(id)} has {column.ndim} dimensions. Give an entry for each case.")
    if column.dtype.kind not in "biuf":
        raise EvidenceError(f"the column of {quoted(id)} is of type {column.dtype}. {_WANTED}")
    if column.dtype.kind != "b" and isinstance(given, list | tuple):
        # Among numbers False is 0 to numpy, which is not known; here it is no.
        column[[case for case, one in enumerate(given) if isinstance(one, bool | np.bool_) and not one]] = -1
    return column
