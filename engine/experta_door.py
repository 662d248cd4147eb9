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
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_ours = threading.local()
_building = threading.Lock()
if hasattr(os, "register_at_fork"):
    # Or a child forked while another thread builds an engine would wait for that thread, which it does not have.
    os.register_at_fork(before=_building.acquire, after_in_parent=_building.release, after_in_child=_building.release)


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
        import experta.watchers
    finally:
        if lent:
            del collections.Mapping  # type: ignore[attr-defined]
        for handler in [one for one in root.handlers if one not in before]:
            root.removeHandler(handler)
            handler.close()
    if not hasattr(experta, "KnowledgeEngine"):
        raise ImportError("experta came up without KnowledgeEngine: reinstall it with all that it requires")
    logging.getLogger("experta").setLevel(logging.ERROR)
    for name in experta.watchers.ALL:
        getattr(experta.watchers, name).addFilter(lambda _: not getattr(_ours, "running", False))
    return experta


_experta = _import_experta()

Activation: Any = _experta.activation.Activation
Agenda: Any = _experta.agenda.Agenda
Fact: Any = _experta.Fact
FactList: Any = _experta.factlist.FactList
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


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep experta from logging in this thread, also where the host has called ``experta.watch()``."""
    before = getattr(_ours, "running", False)  # a signal's handler may reason while another run is under way
    _ours.running = True
    try:
        yield
    finally:
        _ours.running = before


def built(engine_class: Callable[[], Any]) -> Any:
    """Return a new engine, and clear what stock RETE adds to a table on its class for every engine built."""
    from experta.matchers.rete.check import FactCapture

    with _building:  # what one thread clears, another may be about to read
        engine = engine_class()
        FactCapture._instances.clear()
    return engine


def forget_matchers() -> None:
    """Clear the cache in which stock RETE keeps the last matcher, and with it an engine, past its use."""
    stock_matcher()._get_conflict_set_nodes.cache_clear()
