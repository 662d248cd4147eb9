"""The fields of the JSON formats as Markdown tables, from the schemas' own descriptions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referencing import Registry, Resource

import pushaway

if TYPE_CHECKING:
    from referencing._core import Resolver

_TABLE = re.compile(r"^<!-- fields: (?P<schema>[\w-]+) -->\n.*?^<!-- /fields -->$", re.M | re.S)
_HEAD = "| field | type | what it is |\n|---|---|---|\n"


def with_tables(page: str) -> str:
    """Return a page with a table after each ``<!-- fields: answer -->``, in place of what stood before its end."""
    return _TABLE.sub(lambda found: _tables(found["schema"]), page)


def _tables(name: str) -> str:
    """Return the table of a schema, and one for each part of it that has a name."""
    schema = pushaway.schema(name)
    resource = Resource.from_contents(schema)
    registry: Registry[Any] = Registry().with_resource("", resource).with_resource(schema["$id"], resource).crawl()
    resolver = registry.resolver(schema["$id"])
    named: list[str] = []
    tables = [_HEAD + "".join(_rows(schema, resolver, named, ""))]
    for part in named:  # which grows on the way
        found = resolver.lookup(f"#/$defs/{part}")
        tables.append(f"Each *{part}*:\n\n{_HEAD}{''.join(_rows(found.contents, found.resolver, named, ''))}")
    return f"<!-- fields: {name} -->\n\n" + "\n".join(tables) + "\n<!-- /fields -->"


def _rows(part: dict[str, Any], resolver: Resolver[Any], named: list[str], path: str) -> Iterator[str]:
    for key, given in part.get("properties", {}).items():
        here = f"{path}{key}"
        one, at = _resolved(given, resolver)
        inner, inner_at = _resolved(one["items"], at) if isinstance(one.get("items"), dict) else ({}, at)
        kind = _kind(one)
        name = _name(given) if "properties" in one else _name(one.get("items")) if "properties" in inner else None
        if name:
            named += [name] if name not in named else []
            kind = f"*{name}*" if "properties" in one else f"list of *{name}*"
        elif kind == "list" and "type" in inner and "properties" not in inner:
            kind = f"list of {_kind(inner)}"
        kind += "" if key in part.get("required", ()) else ", optional"
        yield f"| `{here}` | {kind} | {_about(one)} |\n"
        if not name:
            yield from _rows(one, at, named, f"{here}.")
            yield from _rows(inner, inner_at, named, f"{here}[].")


def _resolved(part: dict[str, Any], resolver: Resolver[Any]) -> tuple[dict[str, Any], Resolver[Any]]:
    """Return a part with what it refers to, and where that stands; what it says itself counts more."""
    if "$ref" not in part:
        return part, resolver
    found = resolver.lookup(part["$ref"])
    target, at = _resolved(found.contents, found.resolver)
    return {**target, **{key: one for key, one in part.items() if key != "$ref"}}, at


def _name(part: Any) -> str | None:
    """Return the name of a part of the same schema that has fields of its own and is referred to."""
    reference = part.get("$ref", "") if isinstance(part, dict) else ""
    return reference.removeprefix("#/$defs/") if reference.startswith("#/$defs/") else None


def _kind(one: dict[str, Any]) -> str:
    if "const" in one:
        return f"`{json.dumps(one['const'])}`"
    if "enum" in one:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in one["enum"])
    kind = one.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else "list" if kind == "array" else str(kind)


def _about(one: dict[str, Any]) -> str:
    return str(one.get("description", "")).replace("|", "\\|")
