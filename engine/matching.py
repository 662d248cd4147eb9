"""Working memory, matcher, agenda and engine for ground rules, in the places that experta documents for others.

Our patterns have no variables: each names one element of working memory. So an element needs to exist only
once, a rule can be activated in one way only, and matching is counting what a rule still misses. Stock RETE
does the same for such rules and remains selectable, as a check on this.
"""

from __future__ import annotations

from collections.abc import Iterable
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

Key = tuple[type, Any]
"""What tells elements apart: their class, and the id that they are about."""


class Element(Fact):  # type: ignore[misc] # experta has no types
    """An element of working memory. It does not print what it stands for: that is somebody's answer."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class Elements(dict[Key, Any]):
    """The elements of one engine by class and id, each made when it is first needed and then used again.

    Making a fact costs experta more than matching it. An element says that something is there, not how
    certain it is or in whose case; it has a number while it is declared, which is taken back afterwards.
    """

    def __missing__(self, key: Key) -> Any:
        kind, id = key
        element = self[key] = kind() if id is None else kind(id=id)
        return element


def key_of(fact: Any) -> Key:
    """Return what tells a fact apart from others as elements are."""
    return type(fact), fact.get("id")


class GroundRule(Rule):  # type: ignore[misc] # experta has no types
    """A rule that takes the engine alone: experta reads no signature to make it, and picks no arguments to fire it."""

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
            required = tuple(key_of(pattern) for pattern in rule if not isinstance(pattern, NOT))
            self.required.append(required)
            for key in required:
                self.requiring.setdefault(key, []).append(index)
            for key in (key_of(pattern[0]) for pattern in rule if isinstance(pattern, NOT)):
                self.excluding.setdefault(key, []).append(index)
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
        self._activations: dict[int, Any] = {}
        self.reset()

    def reset(self) -> None:
        """Forget all elements."""
        self._missing = self._network.missing.copy()

    def changes(self, adding: Any = None, deleting: Any = None) -> tuple[list[Any], list[Any]]:
        """Take elements in or out; return the activations that this adds and removes."""
        requiring, excluding, missing = self._network.requiring, self._network.excluding, self._missing
        added: list[int] = []
        removed: list[int] = []
        # What keeps rules from matching comes first, so that none is added here and then removed.
        for keys, concerned in (deleting, requiring), (adding, excluding):
            for fact in keys or ():
                for index in concerned.get(key_of(fact), ()):
                    if not missing[index]:
                        removed.append(index)
                    missing[index] += 1
        for keys, concerned in (deleting, excluding), (adding, requiring):
            for fact in keys or ():
                for index in concerned.get(key_of(fact), ()):
                    missing[index] -= 1
                    if not missing[index]:
                        added.append(index)
        return [*map(self._activation, added)], [*map(self._activation, removed)]

    def _activation(self, index: int) -> Any:
        found = self._activations.get(index)
        if found is None:
            rule, elements = self._network.rules[index], self.engine.elements
            found = self._activations[index] = Activation(
                rule, [elements[key] for key in self._network.required[index]]
            )
            found.key = rule.salience
        return found


_salience = attrgetter("rule.salience")


class SalienceStrategy(Strategy):  # type: ignore[misc] # experta has no types
    """Orders activations by salience alone, which is a total order where every rule has its own.

    experta's own strategy looks for a removed activation in three places among its equals only, and
    keeps the facts of past cases in a cache on its class.
    """

    def _update_agenda(self, agenda: Any, added: list[Any], removed: list[Any]) -> None:
        if removed:
            gone = set(map(_salience, removed))
            agenda.activations = [one for one in agenda.activations if one.rule.salience not in gone]
        if added:
            agenda.activations.extend(added)
            agenda.activations.sort(key=_salience)

    # What experta does around it is to write what changed to its log, where that is on.
    update_agenda = _update_agenda


class ElementList(FactList):  # type: ignore[misc] # experta has no types
    """A fact list of elements, which are the same where they are one: nothing is validated, and no content hashed."""

    def declare(self, fact: Any) -> Any:
        """Take an element in and return it; None where it is there already."""
        if fact.get("__factid__") in self:
            return None
        fact.__factid__ = self.last_index
        self[self.last_index] = fact
        self.last_index += 1
        self.added.append(fact)
        return fact

    @property
    def pending(self) -> bool:
        """Whether anything changed since the matcher was told."""
        return bool(self.added or self.removed)


class ShellEngine(KnowledgeEngine):  # type: ignore[misc] # experta has no types
    """experta's engine as a shell uses it: with a case to reason about, and elements to declare."""

    def __init__(self) -> None:
        self.case: Any = None
        self.elements = Elements()
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
        """Leave nothing of the case, nor this engine in what stock RETE keeps of its last one."""
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
        for fact in facts:
            self.facts.declare(fact)
        # In a run experta asks for what changed once an act is done, as it does with its own fact list.

    def get_activations(self) -> tuple[Any, Any]:
        """Return the activations added and removed since the last call: mostly none."""
        return self.matcher.changes(*self.facts.changes) if self.facts.pending else ((), ())
