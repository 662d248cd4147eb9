"""What no case changes about a base is worked out once, when it is first needed, and is gone when the base is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from ..knowledge.model import KnowledgeBase

T = TypeVar("T")


def once_for_each(work: Callable[[KnowledgeBase], T]) -> Callable[[KnowledgeBase], T]:
    """Keep what some work makes of a base as long as the base lives; it must not refer to the base itself."""
    found: WeakKeyDictionary[KnowledgeBase, T] = WeakKeyDictionary()

    @wraps(work)
    def prepared(base: KnowledgeBase) -> T:
        try:
            return found[base]
        except KeyError:
            # Threads that arrive together may each do the work; all get the same.
            return found.setdefault(base, work(base))

    return prepared
