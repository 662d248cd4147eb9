"""What two bases are both tried with: their cases, all combinations of signs, single facts, pairs, and drawn evidence.

Everything is drawn from one fixed seed, so that a comparison can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, product
from random import Random
from typing import Any, NamedTuple

from ..knowledge.conditions import ids
from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from .certainty import BELIEF

SEED = 20
MOST_SIGNS = 12
"""With more signs than this their combinations are sampled: 2 to the 12th of them."""
MOST_DRAWS = 1_000_000
_MOST_FACTS = 12
_HINT = BELIEF / 2
"""Enough for a safeguard, and too little to be believed."""

ORIGINS = ("cases", "signs", "single", "pairs", "drawn")
"""Where evidence comes from: cases, combinations of signs, one fact, a safeguard fact with another, chance."""


class Trial(NamedTuple):
    """Evidence to try both bases with: ids to certainties in [−1, 1]; ``case`` is the id of the case it is from."""

    origin: str
    perspective: str
    evidence: Mapping[str, float]
    case: str = ""

    def __repr__(self) -> str:
        return f"<Trial of {len(self.evidence)} as {self.perspective}>"


class Trials:
    """All the trials for two bases. ``count`` says how many of each origin; iterating makes them one by one.

    ``perspectives`` are those that both have; without any there is no trial. ``left_out`` are ids of
    cases asked from a perspective that only one base has.
    """

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase, draws: int) -> None:
        self._bases = old, new
        known = {one.id for one in old.perspectives}
        self.perspectives = tuple(one.id for one in new.perspectives if one.id in known)
        self._draws = draws if self.perspectives else 0
        self._facts = tuple(dict.fromkeys((*new.fact, *old.fact)))
        self._alarms = tuple(
            id
            for id in self._facts
            if any(id in base.fact and base.fact[id].kind == "safeguard" for base in (old, new))
        )
        self._signs = tuple(
            id for id, one in new.fact.items() if one.kind == "sign" and id in old.fact and old.fact[id].kind == "sign"
        )
        self._answers = tuple(
            dict.fromkeys((1.0, -1.0, *(one.certainty for base in (new, old) for one in base.answers if one.certainty)))
        )
        cases = [case for base in (new, old) for case in base.cases]
        self.left_out = tuple(dict.fromkeys(one.id for one in cases if one.perspective not in self.perspectives))
        self._fixed = tuple(_each_once(chain(self._cases(), self._combinations(), self._singles(), self._pairs())))
        self.count = {origin: sum(one.origin == origin for one in self._fixed) for origin in ORIGINS}
        self.count["drawn"] = self._draws

    @property
    def sampled(self) -> bool:
        """Whether there are too many signs to try all their combinations."""
        return len(self._signs) > MOST_SIGNS and bool(self.perspectives)

    def __len__(self) -> int:
        return sum(self.count.values())

    def __iter__(self) -> Iterator[Trial]:
        yield from self._fixed
        yield from self._drawn()

    def _cases(self) -> Iterator[Trial]:
        for base in self._bases:
            for case in base.cases:
                if case.perspective in self.perspectives:
                    yield Trial("cases", case.perspective, self._in_order(case.evidence), case.id)

    def _combinations(self) -> Iterator[Trial]:
        if len(self._signs) > MOST_SIGNS:
            random, found = Random(SEED), dict[int, None]()  # noqa: S311 # to be repeated, not to be secret
            while len(found) < 1 << MOST_SIGNS:
                found[random.getrandbits(len(self._signs))] = None
            chosen = sorted(found)
        else:
            chosen = list(range(1 << len(self._signs)))
        for perspective, bits in product(self.perspectives, chosen):
            present = {id: 1.0 for place, id in enumerate(self._signs) if bits >> place & 1}
            yield Trial("signs", perspective, Frozen(present))

    def _singles(self) -> Iterator[Trial]:
        for perspective, id in product(self.perspectives, self._facts):
            for certainty in self._choices(id):
                yield Trial("single", perspective, Frozen({id: certainty}))

    def _pairs(self) -> Iterator[Trial]:
        for perspective, alarm, id in product(self.perspectives, self._alarms, self._facts):
            if id != alarm:
                yield Trial("pairs", perspective, self._in_order({alarm: 1.0, id: 1.0}))

    def _drawn(self) -> Iterator[Trial]:
        """Yield draws: every second has facts that what changed rests on, which chance would rarely bring together."""
        random = Random(SEED)  # noqa: S311 # the same
        near = _near(*self._bases, self._facts)
        for number in range(self._draws):
            if number % 2 and near:
                some = random.choice(near)
                chosen = random.sample(some, random.randint(1, min(len(some), _MOST_FACTS // 2)))
                chosen += random.sample(self._facts, random.randint(0, min(len(self._facts), 3)))
            else:
                chosen = random.sample(self._facts, random.randint(0, min(len(self._facts), _MOST_FACTS)))
            evidence = {id: random.choice(self._choices(id)) for id in chosen}
            yield Trial("drawn", random.choice(self.perspectives), self._in_order(evidence))

    def _choices(self, id: str) -> tuple[float, ...]:
        return (*self._answers, _HINT) if id in self._alarms else self._answers

    def _in_order(self, evidence: Mapping[str, bool | float]) -> Mapping[str, float]:
        """Return evidence in the new base's order, then the old one's, without what says nothing."""
        old, new = self._bases
        order = dict.fromkeys((*new.fact, *new.conclusion, *old.fact, *old.conclusion))
        certainties = {id: _number(one) for id, one in evidence.items()}
        return Frozen((id, certainties[id]) for id in order if certainties.get(id))


def _number(given: bool | float) -> float:  # noqa: FBT001 # evidence is either
    return (1.0 if given else -1.0) if isinstance(given, bool) else float(given)


def _each_once(trials: Iterator[Trial]) -> Iterator[Trial]:
    """Yield trials without what was tried already; cases are told by their ids, so each of them counts."""
    seen = set[tuple[object, ...]]()
    for one in trials:
        key = one.perspective, tuple(one.evidence.items()), one.case
        known = key in seen or (not one.case and key[:2] in seen)
        seen.update((key, key[:2]))
        if not known:
            yield one


def reasoning(base: KnowledgeBase) -> Mapping[Any, Any]:
    """Return all of a base that verdict, order and advice come from; equal for bases that cannot answer differently.

    Not wording, source or cases, and nothing of the files; nor the order of rules, which adds up to the same.
    """
    return {
        "order": tuple(tuple(one.id for one in part) for part in (base.conclusions, base.responses, base.safeguards)),
        "perspectives": tuple(one.id for one in base.perspectives),
        **{("fact", one.id): one.kind == "safeguard" for one in base.facts},
        **{("conclusion", one.id): (one.kind, frozenset(one.leads_when)) for one in base.conclusions},
        **{("rule", one.id): (one.condition, one.conclusion, one.certainty) for one in base.rules},
        **{
            ("response", one.id): (one.condition, frozenset(one.audience), frozenset(one.withheld_by), one.order)
            for one in base.responses
        },
        **{("safeguard", one.id): one.fact for one in base.safeguards},
    }


def _near(old: KnowledgeBase, new: KnowledgeBase, facts: tuple[str, ...]) -> list[list[str]]:
    """Return, for each thing in which two bases reason differently, the facts that it rests on."""
    was, became = reasoning(old), reasoning(new)
    changed = [key for key in dict.fromkeys((*became, *was)) if key not in was or was.get(key) != became.get(key)]
    found = [_facts_under(_turning_on(old, new, key), (old, new)) for key in changed]
    return [[id for id in facts if id in some] for some in found if some.intersection(facts)]


def _turning_on(old: KnowledgeBase, new: KnowledgeBase, key: Any) -> set[str]:
    """Return the ids that a difference turns on: those that one base mentions there and the other does not, or all."""
    before, after = (set(_mentioned(base, key)) for base in (old, new))
    return before ^ after or before


def _facts_under(mentioned: set[str], bases: tuple[KnowledgeBase, ...]) -> set[str]:
    """Return ids with all those that conclusions among them are inferred from, however far."""
    found, waiting = set[str](), list(mentioned)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += [one for base in bases for one in base.rests_on.get(id, ())]
    return found


def _mentioned(base: KnowledgeBase, key: Any) -> Iterator[str]:
    match key:
        case ("rule", id) if id in base.rule:
            yield from base.mentions[id]
        case ("response", id):
            for response in (one for one in base.responses if one.id == id):
                yield from (*ids(response.condition), *response.withheld_by)
        case ("safeguard", id):
            yield from (one.fact for one in base.safeguards if one.id == id)
        case ("conclusion", id) if id in base.conclusion:
            yield from (id, *base.conclusion[id].leads_when)
        case ("fact", id) if id in base.fact:
            yield id
