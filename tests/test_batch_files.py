"""Files of many cases: every kind gives the same, whatever is wrong with some rows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from same_outcomes import drawn_cases, expected

import pushaway
from pushaway import EvidenceError
from pushaway.engine.batch.evaluator import Evaluator
from pushaway.engine.batch.formats import FORMATS, Count, convert
from pushaway.engine.batch.many import AT_A_TIME
from pushaway.engine.batch.readers import Settings
from pushaway.engine.batch.rows import Wrong
from pushaway.knowledge.reading import MEGABYTE
from pushaway.knowledge.shape import schema

BASE = pushaway.load()
EVALUATOR, ENGINE = Evaluator(BASE), pushaway.Engine(BASE)
OUTCOME = jsonschema.Draft202012Validator(schema("outcome"))
LISTS = ("safeguards", "responses", "beyond", "contradictions", "rules")
Row = dict[str, Any]


class Done(NamedTuple):
    """What a conversion wrote, the lines that were wrong, and the counts."""

    data: bytes
    wrong: list[tuple[int, Wrong]]
    count: Count


def converted(data: bytes, from_: str = "jsonl", to: str = "jsonl", **settings: Any) -> Done:
    read, write = FORMATS[from_][0], FORMATS[to][1]
    reader, written, wrong = read(Settings(BASE, **settings), io.BytesIO(data)), io.BytesIO(), []
    count = convert(EVALUATOR, reader, write(BASE, written, reader.kept), lambda line, one: wrong.append((line, one)))
    return Done(written.getvalue(), wrong, count)


def read_back(data: bytes, format_: str) -> list[Row]:
    """Return the rows of an output in one form, for all kinds of files."""
    return {"jsonl": _of_json, "csv": _of_csv, "parquet": _of_parquet}[format_](data)


def _of_json(data: bytes) -> list[Row]:
    rows = []
    for line in data.decode().splitlines():
        row = json.loads(line)
        if len(rows) < len(CASES):
            OUTCOME.validate(row)
        assert row.pop("base") == {"id": BASE.id, "version": BASE.version, "digest": BASE.digest}
        rows.append({"id": None, "error": None} | row.pop("kept", {}) | row)
    return rows


def _of_csv(data: bytes) -> list[Row]:
    rows = []
    for cells in csv.DictReader(io.StringIO(data.decode(), newline="")):
        assert cells.pop("base") == f"{BASE.id} {BASE.version}"
        row: Row = {name: cell or None for name, cell in cells.items()}
        row["safeguards"] = cells["safeguards"].split()
        certainties = {id: row.pop(id) for id in BASE.conclusion}
        if row["error"] is None:
            row |= {name: cells[name].split() for name in LISTS}
            row["withheld"] = [
                {"id": id, "because": because.split()}
                for id, because in re.findall(r"(\S+) \((.+?)\)", cells["withheld"])
            ]
            row["certainties"] = {id: float(said) for id, said in certainties.items()}
        else:
            assert not any(certainties.values())
        rows.append({"id": None} | row)
    return rows


def _of_parquet(data: bytes) -> list[Row]:
    table = pq.read_table(io.BytesIO(data))
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert told["pushaway.digest"] == BASE.digest
    rows = []
    for row in table.to_pylist():
        assert row.pop("base") == f"{BASE.id} {BASE.version}"
        row["certainties"] = {id: row.pop(id) for id in BASE.conclusion}
        if row["error"] is not None:
            assert not any(value is not None for value in row["certainties"].values())
        rows.append({"id": None} | row)
    return rows


def essence(rows: Iterable[Row]) -> list[Row]:
    """Return what must be the same however it was read and written: of a wrong row, that it is, and its safeguards."""
    names = (*LISTS, "perspective", "verdict", "leading", "withheld", "certainties")
    return [
        {
            "id": row["id"],
            **({name: row[name] for name in names} if row["error"] is None else {"not": row["safeguards"]}),
        }
        for row in rows
    ]


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _in_columns(rows: Sequence[Row]) -> list[Row]:
    return [
        {"id": row["id"], "perspective": row.get("perspective"), **{id: row["evidence"].get(id) for id in NAMES}}
        for row in rows
    ]


def csv_of(rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*rows[0]])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def parquet_of(table: Mapping[str, Any], **how: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(table), stream, **how)
    return stream.getvalue()


NAMES = [*BASE.fact, *BASE.conclusion]
CASES: list[Row] = [
    {"id": f"ä-{number}", "perspective": perspective, "evidence": evidence}
    for number, (evidence, perspective) in enumerate(drawn_cases(BASE, 300))
]
for number, row in enumerate(CASES):
    if number % 3 == 0:
        del row["perspective"]
    if number % 11 == 5:
        row["evidence"]["drained"] = 5
    if number % 23 == 7:
        row["evidence"] |= {"self-harm-thoughts": True, "in-danger": False, "sad": -1.5}
    if number % 37 == 3:
        row["perspective"] = "slef"
COLUMNS = _in_columns(CASES)
INPUTS = {
    "jsonl": json_lines(CASES),
    "csv": csv_of(COLUMNS),
    "parquet": parquet_of(
        {
            name: [
                row[name]
                if isinstance(row[name], str | None)
                else float(row[name] or -1)
                if row[name] is False
                else float(row[name])
                for row in COLUMNS
            ]
            for name in COLUMNS[0]
        }
    ),
}


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("from_", FORMATS)
def test_every_pair_of_formats_comes_to_the_same(from_: str, to: str) -> None:
    done = converted(INPUTS[from_], from_, to)
    rows = read_back(done.data, to)
    assert essence(rows) == essence(read_back(converted(INPUTS["jsonl"]).data, "jsonl"))
    assert [row["id"] for row in rows] == [row["id"] for row in CASES]
    wrong = [number for number, row in enumerate(rows) if row["error"] is not None]
    assert done.count == (len(CASES), len(wrong)) == (len(CASES), len(done.wrong))
    header = from_ == "csv"
    assert [line for line, _ in done.wrong] == [number + 1 + header for number in wrong]
    assert [one.why for _, one in done.wrong] == [rows[number]["error"] for number in wrong]


def test_files_come_to_what_single_inferences_come_to() -> None:
    rows = read_back(converted(INPUTS["jsonl"]).data, "jsonl")
    right = 0
    for row, case in zip(rows, CASES, strict=True):
        try:
            trace = ENGINE.trace(case["evidence"], perspective=case.get("perspective"))
        except EvidenceError as error:
            why = str(error)
        else:
            why = None
        assert row["error"] == why
        if why is not None:
            continue
        one = json.loads(json.dumps(expected(trace)._asdict()))
        one["withheld"] = [{"id": id, "because": because} for id, because in one["withheld"]]
        assert row.pop("certainties") == pytest.approx(one.pop("certainties"), abs=1e-9)
        assert {name: row[name] for name in one} == one
        right += 1
    assert 200 < right < 290


def test_a_wrong_row_tells_of_danger_that_it_may_speak_of_but_not_of_a_clear_no() -> None:
    for from_ in FORMATS:
        rows = read_back(converted(INPUTS[from_], from_).data, "jsonl")
        said = [row["safeguards"] for number, row in enumerate(rows) if number % 23 == 7]
        assert len(said) == 13
        assert all("seek-urgent-help" in one for one in said)
        denied = [
            number for number, row in enumerate(CASES) if number % 23 == 7 and not row["evidence"].get("mistreated")
        ]
        assert denied
        only = [
            one.fact
            for one in BASE.safeguards
            if one.id in {id for number in denied for id in rows[number]["safeguards"]}
        ]
        assert {*only} == {"self-harm-thoughts"}


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("from_", FORMATS)
@pytest.mark.parametrize("count", [0, 1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1])
def test_the_order_and_number_of_rows_are_kept(from_: str, to: str, count: int) -> None:
    if from_ == "jsonl":
        data = json_lines({"id": str(row), "evidence": {"drained": (row % 5) / 5}} for row in range(count))
    else:
        table = {"id": [str(row) for row in range(count)], "drained": [(row % 5) / 5 for row in range(count)]}
        typed = {"id": pa.array(table["id"], pa.string()), "drained": pa.array(table["drained"], pa.float64())}
        lines = "".join(f"{id},{one}\n" for id, one in zip(*table.values(), strict=True))
        data = parquet_of(typed, row_group_size=3000) if from_ == "parquet" else f"id,drained\n{lines}".encode()
    rows = read_back(converted(data, from_, to).data, to)
    assert [row["id"] for row in rows] == [str(row) for row in range(count)]
    kinds = [json.dumps({name: row[name] for name in ("certainties", *LISTS)}) for row in rows]
    assert all(kind == kinds[number % 5] for number, kind in enumerate(kinds))
    assert len({*kinds}) == min(count, 4)  # of nothing and of 0.2 comes nothing


RIGHT = b'{"evidence": {"drained": true}}'
DEEP = b"[" * 65 + b"]" * 65


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not JSON"),
        (b"x", "not JSON"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (b'"drained"', "no JSON object"),
        (b"5", "no JSON object"),
        (b"{}", "no `evidence`"),
        (b'{"evidence": []}', "not a list"),
        (b'{"evidence": null}', "not nothing (null)"),
        (b'{"evidence": {"drained": NaN}}', "NaN is not a JSON number"),
        (b'{"evidence": {"drained": -Infinity}}', "Infinity is not a JSON number"),
        (b'{"evidence": {"drained": 1e999}}', "too large"),
        (b'{"evidence": {"drained": 1' + b"0" * 400 + b"}}", "too large"),
        (b'{"evidence": {"drained": 18446744073709551617}}', "not in the range"),
        (b'{"evidence": {"drained": "yes"}}', "was given text"),
        (b'{"evidence": {"drained": null}}', "was given nothing (null)"),
        (b'{"evidence": {"drained": [true]}}', "was given a list"),
        (b'{"evidence": {"drained": {"a": 1}}}', "was given a mapping"),
        (b'{"evidence": {"drained": 1.0000001}}', "not in the range"),
        (b'{"evidence": {"drainde": true}}', "Did you mean `drained`"),
        (b'{"evidence": {"": true}}', "not known here"),
        (b'{"evidence": {"drained": true, "no energy": true}}', "`drained` is given twice"),
        (b'{"evidence": {"drained": true, "drained": false}}', "the key `drained` is given twice"),
        (b'{"evidence": {"drained": true, "dra\\u0069ned": false}}', "the key `drained` is given twice"),
        (b'{"evidence": {"drained": true}, "evidence": {}}', "the key `evidence` is given twice"),
        (b'{"evidence": {}, "evidence": {"drained": true}}', "the key `evidence` is given twice"),
        (b'{"id": 1, "evidence": {}, "id": 2}', "the key `id` is given twice"),
        (b'{"perspective": "self", "perspective": "observer", "evidence": {}}', "the key `perspective` is given twice"),
        (b'{"note": {"a": 1, "a": 2}, "evidence": {}}', "the key `a` is given twice"),
        (b'{"note": [{"a": 1, "a": 2}], "evidence": {}}', "the key `a` is given twice"),
        (b'{"note": ":", "evidence": {"drained": 1, "drained": 0}}', "the key `drained` is given twice"),
        (b'{"evidence": {}, "perspective": "slef"}', "Did you mean `self`"),
        (b'{"evidence": {}, "perspective": ""}', "unknown perspective"),
        (b'{"evidence": {}, "perspective": 5}', "unknown perspective `5`"),
        (b'{"evidence": {}, "perspective": true}', "unknown perspective `True`"),
        (b'{"evidence": {}, "perspective": ["self"]}', "unknown perspective"),
        (b'{"evidence": {}, "perspective": {}}', "unknown perspective"),
        (b'{"evidence": {}, "persective": "self"}', "Did you mean `perspective`"),
        (b'{"evidence": {}, "xyzzy": 1}', "Say what to keep or to ignore"),
        (b'{"evidence": {"\\ud800": true}}', "surrogate"),
        (b'{"id": "\\udfff", "evidence": {}}', "surrogate"),
        (b'{"evidence": {}, "id": ' + DEEP + b"}", "nested too deeply"),
        (b'{"evidence": {"drained": ' + DEEP + b"}}", "was given a list"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id": "\xff", "evidence": {}}', "byte 9 is not UTF-8"),
        (b'{"id": "\x00", "evidence": {}}', "not JSON"),
        (b'{"id": "a\x01", "evidence": {}}', "not JSON"),
        (RIGHT + RIGHT, "not JSON"),
        (RIGHT + b",", "not JSON"),
        (b'{"id": "' + b"x" * (2 * MEGABYTE) + b'", "evidence": {}}', "larger than 1 MiB"),
        (RIGHT + b" " * (2 * MEGABYTE) + b"x", "larger than 1 MiB"),
        (b" " * (2 * MEGABYTE) + RIGHT, "larger than 1 MiB"),
        (RIGHT + b" " * (MEGABYTE + 3 - len(RIGHT)) + b"x", "larger than 1 MiB"),
        (b" " * (MEGABYTE + 3), "larger than 1 MiB"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_wrong_line_is_told_and_does_not_stop_the_rest(line: bytes, told: str, end: bytes) -> None:
    done = converted(end.join([RIGHT, b"", line, RIGHT]), ignore=("note",))
    first, wrong, last = read_back(done.data, "jsonl")
    assert told in wrong["error"]
    assert [number for number, _ in done.wrong] == [3]
    assert len(wrong["error"]) < 400
    assert first == last == read_back(converted(RIGHT).data, "jsonl")[0]
    assert first["verdict"] is not None
    assert done.count == (3, 1)


def test_lines_end_and_begin_in_any_usual_way() -> None:
    (one,) = read_back(converted(RIGHT).data, "jsonl")
    mark = b"\xef\xbb\xbf"
    for data in (
        mark + RIGHT,
        mark + b"\n" + RIGHT + b"\n\n",
        b"\n \t \r\n" + RIGHT + b"\r\n\r\n",
        RIGHT + b" " * (MEGABYTE - len(RIGHT)) + b"\r\n",
        b" " * MEGABYTE + b"\n" + RIGHT,
    ):
        assert read_back(converted(data).data, "jsonl") == [one]
    for data in (b"", mark, b"\n\n", mark + b"\n"):
        assert converted(data) == (b"", [], (0, 0))


KEPT: Any = [
    "text",
    "",
    "ü 漢 🙂",
    'quotes " and, commas',
    "lines\r\nand\nmore",
    "=1+1",
    "null",
    5,
    -0.5,
    True,
    False,
    None,
    2**63,
    2**64 + 1,
    10**40,
    [1, [2.5, None, "x"], 2**70],
    {"a": {"b": [1, {"c": "d: e"}]}, "12": False},
    {},
    [],
    1e300,
]


def test_ids_and_what_is_kept_come_back_as_they_were() -> None:
    data = json_lines({"id": one, "note": one, "other": [one], "evidence": {}} for one in KEPT)
    done = converted(data, keep=("note", "missing"), ignore=("other",))
    assert not done.wrong
    for line, one in zip(done.data.decode().splitlines(), KEPT, strict=True):
        row = json.loads(line)
        OUTCOME.validate(row)
        assert row.get("id", None) == one
        assert type(row.get("id", None)) is type(one)
        assert row["kept"] == {"note": one, "missing": None}
        assert ("id" in row) == (one is not None)


@pytest.mark.parametrize("to", ["csv", "parquet"])
def test_what_is_kept_of_json_is_json_in_a_column_but_for_text(to: str) -> None:
    rows = read_back(converted(json_lines({"id": one, "evidence": {}} for one in KEPT), to=to).data, to)
    for row, one in zip(rows, KEPT, strict=True):
        if isinstance(one, str | None):
            assert row["id"] == (one if to == "parquet" else one or None)
        else:
            assert json.loads(row["id"]) == one


def test_what_is_kept_of_a_wrong_row_is_kept_where_it_can_be_read() -> None:
    lines = [b'{"id": 7, "note": "a", "evidence": {"drained": 2}}', b'{"id": 8, "evidence": {}', b'{"id": 9}']
    rows = [json.loads(line) for line in converted(b"\n".join(lines), keep=("note",)).data.splitlines()]
    assert [row.get("id") for row in rows] == [7, None, 9]
    assert [row["kept"] for row in rows] == [{"note": "a"}, {"note": None}, {"note": None}]


def test_what_is_ignored_is_not_looked_at() -> None:
    lines = json_lines([{"id": "a", "perspective": ["nonsense"], "evidence": {"drained": True}}])
    (row,) = read_back(converted(lines, ignore=("perspective", "id"), perspective="self").data, "jsonl")
    assert row["perspective"] == "self"
    assert row["id"] is None
    text = b"id,perspective,drained,xyzzy\na,nonsense,true,?\n"
    (row,) = read_back(converted(text, "csv", ignore=("perspective", "id", "xyzzy"), perspective="self").data, "jsonl")
    assert row["perspective"] == "self"
    assert row["id"] is None


def test_a_key_that_the_result_has_cannot_be_kept() -> None:
    for name in ("error", "verdict", "rules", "overwhelmed", "perspective"):
        for from_, data in (("jsonl", b""), ("csv", f"{name}\n".encode())):
            with pytest.raises(EvidenceError, match=f"`{name}` of its own"):
                converted(data, from_, keep=(name,))


NAMED = ["drained", "Drained", "no energy", " no_energy "]


@pytest.mark.parametrize("name", NAMED)
def test_facts_go_by_every_name(name: str) -> None:
    wanted = read_back(converted(RIGHT).data, "jsonl")
    assert read_back(converted(json_lines([{"evidence": {name: True}}])).data, "jsonl") == wanted
    assert read_back(converted(f"{name}\ntrue\n".encode(), "csv").data, "jsonl") == wanted
    assert read_back(converted(parquet_of({name: [True]}), "parquet").data, "jsonl") == wanted


def test_a_perspective_may_be_missing_in_a_row() -> None:
    lines = json_lines([{"perspective": one, "evidence": {}} for one in (None, "self", "observer")])
    for data, from_ in (
        (lines, "jsonl"),
        (b"perspective,drained\n,\n self ,\nobserver,\n", "csv"),
        (parquet_of({"perspective": [None, "self", "observer"]}), "parquet"),
    ):
        for given_, default in ((None, "observer"), ("self", "self"), ("observer", "observer")):
            rows = read_back(converted(data, from_, perspective=given_).data, "jsonl")
            assert [row["perspective"] for row in rows] == [default, "self", "observer"]
        with pytest.raises(EvidenceError, match="Did you mean `self`"):
            converted(data, from_, perspective="slef")


class TestCSV:
    HEADER = b"id,drained,in-danger,note\n"

    def rows(self, data: bytes, to: str = "jsonl", **settings: Any) -> tuple[list[Row], Done]:
        done = converted(data, "csv", to, **{"keep": ("note",), **settings})
        return read_back(done.data, to), done

    @pytest.mark.parametrize(
        ("cell", "certainty"),
        [
            ("true", 1), ("TRUE", 1), ("yes", 1), ("Yes ", 1), ("no", -1), ("false", -1), ("False", -1), ("0.6", 0.6),
            ("-0.6", -0.6), ("1", 1), ("1e-1", 0.1), ("+0.5", 0.5), ("mostly", 0.7), ("", 0), ("  ", 0), ("0", 0),
            ("-0.0", 0), ('"0.5"', 0.5), ("\t0.5", 0.5),
        ],
    )  # fmt: skip
    def test_a_cell_says_a_certainty_or_an_answer(self, cell: str, certainty: float) -> None:
        (row,), _ = self.rows(self.HEADER + f"1,{cell},,\n".encode())
        (wanted,) = read_back(converted(json_lines([{"id": "1", "evidence": {"drained": certainty}}])).data, "jsonl")
        assert row | {"note": None} == wanted | {"note": None}

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            (b"1,much,,", "`drained` was given `much`"),
            (b"1,2,,", "not in the range"),
            (b"1,nan,,", "not in the range"),
            (b"1,inf,,", "not in the range"),
            (b"1,1e999,,", "not in the range"),
            (b"1,\x00,,", "was given"),
            (b"1," + b"x" * 100_000 + b",,", "was given"),
            (b"1,true,", "3 cells, and the header 4"),
            (b"1,true,,,", "5 cells, and the header 4"),
            (b" ", "1 cells, and the header 4"),
            (b"1,tr\xffue,,", "cell 2 is not UTF-8"),
            (b"\xff,true,,\xfe", "cell 1 is not UTF-8"),
            (b'1,"a\nb",,"c\r\nd"', "was given `a\\nb`"),
            (b"1,true;,,", "was given `true;`"),
        ],
    )
    @pytest.mark.parametrize("to", FORMATS)
    def test_a_wrong_row_is_told_with_the_line_on_which_it_begins(self, line: bytes, told: str, to: str) -> None:
        right = b'1,yes,,"two\nlines"\n'
        rows, done = self.rows(self.HEADER + right + b"\n" + line + b"\n" + right, to)
        assert len(rows) == 3
        assert told in rows[1]["error"]
        assert len(rows[1]["error"]) < 400
        assert [number for number, _ in done.wrong] == [5]
        assert rows[0] == rows[2]
        assert rows[0]["verdict"] is not None

    def test_a_row_with_a_cell_too_few_or_too_many_may_speak_of_danger(self) -> None:
        rows, _ = self.rows(self.HEADER + b"1,,yes\n2,,no,,\n3,,,\n4,,,,\n5,much,no,\n6,much,?,\n7,much,0.1,\n")
        assert [bool(row["safeguards"]) for row in rows] == [True, True, False, False, False, True, True]

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "no header"),
            (b"\n", "no header"),
            (b"\xef\xbb\xbf", "no header"),
            (b"\xff\xfei\x00d\x00\n\x00", "not UTF-8"),
            (b"id;drained\n1;yes\n", "Separate cells by commas"),
            (b"id\tdrained\n", "Separate cells by commas"),
            (b"drained,drained\n", "two columns are called `drained`"),
            (b"drained,no energy\n", "two columns are about `drained`"),
            (b"drainde\n", "Did you mean `drained`"),
            (b"xyzzy\n", "Say what to keep or to ignore"),
            (b",drained\n", "not known here"),
            (b'drained\n"yes\nno\n', "line 3 is no CSV"),
            (b'drained\n"yes"x\n', "line 2 is no CSV"),
            (b"drained\n" + b"x" * 200_000 + b"\n", "line 2 is no CSV"),
        ],
    )
    def test_what_keeps_all_rows_from_being_read_is_told(self, data: bytes, told: str) -> None:
        with pytest.raises(EvidenceError) as refused:
            converted(data, "csv")
        assert told in str(refused.value)

    def test_a_column_to_keep_must_be_there(self) -> None:
        with pytest.raises(EvidenceError, match=r"no column `nte` to keep\. Did you mean `note`"):
            self.rows(self.HEADER, keep=("nte",))

    @pytest.mark.parametrize("to", FORMATS)
    def test_what_is_kept_survives(self, to: str) -> None:
        notes = ['"', "a,b", "x\r\ny\nz", "ü漢🙂", "'", " ", "0010", "=1", "\x00", "NULL"]
        data = csv_of(
            [
                {"id": str(number), "drained": "yes", "in-danger": None, "note": note}
                for number, note in enumerate(notes)
            ]
        )
        for form in (data, b"\xef\xbb\xbf" + data, data.removesuffix(b"\r\n")):
            rows, _ = self.rows(form, to)
            assert [row["note"] for row in rows] == notes

    def test_a_column_may_be_evidence_and_kept(self) -> None:
        rows, _ = self.rows(b"drained,note\nyes,\nmuch,\n", keep=("drained",), ignore=("note",))
        assert [row["drained"] for row in rows] == ["yes", "much"]

    def test_evidence_may_be_about_conclusions(self) -> None:
        (row,) = read_back(converted(b"overwhelmed\n0.5\n", "csv").data, "jsonl")
        assert row["certainties"]["overwhelmed"] == pytest.approx(0.5)

    @given(st.binary(max_size=80))
    @example(b'"')
    @example(b"drained\n\xff\n")
    def test_nothing_makes_it_crash(self, data: bytes) -> None:
        for whole, keep in ((data, ()), (self.HEADER + data, ("note",))):
            with suppress(EvidenceError):
                read_back(converted(whole, "csv", keep=keep).data, "jsonl")


@given(st.lists(st.binary(max_size=60) | st.sampled_from([RIGHT, b'{"evidence": {"drained": ', b'"', b"true", b"}}"])))
def test_no_lines_make_it_crash(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    done = converted(data)
    assert len(read_back(done.data, "jsonl")) == done.count.rows
    assert done.count.rows == sum(1 for line in data.split(b"\n") if line and not line.isspace())


text = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["id", "note", "evidence", "perspective", "x"]), json_values), json_values)
def test_any_value_that_is_json_is_kept_or_refused(document: Any, id_: Any) -> None:
    for one in (document, {"evidence": {}, "id": id_, "note": id_}):
        (row,) = [json.loads(line) for line in converted(json.dumps(one).encode(), keep=("note",)).data.splitlines()]
        OUTCOME.validate(row)
        assert row.get("id") == one.get("id")
        assert row["kept"] == {"note": one.get("note")}


class TestParquet:
    TABLE: Mapping[str, Any] = {"id": pa.array([2**60 + 1, None, 3]), "drained": pa.array([0.5, 2.0, None])}

    def test_kept_columns_keep_their_type(self) -> None:
        kept = {
            "day": pa.array([date(2026, 1, 2), None, date(1969, 12, 31)]),
            "moment": pa.array([1, None, 10**18], pa.timestamp("ns", "UTC")),
            "price": pa.array([Decimal("1.10"), None, Decimal("-0.01")]),
            "blob": pa.array([b"\xff\x00", None, b""]),
            "nested": pa.array([[{"a": 1}], None, []]),
            "a.b": pa.array([1, 2, 3], pa.uint8()),
            "category": pa.array(["x", None, "x"]).dictionary_encode(),
        }
        done = converted(parquet_of({**self.TABLE, **kept}), "parquet", "parquet", keep=(*kept,))
        table, before = pq.read_table(io.BytesIO(done.data)), pa.table({**self.TABLE, **kept})
        for name in ("id", *kept):
            assert table.column(name).to_pylist() == before.column(name).to_pylist()
            assert table.schema.field(name).type == before.schema.field(name).type

    @pytest.mark.parametrize("to", ["jsonl", "csv"])
    def test_what_text_does_not_have_is_kept_as_text(self, to: str) -> None:
        kept = {
            "day": pa.array([date(2026, 1, 2), None, date(1969, 12, 31)]),
            "moment": pa.array([datetime(2026, 1, 2, 3, 4, 5, 678900, UTC), None, None], pa.timestamp("ns", "UTC")),
            "price": pa.array([Decimal("1.10"), None, Decimal("-0.01")]),
            "ns": pa.array([1, None, None], pa.timestamp("ns")),
        }
        done = converted(parquet_of({**self.TABLE, **kept}), "parquet", to, keep=(*kept,))
        rows = read_back(done.data, to)
        assert [row["day"] for row in rows] == ["2026-01-02", None, "1969-12-31"]
        assert [row["price"] for row in rows] == ["1.10", None, "-0.01"]
        assert rows[0]["moment"].startswith("2026-01-02 03:04:05.6789")
        assert rows[0]["ns"] == "1970-01-01 00:00:00.000000001"
        assert [str(row["id"]) for row in rows] == [str(2**60 + 1), "None", "3"]

    @pytest.mark.parametrize("to", ["jsonl", "csv"])
    def test_lists_and_objects_are_json_in_text(self, to: str) -> None:
        table = {"drained": [0.5], "nested": pa.array([[{"a": 1, "b": date(2026, 1, 2)}]]), "flag": [True]}
        (row,) = read_back(converted(parquet_of(table), "parquet", to, keep=("nested", "flag")).data, to)
        nested, flag = (json.loads(row[name]) if to == "csv" else row[name] for name in ("nested", "flag"))
        assert nested == [{"a": 1, "b": "2026-01-02"}]
        assert flag is True

    @pytest.mark.parametrize("type_", [pa.binary(), pa.large_binary(), pa.binary(2)])
    def test_bytes_are_not_kept_in_text(self, type_: pa.DataType) -> None:
        data = parquet_of({"drained": [0.5], "blob": pa.array([b"ab"], type_)})
        for to in ("jsonl", "csv"):
            with pytest.raises(EvidenceError, match=r"`blob`.*Do not keep it, or write Parquet"):
                converted(data, "parquet", to, keep=("blob",))

    def test_a_column_of_another_type_is_refused(self) -> None:
        with pytest.raises(EvidenceError, match="`drained` is of type date32"):
            converted(parquet_of({"drained": [date(2026, 1, 2)]}), "parquet")

    @pytest.mark.parametrize("data", [b"", b"PAR1", b"id,drained\n", b"PAR1" + b"x" * 100 + b"PAR1", b"\x00" * 1000])
    def test_what_is_no_parquet_is_refused(self, data: bytes) -> None:
        with pytest.raises(EvidenceError, match="no Parquet file"):
            converted(data, "parquet")

    def test_damage_anywhere_is_told_or_does_no_harm(self) -> None:
        data = parquet_of({"drained": [number / 1000 for number in range(1000)]}, compression="zstd")
        told = []
        for place in range(0, len(data), 41):
            damaged = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
            try:
                converted(damaged, "parquet")
            except EvidenceError as error:
                told.append(str(error))
        assert len(told) > 10
        assert all(re.search("no Parquet file|cannot be read", one) for one in told)
        for end in range(0, len(data), 97):
            with pytest.raises(EvidenceError):
                converted(data[:end], "parquet")

    def test_an_empty_table_gives_one_with_all_columns(self) -> None:
        data = parquet_of({"id": pa.array([], pa.string()), "drained": pa.array([], pa.float64())})
        for to in FORMATS:
            done = converted(data, "parquet", to)
            assert done.count == (0, 0)
            assert read_back(done.data, to) == []
        table = pq.read_table(io.BytesIO(converted(data, "parquet", "parquet").data))
        assert table.column_names[0] == "id"
        assert {*BASE.conclusion} < {*table.column_names}


def test_how_far_it_is_grows_to_the_end() -> None:
    for from_, data in INPUTS.items():
        seen: list[int] = []
        reader, write = FORMATS[from_][0](Settings(BASE), io.BytesIO(data)), FORMATS["csv"][1]
        convert(EVALUATOR, reader, write(BASE, io.BytesIO(), reader.kept), lambda *_: None, seen.append)
        assert seen == sorted(seen)
        assert seen[-1] == len(data)
