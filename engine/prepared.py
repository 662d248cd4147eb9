"""What no case changes about a base is worked out once, when it is first needed, and is gone when the base is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import ref

from ..knowledge.model import KnowledgeBase

T = TypeVar("T")


def once_for_each(work: Callable[[KnowledgeBase], T]) -> Callable[[KnowledgeBase], T]:
    """Keep what some work makes of a base as long as the base lives; what it makes must not hold on to the base."""
    found: dict[int, tuple[ref[KnowledgeBase], T]] = {}

    @wraps(work)
    def prepared(base: KnowledgeBase) -> T:
        try:
            return found[id(base)][1]
        except KeyError:
            made, key = work(base), id(base)
            # Called while the base goes, so before another object can have its id.
            leaving = ref(base, lambda _: found.pop(key, None))
            # Threads that arrive together may each do the work; all get the same.
            return found.setdefault(key, (leaving, made))[1]

    return prepared
