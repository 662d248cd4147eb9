"""A consultation: immutable, honest about how far it is, and never asking what can change nothing."""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import pushaway
from pushaway import Consultation
from pushaway.engine.consultation import Step
from pushaway.knowledge.loading import read
from pushaway.knowledge.model import Case
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
CAR = pushaway.Engine(pushaway.load(Path(__file__).parent / "bases" / "car"))
SCREENS = 12
"""Advice must be reached in fewer screens than this, that of the perspective among them."""


def answered(consultation: Consultation, step: Step, replies: dict[str, Any]) -> Consultation:
    """Answer a step as the replies say; what they do not mention is not known."""
    if step.several:
        return consultation.choose(step, [one.id for one in step.questions if replies.get(one.id, 0) > 0])
    (question,) = step.questions
    return consultation.tell(question.id, replies.get(question.id))


def at_random(chance: random.Random, step: Step) -> dict[str, Any]:
    return {one.id: chance.choice([1, 0.7, 0.4, -1, 0]) for one in step.questions}


def walk(perspective: str, chance: random.Random, engine: pushaway.Engine | None = None) -> list[Consultation]:
    """Return the consultations of an interview that is answered at random, safeguards with no, to its end."""
    consultation = Consultation(perspective, engine=engine) if engine else Consultation(perspective)
    path = [consultation]
    while (step := path[-1].next) is not None:
        replies = at_random(chance, step) if step.kind != "safeguard" else {step.questions[0].id: -1}
        path.append(answered(path[-1], step, replies))
    return path


@cache
def path_of(perspective: str, seed: int) -> tuple[Consultation, ...]:
    """Return one such interview on the shipped base; several tests look at the same ones."""
    return tuple(walk(perspective, random.Random(seed)))


each_path = pytest.mark.parametrize(
    ("perspective", "seed"), [("self", 1), ("self", 2), ("observer", 3), ("observer", 4)]
)


@each_path
def test_progress_never_runs_backwards_and_ends_at_nothing_left(perspective: str, seed: int) -> None:
    path = path_of(perspective, seed)
    progress = [one.progress for one in path]
    assert [one.answered for one in progress] == [*range(len(path))], "every step counts once"
    assert all(before.left > after.left for before, after in pairwise(progress))
    assert progress[-1].left == 0
    assert path[-1].answer.ask_next == ()


@each_path
def test_nobody_is_asked_twice_or_what_only_another_can_know(perspective: str, seed: int) -> None:
    path = path_of(perspective, seed)
    asked = [one for step in path[-1].asked for one in step.questions]
    assert len({one.id for one in asked}) == len(asked)
    for one in asked:
        assert one.question == BASE.fact[one.id].questions[perspective]
    for consultation in path:
        assert not {one.id for one in consultation.answer.ask_next} & {*consultation.told}, "not known is an answer"


@each_path
def test_when_it_stops_no_answer_could_change_what_is_told(perspective: str, seed: int) -> None:
    last, chance = path_of(perspective, seed)[-1], random.Random(seed)
    now = _told(last.answer)
    left = [fact.id for fact in BASE.facts if perspective in fact.questions and fact.id not in last.told]
    for _ in range(20):
        other = last
        for id in left:
            other = other.tell(id, chance.choice([1, 0.7, 0.4, 0, -1]))
        assert _told(other.answer) == now
    for id in left:
        assert _told(last.tell(id, "yes").answer) == now


def _told(answer: pushaway.Answer) -> Any:
    believed = [(one.id, one.words) for one in answer.causes if one.certainty > 0.2 + 1e-9]
    return answer.verdict, believed, {one.id for one in answer.responses}, {one.id for one in answer.withheld}


@each_path
def test_its_answer_is_the_engines_and_it_survives_json(perspective: str, seed: int) -> None:
    consultation = random.Random(seed).choice(path_of(perspective, seed))
    evidence = {id: one for id, one in consultation.told.items() if one}
    answer = pushaway.infer(evidence, perspective=perspective).to_dict()  # type: ignore[arg-type]
    assert {**consultation.answer.to_dict(), "ask_next": answer["ask_next"]} == answer
    data = json.loads(json.dumps(consultation.to_dict()))
    jsonschema.Draft202012Validator(schema("consultation")).validate(data)
    back = Consultation.from_dict(data)
    assert back == consultation
    assert hash(back) == hash(consultation)
    assert back.next == consultation.next
    assert back.asked == consultation.asked


def test_what_is_asked_next_is_what_the_answer_says_would_help() -> None:
    consultation = path_of("self", 1)[5]
    step = consultation.next
    assert step is not None
    assert step.kind == "question"
    assert step.questions[0] == consultation.answer.ask_next[0]


@pytest.mark.parametrize("perspective", ["self", "observer"])
def test_the_first_question_of_all_is_not_a_grave_one(perspective: str) -> None:
    consultation = Consultation(perspective)
    asked = []
    while len(asked) < 3 and (step := consultation.next) is not None:
        asked += [one.id for one in step.questions if step.kind == "question"]
        consultation = answered(consultation, step, {})
    assert asked[0] not in ("other-is-hurtful", "in-danger", "mistreated")
    assert "other-is-hurtful" in asked, "and yet it is asked soon: it turns everything"


def test_it_opens_with_signs_then_safety_then_what_lies_beyond() -> None:
    for perspective, safeguards in (("self", 2), ("observer", 3)):
        kinds = []
        consultation = Consultation(perspective)
        while (step := consultation.next) is not None and step.kind != "question":
            kinds.append(step.kind)
            consultation = answered(consultation, step, {})
        assert kinds == ["noticed", *["safeguard"] * safeguards, "beyond"]


def test_an_answer_makes_a_new_consultation_and_an_earlier_one_can_be_changed() -> None:
    first = Consultation("self").tell("stressed", "mostly").tell("drained", True)
    changed = first.tell("stressed", "no")
    assert dict(first.told) == {"stressed": 0.7, "drained": 1.0}
    assert list(changed.told.items()) == [("stressed", -1.0), ("drained", 1.0)], "in its place, and the later one kept"
    assert dict(changed.take_back("stressed").told) == {"drained": 1.0}
    assert changed != first
    with pytest.raises(AttributeError):
        first.perspective = "observer"  # type: ignore[misc]
    with pytest.raises(TypeError):
        first.told["drained"] = -1  # type: ignore[index]


def test_not_known_is_remembered_and_is_no_evidence() -> None:
    for reply in (None, "unknown", 0):
        consultation = Consultation("self").tell("stressed", reply)
        assert dict(consultation.told) == {"stressed": 0.0}
        assert consultation.answer.evidence == ()


def test_beside_a_safeguard_only_safety_is_asked() -> None:
    consultation = Consultation("observer").tell("self-harm-thoughts", 0.4)
    assert [one.id for one in consultation.answer.safeguards] == ["seek-urgent-help"]
    asked = []
    while (step := consultation.next) is not None:
        asked += [one.id for one in step.questions]
        consultation = answered(consultation, step, {})
    assert asked == ["in-danger", "mistreated"]
    assert consultation.progress.left == 0
    assert consultation.answer.ask_next == ()


# Whole consultations; the other cases are made to show single rules, with as little told as will do.
CONSULTATIONS = {case["id"] for case in read()["cases/consultations.json"]["cases"]}
CASES = [
    case
    for case in BASE.cases
    if case.id in CONSULTATIONS
    and not any(BASE.fact[id].kind == "safeguard" for id in case.evidence if id in BASE.fact)
]


def _can_be_asked(case: Case) -> bool:
    """Tell whether an interview asks for all that a case tells, as it tells it."""
    return all(
        id in BASE.fact
        and case.perspective in BASE.fact[id].questions
        and (BASE.fact[id].kind == "finding" or one is True)  # signs can be chosen, and not denied
        for id, one in case.evidence.items()
    )


WHOLE = [case for case in CASES if _can_be_asked(case)]


def replies_of(case: Case) -> dict[str, float]:
    return {id: float(one) or -1.0 for id, one in case.evidence.items()}


def test_most_cases_can_be_asked_for() -> None:
    assert len(WHOLE) > len(CASES) / 2


@pytest.mark.parametrize("case", WHOLE, ids=[case.id for case in WHOLE])
def test_the_bases_own_cases_reach_what_their_evidence_gives(case: Case) -> None:
    consultation = Consultation(case.perspective)
    while (step := consultation.next) is not None:
        consultation = answered(consultation, step, replies_of(case))
    assert consultation.answer.verdict == case.verdict
    assert tuple(one.id for one in consultation.answer.causes[: len(case.causes)]) == case.causes


def screens_until_steady(replies: dict[str, Any], perspective: str) -> int:
    """Return how many screens are shown until the interview is steady, that of the perspective among them."""
    consultation, screens = Consultation(perspective), 1
    while not consultation.steady and (step := consultation.next) is not None:
        consultation = answered(consultation, step, replies)
        screens += 1
    return screens


def test_the_typical_case_is_steady_in_under_twelve_screens() -> None:
    """Those that lead to a cause at all; the command line offers the answer after four questions in any case."""
    counts = sorted(screens_until_steady(replies_of(case), case.perspective) for case in CASES if case.causes)
    assert len(counts) >= 12
    assert counts[len(counts) // 2] < SCREENS, counts


def test_a_base_of_another_subject_is_asked_about_as_well() -> None:
    path = walk("driver", random.Random(3), CAR)
    assert path[-1].next is None
    assert [step.kind for step in path[-1].asked][:2] == ["noticed", "safeguard"]
    assert Consultation.from_dict(path[-1].to_dict(), CAR) == path[-1]
    with pytest.raises(pushaway.ConsultationError, match="car-trouble"):
        Consultation.from_dict(path[-1].to_dict())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"perspective": "slef"}, "Did you mean `self`"),
        ({"told": {"witdrawn": 1}}, "Did you mean `withdrawn`"),
        ({"told": {"withdrawn": 7}}, "/told/withdrawn"),
        ({"told": {"withdrawn": "yes"}}, "/told/withdrawn"),
        ({"told": None}, "/told"),
        ({"format": "2"}, "/format"),
        ({"extra": 1}, "unknown `extra`"),
        ({"base": {"id": "other", "version": "1.0.0", "digest": "sha256:" + "0" * 64}}, "the base `other`"),
    ],
)
def test_data_that_does_not_fit_is_a_clear_error(change: dict[str, Any], told: str) -> None:
    data = Consultation("self").tell("withdrawn", True).to_dict()
    with pytest.raises(pushaway.ConsultationError, match=told):
        Consultation.from_dict({**data, **change})
    with pytest.raises(pushaway.ConsultationError, match="not of type"):
        Consultation.from_dict([data])


def test_another_version_of_the_base_can_go_on_with_it() -> None:
    data = Consultation("self").tell("drained", "mostly").to_dict()
    data["base"] = {**data["base"], "version": "0.9.0", "digest": "sha256:" + "0" * 64}
    assert dict(Consultation.from_dict(data).told) == {"drained": 0.7}


def test_what_cannot_be_told_is_a_clear_error() -> None:
    consultation = Consultation("self")
    with pytest.raises(pushaway.EvidenceError, match="Did you mean `drained`"):
        consultation.tell("draind", "yes")
    with pytest.raises(pushaway.EvidenceError, match="Did you mean `mostly`"):
        consultation.tell("drained", "mostyl")
    with pytest.raises(pushaway.EvidenceError, match="-1 to 1"):
        consultation.tell("drained", 2)
    with pytest.raises(pushaway.EvidenceError, match="Did you mean `self`"):
        Consultation("slef")
    with pytest.raises(pushaway.EvidenceError, match="list"):
        Consultation("self", ["drained"])  # type: ignore[arg-type]
    step = consultation.next
    assert step is not None
    with pytest.raises(pushaway.EvidenceError, match="not asked there"):
        consultation.choose(step, ["drained"])


def test_what_is_no_engine_step_or_id_is_told_with_what_to_give() -> None:
    consultation = Consultation("self")
    step: Any = consultation.next
    base: Any = BASE
    nothing: Any = None
    for make in (
        lambda: Consultation("self", {}, base),
        lambda: Consultation.from_dict(consultation.to_dict(), base),
    ):
        with pytest.raises(TypeError, match=r"is an Engine, not something of type KnowledgeBase\. .*Engine\(base\)"):
            make()
    with pytest.raises(TypeError, match=r"a step is not nothing \(null\)\. Give what `next` gave"):
        consultation.choose(nothing, ["withdrawn"])
    with pytest.raises(pushaway.EvidenceError, match=r"a list of ids, not nothing \(null\)\. Give \[\]"):
        consultation.choose(step, nothing)
    with pytest.raises(pushaway.EvidenceError, match="a list of ids, not a mapping"):
        consultation.choose(step, {"withdrawn": False})
    with pytest.raises(pushaway.EvidenceError, match="an id is text, not a list"):
        consultation.tell([], 1)  # type: ignore[arg-type]
    with pytest.raises(pushaway.EvidenceError, match="an id is text, not a list"):
        consultation.answer.explain([])  # type: ignore[arg-type]


def test_what_is_chosen_is_chosen_whatever_it_comes_in() -> None:
    step = Consultation().next
    assert step is not None
    first = step.questions[0].id
    told = Consultation().choose(step, [first])
    assert told.told[first] == 1
    for chosen in (first, (first,), {first}, iter([first]), {first: None}.keys()):
        assert Consultation().choose(step, chosen) == told  # type: ignore[arg-type]


def test_nobodys_answers_stand_in_its_repr() -> None:
    assert "self-harm" not in repr(Consultation("self").tell("self-harm-thoughts", True))
