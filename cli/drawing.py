"""The graph of a base as text for tools that draw: Graphviz's DOT and Mermaid."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from ..knowledge.conditions import Claim
from ..knowledge.graph import Edge, Graph, Node, Part, Relation

_MOST_EDGES, _MOST_TEXT = 500, 50_000
"""Beyond these Mermaid draws nothing, unless whoever embeds it has configured more."""


class _Look(NamedTuple):
    """How nodes of a kind are drawn: a name for it, a fill that black reads well on, and shapes."""

    name: str
    fill: str
    dot: str
    mermaid: str
    """With ``…`` where the label goes."""


_LOOKS = {
    (Part.FACT, "sign"): _Look("Sign", "#cfe8f7", "ellipse", "([…])"),
    (Part.FACT, "finding"): _Look("Finding", "#e3eef5", "ellipse", "([…])"),
    (Part.FACT, "safeguard"): _Look("Alarm", "#f7c6b8", "octagon", "{{…}}"),
    (Part.FACT, "beyond"): _Look("Beyond", "#e4e4e4", "ellipse", "([…])"),
    (Part.CONCLUSION, "mechanism"): _Look("Mechanism", "#fbe7b2", "hexagon", "(…)"),
    (Part.CONCLUSION, "cause"): _Look("Cause", "#f6cf65", "doubleoctagon", "[[…]]"),
    (Part.RULE, ""): _Look("Rule", "#ffffff", "box", "[…]"),
    (Part.RESPONSE, ""): _Look("Response", "#c5e8d3", "note", "[/…/]"),
    (Part.SAFEGUARD, ""): _Look("Safeguard", "#f29d86", "tripleoctagon", "{{…}}"),
}
_LINE = "#7f7f7f"
"""Seen on a light ground and on a dark one."""


def dot(graph: Graph, name: str) -> str:
    """Return a graph in Graphviz's DOT language: what works by absence, or against, is dashed."""
    return "\n".join(
        [
            f"digraph {_quoted(name)} {{",
            '  graph [rankdir=LR, bgcolor="transparent"];',
            f'  node [style=filled, color="{_LINE}", fontcolor="#000000", fontname="sans-serif", fontsize=11];',
            f'  edge [color="{_LINE}", fontcolor="{_LINE}", fontname="sans-serif", fontsize=9];',
            *(f"  {_dot_node(node)};" for node in graph.nodes),
            *(f"  {_dot_edge(edge)};" for edge in graph.edges),
            "}\n",
        ]
    )


def mermaid(graph: Graph, name: str) -> str:
    """Return a graph as a Mermaid flowchart: what works by absence, or against, is dotted."""
    lines = [
        "flowchart LR",
        *(f"  {_mermaid_node(node)}" for node in graph.nodes),
        *(f"  {_mermaid_edge(edge)}" for edge in graph.edges),
        *(f"  classDef {look.name} fill:{look.fill},stroke:{_LINE},color:#000000" for look in _LOOKS.values()),
        "",
    ]
    text = "\n".join(lines)
    return "\n".join([*_too_large(graph, len(text)), f"%% {name}", text])


def _dot_node(node: Node) -> str:
    look = _look(node)
    label = "\n".join(line for words in _label(node) for line in textwrap.wrap(words, 34))
    return f'{_quoted(node.key)} [label={_quoted(label)}, shape={look.dot}, fillcolor="{look.fill}"]'


def _dot_edge(edge: Edge) -> str:
    how = [f"label={_quoted(words)}"] if (words := _words(edge)) else []
    how += ["style=dashed"] if edge.negative else []
    return f"{_quoted(edge.tail)} -> {_quoted(edge.head)}" + (f" [{', '.join(how)}]" if how else "")


def _quoted(text: str) -> str:
    r"""Return text as a DOT string; in one, ``\`` and what looks like an entity mean something too."""
    for special, written in (("&", "&amp;"), ("\\", r"\\"), ('"', r"\""), ("\n", r"\n")):
        text = text.replace(special, written)
    return f'"{text}"'


def _mermaid_node(node: Node) -> str:
    look = _look(node)
    opening, closing = look.mermaid.split("…")
    label = "<br>".join(map(_mermaid_escaped, _label(node)))  # it wraps lines by itself
    return f'{_name(node.key)}{opening}"{label}"{closing}:::{look.name}'


def _mermaid_edge(edge: Edge) -> str:
    arrow = "-.->" if edge.negative else "-->"
    words = _words(edge)
    between = f'{arrow}|"{_mermaid_escaped(words)}"|' if words else arrow
    return f"{_name(edge.tail)} {between} {_name(edge.head)}"


def _name(key: str) -> str:
    """Return a node's key as Mermaid admits it; no two become the same, for ids have neither of ``/`` and ``_``."""
    return key.replace("/", "__").replace("-", "_")


def _mermaid_escaped(text: str) -> str:
    """Return text for a quoted label, in which Mermaid reads HTML, Markdown, entities and directives."""
    text = re.sub(r"[^\w\s,.:;?!()'’–-]|_", lambda found: f"#{ord(found[0])};", text)
    return re.sub(r"^(\d*)([.)-])", lambda found: f"{found[1]}#{ord(found[2])};", text)  # or it begins a list


def _too_large(graph: Graph, size: int) -> Iterator[str]:
    if len(graph.edges) > _MOST_EDGES or size > _MOST_TEXT:
        yield f"%% Mermaid draws up to {_MOST_EDGES} edges and {_MOST_TEXT} characters. For this, configure it with"
        yield f"%% maxEdges: {len(graph.edges)} and maxTextSize: {size + 1000} at the least."


def _look(node: Node) -> _Look:
    return _LOOKS[node.part, node.kind if node.part in (Part.FACT, Part.CONCLUSION) else ""]


def _label(node: Node) -> tuple[str, ...]:
    """Return what a node is called, in one line, and in another what perspectives it is for."""
    asked_as = (f"(as {' or '.join(node.perspectives)})",) if node.perspectives else ()
    return (" ".join(node.label.split()), *asked_as)


def _words(edge: Edge) -> str:
    """Return what is written on an edge; nothing where it says the plain thing, that its tail is believed."""
    if edge.level is not None:
        return edge.level
    says = edge.relation if edge.relation in (Relation.WITHHOLDS, Relation.LEADS) else edge.claim
    return str(says.value) if says and says is not Claim.BELIEVED else ""
