"""``pushaway rules``: what speaks for or against what, and on what it rests."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from ..knowledge.conditions import Claim, Condition, Leaf, ids, to_json
from ..knowledge.model import KnowledgeBase, cited
from ..knowledge.problems import did_you_mean, quoted
from .options import MisuseError, base_option, complete_names, complete_rules, format_option, loaded, resolved
from .output import print_json, print_text, text_width
from .report import cites, label
from .text import wrapped

ALWAYS = "always"
"""The level of a safeguard, which stands outside certainty."""


class _Row(NamedTuple):
    """A rule or safeguard as it is listed."""

    id: str
    title: str
    condition: Condition
    then: str
    level: str
    basis: str
    rationale: str
    source: list[int | str]


@click.command(
    epilog="""\b
Examples:
  pushaway rules --concluding mistrust
  pushaway rules --citing 66 --format json
  pushaway rules harm-leads
"""
)
@click.argument("rule_ids", metavar="[ID]...", nargs=-1, shell_complete=complete_rules)
@click.option("--concluding", metavar="NAME", help="Only rules for or against this.", shell_complete=complete_names)
@click.option(
    "--using", metavar="NAME", help="Only rules whose condition mentions this.", shell_complete=complete_names
)
@click.option("--citing", metavar="PARAGRAPH", help="Only rules that cite this paragraph or guideline.")
@click.option(
    "--basis",
    type=click.Choice(["stated", "implied", "judgement", "guideline"]),
    help="Only rules that rest on this.",
)
@base_option
@format_option("text", "json")
def rules(
    rule_ids: tuple[str, ...],
    concluding: str | None,
    using: str | None,
    citing: str | None,
    basis: str | None,
    base_dir: str | None,
    format_: str,
) -> None:
    """List the rules, or show the ones with these IDs in full.

    Safeguards are listed with them: they rest on guidelines, and stand outside certainty.
    """
    base = loaded(base_dir)
    rows = _rows(base)
    listed = _with_ids(rows, rule_ids) if rule_ids else rows
    conclusion = _conclusion(base, concluding) if concluding is not None else None
    used = resolved(base, using) if using is not None else None
    source = _citation(base, citing) if citing is not None else None
    listed = [
        row
        for row in listed
        if conclusion in (None, row.then)
        and (used is None or used in ids(row.condition))
        and (source is None or source in row.source)
        and basis in (None, row.basis)
    ]
    if format_ == "json":
        print_json([_data(row) for row in listed])
    elif listed:
        print_text("\n".join(_in_full(listed, base) if rule_ids else _brief(listed, base)))
    else:
        click.echo("No rule fits.", err=True)


def _rows(base: KnowledgeBase) -> list[_Row]:
    return [
        *(
            _Row(
                one.id,
                one.title,
                Leaf(Claim.BELIEVED, one.fact),
                one.id,
                ALWAYS,
                one.basis,
                one.rationale,
                cited(one.source),
            )
            for one in base.safeguards
        ),
        *(
            _Row(
                one.id,
                one.title,
                one.condition,
                one.conclusion,
                one.level,
                one.basis,
                one.rationale,
                cited(one.source),
            )
            for one in base.rules
        ),
    ]


def _with_ids(rows: list[_Row], wanted: tuple[str, ...]) -> list[_Row]:
    known = {row.id: row for row in rows}
    for id in wanted:
        if id not in known:
            raise MisuseError(f"no rule {quoted(id)}. {did_you_mean(id, known, '`pushaway rules` lists them.')}")
    return [known[id] for id in dict.fromkeys(wanted)]


def _conclusion(base: KnowledgeBase, name: str) -> str:
    if name in {one.id for one in base.safeguards}:
        return name
    id = resolved(base, name)
    if id not in base.conclusion:
        raise MisuseError(f"`{id}` is a fact, and no rule concludes it. See `pushaway rules --using {id}`.")
    return id


def _citation(base: KnowledgeBase, given: str) -> int | str:
    numbers = [one.number for one in base.source.paragraphs]
    guidelines = [one.id for one in base.source.guidelines]
    number = given.strip().removeprefix("¶")
    if number.isdecimal() and len(number) < 9 and int(number) in numbers:
        return int(number)
    if given in guidelines:
        return given
    others = f"Its paragraphs are numbered {min(numbers)} to {max(numbers)}; guidelines: {', '.join(guidelines)}."
    raise MisuseError(f"the source has no {quoted(given)}. {others}")


def _data(row: _Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "if": to_json(row.condition),
        "then": row.then,
        "level": row.level,
        "basis": row.basis,
        "rationale": row.rationale,
        "source": row.source,
    }


def _brief(listed: list[_Row], base: KnowledgeBase) -> Iterator[str]:
    then = None
    for row in listed:
        heading = "Safeguards" if row.level == ALWAYS else label(base, row.then)
        if heading != then:
            yield ("\n" if then else "") + click.style(heading, bold=True)
        then = heading
        yield from wrapped(f"{row.id}: {row.title} ({row.level}, {row.basis})", text_width(), "  ", "      ")


def _in_full(listed: list[_Row], base: KnowledgeBase) -> Iterator[str]:
    width = text_width()
    for number, row in enumerate(listed):
        yield ("\n" if number else "") + click.style(row.id, bold=True)
        yield from wrapped(row.title, width, "  ")
        yield "  if"
        yield from _outline(row.condition, base, "    ", width)
        yield from wrapped(f"then {row.then}, {row.level}{_worth(row, base)}", width, "  ")
        yield from wrapped(f"basis: {row.basis}. {row.rationale}", width, "  ", "    ")
        yield from wrapped(f"source: {cites(row.source)}", width, "  ", "    ")


def _worth(row: _Row, base: KnowledgeBase) -> str:
    return next((f" ({one.value:+g})" for one in base.levels if one.id == row.level), "")


_SAYS = {Claim.BELIEVED: "", Claim.ABSENT: "known to be absent: ", Claim.UNLESS: "not believed: "}


def _outline(condition: Condition, base: KnowledgeBase, indent: str, width: int) -> Iterator[str]:
    if isinstance(condition, Leaf):
        if condition.claim is Claim.PERSPECTIVE:
            words = f"asked as {condition.id}"
        else:
            words = f"{_SAYS[condition.claim]}{condition.id} ({label(base, condition.id)})"
        yield from wrapped(words, width, indent, indent + "  ")
        return
    parts = len(condition.parts)
    how = "all" if condition.needed == parts else "any" if condition.needed == 1 else f"at least {condition.needed}"
    yield f"{indent}{how} of"
    for part in condition.parts:
        yield from _outline(part, base, indent + "  ", width)
