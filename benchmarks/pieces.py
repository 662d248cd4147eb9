"""What each piece of `engine/matching.py` gains: an inference with one of them left as experta has it, beside ours.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/pieces.py [ROUNDS]

The shipped base's cases, ROUNDS times over; the variants take turns in an order that changes. Of each case the
shortest time counts, of these the median.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Any
from unittest.mock import patch

import pushaway
from pushaway.engine import experta_door, shell
from pushaway.engine.matching import Elements, GroundEngine, StockEngine, made

_SIGNATURE = Signature([Parameter("engine", Parameter.POSITIONAL_ONLY)])


class StockList(GroundEngine):
    """Facts are validated, and told apart by hashes of what is in them."""

    def reset(self) -> None:
        """Empty working memory."""
        super().reset()
        self.facts = experta_door.FactList()


class StockDeclare(GroundEngine):
    """Every fact is searched for what must not be in it."""

    declare = experta_door.KnowledgeEngine.declare


class StockActivations(GroundEngine):
    """The matcher is asked after every act, also where that declared nothing."""

    get_activations = experta_door.KnowledgeEngine.get_activations


class NewElements(StockList):
    """Every element is made anew, so that only what is in it can tell whether it is there already."""

    def __init__(self) -> None:
        super().__init__()
        self.elements = _Anew(self.get_rules())


class _Anew(Elements):
    def __getitem__(self, key: Any) -> Any:
        return made(key)


class StockRule(experta_door.Rule):
    """The act's signature is read, and arguments are picked at every firing."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Decorate an act, or perform it."""
        if self._wrapped is None:
            given[0].__signature__ = _SIGNATURE
        return super().__call__(*given, **named)


VARIANTS: dict[str, Mapping[str, Any]] = {
    "ours": {},
    "stock fact list": {"GroundEngine": StockList},
    "the same, elements made anew": {"GroundEngine": NewElements},
    "stock declare": {"GroundEngine": StockDeclare},
    "stock rules": {"GroundRule": StockRule},
    "stock get_activations": {"GroundEngine": StockActivations},
    "stock but for the matcher": {"GroundEngine": StockEngine},
}


def main(rounds: int) -> None:
    """Print the ratios."""
    base, chance = pushaway.load(), random.Random(1)
    engines = {}
    for name, pieces in VARIANTS.items():
        engines[name] = pushaway.Engine(base)
        with patch.multiple(shell, MATCHERS=shell.MATCHERS, **pieces):
            engines[name].trace({})  # which compiles it
    for case in base.cases:
        fired = {engine.trace(case.evidence, perspective=case.perspective).fired for engine in engines.values()}
        assert len(fired) == 1, case.id
    best: dict[str, dict[str, int]] = {name: {} for name in engines}
    for _ in range(rounds):
        for case in base.cases:
            for name in chance.sample([*engines], len(engines)):
                start = time.thread_time_ns()
                engines[name].trace(case.evidence, perspective=case.perspective)
                taken = time.thread_time_ns() - start
                best[name][case.id] = min(taken, best[name].get(case.id, taken))
    ours = statistics.median(best["ours"].values())
    for name, times in best.items():
        middle = statistics.median(times.values())
        print(f"{name:<30} {middle / 1000:6.0f} us   {middle / ours:.2f} times ours")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
