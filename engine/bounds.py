"""How far certainties could still move: intervals around one recorded trace, for answers not yet given.

Nothing is inferred here. A bound says what cannot happen, so that a question that can change nothing
need not be asked, and a change of answers that can change nothing need not be tried; what does happen,
the engine tells. Bounds are sound and not always tight: each rule is taken at its own best and worst,
also where no set of answers brings all of them there at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Leaf, ids
from ..knowledge.model import Conclusion
from .certainty import above, believed, combine, words
from .ranking import leading, leads
from .trace import TOLD, Trace


class Interval(NamedTuple):
    """The least and the greatest certainty, in [−1, 1], that something can come to have."""

    least: float
    greatest: float

    @property
    def open(self) -> bool:
        """Whether it can come to be more than one thing."""
        return self.least != self.greatest

    @property
    def may_be_believed(self) -> bool:
        """Whether any answers could make it believed."""
        return believed(self.greatest)

    @property
    def undecided(self) -> bool:
        """Whether answers could both make it believed and leave it not so."""
        return believed(self.greatest) and not believed(self.least)


class Bounds:
    """Bounds on everything in a trace, given what the certainties of some facts are free to be.

    Where a conclusion is ``free``, what is told of it is. ``known`` are bounds on what conclusions come
    out as, however that comes about.
    """

    def __init__(
        self, trace: Trace, free: Mapping[str, Interval], known: Mapping[str, Interval] = MappingProxyType({})
    ) -> None:
        self._trace = trace
        self._free = free
        self._moved = {id: one for id, one in free.items() if id in trace.base.fact}
        for conclusion in trace.base.layered:
            if conclusion in known:
                self._moved[conclusion] = known[conclusion]
            elif conclusion in free or not self._moved.keys().isdisjoint(trace.base.rests_on[conclusion]):
                self._moved[conclusion] = self._concluded(conclusion)

    def of(self, id: str) -> Interval:
        """Return the bounds of a fact or conclusion; what nothing moves is as the trace has it."""
        moved = self._moved.get(id)
        if moved is not None:
            return moved
        certainty = self._trace.certainties.get(id, 0.0)
        return Interval(certainty, certainty)

    def of_condition(self, condition: Condition) -> Interval:
        """Return the bounds of a condition's certainty."""
        if not isinstance(condition, Leaf):
            parts = [self.of_condition(part) for part in condition.parts]
            ends = (sorted(part[end] for part in parts)[-condition.needed] for end in (0, 1))
            return Interval(*ends)
        least, greatest = self.of(condition.id)
        match condition.claim:
            case Claim.BELIEVED:
                return Interval(least, greatest)
            case Claim.ABSENT:
                return Interval(-greatest, -least)
            case Claim.UNLESS:
                return Interval(0.0 if believed(greatest) else 1.0, 0.0 if believed(least) else 1.0)
            case Claim.PERSPECTIVE:
                holds = float(condition.id == self._trace.evidence.perspective)
                return Interval(holds, holds)

    @property
    def outcome_is_open(self) -> bool:
        """Whether the verdict could change, or the leading cause; the free intervals must hold what is now."""
        causes = self._trace.base.causes
        sure, possible = (sum(believed(self.of(cause.id)[end]) for cause in causes) for end in (0, 1))
        if min(sure, 2) != min(possible, 2):
            return True
        first = leading(self._trace)
        if first is not None and not believed(self.of(first).least):
            return True
        others = [cause for cause in causes if cause.id != first and self.of(cause.id).may_be_believed]
        return first is not None and any(self._may_outrank(one, self._trace.base.conclusion[first]) for one in others)

    def unsettled(self) -> frozenset[str]:
        """Return the facts and conclusions on which something that an answer tells still turns.

        That is which causes are believed, in which order and with which words, and what is recommended
        or withheld. Decimals, the order of advice and the words for what is not believed are not
        counted: nobody should be asked one more question for them.
        """
        return frozenset(self._turning())

    def could_move(self, wanted: frozenset[str]) -> frozenset[str]:
        """Return those free facts that could move any of these facts or conclusions."""
        base, found, waiting = self._trace.base, set[str](), list(wanted)
        while waiting:
            id = waiting.pop()
            if id in found or not self.of(id).open:
                continue
            found.add(id)
            for rule in base.rules_for.get(id, ()):
                reach = self.of_condition(rule.condition)
                if reach.open and reach.may_be_believed:
                    waiting += base.mentions[rule.id]
        return frozenset(id for id in found if id in self._free)

    def _turning(self) -> Iterator[str]:
        base, perspective = self._trace.base, self._trace.evidence.perspective
        causes = [cause for cause in base.causes if self.of(cause.id).may_be_believed]
        for cause in causes:
            reach = self.of(cause.id)
            if words(reach.least) != words(reach.greatest) or any(
                self._may_outrank(cause, other) and self._may_outrank(other, cause)
                for other in causes
                if other is not cause
            ):
                yield cause.id
            if self._lead_is_open(cause):
                yield from cause.leads_when
        for response in base.responses:
            reach = self.of_condition(response.condition)
            if perspective in response.audience and reach.may_be_believed:
                if reach.undecided:
                    yield from ids(response.condition)
                holding = {id: self.withholds(id) for id in response.withheld_by}
                if True not in holding.values():
                    yield from (id for id, withholds in holding.items() if withholds is None)

    def _concluded(self, conclusion: str) -> Interval:
        trace = self._trace
        given = trace.given[conclusion]
        told = given.get(TOLD, 0.0)
        contributions = [self._free.get(conclusion, Interval(told, told))]
        for rule in trace.base.rules_for[conclusion]:
            if self._moved.keys().isdisjoint(trace.base.mentions[rule.id]):
                certainty = given.get(rule.id, 0.0)
                contributions.append(Interval(certainty, certainty))
            else:
                reach = self.of_condition(rule.condition)
                ends = [rule.certainty * (end if believed(end) else 0.0) for end in reach]
                contributions.append(Interval(min(ends), max(ends)))
        return Interval(combine([one.least for one in contributions]), combine([one.greatest for one in contributions]))

    def _may_outrank(self, one: Conclusion, other: Conclusion) -> bool:
        """Tell whether some answers could rank the one above the other, if both are believed."""
        if self._lead_is_open(one) or self._lead_is_open(other):
            return True
        led = [leads(each, self._trace.certainties) for each in (one, other)]
        if led[0] != led[1]:
            return led[0]
        mine, theirs = self.of(one.id), self.of(other.id)
        return (mine.open or theirs.open) and not above(theirs.least, mine.greatest)

    def _lead_is_open(self, cause: Conclusion) -> bool:
        return any(self.of(id).undecided for id in cause.leads_when)

    def withholds(self, id: str) -> bool | None:
        """Tell whether an id withholds what it can withhold; None where that is open."""
        fact = self._trace.base.fact.get(id)
        if fact is not None and fact.kind == "safeguard":
            least, greatest = (end > 0 for end in self.of(id))
        else:
            least, greatest = map(believed, self.of(id))
        return least if least == greatest else None
