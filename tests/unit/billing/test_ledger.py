"""The ledger's rules against sums that anybody can follow."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.invoices.domain import LineKind
from services.billing.ledger import cost_rules, rules
from services.billing.ledger.chart import AccountKind, AccountRole, chart
from services.billing.ledger.domain import CauseKind, Entry, Posting, UnbalancedError, posting_day
from services.billing.ledger.rules import (
    CreditFact,
    InvoiceFact,
    InvoiceLineFact,
    ShareFact,
)
from services.billing.ledger.trial_balance import Movement, trial_balance
from services.billing.months import Month

RECEIVABLE = chart().numbers[AccountRole.RECEIVABLE]
ORE = st.integers(-(10**9), 10**9)
SERVICE = st.sampled_from(["payroll", "e-commerce", "travel"])
PERIOD = st.sampled_from(["2026-01", "2026-02", "2026-03"])
AMOUNTS = st.dictionaries(st.tuples(SERVICE, PERIOD), ORE, max_size=4)
DAY = st.dates(date(2025, 11, 1), date(2026, 12, 31))


@st.composite
def lines(draw: st.DrawFn) -> InvoiceLineFact:
    kind = draw(st.sampled_from(LineKind))
    between = draw(ORE) if kind is LineKind.COST_SHARE else 0
    return InvoiceLineFact(kind, draw(SERVICE), draw(PERIOD), draw(ORE), between)


@st.composite
def invoices(draw: st.DrawFn) -> InvoiceFact:
    return InvoiceFact(
        id="i",
        number="2026-000001",
        subscription_id="s",
        org_number="202100-6255",
        period=Month(2026, 3),
        issued_on=date(2026, 4, 1),
        lines=tuple(draw(st.lists(lines(), max_size=6))),
    )


@st.composite
def postings(draw: st.DrawFn) -> Posting | None:
    day, ore = draw(DAY), draw(ORE)
    about = ("202100-6255", "s")
    credit = CreditFact("b", "s", about[0], draw(SERVICE), draw(PERIOD), abs(ore))
    shares = draw(
        st.lists(st.builds(ShareFact, st.just(None), st.sampled_from(["", "it"]), ORE), max_size=4)
    )
    invoice = draw(invoices())
    made = (
        rules.fees_earned(invoice),
        rules.invoiced(invoice),
        rules.credits_levelled("i", day, *about, draw(AMOUNTS)),
        rules.true_up_booked("t", day, *about, draw(AMOUNTS)),
        rules.credit_given(credit, day),
        rules.credit_withdrawn(credit, day, None),
        rules.exit_costs("x", day, *about, draw(AMOUNTS)),
        rules.sharing_booked("d", "karlstad", day, shares, None),
        cost_rules.start_up_cost(
            "c", AccountRole.START_UP_TIME, day, ("202100-6255", "payroll"), ore, None
        ),
        cost_rules.costs_taken_in(
            "c",
            Month(2026, 1),
            "accounts",
            [cost_rules.CostFact(AccountRole.COST_SYSTEM, None, ore)],
        ),
    )
    return draw(st.sampled_from(made))


def _sum(postings: list[Posting], role: AccountRole) -> int:
    number = chart().numbers[role]
    return sum(row.amount_ore for each in postings for row in each.entries if row.account == number)


@given(postings())
@settings(max_examples=25)
def test_every_voucher_balances(posting: Posting | None) -> None:
    if posting is not None:
        assert sum(row.amount_ore for row in posting.entries) == 0
        assert all(row.amount_ore for row in posting.entries)
        back = rules.correction(
            "r", "v", posting.day, "wrong", rules.reversed_entries(posting.entries), None
        )
        assert back is not None
        both = rules.correction(
            "r", "v", posting.day, "both", (*posting.entries, *back.entries), None
        )
        assert both is None


@given(invoices())
@settings(max_examples=25)
def test_an_invoice_is_its_total_and_leaves_no_fee_accrued(invoice: InvoiceFact) -> None:
    made = [each for each in (rules.fees_earned(invoice), rules.invoiced(invoice)) if each]
    total = sum(line.amount_ore for line in invoice.lines)
    assert _sum(made, AccountRole.RECEIVABLE) == total
    assert _sum(made, AccountRole.FEES_ACCRUED) == 0
    fees = sum(x.amount_ore for x in invoice.lines if x.kind is LineKind.SUBSCRIPTION)
    assert _sum(made, AccountRole.FEES) == -fees


@given(AMOUNTS)
@settings(max_examples=20)
def test_what_is_invoiced_of_a_true_up_is_accrued_no_more(
    amounts: dict[tuple[str, str], int],
) -> None:
    booked = rules.true_up_booked("t", date(2026, 3, 31), "202100-6255", "s", amounts)
    carried = tuple(
        InvoiceLineFact(LineKind.TRUE_UP, service, period, ore)
        for (service, period), ore in amounts.items()
    )
    invoice = InvoiceFact("i", "n", "s", "202100-6255", Month(2026, 3), date(2026, 4, 1), carried)
    made = [each for each in (booked, rules.invoiced(invoice)) if each]
    assert _sum(made, AccountRole.TRUE_UPS_ACCRUED) == _sum(made, AccountRole.TRUE_UPS_OWED) == 0
    assert _sum(made, AccountRole.TRUE_UPS) == -sum(amounts.values())


@given(st.lists(st.tuples(postings(), st.integers(0, 9)), max_size=8), DAY, st.integers(0, 9))
@settings(max_examples=25)
def test_the_trial_balance_is_the_slow_sum_and_comes_to_nought(
    told: list[tuple[Posting | None, int]], on: date, known_at: int
) -> None:
    seen = [each for each, at in told if each and at <= known_at and each.day <= on]
    rows = [(each.day, row) for each in seen for row in each.entries]
    movements = []
    for number in {row.account for _, row in rows}:
        own = [(day, row.amount_ore) for day, row in rows if row.account == number]
        this_year = [ore for day, ore in own if day.year == on.year]
        movements.append(
            Movement(
                number,
                sum(ore for day, ore in own if day.year < on.year),
                sum(ore for ore in this_year if ore > 0),
                -sum(ore for ore in this_year if ore < 0),
            )
        )
    balance = trial_balance(movements, chart())
    assert sum(each.closing_ore for each in balance) == 0
    assert sum(each.opening_ore for each in balance) == 0
    for each in balance:
        if each.account.role is AccountRole.EARLIER_YEARS:
            continue
        result = each.account.kind in {AccountKind.INCOME, AccountKind.COST}
        assert each.closing_ore == sum(
            row.amount_ore
            for day, row in rows
            if row.account == each.account.number and (not result or day.year == on.year)
        )


def test_vouchers_that_do_not_balance_cannot_be_made() -> None:
    for entries in ((), (Entry(RECEIVABLE, 1),)):
        with pytest.raises(UnbalancedError):
            Posting(CauseKind.CORRECTION, "r", date(2026, 1, 1), "", "", entries)


def test_a_fact_of_a_closed_month_is_posted_after_it() -> None:
    day = date(2026, 2, 28)
    assert posting_day(day, None) == posting_day(day, Month(2026, 1)) == day
    assert posting_day(day, Month(2026, 2)) == date(2026, 3, 1)
