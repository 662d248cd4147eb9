"""A comparison of two bases as sections of words: what keeps people safe first, then words, then behaviour."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..engine.comparing import SAFETY, Behaviour, Comparison, Difference
from ..knowledge.building import build
from ..knowledge.comparing import SAFEGUARDS, Changed, Field, Table, Whole
from ..knowledge.model import KnowledgeBase
from .report import Item, Point, Section, cites, worth

SHOWN = 20
"""How many differences in causes and in advice are shown; of the others, and in JSON, all are."""

_HEADINGS = {
    "verdict and leading cause": ("verdict", "leading"),
    "causes": ("cause", "cause-order"),
    "advice": ("response", "response-order"),
}
_CALLED = ("title", "label", "name", "text", "meaning", "id")
"""By what an item is told to a reader: the first of these that it has."""


def sections(comparison: Comparison, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return what a comparison says; ``old`` and ``new`` are the documents that were compared."""
    return tuple(
        one for one in _all(comparison, _Names(build(old), build(new), comparison.behaviour.trials)) if one.items
    )


def _all(comparison: Comparison, names: _Names) -> Iterator[Section]:
    differences, (tables, texts) = comparison.behaviour.differences, comparison.words
    safety = tuple(names.item(one) for one in differences if one.shift.kind in SAFETY)
    yield Section("What keeps people safe is different", safety, urgent=True)
    yield from (_in_words(one, urgent=True) for one in tables if one.kind in SAFEGUARDS)
    yield Section("In short", tuple(_in_short(comparison)))
    yield from (_in_words(one) for one in tables if one.kind not in SAFEGUARDS)
    yield Section("Words: other texts", tuple(Item(one.at, points=tuple(_field(one))) for one in texts))
    for heading, kinds in _HEADINGS.items():
        some = [names.item(one) for one in differences if one.shift.kind in kinds]
        shown = len(some) if "verdict" in kinds else SHOWN
        yield Section(f"Behaviour: {heading}", (*some[:shown], *_more(len(some) - shown)))
    yield Section("What was tried", tuple(_tried(comparison.behaviour)))


def _in_short(comparison: Comparison) -> Iterator[Item]:
    old, new = comparison.old, comparison.new
    yield Item(f"OLD is {old.id} {old.version}, NEW is {new.id} {new.version}.")
    differences = comparison.behaviour.differences
    safe = sum(one.shift.kind in SAFETY for one in differences)
    yield Item(f"In behaviour: {_count(len(differences), 'difference')}{_of_them(safe, 'what keeps people safe')}.")
    words = comparison.words
    safe = sum(one.total for one in words.tables if one.kind in SAFEGUARDS)
    yield Item(f"In words: {_count(words.total, 'difference')}{_of_them(safe, 'safeguards and helplines')}.")


def _count(number: int, of: str) -> str:
    return f"{number or 'no'} {of}{'' if number == 1 else 's'}"


def _of_them(count: int, what: str) -> str:
    return f", {count} of them in {what}" if count else ""


def _more(count: int) -> tuple[Item, ...]:
    return (Item(f"and {count} more; --format json has all"),) if count > 0 else ()


class _Names:
    """What two bases call things; the new one's word counts where both have one."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase, trials: Mapping[str, int]) -> None:
        self._new = new
        self._trials = sum(trials.values())
        self._given: dict[str, str] = {}
        self._advice: dict[str, str] = {}
        """Apart, as a response may have the id of a fact."""
        for base in (old, new):
            self._given |= {one.id: one.label for one in base.facts}
            self._given |= {one.id: one.name for one in base.conclusions}
            self._advice |= {one.id: one.text for one in base.responses}
            self._advice |= {one.id: one.title for one in base.safeguards}

    def item(self, difference: Difference) -> Item:
        """Return a difference, how often it shows, what it is about, and what shows it."""
        return Item(self._said(difference), note=self._often(difference), points=tuple(self._points(difference)))

    def _often(self, difference: Difference) -> str:
        number, beside = difference.trials, difference.beside_safeguards
        said = [f"{number} of {_count(self._trials, 'trial')}"]
        if beside:
            said.append(f"{'all' if beside == number else beside} of them with a safeguard")
        if difference.cases:
            said.append(f"cases {', '.join(difference.cases)}")
        return "; ".join(said)

    def _said(self, difference: Difference) -> str:
        kind, ids, before, after, because = difference.shift
        match kind:
            case "verdict":
                return f"The verdict was {before}, now {after}"
            case "leading":
                return f"The leading cause was {before or 'none'}, now {after or 'none'}"
            case "safeguard-order" | "cause-order" | "response-order":
                first, second = ids
                return f"{first} came before {second}, now after it"
        why = f" because of {because}" if because else ""
        return f"{ids[0]} was {before}{why}, now {after}"

    def _points(self, difference: Difference) -> Iterator[Point]:
        shift, example = difference.shift, difference.example
        if shift.kind in ("safeguard", "exposed", "response"):  # what they say is more than their id tells
            yield Point(self._advice[shift.ids[0]])
        asked = f"asked as {example.perspective}"
        given = [f"{self._given[id]} = {worth(self._new, certainty)}" for id, certainty in example.evidence]
        yield Point(f"Shown by: {'; '.join(given) or 'nothing told'}", note=asked)


def _tried(behaviour: Behaviour) -> Iterator[Item]:
    if behaviour.same_reasoning:
        yield Item("Nothing: both reason alike, so they cannot answer differently.")
        return
    if not behaviour.perspectives:
        yield Item("Nothing: no perspective is in both, so nothing can be asked of both.")
        return
    count = behaviour.trials
    signs = "sampled combinations of signs" if behaviour.sampled else "further combinations of signs"
    yield Item(
        f"{sum(count.values())} trials: {count['cases']} from cases, {count['signs']} {signs}, "
        f"{count['single']} single answers, {count['pairs']} of a safeguard's fact beside another, "
        f"{count['drawn']} drawn."
    )
    if behaviour.left_out:
        yield Item(f"Not tried, as only one base has their perspective: cases {', '.join(behaviour.left_out)}.")
    yield Item("No item of the evidence shown can be dropped. What no trial meets is not seen: more --draws try more.")


def _in_words(table: Table, *, urgent: bool = False) -> Section:
    return Section(f"Words: {table.kind}", tuple(_table(table)), urgent=urgent)


def _table(table: Table) -> Iterator[Item]:
    for how, some in (("removed", table.removed), ("added", table.added)):
        yield from (Item(f"{how}: {_called(one)}", points=tuple(_contents(one))) for one in some)
    yield from (Item(f"changed: {one.id}", points=_changes(one)) for one in table.changed)
    if table.order:
        points = (Point(f"was: {', '.join(table.order.old)}"), Point(f"now: {', '.join(table.order.new)}"))
        yield Item("order", points=points)


def _called(item: Whole) -> str:
    value = json.loads(item.value)
    return next((f"{item.id}: {value[key]}" for key in _CALLED if key in value and value[key] != item.id), item.id)


def _contents(item: Whole) -> Iterator[Point]:
    """Yield what else an item that only one base has says; citations only by what they cite."""
    value = json.loads(item.value)
    called = next((key for key in _CALLED if key in value and value[key] != item.id), "id")
    for key, one in value.items():
        if key not in ("id", "number", called):
            yield Point(f"{key}: {_cited(one) if key == 'source' else _shown(one)}")


def _cited(source: Iterable[Mapping[str, Any]]) -> str:
    return cites(one.get("paragraph", one.get("guideline")) for one in source) or "none"


def _changes(changed: Changed) -> tuple[Point, ...]:
    return tuple(point for field in changed.fields for point in _field(field))


def _field(field: Field) -> Iterator[Point]:
    name = field.at[1:]
    old, new = (None if text is None else json.loads(text) for text in (field.old, field.new))
    if isinstance(old, list) and isinstance(new, list):
        yield from _lists(name, old, new)
        return
    if field.old is not None:
        yield Point(f"{name} was: {_shown(old)}")
    if field.new is not None:
        yield Point(f"{name} now: {_shown(new)}")


def _lists(name: str, old: list[Any], new: list[Any]) -> Iterator[Point]:
    gone, come = _without(old, new), _without(new, old)
    if gone:
        yield Point(f"{name} no longer has: {_listed(gone)}")
    if come:
        yield Point(f"{name} now also has: {_listed(come)}")
    if not gone and not come:
        yield Point(f"{name} was in this order: {_listed(old)}")
        yield Point(f"{name} now: {_listed(new)}")


def _without(some: list[Any], others: list[Any]) -> list[Any]:
    texts = [json.dumps(one, sort_keys=True) for one in others]
    return [one for one in some if json.dumps(one, sort_keys=True) not in texts]


def _listed(some: Iterable[Any]) -> str:
    return ", ".join(map(_shown, some))


def _shown(value: Any) -> str:
    """Return a value for a reader: text as it is, else as JSON."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
