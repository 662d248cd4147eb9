"""A host for engines that know conditions but no certainty factors and no layers.

Layer by layer it asks the engine which rules' conditions hold, then adds up what these contribute. What an engine
sees are flags: ``is_x`` where x is believed, ``no_x`` where it is believed to be absent, ``as_x`` for the perspective.
Whether at least k of some parts hold, which none of these engines can say without listing every way, is counted
here, and is a flag, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.conditions import Claim, Condition, Group, Leaf

from .reasoning import HOLDS_ABOVE, Found, Given, Value, combined, layers, number, value

Flags = dict[str, bool]
"""The flags that are set, each to True."""
Decide = Callable[[Flags], Iterable[str]]
"""Returns the ids of those rules whose condition holds."""


class Language(NamedTuple):
    """How an engine writes that a flag is set, that it is not, that all of some parts hold, and that any does."""

    holds: Callable[[str], Any]
    lacks: Callable[[str], Any]
    all_of: Callable[[list[Any]], Any]
    any_of: Callable[[list[Any]], Any]


def in_words(holds: str, lacks: str) -> Language:
    """Return a language of strings with ``and``, ``or`` and brackets; ``{}`` is where the flag stands."""
    return Language(holds.format, lacks.format, *(lambda parts, w=w: f"({w.join(parts)})" for w in (" and ", " or ")))


class _Layer(NamedTuple):
    decide: Decide
    counted: list[tuple[str, Value]]
    conclusions: tuple[str, ...]


class Host:
    """A base whose conditions one engine decides.

    ``compiled`` turns some rules, as the engine writes their conditions, by id, into what decides them.
    """

    def __init__(
        self, base: KnowledgeBase, language: Language, compiled: Callable[[Mapping[str, Any]], Decide]
    ) -> None:
        self._unknown = dict.fromkeys((*base.fact, *base.conclusion), 0.0)
        self._conclusions = tuple(base.conclusion)
        self._safeguards = [(one.id, one.fact) for one in base.safeguards]
        self._rules = {one.id: (value(one.condition), one.certainty, one.conclusion) for one in base.rules}

        def layer(conditions: Mapping[str, Condition], conclusions: tuple[str, ...]) -> _Layer:
            groups = dict.fromkeys(group for one in conditions.values() for group in _counted(one))
            flags = {group: f"many_{index}" for index, group in enumerate(groups)}
            written = {id: _written(one, language, flags) for id, one in conditions.items()}
            return _Layer(compiled(written), [(flag, value(group)) for group, flag in flags.items()], conclusions)

        self._layers = [
            layer({rule.id: rule.condition for one in conclusions for rule in base.rules_for[one]}, conclusions)
            for conclusions in layers(base)
        ]
        self._last = layer({one.id: one.condition for one in base.responses}, ())

    def __call__(self, evidence: Given, perspective: str) -> Found:
        """Reason from evidence."""
        known, given, flags = self._unknown.copy(), {}, {f"as_{perspective}": True}
        conclusions = self._conclusions
        for id, one in evidence.items():
            if id in conclusions:
                given[id] = number(one)
            else:
                known[id] = number(one)
                _raise_flag(flags, id, known[id])
        fired: list[str] = []
        for layer in self._layers:
            for id in self._decided(layer, flags, known, perspective):
                fired.append(id)
                certainty, level, conclusion = self._rules[id]
                contribution = certainty(known, perspective) * level
                before = given.get(conclusion)
                given[conclusion] = contribution if before is None else combined(before, contribution)
            for conclusion in layer.conclusions:
                if conclusion in given:
                    known[conclusion] = given[conclusion]
                    _raise_flag(flags, conclusion, given[conclusion])
        return Found(
            fired,
            {id: known[id] for id in conclusions},
            self._decided(self._last, flags, known, perspective),
            [id for id, fact in self._safeguards if known[fact] > 0],
        )

    def _decided(self, layer: _Layer, flags: Flags, known: dict[str, float], perspective: str) -> list[str]:
        for flag, count in layer.counted:
            flags.pop(flag, None)
            if count(known, perspective) > HOLDS_ABOVE:
                flags[flag] = True
        return [*layer.decide(flags)]


def _raise_flag(flags: Flags, id: str, certainty: float) -> None:
    if certainty > HOLDS_ABOVE:
        flags[_flag("is", id)] = True
    elif certainty < -HOLDS_ABOVE:
        flags[_flag("no", id)] = True


def _flag(kind: str, id: str) -> str:
    return f"{kind}_{id.replace('-', '_')}"  # no id has an underscore


def _counted(condition: Condition) -> Iterator[Group]:
    """Yield the outermost groups of a condition that ask for more than one part and fewer than all."""
    if isinstance(condition, Group):
        if 1 < condition.needed < len(condition.parts):
            yield condition
        else:
            for part in condition.parts:
                yield from _counted(part)


def _written(condition: Condition, language: Language, counted: Mapping[Group, str]) -> Any:
    if isinstance(condition, Leaf):
        match condition.claim:
            case Claim.BELIEVED:
                return language.holds(_flag("is", condition.id))
            case Claim.ABSENT:
                return language.holds(_flag("no", condition.id))
            case Claim.UNLESS:
                return language.lacks(_flag("is", condition.id))
            case Claim.PERSPECTIVE:
                return language.holds(_flag("as", condition.id))
    if condition in counted:
        return language.holds(counted[condition])
    parts = [_written(part, language, counted) for part in condition.parts]
    return language.any_of(parts) if condition.needed == 1 else language.all_of(parts)
