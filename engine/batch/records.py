"""Each of many cases as a record, with its lists in the order in which an answer has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...knowledge.frozen import Frozen
from ...knowledge.model import KnowledgeBase
from ..answer import Withheld
from .outcomes import Columns, Outcomes, in_steps, named


class Outcome(NamedTuple):
    """What one of many cases comes to: an answer without its words.

    ``verdict`` is none, one or several: how many causes are believed. ``leading`` is the cause that is
    ranked first, None where none is believed. ``certainties`` has all conclusions, in [−1, 1].
    ``safeguards`` come before all else; ``responses`` are best first; ``rules`` are those that fired.
    """

    perspective: str
    safeguards: tuple[str, ...]
    verdict: str
    leading: str | None
    certainties: Mapping[str, float]
    responses: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    beyond: tuple[str, ...]
    contradictions: tuple[str, ...]
    rules: tuple[str, ...]

    def __repr__(self) -> str:
        # Nobody's answers in a traceback.
        return "<Outcome>"


class Lists(NamedTuple):
    """A list of ids for each case, end to end: case k has those of ``codes`` from ``ends[k]`` to ``ends[k + 1]``."""

    ids: tuple[str, ...]
    codes: NDArray[np.int64]
    ends: NDArray[np.int64]

    def each(self) -> Iterator[list[str]]:
        """Yield the list of each case."""
        all_ids = named(self.ids, self.codes).tolist()
        for start, end in pairwise(self.ends.tolist()):
            yield all_ids[start:end]


class Advice(NamedTuple):
    """The responses to each case, best first, those that are withheld, and for each of these what withholds it."""

    responses: Lists
    withheld: Lists
    because: Lists


def lists(columns: Columns[np.bool_]) -> Lists:
    """Return for each case the ids whose flag is set, in the order of the columns."""
    case, code = np.nonzero(columns.array.T)
    return Lists(columns.ids, code, _ends(case, columns.array.shape[1]))


def fired(outcomes: Outcomes) -> Lists:
    """Return for each case the rules that fired, in the base's order."""
    ids = [*outcomes.base.rule]
    flags = outcomes.fired.array[[outcomes.fired.ids.index(id) for id in ids]]
    return lists(Columns(ids, flags))


def causes(outcomes: Outcomes) -> Lists:
    """Return for each case the causes that are believed, as :func:`..ranking.ranked` has them: best first.

    Raises ValueError for outcomes that do not hold what they are ranked by.
    """
    if outcomes.rank is None:
        raise ValueError("these outcomes do not hold what causes are ranked by")
    rank = outcomes.rank.array
    case, code = np.nonzero(np.isfinite(rank).T)
    place = np.lexsort((code, -rank[code, case], case))
    return Lists(outcomes.rank.ids, code[place], _ends(case, len(outcomes)))


def advice(outcomes: Outcomes) -> Advice:
    """Return the advice in each case, as :func:`..ranking.due` has it: by order, then by how strongly it is called for.

    Raises ValueError for outcomes that do not hold what advice is ranked by.
    """
    if outcomes.support is None:
        raise ValueError("these outcomes do not hold what advice is ranked by")
    base, cases = outcomes.base, len(outcomes)
    ids = tuple(response.id for response in base.responses)
    withheld = outcomes.withheld.array
    case, code = np.nonzero((outcomes.responses.array | withheld).T)
    order = np.array([response.order for response in base.responses], np.int64)
    place = np.lexsort((code, -in_steps(outcomes.support.array[code, case]), order[code], case))
    case, code = case[place], code[place]
    held = withheld[code, case]
    held_case, held_code = case[held], code[held]
    return Advice(
        Lists(ids, code[~held], _ends(case[~held], cases)),
        Lists(ids, held_code, _ends(held_case, cases)),
        _because(base, outcomes.holding, held_case, held_code),
    )


def _because(
    base: KnowledgeBase, holding: Columns[np.bool_], case: NDArray[np.int64], code: NDArray[np.int64]
) -> Lists:
    """Return what withholds each of some responses, by their cases and numbers, in the order of ``withheld_by``."""
    most = max((len(response.withheld_by) for response in base.responses), default=0)
    nothing = len(holding.ids)
    holder = np.full((len(base.responses), most), nothing)
    for number, response in enumerate(base.responses):
        holder[number, : len(response.withheld_by)] = [holding.ids.index(id) for id in response.withheld_by]
    flags = np.vstack([holding.array, np.zeros((1, holding.array.shape[1]), bool)])
    entry, place = np.nonzero(flags[holder[code], case[:, np.newaxis]])
    return Lists(holding.ids, holder[code[entry], place], _ends(entry, len(code)))


def records(outcomes: Outcomes) -> Iterator[Outcome]:
    """Yield each case as a record. Raises ValueError as :func:`advice` does."""
    due = advice(outcomes)
    ids = outcomes.certainties.ids
    because = due.because.each()
    for (
        perspective,
        safeguards,
        verdict,
        leading,
        certainties,
        responses,
        withheld,
        beyond,
        contradictions,
        rules,
    ) in zip(
        outcomes.perspective.tolist(),
        lists(outcomes.safeguards).each(),
        outcomes.verdict.tolist(),
        outcomes.leading.tolist(),
        outcomes.certainties.array.T.tolist(),
        due.responses.each(),
        due.withheld.each(),
        lists(outcomes.beyond).each(),
        lists(outcomes.contradictions).each(),
        fired(outcomes).each(),
        strict=True,
    ):
        yield Outcome(
            perspective,
            tuple(safeguards),
            verdict,
            leading,
            Frozen(zip(ids, certainties, strict=True)),
            tuple(responses),
            tuple(Withheld(id, tuple(next(because))) for id in withheld),
            tuple(beyond),
            tuple(contradictions),
            tuple(rules),
        )


def _ends(group: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Return where the entries of each group end, after a 0, from the group of each entry, in order."""
    ends = np.zeros(groups + 1, np.int64)
    np.cumsum(np.bincount(group, minlength=groups), out=ends[1:])
    return ends
