"""What texts must not say to people is found, and kind sentences are let be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from broken_base import broken_base

from pushaway.engine.audit import subject_of
from pushaway.knowledge.audit.words import WORDS

HARMFUL = {
    "word-of-diagnosis": [
        "You have low self-esteem.",
        "You've got to know that you have BPD.",
        "They have depression.",
        "You're depressed.",
        "He is a narcissist.",
        "You have trouble trusting.",
        "This is a disorder.",
        "Who has the battery is flat.",
    ],
    "word-of-probability": [
        "It is probably so.",
        "Most likely it passes.",
        "There is an 80% chance of that.",
        "It is 80 % so.",
    ],
    "word-of-blame": [
        "It is your own fault.",
        "You caused this.",
        "You pushed them away.",
        "They are so selfish.",
        "You should have noticed.",
        "You should not have gone.",
    ],
    "word-of-promise": [
        "You'll be fine.",
        "It’ll get better.",
        "They'll come back.",
        "Everything is going to be okay.",
        "This cures it.",
        "They won't hurt themselves.",
    ],
    "unsafe-message": [
        "Your risk of suicide is low.",
        "There is a high suicide risk.",
        "The risk is moderate.",
        "A severe risk.",
        "He committed suicide.",
        "Suicide was committed.",
        "It was an attempt that failed.",
        "He hung himself.",
    ],
}
KIND = [
    "None of this is your fault.",
    "It isn’t your fault.",
    "You are not to blame.",
    "Everyone should have somebody to talk to.",
    "Needing rest is not selfish.",
    "If they manipulate you, get help.",
    "This is not a diagnosis.",
    "A clinical psychologist can help.",
    "If you have taken an overdose, call emergency services.",
    "Nobody can promise that it will be fine.",
    "It is something that you may be less sure of.",
    "Ask at which time will be better for them.",
    "People have died by suicide. Asking about it does not put the idea into anyone's head.",
    "Say that you need time, and that you will come back to them.",
    "Fear can make it feel risky to be close.",
]


def _found(text: str, folder: Path) -> set[str]:
    base = broken_base(folder, [{"file": "responses.json", "set": "/responses/2/text", "to": text}])
    subject = subject_of(base, today=date(2026, 11, 24))
    return {check.id for check in WORDS for one in check.look(subject) if one.subject == "dry-the-leads"}


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in HARMFUL.items() for text in texts])
def test_what_could_harm_is_found(check: str, text: str, tmp_path: Path) -> None:
    assert check in _found(text, tmp_path)


@pytest.mark.parametrize("text", KIND)
def test_a_kind_sentence_is_let_be(text: str, tmp_path: Path) -> None:
    assert not _found(text, tmp_path)
