"""What things of a base are called on a page, and where on it they stand."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import NamedTuple

from ..knowledge.frozen import cached_property
from ..knowledge.graph import Part
from ..knowledge.model import Citation, KnowledgeBase, Paragraph
from .report import label, resting_on


class Link(NamedTuple):
    """Something that is named: its words and id, and where on the page it stands; nowhere if ``anchor`` is empty."""

    words: str
    id: str
    anchor: str


_KINDS = {"safeguard": "alarm", "beyond": "beyond the source"}
_ROOM = 70
"""How many letters of a response its links show; its card shows all."""

_STEPS = {
    "rules": Part.RULE,
    "responses": Part.RESPONSE,
    "safeguards": Part.SAFEGUARD,
    "facts": Part.FACT,
    "mechanisms": Part.CONCLUSION,
    "causes": Part.CONCLUSION,
}
"""What a JSON Pointer into a document leads to, by its first step."""


def anchor(part: Part, id: str) -> str:
    """Return where on the page a part of the base stands."""
    return f"{part.value}-{id}"


def basis_words(basis: str) -> str:
    """Return on what a rule or safeguard of some basis rests, in words."""
    return "published guidance says so" if basis == "guideline" else resting_on(basis, ())


def kind_of(part: Part, kind: str) -> str:
    """Return what a part of a base is, in a word or two; ``kind`` is that of a node in its graph."""
    return _KINDS.get(kind, kind) if part in (Part.FACT, Part.CONCLUSION) else part.value


class Names:
    """What things of a base are called, and where on the page they stand."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base

    def known(self, id: str) -> Link:
        """Return a link to a fact or conclusion."""
        part = Part.FACT if id in self.base.fact else Part.CONCLUSION
        return Link(label(self.base, id), id, anchor(part, id))

    def of(self, part: Part, id: str) -> Link:
        """Return a link to any part of the base, or its bare id where there is none."""
        words = self._words[part].get(id)
        return Link(id, "", "") if words is None else Link(words, id, anchor(part, id))

    def paragraph(self, citation: Citation) -> Link:
        """Return a link to a paragraph of the source, or to a guideline."""
        if isinstance(citation, Paragraph):
            return Link(f"¶{citation.number}", "", f"p-{citation.number}")
        one = next(one for one in self.base.source.guidelines if one.id == citation.id)
        return Link(f"{one.title} ({one.publisher}, {one.year})", one.id, f"guideline-{one.id}")

    def subject(self, subject: str, pointer: str) -> Link:
        """Return a link to what a finding is about, or its bare name where it has no place on the page."""
        part = part_at(pointer)
        if subject.startswith("¶") and subject[1:].isdecimal():
            return Link(subject, "", f"p-{subject[1:]}")
        id, _, more = subject.partition(": ")
        if part is not None and id in self._words[part]:
            words, _, where = self.of(part, id)
            return Link(f"{words}: {more}" if more else words, id, where)
        if pointer.startswith("/cases/") and subject in self._cases:
            return Link(self._cases[subject], subject, f"case-{subject}")
        return Link(subject, "", "")

    def called(self, id: str) -> Link | None:
        """Return a link to whatever has an id, None where nothing has; a rule before what else is called so."""
        for part in (Part.RULE, Part.CONCLUSION, Part.FACT, Part.RESPONSE, Part.SAFEGUARD):
            if id in self._words[part]:
                return self.of(part, id)
        return self.subject(id, "/cases/") if id in self._cases else None

    def cause(self, id: str | None) -> str:
        """Return what a leading cause is called, or that there is none."""
        return self.base.conclusion[id].name if id else "none"

    @cached_property
    def _cases(self) -> Mapping[str, str]:
        return {one.id: one.title for one in self.base.cases}

    @cached_property
    def _words(self) -> Mapping[Part, Mapping[str, str]]:
        base = self.base
        return {
            Part.FACT: {one.id: one.label for one in base.facts},
            Part.CONCLUSION: {one.id: one.name for one in base.conclusions},
            Part.RULE: {one.id: one.title for one in base.rules},
            Part.RESPONSE: {one.id: shorten(one.text, _ROOM, placeholder=" …") for one in base.responses},
            Part.SAFEGUARD: {one.id: one.title for one in base.safeguards},
        }


def part_at(pointer: str) -> Part | None:
    """Return what a JSON Pointer into a document leads to, None where it is no part that has a card."""
    return _STEPS.get(pointer.split("/")[1]) if pointer else None
