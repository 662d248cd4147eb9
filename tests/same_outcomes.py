"""Many cases at once against the engine, case by case."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
from strategies import Given

import pushaway
from pushaway.engine.answer import Withheld
from pushaway.engine.batch.evaluator import Evaluator
from pushaway.engine.batch.records import Outcome, records
from pushaway.engine.batch.rows import Rows
from pushaway.engine.certainty import believed
from pushaway.engine.ranking import due, leading, verdict
from pushaway.engine.trace import Trace
from pushaway.knowledge import KnowledgeBase

Case = tuple[Given, str]
BORDERS = tuple(sign * (0.2 + beyond) for sign in (1, -1) for beyond in (-1e-8, -1e-10, 0.0, 1e-10, 1e-8))
"""Around belief, which begins at 0.2 + 1e-9; at that number itself, rounding decides."""


def expected(trace: Trace) -> Outcome:
    """Return what a trace comes to, as :mod:`pushaway.engine.answering` reads it."""
    base, certainties, called = trace.base, trace.certainties, due(trace)
    fired = {*trace.fired}
    return Outcome(
        perspective=trace.evidence.perspective,
        safeguards=trace.safeguards,
        verdict=verdict(trace),
        leading=leading(trace),
        certainties={id: certainties[id] for id in base.conclusion},
        responses=tuple(one.response.id for one in called if not one.withheld_by),
        withheld=tuple(Withheld(one.response.id, one.withheld_by) for one in called if one.withheld_by),
        beyond=tuple(
            id for id in certainties if id in base.fact and base.fact[id].kind == "beyond" and believed(certainties[id])
        ),
        contradictions=trace.contradictions,
        rules=tuple(rule.id for rule in base.rules if rule.id in fired),
    )


def agree(engine: pushaway.Engine, cases: Iterable[Case], at_a_time: int = 10_000) -> Iterator[Outcome]:
    """Check that many cases at once come to what each of them does, and yield what that is."""
    evaluator, left = Evaluator(engine.base), iter(cases)
    while some := [*islice(left, at_a_time)]:
        rows = Rows(engine.base)
        for evidence, perspective in some:
            rows.add(evidence, perspective)
        outcomes = evaluator.reckon(rows.columns(), rows.codes(), ranked=True)
        alone = [expected(engine.trace(evidence, perspective=perspective)) for evidence, perspective in some]
        certainties = np.array([[*one.certainties.values()] for one in alone])
        assert np.abs(outcomes.certainties.array.T - certainties).max() <= 1e-9
        for case, one, other in zip(some, records(outcomes), alone, strict=True):
            assert one._replace(certainties=other.certainties) == other, case
        yield from alone


def drawn_cases(base: KnowledgeBase, count: int) -> Iterator[Case]:
    """Draw evidence with a fixed seed: of one kind or all, at times about conclusions, with numbers around belief."""
    chance = random.Random(5)
    kinds = sorted({fact.kind for fact in base.facts})
    answers = [one.certainty for one in base.answers]
    for number in range(count):
        names = [*base.fact, *base.conclusion] if number % 4 == 0 else [*base.fact]
        if number % 4 == 1:
            kind = chance.choice(kinds)
            names = [fact.id for fact in base.facts if fact.kind == kind]
        values = [*answers, True, True, False, chance.choice(BORDERS), chance.uniform(-1, 1)]
        if number % 5 == 0:  # or many are never told to be absent together
            values = [chance.choice(values)]
        told = chance.sample(names, chance.randint(0, min(25, len(names))))
        yield {id: chance.choice(values) for id in told}, chance.choice(base.perspectives).id
