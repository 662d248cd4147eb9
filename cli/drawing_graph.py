"""The graph of a base laid out in columns, from facts over rules and conclusions to responses.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures",
*IEEE Transactions on Systems, Man, and Cybernetics* 11 (1981): layers first, then an order within each
that is swept towards the barycenters of the neighbours, and of all orders seen the one with the fewest
crossings. Here is only where things stand; a template draws them.
"""

from __future__ import annotations

import textwrap
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ..knowledge.graph import Edge, Node, Part, graph
from ..knowledge.model import KnowledgeBase

WIDTH = 220
"""How wide a node is, in the units of the drawing, which are pixels at its full size."""

_GAP = 112
"""Between two columns: edges need room to be told apart."""

_TOP, _MARGIN = 44, 10
_LINE, _PADDING, _BETWEEN = 15, 12, 8
_LETTERS, _MOST_LINES = 31, 3
_SWEEPS = 12

Columns = Sequence[Sequence[str]]


class Box(NamedTuple):
    """A node where it stands: its column, upper left corner and height, and its label in lines that fit."""

    node: Node
    column: int
    x: int
    y: int
    height: int
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        """How far down its middle is, where edges begin and end."""
        return self.y + self.height / 2


class Arrow(NamedTuple):
    """An edge and the path that draws it, as SVG writes one."""

    edge: Edge
    path: str


class Heading(NamedTuple):
    """What the nodes of a column are, and where it begins."""

    words: str
    x: int


class Drawing(NamedTuple):
    """A graph laid out, and how large it is."""

    width: int
    height: int
    headings: tuple[Heading, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawn(base: KnowledgeBase) -> Drawing:
    """Return the graph of a base laid out; the same base is laid out the same way every time."""
    nodes, edges = graph(base)
    column = _columns(base, nodes)
    ordered = _ordered([[node.key for node in nodes if column[node.key] == one] for one in _each(column)], edges)
    by_key = {node.key: node for node in nodes}
    lines = {node.key: _lines(node.label) for node in nodes}
    heights = {key: len(some) * _LINE + _PADDING for key, some in lines.items()}
    tallest = max((_tall(keys, heights) for keys in ordered), default=0)
    boxes: dict[str, Box] = {}
    for number, keys in enumerate(ordered):
        room = (tallest - _tall(keys, heights)) / len(keys)  # a short column is spread over the whole height
        y = _TOP + room / 2
        for key in keys:
            boxes[key] = Box(by_key[key], number, _x(number), round(y), heights[key], lines[key])
            y += heights[key] + _BETWEEN + room
    return Drawing(
        width=_x(len(ordered)) - _GAP + _MARGIN,
        height=_TOP + tallest + _MARGIN,
        headings=tuple(
            Heading(_heading([by_key[key] for key in keys]), _x(number)) for number, keys in enumerate(ordered)
        ),
        boxes=tuple(boxes[node.key] for node in nodes),
        arrows=tuple(Arrow(edge, _path(boxes[edge.tail], boxes[edge.head])) for edge in edges),
    )


def _columns(base: KnowledgeBase, nodes: Sequence[Node]) -> Mapping[str, int]:
    """Return the column of each node: facts, then for each layer of conclusions its rules and itself, then advice."""
    layer: dict[str, int] = {}
    for id in base.layered:
        layer[id] = 1 + max((layer[one] for one in base.rests_on[id] if one in layer), default=0)
    last = max(layer.values(), default=0)
    used = {id for mentioned in base.rests_on.values() for id in mentioned}
    for cause in base.causes:
        if cause.id not in used:  # so that all causes on which nothing rests stand together
            layer[cause.id] = last

    def column(node: Node) -> int:
        if node.part is Part.FACT:
            return 0
        if node.part is Part.CONCLUSION:
            return 2 * layer[node.id]
        if node.part is Part.RULE:
            return 2 * layer[base.rule[node.id].conclusion] - 1
        return 2 * last + 1

    found = {node.key: column(node) for node in nodes}
    place = {one: number for number, one in enumerate(sorted({*found.values()}))}  # no column stays empty
    return {key: place[one] for key, one in found.items()}


def _each(column: Mapping[str, int]) -> range:
    return range(max(column.values(), default=-1) + 1)


def _ordered(columns: Columns, edges: Sequence[Edge]) -> Columns:
    """Return the columns in the order with the fewest crossings that a few sweeps find."""
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        beside[edge.tail].append(edge.head)
        beside[edge.head].append(edge.tail)
    column = {key: number for number, keys in enumerate(columns) for key in keys}
    now = [list(keys) for keys in columns]
    best, fewest = [list(keys) for keys in now], _crossings(now, edges)
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        for number in range(len(now)) if forwards else reversed(range(len(now))):
            place = {key: (at + 0.5) / len(keys) for keys in now for at, key in enumerate(keys)}
            centers = {key: _center(key, beside[key], column, place, forwards=forwards) for key in now[number]}
            now[number].sort(key=centers.__getitem__)  # what is equal keeps its order
        crossings = _crossings(now, edges)
        if crossings < fewest:
            best, fewest = [list(keys) for keys in now], crossings
    return best


def _center(
    key: str, beside: Sequence[str], column: Mapping[str, int], place: Mapping[str, float], *, forwards: bool
) -> float:
    """Return the mean place of the neighbours on the side that a sweep comes from; its own where there are none."""
    before = [place[one] for one in beside if (column[one] < column[key] if forwards else column[one] > column[key])]
    return sum(before) / len(before) if before else place[key]


def _crossings(columns: Columns, edges: Sequence[Edge]) -> int:
    """Return how often edges between the same two columns cross."""
    place = {key: (number, at) for number, keys in enumerate(columns) for at, key in enumerate(keys)}
    ends = sorted(
        (place[edge.tail][0], place[edge.head][0], place[edge.tail][1], place[edge.head][1]) for edge in edges
    )
    count = 0
    for _, some in groupby(ends, key=lambda end: end[:2]):
        seen: list[int] = []
        for _, before in groupby(some, key=lambda end: end[2]):  # edges from one node do not cross each other
            heads = [end[3] for end in before]
            count += sum(len(seen) - bisect_left(seen, head + 1) for head in heads)
            for head in heads:
                insort(seen, head)
    return count


def _path(tail: Box, head: Box) -> str:
    """Return the curve from the right of one box to the left of another; audit.js draws by the same formula."""
    x1, y1, x2, y2 = tail.x + WIDTH, tail.middle, head.x, head.middle
    if head.column <= tail.column:  # within a column, or back: out to the right, and in from there
        x2 += WIDTH
        bend = max(x1, x2) + _GAP / 2
        return f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
    bend = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"


def _x(column: int) -> int:
    return _MARGIN + column * (WIDTH + _GAP)


def _tall(keys: Sequence[str], heights: Mapping[str, int]) -> int:
    return sum(heights[key] + _BETWEEN for key in keys)


def _lines(label: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(label, _LETTERS, max_lines=_MOST_LINES, placeholder=" …")) or ("",)


_HEADINGS = {
    Part.FACT: "Facts",
    Part.RULE: "Rules",
    Part.RESPONSE: "Responses",
    Part.SAFEGUARD: "Safeguards",
}


def _heading(nodes: Sequence[Node]) -> str:
    return " and ".join(dict.fromkeys(_headings(nodes)))


def _headings(nodes: Sequence[Node]) -> Iterator[str]:
    for node in sorted(nodes, key=lambda one: list(Part).index(one.part)):
        if node.part is Part.CONCLUSION:
            yield "Causes" if node.kind == "cause" else "Mechanisms"
        else:
            yield _HEADINGS[node.part]
