"""Many cases at once: the program as steps on columns, one number for each case.

Where experta matches patterns, this reckons with *support*: what a pattern's certainty is where it
matches, and 0 where it does not. To take the least, the greatest or the k-th greatest of several
certainties and then 0 for what is not believed is the same as to do it the other way round. So what is
not believed becomes 0 once for each pattern, and a production matches where its left-hand side, the
least of its patterns, is above 0.

Contributions combine in the product form of the sum of weights in :mod:`..certainty`: with P the product
of 1 − c over those for a conclusion, and N that of 1 − |c| over those against it, its certainty is
1 − P/N where P ≤ N, else N/P − 1; that is (N − P) / max(P, N).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase, Rule
from ..certainty import BELIEVED
from ..program import Act, Memory, Pattern, Production

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def grouped(base: KnowledgeBase) -> tuple[str, ...]:
    """Return the rules with their like: conclusion by conclusion, those for it before those against it."""
    return tuple(
        rule.id for rules in base.rules_for.values() for rule in sorted(rules, key=lambda rule: rule.certainty < 0)
    )


class Worksheet:
    """Columns for ``size`` cases, and the steps that fill them, in the order of the program.

    Write certainties to ``known``, a row for each fact and then each conclusion of the base, and 1 to the
    row of ``asked_as`` of the perspective, a column for each case; :meth:`run` then puts into ``known`` what
    conclusions come to. ``told`` are the conclusions that there can be evidence about. The rows of
    ``fired`` are the base's rules, :func:`grouped`; those of ``called`` its responses, with the support that
    each has; those of ``alarmed`` its safeguards, those of ``contradicted`` its conclusions, ``layered``.
    """

    def __init__(
        self, base: KnowledgeBase, program: Collection[Production], size: int, told: Collection[str] = ()
    ) -> None:
        self._base, self._size, self._told = base, size, frozenset(told)
        self._row = {id: row for row, id in enumerate((*base.fact, *base.conclusion))}
        self._response = {response.id: row for row, response in enumerate(base.responses)}
        self._safeguard = {safeguard.id: row for row, safeguard in enumerate(base.safeguards)}
        self.known: Numbers = np.zeros((len(self._row), size))
        self.asked_as: Numbers = np.zeros((len(base.perspectives), size))
        self.called: Numbers = np.zeros((len(base.responses), size))
        self.alarmed: Flags = np.zeros((len(base.safeguards), size), bool)
        self.contradicted: Flags = np.zeros((len(base.conclusions), size), bool)
        self._rank = {rule: rank for rank, rule in enumerate(grouped(base))}
        self.fired: Flags = np.zeros((len(base.rules), size), bool)
        # What one conclusion is made of is done with before the next: its columns are used again, and stay warm.
        self._block: Numbers = np.zeros((max(map(len, base.rules_for.values()), default=0), size))
        self._scratch: Numbers = np.zeros((4, size))
        self._matches: Flags = np.zeros(size, bool)
        self._supports: dict[Pattern, Numbers] = {}
        self._tallies: dict[str, list[Numbers]] = {}
        self._steps: list[Callable[[], object]] = []
        # Columns that no later step looks at are used again: the fewer there are, the more of them stay in the cache.
        self._free: list[Numbers] = []
        left = Counter(pattern for production in program for pattern in production.patterns)
        for production in program:
            self._compile(production)
            left.subtract(production.patterns)
            for pattern in production.patterns:
                if not left[pattern]:
                    self._release(pattern)

    def run(self) -> None:
        """Fill the columns."""
        for step in self._steps:
            step()

    def _do(self, function: Any, *arguments: Any, **named: Any) -> None:
        # Bound to their columns once, so that a run is a list of calls and nothing else.
        self._steps.append(partial(function, *arguments, **named))

    def _compile(self, production: Production) -> None:
        subject = production.subject
        match production.act:
            case Act.SAFEGUARD:
                self._do(np.greater, self._least(production.patterns), 0, out=self.alarmed[self._safeguard[subject]])
            case Act.TALLY:
                self._tally(production)
            case Act.CONTRIBUTE:
                # Negative, since _conclude adds 1: what it multiplies is 1 − |contribution|.
                rule = self._base.rule[subject]
                row = self._block[self._rank[subject] - self._first_rank(rule.conclusion)]
                self._do(np.multiply, self._least(production.patterns), -abs(rule.certainty), out=row)
            case Act.CONCLUDE:
                self._conclude(subject)
            case Act.RECOMMEND:
                self._do(np.copyto, self.called[self._response[subject]], self._least(production.patterns))

    def _column(self) -> Numbers:
        return self._free.pop() if self._free else np.zeros(self._size)

    def _release(self, pattern: Pattern) -> None:
        if pattern in self._supports:
            self._free.append(self._supports.pop(pattern))
        elif pattern.memory is Memory.HOLDS:
            self._free += self._tallies.pop(pattern.id)

    def _least(self, patterns: tuple[Pattern, ...]) -> Numbers:
        """Return the column of the least support of some patterns; valid until the next is asked for."""
        least, *others = map(self._support, patterns)
        for other in others:
            self._do(np.minimum, least, other, out=self._scratch[0])
            least = self._scratch[0]
        return least

    def _support(self, pattern: Pattern) -> Numbers:
        if pattern.memory is Memory.HOLDS:
            return self._tallies[pattern.id][-1]
        if pattern.memory is Memory.ASKED_AS:
            row: Numbers = self.asked_as[[one.id for one in self._base.perspectives].index(pattern.id)]
            return row
        if pattern not in self._supports:
            self._supports[pattern] = self._new_support(pattern, self.known[self._row[pattern.id]])
        return self._supports[pattern]

    def _new_support(self, pattern: Pattern, certainty: Numbers) -> Numbers:
        support = self._column()
        if pattern.memory is Memory.ALARM:
            self._do(np.greater, certainty, 0, out=support)
        elif pattern.negated:
            self._do(np.less_equal, certainty, BELIEVED, out=support)
        else:
            present = pattern.memory is Memory.PRESENT
            comparison, bound = (np.greater, BELIEVED) if present else (np.less, -BELIEVED)
            self._do(comparison, certainty, bound, out=self._matches)
            self._do(np.copyto, support, self._matches)  # numpy multiplies numbers by flags at half the speed
            self._do(np.multiply, certainty, support, out=support)
            if not present:
                self._do(np.negative, support, out=support)
        return support

    def _tally(self, part: Production) -> None:
        """Keep the greatest supports of a clause's parts so far, the greatest first; the last is the clause's own."""
        support = self._least(part.patterns)
        greatest = self._tallies.get(part.subject)
        if greatest is None:
            greatest = self._tallies[part.subject] = [self._column() for _ in range(part.needed)]
            self._do(np.copyto, greatest[0], support)
            for row in greatest[1:]:
                self._do(row.fill, 0.0)
            return
        for place in reversed(range(1, part.needed)):
            self._do(np.minimum, greatest[place - 1], support, out=self._scratch[1])
            self._do(np.maximum, greatest[place], self._scratch[1], out=greatest[place])
        self._do(np.maximum, greatest[0], support, out=greatest[0])

    def _first_rank(self, conclusion: str) -> int:
        return min(self._rank[rule.id] for rule in self._base.rules_for[conclusion])

    def _conclude(self, conclusion: str) -> None:
        """Combine what was contributed to a conclusion."""
        rules = self._base.rules_for[conclusion]
        for_it = sum(rule.certainty > 0 for rule in rules)
        block = self._block[: len(rules)]
        row = self.known[self._row[conclusion]]
        P, N, greater, told = self._scratch  # noqa: N806 # as in the formula
        if rules:
            first = self._first_rank(conclusion)
            self._do(np.not_equal, block, 0, out=self.fired[first : first + len(rules)])
            self._do(np.add, block, 1, out=block)
        if any(_least_product(rules, sign) < _VANISHING for sign in (1, -1)):
            self._do(_scaled_products, block[:for_it], block[for_it:], P, N)
        else:
            self._do(np.multiply.reduce, block[:for_it], axis=0, out=P)
            self._do(np.multiply.reduce, block[for_it:], axis=0, out=N)
        if conclusion in self._told:
            for factor, sign in ((P, -1), (N, 1)):
                self._do(np.multiply, row, sign, out=told)
                self._do(np.add, told, 1, out=told)
                self._do(np.minimum, told, 1, out=told)  # 1 where it speaks for the other side
                self._do(np.multiply, factor, told, out=factor)
        self._do(np.subtract, N, P, out=row)
        self._do(np.maximum, P, N, out=greater)
        if any(abs(rule.certainty) == 1 for rule in rules):  # only then can both products be 0
            contradicted = self.contradicted[self._base.layered.index(conclusion)]
            self._do(np.equal, greater, 0, out=contradicted)
            self._do(np.add, greater, contradicted, out=greater)
        self._do(np.divide, row, greater, out=row)


_VANISHING, _LEAST_POWER = 1e-280, -930
"""A product that may be less might become 0; as a power of two, relative to the other, it need be no less."""


def _least_product(rules: Collection[Rule], sign: int) -> float:
    """Return the least that the product of 1 − |c| can be for the rules of one sign, but for those that are certain."""
    return math.prod(1 - abs(rule.certainty) for rule in rules if 0 < rule.certainty * sign < 1)


def _scaled_products(for_it: Numbers, against: Numbers, P: Numbers, N: Numbers) -> None:  # noqa: N803 # as in the formula
    """Put in both products, over one power of two, so that neither is 0 but where something is certain."""
    (p, p_power), (n, n_power) = map(_product, (for_it, against))
    greater = np.maximum(p_power, n_power)
    np.ldexp(p, np.maximum(p_power - greater, _LEAST_POWER), out=P)
    np.ldexp(n, np.maximum(n_power - greater, _LEAST_POWER), out=N)


def _product(factors: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Return the products of columns, as numbers from 1/2 to 1, or 0, and powers of two."""
    parts, powers = np.frexp(factors)
    product, more = np.frexp(parts.prod(axis=0))
    return product, powers.sum(axis=0) + more
