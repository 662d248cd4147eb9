"""What is different between two bases, in words and in behaviour, and the smallest evidence that shows it."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from conftest import Process

import pushaway
from pushaway.cli import main, progress
from pushaway.engine.comparing import (
    KINDS,
    SAFETY,
    Behaviour,
    Shift,
    compare,
    compare_behaviour,
)
from pushaway.engine.trials import MOST_SIGNS, Trials, reasoning
from pushaway.knowledge.building import build
from pushaway.knowledge.comparing import Field, compare_documents
from pushaway.knowledge.loading import SHIPPED, read
from pushaway.knowledge.shape import schema

CAR = Path(__file__).parent / "bases" / "car"
Edit = Callable[[Any], None]
ENGINES: dict[str, pushaway.Engine] = {}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)], prog_name="pushaway")


def told(*arguments: str | Path) -> dict[str, Any]:
    """Return the JSON of a comparison that must fit its schema."""
    result = run(*arguments, "--format", "json")
    comparison: dict[str, Any] = json.loads(result.stdout)
    jsonschema.Draft202012Validator(schema("comparison")).validate(comparison)
    assert result.exit_code == int(comparison["different"])
    assert not result.stderr
    return comparison


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert isinstance(result.exception, SystemExit)
    return result.stderr


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """Return a copy of a base in which files are edited by name."""

    def copy(edits: dict[str, Edit], base: str | Path = CAR, name: str = "edited") -> Path:
        folder = tmp_path / name
        shutil.copytree(base, folder)
        for file, edit in edits.items():
            document = json.loads((folder / file).read_text(encoding="utf-8"))
            edit(document)
            (folder / file).write_text(json.dumps(document), encoding="utf-8")
        return folder

    return copy


def by_id(items: list[Any], id: str) -> Any:
    return next(one for one in items if one["id"] == id)


def set_level(id: str, value: float) -> Edit:
    return lambda document: by_id(document["certainty"]["levels"], id).update(value=value)


def no_longer_withheld(response: str, reason: str) -> Edit:
    return lambda document: by_id(document["responses"], response)["withheld_by"].remove(reason)


def without(key: str, id: str) -> Edit:
    return lambda document: document[key].remove(by_id(document[key], id))


def kinds(comparison: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in comparison["behaviour"]["differences"]]


# What is found.


def test_a_level_that_changes_the_verdict(edited: Callable[..., Path]) -> None:
    comparison = told(CAR, edited({"scales.json": set_level("plain", 0.3)}))
    (table,) = comparison["words"]["tables"]
    assert table["kind"] == "scales/certainty/levels"
    assert table["changed"] == [{"id": "plain", "fields": [{"at": "/value", "old": 0.7, "new": 0.3}]}]
    lost = next(one for one in comparison["behaviour"]["differences"] if one["kind"] == "verdict")
    assert (lost["before"], lost["after"]) == ("one", "none")
    (told_,) = lost["example"]["evidence"]
    assert told_["certainty"] == 1
    assert lost["example"]["old"]["verdict"] == "one"
    assert lost["example"]["new"] == {
        "safeguards": [],
        "verdict": "none",
        "causes": [],
        "responses": [],
        "withheld": [],
    }


def test_a_difference_names_the_cases_that_show_it(edited: Callable[..., Path]) -> None:
    changed = edited({"responses.json": no_longer_withheld("jump-start", "fuel-smell")})
    comparison = told(CAR, changed, "--draws", "0")
    cases = pushaway.load(CAR).cases
    old, new = (pushaway.Engine(pushaway.load(folder)) for folder in (CAR, changed))
    showing = {
        case.id
        for case in cases
        if old.infer(case.evidence, perspective=case.perspective).withheld
        != new.infer(case.evidence, perspective=case.perspective).withheld
    }
    (only,) = comparison["behaviour"]["differences"]
    assert set(only["cases"]) == showing
    assert showing
    assert comparison["behaviour"]["trials"]["cases"] == len(cases)


def test_advice_beside_danger_comes_first_with_the_smallest_evidence(edited: Callable[..., Path]) -> None:
    changed = edited(
        {
            "responses.json": no_longer_withheld("jump-start", "fuel-smell"),
            "scales.json": set_level("plain", 0.6),
        }
    )
    comparison = told(CAR, changed)
    first, *others = comparison["behaviour"]["differences"]
    assert others
    assert (first["kind"], first["ids"], first["because"]) == ("exposed", ["jump-start"], "fuel-smell")
    assert (first["before"], first["after"]) == ("withheld", "recommended")
    assert first["beside_safeguards"] == first["trials"]
    assert "a-whiff-of-fuel" in first["cases"]
    evidence = {one["id"]: one["certainty"] for one in first["example"]["evidence"]}
    assert evidence.pop("fuel-smell") == 1
    assert list(evidence.values()) == [1]
    text = run(CAR, changed).stdout
    assert text.index("jump-start") < text.index("In short") < text.index("Behaviour: ")


def test_advice_beside_danger_in_the_shipped_base(edited: Callable[..., Path]) -> None:
    changed = edited({"responses.json": no_longer_withheld("stay-available", "in-danger")}, SHIPPED)
    comparison = told(SHIPPED, changed)
    (only,) = comparison["behaviour"]["differences"]
    assert (only["kind"], only["because"]) == ("exposed", "in-danger")
    assert "in-danger" in [one["id"] for one in only["example"]["evidence"]]
    assert len(only["example"]["evidence"]) == 2


def test_a_removed_safeguard(edited: Callable[..., Path]) -> None:
    def no_alarm(document: Any) -> None:
        document["of"] = "finding"

    def none_expected(document: Any) -> None:
        for case in document["cases"]:
            case["expect"].pop("safeguards", None)

    changed = edited({"facts/safeguards.json": no_alarm, "cases.json": none_expected})
    (changed / "safeguards.json").unlink()
    comparison = told(CAR, changed)
    first = comparison["behaviour"]["differences"][0]
    assert (first["kind"], first["ids"]) == ("safeguard", ["leave-the-car"])
    assert (first["before"], first["after"]) == ("given", "not given")
    assert first["example"]["evidence"] == [{"id": "fuel-smell", "certainty": 1.0}]
    assert comparison["words"]["tables"][0]["kind"] == "safeguards"
    # What called for a safeguard at any certainty now counts only where it is believed.
    exposed = [one for one in comparison["behaviour"]["differences"] if one["kind"] == "exposed"]
    assert {one["because"] for one in exposed} == {"fuel-smell"}
    for one in exposed:
        assert 0 < next(x["certainty"] for x in one["example"]["evidence"] if x["id"] == "fuel-smell") <= 0.2


def test_a_new_title_changes_words_and_no_behaviour(edited: Callable[..., Path]) -> None:
    def reword(document: Any) -> None:
        by_id(document["rules"], "faint-lamps")["title"] = "Faint lamps tell of a low charge."

    comparison = told(CAR, edited({"rules/mechanisms.json": reword}))
    assert comparison["different"]
    assert comparison["behaviour"]["same_reasoning"]
    assert not comparison["behaviour"]["differences"]
    assert set(comparison["behaviour"]["trials"].values()) == {0}
    (table,) = comparison["words"]["tables"]
    (changed,) = table["changed"]
    assert (table["kind"], changed["id"], changed["fields"][0]["at"]) == ("rules", "faint-lamps", "/title")


def test_other_files_and_another_order_are_no_difference(edited: Callable[..., Path]) -> None:
    def fewer(document: Any) -> None:
        document["rules"] = document["rules"][:2]

    changed = edited({"rules/causes.json": fewer})
    whole = json.loads((CAR / "rules" / "causes.json").read_text(encoding="utf-8"))
    others = {**whole, "rules": whole["rules"][:1:-1]}
    (changed / "rules" / "a-few.json").write_text(json.dumps(others), encoding="utf-8")
    (changed / "facts" / "signs.json").rename(changed / "facts" / "z.json")
    assert not told(CAR, changed)["different"]
    result = run(CAR, changed)
    assert result.exit_code == 0
    assert "no differences" in result.stdout


def test_another_order_of_advice_is_told_in_words_and_in_behaviour(edited: Callable[..., Path]) -> None:
    def same_rank(document: Any) -> None:
        for id in ("jump-start", "dry-the-leads"):
            by_id(document["responses"], id).update(when="flat-battery", order=1)

    def turned(document: Any) -> None:
        same_rank(document)
        document["responses"].reverse()

    old, new = edited({"responses.json": same_rank}, name="old"), edited({"responses.json": turned}, name="new")
    comparison = told(old, new)
    (table,) = comparison["words"]["tables"]
    assert table["order"]["old"] == table["order"]["new"][::-1]
    (only,) = comparison["behaviour"]["differences"]
    assert (only["kind"], only["ids"]) == ("response-order", ["jump-start", "dry-the-leads"])
    assert (only["before"], only["after"]) == ("jump-start", "dry-the-leads")
    assert only["example"]["old"]["responses"] == only["example"]["new"]["responses"][::-1]


def test_bases_on_different_subjects(edited: Callable[..., Path]) -> None:
    comparison = told(CAR, SHIPPED)
    assert comparison["behaviour"]["perspectives"] == []
    assert set(comparison["behaviour"]["trials"].values()) == {0}
    assert "a-whiff-of-fuel" in comparison["behaviour"]["left_out"]
    tables = {one["kind"]: one for one in comparison["words"]["tables"]}
    assert "leave-the-car" in [one["id"] for one in tables["safeguards"]["removed"]]
    assert "in-danger" in [one["id"] for one in tables["facts"]["added"]]
    assert "no perspective" in run(CAR, SHIPPED).stdout


def test_what_only_one_base_knows_is_not_told_to_the_other(edited: Callable[..., Path]) -> None:
    def one_more(document: Any) -> None:
        document["facts"].append({**document["facts"][0], "id": "alarm-light", "label": "an alarm lamp", "lay": []})

    changed = edited({"facts/beyond.json": one_more})
    for old, new, how in ((CAR, changed, "added"), (changed, CAR, "removed")):
        comparison = compare(read(old), read(new), draws=200)
        assert [one.id for one in getattr(comparison.words.tables[0], how)] == ["alarm-light"]
        assert comparison.behaviour.differences == ()
        assert comparison.behaviour.trials["drawn"] == 200
    assert any("alarm-light" in one.evidence for one in Trials(build(read(CAR)), build(read(changed)), 200))


# The smallest evidence.


def _outcome(engine: pushaway.Engine, perspective: str, evidence: dict[str, float]) -> dict[str, Any]:
    """Return what is compared of an answer, made from the public answer alone."""
    base = engine.base
    known = {id: one for id, one in evidence.items() if id in base.fact or id in base.conclusion}
    answer = engine.infer(known, perspective=perspective)
    return {
        "safeguards": [one.id for one in answer.safeguards],
        "verdict": answer.verdict,
        "leading": answer.leading,
        "causes": [one.id for one in answer.causes if one.certainty > 0.2 + 1e-9],
        "responses": [one.id for one in answer.responses],
        "withheld": {one.id: one.because for one in answer.withheld},
    }


def _shows(shift: Shift, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Tell whether two answers show a difference, worked out in another way than the package does."""

    def state(outcome: dict[str, Any]) -> str:
        (id,) = shift.ids
        return "recommended" if id in outcome["responses"] else "withheld" if id in outcome["withheld"] else "not given"

    def ahead(outcome: dict[str, Any], part: str) -> str | None:
        places = [one for one in outcome[part] if one in shift.ids]
        return places[0] if len(places) == 2 else None

    match shift.kind:
        case "verdict" | "leading":
            return (old[shift.kind], new[shift.kind]) == (shift.before, shift.after)
        case "safeguard":
            return [shift.ids[0] in one["safeguards"] for one in (old, new)] == [
                one == "given" for one in (shift.before, shift.after)
            ]
        case "cause":
            return [shift.ids[0] in one["causes"] for one in (old, new)] == [
                one == "believed" for one in (shift.before, shift.after)
            ]
        case "response" | "exposed":
            because = shift.because is None or shift.because in old["withheld"].get(shift.ids[0], ())
            return because and (state(old), state(new)) == (shift.before, shift.after)
    part = {"safeguard-order": "safeguards", "cause-order": "causes", "response-order": "responses"}[shift.kind]
    return (ahead(old, part), ahead(new, part)) == (shift.before, shift.after)


def _variant() -> tuple[Any, Any]:
    """Return the shipped documents, and a variant with differences of many kinds."""
    old = read(SHIPPED)
    new = json.loads(json.dumps(old))
    set_level("moderate", 0.45)(new["scales.json"])
    responses = new["responses.json"]["responses"]
    by_id(responses, "stay-available")["withheld_by"].remove("in-danger")
    by_id(responses, "take-the-space")["withheld_by"].remove("daily-life-impaired")
    responses.reverse()
    safeguards = new["safeguards.json"]["safeguards"]
    safeguards.remove(by_id(safeguards, "look-after-yourself"))
    safeguards.reverse()
    return old, new


@pytest.fixture(scope="module")
def many() -> tuple[pushaway.Engine, pushaway.Engine, Behaviour]:
    old, new = map(build, _variant())
    return pushaway.Engine(old), pushaway.Engine(new), compare_behaviour(old, new, draws=400)


def test_every_example_shows_its_difference_and_no_item_can_be_dropped(
    many: tuple[pushaway.Engine, pushaway.Engine, Behaviour],
) -> None:
    *engines, behaviour = many
    assert {one.shift.kind for one in behaviour.differences} == {*KINDS}
    for difference in behaviour.differences:
        example = difference.example
        evidence = {one.id: one.certainty for one in example.evidence}

        def outcomes(some: dict[str, float], perspective: str = example.perspective) -> list[dict[str, Any]]:
            return [_outcome(engine, perspective, some) for engine in engines]

        assert _shows(difference.shift, *outcomes(evidence)), difference
        for dropped in evidence:
            less = {id: one for id, one in evidence.items() if id != dropped}
            assert not _shows(difference.shift, *outcomes(less)), (difference, dropped)
        for id, certainty in evidence.items():
            if certainty != 1:
                assert not _shows(difference.shift, *outcomes({**evidence, id: 1.0})), (difference, id)


def test_a_single_fact_that_shows_a_difference_is_always_found(
    many: tuple[pushaway.Engine, pushaway.Engine, Behaviour],
) -> None:
    old, new, behaviour = many
    checked = 0
    for id in old.base.fact:
        for certainty in (one for one in old.base.answer_certainties if one):
            for perspective in behaviour.perspectives:
                outcomes = [_outcome(engine, perspective, {id: certainty}) for engine in (old, new)]
                for one in behaviour.differences:
                    if _shows(one.shift, *outcomes):
                        checked += 1
                        assert len(one.example.evidence) <= 1
    assert checked > 10


def test_every_trial_that_differs_is_counted_and_none_is_lost() -> None:
    documents = read(CAR)
    changed = json.loads(json.dumps(documents))
    set_level("likely", 0.35)(changed["scales.json"])
    no_longer_withheld("fill-up", "fuel-smell")(changed["responses.json"])
    bases = build(documents), build(changed)
    old, new = map(pushaway.Engine, bases)
    differences = compare_behaviour(*bases, draws=300).differences
    counted = {one.shift: 0 for one in differences}
    for trial in Trials(*bases, 300):
        outcomes = [_outcome(engine, trial.perspective, dict(trial.evidence)) for engine in (old, new)]
        showing = [one for one in differences if _shows(one.shift, *outcomes)]
        for one in showing:
            counted[one.shift] += 1
            assert not trial.case or trial.case in one.cases
            assert len(one.example.evidence) <= len(trial.evidence)
        for one in outcomes:
            one["withheld"] = set(one["withheld"])
        assert bool(showing) == (outcomes[0] != outcomes[1])
    assert len(counted) > 5
    assert [one.trials for one in differences] == list(counted.values())


def test_safety_is_told_first_then_by_kind_and_frequency(
    many: tuple[pushaway.Engine, pushaway.Engine, Behaviour],
) -> None:
    *_, behaviour = many
    places = [(KINDS.index(one.shift.kind), -one.trials) for one in behaviour.differences]
    assert places == sorted(places)
    assert KINDS[: len(SAFETY)] == SAFETY
    assert behaviour.differences[0].shift.kind in SAFETY
    assert len({one.shift for one in behaviour.differences}) == len(behaviour.differences)


def test_a_difference_that_chance_would_rarely_meet_is_found() -> None:
    old = read(SHIPPED)
    new = json.loads(json.dumps(old))
    rare = ["stressed", "fears-judgement", "ill", "new-baby"]
    item = by_id(new["responses.json"]["responses"], "keep-safe-distance")
    item["when"] = {"any": [item["when"], {"all": rare}]}
    found = compare_behaviour(build(old), build(new)).differences
    assert [(one.shift.ids, one.shift.after) for one in found] == [(("keep-safe-distance",), "recommended")]
    assert {one.id for one in found[0].example.evidence} == {*rare}


def test_cases_draws_and_examples_are_not_printed_by_accident(
    many: tuple[pushaway.Engine, pushaway.Engine, Behaviour],
) -> None:
    old, new, behaviour = many
    trial = next(iter(Trials(old.base, new.base, 0)))
    for one, evidence in (
        (trial, trial.evidence),
        *((x.example, [y.id for y in x.example.evidence]) for x in behaviour.differences),
    ):
        assert not any(id in repr(one) for id in evidence)


# What is tried.


def test_draws_are_counted_and_bounded() -> None:
    base = build(read(CAR))
    trials = Trials(base, base, 25)
    assert len(list(trials)) == len(trials) == sum(trials.count.values())
    assert trials.count["drawn"] == 25
    for draws in (-1, 1_000_001):
        with pytest.raises(ValueError, match="0 to 1000000"):
            compare_behaviour(base, base, draws=draws)


def test_all_signs_are_combined_in_every_perspective() -> None:
    base = build(read(SHIPPED))
    tried = {
        (one.perspective, tuple(one.evidence)) for one in Trials(base, base, 0) if set(one.evidence.values()) <= {1.0}
    }
    signs = [one.id for one in base.facts if one.kind == "sign"]
    for perspective in base.perspectives:
        for bits in range(1 << len(signs)):
            assert (perspective.id, tuple(id for at, id in enumerate(signs) if bits >> at & 1)) in tried


def test_many_signs_are_sampled(edited: Callable[..., Path]) -> None:
    def more(document: Any) -> None:
        document["facts"] += [
            {**document["facts"][0], "id": f"sign-{letter}", "label": f"sign {letter}", "lay": []}
            for letter in "abcdefghijkl"
        ]

    old = edited({"facts/signs.json": more}, name="old")
    new = edited({"facts/signs.json": more, "scales.json": set_level("plain", 0.6)}, name="new")
    comparison = told(old, new, "--draws", "0")["behaviour"]
    assert comparison["sampled"]
    assert comparison["differences"]
    bases = [pushaway.load(folder) for folder in (old, new)]
    sampled = [one for one in Trials(*bases, 0) if one.origin == "signs"]
    assert len(sampled) == comparison["trials"]["signs"] <= len(bases[0].perspectives) << MOST_SIGNS
    assert sampled == [one for one in Trials(*bases, 0) if one.origin == "signs"]


@pytest.mark.parametrize(
    "edit",
    [
        ("scales.json", set_level("plain", 0.65)),
        ("responses.json", no_longer_withheld("jump-start", "fuel-smell")),
        ("responses.json", lambda document: by_id(document["responses"], "jump-start").update(order=2)),
        ("responses.json", lambda document: by_id(document["responses"], "jump-start").update(audience=["driver"])),
        ("responses.json", lambda document: by_id(document["responses"], "jump-start").update(when="low-charge")),
        ("responses.json", lambda document: document["responses"].reverse()),
        ("safeguards.json", lambda document: by_id(document["safeguards"], "leave-the-car").update(id="leave-it")),
        ("facts/safeguards.json", lambda document: document.update(of="finding")),
        ("conclusions.json", lambda document: by_id(document["causes"], "damp-ignition").pop("leads_when")),
        ("conclusions.json", lambda document: document["causes"].reverse()),
        ("rules/causes.json", without("rules", "drops-seen")),
        ("base.json", lambda document: document["perspectives"].reverse()),
    ],
)
def test_what_bears_on_an_answer_is_never_taken_for_the_same_reasoning(edit: tuple[str, Edit]) -> None:
    file, change = edit
    new = json.loads(json.dumps(read(CAR)))
    change(new[file])
    assert reasoning(build(new)) != reasoning(build(read(CAR)))
    assert reasoning(build(json.loads(json.dumps(read(CAR))))) == reasoning(build(read(CAR)))


def test_progress_is_told_to_the_end() -> None:
    steps: list[tuple[int, int]] = []
    old, new = map(build, _variant())
    compare_behaviour(old, new, draws=0, progress=lambda done, total: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert all(done < total for done, total in steps[:-1])
    assert steps[-1][0] == steps[-1][1]


# Words.


def test_every_kind_of_document_is_compared_item_by_item() -> None:
    old = {
        "a.json": {
            "kind": "charter",
            "waivers": [{"check": "c", "subject": "s", "why": "x"}],
            "removed": [{"id": "r"}],
        },
        "b.json": {"kind": "rules", "title": "One", "rules": [{"id": "r", "n": True, "if": {"all": ["a", "b"]}}]},
        "c.json": {"kind": "source", "paragraphs": [{"number": 1, "sha256": "0"}], "guidelines": []},
        "d.json": {"kind": "facts", "of": "sign", "facts": [{"id": "f"}]},
        "e.json": {"kind": "odd", "nested": {"list": [{"any": 1}]}, "word": "old"},
    }
    new = {
        "a.json": {"kind": "charter", "waivers": [{"check": "c", "subject": "s", "why": "y"}], "removed": []},
        "b.json": {"kind": "rules", "title": "Two", "rules": [{"id": "r", "n": 1, "if": {"all": ["a"]}, "x": 0}]},
        "c.json": {"kind": "source", "paragraphs": [{"number": 1, "sha256": "1"}], "guidelines": [{"id": "g"}]},
        "d.json": {"kind": "facts", "of": "finding", "facts": [{"id": "f"}]},
        "e.json": {"kind": "odd", "nested": {"list": [{"any": 2}]}, "word": "new"},
    }
    words = compare_documents(old, new)
    tables = {one.kind: one for one in words.tables}
    assert tables["charter/waivers"].changed[0].id == "c s"
    assert tables["charter/waivers"].changed[0].fields == (Field("/why", '"x"', '"y"'),)
    assert [one.id for one in tables["charter/removed"].removed] == ["r"]
    assert tables["rules"].changed[0].fields == (
        Field("/n", "true", "1"),
        Field("/if/all", '["a", "b"]', '["a"]'),
        Field("/x", None, "0"),
    )
    assert tables["source/paragraphs"].changed[0].id == "1"
    assert [one.id for one in tables["source/guidelines"].added] == ["g"]
    assert tables["facts"].changed[0].fields == (Field("/of", '"sign"', '"finding"'),)
    assert [one.value for one in tables["odd/nested/list"].added] == ['{"any": 2}']
    assert words.texts == (Field("/odd/word", '"old"', '"new"'), Field("/rules/title", '"One"', '"Two"'))
    assert words.total == 10
    assert compare_documents(new, new).total == 0


def test_safeguards_and_helplines_come_first_in_words(edited: Callable[..., Path]) -> None:
    def other_number(document: Any) -> None:
        document["helplines"][0]["contact"] = "another number"

    changed = edited({"safeguards.json": other_number, "base.json": lambda document: document.update(version="0.2.0")})
    comparison = told(CAR, changed)
    assert comparison["words"]["tables"][0]["kind"] == "safeguards/helplines"
    assert {"at": "/base/version", "old": "0.1.0", "new": "0.2.0"} in comparison["words"]["texts"]
    text = run(CAR, changed).stdout
    assert text.index("another number") < text.index("In short") < text.index("0.2.0")


# The command.


@pytest.mark.parametrize("width", [40, 80])
def test_text_fits_and_markdown_escapes(
    edited: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    changed = edited({"responses.json": no_longer_withheld("jump-start", "fuel-smell")})
    result = run(CAR, changed)
    assert result.exit_code == 1
    assert not result.stderr
    assert max(map(len, result.stdout.splitlines())) <= width
    markdown = run(CAR, changed, "--format", "markdown").stdout
    assert markdown.startswith("> ## ⚠ What keeps people safe is different")
    assert "no longer has: fuel-smell" in markdown


def test_new_is_the_base_or_the_shipped_one_where_it_is_left_out(edited: Callable[..., Path]) -> None:
    changed = edited({"scales.json": set_level("plain", 0.6)})
    draws = ("--draws", "0")
    assert told(CAR, "--base", changed, *draws) == told(CAR, changed, *draws)
    assert run(SHIPPED).exit_code == 0
    assert told(CAR)["new"]["id"] == "pushing-away"


def test_what_cannot_be_worked_with_is_refused(edited: Callable[..., Path]) -> None:
    missing = edited({}, name="missing")
    (missing / "scales.json").unlink()
    message = refused(run(missing, missing / "nowhere"))
    assert "OLD" in message
    assert "`scales`" in message
    assert "NEW" in message
    assert "no such file" in message
    assert "Leave one out" in refused(run(CAR, CAR, "--base", CAR))
    for draws in ("-1", "1000001", "many"):
        assert "--draws" in refused(run(CAR, CAR, "--draws", draws))
    assert "OLD" in refused(run())


def test_it_does_not_depend_on_the_hash_seed(edited: Callable[..., Path], fresh_process: Process) -> None:
    changed = edited(
        {"scales.json": set_level("plain", 0.45), "responses.json": no_longer_withheld("jump-start", "fuel-smell")}
    )
    code = (
        "import json, sys\n"
        "from pushaway.engine.comparing import compare\n"
        "from pushaway.knowledge.loading import read\n"
        "print(json.dumps(compare(read(sys.argv[1]), read(sys.argv[2]), draws=300).to_dict()))"
    )
    first, second = (fresh_process(code, str(CAR), str(changed), hash_seed=seed) for seed in (1, 2))
    assert first == second
    assert json.loads(first)["behaviour"]["differences"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_for_a_terminal_and_for_who_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(stream: io.StringIO, patience: float) -> str:
        monkeypatch.setattr(progress, "_PATIENCE", patience)
        monkeypatch.setattr(sys, "stderr", stream)
        with progress.Bar() as bar:
            for done in range(1, 6):
                bar("Comparing", done, 5)
        return stream.getvalue()

    assert "Comparing" in shown(_Terminal(), 0.0)
    assert "100%" in shown(_Terminal(), 0.0)
    assert not shown(_Terminal(), 3600.0)
    assert not shown(io.StringIO(), 0.0)
