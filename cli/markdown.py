"""Sections as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .report import Item, Section


def render(sections: Iterable[Section]) -> str:
    """Return sections as Markdown; an urgent one is a block quote that opens with a warning."""
    return "\n\n".join("\n".join(_section(section)) for section in sections)


def _section(section: Section) -> Iterator[str]:
    lines = [line for item in section.items for line in _item(item, listed=len(section.items) > 1)]
    if section.urgent:
        yield f"> ## ⚠ {_escaped(section.heading)}"
        yield ">"
        yield from (f"> {line}".rstrip() for line in lines)
    else:
        yield f"## {_escaped(section.heading)}"
        yield ""
        yield from lines


def _item(item: Item, *, listed: bool) -> Iterator[str]:
    words = _escaped(item.words)
    if item.certainty is not None:
        words = f"**{_escaped(item.name)}**: {item.note} ({item.certainty:+.2f}). {words}".rstrip()
    elif item.note:
        words = f"{words} *({_escaped(item.note)})*"
    yield f"- {words}" if listed else words
    if item.points and not listed:
        yield ""
    for point in item.points:
        note = f" *({_escaped(point.note)})*" if point.note else ""
        mark = {"+": "for: ", "-": "against: ", "?": "open: ", "": ""}[point.mark]
        yield f"{'  ' * (point.depth + listed)}- {mark}{_escaped(point.words)}{note}"


def _escaped(words: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", words)
