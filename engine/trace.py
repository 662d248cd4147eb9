"""What happened in one run: frozen, complete, and all that answers and explanations are made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from .certainty import believed, shares
from .evidence import Evidence
from .premises import HOLDS, Standing, Status, standing

TOLD = "evidence"
"""Stands for the rule where a conclusion's contribution is evidence about the conclusion itself."""


class Contribution(NamedTuple):
    """What one rule gave to one conclusion: its certainty, and its exact share of the whole."""

    rule: str
    certainty: float
    share: float


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """One run of a base over evidence.

    ``certainties`` holds every fact that was given and every conclusion. ``given`` holds what each
    rule contributed to each conclusion, in the base's order. ``fired`` are rules, ``recommended``
    responses whose condition held, ``safeguards`` those that were called for; each in the order of
    firing. ``contradictions`` are conclusions for and against which something was certain.
    """

    base: KnowledgeBase
    evidence: Evidence
    certainties: Mapping[str, float]
    given: Mapping[str, Mapping[str, float]]
    fired: tuple[str, ...]
    safeguards: tuple[str, ...]
    recommended: tuple[str, ...]
    contradictions: tuple[str, ...]

    def holding_back(self, withheld_by: Iterable[str]) -> tuple[str, ...]:
        """Return those ids that withhold something: what is believed, and safeguards at any certainty above 0."""
        facts, certainties = self.base.fact, self.certainties

        def holds(id: str) -> bool:
            certainty = certainties.get(id, 0.0)
            return certainty > 0 if id in facts and facts[id].kind == "safeguard" else believed(certainty)

        return tuple(id for id in withheld_by if holds(id))

    @cached_property
    def contributions(self) -> Mapping[str, tuple[Contribution, ...]]:
        """What made up each conclusion, in the base's order."""
        return Frozen(
            (conclusion, tuple(map(Contribution, given, given.values(), shares(tuple(given.values())))))
            for conclusion, given in self.given.items()
        )

    @property
    def standings(self) -> Mapping[str, Standing]:
        """What became of every rule of the base: fired, failed, waiting or not applicable."""
        return self._accounts[0]

    @property
    def settled(self) -> frozenset[str]:
        """The facts that were told, and the conclusions that no further answer can change."""
        return self._accounts[1]

    @cached_property
    def _accounts(self) -> tuple[Mapping[str, Standing], frozenset[str]]:
        fired, certainties, perspective = frozenset(self.fired), self.certainties, self.evidence.perspective
        settled = {id for id in self.evidence.certainties if id in self.base.fact}
        found: dict[str, Standing] = {}
        for conclusion in self.base.layered:
            stands = {
                rule.id: HOLDS if rule.id in fired else standing(rule.condition, certainties, settled, perspective)
                for rule in self.base.rules_for[conclusion]
            }
            may_count = [rule for rule, one in stands.items() if one.status in (Status.FIRED, Status.WAITING)]
            if all(id in settled for rule in may_count for id in self.base.mentions[rule]):
                settled.add(conclusion)
            found.update(stands)
        return Frozen((rule.id, found[rule.id]) for rule in self.base.rules), frozenset(settled)
