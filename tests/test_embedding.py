"""Inside somebody else's program: the same answers however it runs, and nothing of the program's own is touched."""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import os
import random
import shutil
import weakref
from pathlib import Path
from typing import Any

import pytest
from conftest import Process

import pushaway
import pushaway.engine
import pushaway.knowledge

BASE = pushaway.load()
CAR = Path(__file__).parent / "bases" / "car"
either_matcher = pytest.mark.parametrize("matcher", ["ground", "rete"])

Case = tuple[dict[str, bool | float], str]


def cases(count: int) -> list[Case]:
    """Return consultations that have little in common."""
    chance = random.Random(count)
    names = [*BASE.fact, *BASE.conclusion]
    return [
        ({name: chance.choice([True, False, 0.5]) for name in chance.sample(names, 8)}, perspective)
        for _ in range(count)
        for perspective in [chance.choice(["observer", "self"])]
    ]


def infer(engine: pushaway.Engine, case: Case) -> pushaway.Answer:
    evidence, perspective = case
    return engine.infer(evidence, perspective=perspective)


# However it runs: in tasks, in processes that are forked in the midst of threads, or spawned. Threads: test_threads.py.


def test_tasks_of_an_event_loop() -> None:
    given = cases(100)
    expected = [infer(pushaway.Engine(BASE), case) for case in given]
    shared = pushaway.Engine(BASE)

    async def in_the_loop(case: Case) -> pushaway.Answer:
        await asyncio.sleep(0)
        return infer(shared, case)

    async def all_of_them() -> list[pushaway.Answer]:
        in_threads = (asyncio.to_thread(infer, shared, case) for case in given)
        return await asyncio.gather(*in_threads, *map(in_the_loop, given))

    assert asyncio.run(all_of_them()) == expected * 2


FORKING = """
import json, os, signal, sys, threading
import pushaway
matcher, given, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
base = pushaway.load()
engine = pushaway.Engine(base, matcher=matcher)
def answers(engine):
    return [engine.infer(evidence, perspective=perspective).to_dict() for evidence, perspective in given]
expected = answers(engine)
sys.setswitchinterval(1e-4)
over = threading.Event()
def on_and_on(number):
    while not over.is_set():  # half of them build engines all the time
        answers(pushaway.Engine(base, matcher=matcher) if number % 2 else engine)
threads = [threading.Thread(target=on_and_on, args=(number,)) for number in range(threads)]
for thread in threads:
    thread.start()
for _ in range(6):
    child = os.fork()
    if not child:
        signal.alarm(60)  # a child that waits for a thread that it does not have would wait forever
        same = answers(engine) == answers(pushaway.Engine(base, matcher=matcher)) == expected
        os._exit(0 if same else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
over.set()
for thread in threads:
    thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@either_matcher
def test_children_that_are_forked_in_the_midst_of_threads(matcher: str, fresh_process: Process) -> None:
    count, threads = (4, 16) if matcher == "ground" else (1, 4)  # RETE takes long to build
    assert fresh_process(FORKING, matcher, json.dumps(cases(count)), str(threads)).split() == ["0"] * 6


def test_no_property_has_a_lock_that_a_child_could_wait_for() -> None:
    rooms = [Path(str(room.__file__)).parent for room in (pushaway.engine, pushaway.knowledge)]
    sources = {file.name: file.read_text("utf-8") for room in rooms for file in room.rglob("*.py")}
    assert "cached_property" in sources.pop("frozen.py")
    assert [name for name, text in sources.items() if "cached_property" in text and "frozen import" not in text] == []


POOLS = """
import json, multiprocessing, sys
import pushaway
method, given = sys.argv[1], json.loads(sys.argv[2])
engine = pushaway.Engine(pushaway.load())
expected = [engine.infer(evidence, perspective=perspective) for evidence, perspective in given]
with multiprocessing.get_context(method).Pool(2) as pool:
    for infer in (engine.infer, pushaway.infer):  # an engine that is sent there, and one of its own
        waiting = [pool.apply_async(infer, (evidence,), {"perspective": asked}) for evidence, asked in given]
        print([one.get() for one in waiting] == expected)
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pools_of_processes(method: str, fresh_process: Process) -> None:
    assert fresh_process(POOLS, method, json.dumps(cases(24))).split() == ["True"] * 2


# A base is loaded anew without a restart.


def test_an_engine_on_another_base_leaves_the_old_one_answering() -> None:
    engine = pushaway.Engine(BASE, matcher="rete")
    before = engine.infer({"withdrawn": True})
    other = engine.with_base(pushaway.load(CAR))
    assert other.base.id == "car-trouble"
    assert other.infer({"clicking": True}).base.id == "car-trouble"
    assert engine.infer({"withdrawn": True}) == before
    assert type(other._idle[0]._engine.matcher) is type(engine._idle[0]._engine.matcher)


def test_a_base_that_was_edited_meanwhile_is_read_anew(tmp_path: Path) -> None:
    shutil.copytree(CAR, tmp_path, dirs_exist_ok=True)
    engine = pushaway.Engine(pushaway.load(tmp_path))
    manifest = tmp_path / "base.json"
    document = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps(document | {"version": "99.0.0"}), "utf-8")
    newer = engine.with_base(pushaway.load(tmp_path))
    assert newer.infer({"clicking": True}).base.version == "99.0.0"
    assert engine.infer({"clicking": True}).base.version == document["version"]


@either_matcher
def test_engines_on_bases_that_were_replaced_are_freed(matcher: Any) -> None:
    engine = pushaway.Engine(pushaway.load(CAR), matcher=matcher)
    engine.infer({"clicking": True})
    gone = [weakref.ref(engine), weakref.ref(engine.base)]
    engine = engine.with_base(BASE)
    gc.collect()
    assert [one() for one in gone] == [None, None]


@pytest.mark.parametrize("wrong", [str(CAR), CAR, "car", 1, {}])
def test_a_base_is_given_and_not_its_path(wrong: Any) -> None:
    """As an engine takes it: what can go wrong with files goes wrong in `load`, before an engine is replaced."""
    with pytest.raises(TypeError, match=r"pushaway\.load gives one"):
        pushaway.Engine(BASE).with_base(wrong)


# No state of the program is touched, by anything that an embedding program would call.

HOST = """
import asyncio, atexit, builtins, collections, contextvars, copyreg, decimal, faulthandler, gc, json, locale, logging
import multiprocessing, os, random, signal, socket, sys, tempfile, threading, time, traceback, warnings
logging.getLogger("host").setLevel(logging.INFO)
asyncio.get_event_loop_policy(), decimal.getcontext()
def host():
    root = logging.getLogger()
    os.umask(mask := os.umask(0))
    return {
        "asyncio": repr(asyncio.get_event_loop_policy()),
        "at exit": atexit._ncallbacks(),
        "streams": [repr(one) for one in (sys.stdin, sys.stdout, sys.stderr)],
        "builtins": sorted(vars(builtins)),
        "collections": {name: id(one) for name, one in vars(collections).items()},
        "context": len(contextvars.copy_context()),
        "copyreg": len(copyreg.dispatch_table),
        "decimal": repr(decimal.getcontext()),
        "descriptors": sorted(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else [],
        "environment": dict(os.environ),
        "faults": faulthandler.is_enabled(),
        "folder": (os.getcwd(), os.listdir(), mask),
        "garbage": (gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.get_freeze_count(), len(gc.callbacks)),
        "hooks": repr([sys.excepthook, sys.displayhook, sys.unraisablehook, sys.breakpointhook, threading.excepthook]),
        "imports": (sys.path[:], repr(sys.meta_path), repr(sys.path_hooks), sys.dont_write_bytecode),
        "integers": sys.get_int_max_str_digits(),
        "json": (repr(json._default_encoder.default), json.dumps.__module__),
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": (
            repr(root.handlers), root.level, root.filters, root.disabled, root.manager.disable,
            repr(logging.lastResort), repr(logging.getLogRecordFactory()), repr(logging.getLoggerClass()),
            repr(logging.getLogger("host")), logging.raiseExceptions, logging._levelToName.copy(),
        ),
        "processes": multiprocessing.get_start_method(allow_none=True),
        "random": repr(random.getstate()),
        "recursion": sys.getrecursionlimit(),
        "signals": repr([signal.getsignal(one) for one in sorted(signal.valid_signals())]),
        "sockets": socket.getdefaulttimeout(),
        "switching": sys.getswitchinterval(),
        "temporary": tempfile.tempdir,
        "threads": (threading.active_count(), threading.stack_size(), sys.gettrace(), sys.getprofile()),
        "time": time.tzname,
        "warnings": (repr(warnings.filters), repr(warnings.showwarning), repr(warnings.formatwarning)),
    }
before = host()
"""
USE = """
import pushaway
engine = pushaway.Engine(matcher=sys.argv[1])
answer = engine.infer({"withdrawn": True, "irritable": 0.6, "drained": False, "pushing-away": 0.5})
answer.explain("overwhelmed", what_if={"stressed": True}, changes=False).to_dict()
consultation = pushaway.Consultation("self", engine=engine)
consultation = consultation.choose(consultation.next, ["withdrawn"]).tell("drained", "mostly")
consultation = pushaway.Consultation.from_dict(json.loads(json.dumps(consultation.to_dict())), engine)
consultation.answer, consultation.next, consultation.progress
record = pushaway.Record.from_dict(pushaway.Record.of(answer, evidence=True).to_dict())
assert record.replay(engine).same
pushaway.resolve(engine.base, "irritable")
pushaway.check(sys.argv[2])
engine.with_base(pushaway.load(sys.argv[2])).infer({"clicking": True}).to_dict()
pushaway.infer({})
for wrong in ({"withdrwan": True}, {"withdrawn": 2}):
    try:
        engine.infer(wrong)
    except pushaway.EvidenceError:
        pass
"""
CHANGED = "\nafter = host()\nprint(json.dumps([key for key in before if before[key] != after[key]]))"


@either_matcher
def test_the_state_of_the_program_is_as_before(matcher: str, fresh_process: Process) -> None:
    assert json.loads(fresh_process(HOST + USE + CHANGED, matcher, str(CAR))) == []


TOUCHED = """
import locale
collections.Mapping = collections.abc.Mapping = object
logging.basicConfig(); gc.disable(); decimal.getcontext().prec = 5; sys.path.append(''); random.random(); os.umask(1)
os.environ['TOUCHED'] = '1'; os.mkdir('new'); os.chdir('new'); sys.setrecursionlimit(5000); sys.setswitchinterval(1)
signal.signal(signal.SIGUSR1, signal.SIG_IGN); threading.excepthook = print; warnings.simplefilter('error')
locale.setlocale(locale.LC_ALL, 'C'); atexit.register(print); socket.setdefaulttimeout(1); tempfile.gettempdir()
faulthandler.enable(); builtins.ours = 1; multiprocessing.set_start_method('spawn'); sys.set_int_max_str_digits(0)
threading.Thread(target=threading.Event().wait, daemon=True).start(); copyreg.pickle(object, print); sys.stdin = None
contextvars.ContextVar('ours').set(1); asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy()); os.pipe()
os.environ['TZ'] = 'Asia/Tokyo'; time.tzset(); json._default_encoder.default = print
"""


def test_what_would_be_touched_would_be_seen(fresh_process: Process) -> None:
    every = json.loads(fresh_process(HOST + "print(json.dumps([*before]))"))
    assert json.loads(fresh_process(HOST + TOUCHED + CHANGED)) == every
