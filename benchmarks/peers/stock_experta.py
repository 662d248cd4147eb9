"""The base as a plain experta program: its own RETE, strategy and facts, one fact declared after another.

An "any of" is experta's OR; since that fires its rule once for each part that holds, a rule that has fired does
nothing. "At least k of" is a rule for each part that counts it, the quickest of the ways that were tried. Each rule
has a salience of its own, without which experta's order differs from run to run, and the engine is built once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pushaway.engine.experta_door  # noqa: F401 # without it experta does not import
from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.conditions import Claim, Condition, Leaf
from pushaway.knowledge.model import Rule as KnownRule

from .reasoning import HOLDS_ABOVE, Found, Given, Run, combined, layers, number, value

# isort: split
from experta import AND, NOT, OR, Fact, InitialFact, KnowledgeEngine, Rule

Action = Callable[[Any], None]


class Present(Fact):  # type: ignore[misc] # experta has no types
    """A fact or conclusion is believed."""


class Absent(Fact):  # type: ignore[misc]
    """A fact or conclusion is believed to be absent."""


class AskedAs(Fact):  # type: ignore[misc]
    """The perspective of whoever asks."""


class Alarm(Fact):  # type: ignore[misc]
    """A safeguard fact was given any certainty above 0."""


class Enough(Fact):  # type: ignore[misc]
    """As many parts as a condition needs hold."""


def build(base: KnowledgeBase) -> Run:
    """Return what reasons from evidence with a base's rules."""
    engine = type("Program", (KnowledgeEngine,), _rules(base))()
    unknown = dict.fromkeys((*base.fact, *base.conclusion), 0.0)
    alarms = frozenset(one.fact for one in base.safeguards)

    def run(evidence: Given, perspective: str) -> Found:
        engine.reset()
        engine.perspective, engine.known, engine.given = perspective, unknown.copy(), {}
        engine.fired, engine.responses, engine.safeguards, engine.counts = set(), set(), set(), {}
        engine.declare(AskedAs(id=perspective))
        for id, one in evidence.items():
            certainty = number(one)
            if id in base.conclusion:
                engine.given[id] = certainty
                continue
            engine.known[id] = certainty
            if id in alarms and certainty > 0:
                engine.declare(Alarm(id=id))
            _declare(engine, id, certainty)
        engine.run()
        certainties = {id: engine.known[id] for id in base.conclusion}
        return Found(engine.fired, certainties, engine.responses, engine.safeguards)

    return run


def _declare(engine: Any, id: str, certainty: float) -> None:
    if certainty > HOLDS_ABOVE:
        engine.declare(Present(id=id))
    elif certainty < -HOLDS_ABOVE:
        engine.declare(Absent(id=id))


def _rules(base: KnowledgeBase) -> dict[str, Any]:
    """Return experta's rules by name, the most urgent first."""
    program = [*_Program().of(base)]
    named = {}
    for rank, (patterns, action) in enumerate(program):
        action.__name__ = f"rule_{rank}"
        named[action.__name__] = Rule(*patterns, salience=len(program) - rank)(action)
    return named


class _Program:
    """Writes left-hand sides, and the rules that count parts where one needs them."""

    def __init__(self) -> None:
        self._clauses = 0
        self._counting: list[tuple[list[Any], Action]] = []

    def of(self, base: KnowledgeBase) -> Iterator[tuple[list[Any], Action]]:
        """Yield patterns and action of every rule: safeguards, rules by layers, responses."""
        for safeguard in base.safeguards:
            yield [Alarm(id=safeguard.fact)], _add("safeguards", safeguard.id)
        for conclusions in layers(base):
            for rule in (rule for one in conclusions for rule in base.rules_for[one]):
                yield from self._rule(rule.condition, _contribute(rule))
            yield [InitialFact()], _conclude(conclusions)
        for response in base.responses:
            yield from self._rule(response.condition, _add("responses", response.id))

    def _rule(self, condition: Condition, action: Action) -> Iterator[tuple[list[Any], Action]]:
        patterns = self._patterns(condition)
        yield from self._counting
        self._counting.clear()
        yield patterns, action

    def _patterns(self, condition: Condition) -> list[Any]:
        """Return the patterns that match where a condition holds, those that must not be matched last."""
        flat = [self._pattern(part) for part in _conjuncts(condition)]
        flat.sort(key=lambda pattern: isinstance(pattern, NOT))
        return [InitialFact(), *flat] if isinstance(flat[0], NOT) else flat

    def _pattern(self, condition: Condition) -> Any:
        if isinstance(condition, Leaf):
            match condition.claim:
                case Claim.BELIEVED:
                    return Present(id=condition.id)
                case Claim.ABSENT:
                    return Absent(id=condition.id)
                case Claim.UNLESS:
                    return NOT(Present(id=condition.id))
                case Claim.PERSPECTIVE:
                    return AskedAs(id=condition.id)
        if condition.needed == 1:
            parts = map(self._patterns, condition.parts)
            return OR(*(part[0] if len(part) == 1 else AND(*part) for part in parts))
        self._clauses += 1
        clause = self._clauses
        for index, part in enumerate(condition.parts):
            self._counting.append((self._patterns(part), _count(clause, index, condition.needed)))
        return Enough(id=clause)


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Leaf) or condition.needed < len(condition.parts):
        yield condition
    else:
        for part in condition.parts:
            yield from _conjuncts(part)


def _add(collection: str, id: str) -> Action:
    def action(engine: Any) -> None:
        getattr(engine, collection).add(id)

    return action


def _contribute(rule: KnownRule) -> Action:
    certainty, level, id, conclusion = value(rule.condition), rule.certainty, rule.id, rule.conclusion

    def action(engine: Any) -> None:
        if id not in engine.fired:
            engine.fired.add(id)
            contribution = certainty(engine.known, engine.perspective) * level
            before = engine.given.get(conclusion)
            engine.given[conclusion] = contribution if before is None else combined(before, contribution)

    return action


def _conclude(conclusions: tuple[str, ...]) -> Action:
    def action(engine: Any) -> None:
        for conclusion in conclusions:
            if conclusion in engine.given:
                engine.known[conclusion] = engine.given[conclusion]
                _declare(engine, conclusion, engine.given[conclusion])

    return action


def _count(clause: int, part: int, needed: int) -> Action:
    def action(engine: Any) -> None:
        parts = engine.counts.setdefault(clause, set())
        parts.add(part)
        if len(parts) == needed:
            engine.declare(Enough(id=clause))

    return action
