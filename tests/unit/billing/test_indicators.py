"""The rules of the indicators."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.indicators.catalogue import named_indicators
from services.billing.indicators.domain import (
    IndicatorKey,
    LevelOutcome,
    Share,
    agencies_on,
    fee_changes,
    measured,
)
from services.billing.months import Month
from services.billing.tariffs.catalogue import tariffs
from services.billing.tariffs.comparing import SignedUse
from services.contracts.succession import LifeEvent, Register
from services.contracts.values import LifeEventKind, MeasureKind

FEW = settings(max_examples=40, deadline=None)
A, B, C = "202100-5026", "202100-0852", "202100-6255"
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
OLD = tariffs()["ssc-2020"]
VARIABLE = ("payroll-base-variable", "payroll-system-variable")


def test_every_indicator_is_described_in_statskontorets_order() -> None:
    assert tuple(named_indicators()) == tuple(IndicatorKey)


def _event(kind: LifeEventKind, org_number: str, day: date, *successors: str) -> LifeEvent:
    return LifeEvent(
        f"{kind}-{org_number}", kind, org_number, day, None, successors, None, None, False, NOON
    )


def test_agencies_that_merged_or_closed_are_not_there_from_their_day_on() -> None:
    # Ekonomistyrningsverket absorbed Statskontoret on 1 January 2026.
    absorbed = _event(LifeEventKind.MERGED, B, date(2026, 1, 1), A)
    closed = _event(LifeEventKind.CLOSED, C, date(2026, 1, 2))
    register = Register((), (absorbed, closed))
    since = {A: date(2025, 1, 1), B: date(2025, 1, 1), C: date(2025, 12, 31)}
    for day, there in (
        (date(2025, 12, 30), {A, B}),
        (date(2025, 12, 31), {A, B, C}),
        (date(2026, 1, 1), {A, C}),
        (date(2026, 1, 2), {A}),
    ):
        assert agencies_on(register, since, (), day) == there
    # A split, and a record that was withdrawn, end nobody; who is served is there.
    split = _event(LifeEventKind.SPLIT, A, date(2025, 1, 1), B, C)
    withdrawn = replace(closed, id="w", corrects=closed.id, withdrawn=True)
    living = Register((), (split, closed, withdrawn))
    assert agencies_on(living, {A: date(2027, 1, 1)}, {A, C}, date(2026, 6, 1)) == {A, C}


uses = st.builds(
    SignedUse,
    org_number=st.just(A),
    name=st.just("A"),
    subscription_id=st.sampled_from(["s", "t"]),
    signed_tariff=st.just(OLD.key),
    service=st.just("payroll"),
    customer_year=st.integers(1, 3),
    headcount=st.integers(0, 500),
    volumes=st.integers(0, 50_000).map(lambda number: {"payslip": number, "month": 12}),
    replaced=st.just(frozenset()),
    own_ore=st.integers(0, 10**6),
    signed_ore=st.integers(0, 10**6),
)


@FEW
@given(st.lists(uses, min_size=1, max_size=6), st.integers(0, 300))
def test_fees_change_by_their_prices_whatever_the_volumes(
    signed: list[SignedUse], percent: int
) -> None:
    """Against sums in a loop: only the items by payslip change."""
    items = tuple(
        replace(item, prices_ore=tuple(ore * percent // 100 for ore in item.prices_ore))
        if item.key in VARIABLE
        else item
        for item in OLD.items
    )
    new = replace(OLD, items=items)
    change = fee_changes(OLD, new, signed)["payroll"]
    difference = 0
    for use in signed:
        for key in VARIABLE:
            before, after = OLD.find(key), new.find(key)
            assert before is not None
            assert after is not None
            difference += (after.prices_ore[0] - before.prices_ore[0]) * use.volumes["payslip"]
    assert change.new_ore - change.old_ore == difference
    assert change.is_priced
    if change.old_ore:
        assert change.percent == Fraction(100 * difference, change.old_ore)
    assert fee_changes(OLD, OLD, signed)["payroll"].percent in {0, None}
    # Services that one of the tariffs does not price cannot be compared.
    nothing = replace(OLD, items=())
    assert fee_changes(nothing, OLD, signed)["payroll"].percent is None


outcomes = st.builds(
    LevelOutcome,
    service=st.just("payroll"),
    month=st.builds(Month, st.just(2025), st.integers(1, 12)),
    kind=st.sampled_from([MeasureKind.AVAILABILITY, MeasureKind.SATISFACTION, None]),
    good=st.none() | st.integers(0, 50),
    total=st.none() | st.sampled_from([0, 50, 90]),
)


@FEW
@given(st.lists(outcomes, max_size=12))
def test_levels_of_a_kind_are_added_up_before_they_are_divided(found: list[LevelOutcome]) -> None:
    wanted = [each for each in found if each.kind is MeasureKind.SATISFACTION]
    told = [each for each in wanted if each.good is not None and each.total is not None]
    counted = [each for each in told if each.total]
    what = measured(found, MeasureKind.SATISFACTION)
    assert what.uncounted == len(wanted) - len(told)
    assert what.months == {each.month for each in counted}
    assert what.share == Share(
        sum(each.good or 0 for each in counted), sum(each.total or 0 for each in counted)
    )
    if counted:
        assert what.share.percent == 100 * Fraction(what.share.numerator, what.share.denominator)
    else:
        assert what.share.percent is None
