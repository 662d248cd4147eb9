"""``pushaway audit``: what it prints and writes, its exit status, and the lock."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from broken_base import CAR, broken_base
from click.testing import CliRunner, Result

import pushaway
from pushaway.cli import main
from pushaway.engine.audit import GROUPS

BROKEN = Path(__file__).parent / "audit"


def run(*arguments: str) -> Result:
    on = [] if {"--list", "--write-lock"} & {*arguments} else ["--date", "2026-11-24"]
    return CliRunner().invoke(main, ["audit", *on, *arguments])


def changes(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((BROKEN / f"{name}.json").read_text(encoding="utf-8"))["change"]
    return found


@pytest.fixture
def car(tmp_path: Path) -> Path:
    """Return a copy of the car, to be changed."""
    return broken_base(tmp_path, [])


def edit(file: Path, *steps: Any, value: Any = None) -> None:
    """Set what stands at some steps into a JSON file, or take it out where no value is given."""
    document = json.loads(file.read_text(encoding="utf-8"))
    *way, last = steps
    holder = document
    for step in way:
        holder = holder[step]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    file.write_text(json.dumps(document), encoding="utf-8")


def test_a_sound_base_passes_and_the_report_says_so() -> None:
    done = run("--base", str(CAR))
    assert done.exit_code == 0, done.output
    assert "No errors, no warnings" in done.stdout
    assert "pushaway[audit]" not in done.stdout
    assert not done.stderr


def test_python_and_the_command_find_the_same() -> None:
    done = run("--base", str(CAR), "--format", "json")
    from datetime import date

    assert json.loads(done.stdout) == json.loads(json.dumps(pushaway.audit(CAR, today=date(2026, 11, 24)).to_dict()))


@pytest.mark.parametrize(
    ("name", "fail_on", "status"),
    [
        ("duplicate-rule", "error", 1),
        ("duplicate-rule", "never", 0),
        ("unused-fact", "error", 0),
        ("unused-fact", "warning", 1),
        ("fragile-case", "warning", 0),
        ("fragile-case", "note", 1),
    ],
)
def test_the_status_says_whether_findings_are_as_grave_as_asked(
    name: str, fail_on: str, status: int, tmp_path: Path
) -> None:
    base = broken_base(tmp_path, changes(name))
    done = run("--base", str(base), "--fail-on", fail_on)
    assert done.exit_code == status
    assert name in done.stdout


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_findings_are_told_with_place_and_remedy(format_: str, tmp_path: Path) -> None:
    base = broken_base(tmp_path, changes("fact-without-question"))
    told = " ".join(run("--base", str(base), "--format", format_).stdout.replace("\\", "").split())
    for words in ("rules/causes.json#/rules/6/if", "who has no question for", "Give the fact a question"):
        assert words in told


def test_a_base_that_cannot_be_read_is_refused_with_all_its_problems(tmp_path: Path) -> None:
    base = broken_base(tmp_path, [{"file": "scales.json", "text": "["}, {"file": "base.json", "text": ""}])
    done = run("--base", str(base))
    assert done.exit_code == 2
    assert "scales.json" in done.stderr
    assert "base.json" in done.stderr


@pytest.mark.parametrize(
    ("article", "wrong"), [(None, "cannot be read"), (b"\xff\xfe", "is not UTF-8"), ("folder", "cannot be read")]
)
def test_an_article_that_cannot_be_read_is_refused(article: bytes | str | None, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    if article == "folder":
        file.mkdir()
    elif isinstance(article, bytes):
        file.write_bytes(article)
    done = run("--base", str(CAR), "--source", str(file))
    assert done.exit_code == 2
    assert wrong in done.stderr


def test_another_article_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("Something else.", encoding="utf-8")
    done = run("--base", str(CAR), "--source", str(tmp_path / "article.txt"), "--format", "json")
    assert done.exit_code == 1
    found = {one["check"] for one in json.loads(done.stdout)["findings"]}
    assert {"source-changed", "source-missing"} <= found


def test_the_list_names_every_check_and_what_is_refused_before() -> None:
    listed = json.loads(run("--list", "--format", "json").stdout)
    ids = [one["id"] for one in listed]
    assert [check.id for group in GROUPS for check in group] == ids[: -sum(x["severity"] == "refused" for x in listed)]
    assert {"circular-rules", "undeclared-fact"} <= set(ids)
    told = run("--list").stdout
    assert all(id in told for id in ids)


def test_a_report_is_written_whole_and_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    done = run("--base", str(CAR), "--format", "json", "--output", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))["base"]["id"] == "car-trouble"
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]
    if os.name == "posix":
        os.umask(mask := os.umask(0o022))
        assert file.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for file in (str(tmp_path / "nowhere" / "report.txt"), "nul\0inside"):
        done = run("--base", str(CAR), "--output", file)
        assert done.exit_code == 2
        assert "cannot be written" in done.stderr


def test_no_colour_goes_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    done = CliRunner().invoke(main, ["audit", "--base", str(CAR), "--output", str(file)], color=True)
    assert done.exit_code == 0
    assert "No errors, no warnings" in (told := file.read_text(encoding="utf-8"))
    assert "\x1b" not in told


def test_a_report_takes_the_place_of_nothing_that_it_is_about(car: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {file: file.read_bytes() for file in car.rglob("*") if file.is_file()}
    (outside := car.parent / "elsewhere").mkdir()
    (outside / "link.json").symlink_to(car / "base.json")
    monkeypatch.chdir(car)
    for inside in ("base.json", str(car / "report.txt"), "rules/../cases.json", str(outside / "link.json")):
        done = run("--base", str(car), "--output", inside)
        assert done.exit_code == 2
        assert "is in the folder of the base. Write the report somewhere else." in done.stderr
    article = outside / "article.txt"
    article.write_text("An article.", encoding="utf-8")
    done = run("--base", str(car), "--source", str(article), "--output", str(article))
    assert done.exit_code == 2
    assert "is the article" in done.stderr
    assert article.read_text(encoding="utf-8") == "An article."
    assert before == {file: file.read_bytes() for file in car.rglob("*") if file.is_file()}
    beside = f"{car}-report.txt"
    assert run("--base", str(car), "--output", beside).exit_code == 0
    assert Path(beside).is_file()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    done = run("--base", str(CAR), "--output", str(pipe))
    reader.join(timeout=60)
    assert done.exit_code == 0, done.output
    assert "No errors" in got[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="modes are posix")
def test_a_report_keeps_the_mode_of_the_file_that_it_replaces(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.touch(mode=0o600)
    assert run("--base", str(CAR), "--output", str(file)).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "arguments",
    [
        ("--list", "--format", "sarif"),
        ("--list", "--output", "x"),
        ("--base", str(CAR), "--write-lock", "--format", "json"),
        ("--list", "--write-lock"),
    ],
)
def test_options_that_would_be_ignored_are_refused(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["audit", *arguments])
    assert done.exit_code == 2
    assert "makes no report" in done.stderr


def test_an_empty_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(" \n", encoding="utf-8")
    done = run("--base", str(CAR), "--source", str(tmp_path / "article.txt"))
    assert done.exit_code == 2
    assert "is empty" in done.stderr


# The lock.


def test_a_requirement_cannot_go_without_a_reason(car: Path) -> None:
    it = {
        "id": "it",
        "title": "It holds.",
        "rationale": "It must.",
        "when": ["gauge-empty"],
        "never": ["find-the-leak"],
    }
    charter = car / "charter.json"
    charter.write_text(json.dumps({"kind": "charter", "requirements": [it]}), encoding="utf-8")
    run("--base", str(car), "--write-lock")
    charter.unlink()
    edit(car / "base.json", "version", value="0.2.0")
    assert _lock_findings(car) == {"removed-without-reason": "it", "lock-out-of-date": "car-trouble"}


def test_a_base_is_locked_and_then_passes(car: Path) -> None:
    before = json.loads(run("--base", str(car), "--format", "json").stdout)
    assert {one["id"] for one in before["checks"] if "--write-lock" in one["not_made"]} == {
        "lock-of-another-base",
        "changed-without-version",
        "base-changed-without-version",
        "removed-without-reason",
        "lock-out-of-date",
    }
    done = run("--base", str(car), "--write-lock")
    assert done.exit_code == 0, done.output
    report = json.loads(run("--base", str(car), "--format", "json").stdout)
    assert not [one for one in report["checks"] if "--write-lock" in one["not_made"]]
    assert report["findings"] == before["findings"]


def test_a_lock_says_the_same_however_the_documents_are_written(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    first = (car / "base.lock").read_text(encoding="utf-8")
    for file in car.rglob("*.json"):
        data = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(dict(reversed(data.items())), indent=7), encoding="utf-8")
    shutil.move(car / "rules" / "causes.json", car / "rules" / "reasons.json")
    run("--base", str(car), "--write-lock")
    second = (car / "base.lock").read_text(encoding="utf-8")
    assert json.loads(first)["items"] == json.loads(second)["items"]


def _lock_findings(base: Path) -> dict[str, str]:
    report = json.loads(run("--base", str(base), "--format", "json").stdout)
    group = {one["id"] for one in report["checks"] if one["group"] == "Lock"}
    return {one["check"]: one["subject"] for one in report["findings"] if one["check"] in group}


def test_a_change_needs_a_new_version(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    edit(car / "rules" / "causes.json", "rules", 0, "rationale", value="The article says otherwise.")
    assert _lock_findings(car) == {
        "changed-without-version": "starved-by-battery",
        "base-changed-without-version": "car-trouble",
    }
    refused = run("--base", str(car), "--write-lock")
    assert refused.exit_code == 1
    assert "starved-by-battery" in refused.stderr
    edit(car / "rules" / "causes.json", "rules", 0, "version", value=2)
    assert _lock_findings(car) == {"base-changed-without-version": "car-trouble"}
    edit(car / "base.json", "version", value="0.2.0")
    assert _lock_findings(car) == {"lock-out-of-date": "car-trouble"}
    assert run("--base", str(car), "--write-lock").exit_code == 0
    assert _lock_findings(car) == {}


def test_a_safeguard_fact_cannot_become_a_sign_unnoticed(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    edit(car / "facts" / "beyond.json", "of", value="finding")
    edit(car / "facts" / "beyond.json", "facts", 0, "source", value=[{"guideline": "fuel-safety"}])
    assert "changed-without-version" in _lock_findings(car)


def test_what_is_taken_out_needs_a_reason(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    edit(car / "rules" / "causes.json", "rules", 6)
    edit(car / "base.json", "version", value="0.2.0")
    assert _lock_findings(car) == {"removed-without-reason": "drops-seen", "lock-out-of-date": "car-trouble"}
    assert run("--base", str(car), "--write-lock").exit_code == 1
    removed = [{"id": "drops-seen", "reason": "Nobody looks at leads any more."}]
    (car / "charter.json").write_text(json.dumps({"kind": "charter", "removed": removed}), encoding="utf-8")
    assert _lock_findings(car) == {"lock-out-of-date": "car-trouble"}


def test_a_version_cannot_go_back(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    edit(car / "base.json", "version", value="0.0.9")
    assert _lock_findings(car) == {"base-changed-without-version": "car-trouble"}
    assert run("--base", str(car), "--write-lock").exit_code == 1


def test_the_lock_of_another_base_is_told_once(car: Path) -> None:
    run("--base", str(car), "--write-lock")
    edit(car / "base.lock", "base", "id", value="lorry-trouble")
    assert _lock_findings(car) == {"lock-of-another-base": "car-trouble"}
    assert run("--base", str(car), "--write-lock").exit_code == 1


@pytest.mark.parametrize("lock", ["{", "[]", '{"format": "1"}'])
def test_a_lock_that_is_none_is_refused(lock: str, car: Path) -> None:
    (car / "base.lock").write_text(lock, encoding="utf-8")
    done = run("--base", str(car))
    assert done.exit_code == 2
    assert "base.lock" in done.stderr


def test_the_shipped_base_is_not_locked_from_elsewhere() -> None:
    done = run("--write-lock")
    assert done.exit_code == 2
    assert "--base" in done.stderr
