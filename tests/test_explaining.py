"""Explanations: how, why not, what if, what would change it; all of it true of the inference itself."""

from __future__ import annotations

import json
import math
import random
from itertools import combinations, product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, bases, consultations

import pushaway
from pushaway.engine.premises import value
from pushaway.knowledge.building import build
from pushaway.knowledge.conditions import Claim, ids
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
CAR = pushaway.Engine(pushaway.load(Path(__file__).parent / "bases" / "car"))
EXAMPLE = {"withdrawn": True, "ignoring-messages": True, "irritable": True}
IDS = [one.id for one in (*BASE.facts, *BASE.conclusions)]
ADVICE = [one.id for one in (*BASE.responses, *BASE.safeguards)]
EVIDENCE = st.dictionaries(st.sampled_from(IDS), st.booleans() | st.floats(-1, 1), max_size=8)
PERSPECTIVES = st.sampled_from(["observer", "self"])
VALIDATOR = jsonschema.Draft202012Validator(schema("explanation"))


@given(EVIDENCE, PERSPECTIVES, st.sampled_from(IDS + ADVICE))
def test_every_explanation_fits_its_schema_and_survives_json(evidence: Any, perspective: str, about: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    data = answer.explain(about, what_if={"stressed": None, "drained": True}, changes=False).to_dict()
    VALIDATOR.validate(data)
    assert json.loads(json.dumps(data)) == data
    helped = [one["id"] for one in data["safeguards"]]
    assert {*helped} >= {one.id for one in answer.safeguards}, "help is part of every form"
    assert helped == [one.id for one in BASE.safeguards if one.id in helped]


@settings(max_examples=200)
@given(EVIDENCE, PERSPECTIVES)
def test_shares_add_up_all_the_way_down(evidence: Any, perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    for conclusion in BASE.conclusion:
        for derived in answer.explain(conclusion, changes=False).how:
            assert math.isclose(math.fsum(one.share for one in derived.grounds), derived.certainty, abs_tol=1e-9)


@given(bases(), st.randoms(use_true_random=False))
def test_shares_add_up_in_any_base(drawn: Drawn, chance: random.Random) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 3):
        answer = engine.infer(evidence, perspective=perspective)
        (first, *_) = answer.explain(chance.choice(drawn.conclusions), changes=False).how
        assert math.isclose(math.fsum(one.share for one in first.grounds), first.certainty, abs_tol=1e-9)


@given(EVIDENCE, PERSPECTIVES)
def test_every_rule_is_accounted_for(evidence: Any, perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    explanation = answer.explain("mistrust", changes=False)
    assert [one.rule for one in explanation.rules] == [*BASE.rule]
    for one in explanation.rules:
        assert one.status in ("fired", "failed", "waiting", "not applicable")
        assert (one.status == "fired") == (one.rule in answer.reasoning.trace.fired)
        assert bool(one.blockers) == (one.status != "fired")


@given(EVIDENCE, PERSPECTIVES)
def test_premises_are_what_makes_a_rule_fire_and_lead_down_to_the_evidence(evidence: Any, perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    certainties = answer.reasoning.trace.certainties
    how = answer.explain("fear-of-intimacy", changes=False).how
    explained = {one.id for one in how}
    assert how[0].id == "fear-of-intimacy"
    assert len(explained) == len(how), "each is explained once"
    for ground in (ground for one in how for ground in one.grounds if ground.rule != "evidence"):
        rule = BASE.rule[ground.rule]
        assert ground.premises
        assert math.isclose(ground.certainty, value(rule.condition, certainties, perspective) * rule.certainty)
        kept = {one.id: certainties.get(one.id, 0.0) for one in ground.premises if one.claim in ("believed", "absent")}
        assert value(rule.condition, kept, perspective) > 0.2, "what is named is enough"
        assert {id for id in kept if id in BASE.conclusion} <= explained


def test_why_not_names_what_is_nearest_first() -> None:
    answer = ENGINE.infer({"betrayed-before": False, "hurt-before": True}, perspective="self")
    nearest = answer.explain("mistrust", changes=False).nearest
    by_rule = {one.rule: one for one in nearest}
    assert [(one.id, one.claim) for one in by_rule["ends-in-disappointment"].blockers] == [
        ("expects-disappointment", "believed")
    ]
    assert by_rule["ends-in-disappointment"].status == "waiting"
    assert by_rule["betrayal-teaches-mistrust"].status == "failed"
    statuses = [one.status for one in nearest]
    assert statuses == sorted(statuses, key=["waiting", "failed", "not applicable"].index)
    fired = {ground.rule for ground in answer.explain("mistrust", changes=False).how[0].grounds}
    assert fired | {*by_rule} == {rule.id for rule in BASE.rules_for["mistrust"]}


@given(EVIDENCE, PERSPECTIVES, st.dictionaries(st.sampled_from(IDS), st.none() | st.booleans(), min_size=1, max_size=3))
def test_what_if_is_the_difference_of_two_inferences(evidence: Any, perspective: str, supposed: Any) -> None:
    before = ENGINE.infer(evidence, perspective=perspective)
    what_if = before.explain("overwhelmed", what_if=supposed, changes=False).what_if
    assert what_if is not None
    changed = {**evidence, **supposed}
    after = ENGINE.infer({id: one for id, one in changed.items() if one is not None}, perspective=perspective)
    difference = what_if.difference
    assert {one.id: (one.before, one.after) for one in difference.causes} == {
        one.id: (one.certainty, next(two.certainty for two in after.causes if two.id == one.id))
        for one in before.causes
    }
    assert difference.verdict == (before.verdict, after.verdict)
    assert difference.leading == (before.leading, after.leading)
    for part in ("responses", "withheld", "safeguards", "beyond"):
        had, has = ({one.id for one in getattr(some, part)} for some in (before, after))
        exchanged = getattr(difference, part)
        assert ({*exchanged.added}, {*exchanged.removed}) == (has - had, had - has)


def _outcome(answer: pushaway.Answer) -> tuple[str, str | None]:
    return answer.verdict, answer.leading


def _all_changes(engine: pushaway.Engine, evidence: dict[str, float], perspective: str) -> set[Any]:
    """Return by trying all of them what the smallest changes are."""
    base = engine.base
    now = _outcome(engine.infer(evidence, perspective=perspective))
    scale = {0.0, *(one.certainty for one in base.answers)}
    names = [fact.id for fact in base.facts if perspective in fact.questions or fact.id in evidence]
    names += [id for id in evidence if id in base.conclusion]
    found: set[Any] = set()
    for size in (1, 2):
        for some in combinations(names, size):
            for answers in product(scale, repeat=size):
                changes = frozenset(zip(some, answers, strict=True))
                if any(evidence.get(id, 0.0) == answer for id, answer in changes):
                    continue
                if any(one < changes for one, _, _ in found):
                    continue
                after = _outcome(engine.infer({**evidence, **dict(changes)}, perspective=perspective))
                if after != now:
                    found.add((changes, *after))
    return found


def _told_changes(answer: pushaway.Answer, about: str) -> set[Any]:
    changes = answer.explain(about).changes
    assert changes is not None
    assert len(set(changes)) == len(changes)
    return {(frozenset(one.changes), one.verdict, one.leading) for one in changes}


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_the_smallest_changes_are_all_of_them_and_no_others(chance: random.Random) -> None:
    names = [*CAR.base.fact, *CAR.base.conclusion]
    evidence = {id: chance.choice([1.0, 0.6, -1.0]) for id in chance.sample(names, chance.randrange(6))}
    perspective = chance.choice([one.id for one in CAR.base.perspectives])
    answer = CAR.infer(evidence, perspective=perspective)
    assert _told_changes(answer, CAR.base.causes[0].id) == _all_changes(CAR, evidence, perspective)


@settings(max_examples=40)
@given(bases(most_rules=12))
def test_the_smallest_changes_are_exact_in_any_base(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    cause = engine.base.causes[0].id
    for given_, perspective in consultations(drawn, 2):
        evidence = {
            id: float(one) if one is not False else -1.0 for id, one in given_.items() if one != 0 or one is False
        }
        answer = engine.infer(evidence, perspective=perspective)
        assert _told_changes(answer, cause) == _all_changes(engine, evidence, perspective)


def test_a_cause_that_leads_for_safetys_sake_can_itself_be_talked_out_of() -> None:
    evidence = {"other-is-hurtful": 0.4, "protective-distance": 0.4, "stressed": 1.0, "seeking-solitude": 1.0}
    answer = ENGINE.infer(evidence, perspective="self")
    assert answer.leading == "protective-distance"
    changes = answer.explain("protective-distance").changes
    assert changes is not None
    assert any(one.changes == (("protective-distance", -1.0),) and one.leading == "need-for-space" for one in changes)


@given(EVIDENCE, PERSPECTIVES)
def test_what_is_lacking_is_the_least_that_would_do(evidence: Any, perspective: str) -> None:
    trace = ENGINE.trace(evidence, perspective=perspective)
    for rule in BASE.rules:
        stands = trace.standings[rule.id]
        blockers = [*dict.fromkeys(stands.blockers)]
        assert (stands.lacks == 0) == (stands.status.value == "fired")
        assert stands.lacks <= len(stands.blockers)
        if stands.status.value != "waiting" or len(blockers) > 8:
            continue
        holding = {Claim.BELIEVED: 1.0, Claim.ABSENT: -1.0, Claim.UNLESS: 0.0}
        for size in range(stands.lacks + 1):
            enough = [
                value(
                    rule.condition,
                    {**trace.certainties, **{leaf.id: holding[leaf.claim] for leaf in some}},
                    perspective,
                )
                > 0.2 + 1e-9
                for some in combinations(blockers, size)
            ]
            assert any(enough) == (size == stands.lacks), rule.id


def test_every_cause_of_the_example_tells_what_would_change_it() -> None:
    answer = ENGINE.infer(EXAMPLE)
    for cause in BASE.causes:
        explanation = answer.explain(cause.id)
        VALIDATOR.validate(explanation.to_dict())
        assert explanation.changes
        alone = {one.changes[0].id for one in explanation.changes if len(one.changes) == 1}
        assert {"irritable", "withdrawn", "other-is-hurtful"} <= alone


def test_why_a_question_names_the_rules_that_wait_and_what_each_answer_would_do() -> None:
    answer = ENGINE.infer(EXAMPLE)
    why = answer.explain("stressed").question
    assert why is not None
    assert why.question == BASE.fact["stressed"].questions["observer"]
    assert "stress-has-won" in why.waiting
    assert all("stressed" in ids(BASE.rule[id].condition) for id in why.waiting)
    assert [one.answer for one in why.effects] == [one.id for one in BASE.answers]
    moved = {one.answer: {c.id: c.after - c.before for c in one.difference.causes} for one in why.effects}
    assert moved["yes"]["overwhelmed"] > moved["somewhat"]["overwhelmed"] > 0
    assert not any(moved["unknown"].values())
    assert answer.explain("ashamed").question.question is None, "only the other can know"  # type: ignore[union-attr]
    used = ENGINE.infer({**EXAMPLE, "stressed": True}).explain("stressed").question
    assert used is not None
    assert "stress-has-won" in used.used_by
    assert "stress-has-won" not in used.waiting


def test_why_a_response_is_given_withheld_or_not_called_for() -> None:
    def status(about: str, evidence: dict[str, bool | float], perspective: str = "observer") -> tuple[Any, ...]:
        advice = ENGINE.infer(evidence, perspective=perspective).explain(about).advice
        assert advice is not None
        return advice.status, advice.for_, advice.withheld_by, [one.id for one in advice.blockers]

    assert status("stay-available", EXAMPLE) == ("recommended", ("pushing-away", "overwhelmed"), (), [])
    danger = status("stay-available", {**EXAMPLE, "in-danger": 0.1})
    assert (danger[0], danger[2]) == ("withheld", ("in-danger",))
    assert status("couples-counselling", {**EXAMPLE, "tried-to-change": True})[::3] == (
        "not called for",
        ["romantic-relationship"],
    )
    assert status("take-the-space", EXAMPLE)[0] == "for another perspective"
    assert status("get-safe", {"in-danger": 0.1}) == ("recommended", ("in-danger",), (), [])
    assert status("get-safe", EXAMPLE)[::3] == ("not called for", ["in-danger"])


def test_what_cannot_be_explained_is_a_clear_error() -> None:
    answer = ENGINE.infer(EXAMPLE)
    with pytest.raises(pushaway.EvidenceError, match="Did you mean `overwhelmed`"):
        answer.explain("overwelmed")
    with pytest.raises(pushaway.EvidenceError, match="unknown fact"):
        answer.explain("overwhelmed", what_if={"witdrawn": True})
    with pytest.raises(pushaway.EvidenceError, match="-1 to 1"):
        answer.explain("overwhelmed", what_if={"withdrawn": 7})
    with pytest.raises(pushaway.EvidenceError, match="Did you mean `mostly`"):
        answer.explain("overwhelmed", what_if={"withdrawn": "mostyl"})
    with pytest.raises(pushaway.EvidenceError, match="what_if is a mapping"):
        answer.explain("overwhelmed", what_if="withdrawn")  # type: ignore[arg-type]


def test_nobodys_answers_stand_in_the_repr_of_an_explanation() -> None:
    explanation = ENGINE.infer({"self-harm-thoughts": True}).explain("overwhelmed", changes=False)
    assert "self-harm" not in repr(explanation)
    assert isinstance(explanation, pushaway.Explanation)
