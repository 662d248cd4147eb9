"""Certainty factors, as in EMYCIN: numbers in [−1, 1] for how far something is believed, 0 unknown.

van Melle, *A Domain-Independent System that Aids in Constructing Knowledge-Based Consultation
Programs* (Stanford, 1980); Norvig, *Paradigms of AI Programming* (1992), chapter 16.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

BELIEF = 0.2
"""Above this certainty something counts as believed, and a rule's condition as holding."""

TOLERANCE = 1e-9
"""What rounding may add: with levels in steps of 0.05, two correct sums can differ in the last digit."""

BELIEVED = BELIEF + TOLERANCE
"""What is above this is believed: for comparing many certainties, where a call of :func:`believed` would count."""

WORDS = (
    (0.8, "strongly suggested"),
    (0.5, "suggested"),
    (BELIEF, "weakly suggested"),
    (-BELIEF, "not indicated"),
)
LEAST = "spoken against"


def above(certainty: float, bound: float) -> bool:
    """Tell whether a certainty is above a bound by more than rounding."""
    return certainty > bound + TOLERANCE


def believed(certainty: float) -> bool:
    """Tell whether a certainty, in [−1, 1], counts as belief."""
    return certainty > BELIEVED


def disbelieved(certainty: float) -> bool:
    """Tell whether a certainty, in [−1, 1], counts as belief in the contrary."""
    return -certainty > BELIEVED


def words(certainty: float) -> str:
    """Return the words for a certainty in [−1, 1]: above 0.8, 0.5 and 0.2, and at −0.2 or below."""
    for bound, said in WORDS:
        if certainty > bound + TOLERANCE:
            return said
    return LEAST


STEPS, STEP_BEGINS = 1e9, 1 / 3


def in_steps(certainty: float) -> int:
    """Return a certainty in [−1, 1] in steps of 1e-9, to rank by: what differs by rounding alone is a tie.

    A step ends between decimal fractions. At half of one, as `round` has it, there are certainties that levels
    in steps of 0.05 add up to, and two ways of adding them up would come to lie on different sides.
    """
    return round(certainty * STEPS + STEP_BEGINS)


def combine(contributions: Sequence[float]) -> float:
    """Return the certainty that contributions in [−1, 1] have together; 0.0 for none.

    Combining adds weights w(c) = −sign(c)·ln(1−|c|). This equals EMYCIN's pairwise rule (a+b−ab for
    two of one sign, (a+b)/(1−min(|a|,|b|)) for two of opposite sign) in every order. For 1 with −1
    that rule is undefined; this gives 0.0, and :func:`contradict` tells.
    """
    for_it, against = 1 in contributions, -1 in contributions
    if for_it or against:
        return float(for_it - against)
    return _certainty(math.fsum(map(_weight, contributions)))


def contradict(contributions: Sequence[float]) -> bool:
    """Tell whether something is certain both for and against."""
    return 1 in contributions and -1 in contributions


def shares(contributions: Sequence[float]) -> tuple[float, ...]:
    """Return each contribution's exact part of the certainty that they have together.

    Each has the part of the certainty that it has of the weight, so all parts add up to it within
    rounding; a part may be beyond 1 in size where others speak against it. Something certain has
    infinite weight: it takes all, shared equally among its likes.
    """
    if 1 in contributions or -1 in contributions:
        certain = [abs(c) == 1 for c in contributions]
        together = combine(contributions) / sum(certain)
        return tuple(together if one else 0.0 for one in certain)
    weights = [*map(_weight, contributions)]
    total = math.fsum(weights)
    each = _certainty(total) / total if total else 1.0  # which the quotient tends to as the weights cancel out
    return tuple([each * weight for weight in weights])


def _certainty(weight: float) -> float:
    return math.copysign(-math.expm1(-abs(weight)), weight) if weight else 0.0


def _weight(certainty: float) -> float:
    return math.copysign(math.log1p(-abs(certainty)), certainty)
