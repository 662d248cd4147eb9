"""What people call things: finding a fact or conclusion by id, label or lay expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .problems import nearest, quoted

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

    Raises :class:`UnknownNameError` where none does; there is no guessing.
    """
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


def mentioned(base: KnowledgeBase, text: str) -> tuple[str, ...]:
    """Return the ids of safeguard facts that a text may speak of, in the base's order.

    For offering help where the text itself is not understood; it is not evidence.
    """
    said = f" {normal(text)} "
    named = {id for name, id in base.names.items() if f" {name} " in said}
    if normal(text) not in base.names:  # or it would be known what it means
        named |= {base.names[near] for near in _alike(base, normal(text))}
    return tuple(fact.id for fact in base.facts if fact.kind == "safeguard" and fact.id in named)


def _alike(base: KnowledgeBase, name: str) -> Sequence[str]:
    """Return names that are spelled much like this one; to be offered something far-fetched can hurt."""
    return nearest(name, base.names, likeness=0.8)
