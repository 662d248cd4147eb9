"""The language of conditions: what a rule's ``if`` or a response's ``when`` can say.

A condition is a tree: leaves claim something of one id, groups ask how many of their
parts hold. The engine gives it a value; here it is only form.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple


class Claim(Enum):
    """What a leaf claims of its id."""

    BELIEVED = "believed"
    ABSENT = "absent"
    """Known to be absent; unknown is not absent."""
    UNLESS = "unless"
    """Not believed, whether absent or unknown."""
    PERSPECTIVE = "perspective"
    """Whoever asks does so from the perspective of this id."""

    __hash__ = object.__hash__  # Enum's own is written in Python, and leaves are hashed all the time


class Leaf(NamedTuple):
    """One claim about one id."""

    claim: Claim
    id: str


class Group(NamedTuple):
    """At least ``needed`` of the parts hold: all of them, any, or a number between."""

    needed: int
    parts: tuple[Condition, ...]


Condition = Leaf | Group


def parse(data: Any) -> Condition:
    """Build a condition from JSON that its schema has admitted."""
    if isinstance(data, str):
        return Leaf(Claim.BELIEVED, data)
    if "all" in data:
        return Group(len(data["all"]), tuple(map(parse, data["all"])))
    if "any" in data:
        return Group(1, tuple(map(parse, data["any"])))
    if "at_least" in data:
        return Group(int(data["at_least"]), tuple(map(parse, data["of"])))
    ((key, id),) = data.items()
    return Leaf(Claim(key), id)


def to_json(condition: Condition) -> Any:
    """Return the JSON form of a condition, which :func:`parse` takes back to the same."""
    if isinstance(condition, Leaf):
        return condition.id if condition.claim is Claim.BELIEVED else {condition.claim.value: condition.id}
    parts = [to_json(part) for part in condition.parts]
    if condition.needed == len(parts):
        return {"all": parts}
    return {"any": parts} if condition.needed == 1 else {"at_least": condition.needed, "of": parts}


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the leaves of a condition from left to right."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def ids(condition: Condition) -> tuple[str, ...]:
    """Return the ids of the facts and conclusions that a condition mentions, each once, in order."""
    return tuple(dict.fromkeys(leaf.id for leaf in leaves(condition) if leaf.claim is not Claim.PERSPECTIVE))
