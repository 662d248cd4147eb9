"""The engine against the oracle: on thousands of drawn cases, with either matcher, and on the shipped base."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import oracle
import pytest
import strategies
from conftest import Process
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, Given, bases, consultations

import pushaway
from pushaway.engine.premises import Status
from pushaway.engine.trace import Trace
from pushaway.knowledge.building import build
from pushaway.knowledge.shape import schema

MATCHERS = ("ground", "rete")
SIGNS = (
    "withdrawn",
    "unenthusiastic",
    "ignoring-messages",
    "spending-time-alone",
    "physically-distant",
    "tension",
    "irritable",
    "uninterested",
)
ANSWER = jsonschema.Draft202012Validator(schema("answer"))


def _agrees(trace: Trace, expected: oracle.Outcome) -> None:
    assert set(trace.fired) == expected.fired
    assert len(trace.fired) == len(expected.fired), "a rule fired twice"
    assert trace.certainties.keys() == expected.certainties.keys()
    assert trace.certainties == pytest.approx(expected.certainties, rel=0, abs=1e-9)
    assert [*trace.recommended] == expected.recommended
    assert [*trace.safeguards] == expected.safeguards


def _adds_up(trace: Trace) -> None:
    for conclusion, contributions in trace.contributions.items():
        assert sum(one.share for one in contributions) == pytest.approx(trace.certainties[conclusion], abs=1e-9)


def _accounts_for_every_rule(trace: Trace) -> None:
    known = trace.evidence.certainties
    assert [*trace.standings] == [rule.id for rule in trace.base.rules]
    assert {id for id, one in trace.standings.items() if one.status is Status.FIRED} == {*trace.fired}
    for standing in trace.standings.values():
        assert bool(standing.blockers) == (standing.status is not Status.FIRED)
        if standing.status is Status.WAITING:
            assert not [leaf for leaf in standing.blockers if leaf.id in trace.base.fact and leaf.id in known]


def _check(engine: pushaway.Engine, documents: Mapping[str, Any], evidence: Given, perspective: str) -> None:
    trace = engine.trace(evidence, perspective=perspective)
    _agrees(trace, oracle.reason(documents, evidence, perspective))
    _adds_up(trace)
    _accounts_for_every_rule(trace)


@settings(max_examples=600)
@given(bases())
def test_drawn_bases_with_our_matcher(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 8):
        _check(engine, drawn.documents, evidence, perspective)


@settings(max_examples=150)
@given(bases(most_rules=15))
def test_drawn_bases_with_rete(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents), matcher="rete")
    for evidence, perspective in consultations(drawn, 8):
        _check(engine, drawn.documents, evidence, perspective)


@settings(max_examples=20)
@given(bases())
def test_drawn_bases_are_sound(tmp_path_factory: pytest.TempPathFactory, drawn: Drawn) -> None:
    """What is drawn is what `load` admits, so the agreement above is about real bases."""
    folder = _written(tmp_path_factory.mktemp("base"), drawn.documents)
    assert pushaway.load(folder).digest == build(drawn.documents).digest


def test_only_a_safeguard_fact_can_call_for_a_safeguard(tmp_path: Path) -> None:
    """A safeguard on another fact could never be given, which would be worse than none."""
    drawn = strategies.small_base([("seen", "cause", 0.5)], ["seen"])
    documents = {**drawn.documents, "safeguards.json": strategies.safeguards(["seen"])}
    problems = pushaway.check(_written(tmp_path, documents))
    assert "not a fact of the kind safeguard" in str(problems[0])


def test_a_rule_waits_where_a_conclusion_below_it_can_still_rise() -> None:
    engine = pushaway.Engine()
    denied: Given = {"fears-being-hurt-again": False}
    assert engine.trace(denied, perspective="self").standings["closeness-hurts"].status is Status.WAITING
    risen = denied | dict.fromkeys(["hurt-before", "unresolved-hurt", "expects-everyone-to-hurt"], True)
    assert "closeness-hurts" in engine.trace(risen, perspective="self").fired


def _written(folder: Path, documents: Mapping[str, Any]) -> Path:
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


@settings(max_examples=150)
@given(bases(most_rules=12))
def test_answers_to_drawn_bases_fit_their_schema(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 4):
        ANSWER.validate(engine.infer(evidence, perspective=perspective).to_dict())


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from(["fact-0", "fact-1"]), st.sampled_from([1.0, -1.0, 0.6, -0.35])), max_size=5),
    strategies.evidence(["fact-0", "fact-1", "cause"]),
    st.sampled_from(MATCHERS),
)
def test_certain_levels_and_contradictions(rules: list[tuple[str, float]], evidence: Given, matcher: Any) -> None:
    """A base may say that something is certain; for and against at once is 0 and is told."""
    every = [(condition, "cause", level) for condition, level in [*rules, ("fact-0", 0.5)]]
    drawn = strategies.small_base(every, ["fact-0", "fact-1"])
    engine = pushaway.Engine(build(drawn.documents), matcher=matcher)
    _check(engine, drawn.documents, evidence, "self")
    trace = engine.trace(evidence)
    sides = {one.certainty for one in trace.contributions["cause"]} & {1.0, -1.0}
    assert trace.contradictions == (("cause",) if len(sides) == 2 else ())
    ANSWER.validate(engine.infer(evidence).to_dict())


SHIPPED = pushaway.load()
SHIPPED_NAMES = [*SHIPPED.fact, *SHIPPED.conclusion]
SHIPPED_ENGINES: dict[str, pushaway.Engine] = {
    "ground": pushaway.Engine(SHIPPED),
    "rete": pushaway.Engine(SHIPPED, matcher="rete"),
}
shipped_evidence = st.one_of(
    strategies.evidence(SHIPPED_NAMES),
    st.dictionaries(st.sampled_from([*SHIPPED.fact]), st.booleans(), max_size=40),
)
shipped_perspective = st.sampled_from(["observer", "self"])


@settings(max_examples=250)
@given(shipped_evidence, shipped_perspective)
def test_shipped_base_with_our_matcher(shipped_documents: dict[str, Any], evidence: Given, perspective: str) -> None:
    _check(SHIPPED_ENGINES["ground"], shipped_documents, evidence, perspective)
    ANSWER.validate(SHIPPED_ENGINES["ground"].infer(evidence, perspective=perspective).to_dict())


@settings(max_examples=40)
@given(shipped_evidence, shipped_perspective)
def test_shipped_base_with_rete(shipped_documents: dict[str, Any], evidence: Given, perspective: str) -> None:
    _check(SHIPPED_ENGINES["rete"], shipped_documents, evidence, perspective)
    answers = [engine.infer(evidence, perspective=perspective) for engine in SHIPPED_ENGINES.values()]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("perspective", ["observer", "self"])
def test_every_combination_of_the_eight_signs(shipped_documents: dict[str, Any], perspective: str) -> None:
    for seen in itertools.product([True, False], repeat=len(SIGNS)):
        evidence: Given = {sign: True for sign, there in zip(SIGNS, seen, strict=True) if there}
        _check(SHIPPED_ENGINES["ground"], shipped_documents, evidence, perspective)


@settings(max_examples=100)
@given(shipped_evidence, shipped_perspective, st.randoms(use_true_random=False))
def test_order_of_evidence_does_not_matter(evidence: Given, perspective: str, rearranged: random.Random) -> None:
    shuffled = [*evidence.items()]
    rearranged.shuffle(shuffled)
    engine = SHIPPED_ENGINES["ground"]
    one, other = (engine.infer(given, perspective=perspective) for given in (evidence, dict(shuffled)))
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())


@settings(max_examples=100)
@given(bases(), st.randoms(use_true_random=False))
def test_order_of_rules_does_not_matter(drawn: Drawn, rearranged: random.Random) -> None:
    one = pushaway.Engine(build(drawn.documents))
    other = pushaway.Engine(build(_rules_shuffled(drawn.documents, rearranged)))
    for evidence, perspective in consultations(drawn, 4):
        expected, found = (engine.trace(evidence, perspective=perspective) for engine in (one, other))
        assert {*found.fired} == {*expected.fired}
        assert found.certainties == pytest.approx(expected.certainties, rel=0, abs=1e-12)


def _rules_shuffled(documents: Mapping[str, Any], rearranged: random.Random) -> dict[str, Any]:
    files = {name: document for name, document in documents.items() if document["kind"] == "rules"}
    rules = [rule for document in files.values() for rule in document["rules"]]
    rearranged.shuffle(rules)
    dealt = {name: {**document, "rules": []} for name, document in files.items()}
    for rule in rules:
        dealt[rearranged.choice([*dealt])]["rules"].append(rule)
    return {**documents, **dealt}


@settings(max_examples=150)
@given(bases(most_rules=6))
def test_failed_rules_cannot_fire_any_more(drawn: Drawn) -> None:
    """Nor those that are not applicable, whatever the unknown facts of the whole base turn out to be."""
    engine = pushaway.Engine(build(drawn.documents))
    for evidence, perspective in consultations(drawn, 4):
        trace = engine.trace(evidence, perspective=perspective)
        hopeless = {id for id, one in trace.standings.items() if one.status in (Status.FAILED, Status.NOT_APPLICABLE)}
        for completed in _completions(evidence, sorted(drawn.facts)):
            assert not hopeless & set(oracle.reason(drawn.documents, completed, perspective).fired), completed


def _completions(evidence: Given, facts: list[str]) -> Iterator[Given]:
    """Yield all ways of answering what is unknown yes or no, or forty of them where they are more."""
    unknown = [fact for fact in facts if evidence.get(fact) is not False and not evidence.get(fact)]
    every = list(itertools.product([True, False], repeat=len(unknown))) if len(unknown) <= 5 else []
    drawn = random.Random(len(facts))
    for values in every or ([drawn.random() < 0.5 for _ in unknown] for _ in range(40)):
        yield {**evidence, **dict(zip(unknown, values, strict=True))}


ANSWERS = """
import json, sys, pushaway
engine = pushaway.Engine(matcher=sys.argv[1])
for perspective in ("observer", "self"):
    for evidence in json.loads(sys.argv[2]):
        print(json.dumps(engine.infer(evidence, perspective=perspective).to_dict()))
"""


@pytest.mark.parametrize("matcher", MATCHERS)
def test_answers_are_the_same_bytes_under_every_hash_seed(matcher: str, fresh_process: Process) -> None:
    drawn = random.Random(0)
    asked = json.dumps(
        [{name: drawn.choice([True, False, 0.4]) for name in drawn.sample(SHIPPED_NAMES, 12)} for _ in range(6)]
    )
    with ThreadPoolExecutor(2) as pool:
        printed = {*pool.map(lambda seed: fresh_process(ANSWERS, matcher, asked, hash_seed=seed), range(10))}
    assert len(printed) == 1
    assert len(printed.pop().splitlines()) == 12
