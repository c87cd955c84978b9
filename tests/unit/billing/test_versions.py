"""Terms by date against an oracle that asks every single day by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.billing.months import Month
from services.billing.subscriptions.domain import (
    ServiceTerms,
    SignedItem,
    Stretch,
    charged_months,
    instalment,
    twelfth,
)
from services.billing.subscriptions.versions import (
    CreditRule,
    SignedService,
    Version,
    terms_by_service,
)
from services.billing.true_up.domain import actual_cost
from services.contracts.operation import Facts, Lived, Told, version_on
from services.contracts.values import EndReason
from tests.unit.billing.strategies import signed_items

FIRST, LAST = date(2025, 1, 1), date(2025, 9, 30)
DAYS = [FIRST + timedelta(days=index) for index in range((LAST - FIRST).days + 1)]
MONTHS = [Month(2025, month) for month in range(1, 10)]
NAMES = ("payroll", "e-commerce")

days = st.sampled_from(DAYS)
RULE = CreditRule(Decimal(5), Decimal(10))


def half_up(value: Fraction) -> int:
    whole, rest = divmod(value, 1)
    return int(whole) + (rest >= Fraction(1, 2))


@st.composite
def versions(draw: st.DrawFn) -> list[Version]:
    """One to four versions in the order they came, which is any order."""
    numbers = draw(st.permutations(range(1, draw(st.integers(1, 4)) + 1)))
    return [
        Version(
            number=number,
            agreement_id="agreement",
            org_number="202100-6255",
            customer_name="A customer",
            tariff="ssc-2020",
            signed_on=FIRST,
            holds_from=draw(st.none() | days),
            valid_from=FIRST,
            valid_until=draw(days),
            credit_rule=RULE,
            true_up_days=(),
            services=tuple(
                SignedService(
                    name, name, name, name, tuple(draw(st.lists(signed_items, max_size=3)))
                )
                for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
            ),
        )
        for number in numbers
    ]


endings = st.lists(
    st.builds(
        Told,
        last_day=days,
        rank=st.sampled_from(["", "1", "2", "3"]),
        reason=st.sampled_from([EndReason.EXPIRED, EndReason.TERMINATED]),
    ),
    max_size=3,
    unique_by=lambda each: each.rank,
)
lives = st.lists(
    st.builds(
        Lived,
        live_on=days,
        live_rank=st.none() | st.just("2"),
        rolled_back_rank=st.none() | st.sampled_from(["1", "3"]),
    ),
    max_size=3,
    unique_by=lambda each: each.live_on,
)
operations = st.builds(
    Facts,
    go_lives=st.fixed_dictionaries(dict.fromkeys(NAMES, lives)),
    ends=st.dictionaries(st.sampled_from(NAMES), endings),
    agreement_ends=endings,
    closed_after=st.none() | days,
)


def in_force(signed: list[Version], day: date) -> tuple[Version, date]:
    """The version of a day, and the first of the days in a row that it is in force."""
    holding = [each for each in signed if each.holds_from is None or each.holds_from <= day]
    found = (
        max(holding, key=lambda each: each.number)
        if holding
        else min(signed, key=lambda each: each.number)
    )
    changes = [each.holds_from for each in signed if each.holds_from and each.holds_from <= day]
    return found, max(changes, default=date.min)


def items_on(
    signed: list[Version], facts: Facts, service: str, day: date
) -> tuple[SignedItem, ...] | None:
    """What a service is charged by on a day; None when it is not in operation."""
    version, since = in_force(signed, day)
    terms = next((each for each in version.services if each.service == service), None)
    stood = [
        each.live_on
        for each in facts.go_lives.get(service, ())
        if each.live_rank is not None
        and (each.rolled_back_rank is None or each.rolled_back_rank < each.live_rank)
    ]
    begun = [each for each in stood if each <= day]
    if terms is None or not begun or day > version.valid_until:
        return None
    # An end belongs to the go-live it comes after; of several the one told last counts.
    life, following = max(begun), [each for each in stood if each > day]
    about = [
        each
        for each in facts.ends.get(service, ())
        if each.last_day >= life and not (following and each.last_day >= min(following))
    ]
    if about and day > max(about, key=lambda each: each.rank).last_day:
        return None
    if facts.agreement_ends:
        end = max(facts.agreement_ends, key=lambda each: each.rank)
        renewed = end.reason == EndReason.EXPIRED and since > end.last_day
        if day > end.last_day and not renewed:
            return None
    if facts.closed_after is not None and day > facts.closed_after:
        return None
    return terms.items


@settings(max_examples=60)
@given(versions(), operations)
def test_every_day_is_charged_by_the_version_in_force(signed: list[Version], facts: Facts) -> None:
    for terms in terms_by_service(signed, facts):
        for day in DAYS:
            found = [each.items for each in terms.stretches if each.first <= day <= each.last]
            expected = items_on(signed, facts, terms.service, day)
            assert found == ([] if expected is None else [expected])
        assert [each.first for each in terms.stretches] == sorted(
            each.first for each in terms.stretches
        )


@settings(max_examples=60)
@given(versions(), operations)
def test_a_month_is_charged_the_sum_of_its_days(signed: list[Version], facts: Facts) -> None:
    for terms in terms_by_service(signed, facts):
        for month in MONTHS:
            exact = Fraction(0)
            for day in DAYS:
                items = items_on(signed, facts, terms.service, day)
                if Month.of(day) == month and items is not None:
                    yearly = sum(item.unit_price_ore * item.yearly_quantity for item in items)
                    exact += Fraction(twelfth(yearly, month), month.days)
            assert instalment(terms, month) == half_up(exact)
        assert list(charged_months(terms, MONTHS[-1])) == [
            month
            for month in MONTHS
            if any(
                items_on(signed, facts, terms.service, day) is not None
                for day in DAYS
                if Month.of(day) == month
            )
        ]


@given(versions(), st.data(), days)
def test_the_order_in_which_versions_come_does_not_matter(
    signed: list[Version], data: st.DataObject, day: date
) -> None:
    shuffled = data.draw(st.permutations(signed))
    assert version_on(shuffled, day) == version_on(signed, day)
    live = Facts(go_lives={name: [Lived(FIRST, "1")] for name in NAMES})
    assert terms_by_service(shuffled, live) == terms_by_service(signed, live)


ONE_TERMS = (
    SignedItem("fixed", "Fixed", "month", 1_350_001, 12),
    SignedItem("slips", "Slips", "payslip", 6_203, 1_201),
    SignedItem("invoices", "Invoices", "supplier-invoice", 70, 977),
)


@given(st.lists(days, unique=True, max_size=5), st.integers(0, 3_000))
def test_a_change_to_the_same_terms_changes_nothing(cuts: list[date], number: int) -> None:
    whole = _terms(Stretch(FIRST, LAST, ONE_TERMS))
    firsts = sorted({FIRST, *cuts})
    lasts = [*(first - timedelta(days=1) for first in firsts[1:]), LAST]
    parted = _terms(
        *(Stretch(first, last, ONE_TERMS) for first, last in zip(firsts, lasts, strict=True))
    )
    for month in MONTHS:
        assert instalment(parted, month) == instalment(whole, month)
        for reported in ({}, {"payslip": number}):
            assert (
                actual_cost(parted, month, reported).actual_ore
                == actual_cost(whole, month, reported).actual_ore
            )


item_lists = st.lists(signed_items, min_size=1, max_size=4).map(tuple)


@given(item_lists, item_lists, st.integers(2, 31), st.data())
def test_use_in_the_month_of_change_costs_the_prices_by_the_days_they_held(
    before: tuple[SignedItem, ...],
    after: tuple[SignedItem, ...],
    changes_on: int,
    data: st.DataObject,
) -> None:
    month = Month(2025, 3)
    change = date(2025, 3, changes_on)
    terms = _terms(Stretch(FIRST, change - timedelta(days=1), before), Stretch(change, LAST, after))
    units = {item.unit for item in (*before, *after)} - {"month"}
    reported = {unit: data.draw(st.integers(0, 5_000), label=unit) for unit in sorted(units)}
    fixed, by_unit = Fraction(0), dict.fromkeys(units, Fraction(0))
    for day in range(1, 32):
        items = before if day < changes_on else after
        yearly = sum(item.yearly_ore for item in items if item.unit == "month")
        fixed += Fraction(twelfth(yearly, month), 31)
        for item in items:
            if item.unit != "month":
                by_unit[item.unit] += Fraction(reported[item.unit] * item.unit_price_ore, 31)
    expected = half_up(fixed) + sum(half_up(cost) for cost in by_unit.values())
    assert actual_cost(terms, month, reported).actual_ore == expected
    # Without any report the month costs what its instalment charged, whatever changed in it.
    assert actual_cost(terms, month, {}).actual_ore == instalment(terms, month)


def _terms(*stretches: Stretch) -> ServiceTerms:
    return ServiceTerms(
        service="payroll",
        service_area="payroll",
        name="Payroll administration",
        items=stretches[-1].items,
        stretches=stretches,
        ends_on=stretches[-1].last,
    )


def _version(number: int, **changes: object) -> Version:
    first = Version(
        number=1,
        agreement_id="agreement",
        org_number="202100-6255",
        customer_name="A customer",
        tariff="ssc-2020",
        signed_on=FIRST,
        holds_from=None,
        valid_from=FIRST,
        valid_until=date(2025, 6, 30),
        credit_rule=RULE,
        true_up_days=(),
        services=(SignedService("payroll", "payroll", "Payroll", "Lön", ONE_TERMS),),
    )
    return replace(first, number=number, **changes)  # type: ignore[arg-type]  # fields by name


def test_a_renewal_outlives_an_end_by_expiry_and_no_other() -> None:
    renewal = _version(2, holds_from=date(2025, 7, 1), valid_until=date(2026, 6, 30))
    for reason, last in (
        (EndReason.EXPIRED, date(2026, 6, 30)),
        (EndReason.TERMINATED, date(2025, 6, 30)),
    ):
        facts = Facts(
            go_lives={"payroll": [Lived(FIRST, "1")]},
            agreement_ends=[Told(date(2025, 6, 30), "2", reason)],
        )
        [terms] = terms_by_service([_version(1), renewal], facts)
        assert terms.stretches[-1].last == last
