"""Exact money: shares that sum, halves away from zero, amounts as Swedes write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.money import allocate, format_sek, round_half_up

AMOUNTS = st.integers(min_value=-(10**13), max_value=10**13)
WEIGHT = st.one_of(
    st.integers(min_value=0, max_value=10**6),
    st.fractions(min_value=0, max_value=1000, max_denominator=997),
)
WEIGHTS = st.lists(WEIGHT, min_size=1, max_size=12).filter(lambda weights: sum(weights) > 0)


def slow_shares(total: int, weights: Sequence[int | Fraction]) -> list[int]:
    """The obvious way: everybody's whole öre, then one öre at a time to whoever is still
    owed most, the earliest first.
    """
    whole = sum(Fraction(weight) for weight in weights)
    sign = -1 if total < 0 else 1
    owed = [abs(total) * Fraction(weight) / whole for weight in weights]
    given_out = [share.numerator // share.denominator for share in owed]
    served: set[int] = set()
    while sum(given_out) < abs(total):
        most, neediest = Fraction(-1), -1
        for index, share in enumerate(owed):
            rest = share - (share.numerator // share.denominator)
            if index not in served and rest > most:
                most, neediest = rest, index
        given_out[neediest] += 1
        served.add(neediest)
    return [sign * part for part in given_out]


@given(AMOUNTS, WEIGHTS)
@example(100, [1, 1, 1])
@example(-100, [1, 1, 1])
@example(1, [0, 0, 1])
@example(2, [Fraction(1, 3), Fraction(2, 3), Fraction(1, 3)])
def test_shares_are_those_of_the_slow_way(total: int, weights: list[int | Fraction]) -> None:
    assert list(allocate(total, weights)) == slow_shares(total, weights)


@given(AMOUNTS, WEIGHTS)
def test_shares_sum_to_the_whole_and_none_is_an_ore_off(
    total: int, weights: list[int | Fraction]
) -> None:
    parts = allocate(total, weights)
    whole = sum(Fraction(weight) for weight in weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * Fraction(weight) / whole) < 1


@given(AMOUNTS, WEIGHTS)
def test_a_credit_is_shared_as_the_charge_it_takes_back(
    total: int, weights: list[int | Fraction]
) -> None:
    assert allocate(-total, weights) == tuple(-part for part in allocate(total, weights))


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (101, [1, 1, 1], (34, 34, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (1, [1, 1], (1, 0)),
        (0, [3, 4], (0, 0)),
        (10, [0, 1], (0, 10)),
        (10, [1, 2, 2, 1], (2, 3, 3, 2)),
    ],
)
def test_ties_go_to_the_earliest(total: int, weights: list[int], parts: tuple[int, ...]) -> None:
    assert allocate(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [Fraction(-1, 7)]])
def test_weights_that_carry_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        allocate(100, weights)


@given(st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6))
@example(Fraction(1, 2))
@example(Fraction(-1, 2))
@example(Fraction(5, 2))
def test_rounding_takes_the_nearest_and_a_half_away_from_zero(value: Fraction) -> None:
    below = value.numerator // value.denominator
    to_below, to_above = value - below, below + 1 - value
    if to_below == to_above:
        expected = max(below, below + 1, key=abs)
    else:
        expected = below if to_below < to_above else below + 1
    assert round_half_up(value) == expected


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Decimal("0.5"), 1),
        (Decimal("1.4999"), 1),
        (Decimal("2.5"), 3),
        (Decimal("-2.5"), -3),
        (Decimal("-0.4"), 0),
        (7, 7),
    ],
)
def test_rounding_takes_decimals_and_whole_numbers(value: Decimal | int, rounded: int) -> None:
    assert round_half_up(value) == rounded


@pytest.mark.parametrize(
    ("ore", "written"),
    [
        (0, "0.00 SEK"),
        (5, "0.05 SEK"),
        (-5, "-0.05 SEK"),
        (123450, "1,234.50 SEK"),
        (-123450, "-1,234.50 SEK"),
        (99_999, "999.99 SEK"),
        (123_456_789_00, "123,456,789.00 SEK"),
    ],
)
def test_amounts_are_written_with_both_decimals(ore: int, written: str) -> None:
    assert format_sek(ore) == written


@given(AMOUNTS)
def test_a_written_amount_can_be_read_back(ore: int) -> None:
    digits = format_sek(ore).removesuffix(" SEK").replace(",", "").replace(".", "")
    assert int(digits) == ore
