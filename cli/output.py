"""Printing: JSON that is only JSON, and text that fits the terminal it goes to."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from .report import Section

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


def _as_text(sections: Iterable[Section]) -> str:
    from .text import render

    return render(sections, text_width())


def _as_markdown(sections: Iterable[Section]) -> str:
    from .markdown import render

    return render(sections)


FORMATS: dict[str, Callable[[Iterable[Section]], str]] = {"text": _as_text, "markdown": _as_markdown}
"""How sections are rendered; JSON is not made of sections."""


def print_json(data: Any) -> None:
    """Print data as JSON; in ASCII where the stream is not in Unicode."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=not _unicode(sys.stdout)))


def print_text(words: str, *, err: bool = False) -> None:
    """Print styled text, without colour where there is no terminal or NO_COLOR is set."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:  # closed by whoever started us: there is nobody to tell
        return
    if not _unicode(stream):
        encoding = stream.encoding or "ascii"
        words = words.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    click.echo(words, err=err, color=False if os.environ.get("NO_COLOR") else None)


def print_sections(sections: Iterable[Section], format_: str = "text", *, err: bool = False) -> None:
    """Print sections in a format, one of ``FORMATS``."""
    print_text(FORMATS[format_](sections), err=err)


def text_width() -> int:
    """Return how wide text should be: as the terminal, in reason; 80 through a pipe, or COLUMNS."""
    return max(NARROWEST, min(_columns(), WIDEST))


def _columns() -> int:
    """Return what ``shutil.get_terminal_size`` does; that module brings five more, for compressing files."""
    with suppress(KeyError, ValueError):
        if (asked := int(os.environ["COLUMNS"])) > 0:
            return asked
    with suppress(AttributeError, ValueError, OSError):  # it is closed, or no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


def _unicode(stream: TextIO) -> bool:
    return (stream.encoding or "ascii").lower().startswith("utf")
