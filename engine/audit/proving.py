"""Proofs about a base, and the three ways to them.

By *bounds*, which hold for every certainty of everything that is free (`engine/bounds.py`); by the *form*
of the rules, where each step from a fact to a conclusion can only raise it; or by *enumeration* of all
answers to the questions on which something turns. Where these are too many, a fixed sample is tried,
and the report says how small a part of all that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ...knowledge.model import KnowledgeBase, Response
from ..answer import Answer
from ..bounds import Bounds, Interval
from ..certainty import BELIEF, TOLERANCE
from .bench import Bench, Combinations, Evidence

MOST = 2**10
"""How many combinations are enumerated at the most; of more, so many are drawn."""

SOME = 1e-4
"""The least certainty above 0 that evidence can have."""


class Proof(NamedTuple):
    """That something holds of a base, and how that is known.

    ``how``: bounds or form, which prove it for all evidence; enumerated, which tried every combination of the
    answers that can be chosen, and no certainty between them; or sampled. ``tried`` combinations were run,
    of ``of``; both are 0 where none had to be, and beside bounds they show that the engine does as these say.
    ``broken_by`` is evidence under which it does not hold, None where it holds.
    """

    check: str
    subject: str
    title: str
    how: str
    tried: int
    of: int
    broken_by: Evidence | None = None
    perspective: str | None = None


Breach = Callable[[Answer], bool]


def tried(bench: Bench, check: str, subject: str, title: str, runs: Runs, breach: Breach) -> Proof:
    """Try every run; what breaks a claim is told as small as it can be made."""
    for answer in runs.answers(bench):
        if breach(answer):
            perspective = answer.perspective
            smallest = _shrunk(bench, answer.reasoning.trace.evidence.certainties, perspective, breach)
            return Proof(check, subject, title, runs.how, runs.tried, runs.of, smallest, perspective)
    return Proof(check, subject, title, runs.how, runs.tried, runs.of)


def _shrunk(bench: Bench, evidence: Evidence, perspective: str, breach: Breach) -> Evidence:
    """Return as much of some evidence as is needed for a breach: nothing of it can be left out."""
    kept = {id: certainty for id, certainty in evidence.items() if certainty}
    while True:  # leaving out one thing can make another one needless
        smaller = ({other: certainty for other, certainty in kept.items() if other != id} for id in kept)
        found = next((one for one in smaller if breach(bench.engine.infer(one, perspective=perspective))), None)
        if found is None:
            return kept
        kept = found


class Runs:
    """Evidence to be tried: all combinations of some answers, alone and beside other things that are told."""

    def __init__(
        self,
        answers: Mapping[str, Iterable[float]],
        perspectives: Iterable[str],
        beside: Iterable[Evidence] = ({},),
        most: int = MOST,
    ) -> None:
        self._perspectives = tuple(perspectives)
        self._beside = tuple(beside)
        often = max(1, len(self._perspectives) * len(self._beside))
        self._combinations = Combinations({id: tuple(some) for id, some in answers.items()}, max(1, most // often))
        self.tried = self._combinations.tried * often
        self.of = self._combinations.all * often

    @property
    def how(self) -> str:
        """Whether these are all that there are."""
        return "enumerated" if self.tried == self.of else "sampled"

    def answers(self, bench: Bench) -> Iterator[Answer]:
        """Yield the answer to each."""
        for perspective in self._perspectives:
            for beside in self._beside:
                for told in self._combinations:
                    yield bench.engine.infer({**beside, **told}, perspective=perspective)


class KeptRuns(Runs):
    """Runs whose answers several claims look at."""

    def answers(self, bench: Bench) -> Iterator[Answer]:
        """Yield the answer to each; they are found once."""
        yield from bench.result(self._found)

    def _found(self, bench: Bench) -> tuple[Answer, ...]:
        return tuple(super().answers(bench))


def everything(base: KnowledgeBase, but: Iterable[str] = ()) -> Evidence:
    """Return evidence in which all that the base knows of is certain, but for some ids."""
    left_out = frozenset(but)
    return {id: 1.0 for id in (*base.fact, *base.conclusion) if id not in left_out}


def free(
    bench: Bench, perspective: str, when: str | None, *, only: str | None = None, unopposed: str | None = None
) -> Bounds:
    """Return bounds where everything is free, but that one thing is believed.

    ``only`` is the kind of facts that can be known, where others cannot. Nothing is told against the
    conclusion ``unopposed``.
    """
    base = bench.base
    told = {fact.id: Interval(-1.0, 1.0) for fact in base.facts if only in (None, fact.kind)}
    if only is None:
        told |= {id: Interval(0.0 if id == unopposed else -1.0, 1.0) for id in base.conclusion}
    known = {}
    if when is not None:
        holds = Interval(SOME if is_alarm(base, when) else BELIEF + 2 * TOLERANCE, 1.0)
        if when in base.fact:
            told[when] = holds
        else:
            known[when] = holds
    return Bounds(bench.engine.trace({}, perspective=perspective), told, known)


def is_alarm(base: KnowledgeBase, id: str) -> bool:
    """Tell whether an id is that of a safeguard fact, for which any certainty above 0 is enough."""
    return id in base.fact and base.fact[id].kind == "safeguard"


def may_come(bounds: Bounds, response: Response, perspective: str) -> bool:
    """Tell whether some answers could bring a response to be recommended."""
    if perspective not in response.audience or not bounds.of_condition(response.condition).may_be_believed:
        return False
    return not any(bounds.withholds(id) for id in response.withheld_by)
