"""How far a condition holds, and where it does not, what keeps it from holding.

Conditions are trees that do not change, and a run asks hundreds of them: each is compiled to a function once, so
that no run looks again at what kinds of leaves and groups it is made of.
"""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from itertools import chain
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Group, Leaf
from .certainty import BELIEVED, believed
from .privacy import unprinted

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
        return _valued_group(condition)
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


def _valued_group(group: Group) -> Value:
    needed, inner = group.needed, _parts(group)
    pick = min if needed == len(inner) else max if needed == 1 else lambda values: sorted(values)[-needed]
    plain = _plain(inner)
    if plain:
        ids = tuple(leaf.id for leaf in plain)
        return lambda certainties, _: pick([certainties.get(id, 0.0) for id in ids])
    parts = [*map(valued, inner)]
    return lambda certainties, perspective: pick([part(certainties, perspective) for part in parts])


def _parts(group: Group) -> tuple[Condition, ...]:
    """Return the parts of a group; those of an any of within an any of stand in its place."""
    if group.needed > 1:
        return group.parts
    spliced = (_parts(part) if isinstance(part, Group) and part.needed == 1 else (part,) for part in group.parts)
    return tuple(chain.from_iterable(spliced))


def _plain(parts: tuple[Condition, ...]) -> tuple[Leaf, ...]:
    """Return the parts of a group that only asks whether ids are believed, as most do; none for another group."""
    plain = tuple(part for part in parts if isinstance(part, Leaf) and part.claim is Claim.BELIEVED)
    return plain if len(plain) == len(parts) else ()


def value(condition: Condition, certainties: Certainties, perspective: str) -> float:
    """Return a condition's certainty in [−1, 1]."""
    return valued(condition)(certainties, perspective)


class Held(NamedTuple):
    """The certainty of a condition that holds, and the leaves that make it hold, from left to right."""

    certainty: float
    leaves: tuple[Leaf, ...]


Holds = Callable[[Certainties, str], Held | None]
"""Gives what makes a condition hold; None where it does not."""


def held(condition: Condition) -> Holds:
    """Compile a condition to what gives its certainty and the leaves that make it hold.

    A group holds where as many parts hold as it needs: its certainty is that of the least of these.
    """
    if isinstance(condition, Leaf):
        return _held_leaf(condition)
    needed, inner = condition.needed, _parts(condition)
    if plain := _plain(inner):
        return _held_plain(needed, plain)
    parts = [*map(held, inner)]

    def holds(certainties: Certainties, perspective: str) -> Held | None:
        found = [one for part in parts if (one := part(certainties, perspective))]
        if len(found) < needed:
            return None
        certainty = sorted([one.certainty for one in found])[-needed]
        return Held(certainty, tuple(dict.fromkeys([leaf for one in found for leaf in one.leaves])))

    return holds


def _held_leaf(leaf: Leaf) -> Holds:
    itself, certainty_of = (leaf,), valued(leaf)

    def holds(certainties: Certainties, perspective: str) -> Held | None:
        certainty = certainty_of(certainties, perspective)
        return Held(certainty, itself) if certainty > BELIEVED else None

    return holds


def _held_plain(needed: int, plain: tuple[Leaf, ...]) -> Holds:
    named = [(leaf.id, leaf) for leaf in plain]

    def holds(certainties: Certainties, _: str) -> Held | None:
        found = [leaf for id, leaf in named if certainties.get(id, 0.0) > BELIEVED]
        if len(found) < needed:
            return None
        if len(found) == 1:
            return Held(certainties[found[0].id], (found[0],))
        return Held(sorted([certainties[leaf.id] for leaf in found])[-needed], tuple(dict.fromkeys(found)))

    return holds


def supports(condition: Condition, certainties: Certainties, perspective: str) -> tuple[Leaf, ...]:
    """Return the leaves that make a condition hold, from left to right; none where it does not hold."""
    found = held(condition)(certainties, perspective)
    return found.leaves if found else ()


class Status(Enum):
    """What became of a rule in one run."""

    FIRED = "fired"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_APPLICABLE = "not applicable"


@unprinted
class Standing(NamedTuple):
    """A condition's status, and where it does not hold, the leaves that keep it from holding.

    ``blockers`` are what a failed condition fails on, or what a waiting one waits for; of these,
    ``lacks`` would have to change at the least.
    """

    status: Status
    blockers: tuple[Leaf, ...] = ()
    lacks: int = 0


HOLDS = Standing(Status.FIRED)
"""Where every condition stands that holds."""

_WAITING, _FAILED = Status.WAITING, Status.FAILED  # an enumeration takes longer to give them than a leaf to look at

Stands = Callable[[Certainties, Collection[str], str], Standing]
"""Gives where a condition stands, from certainties, the ids that no further answer can change, and a perspective."""


def stood(condition: Condition) -> Stands:
    """Compile a condition to what gives where it stands.

    A leaf that does not hold waits where its id is not settled, and fails where it is. A group
    stands as well as the parts that it needs allow.
    """
    if isinstance(condition, Leaf):
        return _stood_leaf(condition)
    needed, inner = condition.needed, _parts(condition)
    if plain := _plain(inner):
        return _stood_plain(needed, plain)
    parts = [*map(stood, inner)]

    def stands(certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
        missing = needed
        waiting: list[Standing] = []
        failed: list[Standing] = []
        not_applicable: list[Standing] = []
        for part in parts:
            one = part(certainties, settled, perspective)
            if one is HOLDS:
                missing -= 1
            elif one.status is _WAITING:
                waiting.append(one)
            elif one.status is _FAILED:
                failed.append(one)
            else:
                not_applicable.append(one)
        if missing <= 0:
            return HOLDS
        if missing <= len(waiting):
            return _together(waiting, missing)
        missing -= len(waiting)
        return (
            _together(failed, missing) if missing <= len(failed) else _together(not_applicable, missing - len(failed))
        )

    return stands


def _together(parts: list[Standing], missing: int) -> Standing:
    """Return where a group stands that misses some of its parts, all of one status."""
    lacks = sum(sorted([one.lacks for one in parts])[:missing])
    return Standing(parts[0].status, tuple([leaf for one in parts for leaf in one.blockers]), lacks)


def _stood_plain(needed: int, plain: tuple[Leaf, ...]) -> Stands:
    named = [(leaf.id, leaf) for leaf in plain]

    def stands(certainties: Certainties, settled: Collection[str], _: str) -> Standing:
        missing = needed
        waiting: list[Leaf] = []
        failed: list[Leaf] = []
        for id, leaf in named:
            if certainties.get(id, 0.0) > BELIEVED:
                missing -= 1
            elif id in settled:
                failed.append(leaf)
            else:
                waiting.append(leaf)
        if missing <= 0:
            return HOLDS
        if missing <= len(waiting):
            return Standing(_WAITING, tuple(waiting), missing)
        return Standing(_FAILED, tuple(failed), missing - len(waiting))

    return stands


def _stood_leaf(leaf: Leaf) -> Stands:
    id, certainty_of = leaf.id, valued(leaf)
    failed, waiting = Standing(_FAILED, (leaf,), 1), Standing(_WAITING, (leaf,), 1)
    if leaf.claim is Claim.PERSPECTIVE:
        failed = waiting = Standing(Status.NOT_APPLICABLE, (leaf,), 1)

    def stands(certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
        if certainty_of(certainties, perspective) > BELIEVED:
            return HOLDS
        return failed if id in settled else waiting

    return stands


def standing(condition: Condition, certainties: Certainties, settled: Collection[str], perspective: str) -> Standing:
    """Return where a condition stands; ``settled`` are the ids that no further answer can change."""
    return stood(condition)(certainties, settled, perspective)
