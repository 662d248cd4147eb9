"""``pushaway audit``: what somebody who has to answer for a base needs to know of it."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from ..engine.audit import GROUPS, REFUSED, AuditReport, audited, subject_of
from ..knowledge import KnowledgeBase, KnowledgeError
from ..knowledge.audit.checks import NotMadeError, Severity, Subject
from ..knowledge.audit.lock import FILE, LOCK, lock_text
from ..knowledge.loading import SHIPPED
from ..knowledge.problems import Problem, quoted
from .audited import sections
from .options import MisuseError, base_option, format_option, told
from .output import FORMATS, print_json, print_text, text_width
from .progress import Bar
from .text import wrapped
from .writing import replace_file

_LARGEST = 16 << 20
"""How many bytes an article may have."""


@click.command(
    epilog="""\b
Examples:
  pushaway audit --list
  pushaway audit --base my-base --source article.txt
  pushaway audit --base my-base --format html --output audit.html

\b
Exit status: 0 nothing at or above --fail-on, 1 findings, 2 misuse or a base that cannot be read."""
)
@click.option("--source", metavar="ARTICLE", help="The article, as text: its paragraphs are hashed and compared.")
@click.option(
    "--fail-on",
    type=click.Choice([*(one.value for one in Severity), "never"]),
    default="error",
    show_default=True,
    help="The least grave finding that counts; waived ones never do.",
)
@click.option("--list", "listing", is_flag=True, help="List the checks, and make none.")
@click.option("--write-lock", is_flag=True, help="Write base.lock beside the base of --base, if its versions allow.")
@click.option(
    "--date",
    "today",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day by which helplines are judged; today if left out.",
)
@click.option("--output", metavar="FILE", help="Write the report to this file, whole or not at all.")
@base_option
@format_option("text", "json", "markdown", "sarif", "html")
def audit(
    source: str | None,
    fail_on: str,
    listing: bool,  # noqa: FBT001 # click gives it so
    write_lock: bool,  # noqa: FBT001 # the same
    today: datetime | None,
    output: str | None,
    base_dir: str | None,
    format_: str,
) -> None:
    """Audit a knowledge base: its rules, its provenance, its words, and what it does.

    Looks for anomalies of the rules, compares citations with the source, reads every text, proves what
    must hold of every answer, moves the levels of certainty, and puts faults into copies of the base
    to see whether its own cases notice. What the base waives, with its reason, is reported and does not count.
    """
    if listing:
        _alone("--list", format_ in ("text", "json"), source, output, today, write_lock)
        _list(format_)
        return
    if write_lock:
        _alone("--write-lock", format_ == "text", source, output, today)
    if output is not None:
        _spare(output, base_dir, source)
    article = None if source is None else _article(source)
    try:
        subject = subject_of(base_dir, article=article, today=today.date() if today else None)
    except KnowledgeError as error:
        raise MisuseError(told(error)) from None
    if write_lock:
        _write_lock(subject, base_dir)
        return
    render = _renderer(format_)
    gc.enable()  # a process that answers once does without; an audit would take five times the memory
    with Bar() as bar:
        report = audited(subject, progress=bar)
    if output is None:
        _print(render(report, subject.base), format_)
    else:
        _write(output, click.unstyle(render(report, subject.base)))
    if fail_on != "never" and report.fails(Severity(fail_on)):
        click.get_current_context().exit(1)


def _alone(option: str, fits: bool, *others: object) -> None:  # noqa: FBT001 # whether the format does
    """Raise MisuseError where an option stands beside others that it would ignore."""
    if not fits or any(others):
        raise MisuseError(f"{option} makes no report, so it takes no other options than --base and its own.")


def _spare(output: str, base_dir: str | None, source: str | None) -> None:
    """Raise MisuseError where the report would take the place of what it is about."""
    try:
        folder, file = os.path.realpath(SHIPPED if base_dir is None else base_dir), os.path.realpath(output)
        beside, article = os.path.realpath(os.path.dirname(output)), os.path.realpath(source or folder)
    except ValueError:  # which is told where it is read or written
        return
    # Where the file itself is a link, both what it leads to and where it stands.
    if any(os.path.join(place, "").startswith(os.path.join(folder, "")) for place in (file, beside)):
        raise MisuseError(f"{quoted(output)} is in the folder of the base. Write the report somewhere else.")
    if file == article:
        raise MisuseError(f"{quoted(output)} is the article. Write the report to another file.")


def _renderer(format_: str) -> Callable[[AuditReport, KnowledgeBase], str]:
    """Return what turns a report into text; looked up before the work, so that what is missing is told at once."""
    if format_ == "json":
        return lambda report, _: _json(report.to_dict())
    if format_ == "sarif":
        from .sarif import sarif

        return lambda report, _: _json(sarif(report))
    if format_ == "html":
        from .page import page

        return page
    return lambda report, base: FORMATS[format_](sections(report, base))


def _json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _print(report: str, format_: str) -> None:
    if format_ in FORMATS:
        print_text(report)
    elif format_ == "html":
        click.echo(report)
    else:
        print_json(json.loads(report))


def _list(format_: str) -> None:
    rows = [(group.title, check.id, check.severity.value, check.title) for group in GROUPS for check in group]
    rows += [("Refused when a base is loaded", id, "refused", title) for id, title in REFUSED]
    if format_ == "json":
        print_json([dict(zip(("group", "id", "severity", "title"), row, strict=True)) for row in rows])
        return
    group = ""
    lines = []
    for of, id, severity, title in rows:
        if of != group:
            lines += [""] * bool(group) + [click.style(of, bold=True)]
            group = of
        lines += wrapped(f"{id} ({severity}): {title}", text_width(), "  ", "      ")
    print_text("\n".join(lines))


def _article(path: str) -> str:
    """Return the text of an article; raises MisuseError where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise MisuseError(f"{quoted(path)} is larger than {_LARGEST >> 20} MiB. Give the article as plain text.")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{quoted(path)}: byte {error.start + 1} is not UTF-8. Save the article as UTF-8.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MisuseError(f"{quoted(path)} cannot be read: {reason}. Give the article as a text file.") from None
    if not text.strip():
        raise MisuseError(f"{quoted(path)} is empty. Give the article as plain text.")
    return text


def _write_lock(subject: Subject, base_dir: str | None) -> None:
    """Write the lock of a base, unless something was changed or removed without saying so."""
    if base_dir is None:
        raise MisuseError("--write-lock needs --base: the shipped base is locked where it is written.")
    problems = []
    for check in LOCK if subject.lock is not None else ():
        try:
            troubles = list(check.look(subject)) if check.severity is Severity.ERROR else []
        except NotMadeError:
            continue  # which another of them tells
        problems += [Problem(*one.place, one.wrong, one.remedy) for one in troubles]
    if problems:
        print_text(f"Not locked. {told(KnowledgeError(problems))}", err=True)
        click.get_current_context().exit(1)
    _write(os.path.join(base_dir, FILE), lock_text(subject).rstrip("\n"))
    click.echo(f"Locked {subject.base.id} {subject.base.version}, as it is: this was no audit of it.", err=True)


def _write(path: str, text: str) -> None:
    """Write a file whole or not at all; raises MisuseError where it cannot be written."""
    try:
        replace_file(path, (text + "\n").encode(), private=False)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MisuseError(f"{quoted(path)} cannot be written: {reason}. Give another path.") from None
