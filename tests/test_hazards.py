"""What experta 1.9.4 does to its host, row by row of the design's table: seen there, and not here.

Every test first shows the hazard with experta itself, so that the check is known to be able to fail, and
then that pushaway is free of it, with either matcher where that can matter.
"""

from __future__ import annotations

import functools
import gc
import json
import re
import threading
import types
import weakref
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

import pytest
from conftest import Process
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import small_base

import pushaway
import pushaway.engine.shell as shell
from pushaway.engine.evidence import Evidence
from pushaway.engine.matching import (
    Element,
    GroundEngine,
    GroundMatcher,
    GroundRule,
    SalienceStrategy,
    StockEngine,
    made,
)
from pushaway.engine.prepared import once_for_each
from pushaway.engine.program import productions
from pushaway.engine.trace import Trace
from pushaway.knowledge.building import build
from pushaway.knowledge.model import KnowledgeBase

from experta import AND, NOT, OR, DefFacts, Fact, InitialFact, KnowledgeEngine, Rule  # isort: skip # only after pushaway can it be
from experta.matchers import ReteMatcher  # isort: skip
from experta.matchers.rete.utils import prepare_rule  # isort: skip

MATCHERS = ("ground", "rete")
either_matcher = pytest.mark.parametrize("matcher", MATCHERS)

# For fresh processes: experta as its host meets it once the name that it misses is lent.
RAW = "import collections, collections.abc; collections.Mapping = collections.abc.Mapping\n"
INFER = """
import sys, pushaway
engine = pushaway.Engine(matcher=sys.argv[1])
engine.infer({"withdrawn": True, "irritable": 0.6, "drained": False, "pushing-away": 0.5})
"""


def _base(rules: list[tuple[Any, str, float]], facts: list[str], mechanisms: list[str] | None = None) -> KnowledgeBase:
    return build(small_base(rules, facts, mechanisms).documents)


def _answers(base: KnowledgeBase, matcher: Any, evidence: dict[str, bool | float]) -> tuple[Any, ...]:
    trace = pushaway.Engine(base, matcher=matcher).trace(evidence)
    return trace.certainties, trace.given, trace.fired, trace.recommended


def _raw_class(**members: Any) -> Any:
    return type("Raw", (KnowledgeEngine,), members)


def _raw_engine(*facts: Any, **members: Any) -> Any:
    engine = _raw_class(**members)()
    engine.reset()
    engine.declare(*facts)
    return engine


# It does not import on Python 3.10 and later, or comes up without its names.


def test_import(fresh_process: Process) -> None:
    hazard = "try:\n    import experta\nexcept AttributeError as error:\n    print(error)"
    assert "Mapping" in fresh_process(hazard)
    free = "import collections, pushaway.engine.experta_door as door\n"
    free += "print(hasattr(collections, 'Mapping'), hasattr(door.KnowledgeEngine, 'run'))"
    assert fresh_process(free).split() == ["False", "True"]


def test_import_without_its_requirements(fresh_process: Process) -> None:
    missing = "import sys; sys.modules['schema'] = None\n"
    hazard = "import experta; print(hasattr(experta, 'KnowledgeEngine'))"
    assert fresh_process(RAW + missing + hazard).strip() == "False"
    free = "import collections, logging, pushaway\n"
    free += "try:\n    pushaway.infer({})\nexcept ImportError as error:\n    print(error)\n"
    free += "print(hasattr(collections, 'Mapping'), logging.getLogger().handlers)"
    message, left_behind = fresh_process(missing + free).splitlines()
    assert "experta" in message
    assert "KnowledgeEngine" in message
    assert left_behind == "False []"


# Import calls logging.basicConfig(): the host's own call then does nothing.

HOST_CONFIGURES = """
import logging
root = logging.getLogger()
added = list(root.handlers)
logging.basicConfig(level=logging.INFO, format="HOST %(message)s")
print(len(added), root.level == logging.INFO, len(root.handlers), root.handlers[0].formatter._fmt)
"""


@either_matcher
def test_logging_configuration(matcher: str, fresh_process: Process) -> None:
    assert fresh_process(RAW + "import experta\n" + HOST_CONFIGURES).startswith("1 False 1")
    assert fresh_process(INFER + HOST_CONFIGURES, matcher).strip() == "0 True 1 HOST %(message)s"


def test_handlers_of_the_host_stay(fresh_process: Process) -> None:
    code = "import logging, sys; mine = logging.StreamHandler(sys.stdout); logging.getLogger().addHandler(mine)\n"
    code += "import pushaway; pushaway.infer({})\nassert logging.getLogger().handlers == [mine]\n"
    assert fresh_process(code + "logging.getLogger().warning('heard')").strip() == "heard"


# With the host's root logger at INFO, the facts of every case are in its log.

LISTENING = """
import json, logging
heard = []
listener = logging.Handler()
listener.emit = lambda record: heard.append(f"{record.name} {record.getMessage()}")
logging.getLogger().addHandler(listener)
logging.getLogger().setLevel(logging.DEBUG)
"""
RAW_CASE = """
from experta import Fact, KnowledgeEngine, Rule
class Engine(KnowledgeEngine):
    @Rule(Fact(id="withdrawn"))
    def rule(self): pass
engine = Engine(); engine.reset(); engine.declare(Fact(id="withdrawn")); engine.run()
"""
SAY = "\nprint(json.dumps(heard))"


@either_matcher
def test_log_of_the_host(matcher: str, fresh_process: Process) -> None:
    assert "withdrawn" in fresh_process(RAW + LISTENING + RAW_CASE + SAY)
    assert fresh_process(LISTENING + INFER + SAY, matcher).strip() == "[]"


WATCHED = """
import sys, pushaway.engine.shell, experta
experta.watch()
engine = pushaway.Engine(matcher=sys.argv[1])
engine.trace({})
of_nothing = {*heard}
evidence = {"withdrawn": True, "drained": -1, "mistreated": 0.6, "pushing-away": 0.5}
combine = pushaway.engine.shell.combine
def interrupted(given):  # by a signal, say, whose handler reasons itself
    pushaway.engine.shell.combine = combine
    engine.trace({})
    return combine(given)
pushaway.engine.shell.combine = interrupted
trace = engine.trace(evidence)
assert pushaway.engine.shell.combine is combine
told = [line for line in heard if line not in of_nothing]
print(json.dumps([told, [*evidence, *trace.fired, *trace.safeguards, *trace.recommended]]))
"""


@either_matcher
def test_log_of_the_host_that_watches(matcher: str, fresh_process: Process) -> None:
    """Even where somebody turns experta's own log on, it names neither evidence nor what follows from it."""
    assert "withdrawn" in fresh_process(RAW + LISTENING + "import experta; experta.watch()" + RAW_CASE + SAY)
    told, names = json.loads(fresh_process(LISTENING + WATCHED, matcher))
    assert len(names) > 10
    named = re.compile(rf"(?<![\w-])({'|'.join(names)})(?![\w-])")
    assert [line for line in told if named.search(line)] == []


# Ties in the agenda fall in another order on every run.

RAW_TIES = """
from experta import Fact, KnowledgeEngine, Rule
def act(name):
    def action(self): print(name, end=" ")
    return action
rules = {f"r{n}": Rule(Fact(a=1))(act(n)) for n in range(8)}
engine = type("Raw", (KnowledgeEngine,), rules)()
engine.reset(); engine.declare(Fact(a=1)); engine.run()
"""
FIRING_ORDER = """
import sys, pushaway
trace = pushaway.Engine(matcher=sys.argv[1]).trace({id: True for id in pushaway.load().fact})
print(*trace.safeguards, *trace.fired, *trace.recommended)
"""


@either_matcher
def test_ties(matcher: str, fresh_process: Process) -> None:
    with ThreadPoolExecutor(2) as pool:
        hazard = {*pool.map(lambda seed: fresh_process(RAW + RAW_TIES, hash_seed=seed), range(10))}
        orders = {*pool.map(lambda seed: fresh_process(FIRING_ORDER, matcher, hash_seed=seed), range(10))}
    assert len(hazard) > 1
    assert len(orders) == 1
    assert len(orders.pop().split()) > 50


@either_matcher
def test_every_rule_has_a_salience_of_its_own(matcher: Any) -> None:
    rules = shell.engine_class(pushaway.load(), matcher)().get_rules()
    saliences = Counter(rule.salience for rule in rules)
    assert len(rules) > 100
    assert saliences.most_common(1)[0][1] == 1


# Dead activations of equal salience still fire, so that NOT does not hold.

RAW_NOTS = """
from experta import NOT, Fact, KnowledgeEngine, Rule
fired = []
def act(name):
    def action(self): fired.append(name)
    return action
rules = {f"r{n}": Rule(NOT(Fact(id=n)))(act(n)) for n in range(8)}
engine = type("Raw", (KnowledgeEngine,), rules)()
engine.reset()
for n in range(8): engine.declare(Fact(id=n))
engine.run()
print(len(fired))
"""


def test_nots_of_experta(fresh_process: Process) -> None:
    """All eight facts are there, so no rule should fire; on most runs some do."""
    with ThreadPoolExecutor(2) as pool:
        fired = [*pool.map(lambda seed: int(fresh_process(RAW + RAW_NOTS, hash_seed=seed)), range(10))]
    assert max(fired) > 0


@either_matcher
def test_nots(matcher: Any) -> None:
    facts = [f"fact-{number}" for number in range(16)]
    rules: list[tuple[Any, str, float]] = [({"unless": fact}, "cause", 0.05) for fact in facts]
    # One whose activation is on the agenda from the start, and dies when a conclusion comes to be believed.
    rules += [({"any": facts}, "mechanism", 0.9), ({"unless": "mechanism"}, "cause", 0.5)]
    base = _base(rules, facts, ["mechanism"])
    engine = pushaway.Engine(base, matcher=matcher)
    assert engine.trace(dict.fromkeys(facts, True)).fired == ("rule-16",)
    assert {*engine.trace({}).fired} == {rule.id for rule in base.rules} - {"rule-16"}
    assert {*engine.trace({"fact-3": True}).fired} == {rule.id for rule in base.rules} - {"rule-3", "rule-17"}


# An OR with two true branches fires its rule twice.


@either_matcher
def test_or_with_two_true_branches(matcher: Any) -> None:
    fired = []
    _raw_engine(Fact(a=1), Fact(b=1), rule=Rule(OR(Fact(a=1), Fact(b=1)))(lambda self: fired.append(1))).run()
    assert len(fired) == 2
    base = _base([({"any": ["a", "b"]}, "cause", 0.6)], ["a", "b"])
    trace = pushaway.Engine(base, matcher=matcher).trace({"a": True, "b": True})
    assert trace.fired == ("rule-0",)
    assert trace.certainties["cause"] == pytest.approx(0.6, abs=1e-12)


# Class-level caches keep past facts and engines, and grow with every engine built.


def _alive(kind: type) -> list[Any]:
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, kind)]


@either_matcher
def test_past_evidence(matcher: Any) -> None:
    for number in range(20):
        name = f"person-{number}"
        _raw_engine(Fact(name=name), rule=Rule(Fact(name=name))(lambda self: None)).run()
    assert len([one for one in _alive(Fact) if "name" in one and one.__factid__ is not None]) >= 10

    told_elsewhere = len(_alive(Evidence))  # by other tests, which may still hold the answers
    engine = pushaway.Engine(matcher=matcher)
    for number in range(20):
        engine.infer({"withdrawn": True, "drained": number / 20})
    # The rules' own patterns were never declared; what was declared stood for somebody's evidence.
    assert [one for one in _alive(shell.Element) if one.__factid__ is not None] == []
    assert _alive(shell._Case) == []
    assert len(_alive(Evidence)) == told_elsewhere


@either_matcher
def test_past_engines(matcher: Any) -> None:
    kind = _raw_class(rule=Rule(Fact(a=1))(lambda self: None))
    stock = kind()
    hazard = weakref.ref(stock)
    del stock
    gc.collect()
    assert hazard() is not None, "its class keeps the last engine"

    engine = pushaway.Engine(matcher=matcher)
    engine.infer({"withdrawn": True})
    inner = engine._idle[0]._engine
    gone = [weakref.ref(one) for one in (engine, inner, inner.matcher, type(inner))]
    del engine, inner
    gc.collect()
    assert [one() for one in gone] == [None] * 4


@either_matcher
def test_what_an_engine_keeps_tells_nothing_about_past_cases(matcher: Any) -> None:
    """Elements are used again and again; which of them stood for somebody's evidence must not be seen in them."""

    def kept() -> list[Any]:
        inner = engine._idle[0]._engine
        mine = [(id(one), {**one}, {**vars(one)}) for one in inner.elements.values()]
        if matcher == "ground":
            mine += [(id(one), one.key, len(one.facts)) for one in inner.matcher._activations]
            mine.append(inner.matcher._missing.copy())
        return [*mine, len(inner.facts), len(inner.agenda.activations), inner.case]

    engine = pushaway.Engine(matcher=matcher)
    engine.trace({})
    before = kept()
    for case in engine.base.cases[:40]:
        engine.infer(case.evidence, perspective=case.perspective)
    assert len(engine._idle) == 1
    assert kept() == before


def test_every_shell_has_elements_of_its_own() -> None:
    kind = shell.engine_class(pushaway.load())
    shells = [shell.Shell(pushaway.load(), kind) for _ in range(2)]
    one, other = ({id(element) for element in each._engine.elements.values()} for each in shells)
    assert len(one) > 100
    assert not one & other


@either_matcher
def test_what_was_prepared_for_a_base_goes_with_it(matcher: Any) -> None:
    base = replace(pushaway.load(), id="another")
    engine = pushaway.Engine(base, matcher=matcher)
    engine.infer({"withdrawn": True}).explain("overwhelmed")
    gone = weakref.ref(base)
    del base, engine
    gc.collect()
    assert gone() is None


def test_what_is_prepared_is_made_once_for_each_base() -> None:
    made = []
    prepared = once_for_each(lambda base: made.append(base.id) or [base.id])  # type: ignore[func-returns-value]
    one, other = (replace(pushaway.load(), id=id) for id in ("one", "other"))
    assert [prepared(base) for base in (one, other, one)] == [["one"], ["other"], ["one"]]
    assert made == ["one", "other"]
    assert prepared(one) is prepared(one)
    kept = prepared.__closure__
    assert kept is not None
    (found,) = (cell.cell_contents for cell in kept if isinstance(cell.cell_contents, dict))
    assert len(found) == 2
    del one
    gc.collect()
    assert [made for _, made in found.values()] == [["other"]]


# Each in a process of its own, which says by how many blocks of memory it has grown. Not by how much is resident:
# CPython keeps up to 2,000 freed tuples of each size, some 1.5 MiB that fill slowly and hold nobody's answers.
GROWN = """
import gc, random, sys
import pushaway
def held():
    gc.collect()
    return sys.getallocatedblocks()
chance = random.Random(1)
base = pushaway.load()
def some(engine, count):
    for _ in range(count):
        told = chance.sample([*base.fact, *base.conclusion], chance.randint(0, 10))
        asked_as = chance.choice(["self", "observer"])
        engine.infer({id: chance.uniform(-1, 1) for id in told}, perspective=asked_as).to_dict()
"""
GROWN_BY_CASES = """
engine, count = pushaway.Engine(base), int(sys.argv[1])
some(engine, count // 5)
before = held()
some(engine, count)
print(held() - before)
"""
GROWN_BY_ENGINES = """
def engines(count):
    for _ in range(count):
        some(pushaway.Engine(base), 1)
engines(50)
before = held()
engines(int(sys.argv[1]))
print(held() - before)
"""


@pytest.mark.parametrize(("grown", "count"), [(GROWN_BY_CASES, 10_000), (GROWN_BY_ENGINES, 150)])
def test_memory_does_not_grow(grown: str, count: int, fresh_process: Process) -> None:
    """One block left by every tenth case would be noticed, or one by every engine."""
    kept = "kept = []\ninfer = pushaway.Engine.infer\n"
    kept += "pushaway.Engine.infer = lambda *given, **named: kept.append(infer(*given, **named)) or kept[-1]\n"
    noticed = int(fresh_process(GROWN + kept + grown, str(min(count, 1000))))
    assert noticed > count, "where each answer is kept"
    assert int(fresh_process(GROWN + grown, str(count))) < min(count, 1000)


RAW_ENGINES = """
from experta import Fact, KnowledgeEngine, Rule
from experta.matchers.rete.check import FactCapture, FeatureCheck
engines = [type("Raw", (KnowledgeEngine,), {"rule": Rule(Fact(a=1))(lambda self: None)})() for _ in range(20)]
print(len(FactCapture._instances) + len(FeatureCheck._instances))
"""
ENGINES = """
import pushaway.engine.shell
from experta.matchers.rete.check import FactCapture, FeatureCheck
engines = []
for _ in range(4):
    engines.append(pushaway.Engine(matcher=sys.argv[1]))
    engines[-1].infer({"withdrawn": True})
    print(len(FactCapture._instances) + len(FeatureCheck._instances))
"""


@either_matcher
def test_caches_do_not_grow(matcher: str, fresh_process: Process) -> None:
    assert int(fresh_process(RAW + RAW_ENGINES)) >= 20
    sizes = [int(size) for size in fresh_process("import sys\n" + ENGINES, matcher).split()]
    assert sizes == [sizes[0]] * 4


# Threads with DefFacts see another person's facts, and one engine does not serve several threads.


def _in_threads(work: Any) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@either_matcher
def test_facts_of_other_threads(matcher: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """That runs have nothing in common that could mix them up; test_threads.py tries whether it does."""

    class Person(KnowledgeEngine):
        @DefFacts()
        def told(self) -> Iterator[Fact]:
            yield Fact(name=self.name)

        def get_deffacts(self) -> Any:
            found = super().get_deffacts()
            paused.wait()  # where other threads may well come in
            return found

    paused = threading.Barrier(4, timeout=60)
    seen: dict[int, list[int]] = {}

    def run(number: int) -> None:
        engine = Person()
        engine.name = number
        engine.reset()
        seen[number] = [fact["name"] for fact in engine.facts.values() if "name" in fact]

    _in_threads(run)
    assert any(names != [number] for number, names in seen.items())

    engine = pushaway.Engine(matcher=matcher)
    assert engine._engine_class().get_deffacts() == []
    used: list[shell.Shell] = []
    run_alone = shell.Shell.run

    def run_with_others(one: shell.Shell, evidence: Evidence) -> Trace:
        used.append(one)
        paused.wait()
        return run_alone(one, evidence)

    monkeypatch.setattr(shell.Shell, "run", run_with_others)
    _in_threads(lambda _: engine.infer({}))
    assert len({*map(id, used)}) == 4
    assert len(engine._idle) == 4


# A removed activation may stay on the agenda, and elements come and go in any order.


@settings(max_examples=150)
@given(
    st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=4), min_size=1, max_size=8),
    st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), min_size=1, max_size=3), max_size=8),
)
def test_the_agenda_is_that_of_rete(rules: list[list[tuple[str, bool]]], steps: list[list[tuple[str, bool]]]) -> None:
    """Our runs only ever declare; but a matcher in experta's place must also take elements out."""
    kind = type("Seen", (Element,), {})
    engines = [_watching(rules, kind, *parts) for parts in ((GroundEngine, GroundMatcher), (StockEngine, ReteMatcher))]
    for step in steps:
        for engine in engines:
            # As a rule's act does it: the matcher is told of a whole step at once.
            engine.running = True
            for name, there in dict(step).items():
                element = engine.elements[kind, name]
                if there:
                    engine.declare(element)
                elif element in engine.facts.values():
                    engine.retract(element)
            engine.running = False
            engine.strategy.update_agenda(engine.agenda, *engine.get_activations())
        ours, stock = ([one.rule.__name__ for one in engine.agenda.activations] for engine in engines)
        assert ours == stock


def _watching(rules: list[list[tuple[str, bool]]], kind: Any, engine: Any, matcher: Any) -> Any:
    compiled = []
    for number, named in enumerate(rules):

        def act(engine: Any) -> None:
            raise AssertionError("not to be fired")

        act.__name__ = f"rule-{number}"
        patterns = dict(named)
        positive = [made((kind, name)) for name, there in patterns.items() if there] or [made((InitialFact, None))]
        negated = [NOT(made((kind, name))) for name, there in patterns.items() if not there]
        compiled.append(GroundRule(*positive, *negated, salience=len(rules) - number)(act))
    members = {"__matcher__": matcher, "__strategy__": SalienceStrategy, "get_rules": lambda _: compiled}
    found = type("Watching", (engine,), members)()
    found.reset()
    found.declare(found.elements[InitialFact, None])
    return found


# An exception in a rule leaves what fires, or keeps from firing, in the next case.


@either_matcher
def test_exceptions(matcher: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(engine: Any) -> None:
        raise RuntimeError("as planned")

    stock = _raw_engine(Fact(a=1), rule=Rule(Fact(a=1))(fail))
    with pytest.raises(RuntimeError, match="as planned"):
        stock.run()
    assert stock.running

    base = pushaway.load()
    names = [*base.fact]
    first: dict[str, bool | float] = dict.fromkeys(names[:20], True)
    then: dict[str, bool | float] = {id: number % 3 == 0 for number, id in enumerate(names[10:40])}
    expected = pushaway.Engine(base, matcher=matcher).infer(then)
    engine = pushaway.Engine(base, matcher=matcher)
    engine.infer(then)
    firing = shell.GroundRule, "__call__"
    failures: list[tuple[tuple[Any, str], int]] = [(firing, 1), (firing, 7), (firing, 40)]
    failures += [
        ((shell, "combine"), 1),
        ((shell, "combine"), 5),
        ((shell, "contradict"), 3),
        ((shell, "believed"), 25),
    ]
    for (owner, name), at in failures:
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, _failing_at(at, getattr(owner, name)))
            with pytest.raises(RuntimeError, match="as planned"):
                engine.infer(first)
        assert engine.infer(then) == expected, (name, at)
    assert _alive(shell._Case) == []


def _failing_at(call: int, function: Any) -> Any:
    """Return a function that fails at one of its calls."""
    calls = count(1)

    def failing(*arguments: Any) -> Any:
        if next(calls) == call:
            raise RuntimeError("as planned")
        return function(*arguments)

    return failing


# True, 1 and 1.0 count as the same fact; a duplicate is dropped.


@either_matcher
def test_equal_numbers(matcher: Any) -> None:
    stock = _raw_engine()
    assert [stock.declare(Fact(a=one)) is None for one in (True, 1, 1.0)] == [False, True, True]

    base = _base([({"at_least": 3, "of": ["a", "b", "c"]}, "cause", 0.6), ("a", "cause", 0.5)], ["a", "b", "c"])
    engine = pushaway.Engine(base, matcher=matcher)
    assert engine.trace({"a": True, "b": 1, "c": 1.0}).fired == ("rule-0", "rule-1")
    alike = [_answers(base, matcher, {"a": one}) for one in (True, 1, 1.0)]
    assert alike == [alike[0]] * 3
    fields = [
        (key, field) for one in productions(base) for pattern in one.patterns for key, field in [("id", pattern.id)]
    ]
    assert all(type(field) is str for _, field in fields)


# Rules that share condition, function and salience merge; partial and & have flaws of their own.


@either_matcher
def test_rules_that_are_alike(matcher: Any) -> None:
    fired = []

    def shared(engine: Any) -> None:
        fired.append(1)

    _raw_engine(Fact(a=1), one=Rule(Fact(a=1))(shared), other=Rule(Fact(a=1))(shared)).run()
    assert len(fired) == 1

    base = _base([("a", "cause", 0.5)] * 3, ["a"])
    trace = pushaway.Engine(base, matcher=matcher).trace({"a": True})
    assert trace.fired == ("rule-0", "rule-1", "rule-2")
    assert trace.certainties["cause"] == pytest.approx(0.875, abs=1e-12)


@either_matcher
def test_partials_and_operators(matcher: Any) -> None:
    with pytest.raises(NameError):
        (Fact(a=1) & Fact(b=1)) & (Fact(c=1) & Fact(d=1))
    with pytest.raises(AttributeError, match="__name__"):
        _raw_engine(Fact(a=1), rule=Rule(Fact(a=1))(functools.partial(lambda self: None))).run()

    nested = {"all": [{"all": ["a", "b"]}, {"all": ["c", {"any": [{"all": ["d"]}, {"unless": "d"}]}]}]}
    base = _base([(nested, "cause", 0.5)], ["a", "b", "c", "d"])
    engine = pushaway.Engine(base, matcher=matcher)
    assert engine.trace({"a": True, "b": True, "c": True}).fired == ("rule-0",)
    acts = [rule._wrapped for rule in engine._engine_class().get_rules()]
    assert {type(act) for act in acts} == {types.FunctionType}
    assert len({id(act) for act in acts}) == len(acts)


# A condition of many parts takes forever: experta multiplies it out.


def _ors(ways: int) -> Any:
    return {"all": [{"any": [f"a-{number}", f"b-{number}"]} for number in range(ways)]}


def test_size_of_conditions() -> None:
    multiplied = [
        len(prepare_rule(Rule(AND(*[OR(Fact(a=n), Fact(b=n)) for n in range(ways)]))(lambda self: None))[0])
        for ways in (2, 3, 4, 5)
    ]
    assert multiplied == [4, 8, 16, 32]

    facts = [f"{side}-{number}" for side in "ab" for number in range(16)]
    sizes = [len(productions(_base([(_ors(ways), "cause", 0.5)], facts))) for ways in range(1, 17)]
    steps = {after - before for before, after in pairwise(sizes)}
    assert steps == {2}, "two ways more, two productions more"
    counted = [
        len(productions(_base([({"at_least": parts // 2, "of": facts[:parts]}, "cause", 0.5)], facts)))
        for parts in (2, 4, 8, 16)
    ]
    assert [size - parts for size, parts in zip(counted, (2, 4, 8, 16), strict=True)] == [2] * 4


@either_matcher
def test_conditions_of_many_parts(matcher: Any) -> None:
    facts = [f"{side}-{number}" for side in "ab" for number in range(16)]
    half = {"at_least": 8, "of": facts[:16]}
    deep = {"at_least": 2, "of": [_ors(16), half, {"any": [_ors(8), {"all": facts[16:]}]}]}
    engine = pushaway.Engine(
        _base([(_ors(16), "cause", 0.5), (half, "cause", 0.5), (deep, "cause", 0.5)], facts), matcher=matcher
    )
    assert engine.trace(dict.fromkeys(facts[:16], True)).fired == ("rule-0", "rule-1", "rule-2")
    assert engine.trace(dict.fromkeys(facts[:8], True)).fired == ("rule-1", "rule-2")
    assert engine.trace(dict.fromkeys(facts[:7], True)).fired == ()
    assert engine.trace(dict.fromkeys([*facts[1:8], *facts[17:24]], True)).fired == ()


# reset() evaluates every property of the engine.


@either_matcher
def test_properties(matcher: Any) -> None:
    evaluated = []

    def look(engine: Any) -> None:
        evaluated.append(engine)

    _raw_engine(seen=property(look))
    assert evaluated
    evaluated.clear()

    kind = shell.engine_class(pushaway.load(), matcher)
    assert not [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
    type("Watched", (kind,), {"seen": property(look)})().reset()
    assert evaluated == []


# And the host is as it was before.

HOST = """
import collections, json, logging, signal, sys, threading, warnings
import contextvars, locale, os, random
def host():
    root = logging.getLogger()
    return {
        "collections": sorted(vars(collections)),
        "handlers": repr(root.handlers),
        "level": root.level,
        "disabled": logging.root.manager.disable,
        "warnings": repr(warnings.filters),
        "recursion": sys.getrecursionlimit(),
        "switching": sys.getswitchinterval(),
        "signals": repr([signal.getsignal(one) for one in sorted(signal.valid_signals())]),
        "hooks": repr([sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook]),
        "paths": sys.path[:],
        "meta": repr(sys.meta_path),
        "locale": locale.setlocale(locale.LC_ALL),
        "environment": dict(os.environ),
        "folder": (os.getcwd(), os.listdir()),
        "random": repr(random.getstate()),
        "threads": threading.active_count(),
    }
before = host()
"""
UNCHANGED = "\nassert before == host(), [key for key in before if before[key] != host()[key]]\nprint('as before')"


@either_matcher
def test_the_host_is_unchanged(matcher: str, fresh_process: Process) -> None:
    code = HOST + INFER + "pushaway.infer({})\npushaway.check()\n" + UNCHANGED
    assert fresh_process(code, matcher).strip() == "as before"
    hazard = RAW + HOST + "import experta\nprint([key for key in before if before[key] != host()[key]])"
    assert "handlers" in fresh_process(hazard)
