"""What an answer holds, and that it says nothing that nobody has reviewed."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import pickle
import re
from fractions import Fraction
from typing import Any

import jsonschema
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pushaway
from pushaway.cli import report
from pushaway.knowledge.model import KnowledgeBase
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
NAMES = "|".join(re.escape(one) for one in [*(f.label for f in BASE.facts), *(c.name for c in BASE.conclusions)])
NOTE = re.compile(
    r"asked as \w+|yes|mostly|somewhat|no|[-+.e\d]+|"
    r"(strongly |weakly )?suggested|not indicated|spoken against|contradictory evidence|"
    r"(the source says so, |follows from the source, |our judgement on )?(¶[\d, ]+)?|checked [-\d]+|"
    rf"because: ({NAMES})(; ({NAMES}))*|¶ numbers its paragraphs; base pushing-away [.\d]+|[\w ]+, \d{{4}}"
)
ENGINE = pushaway.Engine(BASE)
IDS = [one.id for one in (*BASE.facts, *BASE.conclusions)]
EVIDENCE = st.dictionaries(st.sampled_from(IDS), st.booleans() | st.floats(-1, 1), max_size=10)
HEADINGS = {
    "What was said",
    "What stands out",
    "Other readings",
    "What to do first",
    "Then",
    "What to do",
    "Held back",
    "Questions that would help",
    "Beyond the source",
    "Where it comes from",
}


def test_the_published_example_holds() -> None:
    answer = pushaway.infer({"withdrawn": True, "irritable": 0.6}, perspective="observer")
    data = answer.to_dict()
    assert list(data) == [
        "format",
        "base",
        "engine",
        "perspective",
        "evidence",
        "safeguards",
        "verdict",
        "causes",
        "mechanisms",
        "responses",
        "withheld",
        "ask_next",
        "beyond",
        "notice",
    ]
    assert data["evidence"] == [{"id": "withdrawn", "certainty": 1.0}, {"id": "irritable", "certainty": 0.6}]
    assert answer.causes[0].id == data["causes"][0]["id"]
    assert answer.causes[0].certainty == data["causes"][0]["certainty"]
    assert list(data["causes"][0]) == ["id", "name", "certainty", "words", "because", "against"]
    assert list(data["causes"][0]["because"][0]) == ["rule", "share", "basis", "source"]
    assert list(data["responses"][0]) == ["id", "text", "for", "source"]
    assert len(data["causes"]) == 8


@given(EVIDENCE, st.sampled_from(["observer", "self"]))
def test_every_answer_fits_its_schema_and_survives_json(evidence: dict[str, Any], perspective: str) -> None:
    data = ENGINE.infer(evidence, perspective=perspective).to_dict()
    jsonschema.Draft202012Validator(schema("answer")).validate(data)
    assert json.loads(json.dumps(data)) == data


@given(EVIDENCE, st.sampled_from(["observer", "self"]))
def test_causes_and_mechanisms_are_ranked_and_their_shares_add_up(evidence: dict[str, Any], perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    order = [one.id for one in BASE.conclusions]
    for ranked in (answer.causes[1:] if answer.causes[0].id == "protective-distance" else answer.causes,):
        keys = [(-round(one.certainty, 9), order.index(one.id)) for one in ranked]
        assert keys == sorted(keys)
    for one in (*answer.causes, *answer.mechanisms):
        assert math.isclose(sum(r.share for r in (*one.because, *one.against)), one.certainty, abs_tol=1e-9)
        assert all(reason.share >= 0 for reason in one.because)
        assert all(reason.share <= 0 for reason in one.against)


@given(EVIDENCE, st.sampled_from(["observer", "self"]))
def test_every_word_stands_in_the_base(evidence: dict[str, Any], perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    known = {text.casefold() for text in _texts(BASE)}
    data = answer.to_dict()
    said = [data["notice"], *(one["name"] for one in (*data["causes"], *data["mechanisms"]))]
    said += [one["text"] for key in ("safeguards", "responses", "beyond") for one in data[key]]
    said += [one["question"] for one in data["ask_next"]]
    notes: list[str] = []
    for section in report.sections(answer, BASE):
        assert section.heading in HEADINGS or section.urgent
        for item in section.items:
            if section.heading == "Held back":
                said += [BASE_TEXT[id.replace(" ", "-")] for id in item.words.split(", ")]
            else:
                said += [item.words, item.name]
            said += [point.words for point in item.points if point.note and not section.urgent]
            notes += [item.note, *(point.note for point in item.points)]
    assert {text.casefold() for text in said if text and text not in IDS} <= known
    for note in notes:
        assert NOTE.fullmatch(note), note


def test_the_safeguard_is_the_first_section_and_the_last() -> None:
    for id in ("self-harm-thoughts", "in-danger", "mistreated"):
        for perspective in ("observer", "self"):
            answer = ENGINE.infer({"withdrawn": True, id: 0.1}, perspective=perspective)
            first, *rest, last = report.sections(answer, BASE)
            assert first.urgent
            assert first.items[0].words == answer.safeguards[0].text
            assert not any(section.urgent for section in rest)
            assert last == first, "said again where the eye rests at the end"


def test_evidence_about_a_conclusion_is_a_contribution_of_its_own() -> None:
    answer = pushaway.infer({"overwhelmed": 0.5, "stressed": True}, perspective="self")
    overwhelmed = next(one for one in answer.causes if one.id == "overwhelmed")
    assert {reason.rule: reason.basis for reason in overwhelmed.because} == {
        "evidence": "told",
        "stress-has-won": "stated",
    }
    assert overwhelmed.certainty == pytest.approx(0.5 + 0.4 - 0.2)


def test_certain_evidence_settles_a_conclusion() -> None:
    for told in (True, False):
        answer = pushaway.infer({"overwhelmed": told, "stressed": True}, perspective="self")
        overwhelmed = next(one for one in answer.causes if one.id == "overwhelmed")
        assert overwhelmed.certainty == (1 if told else -1)


def test_zero_is_the_same_as_not_given() -> None:
    assert pushaway.infer({"drained": 0, "sad": 0.0}).to_dict() == pushaway.infer({}).to_dict()


@pytest.mark.parametrize(
    ("evidence", "perspective", "told"),
    [
        ({"witdrawn": True}, None, "Did you mean `withdrawn`"),
        ({"withdrawn": 1.5}, None, "-1 to 1"),
        ({"withdrawn": math.nan}, None, "-1 to 1"),
        ({"withdrawn": math.inf}, None, "-1 to 1"),
        ({"withdrawn": 10**400}, None, "-1 to 1"),
        ({"withdrawn": "yes"}, None, r"was given text\. Give true, false, or a number"),
        ({"withdrawn": b"yes"}, None, "was given bytes"),
        ({"withdrawn": None}, None, r"was given nothing \(null\)\. .* Leave out what is not known"),
        ({"withdrawn": [True]}, None, "was given a list"),
        ({"withdrawn": {}}, None, "was given a mapping"),
        ({"withdrawn": object()}, None, "was given something of type object"),
        ({"withdrawn": 1j}, None, "was given something of type complex"),
        ({"withdrawn": numpy.array([True])}, None, "was given something of type ndarray"),
        ({"withdrawn": numpy.datetime64("2026-11-24")}, None, "was given something of type datetime64"),
        ({"withdrawn": numpy.float32("nan")}, None, "-1 to 1"),
        ({"withdrawn": Fraction(10**400)}, None, "-1 to 1"),
        ({"withdrawn": True}, "slef", "Did you mean `self`"),
        ({3: True}, None, "unknown fact"),
        (["withdrawn"], None, "not a list"),
        (None, None, r"not nothing \(null\)"),
    ],
)
def test_evidence_that_does_not_fit_is_a_clear_error(evidence: Any, perspective: str | None, told: str) -> None:
    with pytest.raises(pushaway.EvidenceError, match=told):
        pushaway.infer(evidence, perspective=perspective)


@pytest.mark.parametrize(
    ("given", "certainty"),
    [
        (numpy.bool_(True), 1.0),
        (numpy.bool_(False), -1.0),
        (numpy.int64(-1), -1.0),
        (numpy.uint8(1), 1.0),
        (numpy.float32(0.5), 0.5),
        (numpy.float16(0), 0.0),
        (numpy.array(False), -1.0),
        (numpy.array(0.5), 0.5),
        (Fraction(-1, 4), -0.25),
    ],
    ids=lambda one: f"{type(one).__name__} {one}",
)
def test_numbers_and_truth_of_other_libraries_are_taken_as_pythons_own(given: Any, certainty: float) -> None:
    told = pushaway.infer({"withdrawn": given})
    assert told.to_dict() == pushaway.infer({"withdrawn": certainty}).to_dict()
    assert all(type(one.certainty) is float for one in told.evidence)
    assert [*pushaway.infer_many([{"withdrawn": given}])] == [*pushaway.infer_many([{"withdrawn": certainty}])]
    assert pushaway.Consultation().tell("withdrawn", given).told == {"withdrawn": certainty}


def test_an_answer_cannot_be_changed() -> None:
    answer = pushaway.infer({"withdrawn": True})
    with pytest.raises(AttributeError):
        answer.verdict = "several"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        answer.causes[0].certainty = 1.0  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        BASE.title = "another"  # type: ignore[misc]


def test_nothing_that_a_base_or_a_trace_holds_can_be_changed() -> None:
    trace = ENGINE.trace({"withdrawn": True})
    held = [
        BASE.fact,
        BASE.rule,
        BASE.conclusion,
        BASE.names,
        BASE.verdicts,
        BASE.fact["withdrawn"].questions,
        BASE.cases[0].evidence,
        trace.certainties,
        trace.given,
        trace.standings,
        trace.contributions,
        trace.evidence.certainties,
    ]
    for mapping in held:
        for change in (
            lambda one: one.clear(),
            lambda one: one.update({"x": 1}),
            lambda one: one.pop("withdrawn", None),
            lambda one: one.__setitem__("withdrawn", 1),
            lambda one: one.setdefault("x", 1),
        ):
            with pytest.raises(TypeError):
                change(mapping)


def test_the_order_of_rules_changes_no_question_and_no_rank() -> None:
    turned = pushaway.Engine(dataclasses.replace(BASE, rules=BASE.rules[::-1]))
    for case in BASE.cases:
        given_, perspective = case.evidence, case.perspective
        one, other = (engine.infer(given_, perspective=perspective) for engine in (ENGINE, turned))
        assert one.ask_next == other.ask_next
        assert [cause.id for cause in one.causes] == [cause.id for cause in other.causes]


def test_denied_signs_are_not_said_to_show_anything() -> None:
    assert pushaway.infer({"withdrawn": False}).notice == BASE.notice


def test_an_engine_wants_a_base_and_a_matcher_that_there_is() -> None:
    with pytest.raises(TypeError, match=r"pushaway\.load"):
        pushaway.Engine("my-base")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ground or rete"):
        pushaway.Engine(matcher="retee").infer({})  # type: ignore[arg-type]


def test_answers_and_bases_can_be_copied_and_pickled() -> None:
    answer = pushaway.infer({"withdrawn": True})
    assert pickle.loads(pickle.dumps(answer)).to_dict() == answer.to_dict()
    assert pickle.loads(pickle.dumps(BASE)).digest == BASE.digest
    assert copy.deepcopy(answer).to_dict() == answer.to_dict()


def test_nobodys_answers_stand_in_a_repr() -> None:
    answer = pushaway.infer({"self-harm-thoughts": True})
    trace = ENGINE.trace({"self-harm-thoughts": True})
    for shown in (repr(answer), str(answer), repr(trace), repr(trace.evidence), repr(BASE)):
        assert "self-harm" not in shown
        assert "urgent" not in shown


def test_a_contradiction_between_certainties_is_reported() -> None:
    rules = tuple(rule._replace(certainty=-1.0) if rule.id == "stress-has-won" else rule for rule in BASE.rules)
    engine = pushaway.Engine(dataclasses.replace(BASE, rules=rules))
    answer = engine.infer({"stressed": True, "overwhelmed": True})
    data = answer.to_dict()
    jsonschema.Draft202012Validator(schema("answer")).validate(data)
    assert data["contradictions"] == ["overwhelmed"]
    assert next(one.certainty for one in answer.causes if one.id == "overwhelmed") == 0.0


BASE_TEXT = {one.id: one.text for one in BASE.responses}


def _texts(base: KnowledgeBase) -> list[str]:
    return [
        *base.verdicts.values(),
        base.notice,
        base.notice_signs_only,
        base.source.title,
        *(one.label for one in base.perspectives),
        *(one.title for one in base.source.guidelines),
        *(text for fact in base.facts for text in (fact.label, fact.text, *fact.questions.values())),
        *(text for one in base.conclusions for text in (one.name, one.text)),
        *(rule.title for rule in base.rules),
        *BASE_TEXT.values(),
        *(one.text for one in base.safeguards),
    ]
