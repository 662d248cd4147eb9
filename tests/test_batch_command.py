"""``pushaway batch``, as a user meets it: files, streams, signals and what is left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pexpect
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from conftest import Process

import pushaway
from pushaway.cli import main
from pushaway.engine.batch.many import AT_A_TIME

BASE = pushaway.load()
RIGHT = '{"id": 1, "evidence": {"drained": true}}\n'
WRONG = '{"id": 2, "evidence": {"suicidal": true, "drained": 5}}\n'
PUSHAWAY = (sys.executable, "-m", "pushaway")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(main, ["batch", *arguments], input=stdin, prog_name="pushaway")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in which ``pushaway`` stands for ours."""
    command = re.sub(r"\bpushaway\b", " ".join(PUSHAWAY), command)
    return subprocess.run(
        command,
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
        env=os.environ | environment,
        timeout=100,
    )


def refused(result: Result) -> str:
    """Return the message of a call that must be refused the way every misuse is, and leave nothing."""
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert not list(Path().glob(".pushaway-*"))
    return result.stderr


def rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]


def test_from_file_to_file_and_nothing_else_is_told() -> None:
    Path("in.jsonl").write_text(RIGHT * 3)
    result = run("in.jsonl", "out.jsonl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert [row["verdict"] for row in rows("out.jsonl")] == ["one"] * 3
    assert sorted(os.listdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize("to", ["jsonl", "ndjson", "csv", "parquet", "PARQUET"])
def test_the_ending_says_what_a_file_is(to: str) -> None:
    Path("in.ndjson").write_text(RIGHT)
    assert run("in.ndjson", f"out.{to}").exit_code == 0
    begins = {"jsonl": b'{"id":1', "ndjson": b'{"id":1', "csv": b"id,perspective", "parquet": b"PAR1"}
    assert Path(f"out.{to}").read_bytes().startswith(begins[to.lower()])


def test_what_a_file_is_can_be_said() -> None:
    Path("in.txt").write_text("drained,note\nyes,x\n")
    assert "none of the endings" in refused(run("in.txt", "out.csv"))
    assert "--to" in refused(run("in.txt", "out", "--from", "csv"))
    assert run("in.txt", "out", "--from", "csv", "--to", "jsonl", "--ignore", "note").exit_code == 0
    assert rows("out")[0]["verdict"] == "one"


def test_wrong_rows_are_told_with_their_lines_and_do_not_stop_the_rest() -> None:
    Path("in.jsonl").write_text(RIGHT + "\n" + WRONG + "x\n" + RIGHT)
    result = run("in.jsonl", "out.jsonl")
    assert result.exit_code == 1
    assert not result.stdout
    told = result.stderr.splitlines()
    assert told[0].startswith("in.jsonl:3: ")
    assert told[1].startswith("in.jsonl:4: it is not JSON")
    assert told[2] == "2 of 4 rows are wrong; each says so in `error`."
    assert told[3].startswith("1 of them may speak of danger")
    assert ["error" in row for row in rows("out.jsonl")] == [False, True, True, False]
    assert rows("out.jsonl")[1]["safeguards"] == ["seek-urgent-help"]


def test_many_wrong_rows_do_not_fill_the_screen() -> None:
    Path("in.jsonl").write_text("x\n" * 300)
    told = run("in.jsonl", "out.jsonl").stderr.splitlines()
    assert len(told) == 22
    assert told[-2:] == ["in.jsonl: 280 more rows are wrong.", "300 of 300 rows are wrong; each says so in `error`."]
    assert len(rows("out.jsonl")) == 300


@pytest.mark.parametrize("to", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("before", [0, 1, 2 * AT_A_TIME])
def test_strict_stops_and_leaves_what_was_there(to: str, before: int) -> None:
    Path("in.jsonl").write_text(RIGHT * before + WRONG)
    Path(f"out.{to}").write_text("before")
    message = refused(run("in.jsonl", f"out.{to}", "--strict"))
    assert f"in.jsonl:{before + 1}: " in message
    assert "Nothing was written" in message
    assert Path(f"out.{to}").read_text() == "before"


def test_strict_says_nothing_where_nothing_is_wrong() -> None:
    Path("in.jsonl").write_text(RIGHT)
    assert (run("in.jsonl", "out.jsonl", "--strict").exit_code, len(rows("out.jsonl"))) == (0, 1)


def test_strict_does_not_say_that_nothing_was_written_to_a_stream() -> None:
    result = run("-", "-", "--strict", stdin=RIGHT * (AT_A_TIME + 1) + WRONG)
    assert result.exit_code == 2
    assert "What was written is not all" in result.stderr
    assert len(result.stdout.splitlines()) == AT_A_TIME


def test_parquet_that_is_given_up_midway_cannot_be_taken_for_whole() -> None:
    Path("in.jsonl").write_text(RIGHT * (AT_A_TIME + 1) + WRONG)
    done = shell("pushaway batch in.jsonl - --to parquet --strict")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout.startswith(b"PAR1")
    assert not done.stdout.endswith(b"PAR1")


def test_what_it_reads_is_never_written_over() -> None:
    Path("cases.jsonl").write_text(RIGHT * 3)
    Path("link.jsonl").symlink_to("cases.jsonl")
    for target in ("cases.jsonl", "./cases.jsonl", "link.jsonl"):
        result = run("cases.jsonl", target)
        assert result.exit_code == 2
        assert "would be lost" in result.stderr
    assert Path("cases.jsonl").read_text() == RIGHT * 3


DANGER = (
    '{"evidence": {"withdrawn": "I want to die"}}',
    '{"evidence": {"withdrawn": {"because": ["I want to die"]}}}',
    '{"evidence": {}, "note": "I want to die"}',
    '{"evidence": {"withdrawn": true}, "I want to die": 1}',
    '{"evidence": {"wants\\nto die": "x"}}',
    '{"evidence": {"don\\u2019t want to live": "x"',
    '["I want to die"]',
    "I want to die",
)


@pytest.mark.parametrize("line", DANGER)
def test_whatever_a_wrong_line_says_of_danger_calls_for_help(line: str) -> None:
    Path("in.jsonl").write_text("\n" + line + "\n")
    result = run("in.jsonl", "out.jsonl")
    assert result.exit_code == 1
    assert "may speak of danger" in result.stderr
    (row,) = rows("out.jsonl")
    assert row["safeguards"] == ["seek-urgent-help"]
    assert row["line"] == 2
    assert "may speak of danger" in run("in.jsonl", "other.jsonl", "--strict").stderr


def test_whatever_a_wrong_cell_says_of_danger_calls_for_help() -> None:
    Path("in.csv").write_text("id,withdrawn,perspective\n1,I want to die,\n2,perhaps,\n3,yes,I want to die\n")
    assert run("in.csv", "out.jsonl").exit_code == 1
    help_for_it = ["seek-urgent-help"]
    assert [(row["line"], row["safeguards"]) for row in rows("out.jsonl")] == [
        (2, help_for_it),
        (3, []),
        (4, help_for_it),
    ]
    table = pa.table({"withdrawn": ["I want to die", "perhaps", "yes"], "perspective": [None, None, "I want to die"]})
    found = pushaway.infer_table(table, strict=False).column("safeguards").to_pylist()
    assert found == [help_for_it, [], help_for_it]


def test_a_file_keeps_its_mode_and_a_link_stays_a_link() -> None:
    Path("in.jsonl").write_text(RIGHT)
    Path("out.jsonl").touch(0o640)
    Path("link.jsonl").symlink_to("out.jsonl")
    assert run("in.jsonl", "link.jsonl").exit_code == 0
    assert Path("link.jsonl").is_symlink()
    assert rows("out.jsonl")
    assert Path("out.jsonl").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.jsonl", "out.jsonl"), "`nowhere.jsonl` cannot be read: No such file"),
        ((".", "out.jsonl", "--from", "jsonl"), "cannot be read: Is a directory"),
        (("\0.jsonl", "out.jsonl"), "cannot be read"),
        (("in.jsonl", "\0.jsonl"), "cannot be written"),
        (("in.jsonl", "nowhere/out.jsonl"), "`nowhere/out.jsonl` cannot be written: No such file"),
        (("in.jsonl", "/sys/out.jsonl"), "`/sys/out.jsonl` cannot be written: "),
        (("in.jsonl", "folder.jsonl"), "`folder.jsonl` cannot be written: Is a directory"),
        (("in.jsonl", "/dev/full", "--to", "jsonl"), "`/dev/full` cannot be written: No space left"),
        (("in.jsonl", "/dev/full", "--to", "csv"), "`/dev/full` cannot be written: No space left"),
        (("in.jsonl", "/dev/full", "--to", "parquet"), "`/dev/full` cannot be written: No space left"),
        (
            ("/proc/self/mem", "out.jsonl", "--from", "jsonl"),
            "/proc/self/mem: it cannot be read to its end: Input/output error",
        ),
        (("/proc/self/mem", "out.jsonl", "--from", "csv"), "/proc/self/mem: it cannot be read"),
        (("in.jsonl", "out.jsonl", "--from", "parquet"), "in.jsonl: it is no Parquet file"),
        (("in.jsonl", "out.jsonl", "--from", "csv"), "in.jsonl: the column"),
        (("in.jsonl", "out.jsonl", "--as", "slef"), "Did you mean `self`"),
        (("in.jsonl", "out.jsonl", "--keep", "verdict"), "`verdict` of its own"),
        (("in.jsonl", "out.jsonl", "--base", "nowhere"), "no such file or folder"),
        (("in.jsonl", "out.jsonl", "--to", "xml"), "'jsonl', 'csv', 'parquet'"),
        (("in.jsonl",), "OUT"),
        (("in", "out"), "none of the endings"),
    ],
)
def test_misuse_is_refused_and_writes_nothing(arguments: tuple[str, ...], told: str) -> None:
    Path("in.jsonl").write_text(RIGHT)
    Path("out.jsonl").write_text("before")
    Path("folder.jsonl").mkdir()
    assert told in refused(run(*arguments))
    assert Path("out.jsonl").read_text() == "before"


def test_a_full_disk_leaves_what_was_there() -> None:
    """A limit on the size of files stands for it: far on, long after the first rows are written."""
    Path("in.jsonl").write_text(RIGHT * 3000)
    for to in ("jsonl", "csv", "parquet"):
        Path(f"out.{to}").write_text("before")
        done = shell(f"trap '' XFSZ; ulimit -f 8; pushaway batch in.jsonl out.{to} --keep id")
        if to != "parquet":  # which needs less than that
            assert done.returncode == 2
            assert done.stderr == f"Error: `out.{to}` cannot be written: File too large. Give another path.\n".encode()
            assert Path(f"out.{to}").read_text() == "before"
    assert not list(Path().glob(".pushaway-*"))


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_who_is_stopped_midway_leaves_what_was_there(how: str) -> None:
    Path("out.jsonl").write_text("before")
    with subprocess.Popen(
        [*PUSHAWAY, "batch", "-", "out.jsonl"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(RIGHT.encode() * 3 * AT_A_TIME)
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not any(file.stat().st_size for file in Path().glob(".pushaway-*")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(getattr(signal, how))
        process.wait(60)
        assert process.returncode != 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert Path("out.jsonl").read_text() == "before"
    if how == "SIGINT":
        assert os.listdir() == ["out.jsonl"]


class TestStreams:
    @pytest.mark.parametrize(
        "command",
        [
            "pushaway batch - - < in.jsonl",
            "cat in.jsonl | pushaway batch - - | cat",
            "pushaway batch in.jsonl /dev/stdout --to jsonl | cat",
            "pushaway batch <(cat in.jsonl) >(cat) --from jsonl --to jsonl | cat",
        ],
    )
    def test_standard_streams_and_pipes(self, command: str) -> None:
        Path("in.jsonl").write_text(RIGHT * 20)
        done = shell(command)
        assert not done.stderr
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row["id"] for row in found] == [1] * 20

    def test_csv_and_parquet_through_streams(self) -> None:
        Path("in.csv").write_text("id,drained\na,yes\nb,no\n")
        done = shell("pushaway batch - - --from csv --to csv < in.csv | pushaway batch - out.jsonl --from csv")
        assert done.returncode == 2  # a result is no evidence: its own columns are named
        assert b"standard input: the column `safeguards` is not known" in done.stderr
        done = shell("cat in.csv | pushaway batch - - --from csv --to parquet > out.parquet")
        assert not done.stderr
        assert pq.read_table("out.parquet").column("id").to_pylist() == ["a", "b"]
        done = shell("cat in.csv | pushaway batch - - --from csv --to parquet | cat > piped.parquet")
        assert not done.stderr
        assert Path("piped.parquet").read_bytes() == Path("out.parquet").read_bytes()
        done = shell("pushaway batch - - --from parquet --ignore verdict < piped.parquet")
        assert done.returncode == 2

    def test_parquet_from_a_file_that_is_standard_input_but_not_from_a_pipe(self) -> None:
        Path("in.csv").write_text("id,drained\na,yes\n")
        import pyarrow.csv

        pq.write_table(pyarrow.csv.read_csv("in.csv"), "in.parquet")
        done = shell("pushaway batch - - --from parquet < in.parquet")
        assert json.loads(done.stdout)["id"] == "a"
        for pipe in ("cat in.parquet | pushaway batch - -", "pushaway batch <(cat in.parquet) -"):
            done = shell(f"{pipe} --from parquet")
            assert done.returncode == 2
            assert done.stderr == b"Error: Parquet cannot be read from a pipe. Give the path of a file.\n"

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            ("pushaway batch - out.jsonl <&-", "standard input cannot be read: it is closed"),
            ("pushaway batch in.jsonl - >&-", "no standard output"),
            ("pushaway batch in.jsonl - > /dev/full", "cannot be written: No space left"),
            ("pushaway batch in.jsonl - --to csv > /dev/full", "cannot be written: No space left"),
            ("pushaway batch in.jsonl - --to parquet > /dev/full", "cannot be written: No space left"),
        ],
    )
    @pytest.mark.parametrize("count", [1, 5000])
    def test_closed_or_full_streams_end_in_one_line(self, command: str, told: str, count: int) -> None:
        Path("in.jsonl").write_text(RIGHT * count)
        done = shell(command)
        assert done.returncode == 2
        assert told in done.stderr.decode()
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize("to", ["jsonl", "csv", "parquet"])
    def test_a_pipe_that_closes_early_is_no_error_of_ours(self, to: str) -> None:
        Path("in.jsonl").write_text(RIGHT * 20_000)
        done = shell(f"pushaway batch in.jsonl - --to {to} | head -c 1")
        assert not done.stderr

    def test_with_standard_error_closed_the_rows_are_written_all_the_same(self) -> None:
        Path("in.jsonl").write_text(RIGHT + WRONG)
        assert shell("pushaway batch in.jsonl out.jsonl 2>&-").returncode == 1
        assert len(rows("out.jsonl")) == 2


@pytest.mark.parametrize(
    ("missing", "arguments", "told"),
    [
        ("numpy", "in.jsonl out.jsonl", "Many cases need numpy and more: install `pushaway[batch]`."),
        ("orjson", "in.jsonl out.jsonl", "This kind of file needs orjson: install `pushaway[batch]`."),
        ("orjson", "in.csv out.jsonl", "This kind of file needs orjson: install `pushaway[batch]`."),
        ("pyarrow", "in.jsonl out.parquet", "This kind of file needs pyarrow: install `pushaway[batch]`."),
        ("pyarrow", "in.parquet out.jsonl", "This kind of file needs pyarrow: install `pushaway[batch]`."),
        ("pyarrow", "in.csv out.csv", ""),
        ("narwhals", "in.jsonl out.parquet", ""),
    ],
)
def test_what_is_not_installed_is_named(missing: str, arguments: str, told: str) -> None:
    Path("in.jsonl").write_text(RIGHT)
    Path("in.csv").write_text("drained\nyes\n")
    Path("in.parquet").write_bytes(b"PAR1")
    code = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = ['batch', *{arguments.split()}]; "
    code += "from pushaway.cli import run; run()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.stderr == (f"Error: {told}\n" if told else "")
    assert done.returncode == (2 if told else 0)
    assert bool(list(Path().glob("out.*"))) == (not told)


def test_other_programs_are_told_what_is_not_installed(fresh_process: Process) -> None:
    code = """
import sys
for missing in sys.argv[1:]:
    sys.modules[missing] = None
import pushaway
print(pushaway.infer({"drained": True}).verdict)
calls = [lambda: pushaway.infer_many([{}]), lambda: pushaway.infer_table([])]
for call in calls + [lambda: pushaway.Evaluator, lambda: pushaway.Outcomes, lambda: pushaway.Outcome]:
    try:
        call()
    except ImportError as error:
        print(error)
"""
    need = "many cases need numpy: install `pushaway[batch]`"
    assert fresh_process(code, "numpy").splitlines() == ["one"] + [need] * 5
    assert fresh_process(code, "narwhals").splitlines() == ["one", "tables need narwhals: install `pushaway[batch]`"]
    assert fresh_process(code, "pyarrow").splitlines() == ["one", "tables need pyarrow: install `pushaway[batch]`"]


def test_a_single_answer_does_not_import_what_many_need(fresh_process: Process) -> None:
    code = "import pushaway, sys; pushaway.infer({'withdrawn': True}); print(*sys.modules)"
    assert not {"numpy", "orjson", "pyarrow", "narwhals"} & {*fresh_process(code).split()}


QUICK_CLOCK = "import sys, time, itertools; ticks = itertools.count(); time.monotonic = lambda: {pace} * next(ticks)"


def test_progress_is_shown_on_a_terminal_once_somebody_has_waited() -> None:
    """A pipe's length is not known, so it is a file that grows no more; the clock is made to run faster."""
    Path("in.jsonl").write_text(RIGHT * 2 * AT_A_TIME)
    code = QUICK_CLOCK + "; sys.argv[1:] = ['batch', 'in.jsonl', 'out.jsonl']; from pushaway.cli import run; run()"
    for pace, shown in ((2.0, True), (0.0, False)):
        child = pexpect.spawn(sys.executable, ["-c", code.format(pace=pace)], encoding="utf-8", timeout=60)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        assert bool(child.before) == shown, child.before
        if shown:
            assert "reasoning" in child.before
            assert "100%" in child.before
        assert len(rows("out.jsonl")) == 2 * AT_A_TIME


PEAK = """
import resource, sys
sys.argv = ["pushaway", "batch", *sys.argv[1:]]
from pushaway.cli import run
try:
    run()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("from_", "to", "wrong"),
    [("jsonl", "jsonl", False), ("csv", "csv", False), ("parquet", "parquet", False), ("jsonl", "csv", True)],
)
def test_memory_does_not_grow_with_the_number_of_rows(from_: str, to: str, wrong: bool) -> None:
    peaks = []
    for count in (20_000, 100_000):
        if from_ == "jsonl":
            one = WRONG if wrong else RIGHT
            Path("in.jsonl").write_text(one * count)
        else:
            Path("in.csv").write_text("id,drained\n" + "a,yes\n" * count)
        if from_ == "parquet":
            import pyarrow.csv

            pq.write_table(pyarrow.csv.read_csv("in.csv"), "in.parquet", row_group_size=10_000)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, f"in.{from_}", f"out.{to}"], capture_output=True, check=False
        )
        assert done.returncode == wrong, done.stderr
        assert len(done.stderr) < 5000  # and not a word of the rest
        peaks.append(int(done.stderr.split()[-1]) / 1024)
    assert peaks[1] - peaks[0] < 12, peaks
