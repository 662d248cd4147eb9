"""Printing: JSON that is only JSON, and text that fits the terminal it goes to."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any

import click

_PLAIN = str.maketrans(
    {
        "█": "#",
        "▒": "-",
        "·": ".",
        "•": "*",
        "¶": "par. ",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
    }
)
NARROWEST, WIDEST = 40, 100


def print_json(data: Any) -> None:
    """Print data as JSON; in ASCII where the stream is not in Unicode."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=not _unicode()))


def print_text(text: str) -> None:
    """Print styled text, without colour where there is no terminal or NO_COLOR is set."""
    if not _unicode():
        text = (
            text.translate(_PLAIN)
            .encode(sys.stdout.encoding or "ascii", "replace")
            .decode(sys.stdout.encoding or "ascii")
        )
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def text_width() -> int:
    """Return how wide text should be: as the terminal, in reason; 80 through a pipe, or COLUMNS."""
    return max(NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, WIDEST))


def _unicode() -> bool:
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")
