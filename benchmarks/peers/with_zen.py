"""ZEN (zen-engine): a decision table for each layer, a row for each rule, which collects the rules that match.

A static loader compiles the tables once; ``create_decision`` would do so for every evaluation, at five times the cost.
:func:`build_expressions` leaves the decision engine out and uses ZEN's expression language alone, compiled, one list
of conditions a layer: no table, no rules, and half the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress, pairwise
from typing import Any

import zen

from pushaway.knowledge import KnowledgeBase

from .host import Decide, Host, in_words
from .reasoning import Run

_LANGUAGE = in_words("{} == true", "{} == null")


def build(base: KnowledgeBase) -> Run:
    """Return what reasons from evidence with a base's rules, as decision tables."""
    return Host(base, _LANGUAGE, _compiled_to_table)


def build_expressions(base: KnowledgeBase) -> Run:
    """Return what reasons from evidence with a base's rules, as bare expressions."""
    return Host(base, _LANGUAGE, _compiled_to_expression)


def _compiled_to_table(conditions: Mapping[str, str]) -> Decide:
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "if", "name": "if", "field": ""}],  # without a field, a cell is a whole condition
        "outputs": [{"id": "then", "name": "then", "field": "rule"}],
        "rules": [{"_id": id, "if": condition, "then": f'"{id}"'} for id, condition in conditions.items()],
    }
    nodes = [_node("inputNode", {}), _node("decisionTableNode", table), _node("outputNode", {})]
    edges = [
        {"id": f"edge-{index}", "type": "edge", "sourceId": one["id"], "targetId": other["id"]}
        for index, (one, other) in enumerate(pairwise(nodes))
    ]
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"layer": {"nodes": nodes, "edges": edges}}}})
    return lambda flags: [row["rule"] for row in engine.evaluate("layer", flags)["result"]]


def _node(kind: str, content: Any) -> Any:
    return {"id": kind, "name": kind, "type": kind, "content": content, "position": {"x": 0, "y": 0}}


def _compiled_to_expression(conditions: Mapping[str, str]) -> Decide:
    ids = [*conditions]
    every = zen.compile_expression(f"[{', '.join(conditions.values())}]")
    return lambda flags: compress(ids, every.evaluate(flags))
