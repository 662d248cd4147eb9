"""The explanation of an answer: what it holds, frozen, and its JSON form."""

from __future__ import annotations

from typing import Any, NamedTuple

from .answer import BaseRef, Observation, SafeguardGiven, plain
from .changing import Alternative
from .differing import Difference
from .privacy import unprinted

FORMAT = "1"


class About(NamedTuple):
    """What is explained. ``kind``: cause, mechanism, response, safeguard, or that of a fact."""

    id: str
    kind: str
    text: str


@unprinted
class Clause(NamedTuple):
    """What a part of a condition claims of an id: believed, absent, unless or perspective; and the id's certainty."""

    id: str
    claim: str
    certainty: float


@unprinted
class Ground(NamedTuple):
    """A rule that fired. ``certainty`` is what it contributed, ``share`` its exact part of the conclusion's.

    ``premises`` are the clauses by which its condition holds. For evidence about the conclusion
    itself, ``rule`` is ``evidence``.
    """

    rule: str
    title: str
    level: str
    certainty: float
    share: float
    basis: str
    rationale: str
    source: tuple[int | str, ...]
    premises: tuple[Clause, ...]


@unprinted
class Derivation(NamedTuple):
    """How a conclusion came to its certainty; the shares of its grounds add up to it."""

    id: str
    kind: str
    name: str
    certainty: float
    words: str
    grounds: tuple[Ground, ...]


@unprinted
class RuleStanding(NamedTuple):
    """What became of a rule: fired, failed, waiting or not applicable.

    ``blockers`` are the clauses on which it failed, or which it waits for; of these, ``lacks`` would
    have to change at the least.
    """

    rule: str
    conclusion: str
    status: str
    lacks: int
    blockers: tuple[Clause, ...]


@unprinted
class Effect(NamedTuple):
    """What an answer to a question would change; ``answer`` is its id on the base's scale."""

    answer: str
    certainty: float
    label: str
    difference: Difference


@unprinted
class WhyQuestion(NamedTuple):
    """Why a question is worth asking: the rules that wait for it, and what each answer would do.

    ``question`` is None where whoever asks is not asked for it. ``used_by`` are rules that fired because of
    what was already told of it.
    """

    question: str | None
    waiting: tuple[str, ...]
    used_by: tuple[str, ...]
    effects: tuple[Effect, ...]


@unprinted
class WhyAdvice(NamedTuple):
    """Why a response or safeguard is given, or not.

    ``status``: recommended, withheld, not called for, or for another perspective. ``for_`` calls for
    it, ``withheld_by`` withholds it, ``blockers`` are what keeps it from being called for; of these,
    ``lacks`` would have to change at the least.
    """

    status: str
    for_: tuple[str, ...]
    withheld_by: tuple[str, ...]
    lacks: int
    blockers: tuple[Clause, ...]
    rationale: str
    source: tuple[int | str, ...]


@unprinted
class WhatIf(NamedTuple):
    """Changes of the evidence (certainty 0: not known), and what they would make different."""

    changes: tuple[Observation, ...]
    difference: Difference


class Explanation(NamedTuple):
    """Why an answer says what it says of one thing.

    ``safeguards`` are those that are called for, supposed by ``what_if``, or asked about: they come first.
    ``how`` has the conclusion that is explained first, then each that it rests on, once. ``nearest``
    are the rules for it that did not fire, nearest first; ``rules`` is what became of every rule.
    ``question``, ``advice``, ``what_if`` and ``changes`` are None where they do not apply or were not
    asked for.
    """

    base: BaseRef
    engine: str
    perspective: str
    evidence: tuple[Observation, ...]
    safeguards: tuple[SafeguardGiven, ...]
    about: About
    how: tuple[Derivation, ...]
    nearest: tuple[RuleStanding, ...]
    question: WhyQuestion | None
    advice: WhyAdvice | None
    what_if: WhatIf | None
    changes: tuple[Alternative, ...] | None
    rules: tuple[RuleStanding, ...]
    notice: str
    format: str = FORMAT

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Explanation of {self.about.id}>"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data in the published format, which its schema describes."""
        told = {key: plain(one) for key, one in self._asdict().items() if one is not None}
        return {"format": told.pop("format"), **told}
