"""Names of a package that are imported when they are first used (PEP 562), so that each use pays for its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def on_use(
    package: str, names: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], Iterable[str]]]:
    """Return a package's ``__getattr__`` and ``__dir__``.

    ``names`` are those that each module gives to the package, by the module's name relative to it.
    """
    where = {name: module for module, its in names.items() for name in its}

    def imported(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(where[name], package), name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> Iterable[str]:
        package_has = vars(sys.modules[package])
        return {*package_has["__all__"], *(name for name in package_has if name.startswith("__"))}

    return imported, listed
