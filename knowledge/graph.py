"""The graph of a base: what rests on what, from facts over rules and conclusions to responses and safeguards.

It is form only, for drawing and for finding one's way. How the parts of a condition hang together (all of,
any of, at least k of) is not in it: an edge says that a condition mentions an id, and what it claims of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from .conditions import Claim, Condition, leaves
from .model import KnowledgeBase


class Part(Enum):
    """What a node is. Ids are unique within a part, and over facts and conclusions together."""

    FACT = "fact"
    CONCLUSION = "conclusion"
    RULE = "rule"
    RESPONSE = "response"
    SAFEGUARD = "safeguard"


class Relation(Enum):
    """What an edge says of its tail and its head."""

    PREMISE = "is a premise of"
    """Fact or conclusion → rule: its condition mentions it."""
    SUPPORTS = "supports"
    """Rule → conclusion, at a level above 0."""
    OPPOSES = "opposes"
    """Rule → conclusion, at a level below 0."""
    CALLS_FOR = "calls for"
    """Fact or conclusion → response whose condition mentions it; fact → safeguard, at any certainty above 0."""
    WITHHOLDS = "withholds"
    """Fact or conclusion → response that is not given where it is believed; a safeguard fact: at any above 0."""
    LEADS = "puts first"
    """Fact or conclusion → cause that is ranked first where both are believed."""


class Node(NamedTuple):
    """A part of the base.

    ``kind`` is that of the part: sign, finding, safeguard or beyond for a fact, mechanism or cause for a
    conclusion, the basis of a rule or safeguard, nothing for a response. ``label`` is what people read: a
    label, name, title or text. ``perspectives`` are those that a condition asks for, or the audience of a
    response or safeguard; where it is empty, perspective does not matter.
    """

    part: Part
    id: str
    kind: str
    label: str
    perspectives: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the graph, which no other node has: part and id with a slash between."""
        return _key(self.part, self.id)


class Edge(NamedTuple):
    """What one node is to another; ``tail`` and ``head`` are keys of nodes.

    ``claim`` is what a condition claims of the tail, for a premise and for what calls for a response: believed,
    absent or unless. ``level`` is a rule's level by name, and ``certainty`` its number in [−1, 1], for
    what supports or opposes. What does not apply is None.
    """

    tail: str
    head: str
    relation: Relation
    claim: Claim | None = None
    level: str | None = None
    certainty: float | None = None

    @property
    def negative(self) -> bool:
        """Whether it works by absence, or against its head."""
        return self.relation in (Relation.OPPOSES, Relation.WITHHOLDS) or self.claim in (Claim.ABSENT, Claim.UNLESS)


class Graph(NamedTuple):
    """Nodes and edges, each once, in the base's order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(base: KnowledgeBase) -> Graph:
    """Return the graph of a base: all its facts, conclusions, rules, responses and safeguards."""
    return Graph(tuple(_nodes(base)), tuple(dict.fromkeys(_edges(base))))


def _nodes(base: KnowledgeBase) -> Iterator[Node]:
    for fact in base.facts:
        yield Node(Part.FACT, fact.id, fact.kind, fact.label)
    for conclusion in base.conclusions:
        yield Node(Part.CONCLUSION, conclusion.id, conclusion.kind, conclusion.name)
    for rule in base.rules:
        yield Node(Part.RULE, rule.id, rule.basis, rule.title, _asked_as(rule.condition))
    for response in base.responses:
        yield Node(Part.RESPONSE, response.id, "", response.text, response.audience)
    for safeguard in base.safeguards:
        yield Node(Part.SAFEGUARD, safeguard.id, safeguard.basis, safeguard.title, safeguard.audience)


def _edges(base: KnowledgeBase) -> Iterator[Edge]:
    def known(id: str) -> str:
        return _key(Part.FACT if id in base.fact else Part.CONCLUSION, id)

    def premises(condition: Condition, head: str, relation: Relation) -> Iterator[Edge]:
        for leaf in leaves(condition):
            if leaf.claim is not Claim.PERSPECTIVE:
                yield Edge(known(leaf.id), head, relation, leaf.claim)

    for rule in base.rules:
        key = _key(Part.RULE, rule.id)
        yield from premises(rule.condition, key, Relation.PREMISE)
        relation = Relation.SUPPORTS if rule.certainty > 0 else Relation.OPPOSES
        yield Edge(key, known(rule.conclusion), relation, level=rule.level, certainty=rule.certainty)
    for conclusion in base.conclusions:
        for id in conclusion.leads_when:
            yield Edge(known(id), known(conclusion.id), Relation.LEADS)
    for response in base.responses:
        key = _key(Part.RESPONSE, response.id)
        yield from premises(response.condition, key, Relation.CALLS_FOR)
        for id in response.withheld_by:
            yield Edge(known(id), key, Relation.WITHHOLDS)
    for safeguard in base.safeguards:
        yield Edge(known(safeguard.fact), _key(Part.SAFEGUARD, safeguard.id), Relation.CALLS_FOR)


def _key(part: Part, id: str) -> str:
    return f"{part.value}/{id}"


def _asked_as(condition: Condition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf.id for leaf in leaves(condition) if leaf.claim is Claim.PERSPECTIVE))
