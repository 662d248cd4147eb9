"""The parts of a base as cards for a page: what each says in plain English, on what it rests, and what uses it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from ..engine.audit import AuditReport
from ..knowledge.conditions import Claim, Condition, Leaf, leaves
from ..knowledge.graph import Part
from ..knowledge.model import Citation, Conclusion, Fact, Response, Rule, Safeguard
from .page_names import Link, Names, anchor, kind_of, part_at
from .report import capital, worth

Says = TypeVar("Says", str, tuple[Link, ...])


class Clause(NamedTuple):
    """A part of a condition in words: one thing that is named, or a heading over several clauses."""

    words: str
    link: Link | None = None
    parts: tuple[Clause, ...] = ()


class Shown(NamedTuple):
    """An example of a rule: who asks, what is told with what certainty, and whether the rule fires."""

    asked_as: str
    told: tuple[tuple[Link, str], ...]
    fires: bool


class Faults(NamedTuple):
    """How many faults were put into copies of something, and those that no case noticed."""

    tried: int
    missed: tuple[str, ...]


class Card(NamedTuple):
    """A part of a base. What does not apply to it is empty.

    ``kind`` is what it is, in a word or two. ``about`` are ids of the conclusions that it has to do with.
    ``then`` is what a rule concludes, ``effect`` whether it speaks for or against it.
    """

    part: Part
    id: str
    title: str
    kind: str
    about: tuple[str, ...]
    text: str = ""
    basis: str = ""
    condition: Clause | None = None
    effect: str = ""
    then: Link | None = None
    level: str = ""
    certainty: float = 0.0
    meaning: str = ""
    rationale: str = ""
    sources: tuple[Link, ...] = ()
    examples: tuple[Shown, ...] = ()
    relations: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    faults: Faults = Faults(0, ())
    findings: tuple[int, ...] = ()

    @property
    def anchor(self) -> str:
        """Where on the page it stands."""
        return anchor(self.part, self.id)


class Group(NamedTuple):
    """Cards that belong together, under a heading."""

    heading: str
    cards: tuple[Card, ...]


_OPERATORS = {
    "response deleted": Part.RESPONSE,
    "withholding dropped": Part.RESPONSE,
    "safeguard deleted": Part.SAFEGUARD,
    "lead dropped": Part.CONCLUSION,
}
"""Into what an operator of mutation puts a fault; all others put one into a rule."""


def groups(report: AuditReport, names: Names) -> tuple[Group, ...]:
    """Return all cards in groups: safeguards, rules by what they conclude, conclusions, responses and facts."""
    base, maker = names.base, _Maker(report, names)
    return tuple(
        group
        for group in (
            Group("Safeguards", tuple(map(maker.safeguard, base.safeguards))),
            *(
                Group(f"Rules about: {conclusion.name}", tuple(map(maker.rule, base.rules_for[conclusion.id])))
                for conclusion in base.conclusions
            ),
            Group("Mechanisms and causes", tuple(map(maker.conclusion, base.conclusions))),
            Group("Responses", tuple(map(maker.response, base.responses))),
            Group("Facts", tuple(map(maker.fact, base.facts))),
        )
        if group.cards
    )


class _Maker:
    """Makes cards; what was found about each, and what uses each, is gathered once."""

    def __init__(self, report: AuditReport, names: Names) -> None:
        self._names = names
        self._base = base = names.base
        self._findings: dict[tuple[Part, str], list[int]] = defaultdict(list)
        for number, finding in enumerate(report.findings, 1):
            part = part_at(finding.pointer)
            if part is not None:
                self._findings[part, finding.subject.partition(": ")[0]].append(number)
        self._tried: dict[tuple[Part, str], list[str | None]] = defaultdict(list)
        for outcome in report.mutation:
            id, _, what = outcome.subject.partition(": ")
            part = _OPERATORS.get(outcome.operator, Part.RULE)
            self._tried[part, id].append(None if outcome.caught_by is not None else what)
        self._rules_using: dict[str, list[Rule]] = defaultdict(list)
        for rule in base.rules:
            for id in base.mentions[rule.id]:
                self._rules_using[id].append(rule)

    def rule(self, rule: Rule) -> Card:
        then = self._names.known(rule.conclusion)
        level = next(one for one in self._base.levels if one.id == rule.level)
        return Card(
            Part.RULE,
            rule.id,
            rule.title,
            "rule",
            (rule.conclusion,),
            basis=rule.basis,
            condition=self._clause(rule.condition),
            effect="for" if rule.certainty > 0 else "against",
            then=then,
            level=rule.level,
            certainty=rule.certainty,
            meaning=level.meaning,
            rationale=rule.rationale,
            sources=self._sources(rule.source),
            examples=tuple(
                Shown(self._asked_as(one.perspective), self._told(one.evidence), one.fires) for one in rule.examples
            ),
            relations=(("Uses", self._mentioned(rule.condition)), ("Is used by", (then,))),
            faults=self._faults(Part.RULE, rule.id),
            findings=self._found(Part.RULE, rule.id),
        )

    def safeguard(self, safeguard: Safeguard) -> Card:
        alarm = Clause("", self._names.known(safeguard.fact))
        return Card(
            Part.SAFEGUARD,
            safeguard.id,
            safeguard.title,
            "safeguard",
            (),
            text=safeguard.text,
            basis=safeguard.basis,
            condition=alarm,
            rationale=safeguard.rationale,
            sources=self._sources(safeguard.source),
            relations=(("Uses", (self._names.known(safeguard.fact),)),),
            details=(
                ("Asked of", self._audience(safeguard.audience)),
                *(
                    (f"{one.region}: {one.name}", f"{one.contact} (checked {one.verified})")
                    for one in safeguard.helplines
                ),
            ),
            faults=self._faults(Part.SAFEGUARD, safeguard.id),
            findings=self._found(Part.SAFEGUARD, safeguard.id),
        )

    def conclusion(self, conclusion: Conclusion) -> Card:
        rules = self._base.rules_for[conclusion.id]
        return Card(
            Part.CONCLUSION,
            conclusion.id,
            capital(conclusion.name),
            conclusion.kind,
            (conclusion.id,),
            text=conclusion.text,
            sources=self._sources(conclusion.source),
            relations=tuple(
                _filled(
                    ("Rules for it", self._rules(one for one in rules if one.certainty > 0)),
                    ("Rules against it", self._rules(one for one in rules if one.certainty < 0)),
                    (
                        "Is ranked first where this is believed too",
                        tuple(map(self._names.known, conclusion.leads_when)),
                    ),
                    ("Is used by", tuple(self._users(conclusion.id))),
                    ("Withholds", self._withheld(conclusion.id)),
                )
            ),
            details=tuple(_filled(("People call it", _listed(conclusion.lay)))),
            faults=self._faults(Part.CONCLUSION, conclusion.id),
            findings=self._found(Part.CONCLUSION, conclusion.id),
        )

    def response(self, response: Response) -> Card:
        mentioned = self._mentioned(response.condition)
        return Card(
            Part.RESPONSE,
            response.id,
            response.text,
            "response",
            tuple(one.id for one in mentioned if one.id in self._base.conclusion),
            condition=self._clause(response.condition),
            sources=self._sources(response.source),
            relations=tuple(
                _filled(
                    ("Uses", mentioned),
                    ("Is withheld where any of these holds", tuple(map(self._names.known, response.withheld_by))),
                )
            ),
            details=(("Is for whoever says", self._audience(response.audience)),),
            faults=self._faults(Part.RESPONSE, response.id),
            findings=self._found(Part.RESPONSE, response.id),
        )

    def fact(self, fact: Fact) -> Card:
        questions = ((f"Asked of whoever says {self._asked_as(id)}", words) for id, words in fact.questions.items())
        return Card(
            Part.FACT,
            fact.id,
            capital(fact.label),
            kind_of(Part.FACT, fact.kind),
            tuple(dict.fromkeys(one.conclusion for one in self._rules_using[fact.id])),
            text=fact.text,
            sources=self._sources(fact.source),
            relations=tuple(
                _filled(("Is used by", tuple(self._users(fact.id))), ("Withholds", self._withheld(fact.id)))
            ),
            details=tuple(_filled(*questions, ("People call it", _listed(fact.lay)))),
            findings=self._found(Part.FACT, fact.id),
        )

    def _users(self, id: str) -> Iterator[Link]:
        """Yield everything that rests on a fact or conclusion, but for what it withholds."""
        yield from self._rules(self._rules_using[id])
        for cause in self._base.causes:
            if id in cause.leads_when:
                yield self._names.known(cause.id)
        for response in self._base.responses:
            if any(leaf.id == id for leaf in _claims(response.condition)):
                yield self._names.of(Part.RESPONSE, response.id)
        for safeguard in self._base.safeguards:
            if safeguard.fact == id:
                yield self._names.of(Part.SAFEGUARD, safeguard.id)

    def _withheld(self, id: str) -> tuple[Link, ...]:
        held = (one for one in self._base.responses if id in one.withheld_by)
        return tuple(self._names.of(Part.RESPONSE, one.id) for one in held)

    def _clause(self, condition: Condition) -> Clause:
        if isinstance(condition, Leaf):
            if condition.claim is Claim.PERSPECTIVE:
                return Clause(f"whoever asks says {self._asked_as(condition.id)}")
            return Clause(_CLAIMS[condition.claim], self._names.known(condition.id))
        count = len(condition.parts)
        if condition.needed == count:
            how = {1: "this", 2: "both of these"}.get(count, "all of these")
        elif condition.needed == 1:
            how = "either of these" if count == 2 else "any of these"
        else:
            how = f"at least {condition.needed} of these {count}"
        return Clause(how, parts=tuple(map(self._clause, condition.parts)))

    def _mentioned(self, condition: Condition) -> tuple[Link, ...]:
        return tuple(map(self._names.known, dict.fromkeys(leaf.id for leaf in _claims(condition))))

    def _told(self, evidence: Mapping[str, bool | float]) -> tuple[tuple[Link, str], ...]:
        numbers = {id: {True: 1.0, False: -1.0}[one] if isinstance(one, bool) else one for id, one in evidence.items()}
        return tuple((self._names.known(id), worth(self._base, one)) for id, one in numbers.items())

    def _rules(self, rules: Iterable[Rule]) -> tuple[Link, ...]:
        return tuple(self._names.of(Part.RULE, one.id) for one in rules)

    def _sources(self, source: Iterable[Citation]) -> tuple[Link, ...]:
        return tuple(map(self._names.paragraph, source))

    def _asked_as(self, id: str) -> str:
        return next(f"“{one.label}”" for one in self._base.perspectives if one.id == id)

    def _audience(self, ids: Iterable[str]) -> str:
        return " or ".join(map(self._asked_as, ids))

    def _faults(self, part: Part, id: str) -> Faults:
        tried = self._tried[part, id]
        return Faults(len(tried), tuple(what for what in tried if what is not None))

    def _found(self, part: Part, id: str) -> tuple[int, ...]:
        return tuple(self._findings[part, id])


_CLAIMS = {Claim.BELIEVED: "", Claim.ABSENT: "known not to be so", Claim.UNLESS: "not believed, or not known"}


def _claims(condition: Condition) -> Iterator[Leaf]:
    return (leaf for leaf in leaves(condition) if leaf.claim is not Claim.PERSPECTIVE)


def _listed(lay: tuple[str, ...]) -> str:
    return ", ".join(f"“{one}”" for one in lay)


def _filled(*rows: tuple[str, Says]) -> Iterator[tuple[str, Says]]:
    """Yield the rows that say something."""
    return (row for row in rows if row[1])
