"""From what happened to what is said: ranking, reasons, responses and what withholds them."""

from __future__ import annotations

from collections.abc import Collection

from ..knowledge.conditions import Claim, Condition
from ..knowledge.model import KnowledgeBase, cited
from .answer import (
    Answer,
    BaseRef,
    Beyond,
    Contact,
    Observation,
    Question,
    Ranked,
    Reason,
    Reasoning,
    Recommended,
    SafeguardGiven,
    Withheld,
)
from .asking import ask_next
from .certainty import believed, words
from .premises import supports
from .ranking import due, ranked, verdict
from .trace import TOLD, Contribution, Trace
from .version import VERSION


def answer(reasoning: Reasoning) -> Answer:
    """Return the answer that a trace gives."""
    trace = reasoning.trace
    base = trace.base
    responses, withheld = _responses(trace)
    return Answer(
        base=BaseRef(base.id, base.version, base.digest),
        engine=VERSION,
        perspective=trace.evidence.perspective,
        evidence=tuple(Observation(id, certainty) for id, certainty in trace.evidence.certainties.items()),
        safeguards=safeguards(base, trace.safeguards),
        verdict=verdict(trace),
        causes=_ranked(trace, "cause"),
        mechanisms=_ranked(trace, "mechanism"),
        responses=responses,
        withheld=withheld,
        ask_next=tuple(Question(fact.id, fact.questions[trace.evidence.perspective]) for fact in ask_next(trace)),
        beyond=tuple(
            Beyond(fact.id, fact.text)
            for fact in base.facts
            if fact.kind == "beyond" and believed(trace.certainties.get(fact.id, 0.0))
        ),
        notice=_notice(trace),
        contradictions=trace.contradictions,
        reasoning=reasoning,
    )


def _notice(trace: Trace) -> str:
    base, told = trace.base, trace.evidence.certainties
    only_signs = all(id in base.fact and base.fact[id].kind == "sign" for id in told)
    return base.notice_signs_only if only_signs and any(map(believed, told.values())) else base.notice


def safeguards(base: KnowledgeBase, called: Collection[str]) -> tuple[SafeguardGiven, ...]:
    """Return what comes before all else where these safeguards are called for, in the base's order."""
    return tuple(
        SafeguardGiven(
            one.id,
            one.text,
            (one.fact,),
            tuple(Contact(line.region, line.name, line.contact, line.verified) for line in one.helplines),
        )
        for one in base.safeguards
        if one.id in called
    )


def _ranked(trace: Trace, kind: str) -> tuple[Ranked, ...]:
    certainties = trace.certainties
    return tuple(
        Ranked(
            one.id,
            one.name,
            certainties[one.id],
            words(certainties[one.id]),
            *_reasons(trace.base, trace.contributions[one.id]),
        )
        for one in ranked(trace, kind)
    )


def _reasons(
    base: KnowledgeBase, contributions: tuple[Contribution, ...]
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons for and against, each strongest first."""
    strongest = sorted(contributions, key=lambda one: -abs(one.certainty))
    reasons = [(one.certainty, _reason(base, one)) for one in strongest]
    return (
        tuple(reason for certainty, reason in reasons if certainty > 0),
        tuple(reason for certainty, reason in reasons if certainty < 0),
    )


def _reason(base: KnowledgeBase, one: Contribution) -> Reason:
    if one.rule == TOLD:
        return Reason(TOLD, one.share, "told", ())
    rule = base.rule[one.rule]
    return Reason(rule.id, one.share, rule.basis, tuple(cited(rule.source)))


def _responses(trace: Trace) -> tuple[tuple[Recommended, ...], tuple[Withheld, ...]]:
    """Return what is recommended, best first, and what would be but for what withholds it."""
    all_due = due(trace)
    return (
        tuple(
            Recommended(one.id, one.text, calling(trace, one.condition), tuple(cited(one.source)))
            for one, withheld_by in all_due
            if not withheld_by
        ),
        tuple(Withheld(one.id, withheld_by) for one, withheld_by in all_due if withheld_by),
    )


def calling(trace: Trace, condition: Condition) -> tuple[str, ...]:
    """Return the facts and conclusions that make a condition hold by what they are, and not by being unknown."""
    return tuple(
        dict.fromkeys(
            leaf.id
            for leaf in supports(condition, trace.certainties, trace.evidence.perspective)
            if leaf.claim in (Claim.BELIEVED, Claim.ABSENT)
        )
    )
