"""Many cases on arrays: what the vectorised evaluator comes to is what the engine comes to."""

from __future__ import annotations

import gc
import itertools
import json
import pickle
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CellType, FrameType
from typing import Any

import numpy as np
import oracle
import pyarrow as pa
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st
from same_outcomes import Case, agree, drawn_cases
from strategies import Drawn, Given, bases, consultations, small_base

import pushaway
from pushaway import Evaluator, EvidenceError
from pushaway.engine.batch.evaluator import CHUNK
from pushaway.engine.batch.many import AT_A_TIME
from pushaway.engine.batch.outcomes import Outcomes
from pushaway.engine.batch.records import Outcome, records
from pushaway.engine.batch.rows import Rows
from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.building import build

SHIPPED = pushaway.load()
CAR = pushaway.load(Path(__file__).parent / "bases" / "car")
ENGINE, EVALUATOR = pushaway.Engine(SHIPPED), Evaluator(SHIPPED)
SIGNS = [fact.id for fact in SHIPPED.facts if fact.kind == "sign"]
GENERATED = 100_000


def reckoned(base: KnowledgeBase, cases: Iterable[Case]) -> Outcomes:
    rows = Rows(base)
    for evidence, perspective in cases:
        rows.add(evidence, perspective)
    return Evaluator(base).reckon(rows.columns(), rows.codes(), ranked=True)


def same(one: Outcomes, other: Outcomes) -> bool:
    """Tell whether outcomes are the same to the last bit."""
    names = ("asked_as", "believed", "first")
    columns = ("certainties", "fired", "safeguards", "responses", "withheld", "beyond", "contradictions", "holding")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names) and all(
        np.array_equal(getattr(one, name).array, getattr(other, name).array) for name in columns
    )


@pytest.mark.parametrize(("base", "count"), [(SHIPPED, GENERATED), (CAR, 2_000)], ids=["shipped", "car"])
def test_generated_cases_come_to_the_same(base: KnowledgeBase, count: int) -> None:
    seen: dict[str, set[str | None]] = defaultdict(set)
    for one in agree(pushaway.Engine(base), drawn_cases(base, count)):
        seen["rules"].update(one.rules)
        seen["safeguards"].update(one.safeguards)
        seen["responses"].update(one.responses)
        seen["withheld"].update(withheld.id for withheld in one.withheld)
        seen["because"].update(id for withheld in one.withheld for id in withheld.because)
        seen["beyond"].update(one.beyond)
        seen["leading"].add(one.leading)
        seen["verdict"].add(one.verdict)
    assert seen["rules"] == {*base.rule}
    assert seen["safeguards"] == {one.id for one in base.safeguards}
    assert seen["responses"] == {one.id for one in base.responses}
    assert seen["withheld"] == {one.id for one in base.responses if one.withheld_by}
    assert seen["because"] == {id for one in base.responses for id in one.withheld_by}
    assert seen["beyond"] == {one.id for one in base.facts if one.kind == "beyond"}
    assert seen["leading"] == {None, *(one.id for one in base.causes)}
    assert seen["verdict"] == {"none", "one", "several"}


@pytest.mark.parametrize("otherwise", [None, False], ids=["unknown", "absent"])
@pytest.mark.parametrize("perspective", [one.id for one in SHIPPED.perspectives])
def test_every_combination_of_the_signs(perspective: str, otherwise: bool | None) -> None:
    assert len(SIGNS) == 8
    cases: list[Case] = []
    for combination in itertools.product([True, otherwise], repeat=8):
        told = {sign: there for sign, there in zip(SIGNS, combination, strict=True) if there is not None}
        cases.append((told, perspective))
    assert len([*agree(ENGINE, cases)]) == 256


@settings(max_examples=400)
@given(bases())
def test_drawn_bases_come_to_the_same(drawn: Drawn) -> None:
    base, cases = build(drawn.documents), consultations(drawn, 8)
    for one, (evidence, perspective) in zip(agree(pushaway.Engine(base), cases), cases, strict=True):
        wanted = oracle.reason(drawn.documents, evidence, perspective)
        assert {*one.rules} == wanted.fired
        assert [*one.safeguards] == wanted.safeguards


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(["fact-0", "fact-1"]), st.sampled_from([1.0, -1.0, 0.6, -0.35])), max_size=5),
    st.lists(strategies.evidence(["fact-0", "fact-1", "cause"]), min_size=1, max_size=6),
)
def test_certain_levels_and_contradictions(rules: list[tuple[str, float]], given_: list[Given]) -> None:
    every = [(condition, "cause", level) for condition, level in [*rules, ("fact-0", 0.5)]]
    base = build(small_base(every, ["fact-0", "fact-1"]).documents)
    assert [*agree(pushaway.Engine(base), [(evidence, "self") for evidence in given_])]


def test_certain_for_and_against_is_told() -> None:
    """By a rule and another, by a rule and what was told; and in no other case of the chunk."""
    rules = [("seen", "cause", 1.0), ("heard", "cause", -1.0), ("cause", "next", 0.5), ("heard", "first", 1.0)]
    base = build(small_base(rules, ["seen", "heard"], ["first", "next"]).documents)
    cases: list[Case] = [
        ({"seen": 1, "heard": 1}, "self"),
        ({"seen": 1}, "self"),
        ({"heard": 1, "cause": 1, "first": -1}, "self"),
        ({"heard": 0.9, "seen": 1}, "self"),
        ({}, "self"),
    ]
    told = [one.contradictions for one in agree(pushaway.Engine(base), cases)]
    assert [{*one} for one in told] == [{"cause"}, set(), {"cause", "first"}, set(), set()]


@pytest.mark.parametrize("strongest", [0.95, 1.0])
@pytest.mark.parametrize(("for_it", "against"), [(250, 249), (248, 248), (250, 100), (400, 0)])
def test_products_of_many_strong_rules_do_not_vanish(for_it: int, against: int, strongest: float) -> None:
    names = [f"fact-{number}" for number in range(for_it + against)]
    levels = [strongest] + [0.95] * (for_it - 1) + [-0.95] * against
    rules = [(name, "cause", level) for name, level in zip(names, levels, strict=True)]
    engine = pushaway.Engine(build(small_base(rules, names).documents))
    some = [names, names[1:], names[for_it:], names[1:for_it], names[:1]]
    told: list[Given] = [{}, {"cause": -1}, {"cause": 0.9}]
    cases: list[Case] = [({**dict.fromkeys(seen, True), **more}, "self") for seen in some for more in told]
    assert len([*agree(engine, cases)]) == len(cases)


def _small(**changed: Any) -> Drawn:
    drawn = small_base([("seen", "cause", 0.5), ({"unless": "seen"}, "other", 0.5)], ["seen"], [], ["cause", "other"])
    return drawn._replace(documents={**drawn.documents, **changed})


def _reduced() -> Iterable[tuple[str, Drawn]]:
    yield "as it is", _small()
    yield "a conclusion without rules", small_base([("seen", "cause", 0.5)], ["seen"], ["nothing"], ["cause", "other"])
    yield "rules against only", small_base([("seen", "cause", -0.5), ("seen", "cause", -0.3)], ["seen"])
    one = _small()
    one.documents["base.json"]["perspectives"] = [{"id": "self", "label": "self"}]
    one.documents["rules.json"]["rules"][0]["if"] = {"all": ["seen", {"perspective": "self"}]}
    yield "one perspective", one
    empty: Any = {"kind": "responses", "responses": []}
    yield "no responses", _small(**{"responses.json": empty})
    response = strategies._response(1, {"any": ["seen", {"absent": "cause"}]}, [])
    response["audience"] = ["neighbour"]
    yield "advice for one of three", _small(**{"responses.json": {**empty, "responses": [response]}})
    leading = _small()
    leading.documents["conclusions.json"]["causes"][1]["leads_when"] = ["seen", "cause"]
    yield "a cause that leads, also by another", leading
    deep: Any = "seen"
    for level in range(8):
        deep = {"at_least": 1 + level % 2, "of": [deep, {"absent": "seen"}, deep, {"unless": "seen"}]}
    yield "nested deeply, with parts alike", small_base([(deep, "cause", 0.95), (deep, "cause", -0.2)], ["seen"])


@pytest.mark.parametrize("drawn", [one for _, one in _reduced()], ids=[name for name, _ in _reduced()])
def test_bases_of_an_unusual_form(drawn: Drawn) -> None:
    base = build(drawn.documents)
    values: tuple[float, ...] = (True, False, 0.3, 0.2, -0.3, 0)
    told: list[Given] = [{"seen": one, **also} for one in values for also in ({}, {"cause": 0.7}, {"cause": -1})]
    cases = [(evidence, one.id) for evidence in [{}, *told] for one in base.perspectives]
    assert len([*agree(pushaway.Engine(base), cases)]) == len(cases)


def test_causes_that_the_same_levels_speak_for_are_a_tie_in_whatever_order() -> None:
    """Added up in another order, they can differ in the last bit, and in the ninth decimal once they are rounded."""
    chance = random.Random(1)
    for _ in range(300):
        levels = [chance.randint(1, 19) / 20 for _ in range(chance.randint(4, 6))]
        shuffled = chance.sample(levels, len(levels))
        rules = [("seen", "first", one) for one in levels] + [("seen", "second", one) for one in shuffled]
        base = build(small_base(rules, ["seen"], causes=["first", "second"]).documents)
        (leading,) = Evaluator(base).evaluate({"seen": [True]}).leading
        assert leading == ("first" if max(levels) > 0.2 or len(levels) > 1 else None), levels


def test_levels_known_to_lie_on_both_sides_of_a_half() -> None:
    orders = (0.05, 0.15, 0.15, 0.05, 0.65), (0.15, 0.15, 0.05, 0.05, 0.65)
    for one, other in (orders, orders[::-1]):
        rules = [("seen", "first", level) for level in one] + [("seen", "second", level) for level in other]
        base = build(small_base(rules, ["seen"], causes=["first", "second"]).documents)
        assert [outcome.leading for outcome in agree(pushaway.Engine(base), [({"seen": True}, "self")])] == ["first"]


CASES = [*drawn_cases(SHIPPED, 3 * CHUNK)]
FEW = [*drawn_cases(SHIPPED, 40)]


@pytest.mark.parametrize("count", [0, 1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1])
def test_no_case_depends_on_where_it_stands(count: int) -> None:
    """Nothing of a case is left for another, also at the ends of chunks."""
    whole, some = reckoned(SHIPPED, CASES), reckoned(SHIPPED, CASES[:count])
    assert len(some) == count
    for name in ("certainties", "fired", "responses", "withheld", "safeguards", "beyond"):
        assert np.array_equal(getattr(some, name).array, getattr(whole, name).array[:, :count])
    assert [*some.leading] == [*whole.leading[:count]]
    assert len([*records(some)]) == count


def test_nothing_of_a_case_is_left_for_the_next() -> None:
    """A full chunk, then one in which nothing is told, in columns of facts and of conclusions."""
    everything = dict.fromkeys((*SHIPPED.fact, *SHIPPED.conclusion), 1.0)
    rows = Rows(SHIPPED)
    for number in range(3 * CHUNK):
        rows.add(everything if number < CHUNK or number == 2 * CHUNK else {}, None)
    outcomes = EVALUATOR.reckon(rows.columns(), rows.codes(), ranked=True)
    nothing = next(records(reckoned(SHIPPED, [({}, SHIPPED.perspectives[0].id)])))
    told = [one == nothing for one in records(outcomes)]
    assert told == [not (number < CHUNK or number == 2 * CHUNK) for number in range(3 * CHUNK)]


def test_columns_of_any_kind_of_numbers() -> None:
    yes_no = [True, False, True]
    wanted = EVALUATOR.evaluate({"drained": [1.0, -1.0, 1.0], "stressed": [1.0, np.nan, 0.0]})
    assert wanted.certainties["conserving-energy"][1] < 0
    for told in (
        np.array(yes_no),
        np.array([1, -1, 1], np.int8),
        np.array([1, -1, 1], np.int64),
        np.array([1, -1, 1], np.float32),
        np.array([1, -1, 1], np.float16),
        [True, -1, 1.0],
        (1.0, False, np.True_),
        [1.0, np.False_, True],
        yes_no,
    ):
        for other in ([1.0, np.nan, 0.0], np.array([1, 0, 0], np.uint8), np.array([1, np.nan, -0.0], np.float32)):
            assert same(EVALUATOR.evaluate({"drained": told, "stressed": other}), wanted)


def test_a_column_that_is_not_writable_or_not_contiguous_is_left_as_it_is() -> None:
    column = np.linspace(-1, 1, 2 * CHUNK + 10)
    column[5] = np.nan
    column.flags.writeable = False
    before = column.copy()
    some = EVALUATOR.evaluate({"drained": column[::2]})
    assert same(some, EVALUATOR.evaluate({"drained": column[::2].copy()}))
    assert np.array_equal(column, before, equal_nan=True)


def test_outcomes_have_each_case_in_columns_by_id() -> None:
    asked_as = ["self", "observer"]
    outcomes = EVALUATOR.evaluate({"drained": [0.9, np.nan], "in-danger": [0.01, 0.0]}, perspective=asked_as)
    assert len(outcomes) == 2
    assert [*outcomes.perspective] == asked_as
    assert [*outcomes.certainties] == [*SHIPPED.conclusion]
    assert {*outcomes.fired} == {*SHIPPED.rule}
    assert [*outcomes.responses] == [one.id for one in SHIPPED.responses]
    first = ENGINE.infer({"drained": 0.9, "in-danger": 0.01}, perspective="self")
    assert [id for id, column in outcomes.safeguards.items() if column[0]] == [one.id for one in first.safeguards]
    assert outcomes.certainties["overwhelmed"][0] == pytest.approx(
        next(one.certainty for one in first.causes if one.id == "overwhelmed"), abs=1e-9
    )
    assert not outcomes.safeguards.array[:, 1].any()
    with pytest.raises(ValueError, match="read-only"):
        outcomes.certainties["overwhelmed"][0] = 0


@pytest.mark.parametrize("perspective", [None, "self", "observer"])
def test_one_perspective_for_all(perspective: str | None) -> None:
    outcomes = EVALUATOR.evaluate({"drained": [1.0, 0.3, np.nan]}, perspective=perspective)
    each = EVALUATOR.evaluate({"drained": [1.0, 0.3, np.nan]}, perspective=[perspective or "observer"] * 3)
    assert same(outcomes, each)


def test_nothing_told_of_some_cases_is_some_cases() -> None:
    assert len(EVALUATOR.evaluate({})) == 0
    assert len(EVALUATOR.evaluate({}, perspective=["self"] * 3)) == 3
    assert len(EVALUATOR.evaluate({"withdrawn": []})) == 0
    assert [*records(reckoned(SHIPPED, []))] == []


@pytest.mark.parametrize(
    ("evidence", "perspective", "told"),
    [
        ({"witdrawn": [1.0]}, None, "unknown fact `witdrawn`. Did you mean `withdrawn`"),
        ({"withdrawn": [1.0], "drained": [1.0, 0.5]}, None, "`withdrawn` has 1 entries and `drained` 2"),
        ({"withdrawn": [1.0]}, ["self", "self"], "`perspective` 2"),
        ({"withdrawn": [1.0]}, "slef", "Did you mean `self`"),
        ({"withdrawn": [1.0]}, ["slef"], "Did you mean `self`"),
        ({"withdrawn": [1.0]}, [5], "unknown perspective `5`"),
        ({"withdrawn": [1.0]}, 5, "unknown perspective `5`"),
        ({"withdrawn": ["yes"]}, None, "of type <U3"),
        ({"withdrawn": [None]}, None, "of type object"),
        ({"withdrawn": [10**400]}, None, "of type object"),
        ({"withdrawn": [1j]}, None, "of type complex128"),
        ({"withdrawn": np.array(["2026-01-01"], "datetime64[D]")}, None, "of type datetime64"),
        ({"withdrawn": [[1.0]]}, None, "2 dimensions"),
        ({"withdrawn": 1.0}, None, "0 dimensions"),
        ({"withdrawn": [[1.0], [1.0, 0.5]]}, None, "not of numbers"),
        ({"withdrawn": np.ma.array([1.0, 0.5], mask=[True, False])}, None, "masked"),
        ([1.0], None, "not a list"),
    ],
)
def test_what_does_not_fit_is_refused(evidence: Any, perspective: Any, told: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        EVALUATOR.evaluate(evidence, perspective=perspective)
    assert told in str(refused.value)


@pytest.mark.parametrize("case", [1, 2, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
@pytest.mark.parametrize("wrong", [1.5, -2, np.inf, -np.inf, 1 + 1e-12])
def test_a_number_out_of_range_is_told_with_its_case(case: int, wrong: float) -> None:
    column = np.full(2 * CHUNK + 10, np.nan)
    column[case - 1] = wrong
    with pytest.raises(EvidenceError, match=rf"`drained` in case {case} is not in the range"):
        EVALUATOR.evaluate({"withdrawn": np.ones(len(column)), "drained": column})


def test_only_a_base_can_be_reasoned_over() -> None:
    with pytest.raises(TypeError, match="KnowledgeBase, not str"):
        Evaluator("base")  # type: ignore[arg-type]


def test_advice_in_order_is_for_outcomes_that_hold_what_it_is_ranked_by() -> None:
    with pytest.raises(ValueError, match="ranked by"):
        [*records(EVALUATOR.evaluate({"withdrawn": [True]}))]


def test_evaluators_and_engines_that_used_one_pickle() -> None:
    copy = pickle.loads(pickle.dumps(EVALUATOR))
    told = {"drained": [0.5, 1.0]}
    assert same(copy.evaluate(told), EVALUATOR.evaluate(told))
    engine = pushaway.Engine()
    wanted = [*engine.infer_many([{"drained": 0.5}])]
    assert [*pickle.loads(pickle.dumps(engine)).infer_many([{"drained": 0.5}])] == wanted
    assert pickle.loads(pickle.dumps(wanted)) == wanted


def test_nothing_prints_what_was_told() -> None:
    outcomes = reckoned(SHIPPED, [({"in-danger": 0.6125}, "self")])
    (record,) = records(outcomes)
    printed = repr([outcomes, record, outcomes.certainties, outcomes.safeguards, EVALUATOR, [record], {"one": record}])
    assert not [word for word in ("danger", "0.6", "self", "urgent", "True") if word in printed], printed
    assert "1 cases by pushing-away" in printed


def _referents(one: object) -> Iterator[object]:
    """Yield what something refers to, also by way of a container that the collector does not track."""
    for value in gc.get_referents(one):
        yield value
        if isinstance(value, dict | tuple) and not gc.is_tracked(value):
            yield from _referents(value)


def _kept(mark: float) -> list[object]:
    """Return all that refers to a number, or to an array with it, but for running functions and their variables."""
    gc.collect()
    return [
        one
        for one in gc.get_objects()
        if not isinstance(one, FrameType | CellType)
        for value in _referents(one)
        if (type(value) is float and abs(value) == mark)
        or (isinstance(value, np.ndarray) and value.dtype == float and (np.abs(value) == mark).any())
    ]


def test_nothing_of_the_cases_is_kept() -> None:
    mark = random.Random(6).random()
    engine, evaluator = pushaway.Engine(), Evaluator()
    outcomes = [evaluator.evaluate({"overwhelmed": [mark]}), [*engine.infer_many([{"overwhelmed": mark}])]]
    outcomes.append([*engine.infer_batches([pa.record_batch({"overwhelmed": [mark]})])])
    with pytest.raises(EvidenceError):
        [*engine.infer_many([{"drained": mark}, {"drained": 5}])]
    assert _kept(outcomes[1][0].certainties["overwhelmed"])
    del outcomes
    assert not _kept(mark)


class TestInferMany:
    def test_it_comes_to_what_single_inferences_come_to(self) -> None:
        cases = [evidence for evidence, _ in FEW]
        for perspective in (None, "self"):
            for one, evidence in zip(pushaway.infer_many(cases, perspective=perspective), cases, strict=True):
                answer = pushaway.infer(evidence, perspective=perspective)
                assert (one.perspective, one.verdict) == (answer.perspective, answer.verdict)
                assert one.responses == tuple(response.id for response in answer.responses)
                assert one.withheld == answer.withheld
                assert one.safeguards == tuple(safeguard.id for safeguard in answer.safeguards)
                assert one.contradictions == answer.contradictions
                ranked = {cause.id: cause.certainty for cause in (*answer.causes, *answer.mechanisms)}
                assert dict(one.certainties) == pytest.approx(ranked, abs=1e-9)

    def test_it_takes_one_case_after_the_other_and_never_all(self) -> None:
        taken = 0

        def endless() -> Iterable[Given]:
            nonlocal taken
            while True:
                taken += 1
                yield {"drained": 1.0 if taken % 2 else -1.0}

        outcomes = pushaway.infer_many(endless())
        assert taken == 0
        some = [*itertools.islice(outcomes, AT_A_TIME + 10)]
        assert taken == 2 * AT_A_TIME
        assert some[0] == some[-2] != some[1] == some[-1]

    def test_where_rows_are_held_makes_no_difference(self) -> None:
        for count in (0, 1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1):
            told = [{"drained": 1.0}] * count
            assert len({json.dumps(one) for one in pushaway.infer_many(told)}) == min(count, 1)
            assert sum(1 for _ in pushaway.infer_many(told)) == count

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"witdrawn": True}, "Did you mean `withdrawn`"),
            ({"withdrawn": "yes"}, "was given text"),
            ({"withdrawn": None}, "was given nothing (null). Give true"),
            ({"withdrawn": float("nan")}, "not in the range"),
            ({"withdrawn": 2}, "not in the range"),
            ({"withdrawn": 10**400}, "not in the range"),
            (["withdrawn"], "not a list"),
            (None, "not nothing (null)"),
        ],
    )
    @pytest.mark.parametrize("before", [0, 3, AT_A_TIME])
    def test_a_wrong_case_is_named(self, wrong: Any, told: str, before: int) -> None:
        cases: list[Any] = [{"withdrawn": True}] * before + [wrong]
        with pytest.raises(EvidenceError) as refused:
            [*pushaway.infer_many(cases)]
        assert str(refused.value).startswith(f"case {before + 1}: ")
        assert told in str(refused.value)

    def test_a_perspective_that_is_none_is_refused(self) -> None:
        with pytest.raises(EvidenceError, match="Did you mean `self`"):
            next(pushaway.infer_many([{}], perspective="slef"))

    def test_other_mappings_and_numbers_are_taken_as_a_single_inference_takes_them(self) -> None:
        from types import MappingProxyType

        told: list[Given] = [MappingProxyType({"drained": 0.5}), {"drained": np.float64(0.5)}, {"drained": 0.5}]
        one, two, three = pushaway.infer_many(told)
        assert one == two == three

    def test_a_record_is_frozen(self) -> None:
        (one,) = pushaway.infer_many([{"drained": True}])
        assert isinstance(one, Outcome)
        with pytest.raises(TypeError):
            one.certainties["overwhelmed"] = 1.0  # type: ignore[index]


def test_each_case_may_have_a_perspective_of_its_own() -> None:
    evidence: list[dict[str, bool | float]] = [{"drained": True, "stressed": True}] * 3
    said = ["self", None, "observer"]
    found = [*pushaway.infer_many(evidence, perspective=said)]
    assert [one.perspective for one in found] == ["self", "observer", "observer"]
    for one, case, perspective in zip(found, evidence, said, strict=True):
        assert one.responses == tuple(r.id for r in pushaway.infer(case, perspective=perspective).responses)
    with pytest.raises(EvidenceError, match="case 2: unknown perspective `slef`"):
        [*pushaway.infer_many(evidence, perspective=["self", "slef", "self"])]
    for other, told in ((said[:2], "no perspective 3"), ([*said, "self"], "no case 4"), ([], "no perspective 1")):
        with pytest.raises(EvidenceError, match=told):
            [*pushaway.infer_many(evidence, perspective=other)]
