"""Which question to ask next: the one whose answers could change most of what is told."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from ..knowledge.frozen import cached_property
from .bounds import Bounds, Interval
from .ranking import due, leading
from .trace import Trace

if TYPE_CHECKING:
    from .engine import Engine

NEARNESS = 4.0
"""How fast a cause's movement counts for less, the further below the first it stays: e^(−4·distance).

Chosen with `benchmarks/questions.py`: with 2 the leading cause is found later, and above 4 no earlier.
"""

ADVICE = 0.02
"""What a response that comes or goes counts for beside the movement of causes: enough to part what is else equal."""


class Outlook:
    """What the answers to each of some questions would change in a trace.

    ``facts`` are those that can be asked for; ``unasked`` are all that may still be told, these and
    others. The engine runs what an answer leads to; bounds leave out beforehand what cannot matter,
    now or together with any other answers. ``opening`` is whether none of these was asked yet: what
    makes a cause lead for safety's sake is a grave thing to be asked, and not the first of all.
    """

    def __init__(
        self,
        engine: Engine,
        trace: Trace,
        facts: Collection[str],
        unasked: Collection[str],
        *,
        opening: bool = False,
    ) -> None:
        self._engine = engine
        self._trace = trace
        self._facts = facts
        self._unasked = unasked
        self._opening = opening

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The facts whose answers could still change what is told, in the order in which they were given."""
        bounds = Bounds(self._trace, dict.fromkeys(self._unasked, self._span))
        able = bounds.could_move(bounds.unsettled())
        return tuple(id for id in self._facts if id in able)

    @cached_property
    def best_first(self) -> tuple[str, ...]:
        """The open facts, the one to ask for next before all others."""
        ranked = sorted(self.open, key=lambda fact: -round(self._worth(fact), 9))
        grave = {id for cause in self._trace.base.causes for id in cause.leads_when}
        if self._opening and len(ranked) > 1 and ranked[0] in grave:
            ranked[:2] = ranked[1], ranked[0]
        return tuple(ranked)

    @cached_property
    def steady(self) -> bool:
        """Whether the leading cause stays, whatever any single one of the open questions is answered."""
        now = leading(self._trace)
        return all(leading(after) == now for reached in self._reached.values() for after in reached) and all(
            leading(self._after(id, answer)) == now
            for id in self.open
            if Bounds(self._trace, {id: self._span}).outcome_is_open
            for answer in self._trace.base.answer_certainties[1:-1]
        )

    @cached_property
    def _reached(self) -> Mapping[str, tuple[Trace, ...]]:
        """What the least and the greatest answer to each open question lead to."""
        return {id: tuple(self._after(id, answer) for answer in self._span) for id in self.open}

    @property
    def _span(self) -> Interval:
        least, *_, greatest = self._trace.base.answer_certainties
        return Interval(least, greatest)

    def _after(self, id: str, answer: float) -> Trace:
        perspective, certainties = self._trace.evidence
        return self._engine.trace({**certainties, id: answer}, perspective=perspective)

    def _worth(self, id: str) -> float:
        """Return how far the answers move causes, near the first above all, and advice."""
        return sum(self._movement(after) for after in self._reached[id])

    def _movement(self, after: Trace) -> float:
        now, then = self._trace.certainties, after.certainties
        causes = [cause.id for cause in self._trace.base.causes]
        top = max(now[id] for id in causes)
        moved = math.fsum(
            abs(then[id] - now[id]) * math.exp(NEARNESS * (max(now[id], then[id]) - top)) for id in causes
        )
        return moved + ADVICE * len(self._advice ^ _advice(after))

    @cached_property
    def _advice(self) -> frozenset[tuple[str, bool]]:
        return _advice(self._trace)


def _advice(trace: Trace) -> frozenset[tuple[str, bool]]:
    """Return which responses are called for, each with whether it is withheld."""
    return frozenset((one.response.id, bool(one.withheld_by)) for one in due(trace))
