"""What every peer's host shares: what is found, conditions as numbers, and how contributions combine.

No code of pushaway's engine is used. What is here costs a peer as little as plain Python can: each condition
becomes one Python expression beforehand, and two contributions combine by EMYCIN's own rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.conditions import Claim, Condition, Leaf

HOLDS_ABOVE = 0.2 + 1e-9
"""What is above this certainty is believed, and a rule fires where its condition is."""

Given = Mapping[str, bool | float]
Certainties = Mapping[str, float]
Value = Callable[[Certainties, str], float]
Run = Callable[[Given, str], "Found"]
"""Reasons from evidence and a perspective."""


class Found(NamedTuple):
    """What an engine found in one case; all by id, in no order, and nothing twice but by mistake.

    ``responses`` are those whose condition held, whomever they are meant for and withheld or not.
    """

    fired: Iterable[str]
    certainties: Certainties
    responses: Iterable[str]
    safeguards: Iterable[str]


def number(given: bool | float) -> float:  # noqa: FBT001 # evidence is either
    """Return the certainty that evidence gives."""
    return 1.0 if given is True else -1.0 if given is False else given


def value(condition: Condition) -> Value:
    """Return a function from the certainties of all ids, and a perspective, to a condition's certainty."""
    return eval(f"lambda known, perspective: {_expression(condition)}")  # type: ignore[no-any-return]


def _expression(condition: Condition) -> str:
    if not isinstance(condition, Leaf):
        parts = ", ".join(map(_expression, condition.parts))
        if len(condition.parts) == 1:
            return parts
        if condition.needed == len(condition.parts):
            return f"min({parts})"
        return f"max({parts})" if condition.needed == 1 else f"sorted(({parts}))[-{condition.needed}]"
    match condition.claim:
        case Claim.BELIEVED:
            return f"known[{condition.id!r}]"
        case Claim.ABSENT:
            return f"-known[{condition.id!r}]"
        case Claim.UNLESS:
            return f"(0.0 if known[{condition.id!r}] > {HOLDS_ABOVE!r} else 1.0)"
        case Claim.PERSPECTIVE:
            return f"(1.0 if perspective == {condition.id!r} else 0.0)"


def combined(a: float, b: float) -> float:
    """Combine two contributions in [−1, 1] as EMYCIN does (van Melle 1980); not 1 with −1."""
    if a >= 0 and b >= 0:
        return a + b - a * b
    if a <= 0 and b <= 0:
        return a + b + a * b
    return (a + b) / (1 - min(abs(a), abs(b)))


def layers(base: KnowledgeBase) -> list[tuple[str, ...]]:
    """Return conclusions in layers: each rests on facts, and on conclusions of the layers before its own."""
    layer: dict[str, int] = {}
    for conclusion in base.layered:
        layer[conclusion] = max((layer[id] + 1 for id in base.rests_on[conclusion] if id in base.conclusion), default=0)
    return [tuple(one for one in layer if layer[one] == number) for number in sorted({*layer.values()})]
