"""Printing: JSON that is only JSON, and text that fits the terminal it goes to."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any, TextIO

import click

_PLAIN = str.maketrans(
    {
        "█": "#",
        "▒": "-",
        "·": ".",
        "•": "*",
        "¶": "#",
        "⚠": "!",
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
    click.echo(json.dumps(data, indent=2, ensure_ascii=not _unicode(sys.stdout)))


def print_text(text: str, *, err: bool = False) -> None:
    """Print styled text, without colour where there is no terminal or NO_COLOR is set."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed by whoever started us: there is nobody to tell
        return
    if not _unicode(stream):
        encoding = stream.encoding or "ascii"
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    click.echo(text, err=err, color=False if os.environ.get("NO_COLOR") else None)


def text_width() -> int:
    """Return how wide text should be: as the terminal, in reason; 80 through a pipe, or COLUMNS."""
    return max(NARROWEST, min(shutil.get_terminal_size((80, 24)).columns, WIDEST))


def _unicode(stream: TextIO) -> bool:
    return (stream.encoding or "ascii").lower().startswith("utf")
