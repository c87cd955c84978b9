"""The centre's own prices: which version holds, and what a fee by them comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.own_prices.catalogue import names_of, priced_services
from services.billing.own_prices.domain import (
    NotNewestError,
    OverlapError,
    PriceVersion,
    in_force,
    last_day,
    next_number,
)
from services.billing.own_prices.items import items_by_service
from services.billing.subscriptions.domain import ServiceTerms, SignedItem, Stretch, instalment
from services.billing.tariffs.catalogue import tariffs
from services.billing.tariffs.indicating import ExpectedUse, IndicationRefusedError, indicate
from services.billing.true_up.domain import actual_cost
from services.billing.volumes.domain import SetAside, SubscribedService, Volume, place

SSC_2020 = tariffs()["ssc-2020"]
NEW_YEAR = date(2026, 1, 1)
AGENCY, OTHER = "202100-6255", "202100-5026"


def version(
    number: int = 1,
    valid_from: date = NEW_YEAR,
    amount_ore: int | None = 3_150,
    *,
    unit: str = "supplier-invoice",
    org_number: str | None = None,
    replaces: int | None = None,
    service: str = "supplier-ledger",
) -> PriceVersion:
    name, name_sv = names_of(priced_services()[service], unit)
    return PriceVersion(
        id=f"{service}-{unit}-{org_number}-{number}",
        service=service,
        service_area=priced_services()[service].service_area,
        unit=unit,
        org_number=org_number,
        number=number,
        amount_ore=amount_ore,
        name=name,
        name_sv=name_sv,
        cost_basis="22 full-time equivalents over 700,000 invoices",
        valid_from=valid_from,
        replaces=replaces,
    )


# -- versions ----------------------------------------------------------------------------------


@given(st.data())
def test_one_version_of_a_price_holds_on_a_day_at_most(data: st.DataObject) -> None:
    """Against a calendar in which every version writes itself over the days that it takes."""
    horizon = [NEW_YEAR + timedelta(days=each) for each in range(40)]
    taken: list[PriceVersion] = []
    calendar: dict[date, PriceVersion] = {}
    before: dict[int, dict[date, PriceVersion]] = {}
    for _ in range(data.draw(st.integers(1, 8))):
        first = data.draw(st.sampled_from(horizon))
        replaces = data.draw(st.none() | st.integers(1, 9))
        amount = data.draw(st.none() | st.integers(0, 9))
        try:
            number = next_number(taken, first, replaces)
        except (OverlapError, NotNewestError):
            continue
        if replaces is not None:
            calendar = dict(before[replaces])
        before[number] = dict(calendar)
        new = version(number, first, amount, replaces=replaces)
        taken.append(new)
        calendar |= {day: new for day in horizon if day >= first}
    for day in horizon:
        expected = calendar.get(day)
        prices = [expected] if expected is not None and expected.amount_ore is not None else []
        assert list(in_force(taken, None, day)) == prices


def test_a_version_must_begin_after_the_one_that_stands_and_replace_only_the_newest() -> None:
    first, second = version(1), version(2, date(2026, 7, 1))
    with pytest.raises(OverlapError) as refused:
        next_number([first, second], date(2026, 7, 1), None)
    assert refused.value.standing == second
    assert next_number([first, second], date(2026, 7, 1), 2) == 3
    with pytest.raises(OverlapError):
        next_number([first, second], NEW_YEAR, 2)
    with pytest.raises(NotNewestError):
        next_number([first, second], date(2026, 8, 1), 1)
    with pytest.raises(NotNewestError):
        next_number([], NEW_YEAR, 1)
    assert last_day(first, [first, second]) == date(2026, 6, 30)
    assert last_day(second, [first, second]) is None


def test_an_agency_with_prices_of_its_own_pays_by_them_alone_for_that_service() -> None:
    shared = version()
    travel = version(service="travel-and-expenses", unit="travel-claim")
    own = version(unit="year", amount_ore=90_000_000, org_number=AGENCY, valid_from=NEW_YEAR)
    everything = [shared, travel, own]
    assert set(in_force(everything, AGENCY, NEW_YEAR)) == {own, travel}
    assert set(in_force(everything, OTHER, NEW_YEAR)) == {shared, travel}
    assert set(in_force(everything, None, NEW_YEAR)) == {shared, travel}
    assert in_force(everything, AGENCY, NEW_YEAR - timedelta(days=1)) == ()


def test_an_agreement_pays_by_its_own_prices_and_beside_the_tariff_by_those_for_it() -> None:
    shared = version()
    of_case = replace(version(org_number=AGENCY, amount_ore=2), case_id="case-1")
    beside = replace(
        version(org_number=AGENCY, amount_ore=3, service="payroll", unit="payslip"),
        beside_tariff=True,
    )
    instead = replace(beside, id="instead", instead_of="payroll-system-variable")
    closer = replace(beside, id="closer", case_id="case-1")
    everything = [shared, of_case, beside, instead, closer]
    assert set(in_force(everything, AGENCY, NEW_YEAR)) == {shared, beside, instead}
    assert set(in_force(everything, AGENCY, NEW_YEAR, "case-1")) == {of_case, closer}
    assert set(in_force(everything, OTHER, NEW_YEAR, "case-1")) == {shared}
    own = items_by_service([beside, replace(instead, instead_of="scheduling-system-fixed")])
    for volumes, keys in (
        ({"payslip": 12}, ["own-payroll-payslip"]),
        (
            {"payslip": 12, "scheduling-system": 1},
            ["scheduling-system-variable", "own-payroll-payslip", "own-scheduling-system-fixed"],
        ),
    ):
        lines = indicate(SSC_2020, 10, [ExpectedUse("payroll", volumes)], own=own)
        assert [line.item.key for line in lines][3:] == keys
        assert [line.item.key for line in lines][:3] == [
            "payroll-base-fixed",
            "payroll-base-variable",
            "payroll-system-variable",
        ]


def test_an_own_price_is_taxed_as_the_item_in_whose_place_it_stands_and_needs_its_place() -> None:
    priced = replace(
        version(org_number=AGENCY, amount_ore=3, service="payroll", unit="payslip"),
        beside_tariff=True,
        instead_of="payroll-system-variable",
    )
    taxed = replace(
        SSC_2020, items=tuple(replace(each, vat_percent=Decimal(25)) for each in SSC_2020.items)
    )
    uses = [ExpectedUse("payroll", {"payslip": 12})]
    lines = indicate(taxed, 10, uses, own=items_by_service([priced]))
    assert {line.item.vat_percent for line in lines} == {Decimal(25)}
    of_its_own = items_by_service([replace(priced, vat_percent="6")])
    assert indicate(taxed, 10, uses, own=of_its_own)[-1].item.vat_percent == Decimal(6)
    # A tariff that charges by other items would make the customer pay twice.
    later = replace(SSC_2020, items=SSC_2020.items_of("payroll")[:2])
    with pytest.raises(IndicationRefusedError, match="payroll-system-variable") as refused:
        indicate(later, 10, uses, own=items_by_service([priced]))
    assert refused.value.code == "own-price-without-place"
    without = replace(SSC_2020, items=SSC_2020.items_of("e-commerce"))
    [line] = indicate(without, 10, uses, own=items_by_service([priced]))
    assert line.item.key == "own-payroll-system-variable"


# -- what a fee comes to -----------------------------------------------------------------------


def test_a_fee_by_own_prices_shows_every_step_and_the_version() -> None:
    own = items_by_service([version(3), version(1, unit="year", amount_ore=12_000_000)])
    uses = [
        ExpectedUse("supplier-ledger", {"supplier-invoice": 40_000}),
        ExpectedUse("payroll", {"payslip": 1_200}),
    ]
    lines = indicate(SSC_2020, 100, uses, own=own)
    assert [(line.service, line.item.key, line.amount_ore) for line in lines[:3]] == [
        ("supplier-ledger", "own-supplier-ledger-supplier-invoice", 40_000 * 3_150),
        ("supplier-ledger", "own-supplier-ledger-year", 12_000_000),
        ("payroll", "payroll-base-fixed", 16_200_000),
    ]
    assert lines[0].explanation == (
        "Supplier ledger, per supplier invoice (own price, version 3 from 2026-01-01):"
        " 40,000 supplier-invoices x 31.50 SEK = 1,260,000.00 SEK"
    )
    assert "1 year x 120,000.00 SEK = 120,000.00 SEK" in lines[1].explanation


def test_the_tariff_goes_before_own_prices() -> None:
    own = items_by_service([version(service="payroll", unit="payslip", amount_ore=1)])
    lines = indicate(SSC_2020, 10, [ExpectedUse("payroll", {"payslip": 120})], own=own)
    assert all(line.item.own_price is None for line in lines)


@pytest.mark.parametrize(
    ("volumes", "price", "code", "said", "said_sv"),
    [
        ({}, None, "service-not-priced", "finance has to register", "Leverantörsreskontra"),
        ({}, 1, "missing-volume", "supplier-invoice of supplier-ledger", "utgångsläget"),
        ({"supplier-invoice": 10**9}, 10**12, "fee-too-large", "slip", "kronor om året"),
    ],
)
def test_a_refusal_says_who_has_to_do_what(
    volumes: dict[str, int], price: int | None, code: str, said: str, said_sv: str
) -> None:
    own = items_by_service([version(amount_ore=price)])
    uses = [ExpectedUse("supplier-ledger", volumes, "Leverantörsreskontra")]
    with pytest.raises(IndicationRefusedError) as refused:
        indicate(SSC_2020, 10, uses, own=own)
    assert refused.value.code == code
    assert said in refused.value.reason
    assert said_sv in refused.value.reason_sv


UNITS = ("supplier-invoice", "user-month", "employee-month", "month", "year")


@given(
    prices=st.dictionaries(st.sampled_from(UNITS), st.integers(0, 10**6), min_size=1),
    volumes=st.fixed_dictionaries(
        {unit: st.integers(0, 10**5) for unit in ("supplier-invoice", "user-month")}
    ),
    headcount=st.integers(1, 5_000),
    used=st.integers(0, 10**4),
    live=st.integers(1, 28),
)
def test_a_year_by_own_prices_is_quantity_times_price_to_the_ore(
    prices: dict[str, int],
    volumes: dict[str, int],
    headcount: int,
    used: int,
    live: int,
) -> None:
    """Indication, twelve instalments and a month's cost against plain sums of fractions."""
    versions = [version(unit=unit, amount_ore=price) for unit, price in prices.items()]
    uses = [ExpectedUse("supplier-ledger", volumes)]
    lines = indicate(SSC_2020, headcount, uses, own=items_by_service(versions))
    year: Mapping[str, int] = volumes | {"employee-month": 12 * headcount, "month": 12, "year": 1}
    expected = sum(year[unit] * price for unit, price in prices.items())
    assert sum(line.amount_ore for line in lines) == expected
    items = tuple(
        SignedItem(
            line.item.key, line.item.name, line.item.unit, line.unit_price_ore, line.yearly_quantity
        )
        for line in lines
    )
    terms = _terms(items, NEW_YEAR)
    months = list(Month(2026, 1).up_to(Month(2026, 12)))
    assert sum(instalment(terms, month) for month in months) == expected

    # Reported use costs use x price; what is fixed costs a twelfth, whatever is used.
    priced = {unit: price for unit, price in prices.items() if unit not in ("month", "year")}
    cost = sum(
        actual_cost(terms, month, dict.fromkeys(priced, used)).actual_ore for month in months
    )
    fixed = 12 * prices.get("month", 0) + prices.get("year", 0)
    assert cost == fixed + 12 * sum(used * price for price in priced.values())

    # A month that is begun: the fixed part by days, within the öre that a twelfth is rounded to.
    begun = _terms(items, date(2026, 4, live))
    month = Month(2026, 4)
    part = actual_cost(begun, month, dict.fromkeys(priced, 0)).actual_ore
    assert abs(part - Fraction(fixed * (31 - live), 12 * 30)) <= 2


def _terms(items: tuple[SignedItem, ...], live_on: date) -> ServiceTerms:
    stretch = Stretch(live_on, date(2029, 12, 31), items)
    return ServiceTerms(
        service="supplier-ledger",
        service_area="finance",
        name="Supplier ledger",
        items=items,
        stretches=(stretch,),
        ends_on=stretch.last,
    )


def test_a_fixed_yearly_amount_takes_no_volumes() -> None:
    items = (SignedItem("own-supplier-ledger-year", "Fixed", "year", 12_000_000, 1),)
    volume = Volume("1", AGENCY, "supplier-ledger", "year", Month(2026, 3), 1)
    services = [SubscribedService("subscription", _terms(items, NEW_YEAR))]
    assert place(volume, customer_known=True, services=services).reason is SetAside.UNIT_IS_FIXED
    steps = actual_cost(_terms(items, NEW_YEAR), Month(2026, 3), {}).steps
    assert steps == ("fixed fees: 10,000.00 SEK",)
