"""Exact answers about conditions: can they hold, and does one hold wherever another does.

Whether a rule fires turns only on which ids are believed, believed to be absent, or neither: minimum,
maximum and the k-th greatest are above a bound exactly where all, one or k of the parts are. So a
condition is a logical function of three-valued ids. The search keeps the states that are still possible
for each id, draws every conclusion from them that it can, and where it can draw none supposes that one
part holds, and then that it does not (Davis, Logemann and Loveland, "A machine program for
theorem-proving", *Communications of the ACM* 5, 1962).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..conditions import Claim, Condition, Group, Leaf
from ..model import KnowledgeBase
from .checks import NotMadeError

BELIEVED, DENIED, NEITHER = "believed", "denied", "neither"
_STATES = frozenset({BELIEVED, DENIED, NEITHER})
World = Mapping[str, frozenset[str]]
"""The states that are possible for ids; what is not in it is open. "" stands for the perspective."""

_ASKED_AS = ""

STEPS = 20_000
"""How many suppositions a search may make; conditions of a person's size take a few dozen."""


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
        """Return a world in which each condition holds or not, as wanted; None where there is none.

        Raises :class:`NotMadeError` where the conditions are too intricate to tell.
        """
        return _Search(self).found(_Supposed({}, {}), wanted)

    def implies(self, one: Condition, other: Condition) -> bool:
        """Tell whether the one condition can hold only where the other does. Raises as :meth:`possible` does."""
        return self.possible((one, True), (other, False)) is None

    def equivalent(self, one: Condition, other: Condition) -> bool:
        """Tell whether two conditions hold in the same worlds. Raises as :meth:`possible` does."""
        return self.implies(one, other) and self.implies(other, one)


@dataclass
class _Supposed:
    """What is supposed of ids, and of groups of conditions."""

    states: dict[str, frozenset[str]]
    groups: dict[Group, bool]

    def copy(self) -> _Supposed:
        return _Supposed(dict(self.states), dict(self.groups))


class _ContradictionError(Exception):
    """What is supposed cannot be."""


class _Search:
    def __init__(self, logic: Logic) -> None:
        self._logic = logic
        self._open = {True: _STATES, False: frozenset(logic.perspectives)}
        self._steps = 0

    def found(self, supposed: _Supposed, more: Collection[tuple[Condition, bool]]) -> World | None:
        """Return a world in which all that is supposed is so, and more; None where there is none."""
        self._steps += 1
        if self._steps > STEPS:
            raise NotMadeError("Some conditions are too intricate to be compared: nest fewer alternatives.")
        try:
            for condition, want in more:
                self._suppose(supposed, condition, want)
            part = self._conclude(supposed)
        except _ContradictionError:
            return None
        if part is None:
            return supposed.states
        condition, want = part
        there = self.found(supposed.copy(), [(condition, want)])
        return self.found(supposed, [(condition, not want)]) if there is None else there

    def _suppose(self, supposed: _Supposed, condition: Condition, want: bool) -> None:  # noqa: FBT001 # a truth value
        if isinstance(condition, Group):
            if supposed.groups.setdefault(condition, want) is not want:
                raise _ContradictionError
            return
        id, matching = self._matching(condition)
        states = self._states(supposed, id)
        left = states & matching if want else states - matching
        if not left:
            raise _ContradictionError
        supposed.states[id] = left
        if left == {BELIEVED} != states:
            for other in {other for group in self._logic.exclusions if id in group for other in group} - {id}:
                self._suppose(supposed, Leaf(Claim.BELIEVED, other), want=False)

    def _conclude(self, supposed: _Supposed) -> tuple[Condition, bool] | None:
        """Suppose all that follows; return what to try next, None where everything supposed is so."""
        while True:
            known = len(supposed.groups), sum(map(len, supposed.states.values())), len(supposed.states)
            undecided: list[tuple[list[Condition], bool]] = []
            for group, want in list(supposed.groups.items()):
                truths = [self._truth(supposed, part) for part in group.parts]
                missing = (group.needed if want else len(group.parts) - group.needed + 1) - truths.count(want)
                open_ = [part for part, now in zip(group.parts, truths, strict=True) if now is None]
                if missing > len(open_):
                    raise _ContradictionError
                if missing == len(open_):
                    for part in open_:
                        self._suppose(supposed, part, want)
                elif missing > 0:
                    undecided.append((open_, want))
            if known == (len(supposed.groups), sum(map(len, supposed.states.values())), len(supposed.states)):
                if not undecided:
                    return None
                parts, want = min(undecided, key=lambda one: len(one[0]))
                return parts[0], want

    def _truth(self, supposed: _Supposed, condition: Condition) -> bool | None:
        """Tell whether a condition holds; None where what is supposed does not decide it."""
        if isinstance(condition, Group):
            return supposed.groups.get(condition)
        id, matching = self._matching(condition)
        states = self._states(supposed, id)
        return True if states <= matching else None if states & matching else False

    def _states(self, supposed: _Supposed, id: str) -> frozenset[str]:
        return supposed.states.get(id, self._open[id != _ASKED_AS])

    @staticmethod
    def _matching(leaf: Leaf) -> tuple[str, frozenset[str]]:
        """Return what a leaf is about, and the states of it in which the leaf holds."""
        match leaf.claim:
            case Claim.BELIEVED:
                return leaf.id, frozenset({BELIEVED})
            case Claim.ABSENT:
                return leaf.id, frozenset({DENIED})
            case Claim.UNLESS:
                return leaf.id, frozenset({DENIED, NEITHER})
            case Claim.PERSPECTIVE:
                return _ASKED_AS, frozenset({leaf.id})


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
