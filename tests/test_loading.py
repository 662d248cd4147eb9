"""A base is loaded whole or refused with every problem; what is broken is kept as data in tests/broken."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broken_base import CAR, broken_base
from hypothesis import given, settings
from hypothesis import strategies as st

import pushaway
from pushaway.knowledge.conditions import parse

TESTS = Path(__file__).parent
BROKEN = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((TESTS / "broken").glob("*.json"))}


def _problems(base: str | os.PathLike[str]) -> tuple[pushaway.Problem, ...]:
    with pytest.raises(pushaway.KnowledgeError) as caught:
        pushaway.load(base)
    problems: tuple[pushaway.Problem, ...] = caught.value.problems
    return problems


def _fits(problem: pushaway.Problem, expected: dict[str, str]) -> bool:
    return (
        problem.file == expected.get("file", problem.file)
        and problem.pointer == expected.get("pointer", problem.pointer)
        and expected["wrong"] in problem.wrong
        and expected.get("remedy", "") in problem.remedy
    )


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_base_is_told_its_defect_once_with_a_remedy(name: str, tmp_path: Path) -> None:
    broken = BROKEN[name]
    problems = _problems(broken_base(tmp_path, broken["change"]))
    told = [problem for problem in problems if _fits(problem, broken["problem"])]
    # What a defect entails may be told too, where the file says under `also` why it follows.
    allowed = [problem for problem in problems if any(_fits(problem, one) for one in broken.get("also", []))]
    assert len(told) == 1, problems
    assert not set(problems) - {*told, *allowed}
    assert all(problem.remedy.strip() for problem in problems)


def test_check_returns_the_problems_that_load_raises(tmp_path: Path) -> None:
    base = broken_base(tmp_path, BROKEN["key-missing-rule"]["change"])
    assert pushaway.check(base) == _problems(base)
    assert pushaway.check(CAR) == ()


def test_problems_of_all_files_are_told_together_and_in_order(tmp_path: Path) -> None:
    defects = ["unknown-level", "key-missing-answers", "unknown-response-of-case", "form-label-blank", "form-version"]
    changes = [change for name in defects for change in BROKEN[name]["change"]]
    problems = _problems(broken_base(tmp_path, changes))
    assert list(problems) == sorted(problems)
    assert [problem.file for problem in problems] == [
        "base.json",
        "cases.json",
        "facts/signs.json",
        "rules/causes.json",
        "scales.json",
    ]
    for name in defects:
        assert any(_fits(problem, BROKEN[name]["problem"]) for problem in problems), name


def test_the_error_prints_every_problem_on_a_line_of_its_own(tmp_path: Path) -> None:
    base = broken_base(tmp_path, BROKEN["unknown-level"]["change"])
    with pytest.raises(pushaway.KnowledgeError) as caught:
        pushaway.load(base)
    assert str(caught.value) == (
        "rules/causes.json#/rules/0/level: unknown level `plainly`. Did you mean `plain` or `likely`?"
    )


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path / "nowhere")
    assert problem.file == str(tmp_path / "nowhere")
    assert "no such file or folder" in problem.wrong


def test_a_path_in_bytes_is_told_as_text(tmp_path: Path) -> None:
    with pytest.raises(pushaway.KnowledgeError, match=r"nope: no such file or folder\."):
        pushaway.load(os.fsencode(tmp_path / "nope"))  # type: ignore[arg-type]
    assert pushaway.load(os.fsencode(CAR)).digest == pushaway.load(CAR).digest  # type: ignore[arg-type]


def test_a_file_in_place_of_a_folder_is_a_problem() -> None:
    (problem,) = _problems(CAR / "base.json")
    assert "not a folder" in problem.wrong


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path)
    assert "no JSON file" in problem.wrong


@pytest.mark.parametrize("path", ["nul\0inside", "long" * 5000], ids=["nul", "too-long"])
def test_a_path_that_no_file_can_have_is_a_problem(path: str) -> None:
    assert len(_problems(path)) == 1


def test_a_document_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    base = broken_base(tmp_path, [])
    try:
        (base / "more.json").symlink_to("nowhere.json")
    except OSError:
        pytest.skip("no symbolic links here")
    (problem,) = _problems(base)
    assert problem.file == "more.json"
    assert "cannot be read" in problem.wrong


def test_a_file_name_that_is_not_utf8_does_no_harm(tmp_path: Path) -> None:
    base = broken_base(tmp_path, [])
    try:
        (base / "cases.json").rename(os.fsdecode(os.fsencode(base) + b"/c\xe4ses.json"))
    except OSError:
        pytest.skip("this file system takes no such name")
    for problem in pushaway.check(base):
        str(problem).encode()


def test_other_files_and_folders_beside_the_documents_are_let_be(tmp_path: Path) -> None:
    base = broken_base(tmp_path, [{"file": "notes.txt", "text": "{"}])
    (base / "empty.json").mkdir()
    assert pushaway.load(base).digest == pushaway.load(CAR).digest


def test_conclusions_may_rest_on_each_other_a_thousand_layers_deep() -> None:
    car = pushaway.load(CAR)
    mechanism, rule = car.conclusion["low-charge"], car.rule["faint-lamps"]
    layers = range(1000, 0, -1)
    deep = dataclasses.replace(
        car,
        conclusions=(*(mechanism._replace(id=f"m{n}") for n in layers), *car.conclusions),
        rules=(
            *car.rules,
            *(
                rule._replace(id=f"r{n}", condition=parse(f"m{n - 1}" if n > 1 else "silent"), conclusion=f"m{n}")
                for n in layers
            ),
        ),
    )
    assert pushaway.Engine(deep).infer({}).verdict == "none"


def _works_or_is_refused(base: Path) -> None:
    problems = pushaway.check(base)
    assert all(problem.wrong and problem.remedy for problem in problems)
    if not problems:
        known = pushaway.load(base)
        assert pushaway.Engine(known).infer({}).base.digest == known.digest


DOCUMENTS = {file.relative_to(CAR).as_posix(): json.loads(file.read_bytes()) for file in sorted(CAR.rglob("*.json"))}


def _places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to everything inside a JSON value."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*way, step)
        yield from _places(inner, (*way, step))


PLACES = [(file, *way) for file, document in DOCUMENTS.items() for way in _places(document)]
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 7, 1.5, 10**200, "", " ", "x", "silent", "flat-battery", "Not An Id\n", [], ["silent"], {}]
) | st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DO = st.tuples(st.sampled_from(PLACES), st.sampled_from(["replace", "delete", "repeat"]), STRANGE)


def _mutate(documents: dict[str, Any], place: tuple[Any, ...], what: str, value: Any) -> None:
    holder: Any = documents
    *way, last = place
    for step in way:
        try:
            holder = holder[step]
        except (LookupError, TypeError):  # an earlier change took that place away
            return
    if not isinstance(holder, dict | list) or last not in (holder if isinstance(holder, dict) else range(len(holder))):
        return
    if what == "delete":
        del holder[last]
    elif what == "repeat" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[last] = value


@settings(max_examples=120)
@given(st.lists(DO, min_size=1, max_size=4))
def test_whatever_is_changed_a_base_answers_or_is_refused(changes: list[tuple[Any, str, Any]]) -> None:
    documents = copy.deepcopy(DOCUMENTS)
    for place, what, value in changes:
        _mutate(documents, place, what, value)
    with tempfile.TemporaryDirectory() as folder:
        for file, document in documents.items():
            path = Path(folder, file)
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(document), encoding="utf-8")
        _works_or_is_refused(Path(folder))
