"""Words: every string that a person can see, and known phrases that must not stand in it.

These are lists: they find what is on them, and nothing else. A word that is taken back earlier in its
clause ("none of this is your fault") is let be.

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


_NEGATION = re.compile(r"\b(?:no|not|none|nobody|nothing|never|neither|nor|without|cannot)\b[^.;!?]*$", re.I)
"""What takes a word back, earlier in its clause: nothing of this is your fault."""

_CONTRACTIONS = (
    (re.compile("[’ʼ]"), "'"),
    (re.compile(r"\bcan't\b", re.I), "cannot"),
    (re.compile(r"\bwon't\b", re.I), "will not"),
    (re.compile(r"n't\b", re.I), " not"),
    (re.compile(r"'ll\b", re.I), " will"),
    (re.compile(r"'re\b", re.I), " are"),
    (re.compile(r"'ve\b", re.I), " have"),
    (re.compile(r"-"), " "),
)


def _spelled_out(text: str) -> str:
    """Return text with contractions written out and hyphens as spaces, as the patterns expect it."""
    for pattern, instead in _CONTRACTIONS:
        text = pattern.sub(instead, text)
    return text


def _forbidden(subject: Subject, pattern: re.Pattern[str], wrong: str, remedy: str) -> Iterator[Trouble]:
    _english(subject)
    for one in said(subject.documents):
        text = _spelled_out(one.text)
        found = next((one for one in pattern.finditer(text) if not _NEGATION.search(text[: one.start()])), None)
        if found:
            yield Trouble(one.subject, one.place, f"{quoted(found[0])} {wrong}", remedy)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")(?!\w)", re.I)


_WHO = r"(?:you|they|he|she|who)"
_BE = r"(?:am|is|are|was|were)"
_ILL = (
    r"depression|anxiety|adhd|bpd|ptsd|ocd|autism|trauma|low self esteem|(?:an? )?fear of \w+|attachment issues|"
    r"trust issues|trouble trusting|(?:an? )?(?:\w+ )?(?:illness|condition|personality|complex|syndrome)"
)
_DIAGNOSIS = (
    r"diagnos\w*",
    r"disorders?",
    r"patholog\w*",
    r"symptoms? of",
    rf"{_WHO} (?:have|has|suffers? from) (?:\w+ )?(?:{_ILL})",
    rf"{_WHO} {_BE} (?:clinically |probably |an? )?"
    r"(?:depressed|bipolar|borderline|narcissis\w+|mentally ill|codependent)",
)


@WORDS.check("word-of-diagnosis", Severity.ERROR, "A text sounds like a diagnosis.")
def _diagnosis(subject: Subject) -> Iterator[Trouble]:
    # What a cause is called may be suggested, and never said to be what somebody has.
    causes = (re.escape(_spelled_out(one.name)) for one in subject.base.conclusions)
    said_of = rf"{_WHO} (?:have|has|suffers? from|{_BE}) (?:an? |the )?(?:{'|'.join(causes)})"
    remedy = "Say what it may be about, and leave findings about a person to a professional."
    yield from _forbidden(subject, _any(*_DIAGNOSIS, said_of), "sounds like a diagnosis", remedy)


_PROBABILITY = _any(
    r"probab\w*",
    r"likelihood",
    r"(?:very|most|quite|highly|more|less) likely",
    r"unlikely",
    r"odds (?:of|that|are)",
    r"\d+ ?(?:%|percent|per cent)",
    r"chances? (?:of|that|are)",
)


@WORDS.check("word-of-probability", Severity.ERROR, "A text calls a certainty a probability.")
def _probability(subject: Subject) -> Iterator[Trouble]:
    remedy = "Say how strongly it is suggested: a certainty measures no frequency."
    yield from _forbidden(subject, _PROBABILITY, "speaks of probability", remedy)


_BLAME = _any(
    r"your (?:own )?fault",
    rf"{_WHO} {_BE} to blame",
    r"(?:you|they) should (?:not )?have \w+(?:ed|en|one|aid|old|ept|ught|eft)",
    rf"{_WHO} {_BE} (?:just |so |too |being )?"
    r"(?:selfish|toxic|lazy|pathetic|needy|clingy|dramatic|sensitive|manipulative)",
    r"overreact\w*",
    r"attention seek\w*",
    r"you (?:made|make|drove|drive|pushed|forced) (?:them|him|her)",
    r"you (?:caused|brought|asked for|deserved?) (?:this|it|that)",
)


@WORDS.check("word-of-blame", Severity.ERROR, "A text blames somebody.")
def _blame(subject: Subject) -> Iterator[Trouble]:
    yield from _forbidden(subject, _BLAME, "blames somebody", "Say what happens and what helps, without a verdict.")


_SURELY = r"(?:surely |certainly |definitely |soon |always |all )?"
_PROMISE = _any(
    r"guarantee\w*",
    r"cures?",
    r"cured",
    rf"(?:you|they|it|this|things|everything|all|he|she) (?:will {_SURELY}|{_BE} going to )"
    r"(?:be (?:fine|okay|ok|all right|alright|better|happy|well)|get better|work out|work|pass|heal|go away)",
    rf"(?:they|he|she|it) (?:will {_SURELY}|{_BE} going to )come back",
    r"always works",
    r"never fails",
    r"in no time",
    r"(?:we|i) promise",
    r"(?:you|they|he|she) will not (?:hurt|harm|kill)",
    r"will turn out (?:fine|well|all right|okay)",
)


@WORDS.check("word-of-promise", Severity.ERROR, "A text promises success.")
def _promise(subject: Subject) -> Iterator[Trouble]:
    yield from _forbidden(subject, _PROMISE, "promises what nobody can", "Say what can help, and not that it will.")


_GRADE = r"(?:low|lower|medium|moderate|high|higher|severe|elevated|increased|imminent|minimal)"
_UNSAFE = _any(
    r"commit(?:s|ted|ting)? (?:a )?suicide",
    rf"suicides? (?:{_BE} |{_BE} being )?committed",
    r"(?:successful|completed|failed|unsuccessful) (?:suicide|attempt)\w*",
    r"attempt\w* (?:that )?(?:fails?|failed|succeed\w*)",
    r"(?:succeeded|failed) (?:in|at) (?:suicide|killing)",
    r"suicide (?:epidemic|victim)s?",
    rf"{_GRADE} (?:\w+ ){{0,2}}risk",
    rf"risk(?: of [\w ]{{1,30}}?)? (?:{_BE}|seems|looks) (?:\w+ )?{_GRADE}",
    r"cry for help",
    r"(?:hang|hung|hanged|hanging|kill|killed|shoot|shot|drown\w*) (?:your|them|him|her)sel(?:f|ves)",
    r"(?:overdose|overdoses|overdosed) on",
    r"jump(?:s|ed|ing)? (?:off|from) (?:a|the) (?:bridge|building|roof)",
    r"slit(?:s|ting)? (?:your|their|his|her)",
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
