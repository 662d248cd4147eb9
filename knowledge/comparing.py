"""What changed in the words and the form of a base: its documents, item by item, without any reasoning.

Items are matched by their id within their kind, so that moving one to another file is no change. Kinds and
keys are taken as they come: a new kind of document is compared without a word here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .problems import pointer

Documents = Mapping[str, Any]

ORDERED = (
    "base/perspectives",
    "conclusions/causes",
    "conclusions/mechanisms",
    "responses",
    "safeguards",
    "safeguards/helplines",
    "scales/answers",
)
"""The tables whose order says something: it breaks ties, or is the order in which people read them."""

SAFEGUARDS = ("safeguards", "safeguards/helplines", "charter/requirements")
"""The tables that come first: what keeps people safe."""

_INHERITED = ("of",)
"""What a document says of each of its items: of which kind its facts are."""


class Field(NamedTuple):
    """One value that changed. ``at`` is a JSON Pointer into the item; None stands for no value.

    ``old`` and ``new`` are JSON texts, keys in order, so that nobody can change them and true is not 1.
    """

    at: str
    old: str | None
    new: str | None


class Whole(NamedTuple):
    """An item that only one base has, and its JSON text."""

    id: str
    value: str


class Changed(NamedTuple):
    """An item that both have, and what is different in it."""

    id: str
    fields: tuple[Field, ...]


class Reordered(NamedTuple):
    """The ids that both have, in the order of each."""

    old: tuple[str, ...]
    new: tuple[str, ...]


class Table(NamedTuple):
    """What became of the items of one kind, such as ``rules`` or ``conclusions/causes``.

    ``order`` is None where those that both have stand as before, or where their order says nothing.
    """

    kind: str
    added: tuple[Whole, ...]
    removed: tuple[Whole, ...]
    changed: tuple[Changed, ...]
    order: Reordered | None

    @property
    def total(self) -> int:
        """How many items are different; another order counts as one more."""
        return len(self.added) + len(self.removed) + len(self.changed) + bool(self.order)


class Words(NamedTuple):
    """What is different between the documents of two bases; tables without a difference are left out.

    ``texts`` are values that stand outside any list of items, such as ``/base/notice``.
    """

    tables: tuple[Table, ...]
    texts: tuple[Field, ...]

    @property
    def total(self) -> int:
        """How many items and texts are different, and orders of items."""
        return sum(one.total for one in self.tables) + len(self.texts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data, as the schema ``comparison`` describes it."""
        return {"tables": [_table_data(one) for one in self.tables], "texts": [_field_data(one) for one in self.texts]}


def compare_documents(old: Documents, new: Documents) -> Words:
    """Return what is different between two bases' documents by file name, as :func:`read` gives them.

    Safeguards and helplines come first, then the other tables and texts by name.
    """
    was, became = _Content(old), _Content(new)
    kinds = sorted({*was.items, *became.items}, key=lambda kind: (kind not in SAFEGUARDS, kind))
    tables = [_table(kind, was.items.get(kind, {}), became.items.get(kind, {})) for kind in kinds]
    texts = (field for at in sorted({*was.texts, *became.texts}) for field in _texts(at, was.texts, became.texts))
    return Words(tuple(one for one in tables if any(one[1:])), tuple(texts))


def text_of(value: Any) -> str:
    """Return a value's JSON text, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


class _Content:
    """Documents as tables of items, each by its id, and texts by where they stand; in the order of file names."""

    def __init__(self, documents: Documents) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.texts: dict[str, dict[str, None]] = {}
        """Of several documents of one kind each may say its own; which says which is no matter."""
        for _, document in sorted(documents.items()):
            kind = document["kind"]
            passed_on = {key: document[key] for key in _INHERITED if key in document}
            for key, value in document.items():
                if key != "kind" and key not in passed_on:
                    self._take((kind, key), value, passed_on)

    def _take(self, path: tuple[str, ...], value: Any, passed_on: dict[str, Any]) -> None:
        if isinstance(value, dict) and value:
            for key, inner in value.items():
                self._take((*path, key), inner, passed_on)
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            # Rules stand under the key `rules` of a document of the kind `rules`: once is enough.
            table = self.items.setdefault("/".join(dict.fromkeys(path)), {})
            table.update((_name(one), {**one, **passed_on}) for one in value)
        elif value != []:
            self.texts.setdefault(pointer(*path), {})[text_of(value)] = None


def _name(item: dict[str, Any]) -> str:
    """Return by what an item is told from its like: its id or number, for a waiver two keys, else the whole."""
    for keys in (("id",), ("number",), ("check", "subject")):
        if all(key in item for key in keys):
            return " ".join(str(item[key]) for key in keys)
    return text_of(item)


def _table(kind: str, old: dict[str, Any], new: dict[str, Any]) -> Table:
    fields = {name: tuple(_fields((), old[name], new[name])) for name in new if name in old}
    stood, stand = tuple(name for name in old if name in new), tuple(name for name in new if name in old)
    return Table(
        kind,
        added=tuple(Whole(name, text_of(item)) for name, item in new.items() if name not in old),
        removed=tuple(Whole(name, text_of(item)) for name, item in old.items() if name not in new),
        changed=tuple(Changed(name, found) for name, found in fields.items() if found),
        order=Reordered(stood, stand) if kind in ORDERED and stood != stand else None,
    )


def _fields(at: tuple[str, ...], old: Any, new: Any) -> Iterator[Field]:
    """Yield what is different between two values; objects that share a key are looked into."""
    if isinstance(old, dict) and isinstance(new, dict) and any(key in new for key in old):
        for key in dict.fromkeys((*old, *new)):
            if key in old and key in new:
                yield from _fields((*at, key), old[key], new[key])
            else:
                yield Field(pointer(*at, key), _text_at(old, key), _text_at(new, key))
    elif text_of(old) != text_of(new):
        yield Field(pointer(*at), text_of(old), text_of(new))


def _text_at(item: dict[str, Any], key: str) -> str | None:
    return text_of(item[key]) if key in item else None


def _texts(at: str, old: dict[str, dict[str, None]], new: dict[str, dict[str, None]]) -> Iterator[Field]:
    gone = [one for one in old.get(at, {}) if one not in new.get(at, {})]
    come = [one for one in new.get(at, {}) if one not in old.get(at, {})]
    if len(gone) == len(come) == 1:
        yield Field(at, gone[0], come[0])
    else:
        yield from (Field(at, one, None) for one in gone)
        yield from (Field(at, None, one) for one in come)


def _table_data(table: Table) -> dict[str, Any]:
    def whole(some: tuple[Whole, ...]) -> list[dict[str, Any]]:
        return [{"id": one.id, "value": json.loads(one.value)} for one in some]

    return {
        "kind": table.kind,
        "added": whole(table.added),
        "removed": whole(table.removed),
        "changed": [{"id": one.id, "fields": [_field_data(field) for field in one.fields]} for one in table.changed],
        "order": table.order and {"old": list(table.order.old), "new": list(table.order.new)},
    }


def _field_data(field: Field) -> dict[str, Any]:
    """Return a field as data; a side that has no value has no key."""
    sides = {"old": field.old, "new": field.new}
    return {"at": field.at} | {side: json.loads(text) for side, text in sides.items() if text is not None}
