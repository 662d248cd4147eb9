"""Sections as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .report import Item, Point, Section

BAR = 10


def render(sections: Iterable[Section], width: int) -> str:
    """Return sections as styled text, no line of it wider than ``width``."""
    blocks = ["\n".join(_section(section, width)) for section in sections]
    return "\n\n".join(blocks)


def bar(certainty: float) -> str:
    """Return a bar of ten cells for a certainty in [−1, 1]; what speaks against has cells of its own."""
    cells = min(BAR, round(abs(certainty) * BAR))
    return ("█" if certainty > 0 else "▒") * cells + "·" * (BAR - cells)


def wrapped(words: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Return words in lines of at most ``width``, with an indent for the first and for the rest."""
    return textwrap.wrap(
        words,
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
    )


def _section(section: Section, width: int) -> Iterator[str]:
    if section.urgent:
        rule = click.style("█" * width, fg="red")
        yield rule
        yield from (click.style(line, fg="red", bold=True) for line in wrapped(section.heading.upper(), width))
    else:
        yield from (click.style(line, bold=True, underline=True) for line in wrapped(section.heading, width))
    listed = len(section.items) > 1 and all(item.certainty is None for item in section.items)
    for item in section.items:
        yield from _item(item, width, listed=listed)
    if section.urgent:
        yield rule


def _item(item: Item, width: int, *, listed: bool) -> Iterator[str]:
    if item.certainty is not None:
        yield from _measured(item, width)
    else:
        mark = "  • " if listed else "  "
        yield from _noted(item.words, item.note, width, mark, " " * len(mark))
    for point in item.points:
        yield from _point(point, width)


def _measured(item: Item, width: int) -> Iterator[str]:
    yield from (click.style(line, bold=True if item.words else None) for line in wrapped(item.name, width, "  "))
    yield f"    {click.style(bar(item.certainty or 0.0), fg='cyan')} {item.certainty:+.2f}  {item.note}"
    yield from wrapped(item.words, width, "    ") if item.words else ()


def _point(point: Point, width: int) -> Iterator[str]:
    mark = f"    {'    ' * point.depth}{point.mark or '•'} "
    yield from _noted(point.words, point.note, width, mark, " " * len(mark))


def _noted(words: str, note: str, width: int, first: str, rest: str) -> Iterator[str]:
    """Yield words with a dimmed note in brackets behind them, wrapped together."""
    lines = wrapped(f"{words} ({note})" if note else words, width, first, rest)
    start = len(words)
    for line in lines:
        body = line[len(first) :]
        inside = body[: max(start, 0)]
        yield (
            line[: len(first)]
            + inside
            + (click.style(body[len(inside) :], dim=True) if len(inside) < len(body) else "")
        )
        start -= len(body) + 1
