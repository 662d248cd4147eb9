"""Which questions an answer names, judged by the rules that wait for them; an interview chooses by `choosing`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import Fact, KnowledgeBase, Rule
from .accounts import untold
from .certainty import above
from .premises import Standing, Status
from .prepared import once_for_each
from .trace import Trace

SHOWN = 5
"""How many questions an answer names: enough to choose from, few enough to read."""

_Shares = tuple[tuple[str, float], ...]
"""Facts that can be asked for, and how much of a conclusion waits for each."""


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
    base = trace.base
    place, askable, by_conclusion, by_rule = _prepared(base)[trace.evidence.perspective]
    standings, _, touched = trace.accounts
    worth: dict[str, float] = defaultdict(float)
    for conclusion, reach in _reach(trace).items():
        if conclusion not in touched:
            for id, share in by_conclusion[conclusion]:
                worth[id] += share * reach
            continue
        moved = touched[conclusion]
        for rule in base.rules_for[conclusion]:
            new = rule.id in moved
            shares = _shares(rule, standings[rule.id], askable[conclusion]) if new else by_rule[rule.id]
            for id, share in shares:
                worth[id] += share * reach
    least = min(sorted(worth.values())[-SHOWN:], default=0.0)
    # Only what comes near the last that is shown need be put in order.
    best = [id for id, one in worth.items() if one >= least - 1e-8 and one > 0]
    best.sort(key=lambda one: (-round(worth[one], 9), place[one]))
    return tuple([base.fact[id] for id in best[:SHOWN]])


class _Prepared(NamedTuple):
    """What a perspective can be asked, in the base's order and for each conclusion; shares where nothing is told."""

    place: Mapping[str, int]
    askable: Mapping[str, frozenset[str]]
    by_conclusion: Mapping[str, _Shares]
    by_rule: Mapping[str, _Shares]


@once_for_each
def _prepared(base: KnowledgeBase) -> Mapping[str, _Prepared]:
    return Frozen((one.id, _for_perspective(base, one.id)) for one in base.perspectives)


def _for_perspective(base: KnowledgeBase, perspective: str) -> _Prepared:
    place = {
        fact.id: number
        for number, fact in enumerate(base.facts)
        if fact.kind in ("sign", "finding") and perspective in fact.questions
    }
    askable = {one.id: frozenset(place).difference(one.leads_when) for one in base.conclusions}
    standings = untold(base)[perspective].standings
    by_rule = {rule.id: _shares(rule, standings[rule.id], askable[rule.conclusion]) for rule in base.rules}
    by_conclusion: dict[str, dict[str, float]] = {one: defaultdict(float) for one in base.conclusion}
    for rule in base.rules:
        for id, share in by_rule[rule.id]:
            by_conclusion[rule.conclusion][id] += share
    together = Frozen((conclusion, tuple(shares.items())) for conclusion, shares in by_conclusion.items())
    return _Prepared(Frozen(place), Frozen(askable), together, Frozen(by_rule))


def _shares(rule: Rule, standing: Standing, askable: frozenset[str]) -> _Shares:
    status, blockers, _ = standing
    if status is not Status.WAITING:
        return ()
    share = abs(rule.certainty) / len(blockers)
    return tuple([(leaf.id, share) for leaf in blockers if leaf.id in askable])


def _reach(trace: Trace) -> Mapping[str, float]:
    """Return how much of a contribution to each conclusion could arrive at causes."""
    certainties, reach = trace.certainties, dict[str, float]()
    for id, is_cause, onward in _paths(trace.base):
        own = (2.0 if above(certainties[id], 0.0) else 1.0) if is_cause else 0.0
        reach[id] = max(own, *[level * reach[conclusion] for conclusion, level in onward]) if onward else own
    return reach


@once_for_each
def _paths(base: KnowledgeBase) -> tuple[tuple[str, bool, tuple[tuple[str, float], ...]], ...]:
    """Return every conclusion before those that it rests on: whether it is a cause, and what it feeds how strongly."""
    found = []
    for id in reversed(base.layered):
        onward: dict[str, float] = {}
        for rule in base.rules:
            if id in base.mentions[rule.id]:
                onward[rule.conclusion] = max(abs(rule.certainty), onward.get(rule.conclusion, 0.0))
        found.append((id, base.conclusion[id].kind == "cause", tuple(onward.items())))
    return tuple(found)
