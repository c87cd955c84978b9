from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.billing.invoices.domain import (
    Line,
    LineKind,
    credit_of_next_breach,
    credit_total,
    invoice_number,
    total_ore,
)
from services.billing.months import Month
from services.billing.subscriptions.versions import CreditRule

percents = st.decimals(0, 100, places=2, allow_nan=False)
rules = st.builds(CreditRule, percents, percents)
amounts = st.integers(0, 10**10)


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_the_total_is_the_sum_of_the_lines(parts: list[int]) -> None:
    lines = tuple(Line(LineKind.TRUE_UP, "payroll", Month(2026, 1), "", part) for part in parts)
    slow = 0
    for part in parts:
        slow += part
    assert total_ore(lines) == slow


@given(rules, amounts, st.integers(0, 60))
def test_a_months_credit_is_the_capped_percentage(
    rule: CreditRule, amount: int, breaches: int
) -> None:
    percent = Fraction(0)
    for _ in range(breaches):
        percent += Fraction(rule.percent_per_breach)
    exact = amount * min(percent, Fraction(rule.monthly_cap_percent)) / 100
    assert abs(credit_total(rule, amount, breaches) - exact) <= Fraction(1, 2)


@given(rules, amounts, st.integers(0, 60))
def test_more_breaches_never_give_less_and_never_more_than_the_cap(
    rule: CreditRule, amount: int, breaches: int
) -> None:
    fewer, more = (credit_total(rule, amount, number) for number in (breaches, breaches + 1))
    assert 0 <= fewer <= more <= amount
    assert more <= credit_total(CreditRule(Decimal(100), rule.monthly_cap_percent), amount, 1)


@given(rules, amounts, st.integers(0, 40))
def test_the_credits_of_single_breaches_sum_to_the_months(
    rule: CreditRule, amount: int, breaches: int
) -> None:
    parts = [credit_of_next_breach(rule, amount, earlier) for earlier in range(breaches)]
    assert sum(parts) == credit_total(rule, amount, breaches)


def test_invoice_numbers_are_the_years_own() -> None:
    assert invoice_number(2026, 1) == "2026-000001"
    assert invoice_number(2027, 123_456) == "2027-123456"
