"""Whether an engine finds in a case what pushaway finds. Nothing is timed before it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from peers import Peer
from peers.reasoning import Found, Given, Run

from pushaway import Engine
from pushaway.engine.ranking import leading, verdict
from pushaway.engine.trace import Trace
from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.frozen import Frozen

WITHIN = 1e-9


class Case(NamedTuple):
    """Evidence, and from which perspective it is told."""

    id: str
    perspective: str
    evidence: Given


class DisagreementError(AssertionError):
    """An engine finds in a case what pushaway does not, or the other way round."""


def of_base(base: KnowledgeBase) -> list[Case]:
    """Return a base's own cases."""
    return [Case(one.id, one.perspective, one.evidence) for one in base.cases]


def check(peer: Peer, run: Run, engine: Engine, cases: Iterable[Case]) -> None:
    """Raise DisagreementError at the first case in which a peer does not find what the engine's trace holds."""
    for case in cases:
        trace = engine.trace(case.evidence, perspective=case.perspective)
        for difference in _differences(trace, run(case.evidence, case.perspective)):
            raise DisagreementError(f"{peer.name}, case {case.id}: {difference}")


def _differences(trace: Trace, found: Found) -> Iterator[str]:
    asker = trace.evidence.perspective
    meant = {one.id for one in trace.base.responses if asker in one.audience}  # CLIPS calls for no others
    named = {
        "rules fired": (found.fired, trace.fired),
        "responses called for": (meant.intersection(found.responses), meant.intersection(trace.recommended)),
        "safeguards": (found.safeguards, trace.safeguards),
        "conclusions": (found.certainties, trace.base.conclusion),
    }
    for what, (found_there, found_here) in named.items():
        if sorted(found_there) != sorted(found_here):
            yield f"{what} are {sorted(found_there)}, and here {sorted(found_here)}"
            return
    for id, certainty in found.certainties.items():
        if not abs(certainty - trace.certainties[id]) <= WITHIN:
            yield f"{id} has {certainty!r}, and here {trace.certainties[id]!r}"
    theirs = replace(trace, certainties=Frozen({**trace.certainties, **found.certainties}))
    for tell in (verdict, leading):
        if tell(theirs) != tell(trace):
            yield f"{tell.__name__} is {tell(theirs)}, and here {tell(trace)}"
