"""What a person can say in an interview, and how it is read."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from ..engine.evidence import Reply
from ..knowledge import KnowledgeBase
from ..knowledge.names import normal

NONE = ("0", "n", "no", "none", "none of these", "none of them", "nothing")
"""What can be said for none of several."""

COMMANDS = {"w": "why", "b": "back", "c": "change", "q": "quit"}
"""What can be said instead of an answer, by its key or by its word."""

LONGEST = 10_000
"""How many bytes of a line are read at once: more than anybody types, and less than could fill a memory."""

_LEADING_NUMBERS = re.compile(r"((?:\d+(?:\s+|$))*)(.*)", re.DOTALL)


class Choice(NamedTuple):
    """An answer that can be given: its key, how it reads, and what it tells."""

    key: str
    label: str
    reply: Reply


def read_line() -> bytes:
    """Return the next line of standard input, cut where nobody types that much; nothing at its end."""
    if sys.stdin is None:
        return b""
    try:
        line = rest = sys.stdin.buffer.readline(LONGEST)
        while len(rest) == LONGEST and not rest.endswith(b"\n"):
            rest = sys.stdin.buffer.readline(LONGEST)
    except OSError:
        return b""
    return line


def spelled_out(said: str) -> str:
    """Return what was said with ranges of numbers as all of them, and without words between numbers."""
    said = re.sub(r"(?<=\d)\s*(?:and|&|\+)\s*(?=\d)", " ", said)
    return re.sub(
        r"\b(\d{1,2})\s*-\s*(\d{1,2})\b", lambda ends: " ".join(map(str, range(int(ends[1]), int(ends[2]) + 1))), said
    )


def choices(base: KnowledgeBase) -> tuple[Choice, ...]:
    """Return the answers of the base's scale, each with a key: a letter of its own, or else its number."""
    given: list[tuple[str, Reply]] = [(one.label, one.id) for one in base.answers]
    if all(one.certainty != 0 for one in base.answers):
        given.append(("don't know", None))
    found: dict[str, Choice] = {}
    for number, (said, reply) in enumerate(given, 1):
        initial = normal(said)[:1]
        key = initial if initial.isalpha() and initial not in (*found, *COMMANDS) else str(number)
        found[key] = Choice(key, said, reply)
    return tuple(found.values())


def numbered(part: str) -> tuple[str, str]:
    """Return the numbers with which a part of a list begins, and the words that follow them."""
    numbers, words = _LEADING_NUMBERS.fullmatch(part.strip()).groups()  # type: ignore[union-attr] # fits all
    return numbers, words
