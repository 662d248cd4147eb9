"""What people call things: finding a fact or conclusion by id, label or lay expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from .problems import kind_of, nearest, quoted

if TYPE_CHECKING:
    from .model import KnowledgeBase


_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()} | {ord("'"): None}


def normal(name: str) -> str:
    """Return a name in the form in which names are compared.

    Case, spaces, hyphens, underscores and punctuation make no difference; nor do apostrophes.
    """
    if name.isascii():  # the same, ten times as fast: a new process asks it of every name that there is
        return " ".join(name.lower().translate(_ASCII).split())
    import unicodedata

    text = unicodedata.normalize("NFKC", name).casefold().replace("'", "").replace("’", "")
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text).split())


class UnknownNameError(ValueError):
    """A name that the base does not know.

    ``near`` holds the ids that it may have meant, best first, and ``phrases`` the name of each that
    is spelled most like it.
    """

    def __init__(self, name: str, near: Mapping[str, str]) -> None:
        self.name = name
        self.near, self.phrases = tuple(near.values()), tuple(near)
        super().__init__(name, near)

    def __str__(self) -> str:
        if not self.near:
            return f"{quoted(self.name)} is not known here."
        meant = [
            quoted(id) if normal(id) == name else f"{quoted(id)} (“{name}”)"
            for name, id in zip(self.phrases, self.near, strict=True)
        ]
        return f"{quoted(self.name)} is not known here. Did you mean {' or '.join(meant)}?"


def resolve(base: KnowledgeBase, name: str) -> str:
    """Return the id of the fact or conclusion that a name stands for.

    Raises :class:`UnknownNameError` where none does, and TypeError for what is no text; there is no guessing.
    """
    if not isinstance(name, str):
        raise TypeError(f"a name is text, not {kind_of(name)}. Give what somebody calls a fact or conclusion.")
    wanted = normal(name)
    id = wanted.replace(" ", "-")
    if id in base.fact or id in base.conclusion:  # which needs no list of all names
        return id
    if wanted in base.names:
        return base.names[wanted]
    best: dict[str, str] = {}
    for near in _alike(base, wanted):
        best.setdefault(base.names[near], near)
    raise UnknownNameError(name, {near: id for id, near in best.items()})


def mentioned(base: KnowledgeBase, text: str | None) -> tuple[str, ...]:
    """Return the ids of safeguard facts that a text may speak of, in the base's order; none for None.

    For offering help where the text itself is not understood; it is not evidence. The text may be
    JSON, also where that is cut off or wrong: what is escaped in it is read, too, and each string by itself. Raises
    TypeError for what is no text.
    """
    if text is None:  # a field that nobody filled in
        return ()
    if not isinstance(text, str):
        raise TypeError(f"what may speak of danger is text, not {kind_of(text)}. Give what was said, word for word.")
    named: set[str] = set()
    for said in {f" {normal(text)} ", f" {normal(_unescaped(text))} "}:
        named |= {id for name, id in base.names.items() if f" {name} " in said}
    for words in {normal(text), *islice(dict.fromkeys(_strings(text)), _STRINGS)}:
        if words not in base.names:  # or it would be known what it means
            named |= {base.names[near] for near in _alike(base, words)}
    return tuple(fact.id for fact in base.facts if fact.kind == "safeguard" and fact.id in named)


_STRINGS = 1000
"""In how many strings of a text misspelt names are looked for, which takes long; others are found in all of them."""


def _strings(text: str) -> Iterator[str]:
    """Yield the strings in a text that may be JSON, in the form in which names are compared."""
    for string in re.finditer(r'"((?:[^"\\]|\\.)*+)"?', text, re.DOTALL):
        yield normal(_unescaped(string[1]))


def _unescaped(text: str) -> str:
    """Return a text with what JSON escapes in it undone."""
    if "\\" not in text:
        return text
    text = re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", _meant, text, flags=re.DOTALL)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two halves are one character


def _meant(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else " " if escape[2] in "bfnrt" else escape[2]


def _alike(base: KnowledgeBase, name: str) -> Sequence[str]:
    """Return names that are spelled much like this one; to be offered something far-fetched can hurt."""
    return nearest(name, base.names, likeness=0.8)
