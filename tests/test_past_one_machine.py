"""Past one machine: Spark and Dask come to what one process comes to, also where a worker dies."""

from __future__ import annotations

import json
import os
import random
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pushaway
from pushaway.knowledge import KnowledgeBase

ROOT = Path(__file__).parents[1]
EXAMPLES = {"spark": ROOT / "examples" / "spark_batch.py", "dask": ROOT / "examples" / "dask_batch.py"}
CAR = Path(__file__).parent / "bases" / "car"
EVIDENCE = {
    "shipped": ("withdrawn", "irritable", "ignoring messages", "self-harm-thoughts"),
    "car": ("clicking", "dim-lights", "turns-over", "wet-night"),
}
KEPT = ("week", "lives-in")
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Half of what Java takes for a job this short goes into compiling it well."""


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> Path:
    """Return the example for each framework that is there."""
    pytest.importorskip("pyspark" if request.param == "spark" else "distributed")
    if request.param == "spark" and not shutil.which("java") and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java here, which Spark needs")
    return EXAMPLES[request.param]


def _people(base: KnowledgeBase, names: Sequence[str], first: int, count: int) -> pa.Table:
    """Return rows of evidence of each type, of which some are wrong."""
    chance = random.Random(first)
    answers = [answer.label for answer in base.answers]
    kinds = (
        [True, False, None],
        [*[0.6, -1.0, 0.0, None, None] * 9, 5.0, float("nan")],
        [*[*answers, " 0.4", "", None] * 9, "perhaps"],
    )
    numbers = range(first, first + count)
    perspectives = [None] * 9 + [one.id for one in base.perspectives] * 9 + ["nobody"]
    return pa.table(
        {
            "id": [f"p-{number:05}" for number in numbers],
            "week": pa.array([[number, None] if number % 3 else None for number in numbers], pa.list_(pa.int32())),
            "lives-in": [{"town": "A" if number % 2 else None, "since-when": 2000 + number % 20} for number in numbers],
            "perspective": pa.array(chance.choices(perspectives, k=count), pa.string()),
            **{name: chance.choices(kinds[column % 3], k=count) for column, name in enumerate(names)},
        }
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with people.parquet, which is two files, the second with a column more, and cars.parquet."""
    for base, name, called in ((pushaway.load(), "shipped", "people"), (pushaway.load(CAR), "car", "cars")):
        (tmp_path / f"{called}.parquet").mkdir()
        few, all_ = EVIDENCE[name][:3], EVIDENCE[name]
        pq.write_table(_people(base, few, 0, 9000), tmp_path / f"{called}.parquet" / "1.parquet")
        pq.write_table(_people(base, all_, 9000, 999), tmp_path / f"{called}.parquet" / "2.parquet", row_group_size=500)
    return tmp_path


def _run(folder: Path, *command: str | Path) -> None:
    """Run Python in a folder, and hold that nothing but the outcomes is left when it ends."""
    before, scratch = {*folder.iterdir()}, folder / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=os.environ
        | {"JAVA_TOOL_OPTIONS": f"{QUICK_JAVA} -Djava.io.tmpdir={scratch}", "SPARK_LOCAL_DIRS": str(scratch)}
        | {"PYTHONUTF8": "1", "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not [file for file in scratch.rglob("*") if file.is_file() and file.stat().st_size]
    assert {*folder.iterdir()} - before <= {scratch, folder / "outcomes", folder / "died"}


def _compare(target: Path, source: Path, engine: pushaway.Engine, **settings: Any) -> None:
    """Hold that a folder has what one process comes to: each row once, in any order."""
    given = pa.concat_tables([pq.read_table(file) for file in sorted(source.iterdir())], promote_options="default")
    expected = engine.infer_table(given, strict=False, **settings)
    found = pq.read_table(target).sort_by("id")
    assert found.column("id").to_pylist() == expected.column("id").to_pylist()
    assert found.column_names == expected.column_names
    assert found.cast(expected.schema).equals(expected)
    wrong = found.num_rows - found.column("error").null_count
    assert 0 < wrong < found.num_rows / 2


def _with_a_rule_that_fires_on_nothing(folder: Path) -> KnowledgeBase:
    """Return the base of the car with one rule more."""
    shutil.copytree(CAR, folder)
    causes = folder / "rules" / "causes.json"
    document = json.loads(causes.read_text(encoding="utf-8"))
    added = {"id": "by-default", "if": {"unless": "turns-over"}, "examples": [{"evidence": {}, "fires": True}]}
    document["rules"].append(document["rules"][0] | added)
    causes.write_text(json.dumps(document), encoding="utf-8")
    return pushaway.load(folder)


@pytest.mark.parametrize("name", ["shipped", "car", "a rule that fires on nothing"])
def test_a_row_comes_to_the_same_whatever_stands_beside_it(name: str, tmp_path: Path) -> None:
    """So it does not matter how rows are parted, or how often a partition is tried."""
    base = pushaway.load() if name == "shipped" else _with_a_rule_that_fires_on_nothing(tmp_path / "base")
    engine = pushaway.Engine(pushaway.load(CAR) if name == "car" else base)
    given = _people(engine.base, EVIDENCE.get(name, EVIDENCE["car"]), 0, 80)
    together = engine.infer_table(given, keep=KEPT, strict=False)
    assert 0 < together.column("error").null_count < 80
    for row in range(80):
        alone = engine.infer_table(given.slice(row, 1), keep=KEPT, strict=False)
        assert together.slice(row, 1).equals(alone)


def test_a_row_that_is_wrong_has_nothing_but_its_error_and_its_safeguards() -> None:
    engine = pushaway.Engine()
    given = {"id": [7], "drained": [True], "stressed": [True], "self-harm-thoughts": [9.0]}
    (found,) = engine.infer_table(pa.table(given), strict=False).to_pylist()
    assert {name for name, value in found.items() if value is not None} == {"id", "safeguards", "base", "error"}
    assert found["safeguards"] == ["seek-urgent-help"]


def test_the_commands_of_the_docs_come_to_what_one_process_comes_to(example: Path, folder: Path) -> None:
    text = (ROOT / "docs" / "past-one-machine.md").read_text(encoding="utf-8")
    assert {f"examples/{file.name}" for file in EXAMPLES.values()} == {*re.findall(r"^    python (\S+)", text, re.M)}
    (arguments,) = re.findall(rf"^    python examples/{example.name} (.*)$", text, re.M)
    assert arguments == "people.parquet outcomes --as self --keep week --ignore lives-in"
    _run(folder, example, *arguments.split())
    settings = {"perspective": "self", "keep": ["week"], "ignore": ["lives-in"]}
    _compare(folder / "outcomes", folder / "people.parquet", pushaway.Engine(), **settings)


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be killed as here")
def test_where_a_worker_dies_no_row_is_lost_or_doubled(example: Path, folder: Path) -> None:
    """With a base of one's own, which goes to the workers."""
    dies = Path(__file__).parent / "a_worker_dies.py"
    keep = [argument for name in KEPT for argument in ("--keep", name)]
    marker = folder / "died"
    _run(folder, dies, marker, example, "cars.parquet", "outcomes", *keep, "--base", CAR)
    assert marker.exists()
    _compare(folder / "outcomes", folder / "cars.parquet", pushaway.Engine(pushaway.load(CAR)), keep=KEPT)


@pytest.fixture
def write_outcomes() -> Iterator[Callable[..., None]]:
    """Return what the example for Dask writes with, run in this process alone."""
    dask = pytest.importorskip("dask")
    pytest.importorskip("distributed")
    with dask.config.set(scheduler="synchronous"):
        yield runpy.run_path(str(EXAMPLES["dask"]))["write_outcomes"]


class Failing(pushaway.Engine):
    """Fails when most is written."""

    def infer_batches(self, batches: Iterable[Any], **settings: Any) -> Iterator[Any]:
        for batch in super().infer_batches(batches, **settings):
            yield batch
            if batch.column("id")[0].as_py() >= "p-09000":
                raise RuntimeError("as planned")


def test_by_dask_all_is_written_or_nothing(write_outcomes: Callable[..., None], folder: Path) -> None:
    before = {*folder.iterdir()}
    with pytest.raises(RuntimeError, match="as planned"):
        write_outcomes(folder / "people.parquet", folder / "outcomes", Failing(), keep=KEPT)
    assert {*folder.iterdir()} == before
    write_outcomes(folder / "people.parquet", folder / "outcomes", pushaway.Engine(), keep=KEPT)
    _compare(folder / "outcomes", folder / "people.parquet", pushaway.Engine(), keep=KEPT)
    with pytest.raises(FileExistsError, match="Name a folder that is not"):
        write_outcomes(folder / "people.parquet", folder / "outcomes", pushaway.Engine(), keep=KEPT)


def test_what_is_no_evidence_is_told_before_anything_is_written(
    write_outcomes: Callable[..., None], folder: Path
) -> None:
    with pytest.raises(pushaway.EvidenceError, match="`week` is not known here"):
        write_outcomes(folder / "people.parquet", folder / "outcomes", pushaway.Engine(), ignore=["lives-in"])
    assert not (folder / "outcomes").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody.parquet", "outcomes"), "nobody.parquet is not there"),
        (("people.parquet", "cars.parquet"), "cars.parquet is there already"),
        (("people.parquet", "outcomes", "--as", "nobody"), "`nobody`"),
        (("people.parquet", "outcomes", "--base", "people.parquet"), "no JSON file in it"),
    ],
)
def test_misuse_is_told_without_a_traceback(example: Path, folder: Path, arguments: Any, said: str) -> None:
    done = subprocess.run(
        [sys.executable, example, *arguments], capture_output=True, check=False, cwd=folder, encoding="utf-8"
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
