"""What a replay finds: where a record and the answer that is given now differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..knowledge.problems import pointer
from .privacy import unprinted

FORMAT = "1"


@unprinted
class Divergence(NamedTuple):
    """A place where a record and what is now differ.

    ``at`` is a JSON Pointer (RFC 6901) into the record, and ``about`` are names that lead there, of ids where the
    pointer has numbers. The values are JSON-ready data: None where there is nothing, and where it is masked.
    """

    at: str
    about: tuple[str, ...]
    recorded: Any = None
    now: Any = None


@unprinted
class Replay(NamedTuple):
    """A record beside the answer that is given now.

    ``changed`` is what is different in what answers: the base and versions. ``differences`` are in the answer,
    numbers compared exactly; or in what was told, where that was masked and something else was given.
    """

    masked: bool
    changed: tuple[Divergence, ...]
    differences: tuple[Divergence, ...]

    @property
    def same(self) -> bool:
        """Whether the answer is the same, whatever changed in what answers."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready data, which its schema describes."""
        return {
            "format": FORMAT,
            "same": self.same,
            "masked": self.masked,
            "changed": [_told(one) for one in self.changed],
            "differences": [_told(one) for one in self.differences],
        }


def _told(one: Divergence) -> dict[str, Any]:
    told = {"at": one.at, "about": list(one.about), "recorded": one.recorded, "now": one.now}
    return {name: value for name, value in told.items() if value is not None}


def divergences(was: Any, now: Any, at: tuple[str | int, ...], about: tuple[str, ...]) -> Iterator[Divergence]:
    """Yield where JSON data differ; items of lists that have ids are compared by id, and then their order."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*was, *now)):
            yield from divergences(was.get(name), now.get(name), (*at, name), (*about, name))
        return
    had, has = _by_id(was), _by_id(now)
    if had is None or has is None:
        if was != now:
            yield Divergence(pointer(*at), about, was, now)
        return
    place: dict[str, str | int] = {id: index for index, id in enumerate(had)}
    for id in dict.fromkeys((*had, *has)):
        yield from divergences(had.get(id), has.get(id), (*at, place.get(id, "-")), (*about, id))
    if [id for id in had if id in has] != [id for id in has if id in had]:
        yield Divergence(pointer(*at), (*about, "order"), [*had], [*has])


def _by_id(items: Any) -> Mapping[str, Any] | None:
    """Return the items of a list by their ids, or by the rules that they are; None where they have none."""
    if not isinstance(items, list) or not all(isinstance(one, Mapping) for one in items):
        return None
    found = {one.get("id", one.get("rule")): one for one in items}
    return found if len(found) == len(items) and None not in found else None
