"""A record: masked unless asked for, replayed to the very same answer, and every difference has a name."""

from __future__ import annotations

import json
import os
import pickle
import random
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

import pushaway
from pushaway import Consultation, EvidenceError, Record, RecordError
from pushaway.cli import main
from pushaway.engine import recording
from pushaway.engine.replaying import divergences
from pushaway.knowledge.building import build
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
CAR = Path(__file__).parent / "bases" / "car"
TOLD = {"withdrawn": True, "drained": 0.6, "self-harm-thoughts": 0.3, "bereaved": True}
ANSWER = ENGINE.infer(TOLD, perspective="self")
KEY = bytes(range(32))


def through_json(record: Record) -> Record:
    """Return a record as it is once it was stored and read."""
    return Record.from_dict(json.loads(json.dumps(record.to_dict())))


def consultation() -> Consultation:
    return Consultation("self", {"withdrawn": 1, "stressed": 0, "drained": 0.7, "in-danger": -1}, ENGINE)


# What stands in it.


def test_an_open_record_holds_all_of_it() -> None:
    record = Record.of(ANSWER, evidence=True)
    data = record.to_dict()
    jsonschema.Draft202012Validator(schema("record")).validate(data)
    jsonschema.Draft202012Validator(schema("answer")).validate(data["answer"])
    assert data["evidence"] == {"withdrawn": 1, "drained": 0.6, "self-harm-thoughts": 0.3, "bereaved": 1}
    assert data["answer"] == ANSWER.to_dict()
    assert data["base"] == {"id": BASE.id, "version": BASE.version, "digest": BASE.digest}
    assert data["versions"]["pushaway"] == pushaway.__version__
    assert (record.kind, record.perspective, record.at, record.mask) == ("inference", "self", None, None)
    assert through_json(record) == record


def test_a_masked_record_tells_nothing_of_what_was_told_or_answered() -> None:
    record = Record.of(ANSWER)
    data = record.to_dict()
    jsonschema.Draft202012Validator(schema("record")).validate(data)
    text = json.dumps({**data, "base": None})  # the base's id may be the id of something in it
    names = [*BASE.fact, *BASE.conclusion, *BASE.rule, *(one.id for one in (*BASE.responses, *BASE.safeguards))]
    assert [name for name in names if re.search(rf"\b{name}\b", text)] == []
    assert record.evidence is record.said is record.answer is None
    assert record.key is not None
    assert record.key.hex() not in text
    assert repr(record.key) not in repr(record)
    restored = through_json(record)
    assert restored == record
    assert restored.key is None


def test_all_masked_records_look_the_same() -> None:
    """The parts that they have, and how long they are, do not tell what was told."""
    contradicted = replace(ANSWER, contradictions=("overwhelmed",))
    shapes = {
        re.sub(r"[0-9a-f]{32,64}", "…", json.dumps(Record.of(answer, key=KEY).to_dict()))
        for answer in (ANSWER, ENGINE.infer({}, perspective="self"), contradicted)
    }
    assert len(shapes) == 1


def test_the_same_told_twice_is_not_seen_to_be_the_same() -> None:
    one, other = (Record.of(ANSWER, key=KEY).to_dict()["masked"] for _ in range(2))
    digests = [[*some["answer"].values(), some["evidence"], some["seal"], some["salt"]] for some in (one, other)]
    assert not {*digests[0]} & {*digests[1]}
    assert len({*digests[0]}) == len(digests[0])
    assert Record.of(ANSWER).key != Record.of(ANSWER).key


def test_no_clock_is_read_unless_a_time_is_given() -> None:
    assert "at" not in Record.of(ANSWER).to_dict()
    assert Record.of(ANSWER, evidence=True).to_dict() == Record.of(ANSWER, evidence=True).to_dict()
    at = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    data = Record.of(ANSWER, at=at).to_dict()
    assert data["at"] == "2026-11-24T21:30:00+00:00"
    jsonschema.Draft202012Validator(schema("record")).validate(data)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"key": b"short"}, "5 bytes is too short"),
        ({"at": datetime(2026, 11, 24)}, "no zone"),
        ({"key": KEY, "evidence": True}, "a key does nothing. Leave out one of the two"),
    ],
)
def test_what_a_record_cannot_be_made_with(arguments: Any, says: str) -> None:
    with pytest.raises(RecordError, match=says):
        Record.of(ANSWER, **arguments)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Record.of(None), r"of an Answer, not nothing \(null\)\. Give what `infer`"),  # type: ignore[arg-type]
        (lambda: Record.of(ANSWER, key="0" * 32), "a key is bytes, not text"),  # type: ignore[arg-type]
        (lambda: Record.of(ANSWER, at="2026-11-24"), "a datetime, not text"),  # type: ignore[arg-type]
        (lambda: Record.of(ANSWER).replay("x"), "an Engine, not text"),  # type: ignore[arg-type]
        (lambda: Record.of(ANSWER).replay(ENGINE, TOLD, key="00"), r"`bytes\.fromhex`"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_answer_key_time_or_engine_is_told_with_what_to_give(make: Callable[[], object], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        make()


# Replayed.


@pytest.mark.parametrize("seed", range(6))
def test_a_record_is_reproduced_exactly(seed: int) -> None:
    chance = random.Random(seed)
    ids = chance.sample([*BASE.fact, *BASE.conclusion], 9)
    told = {id: chance.choice([True, False, round(chance.uniform(-1, 1), 4)]) for id in ids}
    answer = ENGINE.infer(told, perspective=chance.choice(["self", "observer"]))
    again = pushaway.Engine(BASE, matcher="rete")
    open_, masked = Record.of(answer, evidence=True), Record.of(answer)
    for found in (through_json(open_).replay(again), through_json(masked).replay(again, told, key=masked.key)):
        assert found.same
        assert (found.changed, found.differences) == ((), ())


def test_a_consultation_is_reproduced_with_what_is_not_known() -> None:
    talk = consultation()
    assert [one.id for one in talk.answer.ask_next] != [one.id for one in ENGINE.infer(dict(talk.told)).ask_next]
    record = Record.of(talk.answer, evidence=True)
    assert record.kind == "consultation"
    assert dict(record.evidence or {}) == dict(talk.told)
    assert through_json(record).replay(ENGINE).same
    masked = Record.of(talk.answer)
    assert masked.replay(ENGINE, talk.told).same
    found = masked.replay(ENGINE, {id: one for id, one in talk.told.items() if one})
    assert [one.about for one in found.differences] == [("evidence",)]


def test_a_consultations_answer_can_still_be_sent_to_another_process() -> None:
    answer = pickle.loads(pickle.dumps(consultation().answer))
    assert Record.of(answer, evidence=True) == Record.of(consultation().answer, evidence=True)


def test_other_evidence_is_told_from_another_answer() -> None:
    masked = Record.of(ANSWER)
    for other in ({**TOLD, "drained": 0.61}, {"withdrawn": True}, {}):
        found = masked.replay(ENGINE, other)
        assert [one.at for one in found.differences] == ["/masked/evidence"]
        assert not found.same


def _changed(documents: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> pushaway.Engine:
    documents = json.loads(json.dumps(documents))
    change(documents)
    return pushaway.Engine(build(documents))


def _weaker(documents: dict[str, Any]) -> None:
    rules = next(one for one in documents.values() if one["kind"] == "rules" and "overwhelmed" in json.dumps(one))
    for rule in rules["rules"]:
        if rule["then"] == "overwhelmed":
            rule["level"] = "slight" if rule["level"] != "slight" else "moderate"


def _newer(documents: dict[str, Any]) -> None:
    documents["base.json"]["version"] = "99.0.0"


def test_another_version_of_the_base_is_named_and_the_answer_may_be_the_same(shipped_documents: dict[str, Any]) -> None:
    newer = _changed(shipped_documents, _newer)
    masked = Record.of(ANSWER)
    for found in (Record.of(ANSWER, evidence=True).replay(newer), masked.replay(newer, TOLD)):
        assert found.same
        assert [one.at for one in found.changed] == ["/base/version", "/base/digest"]
        assert (found.changed[0].recorded, found.changed[0].now) == (BASE.version, "99.0.0")


def test_every_difference_of_the_answer_is_named(shipped_documents: dict[str, Any]) -> None:
    weaker = _changed(shipped_documents, _weaker)
    answer = ENGINE.infer({"stressed": True, "drained": 0.6}, perspective="self")
    record = through_json(Record.of(answer, evidence=True))
    found = record.replay(weaker)
    (moved,) = (one for one in found.differences if one.about == ("causes", "overwhelmed", "certainty"))
    now = weaker.infer({"stressed": True, "drained": 0.6}, perspective="self")
    assert moved.at == "/answer/causes/0/certainty"
    assert moved.recorded == answer.causes[0].certainty
    assert moved.now == next(one.certainty for one in now.causes if one.id == "overwhelmed")
    masked = Record.of(answer)
    parts = {one.about[0] for one in masked.replay(weaker, {"stressed": True, "drained": 0.6}).differences}
    assert parts == {one.about[0] for one in found.differences}
    assert all(one.recorded is one.now is None for one in masked.replay(weaker, {"stressed": 1}).differences)


def test_versions_that_differ_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record.of(ANSWER, evidence=True)
    monkeypatch.setattr(recording, "_versions", lambda: record.versions._replace(experta="2.0", python="3.99.0"))
    found = record.replay(ENGINE)
    assert found.same
    assert [(one.at, one.now) for one in found.changed] == [
        ("/versions/experta", "2.0"),
        ("/versions/python", "3.99.0"),
    ]


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict | list):
        items = data.items() if isinstance(data, dict) else enumerate(data)
        return [leaf for key, one in items for leaf in _leaves(one, (*path, key))]
    return [path]


def test_whatever_is_changed_in_an_answer_is_found() -> None:
    data = Record.of(ANSWER, evidence=True).to_dict()["answer"]
    leaves = _leaves(data)
    assert len(leaves) > 100
    for path in leaves:
        other = json.loads(json.dumps(data))
        at = other
        for key in path[:-1]:
            at = at[key]
        value = at[path[-1]]
        at[path[-1]] = f"{value}x" if isinstance(value, str) else value + (1 if isinstance(value, int) else 1e-15)
        found = list(divergences(data, other, (), ()))
        assert found, path
        for one in found:
            assert one.about[0] == path[0]


def test_whatever_is_changed_in_a_masked_record_shows() -> None:
    data = Record.of(ANSWER, key=KEY, at=datetime(2026, 11, 24, tzinfo=UTC)).to_dict()
    for path in _leaves(data):
        if path == ("format",):
            continue
        other = json.loads(json.dumps(data))
        at = other
        for key in path[:-1]:
            at = at[key]
        value = at[path[-1]]
        swap = {"inference": "consultation", "self": "observer"}
        at[path[-1]] = swap.get(value) or re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), value)
        try:
            changed = Record.from_dict(other)
        except RecordError:
            continue
        if at[path[-1]] != value:
            with pytest.raises(RecordError, match=r"or it was changed|about the base"):
                changed.replay(ENGINE, TOLD, key=KEY)


@pytest.mark.parametrize(
    ("replay", "says"),
    [
        (lambda: Record.of(ANSWER).replay(ENGINE), "it is masked. Give what was told"),
        (lambda: through_json(Record.of(ANSWER)).replay(ENGINE, TOLD), "and the key"),
        (lambda: Record.of(ANSWER).replay(ENGINE, TOLD, key=KEY), "the key does not fit it"),
        (lambda: Record.of(ANSWER, evidence=True).replay(ENGINE, TOLD), "it is not masked"),
        (lambda: Record.of(ANSWER, evidence=True).replay(ENGINE, key=KEY), "it is not masked"),
        (lambda: Record.of(ANSWER).replay(pushaway.Engine(pushaway.load(CAR)), TOLD), "not `car-trouble`"),
    ],
)
def test_a_replay_that_cannot_be(replay: Callable[[], object], says: str) -> None:
    with pytest.raises(RecordError, match=says):
        replay()


def test_evidence_that_does_not_fit_is_the_callers() -> None:
    with pytest.raises(EvidenceError, match="Did you mean `withdrawn`"):
        Record.of(ANSWER).replay(ENGINE, {"withdrwan": True})


def test_a_record_of_what_the_base_no_longer_has() -> None:
    data = Record.of(ANSWER, evidence=True).to_dict()
    data["evidence"]["left-out-since"] = 1
    with pytest.raises(RecordError, match=f"does not fit version {BASE.version} of the base: unknown fact"):
        Record.from_dict(data).replay(ENGINE)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data.pop("base"), "`base` missing"),
        (lambda data: data.update(format="2"), "record#/format"),
        (lambda data: data["evidence"].update(withdrawn=7), "out of range"),
        (lambda data: data["answer"].pop("causes"), "answer in the record: `causes` missing"),
        (lambda data: data.update(masked=Record.of(ANSWER).to_dict()["masked"]), "either `masked`, or"),
        (lambda data: data.pop("answer"), "`answer` missing"),
        (lambda data: data.update(at="yesterday"), "record#/at"),
        (lambda data: data.update(seal={1}), "unknown `seal`"),
    ],
)
def test_data_that_is_no_record(change: Callable[[dict[str, Any]], object], says: str) -> None:
    data = json.loads(json.dumps(Record.of(ANSWER, evidence=True).to_dict()))
    change(data)
    with pytest.raises(RecordError, match=re.escape(says)):
        Record.from_dict(data)


def test_records_and_replays_do_not_print_what_was_told() -> None:
    record = Record.of(ANSWER, evidence=True)
    found = record.replay(_changed_engine())
    assert found.differences
    for one in (record, found, *found.differences, record.evidence):
        for id in TOLD:
            assert id not in repr(one)
            assert id not in f"{one}"


def _changed_engine() -> pushaway.Engine:
    from pushaway.knowledge.loading import read

    return _changed(dict(read()), _weaker)


# At the command line.


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, prog_name="pushaway")


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"perspective": "self", "evidence": {"drained": 0.6, "left me on read": True}}))
    return file


def test_nothing_is_recorded_unless_asked_for(case: Path) -> None:
    assert run("infer", "--file", "case.json").exit_code == 0
    assert os.listdir() == ["case.json"]


def test_a_masked_record_is_replayed_with_what_was_told(case: Path) -> None:
    made = run("infer", "--file", "case.json", "--record", "record.json", "--format", "json")
    assert made.exit_code == 0
    assert made.stdout == run("infer", "--file", "case.json", "--format", "json").stdout
    assert "Keep `record.json.key` apart" in made.stderr
    assert sorted(os.listdir()) == ["case.json", "record.json", "record.json.key"]
    for name in ("record.json", "record.json.key"):
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o600, "nobody else's to read"
    assert "drained" not in Path("record.json").read_text()
    for again in (("--file", "case.json"), ("drained=0.6", "left me on read")):
        same = run("replay", "record.json", *again)
        assert same.exit_code == 0, same.stderr
        assert "The same answer" in same.stdout
    Path("record.json.key").rename("elsewhere")
    assert run("replay", "record.json", "--file", "case.json", "--key", "elsewhere").exit_code == 0
    other = run("replay", "record.json", "drained=0.5", "--key", "elsewhere", "--format", "json")
    assert other.exit_code == 1
    data = json.loads(other.stdout)
    jsonschema.Draft202012Validator(schema("replay")).validate(data)
    assert [one["at"] for one in data["differences"]] == ["/masked/evidence"]
    assert "Something else was told" in run("replay", "record.json", "drained", "--key", "elsewhere").stdout


def test_a_key_that_is_missing_or_none_is_told_as_a_key(case: Path) -> None:
    assert run("infer", "--file", "case.json", "--record", "record.json").exit_code == 0
    Path("record.json.key").rename("elsewhere")
    missing = run("replay", "record.json", "--file", "case.json")
    assert missing.exit_code == 2
    assert "the key `record.json.key` cannot be read. Give the file that was written with the record" in missing.stderr
    for text in ("", "no key"):
        Path("elsewhere").write_text(text)
        wrong = run("replay", "record.json", "--file", "case.json", "--key", "elsewhere")
        assert wrong.exit_code == 2
        assert "`elsewhere` is no key" in wrong.stderr


def test_an_open_record_is_replayed_alone_and_every_difference_told(case: Path) -> None:
    made = run("infer", "drained=0.6", "--no", "stressed", "--record", "record.json", "--record-evidence")
    assert made.exit_code == 0
    assert not made.stderr
    assert sorted(os.listdir()) == ["case.json", "record.json"]
    assert run("replay", "record.json").exit_code == 0
    data = json.loads(Path("record.json").read_text())
    data["answer"]["causes"][0]["certainty"] = 0.123
    data["answer"]["safeguards"] = []
    data["base"]["version"] = "0.9.0"
    data["evidence"]["self-harm-thoughts"] = 1
    Path("record.json").write_text(json.dumps(data))
    differs = run("replay", "record.json")
    assert differs.exit_code == 1
    for words in (
        "WHAT KEEPS PEOPLE SAFE IS DIFFERENT",
        "Another answer",
        "recorded: 0.123",
        '"0.9.0"',
        "Base, version",
    ):
        assert words in differs.stdout
    assert "## Another answer" in run("replay", "record.json", "--format", "markdown").stdout
    found = json.loads(run("replay", "record.json", "--format", "json").stdout)
    jsonschema.Draft202012Validator(schema("replay")).validate(found)
    assert {"/answer/causes/0/certainty", "/answer/safeguards/-"} <= {one["at"] for one in found["differences"]}


def test_an_interview_is_recorded_and_replayed(case: Path) -> None:
    replies = "1\n1 3\nn\nn\nn\n\nq\n"
    for flags in ((), ("--record-evidence",)):
        name = f"talk{len(flags)}.json"
        made = run("ask", "--save", f"kept-{name}", "--record", name, *flags, "--format", "json", stdin=replies)
        assert made.exit_code == 0, made.stderr
        given = () if flags else ("--file", f"kept-{name}")
        assert run("replay", name, *given).exit_code == 0
    assert json.loads(Path("talk1.json").read_text())["answer"] == json.loads(made.stdout)
    assert "ask --save" in run("replay", "talk0.json", "--file", "case.json").stderr
    assert run("replay", "talk0.json", "--file", "kept-talk0.json", "withdrawn").exit_code == 2


def test_another_base(case: Path) -> None:
    assert run("infer", "clicking", "--base", str(CAR), "--record", "car.json", "--record-evidence").exit_code == 0
    assert run("replay", "car.json", "--base", str(CAR)).exit_code == 0
    refused = run("replay", "car.json")
    assert refused.exit_code == 2
    assert "car.json: it is about the base `car-trouble`, not `pushing-away`. Use that base." in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("infer", "drained", "--record", ""), "was given no name"),
        (("infer", "drained", "--record", "case.json"), "`case.json` is there already"),
        (("infer", "drained", "--record", "old"), "`old.key` is there already"),
        (("infer", "drained", "--record", "nowhere/record.json"), "there is no such folder"),
        (("infer", "drained", "--record-evidence"), "Add --record FILE"),
        (("replay", "nowhere.json"), "`nowhere.json` cannot be read"),
        (("replay", "case.json"), "case.json: `format`, `base`, `versions`, `kind` missing"),
        (("replay", "case.json", "--base", "nowhere"), "no such file or folder"),
        (("replay", "masked.json"), "masked.json: it is masked. Give what was told"),
        (("replay", "masked.json", "drained", "--key", "nowhere.key"), "nowhere.key` cannot be read"),
        (("replay", "masked.json", "drained", "--key", "case.json"), "`case.json` is no key"),
        (("replay", "masked.json", "drained", "--key", "other.key"), "the key does not fit it"),
        (("replay", "masked.json", "draind"), "Did you mean"),
        (("replay", "masked.json", "drained=7"), "Give true, false, or a number from -1 to 1"),
        (("replay", "masked.json", "--file", "case.json"), "It was recorded as `observer`"),
        (("replay", "open.json", "drained"), "it is not masked"),
        (("replay", "open.json", "--key", "masked.json.key"), "it is not masked"),
        (("replay",), "Missing argument 'RECORD'"),
    ],
)
def test_misuse(case: Path, arguments: tuple[str, ...], says: str) -> None:
    Path("old.key").write_text("mine")
    Path("other.key").write_text("ab" * 32)
    assert run("infer", "drained", "--record", "masked.json").exit_code == 0
    assert run("infer", "drained", "--record", "open.json", "--record-evidence").exit_code == 0
    before = {name: Path(name).read_bytes() for name in os.listdir()}
    refused = run(*arguments)
    assert refused.exit_code == 2, refused.output
    assert isinstance(refused.exception, SystemExit)
    assert not refused.stdout
    assert says in refused.stderr.replace("\n", " ")
    assert {name: Path(name).read_bytes() for name in os.listdir()} == before


def test_a_key_is_not_left_behind_where_the_record_cannot_be_written(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def full(source: str, target: str) -> None:
        if target.endswith("record.json"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    result = run("infer", "drained", "--record", "record.json")
    assert result.exit_code == 2
    assert "What stands out" in result.stdout, "the answer is given all the same"
    assert "No space left on device" in result.stderr
    assert os.listdir() == ["case.json"]


def test_what_a_record_says_cannot_steer_a_terminal(case: Path) -> None:
    run("infer", "drained", "--record", "open.json", "--record-evidence")
    data = json.loads(Path("open.json").read_text())
    data["base"]["version"] = data["versions"]["pushaway"] = "1\x1b[31m"
    data["answer"]["notice"] = "\x1b]0;title\x07"
    Path("open.json").write_text(json.dumps(data))
    for format_ in ("text", "markdown"):
        result = run("replay", "open.json", "--format", format_)
        assert result.exit_code == 1
        assert "\x1b[31m" not in result.stdout
        assert "\x07" not in result.stdout


def test_a_record_is_replayed_by_another_process(case: Path) -> None:
    run("infer", "drained", "stressed=0.35", "--record", "open.json", "--record-evidence")
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "pushaway", "replay", "open.json", "--format", "json"],
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        assert (done.returncode, json.loads(done.stdout)["changed"]) == (0, []), done.stderr
