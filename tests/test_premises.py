"""What is compiled or prepared for speed against its definition, read plainly: conditions, accounts, and questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, bases, consultations

import pushaway
from pushaway.engine.asking import SHOWN, ask_next
from pushaway.engine.certainty import believed
from pushaway.engine.premises import HOLDS, Standing, Status, held, standing, supports, value
from pushaway.engine.trace import Trace
from pushaway.knowledge.building import build
from pushaway.knowledge.conditions import Claim, Condition, Group, Leaf
from pushaway.knowledge.model import Fact

IDS = ("a", "b", "c", "d")
leaves = st.builds(Leaf, st.sampled_from(Claim), st.sampled_from(IDS))
mostly_plain = st.one_of(st.builds(Leaf, st.just(Claim.BELIEVED), st.sampled_from(IDS)), leaves)


def _group(parts: list[Condition]) -> st.SearchStrategy[Condition]:
    return st.builds(Group, st.integers(1, len(parts)), st.just(tuple(parts)))


conditions = st.recursive(
    mostly_plain, lambda inner: st.lists(inner, min_size=1, max_size=4).flatmap(_group), max_leaves=12
)
known = st.dictionaries(st.sampled_from(IDS), st.sampled_from([1.0, 0.6, 0.2, 0.05, 0.0, -0.2, -0.35, -1.0]))


def _value(condition: Condition, certainties: Mapping[str, float], perspective: str) -> float:
    if isinstance(condition, Group):
        return sorted((_value(part, certainties, perspective) for part in condition.parts), reverse=True)[
            condition.needed - 1
        ]
    certainty = certainties.get(condition.id, 0.0)
    return {
        Claim.BELIEVED: certainty,
        Claim.ABSENT: -certainty,
        Claim.UNLESS: float(not believed(certainty)),
        Claim.PERSPECTIVE: float(condition.id == perspective),
    }[condition.claim]


def _supports(condition: Condition, certainties: Mapping[str, float], perspective: str) -> list[Leaf]:
    if not believed(_value(condition, certainties, perspective)):
        return []
    if isinstance(condition, Leaf):
        return [condition]
    return [leaf for part in condition.parts for leaf in _supports(part, certainties, perspective)]


def _standing(
    condition: Condition, certainties: Mapping[str, float], settled: Collection[str], perspective: str
) -> Standing:
    if believed(_value(condition, certainties, perspective)):
        return HOLDS
    if isinstance(condition, Leaf):
        open_ = Status.FAILED if condition.id in settled else Status.WAITING
        return Standing(Status.NOT_APPLICABLE if condition.claim is Claim.PERSPECTIVE else open_, (condition,), 1)
    parts = [_standing(part, certainties, settled, perspective) for part in condition.parts]
    missing = condition.needed - parts.count(HOLDS)
    for status in (Status.WAITING, Status.FAILED, Status.NOT_APPLICABLE):
        of_status = [one for one in parts if one.status is status]
        if missing <= len(of_status):
            blockers = tuple(leaf for one in of_status for leaf in one.blockers)
            return Standing(status, blockers, sum(sorted(one.lacks for one in of_status)[:missing]))
        missing -= len(of_status)
    raise AssertionError("a group never needs more parts than it has")


@settings(max_examples=1500)
@given(conditions, known, st.sets(st.sampled_from(IDS)), st.sampled_from(IDS))
def test_compiled_conditions_say_what_their_definitions_say(
    condition: Condition, certainties: dict[str, float], settled: set[str], perspective: str
) -> None:
    expected = _value(condition, certainties, perspective)
    leaves_of_it = tuple(dict.fromkeys(_supports(condition, certainties, perspective)))
    assert value(condition, certainties, perspective) == expected
    assert supports(condition, certainties, perspective) == leaves_of_it
    assert held(condition)(certainties, perspective) == ((expected, leaves_of_it) if believed(expected) else None)
    found = standing(condition, certainties, settled, perspective)
    assert found == _standing(condition, certainties, settled, perspective)


@settings(max_examples=200)
@given(bases())
def test_accounts_and_questions_are_those_of_working_out_every_rule(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 6):
        _worked_out_anew(engine.trace(evidence, perspective=perspective))


def test_accounts_and_questions_of_the_shipped_cases() -> None:
    engine = pushaway.Engine()
    for case in engine.base.cases:
        _worked_out_anew(engine.trace(case.evidence, perspective=case.perspective))


def _worked_out_anew(trace: Trace) -> None:
    _accounted_for_anew(trace)
    assert ask_next(trace) == _asked(trace)


def _accounted_for_anew(trace: Trace) -> None:
    base, perspective = trace.base, trace.evidence.perspective
    settled = {id for id in trace.evidence.certainties if id in base.fact}
    expected: dict[str, Standing] = {}
    for conclusion in base.layered:
        stands = {
            rule.id: standing(rule.condition, trace.certainties, settled, perspective)
            for rule in base.rules_for[conclusion]
        }
        may_count = [id for id, one in stands.items() if one.status in (Status.FIRED, Status.WAITING)]
        if all(id in settled for rule in may_count for id in base.mentions[rule]):
            settled.add(conclusion)
        expected.update(stands)
    assert {**trace.standings} == expected
    assert [*trace.standings] == [rule.id for rule in base.rules]
    assert trace.settled == settled


def _asked(trace: Trace) -> tuple[Fact, ...]:
    """Return what to ask as :func:`ask_next` says that it is chosen."""
    base, perspective = trace.base, trace.evidence.perspective
    reach: dict[str, float] = {}
    for id in reversed(base.layered):
        own = (2.0 if trace.certainties[id] > 1e-9 else 1.0) if base.conclusion[id].kind == "cause" else 0.0
        onward = (abs(rule.certainty) * reach[rule.conclusion] for rule in base.rules if id in base.mentions[rule.id])
        reach[id] = max([own, *onward])
    worth = dict.fromkeys(base.fact, 0.0)
    for rule in base.rules:
        status, blockers, _ = trace.standings[rule.id]
        if status is Status.WAITING:
            for leaf in blockers:
                if leaf.id in worth and leaf.id not in base.conclusion[rule.conclusion].leads_when:
                    worth[leaf.id] += abs(rule.certainty) * reach[rule.conclusion] / len(blockers)
    askable = [
        fact
        for fact in base.facts
        if fact.kind in ("sign", "finding") and perspective in fact.questions and worth[fact.id] > 0
    ]
    best = sorted(askable, key=lambda fact: -round(worth[fact.id], 9))
    return () if trace.safeguards else tuple(best[:SHOWN])
