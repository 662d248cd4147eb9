"""An explanation as sections of words: how, why not, what if, and what would change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..engine.changing import Alternative
from ..engine.differing import Difference
from ..engine.explanation import Clause, Derivation, Explanation, Ground, RuleStanding, WhyAdvice, WhyQuestion
from ..engine.premises import Status
from ..engine.trace import TOLD
from ..knowledge.conditions import Claim, Leaf
from ..knowledge.model import KnowledgeBase
from .report import Item, Point, Section, capital, cites, claimed, help_first, label, origin, resting_on, said, worth

SHOWN = 5
"""How many of a long list are shown; JSON has all."""


def sections(explanation: Explanation, base: KnowledgeBase) -> tuple[Section, ...]:
    """Return what an explanation says, safeguards first; sections with nothing to say are left out."""
    return tuple(section for section in _all(explanation, base) if section.items)


def _all(explanation: Explanation, base: KnowledgeBase) -> Iterator[Section]:
    called = help_first(base, (one.id for one in explanation.safeguards))
    yield from called
    yield said(explanation.perspective, explanation.evidence, base)
    yield Section("How it comes about", tuple(_derived(one, base) for one in explanation.how))
    yield from _not_fired(explanation.nearest, base)
    if explanation.question is not None:
        yield from _question(explanation.question, base)
    if explanation.advice is not None:
        yield Section("Why it is said, or not", (_advice(explanation.about.text, explanation.advice, base),))
    if explanation.what_if is not None:
        changes, difference = explanation.what_if
        supposed = (Item(label(base, id), note=_known(base, certainty)) for id, certainty in changes)
        yield Section("What if", tuple(supposed))
        yield Section("Then", tuple(Item(one.words, note=one.note) for one in different(difference, base)))
    if explanation.changes is not None:
        for size, heading in ((1, "One answer that would change it"), (2, "Two answers that would change it together")):
            of_size = [one for one in explanation.changes if len(one.changes) == size]
            yield Section(heading, tuple(_alternatives(of_size, base)))
    counts = Counter(one.status for one in explanation.rules)
    yield Section("Every rule", (Item(", ".join(f"{counts[one.value]} {one.value}" for one in Status)),))
    yield origin(explanation.notice, explanation.safeguards, base)
    yield from called[:1]


def _derived(one: Derivation, base: KnowledgeBase) -> Item:
    points = (point for ground in one.grounds for point in _ground(ground, base))
    text = base.conclusion[one.id].text
    return Item(text, name=capital(one.name), note=one.words, certainty=one.certainty, points=tuple(points))


def _ground(ground: Ground, base: KnowledgeBase) -> Iterator[Point]:
    mark = "+" if ground.share >= 0 else "-"
    rests = resting_on(ground.basis, ground.source)
    if ground.rule == TOLD:
        yield Point(capital(rests), mark, note=f"share {ground.share:+.2f}")
        return
    yield Point(ground.title, mark, note=f"share {ground.share:+.2f}; {rests}; {ground.rule}")
    yield Point(ground.rationale, depth=1)
    yield from (Point(_claim(one, base), note=_known(base, one.certainty), depth=1) for one in _telling(ground))


def _telling(ground: Ground) -> Iterator[Clause]:
    """Yield the premises that say something; what is merely not believed, or the perspective, does not."""
    for clause in ground.premises:
        if clause.claim in (Claim.BELIEVED.value, Claim.ABSENT.value):
            yield clause


def _claim(clause: Clause, base: KnowledgeBase) -> str:
    return claimed(Leaf(Claim(clause.claim), clause.id), base)


def _known(base: KnowledgeBase, certainty: float) -> str:
    return worth(base, round(certainty, 9)) if certainty else "not known"


def _not_fired(nearest: tuple[RuleStanding, ...], base: KnowledgeBase) -> Iterator[Section]:
    headings = {
        "waiting": "What waits for an answer",
        "failed": "What does not hold",
        "not applicable": "What is not for whoever asks",
    }
    for status, heading in headings.items():
        of_status = [one for one in nearest if one.status == status]
        yield Section(heading, (*(_idle(one, base) for one in of_status[:SHOWN]), *_more(len(of_status) - SHOWN)))


def _idle(standing: RuleStanding, base: KnowledgeBase) -> Item:
    rule = base.rule[standing.rule]
    blockers = (Point(_claim(one, base), "?", note=_known(base, one.certainty)) for one in standing.blockers)
    return Item(rule.title, note=f"{rule.level}; {rule.id}", points=tuple(blockers))


def _more(count: int) -> tuple[Item, ...]:
    return (Item(f"and {count} more"),) if count > 0 else ()


def _question(why: WhyQuestion, base: KnowledgeBase) -> Iterator[Section]:
    used = [Point(base.rule[id].title, "+", note=id) for id in why.used_by]
    asked = why.question or "Whoever asks from here cannot know."
    yield Section("Why this question", (Item(asked, points=(*used, *_waiting(why.waiting, base))),))
    effects = (Item(one.label, points=different(one.difference, base)) for one in why.effects)
    yield Section("What each answer would change", tuple(effects))


def why_asked(explanations: list[Explanation], base: KnowledgeBase) -> tuple[Section, ...]:
    """Return why some questions are asked; of a single one also what each answer would change."""
    asked = [one.question for one in explanations if one.question is not None]
    if len(asked) == 1:
        return tuple(_question(asked[0], base))
    waiting = tuple(dict.fromkeys(id for one in asked for id in one.waiting))
    return (Section("Why these questions", (Item("", points=_waiting(waiting, base)),)),)


def _waiting(ids: tuple[str, ...], base: KnowledgeBase) -> tuple[Point, ...]:
    rest = (Point(one.words) for one in _more(len(ids) - SHOWN))
    return (*(Point(base.rule[id].title, "?", note=id) for id in ids[:SHOWN]), *rest)


def _advice(text: str, why: WhyAdvice, base: KnowledgeBase) -> Item:
    points = (
        *(Point(label(base, id), "+") for id in why.for_),
        *(Point(label(base, id), "-") for id in why.withheld_by),
        *(Point(_claim(one, base), "?", note=_known(base, one.certainty)) for one in why.blockers),
        *([Point(why.rationale)] if why.rationale else []),
    )
    return Item(text, note="; ".join(filter(None, [why.status, cites(why.source)])), points=points)


def different(difference: Difference, base: KnowledgeBase) -> tuple[Point, ...]:
    """Return what would be different, in words: what stands out, how causes move, and what is recommended."""
    return tuple(_different(difference, base)) or (Point("nothing"),)


def _different(difference: Difference, base: KnowledgeBase) -> Iterator[Point]:
    texts = {one.id: one.text for one in base.responses} | {one.id: one.text for one in base.safeguards}
    if difference.verdict.before != difference.verdict.after or difference.leading.before != difference.leading.after:
        yield Point(base.verdicts[str(difference.verdict.after)], note=_first(difference.leading.after, base))
    for id, before, after in difference.causes:
        if abs(after - before) >= 0.005:
            yield Point(capital(label(base, id)), note=f"{before:+.2f} → {after:+.2f}")
    moves = {
        "would come first": difference.safeguards.added,
        "would be recommended": difference.responses.added,
        "would be held back": difference.withheld.added,
        "would no longer be said": (
            *difference.safeguards.removed,
            *(id for id in difference.responses.removed if id not in difference.withheld.added),
        ),
    }
    for note, ids in moves.items():
        yield from (Point(texts[id], note=note) for id in ids)
    yield from (Point(base.fact[id].text) for id in difference.beyond.added)


def _first(leading: str | None, base: KnowledgeBase) -> str:
    return f"first: {label(base, leading)}" if leading else ""


def _alternatives(alternatives: list[Alternative], base: KnowledgeBase) -> Iterator[Item]:
    """Yield what would stand out, and under it the answers that would bring it about."""
    grouped: dict[tuple[str, str | None], dict[tuple[str, ...], list[str]]] = {}
    for changes, verdict, leading in alternatives:
        answers = " and ".join(_known(base, one.certainty) for one in changes)
        ids = tuple(one.id for one in changes)
        grouped.setdefault((verdict, leading), {}).setdefault(ids, []).append(answers)
    for (verdict, leading), by_ids in grouped.items():
        points = [
            Point(" + ".join(label(base, id) for id in ids), note=_either(answers)) for ids, answers in by_ids.items()
        ]
        rest = [Point(one.words) for one in _more(len(points) - SHOWN)]
        yield Item(base.verdicts[verdict], note=_first(leading, base), points=(*points[:SHOWN], *rest))


def _either(answers: list[str]) -> str:
    """Return answers of which any will do; of many pairs the first, which move least."""
    shown = answers if len(answers) <= 4 else [*answers[:2], f"{len(answers) - 2} more such pairs"]
    return " or ".join(shown)
