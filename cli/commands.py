"""The command ``pushaway`` and the commands under it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from ..engine.version import VERSION
from .heard import helping

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "ask": "Be asked, one question at a time, and get the answer.",
    "audit": "Hold a knowledge base to what it promises.",
    "batch": "Reason about a file of many cases.",
    "diff": "Tell what a change of a knowledge base does.",
    "explain": "Give the reasons for what `infer` says, or for a question.",
    "export": "Write the rules for another tool.",
    "facts": "List what can be noticed or told.",
    "infer": "Reason from what was noticed to probable causes and what helps.",
    "replay": "Make a recorded answer again, and tell what differs.",
    "rules": "List the rules, or show some in full.",
    "schema": "Print a JSON Schema, or list them.",
}
"""What each does, to list them by. It is the function of that name in the module of that name, imported when used."""


class _Commands(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with helping(ctx, args):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with helping(ctx):
                return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Aborted!", err=True)
            ctx.exit(130)  # as a shell says it; 1 would be an answer of some commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{cmd_name}", __package__), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 # the same
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=said) for name, said in COMMANDS.items() if name.startswith(incomplete)]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  pushaway infer withdrawn "ignoring messages" irritable

Exit status: 0 fine, 1 findings, differences or wrong rows, 2 misuse or unreadable input.""",
)
@click.version_option(VERSION, prog_name="pushaway")
def main() -> None:
    """Reason about why someone who is sad pushes people away, and what helps.

    From what is noticed or told, pushaway reasons to probable causes and recommended responses, and
    shows its reasons and its source. It does not replace talking with a professional. Where life may
    be in danger, call your local emergency number, or see findahelpline.com.
    """
