"""`pushaway explain`, as a user meets it: what it says in each form, and that nobody composed it unreviewed."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import pushaway
from pushaway.cli import main
from pushaway.cli.explained import sections
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
EXAMPLE = ("withdrawn", "ignoring messages", "irritable")
FORMS = ("text", "markdown", "json")
IDS = [one.id for one in (*BASE.facts, *BASE.conclusions)]
SUBJECTS = [*IDS, *(one.id for one in (*BASE.responses, *BASE.safeguards))]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["explain", *arguments], prog_name="pushaway")
    assert result.exit_code == 0, result.stderr
    return result


def data_of(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


@pytest.mark.parametrize("cause", [one.id for one in BASE.causes])
def test_every_cause_of_the_readmes_example_is_explained_in_every_form(cause: str) -> None:
    data = data_of(cause, *EXAMPLE, "--with", "stressed")
    jsonschema.Draft202012Validator(schema("explanation")).validate(data)
    assert data["how"][0]["id"] == cause
    assert len(data["rules"]) == len(BASE.rules)
    assert len(data["what_if"]["difference"]["causes"]) == len(BASE.causes)
    assert data["changes"]
    fired = [ground["rule"] for ground in data["how"][0]["grounds"]]
    for form in ("text", "markdown"):
        shown = " ".join(run(cause, *EXAMPLE, "--with", "stressed", "--format", form).stdout.split()).replace("\\", "")
        assert BASE.conclusion[cause].text in shown
        for id in fired:
            rule = BASE.rule[id]
            assert rule.title in shown
            assert rule.rationale in shown
        for id in [one["rule"] for one in data["nearest"]][:5]:
            assert BASE.rule[id].title in shown
        for heading in ("What if", "Then", "One answer that would change what comes first", "Every rule"):
            assert heading in shown


def test_what_if_can_add_take_away_and_deny() -> None:
    supposed = data_of("overwhelmed", *EXAMPLE, "--with", "drained=0.6", "--without", "irritable", "--no", "sad")
    assert {one["id"]: one["certainty"] for one in supposed["what_if"]["changes"]} == {
        "drained": 0.6,
        "irritable": 0,
        "sad": -1,
    }
    evidence = {"withdrawn": True, "ignoring-messages": True, "drained": 0.6, "sad": False}
    after = {one.id: one.certainty for one in ENGINE.infer(evidence).causes}
    assert {one["id"]: one["after"] for one in supposed["what_if"]["difference"]["causes"]} == after
    assert [one["id"] for one in supposed["evidence"]] == ["withdrawn", "ignoring-messages", "irritable"]


def test_absent_evidence_is_given_with_no_as_an_answer() -> None:
    data = data_of("protective-distance", "withdrawn", "other-is-hurtful=no")
    assert {one["id"]: one["certainty"] for one in data["evidence"]} == {"withdrawn": 1, "other-is-hurtful": -1}
    assert data["how"][0]["grounds"][0]["rule"] == "no-harm"


def test_a_subject_goes_by_any_of_its_names() -> None:
    for name in ("trouble trusting others", "MISTRUST"):
        assert data_of(name, "withdrawn")["about"]["id"] == "mistrust"
    assert data_of("stay available", "withdrawn")["about"]["kind"] == "response"
    assert data_of("no energy", "withdrawn")["about"]["id"] == "drained"


def test_a_question_says_what_each_answer_would_change() -> None:
    shown = " ".join(run("stressed", "withdrawn", "irritable").stdout.split())
    assert BASE.fact["stressed"].questions["observer"] in shown
    assert "Overwhelmed emotionally (+0.36 → +0.62)" in shown
    assert "no or don't know • nothing" in shown
    assert "is not asked for it" in run("ashamed", "withdrawn").stdout


def test_a_response_says_why_it_is_withheld() -> None:
    shown = run("stay-available", "withdrawn", "mistreated").stdout
    assert "held back" in shown
    assert f"- {BASE.fact['mistreated'].label} (holds it back)" in shown
    assert BASE.safeguards[1].rationale in " ".join(run("in-danger", "withdrawn").stdout.split())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "arguments",
    [
        ("overwhelmed", "withdrawn", "self-harm-thoughts=0.1"),
        ("overwhelmed", "withdrawn", "--with", "suicidal"),
        ("self-harm-thoughts", "withdrawn"),
        ("seek-urgent-help", "withdrawn"),
    ],
)
def test_help_comes_first_wherever_it_may_be_needed(arguments: tuple[str, ...], form: str) -> None:
    shown = run(*arguments, "--format", form).stdout
    if form == "json":
        data = json.loads(shown)
        assert data["safeguards"][0]["id"] == "seek-urgent-help"
        assert data["safeguards"][0]["helplines"]
        assert [*data].index("safeguards") < [*data].index("how")
    else:
        opening = re.sub(r"[\s>█#⚠]+", " ", shown).strip()
        assert opening.startswith(("THOUGHTS OF SUICIDE", "Thoughts of suicide"))
        assert "findahelpline.com" in shown


REVIEWED = {
    text.casefold()
    for text in (
        *BASE.verdicts.values(),
        BASE.notice,
        BASE.notice_signs_only,
        BASE.source.title,
        *(one.label for one in BASE.perspectives),
        *(one.label for one in BASE.answers),
        *(one.title for one in BASE.source.guidelines),
        *(text for fact in BASE.facts for text in (fact.label, fact.text, *fact.questions.values())),
        *(text for one in BASE.conclusions for text in (one.name, one.text)),
        *(text for rule in BASE.rules for text in (rule.title, rule.rationale)),
        *(one.text for one in BASE.responses),
        *(text for one in BASE.safeguards for text in (one.text, one.rationale)),
    )
}
FIXED = re.compile(
    r"and \d+ more|at least \d+ of these \d+:|nothing|as told|asked as \w+|"
    r"whoever asks from here is not asked for it\.|"
    r"(yes|mostly|somewhat|no|don't know)( or (yes|mostly|somewhat|no|don't know))*|"
    r"\d+ fired, \d+ failed, \d+ waiting, \d+ not applicable"
)
"""What is said beyond headings, names and numbers without standing in the base."""


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(IDS), st.booleans() | st.floats(-1, 1), max_size=8),
    st.sampled_from(["observer", "self"]),
    st.sampled_from(SUBJECTS),
    st.sampled_from(IDS),
)
def test_every_sentence_stands_in_the_base(evidence: Any, perspective: str, about: str, supposed: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    explanation = answer.explain(about, what_if={supposed: True}, changes=about == "mistrust" and len(evidence) < 4)
    for section in sections(explanation, BASE):
        for item in () if section.urgent else section.items:
            for words in (item.words, item.name, *(point.words for point in item.points)):
                parts = [words] if words.casefold() in REVIEWED else words.split(" + ")
                for part in parts:
                    said = part.casefold()
                    assert said in REVIEWED | {""} or FIXED.fullmatch(said), part
