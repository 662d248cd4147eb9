"""Exact answers about conditions: can they hold, and does one hold wherever another does.

Whether a rule fires turns only on which ids are believed, believed to be absent, or neither: minimum,
maximum and the k-th greatest are above a bound exactly where all, one or k of the parts are. So a
condition is a logical function of three-valued ids, and a search that branches on one id at a time
and stops at what is already decided answers exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..conditions import Claim, Condition, Group, Leaf, leaves
from ..model import KnowledgeBase

BELIEVED, DENIED, NEITHER = "believed", "denied", "neither"
World = Mapping[str, str]
"""What is supposed so far: ids to one of the three, and "" to a perspective."""

_ASKED_AS = ""


def truth(condition: Condition, world: World) -> bool | None:
    """Tell whether a condition holds in a world; None where what is supposed does not decide it."""
    if isinstance(condition, Leaf):
        return _leaf(condition, world)
    parts = [truth(part, world) for part in condition.parts]
    if parts.count(True) >= condition.needed:
        return True
    return False if len(parts) - parts.count(False) < condition.needed else None


def _leaf(leaf: Leaf, world: World) -> bool | None:
    if leaf.claim is Claim.PERSPECTIVE:
        return world[_ASKED_AS] == leaf.id if _ASKED_AS in world else None
    if leaf.id not in world:
        return None
    match leaf.claim:
        case Claim.BELIEVED:
            return world[leaf.id] == BELIEVED
        case Claim.ABSENT:
            return world[leaf.id] == DENIED
        case Claim.UNLESS:
            return world[leaf.id] != BELIEVED


@dataclass(frozen=True)
class Logic:
    """What can be: the perspectives from which one asks, and which ids are never believed together."""

    perspectives: Collection[str]
    exclusions: Collection[Collection[str]] = ()

    @classmethod
    def of(cls, base: KnowledgeBase) -> Logic:
        """Return the logic of a base, with the exclusions that it declares."""
        return cls(
            tuple(one.id for one in base.perspectives),
            tuple(frozenset(one.ids) for one in base.charter.exclusions),
        )

    def possible(self, *wanted: tuple[Condition, bool]) -> World | None:
        """Return a world in which each condition holds or not, as wanted; None where there is none."""
        states: dict[str, set[str]] = {}
        for condition, _ in wanted:
            for leaf in leaves(condition):
                if leaf.claim is Claim.PERSPECTIVE:
                    states[_ASKED_AS] = set(self.perspectives)
                else:
                    told_apart = DENIED if leaf.claim is Claim.ABSENT else BELIEVED
                    states.setdefault(leaf.id, {NEITHER}).add(told_apart)
        return self._search(wanted, {}, states)

    def implies(self, one: Condition, other: Condition) -> bool:
        """Tell whether the one condition can hold only where the other does."""
        return self.possible((one, True), (other, False)) is None

    def equivalent(self, one: Condition, other: Condition) -> bool:
        """Tell whether two conditions hold in the same worlds."""
        return self.implies(one, other) and self.implies(other, one)

    def _search(
        self, wanted: Sequence[tuple[Condition, bool]], world: dict[str, str], states: Mapping[str, set[str]]
    ) -> World | None:
        undecided = []
        for condition, want in wanted:
            now = truth(condition, world)
            if now is None:
                undecided.append((condition, want))
            elif now is not want:
                return None
        if not undecided:
            return world
        id = next(self._open(undecided[0][0], world))
        for state in sorted(states[id]):
            if state != BELIEVED or not self._excluded(id, world):
                found = self._search(undecided, {**world, id: state}, states)
                if found is not None:
                    return found
        return None

    @staticmethod
    def _open(condition: Condition, world: World) -> Iterator[str]:
        """Yield the ids, not yet supposed, on which an undecided condition turns."""
        for leaf in leaves(condition):
            id = _ASKED_AS if leaf.claim is Claim.PERSPECTIVE else leaf.id
            if id not in world:
                yield id

    def _excluded(self, id: str, world: World) -> bool:
        excluding = (exclusion for exclusion in self.exclusions if id in exclusion)
        return any(world.get(other) == BELIEVED for exclusion in excluding for other in exclusion)


def without(condition: Group, index: int) -> Condition:
    """Return a group of two or more parts without one of them: all and any stay so, at least k of stays at k."""
    parts = condition.parts[:index] + condition.parts[index + 1 :]
    needed = condition.needed - 1 if condition.needed == len(condition.parts) else condition.needed
    return parts[0] if len(parts) == 1 else Group(max(1, needed), parts)


def narrowed(condition: Condition, data: Any) -> Iterator[tuple[str, Condition]]:
    """Yield every condition that lacks one clause of this one, with the clause's place in its JSON, as a pointer.

    A clause is a part of a group that has others, at any depth. ``data`` is the condition's JSON.
    """
    if isinstance(condition, Leaf):
        return
    key = next(key for key in ("all", "any", "of") if key in data)
    for index, part in enumerate(condition.parts):
        at = f"/{key}/{index}"
        if len(condition.parts) > 1:
            yield at, without(condition, index)
        for deeper, inner in narrowed(part, data[key][index]):
            parts = (*condition.parts[:index], inner, *condition.parts[index + 1 :])
            yield at + deeper, condition._replace(parts=parts)
