"""An answer as sections of words, before any format: what every rendering shows, and in which order.

Beyond headings, names and the words for certainty and basis, all words come from the knowledge base.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ..engine.answer import Answer, Ranked, Reason, Recommended
from ..engine.certainty import believed
from ..knowledge.model import KnowledgeBase, Safeguard


class Point(NamedTuple):
    """A line under an item: a mark (+, - or none), words, and a note on where they come from."""

    words: str
    mark: str = ""
    note: str = ""


class Item(NamedTuple):
    """One thing that is said; ``certainty`` is shown as a bar."""

    words: str
    name: str = ""
    note: str = ""
    certainty: float | None = None
    points: tuple[Point, ...] = ()


class Section(NamedTuple):
    """A heading and what stands under it; an urgent one must not be missed."""

    heading: str
    items: tuple[Item, ...]
    urgent: bool = False


_BASIS = {
    "stated": "the source says so",
    "implied": "follows from the source",
    "judgement": "our judgement",
    "told": "as told",
}


def sections(answer: Answer, base: KnowledgeBase) -> tuple[Section, ...]:
    """Return what an answer says, safeguards first; sections with nothing to say are left out."""
    return tuple(section for section in _all(answer, base) if section.items)


def _all(answer: Answer, base: KnowledgeBase) -> Iterator[Section]:
    called = [one for one in base.safeguards if one.id in {given.id for given in answer.safeguards}]
    yield from map(_urgent, called)
    yield Section("What was said", tuple(_said(answer, base)))
    yield Section("What stands out", tuple(_standing_out(answer, base)))
    yield Section("Other readings", tuple(_other_readings(answer)))
    first, then = _first_then(answer, base)
    yield Section("What to do first", tuple(map(_response, first)))
    yield Section("Then" if first else "What to do", tuple(map(_response, then)))
    yield Section("Held back", tuple(_held_back(answer, base)))
    yield Section("Questions that would help", tuple(Item(one.question) for one in answer.ask_next))
    yield Section("Beyond the source", tuple(Item(one.text) for one in answer.beyond))
    yield Section("Where it comes from", tuple(_origin(answer, base)))
    if called:  # once more, where the eye rests when all the rest has scrolled past
        yield _urgent(called[0])


def help_for(base: KnowledgeBase, alarms: Collection[str]) -> tuple[Section, ...]:
    """Return what comes first where these safeguard facts may be meant, though nothing else was understood."""
    return tuple(_urgent(one) for one in base.safeguards if one.fact in alarms)


def _urgent(safeguard: Safeguard) -> Section:
    contacts = tuple(
        Point(f"{line.region}: {line.name}, {line.contact}", note=f"checked {line.verified}")
        for line in safeguard.helplines
    )
    return Section(safeguard.title, (Item(safeguard.text, points=contacts),), urgent=True)


def label(base: KnowledgeBase, id: str) -> str:
    """Return what a fact or conclusion is called."""
    return base.fact[id].label if id in base.fact else base.conclusion[id].name


def cites(source: Iterable[int | str]) -> str:
    """Return citations for a reader: paragraphs as ¶ and numbers, guidelines by id."""
    given = list(source)
    paragraphs = ", ".join(str(one) for one in given if isinstance(one, int))
    guidelines = [one for one in given if isinstance(one, str)]
    return "; ".join([f"¶{paragraphs}"] * bool(paragraphs) + guidelines)


def _said(answer: Answer, base: KnowledgeBase) -> Iterator[Item]:
    asked = next(one for one in base.perspectives if one.id == answer.perspective)
    yield Item(asked.label, note=f"asked as {asked.id}")
    worth = {one.certainty: one.label for one in base.answers}
    for one in answer.evidence:
        yield Item(label(base, one.id), note=worth.get(one.certainty, f"{one.certainty:g}"))


def _standing_out(answer: Answer, base: KnowledgeBase) -> Iterator[Item]:
    yield Item(base.verdicts[answer.verdict])
    for id in answer.contradictions:
        yield Item(label(base, id), note="contradictory evidence")
    for cause in answer.causes:
        if believed(cause.certainty):
            yield _cause(cause, base)


def _other_readings(answer: Answer) -> Iterator[Item]:
    for cause in answer.causes:
        if not believed(cause.certainty) and abs(cause.certainty) >= 0.005:
            yield Item("", name=_capital(cause.name), note=cause.words, certainty=cause.certainty)


def _cause(cause: Ranked, base: KnowledgeBase) -> Item:
    points = [_reason(one, "+", base) for one in cause.because] + [_reason(one, "-", base) for one in cause.against]
    return Item(
        base.conclusion[cause.id].text,
        name=_capital(cause.name),
        note=cause.words,
        certainty=cause.certainty,
        points=tuple(points),
    )


def _reason(reason: Reason, mark: str, base: KnowledgeBase) -> Point:
    rule = base.rule.get(reason.rule)
    if rule is None:
        return Point(_capital(_BASIS[reason.basis]), mark)
    between = " on " if reason.basis == "judgement" else ", "
    return Point(rule.title, mark, note=between.join(filter(None, [_BASIS[reason.basis], cites(reason.source)])))


def _first_then(answer: Answer, base: KnowledgeBase) -> tuple[list[Recommended], list[Recommended]]:
    order = {one.id: one.order for one in base.responses}
    soonest = min((order[one.id] for one in answer.responses), default=0)
    return (
        [one for one in answer.responses if order[one.id] == soonest],
        [one for one in answer.responses if order[one.id] != soonest],
    )


def _response(response: Recommended) -> Item:
    return Item(response.text, note=cites(response.source))


def _held_back(answer: Answer, base: KnowledgeBase) -> Iterator[Item]:
    reasons: dict[tuple[str, ...], list[str]] = {}
    for one in answer.withheld:
        reasons.setdefault(one.because, []).append(one.id)
    for because, ids in reasons.items():
        yield Item(", ".join(ids), note="because: " + "; ".join(label(base, id) for id in because))


def _origin(answer: Answer, base: KnowledgeBase) -> Iterator[Item]:
    yield Item(answer.notice)
    yield Item(base.source.title, note=f"¶ numbers its paragraphs; base {answer.base.id} {answer.base.version}")
    if answer.safeguards:
        resting = {ref for one in base.safeguards if one.id in {s.id for s in answer.safeguards} for ref in one.source}
        names = {ref.name for ref in resting}
        for guideline in base.source.guidelines:
            if guideline.id in names:
                yield Item(guideline.title, note=f"{guideline.publisher}, {guideline.year}")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
