"""How far a condition holds, and where it does not, what keeps it from holding."""

from collections.abc import Collection, Mapping
from enum import Enum
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Leaf
from .certainty import believed, disbelieved


def value(condition: Condition, certainties: Mapping[str, float], perspective: str) -> float:
    """Return a condition's certainty in [−1, 1]; what ``certainties`` lacks is unknown, 0.

    At least k of: the k-th greatest, so the least part for all of and the greatest for any of
    (Norvig, PAIP ch. 16). Absent turns the sign; unless and perspective are 1 or 0.
    """
    if not isinstance(condition, Leaf):
        values = [value(part, certainties, perspective) for part in condition.parts]
        return sorted(values)[-condition.needed]
    certainty = certainties.get(condition.id, 0.0)
    match condition.claim:
        case Claim.BELIEVED:
            return certainty
        case Claim.ABSENT:
            return -certainty
        case Claim.UNLESS:
            return 0.0 if believed(certainty) else 1.0
        case Claim.PERSPECTIVE:
            return 1.0 if condition.id == perspective else 0.0


def supports(condition: Condition, certainties: Mapping[str, float], perspective: str) -> tuple[Leaf, ...]:
    """Return the leaves that make a condition hold, from left to right; none where it does not hold."""
    if not believed(value(condition, certainties, perspective)):
        return ()
    if isinstance(condition, Leaf):
        return (condition,)
    found = (leaf for part in condition.parts for leaf in supports(part, certainties, perspective))
    return tuple(dict.fromkeys(found))


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


def standing(
    condition: Condition, certainties: Mapping[str, float], settled: Collection[str], perspective: str
) -> Standing:
    """Return where a condition stands; ``settled`` are the ids that no further answer can change.

    A leaf that does not hold waits where its id is not settled, and fails where it is. A group
    stands as well as the parts that it needs allow.
    """
    if isinstance(condition, Leaf):
        return _leaf(condition, certainties.get(condition.id, 0.0), settled, perspective)
    stands = [standing(part, certainties, settled, perspective) for part in condition.parts]
    missing = condition.needed
    for status in _BEST_FIRST:
        of_status = [one for one in stands if one.status is status]
        if missing <= len(of_status):
            lacks = sum(sorted(one.lacks for one in of_status)[:missing])
            return Standing(status, tuple(leaf for one in of_status for leaf in one.blockers), lacks)
        missing -= len(of_status)
    raise AssertionError("a group never needs more parts than it has")


def _leaf(leaf: Leaf, certainty: float, settled: Collection[str], perspective: str) -> Standing:
    match leaf.claim:
        case Claim.PERSPECTIVE:
            return HOLDS if leaf.id == perspective else Standing(Status.NOT_APPLICABLE, (leaf,), 1)
        case Claim.UNLESS:
            holds = not believed(certainty)
        case Claim.BELIEVED:
            holds = believed(certainty)
        case Claim.ABSENT:
            holds = disbelieved(certainty)
    if holds:
        return HOLDS
    return Standing(Status.FAILED if leaf.id in settled else Status.WAITING, (leaf,), 1)
