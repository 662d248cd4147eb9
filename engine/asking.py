"""Which questions an answer names, judged by the rules that wait for them; an interview chooses by `choosing`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import Fact, KnowledgeBase
from .accounts import untold
from .certainty import TOLERANCE
from .premises import Standing, Status
from .prepared import once_for_each
from .trace import Trace

SHOWN = 5
"""How many questions an answer names: enough to choose from, few enough to read."""

_WAITING = Status.WAITING
_Shares = tuple[tuple[int, float], ...]
"""Facts by their place among those that can be asked for, and how much of a conclusion waits for each."""


def ask_next(trace: Trace) -> tuple[Fact, ...]:
    """Return the unknown facts that would help most, best first, at most ``SHOWN``.

    A fact weighs what the rules waiting for it could contribute to causes; a rule that waits for
    several facts is shared out among them, and a cause that is already in question counts double.
    What makes a cause lead for safety's sake does not tell causes apart, so it weighs nothing there.
    Only facts that the perspective can know are asked for. Beside a safeguard nothing is asked: help
    comes first, and no answer about causes could change that.
    """
    if trace.safeguards:
        return ()
    facts, place, together, each = _prepared(trace.base)[trace.evidence.perspective]
    standings, _, touched = trace.accounts
    worth = [0.0] * len(facts)
    for conclusion, reach in _reach(trace).items():
        if conclusion in touched:
            moved, places = touched[conclusion], place[conclusion]
            for rule, level, before in each[conclusion]:
                for fact, share in _shares(level, standings[rule], places) if rule in moved else before:
                    worth[fact] += share * reach
        else:
            for fact, share in together[conclusion]:
                worth[fact] += share * reach
    # Only what comes near the last that is shown need be put in order.
    least = min(sorted(worth)[-SHOWN:], default=0.0) - 1e-8
    best = [fact for fact, one in enumerate(worth) if one > 0 and one >= least]
    best.sort(key=lambda fact: -round(worth[fact], 9))
    return tuple([facts[fact] for fact in best[:SHOWN]])


class _Prepared(NamedTuple):
    """What a perspective can be asked for, in the base's order, and what waits for it where nothing is told."""

    facts: tuple[Fact, ...]
    place: Mapping[str, Mapping[str, int]]
    """For each conclusion the places of those facts that count for it."""
    together: Mapping[str, _Shares]
    """For each conclusion what waits for facts, from all of its rules."""
    each: Mapping[str, tuple[tuple[str, float, _Shares], ...]]
    """For each conclusion its rules with their levels, and what waits for facts from each."""


@once_for_each
def _prepared(base: KnowledgeBase) -> Mapping[str, _Prepared]:
    return Frozen((one.id, _for_perspective(base, one.id)) for one in base.perspectives)


def _for_perspective(base: KnowledgeBase, perspective: str) -> _Prepared:
    facts = tuple(one for one in base.facts if one.kind in ("sign", "finding") and perspective in one.questions)
    standings = untold(base)[perspective].standings
    place, together, each = {}, {}, {}
    for one in base.conclusions:
        place[one.id] = {fact.id: number for number, fact in enumerate(facts) if fact.id not in one.leads_when}
        each[one.id] = tuple(
            (rule.id, abs(rule.certainty), _shares(abs(rule.certainty), standings[rule.id], place[one.id]))
            for rule in base.rules_for[one.id]
        )
        sums: dict[int, float] = defaultdict(float)
        for fact, share in (share for *_, shares in each[one.id] for share in shares):
            sums[fact] += share
        together[one.id] = tuple(sums.items())
    return _Prepared(facts, Frozen(place), Frozen(together), Frozen(each))


def _shares(level: float, standing: Standing, place: Mapping[str, int]) -> _Shares:
    """Return what waits for facts from a rule: its level, shared out among all that it waits for."""
    status, blockers, _ = standing
    if status is not _WAITING:
        return ()
    share = level / len(blockers)
    return tuple([(place[leaf.id], share) for leaf in blockers if leaf.id in place])


def _reach(trace: Trace) -> Mapping[str, float]:
    """Return how much of a contribution to each conclusion could arrive at causes; none to one that is not in it."""
    causes, feeding = _paths(trace.base)
    certainties = trace.certainties
    reach = {id: 2.0 if certainties[id] > TOLERANCE else 1.0 for id in causes}
    for id, onward in feeding:
        reach[id] = max([reach.get(id, 0.0), *[level * reach.get(conclusion, 0.0) for conclusion, level in onward]])
    return reach


class _Paths(NamedTuple):
    """The causes; and what feeds other conclusions how strongly, each after those that it feeds."""

    causes: tuple[str, ...]
    feeding: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


@once_for_each
def _paths(base: KnowledgeBase) -> _Paths:
    feeding = []
    for id in reversed(base.layered):
        onward: dict[str, float] = {}
        for rule in base.rules:
            if id in base.mentions[rule.id]:
                onward[rule.conclusion] = max(abs(rule.certainty), onward.get(rule.conclusion, 0.0))
        if onward:
            feeding.append((id, tuple(onward.items())))
    return _Paths(tuple(one.id for one in base.causes), tuple(feeding))
