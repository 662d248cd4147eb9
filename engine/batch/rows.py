"""Cases as they come, one row after the other, gathered into columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase
from ...knowledge.names import UnknownNameError, mentioned, resolve
from ...knowledge.problems import quoted
from ..evidence import EvidenceError, Given, asked_as, checked
from .worksheet import Numbers


class Wrong(NamedTuple):
    """Why a row cannot be reasoned from, and the safeguards that it may call for all the same."""

    why: str
    safeguards: tuple[str, ...]


class Rows:
    """Gathers evidence into columns. ``perspective`` is whose evidence it is where a row does not say.

    Raises :class:`EvidenceError` for a perspective that the base does not have.
    """

    def __init__(self, base: KnowledgeBase, perspective: str | None = None) -> None:
        self._base = base
        self._ids = (*base.fact, *base.conclusion)
        self._number = {id: number for number, id in enumerate(self._ids)}
        self._code: dict[str | None, int] = {one.id: code for code, one in enumerate(base.perspectives)}
        self._code[None] = self._code[asked_as(base, perspective)]
        self._numbers: list[int] = []
        self._certainties: list[float] = []
        self._ends: list[int] = [0]
        self._codes: list[int] = []
        self._alarms = Alarms(base)
        self._names: dict[str, tuple[str, str]] = {}  # an id, or why there is none
        self.wrong: dict[int, Wrong] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, evidence: Given, perspective: str | None = None) -> None:
        """Add a row of evidence by ids. Raises :class:`EvidenceError` and adds nothing where it does not fit."""
        if not self._add_plain(evidence, perspective):
            # Something is unusual, or wrong: take it as a single inference does.
            known = checked(self._base, evidence, perspective)
            numbers = [self._number[id] for id in known.certainties]
            self._add(numbers, [*known.certainties.values()], self._code[perspective])

    def add_named(self, evidence: Given, perspective: str | None = None) -> None:
        """Add a row of evidence by any names. Raises :class:`EvidenceError` as :meth:`add` does."""
        if not self._add_plain(evidence, perspective):
            self.add(self._by_id(evidence), perspective)

    def _add_plain(self, evidence: Given, perspective: str | None) -> bool:
        """Add a row if it is as most are, and tell whether it was."""
        if type(evidence) is not dict or type(perspective) not in _NAMES or perspective not in self._code:
            return False
        numbers, certainties = [], []
        for id, given in evidence.items():
            number = self._number.get(id)
            if number is None or type(given) not in _PLAIN or not -1 <= given <= 1:
                return False
            numbers.append(number)
            certainties.append(-1.0 if given is False else given)
        self._add(numbers, certainties, self._code[perspective])
        return True

    def _by_id(self, evidence: Given) -> Given:
        """Return evidence by ids. Raises EvidenceError for a name that is not known, and for two about the same."""
        if not isinstance(evidence, Mapping):
            return evidence
        found: dict[str, bool | float] = {}
        for name, given in evidence.items():
            id = self._resolved(name)
            if id in found:
                raise EvidenceError(f"{quoted(id)} is given twice. Keep one of the two.")
            found[id] = given
        return found

    def _resolved(self, name: str) -> str:
        if name in self._names:
            id, why = self._names[name]
        else:
            try:
                id, why = resolve(self._base, name), ""
            except UnknownNameError as error:
                id, why = "", str(error)
            if len(name) <= _NAME:
                self._names[name] = id, why
        if why:
            raise EvidenceError(why)
        return id

    def add_wrong(self, why: str, heard: Iterable[str]) -> None:
        """Add a row that cannot be reasoned from; ``heard`` is all that it says, understood or not."""
        self.wrong[len(self)] = Wrong(why, self._alarms.called(heard))
        self._add([], [], 0)

    def _add(self, numbers: list[int], certainties: list[float], code: int) -> None:
        self._numbers += numbers
        self._certainties += certainties
        self._ends.append(len(self._numbers))
        self._codes.append(code)

    def columns(self) -> Mapping[str, Numbers]:
        """Return a column for each id that any row speaks of."""
        numbers = np.array(self._numbers, np.int64)
        used, column = np.unique(numbers, return_inverse=True)
        matrix = np.zeros((len(used), len(self)))
        matrix[column, np.repeat(np.arange(len(self)), np.diff(self._ends))] = self._certainties
        return {self._ids[number]: matrix[row] for row, number in enumerate(used)}

    def codes(self) -> NDArray[np.uint8]:
        """Return the number of each row's perspective."""
        return np.array(self._codes, np.uint8)


_PLAIN = frozenset((bool, int, float))
_NAMES = frozenset((str, type(None)))


class Alarms:
    """Finds the safeguards that what was said may call for, understood or not: to show help is the safe reading."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self._mentioned: dict[str, tuple[str, ...]] = {}

    def called(self, heard: Iterable[str]) -> tuple[str, ...]:
        """Return their ids, in the base's order."""
        facts = {id for words in heard for id in self._facts(words)}
        return tuple(one.id for one in self._base.safeguards if one.fact in facts)

    def _facts(self, words: str) -> tuple[str, ...]:
        if words not in self._mentioned:
            found = mentioned(self._base, words)
            if len(words) > _NAME:
                return found
            self._mentioned[words] = found
        return self._mentioned[words]


_NAME = 80
"""How long a name is that is kept in mind, so as not to look for it in each of many rows."""


def in_rows(base: KnowledgeBase, cases: Iterable[tuple[Given, str | None]], first: int) -> Rows:
    """Return cases, with their perspectives, as rows. Raises :class:`EvidenceError`, which counts from ``first``."""
    rows = Rows(base)
    for case, perspective in cases:
        try:
            rows.add(case, perspective)
        except EvidenceError as error:
            raise EvidenceError(f"case {first + len(rows)}: {error}") from None
    return rows
