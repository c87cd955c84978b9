"""Productivity and cost per unit against slow, obvious reckonings."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.costs.language import PoolKind
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.productivity.domain import (
    Missing,
    MonthOfService,
    change_percent,
    of_months,
    per_year,
)
from services.billing.productivity.measures import hours_per_year, measures, references
from services.billing.productivity.registering import FullTimeFact, unknown_of
from services.billing.productivity.unit_costs import (
    CostOfMonth,
    MissingCost,
    of_costs,
)
from services.chassis.problems import Problem

FEW = settings(max_examples=60, deadline=None)
ORDINARY = {PoolKind.OWN_STAFF, PoolKind.PREMISES, PoolKind.EXTERNAL, PoolKind.SYSTEM}
JANUARY = Month(2025, 1)


def _month(number: int) -> Month:
    return Month(2025, number)


known_months = st.builds(
    MonthOfService,
    month=st.just(JANUARY),
    units=st.none() | st.integers(0, 10**6),
    hundredths=st.none() | st.integers(0, 5_000),
    start_up_minutes=st.integers(-600, 400_000),
    live=st.integers(0, 3),
    silent=st.just(0),
)


@FEW
@given(st.lists(known_months, max_size=12), st.integers(100, 2_500))
def test_productivity_is_what_the_known_months_come_to(
    months: list[MonthOfService], hours: int
) -> None:
    found = of_months(months, Fraction(hours * 60, 12))
    made, minutes_at_work, minutes_on_start_up = 0, Fraction(0), 0
    anything = False
    for each in months:
        if each.units is None or each.hundredths is None:
            continue
        anything = True
        made += each.units
        minutes_at_work += Fraction(each.hundredths * hours * 60, 1200)
        minutes_on_start_up += each.start_up_minutes
    if found is None:
        assert not anything
        return
    assert anything
    a_month = Fraction(hours * 60, 12)
    for rate, minutes in (
        (found.per_month, minutes_at_work),
        (found.per_month_without_start_up, minutes_at_work - minutes_on_start_up),
    ):
        # So many units in so many minutes; as many as go into a month's.
        assert rate == (made * a_month / minutes if minutes > 0 else None)
        assert per_year(rate) == (None if rate is None else rate * 12)
    if found.start_up > 0 and found.per_month_without_start_up is not None:
        assert found.per_month is not None
        assert found.per_month_without_start_up >= found.per_month


kinds_of_cost = st.dictionaries(st.sampled_from(PoolKind), st.integers(-(10**12), 10**12))
costs = st.builds(
    CostOfMonth,
    month=st.just(JANUARY),
    units=st.none() | st.integers(0, 10**6),
    kinds=st.none() | kinds_of_cost,
    is_outdated=st.booleans(),
    is_live=st.booleans(),
)


@FEW
@given(st.lists(costs, max_size=12))
def test_cost_per_unit_is_the_ordinary_cost_of_the_known_months(months: list[CostOfMonth]) -> None:
    found = of_costs(months)
    ordinary, made, apart, counted = 0, 0, 0, 0
    for each in months:
        own = [ore for kind, ore in (each.kinds or {}).items() if kind in ORDINARY]
        if each.units is None or not own:
            assert bool(each.missing) == each.is_live
            continue
        assert not each.missing
        counted += 1
        ordinary += sum(own)
        made += each.units
        apart += sum(ore for kind, ore in (each.kinds or {}).items() if kind not in ORDINARY)
    if found is None:
        assert counted == 0
        return
    assert (found.ordinary_ore, found.units) == (ordinary, made)
    assert sum(found.kinds.values()) == ordinary + apart
    if made == 0:
        assert (found.exact_ore, found.rounded_ore) == (None, None)
        return
    assert found.exact_ore == Fraction(ordinary, made)
    quotient = Decimal(ordinary) / Decimal(made)
    # Twenty-eight digits tell a half from what is near it, amounts being as they are.
    assert found.rounded_ore == int(quotient.quantize(Decimal(1), ROUND_HALF_UP))


def test_what_is_not_known_is_named_and_never_nought() -> None:
    known = MonthOfService(_month(1), 1_100, 200, 0, live=1, silent=0)
    no_units = MonthOfService(_month(2), None, 200, 0, live=1, silent=1)
    nobody = MonthOfService(_month(3), 1_100, None, 0, live=1, silent=0)
    before = MonthOfService(_month(4), None, 100, 6_000, live=0, silent=0)
    assert [each.missing for each in (known, no_units, nobody, before)] == [
        (),
        (Missing.UNITS,),
        (Missing.FULL_TIME_EQUIVALENTS,),
        (),
    ]
    alone = of_months([known], Fraction(8_600))
    assert of_months([known, no_units, nobody, before], Fraction(8_600)) == alone
    assert alone is not None
    assert alone.per_month == 550
    undistributed = CostOfMonth(_month(1), None, None, False, True)
    assert undistributed.missing == (MissingCost.DISTRIBUTION, MissingCost.UNITS)
    only_start_up = CostOfMonth(_month(2), 10, {PoolKind.START_UP: 5}, False, True)
    assert only_start_up.missing == (MissingCost.COST,)
    assert of_costs([undistributed, only_start_up]) is None
    assert change_percent(Fraction(11), Fraction(10)) == 10
    assert change_percent(Fraction(11), Fraction(0)) is None
    assert change_percent(None, Fraction(1)) is None


def test_a_month_without_start_up_compares_with_the_published_figures() -> None:
    # Försäkringskassan, 13,400 employees (000:2238, 000:2399): 40 officers, then 12.
    average, centre = (each.rate for each in references("payroll"))
    minutes = hours_per_year().minutes_per_month
    before = of_months([MonthOfService(JANUARY, 13_400, 4_000, 0, 1, 0)], minutes)
    after = of_months([MonthOfService(JANUARY, 13_400, 1_200, 0, 1, 0)], minutes)
    assert before is not None
    assert after is not None
    assert before.per_month is not None
    assert after.per_month is not None
    assert abs(before.per_month / average - 1) < Fraction(5, 100)
    assert abs(after.per_month / centre - 1) < Fraction(2, 100)
    # 22 full-time equivalents handle 700,000 supplier invoices a year (000:2255).
    year = [MonthOfService(_month(n + 1), 58_333 + (n < 4), 2_200, 0, 1, 0) for n in range(12)]
    invoices = of_months(year, minutes)
    assert invoices is not None
    [reference] = references("supplier-ledger")
    assert per_year(invoices.per_month) == reference.rate == Fraction(700_000, 22)
    # The same with a full-time equivalent at work on start-up all the time.
    busy = [MonthOfService(each.month, each.units, 2_300, int(minutes), 1, 0) for each in year]
    grown = of_months(busy, minutes)
    assert grown is not None
    assert invoices.per_month is not None
    assert grown.per_month_without_start_up == invoices.per_month
    assert grown.per_month == invoices.per_month * Fraction(22, 23)


def test_every_service_is_measured_by_units_of_its_own() -> None:
    assert measures().keys() == priced_services().keys()
    for key, measure in measures().items():
        assert set(measure.units) <= set(priced_services()[key].units)


def _fact(
    name: str,
    hundredths: int = 100,
    *,
    service: str = "payroll",
    month: Month = JANUARY,
    corrects: str | None = None,
) -> FullTimeFact:
    return FullTimeFact(name, service, month, hundredths, corrects)


def test_full_time_equivalents_are_taken_in_once_and_corrected_once() -> None:
    first, second = _fact("a"), _fact("b", 90, corrects="a")
    known = {"a": first}
    assert unknown_of([first, second, second], known, JANUARY) == [second]
    corrected = {"a": first, "b": second}
    third = _fact("c", 80, corrects="b")
    assert unknown_of([third, second], corrected, JANUARY) == [third]
    for fact, code, row in (
        (_fact("a", 101), "fact_conflict", 2),
        (_fact("d", service="nix"), "unknown_reference", 2),
        (_fact("d", corrects="nix"), "unknown_reference", 2),
        (_fact("d", corrects="d"), "unknown_reference", 2),
        (_fact("d", corrects="a"), "full_time_equivalents_corrected_before", 2),
        (_fact("d", corrects="b"), "full_time_equivalents_corrected_before", 2),
        (_fact("d", month=Month(2025, 2)), "period_not_ended", 2),
    ):
        with pytest.raises(Problem) as refused:
            unknown_of([third, fact], corrected, JANUARY)
        assert (refused.value.type.code, refused.value.extra["row"]) == (code, row)
