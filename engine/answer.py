"""The answer: what an inference gives to whoever asked, frozen, and its JSON form."""

from typing import Any, NamedTuple

FORMAT = "1"


class BaseRef(NamedTuple):
    """Which knowledge base answered."""

    id: str
    version: str
    digest: str


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


class SafeguardGiven(NamedTuple):
    """What comes before all else, the facts that call for it, and where help can be had."""

    id: str
    text: str
    because: tuple[str, ...]
    helplines: tuple[Contact, ...]


class Reason(NamedTuple):
    """A rule that speaks for or against a conclusion; its share is its exact part of the certainty."""

    rule: str
    share: float
    basis: str
    source: tuple[int | str, ...]


class Ranked(NamedTuple):
    """A cause or mechanism: certainty in [−1, 1], its words, and the reasons, strongest first."""

    id: str
    name: str
    certainty: float
    words: str
    because: tuple[Reason, ...]
    against: tuple[Reason, ...]


class Recommended(NamedTuple):
    """A response, and the facts and conclusions that call for it."""

    id: str
    text: str
    for_: tuple[str, ...]
    source: tuple[int | str, ...]


class Withheld(NamedTuple):
    """A response that would be recommended but for what withholds it."""

    id: str
    because: tuple[str, ...]


class Question(NamedTuple):
    """A fact whose answer would help to tell, and how to ask for it."""

    id: str
    question: str


class Beyond(NamedTuple):
    """Something that was told and that the source does not speak of."""

    id: str
    text: str


class Answer(NamedTuple):
    """What an inference gives. ``verdict`` is none, one or several: how many causes are believed.

    ``causes`` and ``mechanisms`` hold all there are, ``responses`` and ``ask_next`` what applies;
    each best first. ``contradictions`` are conclusions for and against which something is certain.
    """

    base: BaseRef
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
    contradictions: tuple[str, ...] = ()
    format: str = FORMAT

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Answer of {self.base.id} {self.base.version}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data in the published format, which its schema describes."""
        data = {"format": self.format, **_plain(self)}
        if not self.contradictions:
            del data["contradictions"]
        return data


def _plain(data: Any) -> Any:
    """Return records as dictionaries and tuples as lists; a trailing underscore is Python's, not JSON's."""
    if hasattr(data, "_asdict"):
        return {key.rstrip("_"): _plain(one) for key, one in data._asdict().items()}
    return [_plain(one) for one in data] if isinstance(data, tuple) else data
