"""Words: every string that a person can see, and what must not stand in it.

On suicide: *Reporting on Suicide* (reportingonsuicide.org) and Samaritans' *Media Guidelines*: nobody
"commits" it, no attempt "succeeds" or "fails", no method is named; and NICE NG225 rejects grading risk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ..declarations import Place
from ..problems import pointer, quoted
from .checks import Checks, NotMadeError, Severity, Subject, Trouble

WORDS = Checks[Subject]("Words")


class Said(NamedTuple):
    """A string that a person can see: what it belongs to, where it stands, and itself."""

    subject: str
    place: Place
    text: str


# For each kind of document the lists of items in it, and what of an item is seen.
_SEEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "facts": {"facts": ("label", "text", "questions")},
    "conclusions": {"mechanisms": ("name", "text"), "causes": ("name", "text")},
    "rules": {"rules": ("title", "rationale")},
    "responses": {"responses": ("text",)},
    "safeguards": {"safeguards": ("title", "text", "rationale"), "helplines": ("name", "contact", "region")},
    "cases": {"cases": ("title",)},
    "source": {"paragraphs": ("no_claim",)},
    "base": {"perspectives": ("label",)},
    "scales": {"answers": ("label",)},
    "charter": {
        "exclusions": ("reason",),
        "requirements": ("title", "rationale"),
        "waivers": ("reason",),
        "removed": ("reason",),
    },
}
# What is seen of the document itself.
_FRAME: Mapping[str, tuple[str, ...]] = {
    "base": ("title", "verdicts", "interview", "notice", "notice_signs_only"),
    "scales": ("certainty",),
}


def said(documents: Mapping[str, Any]) -> Iterator[Said]:
    """Yield every string that a person can see, in the order of the documents.

    What people call things is not among them: those are their words, and not ours.
    """
    for file, document in sorted(documents.items()):
        kind = document["kind"]
        for key in _FRAME.get(kind, ()):
            yield from _strings(kind, (file, pointer(key)), document[key])
        for key, seen in _SEEN.get(kind, {}).items():
            for index, item in enumerate(document.get(key, [])):
                for part in seen:
                    yield from _strings(_subject(item), (file, pointer(key, index, part)), item.get(part, ""))


def _subject(item: Any) -> str:
    return f"¶{item['number']}" if "number" in item else str(item.get("id") or item.get("subject") or item["reason"])


def _strings(subject: str, place: Place, value: Any) -> Iterator[Said]:
    file, at = place
    if isinstance(value, str) and value:
        yield Said(subject, place, value)
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        if step != "id":
            yield from _strings(subject, (file, at + pointer(step)), inner)


def _english(subject: Subject) -> None:
    language = next(one["language"] for one in subject.documents.values() if one["kind"] == "base")
    if not language.lower().startswith("en"):
        raise NotMadeError(f"It knows English words only, and the base is in {quoted(language)}.")


def _forbidden(subject: Subject, pattern: re.Pattern[str], wrong: str, remedy: str) -> Iterator[Trouble]:
    _english(subject)
    for one in said(subject.documents):
        found = pattern.search(one.text)
        if found:
            yield Trouble(one.subject, one.place, f"{quoted(found[0])} {wrong}", remedy)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b", re.I)


_DIAGNOSIS = _any(
    r"diagnos\w*",
    r"disorders?",
    r"patholog\w*",
    r"symptoms? of",
    r"you (?:have|suffer from) (?:an? |the )?(?:\w+ )?(?:fear|issues?|condition|illness|depression|anxiety|esteem)",
    r"(?:you|they) are (?:depressed|bipolar|borderline|narcissistic|mentally ill)",
    r"clinical(?:ly)?",
)


@WORDS.check("word-of-diagnosis", Severity.ERROR, "A text sounds like a diagnosis.")
def _diagnosis(subject: Subject) -> Iterator[Trouble]:
    remedy = "Say what it may be about, and leave findings about a person to a professional."
    yield from _forbidden(subject, _DIAGNOSIS, "sounds like a diagnosis", remedy)


_PROBABILITY = _any(
    r"probab\w*", r"likel(?:y|ihood)", r"unlikely", r"odds", r"\d+ ?(?:%|percent|per cent)", r"chances? (?:of|that|are)"
)


@WORDS.check("word-of-probability", Severity.ERROR, "A text calls a certainty a probability.")
def _probability(subject: Subject) -> Iterator[Trouble]:
    remedy = "Say how strongly it is suggested: a certainty measures no frequency."
    yield from _forbidden(subject, _PROBABILITY, "speaks of probability", remedy)


_BLAME = _any(
    r"(?<!not )(?<!not be )(?<!n't )(?<!never )your (?:own )?fault",
    r"(?:to|you're to) blame",
    r"should(?:n't| not)? have",
    r"selfish\w*",
    r"toxic",
    r"lazy",
    r"pathetic",
    r"overreact\w*",
    r"too (?:sensitive|needy|clingy)",
    r"attention[- ]seek\w*",
    r"manipulat\w*",
    r"you (?:made|make|drove|drive) them",
    r"brought (?:this|it) on yourself",
)


@WORDS.check("word-of-blame", Severity.ERROR, "A text blames somebody.")
def _blame(subject: Subject) -> Iterator[Trouble]:
    yield from _forbidden(subject, _BLAME, "blames somebody", "Say what happens and what helps, without a verdict.")


_PROMISE = _any(
    r"guarantee\w*",
    r"cures?",
    r"cured",
    r"will (?:surely |certainly |definitely |soon |all )?be (?:fine|okay|ok|all right|better|happy)",
    r"will (?:surely |certainly |definitely |soon |all )?(?:get better|work out|pass|heal|go away)",
    r"they will (?:\w+ )?come back",
    r"always works",
    r"never fails",
    r"in no time",
    r"promise\w*",
)


@WORDS.check("word-of-promise", Severity.ERROR, "A text promises success.")
def _promise(subject: Subject) -> Iterator[Trouble]:
    yield from _forbidden(subject, _PROMISE, "promises what nobody can", "Say what can help, and not that it will.")


_UNSAFE = _any(
    r"commit(?:s|ted|ting)? (?:a )?suicide",
    r"(?:successful|completed|failed|unsuccessful) (?:suicide|attempt)\w*",
    r"(?:succeeded|failed) (?:in|at) (?:suicide|killing)",
    r"suicide (?:epidemic|victim)s?",
    r"(?:low|medium|moderate|high|increased)[- ](?:risk|level of risk)",
    r"cry for help",
    r"overdos\w*",
    r"hang(?:s|ed|ing)? (?:yourself|themselves|himself|herself)",
    r"jump(?:s|ed|ing)? (?:off|from) (?:a|the) (?:bridge|building|roof)",
    r"slit\w*",
    r"easy way out",
    r"selfish act",
)


@WORDS.check("unsafe-message", Severity.ERROR, "A text speaks of suicide in a way that can do harm, or grades risk.")
def _unsafe(subject: Subject) -> Iterator[Trouble]:
    remedy = "Say “died by suicide”, name no method, grade no risk, and say where help is."
    yield from _forbidden(subject, _UNSAFE, "is not safe to say", remedy)


HARDEST = 12.0
"""The highest reading grade, in years of school, of a text that a person is given."""

ENOUGH_WORDS = 12
"""In a shorter text a single long word decides the grade, so it says nothing."""


@lru_cache(maxsize=4096)
def reading_grade(text: str) -> float:
    """Return the years of school that a text takes to read, 0 or more: the automated readability index.

    Senter and Smith, *Automated Readability Index* (1967), as textstat reckons it. It counts letters,
    words and sentences, so it needs no dictionary. Raises :class:`NotMadeError` where textstat is missing.
    """
    try:
        import textstat
    except ImportError:
        raise NotMadeError("It needs textstat: install `pushaway[audit]`.") from None
    return max(0.0, float(textstat.automated_readability_index(text)))


@WORDS.check("hard-to-read", Severity.WARNING, "A text is harder to read than it need be.")
def _hard(subject: Subject) -> Iterator[Trouble]:
    _english(subject)
    for one in said(subject.documents):
        if len(one.text.split()) >= ENOUGH_WORDS and reading_grade(one.text) > HARDEST:
            wrong = f"{quoted(one.text)} takes {reading_grade(one.text):.0f} years of school to read"
            yield Trouble(one.subject, one.place, wrong, "Use shorter words, or make two sentences of it.")


OLDEST = 365
"""How many days ago a helpline may have been checked."""


@WORDS.check("helpline-not-checked", Severity.ERROR, "A helpline was not checked within a year.")
def _old(subject: Subject) -> Iterator[Trouble]:
    lines = {line.id: line for safeguard in subject.base.safeguards for line in safeguard.helplines}
    for line in lines.values():
        age = (subject.today - date.fromisoformat(line.verified)).days
        if age > OLDEST or age < 0:
            file, at = subject.place("helplines", line.id)
            when = f"{age} days ago" if age >= 0 else "on a day that is still to come"
            yield Trouble(
                line.id,
                (file, at + "/verified"),
                f"{quoted(line.name)} was last checked {when}",
                "Look it up on its own page, and give the date.",
            )
