"""What a base can come to: conclusions that no evidence at all would make believed."""

from __future__ import annotations

from collections.abc import Iterator

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.problems import quoted
from ..bounds import Bounds, Interval
from .bench import Bench

REACH = Checks[Bench]("Reach")


@REACH.check("conclusion-never-believed", Severity.ERROR, "The rules for a conclusion never add up to belief.")
def _never_believed(bench: Bench) -> Iterator[Trouble]:
    base = bench.base
    spoken_for = {rule.conclusion for rule in base.rules if rule.certainty > 0}
    free = {id: Interval(-1.0, 1.0) for id in base.fact}
    bounds = [Bounds(bench.engine.trace({}, perspective=one), free) for one in bench.perspectives]
    for conclusion in base.conclusions:
        if conclusion.id in spoken_for and not any(one.of(conclusion.id).may_be_believed for one in bounds):
            yield Trouble(
                conclusion.id,
                bench.subject.place("conclusions", conclusion.id),
                f"whatever is told of facts, {quoted(conclusion.id)} is never believed",
                "Raise the level of a rule for it, or add one; or remove the conclusion.",
            )
