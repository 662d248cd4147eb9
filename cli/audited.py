"""An audit as sections of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..engine.audit import AuditReport
from ..knowledge.audit.checks import Finding, Severity
from ..knowledge.model import KnowledgeBase
from ..knowledge.problems import printable
from .report import Item, Point, Section, capital

_PLURAL = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTE: "notes"}
_BILLION = 10**9
_HOW = {
    "bounds": "proved by bounds, for every certainty of all that is told",
    "form": "proved by the form of the rules",
    "enumerated": "holds for every combination of answers",
    "sampled": "holds in a sample; not proved",
}


def sections(report: AuditReport, base: KnowledgeBase) -> tuple[Section, ...]:
    """Return what an audit found, the findings after the sum of them; sections with nothing to say are left out."""
    return tuple(section for section in _all(report, base) if section.items)


def _all(report: AuditReport, base: KnowledgeBase) -> Iterator[Section]:
    yield Section(f"Audit of {base.id} {base.version}", tuple(_summary(report)))
    for severity in Severity:
        found = [one for one in report.open if one.severity is severity]
        yield Section(capital(_PLURAL[severity]), tuple(map(_finding, found)))
    yield Section("Accepted, with reasons", tuple(map(_finding, (one for one in report.findings if one.waived))))
    yield Section("What must hold", tuple(_proved(report)))
    yield Section("If the levels of certainty were a little different", tuple(_robust(report)))
    yield Section("Faults that its cases and examples notice", tuple(_mutated(report)))
    yield Section("Not checked", tuple(_missing(report)))
    yield Section("What it rests on", tuple(_origin(report)))


def _summary(report: AuditReport) -> Iterator[Item]:
    counts = ", ".join(_count(report.count(severity), severity) for severity in Severity)
    waived = sum(bool(one.waived) for one in report.findings)
    yield Item(f"{capital(counts)}; {waived} more accepted, with reasons.")
    figures = report.figures
    kinds = ("rule", "safeguard", "fact", "conclusion", "response", "case")
    counts_of = ((kind, getattr(figures, f"{kind}s")) for kind in kinds)
    yield Item(", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in counts_of) + ".")
    bases = ", ".join(f"{basis} {count}" for basis, count in figures.basis.items())
    yield Item(f"On what rules and safeguards rest: {bases}.")
    silent = sum(not one.by and bool(one.no_claim) for one in report.coverage)
    left = figures.paragraphs - figures.cited - silent
    compared = "compared with the article" if report.source_compared else "not compared with the article: see --source"
    yield Item(
        f"Of {figures.paragraphs} paragraphs of the source, {figures.cited} are cited, {silent} more make no claim, "
        f"and {left} left out.",
        note=compared,
    )
    if report.mutation:
        faults, share = len(report.mutation), report.caught / len(report.mutation)
        yield Item(
            f"Of {faults} faults put into copies, its own cases and examples notice {report.caught} ({share:.1%})."
        )
    if figures.reading:
        hardest = max(figures.reading, key=lambda kind: figures.reading[kind])
        yield Item(
            f"Its texts take at most {figures.reading[hardest]:.1f} years of school to read, by kind of document.",
            note=f"{hardest}; automated readability index",
        )


def _count(count: int, severity: Severity) -> str:
    return f"{count or 'no'} {severity.value if count == 1 else _PLURAL[severity]}"


def _finding(finding: Finding) -> Item:
    place = printable(finding.file, 200) + (f"#{finding.pointer}" if finding.pointer else "")
    points = [Point(place), Point(f"accepted: {finding.waived}" if finding.waived else finding.remedy)]
    return Item(f"{capital(finding.wrong)}.", note=finding.check, points=tuple(points))


def _proved(report: AuditReport) -> Iterator[Item]:
    for one in report.proofs:
        how = _HOW[one.how] if one.broken_by is None else "does not hold"
        of = f"{one.of:,}" if one.of < _BILLION else "more than a billion"
        tried = f"{one.tried:,} of {of}" if one.tried < one.of else f"{one.tried:,}"
        yield Item(one.title, note=f"{how}; {tried} tried" if one.tried else how)


def _robust(report: AuditReport) -> Iterator[Item]:
    shifts = report.robustness.shifts
    if not report.figures.cases:
        return
    for by in sorted({shift.by for shift in shifts}):
        flips = [flip.case for shift in shifts if shift.by == by for flip in shift.flips]
        yield Item(
            f"One level moved by {by:+g}: another cause leads in {len(set(flips))} of {report.figures.cases} cases."
        )
    joint = [one for one in report.robustness.joint if one.flipped]
    steady = report.figures.cases - len(joint)
    yield Item(
        f"All levels moved at once, {report.robustness.draws} times: the leading cause stays in {steady} cases, and "
        f"flips at times in {len(joint)}.",
        points=tuple(
            Point(f"{one.case}: flips in {one.flipped} of {report.robustness.draws}")
            for one in sorted(joint, key=lambda one: -one.flipped)[:5]
        ),
    )


def _mutated(report: AuditReport) -> Iterator[Item]:
    put = Counter(one.operator for one in report.mutation)
    caught = Counter(one.operator for one in report.mutation if one.caught_by is not None)
    for operator, count in put.items():
        yield Item(f"{capital(operator)}: {caught[operator]} of {count}.")


def _missing(report: AuditReport) -> Iterator[Item]:
    reasons: dict[str, list[str]] = {}
    for one in report.checks:
        if one.not_made:
            reasons.setdefault(one.not_made, []).append(one.id)
    for reason, ids in reasons.items():
        yield Item(", ".join(ids), note=reason.removesuffix("."))


def _origin(report: AuditReport) -> Iterator[Item]:
    yield Item("An audit tells what the rules say and do. Whether they are right about people, only people can say.")
    yield Item(f"{report.base.id} {report.base.version}, {report.base.digest}")
    yield Item(f"pushaway {report.engine}, on {report.audited_on}")
