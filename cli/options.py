"""What several commands share: options, the base they name, and names that complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from .heard import help_from

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..knowledge import KnowledgeBase, KnowledgeError, UnknownNameError


class MisuseError(click.ClickException):
    """Input that cannot be worked with: exit status 2, and a message that says what would mend it."""

    exit_code = 2


def base_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--base``."""
    return click.option(
        "--base",
        "base_dir",
        metavar="DIR",
        type=click.Path(),
        help="Use the knowledge base in this folder. It is checked first.",
    )(command)


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--format`` with these choices, the first of them the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print it.",
    )


def evidence_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the names of what was noticed or told, ``--as`` and ``--file``."""
    names = click.argument("names", metavar="[NAME[=CERTAINTY]]...", nargs=-1, shell_complete=complete_names)
    file = click.option("--file", "file", metavar="FILE", help="Read evidence from a JSON file; - is standard input.")
    return names(perspective_option(file(command)))


def perspective_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as``."""
    return click.option(
        "--as",
        "perspective",
        metavar="PERSPECTIVE",
        help="Who asks: observer (someone pulls away from me; the default) or self (I pull away).",
        shell_complete=complete_perspectives,
    )(command)


def names_option(flag: str, into: str, help_: str, metavar: str = "NAME") -> Callable[..., Any]:
    """Add an option that takes the name of a fact or conclusion, any number of times."""
    return click.option(flag, into, metavar=metavar, multiple=True, help=help_, shell_complete=complete_names)


def loaded(base_dir: str | None) -> KnowledgeBase:
    """Load the base in a folder, or the shipped one; raises MisuseError with all its problems."""
    from ..knowledge import KnowledgeError, load  # here and below: no help page needs the model of a base

    try:
        base = load(base_dir)
    except KnowledgeError as error:
        raise MisuseError(told(error)) from None
    help_from(base)
    return base


def told(error: KnowledgeError) -> str:
    """Return the message for problems in a document: one a line, under a count if there are several."""
    return several([str(problem) for problem in error.problems])


def several(messages: list[str]) -> str:
    """Return one message for one or more."""
    return messages[0] if len(messages) == 1 else f"{len(messages)} problems:\n  " + "\n  ".join(messages)


def resolved(base: KnowledgeBase, name: str) -> str:
    """Return the id that a name stands for; raises MisuseError with the nearest names."""
    from ..knowledge import UnknownNameError, resolve

    try:
        return resolve(base, name)
    except UnknownNameError as error:
        raise MisuseError(unknown(error)) from None


def unknown(error: UnknownNameError) -> str:
    """Return the message for a name that is not known, with what would help where nothing is near."""
    return str(error) if error.near else f"{error} `pushaway facts` lists what is."


def complete_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ids of facts and conclusions."""
    wanted = incomplete.replace("_", "-").replace(" ", "-").casefold()
    return _completed(
        ctx,
        wanted,
        lambda base: {one.id: one.label for one in base.facts} | {one.id: one.name for one in base.conclusions},
    )


def complete_explained(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ids of what `pushaway explain` explains."""
    return _completed(
        ctx,
        incomplete,
        lambda base: (
            {one.id: one.name for one in base.conclusions}
            | {one.id: one.text for one in base.responses}
            | {one.id: one.title for one in base.safeguards}
            | {one.id: one.label for one in base.facts}
        ),
    )


def complete_perspectives(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ids of perspectives."""
    return _completed(ctx, incomplete, lambda base: {one.id: one.label for one in base.perspectives})


def complete_rules(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete ids of what `pushaway rules` lists."""
    return _completed(
        ctx,
        incomplete,
        lambda base: {one.id: one.title for one in base.safeguards} | {one.id: one.title for one in base.rules},
    )


def _completed(
    ctx: click.Context, incomplete: str, choices: Callable[[KnowledgeBase], dict[str, str]]
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from ..knowledge import KnowledgeError, load

    try:
        base = load(ctx.params.get("base_dir"))
    except KnowledgeError:
        return []  # a shell that completes has no place for messages
    return [CompletionItem(id, help=said) for id, said in choices(base).items() if id.startswith(incomplete)]
