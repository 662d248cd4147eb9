"""An explanation as sections of words: how, why not, what if, and what would change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..engine.changing import Alternative
from ..engine.differing import Difference
from ..engine.explanation import Derivation, Explanation, Ground, RuleStanding, WhyAdvice, WhyQuestion
from ..engine.premises import Status
from ..engine.trace import TOLD
from ..knowledge.conditions import Claim
from ..knowledge.model import KnowledgeBase
from .report import Item, Point, Section, capital, cites, help_first, label, origin, resting_on, said, worth

SHOWN = 5
"""How many of a long list are shown; JSON has all."""

_NOTHING = Point("nothing")


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
        yield from _question(explanation, explanation.question, base)
    elif explanation.advice is not None:
        yield Section("Why it is said, or not", (_advice(explanation.about.text, explanation.advice, base),))
    if explanation.what_if is not None:
        changes, difference = explanation.what_if
        supposed = (Item(label(base, id), note=known(base, certainty)) for id, certainty in changes)
        yield Section("What if", tuple(supposed))
        yield Section("Then", tuple(Item(one.words, note=one.note) for one in different(difference, base)))
    if explanation.changes is not None:
        for size, heading in (
            (1, "One answer that would change what comes first"),
            (2, "Two answers that together would change what comes first"),
        ):
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
    for premise in ground.premises:  # what is merely not believed, and the perspective, tell nothing new
        if premise.claim in (Claim.BELIEVED.value, Claim.ABSENT.value):
            yield Point(label(base, premise.id), note=known(base, premise.certainty), depth=1)


def known(base: KnowledgeBase, certainty: float) -> str:
    """Return what was answered, or what else the certainty is; 0 is not known."""
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
    return Item(rule.title, note=f"{rule.level}; {rule.id}", points=_lacking(standing, base))


def _lacking(idle: RuleStanding | WhyAdvice, base: KnowledgeBase) -> tuple[Point, ...]:
    """Return what keeps a condition from holding: what is wanted, and what is known of it."""
    wanted = {Claim.ABSENT.value: "wants a no; ", Claim.UNLESS.value: "must not be; "}
    blockers = tuple(
        Point(f"asked as {one.id}", "?")
        if one.claim == Claim.PERSPECTIVE.value
        else Point(label(base, one.id), "?", note=wanted.get(one.claim, "") + known(base, one.certainty))
        for one in idle.blockers
    )
    if idle.lacks == len(blockers):
        return blockers
    rest = (Point(one.words) for one in _more(len(blockers) - SHOWN))
    return (Point(f"at least {idle.lacks} of these {len(blockers)}:"), *blockers[:SHOWN], *rest)


def _more(count: int) -> tuple[Item, ...]:
    return (Item(f"and {count} more"),) if count > 0 else ()


def _question(
    explanation: Explanation, why: WhyQuestion, base: KnowledgeBase, *, brief: bool = False
) -> Iterator[Section]:
    """Yield why a question is asked; in brief, without what the answers would do to advice, and without ids."""
    used = [Point(base.rule[id].title, "+", note="" if brief else id) for id in why.used_by]
    asked = why.question or "Whoever asks from here is not asked for it."
    yield Section("Why this question", (Item(asked, points=(*used, *_waiting(why.waiting, base, brief=brief))),))
    if explanation.advice is not None:
        reason = Item(explanation.advice.rationale, note=cites(explanation.advice.source))
        yield Section("Why it comes first", (reason,))
    yield Section("What each answer would change", tuple(_effects(why, base, brief=brief)))


def _effects(why: WhyQuestion, base: KnowledgeBase, *, brief: bool) -> Iterator[Item]:
    """Yield what each answer would change; answers that would change the same stand together."""
    together: dict[tuple[Point, ...], list[str]] = {}
    for effect in why.effects:
        points = tuple(_readings(effect.difference, base)) if brief else different(effect.difference, base)
        together.setdefault(points or (_NOTHING,), []).append(effect.label)
    yield from (Item(" or ".join(labels), points=points) for points, labels in together.items())


def why_asked(explanations: list[Explanation], base: KnowledgeBase) -> tuple[Section, ...]:
    """Return why some questions are asked: of a single one in brief, of several what each yes would bring."""
    asked = [(one, one.question) for one in explanations if one.question is not None]
    if len(asked) == 1:
        return tuple(_question(*asked[0], base, brief=True))
    items = (
        Item(capital(one.about.text), points=tuple(_readings(_effect_of_yes(why), base)) or (_NOTHING,))
        for one, why in asked
    )
    return (Section("What each would change", tuple(items)),)


def _effect_of_yes(why: WhyQuestion) -> Difference:
    return max(why.effects, key=lambda one: one.certainty).difference


def _waiting(ids: tuple[str, ...], base: KnowledgeBase, *, brief: bool) -> tuple[Point, ...]:
    rest = (Point(one.words) for one in _more(len(ids) - SHOWN))
    return (*(Point(base.rule[id].title, "?", note="" if brief else id) for id in ids[:SHOWN]), *rest)


def _advice(text: str, why: WhyAdvice, base: KnowledgeBase) -> Item:
    points = (
        *(Point(label(base, id), "+", note="calls for it") for id in why.for_),
        *(Point(label(base, id), "-", note="holds it back") for id in why.withheld_by),
        *_lacking(why, base),
        *([Point(why.rationale)] if why.rationale else []),
    )
    return Item(text, note="; ".join(filter(None, [_STATUS[why.status], cites(why.source)])), points=points)


_STATUS = {
    "recommended": "recommended",
    "withheld": "held back",
    "not called for": "nothing calls for it so far",
    "for another perspective": "meant for another perspective",
}


def different(difference: Difference, base: KnowledgeBase) -> tuple[Point, ...]:
    """Return what would be different, in words: what stands out, how causes move, and what is recommended."""
    return tuple(_different(difference, base)) or (_NOTHING,)


def _different(difference: Difference, base: KnowledgeBase) -> Iterator[Point]:
    texts = {one.id: one.text for one in base.responses} | {one.id: one.text for one in base.safeguards}
    yield from _readings(difference, base)
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


def _readings(difference: Difference, base: KnowledgeBase) -> Iterator[Point]:
    """Yield what would stand out, how causes would move, and what the source does not speak of."""
    if difference.verdict.before != difference.verdict.after or difference.leading.before != difference.leading.after:
        words, note = _outcome(str(difference.verdict.after), difference.leading.after, base)
        yield Point(words, note=note)
    for id, before, after in difference.causes:
        if abs(after - before) >= 0.005:
            yield Point(capital(label(base, id)), note=f"{before:+.2f} → {after:+.2f}")
    yield from (Point(base.fact[id].text) for id in difference.beyond.added)


def _outcome(verdict: str, leading: str | None, base: KnowledgeBase) -> tuple[str, str]:
    """Return what would stand out, and a note on it."""
    if leading is None:
        return base.verdicts[verdict], ""
    return capital(label(base, leading)), f"would come first, {'among several' if verdict == 'several' else 'alone'}"


def _alternatives(alternatives: list[Alternative], base: KnowledgeBase) -> Iterator[Item]:
    """Yield what would stand out, and under it the answers that would bring it about."""
    grouped: dict[tuple[str, str | None], dict[tuple[str, ...], list[str]]] = {}
    for changes, verdict, leading in alternatives:
        answers = " + ".join(known(base, one.certainty) for one in changes)
        ids = tuple(one.id for one in changes)
        grouped.setdefault((verdict, leading), {}).setdefault(ids, []).append(answers)
    for (verdict, leading), by_ids in grouped.items():
        points = [
            Point(" + ".join(label(base, id) for id in ids), note=_either(answers)) for ids, answers in by_ids.items()
        ]
        rest = [Point(one.words) for one in _more(len(points) - SHOWN)]
        words, note = _outcome(verdict, leading, base)
        yield Item(words, note=note, points=(*points[:SHOWN], *rest))


def _either(answers: list[str]) -> str:
    """Return answers of which any will do; of many pairs the first, which move least."""
    shown = answers if len(answers) <= 4 else [*answers[:2], f"and {len(answers) - 2} more pairs"]
    return ", ".join(shown)
