"""From a worksheet to outcomes: what :mod:`..ranking` tells of one trace, told of many cases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase
from ..certainty import BELIEVED, STEPS
from .outcomes import Columns, Outcomes, in_steps
from .worksheet import Flags, Numbers, Worksheet, grouped


class Results:
    """Gathers what worksheets come to, chunk by chunk, for so many cases in all."""

    def __init__(self, base: KnowledgeBase, cases: int, *, ranked: bool) -> None:
        self._base = base
        self._rules = grouped(base)
        row = {id: number for number, id in enumerate((*base.fact, *base.conclusion))}

        def rows(ids: list[str]) -> NDArray[np.int64]:
            return np.array([row[id] for id in ids], np.int64)

        self._conclusions = slice(len(base.facts), None)
        self._causes = rows([cause.id for cause in base.causes])
        self._leads = [
            (number, rows([*cause.leads_when])) for number, cause in enumerate(base.causes) if cause.leads_when
        ]
        self._beyond_ids = [fact.id for fact in base.facts if fact.kind == "beyond"]
        self._beyond = rows(self._beyond_ids)
        self._holder_ids = list(dict.fromkeys(id for response in base.responses for id in response.withheld_by))
        self._holders = rows(self._holder_ids)
        # A safeguard fact withholds at any certainty above 0; see Trace.holding_back.
        alarms = {fact.id for fact in base.facts if fact.kind == "safeguard"}
        bounds = [0.0 if id in alarms else BELIEVED for id in self._holder_ids]
        self._holds_above = np.array(bounds).reshape(-1, 1)
        self._held_by: dict[tuple[int, ...], list[int]] = {}
        for number, response in enumerate(base.responses):
            holders = tuple(self._holder_ids.index(id) for id in response.withheld_by)
            self._held_by.setdefault(holders, []).append(number)
        audience = [[one.id in response.audience for response in base.responses] for one in base.perspectives]
        self._not_meant = [np.flatnonzero(~np.array(meant, bool)) for meant in audience]
        self._certainties: Numbers = np.empty((len(base.conclusions), cases))
        self._support: Numbers | None = np.empty((len(base.responses), cases)) if ranked else None
        self._ranks: Numbers | None = np.empty((len(base.causes), cases)) if ranked else None
        self._fired: Flags = np.empty((len(base.rules), cases), bool)
        self._alarmed: Flags = np.empty((len(base.safeguards), cases), bool)
        self._contradicted: Flags = np.empty((len(base.conclusions), cases), bool)
        self._responses: Flags = np.empty((len(base.responses), cases), bool)
        self._withheld: Flags = np.empty((len(base.responses), cases), bool)
        self._holding: Flags = np.empty((len(self._holder_ids), cases), bool)
        self._told_beyond: Flags = np.empty((len(self._beyond_ids), cases), bool)
        self._believed = np.empty(cases, np.uint8)
        self._first = np.empty(cases, np.int16)

    def take(self, sheet: Worksheet, here: slice) -> None:
        """Take the first cases of a worksheet as those of a slice of all."""
        count = here.stop - here.start
        known = sheet.known[:, :count]
        self._certainties[:, here] = known[self._conclusions]
        self._fired[:, here] = sheet.fired[:, :count]
        self._alarmed[:, here] = sheet.alarmed[:, :count]
        self._contradicted[:, here] = sheet.contradicted[:, :count]
        np.greater(known[self._beyond], BELIEVED, out=self._told_beyond[:, here])
        self._rank(known, here)
        self._advise(sheet, here, count)

    def _rank(self, known: Numbers, here: slice) -> None:
        """Find how many causes are believed, and which is ranked first."""
        causes = known[self._causes]
        believed = causes > BELIEVED
        self._believed[here] = np.count_nonzero(believed, axis=0)
        rank = in_steps(causes)
        for number, leads_when in self._leads:
            leads = believed[number] & (known[leads_when] > BELIEVED).any(axis=0)
            rank[number] += 4 * STEPS * leads  # more than any certainty is above another
        if self._ranks is not None:
            self._ranks[:, here] = np.where(believed, rank, -np.inf)
        first = rank.argmax(axis=0)  # the first of the greatest: the base's order breaks ties
        self._first[here] = np.where(self._believed[here] > 0, first, len(self._causes))

    def _advise(self, sheet: Worksheet, here: slice, count: int) -> None:
        """Find which responses are due, and which of them are withheld."""
        support = sheet.called[:, :count]
        if self._support is not None:
            self._support[:, here] = support
        due = self._responses[:, here]
        np.greater(support, 0, out=due)
        for not_meant, asked_as in zip(self._not_meant, sheet.asked_as, strict=True):
            if not_meant.size:
                due[not_meant] &= asked_as[:count] == 0
        holding = self._holding[:, here]
        np.greater(sheet.known[self._holders, :count], self._holds_above, out=holding)
        withheld = self._withheld[:, here]
        for holders, numbers in self._held_by.items():
            withheld[numbers] = np.logical_or.reduce(holding[[*holders]], axis=0)
        withheld &= due
        due &= ~withheld

    def outcomes(self, codes: NDArray[np.uint8]) -> Outcomes:
        """Return all that was taken; ``codes`` are the numbers of the cases' perspectives."""
        base = self._base
        responses = [response.id for response in base.responses]
        return Outcomes(
            base=base,
            asked_as=codes,
            certainties=Columns([*base.conclusion], self._certainties),
            fired=Columns(self._rules, self._fired),
            safeguards=Columns([safeguard.id for safeguard in base.safeguards], self._alarmed),
            responses=Columns(responses, self._responses),
            withheld=Columns(responses, self._withheld),
            beyond=Columns(self._beyond_ids, self._told_beyond),
            contradictions=Columns(base.layered, self._contradicted),
            holding=Columns(self._holder_ids, self._holding),
            support=None if self._support is None else Columns(responses, self._support),
            rank=None if self._ranks is None else Columns([cause.id for cause in base.causes], self._ranks),
            believed=self._believed,
            first=self._first,
        )
