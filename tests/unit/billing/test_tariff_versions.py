"""Tariffs in both times, what a change of them makes, prices by year, and quotes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.subscriptions.domain import SignedItem, plan_of_year
from services.billing.subscriptions.versions import (
    CreditRule,
    SignedService,
    Version,
    terms_by_service,
)
from services.billing.tariffs.catalogue import tariffs
from services.billing.tariffs.comparing import Change, SignedUse, effects, item_changes
from services.billing.tariffs.domain import Tariff
from services.billing.tariffs.indicating import ExpectedUse, indicate
from services.billing.tariffs.items import ItemDocument, item_of
from services.billing.tariffs.quoting import QuotedUse, QuoteInputs, differing, reckon
from services.billing.tariffs.versions import (
    Step,
    TariffGapError,
    TariffsOverlapError,
    TariffVersion,
    in_force,
    require_fits,
    timeline,
)
from services.contracts.operation import Facts, Lived
from tests.unit.billing.tariff_items import banded, item

DAYS = [date(2026, 1, 1) + timedelta(days=each) for each in range(24)]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def version(
    key: str, number: int, first: date, last: date | None, published: int = 0
) -> TariffVersion:
    step = Step("finance", FIRST + timedelta(hours=published))
    tariff = Tariff(key, key, first, last, ())
    return TariffVersion(f"{key}-{number}", tariff, number, step, published=step)


# -- which version holds -----------------------------------------------------------------------


def painted(standing: list[TariffVersion]) -> list[list[str]]:
    """Which versions hold on each day, by painting days; two on one day is an overlap.

    Each tariff's versions paint their days, the highest number last. What is until further then
    loses every day from which on another tariff has begun that begins after it.
    """
    rows: dict[str, list[TariffVersion | None]] = {}
    for each in sorted(standing, key=lambda one: one.number):
        row = rows.setdefault(each.tariff.key, [None] * len(DAYS))
        for index, day in enumerate(DAYS):
            if each.tariff.valid_from <= day <= _end(each):
                row[index] = each
    seen = {found.id: found for row in rows.values() for found in row if found is not None}

    def given_way(found: TariffVersion, day: date) -> bool:
        return _end(found) == date.max and any(
            found.tariff.valid_from < other.tariff.valid_from <= day
            for other in seen.values()
            if other.tariff.key != found.tariff.key
        )

    return [
        [
            found.id
            for row in rows.values()
            if (found := row[index]) is not None and not given_way(found, day)
        ]
        for index, day in enumerate(DAYS)
    ]


def _end(found: TariffVersion) -> date:
    return found.tariff.valid_until or date.max


@st.composite
def lists(draw: st.DrawFn) -> list[TariffVersion]:
    numbers = {"a": 0, "b": 0, "c": 0}
    found = []
    for _ in range(draw(st.integers(1, 5))):
        key = draw(st.sampled_from("abc"))
        numbers[key] += 1
        first = draw(st.integers(0, 20))
        length = draw(st.none() | st.integers(0, 6))
        last = None if length is None else DAYS[min(first + length, 22)]
        found.append(version(key, numbers[key], DAYS[first], last))
    return found


@settings(max_examples=150)
@given(lists())
def test_one_version_holds_on_a_day_or_the_tariffs_overlap(standing: list[TariffVersion]) -> None:
    expected = painted(standing)
    if any(len(holding) > 1 for holding in expected):
        with pytest.raises(TariffsOverlapError):
            timeline(standing)
        return
    segments = timeline(standing)
    for day, holding in zip(DAYS, expected, strict=True):
        assert [each.version.id for each in segments if each.has(day)] == holding, day


def test_the_next_tariff_must_meet_the_one_before_and_a_hole_may_be_made_smaller() -> None:
    old = version("old", 1, date(2013, 1, 1), date(2014, 12, 31))
    further = version("further", 1, date(2020, 1, 1), None)
    standing = [old, further]
    fitting = version("2026", 1, date(2026, 1, 1), date(2026, 12, 31))
    require_fits(standing, fitting)
    assert in_force([*standing, fitting], date(2025, 12, 31), FIRST) == further
    standing.append(fitting)
    for first, last in ((date(2028, 1, 1), None), (date(2017, 1, 1), date(2017, 12, 31))):
        gap = version("gap", 1, first, last)
        if first.year == 2017:
            require_fits(standing, gap)
        else:
            with pytest.raises(TariffGapError) as refused:
                require_fits(standing, gap)
            assert (refused.value.first, refused.value.last) == (
                date(2027, 1, 1),
                date(2027, 12, 31),
            )
    with pytest.raises(TariffsOverlapError):
        require_fits(standing, version("other", 1, date(2026, 7, 1), None))
    require_fits(standing, version("2026", 2, date(2026, 7, 1), date(2026, 12, 31)))
    # A correction of what was until further leaves the days that it gave way on alone.
    require_fits(standing, version("further", 2, date(2022, 1, 1), date(2022, 12, 31)))


def test_what_holds_depends_on_what_was_known_when() -> None:
    first = version("a", 1, DAYS[0], None, published=1)
    second = version("a", 2, DAYS[5], None, published=3)
    gone = replace(second, withdrawn=Step("finance", FIRST + timedelta(hours=6)), reason="Fel.")
    for hours, expected in ((0, None), (1, first), (2, first), (3, gone), (5, gone), (6, first)):
        known_at = FIRST + timedelta(hours=hours)
        assert in_force([first, gone], DAYS[9], known_at) == expected


# -- what a change makes -----------------------------------------------------------------------


def _tariff(*items: dict[str, Any]) -> Tariff:
    rows = tuple(item_of(ItemDocument.model_validate(each)) for each in items)
    return Tariff("t", "T", date(2026, 1, 1), None, rows)


def _use(**changes: Any) -> SignedUse:
    fields: dict[str, Any] = {
        "org_number": "202100-6255",
        "name": "Pensionsmyndigheten",
        "subscription_id": "s",
        "signed_tariff": "t",
        "service": "payroll",
        "customer_year": 1,
        "headcount": 10,
        "volumes": {"payslip-fee": 100, "payslip": 100},
        "replaced": frozenset(),
        "own_ore": 0,
        "signed_ore": 220_000,
    }
    return SignedUse(**(fields | changes))


def test_a_change_is_told_item_by_item_and_for_each_customer() -> None:
    old = _tariff(
        item(),
        item(key="system", unit="month", prices_ore=[5_000]),
        item(key="chosen", unit="month", prices_ore=[700], option="extra"),
    )
    new = _tariff(
        banded((0, 60), (60, None)),
        item(key="staff", unit="employee-month", prices_ore=[10]),
        item(key="slow", unit="manual-payment", prices_ore=[10]),
        item(key="chosen", unit="month", prices_ore=[900], option="extra"),
    )
    changes = {each.key: each for each in item_changes(old, new)}
    assert {key: each.change for key, each in changes.items()} == {
        "payslip-fee": Change.CHANGED,
        "staff": Change.ADDED,
        "slow": Change.ADDED,
        "chosen": Change.CHANGED,
        "system": Change.REMOVED,
    }
    assert changes["payslip-fee"].fields == ("prices_ore", "tiers")
    [effect] = effects(old, new, [_use(own_ore=7)])
    assert [(each.key, each.quantity, each.old_ore, each.new_ore) for each in effect.items] == [
        ("payslip-fee", 100, 220_000, 10_000),
        ("system", 12, 60_000, None),
        ("staff", 120, None, 1_200),
        ("slow", None, None, None),
    ]
    assert (effect.old_ore, effect.new_ore, effect.difference_ore, effect.incomplete) == (
        280_007,
        11_207,
        -268_800,
        True,
    )
    [chose] = effects(old, new, [_use(volumes={"payslip-fee": 1, "payslip": 1, "chosen": 12})])
    assert [each.key for each in chose.items] == [
        "payslip-fee",
        "system",
        "chosen",
        "staff",
        "slow",
    ]
    [without] = effects(old, new, [_use(replaced=frozenset({"payslip-fee"}))])
    assert "payslip-fee" not in {each.key for each in without.items}
    [begun] = effects(_tariff(item(services=["e-commerce"])), new, [_use(own_ore=7)])
    assert (begun.old_ore, begun.new_ore) == (7, 11_200)
    [gone] = effects(old, _tariff(item(services=["e-commerce"])), [_use()])
    assert (gone.new_ore, gone.not_priced, gone.incomplete) == (0, ("payroll",), True)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(0, 10**4), st.integers(1, 9))
def test_an_effect_is_the_difference_of_two_indications(
    payslips: int, year: int, price: int, headcount: int
) -> None:
    old = tariffs()["ssc-2020"]
    new = _tariff(
        item(prices_ore=[price, price // 2]), item(key="base", unit="month", prices_ore=[price])
    )
    volumes = {"payslip": payslips}
    use = _use(volumes=volumes, customer_year=year, headcount=headcount)
    [effect] = effects(old, new, [use])
    totals = [
        sum(
            line.amount_ore
            for line in indicate(each, headcount, [ExpectedUse("payroll", volumes)], year)
        )
        for each in (old, new)
    ]
    assert [effect.old_ore, effect.new_ore] == totals
    assert sum(each.difference_ore for each in effect.items) == effect.difference_ore


# -- prices by the customer's year, and quotes -------------------------------------------------


def test_the_fee_falls_as_the_services_years_go_by() -> None:
    lines = indicate(tariffs()["ssc-2013"], 100, [ExpectedUse("payroll", {"payslip": 1_200})])
    signed = tuple(
        SignedItem(
            each.key,
            each.name,
            each.unit,
            each.unit_price_ore,
            each.yearly_quantity,
            prices_by_year_ore=each.prices_by_year_ore,
        )
        for each in (line.as_signed().item for line in lines)
    )
    services = (SignedService("payroll", "payroll", "Payroll", "Lön", signed),)
    # A later version of the agreement does not begin the years anew, nor turn one too early.
    versions = [
        _version(services),
        replace(_version(services), number=2, holds_from=date(2025, 1, 15)),
    ]
    terms = terms_by_service(versions, _live_on(date(2024, 2, 29)))[0]
    assert [stretch.first for stretch in terms.stretches] == [
        date(2024, 2, 29),
        date(2025, 3, 1),
        date(2026, 3, 1),
    ]
    # 12 x 10 000 + 1 200 x (25 + 110), then 12 x 7 500 + 1 200 x (20 + 105) and so on.
    assert [stretch.yearly_ore for stretch in terms.stretches] == [
        28_200_000,
        24_000_000,
        19_800_000,
    ]
    assert sum(plan_of_year(terms, 2027).values()) == 19_800_000


def _version(services: tuple[SignedService, ...]) -> Version:
    return Version(
        number=1,
        agreement_id="agreement",
        org_number="202100-6255",
        customer_name="Pensionsmyndigheten",
        tariff="ssc-2013",
        signed_on=date(2024, 1, 1),
        holds_from=None,
        valid_from=date(2024, 1, 1),
        valid_until=date(2027, 12, 31),
        credit_rule=CreditRule(Decimal(5), Decimal(10)),
        true_up_days=(),
        services=services,
    )


def _live_on(day: date) -> Facts:
    return Facts(go_lives={"payroll": (Lived(day, "1"),)})


def test_a_quote_sums_vat_by_rate_and_tells_the_years_that_follow() -> None:
    tariff = _tariff(
        item(prices_ore=[101, 99], vat_percent="25"),
        item(key="other", prices_ore=[101], vat_percent="25"),
        item(key="base", unit="month", prices_ore=[1_000], vat_percent="6"),
    )
    inputs = QuoteInputs(
        on=date(2026, 1, 1),
        headcount=10,
        customer_year=1,
        case_id=None,
        services=(QuotedUse(service="payroll", yearly_volumes={"payslip": 1}),),
        tariff="t",
        tariff_version=1,
        own_prices=(),
    )
    result = reckon(tariff, {}, inputs, [None])
    assert result.yearly_total_ore == 101 + 101 + 12_000
    # A quarter of 202 öre once, half up, and not of each 101.
    assert [(each.percent, each.base_ore, each.vat_ore) for each in result.vat] == [
        ("25", 202, 51),
        ("6", 12_000, 720),
    ]
    assert result.total_with_vat_ore == 12_202 + 51 + 720
    assert [each.total_ore for each in result.years] == [12_202, 12_200]
    stored = result.model_dump(mode="json")
    assert list(differing(stored, stored)) == []
    dearer = reckon(_tariff(*_dearer()), {}, inputs, [None]).model_dump(mode="json")
    assert ("lines.0.amount_ore", 101, 102) in list(differing(stored, dearer))


def _dearer() -> list[dict[str, Any]]:
    return [
        item(prices_ore=[102, 99], vat_percent="25"),
        item(key="other", prices_ore=[102], vat_percent="25"),
        item(key="base", unit="month", prices_ore=[1_000], vat_percent="6"),
    ]
