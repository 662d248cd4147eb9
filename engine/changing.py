"""The smallest changes of answers that would change the leading cause or the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from .answer import Observation
from .bounds import Bounds, Interval
from .ranking import leading, verdict
from .trace import Trace

if TYPE_CHECKING:
    from .engine import Engine


class Alternative(NamedTuple):
    """Answers that differ from those given (certainty 0: not known), and what would stand out with them."""

    changes: tuple[Observation, ...]
    verdict: str
    leading: str | None


def smallest_changes(engine: Engine, trace: Trace) -> tuple[Alternative, ...]:
    """Return every single change of an answer, and every pair where neither would do alone, that changes what leads.

    An answer is one of the base's scale, or none; it can change for every fact that whoever asks can
    be asked, and for whatever was told. The result is exact: the engine runs each change for which
    bounds do not show beforehand that it can change neither the leading cause nor the verdict. Single
    changes come first, each in the base's order.
    """
    return tuple(_Search(engine, trace).found())


class _Search:
    def __init__(self, engine: Engine, trace: Trace) -> None:
        self._engine = engine
        self._trace = trace
        self._now = self._outcome(trace)
        base, told = trace.base, trace.evidence.certainties
        askable = [id for id, fact in base.fact.items() if trace.evidence.perspective in fact.questions or id in told]
        self._idle: dict[str, list[float]] = {
            id: [answer for answer in base.answer_certainties if answer != told.get(id, 0.0)]
            for id in (*askable, *(id for id in told if id in base.conclusion))
        }
        """The answers to each question that change nothing alone; at first, all but the one that was given."""

    def found(self) -> Iterator[Alternative]:
        for size in (1, 2):
            alternatives = [one for ids in combinations(self._idle, size) for one in self._among(ids)]
            for one in alternatives if size == 1 else ():
                (change,) = one.changes
                self._idle[change.id].remove(change.certainty)
            self._idle = {id: left for id, left in self._idle.items() if left}
            yield from alternatives

    def _among(self, ids: tuple[str, ...]) -> Iterator[Alternative]:
        evidence = self._trace.evidence
        could_be = {id: (evidence.certainties.get(id, 0.0), *self._idle[id]) for id in ids}
        free = {id: Interval(min(some), max(some)) for id, some in could_be.items()}
        if not Bounds(self._trace, free).outcome_is_open:
            return
        for certainties in product(*(self._idle[id] for id in ids)):
            changes = dict(zip(ids, certainties, strict=True))
            after = self._engine.trace({**evidence.certainties, **changes}, perspective=evidence.perspective)
            if self._outcome(after) != self._now:
                yield Alternative(tuple(Observation(*one) for one in changes.items()), *self._outcome(after))

    @staticmethod
    def _outcome(trace: Trace) -> tuple[str, str | None]:
        return verdict(trace), leading(trace)
