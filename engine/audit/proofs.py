"""Behaviour of a base, proved where it can be: what must hold of every answer, whatever is told.

Three ways, and the report says which: by *bounds*, which hold for every certainty of everything that
is free (`engine/bounds.py`); by the *form* of the rules, where each step from a fact to a conclusion
can only raise it; or by *enumeration* of all answers to the questions on which it turns. Where these
are too many, a fixed sample is tried, and the report says how small a part of all that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.conditions import Claim, leaves
from ...knowledge.model import KnowledgeBase, Requirement, Response
from ...knowledge.problems import quoted
from ..answer import Answer
from ..bounds import Bounds, Interval
from ..certainty import BELIEF, TOLERANCE, above, believed
from ..trace import Trace
from .bench import Bench, Combinations, Evidence

BEHAVIOUR = Checks[Bench]("Behaviour")

MOST = 2**10
"""How many combinations are enumerated at the most; of more, so many are drawn."""

_SOME = 1e-4
"""The least certainty above 0 that evidence can have."""


class Proof(NamedTuple):
    """That something holds of a base, and how that is known.

    ``how``: bounds, form, enumerated or sampled. ``tried`` combinations were run, of ``of``; both are 0
    where none had to be, and beside bounds they show that the engine does as these say. ``broken_by`` is
    evidence under which it does not hold, None where it holds.
    """

    check: str
    subject: str
    title: str
    how: str
    tried: int
    of: int
    broken_by: Evidence | None = None
    perspective: str | None = None


Breach = Callable[[Answer], bool]


def proofs(bench: Bench) -> tuple[Proof, ...]:
    """Return everything about a base's behaviour that was to be proved."""
    found = (_safeguards_first, _withheld, _for_whom, _verdicts, _absence, _own_signs, _required)
    return tuple(proof for find in bench.each("behaviour", found) for proof in find(bench))


def _tried(bench: Bench, check: str, subject: str, title: str, runs: _Runs, breach: Breach) -> Proof:
    """Try every run; what breaks a claim is told as small as it can be made."""
    for answer in runs.answers(bench):
        if breach(answer):
            perspective = answer.perspective
            smallest = _shrunk(bench, answer.reasoning.trace.evidence.certainties, perspective, breach)
            return Proof(check, subject, title, runs.how, runs.tried, runs.of, smallest, perspective)
    return Proof(check, subject, title, runs.how, runs.tried, runs.of)


def _shrunk(bench: Bench, evidence: Evidence, perspective: str, breach: Breach) -> Evidence:
    """Return as much of some evidence as is needed for a breach: nothing of it can be left out."""
    kept = {id: certainty for id, certainty in evidence.items() if certainty}
    for id in list(kept):
        less = {other: certainty for other, certainty in kept.items() if other != id}
        if breach(bench.engine.infer(less, perspective=perspective)):
            kept = less
    return kept


class _Runs:
    """Evidence to be tried: all combinations of some answers, alone and beside other things that are told."""

    def __init__(
        self, answers: Mapping[str, Iterable[float]], perspectives: Iterable[str], beside: Iterable[Evidence] = ({},)
    ) -> None:
        self._perspectives = tuple(perspectives)
        self._beside = tuple(beside)
        often = max(1, len(self._perspectives) * len(self._beside))
        self._combinations = Combinations({id: tuple(some) for id, some in answers.items()}, max(1, MOST // often))
        self.tried = self._combinations.tried * often
        self.of = self._combinations.all * often

    @property
    def how(self) -> str:
        """Whether these are all that there are."""
        return "enumerated" if self.tried == self.of else "sampled"

    def answers(self, bench: Bench) -> Iterator[Answer]:
        """Yield the answer to each."""
        for perspective in self._perspectives:
            for beside in self._beside:
                for told in self._combinations:
                    yield bench.engine.infer({**beside, **told}, perspective=perspective)


class _Kept(_Runs):
    """Runs whose answers several claims look at."""

    def answers(self, bench: Bench) -> Iterator[Answer]:
        """Yield the answer to each; they are found once."""
        yield from bench.result(self._found)

    def _found(self, bench: Bench) -> tuple[Answer, ...]:
        return tuple(super().answers(bench))


def _everything(base: KnowledgeBase, but: Iterable[str] = ()) -> Evidence:
    left_out = frozenset(but)
    return {id: 1.0 for id in (*base.fact, *base.conclusion) if id not in left_out}


def _safeguards_first(bench: Bench) -> Iterator[Proof]:
    """Every safeguard that is called for is given, in order, and nothing is asked beside it."""
    base = bench.base
    alarms = tuple(dict.fromkeys(one.fact for one in base.safeguards))
    if not alarms:
        return

    def breach(answer: Answer) -> bool:
        told = {one.id for one in answer.evidence if one.certainty > 0}
        due = [one.id for one in base.safeguards if one.fact in told]
        return [one.id for one in answer.safeguards] != due or bool(due and answer.ask_next)

    answers = dict.fromkeys(alarms, (*base.answer_certainties, _SOME))
    runs = _Runs(answers, bench.perspectives, ({}, _everything(base, alarms)))
    title = "Safeguards come first, at any certainty above 0, and nothing is asked beside them."
    yield _tried(bench, "safeguard-not-given", base.id, title, runs, breach)


def _withheld(bench: Bench) -> Iterator[Proof]:
    """Nothing is recommended while something that withholds it holds."""
    groups: dict[tuple[str, ...], list[Response]] = {}
    for response in bench.base.responses:
        if response.withheld_by:
            groups.setdefault(response.withheld_by, []).append(response)
    for holders, responses in groups.items():
        ids = {one.id for one in responses}

        def breach(answer: Answer, holders: tuple[str, ...] = holders, ids: set[str] = ids) -> bool:
            return _holding(bench.base, answer, holders) and any(one.id in ids for one in answer.responses)

        called_by = {
            leaf.id
            for one in responses
            for leaf in leaves(one.condition)
            if leaf.claim is Claim.BELIEVED and leaf.id in bench.base.conclusion
        }
        answers = dict.fromkeys(holders, (*bench.base.answer_certainties, _SOME))
        runs = _Runs(answers, bench.perspectives, (dict.fromkeys(sorted(called_by), 1.0),))
        told = f"{len(ids)} responses are" if len(ids) > 1 else f"{quoted(responses[0].id)} is"
        title = f"{told} withheld wherever {' or '.join(map(quoted, holders))} holds."
        proof = _tried(bench, "advice-not-withheld", responses[0].id, title, runs, breach)
        shown = all(
            not _may_come(_free(bench, perspective, id), one, perspective)
            for one in responses
            for id in holders
            for perspective in bench.perspectives
        )
        yield proof._replace(how="bounds") if shown else proof


def _holding(base: KnowledgeBase, answer: Answer, holders: tuple[str, ...]) -> bool:
    """Tell whether one of these holds in an answer; reckoned anew here, and not as the engine does."""
    known = {one.id: one.certainty for one in answer.evidence}
    known |= {one.id: one.certainty for one in (*answer.causes, *answer.mechanisms)}
    alarms = {one.fact for one in base.safeguards} | {fact.id for fact in base.facts if fact.kind == "safeguard"}
    return any(known.get(id, 0.0) > (0.0 if id in alarms else BELIEF + TOLERANCE) for id in holders)


def _for_whom(bench: Bench) -> Iterator[Proof]:
    """Nobody gets advice that is meant for another."""
    meant_for = {one.id: one.audience for one in bench.base.responses}

    def breach(answer: Answer) -> bool:
        return any(answer.perspective not in meant_for[one.id] for one in answer.responses)

    if meant_for:
        title = "Nobody gets advice that is meant for another."
        yield _tried(bench, "advice-for-another", bench.base.id, title, bench.result(_signs), breach)


def _verdicts(bench: Bench) -> Iterator[Proof]:
    """Say how many causes are believed, these before the others."""

    def breach(answer: Answer) -> bool:
        standing = [believed(one.certainty) for one in answer.causes]
        count = sum(standing)
        return answer.verdict != ("none", "one", "several")[min(count, 2)] or any(standing[count:])

    title = "No cause is said to stand out exactly where none is believed."
    yield _tried(bench, "verdict-untrue", bench.base.id, title, bench.result(_signs), breach)


def _signs(bench: Bench) -> _Kept:
    """Return every combination of signs, present or unknown, alone and with all else told but what is a safeguard."""
    alarms = [fact.id for fact in bench.base.facts if fact.kind == "safeguard"]
    beside: tuple[Evidence, ...] = ({}, _everything(bench.base, (*bench.signs, *alarms, *bench.base.conclusion)))
    return _Kept(dict.fromkeys(bench.signs, (0.0, 1.0)), bench.perspectives, beside)


def influences(base: KnowledgeBase) -> Mapping[tuple[str, str], frozenset[int]]:
    """Return how each fact can move each conclusion: up (1) with its certainty, down (−1), or both.

    Every step is monotone: a believed leaf and a level above 0 pass a rise on, an absent or unless leaf
    and a level below 0 turn it. What only rises on every way can never fall.
    """
    found: dict[tuple[str, str], frozenset[int]] = {}
    for conclusion in base.layered:
        for rule in base.rules_for[conclusion]:
            for leaf in leaves(rule.condition):
                if leaf.claim is Claim.PERSPECTIVE:
                    continue
                turn = (1 if leaf.claim is Claim.BELIEVED else -1) * (1 if rule.certainty > 0 else -1)
                before = {leaf.id: frozenset({1})} if leaf.id in base.fact else {}
                before |= {fact: ways for (fact, on), ways in found.items() if on == leaf.id}
                for fact, ways in before.items():
                    now = frozenset(way * turn for way in ways)
                    found[fact, conclusion] = found.get((fact, conclusion), frozenset()) | now
    return found


def _speaks_for(base: KnowledgeBase, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield facts of some kinds with each conclusion that a rule says they speak for, or their absence against."""
    pairs = (
        (leaf.id, rule.conclusion)
        for rule in base.rules
        for leaf in leaves(rule.condition)
        if leaf.id in base.fact and base.fact[leaf.id].kind in kinds and leaf.claim is not Claim.UNLESS
        if (leaf.claim is Claim.BELIEVED) == (rule.certainty > 0)
    )
    yield from dict.fromkeys(pairs)


def _absence(bench: Bench) -> Iterator[Proof]:
    """Known to be absent, a fact never makes more certain what it speaks for."""
    yield from _monotone(bench, "absence-raises", ("finding", "safeguard"), -1.0, "An answer of no never raises")


def _own_signs(bench: Bench) -> Iterator[Proof]:
    """Never let a sign make less certain what it speaks for."""
    yield from _monotone(bench, "sign-lowers", ("sign",), 1.0, "A sign never lowers")


def _monotone(bench: Bench, check: str, kinds: tuple[str, ...], told: float, title: str) -> Iterator[Proof]:
    base = bench.base
    ways = influences(base)
    mixed: list[tuple[str, str]] = []
    count = 0
    for fact, conclusion in _speaks_for(base, kinds):
        count += 1
        if ways[fact, conclusion] != {1}:
            mixed.append((fact, conclusion))
    if count > len(mixed):
        yield Proof(check, base.id, f"{title} what a fact speaks for ({count - len(mixed)} pairs).", "form", 0, 0)
    for fact, conclusion in mixed:
        others = [id for (id, on) in ways if on == conclusion and id != fact]
        runs = _Runs(dict.fromkeys(others, (0.0, 1.0, -1.0)), bench.perspectives)

        def breach(answer: Answer, fact: str = fact, conclusion: str = conclusion) -> bool:
            unknown = answer.reasoning.trace
            evidence = {id: one for id, one in unknown.evidence.certainties.items() if id != fact}
            after = bench.engine.trace({**evidence, fact: told}, perspective=answer.perspective)
            moved = after.certainties[conclusion] - unknown.certainties[conclusion]
            return above(moved * told, 0.0) if told < 0 else above(-moved, 0.0)

        yield _tried(bench, check, fact, f"{title} {quoted(conclusion)}: {quoted(fact)}.", runs, breach)


def _required(bench: Bench) -> Iterator[Proof]:
    """Hold what the charter requires."""
    for requirement in bench.base.charter.requirements:
        yield _Claim(bench, requirement).proof()


class _Claim:
    """A requirement of the charter on the bench."""

    def __init__(self, bench: Bench, requirement: Requirement) -> None:
        self._bench = bench
        self._base = bench.base
        self._it = requirement
        self._when: tuple[str | None, ...] = requirement.when or (None,)

    def proof(self) -> Proof:
        """Return the proof by bounds, or where these do not show it, what trying shows."""
        it = self._it
        if all(self._shown(id, perspective) for id in self._when for perspective in self._bench.perspectives):
            return Proof("requirement-broken", it.id, it.title, "bounds", 0, 0)
        answers: dict[str, Iterable[float]] = {
            fact.id: self._base.answer_certainties for fact in self._base.facts if it.only in (None, fact.kind)
        }
        beside = [{id: certainty} for id in it.when for certainty in self._present(id)] or [{}]
        for told in beside:
            free = {id: some for id, some in answers.items() if id not in told}
            runs = _Runs(free, self._bench.perspectives, ({}, told))
            found = _tried(self._bench, "requirement-broken", it.id, it.title, runs, self._broken)
            if found.broken_by is not None:
                return found
        return found

    def _present(self, id: str) -> Iterable[float]:
        return [
            one for one in self._base.answer_certainties if (one > 0 if _is_alarm(self._base, id) else believed(one))
        ]

    def _shown(self, when: str | None, perspective: str) -> bool:
        """Tell whether bounds show it, with everything free but that one thing is believed."""
        it, base = self._it, self._base
        bounds = _free(self._bench, perspective, when, only=it.only, first=it.first)
        return (
            all(bounds.of(one.fact).least > 0 for one in base.safeguards if one.id in it.safeguards)
            and (it.first is None or self._surely_first(bounds, it.first))
            and not any(_may_come(bounds, one, perspective) for one in base.responses if one.id in it.never)
            and (it.no_cause_above is None or self._none_above(bounds, it.no_cause_above))
        )

    def _surely_first(self, bounds: Bounds, cause: str) -> bool:
        if not believed(bounds.of(cause).least):
            return False
        others = [one for one in self._base.causes if one.id != cause and bounds.of(one.id).may_be_believed]
        if any(believed(bounds.of(id).least) for id in self._base.conclusion[cause].leads_when):
            return not any(bounds.of(id).may_be_believed for other in others for id in other.leads_when)
        return all(
            above(bounds.of(cause).least, bounds.of(one.id).greatest)
            and not any(bounds.of(id).may_be_believed for id in one.leads_when)
            for one in others
        )

    def _none_above(self, bounds: Bounds, bound: float) -> bool:
        return not any(above(bounds.of(cause.id).greatest, bound) for cause in self._base.causes)

    def _broken(self, answer: Answer) -> bool:
        it = self._it
        trace: Trace = answer.reasoning.trace
        known = trace.certainties
        applies = not it.when or any(
            known.get(id, 0.0) > 0 if _is_alarm(self._base, id) else believed(known.get(id, 0.0)) for id in it.when
        )
        if it.only and any(self._base.fact[id].kind != it.only for id in trace.evidence.certainties):
            applies = False
        return applies and (
            not {*it.safeguards} <= {one.id for one in answer.safeguards}
            or (it.first is not None and answer.leading != it.first)
            or any(one.id in it.never for one in answer.responses)
            or any(it.no_cause_above is not None and above(one.certainty, it.no_cause_above) for one in answer.causes)
        )


def _free(
    bench: Bench, perspective: str, when: str | None, *, only: str | None = None, first: str | None = None
) -> Bounds:
    """Return bounds where everything is free, but that one thing is believed.

    ``only`` is the kind of facts that can be known, where others cannot. Nothing is told against ``first``.
    """
    base = bench.base
    free = {fact.id: Interval(-1.0, 1.0) for fact in base.facts if only in (None, fact.kind)}
    if only is None:
        free |= {id: Interval(-1.0, 1.0) for id in base.conclusion if id != first}
    if when is not None:
        free[when] = Interval(_SOME if _is_alarm(base, when) else BELIEF + 2 * TOLERANCE, 1.0)
    return Bounds(bench.engine.trace({}, perspective=perspective), free)


def _is_alarm(base: KnowledgeBase, id: str) -> bool:
    return id in base.fact and base.fact[id].kind == "safeguard"


def _may_come(bounds: Bounds, response: Response, perspective: str) -> bool:
    """Tell whether some answers could bring a response to be recommended."""
    if perspective not in response.audience or not bounds.of_condition(response.condition).may_be_believed:
        return False
    return not any(bounds.withholds(id) for id in response.withheld_by)


def _of(check: str) -> Callable[[Bench], Iterator[Trouble]]:
    """Return the look of a check that tells which proofs of its own failed."""

    def look(bench: Bench) -> Iterator[Trouble]:
        for proof in bench.result(proofs):
            if proof.check == check and proof.broken_by is not None:
                told = ", ".join(f"{id} {certainty:+g}" for id, certainty in proof.broken_by.items()) or "nothing told"
                wrong = f"{proof.title[:-1]}: not so with {told} (as {proof.perspective})"
                yield Trouble(proof.subject, _place(bench, check, proof.subject), wrong, _REMEDIES[check])

    return look


def _place(bench: Bench, check: str, subject: str) -> tuple[str, str]:
    kind = {"advice-not-withheld": "responses", "requirement-broken": "requirements"}.get(check, "facts")
    if subject == bench.base.id:
        return bench.subject.file_of("base"), ""
    return bench.subject.place(kind, subject)


_ENGINE = "Report it to whoever wrote the engine: no base can bring this about."
_REMEDIES = {
    "safeguard-not-given": _ENGINE,
    "advice-not-withheld": _ENGINE,
    "advice-for-another": _ENGINE,
    "verdict-untrue": _ENGINE,
    "absence-raises": "See to the rules on the way from the one to the other: one of them turns round what it says.",
    "sign-lowers": "See to the rules on the way from the one to the other: one of them turns round what it says.",
    "requirement-broken": "Correct the rules, responses or safeguards on which it turns, or the requirement.",
}
_TITLES = {
    "safeguard-not-given": "A safeguard that is called for is not given, or something is asked beside it.",
    "advice-not-withheld": "Advice is given while something withholds it.",
    "advice-for-another": "Somebody gets advice that is meant for another.",
    "verdict-untrue": "The verdict does not say how many causes are believed.",
    "absence-raises": "An answer of no makes more certain what the fact speaks for.",
    "sign-lowers": "A sign makes less certain what it speaks for.",
    "requirement-broken": "Something that the charter requires does not hold.",
}
for _id, _title in _TITLES.items():
    BEHAVIOUR.check(_id, Severity.ERROR, _title)(_of(_id))
