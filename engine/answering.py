"""From what happened to what is said: ranking, reasons, responses and what withholds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

from ..knowledge.conditions import Claim, Condition, Leaf
from ..knowledge.frozen import Frozen
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
    Reasoning,
    Recommended,
    SafeguardGiven,
    Withheld,
)
from .asking import ask_next
from .certainty import believed, words
from .premises import supports
from .prepared import once_for_each
from .ranking import due, ranked, verdict
from .trace import TOLD, Contribution, Trace, contributed
from .version import VERSION


def answer(reasoning: Reasoning) -> Answer:
    """Return the answer that a trace gives."""
    trace = reasoning.trace
    base = trace.base
    said, (perspective, told) = _said(base), trace.evidence
    responses, withheld = _responses(trace, said)
    questions = said.questions[perspective]
    return Answer(
        base=partial(_reference, base),
        engine=VERSION,
        perspective=perspective,
        evidence=tuple(map(Observation, told, told.values())),
        safeguards=safeguards(base, trace.safeguards) if trace.safeguards else (),
        verdict=verdict(trace),
        causes=_ranked(trace, "cause", said),
        mechanisms=_ranked(trace, "mechanism", said),
        responses=responses,
        withheld=withheld,
        ask_next=tuple([questions[fact.id] for fact in ask_next(trace)]),
        beyond=tuple([said.beyond[id] for id, one in told.items() if id in said.beyond and believed(one)]),
        notice=_notice(trace),
        contradictions=trace.contradictions,
        reasoning=reasoning,
    )


class _Said(NamedTuple):
    """What answers of a base have in common: the parts of which any of them is made up."""

    unknown: Mapping[str, Ranked]
    """Conclusions to which nothing was contributed."""
    basis: Mapping[str, tuple[str, tuple[int | str, ...]]]
    """The basis of rules, and what they cite."""
    cited: Mapping[str, tuple[int | str, ...]]
    """What responses cite."""
    questions: Mapping[str, Mapping[str, Question]]
    beyond: Mapping[str, Beyond]


@once_for_each
def _said(base: KnowledgeBase) -> _Said:
    return _Said(
        Frozen((one.id, Ranked(one.id, one.name, 0.0, words(0.0), (), ())) for one in base.conclusions),
        Frozen((rule.id, (rule.basis, tuple(cited(rule.source)))) for rule in base.rules),
        Frozen((one.id, tuple(cited(one.source))) for one in base.responses),
        Frozen((one.id, _questions(base, one.id)) for one in base.perspectives),
        Frozen((fact.id, Beyond(fact.id, fact.text)) for fact in base.facts if fact.kind == "beyond"),
    )


def _questions(base: KnowledgeBase, perspective: str) -> Mapping[str, Question]:
    asked = (one for one in base.facts if perspective in one.questions)
    return Frozen((one.id, Question(one.id, one.questions[perspective])) for one in asked)


def _reference(base: KnowledgeBase) -> BaseRef:
    return BaseRef(base.id, base.version, base.digest)


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


def _ranked(trace: Trace, kind: str, said: _Said) -> tuple[Ranked, ...]:
    given, unknown = trace.given, said.unknown
    return tuple([_told(one, trace, said) if given[one.id] else unknown[one.id] for one in ranked(trace, kind)])


def _told(one: Conclusion, trace: Trace, said: _Said) -> Ranked:
    certainty = trace.certainties[one.id]
    return Ranked(one.id, one.name, certainty, words(certainty), *_reasons(contributed(trace.given[one.id]), said))


def _reasons(contributions: tuple[Contribution, ...], said: _Said) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons for and against, each strongest first."""
    strongest = sorted(contributions, key=lambda one: -abs(one.certainty)) if len(contributions) > 1 else contributions
    return (
        tuple([_reason(one, said) for one in strongest if one.certainty > 0]),
        tuple([_reason(one, said) for one in strongest if one.certainty < 0]),
    )


def _reason(one: Contribution, said: _Said) -> Reason:
    if one.rule == TOLD:
        return Reason(TOLD, one.share, "told", ())
    return Reason(one.rule, one.share, *said.basis[one.rule])


def _responses(trace: Trace, said: _Said) -> tuple[tuple[Recommended, ...], tuple[Withheld, ...]]:
    """Return what is recommended, best first, and what would be but for what withholds it."""
    recommended: list[Recommended] = []
    withheld: list[Withheld] = []
    for one, withheld_by, called_by in due(trace):
        if withheld_by:
            withheld.append(Withheld(one.id, withheld_by))
        else:
            recommended.append(Recommended(one.id, one.text, _claimed(called_by), said.cited[one.id]))
    return tuple(recommended), tuple(withheld)


def calling(trace: Trace, condition: Condition) -> tuple[str, ...]:
    """Return the facts and conclusions that make a condition hold by what they are, and not by being unknown."""
    return _claimed(supports(condition, trace.certainties, trace.evidence.perspective))


def _claimed(leaves: tuple[Leaf, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([leaf.id for leaf in leaves if leaf.claim in _CLAIMED]))


_CLAIMED = (Claim.BELIEVED, Claim.ABSENT)
