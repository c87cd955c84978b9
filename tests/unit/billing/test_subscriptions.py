from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    SubscriptionStatus,
    charged_months,
    days_in_operation,
    instalment,
    plan_of_year,
    status_of,
    twelfth,
)
from tests.unit.billing.strategies import in_operation, months, services

PAYROLL = in_operation(
    "payroll",
    (
        SignedItem("fixed", "Fixed", "month", 1_350_000, 12),
        SignedItem("slips", "Slips", "payslip", 6_200, 1_201),
    ),
    date(2026, 3, 17),
    date(2028, 12, 31),
)


def half_up(value: Fraction) -> int:
    whole, rest = divmod(value, 1)
    return int(whole) + (rest >= Fraction(1, 2))


@given(st.integers(0, 10**12), st.integers(2000, 2100))
def test_the_twelve_instalments_of_a_year_sum_to_the_yearly_fee(yearly: int, year: int) -> None:
    parts = [twelfth(yearly, Month(year, month)) for month in range(1, 13)]
    assert sum(parts) == yearly
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


@given(services(), st.integers(2026, 2028))
def test_a_whole_year_in_operation_is_charged_the_yearly_fee(
    terms: ServiceTerms, year: int
) -> None:
    whole = in_operation("payroll", terms.items, date(2025, 12, 31), date(2030, 1, 1))
    assert sum(plan_of_year(whole, year).values()) == terms.yearly_ore


@given(services(), months)
def test_a_month_is_charged_by_its_days_in_operation(terms: ServiceTerms, month: Month) -> None:
    [stretch] = terms.stretches
    days = 0
    day = month.first_day
    while day <= month.last_day:
        days += stretch.first <= day <= stretch.last
        day += timedelta(days=1)
    assert days_in_operation(terms, month) == days
    exact = Fraction(twelfth(terms.yearly_ore, month) * days, month.days)
    assert instalment(terms, month) == half_up(exact)


@given(services(), months)
def test_charged_months_are_those_with_a_day_in_operation(
    terms: ServiceTerms, through: Month
) -> None:
    assert list(charged_months(terms, through)) == [
        month for month in Month(2024, 1).up_to(through) if days_in_operation(terms, month) > 0
    ]


def test_go_live_on_17_march_charges_15_of_31_days() -> None:
    monthly = twelfth(PAYROLL.yearly_ore, Month(2026, 3))
    assert monthly == 1_350_000 + 620_517  # 6,200 x 1,201 / 12 = 620,516.67, March gets an öre
    assert instalment(PAYROLL, Month(2026, 3)) == 953_476  # 1,970,517 x 15 / 31 = 953,475.97
    assert instalment(PAYROLL, Month(2026, 2)) == 0
    assert instalment(PAYROLL, Month(2026, 4)) == monthly


def test_a_service_that_is_not_live_is_charged_nothing() -> None:
    waiting = replace(PAYROLL, stretches=())
    assert instalment(waiting, Month(2026, 5)) == 0
    assert list(charged_months(waiting, Month(2026, 5))) == []


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 3, 16), SubscriptionStatus.PENDING),
        (date(2026, 3, 17), SubscriptionStatus.ACTIVE),
        (date(2028, 12, 31), SubscriptionStatus.ACTIVE),
        (date(2029, 1, 1), SubscriptionStatus.ENDED),
    ],
)
def test_the_status_follows_from_the_dates(today: date, status: SubscriptionStatus) -> None:
    later = replace(PAYROLL, service="e-commerce", stretches=())
    assert status_of((PAYROLL, later), today) is status
