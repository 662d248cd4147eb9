"""The comparison with other engines: that they find the same, that a difference is noticed, and what is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

import pushaway
from pushaway.knowledge import KnowledgeBase

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "benchmarks"))

import compare  # noqa: E402
import many  # noqa: E402
from agreement import Case, DisagreementError, check, of_base  # noqa: E402
from peers import PEERS, Peer  # noqa: E402
from peers.reasoning import Found, Given, Run  # noqa: E402
from timing import in_turns  # noqa: E402

ENGINES = [pushaway.Engine(), pushaway.Engine(pushaway.load(HERE / "bases" / "car"))]


def some_cases(base: KnowledgeBase) -> list[Case]:
    return of_base(base)[::8] + compare.drawn(base, 40)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.base.id)
@pytest.mark.parametrize("peer", [one for one in PEERS if one.answers], ids=lambda peer: peer.name)
def test_a_peer_finds_the_same(peer: Peer, engine: pushaway.Engine) -> None:
    try:
        peer.version  # noqa: B018 # looking is what tells
    except PackageNotFoundError:
        pytest.skip(f"{peer.distribution} is not installed; the extra `bench` holds it")
    check(peer, peer.built(engine.base), engine, some_cases(engine.base))


def ours(engine: pushaway.Engine) -> Run:
    """Return a peer that finds the same, since it is pushaway itself."""

    def run(evidence: Given, perspective: str) -> Found:
        trace = engine.trace(evidence, perspective=perspective)
        known = {id: trace.certainties[id] for id in engine.base.conclusion}
        return Found(trace.fired, known, trace.recommended, trace.safeguards)

    return run


def moved(found: Found, by: float) -> Found:
    return found._replace(certainties={id: one + by for id, one in found.certainties.items()})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda found: found._replace(fired=found.fired[1:]), "rules fired"),
        (lambda found: found._replace(fired=[*found.fired, found.fired[0]]), "rules fired"),
        (lambda found: found._replace(responses=()), "responses called for"),
        (lambda found: found._replace(safeguards=()), "safeguards"),
        (lambda found: found._replace(certainties={}), "conclusions"),
        (lambda found: moved(found, 2e-9), "pushing-away has"),
        (lambda found: moved(found, float("nan")), "pushing-away has"),
    ],
)
def test_a_difference_is_noticed(change: Callable[[Any], Found], told: str) -> None:
    engine = ENGINES[0]
    run, case = ours(engine), Case("told", "self", {"stressed": True, "withdrawn": True, "self-harm-thoughts": 0.1})
    check(PEERS[0], run, engine, [case])
    check(PEERS[0], lambda *given: moved(run(*given), 5e-10), engine, [case])
    with pytest.raises(DisagreementError, match=f"stock experta, case told: {told}"):
        check(PEERS[0], lambda *given: change(run(*given)), engine, [case])


class Pretended:
    """A peer that is made up."""

    name, distribution, version, answers = "pretended", "none", "1", True

    def __init__(self, built: Callable[[KnowledgeBase], Run]) -> None:
        self.built = built


def test_nothing_is_timed_where_answers_differ(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ours(ENGINES[0])
    wrong = Pretended(lambda _: lambda *given: run(*given)._replace(certainties=dict.fromkeys(run(*given)[1], 0.9)))
    monkeypatch.setattr(compare, "PEERS", [wrong])
    with pytest.raises(SystemExit, match=f"pretended, case {ENGINES[0].base.cases[0].id}: ") as stopped:
        compare.command(["--quick", "--rounds", "1"])
    assert isinstance(stopped.value.code, str), "which makes the status 1"
    assert "median" not in capsys.readouterr().out


def test_an_engine_that_is_missing_is_named_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_: KnowledgeBase) -> Run:
        raise ImportError("No module named 'pretended'")

    present = Pretended(lambda _: ours(ENGINES[0]))
    present.name = "CLIPS"
    monkeypatch.setattr(compare, "PEERS", [Pretended(missing), present])
    monkeypatch.setattr(compare, "DRAWN", 5)
    compare.command(["--quick", "--rounds", "1"])
    checked, *tables, goals = capsys.readouterr().out.split("\n\n")[1:]
    assert "pretended          left out: No module named 'pretended'" in checked
    assert len(tables) == 3
    for table in tables:
        names = sorted(line[2:17].strip() for line in table.splitlines()[1:])
        assert names == ["CLIPS", "pushaway, infer", "pushaway, trace"]
    for line in goals.splitlines()[1:]:
        name, _, verdicts = line.partition(" at most ")
        tried = name.strip() in ("trace : CLIPS", "p99 : median, trace", "infer : trace")
        assert tried == ("not tried" not in verdicts), line


@pytest.mark.parametrize(("reached", "told"), [(0.5, "0.500 met"), (0.51, "0.510 not met"), (None, "not tried")])
def test_a_goal_is_met_or_not(reached: float | None, told: str) -> None:
    assert compare.verdict(0.5, reached) == told


def test_all_engines_do_every_case_as_often() -> None:
    done: dict[str, list[str]] = {"one": [], "other": []}
    works = {name: lambda _, perspective, d=done[name]: d.append(perspective) for name in done}
    turns = in_turns(works, [Case("", id, {}) for id in "abcde"], 3, in_a_row=2)
    assert done == {"one": [*"abcde"] * 3, "other": [*"abcde"] * 3}
    assert turns.keys() == done.keys()


def test_stock_experta_answers_a_file(tmp_path: Path) -> None:
    stock = many.WAYS[0]
    cases = some_cases(ENGINES[0].base)[::4]
    many.check(stock, ENGINES[0], cases, tmp_path)
    lines = (tmp_path / "checked-out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == [
        ENGINES[0].infer(one.evidence, perspective=one.perspective).verdict for one in cases
    ]


@pytest.mark.parametrize("change", [{"verdict": "more"}, {"causes": {}}, {"responses": ["none"]}])
def test_a_difference_in_a_file_is_noticed(change: dict[str, Any], tmp_path: Path) -> None:
    stock = many.WAYS[0]
    wrong = stock._replace(read=lambda line: stock.read(line | change))
    with pytest.raises(DisagreementError, match="stock experta, case first"):
        many.check(wrong, ENGINES[0], [Case("first", "self", {"stressed": True})], tmp_path)


def test_a_process_is_measured(tmp_path: Path) -> None:
    """Its memory and not that of the process that starts it, this one."""
    code = "import time; held = b'x' * 2**26; time.sleep(0.3)"
    taken = many.run(many.WAYS[0]._replace(command=[sys.executable, "-c", code]), tmp_path, tmp_path)
    assert taken.seconds >= 0.3
    assert 64 <= taken.memory <= 96
