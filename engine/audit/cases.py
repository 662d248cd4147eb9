"""The base's own cases and examples: whether they pass, and what none of them exercises."""

from __future__ import annotations

from collections.abc import Iterator

from ...knowledge.audit.checks import Checks, Severity, Trouble
from ...knowledge.conditions import Leaf, leaves
from ...knowledge.problems import quoted
from ..premises import supports
from .bench import Bench

CASES = Checks[Bench]("Cases")


@CASES.check("case-fails", Severity.ERROR, "The answer to a case is not the expected one.")
def _cases(bench: Bench) -> Iterator[Trouble]:
    for trial in bench.own_cases:
        missed = trial.misses(trial.trace)
        if missed:
            file, at = bench.subject.place("cases", trial.case.id)
            yield Trouble(
                trial.case.id,
                (file, at + "/expect"),
                f"case {quoted(trial.case.id)} does not hold: {'; '.join(missed)}",
                "Correct the rules, or what the case expects.",
            )


@CASES.check("example-fails", Severity.ERROR, "A rule does not do what one of its examples says.")
def _examples(bench: Bench) -> Iterator[Trouble]:
    for trial in bench.examples:
        if trial.notices(trial.trace):
            file, at = bench.subject.place("rules", trial.rule.id)
            yield Trouble(
                trial.rule.id,
                (file, f"{at}/examples/{trial.number}"),
                f"{quoted(trial.rule.id)} {'does not fire' if trial.example.fires else 'fires'} in this example",
                "Correct the rule's condition, or the example.",
            )


@CASES.check("rule-not-exercised", Severity.WARNING, "In no case does a rule fire.")
def _rules(bench: Bench) -> Iterator[Trouble]:
    fired = {id for trial in bench.own_cases for id in trial.trace.fired}
    for rule in bench.base.rules:
        if rule.id not in fired:
            wrong = f"{quoted(rule.id)} fires in no case"
            yield Trouble(rule.id, bench.subject.place("rules", rule.id), wrong, "Add a case in which it counts.")


@CASES.check("clause-not-exercised", Severity.WARNING, "In no case or example does a clause make its rule fire.")
def _clauses(bench: Bench) -> Iterator[Trouble]:
    traces = [trial.trace for trial in bench.trials]
    fired_in = {id: [trace for trace in traces if id in trace.fired] for id in bench.base.rule}
    for rule in bench.base.rules:
        held: set[Leaf] = set()
        for trace in fired_in[rule.id]:
            held.update(supports(rule.condition, trace.certainties, trace.evidence.perspective))
        for leaf in dict.fromkeys(leaves(rule.condition)):
            if leaf not in held and held:
                file, at = bench.subject.place("rules", rule.id)
                yield Trouble(
                    rule.id,
                    (file, at + "/if"),
                    f"{quoted(leaf.id)} in the condition of {quoted(rule.id)} never helps it to fire",
                    "Add an example in which it does.",
                )
