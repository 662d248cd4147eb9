"""The interview as a person meets it: one question at a time, on standard error, answered in lines."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import click

from ..engine.answer import Question
from ..engine.certainty import believed
from ..engine.consultation import Consultation, Step
from ..knowledge import UnknownNameError, resolve
from ..knowledge.names import mentioned, normal
from ..knowledge.problems import quoted
from . import text
from .explained import known, why_asked
from .output import print_sections, print_text, text_width
from .replies import COMMANDS, NONE, choices, numbered, read_line, spelled_out
from .report import Item, Point, Section, capital, help_first, help_for, label

PATIENCE = 4
"""After how many chosen questions the answer so far is offered: with the opening that is ten questions at most."""


class LeftError(Exception):
    """The person has seen enough, or has nothing more to say."""


class _DetourError(Exception):
    """Something more important was asked in between; what was being asked is to be thought over again."""


class Interview:
    """Leads one consultation; ``consultation`` is always the one so far. ``keep`` is called after every answer."""

    def __init__(self, consultation: Consultation, keep: Callable[[Consultation], None]) -> None:
        self.consultation = consultation
        self._base = consultation.engine.base
        self._keep = keep
        self._choices = choices(self._base)
        self._paused_at = self._questions_answered
        self._paused_steady = False
        self._framed: set[str] = set()
        self._who_is_known = False
        self._first: deque[Step] = deque()
        """What is to be asked before anything new: earlier questions, or one about safety."""
        self.alarms: dict[str, None] = {}
        """Safeguard facts that the person's words may have spoken of, while the question about them is not answered."""

    def welcome(self, *, kept: bool) -> None:
        """Say how to answer, and what becomes of it."""
        keeping = "Your answers are kept in the file that you named." if kept else "Nothing that you say now is kept."
        self._say(f"Answer with a letter or a number, and Enter; q ends it with the answer so far. {keeping}")

    def run(self, *, ask_who: bool) -> None:
        """Ask until no question could change anything, and the person has seen that. Raises LeftError."""
        if self.consultation.told:
            self._show(self._answers())
        while True:
            try:
                if self._first:
                    self._ask(self._first.popleft())
                elif ask_who and not self._who_is_known:
                    self._ask_who()
                else:
                    self._go_on(self.consultation.next)
            except _DetourError:
                continue

    def _go_on(self, step: Step | None) -> None:
        if step is None:
            self._close()
        elif step.kind == "question" and self._pause_is_due:
            self._pause()
        else:
            self._ask(step)

    def _ask_who(self) -> None:
        """Ask from which perspective the rest is asked; from another, all but safety is asked anew."""
        perspectives = self._base.perspectives
        before = self.consultation
        keep = "   Enter keeps it" if before.told else ""
        asked = (Item(f"{number}  {one.label}") for number, one in enumerate(perspectives, 1))
        self._show(Section(self._base.interview.who, tuple(asked)))
        while True:
            said = self._line(f"1 to {len(perspectives)}{keep}   q quit")
            if keep and not said:
                return None
            for number, one in enumerate(perspectives, 1):
                if said in (str(number), one.id, one.label.casefold()):
                    self._who_is_known = True
                    if one.id == before.perspective:
                        return self._tell(before)
                    # What was answered was about another; only what calls for help is heard all the same.
                    told = {id: before.told[id] for safe in before.answer.safeguards for id in safe.because}
                    return self._tell(replace(before, perspective=one.id, told=told))
            self._not_understood(said, "Give the number of the one that fits.")

    def _ask(self, step: Step) -> None:
        """Ask one step until it is answered, or until the person goes elsewhere."""
        again = any(one.id in self.consultation.told for one in step.questions)
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
                return self._heard(step)

    def _heard(self, step: Step) -> None:
        for one in step.questions:
            self.alarms.pop(one.id, None)

    def _answered(self, step: Step, said: str) -> bool:
        """Take the answer to a single question; tell whether it was understood."""
        for choice in self._choices:
            if normal(said) in (choice.key, normal(choice.label)):
                self._tell(self.consultation.tell(step.questions[0].id, choice.reply))
                return True
        keys = ", ".join(choice.key for choice in self._choices)
        self._not_understood(said, f"Answer with {keys}, or with w, b, c, q.", step)
        return False

    def _chosen(self, step: Step, said: str) -> bool:
        """Take numbers, or names as for `infer`, of what applies; tell whether all of it was understood."""
        asked = [one.id for one in step.questions]
        so_far = [id for id in asked if self.consultation.told.get(id, 0.0) > 0]
        chosen: list[str] = []
        named: list[str] = []
        for part in re.split(r"[,;]", "" if said in NONE else spelled_out(said)):
            numbers, name = numbered(part)
            for number in numbers.split():
                if not (len(number) < 4 and 1 <= int(number) <= len(asked)):
                    self._not_understood(said, f"The numbers go from 1 to {len(asked)}.")
                    return False
                chosen.append(asked[int(number) - 1])
            try:
                named += [resolve(self._base, name)] if name else []
            except UnknownNameError as error:
                remedy = "" if error.near else " Give numbers of the list, or other words for it."
                self._not_understood(said, f"{error}{remedy}")
                return False
        if named and not chosen:
            chosen = so_far  # a name adds to what was chosen before, where numbers say all of it
        consultation = self.consultation.choose(step, [*chosen, *(id for id in named if id in asked)])
        for id in named:  # a name can also be that of something else, which is no reason not to hear it
            if id not in asked:
                consultation = consultation.tell(id, 1.0)
                self._say(f"Noted: {label(self._base, id)}.")
        self._tell(consultation)
        return True

    def _back(self, step: Step | None) -> None:
        """Go to the step before this one, or to the last one; without any, to who it is about."""
        places = [place.questions for place in self.consultation.asked]
        at = places.index(step.questions) if step is not None and step.questions in places else len(places)
        if at:
            self._first.append(self.consultation.asked[at - 1])
        else:
            self._ask_who()

    def _change(self) -> None:
        """Let an earlier answer be chosen, to be given anew or, where it was never asked for, to be taken back."""
        told = self._told()
        if not told:
            return self._say("Nothing was answered yet.")
        self._show(self._answers())
        while True:
            said = self._line(f"1 to {len(told)} to answer it anew   Enter to go on")
            if not said:
                return None
            if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(told):
                return self._anew(told[int(said) - 1][1])
            self._not_understood(said, "Give a number of the list, or press Enter.")

    def _anew(self, told: Step | str) -> None:
        if isinstance(told, Step):
            self._first.append(told)
        else:
            self._tell(self.consultation.take_back(told))
            self._say(f"Taken back: {label(self._base, told)}.")

    def _told(self) -> list[tuple[str, Step | str]]:
        """Return what was told, in words: steps, and the ids of what was told and cannot be asked for."""
        steps = self.consultation.asked
        asked = {one.id for step in steps for one in step.questions}
        others = [id for id in self.consultation.told if id not in asked]
        return [
            *((self._summary(step), step) for step in steps),
            *((f"{label(self._base, id)}: {known(self._base, self.consultation.told[id])}", id) for id in others),
        ]

    def _answers(self) -> Section:
        told = (Item(f"{number}  {words}") for number, (words, _) in enumerate(self._told(), 1))
        return Section("What was answered", tuple(told))

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
        readings = [one for one in answer.causes if believed(one.certainty)]
        points = (Point(capital(one.name), note=one.words) for one in readings)
        self._show(Section("So far", (Item(self._base.verdicts[answer.verdict], points=tuple(points)),)))
        if self._newly_steady:
            self._paused_steady = True
            self._say("No single answer could now change what comes first.")
        self._paused_at = self._questions_answered
        self._say(f"At most {left} more could still change what stands out or what helps.")
        self._offer({"g": "go on"})

    def _close(self) -> None:
        """Say that nothing more is asked, and why, and let a slip be mended before the answer."""
        safe = not self.consultation.answer.safeguards
        if safe:
            self._say("\nNo further question could change what stands out or what helps.")
        else:
            self._say("\nHelp comes first, so nothing more is asked.")
        self._offer({})

    def _offer(self, more: dict[str, str]) -> None:
        """Offer the answer, and other ways to go. Raises LeftError for the answer."""
        ways = {"a": "answer", **more, "b": "back", "c": "change"}
        while True:
            said = self._line("   ".join(f"{key} {word}" for key, word in ways.items()))
            match next((key for key, word in ways.items() if said in (key, word)), None):
                case "a":
                    raise LeftError
                case "b":
                    return self._back(None)
                case "c":
                    return self._change()
                case None:
                    self._not_understood(said, f"Answer with {', '.join(ways)}, and Enter.")
                case _:
                    return None

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
            so_far = known(self._base, told[question.id]) if again else ""
            return Section(place, (Item(question.question, note=so_far),))
        framing = self._base.interview.noticed if step.kind == "noticed" else self._base.interview.beyond
        listed = (
            Point(f"{number}  {one.question}", "+" if told.get(one.id, 0.0) > 0 else "")
            for number, one in enumerate(step.questions, 1)
        )
        return Section(place, (Item(framing, points=tuple(listed)),))

    def _offers(self, step: Step, *, again: bool) -> str:
        keep = "Enter keeps it   " if again else ""
        commands = "   ".join(f"{key} {word}" for key, word in COMMANDS.items())
        if step.several:
            nothing = "0 for none" if again else "Enter for none"
            return f"{keep}numbers such as 1 3, or names   {nothing}\n{commands}"
        return keep + "   ".join(f"{choice.key} {choice.label}" for choice in self._choices) + f"\n{commands}"

    def _explain(self, step: Step) -> None:
        answer = self.consultation.answer
        self._show(*why_asked([answer.explain(one.id, changes=False) for one in step.questions], self._base))

    def _summary(self, step: Step) -> str:
        told = self.consultation.told
        if step.several:
            chosen = [label(self._base, one.id) for one in step.questions if told[one.id] > 0]
            heading = "Noticed" if step.kind == "noticed" else "Beyond the source"
            return f"{heading}: {', '.join(chosen) or 'nothing'}"
        (question,) = step.questions
        return f"{question.question} {known(self._base, told[question.id])}"

    def _tell(self, consultation: Consultation) -> None:
        """Go on with a consultation, and show help at once where its last answer calls for it."""
        before = {one.id for one in self.consultation.answer.safeguards}
        self.consultation = consultation
        self._keep(consultation)
        self._show(*help_first(self._base, (one.id for one in consultation.answer.safeguards if one.id not in before)))

    def _not_understood(self, said: str, remedy: str, step: Step | None = None) -> None:
        """Say what would be understood, with help before it where what was said may speak of danger.

        At a question about safety any words may. What is a name of a danger is taken as told; where words
        only speak of one, that is asked about next. Raises _DetourError after either.
        """
        alarms = mentioned(self._base, said)
        if not alarms:
            if step is not None and step.kind == "safeguard" and len(said) > 2 and any(map(str.isalpha, said)):
                self._show(*help_for(self._base, [step.questions[0].id]))
            return self._say(f"{quoted(said)}: {remedy}" if said else remedy)
        named = self._base.names.get(normal(said))
        if named in alarms:
            self._say(f"Noted: {label(self._base, named)}.")
            self._tell(self.consultation.tell(named, 1.0))
            raise _DetourError
        self._show(*help_for(self._base, alarms))
        for fact in (self._base.fact[id] for id in alarms if self.consultation.told.get(id, 0.0) <= 0):
            self.alarms[fact.id] = None
            if self.consultation.perspective in fact.questions:
                question = Question(fact.id, fact.questions[str(self.consultation.perspective)])
                self._first.append(Step("safeguard", (question,)))
        raise _DetourError

    def _line(self, offers: str) -> str:
        """Return a line that the person gives, in lower case. Raises LeftError at the end of input, and for q."""
        for offer in offers.splitlines():
            whole = offer.replace(" ", "\u00a0").replace("\u00a0" * 3, "   ")  # no line breaks inside an offer
            for row in text.wrapped(whole, text_width(), "  "):
                print_text(click.style(row.replace("\u00a0", " "), dim=True), err=True)
        click.echo("> ", nl=False, err=True)
        line = read_line()
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
            print_text("", err=True)
            print_sections(sections, err=True)
