"""What an audit found, made ready for a page: figures, findings, proofs, coverage, and plots in numbers.

Words and sizes are settled here, markup in the templates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from ..engine.audit import AuditReport
from ..engine.audit.report import Made
from ..knowledge.audit.checks import Finding, Severity
from ..knowledge.graph import Part
from ..knowledge.model import KnowledgeBase
from .page_names import Link, Names, basis_words
from .report import worth

_BILLION = 10**9
PLURAL = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.NOTE: "notes"}


class Figure(NamedTuple):
    """A number that sums something up, what it counts, and more about it."""

    number: str
    words: str
    more: str = ""


class Share(NamedTuple):
    """A part of a whole: its name, what that means, how many, and where its stretch of a bar of 100 lies."""

    name: str
    words: str
    many: int
    start: float
    size: float


class Told(NamedTuple):
    """A finding with its number on the page and a link to what it is about."""

    number: int
    finding: Finding
    subject: Link


class Proved(NamedTuple):
    """Something that was to hold, how it is known to, and the evidence under which it does not."""

    title: str
    check: str
    how: str
    holds: bool
    asked_as: str
    told: tuple[tuple[Link, str], ...]


class Passage(NamedTuple):
    """A paragraph of the source: what cites it, and why nothing does. ``state``: cited, silent or left."""

    number: int
    by: tuple[Link, ...]
    no_claim: str
    state: str


class Cell(NamedTuple):
    """In how many cases the leading cause flips where a level is moved by a step; ``shade`` is from 0 to 4."""

    step: str
    many: int
    shade: int


class LevelRow(NamedTuple):
    """A level of certainty, and what moving it does."""

    level: str
    value: float
    cells: tuple[Cell, ...]


class Flipped(NamedTuple):
    """A case in which another cause leads where a level is moved by a step."""

    level: str
    step: str
    case: Link
    before: str
    after: str


class Bar(NamedTuple):
    """A row of a plot: its name, and two counts that add up to the whole of it."""

    name: Link
    many: int
    rest: int


class Survivor(NamedTuple):
    """A fault that no case noticed, in how many it could show, and the reason where the base accepts it."""

    subject: Link
    operator: str
    reached: int
    waived: str


def verdict(report: AuditReport) -> tuple[str, str]:
    """Return how an audit came out, as a key (bad, open or good) and in words."""
    counts = [(report.count(severity), severity) for severity in Severity]
    told = [f"{count} {severity.value if count == 1 else PLURAL[severity]}" for count, severity in counts if count]
    listed = " and ".join([", ".join(told[:-1])] * bool(told[:-1]) + told[-1:])
    if report.count(Severity.ERROR):
        return "bad", f"Does not pass: {listed}."
    return ("open", f"Passes, with {listed} to read.") if told else ("good", "Passes: nothing was found.")


def figures(report: AuditReport) -> Iterator[Figure]:
    """Yield the figures of the summary."""
    some, states = report.figures, Counter(one.state for one in passages(report, None))
    for severity in Severity:
        yield Figure(f"{report.count(severity)}", PLURAL[severity], "open findings of this severity")
    yield Figure(f"{sum(bool(one.waived) for one in report.findings)}", "findings waived", "accepted, with a reason")
    made = sum(not one.not_made for one in report.checks)
    yield Figure(f"{made} of {len(report.checks)}", "checks made", "the others say what they would need")
    held = sum(one.broken_by is None for one in report.proofs)
    yield Figure(f"{held} of {len(report.proofs)}", "proofs held", "of what must be so whatever is told")
    share = f"{report.caught / len(report.mutation):.1%}" if report.mutation else "none"
    yield Figure(share, "of faults noticed", f"{report.caught} of {len(report.mutation)} put into copies")
    yield Figure(
        f"{some.cited} of {some.paragraphs}",
        "paragraphs cited",
        f"{states['silent']} more make no claim, {states['left']} are left out",
    )
    yield Figure(f"{some.rules}", "rules", f"and {some.safeguards} safeguards")
    yield Figure(f"{some.facts}", "facts", f"{some.conclusions} conclusions, {some.responses} responses")
    yield Figure(f"{some.cases}", "cases", f"and {some.examples} examples of rules")
    compared = "yes" if report.source_compared else "no"
    yield Figure(
        compared, "source compared", "paragraph by paragraph, by hash" if report.source_compared else "see --source"
    )


def shares(counts: Mapping[str, int]) -> tuple[Share, ...]:
    """Return on what the rules and safeguards rest, as parts of a bar."""
    whole = sum(counts.values()) or 1
    found, start = [], 0.0
    for basis, count in sorted(counts.items(), key=lambda one: -one[1]):
        size = 100 * count / whole
        found.append(Share(basis, basis_words(basis), count, round(start, 2), round(size, 2)))
        start += size
    return tuple(found)


def findings(report: AuditReport, names: Names) -> tuple[Told, ...]:
    """Return the findings, numbered as the report orders them."""
    return tuple(
        Told(number, one, names.subject(one.subject, one.pointer)) for number, one in enumerate(report.findings, 1)
    )


def checks(report: AuditReport) -> tuple[tuple[str, tuple[Made, ...]], ...]:
    """Return the checks by group."""
    return tuple((group, tuple(some)) for group, some in groupby(report.checks, key=lambda one: one.group))


def proofs(report: AuditReport, names: Names) -> tuple[Proved, ...]:
    """Return what was to be proved, what does not hold first."""
    base = names.base
    label = {one.id: one.label for one in base.perspectives}
    return tuple(
        Proved(
            one.title,
            one.check,
            _how(one.how, one.tried, one.of),
            one.broken_by is None,
            label.get(one.perspective or "", ""),
            tuple((names.known(id), worth(base, float(told))) for id, told in (one.broken_by or {}).items()),
        )
        for one in sorted(report.proofs, key=lambda one: one.broken_by is None)
    )


def _how(how: str, tried: int, of: int) -> str:
    all_ = f"{of:,}" if of < _BILLION else "more than a billion"
    if how == "enumerated":
        return f"Every combination of the answers that can be chosen was tried: {tried:,}."
    if how == "sampled":
        return f"A fixed sample was tried: {tried:,} out of {all_}. This supports it, and does not prove it."
    ways = {
        "bounds": "Proved by bounds: it holds for every certainty of everything that can be told.",
        "form": "Proved by the form of the rules: each step from the one to the other can only go one way.",
    }
    part = f"{tried:,}" if tried == of else f"{tried:,} out of {all_}"
    return ways[how] + (f" {part} combinations were tried besides, and agree." if tried else "")


def passages(report: AuditReport, names: Names | None) -> tuple[Passage, ...]:
    """Return the paragraphs of the source; with names, what cites each as links."""
    return tuple(
        Passage(
            one.number,
            tuple(names.of(Part(part), id) for part, id in one.by) if names else (),
            one.no_claim,
            "cited" if one.by else "silent" if one.no_claim else "left",
        )
        for one in report.coverage
    )


def steps(report: AuditReport) -> tuple[str, ...]:
    """Return by how much levels were moved, least first."""
    return tuple(map(signed, sorted({shift.by for shift in report.robustness.shifts})))


def level_rows(report: AuditReport, base: KnowledgeBase) -> tuple[LevelRow, ...]:
    """Return for each level and step how many cases flip."""
    shifts = {(one.level, one.by): len(one.flips) for one in report.robustness.shifts}
    most = max(shifts.values(), default=0)
    return tuple(
        LevelRow(
            level.id,
            level.value,
            tuple(
                Cell(signed(by), count, -(-4 * count // most) if most else 0)
                for (id, by), count in sorted(shifts.items(), key=lambda one: one[0][1])
                if id == level.id
            ),
        )
        for level in base.levels
    )


def flipped(report: AuditReport, names: Names) -> tuple[Flipped, ...]:
    """Return every case that flips where one level is moved."""
    return tuple(
        Flipped(
            shift.level,
            signed(shift.by),
            names.subject(flip.case, "/cases/"),
            names.cause(flip.before),
            names.cause(flip.after),
        )
        for shift in report.robustness.shifts
        for flip in shift.flips
    )


def joint(report: AuditReport, names: Names) -> tuple[Bar, ...]:
    """Return every case with the number of joint draws in which its leading cause flips, the most first."""
    draws = report.robustness.draws
    bars = (
        Bar(names.subject(one.case, "/cases/"), one.flipped, draws - one.flipped) for one in report.robustness.joint
    )
    return tuple(sorted(bars, key=lambda bar: -bar.many))


def operators(report: AuditReport) -> tuple[Bar, ...]:
    """Return for each kind of fault how many were noticed, and how many not."""
    put = Counter(one.operator for one in report.mutation)
    caught = Counter(one.operator for one in report.mutation if one.caught_by is not None)
    return tuple(Bar(Link(one, "", ""), caught[one], count - caught[one]) for one, count in put.items())


def survivors(report: AuditReport, names: Names) -> tuple[Survivor, ...]:
    """Return the faults that nothing noticed."""
    waived = {one.subject: one.waived for one in report.findings if one.check == "mutant-not-noticed"}
    return tuple(
        Survivor(names.subject(one.subject, one.place[1]), one.operator, one.reached, waived.get(one.subject, ""))
        for one in report.mutation
        if one.caught_by is None
    )


def signed(number: float) -> str:
    """Return a number with its sign, as print sets it."""
    return f"{number:+g}".replace("-", "−")


def pieces(text: str, names: Names) -> Iterator[tuple[str, bool, Link | None]]:
    """Yield a text in pieces: of each whether it stood in backquotes, and a link where it is an id."""
    for number, piece in enumerate(text.split("`")):
        if piece:
            quoted = number % 2 == 1
            yield piece, quoted, names.called(piece) if quoted else None
