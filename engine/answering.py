"""From what happened to what is said: ranking, reasons, responses and what withholds them."""

from __future__ import annotations

from collections.abc import Mapping

from ..knowledge.conditions import Claim, Condition, leaves
from ..knowledge.model import Conclusion, KnowledgeBase, cited
from .answer import (
    Answer,
    BaseRef,
    Beyond,
    Contact,
    Observation,
    Question,
    Ranked,
    Reason,
    Recommended,
    SafeguardGiven,
    Withheld,
)
from .asking import ask_next
from .certainty import believed, disbelieved, words
from .premises import value
from .trace import TOLD, Contribution, Trace


def answer(trace: Trace, version: str) -> Answer:
    """Return the answer that a trace gives. ``version`` is that of the engine."""
    base = trace.base
    causes = _ranked(trace, "cause")
    standing_out = sum(believed(cause.certainty) for cause in causes)
    responses, withheld = _responses(trace)
    return Answer(
        base=BaseRef(base.id, base.version, base.digest),
        engine=version,
        perspective=trace.evidence.perspective,
        evidence=tuple(Observation(id, certainty) for id, certainty in trace.evidence.certainties.items()),
        safeguards=_safeguards(trace),
        verdict="none" if not standing_out else "one" if standing_out == 1 else "several",
        causes=causes,
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
    )


def _notice(trace: Trace) -> str:
    base, told = trace.base, trace.evidence.certainties
    only_signs = all(id in base.fact and base.fact[id].kind == "sign" for id in told)
    return base.notice_signs_only if only_signs and any(map(believed, told.values())) else base.notice


def _safeguards(trace: Trace) -> tuple[SafeguardGiven, ...]:
    return tuple(
        SafeguardGiven(
            one.id,
            one.text,
            (one.fact,),
            tuple(Contact(line.region, line.name, line.contact, line.verified) for line in one.helplines),
        )
        for one in trace.base.safeguards
        if one.id in trace.safeguards
    )


def _ranked(trace: Trace, kind: str) -> tuple[Ranked, ...]:
    """Return the conclusions of a kind, best first: what must lead and is believed, then by certainty."""
    certainties = trace.certainties

    def rank(conclusion: Conclusion) -> tuple[bool, float]:
        leads = believed(certainties[conclusion.id]) and any(
            believed(certainties.get(id, 0.0)) for id in conclusion.leads_when
        )
        # Rounded, so that what differs by rounding alone stays a tie, which the base's order breaks.
        return (not leads, -round(certainties[conclusion.id], 9))

    of_kind = sorted((one for one in trace.base.conclusions if one.kind == kind), key=rank)
    return tuple(
        Ranked(
            one.id,
            one.name,
            certainties[one.id],
            words(certainties[one.id]),
            *_reasons(trace.base, trace.contributions[one.id]),
        )
        for one in of_kind
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
    base, perspective = trace.base, trace.evidence.perspective
    called = frozenset(trace.recommended)
    due = [one for one in base.responses if one.id in called and perspective in one.audience]
    due.sort(key=lambda one: (one.order, -round(value(one.condition, trace.certainties, perspective), 9)))
    stopped = {one.id: trace.holding_back(one.withheld_by) for one in due}
    return (
        tuple(
            Recommended(one.id, one.text, _calling(one.condition, trace.certainties), tuple(cited(one.source)))
            for one in due
            if not stopped[one.id]
        ),
        tuple(Withheld(one.id, stopped[one.id]) for one in due if stopped[one.id]),
    )


def _calling(condition: Condition, certainties: Mapping[str, float]) -> tuple[str, ...]:
    """Return the ids in a condition that hold as it wants them."""
    wanted = {Claim.BELIEVED: believed, Claim.ABSENT: disbelieved}
    return tuple(
        dict.fromkeys(
            leaf.id
            for leaf in leaves(condition)
            if leaf.claim in wanted and wanted[leaf.claim](certainties.get(leaf.id, 0.0))
        )
    )
