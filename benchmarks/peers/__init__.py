"""Other engines that reason with the same base, each in a module of its own: what pushaway is compared with.

None but CLIPS and experta can be told of certainty factors or layers; for the others ``host`` adds them.
A new peer is a module with a function that takes a base, and a line in :data:`PEERS`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import NamedTuple

from pushaway.knowledge import KnowledgeBase

from .reasoning import Run


class Peer(NamedTuple):
    """An engine: the distribution that it comes in, and the module here and its function that give a base to it."""

    name: str
    distribution: str
    module: str
    build: str = "build"
    answers: bool = True

    def built(self, base: KnowledgeBase) -> Run:
        """Return what reasons with a base. Raises ImportError where the engine is not installed."""
        run: Run = getattr(import_module(f".{self.module}", __package__), self.build)(base)
        return run

    @property
    def version(self) -> str:
        """The version of the distribution that is installed."""
        return version(self.distribution)


PEERS = (
    Peer("stock experta", "experta", "stock_experta"),
    Peer("CLIPS", "clipspy", "with_clips"),
    Peer("CLIPS, not read", "clipspy", "with_clips", "build_unread", answers=False),
    Peer("durable_rules", "durable-rules", "with_durable_rules"),
    Peer("rule-engine", "rule-engine", "with_rule_engine"),
    Peer("ZEN", "zen-engine", "with_zen"),
    Peer("ZEN, expressions", "zen-engine", "with_zen", "build_expressions"),
)
