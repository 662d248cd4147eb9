"""What the audit calls exact or proved is so: against brute force, and against whatever can be drawn."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from broken_base import CAR
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, bases, consultations, small_base

import pushaway
from pushaway.engine.audit import subject_of
from pushaway.engine.audit.behaviour import influences, proofs
from pushaway.engine.audit.bench import Bench, CaseTrial
from pushaway.engine.audit.mutation import mutants, mutation
from pushaway.engine.audit.requirements import required
from pushaway.engine.certainty import believed
from pushaway.engine.premises import value
from pushaway.knowledge.audit.checks import Subject
from pushaway.knowledge.audit.logic import BELIEVED, DENIED, NEITHER, Logic, narrowed
from pushaway.knowledge.building import build
from pushaway.knowledge.conditions import Condition, ids, parse, to_json
from pushaway.knowledge.model import Charter, Requirement

NAMES = ["a", "b", "c", "d"]
CERTAIN = {BELIEVED: 0.7, NEITHER: 0.1, DENIED: -0.7}
leaf: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(NAMES),
    st.builds(lambda key, name: {key: name}, st.sampled_from(["absent", "unless"]), st.sampled_from(NAMES)),
    st.sampled_from([{"perspective": "self"}, {"perspective": "observer"}]),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaf,
    lambda inner: st.lists(inner, min_size=1, max_size=4).flatmap(
        lambda parts: st.sampled_from(
            [{"all": parts}, {"any": parts}, *({"at_least": k, "of": parts} for k in range(1, len(parts) + 1))]
        )
    ),
    max_leaves=6,
).map(parse)


def _worlds(excluding: frozenset[str] = frozenset()) -> Iterator[tuple[dict[str, float], str]]:
    """Yield certainties for every state of the four names, from both perspectives."""
    for states in itertools.product(CERTAIN, repeat=len(NAMES)):
        world = dict(zip(NAMES, states, strict=True))
        if sum(world[name] == BELIEVED for name in excluding) <= 1:
            for perspective in ("self", "observer"):
                yield {name: CERTAIN[state] for name, state in world.items()}, perspective


def _holds(condition: Condition, certainties: dict[str, float], perspective: str) -> bool:
    return believed(value(condition, certainties, perspective))


@settings(max_examples=300)
@given(conditions, conditions, st.sampled_from([frozenset[str](), frozenset("ab"), frozenset("abc")]))
def test_what_can_hold_and_what_implies_what_is_decided_exactly(
    one: Condition, other: Condition, excluding: frozenset[str]
) -> None:
    logic = Logic(("self", "observer"), (excluding,))
    worlds = list(_worlds(excluding))
    assert (logic.possible((one, True)) is not None) == any(_holds(one, *world) for world in worlds)
    implied = all(_holds(other, *world) for world in worlds if _holds(one, *world))
    assert logic.implies(one, other) == implied


@settings(max_examples=200)
@given(conditions)
def test_a_condition_without_a_clause_has_one_clause_less_at_the_place_that_is_named(condition: Condition) -> None:
    data = to_json(condition)
    for clause, less in narrowed(condition, data):
        there: Any = data
        for step in clause.split("/")[1:]:
            there = there[int(step) if isinstance(there, list) else step]
        assert set(ids(less)) | set(ids(parse(there))) == set(ids(condition))


def _built(drawn: Drawn) -> pushaway.KnowledgeBase:
    return build(drawn.documents)


@settings(max_examples=60)
@given(bases(most_rules=12))
def test_what_moves_a_conclusion_one_way_never_moves_it_the_other(drawn: Drawn) -> None:
    base = _built(drawn)
    engine, ways = pushaway.Engine(base), influences(base)
    chance = random.Random(drawn.seed)
    for evidence, perspective in consultations(drawn, 6):
        told = {id: one for id, one in evidence.items() if id in base.fact}
        fact = chance.choice(drawn.facts)
        less, more = sorted([chance.uniform(-0.99, 0.99), chance.uniform(-0.99, 0.99)])
        below, above = (
            engine.trace({**told, fact: certainty}, perspective=perspective).certainties for certainty in (less, more)
        )
        for conclusion in base.conclusion:
            way = ways.get((fact, conclusion), frozenset())
            moved = above[conclusion] - below[conclusion]
            assert moved <= 1e-9 or 1 in way
            assert moved >= -1e-9 or -1 in way


def _requirements(base: pushaway.KnowledgeBase, chance: random.Random) -> Iterator[Requirement]:
    """Yield requirements that may or may not hold of a base."""
    names = [*base.fact, *base.conclusion]
    for number in range(6):
        yield Requirement(
            id=f"requirement-{number}",
            title="Something must hold.",
            rationale="For tests.",
            when=tuple(chance.sample(names, chance.choice([0, 1, 1, 2]))),
            only=chance.choice([None, None, "sign"]),
            safeguards=tuple(one.id for one in base.safeguards if chance.random() < 0.2),
            first=chance.choice([None, base.causes[0].id]),
            never=tuple(one.id for one in base.responses if chance.random() < 0.5),
            no_cause_above=chance.choice([None, None, 0.9]),
        )


def _breaks(base: pushaway.KnowledgeBase, it: Requirement, answer: pushaway.Answer) -> bool:
    """Tell whether an answer breaks a requirement, read as its schema says."""
    told = {one.id: one.certainty for one in answer.evidence}
    known = told | {one.id: one.certainty for one in (*answer.causes, *answer.mechanisms)}
    if it.only and any(id not in base.fact or base.fact[id].kind != it.only for id in told):
        return False
    alarms = {fact.id for fact in base.facts if fact.kind == "safeguard"}
    if it.when and not any(known.get(id, 0) > (0 if id in alarms else 0.2 + 1e-9) for id in it.when):
        return False
    first = answer.causes[0]
    opposed = it.first is not None and told.get(it.first, 0.0) < 0  # which the schema says is another matter
    return (
        not {*it.safeguards} <= {one.id for one in answer.safeguards}
        or (it.first is not None and not opposed and not (first.id == it.first and first.certainty > 0.2 + 1e-9))
        or any(one.id in it.never for one in answer.responses)
        or (it.no_cause_above is not None and any(one.certainty > it.no_cause_above + 1e-9 for one in answer.causes))
    )


@settings(max_examples=60)
@given(bases(most_rules=8))
def test_what_is_proved_cannot_be_broken_and_what_is_broken_is_so(drawn: Drawn) -> None:
    base = _built(drawn)
    chance = random.Random(drawn.seed)
    base = replace(base, charter=Charter(requirements=tuple(_requirements(base, chance))))
    bench = Bench(Subject(base, drawn.documents, None, None, date(2026, 1, 1)), pushaway.Engine(base))
    tries = consultations(drawn, 20)
    for proof, requirement in zip(required(bench), base.charter.requirements, strict=True):
        if proof.check == "requirement-never-applies":
            assert requirement.only
            assert all(base.fact[id].kind != requirement.only for id in requirement.when)
        elif proof.broken_by is not None:
            answer = bench.engine.infer(proof.broken_by, perspective=proof.perspective)
            assert _breaks(base, requirement, answer)
            for id in proof.broken_by:
                less = {other: one for other, one in proof.broken_by.items() if other != id}
                assert not _breaks(base, requirement, bench.engine.infer(less, perspective=proof.perspective))
        elif proof.how in ("bounds", "enumerated"):
            chosen = base.answer_certainties
            for evidence, perspective in tries:
                told = dict(evidence)
                if proof.how == "enumerated":  # which is said of the answers that can be chosen, and of facts
                    told = {
                        id: min(chosen, key=lambda one, given=told[id]: abs(one - given))
                        for id in told
                        if id in base.fact
                    }
                assert not _breaks(base, requirement, bench.engine.infer(told, perspective=perspective))


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_that_is_said_to_show_in_no_trial_changes_nothing_there(seed: int) -> None:
    subject = subject_of(CAR)
    bench = Bench(subject, pushaway.Engine(subject.base))
    chance = random.Random(seed)
    for mutant in chance.sample(list(mutants(bench)), 12):
        engine = pushaway.Engine(mutant.base)
        for trial in bench.trials:
            if not mutant.reaches(trial.trace):
                told = trial.trace.evidence
                after = engine.infer(told.certainties, perspective=told.perspective)
                before = bench.engine.infer(told.certainties, perspective=told.perspective)
                for part in ("causes", "mechanisms", "safeguards", "verdict"):
                    assert getattr(after, part) == getattr(before, part), mutant.subject
                for part in ("responses", "withheld"):  # not for what they are given: a case cannot expect that
                    assert [one.id for one in getattr(after, part)] == [one.id for one in getattr(before, part)]


def test_a_fault_is_noticed_exactly_where_a_case_or_example_fails() -> None:
    subject = subject_of(CAR)
    fewer = replace(subject.base, cases=subject.base.cases[:2])
    bench = Bench(replace(subject, base=fewer), pushaway.Engine(fewer))
    outcomes = {one.subject: one for one in mutation(bench)}
    assert 0 < sum(one.caught_by is None for one in outcomes.values()) < len(outcomes)
    for mutant in mutants(bench):
        engine = pushaway.Engine(mutant.base)
        fails = [
            trial
            for trial in bench.trials
            if (isinstance(trial, CaseTrial) or trial.rule.id in mutant.base.rule)
            and trial.notices(
                engine.trace(trial.trace.evidence.certainties, perspective=trial.trace.evidence.perspective)
            )
        ]
        assert bool(fails) == (outcomes[mutant.subject].caught_by is not None), mutant.subject


def test_a_requirement_with_a_first_cause_is_not_proved_past_what_is_told_against_it() -> None:
    """Told against the cause that must stand first, advice that is withheld while it is believed comes back."""
    drawn = small_base([("f", "cause", 0.95)], ["f"])
    response = {
        "id": "open-up",
        "text": "Open up.",
        "audience": ["self"],
        "when": {"unless": "cause"},
        "order": 1,
        "source": [{"paragraph": 1, "sha256": "0" * 64}],
    }
    documents = {**drawn.documents, "responses.json": {"kind": "responses", "responses": [response]}}
    requirement = Requirement("it", "It must.", "For tests.", ("f",), None, (), "cause", ("open-up",), None)
    base = replace(build(documents), charter=Charter(requirements=(requirement,)))
    bench = Bench(Subject(base, documents, None, None, date(2026, 1, 1)), pushaway.Engine(base))
    (proof,) = required(bench)
    assert proof.how != "bounds"
    answer = bench.engine.infer({"f": True, "cause": False}, perspective="self")
    assert [one.id for one in answer.responses] == ["open-up"]


def test_graded_answers_are_tried_where_the_form_of_the_rules_does_not_show_it() -> None:
    """A weak yes can bring about what a full yes holds back."""
    drawn = small_base(
        [("s", "c", 0.3), ("s", "m", 0.25), ({"all": ["s", {"unless": "m"}]}, "c", -0.9)], ["s"], ["m"], ["c"]
    )
    documents = json.loads(json.dumps(drawn.documents))
    documents["facts.json"]["of"] = "sign"
    documents["scales.json"]["answers"].append({"id": "half", "certainty": 0.5, "label": "half"})
    base = build(documents)
    bench = Bench(Subject(base, documents, None, None, date(2026, 1, 1)), pushaway.Engine(base))
    (broken,) = (one for one in bench.result(proofs) if one.broken_by is not None)
    assert (broken.check, broken.broken_by) == ("sign-lowers", {"s": 0.5})
