"""``pushaway diff``: what is different between two knowledge bases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from ..engine.comparing import DRAWS, compare
from ..engine.trials import MOST_DRAWS
from ..knowledge.loading import read
from ..knowledge.problems import KnowledgeError, quoted
from .compared import sections
from .options import MisuseError, base_option, format_option, told
from .output import print_json, print_sections
from .progress import Bar


@click.command(
    epilog="""\b
Examples:
  pushaway diff before after
  pushaway diff before
  pushaway diff before after --format markdown > review.md

\b
Exit status: 0 no difference, 1 differences found, 2 misuse or unreadable input."""
)
@click.argument("old", metavar="OLD", type=click.Path())
@click.argument("new", metavar="[NEW]", type=click.Path(), required=False)
@click.option(
    "--draws",
    type=click.IntRange(0, MOST_DRAWS),
    default=DRAWS,
    show_default=True,
    metavar="N",
    help="How many pieces of evidence are drawn, always the same ones for two bases.",
)
@base_option
@format_option("text", "json", "markdown")
def diff(old: str, new: str | None, draws: int, base_dir: str | None, format_: str) -> None:
    """Tell what is different between the knowledge bases in the folders OLD and NEW.

    First what keeps people safe, then words, then behaviour, each difference with the smallest evidence
    found that shows it: no item of it can be dropped. Both are tried with all their cases, all
    combinations of signs, each answer to each fact, each safeguard's fact beside each other fact, and
    drawn evidence. NEW is the base of --base, or the shipped one, where it is left out.
    """
    if new is not None and base_dir is not None:
        raise MisuseError(f"NEW is given twice: as {quoted(new)} and as --base {quoted(base_dir)}. Leave one out.")
    was, became = _documents(("OLD", old), ("NEW", base_dir if new is None else new))
    with Bar() as bar:
        comparison = compare(was, became, draws=draws, progress=partial(bar, "Comparing"))
    if format_ == "json":
        print_json(comparison.to_dict())
    else:
        print_sections(sections(comparison, was, became), format_)
    if comparison.different:
        click.get_current_context().exit(1)


def _documents(*given: tuple[str, str | None]) -> list[Mapping[str, Any]]:
    """Return the documents of both bases; raises MisuseError with all the problems of both."""
    found, messages = [], []
    for which, path in given:
        try:
            found.append(read(path))
        except KnowledgeError as error:
            in_folder = any(problem.file != path for problem in error.problems)
            name = f", {quoted(path, 200)}" if path is not None and in_folder else ""
            messages.append(f"{which}{name}: {told(error)}")
    if messages:
        raise MisuseError("\n".join(messages))
    return found
