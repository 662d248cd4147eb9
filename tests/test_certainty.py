"""Certainty factors: known values, the laws they obey, and the borders of words and belief."""

from __future__ import annotations

import itertools
import random
from decimal import Decimal, localcontext

import oracle
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pushaway.engine.certainty import above, believed, combine, contradict, disbelieved, shares, words

KNOWN = [
    ((0.6, 0.4), 0.76),
    ((0.8, -0.3), 0.5 / 0.7),
    ((-0.5, -0.5), -0.75),
    ((0.7, -0.7), 0),
    ((1, -0.5), 1),
    ((-1, 0.5), -1),
    ((1, 1), 1),
    ((0.4,), 0.4),
    ((0.3, 0.0), 0.3),
    ((), 0),
]
# As contributions are: products of levels and certainties, so short of 1 in size unless certain.
contributions = st.lists(st.floats(-0.99, 0.99).map(lambda c: round(c, 6)), max_size=12)


def _pairwise(given: list[float]) -> float:
    with localcontext(prec=60):
        return float(oracle.combined([Decimal(one) for one in given]))


@pytest.mark.parametrize(("given", "together"), KNOWN)
def test_known_values(given: tuple[float, ...], together: float) -> None:
    assert combine(given) == pytest.approx(together, rel=0, abs=1e-12)


@given(contributions)
def test_equals_the_pairwise_rule(given: list[float]) -> None:
    assert combine(given) == pytest.approx(_pairwise(given), rel=0, abs=1e-12)


@given(contributions, st.randoms(use_true_random=False))
def test_commutative(given: list[float], rearranged: random.Random) -> None:
    other = [*given]
    rearranged.shuffle(other)
    assert combine(other) == pytest.approx(combine(given), rel=0, abs=1e-12)


@given(*[st.floats(-0.95, 0.95)] * 3)
def test_associative(a: float, b: float, c: float) -> None:
    together = combine([a, b, c])
    assert combine([combine([a, b]), c]) == pytest.approx(together, rel=0, abs=1e-12)
    assert combine([a, combine([b, c])]) == pytest.approx(together, rel=0, abs=1e-12)


@given(contributions)
def test_stays_in_range_and_turns_with_the_sign(given: list[float]) -> None:
    assert -1 <= combine(given) <= 1
    assert combine([-one for one in given]) == pytest.approx(-combine(given), rel=0, abs=1e-12)


@given(contributions, st.floats(0, 0.95))
def test_more_that_speaks_for_it_never_lowers_it(given: list[float], more: float) -> None:
    assert combine([*given, more]) >= combine(given) - 1e-12


@given(contributions)
@example([0.7, -0.7])
@example([0.95, -0.9])
@example([1, 1, 0.5])
@example([1, -0.5])
@example([-1, 0.5, 0.0])
@example([1, -1, 0.5])
@example([1e-300, -1e-300])
@example([0.5, -0.5 + 1e-15])
def test_shares_add_up_to_the_certainty(given: list[float]) -> None:
    assert sum(shares(given)) == pytest.approx(combine(given), rel=0, abs=1e-9)
    assert len(shares(given)) == len(given)


@given(contributions)
@example([0.7, -0.7])
@example([0.3, -0.9])
def test_a_share_has_the_sign_of_its_contribution(given: list[float]) -> None:
    for one, share in zip(given, shares(given), strict=True):
        assert one * share >= 0
        assert (share == 0) == (one == 0)


def test_shares_are_in_proportion_to_weights() -> None:
    """Twice 0.19 weighs what 0.3439 does, and 0.19 what 0.1 does twice."""
    alone, twice = shares([0.1, 0.19])
    assert twice == pytest.approx(2 * alone, rel=1e-12)
    assert shares([0.5]) == (0.5,)
    assert shares([0.4, 0.4]) == pytest.approx((0.32, 0.32), rel=1e-12)
    assert shares([]) == ()


def test_what_is_certain_takes_all() -> None:
    assert shares([1, 0.5, 1, -0.5]) == (0.5, 0, 0.5, 0)
    assert shares([-1, 0.5]) == (-1, 0)


@pytest.mark.parametrize("given", [*itertools.permutations([1, -1, 0.5])])
def test_certain_for_and_against_is_told_and_gives_nothing(given: tuple[float, ...]) -> None:
    assert contradict(given)
    assert combine(given) == 0
    assert sum(shares(given)) == 0


@pytest.mark.parametrize("given", [(1, -0.999999), (0.95, -0.95), (1,), (-1, -1), ()])
def test_anything_less_is_no_contradiction(given: tuple[float, ...]) -> None:
    assert not contradict(given)


LADDER = [
    (0.8, "strongly suggested", "suggested"),
    (0.5, "suggested", "weakly suggested"),
    (0.2, "weakly suggested", "not indicated"),
    (-0.2, "not indicated", "spoken against"),
]


@pytest.mark.parametrize(("border", "over", "under"), LADDER)
def test_words_at_the_borders(border: float, over: str, under: str) -> None:
    assert words(border) == under
    assert words(border - 1e-8) == under
    assert words(border + 1e-8) == over
    assert words(border + 1e-12) == under, "rounding is no reason for another word"


def test_words_at_the_ends() -> None:
    assert [words(one) for one in (1, 0, -1)] == ["strongly suggested", "not indicated", "spoken against"]


def test_belief_is_above_its_border_by_more_than_rounding() -> None:
    for rounded in (0.2, 0.2 + 1e-12, 0.2 + 1e-9, 0.8 * 0.25, 1 - 0.8):
        assert not believed(rounded)
        assert not disbelieved(-rounded)
    assert believed(0.2 + 1e-8)
    assert disbelieved(-0.2 - 1e-8)
    assert not believed(-1)
    assert not disbelieved(1)


def test_sums_that_differ_by_rounding_alone_are_believed_alike() -> None:
    """Levels in steps of 0.05: two correct ways of adding up must not disagree on belief."""
    steps = [step / 20 for step in range(-19, 20) if step]
    for a, b, c in itertools.product(steps, repeat=3):
        ways = {believed(combine(given)) for given in ((a, b, c), (combine((c, b)), a), (c, combine((a, b))))}
        assert len(ways) == 1, (a, b, c)
    assert above(0.1 + 0.2, 0.3) is False
