"""Anomalies of a rule base, after the classes of Preece and Shinghal.

Preece and Shinghal, "Foundation and application of knowledge base verification", *International
Journal of Intelligent Systems* 9 (1994): redundancy, ambivalence, circularity and deficiency. What is
undeclared or goes in a circle is refused when a base is loaded, so it is not looked for here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from ..conditions import Claim, Condition, Group, Leaf, ids, leaves
from ..model import KnowledgeBase, Rule
from ..problems import quoted
from .checks import Checks, Severity, Subject, Trouble
from .logic import Logic, narrowed

ANOMALIES = Checks[Subject]("Anomalies of the rule base")


def _pairs(base: KnowledgeBase) -> Iterator[tuple[Rule, Rule]]:
    """Yield every two rules for one conclusion whose conditions can hold and share an id: no others can be alike."""
    logic = Logic.of(base)
    able = {rule.id for rule in base.rules if logic.possible((rule.condition, True)) is not None}
    for rules in base.rules_for.values():
        mentions = {rule.id: {*base.mentions[rule.id], *_asked_as(rule.condition)} for rule in rules}
        for one, other in combinations([rule for rule in rules if rule.id in able], 2):
            if mentions[one.id] & mentions[other.id]:
                yield one, other


def _asked_as(condition: Condition) -> set[Leaf]:
    return {leaf for leaf in leaves(condition) if leaf.claim is Claim.PERSPECTIVE}


@lru_cache(maxsize=4)
def _alike(base: KnowledgeBase) -> frozenset[tuple[str, str]]:
    """Return the pairs of rules for one conclusion whose conditions hold in the same worlds."""
    logic = Logic.of(base)
    return frozenset(
        (one.id, other.id) for one, other in _pairs(base) if logic.equivalent(one.condition, other.condition)
    )


@ANOMALIES.check("duplicate-rule", Severity.ERROR, "Two rules say the same, so that it counts twice.")
def _duplicates(subject: Subject) -> Iterator[Trouble]:
    for one, other in _pairs(subject.base):
        if (one.id, other.id) in _alike(subject.base) and one.certainty * other.certainty > 0:
            yield Trouble(
                f"{other.id}: {one.id}",
                subject.place("rules", other.id),
                f"{quoted(other.id)} holds exactly where {quoted(one.id)} does, for the same conclusion",
                "Keep one of them, with the sources of both.",
            )


@ANOMALIES.check("conflicting-rules", Severity.ERROR, "Two rules conclude the opposite from the same.")
def _conflicts(subject: Subject) -> Iterator[Trouble]:
    for one, other in _pairs(subject.base):
        if (one.id, other.id) in _alike(subject.base) and one.certainty * other.certainty < 0:
            yield Trouble(
                f"{other.id}: {one.id}",
                subject.place("rules", other.id),
                f"{quoted(other.id)} holds exactly where {quoted(one.id)} does, and concludes the opposite",
                "Remove one of them, or say in their conditions what tells the two apart.",
            )


@ANOMALIES.check("subsumed-rule", Severity.WARNING, "A rule can hold only where another has said as much already.")
def _subsumed(subject: Subject) -> Iterator[Trouble]:
    logic = Logic.of(subject.base)
    for one, other in _pairs(subject.base):
        if (one.id, other.id) in _alike(subject.base) or one.certainty * other.certainty < 0:
            continue
        for narrow, wide in ((one, other), (other, one)):
            if logic.implies(narrow.condition, wide.condition):
                yield Trouble(
                    f"{narrow.id}: {wide.id}",
                    subject.place("rules", narrow.id),
                    f"wherever {quoted(narrow.id)} holds, {quoted(wide.id)} holds too, and both count",
                    "Remove the narrower one, or let the wider one hold unless the narrower does.",
                )


@ANOMALIES.check("dead-end-condition", Severity.ERROR, "A condition rests on what no rule can bring about.")
def _dead_ends(subject: Subject) -> Iterator[Trouble]:
    lacking = {
        Claim.BELIEVED: (_unconcluded(subject.base, 1), "speaks for"),
        Claim.ABSENT: (_unconcluded(subject.base, -1), "speaks against"),
    }
    for kind, id, key, condition in _conditions(subject.base):
        for leaf in dict.fromkeys(leaves(condition)):
            ids_lacking, says = lacking.get(leaf.claim, ((), ""))
            if leaf.id in ids_lacking:
                file, at = subject.place(kind, id)
                needs = quoted(leaf.id) if leaf.claim is Claim.BELIEVED else f"{quoted(leaf.id)} to be absent"
                yield Trouble(
                    id,
                    (file, f"{at}/{key}"),
                    f"{quoted(id)} needs {needs}, and no rule {says} that",
                    "Add a rule that concludes it, or rest the condition on something else.",
                )


@ANOMALIES.check("unreachable-conclusion", Severity.ERROR, "No rule can bring a conclusion about.")
def _unreachable(subject: Subject) -> Iterator[Trouble]:
    told = {
        leaf.id
        for _, _, _, condition in _conditions(subject.base)
        for leaf in leaves(condition)
        if leaf.claim is Claim.BELIEVED  # a dead end, and told as such
    }
    for id in sorted(_unconcluded(subject.base, 1) - told):
        wrong = f"no rule that can hold speaks for {quoted(id)}"
        yield Trouble(id, subject.place("conclusions", id), wrong, "Add a rule that does, or remove the conclusion.")


@ANOMALIES.check("rule-never-fires", Severity.ERROR, "A rule's condition can never hold.")
def _never(subject: Subject) -> Iterator[Trouble]:
    logic = Logic.of(subject.base)
    for rule in subject.base.rules:
        if logic.possible((rule.condition, True)) is None:
            file, at = subject.place("rules", rule.id)
            itself = Logic(logic.perspectives).possible((rule.condition, True)) is None
            why = "contradicts itself" if itself else "asks for what the charter declares to exclude each other"
            yield Trouble(
                rule.id,
                (file, at + "/if"),
                f"the condition of {quoted(rule.id)} {why}",
                "Correct the condition, or remove the rule.",
            )


@ANOMALIES.check("rule-changes-nothing", Severity.WARNING, "A rule concludes what nothing makes use of.")
def _idle(subject: Subject) -> Iterator[Trouble]:
    base = subject.base
    leading_on = _leading_on(base)
    for conclusion in base.conclusions:
        if conclusion.id not in leading_on:
            for rule in base.rules_for[conclusion.id]:
                yield Trouble(
                    rule.id,
                    subject.place("rules", rule.id),
                    f"{quoted(rule.id)} concludes {quoted(conclusion.id)}, on which no cause and no response rests",
                    "Add a rule that leads on from it, or remove this one.",
                )


@ANOMALIES.check("unused-fact", Severity.WARNING, "A fact is asked for, and nothing makes use of it.")
def _unused(subject: Subject) -> Iterator[Trouble]:
    used = _used(subject.base)
    for fact in subject.base.facts:
        if fact.kind != "beyond" and fact.id not in used:
            wrong = f"no rule, response or safeguard mentions {quoted(fact.id)}"
            yield Trouble(fact.id, subject.place("facts", fact.id), wrong, "Add a rule that uses it, or remove it.")


@ANOMALIES.check("alarm-without-safeguard", Severity.ERROR, "A fact calls for help first, and no safeguard gives it.")
def _unguarded(subject: Subject) -> Iterator[Trouble]:
    guarded = {safeguard.fact for safeguard in subject.base.safeguards}
    for fact in subject.base.facts:
        if fact.kind == "safeguard" and fact.id not in guarded:
            wrong = f"no safeguard is given for {quoted(fact.id)}"
            remedy = "Add the safeguard that it calls for; if help is not needed there, make it a finding."
            yield Trouble(fact.id, subject.place("facts", fact.id), wrong, remedy)


@ANOMALIES.check("fact-without-question", Severity.ERROR, "Somebody is never asked for what their answer rests on.")
def _unasked(subject: Subject) -> Iterator[Trouble]:
    logic = Logic.of(subject.base)
    for kind, id, key, audience, condition in _asked(subject.base):
        facts = (subject.base.fact.get(leaf.id) for leaf in dict.fromkeys(leaves(condition)))
        unasked = {fact.id for fact in facts if fact and not audience & fact.questions.keys()}
        unknown = [(Leaf(claim, fact), False) for fact in unasked for claim in (Claim.BELIEVED, Claim.ABSENT)]
        able = logic.possible((condition, True)) is not None
        if able and logic.possible((condition, True), *unknown) is None:
            file, at = subject.place(kind, id)
            yield Trouble(
                id,
                (file, f"{at}/{key}"),
                f"{quoted(id)} is for {' or '.join(map(quoted, sorted(audience)))}, who has no question for "
                f"{' and '.join(map(quoted, sorted(unasked)))}",
                "Give the fact a question for that perspective, or rest the condition on something else.",
            )


@ANOMALIES.check("cause-without-response", Severity.ERROR, "A cause can be found, and nothing is recommended for it.")
def _unanswered(subject: Subject) -> Iterator[Trouble]:
    called_by = {
        leaf.id
        for response in subject.base.responses
        for leaf in leaves(response.condition)
        if leaf.claim is Claim.BELIEVED
    }
    for cause in subject.base.causes:
        if cause.id not in called_by:
            wrong = f"no response is called for by {quoted(cause.id)}"
            remedy = "Let a response that helps there name it in `when`."
            yield Trouble(cause.id, subject.place("conclusions", cause.id), wrong, remedy)


@ANOMALIES.check("response-never-called", Severity.ERROR, "Nothing can call for a response, or it is always withheld.")
def _uncalled(subject: Subject) -> Iterator[Trouble]:
    logic = Logic.of(subject.base)
    for response in subject.base.responses:
        free = [(Leaf(Claim.BELIEVED, id), False) for id in response.withheld_by]
        asked = [Leaf(Claim.PERSPECTIVE, one) for one in response.audience]
        meant = (Group(1, tuple(asked)), True)
        if logic.possible((response.condition, True), meant, *free) is None:
            file, at = subject.place("responses", response.id)
            yield Trouble(
                response.id,
                (file, at + "/when"),
                f"nothing can call for {quoted(response.id)} without withholding it",
                "Correct `when` or `withheld_by`, or remove the response.",
            )


@ANOMALIES.check("unnecessary-condition", Severity.WARNING, "A clause of a condition makes no difference.")
def _unnecessary(subject: Subject) -> Iterator[Trouble]:
    logic = Logic.of(subject.base)
    for kind, id, key, condition in _conditions(subject.base):
        file, at = subject.place(kind, id)
        if logic.possible((condition, True)) is None:
            continue
        told: list[str] = []
        for clause, less in narrowed(condition, subject.item(kind, id)[key]):
            if not clause.startswith(tuple(told)) and logic.equivalent(condition, less):
                told.append(clause + "/")
                yield Trouble(
                    id,
                    (file, f"{at}/{key}{clause}"),
                    f"the condition of {quoted(id)} holds in the same cases without this clause",
                    "Remove the clause, or correct it.",
                )
    for one, other in _pairs(subject.base):
        if one.level == other.level and _complementary(logic, one.condition, other.condition):
            yield Trouble(
                f"{other.id}: {one.id}",
                subject.place("rules", other.id),
                f"{quoted(one.id)} and {quoted(other.id)} differ in one clause, and one of the two always holds",
                "Make one rule of them, without that clause.",
            )


def _complementary(logic: Logic, one: Condition, other: Condition) -> bool:
    """Tell whether two conditions are all of the same but for one clause each, of which always one holds."""
    mine, theirs = _all_of(one), _all_of(other)
    apart = [*(mine - theirs), *(theirs - mine)]
    if len(mine - theirs) != 1 or len(apart) != 2 or not mine & theirs:
        return False
    return logic.possible((apart[0], False), (apart[1], False)) is None


def _all_of(condition: Condition) -> set[Condition]:
    """Return the conditions all of which this one asks for."""
    if isinstance(condition, Group) and condition.needed == len(condition.parts):
        return set(condition.parts)
    return {condition}


def _conditions(base: KnowledgeBase) -> Iterator[tuple[str, str, str, Condition]]:
    """Yield every condition: the kind of what has it, its id, the key under which it stands, and itself."""
    yield from (("rules", rule.id, "if", rule.condition) for rule in base.rules)
    yield from (("responses", response.id, "when", response.condition) for response in base.responses)


def _asked(base: KnowledgeBase) -> Iterator[tuple[str, str, str, set[str], Condition]]:
    """Yield every condition, as above, with the perspectives that it is for."""
    logic = Logic.of(base)
    for rule in base.rules:
        asked_as = {
            one
            for one in logic.perspectives
            if Logic([one], logic.exclusions).possible((rule.condition, True)) is not None
        }
        if asked_as:
            yield "rules", rule.id, "if", asked_as, rule.condition
    for response in base.responses:
        yield "responses", response.id, "when", set(response.audience), response.condition


def _unconcluded(base: KnowledgeBase, sign: int) -> set[str]:
    """Return the conclusions that no rule which can hold speaks for (1), or against (−1)."""
    logic = Logic.of(base)
    concluded = {
        rule.conclusion
        for rule in base.rules
        if rule.certainty * sign > 0 and logic.possible((rule.condition, True)) is not None
    }
    return base.conclusion.keys() - concluded


def _leading_on(base: KnowledgeBase) -> set[str]:
    """Return causes, and all conclusions on which in the end a cause or a response rests."""
    found = {cause.id for cause in base.causes}
    waiting = [*found, *(id for one in base.responses for id in (*ids(one.condition), *one.withheld_by))]
    waiting += [id for cause in base.causes for id in cause.leads_when]
    while waiting:
        id = waiting.pop()
        found.add(id)
        waiting += [one for one in base.rests_on.get(id, ()) if one not in found]
    return found


def _used(base: KnowledgeBase) -> set[str]:
    """Return every id on which something in the base rests."""
    used = {id for _, _, _, condition in _conditions(base) for id in ids(condition)}
    used |= {id for response in base.responses for id in response.withheld_by}
    used |= {id for conclusion in base.conclusions for id in conclusion.leads_when}
    return used | {safeguard.fact for safeguard in base.safeguards}
