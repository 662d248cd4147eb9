"""The README says what is so."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pushaway
from pushaway.cli.commands import COMMANDS as SUBCOMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python3 -m venv .*$", README, re.M)


def pushaway_command(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    _, *arguments = shlex.split(line)
    return subprocess.run(
        [sys.executable, "-m", "pushaway", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"COLUMNS": "80", "PYTHONUTF8": "1"},
    )


def test_the_answer_that_it_shows_is_real() -> None:
    shown = re.search(r"<!-- answer -->\n```\n(.*?)```\n<!-- /answer -->", README, re.S)
    assert shown
    asked = COMMANDS[0].rpartition("/")[2]
    assert pushaway_command(asked, ROOT).stdout == shown[1]


def test_its_two_commands_stand_in_ci_word_for_word() -> None:
    ci = ROOT / ".ci" / "run"
    if not ci.exists():
        pytest.skip("not a checkout: no .ci/run beside the tests")
    assert len(COMMANDS) == 2
    assert set(COMMANDS) <= set(ci.read_text(encoding="utf-8").splitlines())


def test_each_of_its_commands_works(tmp_path: Path) -> None:
    lines = re.findall(r"^(?:echo .* [|] )?pushaway .*$", README, re.M)
    assert len(lines) >= 6
    for folder in ("my-base", "changed-base"):
        shutil.copytree(Path(__file__).parent / "bases" / "car", tmp_path / folder)
    (tmp_path / "article.txt").write_text("Another article.", encoding="utf-8")
    (tmp_path / "cases.jsonl").write_text('{"id": 1, "evidence": {"left me on read": true}}\n', encoding="utf-8")
    (tmp_path / "survey.csv").write_text("id,date,name,withdrawn\n1,2026-11-01,Ada,yes\n", encoding="utf-8")
    for line in lines:
        done = (
            subprocess.run(
                line.replace("pushaway infer --file", f"{sys.executable} -m pushaway infer --file"),
                shell=True,
                capture_output=True,
                encoding="utf-8",
                check=False,
                cwd=tmp_path,
            )
            if line.startswith("echo")
            else pushaway_command(line, tmp_path)
        )
        finds = "--source article.txt" in line  # which is none that the base was made from
        assert done.returncode == finds, done.stderr
        assert "Traceback" not in done.stderr


def test_it_names_every_command() -> None:
    assert SUBCOMMANDS
    for name in SUBCOMMANDS:
        assert f"pushaway {name}" in README


def test_its_python_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    exec(code.replace("tests/bases/car", (Path(__file__).parent / "bases" / "car").as_posix()), {})


def test_its_figures_are_those_of_the_base() -> None:
    base = pushaway.load()
    bases = [rule.basis for rule in base.rules]
    assert f"{len(base.rules)} rules" in README
    counts = re.search(r"(\d+) say what it states, (\d+) what follows from it, and (\d+) are", README)
    assert counts
    assert [int(one) for one in counts.groups()] == [bases.count(one) for one in ("stated", "implied", "judgement")]
    assert (
        f"Helplines were last checked on {min(line.verified for s in base.safeguards for line in s.helplines)}"
        in README
    )


def test_its_figures_of_the_audit_are_those_of_the_audit(shipped_report: pushaway.AuditReport) -> None:
    assert f"{len(shipped_report.mutation)} small faults" in README
    assert f"its own {shipped_report.figures.cases} cases, and its rules' examples, notice all of them" in README
    assert shipped_report.caught == len(shipped_report.mutation)
