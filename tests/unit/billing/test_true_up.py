"""True-up against a slow oracle that knows nothing of bookings, lateness or allocation."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, instalment
from services.billing.true_up.domain import (
    Booked,
    Settlement,
    actual_cost,
    contact_required,
    settle,
)
from tests.unit.billing.strategies import UNITS, in_operation, services

Report = tuple[str, str, Month, int]
"""Service, unit, month and quantity."""

LAST = Month(2027, 1)

reports = st.lists(
    st.tuples(
        st.sampled_from(["payroll", "e-commerce"]),
        st.sampled_from(UNITS[1:]),
        st.builds(lambda index: Month(2025, 1).plus(index), st.integers(0, 24)),
        st.integers(0, 5_000),
    ),
    max_size=30,
)


def sums(given_reports: list[Report]) -> dict[tuple[str, str, Month], int]:
    found: dict[tuple[str, str, Month], int] = {}
    for service, unit, month, number in given_reports:
        found[service, unit, month] = found.get((service, unit, month), 0) + number
    return found


def half_up(value: Fraction) -> int:
    whole, rest = divmod(value, 1)
    return int(whole) + (rest >= Fraction(1, 2))


def days_live(terms: ServiceTerms, month: Month) -> int:
    [stretch] = terms.stretches
    days = [month.first_day + timedelta(days=index) for index in range(month.days)]
    return sum(stretch.first <= day <= stretch.last for day in days)


def oracle_month(yearly: int, month: Month, days: int) -> int:
    """A month's part of a yearly amount: spread over the year, then cut by days."""
    spread = [yearly // 12] * 12
    for index in range(yearly % 12):
        spread[index] += 1
    return half_up(Fraction(spread[month.month - 1] * days, month.days))


def oracle_actual(terms: ServiceTerms, reported: dict[tuple[str, str, Month], int]) -> Fraction:
    """What all use until ``LAST`` costs; exact where every unit is reported."""
    total = Fraction(0)
    for month in Month(2025, 1).up_to(LAST):
        days = days_live(terms, month)
        if days == 0:
            continue
        fixed = [item for item in terms.items if item.unit == "month"]
        total += oracle_month(sum(item.yearly_ore for item in fixed), month, days)
        for item in terms.items:
            if item.unit != "month":
                total += item.unit_price_ore * reported[terms.service, item.unit, month]
    return total


def oracle_charged(terms: ServiceTerms) -> int:
    yearly = sum(item.unit_price_ore * item.yearly_quantity for item in terms.items)
    return sum(
        oracle_month(yearly, month, days_live(terms, month)) for month in Month(2025, 1).up_to(LAST)
    )


def run_true_ups(
    all_services: list[ServiceTerms], arrivals: list[list[Report]], throughs: list[Month]
) -> list[Settlement]:
    """One true-up after each wave of reports, booked one upon the other."""
    known: list[Report] = []
    booked: dict[tuple[str, Month], Booked] = {}
    done: list[Settlement] = []
    for wave, through in zip(arrivals, throughs, strict=True):
        known += wave
        settlement = settle(all_services, sums(known), booked, through)
        for row in settlement.months:
            before = booked.get((row.service, row.month), Booked(0, 0))
            booked[row.service, row.month] = Booked(
                before.charged_ore + row.charged_ore,
                before.actual_ore + row.actual_ore,
                before.causes + row.causes,
            )
        done.append(settlement)
    return done


two_services = st.tuples(services("payroll"), services("e-commerce")).map(list)


@settings(deadline=None)
@given(two_services, st.data())
def test_with_every_volume_reported_the_true_up_is_the_oracles(
    all_services: list[ServiceTerms], data: st.DataObject
) -> None:
    reported = {
        (terms.service, unit, month): data.draw(st.integers(0, 5_000))
        for terms in all_services
        for unit in terms.units - {"month"}
        for month in Month(2025, 1).up_to(LAST)
    }
    [settlement] = run_true_ups(
        all_services, [[(*key, number) for key, number in reported.items()]], [LAST]
    )
    assert settlement.totals.actual_ore == sum(
        oracle_actual(terms, reported) for terms in all_services
    )
    assert settlement.totals.charged_ore == sum(oracle_charged(terms) for terms in all_services)


@settings(deadline=None)
@given(two_services, reports, st.data())
def test_true_ups_sum_to_one_over_the_whole_time_whatever_the_order_of_arrival(
    all_services: list[ServiceTerms], given_reports: list[Report], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(given_reports))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    bounds = [0, *cuts, len(shuffled)]
    waves = [shuffled[first:last] for first, last in pairwise(bounds)]
    throughs = sorted(
        data.draw(
            st.lists(
                st.builds(lambda index: Month(2025, 1).plus(index), st.integers(0, 24)),
                min_size=len(waves) - 1,
                max_size=len(waves) - 1,
            )
        )
    )
    steps = run_true_ups(all_services, waves, [*throughs, LAST])
    whole = settle(all_services, sums(given_reports), {}, LAST)
    for terms in all_services:
        for name in ("charged_ore", "actual_ore"):
            parts = sum(
                getattr(step.by_service()[terms.service], name)
                for step in steps
                if terms.service in step.by_service()
            )
            assert parts == getattr(whole.by_service()[terms.service], name)


@given(services())
def test_without_any_report_nothing_differs(terms: ServiceTerms) -> None:
    settlement = settle([terms], {}, {}, LAST)
    assert all(row.difference_ore == 0 for row in settlement.months)
    assert settlement.totals.charged_ore == oracle_charged(terms)


@settings(deadline=None)
@given(two_services, reports)
def test_a_true_up_upon_itself_books_nothing(
    all_services: list[ServiceTerms], given_reports: list[Report]
) -> None:
    _, again = run_true_ups(all_services, [given_reports, []], [LAST, LAST])
    assert again.months == ()
    assert again.totals.difference_ore == 0


@settings(deadline=None)
@given(two_services, reports)
def test_services_areas_and_months_sum_to_the_same(
    all_services: list[ServiceTerms], given_reports: list[Report]
) -> None:
    settlement = settle(all_services, sums(given_reports), {}, LAST)
    whole = settlement.totals.difference_ore
    assert whole == sum(row.difference_ore for row in settlement.months)
    assert whole == sum(each.difference_ore for each in settlement.by_service().values())
    assert whole == sum(each.difference_ore for each in settlement.by_area().values())


PAYROLL = in_operation(
    "payroll",
    (
        SignedItem("fixed", "Fixed", "month", 1_350_000, 12),
        SignedItem("base", "Base", "payslip", 2_200, 1_200),
        SignedItem("system", "System", "payslip", 4_000, 1_200),
    ),
    date(2026, 3, 17),
    date(2028, 12, 31),
)


def test_one_reported_quantity_counts_for_every_item_of_its_unit() -> None:
    cost = actual_cost(PAYROLL, Month(2026, 4), {"payslip": 110})
    assert cost.actual_ore == 1_350_000 + 110 * 6_200
    assert cost.steps == (
        "fixed monthly fees: 13,500.00 SEK",
        "110 payslips x 62.00 SEK = 6,820.00 SEK",
    )


def test_the_month_of_go_live_counts_by_days_and_says_so() -> None:
    cost = actual_cost(PAYROLL, Month(2026, 3), {"payslip": 50})
    assert cost.actual_ore == 653_226 + 50 * 6_200  # 1,350,000 x 15 / 31 = 653,225.8
    assert cost.steps[0] == "fixed monthly fees for 15 of 31 days: 6,532.26 SEK"


def test_a_missing_report_counts_as_expected_and_says_so_but_a_nought_is_a_nought() -> None:
    missing = actual_cost(PAYROLL, Month(2026, 4), {})
    assert missing.actual_ore == instalment(PAYROLL, Month(2026, 4))
    assert missing.steps[1] == (
        "no volume in payslips reported for 2026-04: the expected 6,200.00 SEK count"
    )
    assert actual_cost(PAYROLL, Month(2026, 4), {"payslip": 0}).actual_ore == 1_350_000


def test_late_volumes_are_marked_and_change_only_their_month() -> None:
    early: list[Report] = [("payroll", "payslip", Month(2026, 4), 100)]
    late: list[Report] = [("payroll", "payslip", Month(2026, 4), 20)]
    _, second = run_true_ups([PAYROLL], [early, late], [Month(2026, 4), Month(2026, 5)])
    [april, may] = second.months
    assert (april.month, april.late, april.charged_ore, april.actual_ore) == (
        Month(2026, 4),
        True,
        0,
        20 * 6_200,
    )
    assert april.steps[0].startswith("late volumes")
    assert (may.month, may.late, may.difference_ore) == (Month(2026, 5), False, 0)
    assert second.first_month == Month(2026, 5)


@pytest.mark.parametrize(
    ("difference", "required"),
    [(10_000_000, False), (10_000_001, True), (-10_000_001, True), (0, False)],
)
def test_contact_is_required_above_the_threshold(difference: int, required: bool) -> None:
    assert contact_required(difference, 10_000_000) is required
