"""``pushaway infer``: from evidence to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import base_option, evidence_options, format_option, loaded, names_option
from .output import print_json, print_sections
from .recorded import Recorder, record_options

if TYPE_CHECKING:
    from ..engine import Answer
    from ..knowledge import KnowledgeBase


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
@evidence_options
@names_option("--no", "absent", "Known to be absent. Repeatable.")
@record_options
@base_option
@format_option("text", "json", "markdown")
def infer(
    names: tuple[str, ...],
    absent: tuple[str, ...],
    perspective: str | None,
    file: str | None,
    record: str | None,
    record_evidence: bool,  # noqa: FBT001 # click's flags
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
    from ..engine import Engine
    from .given import Gathering, as_misuse

    recorder = Recorder(record, evidence=record_evidence)
    base = loaded(base_dir)
    given = Gathering(base, perspective)
    with as_misuse():
        given.arguments(names, absent)
        if file is not None:
            given.file(file)
        answer = Engine(base).infer(given.finish(), perspective=given.perspective)
    print_answer(answer, base, format_)
    recorder.keep(answer)


def print_answer(answer: Answer, base: KnowledgeBase, format_: str) -> None:
    """Print an answer as text, Markdown or JSON."""
    if format_ == "json":
        print_json(answer.to_dict())
    else:
        from .report import sections

        print_sections(sections(answer, base), format_)
