"""Explaining an answer: how, why not, what if, and what would change it, all read off its recorded trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..knowledge.conditions import Claim, Leaf
from ..knowledge.model import KnowledgeBase, Rule, Safeguard, cited
from ..knowledge.problems import did_you_mean, kind_of, quoted
from .answer import Answer, Observation
from .answering import calling, safeguards
from .certainty import words
from .changing import smallest_changes
from .differing import difference
from .evidence import EvidenceError, Reply, certainties_of
from .explanation import (
    About,
    Clause,
    Derivation,
    Effect,
    Explanation,
    Ground,
    RuleStanding,
    WhatIf,
    WhyAdvice,
    WhyQuestion,
)
from .premises import Status, standing, supports
from .ranking import due
from .trace import TOLD, Contribution, Trace


def explain(
    answer: Answer, id: str, *, what_if: Mapping[str, Reply] | None = None, changes: bool = True
) -> Explanation:
    """Explain one thing of an answer; see :meth:`Answer.explain`."""
    trace = answer.reasoning.trace
    base = trace.base
    about = _about(base, id)
    concluded, asked = id in base.conclusion, id in base.fact
    supposed = _what_if(answer, what_if) if what_if else None
    return Explanation(
        base=answer.base,
        engine=answer.engine,
        perspective=answer.perspective,
        evidence=answer.evidence,
        safeguards=safeguards(base, _alarms(answer, id, supposed)),
        about=about,
        how=tuple(_derivations(trace, id)) if concluded else (),
        nearest=_nearest(trace, id) if concluded else (),
        question=_why_question(answer, id) if asked else None,
        advice=_why_advice(trace, about),
        what_if=supposed,
        changes=smallest_changes(answer.reasoning.engine, trace) if concluded and changes else None,
        rules=tuple(_standing(trace, rule) for rule in trace.base.rules),
        notice=answer.notice,
    )


def _about(base: KnowledgeBase, id: str) -> About:
    if not isinstance(id, str):
        raise EvidenceError(f"an id is text, not {kind_of(id)}. Give the id of a cause, a response or a fact.")
    if id in base.conclusion:
        return About(id, base.conclusion[id].kind, base.conclusion[id].text)
    if id in base.fact:
        return About(id, base.fact[id].kind, base.fact[id].label)
    advice = {one.id: About(one.id, "response", one.text) for one in base.responses}
    advice |= {one.id: About(one.id, "safeguard", one.text) for one in base.safeguards}
    if id in advice:
        return advice[id]
    remedy = did_you_mean(
        str(id), [*base.conclusion, *base.fact, *advice], "Give the id of a cause, a response or a fact."
    )
    raise EvidenceError(f"there is no {quoted(id)} to explain. {remedy}")


def _alarms(answer: Answer, id: str, what_if: WhatIf | None) -> frozenset[str]:
    """Return the safeguards that are called for, supposed or asked about: whoever names one may need it."""
    base = answer.reasoning.trace.base
    return frozenset(
        (
            *(one.id for one in answer.safeguards),
            *(what_if.difference.safeguards.added if what_if else ()),
            *(one.id for one in base.safeguards if id in (one.id, one.fact)),
        )
    )


def _derivations(trace: Trace, id: str) -> Iterator[Derivation]:
    """Yield how a conclusion came about, and after it every other that it rests on."""
    reached = [id]
    for each in reached:  # which grows on the way
        derivation = _derivation(trace, each)
        yield derivation
        for premise in (premise for ground in derivation.grounds for premise in ground.premises):
            if premise.claim in _CLAIMED and premise.id in trace.base.conclusion and premise.id not in reached:
                reached.append(premise.id)


_CLAIMED = (Claim.BELIEVED.value, Claim.ABSENT.value)


def _derivation(trace: Trace, id: str) -> Derivation:
    conclusion, certainty = trace.base.conclusion[id], trace.certainties[id]
    strongest = sorted(trace.contributions[id], key=lambda one: -abs(one.certainty))
    grounds = tuple(_ground(trace, id, one) for one in strongest)
    return Derivation(id, conclusion.kind, conclusion.name, certainty, words(certainty), grounds)


def _ground(trace: Trace, conclusion: str, given: Contribution) -> Ground:
    if given.rule == TOLD:
        told = Clause(conclusion, Claim.BELIEVED.value, given.certainty)
        return Ground(TOLD, "", "told", given.certainty, given.share, "told", "", (), (told,))
    rule = trace.base.rule[given.rule]
    premises = supports(rule.condition, trace.certainties, trace.evidence.perspective)
    return Ground(
        rule.id,
        rule.title,
        rule.level,
        given.certainty,
        given.share,
        rule.basis,
        rule.rationale,
        tuple(cited(rule.source)),
        _clauses(trace, premises),
    )


def _clauses(trace: Trace, leaves: Iterable[Leaf]) -> tuple[Clause, ...]:
    asked_as = trace.evidence.perspective
    return tuple(
        Clause(
            leaf.id,
            leaf.claim.value,
            float(leaf.id == asked_as) if leaf.claim is Claim.PERSPECTIVE else trace.certainties.get(leaf.id, 0.0),
        )
        for leaf in leaves
    )


def _standing(trace: Trace, rule: Rule) -> RuleStanding:
    status, blockers, lacks = trace.standings[rule.id]
    return RuleStanding(rule.id, rule.conclusion, status.value, lacks, _clauses(trace, dict.fromkeys(blockers)))


def _nearest(trace: Trace, conclusion: str) -> tuple[RuleStanding, ...]:
    """Return the rules that did not fire: those that wait first, then by how much each still lacks."""
    order = (Status.WAITING, Status.FAILED, Status.NOT_APPLICABLE)
    idle = [rule for rule in trace.base.rules_for[conclusion] if trace.standings[rule.id].status in order]

    def distance(rule: Rule) -> tuple[int, int, float]:
        stands = trace.standings[rule.id]
        return order.index(stands.status), stands.lacks, -rule.certainty

    return tuple(_standing(trace, rule) for rule in sorted(idle, key=distance))


def _why_question(answer: Answer, id: str) -> WhyQuestion:
    trace = answer.reasoning.trace
    base, told = trace.base, trace.evidence
    waiting = [
        rule.id
        for rule in base.rules
        if trace.standings[rule.id].status is Status.WAITING
        and any(leaf.id == id for leaf in trace.standings[rule.id].blockers)
    ]
    used_by = [
        rule.id
        for rule in base.rules
        if rule.id in trace.fired
        and any(leaf.id == id for leaf in supports(rule.condition, trace.certainties, told.perspective))
    ]
    effects = (
        Effect(*choice, difference(answer, _supposing(answer, {id: choice.certainty}))) for choice in base.answers
    )
    return WhyQuestion(base.fact[id].questions.get(told.perspective), tuple(waiting), tuple(used_by), tuple(effects))


def _why_advice(trace: Trace, about: About) -> WhyAdvice | None:
    """Return why a response or safeguard is given; of a fact, why the safeguard that it calls for is."""
    safeguard = next((one for one in trace.base.safeguards if about.id in (one.id, one.fact)), None)
    if safeguard is not None:
        return _why_safeguard(trace, safeguard)
    response = next((one for one in trace.base.responses if one.id == about.id), None)
    if response is None:
        return None
    perspective = trace.evidence.perspective
    withheld_by = next((one.withheld_by for one in due(trace) if one.response.id == about.id), None)
    if perspective not in response.audience:
        status = "for another perspective"
    elif withheld_by is None:
        status = "not called for"
    else:
        status = "withheld" if withheld_by else "recommended"
    stands = standing(response.condition, trace.certainties, trace.settled, perspective)
    return WhyAdvice(
        status,
        calling(trace, response.condition),
        withheld_by or (),
        stands.lacks,
        _clauses(trace, dict.fromkeys(stands.blockers)),
        "",
        tuple(cited(response.source)),
    )


def _why_safeguard(trace: Trace, safeguard: Safeguard) -> WhyAdvice:
    called = safeguard.id in trace.safeguards
    return WhyAdvice(
        "recommended" if called else "not called for",
        (safeguard.fact,) if called else (),
        (),
        0 if called else 1,
        () if called else _clauses(trace, (Leaf(Claim.BELIEVED, safeguard.fact),)),
        safeguard.rationale,
        tuple(cited(safeguard.source)),
    )


def _what_if(answer: Answer, supposed: Mapping[str, Reply]) -> WhatIf:
    base = answer.reasoning.trace.base
    changes = certainties_of(base, supposed, "what_if")
    return WhatIf(
        tuple(Observation(*change) for change in changes.items()), difference(answer, _supposing(answer, changes))
    )


def _supposing(answer: Answer, changes: Mapping[str, float]) -> Answer:
    """Return the answer to the same evidence with some of it changed; 0 is the same as not known."""
    engine, trace = answer.reasoning
    evidence = {**trace.evidence.certainties, **changes}
    return engine.infer(evidence, perspective=trace.evidence.perspective)
