"""``pushaway ask``: the interview."""

from __future__ import annotations

import json
import os

import click

from ..engine import Engine
from ..engine.consultation import Consultation, ConsultationError
from ..knowledge import KnowledgeError
from ..knowledge.problems import printable, quoted
from ..knowledge.reading import UnreadableJSONError, read_json
from ..knowledge.shape import misfits
from .given import contents
from .infer import print_answer
from .interview import Interview, LeftError
from .options import MisuseError, base_option, format_option, loaded, perspective_option, told
from .output import print_sections, print_text
from .recorded import Recorder, record_options
from .report import help_for
from .writing import replace_file


@click.command(
    epilog="""\b
Examples:
  pushaway ask
  pushaway ask --as self --save talk.json
  pushaway ask --resume talk.json --save talk.json

\b
Each answer is a letter and Enter. At any question:
  w  why it is asked, and what each answer would change
  b  back to the question before
  c  change any earlier answer; the later ones are kept
  q  stop, and see the answer so far (so do Ctrl-C and Ctrl-D)"""
)
@perspective_option
@click.option("--save", metavar="FILE", type=click.Path(), help="Keep the answers in this file, after each of them.")
@click.option("--resume", metavar="FILE", type=click.Path(), help="Go on with answers that were saved.")
@record_options
@base_option
@format_option("text", "json", "markdown")
def ask(
    perspective: str | None,
    save: str | None,
    resume: str | None,
    record: str | None,
    record_evidence: bool,  # noqa: FBT001 # click's flags
    base_dir: str | None,
    format_: str,
) -> None:
    """Be asked, one question at a time, and get the answer.

    It starts with who it is about, what was noticed, and safety; then it asks what could change the
    answer most, and stops when nothing could. You can leave out any question, and stop at any time.
    Nothing is kept unless you say --save or --record. Questions go to standard error, the answer to standard output.
    """
    recorder = Recorder(record, evidence=record_evidence)
    base = loaded(base_dir)
    engine = Engine(base)
    consultation = _resumed(resume, engine, perspective) if resume else _begun(engine, perspective)
    keeper = _Keeper(save, may_replace=_same(save, resume))
    keeper.begin(consultation)
    interview = Interview(consultation, keeper.keep)
    interview.welcome(kept=save is not None or record is not None)
    try:
        interview.run(ask_who=perspective is None and not consultation.told)
    except (LeftError, KeyboardInterrupt):
        print_text("\nThank you. This is the answer so far.", err=True)
    click.echo(err=True)
    if interview.alarms:  # the words were heard, though the question was left; they come before the answer
        first = help_for(base, interview.alarms)
        in_json = format_ == "json"
        print_sections(first, "text" if in_json else format_, err=in_json)
        print_text("", err=in_json)
    print_answer(interview.consultation.answer, base, format_)
    keeper.finish(interview.consultation)
    recorder.keep(interview.consultation.answer)


def _same(save: str | None, resume: str | None) -> bool:
    try:
        return save is not None and resume is not None and os.path.samefile(save, resume)
    except OSError:
        return False


def _begun(engine: Engine, perspective: str | None) -> Consultation:
    try:
        return Consultation(perspective, engine=engine)
    except ValueError as error:
        raise MisuseError(str(error)) from None


def _resumed(file: str, engine: Engine, perspective: str | None) -> Consultation:
    shown = printable(file, 200)
    if not os.path.isfile(file):  # nor standard input, which is for answers
        wrong = "it is not a file" if os.path.exists(file) else "there is no such file"
        raise MisuseError(f"{shown}: {wrong}. Give a file that --save wrote.")
    try:
        data = read_json(contents(os.path.join(".", file)))
        problems = list(misfits("consultation", shown, data))
        if problems:
            raise MisuseError(told(KnowledgeError(problems)))
        consultation = Consultation.from_dict(data, engine)
    except (UnreadableJSONError, ConsultationError) as error:
        raise MisuseError(f"{shown}: {error}") from None
    if perspective not in (None, consultation.perspective):
        raise MisuseError(
            f"--as says {quoted(perspective)} and {shown} says {quoted(consultation.perspective)}. Leave out --as."
        )
    if data["base"]["digest"] != engine.base.digest:
        print_text(
            f"These answers were given to version {printable(data['base']['version'])} of the base; "
            f"what follows from them is said by version {engine.base.version}.",
            err=True,
        )
    return consultation


class _Keeper:
    """Keeps a consultation in a file, whole or not at all, that only its owner can read."""

    def __init__(self, file: str | None, *, may_replace: bool) -> None:
        self._file = os.path.realpath(file) if file is not None else None  # what a link leads to, not the link
        self._wrong = ""
        if file is None:
            return
        if not file:
            raise MisuseError("--save was given no name. Give the path of a file.")
        if os.path.lexists(file) and not may_replace:
            raise MisuseError(
                f"{quoted(file, 200)} is there already. Give another name, or go on with it: --resume and --save, both."
            )

    def begin(self, consultation: Consultation) -> None:
        """Write it before anything is asked: what cannot be kept should not be told first. Raises MisuseError."""
        self.keep(consultation)
        if self._wrong:
            raise MisuseError(f"{quoted(self._file, 200)} cannot be written: {self._wrong}. Give another path.")

    def keep(self, consultation: Consultation) -> None:
        """Write what is told so far; what goes wrong is told at the end, after the answer."""
        if self._file is None:
            return
        try:
            data = json.dumps(consultation.to_dict(), indent=2).encode() + b"\n"
            replace_file(self._file, data, private=True)
            self._wrong = ""
        except OSError as error:
            self._wrong = str(error.strerror)

    def finish(self, consultation: Consultation) -> None:
        """Keep the last answers, also those that an interruption may have cut off. Raises MisuseError."""
        self.keep(consultation)
        if self._wrong:
            raise MisuseError(f"the answers could not all be saved in {quoted(self._file, 200)}: {self._wrong}.")
