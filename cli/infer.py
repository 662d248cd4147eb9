"""``pushaway infer``: from evidence to an answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from ..engine import Answer, Engine, EvidenceError
from ..engine.evidence import certainty
from ..knowledge import KnowledgeBase, KnowledgeError, Problem, UnknownNameError, resolve
from ..knowledge.problems import pointer, quoted
from ..knowledge.reading import MEGABYTE, UnreadableJSONError, read_json
from . import markdown, text
from .options import (
    MisuseError,
    base_option,
    complete_names,
    complete_perspectives,
    format_option,
    loaded,
    resolved,
    told,
)
from .output import print_json, print_text, text_width
from .report import sections


@click.command(
    epilog="""\b
Examples:
  pushaway infer withdrawn "ignoring messages" irritable
  pushaway infer drained=0.6 stressed=mostly --no "other is hurtful" --as self
  pushaway infer --file case.json --format json

A case file looks like this:
  {"perspective": "self", "evidence": {"drained": 0.6, "other-is-hurtful": false}}"""
)
@click.argument("names", metavar="[NAME[=CERTAINTY]]...", nargs=-1, shell_complete=complete_names)
@click.option(
    "--no",
    "absent",
    metavar="NAME",
    multiple=True,
    help="Known to be absent. Repeatable.",
    shell_complete=complete_names,
)
@click.option(
    "--as",
    "perspective",
    metavar="PERSPECTIVE",
    help="Who asks: observer (someone pulls away from me; the default) or self (I pull away).",
    shell_complete=complete_perspectives,
)
@click.option("--file", "file", metavar="FILE", help="Read evidence from a JSON file; - is standard input.")
@base_option
@format_option("text", "json", "markdown")
def infer(
    names: tuple[str, ...],
    absent: tuple[str, ...],
    perspective: str | None,
    file: str | None,
    base_dir: str | None,
    format_: str,
) -> None:
    """Reason from what was noticed or told to probable causes and what helps.

    NAME is a fact's id, its label, or what people call it; `pushaway facts` lists them. CERTAINTY is
    a number from -1 (certainly not) to 1 (certainly, the default), or an answer such as yes, mostly,
    somewhat or no. What is not mentioned counts as unknown.
    """
    if not names and not absent and file is None:
        raise click.UsageError("Say what was noticed, for example: pushaway infer withdrawn irritable")
    base = loaded(base_dir)
    given = _Gathered(base)
    for name in names:
        given.add(*_argument(base, name))
    for name in absent:
        given.add(resolved(base, name), -1.0)
    if file is not None:
        asked = _case_file(base, file, given)
        if perspective is not None and asked is not None and asked != perspective:
            raise MisuseError(f"--as says {quoted(perspective)} and {file} says {quoted(asked)}. Keep one of them.")
        perspective = perspective or asked
    try:
        answer = Engine(base).infer(given.evidence, perspective=perspective)
    except EvidenceError as error:
        raise MisuseError(str(error)) from None
    _RENDER[format_](answer, base)


class _Gathered:
    """Evidence from all the places in which it may be given; it must not contradict itself."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self.evidence: dict[str, float] = {}

    def add(self, id: str, given: float) -> None:
        before = self.evidence.setdefault(id, given)
        if before != given:
            raise MisuseError(f"{quoted(id)} is given twice, as {before:g} and as {given:g}. Keep one of them.")


def _argument(base: KnowledgeBase, argument: str) -> tuple[str, float]:
    name, equals, given = argument.rpartition("=")
    if not equals:
        return resolved(base, argument), 1.0
    return resolved(base, name), _certainty(base, name, given)


def _certainty(base: KnowledgeBase, name: str, given: str) -> float:
    word = given.strip().casefold()
    choices = {key: one.certainty for one in base.answers for key in (one.id, one.label.casefold())}
    choices |= {"true": 1.0, "false": -1.0}
    if word in choices:
        return choices[word]
    try:
        return certainty(name, float(word))
    except EvidenceError as error:
        raise MisuseError(str(error)) from None
    except ValueError:
        answers = ", ".join(one.id for one in base.answers)
        raise MisuseError(
            f"{quoted(name)} was given {quoted(given)}. Give a number from -1 to 1, or: {answers}."
        ) from None


def _case_file(base: KnowledgeBase, file: str, given: _Gathered) -> str | None:
    """Add a case file's evidence to what was given; return the perspective it names."""
    shown = "standard input" if file == "-" else file
    try:
        document = read_json(_bytes(file))
    except UnreadableJSONError as error:
        raise MisuseError(f"{shown}: {error}") from None
    from ..knowledge.shape import misfits  # costs more than the inference; only a file needs it

    problems = [*misfits("evidence", shown, document), *_unknown(base, shown, document)]
    if problems:
        raise MisuseError(told(KnowledgeError(problems)))
    for name, value in document["evidence"].items():
        given.add(resolve(base, name), certainty(name, value))
    asked = document.get("perspective")
    return asked if isinstance(asked, str) else None


def _bytes(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(MEGABYTE + 1)
        with open(file, "rb") as stream:
            return stream.read(MEGABYTE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MisuseError(f"{quoted(file)} cannot be read: {reason}. Give the path of a JSON file, or -.") from None


def _unknown(base: KnowledgeBase, file: str, document: Any) -> Iterator[Problem]:
    evidence = document.get("evidence") if isinstance(document, dict) else None
    for name in evidence if isinstance(evidence, dict) else ():
        try:
            resolve(base, name)
        except UnknownNameError as error:
            wrong, _, remedy = str(error).partition(". ")
            yield Problem(file, pointer("evidence", name), wrong, remedy)


_RENDER: dict[str, Callable[[Answer, KnowledgeBase], None]] = {
    "text": lambda answer, base: print_text(text.render(sections(answer, base), text_width())),
    "json": lambda answer, _: print_json(answer.to_dict()),
    "markdown": lambda answer, base: print_text(markdown.render(sections(answer, base))),
}
