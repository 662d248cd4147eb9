"""``pushaway replay``: the answer of a record once more, or what differs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import click

from ..engine import Engine
from ..engine.recording import Record, RecordError
from ..engine.replaying import Divergence, Replay
from ..knowledge import KnowledgeError
from ..knowledge.problems import printable, quoted
from ..knowledge.reading import UnreadableJSONError, read_json
from ..knowledge.shape import misfits
from .given import STANDARD_INPUT, Gathering, as_misuse, contents
from .options import MisuseError, base_option, complete_names, format_option, loaded, names_option, told
from .output import print_json, print_sections
from .recorded import KEY
from .report import Item, Point, Section, capital


@click.command(
    epilog="""\b
Examples:
  pushaway infer --file case.json --record record.json
  pushaway replay record.json --file case.json

\b
Exit status: 0 the same answer, 1 something differs, 2 misuse or unreadable input."""
)
@click.argument("record", metavar="RECORD", type=click.Path())
@click.argument("names", metavar="[NAME[=CERTAINTY]]...", nargs=-1, shell_complete=complete_names)
@names_option("--no", "absent", "Was told to be absent, for a masked record. Repeatable.")
@click.option(
    "--file",
    "file",
    metavar="FILE",
    help="Read what was told from a case file, or one that `pushaway ask --save` wrote; - is standard input.",
)
@click.option("--key", metavar="FILE", type=click.Path(), help="The key of a masked record; RECORD.key if left out.")
@base_option
@format_option("text", "json", "markdown")
def replay(
    record: str,
    names: tuple[str, ...],
    absent: tuple[str, ...],
    file: str | None,
    key: str | None,
    base_dir: str | None,
    format_: str,
) -> None:
    """Answer once more what is in RECORD, and tell whether the answer is the same, and else what differs.

    `pushaway infer` and `ask` write a record with --record. Where it is masked, give what was told
    again, as you gave it then. Numbers are compared exactly. An answer can be the same though the base or
    pushaway is another version; which is said.
    """
    shown = printable(record, 200)
    base = loaded(base_dir)
    kept = _read(record, shown)
    given = Gathering(base, None)
    with as_misuse():
        evidence = _evidence(kept, given, names, absent, file)
        try:
            secret = None if key is None and kept.mask is None else _key(record + KEY if key is None else key)
            found = kept.replay(Engine(base), evidence, key=secret)
        except RecordError as error:
            raise MisuseError(f"{shown}: {error}") from None
    if format_ == "json":
        print_json(found.to_dict())
    else:
        print_sections(sections(kept, found), format_)
    if not found.same:
        click.get_current_context().exit(1)


def _read(record: str, shown: str) -> Record:
    try:
        data = read_json(contents(record))
        problems = list(misfits("record", shown, data))
        if problems:
            raise MisuseError(told(KnowledgeError(problems)))
        return Record.from_dict(data)
    except (UnreadableJSONError, RecordError) as error:
        raise MisuseError(f"{shown}: {error}") from None


def _evidence(
    record: Record, given: Gathering, names: tuple[str, ...], absent: tuple[str, ...], file: str | None
) -> Mapping[str, float] | None:
    """Return what was told, as it is given again; None for a record that is open and with which none is given."""
    if file is not None and record.kind == "consultation":
        if names or absent:
            raise MisuseError("What was told in an interview is given with --file alone. Leave out the names.")
        return _saved(file)
    given.arguments(names, absent)
    if file is not None:
        given.file(file)
    if given.perspective not in (None, record.perspective):
        raise MisuseError(
            f"It was recorded as {quoted(record.perspective)}, and what is given says {quoted(given.perspective)}."
        )
    return given.finish() if names or absent or file is not None else None


def _saved(file: str) -> Mapping[str, float]:
    shown = STANDARD_INPUT if file == "-" else printable(file, 200)
    try:
        data = read_json(contents(file))
    except UnreadableJSONError as error:
        raise MisuseError(f"{shown}: {error}") from None
    problems = list(misfits("consultation", shown, data))
    if problems:
        raise MisuseError(
            told(KnowledgeError(problems))
            + "\nWhat was told in an interview is in the file that `pushaway ask --save` wrote."
        )
    evidence: Mapping[str, float] = data["told"]
    return evidence


def _key(file: str) -> bytes:
    remedy = "Give the file that was written with the record, with --key."
    try:
        text = contents(os.path.join(".", file))
    except MisuseError:
        raise MisuseError(f"the key {quoted(file, 200)} cannot be read. {remedy}") from None
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if not key:
        raise MisuseError(f"{quoted(file, 200)} is no key. {remedy}")
    return key


def sections(record: Record, found: Replay) -> tuple[Section, ...]:
    """Return what a replay found, what keeps people safe first."""
    return tuple(section for section in _all(record, found) if section.items)


def _all(record: Record, found: Replay) -> Iterator[Section]:
    safety = [one for one in found.differences if one.about[0] == "safeguards"]
    yield Section("What keeps people safe is different", tuple(map(_item, safety)), urgent=True)
    something_else = any(one.at == "/masked/evidence" for one in found.differences)
    heading = "Something else was told" if something_else else "The same answer" if found.same else "Another answer"
    by = f"{record.base.id} {printable(record.base.version)}, pushaway {printable(record.versions.pushaway)}"
    when = "" if record.at is None else f", at {record.at}"
    recorded = Item(f"Recorded from {by}, asked as {record.perspective}{when}.")
    if something_else:
        yield Section(heading, (Item("What is given now is not what was recorded. So there is no telling."), recorded))
        return
    yield Section(heading, (recorded,))
    yield Section("What is different", tuple(_item(one) for one in found.differences if one not in safety))
    yield Section("What answers is different", tuple(map(_item, found.changed)))


def _item(one: Divergence) -> Item:
    values = [("recorded", one.recorded), ("now", one.now)]
    known = any(value is not None for _, value in values)
    points = tuple(Point(f"{when}: {_shown(value)}") for when, value in values) if known else ()
    return Item(printable(capital(", ".join(one.about).replace("_", " ")), 200), points=points)


def _shown(value: Any) -> str:
    return "nothing" if value is None else printable(json.dumps(value, ensure_ascii=False), 200)
