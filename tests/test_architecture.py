"""The rules of the house: who may import what, who may print, and how long a file may be."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Process

import pushaway

BELOW = {"pushaway.knowledge": 0, "pushaway.engine": 1, "pushaway.cli": 2, "pushaway": 3}
"""Every room and how high it stands: it may import itself and what stands below it."""


def _sources(room: str) -> list[Path]:
    """Return the Python files of an installed room; of the public face, those beside the rooms only."""
    found = importlib.util.find_spec(room)
    folders = [Path(folder) for folder in (found.submodule_search_locations or [])] if found else []
    pattern = "*.py" if room == "pushaway" else "**/*.py"
    return sorted(file for folder in folders for file in folder.glob(pattern))


FILES = [(room, file) for room in BELOW for file in _sources(room)]
every_file = pytest.mark.parametrize(("room", "file"), FILES, ids=[f"{room}/{file.name}" for room, file in FILES])


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _package(room: str, file: Path) -> str:
    """Return the package that a file of a room stands in: the room, or a package inside it."""
    folder = next(folder for folder in file.parents if folder.name == room.rpartition(".")[2] or room == "pushaway")
    return ".".join([room, *file.parent.relative_to(folder).parts])


def _imports(package: str, tree: ast.Module) -> Iterator[str]:
    """Yield the full names of all that a file in a package imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{module}.{one.name}" for one in node.names)


def _room_of(module: str) -> str | None:
    """Return the room that a name is in, None for what is not ours; what is in no other room is in the face."""
    if module.split(".", maxsplit=1)[0] != "pushaway":
        return None
    return next((room for room in BELOW if room != "pushaway" and f"{module}.".startswith(f"{room}.")), "pushaway")


def test_the_rooms_are_found() -> None:
    rooms = {room for room, _ in FILES}
    assert {"pushaway", "pushaway.knowledge", "pushaway.engine"} <= rooms
    assert {file.name for room, file in FILES if room == "pushaway.engine"} >= {"experta_door.py", "shell.py"}
    assert {_package(room, file) for room, file in FILES} >= {"pushaway.engine.audit", "pushaway.knowledge.audit"}


@every_file
def test_imports_point_one_way(room: str, file: Path) -> None:
    for module in _imports(_package(room, file), _tree(file)):
        other = _room_of(module)
        assert other is None or BELOW[other] <= BELOW[room], f"{file.name} imports {module}"


@every_file
def test_one_door_to_experta(room: str, file: Path) -> None:
    imports_it = any(module.split(".")[0] == "experta" for module in _imports(_package(room, file), _tree(file)))
    assert imports_it == (file.name == "experta_door.py")


@every_file
def test_only_the_command_line_talks(room: str, file: Path) -> None:
    if room == "pushaway.cli":
        return
    tree = _tree(file)
    assert not [module for module in _imports(_package(room, file), tree) if module.split(".")[0] == "click"]
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not [one for one in called if isinstance(one, ast.Name) and one.id in ("print", "input")]


@every_file
def test_files_are_of_a_persons_size(room: str, file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_public_face_holds_no_logic() -> None:
    docstring, *rest = _tree(Path(str(pushaway.__file__))).body
    assert isinstance(docstring, ast.Expr)
    *rest, later = rest
    assert isinstance(later, ast.Assign), "what is imported when first used stands last"
    assert ast.unparse(later).startswith("__getattr__, __dir__ = on_use(__name__, {")
    for statement in rest:
        is_all = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
        for_types = isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"
        assert is_all or for_types or isinstance(statement, ast.ImportFrom), ast.unparse(statement)


def test_a_single_answer_does_not_pay_for_interviews_and_explanations(fresh_process: Process) -> None:
    code = "import pushaway, sys; pushaway.infer({'withdrawn': True}); print(*sys.modules)"
    loaded = fresh_process(code).split()
    assert "pushaway.engine.answering" in loaded
    assert not {"pushaway.engine.consultation", "pushaway.engine.explaining", "jsonschema", "click"} & {*loaded}


def test_what_is_listed_of_a_package_is_what_it_is_for() -> None:
    for package in (pushaway, pushaway.knowledge, pushaway.engine):
        shown = dir(package)
        assert {"__doc__", "__file__", *package.__all__} <= {*shown}
        assert {name for name in shown if not name.startswith("__")} == {*package.__all__} - {"__version__"}


def test_the_public_face_refuses_what_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match="Consultancy"):
        pushaway.Consultancy  # noqa: B018 # looking is the test


def test_the_public_face_gives_what_it_names() -> None:
    assert sorted(pushaway.__all__) == list(pushaway.__all__)
    for name in pushaway.__all__:
        assert getattr(pushaway, name).__doc__, name


@pytest.mark.parametrize("room", BELOW)
def test_a_room_shows_all_that_it_names_and_keeps_what_was_used(room: str, fresh_process: Process) -> None:
    code = f"""
import {room} as room
print({{*room.__all__}} <= {{*dir(room)}})
used = [getattr(room, name) for name in room.__all__]
print(used == [vars(room)[name] for name in room.__all__])
"""
    assert fresh_process(code).split() == ["True", "True"]
