"""The command ``pushaway``."""

from __future__ import annotations

from importlib import import_module

import click

from ..engine.version import VERSION

COMMANDS = ("ask", "audit", "batch", "diff", "explain", "export", "facts", "infer", "rules", "schema")
"""Each is the function of that name in the module of that name, imported only when it is used."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{cmd_name}", __package__), cmd_name)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  pushaway infer withdrawn "ignoring messages" irritable

Exit status: 0 fine, 1 findings or differences, 2 misuse or unreadable input.""",
)
@click.version_option(VERSION, prog_name="pushaway")
def main() -> None:
    """Reason about why someone who is sad pushes people away, and what helps.

    From what is noticed or told, pushaway reasons to probable causes and recommended responses, and
    shows its reasons and its source. It does not replace talking with a professional. Where life may
    be in danger, call your local emergency number, or see findahelpline.com.
    """
