"""What a new process imports: each command pays for what it uses, and only what reasons for experta."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

import pytest

from pushaway.cli.commands import COMMANDS

COMMAND = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv[0] = "pushaway"
from pushaway.cli import run
run()
"""
ANSWERS = ("infer", "withdrawn")
REASONING = {"experta", "pushaway.engine.experta_door", "pushaway.engine.shell"}
HEAVY = REASONING | {"jsonschema", "referencing", "jinja2", "textstat", "numpy", "pyarrow", "pandas"}
"""What no help, no completion and no list needs."""
COMPLETIONS = {
    "command": ("pushaway inf", "infer"),
    "option": ("pushaway infer --for", "--format"),
    "name": ("pushaway infer ignor", "ignoring-messages"),
    "absent name": ("pushaway infer --no other-is-h", "other-is-hurtful"),
    "perspective": ("pushaway infer --as se", "self"),
    "explained": ("pushaway explain overwh", "overwhelmed"),
    "rule": ("pushaway rules harm-l", "harm-leads"),
    "schema": ("pushaway schema ans", "answer"),
}


def _imported(*arguments: str, says: str, **environment: str) -> set[str]:
    """Return the modules that a new process of the command has imported when it has said what it should."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
    return {*done.stderr.split()}


def _of(imported: Iterable[str], unwanted: set[str]) -> set[str]:
    """Return those modules that are unwanted, or stand in a package that is."""
    return {one for one in imported if one in unwanted or one.partition(".")[0] in unwanted}


def test_an_answer_imports_what_reasons_and_nothing_that_checks() -> None:
    imported = _imported(*ANSWERS, says="What stands out")
    assert imported >= REASONING
    assert not _of(imported, HEAVY - REASONING)


def test_only_an_answer_that_names_the_digest_works_it_out() -> None:
    assert "hashlib" not in _imported(*ANSWERS, says="What stands out")
    assert "hashlib" in _imported(*ANSWERS, "--format", "json", says="sha256:")


@pytest.mark.parametrize("flag", ["--help", "-h", "--version"])
def test_neither_help_nor_version_import_any_command(flag: str) -> None:
    imported = _imported(flag, says="pushaway")
    assert not _of(imported, HEAVY)
    assert not imported & {f"pushaway.cli.{command}" for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_does_not_import_what_reasons(command: str) -> None:
    imported = _imported(command, "--help", says=f"pushaway {command}")
    assert f"pushaway.cli.{command}" in imported
    assert not _of(imported, HEAVY)


@pytest.mark.parametrize(
    "arguments", [("facts",), ("rules",), ("rules", "harm-leads"), ("schema", "answer")], ids=" ".join
)
def test_what_only_lists_does_not_import_what_reasons(arguments: tuple[str, ...]) -> None:
    assert not _of(_imported(*arguments, says="a"), HEAVY)


@pytest.mark.parametrize(("words", "expected"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_completion_does_not_import_what_reasons(words: str, expected: str) -> None:
    typed = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert not _of(_imported(says=f"plain,{expected}", _PUSHAWAY_COMPLETE="bash_complete", **typed), HEAVY)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_setting_up_completion_does_not_import_what_reasons() -> None:
    assert not _of(_imported(says="complete", _PUSHAWAY_COMPLETE="bash_source"), HEAVY)


def test_the_help_of_all_commands_says_a_sentence_of_each() -> None:
    assert all(said[0].isupper() and said.endswith(".") for said in COMMANDS.values())
    assert max(len(name) + len(said) for name, said in COMMANDS.items()) < 76, "it would not fit a terminal's line"
