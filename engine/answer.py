"""The answer: what an inference gives to whoever asked, frozen, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from ..knowledge.later import Later
from .privacy import private, unprinted

if TYPE_CHECKING:
    from .engine import Engine
    from .evidence import Reply
    from .explanation import Explanation
    from .trace import Trace

FORMAT = "1"


class BaseRef(NamedTuple):
    """Which knowledge base answered."""

    id: str
    version: str
    digest: str


@unprinted
class Observation(NamedTuple):
    """A fact or conclusion that was known, and its certainty in [−1, 1]."""

    id: str
    certainty: float


class Contact(NamedTuple):
    """A helpline, and the ISO date on which it was last checked."""

    region: str
    name: str
    contact: str
    verified: str


@unprinted
class SafeguardGiven(NamedTuple):
    """What comes before all else, the facts that call for it, and where help can be had."""

    id: str
    text: str
    because: tuple[str, ...]
    helplines: tuple[Contact, ...]


@unprinted
class Reason(NamedTuple):
    """A rule that speaks for or against a conclusion; its share is its exact part of the certainty."""

    rule: str
    share: float
    basis: str
    source: tuple[int | str, ...]


@unprinted
class Ranked(NamedTuple):
    """A cause or mechanism: certainty in [−1, 1], its words, and the reasons, strongest first."""

    id: str
    name: str
    certainty: float
    words: str
    because: tuple[Reason, ...]
    against: tuple[Reason, ...]


@unprinted
class Recommended(NamedTuple):
    """A response, and the facts and conclusions that call for it."""

    id: str
    text: str
    for_: tuple[str, ...]
    source: tuple[int | str, ...]


@unprinted
class Withheld(NamedTuple):
    """A response that would be recommended but for what withholds it."""

    id: str
    because: tuple[str, ...]


class Question(NamedTuple):
    """A fact whose answer would help to tell, and how to ask for it."""

    id: str
    question: str


@unprinted
class Beyond(NamedTuple):
    """Something that was told and that the source does not speak of."""

    id: str
    text: str


class Reasoning(NamedTuple):
    """What an answer was made from, so that it can be explained: the engine, and the trace of its run."""

    engine: Engine
    trace: Trace


@dataclass(frozen=True, repr=False, kw_only=True)
class Answer:
    """What an inference gives. ``verdict`` is none, one or several: how many causes are believed.

    ``causes`` and ``mechanisms`` hold all there are, ``responses`` and ``ask_next`` what applies;
    each best first. ``contradictions`` are conclusions for and against which something is certain.
    ``reasoning`` is no part of what is told: answers that tell the same are equal. Nor is ``told``: what a
    consultation was told, with certainty 0 for what was asked and is not known; None outside of one.
    """

    base: Later[BaseRef] = Later()  # noqa: RUF009 # a descriptor; the base's digest costs much and few read it
    engine: str
    perspective: str
    evidence: tuple[Observation, ...]
    safeguards: tuple[SafeguardGiven, ...]
    verdict: str
    causes: tuple[Ranked, ...]
    mechanisms: tuple[Ranked, ...]
    responses: tuple[Recommended, ...]
    withheld: tuple[Withheld, ...]
    ask_next: tuple[Question, ...]
    beyond: tuple[Beyond, ...]
    notice: str
    contradictions: tuple[str, ...]
    reasoning: Reasoning = field(compare=False)
    told: Mapping[str, float] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Answer of {self.base.id} {self.base.version}>"

    @property
    def leading(self) -> str | None:
        """The id of the cause that is ranked first, None where none is believed."""
        return None if self.verdict == "none" else self.causes[0].id

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data in the published format, which its schema describes."""
        told = {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.compare}
        if not self.contradictions:
            del told["contradictions"]
        return {"format": FORMAT, **told}

    @private
    def explain(self, id: str, *, what_if: Mapping[str, Reply] | None = None, changes: bool = True) -> Explanation:
        """Explain a cause or mechanism, a response, a safeguard, or a question by the id of its fact.

        ``what_if`` are facts or conclusions to another answer: its id on the base's scale, True or False, a
        certainty in [−1, 1], or None for not known; the explanation then says what would be different.
        ``changes`` asks for the smallest changes of answers that would change the leading cause or the
        verdict, which takes longest. Raises :class:`EvidenceError` for an id that the base does not have, and
        for what does not fit it in ``what_if``.
        """
        from .explaining import explain  # only who asks for reasons should pay for them

        return explain(self, id, what_if=what_if, changes=changes)


def plain(data: Any) -> Any:
    """Return records as dictionaries and tuples as lists; a trailing underscore is Python's, not JSON's."""
    if hasattr(data, "_asdict"):
        return {key.rstrip("_"): plain(one) for key, one in data._asdict().items()}
    return [plain(one) for one in data] if isinstance(data, tuple) else data
