"""What is different between two answers of one base."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .answer import Answer
from .privacy import unprinted


@unprinted
class Moved(NamedTuple):
    """A cause and its certainties, in [−1, 1], before and after."""

    id: str
    before: float
    after: float


@unprinted
class Turned(NamedTuple):
    """What something was and what it became; the same twice where it stayed, None for nothing."""

    before: str | None
    after: str | None


@unprinted
class Exchanged(NamedTuple):
    """The ids that came in and those that went."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@unprinted
class Difference(NamedTuple):
    """What became of the verdict, the leading cause, every cause in the base's order, and the advice."""

    verdict: Turned
    leading: Turned
    causes: tuple[Moved, ...]
    responses: Exchanged
    withheld: Exchanged
    safeguards: Exchanged
    beyond: Exchanged


def difference(before: Answer, after: Answer) -> Difference:
    """Return what is different in one answer against another of the same base."""
    was = {cause.id: cause.certainty for cause in before.causes}
    became = {cause.id: cause.certainty for cause in after.causes}

    def exchanged(part: str) -> Exchanged:
        return _exchanged(getattr(before, part), getattr(after, part))

    return Difference(
        Turned(before.verdict, after.verdict),
        Turned(before.leading, after.leading),
        tuple(Moved(one.id, was[one.id], became[one.id]) for one in before.reasoning.trace.base.causes),
        *map(exchanged, ("responses", "withheld", "safeguards", "beyond")),
    )


def _exchanged(before: Iterable[Any], after: Iterable[Any]) -> Exchanged:
    had, has = ([one.id for one in some] for some in (before, after))
    return Exchanged(tuple(id for id in has if id not in had), tuple(id for id in had if id not in has))
