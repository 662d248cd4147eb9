"""What became of every rule in one run: only where something is told does anything differ from when nothing is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase, Rule
from .certainty import believed, disbelieved
from .evidence import Evidence
from .premises import Standing, Stands, Status, stood
from .prepared import once_for_each
from .privacy import unprinted

_MAY_COUNT = (Status.FIRED, Status.WAITING)


@unprinted
class Accounts(NamedTuple):
    """The standing of every rule, in the base's order, and the ids that no further answer can change.

    ``touched`` are, by conclusion, the rules that mention something that was told or inferred.
    """

    standings: Mapping[str, Standing]
    settled: frozenset[str]
    touched: Mapping[str, Collection[str]] = Frozen()


def accounts(base: KnowledgeBase, evidence: Evidence, certainties: Mapping[str, float]) -> Accounts:
    """Return how the rules of a base stand where evidence led to certainties."""
    unchanged, settled_before, _ = untold(base)[evidence.perspective]
    mentioned_by, stands = _mentioned_by(base), _stands(base)
    settled = {id for id in evidence.certainties if id in base.fact}
    touched: defaultdict[str, set[str]] = defaultdict(set)

    def touch(id: str) -> None:
        for rule in mentioned_by.get(id, ()):
            touched[rule.conclusion].add(rule.id)

    for id in settled:
        touch(id)
    standings = dict(unchanged)
    for conclusion in base.layered:
        was_settled = is_settled = conclusion in settled_before
        if conclusion in touched:
            for id in touched[conclusion]:
                standings[id] = stands[id](certainties, settled, evidence.perspective)
            is_settled = _is_settled(base, conclusion, standings, settled)
        if is_settled:
            settled.add(conclusion)
        certainty = certainties[conclusion]
        if is_settled != was_settled or (certainty and (believed(certainty) or disbelieved(certainty))):
            touch(conclusion)
    return Accounts(Frozen(standings), frozenset(settled), Frozen(touched))


def _is_settled(base: KnowledgeBase, conclusion: str, standings: Mapping[str, Standing], settled: set[str]) -> bool:
    """Tell whether all that its rules still turn on is settled."""
    for rule in base.rules_for[conclusion]:
        if standings[rule.id].status in _MAY_COUNT and not settled.issuperset(base.mentions[rule.id]):
            return False
    return True


@once_for_each
def untold(base: KnowledgeBase) -> Mapping[str, Accounts]:
    """Return, for each perspective, how the rules stand where nothing is told and nothing is believed."""
    return Frozen((one.id, _untold(base, one.id)) for one in base.perspectives)


def _untold(base: KnowledgeBase, perspective: str) -> Accounts:
    stands, settled = _stands(base), set[str]()
    standings = dict.fromkeys(base.rule, Standing(Status.WAITING))
    for conclusion in base.layered:
        for rule in base.rules_for[conclusion]:
            standings[rule.id] = stands[rule.id]({}, settled, perspective)
        if _is_settled(base, conclusion, standings, settled):
            settled.add(conclusion)
    return Accounts(Frozen(standings), frozenset(settled))


@once_for_each
def _stands(base: KnowledgeBase) -> Mapping[str, Stands]:
    return Frozen((rule.id, stood(rule.condition)) for rule in base.rules)


@once_for_each
def _mentioned_by(base: KnowledgeBase) -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules whose conditions mention each id."""
    found: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in base.rules:
        for id in base.mentions[rule.id]:
            found[id].append(rule)
    return Frozen((id, tuple(rules)) for id, rules in found.items())
