"""Mutation testing of a base: small faults are put into copies of it, and its own cases must notice them.

DeMillo, Lipton and Sayward, "Hints on test data selection", *Computer* 11 (1978). A fault in a rule
can show only where the rule's contribution differs; everything that it rests on is as before. So the
engine runs a copy only on those cases and examples, which is exact and leaves out nine runs in ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.audit.logic import narrowed
from ...knowledge.declarations import Place
from ...knowledge.model import KnowledgeBase, Level, Response, Rule
from ..certainty import believed
from ..engine import Engine
from ..premises import value
from ..trace import Trace
from .bench import Bench, CaseTrial, ExampleTrial

MUTATION = Checks[Bench]("Mutation")


class Mutant(NamedTuple):
    """A base with one fault. ``subject`` names it; ``reaches`` tells whether the fault can show in a trace."""

    subject: str
    operator: str
    place: Place
    base: KnowledgeBase
    reaches: Callable[[Trace], bool]


class MutantResult(NamedTuple):
    """What became of a mutant: which trial noticed it first, if any, and how many it could show in."""

    subject: str
    operator: str
    place: Place
    caught_by: str | None
    reached: int


def mutation(bench: Bench) -> tuple[MutantResult, ...]:
    """Return what became of every mutant of a base, in the base's order."""
    return tuple(_tried(bench, mutant) for mutant in bench.each("mutation", list(mutants(bench))))


def mutants(bench: Bench) -> Iterator[Mutant]:
    """Yield every mutant of a base: one fault each in a rule, a response, a safeguard, or what makes a cause lead."""
    for rule in bench.base.rules:
        yield from _of_rule(bench, rule)
    yield from _of_advice(bench)
    yield from _of_safety(bench)


def _of_rule(bench: Bench, rule: Rule) -> Iterator[Mutant]:
    base = bench.base
    file, at = bench.subject.place("rules", rule.id)

    def mutant(operator: str, what: str, pointer: str, *now: Rule) -> Mutant:
        rules = tuple(one for old in base.rules for one in (now if old is rule else (old,)))
        after = now[0] if now else rule._replace(certainty=0.0)

        def reaches(trace: Trace) -> bool:
            return _contribution(after, trace) != _contribution(rule, trace)

        return Mutant(f"{rule.id}: {what}", operator, (file, at + pointer), replace(base, rules=rules), reaches)

    yield mutant("rule deleted", "deleted", "")
    for clause, less in narrowed(rule.condition, bench.subject.item("rules", rule.id)["if"]):
        yield mutant("clause dropped", f"without if{clause}", f"/if{clause}", rule._replace(condition=less))
    yield mutant("sign flipped", "sign flipped", "/level", rule._replace(certainty=-rule.certainty))
    for level in _steps(base, rule):
        moved = rule._replace(level=level.id, certainty=level.value)
        yield mutant("level moved", f"level moved to {level.id}", "/level", moved)


def _steps(base: KnowledgeBase, rule: Rule) -> Iterator[Level]:
    """Yield the levels next to a rule's own; to the other side of 0 it is the sign that is flipped."""
    scale = sorted(base.levels, key=lambda level: level.value)
    here = next(index for index, level in enumerate(scale) if level.id == rule.level)
    for index in (here - 1, here + 1):
        if 0 <= index < len(scale) and scale[index].value * rule.certainty > 0:
            yield scale[index]


def _contribution(rule: Rule, trace: Trace) -> float:
    certainty = value(rule.condition, trace.certainties, trace.evidence.perspective)
    return certainty * rule.certainty if believed(certainty) else 0.0


def _of_advice(bench: Bench) -> Iterator[Mutant]:
    base = bench.base
    for response in base.responses:

        def mutant(
            operator: str, what: str, pointer: str, now: Response | None, response: Response = response
        ) -> Mutant:
            responses = tuple(one for old in base.responses for one in ((now,) if old is response else (old,)) if one)

            def reaches(trace: Trace) -> bool:
                return _state(response, trace) != (_state(now, trace) if now else None)

            file, at = bench.subject.place("responses", response.id)
            return Mutant(
                f"{response.id}: {what}",
                operator,
                (file, at + pointer),
                replace(base, responses=responses),
                reaches,
            )

        yield mutant("response deleted", "deleted", "", None)
        for clause, less in narrowed(response.condition, bench.subject.item("responses", response.id)["when"]):
            now = response._replace(condition=less)
            yield mutant("clause of a response dropped", f"without when{clause}", f"/when{clause}", now)
        for index, id in enumerate(response.withheld_by):
            left = tuple(one for one in response.withheld_by if one != id)
            now = response._replace(withheld_by=left)
            yield mutant("withholding dropped", f"not withheld by {id}", f"/withheld_by/{index}", now)
        for perspective in bench.perspectives:
            audience = tuple(one for one in bench.perspectives if (one == perspective) != (one in response.audience))
            if audience:
                now = response._replace(audience=audience)
                yield mutant("audience changed", f"for {' and '.join(audience)}", "/audience", now)


def _state(response: Response, trace: Trace) -> tuple[str, ...] | None:
    """Return what withholds a response that a trace calls for, or would in its base; None where it does not."""
    perspective = trace.evidence.perspective
    called = perspective in response.audience and believed(value(response.condition, trace.certainties, perspective))
    return trace.holding_back(response.withheld_by) if called else None


def _of_safety(bench: Bench) -> Iterator[Mutant]:
    base = bench.base
    for safeguard in base.safeguards:
        left = tuple(one for one in base.safeguards if one is not safeguard)

        def given(trace: Trace, id: str = safeguard.id) -> bool:
            return id in trace.safeguards

        place = bench.subject.place("safeguards", safeguard.id)
        yield Mutant(f"{safeguard.id}: deleted", "safeguard deleted", place, replace(base, safeguards=left), given)
    for cause in base.causes:
        for index, id in enumerate(cause.leads_when):
            leads_when = tuple(one for one in cause.leads_when if one != id)
            now = tuple(one._replace(leads_when=leads_when) if one is cause else one for one in base.conclusions)

            def led(trace: Trace, id: str = id) -> bool:
                return believed(trace.certainties.get(id, 0.0))

            file, at = bench.subject.place("conclusions", cause.id)
            yield Mutant(
                f"{cause.id}: does not lead when {id}",
                "lead dropped",
                (file, f"{at}/leads_when/{index}"),
                replace(base, conclusions=now),
                led,
            )


def _tried(bench: Bench, mutant: Mutant) -> MutantResult:
    engine = Engine(mutant.base)
    trials = [one for one in bench.trials if mutant.reaches(one.trace)]
    for trial in trials:
        if trial.notices(trial.trace):  # it fails already, so it tells nothing of the mutant
            continue
        asked = trial.trace.evidence
        if _has(mutant.base, trial) and trial.notices(engine.trace(asked.certainties, perspective=asked.perspective)):
            return MutantResult(mutant.subject, mutant.operator, mutant.place, _name(trial), len(trials))
    return MutantResult(mutant.subject, mutant.operator, mutant.place, None, len(trials))


def _has(base: KnowledgeBase, trial: CaseTrial | ExampleTrial) -> bool:
    """Tell whether a trial is still there: the examples of a rule go with the rule."""
    return isinstance(trial, CaseTrial) or trial.rule.id in base.rule


def _name(trial: CaseTrial | ExampleTrial) -> str:
    if isinstance(trial, CaseTrial):
        return f"case {trial.case.id}"
    return f"example {trial.number + 1} of {trial.rule.id}"


@MUTATION.check("mutant-not-noticed", Severity.WARNING, "A fault was put into a copy of the base, and no case noticed.")
def _survivors(bench: Bench) -> Iterator[Trouble]:
    for one in bench.result(mutation) if bench.own_cases else ():
        if one.caught_by is None:
            seen = f"it shows in {one.reached} of them" if one.reached else "it shows in none of them"
            yield Trouble(
                one.subject,
                one.place,
                f"with {_quoted(one)}, every case and example passes as before; {seen}",
                "Add a case that turns on it, or say more in what a case expects.",
            )


def _quoted(result: MutantResult) -> str:
    """Return what a mutant is called in a sentence."""
    id, _, what = result.subject.partition(": ")
    return f"`{id}` {what}"
