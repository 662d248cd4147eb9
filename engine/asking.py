"""Which questions an answer names, judged by the rules that wait for them; an interview chooses by `choosing`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..knowledge.model import Fact, KnowledgeBase
from .certainty import above
from .premises import Status
from .trace import Trace

SHOWN = 5
"""How many questions an answer names: enough to choose from, few enough to read."""


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
    worth: dict[str, float] = defaultdict(float)
    reach = _reach(trace)
    for rule in trace.base.rules:
        standing = trace.standings[rule.id]
        if standing.status is Status.WAITING:
            leading = trace.base.conclusion[rule.conclusion].leads_when
            for leaf in (leaf for leaf in standing.blockers if leaf.id not in leading):
                worth[leaf.id] += abs(rule.certainty) * reach[rule.conclusion] / len(standing.blockers)
    askable = [
        fact
        for fact in trace.base.facts
        if fact.kind in ("sign", "finding")
        and fact.id not in trace.evidence.certainties
        and trace.evidence.perspective in fact.questions
        and worth[fact.id] > 0
    ]
    return tuple(sorted(askable, key=lambda fact: -round(worth[fact.id], 9))[:SHOWN])


def _reach(trace: Trace) -> Mapping[str, float]:
    """Return how much of a contribution to each conclusion could arrive at causes."""
    base: KnowledgeBase = trace.base
    reach: dict[str, float] = {}
    for id in reversed(base.layered):
        own = 0.0
        if base.conclusion[id].kind == "cause":
            own = 2.0 if above(trace.certainties[id], 0.0) else 1.0
        onward = (
            abs(rule.certainty) * reach.get(rule.conclusion, 0.0) for rule in base.rules if id in base.mentions[rule.id]
        )
        reach[id] = max([own, *onward])
    return reach
