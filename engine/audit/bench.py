"""Where a base is tried: its engine, its own trials, and results that several checks share."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple, TypeVar

from ...knowledge.audit.checks import NotMadeError, Subject
from ...knowledge.frozen import cached_property
from ...knowledge.model import Case, Example, KnowledgeBase, Rule
from ..certainty import believed, words
from ..engine import Engine
from ..ranking import due, ranked, verdict
from ..trace import Trace

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is, and how much there is to do."""

T = TypeVar("T")
Item = TypeVar("Item")
Evidence = Mapping[str, bool | float]


class CaseTrial(NamedTuple):
    """A case of the base, and what the base as it is makes of it."""

    case: Case
    trace: Trace

    def misses(self, trace: Trace) -> tuple[str, ...]:
        """Return what the case expects and a trace does not give: each as the key under `expect`, with words."""
        return tuple(
            f"{key}: expected {wanted}, got {got}" if got else f"{key}: {wanted} missing"
            for key, wanted, got in self._compared(trace)
        )

    def notices(self, trace: Trace) -> bool:
        """Tell whether a trace misses anything of the case."""
        return next(self._compared(trace), None) is not None

    def _compared(self, trace: Trace) -> Iterator[tuple[str, str, str]]:
        case = self.case
        causes = tuple(one.id for one in ranked(trace, "cause") if believed(trace.certainties[one.id]))
        yield from _unequal("verdict", case.verdict, verdict(trace))
        yield from _unequal("causes", case.causes, causes)
        yield from _unequal("safeguards", case.safeguards, trace.safeguards)
        advice = due(trace)
        given = {one.response.id for one in advice if not one.withheld_by} | set(trace.safeguards)
        withheld = {one.response.id for one in advice if one.withheld_by}
        yield from _lacking("responses", case.responses, given)
        yield from _lacking("withheld", case.withheld, withheld)
        for id in case.never:
            if id in given:
                yield "never", f"no {id}", id
        for id, said in case.words.items():
            yield from _unequal(f"words of {id}", said, words(trace.certainties[id]))


class ExampleTrial(NamedTuple):
    """An example of a rule, and what the base as it is makes of it."""

    rule: Rule
    number: int
    example: Example
    trace: Trace

    def notices(self, trace: Trace) -> bool:
        """Tell whether the rule does in a trace what the example says it does not."""
        return (self.rule.id in trace.fired) is not self.example.fires


def _unequal(key: str, wanted: Any, got: Any) -> Iterator[tuple[str, str, str]]:
    if wanted != got:
        yield key, _listed(wanted), _listed(got)


def _lacking(key: str, wanted: Iterable[str], got: set[str]) -> Iterator[tuple[str, str, str]]:
    lacking = [id for id in wanted if id not in got]
    if lacking:
        yield key, _listed(lacking), ""


def _listed(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "none"


@dataclass(frozen=True, eq=False)
class Bench:
    """A base on the bench: it is reasoned with, and never changed; a changed copy gets an engine of its own."""

    subject: Subject
    engine: Engine
    progress: Progress = lambda *_: None
    _results: dict[Any, Any] = field(default_factory=dict)

    @property
    def base(self) -> KnowledgeBase:
        """The base."""
        return self.subject.base

    def result(self, work: Callable[[Bench], T]) -> T:
        """Return what some work finds on this bench; it is done once."""
        if work not in self._results:
            self._results[work] = work(self)
        found: T = self._results[work]
        return found

    def each(self, what: str, items: Sequence[Item]) -> Iterator[Item]:
        """Yield items and tell the progress."""
        for done, item in enumerate(items):
            self.progress(what, done, len(items))
            yield item
        if items:
            self.progress(what, len(items), len(items))

    @cached_property
    def cases(self) -> tuple[CaseTrial, ...]:
        """The base's cases, tried."""
        trace = self.engine.trace
        return tuple(CaseTrial(one, trace(one.evidence, perspective=one.perspective)) for one in self.base.cases)

    @cached_property
    def examples(self) -> tuple[ExampleTrial, ...]:
        """The examples of all rules, tried."""
        trace = self.engine.trace
        return tuple(
            ExampleTrial(rule, number, one, trace(one.evidence, perspective=one.perspective))
            for rule in self.base.rules
            for number, one in enumerate(rule.examples)
        )

    @property
    def own_cases(self) -> tuple[CaseTrial, ...]:
        """The base's cases, tried. Raises :class:`NotMadeError` where it has none."""
        if not self.cases:
            raise NotMadeError("The base has no cases; give it some in a document of the kind `cases`.")
        return self.cases

    @property
    def trials(self) -> tuple[CaseTrial | ExampleTrial, ...]:
        """All cases and examples, tried."""
        return (*self.cases, *self.examples)

    @cached_property
    def perspectives(self) -> tuple[str, ...]:
        """The ids of the perspectives."""
        return tuple(one.id for one in self.base.perspectives)

    @cached_property
    def signs(self) -> tuple[str, ...]:
        """The ids of the signs."""
        return tuple(fact.id for fact in self.base.facts if fact.kind == "sign")


class Combinations:
    """Every combination of answers to some questions, or a fixed sample of them where they are more than ``most``."""

    def __init__(self, answers: Mapping[str, Sequence[float]], most: int) -> None:
        self._answers = answers
        self.all = 1
        for some in answers.values():
            self.all *= len(some)
        self.tried = min(self.all, most)

    def __iter__(self) -> Iterator[dict[str, float]]:
        ids = list(self._answers)
        if self.tried == self.all:
            for chosen in product(*self._answers.values()):
                yield dict(zip(ids, chosen, strict=True))
            return
        chance = random.Random(self.tried)  # noqa: S311 # a fixed sample, and nothing secret
        for _ in range(self.tried):
            yield {id: chance.choice(some) for id, some in self._answers.items()}
