"""The interview as a person meets it: one question at a time, on standard error, answered in lines."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import NamedTuple

import click

from ..engine.consultation import Consultation, Reply, Step
from ..engine.engine import Engine
from ..knowledge import UnknownNameError, resolve
from ..knowledge.names import normal
from ..knowledge.problems import quoted
from . import text
from .explained import why_asked
from .given import offer_help
from .options import unknown
from .output import print_text, text_width
from .report import Item, Point, Section, capital, help_first, label, worth

PATIENCE = 5
"""After how many chosen questions the answer so far is offered: with the opening that is eleven screens at most."""

LONGEST = 10_000
"""How many bytes of a line are read at once: more than anybody types, and less than could fill a memory."""

NONE = ("0", "n", "no", "none")
"""What can be said for none of several."""

_LEADING_NUMBERS = re.compile(r"((?:\d+(?:\s+|$))*)(.*)", re.DOTALL)

COMMANDS = {"w": "why", "b": "back", "c": "change", "q": "quit"}
"""What can be said instead of an answer, by its key or by its word."""


class LeftError(Exception):
    """The person has seen enough, or has nothing more to say."""


class _Choice(NamedTuple):
    """An answer that can be given: its key, how it reads, and what it tells."""

    key: str
    label: str
    reply: Reply


class Interview:
    """Leads one consultation; ``consultation`` is always the one so far. ``keep`` is called after every answer."""

    def __init__(self, consultation: Consultation, keep: Callable[[Consultation], None]) -> None:
        self.consultation = consultation
        self._base = consultation.engine.base
        self._keep = keep
        self._choices = _choices(consultation.engine)
        self._paused_at = self._questions_answered
        self._paused_steady = False
        self._framed: set[str] = set()

    def welcome(self, *, kept: bool) -> None:
        """Say how to answer, and what becomes of it."""
        keeping = "Your answers are kept in the file that you named." if kept else "Nothing that you say is kept."
        self._say(f"Answer with a letter or a number, and Enter; q ends it with the answer so far. {keeping}")

    def ask_who(self) -> None:
        """Ask from which perspective the rest is asked. Raises LeftError."""
        perspectives = self._base.perspectives
        asked = (Item(f"{number}  {one.label}") for number, one in enumerate(perspectives, 1))
        self._show(Section(self._base.interview.who, tuple(asked)))
        while True:
            said = self._line(f"1 to {len(perspectives)}   q quit")
            for number, one in enumerate(perspectives, 1):
                if said in (str(number), one.id, one.label.casefold()):
                    return self._tell(self.consultation.seen_as(one.id))
            self._not_understood(said, "Give the number of the one that fits.")

    def run(self) -> None:
        """Ask until no question could change anything. Raises LeftError."""
        while (step := self.consultation.next) is not None:
            if step.kind == "question" and self._pause_is_due:
                self._pause()
            else:
                self._ask(step)
        if not self.consultation.answer.safeguards:
            self._say("\nNo further question could change what is said.")

    def _ask(self, step: Step, *, again: bool = False) -> None:
        """Ask one step until it is answered, or until the person goes elsewhere."""
        self._frame(step)
        self._show(self._section(step, again=again))
        while True:
            said = self._line(self._offers(step, again=again))
            command = next((word for key, word in COMMANDS.items() if said in (key, word)), None)
            if command == "why":
                self._explain(step)
                self._show(self._section(step, again=again))
            elif command == "back":
                return self._back(step)
            elif command == "change":
                return self._change()
            elif (again and not said) or (self._chosen(step, said) if step.several else self._answered(step, said)):
                return None

    def _answered(self, step: Step, said: str) -> bool:
        """Take the answer to a single question; tell whether it was understood."""
        for choice in self._choices:
            if normal(said) in (choice.key, normal(choice.label)):
                self._tell(self.consultation.tell(step.questions[0].id, choice.reply))
                return True
        self._not_understood(
            said, f"Answer with {', '.join(choice.key for choice in self._choices)}, or with w, b, c, q."
        )
        return False

    def _chosen(self, step: Step, said: str) -> bool:
        """Take numbers, or names as for `infer`, of what applies; tell whether all of it was understood."""
        asked = [one.id for one in step.questions]
        chosen: list[str] = []
        for part in re.split(r"[,;]", "" if said in NONE else said):
            numbers, name = _LEADING_NUMBERS.fullmatch(part.strip()).groups()  # type: ignore[union-attr] # fits all
            for number in numbers.split():
                if not (len(number) < 4 and 1 <= int(number) <= len(asked)):
                    self._not_understood(said, f"The numbers go from 1 to {len(asked)}.")
                    return False
                chosen.append(asked[int(number) - 1])
            try:
                chosen += [resolve(self._base, name)] if name else []
            except UnknownNameError as error:
                self._not_understood(name, unknown(error))
                return False
        consultation = self.consultation.choose(step, [id for id in chosen if id in asked])
        for id in chosen:  # a name can also be that of something else, which is no reason not to hear it
            consultation = consultation if id in asked else consultation.tell(id, 1.0)
        self._tell(consultation)
        return True

    def _back(self, step: Step) -> None:
        """Ask the step before this one again; without one, who it is about."""
        places = [place.questions for place in self.consultation.asked]
        at = places.index(step.questions) if step.questions in places else len(places)
        if at:
            self._ask(self.consultation.asked[at - 1], again=True)
        else:
            self.ask_who()

    def _change(self) -> None:
        """Let an earlier answer be chosen, and ask for it again; all others are kept."""
        asked = self.consultation.asked
        if not asked:
            return self._say("Nothing was answered yet.")
        told = [Item(f"{number}  {self._summary(step)}") for number, step in enumerate(asked, 1)]
        while True:
            self._show(Section("What was answered", tuple(told)))
            said = self._line(f"1 to {len(asked)} to answer it anew, Enter to go on")
            if not said:
                return None
            if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(asked):
                return self._ask(asked[int(said) - 1], again=True)
            self._not_understood(said, "Give a number of the list, or press Enter.")

    @property
    def _questions_answered(self) -> int:
        return sum(step.kind == "question" for step in self.consultation.asked)

    @property
    def _newly_steady(self) -> bool:
        return not self._paused_steady and self._questions_answered > self._paused_at and self.consultation.steady

    @property
    def _pause_is_due(self) -> bool:
        return self._questions_answered >= self._paused_at + PATIENCE or self._newly_steady

    def _pause(self) -> None:
        """Say what stands out so far, and offer the answer."""
        answer, left = self.consultation.answer, self.consultation.progress.left
        points = (Point(capital(answer.causes[0].name), note=answer.causes[0].words),) if answer.leading else ()
        self._show(Section("So far", (Item(self._base.verdicts[answer.verdict], points=points),)))
        if self._newly_steady:
            self._paused_steady = True
            self._say("No single answer could now change what comes first.")
        self._paused_at = self._questions_answered
        self._say(f"At most {left} more could still change something of what is said.")
        while True:
            said = self._line("Enter see the answer   g go on   b back   c change")
            if said in ("g", "go on"):
                return None
            if not said:
                raise LeftError
            if said in ("b", "back"):
                return self._ask(self.consultation.asked[-1], again=True)
            if said in ("c", "change"):
                return self._change()
            self._not_understood(said, "Press Enter, or g.")

    def _frame(self, step: Step) -> None:
        """Say once, before the first of its kind, what the base has to say of it."""
        framing = {"safeguard": self._base.interview.safeguards}.get(step.kind)
        if framing and step.kind not in self._framed:
            self._framed.add(step.kind)
            self._say("\n" + framing)

    def _section(self, step: Step, *, again: bool) -> Section:
        answered, left = self.consultation.progress
        place = "Answered before" if again else f"{answered + 1} of at most {answered + left}"
        told = self.consultation.told
        if not step.several:
            (question,) = step.questions
            so_far = worth(self._base, float(told[question.id] or 0)) if again else ""
            return Section(place, (Item(question.question, note=so_far),))
        framing = self._base.interview.noticed if step.kind == "noticed" else self._base.interview.beyond
        listed = (
            Point(f"{number}  {one.question}", "+" if told.get(one.id) else "")
            for number, one in enumerate(step.questions, 1)
        )
        return Section(place, (Item(framing, points=tuple(listed)),))

    def _offers(self, step: Step, *, again: bool) -> str:
        keep = "Enter keeps it   " if again else ""
        commands = "   ".join(f"{key} {word}" for key, word in COMMANDS.items())
        if step.several:
            nothing = "0 for none" if again else "Enter for none"
            return f"{keep}numbers such as 1 3, or names   {nothing}\n{commands}"
        return keep + "   ".join(f"{choice.key} {choice.label}" for choice in self._choices) + f"\n  {commands}"

    def _explain(self, step: Step) -> None:
        if step.kind == "safeguard":
            called = [one for one in self._base.safeguards if one.fact == step.questions[0].id]
            self._show(*(Section(one.title, (Item(one.rationale),)) for one in called))
        elif step.kind == "beyond":
            self._show(Section("Why this question", (Item(self._base.interview.beyond),)))
        else:
            answer = self.consultation.answer
            self._show(*why_asked([answer.explain(one.id, changes=False) for one in step.questions], self._base))

    def _summary(self, step: Step) -> str:
        told = self.consultation.told
        if step.several:
            chosen = [label(self._base, one.id) for one in step.questions if told[one.id]]
            return f"{step.kind}: {', '.join(chosen) or 'none'}"
        (question,) = step.questions
        return f"{question.question} {worth(self._base, float(told[question.id] or 0))}"

    def _tell(self, consultation: Consultation) -> None:
        """Go on with a consultation, and show help at once where its last answer calls for it."""
        before = {one.id for one in self.consultation.answer.safeguards}
        self.consultation = consultation
        self._keep(consultation)
        self._show(*help_first(self._base, (one.id for one in consultation.answer.safeguards if one.id not in before)))

    def _not_understood(self, said: str, remedy: str) -> None:
        """Say what would be understood; where what was said may speak of danger, help comes first."""
        offer_help(self._base, [said])
        self._say(f"{quoted(said)}: {remedy}" if said else remedy)

    def _line(self, offers: str) -> str:
        """Return a line that the person gives, in lower case. Raises LeftError at the end of input, and for q."""
        for offer in offers.splitlines():
            whole = offer.replace(" ", "\u00a0").replace("\u00a0" * 3, "   ")  # no line breaks inside an offer
            for row in text.wrapped(whole, text_width(), "  "):
                print_text(click.style(row.replace("\u00a0", " "), dim=True), err=True)
        click.echo("> ", nl=False, err=True)
        line = sys.stdin.buffer.readline(LONGEST) if sys.stdin is not None else b""
        if not line:
            raise LeftError
        if not sys.stdin.isatty():
            click.echo(err=True)  # what is typed into a terminal ends its line there; what comes from a pipe does not
        said = " ".join(line.decode("utf-8", "replace").split()).casefold()
        if said in ("q", "quit", "stop"):
            raise LeftError
        return said

    def _say(self, words: str) -> None:
        for line in words.split("\n"):
            print_text("\n".join(text.wrapped(line, text_width())), err=True)

    def _show(self, *sections: Section) -> None:
        if sections:
            print_text("\n" + text.render(sections, text_width()), err=True)


def _choices(engine: Engine) -> tuple[_Choice, ...]:
    """Return the answers of the base's scale, each with a key: a letter of its own, or else its number."""
    given: list[tuple[str, Reply]] = [(one.label, one.id) for one in engine.base.answers]
    if all(one.certainty != 0 for one in engine.base.answers):
        given.append(("don't know", None))
    found: dict[str, _Choice] = {}
    for number, (said, reply) in enumerate(given, 1):
        initial = normal(said)[:1]
        key = initial if initial.isalpha() and initial not in (*found, *COMMANDS) else str(number)
        found[key] = _Choice(key, said, reply)
    return tuple(found.values())
