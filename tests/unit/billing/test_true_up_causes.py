"""Why true-ups differ, what they carry, and that neither depends on how the year was cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    days_in_operation,
    instalment,
)
from services.billing.true_up.causes import NONE, Causes
from services.billing.true_up.domain import Booked, Settlement, carry, settle
from services.billing.true_up.month_cost import ActualPrices, actual_cost
from services.billing.true_up.telling import in_english, in_swedish, why
from services.billing.true_up.terms import (
    SettlesAt,
    TrueUpTerms,
    ends_year,
    next_day,
    standard_terms,
    terms_on,
)
from services.chassis.money import round_half_up
from tests.unit.billing.strategies import UNITS, in_operation, services

LAST = Month(2026, 12)
THREE = (Month(2025, 4), Month(2025, 10), Month(2025, 12), Month(2026, 4), Month(2026, 10), LAST)

prices = st.fractions(0, 20_000, max_denominator=10_000)
facts = st.lists(
    st.tuples(
        st.sampled_from(["payroll", "e-commerce"]),
        st.sampled_from(UNITS[1:]),
        st.builds(Month(2025, 1).plus, st.integers(0, 23)),
        st.integers(0, 5_000),
    ),
    max_size=12,
)
"""Each is what a thing is newly known to be: a first report, or a correction of it."""

Reported = dict[tuple[str, str, Month], int]


def known_of(given_facts: list[tuple[str, str, Month, int]]) -> Reported:
    return {(service, unit, month): number for service, unit, month, number in given_facts}


@settings(max_examples=60)
@given(
    st.tuples(services("payroll"), services("e-commerce")),
    facts,
    st.dictionaries(st.sampled_from(UNITS), prices, max_size=2),
    st.lists(st.integers(0, 12), min_size=5, max_size=5),
    st.sampled_from([0, 1, 200_000, 10**12]),
)
def test_true_ups_with_corrections_and_carrying_end_where_one_computation_does(
    both: tuple[ServiceTerms, ServiceTerms],
    given_facts: list[tuple[str, str, Month, int]],
    actual: dict[str, Fraction],
    cuts: list[int],
    materiality: int,
) -> None:
    """Whatever came when, was corrected when, and was small enough to be carried when."""

    def prices_of(_: str, month: Month) -> ActualPrices:
        return actual if month.month % 2 else {}

    booked: dict[tuple[str, Month], Booked] = {}
    done: list[Settlement] = []
    for through, cut in zip(THREE, [*sorted(cuts), len(given_facts)], strict=True):
        found = settle(both, known_of(given_facts[:cut]), booked, through, prices_of)
        settled = carry(found, 0 if ends_year(through) else materiality)
        assert settled.totals.difference_ore + sum(
            each.difference_ore for each in settled.carried
        ) == (found.totals.difference_ore)
        for row in settled.months:
            before = booked.get((row.service, row.month), Booked(0, 0))
            booked[row.service, row.month] = Booked(
                before.charged_ore + row.charged_ore,
                before.actual_ore + row.actual_ore,
                before.causes + row.causes,
            )
        done.append(settled)
    whole = settle(both, known_of(given_facts), {}, LAST, prices_of).totals
    assert sum(each.totals.charged_ore for each in done) == whole.charged_ore
    assert sum(each.totals.actual_ore for each in done) == whole.actual_ore
    assert sum((each.totals.causes for each in done), NONE) == whole.causes
    assert all(row.causes.total_ore == row.difference_ore for each in done for row in each.months)


@settings(max_examples=60)
@given(
    services(),
    st.dictionaries(st.sampled_from(UNITS[1:]), st.integers(0, 5_000)),
    st.dictionaries(st.sampled_from(UNITS[1:]), prices),
    st.integers(0, 40),
)
def test_the_causes_of_a_month_are_what_their_words_say(
    terms: ServiceTerms, reported: dict[str, int], actual: dict[str, Fraction], offset: int
) -> None:
    """Against the slow way: what another quantity makes, then what another price makes of it."""
    month = Month.of(terms.stretches[0].first).plus(offset)
    days = days_in_operation(terms, month)
    if days == 0:
        return
    by_quantity = by_cost = 0
    nothing = actual_cost(terms, month, {}).actual_ore
    for unit in (terms.units - {"month"}) & reported.keys():
        signed = reported[unit] * sum(
            item.unit_price_ore for item in terms.items if item.unit == unit
        )
        by_quantity += signed + actual_cost(terms, month, {unit: 0}).actual_ore - nothing
        if unit in actual:
            by_cost += round_half_up(reported[unit] * actual[unit]) - signed
    partly = days < month.days
    assert actual_cost(terms, month, reported, {}, actual).causes == Causes(
        volume_ore=0 if partly else by_quantity,
        membership_ore=by_quantity if partly else 0,
        cost_ore=by_cost,
    )


PAYROLL = in_operation(
    "payroll",
    (
        SignedItem("fixed", "Fixed", "month", 1_350_000, 12),
        SignedItem("slips", "Slips", "payslip", 6_200, 12_000),
    ),
    date(2025, 3, 17),
    date(2028, 12, 31),
)
INVOICES = in_operation(
    "e-commerce",
    (SignedItem("invoices", "Invoices", "supplier-invoice", 6_500, 1_200),),
    date(2025, 3, 17),
    date(2028, 12, 31),
)


@pytest.mark.parametrize(
    ("month", "reported", "actual", "causes"),
    [
        # 100 more than the 1,000 expected, at 62 kronor.
        (Month(2025, 4), {"payslip": 1_100}, {}, Causes(volume_ore=620_000)),
        # The same at 62.50: 50 öre more for each of the 1,100.
        (
            Month(2025, 4),
            {"payslip": 1_100},
            {"payslip": Fraction(6_250)},
            Causes(volume_ore=620_000, cost_ore=55_000),
        ),
        # Charged for 15 of 31 days, used in full: 1,000 x 62 less 15/31 of it.
        (Month(2025, 3), {"payslip": 1_000}, {}, Causes(membership_ore=3_200_000)),
        # The fixed fee turned out at 14,000 a month.
        (Month(2025, 4), {}, {"month": Fraction(1_400_000)}, Causes(cost_ore=50_000)),
        (Month(2025, 4), {}, {}, NONE),
    ],
)
def test_each_cause(
    month: Month, reported: dict[str, int], actual: ActualPrices, causes: Causes
) -> None:
    cost = actual_cost(PAYROLL, month, reported, {}, actual)
    assert cost.causes == causes
    assert cost.actual_ore - instalment(PAYROLL, month) == causes.total_ore


def test_what_is_not_material_is_carried_whole_and_said() -> None:
    reported = {("payroll", "payslip", Month(2025, 4)): 1_001}
    found = settle([PAYROLL], reported, {}, Month(2025, 4))
    assert carry(found, 6_200) == found
    carried = carry(found, 6_201)
    assert carried.months == ()
    assert [(each.service_area, each.difference_ore) for each in carried.carried] == [
        ("payroll-area", 6_200)
    ]
    assert "below 62.01 SEK and is carried" in in_english(carried)
    assert "förs över till nästa avstämning" in in_swedish(carried)
    assert why(found.totals.causes) == "volume 62.00 SEK"
    assert in_english(found) == (
        "Through 2025-04 the use cost 62.00 SEK more than the fees charged."
        " By cause: volume 62.00 SEK."
    )


@pytest.mark.parametrize("quantity", [10**12, 10**15])
def test_what_cannot_be_right_is_carried_even_at_the_years_end(quantity: int) -> None:
    through = Month(2025, 12)
    reported = {("payroll", "payslip", through): quantity}
    found = carry(settle([PAYROLL, INVOICES], reported, {}, through), 0)
    [carried] = found.carried
    assert (carried.service_area, carried.too_large) == ("payroll-area", True)
    assert {row.service for row in found.months} == {"e-commerce"}
    assert "waits until volumes or prices are corrected" in in_english(found)
    assert "orimligt stor" in in_swedish(found)
    # Corrected, it is settled as if it had never been wrong.
    right = {("payroll", "payslip", through): 10**9}
    assert carry(settle([PAYROLL, INVOICES], right, {}, through), 0).carried == ()


def test_who_joins_in_july_and_leaves_in_october_has_membership_in_those_months_alone() -> None:
    """From 15 July through 10 October, 1,000 payslips a month expected at 62 kronor each."""
    [stretch] = PAYROLL.stretches
    days = replace(stretch, first=date(2025, 7, 15), last=date(2025, 10, 10))
    terms = replace(PAYROLL, stretches=(days,), ends_on=days.last)
    used = {7: 1_000, 8: 1_000, 9: 1_100, 10: 400}
    reported = {("payroll", "payslip", Month(2025, month)): n for month, n in used.items()}
    found = {row.month.month: row.causes for row in settle([terms], reported, {}, LAST).months}
    # What is charged is 1,000 x 17/31 and 1,000 x 10/31; what was used counts whole.
    assert found == {
        7: Causes(membership_ore=6_200_000 - 3_400_000),
        8: NONE,
        9: Causes(volume_ore=100 * 6_200),
        10: Causes(membership_ore=400 * 6_200 - 2_000_000),
    }
    # From the first of July through the last of October there is no membership at all.
    whole = replace(days, first=date(2025, 7, 1), last=date(2025, 10, 31))
    terms = replace(PAYROLL, stretches=(whole,), ends_on=whole.last)
    assert [row.causes for row in settle([terms], reported, {}, LAST).months] == [
        NONE,
        NONE,
        Causes(volume_ore=100 * 6_200),
        Causes(volume_ore=-600 * 6_200),
    ]


def test_terms_hold_from_their_day_and_the_year_ends_in_any_case() -> None:
    tertial = TrueUpTerms(1, date(2025, 7, 1), ("04-30", "08-31"), 500_000, SettlesAt.ACTUAL_PRICES)
    later = TrueUpTerms(2, date(2026, 1, 1), (), 0, SettlesAt.SIGNED_PRICES)
    assert terms_on([tertial, later], date(2025, 6, 30)) == standard_terms()
    assert terms_on([later, tertial], date(2025, 7, 1)) == tertial
    assert terms_on([later, tertial], date(2026, 1, 1)) == later
    agreed = ["04-30", "10-31"]
    assert next_day(tertial, agreed, date(2025, 7, 1)) == date(2025, 8, 31)
    assert next_day(later, agreed, date(2025, 7, 1)) == date(2025, 10, 31)
    assert next_day(later, agreed, date(2025, 11, 1)) == date(2025, 12, 31)
    assert ends_year(Month(2025, 12))
    assert not ends_year(Month(2025, 10))
