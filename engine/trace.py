"""What happened in one run: frozen, complete, and all that answers and explanations are made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..knowledge.frozen import Frozen, cached_property
from ..knowledge.model import KnowledgeBase
from .accounts import Accounts, accounts
from .certainty import believed, shares
from .evidence import Evidence
from .premises import Standing
from .privacy import unprinted

TOLD = "evidence"
"""Stands for the rule where a conclusion's contribution is evidence about the conclusion itself."""


@unprinted
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
        holding = self._holding
        return () if holding.isdisjoint(withheld_by) else tuple([id for id in withheld_by if id in holding])

    @cached_property
    def _holding(self) -> frozenset[str]:
        facts, told = self.base.fact, self.certainties.items()
        return frozenset(
            [id for id, one in told if one > 0 and (believed(one) or (id in facts and facts[id].kind == "safeguard"))]
        )

    @cached_property
    def contributions(self) -> Mapping[str, tuple[Contribution, ...]]:
        """What made up each conclusion, in the base's order."""
        return Frozen([(conclusion, contributed(given)) for conclusion, given in self.given.items()])

    @property
    def standings(self) -> Mapping[str, Standing]:
        """What became of every rule of the base: fired, failed, waiting or not applicable."""
        return self.accounts.standings

    @property
    def settled(self) -> frozenset[str]:
        """The facts that were told, and the conclusions that no further answer can change."""
        return self.accounts.settled

    @cached_property
    def accounts(self) -> Accounts:
        """What became of the rules, and what is settled."""
        return accounts(self.base, self.evidence, self.certainties)


def contributed(given: Mapping[str, float]) -> tuple[Contribution, ...]:
    """Return what rules gave to one conclusion with their shares of it."""
    return tuple(map(Contribution, given, given.values(), shares(tuple(given.values())))) if given else ()
