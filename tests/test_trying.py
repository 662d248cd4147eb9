"""Much evidence comes to the same whether all is tried at once, where numpy is, or one inference after the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from conftest import Process
from hypothesis import given, settings
from same_outcomes import drawn_cases
from strategies import Drawn, bases, consultations

import pushaway
from pushaway.engine import changing, trying
from pushaway.engine.audit import subject_of
from pushaway.engine.audit.bench import Bench
from pushaway.engine.audit.robustness import robustness
from pushaway.engine.comparing import compare_behaviour
from pushaway.knowledge.building import build

FOLDER = Path(__file__).parent / "bases" / "car"
CAR, SHIPPED = pushaway.Engine(pushaway.load(FOLDER)), pushaway.Engine()
T = TypeVar("T")


def the_same_both_ways(work: Callable[[], T]) -> T:
    """Return what some work finds, once it is seen to be the same all at once and by one inference after the other."""
    found = []
    for all_at_once in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            for module in (trying, changing):
                patch.setattr(module, "at_once", lambda _, answer=all_at_once: answer)
            found.append(work())
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize("count", [0, 1, 400])
def test_gists_and_leads(count: int) -> None:
    tried = [(perspective, evidence) for evidence, perspective in drawn_cases(SHIPPED.base, count)]
    assert len(the_same_both_ways(lambda: [*trying.gists(SHIPPED, iter(tried))])) == count
    assert len(the_same_both_ways(lambda: [*trying.leads(SHIPPED, tried)])) == count


@settings(max_examples=40)
@given(bases())
def test_drawn_bases(drawn: Drawn) -> None:
    engine = pushaway.Engine(build(drawn.documents))
    tried = [(perspective, evidence) for evidence, perspective in consultations(drawn, 8)]
    the_same_both_ways(lambda: ([*trying.gists(engine, tried)], [*trying.leads(engine, tried)]))


@pytest.mark.parametrize("name", ["nothing", "a sign", "a sign and a cause"])
def test_smallest_changes(name: str) -> None:
    base = CAR.base
    sign = next(fact.id for fact in base.facts if fact.kind == "sign")
    evidence = {"nothing": {}, "a sign": {sign: 1.0}, "a sign and a cause": {sign: -1.0, base.causes[0].id: 0.4}}[name]
    trace = CAR.trace(evidence)
    assert the_same_both_ways(lambda: changing.smallest_changes(CAR, trace))


def test_what_a_change_of_a_base_does() -> None:
    weaker = replace(CAR.base, rules=tuple(rule._replace(certainty=rule.certainty / 2) for rule in CAR.base.rules))
    found = the_same_both_ways(lambda: compare_behaviour(CAR.base, weaker, draws=100))
    assert {one.shift.kind for one in found.differences} >= {"verdict"}


def test_robustness() -> None:
    bench = Bench(subject_of(FOLDER), CAR)
    assert any(shift.flips for shift in the_same_both_ways(lambda: robustness(bench)).shifts)


@pytest.mark.parametrize("missing", ["", "sys.modules['numpy'] = None", "sys.path.insert(0, sys.argv[1])"])
def test_where_numpy_does_not_import_it_is_done_without(missing: str, tmp_path: Path, fresh_process: Process) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "numpy.py").write_text("raise ImportError('built for another machine')")
    code = f"import sys; {missing}\nimport json, pushaway\n"
    code += "answer = pushaway.infer({'drained': True})\nprint(json.dumps(answer.explain('overwhelmed').to_dict()))\n"
    code += "print(getattr(sys.modules.get('numpy'), '__version__', None) is not None)"
    explained, with_numpy = fresh_process(code, str(broken)).splitlines()
    assert json.loads(explained) == SHIPPED.infer({"drained": True}).explain("overwhelmed").to_dict()
    assert with_numpy == str(not missing)
