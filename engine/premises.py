"""How far a condition holds, and where it does not, what keeps it from holding.

Conditions are trees that do not change, and a run asks hundreds of them: each is compiled to a function once, so
that no run looks again at what kinds of leaves and groups it is made of.
"""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from itertools import chain
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Leaf
from .certainty import believed, disbelieved

Certainties = Mapping[str, float]
"""Certainties in [−1, 1] by id; what is not in it is unknown, 0."""

Value = Callable[[Certainties, str], float]
"""Gives a condition's certainty in [−1, 1], from certainties and a perspective."""


def valued(condition: Condition) -> Value:
    """Compile a condition to what gives its certainty.

    At least k of: the k-th greatest, so the least part for all of and the greatest for any of
    (Norvig, PAIP ch. 16). Absent turns the sign; unless and perspective are 1 or 0.
    """
    if not isinstance(condition, Leaf):
        return _valued_group(condition.needed, [*map(valued, condition.parts)])
    id = condition.id
    match condition.claim:
        case Claim.BELIEVED:
            return lambda certainties, _: certainties.get(id, 0.0)
        case Claim.ABSENT:
            return lambda certainties, _: -certainties.get(id, 0.0)
        case Claim.UNLESS:
            return lambda certainties, _: 0.0 if believed(certainties.get(id, 0.0)) else 1.0
        case Claim.PERSPECTIVE:
            return lambda _, perspective: 1.0 if id == perspective else 0.0


def _valued_group(needed: int, parts: list[Value]) -> Value:
    if needed == len(parts):
        return lambda certainties, perspective: min([part(certainties, perspective) for part in parts])
    if needed == 1:
        return lambda certainties, perspective: max([part(certainties, perspective) for part in parts])
    return lambda certainties, perspective: sorted([part(certainties, perspective) for part in parts])[-needed]


def value(condition: Condition, certainties: Certainties, perspective: str) -> float:
    """Return a condition's certainty in [−1, 1]."""
    return valued(condition)(certainties, perspective)


def _holding(leaf: Leaf) -> Callable[[Certainties, str], bool]:
    """Compile a leaf to what tells whether it is believed."""
    id = leaf.id
    match leaf.claim:
        case Claim.BELIEVED:
            return lambda certainties, _: believed(certainties.get(id, 0.0))
        case Claim.ABSENT:
            return lambda certainties, _: disbelieved(certainties.get(id, 0.0))
        case Claim.UNLESS:
            return lambda certainties, _: not believed(certainties.get(id, 0.0))
        case Claim.PERSPECTIVE:
            return lambda _, perspective: id == perspective


Supports = Callable[[Certainties, str], tuple[Leaf, ...]]
"""Gives the leaves that make a condition hold, from left to right; none where it does not hold."""


def supported(condition: Condition) -> Supports:
    """Compile a condition to what gives the leaves that make it hold.

    A group holds where as many parts hold as it needs: its certainty is that of the least of these.
    """
    if isinstance(condition, Leaf):
        holding, itself = _holding(condition), (condition,)
        return lambda certainties, perspective: itself if holding(certainties, perspective) else ()
    needed, parts = condition.needed, [*map(supported, condition.parts)]

    def supports(certainties: Certainties, perspective: str) -> tuple[Leaf, ...]:
        found = [leaves for part in parts if (leaves := part(certainties, perspective))]
        return tuple(dict.fromkeys(chain.from_iterable(found))) if len(found) >= needed else ()

    return supports


def supports(condition: Condition, certainties: Certainties, perspective: str) -> tuple[Leaf, ...]:
    """Return the leaves that make a condition hold, from left to right; none where it does not hold."""
    return supported(condition)(certainties, perspective)


class Status(Enum):
    """What became of a rule in one run."""

    FIRED = "fired"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_APPLICABLE = "not applicable"


class Standing(NamedTuple):
    """A condition's status, and where it does not hold, the leaves that keep it from holding.

    ``blockers`` are what a failed condition fails on, or what a waiting one waits for; of these,
    ``lacks`` would have to change at the least.
    """

    status: Status
    blockers: tuple[Leaf, ...] = ()
    lacks: int = 0


HOLDS = Standing(Status.FIRED)
_BEST_FIRST = (Status.FIRED, Status.WAITING, Status.FAILED, Status.NOT_APPLICABLE)

Stands = Callable[[Certainties, Collection[str], str], Standing]
"""Gives where a condition stands, from certainties, the ids that no further answer can change, and a perspective."""


def stood(condition: Condition) -> Stands:
    """Compile a condition to what gives where it stands.

    A leaf that does not hold waits where its id is not settled, and fails where it is. A group
    stands as well as the parts that it needs allow.
    """
    if isinstance(condition, Leaf):
        return _stood_leaf(condition)
    needed, parts = condition.needed, [*map(stood, condition.parts)]

    def stands(certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
        found = [part(certainties, settled, perspective) for part in parts]
        missing = needed
        for status in _BEST_FIRST:
            of_status = [one for one in found if one.status is status]
            if missing <= len(of_status):
                if status is Status.FIRED:
                    return HOLDS
                lacks = sum(sorted([one.lacks for one in of_status])[:missing])
                return Standing(status, tuple(chain.from_iterable([one.blockers for one in of_status])), lacks)
            missing -= len(of_status)
        raise AssertionError("a group never needs more parts than it has")

    return stands


def _stood_leaf(leaf: Leaf) -> Stands:
    id, holding = leaf.id, _holding(leaf)
    failed, waiting = Standing(Status.FAILED, (leaf,), 1), Standing(Status.WAITING, (leaf,), 1)
    if leaf.claim is Claim.PERSPECTIVE:
        failed = waiting = Standing(Status.NOT_APPLICABLE, (leaf,), 1)

    def stands(certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
        if holding(certainties, perspective):
            return HOLDS
        return failed if id in settled else waiting

    return stands


def standing(condition: Condition, certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
    """Return where a condition stands; ``settled`` are the ids that no further answer can change."""
    return stood(condition)(certainties, settled, perspective)
