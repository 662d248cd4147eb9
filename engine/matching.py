"""A matcher and a strategy for ground rules, in the places that experta documents for others.

Our patterns have no variables: each names one element of working memory. So an element is a bit, a
rule two masks (what must be there, what must not), and matching a comparison. Stock RETE does the
same for such rules and remains selectable, as a check on this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .experta_door import NOT, Activation, Matcher, Strategy


class _Network:
    """The rules of an engine class, compiled: bits for elements, and two masks for each rule."""

    def __init__(self, rules: Iterable[Any]) -> None:
        self.bits: dict[tuple[type, Any], int] = {}
        self.rules: list[tuple[Any, int, int]] = []
        self.watchers: dict[int, list[int]] = {}
        for index, rule in enumerate(rules):
            required = excluded = 0
            for pattern in rule:
                if isinstance(pattern, NOT):
                    excluded |= self._bit(pattern[0], index)
                else:
                    required |= self._bit(pattern, index)
            self.rules.append((rule, required, excluded))

    def _bit(self, pattern: Any, index: int) -> int:
        bit = self.bits.setdefault(element(pattern), 1 << len(self.bits))
        self.watchers.setdefault(bit, []).append(index)
        return bit


def element(fact: Any) -> tuple[type, Any]:
    """Return what tells elements of working memory apart: their class and id."""
    return type(fact), fact.get("id")


class GroundMatcher(Matcher):  # type: ignore[misc] # experta has no types
    """Matches rules that are conjunctions of ground patterns, some of them negated."""

    def __init__(self, engine: Any) -> None:
        super().__init__(engine)
        kind = type(engine)
        if "_network" not in vars(kind):
            kind._network = _Network(engine.get_rules())
        self._network: _Network = kind._network
        self.reset()

    def reset(self) -> None:
        """Forget all elements and activations."""
        self._present = 0
        self._facts: dict[int, Any] = {}
        self._active: dict[int, Any] = {}

    def changes(self, adding: Any = None, deleting: Any = None) -> tuple[list[Any], list[Any]]:
        """Take elements in or out; return the activations that this adds and removes."""
        touched: set[int] = set()
        for fact in deleting or ():
            bit = self._network.bits.get(element(fact), 0)
            if self._facts.pop(bit, None) is not None:
                self._present &= ~bit
                touched.update(self._network.watchers[bit])
        for fact in adding or ():
            bit = self._network.bits.get(element(fact), 0)
            if bit:
                self._facts[bit] = fact
                self._present |= bit
                touched.update(self._network.watchers[bit])
        return self._rematched(touched)

    def _rematched(self, touched: Iterable[int]) -> tuple[list[Any], list[Any]]:
        added, removed = [], []
        for index in sorted(touched):
            rule, required, excluded = self._network.rules[index]
            matches = self._present & required == required and not self._present & excluded
            if matches and index not in self._active:
                facts = [fact for bit, fact in self._facts.items() if bit & required]
                activation = self._active[index] = Activation(rule, facts)
                added.append(activation)
            elif not matches and index in self._active:
                removed.append(self._active.pop(index))
        return added, removed


class SalienceStrategy(Strategy):  # type: ignore[misc] # experta has no types
    """Orders activations by salience alone, which is a total order where every rule has its own.

    experta's own strategy looks for a removed activation in three places among its equals only, and
    keeps the facts of past cases in a cache on its class.
    """

    def _update_agenda(self, agenda: Any, added: list[Any], removed: list[Any]) -> None:
        gone = {one.rule.salience for one in removed}
        agenda.activations = [one for one in agenda.activations if one.rule.salience not in gone]
        agenda.activations.extend(added)
        agenda.activations.sort(key=lambda activation: activation.rule.salience)
