"""The one door to experta: nothing else imports it, and what it would do to its host is undone here.

experta 1.9.4 does not import on Python 3.10 and later, because a library that it pins looks for
``collections.Mapping``; it calls ``logging.basicConfig()``, after which the host's own call does
nothing; it logs every fact where the host's root logger is at INFO; and where one of its own
imports fails it comes up without its names.
"""

from __future__ import annotations

import collections
import collections.abc
import logging
from typing import Any


def _import_experta() -> Any:
    lent = not hasattr(collections, "Mapping")
    root = logging.getLogger()
    before = list(root.handlers)
    if lent:
        collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
    try:
        import experta
        import experta.abstract
        import experta.activation
    finally:
        if lent:
            del collections.Mapping  # type: ignore[attr-defined]
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
            handler.close()
    if not hasattr(experta, "KnowledgeEngine"):
        raise ImportError("experta came up without KnowledgeEngine: reinstall it with all that it requires")
    logging.getLogger("experta").setLevel(logging.ERROR)
    return experta


_experta = _import_experta()

Activation: Any = _experta.activation.Activation
Fact: Any = _experta.Fact
InitialFact: Any = _experta.InitialFact
KnowledgeEngine: Any = _experta.KnowledgeEngine
Matcher: Any = _experta.abstract.Matcher
NOT: Any = _experta.NOT
Rule: Any = _experta.Rule
Strategy: Any = _experta.abstract.Strategy


def stock_matcher() -> Any:
    """Return experta's own matcher, RETE."""
    from experta.matchers import ReteMatcher

    return ReteMatcher


def forget() -> None:
    """Clear what stock RETE keeps on its classes: matchers, and with them engines, past their use."""
    stock_matcher()._get_conflict_set_nodes.cache_clear()
