"""``pushaway facts``: what can be observed or told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click

from ..knowledge.model import Fact, KnowledgeBase, cited
from .options import MisuseError, base_option, complete_names, format_option, loaded, resolved
from .output import print_json, print_text, text_width
from .report import cites
from .text import wrapped

KINDS = {
    "sign": "Signs",
    "finding": "Findings",
    "safeguard": "Safeguards: what comes before everything else",
    "beyond": "Beyond the source, which says nothing of these",
}


@click.command(
    epilog="""\b
Examples:
  pushaway facts --kind sign
  pushaway facts "no energy"
"""
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete_names)
@click.option("--kind", type=click.Choice(list(KINDS)), help="Only facts of this kind.")
@base_option
@format_option("text", "json")
def facts(names: tuple[str, ...], kind: str | None, base_dir: str | None, format_: str) -> None:
    """List the facts that can be named, or show the ones that NAME stands for in full."""
    base = loaded(base_dir)
    wanted = list(dict.fromkeys(_fact(base, name).id for name in names)) or list(base.fact)
    listed = [base.fact[id] for id in wanted if kind in (None, base.fact[id].kind)]
    if format_ == "json":
        print_json([_data(fact) for fact in listed])
    elif listed:
        print_text("\n".join(_in_full(listed) if names else _by_kind(listed)))
    else:
        click.echo("No fact fits.", err=True)


def _fact(base: KnowledgeBase, name: str) -> Fact:
    id = resolved(base, name)
    if id not in base.fact:
        raise MisuseError(f"`{id}` is a conclusion, not a fact. See `pushaway rules --concluding {id}`.")
    return base.fact[id]


def _data(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "kind": fact.kind,
        "label": fact.label,
        "lay": list(fact.lay),
        "questions": dict(fact.questions),
        "source": cited(fact.source),
    }


def _by_kind(listed: list[Fact]) -> Iterator[str]:
    widest = max((len(fact.id) for fact in listed), default=0)
    between = ""
    for kind, heading in KINDS.items():
        of_kind = [fact for fact in listed if fact.kind == kind]
        if of_kind:
            yield between + click.style(heading, bold=True)
            between = "\n"
        for fact in of_kind:
            yield from wrapped(fact.label, text_width(), f"  {fact.id:<{widest}}  ", " " * (widest + 4))


def _in_full(listed: Iterable[Fact]) -> Iterator[str]:
    width = text_width()
    for number, fact in enumerate(listed):
        yield ("\n" if number else "") + click.style(fact.id, bold=True)
        yield from wrapped(f"{fact.label} ({fact.kind})", width, "  ")
        for perspective, question in fact.questions.items():
            yield from wrapped(f"{perspective}: {question}", width, "  ", "    ")
        yield from wrapped("also: " + "; ".join(fact.lay), width, "  ", "    ") if fact.lay else ()
        yield from wrapped(fact.text, width, "  ") if fact.text else ()
        yield from wrapped(f"source: {cites(cited(fact.source))}", width, "  ") if fact.source else ()
