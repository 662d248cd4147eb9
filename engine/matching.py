"""Working memory, matcher, agenda and engine for ground rules, in the places that experta documents for others.

Our patterns have no variables: each names one element of working memory. So an element needs to exist only
once, a rule can be activated in one way only, and matching is counting what a rule still misses. Stock RETE
does the same for such rules and remains selectable, as a check on this.

It is experta's engine that runs: facts are declared into its fact list, activations wait on its agenda, and its
own ``run()`` fires them. What is done otherwise than there is done for its own share of the time, which
`benchmarks/pieces.py` shows: with stock RETE a run takes some 30 times as long, and with this matcher and all
else as experta has it 1.6 times.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from .experta_door import (
    NOT,
    Activation,
    Agenda,
    Fact,
    FactList,
    KnowledgeEngine,
    Matcher,
    Rule,
    Strategy,
    forget_matchers,
)

Key = tuple[Any, str | None]
"""What tells elements apart: their class, and the id that they are about, if any."""


class Element(Fact):  # type: ignore[misc] # experta has no types
    """An element of working memory. It does not print what it stands for: that is somebody's answer."""

    def __init__(self, **fields: str) -> None:
        dict.__init__(self, fields)  # nothing in it that must be frozen, and nothing that has a default

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


def made(key: Key) -> Any:
    """Return a new element, which knows its key."""
    kind, id = key
    element = kind() if id is None else kind(id=id)
    element.key = key
    return element


class Elements(dict[Key, Any]):
    """The elements that the rules of one engine name, by key: made once, as making one costs more than matching it.

    An element says that something is there, not how certain it is or in whose case; while it is declared it
    has a number, which is taken back afterwards. One that no rule names is made when somebody asks for it and
    not kept, so that what is kept tells nothing about past cases.
    """

    def __init__(self, rules: Iterable[Any]) -> None:
        super().__init__((key, made(key)) for key in dict.fromkeys(key for rule in rules for key, _ in patterns(rule)))

    def __missing__(self, key: Key) -> Any:
        return made(key)


def patterns(rule: Any) -> Iterator[tuple[Key, bool]]:
    """Yield the key of each pattern of a rule, and whether the pattern is negated."""
    for pattern in rule:
        negated = isinstance(pattern, NOT)
        yield (pattern[0] if negated else pattern).key, negated


class GroundRule(Rule):  # type: ignore[misc] # experta has no types
    """A rule that takes the engine alone: experta reads no signature to make it, and picks no arguments to fire it."""

    _wrapped: Any

    def __call__(self, given: Any) -> Any:
        """Take the act that it decorates; afterwards, perform it on an engine."""
        if self._wrapped is not None:
            return self._wrapped(given)
        self._wrapped, self.__name__ = given, given.__name__
        return self


class _Network:
    """The rules of an engine class, compiled: what each requires, and which of them an element concerns."""

    def __init__(self, rules: Iterable[Any]) -> None:
        self.rules = tuple(rules)
        self.required: list[tuple[Key, ...]] = []
        self.requiring: dict[Key, list[int]] = {}
        self.excluding: dict[Key, list[int]] = {}
        for index, rule in enumerate(self.rules):
            named = [*patterns(rule)]
            self.required.append(tuple(key for key, negated in named if not negated))
            for key, negated in named:
                (self.excluding if negated else self.requiring).setdefault(key, []).append(index)
        self.missing = [*map(len, self.required)]


class GroundMatcher(Matcher):  # type: ignore[misc] # experta has no types
    """Matches rules that are conjunctions of ground patterns, some of them negated.

    For each rule it counts the required elements that are not there and the excluded ones that are: a rule
    matches where it misses nothing. An element then costs as much as there are patterns that name it.
    """

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        kind = type(engine)
        if "_network" not in vars(kind):
            kind._network = _Network(engine.get_rules())
        self._network: _Network = kind._network
        # A ground rule can be activated by one set of elements only, so each activation is made once.
        self._activations: list[Any] = []
        for rule, required in zip(self._network.rules, self._network.required, strict=True):
            activation = Activation(rule, [engine.elements[key] for key in required])
            activation.key = rule.salience
            self._activations.append(activation)
        self.reset()

    def reset(self) -> None:
        """Forget all elements."""
        self._missing = self._network.missing.copy()

    def changes(self, adding: Any = None, deleting: Any = None) -> tuple[list[Any], list[Any]]:
        """Take elements in or out; return the activations that this adds and removes."""
        requiring, excluding = self._network.requiring, self._network.excluding
        added: list[Any] = []
        removed: list[Any] = []
        # What keeps rules from matching comes first, so that none is added here and then removed.
        for fact in deleting or ():
            self._miss_more(requiring.get(fact.key, ()), removed)
        for fact in adding or ():
            if fact.key in excluding:
                self._miss_more(excluding[fact.key], removed)
        for fact in deleting or ():
            self._miss_less(excluding.get(fact.key, ()), added)
        for fact in adding or ():
            self._miss_less(requiring.get(fact.key, ()), added)
        return added, removed

    def _miss_more(self, rules: Iterable[int], removed: list[Any]) -> None:
        missing = self._missing
        for index in rules:
            if not missing[index]:
                removed.append(self._activations[index])
            missing[index] += 1

    def _miss_less(self, rules: Iterable[int], added: list[Any]) -> None:
        missing = self._missing
        for index in rules:
            missing[index] -= 1
            if not missing[index]:
                added.append(self._activations[index])


_key = attrgetter("key")


class SalienceStrategy(Strategy):  # type: ignore[misc] # experta has no types
    """Orders activations by salience alone, which is a total order where every rule has its own.

    experta's own strategy looks for a removed activation in three places among its equals only, and
    keeps the facts of past cases in a cache on its class.
    """

    def _update_agenda(self, agenda: Any, added: list[Any], removed: list[Any]) -> None:
        if removed:
            gone = {one.rule.salience for one in removed}
            agenda.activations = [one for one in agenda.activations if one.key not in gone]
        for one in added:
            one.key = one.rule.salience
            insort(agenda.activations, one, key=_key)


class ElementList(FactList):  # type: ignore[misc] # experta has no types
    """A fact list of elements, which are the same where they are one: nothing is validated, and no content hashed."""

    last_index: int

    def declare(self, fact: Any) -> Any:
        """Take an element in and return it; None where it is there already."""
        if fact.get("__factid__") in self:
            return None
        index = self.last_index
        self.last_index = index + 1
        self[index] = fact
        self.added.append(fact)
        dict.__setitem__(fact, "__factid__", index)  # where its property would put it
        return fact


class ShellEngine(KnowledgeEngine):  # type: ignore[misc] # experta has no types
    """experta's engine as a shell uses it: with a case to reason about, and elements to declare."""

    def __init__(self) -> None:
        self.case: Any = None
        self.elements = Elements(self.get_rules())
        super().__init__()

    def get_deffacts(self) -> list[Any]:
        """Return none: fact definitions are shared by all threads."""
        return []

    def forget(self) -> None:
        """Leave nothing of the case."""
        self.case = None
        for fact in self.facts.values():
            fact.pop("__factid__", None)
        self.reset()


class StockEngine(ShellEngine):
    """An engine that does all else as experta does it."""

    def forget(self) -> None:
        """Leave nothing of the case: nor in what stock RETE keeps of its last engine, nor the hashes of facts."""
        for fact in self.facts.values():
            vars(fact).pop("_hash", None)
        super().forget()
        forget_matchers()


class GroundEngine(ShellEngine):
    """An engine whose facts are all elements: it need not look for what experta must not find in a fact."""

    def reset(self) -> None:
        """Empty working memory and agenda."""
        self.agenda = Agenda()
        self.facts = ElementList()
        self.matcher.reset()
        self.running = False

    def declare(self, *facts: Any) -> None:
        """Declare elements, before a run or in its midst."""
        declare = self.facts.declare
        for fact in facts:
            declare(fact)
        # In a run experta asks for what changed once an act is done, as it does with its own fact list.

    def get_activations(self) -> tuple[Any, Any]:
        """Return the activations added and removed since the last call: mostly none."""
        facts = self.facts
        return self.matcher.changes(*facts.changes) if facts.added or facts.removed else ((), ())
