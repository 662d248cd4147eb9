"""Nobody's answers in a log, in a traceback, or in memory after the call."""

from __future__ import annotations

import json
import pprint
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import Process

import pushaway
import pushaway.engine.shell as shell
from pushaway import Consultation, Record
from pushaway.engine.answer import Question
from pushaway.engine.privacy import private
from pushaway.knowledge.conditions import Leaf
from pushaway.knowledge.frozen import Frozen
from pushaway.knowledge.model import KnowledgeBase

ENGINE = pushaway.Engine()
HERE = str(Path(__file__).parent)
TOLD = {"withdrawn": 0.73105857, "drained": -0.88079707, "self-harm-thoughts": 0.0180862, "bereaved": 0.5621765}
either_matcher = pytest.mark.parametrize("matcher", ["ground", "rete"])


def gives_away(words: str) -> list[str]:
    """Return what of the evidence stands in some words."""
    return [told for id, certainty in TOLD.items() for told in (id, str(abs(certainty))) if told in words]


# Tracebacks, also those of programs that send along the local variables of every frame.


class Unreadable(Mapping[str, float]):
    """Evidence in a mapping of the program's own, which fails in the midst of being read."""

    def __iter__(self) -> Iterator[str]:
        yield from TOLD
        raise OSError("the connection was lost")

    def __getitem__(self, id: str) -> float:
        return TOLD[id]

    def __len__(self) -> int:
        return len(TOLD)


def told() -> Consultation:
    return Consultation("self", TOLD, ENGINE)


COLUMNS = {id: [certainty, certainty] for id, certainty in TOLD.items()}
RECORD = Record.of(ENGINE.infer(TOLD))
WRONG: dict[str, Callable[[], object]] = {
    "id": lambda: ENGINE.infer({**TOLD, "withdrwan": True}),
    "certainty": lambda: ENGINE.trace({**TOLD, "irritable": 7}),
    "perspective": lambda: pushaway.infer(TOLD, perspective="them"),
    "mapping": lambda: ENGINE.infer(Unreadable()),
    "what if": lambda: ENGINE.infer(TOLD).explain("overwhelmed", what_if={**TOLD, "stresed": True}),
    "explained": lambda: ENGINE.infer(TOLD).explain("overwhelmd"),
    "consultation": lambda: Consultation("self", {**TOLD, "stresed": True}, ENGINE),
    "reply": lambda: told().tell("stressed", "sometimes"),
    "choice": lambda: told().choose(told().next, [*TOLD]),  # type: ignore[arg-type] # there is a next step
    "stored": lambda: Consultation.from_dict({**told().to_dict(), "format": "0"}, ENGINE),
    "recorded": lambda: Record.of(ENGINE.infer(TOLD)).replay(ENGINE, {**TOLD, "stresed": 1}),
    "with its key": lambda: Record.of(ENGINE.infer(TOLD)).replay(ENGINE, TOLD, key=b"another" * 3),
    "record": lambda: Record.from_dict({**Record.of(ENGINE.infer(TOLD), evidence=True).to_dict(), "at": 1}),
    "many": lambda: [*ENGINE.infer_many([TOLD, {**TOLD, "stresed": True}])],
    "many by the shipped base": lambda: [*pushaway.infer_many([TOLD, {**TOLD, "stressed": 7}])],
    "columns": lambda: pushaway.Evaluator().evaluate({**COLUMNS, "stressed": [1, 7]}),
    "table": lambda: ENGINE.infer_table(pa.table({**COLUMNS, "stressed": [1, 7]})),
    "table of the shipped base": lambda: pushaway.infer_table(pa.table({**COLUMNS, "stresed": [1, 1]})),
    "batches": lambda: [*ENGINE.infer_batches(pa.table({**COLUMNS, "stresed": [1, 1]}).to_batches())],
    "elsewhere": lambda: Consultation.from_dict({**told().to_dict(), "told": {**TOLD, "stresed": 1}}, ENGINE),
}
FAILING: dict[str, Callable[[], object]] = {
    "infer": lambda: ENGINE.infer(TOLD),
    "trace": lambda: ENGINE.trace(TOLD),
    "shipped": lambda: pushaway.infer(TOLD),
    "answer": lambda: told().answer,
    "next": lambda: told().next,
    "progress": lambda: told().progress,
    "steady": lambda: told().steady,
    "replay": lambda: RECORD.replay(ENGINE, TOLD),
}


def reported(error: BaseException) -> Iterator[str]:
    """Yield what an error reporter collects of the frames that are not this file's."""
    waiting: list[Any] = [traceback.TracebackException.from_exception(error, capture_locals=True)]
    while waiting:
        one = waiting.pop()
        waiting += filter(None, [one.__cause__, one.__context__])
        for frame in one.stack:
            if not frame.filename.startswith(HERE):
                yield f"{frame.line} {frame.locals}"


@pytest.mark.parametrize("what", WRONG)
def test_evidence_that_does_not_fit_is_not_in_the_traceback(what: str) -> None:
    with pytest.raises((ValueError, OSError)) as raised:
        WRONG[what]()
    frames = list(reported(raised.value))
    assert frames
    assert gives_away(" ".join(frames)) == []
    assert not any(str(abs(certainty)) in str(raised.value) for certainty in TOLD.values())


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("what", FAILING)
def test_evidence_is_not_in_the_traceback_of_what_fails_within(
    what: str, fault: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Any) -> float:
        raise fault("as planned")

    monkeypatch.setattr(shell, "combine", failing)
    with pytest.raises(fault, match="as planned") as raised:
        FAILING[what]()
    frames = list(reported(raised.value))
    assert any("shell.run" in frame for frame in frames), "where it failed is told"
    assert gives_away(" ".join(frames)) == []


def test_what_the_program_itself_is_handling_is_left_to_it() -> None:
    def of_the_program() -> None:
        mine = "its own"  # noqa: F841 # it is looked for in the traceback
        raise LookupError

    @private
    def of_ours(given: str) -> None:
        raise ValueError

    try:
        of_the_program()
    except LookupError as error:
        with pytest.raises(ValueError) as raised:  # noqa: PT011 # it has no message
            of_ours("somebody's")
        seen = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "its own" in str([frame.locals for frame in seen.stack])
    assert isinstance(raised.value.__context__, LookupError)
    ours = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    assert "somebody's" not in str([frame.locals for frame in ours.stack if frame.name != ours.stack[0].name])


# What a program prints of what it holds, or an error reporter of the program's own variables.


def parts(one: Any) -> Iterator[Any]:
    """Yield a record and all that it is made of."""
    yield one
    inner: Iterable[Any] = ()
    if isinstance(one, Mapping):
        inner = one.values()
    elif isinstance(one, tuple):
        inner = one
    elif is_dataclass(one) and not isinstance(one, KnowledgeBase):
        inner = vars(one).values()
    for part in inner:
        yield from parts(part)


def test_no_record_prints_what_was_told() -> None:
    answer = ENGINE.infer(TOLD, perspective="self")
    explanation = answer.explain("overwhelmed", what_if={"stressed": 0.4}, changes=False)
    answer.reasoning.trace.contributions  # noqa: B018 # it is worked out, and kept in the trace
    seen = [part for one in (answer, explanation, told(), told().answer) for part in parts(one)]
    records = [one for one in seen if isinstance(one, Frozen) or hasattr(one, "_asdict") or is_dataclass(one)]
    assert {"Answer", "Observation", "Ranked", "Reason", "Trace", "Evidence", "Contribution", "Frozen"} <= {
        type(one).__name__ for one in records
    }
    for one in records:
        if not isinstance(one, Leaf | Question):  # a part of the base, and what was not told
            for words in (repr(one), str(one), f"{one}", pprint.pformat(one)):
                assert gives_away(words) == [], type(one)
    assert gives_away(json.dumps(answer.to_dict())), "it does tell whom it is told to"


# Memory after the call: every object that is alive, and every log.

SCAN = """
import array, gc, json, logging, sys, traceback
import pushaway

heard = []
listener = logging.Handler()
listener.emit = lambda record: heard.append(record.getMessage())
logging.getLogger().addHandler(listener)
logging.getLogger().setLevel(logging.DEBUG)

def alive():
    seen, waiting = {}, gc.get_objects()
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen[id(one)] = one
            waiting += gc.get_referents(one)
    return seen.values()

def kept():  # as numbers, so that looking keeps nothing alive itself
    gc.collect()
    found = list(alive())
    floats = array.array("d", {one for one in found if type(one) is float and one == one}).tobytes()
    words = array.array("q", {hash(one) for one in found if type(one) is str}).tobytes()
    ids = [sys.getrefcount(id) for id in (*engine.base.fact, *engine.base.conclusion)]
    return floats, words, ids

def new(before, after):
    return [
        len({*array.array(kind, now)} - {*array.array(kind, then)})
        for kind, then, now in zip("dq", before, after)
    ] + [sum(then != now for then, now in zip(before[2], after[2]))]

class Told(dict):
    pass

def use(said):
    evidence = Told(json.loads(said))  # fresh objects, that nothing else refers to
    answer = engine.infer(evidence, perspective="self")
    json.dumps(answer.to_dict()), repr(answer), hash(answer)
    json.dumps(answer.explain("overwhelmed", what_if={"stressed": 0.123456}, changes=False).to_dict())
    pushaway.infer(evidence)
    consultation = pushaway.Consultation("self", evidence, engine).tell("seeking-solitude", 0.0123)
    consultation = pushaway.Consultation.from_dict(json.loads(json.dumps(consultation.to_dict())), engine)
    consultation.answer, consultation.next, consultation.progress, consultation.asked
    masked = pushaway.Record.of(answer)
    opened = pushaway.Record.from_dict(json.loads(json.dumps(pushaway.Record.of(answer, evidence=True).to_dict())))
    assert masked.replay(engine, evidence).same and opened.replay(engine).same
    assert not masked.replay(engine, {}).same
    for wrong in ({**evidence, "zq": 1}, {**evidence, "drained": 7}, {**evidence, "drained": "0.9"}):
        for call in (engine.infer, lambda wrong: pushaway.Consultation(None, wrong, engine)):
            try:
                call(wrong)
            except pushaway.EvidenceError:
                logging.getLogger("host").exception("refused")
                heard.pop()
    try:
        pushaway.Consultation.from_dict({**consultation.to_dict(), "zq": 1}, engine)
    except pushaway.ConsultationError as error:
        traceback.format_exc()
    return answer

engine = pushaway.Engine(matcher=sys.argv[1])
for _ in range(2):  # what is read or compiled at first use is there then
    use('{"withdrawn": 0.5, "irritable": true, "drained": -0.25, "self-harm-thoughts": 0.25}')
before = kept()
held = use(sys.argv[2])
print(new(before, kept()), flush=True)  # or the stream holds what it prints
del held
print(new(before, kept()), heard)
"""


@either_matcher
def test_nothing_of_a_case_is_alive_after_the_call(matcher: str, fresh_process: Process) -> None:
    """No certainty, given or reasoned, no word, and no reference to what was told: no cache holds any."""
    while_held, after = fresh_process(SCAN, matcher, json.dumps(TOLD)).splitlines()
    floats, _, references = json.loads(while_held)
    assert floats > len(TOLD)
    assert references > len(TOLD)
    assert after == "[0, 0, 0] []"
