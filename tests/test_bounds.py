"""What cannot happen does not happen: bounds hold, and a question that is closed changes nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, bases, consultations, small_base

import pushaway
from pushaway.engine.bounds import Bounds, Interval
from pushaway.engine.certainty import words
from pushaway.engine.choosing import Outlook
from pushaway.engine.ranking import due, leading, ranked, verdict
from pushaway.engine.trace import Trace
from pushaway.knowledge.building import build

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
ROUNDING = 1e-9


def _inside(drawn_engine: pushaway.Engine, chance: random.Random, evidence: dict[str, float], perspective: str) -> None:
    """Check that whatever free facts are answered, all certainties stay within the bounds."""
    trace = drawn_engine.trace(evidence, perspective=perspective)
    facts = list(drawn_engine.base.fact)
    names = facts + [id for id in evidence if id in drawn_engine.base.conclusion]
    free = {}
    for id in chance.sample(names, chance.randint(1, len(names))):
        ends = sorted(chance.choice([-1, -0.7, 0, 0.2, 0.4, 1]) for _ in range(2))
        now = evidence.get(id, 0.0)
        free[id] = Interval(min(ends[0], now), max(ends[1], now))
    bounds = Bounds(trace, free)
    for _ in range(4):
        answers = {id: chance.choice([*ends, chance.uniform(*ends)]) for id, ends in free.items()}
        after = drawn_engine.trace({**evidence, **answers}, perspective=perspective)
        for id, certainty in after.certainties.items():
            least, greatest = bounds.of(id)
            assert least - ROUNDING <= certainty <= greatest + ROUNDING, id
        if not bounds.outcome_is_open:
            assert (verdict(after), leading(after)) == (verdict(trace), leading(trace))


@settings(max_examples=60)
@given(bases(), st.randoms(use_true_random=False))
def test_no_answers_lead_beyond_the_bounds_of_any_base(drawn: Drawn, chance: random.Random) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 4):
        _inside(engine, chance, {id: float(one) for id, one in evidence.items()}, perspective)


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_no_answers_lead_beyond_the_bounds_of_the_shipped_base(chance: random.Random) -> None:
    told = chance.sample([*BASE.fact, *BASE.conclusion], chance.randrange(8))
    evidence = {id: chance.choice([1, 0.7, 0.4, -1]) for id in told}
    _inside(ENGINE, chance, evidence, chance.choice(["self", "observer"]))


@settings(max_examples=60)
@given(bases())
def test_steady_means_that_no_single_answer_changes_what_leads(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 3):
        trace = engine.trace(evidence, perspective=perspective)
        unasked = [id for id in engine.base.fact if id not in evidence]
        now = leading(trace)
        after = [
            leading(engine.trace({**evidence, id: answer}, perspective=perspective))
            for id in unasked
            for answer in engine.base.answer_certainties
        ]
        assert Outlook(engine, trace, unasked, unasked).steady == all(one == now for one in after)


def _scaled(*certainties: float) -> list[Any]:
    return [{"id": f"answer-{number}", "certainty": one, "label": "so"} for number, one in enumerate(certainties)]


def test_an_answer_in_between_can_change_what_leads() -> None:
    rules = [("known", "cause", 0.25), ("asked", "cause", 0.3), ({"all": ["asked", "half"]}, "other", 0.9)]
    documents = small_base(rules, ["known", "asked", "half"], causes=["cause", "other"]).documents
    documents["scales.json"]["answers"] = _scaled(1, 0.4, 0, -1)
    engine = pushaway.Engine(build(documents))
    trace = engine.trace({"known": 1, "half": 0.45})
    leaders = [leading(engine.trace({"known": 1, "half": 0.45, "asked": answer})) for answer in (-1, 0, 0.4, 1)]
    assert leaders == ["cause", "cause", "other", "cause"]
    assert not Outlook(engine, trace, ["asked"], ["asked"]).steady


def _gist(trace: Trace) -> tuple[object, ...]:
    """Return what an answer tells, but for decimals and reasons."""
    believed = [one.id for one in ranked(trace, "cause")][: sum(c > 0.2 + 1e-9 for c in _causes(trace))]
    return (
        verdict(trace),
        believed,
        [words(trace.certainties[id]) for id in believed],
        {one.response.id for one in due(trace) if not one.withheld_by},
        {one.response.id for one in due(trace) if one.withheld_by},
    )


def _causes(trace: Trace) -> list[float]:
    return [trace.certainties[cause.id] for cause in trace.base.causes]


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_a_closed_question_changes_nothing_whatever_else_is_answered(chance: random.Random) -> None:
    perspective = chance.choice(["self", "observer"])
    askable = [fact.id for fact in BASE.facts if fact.kind in ("sign", "finding") and perspective in fact.questions]
    told = {id: chance.choice([1, 0.7, 0.4, -1]) for id in chance.sample(askable, chance.randrange(10, len(askable)))}
    unasked = [id for id in askable if id not in told]
    trace = ENGINE.trace(told, perspective=perspective)
    closed = [id for id in unasked if id not in Outlook(ENGINE, trace, unasked, unasked).open]
    for id in closed[:6]:
        for _ in range(3):
            others = {other: chance.choice([1, 0.7, 0.4, 0, -1]) for other in unasked if other != id}
            gists = [
                _gist(ENGINE.trace({**told, **others, id: answer}, perspective=perspective))
                for answer in (1, 0.4, 0, -1)
            ]
            assert all(gist == gists[0] for gist in gists)


def test_some_questions_are_closed_and_some_are_open() -> None:
    trace = ENGINE.trace(dict.fromkeys(("stressed", "drained", "passing-stress"), 1.0), perspective="self")
    findings = [fact.id for fact in BASE.facts if fact.kind == "finding"]
    unasked = [id for id in findings if id not in trace.evidence.certainties]
    outlook = Outlook(ENGINE, trace, unasked, unasked)
    assert outlook.open
    settled = dict.fromkeys(findings, -1.0)
    trace = ENGINE.trace({**settled, "stressed": 1.0}, perspective="self")
    assert not Outlook(ENGINE, trace, ["sad"], ["sad"]).open


@pytest.mark.parametrize("perspective", [one.id for one in BASE.perspectives])
def test_the_best_question_is_one_whose_answer_moves_a_cause(perspective: str) -> None:
    trace = ENGINE.trace({}, perspective=perspective)
    findings = [fact.id for fact in BASE.facts if fact.kind == "finding" and perspective in fact.questions]
    best = Outlook(ENGINE, trace, findings, findings).best_first[0]
    moved = ENGINE.trace({best: 1.0}, perspective=perspective)
    assert max(_causes(moved)) > max(_causes(trace))
