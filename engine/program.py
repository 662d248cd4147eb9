"""Compiling a knowledge base to productions: flat left-hand sides, and what to do where they match.

A production's left-hand side is a conjunction of patterns on working memory. What nests in a
condition becomes *clauses*: "at least k of" gets one production for each part, which tallies it, and
the clause holds when k are in. So the number of productions grows with the size of the conditions and
not, as a disjunctive normal form would, with the number of ways in which they can hold.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Group, Leaf
from ..knowledge.model import KnowledgeBase


class Memory(Enum):
    """The kinds of elements that working memory holds."""

    ALARM = "Alarm"
    """A safeguard fact was given any certainty above 0."""
    PRESENT = "Present"
    """A fact or conclusion is believed."""
    ABSENT = "Absent"
    """A fact or conclusion is believed to be absent."""
    ASKED_AS = "AskedAs"
    """The perspective of whoever asks."""
    HOLDS = "Holds"
    """A clause has enough parts that hold."""
    CONTRIBUTED = "Contributed"
    """A rule, or evidence about the conclusion itself, contributed to a conclusion."""

    __hash__ = object.__hash__  # Enum's own is written in Python, and a program names hundreds


class Pattern(NamedTuple):
    """An element that must be in working memory or, negated, must not."""

    memory: Memory
    id: str
    negated: bool = False


class Act(Enum):
    """What a production does when it fires."""

    SAFEGUARD = "safeguard"
    TALLY = "tally"
    CONTRIBUTE = "contribute"
    CONCLUDE = "conclude"
    RECOMMEND = "recommend"


class Production(NamedTuple):
    """One rule of the production system; an empty left-hand side always matches.

    ``subject`` is the id that the act is about. For a tally it is the clause, ``part`` the number
    of the part that holds and ``needed`` how many of them make the clause hold.
    """

    name: str
    patterns: tuple[Pattern, ...]
    act: Act
    subject: str
    part: int = 0
    needed: int = 0


def productions(base: KnowledgeBase) -> tuple[Production, ...]:
    """Return a base's productions in the order in which they must fire, the most urgent first.

    Safeguards stand before everything. Then, conclusion by conclusion in layers, come the rules for
    it and the production that combines what they contributed, so that all is in before anything
    uses it. To what nothing was contributed nothing is to be done: its certainty is 0. Responses come
    last.
    """
    return tuple(_ordered(base))


def _ordered(base: KnowledgeBase) -> Iterator[Production]:
    compiler = _Compiler()
    for safeguard in base.safeguards:
        alarm = Pattern(Memory.ALARM, safeguard.fact)
        yield Production(f"safeguard {safeguard.id}", (alarm,), Act.SAFEGUARD, safeguard.id)
    for conclusion in base.layered:
        for rule in base.rules_for[conclusion]:
            yield from compiler.compiled(f"rule {rule.id}", rule.condition, Act.CONTRIBUTE, rule.id)
        contributed = Pattern(Memory.CONTRIBUTED, conclusion)
        yield Production(f"conclude {conclusion}", (contributed,), Act.CONCLUDE, conclusion)
    for response in base.responses:
        yield from compiler.compiled(f"response {response.id}", response.condition, Act.RECOMMEND, response.id)


class _Compiler:
    """Compiles conditions; equal groups share one clause, since all that it needs is in where it is first used."""

    def __init__(self) -> None:
        self._clauses: dict[Group, str] = {}
        self._new: list[Production] = []

    def compiled(self, name: str, condition: Condition, act: Act, subject: str) -> Iterator[Production]:
        patterns = tuple(dict.fromkeys(self._flat(condition, name)))
        yield from self._new
        self._new.clear()
        yield Production(name, patterns, act, subject)

    def _flat(self, condition: Condition, name: str) -> Iterator[Pattern]:
        if isinstance(condition, Leaf):
            yield _pattern(condition)
        elif condition.needed == len(condition.parts):
            for part in condition.parts:
                yield from self._flat(part, name)
        else:
            yield Pattern(Memory.HOLDS, self._clauses.get(condition) or self._clause(condition, name))

    def _clause(self, group: Group, name: str) -> str:
        clause = self._clauses[group] = f"{name} clause {len(self._clauses) + 1}"
        for number, part in enumerate(group.parts, 1):
            patterns = tuple(dict.fromkeys(self._flat(part, clause)))
            self._new.append(Production(f"{clause} part {number}", patterns, Act.TALLY, clause, number, group.needed))
        return clause


_NAMED_AS = {
    Claim.BELIEVED: (Memory.PRESENT, False),
    Claim.ABSENT: (Memory.ABSENT, False),
    Claim.UNLESS: (Memory.PRESENT, True),
    Claim.PERSPECTIVE: (Memory.ASKED_AS, False),
}


def _pattern(leaf: Leaf) -> Pattern:
    memory, negated = _NAMED_AS[leaf.claim]
    return Pattern(memory, leaf.id, negated)
