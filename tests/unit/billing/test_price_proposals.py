"""Proposed actual prices: a month's use at them comes to its cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.price_proposals.domain import Reports, UnitUse, propose
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, Stretch
from services.billing.true_up.month_cost import actual_cost
from services.contracts.values import Banding, VolumeBand

APRIL = Month(2025, 4)
UNITS = ("payslip", "travel-claim")


def _terms(*items: SignedItem, first: int = 1) -> ServiceTerms:
    stretch = Stretch(date(2025, 4, first), date(2025, 12, 31), items)
    return ServiceTerms("payroll", "payroll", "Payroll", items, (stretch,), stretch.last)


def _item(unit: str, ore: int, quantity: int, band: VolumeBand | None = None) -> SignedItem:
    return SignedItem(f"{unit}-{ore}", unit, unit, ore, quantity, band=band)


def test_a_service_of_one_unit_is_proposed_its_cost_over_its_units() -> None:
    items = _item("payslip", 2_200, 12_000), _item("payslip", 4_000, 12_000)
    found = propose(
        1_000_000,
        [
            (_terms(*items), {"payslip": 70}),
            (_terms(*items), {"payslip": 80}),
            (_terms(*items), {}),
        ],
        APRIL,
    )
    assert found.uses["payslip"] == UnitUse(Fraction(150), Fraction(150 * 6_200))
    assert (found.prices, found.silent) == ({"payslip": Decimal("6666.6667")}, 1)
    assert found.left_ore == 0
    free = propose(900, [(_terms(_item("payslip", 0, 12)), {"payslip": 3})], APRIL)
    assert free.prices == {"payslip": 300}


def test_units_keep_their_proportion_and_come_to_the_cost() -> None:
    bands = [
        VolumeBand(item="slip", banding=Banding.GRADUATED, above=0, through=10),
        VolumeBand(item="slip", banding=Banding.GRADUATED, above=10, through=None),
    ]
    one = _terms(_item("month", 30_000, 12), _item("payslip", 100, 600), first=16)
    other = _terms(
        _item("year", 120_000, 1),
        _item("payslip", 300, 10, bands[0]),
        _item("payslip", 100, 10, bands[1]),
    )
    found = propose(100_000, [(one, {"payslip": 50}), (other, {"payslip": 25})], APRIL)
    # Half a month at 300.00, a twelfth of a year, and payslips at 1.00 and, on average, 2.00.
    assert found.uses == {
        "month": UnitUse(Fraction(1, 2), Fraction(15_000)),
        "payslip": UnitUse(Fraction(75), Fraction(10_000)),
        "year": UnitUse(Fraction(1, 12), Fraction(10_000)),
    }
    factor = Fraction(100_000, 35_000)
    assert {unit: Fraction(price) for unit, price in found.prices.items()} == {
        "month": pytest.approx(30_000 * factor),
        "payslip": pytest.approx(Fraction(10_000, 75) * factor),
        "year": pytest.approx(120_000 * factor),
    }
    assert found.left_ore == 0
    # What is charged at these prices is the cost: the true-up of both comes to it.
    prices = {unit: Fraction(price) for unit, price in found.prices.items()}
    charged = [
        actual_cost(terms, APRIL, {"payslip": number}, prices=prices).actual_ore
        for terms, number in ((one, 50), (other, 25))
    ]
    assert abs(sum(charged) - 100_000) <= 2


@pytest.mark.parametrize(
    ("cost_ore", "reports"),
    [
        (-1, [(_terms(_item("payslip", 1, 12)), {"payslip": 3})]),
        (100, []),
        (100, [(_terms(_item("payslip", 1, 12)), {"payslip": 0})]),
        (100, [(_terms(_item("payslip", 0, 12), _item("month", 0, 12)), {"payslip": 1})]),
    ],
)
def test_nothing_is_proposed_where_no_price_covers_the_cost(
    cost_ore: int, reports: Reports
) -> None:
    found = propose(cost_ore, reports, APRIL)
    assert (found.prices, found.left_ore) == ({}, cost_ore)


@given(
    st.integers(0, 10**10),
    st.tuples(st.integers(0, 10**5), st.integers(0, 10**5)),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_what_was_used_costs_at_the_proposed_prices_what_it_cost(
    cost_ore: int, signed: tuple[int, int], used: list[tuple[int, int]]
) -> None:
    terms = _terms(*(_item(unit, ore, 12) for unit, ore in zip(UNITS, signed, strict=True)))
    reports = [(terms, dict(zip(UNITS, numbers, strict=True))) for numbers in used]
    found = propose(cost_ore, reports, APRIL)
    whole = {unit: sum(numbers[at] for numbers in used) for at, unit in enumerate(UNITS)}
    prices = {unit: Fraction(price) for unit, price in found.prices.items()}
    at_signed = {unit: whole[unit] * ore for unit, ore in zip(UNITS, signed, strict=True)}
    if all(whole.values()) and not any(at_signed.values()):
        assert prices == {}  # there is no proportion to keep
        return
    assert set(prices) == {unit for unit in UNITS if whole[unit]}
    # A price has four decimals, so each unit may be half of the last of them off.
    may_differ = Fraction(sum(whole.values()), 20_000)
    comes_to = sum((whole[unit] * price for unit, price in prices.items()), Fraction(0))
    assert abs(comes_to - cost_ore) <= may_differ or not prices
    for unit, price in prices.items() if len(prices) > 1 else ():
        part = Fraction(cost_ore * at_signed[unit], sum(at_signed.values()))
        assert abs(whole[unit] * price - part) <= may_differ
