"""What a knowledge base holds, frozen and typed. References between its parts stay ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .conditions import Condition, ids
from .frozen import Frozen, cached_property
from .later import Later
from .names import normal


class Paragraph(NamedTuple):
    """A passage of the source article: its number and the SHA-256 of its normalised text."""

    number: int
    sha256: str

    @property
    def name(self) -> int:
        """How output refers to it: by its number."""
        return self.number


class GuidelineRef(NamedTuple):
    """A published guideline, by its id in the base's source document."""

    id: str

    @property
    def name(self) -> str:
        """How output refers to it: by its id."""
        return self.id


Citation = Paragraph | GuidelineRef


def cited(source: tuple[Citation, ...]) -> list[int | str]:
    """Return citations as output shows them: paragraph numbers, and ids of guidelines."""
    return [citation.name for citation in source]


class Fact(NamedTuple):
    """Something that can be observed or told. ``kind``: sign, finding, safeguard or beyond.

    ``questions`` maps a perspective to the question that asks for it, and has no entry for a
    perspective that cannot know. ``text`` is what is said where a fact beyond the source is present.
    """

    id: str
    kind: str
    label: str
    lay: tuple[str, ...]
    questions: Mapping[str, str]
    source: tuple[Citation, ...]
    text: str = ""


class Conclusion(NamedTuple):
    """Something that is inferred. ``kind``: mechanism or cause; causes are what an answer ranks.

    Where any fact or conclusion of ``leads_when`` is believed, and this cause too, it is ranked first.
    """

    id: str
    kind: str
    name: str
    text: str
    lay: tuple[str, ...]
    leads_when: tuple[str, ...]
    source: tuple[Citation, ...]


class Example(NamedTuple):
    """Evidence under which a rule must fire, or must not."""

    perspective: str
    evidence: Mapping[str, bool | float]
    fires: bool


class Rule(NamedTuple):
    """Where ``condition`` holds, it speaks for or against ``conclusion`` at a level of the scale.

    ``certainty`` is the level's number, in [−1, 1]. ``basis``: stated, implied or judgement.
    """

    id: str
    title: str
    condition: Condition
    conclusion: str
    level: str
    certainty: float
    basis: str
    rationale: str
    source: tuple[Citation, ...]
    examples: tuple[Example, ...]


class Response(NamedTuple):
    """What is recommended to an audience when ``condition`` holds and nothing withholds it."""

    id: str
    text: str
    audience: tuple[str, ...]
    condition: Condition
    withheld_by: tuple[str, ...]
    order: int
    source: tuple[Citation, ...]


class Helpline(NamedTuple):
    """Where help can be had. ``verified`` is the ISO date on which it was last checked."""

    id: str
    region: str
    name: str
    contact: str
    serves: tuple[str, ...]
    verified: str


class Safeguard(NamedTuple):
    """What comes before anything else wherever one fact is given any certainty above 0.

    ``audience`` are the perspectives that are asked for the fact. Whoever names it gets the safeguard.
    """

    id: str
    title: str
    text: str
    fact: str
    audience: tuple[str, ...]
    basis: str
    rationale: str
    source: tuple[Citation, ...]
    helplines: tuple[Helpline, ...]


class Level(NamedTuple):
    """A named level of certainty, in [−1, 1] and not 0, and what it stands for."""

    id: str
    value: float
    meaning: str


class AnswerChoice(NamedTuple):
    """An answer to a question and the certainty that it gives, in [−1, 1]."""

    id: str
    certainty: float
    label: str


class Perspective(NamedTuple):
    """From where someone asks; a base's first one is the default."""

    id: str
    label: str


class Interview(NamedTuple):
    """What an interview says before it asks who it is about, for signs, about safety, and for what lies beyond."""

    who: str
    noticed: str
    safeguards: str
    beyond: str


class Guideline(NamedTuple):
    """A published guideline that safeguards rest on."""

    id: str
    title: str
    publisher: str
    year: int


class SourceParagraph(NamedTuple):
    """A paragraph of the source; ``no_claim`` gives the reason where it makes none."""

    number: int
    sha256: str
    no_claim: str = ""


class Source(NamedTuple):
    """The article that a base is derived from, by title and hashes, and the guidelines beside it."""

    title: str
    paragraphs: tuple[SourceParagraph, ...]
    guidelines: tuple[Guideline, ...]


class Case(NamedTuple):
    """A whole consultation and what the answer to it must be.

    ``causes`` are those believed, best first; ``responses`` and ``withheld`` must be among the
    answer's, ``never`` must not; ``safeguards`` are all of them, in order; ``words`` are those for
    the certainties of some conclusions.
    """

    id: str
    title: str
    perspective: str
    evidence: Mapping[str, bool | float]
    verdict: str
    causes: tuple[str, ...]
    safeguards: tuple[str, ...]
    responses: tuple[str, ...]
    withheld: tuple[str, ...]
    never: tuple[str, ...]
    words: Mapping[str, str]


class Exclusion(NamedTuple):
    """Facts and conclusions of which no two are believed together."""

    ids: tuple[str, ...]
    reason: str


class Requirement(NamedTuple):
    """What must hold of every answer in which any id of ``when`` is believed, or of every answer if there is none.

    For a safeguard fact, told at any certainty above 0 is enough. ``only`` is a kind of fact: it is then
    required where nothing else is known. ``safeguards`` must be given, the cause ``first`` believed and
    ranked first, responses of ``never`` not recommended, and no cause above ``no_cause_above``.
    """

    id: str
    title: str
    rationale: str
    when: tuple[str, ...]
    only: str | None
    safeguards: tuple[str, ...]
    first: str | None
    never: tuple[str, ...]
    no_cause_above: float | None


class Waiver(NamedTuple):
    """A finding of an audit that is accepted: which check, about what, and why."""

    check: str
    subject: str
    reason: str


class Charter(NamedTuple):
    """What an audit holds a base to. ``removed`` gives the reason for each id that stood in the base once."""

    exclusions: tuple[Exclusion, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    removed: Mapping[str, str] = Frozen()


@dataclass(frozen=True, eq=False, repr=False)
class KnowledgeBase:
    """All that is known on one subject. Order is the base's own, and breaks ties.

    ``digest`` is ``sha256:`` and the hash of the base's documents as canonical JSON. It and ``cases`` cost
    more than all that reasoning needs, and may be left until they are asked for.
    """

    id: str
    version: str
    title: str
    perspectives: tuple[Perspective, ...]
    verdicts: Mapping[str, str]
    interview: Interview
    notice: str
    notice_signs_only: str
    facts: tuple[Fact, ...]
    conclusions: tuple[Conclusion, ...]
    rules: tuple[Rule, ...]
    responses: tuple[Response, ...]
    safeguards: tuple[Safeguard, ...]
    levels: tuple[Level, ...]
    levels_reason: str
    answers: tuple[AnswerChoice, ...]
    source: Source
    charter: Charter
    cases: Later[tuple[Case, ...]] = Later()  # noqa: RUF009 # a descriptor belongs to the class
    digest: Later[str] = Later()  # noqa: RUF009 # the same

    def __repr__(self) -> str:
        return f"<KnowledgeBase {self.id} {self.version}>"

    @cached_property
    def fact(self) -> Mapping[str, Fact]:
        """Facts by id."""
        return Frozen((fact.id, fact) for fact in self.facts)

    @cached_property
    def conclusion(self) -> Mapping[str, Conclusion]:
        """Conclusions by id."""
        return Frozen((conclusion.id, conclusion) for conclusion in self.conclusions)

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """Rules by id."""
        return Frozen((rule.id, rule) for rule in self.rules)

    @cached_property
    def causes(self) -> tuple[Conclusion, ...]:
        """The conclusions that an answer ranks."""
        return tuple(one for one in self.conclusions if one.kind == "cause")

    @cached_property
    def answer_certainties(self) -> tuple[float, ...]:
        """The certainties that an answer can give, least first; that of not knowing, 0, is one of them."""
        return tuple(sorted({0.0, *(one.certainty for one in self.answers)}))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every id, label and lay expression in its normal form, and the id that it stands for."""
        index = {normal(id): id for id in (*self.fact, *self.conclusion)}
        for fact in self.facts:
            for name in (fact.label, *fact.lay):
                index.setdefault(normal(name), fact.id)
        for conclusion in self.conclusions:
            for name in (conclusion.name, *conclusion.lay):
                index.setdefault(normal(name), conclusion.id)
        index.pop("", None)
        return Frozen(index)

    @cached_property
    def rules_for(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that speak for or against each conclusion, in the base's order."""
        found: dict[str, list[Rule]] = {conclusion: [] for conclusion in self.conclusion}
        for rule in self.rules:
            found[rule.conclusion].append(rule)
        return Frozen((conclusion, tuple(rules)) for conclusion, rules in found.items())

    @cached_property
    def mentions(self) -> Mapping[str, tuple[str, ...]]:
        """The ids that each rule's condition mentions."""
        return Frozen((rule.id, ids(rule.condition)) for rule in self.rules)

    @cached_property
    def rests_on(self) -> Mapping[str, frozenset[str]]:
        """The ids that the rules for each conclusion mention."""
        return Frozen(
            (conclusion, frozenset(id for rule in rules for id in self.mentions[rule.id]))
            for conclusion, rules in self.rules_for.items()
        )

    @cached_property
    def layered(self) -> tuple[str, ...]:
        """Conclusion ids, each after all those that its rules mention; else in the base's order."""
        placed: dict[str, None] = {}
        for conclusion in self.conclusions:
            waiting = [conclusion.id]
            while waiting:
                needed = (id for rule in self.rules_for[waiting[-1]] for id in self.mentions[rule.id])
                first = next((id for id in needed if id in self.conclusion and id not in placed), None)
                if first is None:
                    placed.setdefault(waiting.pop())
                else:
                    waiting.append(first)
        return tuple(placed)
