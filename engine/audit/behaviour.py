"""Behaviour: what must hold of every answer of every base, whatever is told, and what its charter requires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.conditions import Claim, leaves
from ...knowledge.declarations import Place
from ...knowledge.model import KnowledgeBase, Response
from ...knowledge.problems import quoted
from ..answer import Answer
from ..certainty import BELIEVED, above, believed
from .bench import Bench, Evidence
from .proving import MOST, SOME, KeptRuns, Proof, Runs, everything, free, may_come, tried
from .requirements import required

BEHAVIOUR = Checks[Bench]("Behaviour")


def proofs(bench: Bench) -> tuple[Proof, ...]:
    """Return everything about a base's behaviour that was to be proved."""
    found = (_safeguards_first, _withheld, _for_whom, _verdicts, _absence, _own_signs, required)
    return tuple(proof for find in bench.each("behaviour", found) for proof in find(bench))


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

    answers = dict.fromkeys(alarms, (*base.answer_certainties, SOME))
    runs = Runs(answers, bench.perspectives, ({}, everything(base, alarms)))
    title = "Safeguards come first, at any answer above 0 and at a trace of it, and nothing is asked beside them."
    yield tried(bench, "safeguard-not-given", base.id, title, runs, breach)


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
        answers = dict.fromkeys(holders, (*bench.base.answer_certainties, SOME))
        runs = Runs(answers, bench.perspectives, (dict.fromkeys(sorted(called_by), 1.0),))
        told = f"{len(ids)} responses are" if len(ids) > 1 else f"{quoted(responses[0].id)} is"
        title = f"{told} withheld wherever {' or '.join(map(quoted, holders))} holds."
        proof = tried(bench, "advice-not-withheld", responses[0].id, title, runs, breach)
        shown = all(
            not may_come(free(bench, perspective, id), one, perspective)
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
    return any(known.get(id, 0.0) > (0.0 if id in alarms else BELIEVED) for id in holders)


def _for_whom(bench: Bench) -> Iterator[Proof]:
    """Nobody gets advice that is meant for another."""
    meant_for = {one.id: one.audience for one in bench.base.responses}

    def breach(answer: Answer) -> bool:
        return any(answer.perspective not in meant_for[one.id] for one in answer.responses)

    if meant_for:
        title = "With any signs, alone and beside all else, nobody gets advice that is meant for another."
        yield tried(bench, "advice-for-another", bench.base.id, title, bench.result(_signs), breach)


def _verdicts(bench: Bench) -> Iterator[Proof]:
    """Say how many causes are believed, these before the others."""

    def breach(answer: Answer) -> bool:
        standing = [believed(one.certainty) for one in answer.causes]
        count = sum(standing)
        return answer.verdict != ("none", "one", "several")[min(count, 2)] or any(standing[count:])

    title = "With any signs, alone and beside all else, the verdict says how many causes are believed."
    yield tried(bench, "verdict-untrue", bench.base.id, title, bench.result(_signs), breach)


def _signs(bench: Bench) -> KeptRuns:
    """Return every combination of signs, present or unknown, alone and with all else told but what is a safeguard."""
    alarms = [fact.id for fact in bench.base.facts if fact.kind == "safeguard"]
    beside: tuple[Evidence, ...] = ({}, everything(bench.base, (*bench.signs, *alarms, *bench.base.conclusion)))
    most = MOST * len(bench.perspectives)  # each perspective has all of them, where they are no more than ten
    return KeptRuns(dict.fromkeys(bench.signs, (0.0, 1.0)), bench.perspectives, beside, most * len(beside))


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
    against = tuple(one for one in bench.base.answer_certainties if one < 0)
    yield from _monotone(bench, "absence-raises", ("finding", "safeguard"), against, "An answer of no never raises")


def _own_signs(bench: Bench) -> Iterator[Proof]:
    """Never let a sign make less certain what it speaks for."""
    present = tuple(one for one in bench.base.answer_certainties if one > 0)
    yield from _monotone(bench, "sign-lowers", ("sign",), present, "A sign never lowers")


def _monotone(
    bench: Bench, check: str, kinds: tuple[str, ...], answers: tuple[float, ...], title: str
) -> Iterator[Proof]:
    """Yield that no answer moves what a fact speaks for the wrong way, against the fact's not being known.

    Most pairs of fact and conclusion are shown by the form of the rules; for the others, answers are tried.
    """
    base = bench.base
    ways = influences(base)
    pairs = tuple(_speaks_for(base, kinds))
    mixed = [pair for pair in pairs if ways[pair] != {1}]
    if len(pairs) > len(mixed):
        yield Proof(check, base.id, f"{title} what a fact speaks for ({len(pairs) - len(mixed)} pairs).", "form", 0, 0)
    for fact, conclusion in bench.each(check.replace("-", " "), mixed):
        others = [id for (id, on) in ways if on == conclusion and id != fact]
        most = max(_FEWEST, MOST // len(mixed))
        runs = Runs(dict.fromkeys(others, base.answer_certainties), bench.perspectives, most=most)

        def wrong(answer: Answer, fact: str = fact, conclusion: str = conclusion) -> float | None:
            """Return the answer to the fact that moves the conclusion the wrong way, None where none does."""
            unknown = answer.reasoning.trace
            evidence = {id: one for id, one in unknown.evidence.certainties.items() if id != fact}
            for told in answers:
                after = bench.engine.trace({**evidence, fact: told}, perspective=answer.perspective)
                if above((unknown.certainties[conclusion] - after.certainties[conclusion]) * told, 0.0):
                    return told
            return None

        proof = tried(
            bench,
            check,
            fact,
            f"{title} {quoted(conclusion)}: {quoted(fact)}.",
            runs,
            lambda answer, wrong=wrong: wrong(answer) is not None,  # type: ignore[misc]
        )
        if proof.broken_by is not None:  # told with the answer that breaks it
            told = wrong(bench.engine.infer(proof.broken_by, perspective=proof.perspective))
            proof = proof._replace(broken_by={**proof.broken_by, fact: told or 0.0})
        yield proof


_FEWEST = 32
"""How many combinations are tried for each of many pairs, at the least."""


def _of(check: str) -> Callable[[Bench], Iterator[Trouble]]:
    """Return the look of a check that tells which proofs of its own failed."""

    def look(bench: Bench) -> Iterator[Trouble]:
        for proof in bench.result(proofs):
            if proof.check == check and proof.broken_by is not None:
                told = ", ".join(f"{id} {certainty:+g}" for id, certainty in proof.broken_by.items()) or "nothing told"
                wrong = f"{proof.title[:-1]}: not so with {told} (as {proof.perspective})"
                if proof.perspective is None:
                    wrong = f"{proof.title[:-1]}: this never applies, since none of `when` can be known there"
                yield Trouble(proof.subject, _place(bench, check, proof.subject), wrong, _REMEDIES[check])

    return look


_KINDS = {
    "advice-not-withheld": "responses",
    "absence-raises": "facts",
    "sign-lowers": "facts",
    "requirement-broken": "requirements",
    "requirement-never-applies": "requirements",
}
"""Of what the subject of a check is; of the others it is the base."""


def _place(bench: Bench, check: str, subject: str) -> Place:
    if check in _KINDS:
        return bench.subject.place(_KINDS[check], subject)
    return bench.subject.file_of("base"), ""


_ENGINE = "Report it to whoever wrote the engine: no base can bring this about."
_REMEDIES = {
    "safeguard-not-given": _ENGINE,
    "advice-not-withheld": _ENGINE,
    "advice-for-another": _ENGINE,
    "verdict-untrue": _ENGINE,
    "absence-raises": "See to the rules on the way from the one to the other: one of them turns round what it says.",
    "sign-lowers": "See to the rules on the way from the one to the other: one of them turns round what it says.",
    "requirement-broken": "Correct the rules, responses or safeguards on which it turns: the charter says why.",
    "requirement-never-applies": "Correct `only` or `when`: as it is, it requires nothing.",
}
_TITLES = {
    "safeguard-not-given": "A safeguard that is called for is not given, or something is asked beside it.",
    "advice-not-withheld": "Advice is given while something withholds it.",
    "advice-for-another": "Somebody gets advice that is meant for another.",
    "verdict-untrue": "The verdict does not say how many causes are believed.",
    "absence-raises": "An answer of no makes more certain what the fact speaks for.",
    "sign-lowers": "A sign makes less certain what it speaks for.",
    "requirement-broken": "Something that the charter requires does not hold.",
    "requirement-never-applies": "Something that the charter requires can never apply.",
}
for _id, _title in _TITLES.items():
    BEHAVIOUR.check(_id, Severity.ERROR, _title)(_of(_id))
