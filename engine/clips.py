r"""The rules of a base as a program for CLIPS 6.4, which reasons as the engine does and shares no code with it.

A rule of the base becomes a ``defrule``: its left-hand side is the condition as patterns on what is believed,
its right-hand side the condition's certainty times the level. What the patterns cannot say without listing every
way in which it can hold, at least k of some parts and any of such, becomes a rule for each part and a pattern
that asks for k of them; so the text grows with the size of the conditions only. In CLIPS an ``or`` fires once
for each branch that is true: it stands inside ``exists``, which fires once.

Salience keeps the order: safeguards, then what is told, then layer by layer the rules and what they conclude,
then responses. Within one salience the order makes no difference.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from ..knowledge.conditions import Claim, Condition, Group, Leaf
from ..knowledge.model import Helpline, KnowledgeBase, Response, Rule, cited
from .certainty import BELIEVED
from .version import VERSION

_HEADER = """\
; Rules of the knowledge base {id} {version}
; {digest}
; for CLIPS 6.4, exported by pushaway {engine}.
;
; How to run it: load this file, then for each case
;     (reset)
;     (assert (perspective {perspective}))  ; one of: {perspectives}; where none is asserted, {perspective}
;     (assert (evidence (id {example}) (certainty 1.0)))  ; once for each id: 1 true, -1 false, or between
;     (run)
; and read the facts
;     safeguard      what comes before everything else, outside certainty: show it first, whatever else there is
;     refused        what was asserted and does not fit this base: then nothing is concluded
;     certainty      of every fact that was told, and of every conclusion, from -1 to 1; 0 is unknown
;     fired          rules whose condition held, and what each contributed
;     contradiction  conclusions that something is certain both for and against; their certainty is 0
;     leads          believed causes that are ranked first, whatever else is more certain
;     recommended    responses, in no order
;     withheld       responses that would be recommended, but for what withholds them
;
; Reasoning: EMYCIN's certainty factors. What is above ?*belief* is believed, and a rule fires where its condition
; is. A condition has the least certainty of all of its parts, the greatest of any of them, the k-th greatest of at
; least k. A rule contributes this times its level. Contributions to a conclusion combine by adding their weights,
; w(c) = -sign(c) ln(1 - |c|), the same in every order.
"""

_SHELL = """\
(defglobal ?*belief* = {belief})

(deftemplate evidence (slot id (type SYMBOL)) (slot certainty (type NUMBER)))
(deftemplate item (slot id (type SYMBOL)) (slot kind (type SYMBOL)) (slot label (type STRING)))
(deftemplate viewpoint (slot id (type SYMBOL)))
(deftemplate refused (slot id (type SYMBOL)) (slot why (type STRING)))
(deftemplate safeguard (slot id (type SYMBOL)) (slot text (type STRING)) (multislot helplines (type STRING)))
(deftemplate certainty (slot id (type SYMBOL)) (slot value (type FLOAT)))
(deftemplate fired (slot rule (type SYMBOL)) (slot conclusion (type SYMBOL)) (slot contribution (type FLOAT)))
(deftemplate part (slot of (type SYMBOL)) (slot number (type INTEGER)))
(deftemplate contradiction (slot id (type SYMBOL)))
(deftemplate leads (slot id (type SYMBOL)))
(deftemplate response (slot id (type SYMBOL)) (slot text (type STRING)))
(deftemplate withholds (slot id (type SYMBOL)) (slot response (type SYMBOL)))
(deftemplate recommended (slot id (type SYMBOL)) (slot text (type STRING)))
(deftemplate withheld (slot id (type SYMBOL)) (slot because (type SYMBOL)))

(defrule nobody-said-who-asks
  (declare (salience 9999))
  (not (perspective ?))
 =>
  (assert (perspective {perspective})))

(defrule refuse-unknown-perspective
  (declare (salience 9999))
  (perspective ?id)
  (not (viewpoint (id ?id)))
 =>
  (assert (refused (id ?id) (why "is no perspective of this base"))))

(defrule refuse-second-perspective
  (declare (salience 9999))
  (perspective ?id)
  (perspective ~?id)
 =>
  (assert (refused (id ?id) (why "is not the only perspective"))))

(defrule refuse-unknown-evidence
  (declare (salience 9999))
  (evidence (id ?id))
  (not (item (id ?id)))
 =>
  (assert (refused (id ?id) (why "is no fact or conclusion of this base"))))

(defrule refuse-certainty
  (declare (salience 9999))
  (evidence (id ?id) (certainty ?c&:(or (< ?c -1) (> ?c 1))))
 =>
  (assert (refused (id ?id) (why "has a certainty outside -1 to 1"))))

(defrule refuse-second-certainty
  (declare (salience 9999))
  (evidence (id ?id) (certainty ?c))
  (evidence (id ?id) (certainty ~?c))
 =>
  (assert (refused (id ?id) (why "has more than one certainty"))))

(defrule stop "Nothing is concluded from what was refused."
  (declare (salience 9998))
  (refused)
 =>
  (halt))

(deffunction certainty-of (?id)
  (do-for-fact ((?c certainty)) (eq ?c:id ?id) (return ?c:value))
  0.0)

(deffunction absence-of (?id)
  (- 0.0 (certainty-of ?id)))

(deffunction unbelieved (?id)
  (if (> (certainty-of ?id) ?*belief*) then 0.0 else 1.0))

(deffunction asked-as (?id)
  (if (any-factp ((?p perspective)) (eq ?p:implied (create$ ?id))) then 1.0 else 0.0))

(deffunction at-least (?k $?certainties)
  (nth$ ?k (sort < ?certainties)))

(deffunction combined ($?contributions)
  (bind ?for (member$ 1.0 ?contributions))
  (bind ?against (member$ -1.0 ?contributions))
  (if (and ?for ?against) then (return 0.0))
  (if ?for then (return 1.0))
  (if ?against then (return -1.0))
  (bind ?weight 0.0)
  (foreach ?c (sort > ?contributions) ; one order, so that rounding is the same in all
    (bind ?weight (if (> ?c 0.0) then (- ?weight (log (- 1.0 ?c))) else (+ ?weight (log (+ 1.0 ?c))))))
  (if (> ?weight 0.0) then (- 1.0 (exp (- 0.0 ?weight))) else (- (exp ?weight) 1.0)))

(deffunction conclude (?id)
  (bind ?contributions (create$))
  (do-for-all-facts ((?e evidence)) (eq ?e:id ?id)
    (bind ?contributions (create$ ?contributions (float ?e:certainty))))
  (do-for-all-facts ((?f fired)) (eq ?f:conclusion ?id)
    (bind ?contributions (create$ ?contributions ?f:contribution)))
  (if (and (member$ 1.0 ?contributions) (member$ -1.0 ?contributions)) then
    (assert (contradiction (id ?id))))
  (assert (certainty (id ?id) (value (combined ?contributions)))))

(defrule take-evidence
  (declare (salience 9997))
  (evidence (id ?id) (certainty ?c))
  (item (id ?id) (kind sign|finding|safeguard|beyond))
 =>
  (assert (certainty (id ?id) (value (float ?c)))))

(defrule believe
  (declare (salience 9997))
  (certainty (id ?id) (value ?c&:(> ?c ?*belief*)))
 =>
  (assert (believed ?id)))

(defrule disbelieve
  (declare (salience 9997))
  (certainty (id ?id) (value ?c&:(> (- 0.0 ?c) ?*belief*)))
 =>
  (assert (absent ?id)))

(defrule withhold
  (declare (salience -9999))
  (response (id ?response))
  (withholds (id ?id) (response ?response))
  (believed ?id)
 =>
  (assert (withheld (id ?response) (because ?id))))

(defrule withhold-for-safety "What calls for a safeguard withholds at any certainty above 0."
  (declare (salience -9999))
  (response (id ?response))
  (withholds (id ?id) (response ?response))
  (item (id ?id) (kind safeguard))
  (certainty (id ?id) (value ?c&:(> ?c 0.0)))
 =>
  (assert (withheld (id ?response) (because ?id))))

(defrule recommend
  (declare (salience -10000))
  (response (id ?response) (text ?text))
  (not (withheld (id ?response)))
 =>
  (assert (recommended (id ?response) (text ?text))))
"""


def clips(base: KnowledgeBase) -> str:
    """Return a base's rules as CLIPS constructs, with a header that says how to run them.

    Certainties agree with those of :class:`Engine` within rounding; what fires, is given, recommended and
    withheld is the same.
    """
    return "\n".join(_constructs(base))


def _constructs(base: KnowledgeBase) -> Iterator[str]:
    perspective = base.perspectives[0].id
    yield _HEADER.format(
        id=base.id,
        version=base.version,
        digest=base.digest,
        engine=VERSION,
        perspective=perspective,
        perspectives=", ".join(one.id for one in base.perspectives),
        example=base.facts[0].id,
    )
    yield _SHELL.format(belief=repr(BELIEVED), perspective=perspective)
    yield "(deffacts knowledge"
    yield from (f"  (viewpoint (id {one.id}))" for one in base.perspectives)
    yield from (f"  (item (id {one.id}) (kind {one.kind}) (label {_string(one.label)}))" for one in base.facts)
    yield from (f"  (item (id {one.id}) (kind {one.kind}) (label {_string(one.name)}))" for one in base.conclusions)
    for response in base.responses:
        yield from (f"  (withholds (id {id}) (response {response.id}))" for id in response.withheld_by)
    yield ")\n"
    for safeguard in base.safeguards:
        helplines = "\n      ".join(_string(_helpline(one)) for one in safeguard.helplines)
        yield _defrule(
            f"safeguard-{safeguard.id}",
            10000,
            [f"(evidence (id {safeguard.fact}) (certainty ?c&:(> ?c 0)))"],
            f"(assert (safeguard (id {safeguard.id})\n"
            f"    (text {_string(safeguard.text)})\n"
            f"    (helplines {helplines})))",
            safeguard.title,
        )
    layers = _layers(base)
    for conclusion in base.layered:
        salience = -2 * layers[conclusion]
        for rule in base.rules_for[conclusion]:
            yield from _rule(rule, salience)
        yield _defrule(f"conclude-{conclusion}", salience - 1, [], f"(conclude {conclusion})")
    last = -2 * max(layers.values(), default=0) - 2
    for cause in base.causes:
        if cause.leads_when:
            name = f"leads-{cause.id}"
            leads_when = Group(1, tuple(Leaf(Claim.BELIEVED, id) for id in cause.leads_when))
            left = [_pattern(Leaf(Claim.BELIEVED, cause.id)), *_Patterns(name, last).of(leads_when)]
            yield _defrule(name, last, left, f"(assert (leads (id {cause.id})))")
    for response in base.responses:
        yield from _response(response, last)


def _layers(base: KnowledgeBase) -> Mapping[str, int]:
    """Return the layer of each conclusion: 0 where it rests on facts alone, else above all that it rests on."""
    layers: dict[str, int] = {}
    for conclusion in base.layered:
        below = (layers[id] + 1 for id in base.rests_on[conclusion] if id in base.conclusion)
        layers[conclusion] = max(below, default=0)
    return layers


def _rule(rule: Rule, salience: int) -> Iterator[str]:
    name = f"rule-{rule.id}"
    patterns = _Patterns(name, salience)
    left = patterns.of(rule.condition)
    contribution = f"(contribution (* {float(rule.certainty)!r} {_value(rule.condition)}))"
    yield from patterns.rules
    yield f"; {rule.level}, {rule.basis}, on {', '.join(map(str, cited(rule.source)))}"
    yield _defrule(
        name,
        salience,
        left,
        f"(assert (fired (rule {rule.id}) (conclusion {rule.conclusion})\n{_wrapped(contribution, '    ')}))",
        rule.title,
    )


def _response(response: Response, salience: int) -> Iterator[str]:
    name = f"response-{response.id}"
    patterns = _Patterns(name, salience)
    left = patterns.of(response.condition)
    yield from patterns.rules
    audience = f"(perspective {'|'.join(response.audience)})"
    act = f"(assert (response (id {response.id}) (text {_string(response.text)})))"
    yield _defrule(name, salience, [audience, *left], act)


class _Patterns:
    """Turns one condition into patterns; ``rules`` are those that the patterns need beside them."""

    def __init__(self, name: str, salience: int) -> None:
        self._name = name
        self._salience = salience
        self._clauses = 0
        self.rules: list[str] = []

    def of(self, condition: Condition) -> list[str]:
        """Return the patterns that all match where a condition holds, and only once."""
        if isinstance(condition, Leaf):
            return [_pattern(condition)]
        if condition.needed == len(condition.parts):
            return [pattern for part in condition.parts for pattern in self.of(part)]
        parts = [*_alternatives(condition)] if condition.needed == 1 else [*condition.parts]
        if condition.needed == 1 and all(isinstance(part, Leaf) for part in parts):
            return [f"(exists (or {' '.join(pattern for part in parts for pattern in self.of(part))}))"]
        return [self._counted(parts, condition.needed)]

    def _counted(self, parts: Iterable[Condition], needed: int) -> str:
        """Return a pattern for so many of the parts, and lay by a rule for each part."""
        self._clauses += 1
        clause = f"{self._name}.{self._clauses}"  # with a dot, which no id has
        for number, part in enumerate(parts, 1):
            act = f"(assert (part (of {clause}) (number {number})))"
            self.rules.append(_defrule(f"{clause}.{number}", self._salience, self.of(part), act))
        tests = ["?n1", *(f"?n{one}&:(> ?n{one} ?n{one - 1})" for one in range(2, needed + 1))]
        return f"(exists {' '.join(f'(part (of {clause}) (number {test}))' for test in tests)})"


def _alternatives(condition: Condition) -> Iterator[Condition]:
    """Yield the parts of an any of, and of those any of that are parts of it."""
    if isinstance(condition, Group) and condition.needed == 1:
        for part in condition.parts:
            yield from _alternatives(part)
    else:
        yield condition


def _pattern(leaf: Leaf) -> str:
    match leaf.claim:
        case Claim.BELIEVED:
            return f"(believed {leaf.id})"
        case Claim.ABSENT:
            return f"(absent {leaf.id})"
        case Claim.UNLESS:
            return f"(not (believed {leaf.id}))"
        case Claim.PERSPECTIVE:
            return f"(perspective {leaf.id})"


_FUNCTIONS = {
    Claim.BELIEVED: "certainty-of",
    Claim.ABSENT: "absence-of",
    Claim.UNLESS: "unbelieved",
    Claim.PERSPECTIVE: "asked-as",
}


def _value(condition: Condition) -> str:
    """Return the expression for a condition's certainty."""
    if isinstance(condition, Leaf):
        return f"({_FUNCTIONS[condition.claim]} {condition.id})"
    parts = " ".join(map(_value, condition.parts))
    if condition.needed == len(condition.parts):
        return f"(min {parts})"
    return f"(max {parts})" if condition.needed == 1 else f"(at-least {condition.needed} {parts})"


def _defrule(name: str, salience: int, left: Iterable[str], right: str, comment: str = "") -> str:
    lines = [f"(defrule {name}{f' {_string(comment)}' if comment else ''}", f"  (declare (salience {salience}))"]
    lines += [_wrapped(pattern, "  ") for pattern in dict.fromkeys(left)]
    return "\n".join([*lines, " =>", f"  {right})\n"])


def _wrapped(words: str, indent: str) -> str:
    """Return an expression without strings in lines of a person's width, broken only before brackets."""
    lines = textwrap.wrap(
        re.sub(r" (?!\()", "\0", words),
        120,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")


def _helpline(line: Helpline) -> str:
    return f"{line.name} ({line.region}): {line.contact}"


def _string(text: str) -> str:
    r"""Return a CLIPS string; only ``"`` and ``\`` mean something in one."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
