"""What other tools get: CLIPS, an engine that shares no code with ours, agrees; drawings hold the whole graph."""

from __future__ import annotations

import html
import os
import random
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import clips
import pytest
import strategies
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Drawn, Given, bases, consultations, small_base

import pushaway
from pushaway.cli import main
from pushaway.cli.drawing import dot, mermaid
from pushaway.engine.certainty import believed
from pushaway.engine.clips import clips as clips_program
from pushaway.engine.ranking import due, leads
from pushaway.engine.trace import Trace
from pushaway.knowledge import KnowledgeBase
from pushaway.knowledge.building import build
from pushaway.knowledge.conditions import Claim, ids
from pushaway.knowledge.graph import Part, Relation, graph

CAR = Path(__file__).parent / "bases" / "car"
BASES = {"shipped": pushaway.load(), "car": pushaway.load(CAR)}
SHIPPED = BASES["shipped"]
Found = dict[str, dict[str, Any]]

# Reads all that a run asserted in one call, so that Python never holds a fact: clipspy 1.0.6 leaks each one, since
# its Fact.__del__ gives ReleaseFact one argument too many and swallows the TypeError.
OUTCOME = """
(deffunction outcome ()
  (bind ?found (create$))
  (do-for-all-facts ((?f certainty)) TRUE (bind ?found (create$ ?found certainty ?f:id ?f:value)))
  (do-for-all-facts ((?f fired)) TRUE (bind ?found (create$ ?found fired ?f:rule ?f:contribution)))
  (do-for-all-facts ((?f withheld)) TRUE (bind ?found (create$ ?found withheld ?f:id ?f:because)))
  (do-for-all-facts ((?f refused)) TRUE (bind ?found (create$ ?found refused ?f:id ?f:why)))
  (do-for-all-facts ((?f safeguard recommended contradiction leads)) TRUE
    (bind ?found (create$ ?found (fact-relation ?f) ?f:id TRUE)))
  ?found)
"""


class Clips:
    """An export, loaded into CLIPS once and run for case after case."""

    def __init__(self, program: str, folder: Path) -> None:
        file = folder / "base.clp"
        file.write_text(program, encoding="utf-8")
        self.environment = clips.Environment()
        self.environment.load(str(file))
        self.environment.build(OUTCOME)

    def run(self, evidence: Iterable[tuple[str, bool | float]], perspective: str | None) -> Found:
        """Return what a run asserted: by relation, then by id or rule. Firing twice is an error."""
        told = [f"(evidence (id {id}) (certainty {_number(one)}))" for id, one in evidence]
        told += [f"(perspective {perspective})"] if perspective else []
        self.environment.reset()
        asserted = f"(assert {' '.join(told)})" if told else ""
        listed = iter(self.environment.eval(f"(progn {asserted} (run) (outcome))"))
        found: Found = defaultdict(dict)
        for relation, name, value in zip(listed, listed, listed, strict=True):
            if relation == "withheld":
                found[relation].setdefault(name, set()).add(value)
            else:
                assert name not in found[relation], f"{relation} {name} twice"
                found[relation][name] = value
        return found


def _number(certainty: bool | float) -> str:
    return repr(certainty if not isinstance(certainty, bool) else 1 if certainty else -1)


def _agree(trace: Trace, found: Found) -> float:
    """Check that CLIPS found what is in a trace; return the greatest difference between certainties."""
    base, certainties = trace.base, trace.certainties
    known = {id: value for id, value in found["certainty"].items() if value or id in base.conclusion}
    contributed = {rule: one for given in trace.given.values() for rule, one in given.items() if rule in base.rule}
    called = due(trace)
    assert known.keys() == certainties.keys()
    assert found["fired"].keys() == {*trace.fired} == contributed.keys()
    assert found["safeguard"].keys() == {*trace.safeguards}
    assert found["recommended"].keys() == {one.response.id for one in called if not one.withheld_by}
    assert found["withheld"] == {one.response.id: {*one.withheld_by} for one in called if one.withheld_by}
    assert found["contradiction"].keys() == {*trace.contradictions}
    assert found["leads"].keys() == {
        one.id for one in base.causes if believed(certainties[one.id]) and leads(one, certainties)
    }
    assert not found["refused"]
    differences = [abs(known[id] - certainties[id]) for id in certainties]
    differences += [abs(found["fired"][rule] - one) for rule, one in contributed.items()]
    assert max(differences, default=0.0) <= 1e-9
    return max(differences, default=0.0)


def _cases(base: KnowledgeBase, count: int) -> Iterator[tuple[Given, str]]:
    """Draw evidence with the answers that a base knows, true, false and other numbers; at times about conclusions."""
    chance = random.Random(20)
    kinds = sorted({fact.kind for fact in base.facts})
    for number in range(count):
        names = [*base.fact, *base.conclusion] if number % 4 == 0 else [*base.fact]
        if number % 4 == 1:
            kind = chance.choice(kinds)
            names = [fact.id for fact in base.facts if fact.kind == kind]
        values = [*(one.certainty for one in base.answers), True, True, False, chance.uniform(-1, 1)]
        if number % 5 == 0:  # or many are never told to be absent together
            values = [chance.choice(values)]
        told = chance.sample(names, chance.randint(0, min(15, len(names))))
        yield {id: chance.choice(values) for id in told}, chance.choice(base.perspectives).id


@pytest.mark.parametrize(("name", "count"), [("shipped", 10_000), ("car", 1_000)])
def test_clips_agrees_with_the_engine(name: str, count: int, tmp_path: Path) -> None:
    base = BASES[name]
    engine, exported = pushaway.Engine(base), Clips(clips_program(base), tmp_path)
    seen: dict[str, set[str]] = defaultdict(set)
    for evidence, perspective in _cases(base, count):
        found = exported.run(evidence.items(), perspective)
        _agree(engine.trace(evidence, perspective=perspective), found)
        for relation, named in found.items():
            seen[relation].update(named)
    assert seen["fired"] == {*base.rule}
    assert seen["safeguard"] == {one.id for one in base.safeguards}
    assert seen["recommended"] == {one.id for one in base.responses}
    assert seen["withheld"] == {one.id for one in base.responses if one.withheld_by}
    assert seen["leads"] == {one.id for one in base.causes if one.leads_when}


@settings(max_examples=250)
@given(bases())
def test_clips_agrees_on_drawn_bases(tmp_path_factory: pytest.TempPathFactory, drawn: Drawn) -> None:
    _agree_on(drawn, consultations(drawn, 8), tmp_path_factory)


def _agree_on(drawn: Drawn, cases: list[tuple[Given, str]], folders: pytest.TempPathFactory) -> None:
    base = build(drawn.documents)
    engine, exported = pushaway.Engine(base), Clips(clips_program(base), folders.mktemp("drawn"))
    for evidence, perspective in cases:
        _agree(engine.trace(evidence, perspective=perspective), exported.run(evidence.items(), perspective))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["fact-0", "fact-1"]), st.sampled_from([1.0, -1.0, 0.6, -0.35])), max_size=5),
    strategies.evidence(["fact-0", "fact-1", "cause"]),
)
def test_certain_levels_and_contradictions(
    tmp_path_factory: pytest.TempPathFactory, rules: list[tuple[str, float]], given_: Given
) -> None:
    every = [(condition, "cause", level) for condition, level in [*rules, ("fact-0", 0.5)]]
    _agree_on(small_base(every, ["fact-0", "fact-1"]), [(given_, "self")], tmp_path_factory)


def test_certain_for_and_against_is_told_as_a_contradiction(tmp_path: Path) -> None:
    drawn = small_base([("seen", "cause", 1.0), ("heard", "cause", -1.0)], ["seen", "heard"])
    found = Clips(clips_program(build(drawn.documents)), tmp_path).run({"seen": 1, "heard": 1}.items(), None)
    assert found["contradiction"].keys() == {"cause"}
    assert found["certainty"]["cause"] == 0.0


def test_a_rule_fires_once_however_many_parts_of_an_any_of_hold(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    exported = Clips(clips_program(build(small_base([({"any": names}, "cause", 0.5)], names).documents)), tmp_path)
    exported.environment.reset()
    told = " ".join(f"(evidence (id {id}) (certainty 1))" for id in names)
    exported.environment.eval(f"(progn (assert (perspective self) {told}) 1)")
    # Each is taken and believed; then come the rule, its conclusion, and belief in that.
    assert exported.environment.run() == 2 * len(names) + 3


def test_half_of_the_most_parts_that_a_condition_can_have(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In how many ways it can hold, 12,870 for the patterns to say, is not in the text."""
    names = [f"sign-{number}" for number in range(16)]
    drawn = small_base([({"at_least": 8, "of": names}, "cause", 0.5)], names)
    chance = random.Random(8)
    cases: list[tuple[Given, str]] = [({id: chance.uniform(-0.6, 1) for id in names}, "self") for _ in range(40)]
    cases.append((dict.fromkeys(names, True), "self"))
    _agree_on(drawn, cases, tmp_path_factory)
    assert len(clips_program(build(drawn.documents))) < 20_000


def test_ids_that_are_words_of_clips(tmp_path_factory: pytest.TempPathFactory) -> None:
    words = ["not", "and", "or", "test", "exists", "nil", "crlf", "t", "if", "declare", "fact", "id", "evidence"]
    rules = [({"any": [{"unless": one}, other]}, "cause", 0.3) for one, other in pairwise(words)]
    drawn = small_base([*rules, ({"all": words}, "logical", 0.4), ("logical", "cause", 0.6)], words, ["logical"])
    cases: list[tuple[Given, str]] = [({one: True for one in words if one != left}, "self") for left in (*words, "")]
    _agree_on(drawn, cases, tmp_path_factory)


def test_neither_the_order_of_evidence_nor_that_of_firing_changes_a_digit(tmp_path: Path) -> None:
    exported = Clips(clips_program(SHIPPED), tmp_path)
    chance = random.Random(3)
    for evidence, perspective in _cases(SHIPPED, 200):
        told = [*evidence.items()]
        exported.environment.eval("(set-strategy depth)")
        once = exported.run(told, perspective)
        chance.shuffle(told)
        exported.environment.eval("(set-strategy random)")
        assert exported.run(told, perspective) == once


@pytest.mark.parametrize(
    ("told", "perspective", "refused"),
    [
        ([("witdrawn", True)], None, {"witdrawn": "is no fact or conclusion of this base"}),
        ([("sad", 1.5)], None, {"sad": "has a certainty outside -1 to 1"}),
        ([("sad", -1.5)], None, {"sad": "has a certainty outside -1 to 1"}),
        ([("sad", 0.5), ("sad", 0.6)], None, {"sad": "has more than one certainty"}),
        ([], "slef", {"slef": "is no perspective of this base"}),
        ([], "self) (perspective observer", dict.fromkeys(("self", "observer"), "is not the only perspective")),
    ],
)
def test_what_does_not_fit_is_refused_but_a_safeguard_is_given(
    told: list[tuple[str, bool | float]], perspective: str | None, refused: dict[str, str], tmp_path: Path
) -> None:
    found = Clips(clips_program(SHIPPED), tmp_path).run([*told, ("in-danger", 0.1)], perspective)
    assert found["refused"] == refused
    assert found["safeguard"].keys() == {"get-safe"}
    assert not found["certainty"]


@pytest.mark.parametrize("name", BASES)
def test_the_header_tells_what_it_is_and_how_to_run_it(name: str, tmp_path: Path) -> None:
    base = BASES[name]
    program = clips_program(base)
    header = program.partition("(defglobal")[0]
    assert all(part in header for part in (base.id, base.version, base.digest, *(one.id for one in base.perspectives)))
    commands = re.findall(r"^; {5}(\(.+?\))(?: {2};.*)?$", header, re.M)
    assert [command.split()[0] for command in commands] == ["(reset)", "(assert", "(assert", "(run)"]
    exported = Clips(program, tmp_path).environment
    for command in commands:
        exported.eval(f"(progn {command} 1)")
    trace = pushaway.Engine(base).trace({base.facts[0].id: True})
    told = iter(exported.eval("(outcome)"))
    found = {id: value for relation, id, value in zip(told, told, told, strict=True) if relation == "certainty"}
    assert found == pytest.approx(dict(trace.certainties), abs=1e-9)


def test_a_safeguard_is_asserted_first_with_its_text_and_helplines(tmp_path: Path) -> None:
    environment = Clips(clips_program(SHIPPED), tmp_path).environment
    environment.reset()
    told = "(evidence (id withdrawn) (certainty 1)) (evidence (id self-harm-thoughts) (certainty 0.01))"
    environment.eval(f"(progn (assert {told}) (run 1))")
    (safeguard,) = (one for one in SHIPPED.safeguards if one.fact == "self-harm-thoughts")
    printed = environment.eval("(do-for-fact ((?s safeguard)) TRUE (create$ ?s:id ?s:text ?s:helplines))")
    assert printed[:2] == (safeguard.id, safeguard.text)
    assert len(printed) == 2 + len(safeguard.helplines)
    for line, said in zip(safeguard.helplines, printed[2:], strict=True):
        assert line.contact in said


# Names that would end a string, begin a comment, a list or a directive, or stand for something else.
NASTY = (
    'say "no" [now] {x} | (y) `z`',
    "one\ntwo\n\n; three\\n four\\",
    "1. first",
    "- end;",
    "%%{init: {}}%% #35; &amp; <b>b</b> _it_ **b**",
    "\\N \\G é “so” → ☃",
)


def _renamed() -> KnowledgeBase:
    car = BASES["car"]
    facts = tuple(fact._replace(label=NASTY[at % len(NASTY)]) for at, fact in enumerate(car.facts))
    rules = tuple(rule._replace(title=NASTY[at % len(NASTY)]) for at, rule in enumerate(car.rules))
    responses = tuple(one._replace(text=NASTY[at % len(NASTY)]) for at, one in enumerate(car.responses))
    safeguards = tuple(one._replace(title=NASTY[0], text=NASTY[1]) for one in car.safeguards)
    return replace(car, facts=facts, rules=rules, responses=responses, safeguards=safeguards)


def test_any_text_is_the_same_text_in_clips(tmp_path: Path) -> None:
    base = _renamed()
    environment = Clips(clips_program(base), tmp_path).environment
    environment.reset()
    for fact in base.facts:
        assert environment.eval(f"(do-for-fact ((?i item)) (eq ?i:id {fact.id}) ?i:label)") == fact.label


# The graph, and how it is drawn.


@pytest.mark.parametrize("base", BASES.values(), ids=BASES)
def test_the_graph_holds_the_whole_base(base: KnowledgeBase) -> None:
    drawn = graph(base)
    parts = {Part.FACT: base.facts, Part.CONCLUSION: base.conclusions, Part.RULE: base.rules}
    parts |= {Part.RESPONSE: base.responses, Part.SAFEGUARD: base.safeguards}
    assert [(one.part, one.id) for one in drawn.nodes] == [(part, one.id) for part in parts for one in parts[part]]
    assert len({one.key for one in drawn.nodes}) == len(drawn.nodes)
    node = {one.key: one for one in drawn.nodes}

    def tails(part: Part, id: str, *relations: Relation) -> list[str]:
        head = f"{part.value}/{id}"
        return [node[one.tail].id for one in drawn.edges if one.head == head and one.relation in relations]

    for rule in base.rules:
        assert {*tails(Part.RULE, rule.id, Relation.PREMISE)} == {*base.mentions[rule.id]}
    for conclusion in base.conclusions:
        speaking = tails(Part.CONCLUSION, conclusion.id, Relation.SUPPORTS, Relation.OPPOSES)
        assert speaking == [rule.id for rule in base.rules_for[conclusion.id]]
        assert (*tails(Part.CONCLUSION, conclusion.id, Relation.LEADS),) == conclusion.leads_when
    for response in base.responses:
        assert {*tails(Part.RESPONSE, response.id, Relation.CALLS_FOR)} == {*ids(response.condition)}
        assert (*tails(Part.RESPONSE, response.id, Relation.WITHHOLDS),) == response.withheld_by
    for safeguard in base.safeguards:
        assert tails(Part.SAFEGUARD, safeguard.id, Relation.CALLS_FOR) == [safeguard.fact]
    for edge in drawn.edges:
        assert {edge.tail, edge.head} <= {*node}
        if edge.relation in (Relation.SUPPORTS, Relation.OPPOSES):
            rule = base.rule[node[edge.tail].id]
            assert (edge.level, edge.certainty) == (rule.level, rule.certainty)
            assert edge.negative == (rule.certainty < 0)


def test_an_edge_says_what_is_claimed() -> None:
    condition = {"all": ["a", {"any": [{"absent": "b"}, {"unless": "a"}, {"perspective": "self"}, "a"]}]}
    drawn = graph(build(small_base([(condition, "cause", -0.5)], ["a", "b"]).documents))
    *premises, against = drawn.edges
    assert [(one.tail, one.claim, one.negative) for one in premises] == [
        ("fact/a", Claim.BELIEVED, False),
        ("fact/b", Claim.ABSENT, True),
        ("fact/a", Claim.UNLESS, True),
    ]
    assert (against.relation, against.negative) == (Relation.OPPOSES, True)
    assert [one.perspectives for one in drawn.nodes if one.part is Part.RULE] == [("self",)]


STRING = r'"((?:[^"\\]|\\.)*)"'


def _read_dot(text: str) -> tuple[dict[str, str], list[tuple[str, str, bool]]]:
    """Return labels by node, and edges with whether they are dashed."""
    opening, *lines, closing = text.splitlines()
    assert (opening, closing) == ('digraph "car-trouble" {', "}")
    nodes, edges = {}, []
    for line in lines:
        if node := re.fullmatch(rf'  {STRING} \[label={STRING}, shape=\w+, fillcolor="#\w{{6}}"\];', line):
            label = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), node[2])
            nodes[node[1]] = html.unescape(label)
        elif edge := re.fullmatch(rf"  {STRING} -> {STRING}(?: \[(?:label={STRING})?(?:, )?(style=dashed)?\])?;", line):
            edges.append((edge[1], edge[2], edge[4] is not None))
        else:
            assert re.fullmatch(r"  (graph|node|edge) \[.*\];", line), line
    return nodes, edges


def _read_mermaid(text: str) -> tuple[dict[str, str], list[tuple[str, str, bool]]]:
    name, opening, *lines = text.splitlines()
    assert (name, opening) == ("%% car-trouble", "flowchart LR")
    nodes, edges = {}, []
    for line in lines:
        if node := re.fullmatch(
            r'  (\w+)\W+"((?!\d*[.)-])(?:[^\W_]|[\s,.:;?!()\'’–#-])+(?:<br>[\w\s()-]+)?)"\W+:::[A-Z][a-z]+', line
        ):
            label = re.sub(r"#(\d+);", lambda found: chr(int(found[1])), node[2].replace("<br>", "\n"))
            nodes[_key(node[1])] = label
        elif edge := re.fullmatch(r'  (\w+) (-->|-\.->)(?:\|"[\w #;-]+"\|)? (\w+)', line):
            edges.append((_key(edge[1]), _key(edge[3]), edge[2] == "-.->"))
        else:
            assert re.fullmatch(r"  classDef [A-Z][a-z]+ fill:#\w{6},stroke:#\w{6},color:#000000", line), line
    return nodes, edges


def _key(name: str) -> str:
    return name.replace("__", "/").replace("_", "-")


@pytest.mark.parametrize(("render", "read"), [(dot, _read_dot), (mermaid, _read_mermaid)])
@pytest.mark.parametrize("base", [BASES["car"], _renamed()], ids=["plain", "nasty"])
def test_a_drawing_holds_every_node_and_edge(base: KnowledgeBase, render: Any, read: Any) -> None:
    drawn = graph(base)
    nodes, edges = read(render(drawn, base.id))
    assert [*nodes] == [one.key for one in drawn.nodes]
    for node in drawn.nodes:
        asked_as = f" (as {' or '.join(node.perspectives)})" if node.perspectives else ""
        assert nodes[node.key].split() == f"{node.label}{asked_as}".split()
    assert edges == [(one.tail, one.head, one.negative) for one in drawn.edges]
    text = render(drawn, base.id)
    assert all(text.count(said) >= 1 for said in ("unless", "absent", "withholds", "puts first", base.levels[0].id))


def test_a_drawing_that_mermaid_must_be_configured_for_says_so() -> None:
    assert f"maxEdges: {len(graph(SHIPPED).edges)} " in mermaid(graph(SHIPPED), SHIPPED.id)
    assert "maxEdges" not in mermaid(graph(BASES["car"]), "car-trouble")


# The command.


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("export", *arguments), prog_name="pushaway")


@pytest.mark.parametrize("name", BASES)
def test_the_command_writes_the_export_and_nothing_else(name: str) -> None:
    base = BASES[name]
    options = ["--base", str(CAR)] if name == "car" else []
    drawn = graph(base)
    for tool, text in (
        ("clips", clips_program(base)),
        ("dot", dot(drawn, base.id)),
        ("mermaid", mermaid(drawn, base.id)),
    ):
        result = run("--to", tool, *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout_bytes == text.encode()


def test_a_terminal_without_unicode_gets_the_same_bytes(tmp_path: Path) -> None:
    """Letters that it lacks are replaced in text for people; in a program a quotation mark would end a string."""
    folder = shutil.copytree(CAR, tmp_path / "base")
    for file in folder.rglob("*.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('"drops on the ignition leads"', '"“drops” → ignition"'), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pushaway", "export", "--to", "clips", "--base", folder],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert "“drops” → ignition" in done.stdout.decode()
    assert done.stdout == clips_program(pushaway.load(folder)).encode()
    assert not done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--to"),
        (("--to", "prolog"), "mermaid"),
        (("--to", "dot", "--base", "nowhere"), "no such file or folder"),
    ],
)
def test_misuse_is_refused(arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert not result.stdout
    assert told in result.stderr


def test_a_broken_base_is_refused_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text('{"kind": "base"}', encoding="utf-8")
    (tmp_path / "rules.json").write_text("[", encoding="utf-8")
    result = run("--to", "clips", "--base", str(tmp_path))
    assert result.exit_code == 2
    assert not result.stdout
    assert "base.json" in result.stderr
    assert "rules.json" in result.stderr
