"""What must be true of the shipped base: all of it, and not only where somebody looked."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pushaway
from pushaway.engine.certainty import believed
from pushaway.knowledge.audit.checks import Severity
from pushaway.knowledge.conditions import Claim, ids, leaves
from pushaway.knowledge.model import cited
from pushaway.knowledge.passages import passage_hashes

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
SHARED = Path(__file__).parents[2] / "shared"

SIGNS = {
    "withdrawn": {72},
    "unenthusiastic": {73},
    "ignoring-messages": {74},
    "spending-time-alone": {75},
    "physically-distant": {76},
    "tension": {77},
    "irritable": {78},
    "uninterested": {79},
}
FINDINGS = {
    "sad": {1, 17, 38, 63},
    "anxious": {63},
    "stressed": {12, 13, 17},
    "emotions-built-up": {12},
    "drained": {13},
    "seeking-solitude": {8, 13},
    "stress-spilling-over": {14},
    "passing-stress": {8, 9},
    "pattern-across-relationships": {9},
    "hurt-before": {5, 45},
    "unresolved-hurt": {5, 33},
    "betrayed-before": {18, 19},
    "abused-before": {18},
    "caregiver-unavailable": {22},
    "caregiver-inconsistent": {22, 23},
    "expects-everyone-to-hurt": {2, 3},
    "fears-being-hurt-again": {2, 25, 32},
    "fears-betrayal": {24, 29},
    "fears-judgement": {24, 25, 37},
    "fears-abandonment": {25, 29},
    "fears-rejection": {28, 68},
    "fears-letting-them-down": {28},
    "fears-hurting-them": {68},
    "fears-being-a-burden": {30},
    "fears-being-seen-weak": {29, 39, 63},
    "anxious-about-relationship": {23, 24},
    "emotionally-avoidant": {17, 23},
    "self-deprecating": {27},
    "feels-undeserving": {27, 30, 63},
    "rejects-support": {27},
    "protects-image": {25},
    "expects-disappointment": {32},
    "cannot-open-up": {33},
    "values-strength": {36, 37},
    "out-of-touch-with-emotions": {37},
    "ashamed": {38, 39},
    "cannot-accept-help": {38},
    "daily-life-impaired": {38},
    "other-is-hurtful": {66},
    "relationship-important": {50},
    "romantic-relationship": {59},
    "tried-to-change": {58},
    "wellbeing-affected": {58},
}
SAFEGUARDS = {
    "self-harm-thoughts": "seek-urgent-help",
    "in-danger": "get-safe",
    "mistreated": "look-after-yourself",
}
BEYOND = {
    "bereaved",
    "recent-breakup",
    "feelings-gone",
    "third-person-involved",
    "trauma-symptoms",
    "anxious-around-people",
    "ill",
    "substance-use",
    "new-baby",
    "busy",
    "long-distance",
    "lost-interest-in-everything",
}
MECHANISMS = {
    "pushing-away": {4, 62, 63, 64, 65, 71},
    "fear-of-being-hurt": {2, 3, 5},
    "self-protection": {13, 25, 66, 69},
    "conserving-energy": {13},
    "avoiding-tension": {14},
    "fear-of-judgement": {24, 25, 37},
    "feeling-undeserving": {27, 30, 63},
    "shame": {38, 39},
}
CAUSES = {
    "overwhelmed": {11, 12, 13, 14, 15},
    "fear-of-intimacy": {16, 17, 18, 19, 20, 66},
    "attachment-issues": {21, 22, 23, 24, 25},
    "low-self-esteem": {26, 27, 28, 29, 30, 63},
    "mistrust": {31, 32, 33, 34},
    "discomfort-with-vulnerability": {35, 36, 37, 38, 39, 63},
    "protective-distance": {66},
    "need-for-space": {8, 9},
}
SELF, OBSERVER, BOTH = {"self"}, {"observer"}, {"self", "observer"}
RESPONSES = {
    "reflect-on-stressors": (SELF, {15}),
    "separate-stress-from-relationship": (SELF, {15}),
    "manage-stress": (SELF, {15}),
    "reflect-on-past-relationships": (SELF, {19, 20}),
    "past-need-not-repeat": (SELF, {45, 46}),
    "question-self-beliefs": (SELF, {29, 30}),
    "work-through-hurt": (SELF, {34}),
    "focus-on-present": (SELF, {34}),
    "allow-imperfection": (SELF, {39, 63}),
    "accept-what-is-happening": (SELF, {44, 45}),
    "build-resilience": (SELF, {47}),
    "tell-them-what-is-happening": (SELF, {49, 51, 69}),
    "send-a-short-message": (SELF, {50}),
    "choose-your-medium": (SELF, {52}),
    "set-boundaries": (BOTH, {54}),
    "plan-together": (BOTH, {55}),
    "keep-expectations-realistic": (BOTH, {56}),
    "keep-safe-distance": (SELF, {66}),
    "take-the-space": (SELF, {8, 9}),
    "talk-to-a-professional": (BOTH, {58}),
    "learn-regulation-skills": (SELF, {59}),
    "couples-counselling": (BOTH, {59}),
    "give-time-and-space": (OBSERVER, {81, 82}),
    "stay-available": (OBSERVER, {81}),
    "listen-without-judging": (OBSERVER, {51}),
    "invite-them-to-talk": (OBSERVER, {68, 69}),
    "examine-your-part": (OBSERVER, {66}),
}
INNER = {
    "emotions-built-up",
    "unresolved-hurt",
    "expects-everyone-to-hurt",
    "fears-being-hurt-again",
    "fears-betrayal",
    "fears-judgement",
    "fears-abandonment",
    "fears-letting-them-down",
    "fears-being-seen-weak",
    "protects-image",
    "expects-disappointment",
    "values-strength",
    "out-of-touch-with-emotions",
    "ashamed",
    "relationship-important",
}
CIRCUMSTANCES = {"relationship-important", "romantic-relationship"}
NO_CLAIM = {6, 7, 10, 40, 42, 43, 48, 53, 57, 60, 61, 62, 64, 67, 70, 71, 80, 83}
EXPOSING = {
    "stay-available",
    "listen-without-judging",
    "invite-them-to-talk",
    "tell-them-what-is-happening",
    "send-a-short-message",
    "choose-your-medium",
}
OPENING_UP = EXPOSING - {"stay-available", "listen-without-judging"}

ANSWERS = st.sampled_from([True, False, 1.0, 0.7, 0.4, 0.25, 0.1, -0.5])
PERSPECTIVES = st.sampled_from(["observer", "self"])
EVIDENCE = st.dictionaries(st.sampled_from([fact.id for fact in BASE.facts]), ANSWERS, max_size=12)


def test_every_identifier_stands_with_its_paragraphs() -> None:
    kinds = {kind: {f.id for f in BASE.facts if f.kind == kind} for kind in ("sign", "finding", "safeguard", "beyond")}
    assert kinds == {
        "sign": SIGNS.keys(),
        "finding": FINDINGS.keys(),
        "safeguard": SAFEGUARDS.keys(),
        "beyond": BEYOND,
    }
    for id, paragraphs in (SIGNS | FINDINGS).items():
        assert set(cited(BASE.fact[id].source)) == paragraphs, id
    for id, paragraphs in (MECHANISMS | CAUSES).items():
        assert set(cited(BASE.conclusion[id].source)) == paragraphs, id
    assert {one.id for one in BASE.conclusions if one.kind == "mechanism"} == MECHANISMS.keys()
    assert [one.id for one in BASE.causes] == list(CAUSES)
    assert {one.id: (set(one.audience), set(cited(one.source))) for one in BASE.responses} == RESPONSES
    assert {one.fact: one.id for one in BASE.safeguards} == SAFEGUARDS


def test_only_the_person_concerned_is_asked_what_only_they_can_know() -> None:
    asked = {fact.id: set(fact.questions) for fact in BASE.facts}
    assert {id for id, perspectives in asked.items() if perspectives == SELF} == INNER
    assert {id for id, perspectives in asked.items() if perspectives == OBSERVER} == {"mistreated"}


@pytest.mark.parametrize("perspective", ["observer", "self"])
def test_whatever_is_told_there_is_something_to_do(perspective: str) -> None:
    """But where all of it is withheld, and for what says nothing of anybody's pulling away."""
    for id in [*BASE.fact, *BASE.conclusion]:
        answer = ENGINE.infer({id: True}, perspective=perspective)
        assert answer.responses or answer.withheld or id in {*CIRCUMSTANCES, *SAFEGUARDS}, id


def test_rules_are_as_many_as_the_article_needs() -> None:
    assert 70 <= len(BASE.rules) <= 120


def test_every_claim_is_cited_and_every_other_paragraph_says_why_not() -> None:
    holders = (*BASE.facts, *BASE.conclusions, *BASE.rules, *BASE.responses)
    used = {one for holder in holders for one in cited(holder.source)}
    silent = {one.number for one in BASE.source.paragraphs if one.no_claim}
    claims = {one.number for one in BASE.source.paragraphs} - silent
    assert silent == NO_CLAIM
    assert len(claims) == 65
    assert claims <= used


def test_the_hashes_are_those_of_the_article() -> None:
    article = SHARED / "source" / "article.txt"
    if not article.exists():
        pytest.skip("the article is not here: ../shared/source/article.txt")
    listed = {one.number: one.sha256 for one in BASE.source.paragraphs}
    assert dict(passage_hashes(article.read_text(encoding="utf-8"))) == listed


def test_no_sentence_of_the_article_is_repeated() -> None:
    tool = SHARED / "tools" / "no-copied-sentences"
    root = Path(__file__).parents[1]
    if not tool.exists() or not (root / ".git").exists():
        pytest.skip("not a checkout with the tool beside it: ../shared/tools/no-copied-sentences")
    done = subprocess.run([tool, root], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_rule_has_an_example_for_and_one_against() -> None:
    for rule in BASE.rules:
        assert {example.fires for example in rule.examples} == {True, False}, rule.id


def test_the_shipped_base_passes_its_audit(shipped_report: pushaway.AuditReport) -> None:
    assert not shipped_report.fails(Severity.WARNING), shipped_report.open
    assert all(one.broken_by is None for one in shipped_report.proofs)
    assert shipped_report.caught >= 0.95 * len(shipped_report.mutation)
    assert {one.id for one in shipped_report.checks if one.not_made} == {
        "source-changed",
        "source-missing",
        "source-moved",
        "source-added",
    }


def test_what_knowledge_requires_is_proved_and_not_sampled(shipped_report: pushaway.AuditReport) -> None:
    assert {proof.how for proof in shipped_report.proofs} == {"bounds", "form", "enumerated"}
    required = {proof.subject for proof in shipped_report.proofs if proof.check == "requirement-broken"}
    assert required == {one.id for one in BASE.charter.requirements}
    (of_danger,) = (one for one in BASE.charter.requirements if "in-danger" in one.when)
    assert set(of_danger.never) == EXPOSING
    (of_hurt,) = (one for one in BASE.charter.requirements if "other-is-hurtful" in one.when)
    assert set(of_hurt.never) == OPENING_UP
    signs = [proof for proof in shipped_report.proofs if proof.check == "verdict-untrue"]
    assert [proof.of for proof in signs] == [2 * 2 * 2**8], "all signs, both perspectives, alone and beside all else"


def test_the_shipped_lock_is_that_of_the_shipped_base() -> None:
    from pushaway.engine.audit import subject_of
    from pushaway.knowledge.audit.lock import locked

    subject = subject_of()
    assert subject.lock == locked(subject)


def test_safeguards_rest_on_guidelines_and_carry_helplines() -> None:
    for safeguard in BASE.safeguards:
        assert safeguard.basis == "guideline"
        assert safeguard.helplines, safeguard.id


def test_what_lies_beyond_the_source_supports_nothing() -> None:
    used = {id for rule in BASE.rules for id in ids(rule.condition)}
    assert not used & BEYOND


def test_every_finding_is_used() -> None:
    conditions = [rule.condition for rule in BASE.rules] + [response.condition for response in BASE.responses]
    assert (SIGNS.keys() | FINDINGS.keys()) <= {id for condition in conditions for id in ids(condition)}


def test_every_question_is_one_sentence_in_the_perspectives_own_words() -> None:
    for fact in BASE.facts:
        assert fact.questions, fact.id
        for perspective, question in fact.questions.items():
            assert question.count("?") == 1, fact.id
            own = r"\b(you|your)\b" if perspective == "self" else r"\b(you|your|they|their|them)\b|new baby"
            assert re.search(own, question, re.I), fact.id


@pytest.mark.parametrize("perspective", ["observer", "self"])
def test_signs_alone_separate_the_causes_little_and_the_answer_says_so(perspective: str) -> None:
    for evidence in _all_signs():
        answer = ENGINE.infer(evidence, perspective=perspective)
        assert all(cause.certainty < 0.5 for cause in answer.causes)
        assert answer.ask_next
        if evidence:
            assert answer.notice == BASE.notice_signs_only
            assert _certainty(answer, "pushing-away") > 0.2
            assert answer.responses


def test_the_persons_own_word_is_enough() -> None:
    for perspective in ("observer", "self"):
        answer = ENGINE.infer({"pushing-away": True}, perspective=perspective)
        assert answer.verdict == "none"
        assert answer.responses
        assert answer.ask_next


def test_a_sign_never_lowers_a_cause() -> None:
    for evidence in _all_signs():
        before = ENGINE.infer(evidence)
        for sign in SIGNS.keys() - evidence.keys():
            after = ENGINE.infer({**evidence, sign: True})
            assert all(_certainty(after, id) >= _certainty(before, id) - 1e-9 for id in CAUSES), (evidence, sign)


@given(EVIDENCE, st.sampled_from(sorted(FINDINGS)), PERSPECTIVES)
def test_an_absent_answer_never_raises_what_a_present_one_speaks_for(
    evidence: dict[str, bool | float], finding: str, perspective: str
) -> None:
    """Unknown lies between: with a finding absent, what rules for it conclude is never more certain than unknown."""
    speaks_for = {
        rule.conclusion
        for rule in BASE.rules
        for leaf in leaves(rule.condition)
        if leaf.id == finding and leaf.claim is Claim.BELIEVED and rule.certainty > 0
    }
    evidence.pop(finding, None)
    unknown = ENGINE.trace(evidence, perspective=perspective).certainties
    absent = ENGINE.trace({**evidence, finding: False}, perspective=perspective).certainties
    assert all(absent[id] <= unknown[id] + 1e-9 for id in speaks_for)


def test_saying_no_speaks_against_what_rests_on_yes() -> None:
    answer = ENGINE.infer({"betrayed-before": False, "abused-before": False}, perspective="self")
    assert _certainty(answer, "fear-of-intimacy") <= -0.2


@given(EVIDENCE, PERSPECTIVES)
def test_it_abstains_exactly_where_nothing_is_believed(evidence: dict[str, bool | float], perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    count = sum(believed(cause.certainty) for cause in answer.causes)
    assert answer.verdict == ("none", "one", "several")[min(count, 2)]
    assert [one.id for one in answer.causes if believed(one.certainty)] == [one.id for one in answer.causes[:count]], (
        "what is believed stands before what is not"
    )


@given(EVIDENCE, PERSPECTIVES)
def test_nobody_gets_advice_or_questions_meant_for_another(evidence: dict[str, bool | float], perspective: str) -> None:
    answer = ENGINE.infer(evidence, perspective=perspective)
    for response in answer.responses:
        assert perspective in RESPONSES[response.id][0]
    for question in answer.ask_next:
        assert BASE.fact[question.id].questions[perspective] == question.question
        assert question.id not in evidence


@given(
    EVIDENCE,
    st.dictionaries(st.sampled_from(sorted(SAFEGUARDS)), st.sampled_from([True, 1.0, 0.5, 0.1, 0.001]), min_size=1),
    PERSPECTIVES,
)
def test_safeguards_come_whatever_else_holds_and_nothing_exposes_the_asker(
    evidence: dict[str, bool | float], alarms: dict[str, bool | float], perspective: str
) -> None:
    quiet = {id: value for id, value in evidence.items() if id not in SAFEGUARDS}
    answer = ENGINE.infer({**quiet, **alarms}, perspective=perspective)
    assert [one.id for one in answer.safeguards] == [SAFEGUARDS[id] for id in SAFEGUARDS if id in alarms]
    assert not EXPOSING & {one.id for one in answer.responses}
    assert "other-is-hurtful" not in {one.id for one in answer.ask_next}, "no blame for somebody in danger"


@given(
    EVIDENCE,
    st.dictionaries(st.sampled_from(sorted(CAUSES.keys() - {"protective-distance"})), ANSWERS, max_size=3),
    st.sampled_from([True, 1.0, 0.7, 0.4, 0.25]),
    PERSPECTIVES,
)
@settings(max_examples=300)
def test_where_the_other_hurts_them_protection_leads_and_opening_up_is_withheld(
    evidence: dict[str, bool | float],
    conclusions: dict[str, bool | float],
    hurtful: bool | float,
    perspective: str,
) -> None:
    answer = ENGINE.infer({**evidence, **conclusions, "other-is-hurtful": hurtful}, perspective=perspective)
    assert answer.causes[0].id == "protective-distance"
    assert answer.causes[0].certainty > 0.2
    assert not OPENING_UP & {one.id for one in answer.responses}


def test_where_the_other_surely_hurts_them_no_other_cause_can_be_more_certain() -> None:
    """With every other finding present, the worst case: rules for a cause only add up."""
    everything = dict.fromkeys([*SIGNS, *FINDINGS], True)
    for dropped in [(), *itertools.combinations(FINDINGS.keys() - {"other-is-hurtful"}, 2)]:
        evidence = {id: value for id, value in everything.items() if id not in dropped}
        answer = ENGINE.infer(evidence, perspective="self")
        assert answer.causes[0].id == "protective-distance"
        assert answer.causes[0].certainty >= max(cause.certainty for cause in answer.causes)


def test_a_passing_need_for_space_is_named_as_normal() -> None:
    answer = ENGINE.infer({"passing-stress": True, "seeking-solitude": True}, perspective="self")
    assert answer.causes[0].id == "need-for-space"
    assert "take-the-space" in {one.id for one in answer.responses}
    assert "normal" in BASE.conclusion["need-for-space"].text


def _all_signs() -> Iterator[dict[str, bool | float]]:
    for present in itertools.product([True, False], repeat=len(SIGNS)):
        yield {sign: True for sign, there in zip(SIGNS, present, strict=True) if there}


def _certainty(answer: pushaway.Answer, id: str) -> float:
    return next(one.certainty for one in (*answer.causes, *answer.mechanisms) if one.id == id)
