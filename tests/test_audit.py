"""The audit finds what is wrong with a base, each defect by the check that is for it and by no other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from broken_base import CAR, broken_base

import pushaway
from pushaway.engine.audit import GROUPS, AuditReport, audit, audited, subject_of
from pushaway.engine.evidence import Given
from pushaway.knowledge.audit.checks import Finding, Severity

TODAY = date(2026, 11, 24)
BROKEN = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "audit").glob("*.json"))
}
CHECKS = {check.id: check for group in GROUPS for check in group}


def _audited(base: Path, **given: Any) -> AuditReport:
    return audit(base, today=TODAY, **given)


@cache
def _sound() -> AuditReport:
    return _audited(CAR)


def _new(report: AuditReport) -> list[Finding]:
    """Return the findings that the sound base does not have."""
    return [one for one in report.findings if one not in _sound().findings]


def test_the_sound_base_is_sound() -> None:
    assert not _sound().fails(Severity.WARNING)
    assert all(one.broken_by is None for one in _sound().proofs)
    assert _sound().caught == len(_sound().mutation) > 50


def test_a_severity_can_be_given_by_its_name() -> None:
    finding = Finding("case-fails", Severity.WARNING, "here", "cases.json", "", "it fails", "Mend it.")
    report = dataclasses.replace(_sound(), findings=(finding,))
    assert [report.fails(name) for name in ("error", "warning", "note")] == [False, True, True]
    assert [report.count(name) for name in ("error", "warning", "note")] == [0, 1, 0]
    assert report.count(Severity.WARNING) == 1
    for ask in (report.fails, report.count):
        with pytest.raises(ValueError, match=r"^unknown severity `eror`\. Did you mean `error`\?$"):
            ask("eror")
        with pytest.raises(ValueError, match=r"^unknown severity `7`\. Choose one of: error, warning, note\.$"):
            ask(7)  # type: ignore[arg-type]


def test_what_is_no_article_or_day_is_told_before_the_work() -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"article": 5}, "the article is text, not a number"),
        ({"today": "2026-11-24"}, r"a date, not text\. Give one, as date\.fromisoformat"),
        ({"today": datetime(2026, 11, 24)}, "a date, not something of type datetime"),
    ]
    for given, says in wrong:
        with pytest.raises(TypeError, match=says):
            pushaway.audit(CAR, **given)


@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_is_found_by_its_check_and_no_other(name: str, tmp_path: Path) -> None:
    broken = BROKEN[name]
    found = _new(_audited(broken_base(tmp_path, broken["change"])))
    assert len(found) == len(broken["findings"]), found
    for one, wanted in zip(found, broken["findings"], strict=True):
        assert wanted["wrong"] in one.wrong
        assert {"wrong": one.wrong, **wanted} == {key: getattr(one, key) for key in wanted} | {"wrong": wanted["wrong"]}
        assert one.severity is CHECKS[one.check].severity
        assert one.remedy.endswith((".", "?"))


ENGINE = {"safeguard-not-given", "advice-not-withheld", "advice-for-another", "verdict-untrue"}
SOURCE = {"source-changed", "source-missing", "source-moved", "source-added"}
LOCK = {
    "lock-of-another-base",
    "changed-without-version",
    "base-changed-without-version",
    "removed-without-reason",
    "lock-out-of-date",
}


def test_every_check_has_a_base_that_it_is_for() -> None:
    found = {one["check"] for broken in BROKEN.values() for one in broken["findings"]}
    assert found | ENGINE | SOURCE | LOCK == CHECKS.keys()


# What only an engine at fault can bring about is shown with one.


class _Faulty(pushaway.Engine):
    """An engine whose answers somebody has tampered with."""

    def __init__(self, base: pushaway.KnowledgeBase, fault: Callable[[pushaway.Answer], pushaway.Answer]) -> None:
        super().__init__(base)
        self._fault = fault

    def infer(self, evidence: Given, *, perspective: str | None = None) -> pushaway.Answer:
        return self._fault(super().infer(evidence, perspective=perspective))


def _without_safeguards(answer: pushaway.Answer) -> pushaway.Answer:
    return dataclasses.replace(answer, safeguards=())


def _with_all_advice(answer: pushaway.Answer) -> pushaway.Answer:
    base = answer.reasoning.trace.base
    given = {one.id for one in answer.responses} | {one.id for one in answer.withheld}
    advice = (one for one in base.responses if one.id in given)
    template = pushaway.Engine(base).infer({"flat-battery": True}).responses[0]
    return dataclasses.replace(answer, responses=tuple(template._replace(id=one.id) for one in advice))


def _with_advice_for_drivers(answer: pushaway.Answer) -> pushaway.Answer:
    template = pushaway.Engine(answer.reasoning.trace.base).infer({"flat-battery": True}).responses[0]
    return dataclasses.replace(answer, responses=(*answer.responses, template._replace(id="find-the-leak")))


def _always_one(answer: pushaway.Answer) -> pushaway.Answer:
    return dataclasses.replace(answer, verdict="one")


@pytest.mark.parametrize(
    ("check", "fault"),
    [
        ("safeguard-not-given", _without_safeguards),
        ("advice-not-withheld", _with_all_advice),
        ("advice-for-another", _with_advice_for_drivers),
        ("verdict-untrue", _always_one),
    ],
)
def test_an_engine_at_fault_is_found(check: str, fault: Callable[[pushaway.Answer], pushaway.Answer]) -> None:
    subject = subject_of(CAR, today=TODAY)
    report = audited(subject, engine=_Faulty(subject.base, fault))
    assert {one.check for one in _new(report)} == {check}
    broken = [one for one in report.proofs if one.broken_by is not None]
    assert {one.check for one in broken} == {check}
    for one in broken:
        assert one.broken_by is not None
        assert len(one.broken_by) <= 2, "what breaks it is told as small as it can be"


# The source, at hand or not.

ARTICLE = [f"This is what paragraph {number} says." for number in range(1, 21)]


@pytest.fixture
def with_article(tmp_path: Path) -> Path:
    """Return the car with the hashes of another article, whose text is there."""
    from pushaway.knowledge.passages import passage_hash

    listed = json.loads((CAR / "source.json").read_text(encoding="utf-8"))["paragraphs"]
    base = broken_base(tmp_path, [])
    for file in base.rglob("*.json"):
        text = file.read_text(encoding="utf-8")
        for paragraph, words in zip(listed, ARTICLE, strict=True):
            text = text.replace(paragraph["sha256"], passage_hash(words))
        file.write_text(text, encoding="utf-8")
    return base


def _text(*paragraphs: str) -> str:
    return "\r\n\r\n".join(paragraphs)


def _of_source(report: AuditReport) -> dict[tuple[str, str], str]:
    return {(one.check, one.subject): one.wrong for one in report.findings if one.check in SOURCE}


def test_the_article_that_a_base_is_made_from_fits_it(with_article: Path) -> None:
    report = _audited(with_article, article=_text(*(f"  {words.replace(' ', '   ')}" for words in ARTICLE)))
    assert report.source_compared
    assert not _of_source(report)
    assert not [one for one in report.checks if one.id in SOURCE and one.not_made]


@pytest.mark.parametrize(
    ("article", "found"),
    [
        ([*ARTICLE[:8], "Other words.", *ARTICLE[9:]], {("source-changed", "¶9"): "`dim-lights`, `low-charge`"}),
        (ARTICLE[:-1], {("source-missing", "¶20"): "cited by `find-the-leak`"}),
        (
            [*ARTICLE[:3], ARTICLE[4], ARTICLE[3], *ARTICLE[5:]],
            {("source-moved", "¶4"): "is paragraph 5", ("source-moved", "¶5"): "is paragraph 4"},
        ),
        ([*ARTICLE, "One more."], {("source-added", "¶21"): "paragraph 21"}),
    ],
    ids=["changed", "missing", "moved", "added"],
)
def test_an_article_that_does_not_fit_is_told_paragraph_by_paragraph(
    with_article: Path, article: list[str], found: dict[tuple[str, str], str]
) -> None:
    told = _of_source(_audited(with_article, article=_text(*article)))
    assert told.keys() == found.keys()
    for key, wrong in found.items():
        assert wrong in told[key]


def test_without_the_article_the_report_says_that_nothing_was_compared() -> None:
    assert not _sound().source_compared
    assert {one.id for one in _sound().checks if "--source" in one.not_made} == SOURCE


def test_without_a_reading_grade_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from pushaway.knowledge.audit.words import reading_grade

    reading_grade.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "textstat", None)
    report = _audited(CAR)
    (check,) = (one for one in report.checks if one.id == "hard-to-read")
    assert "pushaway[audit]" in check.not_made
    assert report.figures.reading == {}
    reading_grade.cache_clear()


def test_without_cases_the_report_says_what_could_not_be_tried(tmp_path: Path) -> None:
    report = _audited(broken_base(tmp_path, [{"file": "cases.json", "delete": True}]))
    without = {one.id for one in report.checks if "no cases" in one.not_made}
    assert without == {"case-fails", "rule-not-exercised", "fragile-case", "mutant-not-noticed"}
    assert not report.open


# Waivers.


def test_what_a_base_accepts_is_reported_with_the_reason_and_does_not_count(tmp_path: Path) -> None:
    waiver = {"check": "unused-fact", "subject": "radio-on", "reason": "A rule for it is on its way."}
    charter = {"file": "charter.json", "text": json.dumps({"kind": "charter", "waivers": [waiver]})}
    report = _audited(broken_base(tmp_path, [*BROKEN["unused-fact"]["change"], charter]))
    (finding,) = _new(report)
    assert finding.waived == waiver["reason"]
    assert finding not in report.open
    assert not report.fails(Severity.WARNING)
    (check,) = (one for one in report.checks if one.id == "unused-fact")
    assert (check.findings, check.waived) == (0, 1)


# The report as a whole.


def test_the_report_fits_its_schema() -> None:
    from pushaway.knowledge.shape import misfits

    data = json.loads(json.dumps(_sound().to_dict()))
    assert not list(misfits("audit", "report", data))
    assert {one["id"] for one in data["checks"]} == CHECKS.keys()


def test_two_audits_of_one_base_are_the_same() -> None:
    assert _audited(CAR).to_dict() == _sound().to_dict()


def test_the_progress_of_everything_that_takes_long_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    audit(CAR, today=TODAY, progress=lambda *step: told.append(step))
    assert {what for what, _, _ in told} == {"behaviour", "robustness", "mutation"}
    for what in {what for what, _, _ in told}:
        steps = [(done, total) for of, done, total in told if of == what]
        assert [done for done, _ in steps] == list(range(steps[0][1] + 1))
