"""What is different between two knowledge bases, in words and in behaviour.

Both engines run what :mod:`.trials` gives them, and what is different in their answers is sorted into
distinct differences, each with the smallest evidence that was found to show it. Nothing is proved: a
difference that no trial meets is not seen, though what changed in words always is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import tee
from typing import Any, NamedTuple

from ..knowledge.building import build
from ..knowledge.comparing import Documents, Words, compare_documents
from ..knowledge.frozen import Frozen
from ..knowledge.model import KnowledgeBase
from .answer import BaseRef, Observation, plain
from .engine import Engine
from .trials import MOST_DRAWS, Trial, Trials, reasoning
from .trying import Gist, gist, gists
from .version import VERSION

FORMAT = "1"
DRAWS = 2_000
"""How many drawn trials a comparison has unless told otherwise."""

KINDS = (
    "safeguard",
    "safeguard-order",
    "exposed",
    "verdict",
    "leading",
    "cause",
    "cause-order",
    "response",
    "response-order",
)
"""The kinds of differences in the order in which they are told: what keeps people safe comes first."""

SAFETY = KINDS[:3]

Progress = Callable[[int, int], None]
"""Told how much is done and how much there is to do, which may grow."""


class Shift(NamedTuple):
    """A distinct difference: its kind, what it is about, and what was and what became of it.

    ``ids`` are of safeguards, causes or responses; two where their order is different, and ``before``
    and ``after`` then tell which comes first. ``because`` is what withheld a response that no longer is.
    """

    kind: str
    ids: tuple[str, ...]
    before: str | None
    after: str | None
    because: str | None = None


class Example(NamedTuple):
    """Evidence that shows a difference, of which no item can be dropped, and what each base makes of it."""

    perspective: str
    evidence: tuple[Observation, ...]
    old: Gist
    new: Gist

    def __repr__(self) -> str:
        return f"<Example of {len(self.evidence)} as {self.perspective}>"


class Difference(NamedTuple):
    """A distinct difference, in how many trials it shows, in which cases, and the smallest example found.

    ``beside_safeguards`` counts those of the trials in which either base calls for a safeguard.
    """

    shift: Shift
    trials: int
    beside_safeguards: int
    cases: tuple[str, ...]
    example: Example


class Behaviour(NamedTuple):
    """What is different in behaviour, safety first, and what was tried.

    ``same_reasoning`` means that the bases cannot answer differently, so nothing was tried. ``trials``
    counts them by origin; ``sampled`` says that there were too many signs to combine them all.
    ``left_out`` are cases asked from a perspective that only one base has.
    """

    same_reasoning: bool
    perspectives: tuple[str, ...]
    trials: Mapping[str, int]
    sampled: bool
    left_out: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    """Two bases and what is different between them."""

    old: BaseRef
    new: BaseRef
    words: Words
    behaviour: Behaviour

    @property
    def different(self) -> bool:
        """Whether there is any difference."""
        return bool(self.words.total or self.behaviour.differences)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data, as the schema ``comparison`` describes it."""
        told = self.behaviour._asdict() | {"differences": [_data(one) for one in self.behaviour.differences]}
        return {
            "format": FORMAT,
            "engine": VERSION,
            "old": plain(self.old),
            "new": plain(self.new),
            "different": self.different,
            "words": self.words.to_dict(),
            "behaviour": {key: dict(one) if isinstance(one, Mapping) else plain(one) for key, one in told.items()},
        }


def compare(old: Documents, new: Documents, *, draws: int = DRAWS, progress: Progress | None = None) -> Comparison:
    """Compare two bases in words and in behaviour.

    Takes their documents by file name, as :func:`pushaway.knowledge.loading.read` returns and checks
    them. For the others see :func:`compare_behaviour`, which also says what it raises.
    """
    was, became = build(old), build(new)
    behaviour = compare_behaviour(was, became, draws=draws, progress=progress)
    return Comparison(_ref(was), _ref(became), compare_documents(old, new), behaviour)


def _ref(base: KnowledgeBase) -> BaseRef:
    return BaseRef(base.id, base.version, base.digest)


def compare_behaviour(
    old: KnowledgeBase, new: KnowledgeBase, *, draws: int = DRAWS, progress: Progress | None = None
) -> Behaviour:
    """Run two bases on the same evidence and return where verdict, causes, advice or safeguards differ.

    They are tried with the cases of both, in every perspective that both have with all combinations of
    the signs that both have, with every answer to every fact, with each safeguard fact beside each other
    fact, and with ``draws`` pieces of drawn evidence, 0 to 1,000,000, always the same ones for two bases.
    A base is not told what it does not know. ``progress`` is told how far it is. Raises ValueError for
    ``draws`` out of range.
    """
    if not 0 <= draws <= MOST_DRAWS:
        raise ValueError(f"draws is {draws}: give a number from 0 to {MOST_DRAWS}")
    trials = Trials(old, new, draws)
    same = reasoning(old) == reasoning(new)
    search = _Search(old, new)
    return Behaviour(
        same_reasoning=same,
        perspectives=trials.perspectives,
        trials=Frozen((origin, 0 if same else count) for origin, count in trials.count.items()),
        sampled=trials.sampled and not same,
        left_out=() if same else trials.left_out,
        differences=() if same else search.found(trials, progress or (lambda _done, _total: None)),
    )


@dataclass
class _Seen:
    """A distinct difference as it is met again and again."""

    smallest: Trial
    trials: int = 0
    beside_safeguards: int = 0
    cases: dict[str, None] = field(default_factory=dict)


class _Search:
    def __init__(self, old: KnowledgeBase, new: KnowledgeBase) -> None:
        self._engines = Engine(old), Engine(new)
        self._alarms = frozenset(fact.id for base in (old, new) for fact in base.facts if fact.kind == "safeguard")

    def found(self, trials: Trials, progress: Progress) -> tuple[Difference, ...]:
        seen: dict[Shift, _Seen] = {}
        for done, (trial, *both) in enumerate(self._tried(trials), 1):
            for shift in self._shifts(*both):
                one = seen.setdefault(shift, _Seen(trial))
                one.trials += 1
                one.beside_safeguards += any(told.safeguards for told in both)
                if trial.case:
                    one.cases[trial.case] = None
                one.smallest = min(one.smallest, trial, key=_size)
            progress(done, len(trials) + len(seen))  # an example is then made for each
        differences = []
        for done, (shift, one) in enumerate(seen.items(), 1):
            differences.append(
                Difference(
                    shift, one.trials, one.beside_safeguards, tuple(one.cases), self._example(shift, one.smallest)
                )
            )
            progress(len(trials) + done, len(trials) + len(seen))
        return tuple(sorted(differences, key=_rank))

    def _example(self, shift: Shift, trial: Trial) -> Example:
        evidence = dict(trial.evidence)

        def shows(less: Mapping[str, float]) -> bool:
            return shift in self._shifts(*self._gists(trial.perspective, less))

        while smaller := next(filter(shows, _smaller(evidence)), None):
            evidence = smaller
        observations = tuple(Observation(*one) for one in evidence.items())
        return Example(trial.perspective, observations, *self._gists(trial.perspective, evidence))

    def _tried(self, trials: Iterable[Trial]) -> Iterator[tuple[Trial, Gist, Gist]]:
        """Yield each trial with what both bases make of it."""
        trials, *both = tee(trials, 3)
        return zip(trials, *map(_told, self._engines, both), strict=True)

    def _gists(self, perspective: str, evidence: Mapping[str, float]) -> tuple[Gist, Gist]:
        old, new = (
            gist(engine.trace(_known(engine.base, evidence), perspective=perspective)) for engine in self._engines
        )
        return old, new

    def _shifts(self, old: Gist, new: Gist) -> Iterator[Shift]:
        """Yield what is different, each once."""
        if old == new:
            return
        yield from _members("safeguard", old.safeguards, new.safeguards, ("not given", "given"))
        yield from _order("safeguard-order", old.safeguards, new.safeguards)
        if old.verdict != new.verdict:
            yield Shift("verdict", (), old.verdict, new.verdict)
        first, now_first = (next(iter(one.causes), None) for one in (old, new))
        if first != now_first:
            yield Shift("leading", (), first, now_first)
        yield from _members("cause", old.causes, new.causes, ("not believed", "believed"))
        yield from _order("cause-order", old.causes, new.causes)
        yield from self._advice(old, new)
        yield from _order("response-order", old.responses, new.responses)

    def _advice(self, old: Gist, new: Gist) -> Iterator[Shift]:
        for id in dict.fromkeys((*old.responses, *old.withheld, *new.responses, *new.withheld)):
            before, after = _state(old, id), _state(new, id)
            if before == "withheld" and after == "recommended":
                # Each reason for itself: advice that is unsafe beside one thing may be harmless beside another.
                for reason in old.withheld[id]:
                    kind = "exposed" if reason in self._alarms else "response"
                    yield Shift(kind, (id,), before, after, reason)
            elif before != after:
                yield Shift("response", (id,), before, after)


def _told(engine: Engine, trials: Iterable[Trial]) -> Iterator[Gist]:
    """Yield what a base makes of each trial."""
    return gists(engine, ((one.perspective, _known(engine.base, one.evidence)) for one in trials))


def _known(base: KnowledgeBase, evidence: Mapping[str, float]) -> Mapping[str, float]:
    """Return as much of some evidence as a base knows of."""
    return {id: one for id, one in evidence.items() if id in base.fact or id in base.conclusion}


def _state(told: Gist, id: str) -> str:
    return "recommended" if id in told.responses else "withheld" if id in told.withheld else "not given"


def _members(kind: str, old: tuple[str, ...], new: tuple[str, ...], states: tuple[str, str]) -> Iterator[Shift]:
    for id in dict.fromkeys((*old, *new)):
        if (id in old) != (id in new):
            yield Shift(kind, (id,), states[id in old], states[id in new])


def _order(kind: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Shift]:
    """Yield each two that both have and that stand the other way round."""
    place = {id: number for number, id in enumerate(new)}
    both = [id for id in old if id in place]
    for number, first in enumerate(both):
        for second in both[number + 1 :]:
            if place[second] < place[first]:
                yield Shift(kind, (first, second), first, second)


def _smaller(evidence: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Yield evidence with one item less, then with one item simpler: true, or else known to be absent."""
    for id in evidence:
        yield {other: one for other, one in evidence.items() if other != id}
    for id, certainty in evidence.items():
        for simpler in (1.0, -1.0):
            if _intricacy(simpler) < _intricacy(certainty):
                yield {**evidence, id: simpler}


def _intricacy(certainty: float) -> int:
    return 0 if certainty == 1 else 1 if certainty == -1 else 2


def _size(trial: Trial) -> tuple[int, int]:
    return len(trial.evidence), sum(map(_intricacy, trial.evidence.values()))


def _rank(difference: Difference) -> tuple[Any, ...]:
    shift = difference.shift
    about = (shift.ids, shift.before or "", shift.after or "", shift.because or "")
    return KINDS.index(shift.kind), -difference.trials, about


def _data(difference: Difference) -> dict[str, Any]:
    shift, example = difference.shift, difference.example
    return {
        **{key: plain(one) for key, one in shift._asdict().items()},
        "trials": difference.trials,
        "beside_safeguards": difference.beside_safeguards,
        "cases": list(difference.cases),
        "example": {
            "perspective": example.perspective,
            "evidence": plain(example.evidence),
            "old": _gist_data(example.old),
            "new": _gist_data(example.new),
        },
    }


def _gist_data(told: Gist) -> dict[str, Any]:
    withheld = [{"id": id, "because": list(because)} for id, because in told.withheld.items()]
    return {key: plain(one) for key, one in told._asdict().items()} | {"withheld": withheld}
