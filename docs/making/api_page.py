"""The page of the Python API, from the docstrings and signatures as they stand in the source.

griffe reads the source and does not run it, so the page is the same on every version of Python.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import griffe

_OPENING = """\
# The Python API

<!-- Made from the docstrings by `python docs/making`. Do not edit it by hand. -->

`import pushaway` gives the names of the first three parts: functions, classes and errors. Below them stand the types
and records that these take and give. You read their fields and need not make them yourself, so where they are
imported from is not fixed. [What is promised](versions.md) of all this has a page of its own. Everything is frozen:
what would change something gives you a new one.
"""
WIDTH = 100
_ROLE = re.compile(r":(?:class|func|meth|attr|exc):`(?:~)?([\w.]+)`")


def api_page(root: Path) -> str:
    """Return the page, as Markdown, for the package in a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        package = _loaded(root, Path(folder))
        public = [str(name).strip("'") for name in package.exports or () if str(name).strip("'") != "__version__"]
        objects = {name: _target(package[name]) for name in public}
        return _page(objects, package)


def _loaded(root: Path, folder: Path) -> griffe.Module:
    """Return the package, read in the folders in which it is installed: in a checkout they stand elsewhere."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    for package, room in project["tool"]["setuptools"]["package-dir"].items():
        place = folder.joinpath(*package.split("."))
        place.mkdir(parents=True, exist_ok=True)
        for file in (root / room).glob("*.py"):
            shutil.copy(file, place)
    found = griffe.load("pushaway", search_paths=[folder], try_relative_path=False)
    if not isinstance(found, griffe.Module):
        raise TypeError("pushaway is not a module")
    return found


def _target(found: griffe.Object | griffe.Alias) -> griffe.Object:
    return found.final_target if isinstance(found, griffe.Alias) else found


def _page(objects: dict[str, griffe.Object], package: griffe.Module) -> str:
    errors = {name: one for name, one in objects.items() if name.endswith("Error")}
    functions = {name: one for name, one in objects.items() if one.is_function}
    classes = {name: one for name, one in objects.items() if one.is_class and name not in errors}
    records = _reachable(objects.values(), package)
    linked = {one.name for one in (*objects.values(), *records)}
    parts = {
        "Functions": functions.values(),
        "Classes": classes.values(),
        "Errors": errors.values(),
        "Types": (one for one in records if one.is_attribute),
        "Records": (one for one in records if one.is_class),
    }
    sections = [_OPENING]
    for title, some in parts.items():
        told = [_described(one, linked) for one in sorted(some, key=lambda one: one.name.casefold())]
        sections += [f"## {title}\n", *told]
    return "\n".join(sections)


def _reachable(public: Iterable[griffe.Object], package: griffe.Module) -> list[griffe.Object]:
    """Return what the types of public names lead to, from one to the next."""
    reached = {one.path: one for one in public}
    known = set(reached)
    waiting = list(reached.values())
    for one in waiting:  # which grows on the way
        for path in _mentioned(one):
            if path.startswith("pushaway.") and path not in reached:
                found = _target(package[path.removeprefix("pushaway.")])
                reached[path] = reached[found.path] = found
                waiting.append(found)
    return list(
        {one.path: one for path, one in reached.items() if path not in known and one.path not in known}.values()
    )


def _mentioned(one: griffe.Object) -> Iterator[str]:
    """Yield the full names in the signature of a function, in the fields of a class, or in what a type stands for."""
    told: list[str | griffe.Expr | None] = []
    if isinstance(one, griffe.Function):
        told += [one.returns, *(parameter.annotation for parameter in one.parameters)]
    elif isinstance(one, griffe.Attribute):
        told += [one.value if _is_alias(one) else _annotation(one)]
    elif isinstance(one, griffe.Class):
        told += one.bases
        for member in _members(one):
            yield from _mentioned(member)
    for expression in told:
        if isinstance(expression, griffe.Expr):
            yield from (
                name.canonical_path for name in expression.iterate(flat=True) if isinstance(name, griffe.ExprName)
            )


def _is_alias(one: griffe.Attribute) -> bool:
    """Tell whether this is a name for a type, such as ``Reply``."""
    return isinstance(one.parent, griffe.Module)


def _members(one: griffe.Class) -> list[griffe.Object]:
    return [_target(member) for name, member in one.members.items() if not name.startswith("_")]


def _described(one: griffe.Object, linked: set[str]) -> str:
    heading = f"### {one.name}\n"
    if isinstance(one, griffe.Function):
        return f"{heading}\n{_signature(one, one.name)}\n{_prose(one, linked)}"
    if isinstance(one, griffe.Attribute):
        return (
            f"{heading}\n```python\n{one.name} = {_quoted(one.value)}\n```\n\n{_prose(one, linked)}".rstrip("\n") + "\n"
        )
    if not isinstance(one, griffe.Class):
        raise TypeError(f"{one.path} is none of what the page can show")
    bases = [str(base) for base in one.bases if str(base) not in ("NamedTuple", "Frozen")]
    members = _members(one)
    parts = [
        heading,
        f"A kind of {', '.join(f'`{base}`' for base in bases)}.\n" if bases else "",
        _prose(one, linked),
        _constructor(one),
        "\n".join(_field(member, linked) for member in members if _is_field(member)),
    ]
    parts += [
        f"{_signature(member, f'{one.name}.{member.name}')}\n{_prose(member, linked)}"
        for member in members
        if isinstance(member, griffe.Function) and not _is_field(member)
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _constructor(one: griffe.Class) -> str:
    """Return how one is made, for what whoever uses the package can make: all is then left to choose."""
    made = one.members.get("__init__")
    if not isinstance(made, griffe.Function) or any(given.default is None for given in [*made.parameters][1:]):
        return ""
    return _signature(made, one.name)


def _signature(function: griffe.Function, name: str) -> str:
    """Return a signature in a block of code, a parameter on each line where it is long."""
    whole = _quoted(function.signature(name=name))
    if len(whole) > WIDTH:
        inside, _, after = whole.removeprefix(f"{name}(").rpartition(") -> ")
        lines = "".join(f"    {one},\n" for one in _split(inside))
        whole = f"{name}(\n{lines}) -> {after}"
    marked = "@classmethod\n" if "classmethod" in function.labels else ""
    return f"```python\n{marked}{whole}\n```\n"


def _quoted(code: object) -> str:
    """Return code with the quotes that ruff's formatter gives it: it looks into pages, too."""
    return str(code).replace("'", '"')


def _split(parameters: str) -> list[str]:
    """Return parameters one by one: a comma inside brackets parts none."""
    found, depth = [""], 0
    for letter in parameters:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def _is_field(one: griffe.Object) -> bool:
    """Tell whether this is read and not called: griffe itself knows no other cached property than that of functools."""
    if isinstance(one, griffe.Function):
        return any(decorator.callable_path.endswith(".cached_property") for decorator in one.decorators)
    return isinstance(one, griffe.Attribute)


def _annotation(one: griffe.Object) -> str | griffe.Expr | None:
    """Return the type of what is read: of a field that is worked out later, what it then gives."""
    annotation = one.annotation if isinstance(one, griffe.Attribute | griffe.Function) else None
    if isinstance(annotation, griffe.ExprSubscript) and annotation.canonical_path == "pushaway.knowledge.later.Later":
        return annotation.slice
    return annotation


def _field(one: griffe.Object, linked: set[str]) -> str:
    annotation = _annotation(one)
    kind = f": `{annotation}`" if annotation else ""
    about = f": {_text(one.docstring.value, linked)}" if one.docstring else ""
    return " ".join(f"- `{one.name}`{kind}{about}".split())


def _prose(one: griffe.Object, linked: set[str]) -> str:
    return _text(one.docstring.value, linked) + "\n" if one.docstring else ""


def _text(docstring: str, linked: set[str]) -> str:
    """Return a docstring as Markdown: roles become links where the page has what they name."""

    def link(found: re.Match[str]) -> str:
        name = found[1].removeprefix("pushaway.")
        first = name.partition(".")[0]
        return f"[`{name}`](#{first.lower()})" if first in linked else f"`{name}`"

    return _ROLE.sub(link, docstring).replace("``", "`")
