"""The command ``pushaway``."""

from __future__ import annotations

import click

from ..engine.version import VERSION
from .facts import facts
from .infer import infer
from .rules import rules
from .schema import schema


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  pushaway infer withdrawn "ignoring messages" irritable

Exit status: 0 fine, 1 problems found, 2 misuse or unreadable input.""",
)
@click.version_option(VERSION, prog_name="pushaway")
def main() -> None:
    """Reason about why someone who is sad pushes people away, and what helps.

    From what is noticed or told, pushaway reasons to probable causes and recommended responses, and
    shows its reasons and its source. It does not replace talking with a professional. Where life may
    be in danger, call your local emergency number, or see findahelpline.com.
    """


for command in (infer, facts, rules, schema):
    main.add_command(command)
