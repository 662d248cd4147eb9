"""A base on another subject loads and answers as the shipped one does; both keep what they promise."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

import pushaway
from pushaway import knowledge
from pushaway.knowledge.model import Case, Paragraph, Rule
from pushaway.knowledge.names import normal
from pushaway.knowledge.passages import digest, passage_hash, passage_hashes

BASES = Path(__file__).parent / "bases"
FOLDERS = {"car": BASES / "car", "shipped": Path(knowledge.__file__).parent / "base"}
LOADED = {"car": pushaway.load(FOLDERS["car"]), "shipped": pushaway.load()}
ENGINES = {name: pushaway.Engine(base) for name, base in LOADED.items()}
CAR = LOADED["car"]


def _documents(folder: Path) -> dict[str, Any]:
    files = sorted(folder.rglob("*.json"))
    return {file.relative_to(folder).as_posix(): json.loads(file.read_bytes()) for file in files}


@pytest.fixture(params=LOADED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# What a base says of itself holds.


def test_the_bases_have_no_problems() -> None:
    assert pushaway.check() == ()
    assert pushaway.check(FOLDERS["car"]) == ()


def _told(parts: str) -> list[Any]:
    return [
        pytest.param(name, part, id=f"{name}-{part.id}")
        for name, base in LOADED.items()
        for part in getattr(base, parts)
    ]


@pytest.mark.parametrize(("name", "case"), _told("cases"))
def test_a_case_is_answered_as_it_expects(name: str, case: Case) -> None:
    answer = ENGINES[name].infer(case.evidence, perspective=case.perspective)
    recommended = {one.id for one in answer.responses}
    assert answer.verdict == case.verdict
    assert tuple(one.id for one in answer.causes if one.certainty > 0.2 + 1e-9) == case.causes
    assert tuple(one.id for one in answer.safeguards) == case.safeguards
    assert set(case.responses) <= recommended
    assert set(case.withheld) <= {one.id for one in answer.withheld}
    assert not set(case.never) & recommended


@pytest.mark.parametrize(("name", "rule"), _told("rules"))
def test_a_rule_fires_as_its_examples_say(name: str, rule: Rule) -> None:
    for example in rule.examples:
        trace = ENGINES[name].trace(example.evidence, perspective=example.perspective)
        assert (rule.id in trace.fired) is example.fires, example


def test_every_paragraph_that_makes_a_claim_is_cited(name: str) -> None:
    base = LOADED[name]
    citing = (*base.facts, *base.conclusions, *base.rules, *base.responses, *base.safeguards)
    cited = {one.number for part in citing for one in part.source if isinstance(one, Paragraph)}
    assert {one.number for one in base.source.paragraphs if not one.no_claim} <= cited


def test_the_hashes_are_those_of_the_article() -> None:
    article = (BASES / "car-article.txt").read_text(encoding="utf-8")
    assert list(passage_hashes(article)) == [(one.number, one.sha256) for one in CAR.source.paragraphs]


def test_a_hash_is_that_of_the_text_however_it_is_spaced_or_composed() -> None:
    assert passage_hash("  un  cafe\N{COMBINING ACUTE ACCENT}\t ") == hashlib.sha256("un café".encode()).hexdigest()
    assert passage_hash("un cafe") != passage_hash("un café")


# The engine knows nothing of its subject.


def test_the_answer_speaks_in_the_words_of_its_base() -> None:
    answer = ENGINES["car"].infer({"clicking": True, "dim-lights": 0.8, "fuel-smell": 0.05, "key-light": True})
    assert answer.base == (CAR.id, CAR.version, CAR.digest)
    assert answer.perspective == "driver"
    assert [one.id for one in answer.causes] == ["flat-battery", "empty-tank", "damp-ignition"]
    assert [one.id for one in answer.beyond] == ["key-light"]
    assert [(one.id, one.because) for one in answer.safeguards] == [("leave-the-car", ("fuel-smell",))]
    assert [line.name for line in answer.safeguards[0].helplines] == ["Fire brigade"]
    assert [(one.id, one.because) for one in answer.withheld] == [("jump-start", ("fuel-smell",))]
    assert answer.notice == CAR.notice


def test_mechanisms_feed_each_other_and_the_causes() -> None:
    certainty = ENGINES["car"].trace({"dim-lights": True}).certainties
    assert certainty["low-charge"] == pytest.approx(0.7)
    assert certainty["starved-starter"] == pytest.approx(0.7 * 0.5)
    assert certainty["flat-battery"] == pytest.approx(0.7 * 0.5 * 0.7)


def test_each_perspective_is_asked_only_what_it_can_know() -> None:
    told = {"turns-over": True}
    asked = {
        perspective: {one.id for one in ENGINES["car"].infer(told, perspective=perspective).ask_next}
        for perspective in ("driver", "mechanic")
    }
    assert "lights-left-on" in asked["driver"] - asked["mechanic"]


def test_beside_a_safeguard_nothing_is_asked() -> None:
    assert ENGINES["car"].infer({"silent": True}).ask_next
    assert not ENGINES["car"].infer({"silent": True, "fuel-smell": 0.01}).ask_next


def test_engines_of_two_bases_do_not_disturb_each_other() -> None:
    told = {name: base.cases[0] for name, base in LOADED.items()}
    alone = {name: ENGINES[name].infer(case.evidence, perspective=case.perspective) for name, case in told.items()}
    for _ in range(3):
        for name, case in told.items():
            again = pushaway.Engine(LOADED[name]).infer(case.evidence, perspective=case.perspective)
            assert again == ENGINES[name].infer(case.evidence, perspective=case.perspective) == alone[name]


# The digest is of what the documents say.


def _written(folder: Path, documents: dict[str, Any], **how: Any) -> Path:
    for name, document in documents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, **how), encoding="utf-8")
    return folder


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(one) for one in value] if isinstance(value, list) else value


def test_the_digest_does_not_depend_on_how_documents_are_written(tmp_path: Path) -> None:
    documents = _documents(FOLDERS["car"])
    backwards = _written(tmp_path / "backwards", _backwards(documents), indent=7, ensure_ascii=False)
    floating = _written(tmp_path / "floating", documents, separators=(",", ":"))
    scales = floating / "scales.json"
    scales.write_text(scales.read_text(encoding="utf-8").replace('"certainty":1,', '"certainty":1.0,'), "utf-8-sig")
    assert b":1.0," in scales.read_bytes()
    assert pushaway.load(backwards).digest == pushaway.load(floating).digest == CAR.digest


def _values(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value that holds no other."""
    if isinstance(value, dict | list) and value:
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _values(inner, (*way, step))
    else:
        yield way


def test_the_digest_changes_with_any_value() -> None:
    documents = _documents(FOLDERS["car"])
    ways = list(_values(documents))
    digests = {digest(documents)}
    for number, (*way, last) in enumerate(ways):
        changed = copy.deepcopy(documents)
        holder = changed
        for step in way:
            holder = holder[step]
        holder[last] = f"changed {number}"
        digests.add(digest(changed))
    assert len(digests) == 1 + len(ways)


def test_the_digest_changes_with_a_documents_name_and_with_the_order_of_a_list() -> None:
    documents = _documents(FOLDERS["car"])
    renamed = {("cases-1.json" if name == "cases.json" else name): one for name, one in documents.items()}
    turned = copy.deepcopy(documents)
    turned["rules/causes.json"]["rules"].reverse()
    assert len({digest(documents), digest(renamed), digest(turned)}) == 3


def _canonical_digest(documents: dict[str, Any]) -> str:
    return f"sha256:{hashlib.sha256(rfc8785.dumps(documents)).hexdigest()}"


def test_the_digest_is_that_of_canonical_json(name: str) -> None:
    assert LOADED[name].digest == _canonical_digest(_documents(FOLDERS[name]))


@pytest.mark.parametrize("value", [1.0, 0.1, -0.0001, 1 / 3, 0.00012345678901234567])
def test_the_digest_is_that_of_canonical_json_for_every_number_that_a_level_can_have(
    value: float, tmp_path: Path
) -> None:
    documents = _documents(FOLDERS["car"])
    documents["scales.json"]["certainty"]["levels"][0]["value"] = value
    assert pushaway.load(_written(tmp_path, documents)).digest == _canonical_digest(documents)


@pytest.mark.parametrize("value", [1e-5, 1e-7, -2.5e-9])
def test_a_number_that_python_would_write_in_another_form_is_refused(value: float, tmp_path: Path) -> None:
    documents = _documents(FOLDERS["car"])
    documents["scales.json"]["certainty"]["levels"][0]["value"] = value
    with pytest.raises(pushaway.KnowledgeError, match="is not 0"):
        pushaway.load(_written(tmp_path, documents))


# Names.


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("clicking", "clicking"),
        ("CLICKING", "clicking"),
        ("the starter clicks", "clicking"),
        ("The_Starter_Clicks", "clicking"),
        ("click-click", "clicking"),
        ("  click   CLICK ", "clicking"),
        ("click_click!", "clicking"),
        ("it's dead", "silent"),
        ("It’s dead.", "silent"),
        ("its-dead", "silent"),
        ("dim lights", "dim-lights"),
        ("gauge_empty", "gauge-empty"),
        ("the battery is flat", "flat-battery"),
        ("Dead Battery", "flat-battery"),
        ("battery-went-down", "low-charge"),
    ],
)
def test_a_name_is_known_by_id_label_or_lay_expression_in_any_spelling(said: str, id: str) -> None:
    assert pushaway.resolve(CAR, said) == id


def test_every_name_of_a_base_leads_to_what_it_names(name: str) -> None:
    base = LOADED[name]
    named = [(fact.id, (fact.label, *fact.lay)) for fact in base.facts]
    named += [(conclusion.id, (conclusion.name, *conclusion.lay)) for conclusion in base.conclusions]
    for id, names in named:
        for said in (id, *names):
            assert pushaway.resolve(base, said) == id
            assert pushaway.resolve(base, said.upper().replace(" ", "_")) == id
            assert pushaway.resolve(base, said.replace("'", "’").replace("-", " ")) == id


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_compared_like_all_others(name: str) -> None:
    assert f"{normal(name)} é".lstrip() == normal(f"{name} É")


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("clickng", "clicking"),
        ("dead batery", "flat-battery"),
        ("Faint Headlamp", "dim-lights"),
        ("fule smell", "fuel-smell"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_and_never_guessed(said: str, nearest: str) -> None:
    with pytest.raises(pushaway.UnknownNameError) as caught:
        pushaway.resolve(CAR, said)
    assert caught.value.name == said
    assert caught.value.near[0] == nearest
    assert f"Did you mean `{nearest}`" in str(caught.value)


@pytest.mark.parametrize("said", ["xyzzy", "", "?!", " "])
def test_for_a_name_like_no_other_nothing_is_offered(said: str) -> None:
    with pytest.raises(pushaway.UnknownNameError) as caught:
        pushaway.resolve(CAR, said)
    assert caught.value.near == ()


# What loading costs.


def test_loading_the_shipped_base_does_not_pay_for_the_checks(fresh_process: Callable[..., str]) -> None:
    printed = fresh_process("import sys, pushaway; pushaway.load(); print('jsonschema' in sys.modules)")
    assert printed.strip() == "False"
