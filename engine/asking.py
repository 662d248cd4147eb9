"""Which questions an answer names, judged by the rules that wait for them; an interview chooses by `choosing`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from ..knowledge.frozen import Frozen
from ..knowledge.model import Fact, KnowledgeBase, Rule
from .accounts import untold
from .certainty import TOLERANCE
from .premises import Standing, Status
from .prepared import once_for_each
from .trace import Trace

SHOWN = 5
"""How many questions an answer names: enough to choose from, few enough to read."""

_WAITING = Status.WAITING
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
            for fact, share in by_conclusion[conclusion]:
                worth[fact] += share * reach
            continue
        moved = touched[conclusion]
        for id, rule, before in by_rule[conclusion]:
            shares = _shares(rule, standings[id], askable[conclusion]) if id in moved else before
            for fact, share in shares:
                worth[fact] += share * reach
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
    by_rule: Mapping[str, tuple[tuple[str, Rule, _Shares], ...]]


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
    by_rule = {
        one: tuple((rule.id, rule, _shares(rule, standings[rule.id], askable[one])) for rule in base.rules_for[one])
        for one in base.conclusion
    }
    by_conclusion: dict[str, dict[str, float]] = {one: defaultdict(float) for one in base.conclusion}
    for conclusion, rules in by_rule.items():
        for id, share in (each for _, _, shares in rules for each in shares):
            by_conclusion[conclusion][id] += share
    together = Frozen((conclusion, tuple(shares.items())) for conclusion, shares in by_conclusion.items())
    return _Prepared(Frozen(place), Frozen(askable), together, Frozen(by_rule))


def _shares(rule: Rule, standing: Standing, askable: frozenset[str]) -> _Shares:
    status, blockers, _ = standing
    if status is not _WAITING:
        return ()
    share = abs(rule.certainty) / len(blockers)
    return tuple([(leaf.id, share) for leaf in blockers if leaf.id in askable])


def _reach(trace: Trace) -> Mapping[str, float]:
    """Return how much of a contribution to each conclusion could arrive at causes."""
    certainties, reach = trace.certainties, dict[str, float]()
    for id, is_cause, onward in _paths(trace.base):
        own = (2.0 if certainties[id] > TOLERANCE else 1.0) if is_cause else 0.0
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
