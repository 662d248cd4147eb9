"""The oracle: a base's rules read straight from its JSON, as plainly as they can be.

It shares no code with the engine. It reckons with 60 digits, so that where the two differ, rounding
is the engine's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

HOLDS_ABOVE = Decimal("0.2") + Decimal("1e-9")
Certainties = dict[str, Decimal]


class Outcome(NamedTuple):
    """What the rules lead to; lists are in the base's order."""

    fired: set[str]
    certainties: dict[str, float]
    recommended: list[str]
    safeguards: list[str]


def reason(documents: Mapping[str, Any], evidence: Mapping[str, bool | float], perspective: str) -> Outcome:
    """Return what a base's documents lead to from evidence."""
    with localcontext(prec=60):
        return _reason(documents, evidence, perspective)


def _reason(documents: Mapping[str, Any], evidence: Mapping[str, bool | float], perspective: str) -> Outcome:
    told = {
        id: Decimal(-1) if one is False else Decimal(one) for id, one in evidence.items() if one != 0 or one is False
    }
    level = {one["id"]: Decimal(one["value"]) for one in items(documents, "scales")}
    rules, conclusions = items(documents, "rules"), [one["id"] for one in items(documents, "conclusions")]
    known: Certainties = {id: certainty for id, certainty in told.items() if id not in conclusions}
    fired = set()
    for conclusion in in_layers(rules, conclusions):
        contributions = [told[conclusion]] if conclusion in told else []
        for rule in rules:
            if rule["then"] == conclusion and value(rule["if"], known, perspective) > HOLDS_ABOVE:
                fired.add(rule["id"])
                contributions.append(value(rule["if"], known, perspective) * level[rule["level"]])
        known[conclusion] = combined(contributions)
    return Outcome(
        fired,
        {id: float(certainty) for id, certainty in known.items()},
        [one["id"] for one in items(documents, "responses") if value(one["when"], known, perspective) > HOLDS_ABOVE],
        [one["id"] for one in items(documents, "safeguards") if known.get(one["when"], 0) > 0],
    )


def items(documents: Mapping[str, Any], kind: str) -> list[Any]:
    """Return the items of all documents of a kind, in the order of file names."""
    of_kind = [document for _, document in sorted(documents.items()) if document["kind"] == kind]
    if kind == "scales":
        return list(of_kind[0]["certainty"]["levels"])
    keys = {"conclusions": ("mechanisms", "causes")}.get(kind, (kind,))
    return [item for document in of_kind for key in keys for item in document[key]]


def in_layers(rules: list[Any], conclusions: list[str]) -> list[str]:
    """Return conclusions in an order in which each comes after all that its rules mention."""
    placed: list[str] = []
    while len(placed) < len(conclusions):
        waiting = set(conclusions) - set(placed)
        ready = [
            one for one in waiting if not any(r["then"] == one and waiting & set(mentioned(r["if"])) for r in rules)
        ]
        assert ready, "conclusions that rest on each other in a circle"
        placed += ready
    return placed


def mentioned(condition: Any) -> Iterator[str]:
    """Yield the ids of facts and conclusions in a condition."""
    if isinstance(condition, str):
        yield condition
    elif "absent" in condition or "unless" in condition:
        yield from condition.values()
    elif "perspective" not in condition:
        for part in condition.get("all") or condition.get("any") or condition["of"]:
            yield from mentioned(part)


def value(condition: Any, known: Certainties, perspective: str) -> Decimal:
    """Return how far a condition holds."""
    if isinstance(condition, str):
        return known.get(condition, Decimal(0))
    if "absent" in condition:
        return -known.get(condition["absent"], Decimal(0))
    if "unless" in condition:
        return Decimal(0) if known.get(condition["unless"], Decimal(0)) > HOLDS_ABOVE else Decimal(1)
    if "perspective" in condition:
        return Decimal(condition["perspective"] == perspective)
    parts = [
        value(part, known, perspective) for part in condition.get("all") or condition.get("any") or condition["of"]
    ]
    if "all" in condition:
        return min(parts)
    return max(parts) if "any" in condition else sorted(parts, reverse=True)[condition["at_least"] - 1]


def combined(contributions: list[Decimal]) -> Decimal:
    """Combine contributions two by two, as EMYCIN does; certain both for and against gives 0."""
    if 1 in contributions and -1 in contributions:
        return Decimal(0)
    together = Decimal(0)
    for one in contributions:
        together = pair(together, one)
    return together


def pair(a: Decimal, b: Decimal) -> Decimal:
    """Combine two contributions."""
    if a >= 0 and b >= 0:
        return a + b - a * b
    if a <= 0 and b <= 0:
        return a + b + a * b
    return (a + b) / (1 - min(abs(a), abs(b)))
