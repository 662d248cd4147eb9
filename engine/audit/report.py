"""What an audit found: frozen, and the only thing that its reports are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, NamedTuple

from ...knowledge.audit.checks import Finding, Severity
from ...knowledge.audit.provenance import Cited
from ..answer import BaseRef
from .mutation import MutantResult
from .proving import Proof
from .robustness import Robustness

FORMAT = "1"


class Made(NamedTuple):
    """A check of the audit and what came of it; ``not_made`` is the reason where it could not be made."""

    id: str
    group: str
    severity: Severity
    title: str
    findings: int
    waived: int
    not_made: str = ""


class Figures(NamedTuple):
    """How much there is in the base: counts, rules by basis, and reading grades in years of school by kind of text.

    ``reading`` is empty where they could not be reckoned.
    """

    facts: int
    conclusions: int
    rules: int
    responses: int
    safeguards: int
    cases: int
    examples: int
    paragraphs: int
    cited: int
    no_claim: int
    basis: Mapping[str, int]
    reading: Mapping[str, float]


@dataclass(frozen=True, repr=False)
class AuditReport:
    """An audit of one base. ``findings`` come gravest first, those that the base waives among them.

    ``audited_on`` is the ISO date by which helplines were judged, ``source_compared`` whether the article
    was there to be hashed.
    """

    base: BaseRef
    engine: str
    audited_on: str
    source_compared: bool
    figures: Figures
    checks: tuple[Made, ...]
    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]
    coverage: tuple[Cited, ...]
    robustness: Robustness
    mutation: tuple[MutantResult, ...]

    def __repr__(self) -> str:
        return f"<AuditReport of {self.base.id} {self.base.version}>"

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that no waiver accepts."""
        return tuple(one for one in self.findings if not one.waived)

    def fails(self, severity: Severity | str) -> bool:
        """Tell whether any open finding is as grave as this, or graver: error, warning or note.

        Raises ValueError for another severity.
        """
        least = Severity(severity).rank
        return any(one.severity.rank <= least for one in self.open)

    def count(self, severity: Severity | str) -> int:
        """Return how many open findings are of a severity: error, warning or note. Raises ValueError for another."""
        wanted = Severity(severity)
        return sum(one.severity is wanted for one in self.open)

    @property
    def caught(self) -> int:
        """How many mutants were noticed by a case or an example."""
        return sum(one.caught_by is not None for one in self.mutation)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready data in the published format, which the schema `audit` describes."""
        return {"format": FORMAT, **{one.name: _plain(getattr(self, one.name)) for one in fields(self)}}


def _plain(data: Any) -> Any:
    if hasattr(data, "_asdict"):
        return {key: _plain(one) for key, one in data._asdict().items()}
    if isinstance(data, Mapping):
        return {key: _plain(one) for key, one in data.items()}
    if isinstance(data, Enum):
        return data.value
    return [_plain(one) for one in data] if isinstance(data, tuple | list) else data
