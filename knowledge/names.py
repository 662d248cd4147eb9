"""What people call things: finding a fact or conclusion by id, label or lay expression."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .problems import nearest, quoted

if TYPE_CHECKING:
    from .model import KnowledgeBase


def normal(name: str) -> str:
    """Return a name in the form in which names are compared.

    Case, spaces, hyphens, underscores and punctuation make no difference; nor do apostrophes.
    """
    text = unicodedata.normalize("NFKC", name).casefold().replace("'", "").replace("’", "")
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text).split())


class UnknownNameError(ValueError):
    """A name that the base does not know; ``near`` holds the nearest names that it does."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        self.name = name
        self.near = tuple(near)
        super().__init__(name, self.near)

    def __str__(self) -> str:
        if not self.near:
            return f"{quoted(self.name)} is not known here. `pushaway facts` lists what is."
        return f"{quoted(self.name)} is not known here. Did you mean {' or '.join(map(quoted, self.near))}?"


def resolve(base: KnowledgeBase, name: str) -> str:
    """Return the id of the fact or conclusion that a name stands for.

    Raises :class:`UnknownNameError` where none does; there is no guessing.
    """
    wanted = normal(name)
    if wanted in base.names:
        return base.names[wanted]
    raise UnknownNameError(name, tuple(dict.fromkeys(base.names[near] for near in nearest(wanted, base.names))))
