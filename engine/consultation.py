"""A consultation: one person's answers so far, what they lead to, and what to ask next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from ..knowledge.frozen import Frozen, cached_property
from ..knowledge.model import Fact
from ..knowledge.problems import did_you_mean, kind_of, quoted
from .answer import Answer, BaseRef, Question, plain
from .asking import SHOWN
from .choosing import Outlook
from .engine import Engine, given_or_shipped
from .evidence import EvidenceError, Reply, asked_as, certainties_of
from .privacy import private
from .version import VERSION

FORMAT = "1"


class ConsultationError(ValueError):
    """A stored consultation that cannot be gone on with; the message says where, and what would mend it."""


Kind = Literal["noticed", "safeguard", "beyond", "question"]
_NOTHING: Mapping[str, Reply] = Frozen()
_STEPS: Mapping[str, Kind] = {"sign": "noticed", "safeguard": "safeguard", "beyond": "beyond", "finding": "question"}
"""In what kind of step each kind of fact is asked for."""


class Step(NamedTuple):
    """What to ask. ``kind``: noticed, safeguard, beyond or question.

    Of the questions of ``noticed`` and ``beyond``, any number can be answered yes at once; the other
    kinds have one question.
    """

    kind: Kind
    questions: tuple[Question, ...]

    @property
    def several(self) -> bool:
        """Whether several can be chosen."""
        return self.kind in ("noticed", "beyond")


class Progress(NamedTuple):
    """How many steps were answered, and how many more there can be at most.

    Answering what :attr:`Consultation.next` asks never makes the second grow. To change or take back an
    answer can, and so can what nobody asked for: evidence about a conclusion.
    """

    answered: int
    left: int


@dataclass(init=False, frozen=True, eq=False, repr=False)
class Consultation:
    """Answers given from one perspective; every further answer makes a new consultation.

    ``told`` has certainties in [−1, 1] by fact or conclusion, in the order of telling; 0 stands for
    what was asked and is not known. ``perspective`` is the base's first where none is given, and
    ``engine`` the one on the shipped base. Raises :class:`EvidenceError` where they do not fit, and
    TypeError for an engine that is none.
    """

    perspective: str
    told: Mapping[str, float]
    engine: Engine

    @private
    def __init__(
        self, perspective: str | None = None, told: Mapping[str, Reply] = _NOTHING, engine: Engine | None = None
    ) -> None:
        engine = given_or_shipped(engine)
        told = certainties_of(engine.base, told, "what was told")
        # As a frozen dataclass sets its own fields.
        vars(self).update(perspective=asked_as(engine.base, perspective), told=Frozen(told), engine=engine)

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Consultation as {self.perspective}>"

    def __eq__(self, other: object) -> bool:
        return self._tells() == other._tells() if isinstance(other, Consultation) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._tells())

    def _tells(self) -> tuple[Any, ...]:
        return self.engine.base.digest, self.perspective, tuple(self.told.items())

    @private
    def tell(self, id: str, reply: Reply) -> Consultation:
        """Return the consultation with one more answer, or with an earlier one changed, all others kept.

        Raises :class:`EvidenceError` for an id or an answer that the base does not have.
        """
        if not isinstance(id, str):
            raise EvidenceError(f"an id is text, not {kind_of(id)}. Give that of the fact or conclusion to tell of.")
        return replace(self, told={**self.told, **certainties_of(self.engine.base, {id: reply}, "what was told")})

    @private
    def choose(self, step: Step, chosen: Collection[str]) -> Consultation:
        """Return the consultation with the chosen facts of a step answered yes, and its others passed over.

        Passed over is not known, and not absent. Raises :class:`EvidenceError` for a fact that the
        step does not ask for, and TypeError for what is no step.
        """
        if not isinstance(step, Step):
            raise TypeError(f"a step is not {kind_of(step)}. Give what `next` gave; where that is None, all is asked.")
        if not isinstance(chosen, Iterable) or isinstance(chosen, Mapping):
            raise EvidenceError(f"what was chosen is a list of ids, not {kind_of(chosen)}. Give [] for none of them.")
        asked = [one.id for one in step.questions]
        chosen = [chosen] if isinstance(chosen, str) else [*chosen]
        for id in chosen:
            if id not in asked:
                raise EvidenceError(f"{quoted(id)} is not asked there. {did_you_mean(id, asked, 'Choose from those.')}")
        most = max(one.certainty for one in self.engine.base.answers)
        return replace(self, told={**self.told, **{id: most if id in chosen else 0.0 for id in asked}})

    def take_back(self, id: str) -> Consultation:
        """Return the consultation without an answer, so that it can be asked for again."""
        return replace(self, told={one: reply for one, reply in self.told.items() if one != id})

    @cached_property
    @private
    def answer(self) -> Answer:
        """What the answers so far lead to. Of what would help to tell it names only what was not asked yet."""
        given = self._given
        first = self._outlook.best_first[:SHOWN] if not given.safeguards else ()
        return replace(given, ask_next=tuple(map(self._question, first)), told=self.told)

    @cached_property
    @private
    def next(self) -> Step | None:
        """What to ask next; None where no further answer could change what is told.

        First what was noticed, then safety, then what may lie beyond the source; then one question
        at a time, the one whose answers could change most. Beside a safeguard only safety is asked.
        """
        steps = self._opening
        if steps:
            return steps[0]
        if self._given.safeguards or not self._outlook.best_first:
            return None
        return Step("question", (self._question(self._outlook.best_first[0]),))

    @cached_property
    def asked(self) -> tuple[Step, ...]:
        """What was asked already, in the order of asking, as :attr:`next` would ask it."""
        base, steps = self.engine.base, dict[str, Step]()
        for id in self.told:
            fact = base.fact.get(id)
            if fact is not None and self.perspective in fact.questions:
                kind = _STEPS[fact.kind]
                place = kind if kind in ("noticed", "beyond") else id
                earlier = steps[place].questions if place in steps else ()
                steps[place] = Step(kind, (*earlier, self._question(id)))
        return tuple(steps.values())

    @property
    @private
    def steady(self) -> bool:
        """Whether the opening is over and no single answer could change which cause leads: a time to pause."""
        return not self._opening and (bool(self._given.safeguards) or self._outlook.steady)

    @property
    @private
    def progress(self) -> Progress:
        """How far the consultation is."""
        due = {step.kind for step in self._opening if step.several}
        answered = sum(step.kind not in due for step in self.asked)
        return Progress(answered, len(self._opening) + (0 if self._given.safeguards else len(self._outlook.open)))

    def to_dict(self) -> dict[str, Any]:
        """Return the consultation as JSON-ready data, which its schema describes and :meth:`from_dict` takes back."""
        base = self.engine.base
        return {
            "format": FORMAT,
            "base": plain(BaseRef(base.id, base.version, base.digest)),
            "engine": VERSION,
            "perspective": self.perspective,
            "told": dict(self.told),
        }

    @classmethod
    @private
    def from_dict(cls, data: Any, engine: Engine | None = None) -> Consultation:
        """Return the consultation that data from :meth:`to_dict` stands for.

        It may come from another version of the same base, as long as that still has all that was
        told. Raises :class:`ConsultationError` where it does not, and for any other data.
        """
        from ..knowledge.shape import misfits  # costs more than an inference

        engine = given_or_shipped(engine)
        try:
            problems = dict.fromkeys(str(one) for one in misfits("consultation", "consultation", data))
        except TypeError:
            raise ConsultationError("it holds what JSON cannot. Give what `to_dict` gave.") from None
        if problems:
            raise ConsultationError("\n".join(problems))
        if data["base"]["id"] != engine.base.id:
            raise ConsultationError(
                f"it is about the base {quoted(data['base']['id'])}, not {quoted(engine.base.id)}. Use that base."
            )
        try:
            return cls(data["perspective"], data["told"], engine)
        except EvidenceError as error:
            raise ConsultationError(f"it does not fit version {engine.base.version} of the base: {error}") from None

    @cached_property
    def _given(self) -> Answer:
        return self.engine.infer(self._evidence, perspective=self.perspective)

    @property
    def _evidence(self) -> dict[str, bool | float]:
        return {id: one for id, one in self.told.items() if one}

    @cached_property
    def _unasked(self) -> tuple[Fact, ...]:
        base, perspective = self.engine.base, self.perspective
        return tuple(fact for fact in base.facts if fact.id not in self.told and perspective in fact.questions)

    @cached_property
    def _opening(self) -> tuple[Step, ...]:
        """What is asked before single questions are chosen."""
        of_kind = {
            kind: tuple(self._question(fact.id) for fact in self._unasked if fact.kind == kind)
            for kind in ("sign", "safeguard", "beyond")
        }
        steps = [
            *([Step("noticed", of_kind["sign"])] if of_kind["sign"] else []),
            *(Step("safeguard", (one,)) for one in of_kind["safeguard"]),
            *([Step("beyond", of_kind["beyond"])] if of_kind["beyond"] else []),
        ]
        return tuple(step for step in steps if step.kind == "safeguard" or not self._given.safeguards)

    @cached_property
    def _outlook(self) -> Outlook:
        unasked = [fact.id for fact in self._unasked]
        findings = [fact.id for fact in self._unasked if fact.kind == "finding"]
        opening = not any(step.kind == "question" for step in self.asked)
        return Outlook(self.engine, self._given.reasoning.trace, findings, unasked, opening=opening)

    def _question(self, id: str) -> Question:
        return Question(id, self.engine.base.fact[id].questions[self.perspective])
