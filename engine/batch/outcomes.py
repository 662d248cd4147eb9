"""What many cases come to, as columns by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...knowledge.model import KnowledgeBase
from ..certainty import STEP_BEGINS, STEPS

VERDICTS = ("none", "one", "several")
Kind = TypeVar("Kind", bound=np.generic)


class Columns(Mapping[str, NDArray[Any]], Generic[Kind]):
    """Columns by id, a number or flag for each case; ``array`` has them all, a row for each of ``ids``."""

    def __init__(self, ids: Sequence[str], array: NDArray[Kind]) -> None:
        self.ids, self.array = tuple(ids), array
        array.flags.writeable = False
        self._row = {id: row for row, id in enumerate(self.ids)}

    def __getitem__(self, id: str) -> NDArray[Kind]:
        return self.array[self._row[id]]  # type: ignore[no-any-return] # numpy types indexing as Any

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return f"<Columns of {self.array.shape[1]} cases>"


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes:
    """What many cases come to, in the order in which they were given.

    ``certainties`` are those of all conclusions, in [−1, 1]. The others tell in which cases it holds that a
    rule ``fired``, a safeguard is called for, a response is recommended, or due but ``withheld``, a fact
    ``beyond`` the source is believed, and that something is certain both for and against a conclusion.
    ``holding`` tells which of what can withhold a response does. Where it was asked for, ``support`` is the
    certainty of the condition that calls for a response, and ``rank`` what causes are ranked
    by, −∞ for one that is not believed.
    """

    base: KnowledgeBase
    asked_as: NDArray[np.uint8]
    certainties: Columns[np.float64]
    fired: Columns[np.bool_]
    safeguards: Columns[np.bool_]
    responses: Columns[np.bool_]
    withheld: Columns[np.bool_]
    beyond: Columns[np.bool_]
    contradictions: Columns[np.bool_]
    holding: Columns[np.bool_]
    support: Columns[np.float64] | None
    rank: Columns[np.float64] | None
    believed: NDArray[np.uint8]
    first: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.asked_as)

    def __repr__(self) -> str:
        return f"<Outcomes of {len(self)} cases by {self.base.id} {self.base.version}>"

    @property
    def perspective(self) -> NDArray[np.object_]:
        """The id of each case's perspective."""
        return named([one.id for one in self.base.perspectives], self.asked_as)

    @property
    def verdict(self) -> NDArray[np.object_]:
        """Each case's verdict: none, one or several, as many causes as are believed."""
        return named(VERDICTS, np.minimum(self.believed, 2))

    @property
    def leading(self) -> NDArray[np.object_]:
        """The id of the cause that is ranked first in each case, None where none is believed."""
        return named([*(cause.id for cause in self.base.causes), None], self.first)


def in_steps(certainties: NDArray[np.float64]) -> NDArray[np.float64]:
    """Do for many what :func:`..certainty.in_steps` does for one."""
    steps: NDArray[np.float64] = np.rint(certainties * STEPS + STEP_BEGINS)
    return steps


def named(names: Sequence[str | None], codes: NDArray[Any]) -> NDArray[np.object_]:
    """Return names by their numbers."""
    found: NDArray[np.object_] = np.array(names, object)[codes]
    return found
