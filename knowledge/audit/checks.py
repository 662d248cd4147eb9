"""What an audit is made of: checks in registries, the findings they make, and the base that they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from ..declarations import Place, declared
from ..frozen import cached_property
from ..model import KnowledgeBase
from ..problems import did_you_mean, quoted


class Severity(Enum):
    """How grave a finding is; the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        names = [one.value for one in cls]
        remedy = did_you_mean(str(value), names, f"Choose one of: {', '.join(names)}.")
        raise ValueError(f"unknown severity {quoted(value)}. {remedy}")

    @property
    def rank(self) -> int:
        """Its place among the severities, 0 for the gravest."""
        return list(Severity).index(self)


class Trouble(NamedTuple):
    """What one look at a base came upon.

    ``subject`` is what a waiver names, mostly an id. ``file`` is relative to the base's folder and
    ``pointer`` a JSON Pointer (RFC 6901) into it. ``wrong`` is what is the matter, ``remedy`` what mends it.
    """

    subject: str
    place: Place
    wrong: str
    remedy: str


class Finding(NamedTuple):
    """A trouble, with the check that came upon it. ``waived`` is the reason where the base accepts it."""

    check: str
    severity: Severity
    subject: str
    file: str
    pointer: str
    wrong: str
    remedy: str
    waived: str = ""


class NotMadeError(Exception):
    """Raised by a check that could not be made; the message says what it would take."""


@dataclass(frozen=True)
class Subject:
    """A base as an audit sees it: the model, the documents that it was built from, and what lies beside them.

    ``article`` is the text of the source where somebody holds it; ``lock`` the content of the lock file,
    or None where there is none; ``today`` is the day by which dates are judged.
    """

    base: KnowledgeBase
    documents: Mapping[str, Any]
    article: str | None
    lock: Mapping[str, Any] | None
    today: date

    @cached_property
    def _places(self) -> Mapping[str, Mapping[Any, Place]]:
        tables = vars(declared(self.documents, all_read=True))
        return {
            kind: {id: (file, at.rpartition("/")[0]) for id, ((file, at), *_) in table.items()}
            for kind, table in tables.items()
            if hasattr(table, "note")
        }

    def place(self, kind: str, id: str | int) -> Place:
        """Return file and JSON Pointer of what is declared as one of a kind, such as ``rules``."""
        return self._places[kind][id]

    def item(self, kind: str, id: str | int) -> Any:
        """Return the JSON of what is declared as one of a kind."""
        file, at = self.place(kind, id)
        found = self.documents[file]
        for step in at.split("/")[1:]:
            found = found[int(step) if isinstance(found, list) else step]
        return found

    def file_of(self, kind: str) -> str:
        """Return the first file that holds a document of a kind, or the name that such a file would have."""
        files = (file for file, document in sorted(self.documents.items()) if document["kind"] == kind)
        return next(files, f"{kind}.json")


S = TypeVar("S")
Look = Callable[[S], Iterable[Trouble]]


class Check(NamedTuple, Generic[S]):
    """One thing that an audit looks for. ``title`` says what a finding of it means."""

    id: str
    severity: Severity
    title: str
    look: Look[S]


class Checks(Generic[S]):
    """A group of checks about one thing, in the order in which they are declared."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._checks: list[Check[S]] = []

    def __iter__(self) -> Iterator[Check[S]]:
        return iter(self._checks)

    def check(self, id: str, severity: Severity, title: str) -> Callable[[Look[S]], Look[S]]:
        """Register the function below as the look of a check."""

        def registered(look: Look[S]) -> Look[S]:
            self._checks.append(Check(id, severity, title, look))
            return look

        return registered
