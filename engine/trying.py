"""What much evidence comes to: all at once where that is faster, else by one inference after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ..knowledge.frozen import Frozen
from .certainty import believed
from .ranking import due, leading, ranked, verdict
from .trace import Trace

if TYPE_CHECKING:
    from .batch.outcomes import Outcomes
    from .engine import Engine

Tried = tuple[str, Mapping[str, float]]
"""A perspective, and evidence."""

_ENOUGH = 1_000
"""From so many inferences on, importing numpy costs less than they do."""

_AT_A_TIME = 8_192
"""How many are held at once."""


class Gist(NamedTuple):
    """What is told in an answer, as ids: safeguards, verdict, causes believed (best first), and advice, in order.

    ``withheld`` has with each response what withholds it.
    """

    safeguards: tuple[str, ...]
    verdict: str
    causes: tuple[str, ...]
    responses: tuple[str, ...]
    withheld: Mapping[str, tuple[str, ...]]


class Lead(NamedTuple):
    """The verdict, and the cause that is ranked first; None where none is believed."""

    verdict: str
    leading: str | None


def gist(trace: Trace) -> Gist:
    """Return what is told of one inference."""
    advice = due(trace)
    return Gist(
        trace.safeguards,
        verdict(trace),
        tuple(one.id for one in ranked(trace, "cause") if believed(trace.certainties[one.id])),
        tuple(one.response.id for one in advice if not one.withheld_by),
        Frozen((one.response.id, one.withheld_by) for one in advice if one.withheld_by),
    )


def lead(trace: Trace) -> Lead:
    """Return the verdict of one inference, and what leads."""
    return Lead(verdict(trace), leading(trace))


def gists(engine: Engine, tried: Iterable[Tried]) -> Iterator[Gist]:
    """Yield what is told of each. Raises :class:`EvidenceError` where evidence does not fit the base."""
    left = iter(tried)
    while some := [*islice(left, _AT_A_TIME)]:
        if at_once(len(some)):
            yield from _gists(_evaluated(engine, some))
        else:
            yield from (gist(engine.trace(evidence, perspective=perspective)) for perspective, evidence in some)


def leads(engine: Engine, tried: Sequence[Tried]) -> Sequence[Lead]:
    """Return the verdict of each, and what leads. Raises as :func:`gists` does."""
    if not at_once(len(tried)):
        return [lead(engine.trace(evidence, perspective=perspective)) for perspective, evidence in tried]
    found = _evaluated(engine, tried)
    return [Lead(*one) for one in zip(found.verdict.tolist(), found.leading.tolist(), strict=True)]


def at_once(many: int) -> bool:
    """Tell whether so many inferences are made at once: where numpy is there, and importing it pays."""
    if many < _ENOUGH and sys.modules.get("numpy") is None:
        return False
    try:
        from . import batch  # noqa: F401 # to be installed is not enough: it may not import
    except ImportError:
        return False
    return True


def _evaluated(engine: Engine, tried: Sequence[Tried]) -> Outcomes:
    from .batch.evaluator import Evaluator
    from .batch.rows import Rows

    rows = Rows(engine.base)
    for perspective, evidence in tried:
        rows.add(dict(evidence), perspective)
    return Evaluator(engine.base).reckon(rows.columns(), rows.codes(), ranked=True)


def _gists(found: Outcomes) -> Iterator[Gist]:
    from .batch.records import causes, records

    for one, believed_causes in zip(records(found), causes(found).each(), strict=True):
        yield Gist(
            one.safeguards,
            one.verdict,
            tuple(believed_causes),
            one.responses,
            Frozen((held.id, held.because) for held in one.withheld),
        )
