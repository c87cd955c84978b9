"""Leaving: what it means to those who stay, staged last days, start-up and exit cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.values import StartUpCostKind
from services.onboarding.agreements.data import standard_in_force
from services.onboarding.leaving.domain import (
    Delivery,
    Exit,
    ExitPhase,
    ExitRecord,
    Fingerprint,
    Notice,
    latest_deliveries,
    next_exit_phase,
)
from services.onboarding.leaving.effects import CustomerOfService, ExitTerms, effect_on_service
from services.onboarding.leaving.gate import ExitView, exit_missing
from services.onboarding.leaving.rules import exit_rules
from services.onboarding.parties import Party
from services.onboarding.start_up_costs.domain import (
    CostRole,
    Rate,
    StartUpCost,
    cost_of_time,
    reversal,
    totals,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = date(2026, 3, 2)


def customer(fee: int, units: int = 1, name: str = "K") -> CustomerOfService:
    return CustomerOfService(f"{name}-{fee}-{units}", name, fee, units)


fees = st.integers(0, 10**10)


@given(fees, st.lists(fees, max_size=6), st.decimals(0, 100, places=2), st.integers(0, 24))
def test_those_who_stay_would_bear_exactly_what_strands(
    leaving: int, staying: list[int], percent: Decimal, months: int
) -> None:
    terms = ExitTerms(percent, months)
    found = effect_on_service(
        "payroll", "payslip", customer(leaving), [customer(fee) for fee in staying], terms
    )
    exact = Fraction(leaving) * Fraction(percent) / 100
    shifted = sum(share.would_bear_ore for share in found.shares)
    assert shifted == (int(exact + Fraction(1, 2)) if sum(staying) else 0)
    assert abs(found.stranded_ore - exact * months / 12) <= Fraction(1, 2)
    for share in found.shares:
        if sum(staying):
            fair = exact * share.yearly_fee_ore / sum(staying)
            assert abs(share.would_bear_ore - fair) <= Fraction(3, 2)


def test_cost_per_unit_is_told_before_and_if_shifted() -> None:
    terms = ExitTerms(Decimal(35), 6)
    leaver, stayer = customer(1_000_000, 200), customer(600_000, 100)
    found = effect_on_service("payroll", "payslip", leaver, [stayer], terms)
    assert (found.cost_per_unit_ore, found.cost_per_unit_if_shifted_ore) == (5_333, 9_500)
    alone = effect_on_service("payroll", "payslip", leaver, [], terms)
    assert alone.cost_per_unit_if_shifted_ore is None


def leaving_exit(last_days: Mapping[str, date], phase: ExitPhase = ExitPhase.HANDOVER) -> Exit:
    notice = Notice(Party.CUSTOMER, DAY, "Maria Dahl", "GD", "Arbetsordningen", "Egen lösning")
    return Exit(
        id="e",
        case_id="c",
        agreement_id="a",
        org_number="202100-6255",
        customer_name="Kunden",
        notice=notice,
        ends_agreement=True,
        phase=phase,
        version=1,
        opened_at=AT,
        phase_entered_at=AT,
        comment_until=DAY + timedelta(days=30),
        last_days=last_days,
        effects=(),
    )


staged = st.dictionaries(
    st.sampled_from(["payroll", "e-commerce", "travel-and-expenses"]),
    st.dates(DAY, DAY + timedelta(days=40)),
    min_size=1,
)


@given(staged, st.dates(DAY, DAY + timedelta(days=45)))
def test_settlement_waits_for_the_last_of_the_staged_days(
    last_days: dict[str, date], today: date
) -> None:
    leaving = leaving_exit(last_days)
    gate = exit_rules().gate_out_of(ExitPhase.HANDOVER)
    assert gate is not None
    missing = exit_missing(gate, ExitView(ExitRecord(leaving), (), today))
    running = sorted(service for service, last in last_days.items() if today <= last)
    assert [lack.text.split()[4] for lack in missing] == running
    assert (missing == ()) is (today > leaving.last_day)


def test_an_exit_goes_one_way_and_a_withdrawn_one_nowhere() -> None:
    way = [ExitPhase.NOTICE]
    while (following := next_exit_phase(way[-1])) is not None:
        way.append(following)
    assert way[-1] is ExitPhase.ARCHIVED
    assert len(way) == 4
    assert next_exit_phase(ExitPhase.WITHDRAWN) is None


def test_tasks_fall_due_from_the_last_day_and_need_their_owners() -> None:
    tasks = [task.task(date(2027, 12, 31)) for task in exit_rules().tasks]
    assert tasks[0].due_on == date(2027, 7, 4)
    assert tasks[0].lacking == (Party.CUSTOMER, Party.CENTRE)


def test_a_later_delivery_takes_the_place_of_an_earlier_one() -> None:
    sent = Fingerprint(1, 2, "a" * 64)
    first = Delivery("1", "payroll", "registers", sent, DAY, Fingerprint(1, 3, "b" * 64))
    assert (first.agrees, first.differences) == (False, ("sum_ore", "sha256"))
    second = Delivery("2", "payroll", "registers", sent, DAY, sent)
    assert latest_deliveries([first, second]) == {("payroll", "registers"): second}
    assert second.agrees


@given(st.integers(1, 1440), st.integers(1, 500_000))
def test_time_costs_its_share_of_an_hour(minutes: int, rate: int) -> None:
    assert cost_of_time(minutes, rate) == (2 * minutes * rate + 60) // 120


def test_the_rate_is_that_of_the_day() -> None:
    role = CostRole("r", "R", "R", (Rate(date(2026, 1, 1), 200), Rate(date(2025, 1, 1), 100)))
    assert role.rate_on(date(2024, 12, 31)) is None
    assert role.rate_on(date(2025, 12, 31)) == 100
    assert role.rate_on(date(2026, 1, 1)) == 200


entries = st.lists(
    st.tuples(st.sampled_from(StartUpCostKind), st.integers(1, 10**9), st.booleans()), max_size=8
)


@given(entries)
def test_what_is_taken_back_leaves_nothing(drawn: list[tuple[StartUpCostKind, int, bool]]) -> None:
    kept: list[StartUpCost] = []
    expected = 0
    for number, (kind, amount, taken_back) in enumerate(drawn):
        entry = StartUpCost(
            f"{number}",
            "c",
            "payroll",
            "payroll",
            kind,
            DAY,
            None,
            7,
            None,
            amount,
            "Text",
            None,
            "m",
            AT,
        )
        kept.append(entry)
        if taken_back:
            kept.append(reversal(entry, f"{number}r", "Fel ärende", "m", AT))
        else:
            expected += amount
    assert sum(total.total_ore for total in totals(kept)) == expected


def test_comments_end_before_time_confirms_the_notice() -> None:
    assert exit_rules().comment_days < standard_in_force().notice_confirmed_after_days
