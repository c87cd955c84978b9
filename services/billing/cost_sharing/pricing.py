"""What parties pay by set prices: for time, for units, or for units over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from services.billing.cost_sharing.facts import Party, SharingInput
from services.billing.cost_sharing.key_language import WithoutReading
from services.billing.cost_sharing.language import Per, Price, Prices
from services.billing.cost_sharing.numerals import months, year_of
from services.billing.cost_sharing.problems import DRIVER_WITHOUT_DATA
from services.billing.cost_sharing.results import PricedPart
from services.billing.cost_sharing.standing import MONTHS_A_YEAR, Indices, Readings, Standing
from services.billing.cost_sharing.stretches import (
    Window,
    cut,
    cuts_of_drivers,
    cuts_of_parties,
    years_between,
)
from services.chassis.money import round_half_up
from services.chassis.problems import Problem

ORE_A_KRONA = 100


def priced(
    charge: Prices, of: Window, given: SharingInput, readings: Readings, indices: Indices
) -> Iterator[PricedPart]:
    """What each price comes to for each party on the days of a version.

    Whole öre are the rounded sum since the year began less the rounded sum until the day
    before, so that charging a year in parts charges the same.

    Raises:
        Problem: ``driver_without_data``, ``index_value_missing``.
    """
    version, begins, ends = of
    for party in sorted(given.parties, key=lambda each: each.key):
        for price in charge.prices:
            days = cuts_of_parties([party]) | years_between(begins, ends)
            days |= _anniversaries(party, len(price.sek))
            if price.driver is not None:
                days |= cuts_of_drivers([price.driver], version, readings)
            for first, last in cut(begins, ends, days):
                standing = Standing(version, first, last, (party,), readings, indices)
                pays = price.of is None or party.key in standing.parties_of(price.of)
                if party.takes_part_on(first) and pays:
                    yield _part(party, price, standing)


def _anniversaries(party: Party, years: int) -> set[date]:
    joined = party.joins_on
    return {_years_later(joined, year) for year in range(1, years)}


def _years_later(day: date, years: int) -> date:
    # 29 February has its anniversary on 1 March.
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _year_of_customer(party: Party, day: date, known: int) -> int:
    """Which year of its membership a day lies in, from 1; beyond what is known, the last."""
    return 1 + sum(_years_later(party.joins_on, year) <= day for year in range(1, known))


def _part(party: Party, price: Price, standing: Standing) -> PricedPart:
    year = _year_of_customer(party, standing.first, len(price.sek))
    sek = Fraction(price.sek[year - 1]) * standing.ratio(price.indexed)
    return PricedPart(
        party=party.key,
        price=price,
        year_of_customer=year,
        sek=sek,
        quantity=_quantity(party, price, standing),
        unit=None if price.driver is None else standing.version.driver(price.driver).unit,
        months=None if price.per is Per.UNIT else months(standing.first, standing.last),
        first=standing.first,
        last=standing.last,
        amount_ore=_amount(party, price, sek * ORE_A_KRONA, standing),
    )


def _quantity(party: Party, price: Price, standing: Standing) -> Fraction | None:
    if price.driver is None:
        return None
    found = standing.quantity(price.driver, party.key)
    if found is None and price.without_reading is WithoutReading.REFUSED:
        raise Problem(
            DRIVER_WITHOUT_DATA,
            f"{party.key} pays {price.name} by {price.driver}, of which it has no reading from"
            f" {standing.first} to {standing.last}. Register one, of 0 if there was none.",
            driver=price.driver,
            parties=[party.key],
            first_day=standing.first.isoformat(),
            last_day=standing.last.isoformat(),
        )
    return found or Fraction(0)


def _amount(party: Party, price: Price, ore: Fraction, standing: Standing) -> int:
    year_begins = year_of(standing.first)[0]

    def until(last: date) -> int:
        if last < year_begins:
            return 0
        since = Standing(
            standing.version,
            year_begins,
            last,
            standing.parties,
            standing.readings,
            standing.indices,
        )
        return round_half_up(ore * _times(party, price, since, standing))

    return until(standing.last) - until(standing.first - timedelta(days=1))


def _times(party: Party, price: Price, since: Standing, standing: Standing) -> Fraction:
    """What a price is multiplied by for the days of ``since``; a stock is ``standing``'s."""
    if price.per is Per.UNIT:
        return since.quantity(price.driver or "", party.key) or Fraction(0)
    time = months(since.first, since.last)
    if price.per in {Per.YEAR, Per.UNIT_AND_YEAR}:
        time /= MONTHS_A_YEAR
    if price.driver is None:
        return time
    return time * (standing.quantity(price.driver, party.key) or Fraction(0))
