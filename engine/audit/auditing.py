"""Auditing: every check is made, waivers are applied, and what was found becomes one report."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from ...knowledge.audit import GROUPS as WITHOUT_REASONING
from ...knowledge.audit.checks import Check, Checks, Finding, NotMadeError, Severity, Subject, Trouble
from ...knowledge.audit.lock import read_lock
from ...knowledge.audit.provenance import coverage
from ...knowledge.audit.words import reading_grade, said
from ...knowledge.building import build
from ...knowledge.loading import SHIPPED, read
from ...knowledge.problems import did_you_mean, kind_of, quoted
from ..answer import BaseRef
from ..engine import Engine
from ..version import VERSION
from .behaviour import BEHAVIOUR, proofs
from .bench import Bench, Progress
from .cases import CASES
from .mutation import MUTATION, mutation
from .reach import REACH
from .report import AuditReport, Figures, Made
from .robustness import ROBUSTNESS, robustness

WITH_REASONING = (REACH, CASES, BEHAVIOUR, ROBUSTNESS, MUTATION)

WAIVERS = Checks[Subject]("Waivers")

REFUSED = (
    ("circular-rules", "A conclusion rests on itself."),
    ("undeclared-fact", "A rule, response or case mentions what is declared nowhere."),
    ("unknown-paragraph", "A paragraph is cited that the source does not list, or with another hash."),
    ("fact-asked-of-nobody", "A fact has no question at all."),
)
"""What is refused when a base is loaded, before any audit: id and title of each."""


def subject_of(
    path: str | os.PathLike[str] | None = None, *, article: str | None = None, today: date | None = None
) -> Subject:
    """Return the base in a folder, or the one that ships, as an audit sees it, with its lock.

    Takes and raises what :func:`audit` does.
    """
    if not isinstance(article, str | None):
        raise TypeError(f"the article is text, not {kind_of(article)}. Give what stands in it, and not its path.")
    if not isinstance(today, date | None) or isinstance(today, datetime):
        raise TypeError(f"today is a date, not {kind_of(today)}. Give one, as date.fromisoformat makes of text.")
    folder = os.fsdecode(SHIPPED if path is None else path)
    documents = read(folder)
    return Subject(build(documents), documents, article, read_lock(folder), today or date.today())


def audit(
    path: str | os.PathLike[str] | None = None,
    *,
    article: str | None = None,
    today: date | None = None,
    progress: Progress | None = None,
) -> AuditReport:
    """Audit the base in a folder, or the one that ships, as ``pushaway audit`` does.

    ``article`` is the text of its source, where it is at hand. ``today`` is the day by which helplines
    are judged, this one if none is given. Raises :class:`KnowledgeError` with all problems of a base or
    a lock that cannot be read, and TypeError for an article or a day that is none.

    It takes some fifteen seconds for a base of a hundred rules and two hundred cases; ``progress`` is told
    what is being done, how much of it is, and how much there is to do.
    """
    return audited(subject_of(path, article=article, today=today), progress=progress)


def audited(subject: Subject, *, engine: Engine | None = None, progress: Progress | None = None) -> AuditReport:
    """Make every check of a base and return what was found.

    ``engine`` reasons over the base; one is made where none is given. ``progress`` is told what is being
    done, how much of it is, and how much there is to do.
    """
    base = subject.base
    bench = Bench(subject, engine or Engine(base), progress or (lambda *_: None))
    made: list[tuple[str, Check[Any], list[Trouble], str]] = []
    for group in WITHOUT_REASONING:
        made += [(group.title, check, *_look(check, subject)) for check in group]
    for tried in WITH_REASONING:
        made += [(tried.title, check, *_look(check, bench)) for check in tried]
    waivers = {(one.check, one.subject): one.reason for one in base.charter.waivers}
    findings = [
        _finding(check, trouble, waivers.get((check.id, trouble.subject), ""))
        for _, check, troubles, _ in made
        for trouble in troubles
    ]
    used = {(one.check, one.subject) for one in findings}
    not_made = {check.id for _, check, _, reason in made if reason}
    for check in WAIVERS:
        troubles, reason = _look(check, _Waived(subject, used, not_made, {check.id for _, check, _, _ in made}))
        made.append((WAIVERS.title, check, troubles, reason))
        findings += [_finding(check, trouble, "") for trouble in troubles]
    safety = {check.id for check in BEHAVIOUR}
    findings.sort(key=lambda one: (one.severity.rank, bool(one.waived), one.check not in safety))
    counts = Counter((one.check, bool(one.waived)) for one in findings)
    return AuditReport(
        base=BaseRef(base.id, base.version, base.digest),
        engine=VERSION,
        audited_on=subject.today.isoformat(),
        source_compared=subject.article is not None,
        figures=_figures(subject),
        checks=tuple(
            Made(check.id, group, check.severity, check.title, counts[check.id, False], counts[check.id, True], reason)
            for group, check, _, reason in made
        ),
        findings=tuple(findings),
        proofs=bench.result(proofs),
        coverage=coverage(base),
        robustness=bench.result(robustness),
        mutation=bench.result(mutation),
    )


def _look(check: Check[Any], at: Any) -> tuple[list[Trouble], str]:
    """Return what a check came upon, and the reason where it could not be made."""
    try:
        return list(dict.fromkeys(check.look(at))), ""
    except NotMadeError as error:
        return [], str(error)


def _finding(check: Check[Any], trouble: Trouble, waived: str) -> Finding:
    subject, (file, pointer), wrong, remedy = trouble
    return Finding(check.id, check.severity, subject, file, pointer, wrong, remedy, waived)


class _Waived(NamedTuple):
    """What the check of waivers looks at: what was found, and which checks there are and were not made."""

    subject: Subject
    used: set[tuple[str, str]]
    not_made: set[str]
    checks: set[str]


def _unused_waivers(waived: Any) -> Iterator[Trouble]:
    for index, waiver in enumerate(waived.subject.base.charter.waivers):
        place = waived.subject.file_of("charter"), f"/waivers/{index}"
        subject = f"{waiver.check}: {waiver.subject}"
        if waiver.check not in waived.checks:
            wrong = f"there is no check {quoted(waiver.check)}"
            remedy = did_you_mean(waiver.check, waived.checks, "`pushaway audit --list` names them.")
            yield Trouble(subject, place, wrong, remedy)
        elif waiver.check not in waived.not_made and (waiver.check, waiver.subject) not in waived.used:
            wrong = f"{quoted(waiver.check)} finds nothing about {quoted(waiver.subject)}"
            yield Trouble(subject, place, wrong, "Remove the waiver.")


WAIVERS.check("waiver-unused", Severity.WARNING, "A waiver accepts what is not found.")(_unused_waivers)

GROUPS: tuple[Checks[Any], ...] = (*WITHOUT_REASONING, *WITH_REASONING, WAIVERS)
"""All groups of checks, in the order in which they are made."""


def _figures(subject: Subject) -> Figures:
    base = subject.base
    cited = [one for one in coverage(base) if one.by]
    bases = [one.basis for one in base.rules] + [one.basis for one in base.safeguards]
    return Figures(
        facts=len(base.facts),
        conclusions=len(base.conclusions),
        rules=len(base.rules),
        responses=len(base.responses),
        safeguards=len(base.safeguards),
        cases=len(base.cases),
        examples=sum(len(rule.examples) for rule in base.rules),
        paragraphs=len(base.source.paragraphs),
        cited=len(cited),
        no_claim=sum(bool(one.no_claim) for one in base.source.paragraphs),
        basis=dict(sorted(Counter(bases).items())),
        reading=_reading(subject),
    )


def _reading(subject: Subject) -> Mapping[str, float]:
    """Return the reading grade of all texts of each kind of document together; none where it cannot be reckoned."""
    texts: dict[str, list[str]] = defaultdict(list)
    for one in said(subject.documents):
        kind = subject.documents[one.place[0]]["kind"]
        if len(one.text.split()) > 3:  # not names and labels
            texts[kind].append(one.text if one.text.endswith((".", "?", "!")) else one.text + ".")
    try:
        return {kind: round(reading_grade(" ".join(some)), 1) for kind, some in sorted(texts.items())}
    except NotMadeError:
        return {}
