"""What of a trace is told first: causes in their order, the verdict, and the advice that is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..knowledge.conditions import Leaf
from ..knowledge.frozen import Frozen
from ..knowledge.model import Conclusion, KnowledgeBase, Response
from .certainty import believed, in_steps
from .premises import Held, Holds, held
from .prepared import once_for_each
from .trace import Trace


def leads(conclusion: Conclusion, certainties: Mapping[str, float]) -> bool:
    """Tell whether a believed conclusion must be ranked first, whatever else is more certain."""
    return any(believed(certainties.get(id, 0.0)) for id in conclusion.leads_when)


def ranked(trace: Trace, kind: str) -> tuple[Conclusion, ...]:
    """Return the conclusions of a kind, best first: what must lead and is believed, then by certainty."""
    certainties = trace.certainties

    def rank(conclusion: Conclusion) -> tuple[bool, float]:
        certainty = certainties[conclusion.id]
        if not certainty:
            return _UNKNOWN
        # In steps, so that what differs by rounding alone stays a tie, which the base's order breaks.
        return not (believed(certainty) and leads(conclusion, certainties)), -in_steps(certainty)

    return tuple(sorted(_of_kind(trace.base).get(kind, ()), key=rank))


_UNKNOWN = True, 0.0
_NOT_HELD = Held(0.0, ())


@once_for_each
def _of_kind(base: KnowledgeBase) -> Mapping[str, tuple[Conclusion, ...]]:
    kinds = dict.fromkeys(one.kind for one in base.conclusions)
    return Frozen((kind, tuple(one for one in base.conclusions if one.kind == kind)) for kind in kinds)


def verdict(trace: Trace) -> str:
    """Return none, one or several: how many causes are believed."""
    standing_out = sum(believed(trace.certainties[cause.id]) for cause in trace.base.causes)
    return "none" if not standing_out else "one" if standing_out == 1 else "several"


def leading(trace: Trace) -> str | None:
    """Return the id of the cause that is ranked first, None where none is believed."""
    first = next(iter(ranked(trace, "cause")), None)
    return first.id if first and believed(trace.certainties[first.id]) else None


class Due(NamedTuple):
    """A response that is called for, the ids that withhold it, if any, and the leaves that call for it."""

    response: Response
    withheld_by: tuple[str, ...]
    called_by: tuple[Leaf, ...]


def due(trace: Trace) -> tuple[Due, ...]:
    """Return the responses that are called for and meant for whoever asks, best first."""
    perspective, certainties = trace.evidence.perspective, trace.certainties
    meant = _meant_for(trace.base)[perspective]
    found: list[tuple[int, float, int, Due]] = []
    for id in trace.recommended:
        if id in meant:
            response, holds = meant[id]
            certainty, called_by = holds(certainties, perspective) or _NOT_HELD
            one = Due(response, trace.holding_back(response.withheld_by), called_by)
            found.append((response.order, -in_steps(certainty), len(found), one))
    found.sort()
    return tuple([one for *_, one in found])


@once_for_each
def _meant_for(base: KnowledgeBase) -> Mapping[str, Mapping[str, tuple[Response, Holds]]]:
    """Return the responses that are meant for each perspective, and what makes their conditions hold."""
    holds = {one.id: held(one.condition) for one in base.responses}
    return Frozen(
        (asked_as.id, Frozen((one.id, (one, holds[one.id])) for one in base.responses if asked_as.id in one.audience))
        for asked_as in base.perspectives
    )
