"""Robustness: which leading causes flip, in which cases, where the levels of certainty are a little different."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.model import KnowledgeBase
from ...knowledge.problems import quoted
from ..engine import Engine
from ..ranking import leading
from ..trying import leads
from .bench import Bench

ROBUSTNESS = Checks[Bench]("Robustness")

STEPS = (-0.1, -0.05, 0.05, 0.1)
"""By how much a level is moved."""

JOINT = 100
"""How many times all levels are moved at once, each by a step of its own, drawn at random."""

LIMIT = 0.99
"""No moved level goes beyond this in size: 1 would be certain, and end all weighing."""


class Flip(NamedTuple):
    """A case, and the cause that led in it before and after; None where none is believed."""

    case: str
    before: str | None
    after: str | None


class Shift(NamedTuple):
    """A level moved by a step, and what flipped."""

    level: str
    by: float
    flips: tuple[Flip, ...]


class Steadiness(NamedTuple):
    """A case, and in how many of the draws, with all levels moved at once, its leading cause flipped."""

    case: str
    flipped: int


class Robustness(NamedTuple):
    """What flips: with one level moved at a time, and with all moved at once in a number of draws."""

    shifts: tuple[Shift, ...]
    draws: int
    joint: tuple[Steadiness, ...]


def robustness(bench: Bench) -> Robustness:
    """Return what flips in the base's cases where its levels are moved; the draws are the same every time."""
    base = bench.base
    singles = [(level.id, by) for level in base.levels for by in STEPS]
    chance = random.Random(JOINT)  # noqa: S311 # a fixed sample, and nothing secret
    joint: list[Mapping[str, float]] = [{level.id: chance.choice(STEPS) for level in base.levels} for _ in range(JOINT)]
    moves: list[Mapping[str, float]] = [{level: by} for level, by in singles]
    flips = [_flips(bench, one) for one in bench.each("robustness", moves + joint)]
    shifts = tuple(Shift(level, by, some) for (level, by), some in zip(singles, flips, strict=False))
    counts = {trial.case.id: 0 for trial in bench.cases}
    for some in flips[len(singles) :]:
        for flip in some:
            counts[flip.case] += 1
    return Robustness(shifts, JOINT, tuple(Steadiness(*one) for one in counts.items()))


def _flips(bench: Bench, moved: Mapping[str, float]) -> tuple[Flip, ...]:
    evidence = [(trial.case.perspective, trial.trace.evidence.certainties) for trial in bench.cases]
    after = leads(Engine(_moved(bench.base, moved)), evidence)
    return tuple(
        Flip(trial.case.id, was, became.leading)
        for trial, became in zip(bench.cases, after, strict=True)
        if (was := leading(trial.trace)) != became.leading
    )


def _moved(base: KnowledgeBase, moved: Mapping[str, float]) -> KnowledgeBase:
    """Return a base with some levels moved; none comes to its limit, nor to 0 or beyond."""
    worth = {level.id: _within(level.value, moved.get(level.id, 0.0)) for level in base.levels}
    return replace(base, rules=tuple(rule._replace(certainty=worth[rule.level]) for rule in base.rules))


def _within(level: float, by: float) -> float:
    after = max(-LIMIT, min(LIMIT, level + by)) if by else level
    return after if after * level > 0 else level


@ROBUSTNESS.check("fragile-case", Severity.NOTE, "The smallest move of one level makes another cause lead in a case.")
def _fragile(bench: Bench) -> Iterator[Trouble]:
    smallest = min(abs(step) for step in STEPS)
    found: dict[str, list[tuple[Shift, Flip]]] = {}
    for shift in bench.result(robustness).shifts if bench.own_cases else ():
        if abs(shift.by) <= smallest:
            for flip in shift.flips:
                found.setdefault(flip.case, []).append((shift, flip))
    for case, some in found.items():
        told = "; ".join(
            f"with {quoted(shift.level)} moved by {shift.by:+g}, {_cause(flip.after)} leads in place of "
            f"{_cause(flip.before)}"
            for shift, flip in some
        )
        wrong = f"case {quoted(case)} is close: {told}"
        yield Trouble(case, bench.subject.place("cases", case), wrong, "Read it as a reading among others.")


def _cause(id: str | None) -> str:
    return quoted(id) if id else "none"
