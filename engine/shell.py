"""The expert-system shell: productions run as rules of an experta engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args

from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from ..knowledge.problems import quoted
from . import experta_door
from .certainty import believed, combine, contradict, disbelieved
from .evidence import Evidence
from .experta_door import NOT, InitialFact
from .matching import Element, GroundEngine, GroundMatcher, GroundRule, Key, SalienceStrategy, StockEngine, made
from .premises import valued
from .program import Act, Memory, Pattern, Production, productions
from .trace import TOLD, Trace

MatcherName = Literal["ground", "rete"]
MATCHERS = get_args(MatcherName)


# One class of experta facts for each kind of element, so that a left-hand side reads as what it says.
_ELEMENTS: dict[Memory, Any] = {memory: type(memory.value, (Element,), {}) for memory in Memory}
_ALARM, _PRESENT, _ABSENT, _ASKED_AS, _HOLDS, _CONTRIBUTED = (_ELEMENTS[memory] for memory in Memory)
_INITIAL: Key = InitialFact, None


class _Case:
    """What one run has found so far."""

    __slots__ = ("certainties", "contradictions", "evidence", "fired", "given", "recommended", "safeguards", "tallies")

    def __init__(self, base: KnowledgeBase, evidence: Evidence) -> None:
        told = evidence.certainties
        self.evidence = evidence
        self.certainties = {id: certainty for id, certainty in told.items() if id in base.fact}
        # Rules fire in the base's order, so that contributions stand in it, after what was told.
        self.given = {id: {TOLD: certainty} for id, certainty in told.items() if id in base.conclusion}
        self.certainties.update(dict.fromkeys(base.layered, 0.0))
        self.tallies: dict[str, set[int]] = {}
        self.fired: list[str] = []
        self.safeguards: list[str] = []
        self.recommended: list[str] = []
        self.contradictions: list[str] = []


class Shell:
    """A base compiled to an experta engine. One run at a time: threads need a shell each.

    After an exception in a run the shell must not be used again; experta may hold on to activations.
    """

    def __init__(self, base: KnowledgeBase, engine_class: Any) -> None:
        self._base = base
        self._engine = experta_door.built(engine_class)
        self._engine.reset()

    def run(self, evidence: Evidence) -> Trace:
        """Reason from evidence. The shell keeps nothing of it afterwards."""
        engine, base = self._engine, self._base
        case = engine.case = _Case(base, evidence)
        with experta_door.unlogged():
            try:
                engine.declare(*self._elements(case))
                engine.run()
            finally:
                engine.forget()
        given: dict[str, Mapping[str, float]] = dict.fromkeys(base.conclusion, _NOTHING)
        given.update((conclusion, Frozen(one)) for conclusion, one in case.given.items())
        return Trace(
            base=base,
            evidence=evidence,
            certainties=Frozen(case.certainties),
            given=Frozen(given),
            fired=tuple(case.fired),
            safeguards=tuple(case.safeguards),
            recommended=tuple(case.recommended),
            contradictions=tuple(case.contradictions),
        )

    def _elements(self, case: _Case) -> Iterator[Any]:
        elements, facts = self._engine.elements, self._base.fact
        yield elements[_INITIAL]
        yield elements[_ASKED_AS, case.evidence.perspective]
        for id, certainty in case.evidence.certainties.items():
            if id not in facts:
                yield elements[_CONTRIBUTED, id]
                continue
            if certainty > 0 and facts[id].kind == "safeguard":
                yield elements[_ALARM, id]
            if believed(certainty):
                yield elements[_PRESENT, id]
            elif disbelieved(certainty):
                yield elements[_ABSENT, id]


_NOTHING: Mapping[str, float] = Frozen()


def engine_class(base: KnowledgeBase, matcher: MatcherName = "ground") -> Any:
    """Return a subclass of experta's KnowledgeEngine whose rules are the base's productions.

    ``matcher`` chooses ours for ground rules, or experta's own RETE. Every rule has a salience of
    its own: among equals, experta's order is not the same on every run. Raises ValueError for
    another matcher.
    """
    if matcher not in MATCHERS:
        raise ValueError(f"unknown matcher {quoted(matcher)}: choose {' or '.join(MATCHERS)}")
    program = productions(base)
    pattern = cache(made)  # which several rules may share
    rules = []
    for rank, production in enumerate(program):
        rule = GroundRule(*_left_hand_side(production.patterns, pattern), salience=len(program) - rank)
        act = _act(production, base)
        act.__name__ = production.name
        rules.append(rule(act))
    members = {
        "__strategy__": SalienceStrategy,
        # Does not look through the engine's attributes: rules found there keep the last engine alive.
        "get_rules": lambda _: list(rules),
    }
    if matcher == "ground":
        return type("BaseEngine", (GroundEngine,), {"__matcher__": GroundMatcher, **members})
    return type("BaseEngine", (StockEngine,), {"__matcher__": experta_door.stock_matcher(), **members})


def _left_hand_side(patterns: tuple[Pattern, ...], pattern: Callable[[Key], Any]) -> Iterator[Any]:
    """Yield experta's patterns, the positive first."""
    keys: list[tuple[Key, bool]] = [((_ELEMENTS[one.memory], one.id), one.negated) for one in patterns]
    yield from map(pattern, [key for key, negated in keys if not negated] or [_INITIAL])
    yield from (NOT(pattern(key)) for key, negated in keys if negated)


def _act(production: Production, base: KnowledgeBase) -> Callable[[Any], None]:
    """Return what a production does; one closure for each, or experta merges rules."""
    subject = production.subject
    match production.act:
        case Act.SAFEGUARD:

            def act(engine: Any) -> None:
                engine.case.safeguards.append(subject)

        case Act.TALLY:
            holds, needed, part = (_HOLDS, subject), production.needed, production.part

            def act(engine: Any) -> None:
                if needed > 1:
                    parts = engine.case.tallies.setdefault(subject, set())
                    parts.add(part)
                    if len(parts) < needed:
                        return
                engine.declare(engine.elements[holds])

        case Act.CONTRIBUTE:
            rule = base.rule[subject]
            value, conclusion, level = valued(rule.condition), rule.conclusion, rule.certainty
            contributed = _CONTRIBUTED, conclusion

            def act(engine: Any) -> None:
                case = engine.case
                certainty = value(case.certainties, case.evidence.perspective) * level
                case.fired.append(subject)
                case.given.setdefault(conclusion, {})[subject] = certainty
                engine.declare(engine.elements[contributed])

        case Act.CONCLUDE:
            present, absent = (_PRESENT, subject), (_ABSENT, subject)

            def act(engine: Any) -> None:
                case = engine.case
                given = tuple(case.given[subject].values())
                if contradict(given):
                    case.contradictions.append(subject)
                certainty = case.certainties[subject] = combine(given)
                if believed(certainty):
                    engine.declare(engine.elements[present])
                elif disbelieved(certainty):
                    engine.declare(engine.elements[absent])

        case Act.RECOMMEND:

            def act(engine: Any) -> None:
                engine.case.recommended.append(subject)

    return act
