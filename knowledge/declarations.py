"""What the documents of a base declare, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .problems import pointer
from .shape import KINDS

Documents = Mapping[str, Any]
Place = tuple[str, str]
SINGLE = ("base", "scales", "source")
REQUIRED = (*SINGLE, "facts", "conclusions", "rules")


class Table(dict[Any, list[Place]]):
    """Where each id of one kind is declared. A partial table may lack some, so nothing is unknown to it."""

    def __init__(self) -> None:
        super().__init__()
        self.partial = False

    def note(self, name: Any, place: Place) -> None:
        """Add one more declaration."""
        self.setdefault(name, []).append(place)


@dataclass
class Declared:
    """Where each id of a base is declared, gathered from whatever could be read."""

    facts: Table = field(default_factory=Table)
    conclusions: Table = field(default_factory=Table)
    rules: Table = field(default_factory=Table)
    responses: Table = field(default_factory=Table)
    safeguards: Table = field(default_factory=Table)
    helplines: Table = field(default_factory=Table)
    cases: Table = field(default_factory=Table)
    requirements: Table = field(default_factory=Table)
    levels: Table = field(default_factory=Table)
    answers: Table = field(default_factory=Table)
    perspectives: Table = field(default_factory=Table)
    guidelines: Table = field(default_factory=Table)
    paragraphs: Table = field(default_factory=Table)
    hashes: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """Of facts and conclusions."""
    asked: dict[str, Collection[str]] = field(default_factory=dict)
    """The perspectives that are asked for each fact."""

    @property
    def items(self) -> Table:
        """Everything that a condition can mention."""
        return either(self.facts, self.conclusions)

    @property
    def causes(self) -> Table:
        """The conclusions that an answer ranks."""
        causes = either(self.conclusions)
        for name in [name for name in causes if self.kinds.get(name) == "mechanisms"]:
            del causes[name]
        return causes


def either(*tables: Table) -> Table:
    """Return one table of several, partial if any of them is."""
    together = Table()
    for table in tables:
        together.update(table)
        together.partial |= table.partial
    return together


# (kind of document, where its items stand, which declarations they join, what identifies them)
_DECLARATIONS = (
    ("facts", ("facts",), "facts", "id"),
    ("conclusions", ("mechanisms",), "conclusions", "id"),
    ("conclusions", ("causes",), "conclusions", "id"),
    ("rules", ("rules",), "rules", "id"),
    ("responses", ("responses",), "responses", "id"),
    ("safeguards", ("safeguards",), "safeguards", "id"),
    ("safeguards", ("helplines",), "helplines", "id"),
    ("cases", ("cases",), "cases", "id"),
    ("charter", ("requirements",), "requirements", "id"),
    ("scales", ("certainty", "levels"), "levels", "id"),
    ("scales", ("answers",), "answers", "id"),
    ("base", ("perspectives",), "perspectives", "id"),
    ("source", ("guidelines",), "guidelines", "id"),
    ("source", ("paragraphs",), "paragraphs", "number"),
)


def declared(documents: Documents, *, all_read: bool) -> Declared:
    """Gather what the documents declare, also from those with a wrong shape, so that one mistake is told once."""
    found = Declared()
    all_known = all_read and not of_unknown_kind(documents)
    for kind, path, into, key in _DECLARATIONS:
        table: Table = getattr(found, into)
        of_kind = [(file, one) for file, one in documents.items() if isinstance(one, dict) and one.get("kind") == kind]
        table.partial |= not all_known or (kind in REQUIRED and not of_kind)
        for file, document in of_kind:
            table.partial |= not _complete(document, path, key)
            for at, item in items_at(document, path):
                if isinstance(item, dict) and type(item.get(key)) is (int if key == "number" else str):
                    table.note(item[key], (file, pointer(*path, at, key)))
                    _note_more(found, document, path[-1], item)
    return found


def of_unknown_kind(documents: Documents) -> bool:
    """Tell whether any document does not say a kind that there is."""
    return any(not isinstance(one, dict) or one.get("kind") not in KINDS for one in documents.values())


def _complete(document: Any, path: tuple[str, ...], key: str) -> bool:
    """Tell whether all that a document declares can be read off it."""
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    wanted = int if key == "number" else str
    return isinstance(document, list) and all(isinstance(x, dict) and type(x.get(key)) is wanted for x in document)


def _note_more(found: Declared, document: Any, what: str, item: Any) -> None:
    match what:
        case "paragraphs" if isinstance(item.get("sha256"), str):
            found.hashes.setdefault(item["number"], item["sha256"])
        case "facts":
            found.kinds.setdefault(item["id"], str(document.get("of")))
            questions = item.get("questions")
            found.asked.setdefault(item["id"], [*questions] if isinstance(questions, dict) else [])
        case "mechanisms" | "causes":
            found.kinds.setdefault(item["id"], what)


def items_at(document: Any, path: tuple[str, ...]) -> Iterator[tuple[int, Any]]:
    """Yield index and item of the list at a path of keys; nothing where there is none."""
    for step in path:
        document = document.get(step, []) if isinstance(document, dict) else []
    yield from enumerate(document if isinstance(document, list) else [])
