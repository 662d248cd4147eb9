"""Tables of many cases: Arrow, pandas and Polars, and batches for engines that run elsewhere."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import strategies
from same_outcomes import drawn_cases, expected

import pushaway
from pushaway import EvidenceError
from pushaway.engine.batch.many import AT_A_TIME
from pushaway.knowledge.building import build

BASE = pushaway.load()
ENGINE = pushaway.Engine(BASE)
NAMES = [*BASE.fact, *BASE.conclusion]
CASES = [*drawn_cases(BASE, 200)]


def told_by(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row of a result tells, as a record does."""
    row = dict(row)
    assert row.pop("base") == f"{BASE.id} {BASE.version}"
    row["certainties"] = {id: row.pop(id) for id in BASE.conclusion}
    return row


def columns(cases: list[Any]) -> dict[str, list[float | None]]:
    return {
        id: [None if (one := told.get(id)) is None else -1.0 if one is False else float(one) for told, _ in cases]
        for id in NAMES
    }


def with_perspective() -> dict[str, Any]:
    return {"perspective": [perspective for _, perspective in CASES], **columns(CASES)}


def test_a_table_comes_to_what_single_inferences_come_to() -> None:
    found = pushaway.infer_table(pa.table(with_perspective())).to_pylist()
    for row, (evidence, perspective) in zip(found, CASES, strict=True):
        wanted = json.loads(json.dumps(expected(ENGINE.trace(evidence, perspective=perspective))._asdict()))
        wanted["withheld"] = [{"id": id, "because": because} for id, because in wanted["withheld"]]
        told = told_by(row)
        assert told.pop("error") is None
        assert told.pop("certainties") == pytest.approx(wanted.pop("certainties"), abs=1e-9)
        assert told == wanted


KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "arrow": pa.table,
    "pandas": pd.DataFrame,
    "pandas-nullable": lambda table: pd.DataFrame(table).convert_dtypes(),
    "pandas-arrow": lambda table: pd.DataFrame(table).convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame,
}


def rows_of(table: Any) -> list[dict[str, Any]]:
    if isinstance(table, pd.DataFrame):
        return pa.Table.from_pandas(table, preserve_index=False).to_pylist()
    return table.to_dicts() if isinstance(table, pl.DataFrame) else table.to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_and_its_own_kind(kind: str) -> None:
    wanted = pushaway.infer_table(pa.table(with_perspective()))
    table = KINDS[kind](with_perspective())
    found = pushaway.infer_table(table)
    assert type(found) is type(table)
    assert [one | {"error": None} for one in rows_of(found)] == wanted.to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_true_and_false_and_missing_in_every_kind_of_table(kind: str) -> None:
    table = KINDS[kind]({"drained": [True, False, True], "stressed": [0.5, None, 1.0], "sad": [1, 0, -1]})
    rows = rows_of(pushaway.infer_table(table, perspective="self"))
    told = [
        {"drained": True, "stressed": 0.5, "sad": 1},
        {"drained": False},
        {"drained": True, "stressed": 1, "sad": -1},
    ]
    for row, one in zip(rows, pushaway.infer_many(told, perspective="self"), strict=True):  # type: ignore[arg-type]
        assert row["perspective"] == "self"
        assert {id: row[id] for id in BASE.conclusion} == one.certainties
        assert tuple(row["rules"]) == one.rules


def test_a_frame_of_pandas_keeps_its_index_so_that_it_can_be_joined() -> None:
    frame = pd.DataFrame({"drained": [0.0, 1.0, np.nan, 0.9]}, index=[7, 5, 6, 8])
    some = frame[frame["drained"] != 0.0]
    joined = some.join(pushaway.infer_table(some))
    assert [*joined.index] == [5, 6, 8]
    assert [*joined["verdict"]] == ["one", "none", "one"]
    named = pd.DataFrame({"drained": [1.0]}, index=pd.MultiIndex.from_tuples([("a", 1)], names=["who", "when"]))
    assert pushaway.infer_table(named).index.equals(named.index)


NUMBERS: list[tuple[str, pa.Array]] = [
    ("booleans", pa.array([True, False, None, False])),
    ("int8", pa.array([1, -1, None, -1], pa.int8())),
    ("int64", pa.array([1, -1, 0, -1], pa.int64())),
    ("float16", pa.array(np.array([1, -1, 0, -1], np.float16))),
    ("float32", pa.array([1, -1, math.nan, -1], pa.float32())),
    ("float64", pa.array([1, -1, None, -1], pa.float64())),
    ("text", pa.array(["yes", "no", None, "-1"])),
    ("large text", pa.array([" TRUE ", "false", "", "-1.0"], pa.large_string())),
    ("dictionary of text", pa.array(["yes", "no", None, "no"]).dictionary_encode()),
    ("decimals", pa.array([Decimal("1.0"), Decimal("-1.0"), None, Decimal("-1.0")])),
    ("dictionary of large text", pa.array(["yes", "no", "  ", "no"], pa.large_string()).dictionary_encode()),
    ("dictionary of numbers", pa.array([1.0, -1.0, None, -1.0]).dictionary_encode()),
    ("chunks", pa.chunked_array([[1.0], [], [-1.0, None], [-1.0]])),
    ("a slice", pa.array([0.3, 1, -1, None, -1, 5]).slice(1, 4)),
    ("a slice of booleans", pa.array([True, True, False, None, False, True]).slice(1, 4)),
    ("a slice of a dictionary", pa.array(["much", "yes", "no", None, "no", "x"]).dictionary_encode().slice(1, 4)),
]


@pytest.mark.parametrize("column", [one for _, one in NUMBERS], ids=[name for name, _ in NUMBERS])
def test_columns_of_every_type_that_says_it(column: Any) -> None:
    wanted = pushaway.infer_table(pa.table({"drained": [1.0, -1.0, None, -1.0]}))
    assert pushaway.infer_table(pa.table({"drained": column})).equals(wanted)


def test_decimals_are_taken_as_they_are_written() -> None:
    """Spark's 0.6 is one, and Arrow makes 0.6000000000000001 of it."""
    numbers = [0.6, 0.3, None, 1.5]
    decimals = pa.array([one if one is None else Decimal(str(one)) for one in numbers])
    assert pa.types.is_decimal(decimals.type)
    wanted = pushaway.infer_table(pa.table({"drained": numbers}), strict=False)
    found = pushaway.infer_table(pa.table({"drained": decimals}), strict=False)
    assert found.drop_columns("error").equals(wanted.drop_columns("error"))
    assert ["not in the range" in (why or "") for why in found.column("error").to_pylist()] == [False] * 3 + [True]


def test_a_column_without_values_is_not_known() -> None:
    wanted = pushaway.infer_table(pa.table({"drained": [0.0, 0.0]}))
    assert pushaway.infer_table(pa.table({"drained": pa.nulls(2)})).equals(wanted)
    assert pushaway.infer_table(pa.table({"drained": pa.array(["", None])})).equals(wanted)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([date(2026, 1, 1)]),
        pa.array([1], pa.timestamp("ns")),
        pa.array([1], pa.duration("s")),
        pa.array([b"yes"]),
        pa.array([[1.0]]),
        pa.array([{"a": 1.0}]),
        pa.array([date(2026, 1, 1)]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_a_column_of_another_type_is_refused(column: Any) -> None:
    for strict in (True, False):
        with pytest.raises(EvidenceError, match=r"`drained` is of type .* Give certainties from -1 to 1"):
            pushaway.infer_table(pa.table({"drained": column}), strict=strict)


WRONG: list[tuple[str, pa.Array, str]] = [
    ("out of range", pa.array([0.5, 1.5, 0.5]), "not in the range"),
    ("infinite", pa.array([0.5, -math.inf, 0.5]), "not in the range"),
    ("beyond 53 bits", pa.array([0, 2**60 + 1, 0]), "not in the range"),
    ("beyond 63 bits", pa.array([0, 2**64 - 1, 0], pa.uint64()), "not in the range"),
    ("text", pa.array(["0.5", "much", "0.5"]), "was given `much`"),
    ("text that says too much", pa.array(["0.5", "5", "0.5"]), "not in the range"),
    ("text that is NaN", pa.array(["0.5", "nan", "0.5"]), "not in the range"),
]


@pytest.mark.parametrize("column", [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_a_wrong_row_stops_only_where_that_is_wanted(column: tuple[pa.Array, str]) -> None:
    values, told = column
    table = pa.table({"id": [1, 2, 3], "drained": values})
    with pytest.raises(EvidenceError) as refused:
        pushaway.infer_table(table)
    assert str(refused.value).startswith("row 2: ")
    assert told in str(refused.value)
    found = pushaway.infer_table(table, strict=False)
    first, wrong, last = found.to_pylist()
    assert told in wrong["error"]
    assert {name for name, value in wrong.items() if value is not None} == {"id", "safeguards", "base", "error"}
    assert wrong["safeguards"] == []
    assert first | {"id": 3} == last
    right = pushaway.infer_table(table.slice(0, 1))
    assert found.slice(0, 1).equals(right)


@pytest.mark.parametrize("wrong", [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2], []])
def test_nothing_of_a_wrong_row_gets_into_the_rows_beside_it(wrong: list[int]) -> None:
    """It says enough for safeguards, advice, reasons to withhold it and much beyond the source, and one thing wrong."""
    much = dict.fromkeys(BASE.fact, 1.0) | {"drained": 5.0}
    rows = [much if row in wrong else {"drained": 0.9, "bereaved": 0.9} for row in range(3)]
    found = pushaway.infer_table(pa.table({id: [row.get(id) for row in rows] for id in much}), strict=False).to_pylist()
    (right,) = pushaway.infer_table(pa.table({"drained": [0.9], "bereaved": [0.9]})).to_pylist()
    assert right["beyond"] == ["bereaved"]
    for row, one in enumerate(found):
        if row not in wrong:
            assert one == right
        else:
            told = {name for name, value in one.items() if value is not None}
            assert told == {"safeguards", "base", "error"}
            assert one["safeguards"] == [safeguard.id for safeguard in BASE.safeguards]


def test_all_that_is_wrong_with_a_row_is_told() -> None:
    table = pa.table({"drained": ["much", "no"], "sad": [3.0, 0.1], "perspective": ["slef", "self"]})
    (row, _) = pushaway.infer_table(table, strict=False).to_pylist()
    assert all(
        part in row["error"] for part in ("`drained` was given", "`sad` is not in the range", "Did you mean `self`")
    )


@pytest.mark.parametrize("perspective", [5, 0.5, True, date(2026, 1, 1), ["self"], b"self", " self"])
def test_a_perspective_that_is_none_is_wrong_in_its_row(perspective: Any) -> None:
    table = pa.table({"drained": [True, True], "perspective": pa.array([perspective, None])})
    wrong, right = pushaway.infer_table(table, strict=False).to_pylist()
    assert "unknown perspective" in wrong["error"]
    assert right["error"] is None


def test_perspectives_of_rows_and_of_all() -> None:
    table = pa.table(
        {"perspective": pa.array(["self", None, "", "observer"]).dictionary_encode(), "drained": [True] * 4}
    )
    assert pushaway.infer_table(table, perspective="self").column("perspective").to_pylist() == ["self"] * 3 + [
        "observer"
    ]
    assert pushaway.infer_table(table, ignore=["perspective"]).column("perspective").to_pylist() == ["observer"] * 4
    with pytest.raises(EvidenceError, match="Did you mean `self`"):
        pushaway.infer_table(table, perspective="slef")


def test_columns_go_by_every_name_and_others_must_be_kept_or_ignored() -> None:
    wanted = pushaway.infer_table(pa.table({"drained": [1.0]}))
    for name in ("No energy", "DRAINED", "drained "):
        assert pushaway.infer_table(pa.table({name: [1.0]})).equals(wanted)
    table = pa.table({"note": ["x"], "drained": [1.0], "id": [7], "when": [date(2026, 1, 1)]})
    with pytest.raises(EvidenceError, match=r"the column `note` is not known here.* Say what to keep or to ignore"):
        pushaway.infer_table(table)
    found = pushaway.infer_table(table, keep=["when"], ignore=["note"])
    assert found.column_names == ["id", "when", *wanted.column_names]
    assert found.drop_columns(["id", "when"]).equals(wanted)
    assert found.schema.field("when").type == pa.date32()


@pytest.mark.parametrize(
    ("names", "keep", "told"),
    [
        (["drained", "drained"], [], "two columns are called `drained`"),
        (["drained", "no energy"], [], "two columns are about `drained`"),
        (["drained"], ["note"], "no column `note` to keep. There are: `drained`"),
        (["drained", "nte"], ["note"], "Did you mean `nte`"),
        (["verdict"], ["verdict"], "`verdict` of its own"),
        (["error"], ["error"], "`error` of its own"),
        (["overwhelmed"], ["overwhelmed"], "`overwhelmed` of its own"),
        (["error"], [], "not known here"),
    ],
)
def test_columns_that_collide_or_are_not_there(names: list[str], keep: list[str], told: str) -> None:
    table = pa.Table.from_arrays([pa.array([0.5])] * len(names), names)
    with pytest.raises(EvidenceError) as refused:
        pushaway.infer_table(table, keep=keep)
    assert told in str(refused.value)
    with pytest.raises(EvidenceError):
        ENGINE.outcome_schema(table.schema, keep=keep)


@pytest.mark.parametrize("id", ["verdict", "rules", "error", "id", "perspective"])
def test_a_base_whose_conclusions_have_names_of_the_result_has_no_tables(id: str) -> None:
    base = build(strategies.small_base([("seen", id, 0.5)], ["seen"], causes=[id]).documents)
    engine = pushaway.Engine(base)
    with pytest.raises(EvidenceError, match=f"`{id}` of its own"):
        engine.infer_table(pa.table({"seen": [1.0]}))
    assert [one.certainties[id] for one in engine.infer_many([{"seen": True}])] == [0.5]


@pytest.mark.parametrize("base", ["no responses", "no safeguards"])
def test_bases_without_some_parts_have_tables(base: str) -> None:
    engine = pushaway.Engine(build(strategies.small_base([("seen", "cause", 0.5)], ["seen"]).documents))
    (row,) = engine.infer_table(pa.table({"seen": [1.0]})).to_pylist()
    assert row["rules"] == ["rule-0"]
    assert row["responses"] == row["safeguards"] == row["withheld"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_without_rows_gives_one_with_all_columns(kind: str) -> None:
    table = KINDS[kind]({"id": ["x"], "drained": [0.5]})
    empty = table[:0] if kind != "arrow" else table.slice(0, 0)
    found = pushaway.infer_table(empty)
    assert len(found) == 0
    assert [*(found.columns if kind != "arrow" else found.column_names)] == ["id", *_names()]


def _names() -> list[str]:
    return ENGINE.outcome_schema(pa.schema([])).names


class TestBatches:
    def test_they_have_exactly_the_schema_that_is_told(self) -> None:
        fields = [
            pa.field("id", pa.int64(), nullable=False),
            pa.field("note", pa.dictionary(pa.int8(), pa.string())),
            ("drained", pa.float32()),
        ]
        of = pa.schema(fields, metadata={"mine": "yes"})
        batches = [
            pa.record_batch(
                [
                    pa.array([1, 2]),
                    pa.array(["x", None]).dictionary_encode().cast(of.field("note").type),
                    pa.array([0.5, 9], pa.float32()),
                ],
                of,
            ),
            pa.record_batch([pa.array([], one.type) for one in of], of),
            pa.record_batch(
                [pa.array([3]), pa.array([None], of.field("note").type), pa.array([None], pa.float32())], of
            ),
        ]
        wanted = ENGINE.outcome_schema(of, keep=["note"])
        found = [*ENGINE.infer_batches(iter(batches), keep=["note"])]
        assert [one.num_rows for one in found] == [2, 1]
        for one in found:
            one.validate(full=True)
            assert one.schema.equals(wanted, check_metadata=True)
        assert [id for one in found for id in one.column("id").to_pylist()] == [1, 2, 3]
        told = {key.decode(): value.decode() for key, value in wanted.metadata.items()}
        assert told == {
            "pushaway.base": BASE.id,
            "pushaway.version": BASE.version,
            "pushaway.digest": BASE.digest,
            "pushaway.notice": BASE.notice,
        }
        assert wanted.field("id") == of.field("id")

    def test_large_batches_come_in_parts_of_bounded_size(self) -> None:
        numbers = [(row % 5) / 5 for row in range(2 * AT_A_TIME + 1)]
        batch = pa.record_batch({"id": [*range(len(numbers))], "drained": numbers})
        found = [*ENGINE.infer_batches([batch])]
        assert [one.num_rows for one in found] == [AT_A_TIME, AT_A_TIME, 1]
        together = pa.Table.from_batches(found)
        assert together.column("id").to_pylist() == [*range(len(numbers))]
        assert together.equals(pushaway.infer_table(pa.table(batch.to_pydict())))

    def test_they_are_taken_one_after_the_other(self) -> None:
        taken = []

        def endless() -> Any:
            while True:
                taken.append(None)
                yield pa.record_batch({"drained": [0.5]})

        found = ENGINE.infer_batches(endless())
        assert not taken
        assert next(found).equals(next(found))
        assert len(taken) == 2

    def test_wrong_rows_have_an_error_and_wrong_columns_are_refused(self) -> None:
        (found,) = ENGINE.infer_batches([pa.record_batch({"drained": [5.0]})])
        assert "not in the range" in found.column("error")[0].as_py()
        with pytest.raises(EvidenceError, match="Did you mean `drained`"):
            next(ENGINE.infer_batches([pa.record_batch({"drainde": [0.5]})]))


@pytest.mark.parametrize(
    "column",
    [[True, 0.5, None], ["yes", 0.5, None], [True, "no", None]],
    ids=["true and numbers", "text and numbers", "true and text"],
)
def test_a_mixed_column_of_pandas_is_refused_and_not_guessed_at(column: list[Any]) -> None:
    with pytest.raises(EvidenceError, match="one type in a column"):
        pushaway.infer_table(pd.DataFrame({"drained": pd.Series(column, dtype=object)}))


@pytest.mark.parametrize("table", [5, "drained", [1.0], {"drained": [1.0]}, None])
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(TypeError):
        pushaway.infer_table(table)


def test_the_table_that_is_given_is_left_as_it_was() -> None:
    frame = pd.DataFrame({"drained": [5.0, np.nan], "sad": ["much", None]})
    before = frame.copy(deep=True)
    pushaway.infer_table(frame, strict=False)
    pd.testing.assert_frame_equal(frame, before)


def test_every_column_that_is_not_known_is_named_at_once() -> None:
    table = pa.table({"witdrawn": [1.0], "irritabel": [1.0], "mood": ["x"], "drained": [1.0]})
    with pytest.raises(EvidenceError) as raised:
        pushaway.infer_table(table)
    for name in ("witdrawn", "irritabel", "mood"):
        assert f"`{name}` is not known" in str(raised.value)
    assert "drained" not in str(raised.value)
    with pytest.raises(EvidenceError, match=r"no column `moood` to ignore\. Did you mean `mood`"):
        pushaway.infer_table(table, ignore=["moood", "witdrawn", "irritabel"])
    kept = pushaway.infer_table(table, keep="mood", ignore=["witdrawn", "irritabel"])
    assert kept.column("mood").to_pylist() == ["x"]


def test_a_column_of_several_types_is_named() -> None:
    with pytest.raises(EvidenceError, match="the column `drained` has values of several types"):
        pushaway.infer_table(pd.DataFrame({"withdrawn": [1.0, 0.5], "drained": ["yes", 0.5]}))
