"""``pushaway explain``: why an answer says what it says."""

from __future__ import annotations

import click

from ..engine import Engine
from ..knowledge import KnowledgeBase, UnknownNameError, resolve
from ..knowledge.names import normal
from ..knowledge.problems import nearest, quoted
from .explained import sections
from .given import Gathering, as_misuse
from .options import (
    MisuseError,
    base_option,
    complete_explained,
    evidence_options,
    format_option,
    loaded,
    names_option,
    resolved,
    unknown,
)
from .output import print_json, print_sections


@click.command(
    epilog="""\b
Examples:
  pushaway explain overwhelmed withdrawn "ignoring messages" irritable
  pushaway explain mistrust withdrawn irritable --with "betrayed before"
  pushaway explain overwhelmed withdrawn irritable --without irritable
  pushaway explain stressed withdrawn irritable
  pushaway explain stay-available withdrawn mistreated"""
)
@click.argument("about", metavar="ABOUT", shell_complete=complete_explained)
@evidence_options
@names_option("--with", "added", "What if this were so? Repeatable.", "NAME[=CERTAINTY]")
@names_option("--without", "removed", "What if this were not known? Repeatable.")
@names_option("--no", "absent", "What if this were known to be absent? Repeatable.")
@base_option
@format_option("text", "json", "markdown")
def explain(
    about: str,
    names: tuple[str, ...],
    perspective: str | None,
    file: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    absent: tuple[str, ...],
    base_dir: str | None,
    format_: str,
) -> None:
    """Explain what `infer` says of ABOUT, given the same evidence.

    ABOUT is a cause or mechanism (how it comes about, what it would take, and which answers would
    change what leads), a fact (why it is asked, and what each answer would do), or the id of a
    response or safeguard (why it is given, or withheld). For evidence of absence, say NAME=no;
    --with, --without and --no ask what would be different.
    """
    base = loaded(base_dir)
    given, supposed = Gathering(base, perspective), Gathering(base, perspective)
    with as_misuse():
        given.arguments(names, ())
        if file is not None:
            given.file(file)
        evidence = given.finish()
        supposed.arguments(added, absent)
        what_if: dict[str, bool | float | None] = dict(supposed.finish())
        for name in removed:
            id = resolved(base, name)
            if id not in evidence or id in what_if:
                why = "is supposed in two ways" if id in what_if else "was not given"
                raise MisuseError(f"--without {quoted(id)}: it {why}. Leave it out.")
            what_if[id] = None
        id = _subject(base, about)
        answer = Engine(base).infer(evidence, perspective=given.perspective)
        explanation = answer.explain(id, what_if=what_if)
    if format_ == "json":
        print_json(explanation.to_dict())
    else:
        print_sections(sections(explanation, base), format_)


def _subject(base: KnowledgeBase, about: str) -> str:
    ids = [*(one.id for one in base.responses), *(one.id for one in base.safeguards)]
    advice = {normal(id): id for id in ids}
    try:
        return advice.get(normal(about)) or resolve(base, about)
    except UnknownNameError as error:
        near = [advice[one] for one in nearest(normal(about), advice)]
        if error.near or not near:
            raise MisuseError(unknown(error)) from None
        raise MisuseError(f"{error} Did you mean {' or '.join(map(quoted, near))}?") from None
