"""How many questions it takes until the leading cause is, for good, the one that full evidence gives.

Run with the interpreter of an environment in which pushaway is installed:

    python benchmarks/questions.py [RANDOM_CONSULTATIONS]

Simulated people answer from full evidence: that of the base's own cases (without those that touch a
safeguard or evidence about a conclusion), where what a case does not mention is not known; and answers
drawn at random, with a fixed seed. Signs are told in the opening, as in an interview, and not counted.
Each way of choosing the next question meets the same people; a random order is tried five times each.
Consultations in which full evidence believes no cause are counted apart.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pushaway
from pushaway.engine.choosing import Outlook
from pushaway.engine.ranking import leading
from pushaway.engine.trace import Trace
from pushaway.knowledge.loading import read

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
ORDERS = 5
SEED = 20261124
ANSWERS, WEIGHTS = (1.0, 0.7, 0.4, -1.0, 0.0), (15, 10, 10, 35, 30)

Chooser = Callable[[Trace, list[str], bool], str | None]
"""Chooses one of the questions that are left, given a trace and whether none was asked yet."""


class Person(NamedTuple):
    """Somebody who answers from full evidence."""

    perspective: str
    evidence: dict[str, float]

    def opening(self) -> dict[str, float]:
        """Return what is told before single questions are asked."""
        return {id: one for id, one in self.evidence.items() if BASE.fact[id].kind == "sign"}

    def questions(self) -> list[str]:
        """Return all that can be asked one by one."""
        return [fact.id for fact in BASE.facts if fact.kind == "finding" and self.perspective in fact.questions]


def cases() -> Iterator[Person]:
    """Yield the people of the base's own consultations; its other cases show single rules, with little told."""
    consultations = {case["id"] for case in read()["cases/consultations.json"]["cases"]}
    for case in BASE.cases:
        askable = all(id in BASE.fact and BASE.fact[id].kind != "safeguard" for id in case.evidence)
        if case.id in consultations and askable:
            yield Person(case.perspective, {id: float(one) or -1.0 for id, one in case.evidence.items()})


def drawn(count: int) -> Iterator[Person]:
    """Yield people whose answers are drawn at random."""
    chance = random.Random(SEED)
    for _ in range(count):
        perspective = chance.choice([one.id for one in BASE.perspectives])
        askable = [f.id for f in BASE.facts if f.kind in ("sign", "finding") and perspective in f.questions]
        answers = {id: chance.choices(ANSWERS, WEIGHTS)[0] for id in askable}
        yield Person(perspective, {id: one for id, one in answers.items() if one})


def by_what_answers_change(trace: Trace, left: list[str], opening: bool) -> str | None:  # noqa: FBT001 # a Chooser
    """Choose as an interview does."""
    return next(iter(Outlook(ENGINE, trace, left, left, opening=opening).best_first), None)


def in_the_bases_order(_: Trace, left: list[str], __: bool) -> str:  # noqa: FBT001 # a Chooser
    """Choose what stands first."""
    return left[0]


def most_referenced_first(_: Trace, left: list[str], __: bool) -> str:  # noqa: FBT001 # a Chooser
    """Choose what most rules mention."""
    return max(left, key=lambda fact: sum(fact in mentioned for mentioned in BASE.mentions.values()))


def in_random_order(seed: int) -> Chooser:
    """Return what chooses at random."""
    chance = random.Random(seed)
    return lambda _, left, __: chance.choice(left)


def asked(person: Person, choose: Chooser) -> tuple[int, int]:
    """Return after how many questions the leading cause is that of full evidence, for good; and how many there are."""
    goal = leading(ENGINE.trace(person.evidence, perspective=person.perspective))
    told, left = person.opening(), person.questions()
    right_since, count = None, 0
    while True:
        trace = ENGINE.trace(told, perspective=person.perspective)
        if leading(trace) != goal:
            right_since = None
        elif right_since is None:
            right_since = count
        chosen = choose(trace, left, count == 0) if left else None
        if chosen is None:
            break
        left.remove(chosen)
        told[chosen] = person.evidence.get(chosen, 0.0)
        count += 1
    if right_since is None:
        raise AssertionError("a question was left out that mattered")
    return right_since, count


def table(title: str, people: list[Person]) -> None:
    """Print mean and median of each way of choosing, and its ratio to random order."""
    ways: dict[str, list[Chooser]] = {
        "random order": [in_random_order(seed) for seed in range(ORDERS)],
        "the base's order": [in_the_bases_order],
        "most referenced first": [most_referenced_first],
        "by what answers change (ours)": [by_what_answers_change],
    }
    print(f"{title}: {len(people)}")
    reference = 0.0
    for name, choosers in ways.items():
        counts, totals = zip(*(asked(person, choose) for person in people for choose in choosers), strict=True)
        mean = statistics.mean(counts)
        reference = reference or mean
        ratio = f"x{mean / reference:.2f}" if reference else ""
        print(f"  {name:<30} mean {mean:5.1f}   median {statistics.median(counts):5.1f}   {ratio:<5}", end="")
        print(f"   to the end {statistics.mean(totals):4.1f}")


def main(count: int) -> None:
    """Print the comparison."""
    for title, people in (("The base's own cases", [*cases()]), ("Drawn at random", [*drawn(count)])):
        for some in (True, False):
            group = [
                one
                for one in people
                if (leading(ENGINE.trace(one.evidence, perspective=one.perspective)) is not None) == some
            ]
            if group:
                table(f"{title}, {'a cause leads' if some else 'none is believed'}", group)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
