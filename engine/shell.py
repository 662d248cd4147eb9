"""The expert-system shell: productions run as rules of an experta engine."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args

from ..knowledge.conditions import Condition
from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from ..knowledge.problems import quoted
from . import experta_door
from .certainty import believed, combine, contradict, disbelieved
from .evidence import Evidence
from .experta_door import NOT, Fact, InitialFact, KnowledgeEngine, Rule
from .matching import GroundMatcher, SalienceStrategy
from .premises import value
from .program import Act, Memory, Pattern, Production, productions
from .trace import TOLD, Trace

MatcherName = Literal["ground", "rete"]
MATCHERS = get_args(MatcherName)


class _Element(Fact):  # type: ignore[misc] # experta has no types
    """An element of working memory. It does not print what it stands for: that is somebody's answer."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


# Given, so that experta need not work it out anew for each of some hundred rules.
_SIGNATURE = inspect.Signature([inspect.Parameter("engine", inspect.Parameter.POSITIONAL_ONLY)])

# One class of experta facts for each kind of element, so that a left-hand side reads as what it says.
_ELEMENTS: dict[Memory, Any] = {memory: type(memory.value, (_Element,), {}) for memory in Memory}


class _Case:
    """What one run has found so far."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.certainties: dict[str, float] = {}
        self.given: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self.tallies: defaultdict[str, set[int]] = defaultdict(set)
        self.fired: dict[str, None] = {}
        self.safeguards: dict[str, None] = {}
        self.recommended: dict[str, None] = {}
        self.contradictions: list[str] = []

    def value(self, condition: Condition) -> float:
        return value(condition, self.certainties, self.evidence.perspective)


class Shell:
    """A base compiled to an experta engine. One run at a time: threads need a shell each.

    After an exception in a run the shell must not be used again; experta may hold on to activations.
    """

    def __init__(self, base: KnowledgeBase, engine_class: Any) -> None:
        self._base = base
        self._engine = experta_door.built(engine_class)

    def run(self, evidence: Evidence) -> Trace:
        """Reason from evidence. The shell keeps nothing of it afterwards."""
        case = self._engine.case = _Case(evidence)
        case.certainties.update((id, c) for id, c in evidence.certainties.items() if id in self._base.fact)
        with experta_door.unlogged():
            try:
                self._engine.reset()
                self._engine.declare(InitialFact(), *self._elements(case))
                self._engine.run()
            finally:
                self._engine.forget()
        return Trace(
            base=self._base,
            evidence=evidence,
            certainties=Frozen(case.certainties),
            given=Frozen((one, _in_order(case.given[one], self._base, one)) for one in self._base.conclusion),
            fired=tuple(case.fired),
            safeguards=tuple(one.id for one in self._base.safeguards if one.id in case.safeguards),
            recommended=tuple(case.recommended),
            contradictions=tuple(case.contradictions),
        )

    def _elements(self, case: _Case) -> Iterator[Any]:
        yield _ELEMENTS[Memory.ASKED_AS](id=case.evidence.perspective)
        for id, certainty in case.certainties.items():
            if certainty > 0 and self._base.fact[id].kind == "safeguard":
                yield _ELEMENTS[Memory.ALARM](id=id)
            yield from _held(id, certainty)


def _held(id: str, certainty: float) -> Iterator[Any]:
    if believed(certainty):
        yield _ELEMENTS[Memory.PRESENT](id=id)
    elif disbelieved(certainty):
        yield _ELEMENTS[Memory.ABSENT](id=id)


def _in_order(given: Mapping[str, float], base: KnowledgeBase, conclusion: str) -> Mapping[str, float]:
    """Return contributions in the base's order, so that nothing depends on the order of firing."""
    order = (TOLD, *(rule.id for rule in base.rules_for[conclusion]))
    return Frozen((rule, given[rule]) for rule in order if rule in given)


def engine_class(base: KnowledgeBase, matcher: MatcherName = "ground") -> Any:
    """Return a subclass of experta's KnowledgeEngine whose rules are the base's productions.

    ``matcher`` chooses ours for ground rules, or experta's own RETE. Every rule has a salience of
    its own: among equals, experta's order is not the same on every run. Raises ValueError for
    another matcher.
    """
    if matcher not in MATCHERS:
        raise ValueError(f"unknown matcher {quoted(matcher)}: choose {' or '.join(MATCHERS)}")
    program = productions(base)
    elements: dict[tuple[Memory, str], Any] = {}
    rules = tuple(
        Rule(*_left_hand_side(production.patterns, elements), salience=len(program) - rank)(
            _right_hand_side(production, base)
        )
        for rank, production in enumerate(program)
    )

    def forget(engine: Any) -> None:
        engine.case = None
        engine.reset()
        if matcher == "rete":
            experta_door.forget_matchers()

    return type(
        "BaseEngine",
        (KnowledgeEngine,),
        {
            "__matcher__": GroundMatcher if matcher == "ground" else experta_door.stock_matcher(),
            "__strategy__": SalienceStrategy,
            # Neither looks through the engine's attributes: rules found there keep the last engine alive,
            # and fact definitions found there are shared by all threads.
            "get_rules": lambda _: list(rules),
            "get_deffacts": lambda _: [],
            "forget": forget,
        },
    )


def _left_hand_side(patterns: tuple[Pattern, ...], elements: dict[tuple[Memory, str], Any]) -> Iterator[Any]:
    """Yield experta's patterns, the positive first; ``elements`` keeps those that several rules share."""
    if all(pattern.negated for pattern in patterns):
        yield InitialFact()
    for pattern in sorted(patterns, key=lambda pattern: pattern.negated):
        key = pattern.memory, pattern.id
        element = elements.get(key) or elements.setdefault(key, _ELEMENTS[pattern.memory](id=pattern.id))
        yield NOT(element) if pattern.negated else element


def _right_hand_side(production: Production, base: KnowledgeBase) -> Callable[[Any], None]:
    act: Any = _act(production, base)
    act.__name__ = production.name
    act.__signature__ = _SIGNATURE
    return act  # type: ignore[no-any-return] # attributes of a function are Any


def _act(production: Production, base: KnowledgeBase) -> Callable[[Any], None]:
    """Return what a production does; one closure for each, or experta merges rules."""
    subject = production.subject
    match production.act:
        case Act.SAFEGUARD:

            def act(engine: Any) -> None:
                engine.case.safeguards[subject] = None

        case Act.TALLY:

            def act(engine: Any) -> None:
                parts = engine.case.tallies[subject]
                parts.add(production.part)
                if len(parts) == production.needed:
                    engine.declare(_ELEMENTS[Memory.HOLDS](id=subject))

        case Act.CONTRIBUTE:
            rule = base.rule[subject]

            def act(engine: Any) -> None:
                case = engine.case
                case.fired[subject] = None
                case.given[rule.conclusion][subject] = case.value(rule.condition) * rule.certainty

        case Act.CONCLUDE:

            def act(engine: Any) -> None:
                case = engine.case
                if subject in case.evidence.certainties:
                    case.given[subject][TOLD] = case.evidence.certainties[subject]
                given = tuple(_in_order(case.given[subject], base, subject).values())
                if contradict(given):
                    case.contradictions.append(subject)
                case.certainties[subject] = combine(given)
                for element in _held(subject, case.certainties[subject]):
                    engine.declare(element)

        case Act.RECOMMEND:

            def act(engine: Any) -> None:
                engine.case.recommended[subject] = None

    return act
