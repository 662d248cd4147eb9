"""An answer as sections of words, before any format: what every rendering shows, and in which order.

Beyond headings, names and the words for certainty and basis, all words come from the knowledge base.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..engine.certainty import believed

if TYPE_CHECKING:
    from ..engine.answer import Answer, Observation, Ranked, Reason, Recommended, SafeguardGiven
    from ..knowledge.model import KnowledgeBase, Safeguard


class Point(NamedTuple):
    """A line under an item: a mark (+, -, ? or none), words, a note on where they come from, and how deep it stands."""

    words: str
    mark: str = ""
    note: str = ""
    depth: int = 0


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
    called = help_first(base, (given.id for given in answer.safeguards))
    yield from called
    yield said(answer.perspective, answer.evidence, base)
    yield Section("What stands out", tuple(_standing_out(answer, base)))
    yield Section("Other readings", tuple(_other_readings(answer)))
    first, then = _first_then(answer, base)
    yield Section("What to do first", tuple(map(_response, first)))
    yield Section("Then" if first else "What to do", tuple(map(_response, then)))
    yield Section("Held back", tuple(_held_back(answer, base)))
    yield Section("Questions that would help", tuple(Item(one.question) for one in answer.ask_next))
    yield Section("Beyond the source", tuple(Item(one.text) for one in answer.beyond))
    yield origin(answer.notice, answer.safeguards, base)
    yield from called[:1]  # once more, where the eye rests when all the rest has scrolled past


def help_first(base: KnowledgeBase, safeguards: Iterable[str]) -> tuple[Section, ...]:
    """Return what comes before all else where these safeguards were called for."""
    called = frozenset(safeguards)
    return tuple(_urgent(one) for one in base.safeguards if one.id in called)


def help_for(base: KnowledgeBase, alarms: Collection[str]) -> tuple[Section, ...]:
    """Return what comes first where these safeguard facts may be meant, though nothing else was understood."""
    return help_first(base, (one.id for one in base.safeguards if one.fact in alarms))


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


def said(perspective: str, evidence: Iterable[Observation], base: KnowledgeBase) -> Section:
    """Return what was told, and from where it was asked."""
    asked = next(one for one in base.perspectives if one.id == perspective)
    facts = (Item(label(base, id), note=worth(base, certainty)) for id, certainty in evidence)
    return Section("What was said", (Item(asked.label, note=f"asked as {asked.id}"), *facts))


def worth(base: KnowledgeBase, certainty: float) -> str:
    """Return a certainty as the answer that stands for it, or as a number where none does."""
    return {one.certainty: one.label for one in base.answers}.get(certainty, f"{certainty:g}")


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
            yield Item("", name=capital(cause.name), note=cause.words, certainty=cause.certainty)


def _cause(cause: Ranked, base: KnowledgeBase) -> Item:
    points = [_reason(one, "+", base) for one in cause.because] + [_reason(one, "-", base) for one in cause.against]
    return Item(
        base.conclusion[cause.id].text,
        name=capital(cause.name),
        note=cause.words,
        certainty=cause.certainty,
        points=tuple(points),
    )


def _reason(reason: Reason, mark: str, base: KnowledgeBase) -> Point:
    rule = base.rule.get(reason.rule)
    if rule is None:
        return Point(capital(_BASIS[reason.basis]), mark)
    return Point(rule.title, mark, note=resting_on(reason.basis, reason.source))


def resting_on(basis: str, source: Iterable[int | str]) -> str:
    """Return on what a rule rests, in words, with its citations."""
    between = " on " if basis == "judgement" else ", "
    return between.join(filter(None, [_BASIS[basis], cites(source)]))


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
        yield Item(
            ", ".join(id.replace("-", " ") for id in ids),
            note="because: " + "; ".join(label(base, id) for id in because),
        )


def origin(notice: str, safeguards: Iterable[SafeguardGiven], base: KnowledgeBase) -> Section:
    """Return the limits of what is said, and on what it rests."""
    given = {one.id for one in safeguards}
    resting = {ref.name for one in base.safeguards if one.id in given for ref in one.source}
    guidelines = (
        Item(one.title, note=f"{one.publisher}, {one.year}") for one in base.source.guidelines if one.id in resting
    )
    source = Item(base.source.title, note=f"¶ numbers its paragraphs; base {base.id} {base.version}")
    return Section("Where it comes from", (Item(notice), source, *guidelines))


def capital(words: str) -> str:
    """Return words with the first letter in upper case."""
    return words[:1].upper() + words[1:]
