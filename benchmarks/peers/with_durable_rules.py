"""durable_rules: a ruleset for each layer; all flags are one fact, asserted for the layer and retracted after.

A fact and not an event, since an event is gone once one rule has fired on it. An "any of" fires its rule once for
each part that holds, so what fired is made unique.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import count
from operator import and_, or_
from typing import Any

from durable import lang
from durable.engine import MessageNotHandledException

from pushaway.knowledge import KnowledgeBase

from .host import Decide, Flags, Host, Language
from .reasoning import Run

_LANGUAGE = Language(
    lambda flag: getattr(lang.m, flag) == True,  # noqa: E712 # builds a condition
    lambda flag: -getattr(lang.m, flag),
    lambda parts: reduce(and_, parts),
    lambda parts: reduce(or_, parts),
)
_numbers = count(1)
"""Names rulesets and facts: both live in one host, which is the process's."""


def build(base: KnowledgeBase) -> Run:
    """Return what reasons from evidence with a base's rules."""
    return Host(base, _LANGUAGE, _compiled)


def _compiled(conditions: Mapping[str, Any]) -> Decide:
    name = f"layer-{next(_numbers)}"
    fired: dict[str, None] = {}
    with lang.ruleset(name):
        for id, condition in conditions.items():
            lang.when_all(condition)(_note(fired, id))

    def decide(flags: Flags) -> list[str]:
        number = next(_numbers)
        fired.clear()
        try:
            lang.assert_fact(name, {"id": number, **flags})
        except MessageNotHandledException:  # none of the rules mentions any of the flags
            return []
        lang.retract_fact(name, {"id": number})
        return [*fired]

    return decide


def _note(fired: dict[str, None], id: str) -> Any:
    def note(_: Any) -> None:  # one parameter exactly, or it counts as asynchronous
        fired[id] = None

    return note
