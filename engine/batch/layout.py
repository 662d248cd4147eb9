"""What the columns of a table are, and which it gets: the same for every kind of file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...knowledge.model import KnowledgeBase
from ...knowledge.names import UnknownNameError, resolve
from ...knowledge.problems import did_you_mean, quoted
from ..evidence import EvidenceError

PERSPECTIVE, ID = "perspective", "id"
_BEFORE = (PERSPECTIVE, "safeguards", "verdict", "leading")
_AFTER = ("responses", "withheld", "beyond", "contradictions", "rules", "base", "error")


class Layout(NamedTuple):
    """What the columns of a table are: evidence, by name to id; whether it says perspectives; and what is kept."""

    evidence: Mapping[str, str]
    perspective: bool
    kept: tuple[str, ...]


def told(base: KnowledgeBase) -> tuple[str, ...]:
    """Return the names of the columns that outcomes have, after those that are kept."""
    for id in (*_BEFORE, *_AFTER, ID):
        if id in base.conclusion:
            raise EvidenceError(
                f"the result has a column {quoted(id)} of its own, and the base a conclusion of that id."
            )
    return (*_BEFORE, *base.conclusion, *_AFTER)


def which(base: KnowledgeBase) -> str:
    """Return what a row says of the base that it comes from."""
    return f"{base.id} {base.version}"


def layout(base: KnowledgeBase, names: Sequence[str], keep: Sequence[str] = (), ignore: Sequence[str] = ()) -> Layout:
    """Return what columns of these names are.

    A column about a fact or conclusion is called by its id, its label or what people call it. ``keep`` names
    columns that the result has, too, beside ``id``; ``ignore`` those that are not looked at. Raises
    :class:`EvidenceError` for a name that is none of these, for two columns of one name or about the same,
    for one to be kept or ignored that is not there, or that has the name of a column of the result.
    """
    keep, ignore = ((one,) if isinstance(one, str) else one for one in (keep, ignore))
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise EvidenceError(f"two columns are called {quoted(twice[0])}. Rename one of them.")
    for some, what in ((keep, "keep"), (ignore, "ignore")):
        for name in (one for one in some if one not in names):
            remedy = did_you_mean(name, names, f"There are: {', '.join(map(quoted, names))}.")
            raise EvidenceError(f"there is no column {quoted(name)} to {what}. {remedy}")
    unknown: list[str] = []
    evidence: dict[str, str] = {}
    for name in names:
        if name == PERSPECTIVE or name in ignore:
            continue
        try:
            id = resolve(base, name)
        except UnknownNameError as error:
            if name != ID and name not in keep:
                unknown.append(f"the column {error}")
            continue
        if id in evidence.values():
            raise EvidenceError(f"two columns are about {quoted(id)}. Keep one of them.")
        evidence[name] = id
    if unknown:
        raise EvidenceError(" ".join((*unknown, "Say what to keep or to ignore where it is no evidence.")))
    kept = tuple(name for name in names if name not in ignore and name in (ID, *keep))
    for name in kept:
        if name in told(base):
            raise EvidenceError(f"the result has a column {quoted(name)} of its own. Rename the one that is kept.")
    return Layout(evidence, PERSPECTIVE in names and PERSPECTIVE not in ignore, kept)
