"""What a base's charter requires of every answer, proved by bounds where they show it, and tried where not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...knowledge.frozen import cached_property
from ...knowledge.model import Requirement
from ..answer import Answer
from ..bounds import Bounds
from ..certainty import above, believed
from ..trace import Trace
from .bench import Bench
from .proving import Proof, Runs, everything, free, is_alarm, may_come, tried


def required(bench: Bench) -> Iterator[Proof]:
    """Yield a proof for each requirement of the charter."""
    for requirement in bench.base.charter.requirements:
        yield _Claim(bench, requirement).proof()


class _Claim:
    """A requirement of the charter on the bench."""

    def __init__(self, bench: Bench, requirement: Requirement) -> None:
        self._bench = bench
        self._base = bench.base
        self._it = requirement
        able = tuple(id for id in requirement.when if id in self._told or id in self._base.conclusion)
        self._when: tuple[str | None, ...] = able if requirement.when else (None,)

    def proof(self) -> Proof:
        """Return the proof by bounds, or where these do not show it, what trying shows."""
        it = self._it
        if it.only and it.when and not any(id in self._told or id in self._base.conclusion for id in it.when):
            return Proof("requirement-never-applies", it.id, it.title, "form", 0, 0, broken_by={}, perspective=None)
        shown = all(self._shown(id, perspective) for id in self._when for perspective in self._bench.perspectives)
        runs, how = (self._few(), "bounds") if shown else self._many()
        proof = tried(self._bench, "requirement-broken", it.id, it.title, runs, self._broken)
        return proof._replace(how=how) if proof.broken_by is None else proof

    def _few(self) -> Runs:
        """Return runs that show whether the engine does as bounds say: each answer, with nothing and all else told."""
        if self._it.only:
            return Runs(self._answers(self._told), self._bench.perspectives)
        rest = everything(self._base, (*self._it.when, *self._base.conclusion))
        return Runs(self._answers(self._it.when), self._bench.perspectives, ({}, rest))

    def _many(self) -> tuple[Runs, str]:
        """Return runs over all answers to everything; of too many, a sample in which the requirement does apply."""
        whole = Runs(self._answers(self._told), self._bench.perspectives)
        if whole.how == "enumerated":
            return whole, whole.how
        when = [id for id in self._it.when if self._it.only is None or id in self._told]
        beside = [{id: certainty} for id in when for certainty in self._present(id)]
        others = self._answers(id for id in self._told if id not in when)
        return Runs(others, self._bench.perspectives, [*beside, dict.fromkeys(when, 1.0)]), "sampled"

    @cached_property
    def _told(self) -> tuple[str, ...]:
        """The facts that can be known where it is required."""
        return tuple(fact.id for fact in self._base.facts if self._it.only in (None, fact.kind))

    def _answers(self, ids: Iterable[str]) -> dict[str, tuple[float, ...]]:
        return dict.fromkeys(ids, self._base.answer_certainties)

    def _present(self, id: str) -> Iterable[float]:
        return [
            one for one in self._base.answer_certainties if (one > 0 if is_alarm(self._base, id) else believed(one))
        ]

    def _shown(self, when: str | None, perspective: str) -> bool:
        """Tell whether bounds show it, with everything free but that one thing is believed."""
        it, base = self._it, self._base
        bounds = free(self._bench, perspective, when, only=it.only)
        unopposed = free(self._bench, perspective, when, only=it.only, unopposed=it.first) if it.first else bounds
        return (
            all(bounds.of(one.fact).least > 0 for one in base.safeguards if one.id in it.safeguards)
            and (it.first is None or self._surely_first(unopposed, it.first))
            and not any(may_come(bounds, one, perspective) for one in base.responses if one.id in it.never)
            and (it.no_cause_above is None or self._none_above(bounds, it.no_cause_above))
        )

    def _surely_first(self, bounds: Bounds, cause: str) -> bool:
        if not believed(bounds.of(cause).least):
            return False
        others = [one for one in self._base.causes if one.id != cause and bounds.of(one.id).may_be_believed]
        if any(believed(bounds.of(id).least) for id in self._base.conclusion[cause].leads_when):
            return not any(bounds.of(id).may_be_believed for other in others for id in other.leads_when)
        return all(
            above(bounds.of(cause).least, bounds.of(one.id).greatest)
            and not any(bounds.of(id).may_be_believed for id in one.leads_when)
            for one in others
        )

    def _none_above(self, bounds: Bounds, bound: float) -> bool:
        return not any(above(bounds.of(cause.id).greatest, bound) for cause in self._base.causes)

    def _broken(self, answer: Answer) -> bool:
        it = self._it
        trace: Trace = answer.reasoning.trace
        known = trace.certainties
        applies = not it.when or any(
            known.get(id, 0.0) > 0 if is_alarm(self._base, id) else believed(known.get(id, 0.0)) for id in it.when
        )
        if it.only and any(id not in self._told for id in trace.evidence.certainties):
            applies = False
        # Whoever is told against the very cause that must stand first has to say so.
        first = it.first if it.first and trace.evidence.certainties.get(it.first, 0.0) >= 0 else answer.leading
        return applies and (
            not {*it.safeguards} <= {one.id for one in answer.safeguards}
            or answer.leading != first
            or any(one.id in it.never for one in answer.responses)
            or any(it.no_cause_above is not None and above(one.certainty, it.no_cause_above) for one in answer.causes)
        )
