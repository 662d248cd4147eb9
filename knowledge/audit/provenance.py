"""Provenance: whether everything that the base says can be traced to its source, and the source is what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..model import Conclusion, Fact, KnowledgeBase, Paragraph, Response, Rule, Safeguard
from ..passages import passage_hashes
from .checks import Checks, NotMadeError, Severity, Subject, Trouble

PROVENANCE = Checks[Subject]("Provenance")


class Cited(NamedTuple):
    """A paragraph of the source, what cites it by kind and id, and why nothing does where it makes no claim."""

    number: int
    by: tuple[tuple[str, str], ...]
    no_claim: str


def coverage(base: KnowledgeBase) -> tuple[Cited, ...]:
    """Return for each paragraph of the source what cites it, in the order of the source."""
    holders: Mapping[str, Iterable[Fact | Conclusion | Rule | Response | Safeguard]] = {
        "fact": base.facts,
        "conclusion": base.conclusions,
        "rule": base.rules,
        "response": base.responses,
        "safeguard": base.safeguards,
    }
    by: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for kind, some in holders.items():
        for one in some:
            for citation in one.source:
                if isinstance(citation, Paragraph):
                    by[citation.number].append((kind, one.id))
    return tuple(Cited(one.number, tuple(by[one.number]), one.no_claim) for one in base.source.paragraphs)


@PROVENANCE.check("paragraph-not-cited", Severity.ERROR, "A paragraph of the source is left out without a reason.")
def _left_out(subject: Subject) -> Iterator[Trouble]:
    for cited in coverage(subject.base):
        if not cited.by and not cited.no_claim:
            yield Trouble(
                f"¶{cited.number}",
                subject.place("paragraphs", cited.number),
                f"nothing cites paragraph {cited.number}, and no reason is given",
                "Cite it where it is used, or say under `no_claim` why it makes no claim.",
            )


@PROVENANCE.check("claim-from-nothing", Severity.ERROR, "Something rests only on paragraphs said to make no claim.")
def _unfounded(subject: Subject) -> Iterator[Trouble]:
    base = subject.base
    silent = {one.number for one in base.source.paragraphs if one.no_claim}
    resting: Mapping[str, Iterable[Fact | Conclusion | Rule | Response]] = {
        "facts": base.facts,
        "conclusions": base.conclusions,
        "rules": [rule for rule in base.rules if rule.basis != "judgement"],
        "responses": base.responses,
    }
    for kind, some in resting.items():
        for one in some:
            numbers = {citation.number for citation in one.source if isinstance(citation, Paragraph)}
            if numbers and numbers <= silent and len(numbers) == len(one.source):
                file, at = subject.place(kind, one.id)
                yield Trouble(
                    one.id,
                    (file, at + "/source"),
                    f"every paragraph that `{one.id}` cites is said to make no claim",
                    "Cite the paragraph that it rests on, or correct `no_claim`.",
                )


class _Comparison(NamedTuple):
    """An article against the paragraphs that a base lists, by number."""

    changed: tuple[int, ...]
    missing: tuple[int, ...]
    moved: Mapping[int, int]
    added: tuple[int, ...]


def _compared(subject: Subject) -> _Comparison:
    if subject.article is None:
        raise NotMadeError("Give the article with --source to have its paragraphs hashed and compared.")
    here = dict(passage_hashes(subject.article))
    listed = {one.number: one.sha256 for one in subject.base.source.paragraphs}
    places: dict[str, list[int]] = defaultdict(list)
    for number, sha256 in here.items():
        places[sha256].append(number)
    known = set(listed.values())
    changed, missing, moved = [], [], {}
    for number, sha256 in listed.items():
        if here.get(number) == sha256:
            continue
        if sha256 in places:
            moved[number] = places[sha256][0]
        elif number in here and here[number] not in known:
            changed.append(number)
        else:
            missing.append(number)
    at_home = {sha256 for number, sha256 in listed.items() if here.get(number) == sha256}
    found_elsewhere = set(moved.values())
    added = [
        number
        for number, sha256 in here.items()
        if listed.get(number) != sha256
        and number not in changed
        and (sha256 not in known or sha256 in at_home or number not in found_elsewhere)
    ]
    return _Comparison(tuple(changed), tuple(missing), moved, tuple(added))


def _cite(subject: Subject, number: int) -> str:
    by = next(one.by for one in coverage(subject.base) if one.number == number)
    return f"; it is cited by {', '.join(f'`{id}`' for _, id in by)}" if by else ""


@PROVENANCE.check("source-changed", Severity.ERROR, "A paragraph of the article is not what the base was made from.")
def _changed(subject: Subject) -> Iterator[Trouble]:
    for number in _compared(subject).changed:
        yield Trouble(
            f"¶{number}",
            subject.place("paragraphs", number),
            f"paragraph {number} of the article has other words{_cite(subject, number)}",
            "Read it again, correct what cites it, and give the new hash.",
        )


@PROVENANCE.check("source-missing", Severity.ERROR, "A paragraph that the base lists is not in the article.")
def _missing(subject: Subject) -> Iterator[Trouble]:
    for number in _compared(subject).missing:
        yield Trouble(
            f"¶{number}",
            subject.place("paragraphs", number),
            f"the article has no paragraph with the hash of {number}{_cite(subject, number)}",
            "Take the citations out, or give the article from which they come.",
        )


@PROVENANCE.check("source-moved", Severity.ERROR, "A paragraph stands at another place in the article.")
def _moved(subject: Subject) -> Iterator[Trouble]:
    for number, place in _compared(subject).moved.items():
        yield Trouble(
            f"¶{number}",
            subject.place("paragraphs", number),
            f"paragraph {number} is paragraph {place} of the article",
            "Number the paragraphs as the article does, here and in all citations.",
        )


@PROVENANCE.check("source-added", Severity.ERROR, "The article has a paragraph that the base does not list.")
def _added(subject: Subject) -> Iterator[Trouble]:
    for number in _compared(subject).added:
        yield Trouble(
            f"¶{number}",
            (subject.file_of("source"), "/paragraphs"),
            f"paragraph {number} of the article is not listed",
            "List it with its hash, and cite it or say why it makes no claim.",
        )
