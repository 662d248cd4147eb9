"""An audit as SARIF, which code hosts and editors show beside the file that a finding is about.

*Static Analysis Results Interchange Format (SARIF) Version 2.1.0*, OASIS Standard (2020), with its errata.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from urllib.parse import quote

from ..engine.audit import AuditReport
from ..engine.audit.report import Made
from ..knowledge.audit.checks import Finding
from .report import capital

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "BASE"
"""What the places of findings are relative to: the folder of the base, wherever a reader has it."""

_Place = tuple[str, str, str, str]


def sarif(report: AuditReport) -> dict[str, Any]:
    """Return a report as a SARIF 2.1.0 log with one run, JSON-ready. What the base waives is a suppressed result."""
    index = {one.id: number for number, one in enumerate(report.checks)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pushaway",
                        "version": report.engine,
                        "shortDescription": _message("Audits the knowledge base of a rule-based expert system."),
                        "rules": [_rule(one) for one in report.checks],
                    }
                },
                "automationDetails": {
                    "id": f"pushaway-audit/{report.base.id}/{report.audited_on}",
                    "description": _message(f"Audit of {report.base.id} {report.base.version}, {report.base.digest}."),
                },
                "language": "en",
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_BASE: {"description": _message("The folder of the knowledge base.")}},
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [_not_made(one, index) for one in report.checks if one.not_made],
                    }
                ],
                "results": _results(report, index),
            }
        ],
    }


def _rule(check: Made) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": _message(check.title),
        "defaultConfiguration": {"level": check.severity.value},
        "properties": {"tags": [check.group]},
    }


def _not_made(check: Made, index: dict[str, int]) -> dict[str, Any]:
    return {
        "level": "note",
        "message": _message(f"`{check.id}` was not checked. {check.not_made}"),
        "associatedRule": {"id": check.id, "index": index[check.id]},
    }


def _results(report: AuditReport, index: dict[str, int]) -> list[dict[str, Any]]:
    seen: Counter[_Place] = Counter()
    results = []
    for one in report.findings:
        place = one.check, one.subject, one.file, one.pointer
        results.append(_result(one, index[one.check], _fingerprint(place, seen[place])))
        seen[place] += 1
    return results


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, Any]:
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": quote(finding.file), "uriBaseId": _BASE}},
    }
    if finding.pointer:
        *_, step = finding.pointer.split("/")
        kind = "element" if step.isdecimal() else "property"
        place["logicalLocations"] = [{"fullyQualifiedName": finding.pointer, "kind": kind}]
    accepted = {"kind": "external", "status": "accepted", "justification": finding.waived}
    return {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": _message(f"{capital(finding.wrong)}. {finding.remedy}"),
        "locations": [place],
        "partialFingerprints": {"finding/v1": fingerprint},
        # In one run all results have this or none: an empty list says that a finding is not waived.
        "suppressions": [accepted] if finding.waived else [],
    }


def _fingerprint(place: _Place, number: int) -> str:
    """Return what tells a finding from all others, run after run: its place, and which one it is of those there.

    What it says is not in it: a new case changes the count in the words of a finding, and not the finding.
    """
    return hashlib.sha256("\0".join([*place, str(number)]).encode()).hexdigest()


def _message(text: str) -> dict[str, str]:
    """Return a message that says just this: braces would stand for arguments, and a bracket pair makes a link."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}
