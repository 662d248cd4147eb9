"""``pushaway infer``: from evidence to an answer."""

from __future__ import annotations

from collections.abc import Callable

import click

from ..engine import Answer, Engine, EvidenceError
from ..knowledge import KnowledgeBase
from ..knowledge.names import mentioned
from . import markdown, text
from .given import Gathering
from .options import MisuseError, base_option, complete_names, complete_perspectives, format_option, loaded
from .output import print_json, print_text, text_width
from .report import help_for, sections


@click.command(
    epilog="""\b
Examples:
  pushaway infer withdrawn "ignoring messages" irritable
  pushaway infer drained=0.6 stressed=mostly --no other-is-hurtful --as self
  pushaway infer --file case.json --format json

\b
A case file looks like this:
  {"perspective": "self",
   "evidence": {"drained": 0.6, "other-is-hurtful": false}}"""
)
@click.argument("names", metavar="[NAME[=CERTAINTY]]...", nargs=-1, shell_complete=complete_names)
@click.option(
    "--no",
    "absent",
    metavar="NAME",
    multiple=True,
    help="Known to be absent. Repeatable.",
    shell_complete=complete_names,
)
@click.option(
    "--as",
    "perspective",
    metavar="PERSPECTIVE",
    help="Who asks: observer (someone pulls away from me; the default) or self (I pull away).",
    shell_complete=complete_perspectives,
)
@click.option("--file", "file", metavar="FILE", help="Read evidence from a JSON file; - is standard input.")
@base_option
@format_option("text", "json", "markdown")
def infer(
    names: tuple[str, ...],
    absent: tuple[str, ...],
    perspective: str | None,
    file: str | None,
    base_dir: str | None,
    format_: str,
) -> None:
    """Reason from what was noticed or told to probable causes and what helps.

    NAME is a fact's id, its label, or what people call it; `pushaway facts` lists them. Put quotes
    around a name of several words. CERTAINTY is a number from -1 (certainly not) to 1 (certainly,
    the default), or an answer such as yes, mostly, somewhat or no. What is not mentioned counts as
    unknown.
    """
    if not names and not absent and file is None:
        raise click.UsageError("Say what was noticed, for example: pushaway infer withdrawn irritable")
    base = loaded(base_dir)
    given = Gathering(base, perspective)
    try:
        given.arguments(names, absent)
        if file is not None:
            given.file(file)
        given.finish()
        answer = Engine(base).infer(given.evidence, perspective=given.perspective)
    except (MisuseError, EvidenceError) as error:
        _offer_help(base, given.heard)
        raise MisuseError(str(error)) from None
    _RENDER[format_](answer, base)


def _offer_help(base: KnowledgeBase, heard: list[str]) -> None:
    """Put help before an error where what was said, understood or not, may speak of danger."""
    alarms = {id for words in heard for id in mentioned(base, words)}
    if alarms:
        print_text(text.render(help_for(base, alarms), text_width()) + "\n", err=True)


_RENDER: dict[str, Callable[[Answer, KnowledgeBase], None]] = {
    "text": lambda answer, base: print_text(text.render(sections(answer, base), text_width())),
    "json": lambda answer, _: print_json(answer.to_dict()),
    "markdown": lambda answer, base: print_text(markdown.render(sections(answer, base))),
}
