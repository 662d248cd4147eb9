"""``pushaway schema``: the JSON Schemas of documents and answers."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from ..knowledge.problems import did_you_mean, quoted
from ..knowledge.shape import SCHEMAS
from ..knowledge.shape import schema as stored
from .options import MisuseError, base_option, format_option
from .output import print_json, print_text


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in SCHEMAS if name.startswith(incomplete)]


@click.command(
    epilog="""\b
Example:
  pushaway schema answer"""
)
@click.argument("name", required=False, shell_complete=_complete)
@base_option
@format_option("text", "json")
def schema(name: str | None, base_dir: str | None, format_: str) -> None:  # noqa: ARG001 # the same for every base
    """Print a JSON Schema (2020-12) by NAME, or list the names.

    The schemas are the same for every base. Each is whole: it needs no other to validate with.
    """
    if name is None:
        titles = {one: stored(one)["title"] for one in SCHEMAS}
        if format_ == "json":
            print_json([{"name": one, "title": title} for one, title in titles.items()])
        else:
            print_text("\n".join(f"{one:<12} {title}" for one, title in titles.items()))
    elif name in SCHEMAS:
        print_json(stored(name))
    else:
        remedy = did_you_mean(name, SCHEMAS, f"Choose one of: {', '.join(SCHEMAS)}.")
        raise MisuseError(f"unknown schema {quoted(name)}. {remedy}")
