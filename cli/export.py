"""``pushaway export``: the rules for other tools."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..engine.clips import clips
from ..knowledge import KnowledgeBase
from ..knowledge.graph import graph
from .drawing import dot, mermaid
from .options import base_option, loaded

_EXPORTS: dict[str, Callable[[KnowledgeBase], str]] = {
    "clips": clips,
    "dot": lambda base: dot(graph(base), base.id),
    "mermaid": lambda base: mermaid(graph(base), base.id),
}


@click.command(
    epilog="""\b
Examples:
  pushaway export --to clips > base.clp
  pushaway export --to dot > base.dot
"""
)
@click.option("--to", "tool", type=click.Choice(list(_EXPORTS)), required=True, help="What it is for.")
@base_option
def export(tool: str, base_dir: str | None) -> None:
    """Write the rules for another tool, in UTF-8, to standard output.

    clips is a program for CLIPS 6.4 that reasons as pushaway does, and gives the same certainties. dot
    (Graphviz) and mermaid draw what rests on what: dashed is what works by absence, or against.
    """
    # Bytes, since what a terminal lacks must not be replaced in a program: a quotation mark would end a string.
    click.echo(_EXPORTS[tool](loaded(base_dir)).encode(), nl=False)
