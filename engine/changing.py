"""The smallest changes of answers that would change the leading cause or the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from .answer import Observation
from .bounds import Bounds, Interval
from .privacy import unprinted
from .trace import Trace
from .trying import at_once, lead, leads

if TYPE_CHECKING:
    from .engine import Engine


@unprinted
class Alternative(NamedTuple):
    """Answers that differ from those given (certainty 0: not known), and what would stand out with them."""

    changes: tuple[Observation, ...]
    verdict: str
    leading: str | None


def smallest_changes(engine: Engine, trace: Trace) -> tuple[Alternative, ...]:
    """Return every single change of an answer, and every pair where neither would do alone, that changes what leads.

    An answer is one of the base's scale, or none; it can change for every fact that whoever asks can
    be asked, and for whatever was told. The result is exact: each change is tried, all at once where numpy
    is there. Where it is not, those are left out for which bounds show beforehand that they can change
    neither the leading cause nor the verdict. Single changes come first, each in the base's order.
    """
    return tuple(_Search(engine, trace).found())


class _Search:
    def __init__(self, engine: Engine, trace: Trace) -> None:
        self._engine = engine
        self._trace = trace
        self._now = lead(trace)
        base, told = trace.base, trace.evidence.certainties
        askable = [id for id, fact in base.fact.items() if trace.evidence.perspective in fact.questions or id in told]
        self._idle: dict[str, list[float]] = {
            id: [answer for answer in base.answer_certainties if answer != told.get(id, 0.0)]
            for id in (*askable, *(id for id in told if id in base.conclusion))
        }
        """The answers to each question that change nothing alone; at first, all but the one that was given."""

    def found(self) -> Iterator[Alternative]:
        for size in (1, 2):
            alternatives = list(self._among([*combinations(self._idle, size)]))
            for one in alternatives if size == 1 else ():
                (change,) = one.changes
                self._idle[change.id].remove(change.certainty)
            self._idle = {id: left for id, left in self._idle.items() if left}
            yield from alternatives

    def _among(self, questions: Sequence[tuple[str, ...]]) -> Iterator[Alternative]:
        """Yield those changes of the answers to some questions that change something."""
        perspective, told = self._trace.evidence
        if not at_once(sum(prod(len(self._idle[id]) for id in ids) for ids in questions)):
            questions = [ids for ids in questions if self._may_matter(ids)]
        changes = [
            dict(zip(ids, certainties, strict=True))
            for ids in questions
            for certainties in product(*(self._idle[id] for id in ids))
        ]
        tried = leads(self._engine, [(perspective, {**told, **change}) for change in changes])
        for change, after in zip(changes, tried, strict=True):
            if after != self._now:
                yield Alternative(tuple(Observation(*one) for one in change.items()), *after)

    def _may_matter(self, ids: tuple[str, ...]) -> bool:
        told = self._trace.evidence.certainties
        could_be = {id: (told.get(id, 0.0), *self._idle[id]) for id in ids}
        free = {id: Interval(min(some), max(some)) for id, some in could_be.items()}
        return Bounds(self._trace, free).outcome_is_open
