"""What the API takes and says about full-time equivalents and productivity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from services.billing.cost_sharing.amounts import plain
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.productivity.domain import (
    Missing,
    MonthOfService,
    Productivity,
    of_months,
    per_year,
)
from services.billing.productivity.measures import (
    Per,
    Reference,
    hours_per_year,
    measures,
    references,
)
from services.billing.productivity.registering import FullTimeFact
from services.billing.productivity.service import ServiceProductivity
from services.billing.tables import FullTimeEquivalentRow
from services.chassis.schemas import AS_A_NUMBER, RequestModel, ResponseModel
from services.contracts.values import Slug, YearMonth

MOST_FACTS = 1000
_DECIMALS = 4

Hundredths = Annotated[int, Field(ge=0, le=10**7), AS_A_NUMBER]
"""Hundredths of a full-time equivalent."""


class FullTimeEquivalentsIn(RequestModel):
    """How many full-time equivalents worked for a service in a month, time on start-up counted in.

    Several of one service and month add up. One that ``corrects`` another, by its id, takes its
    place.
    """

    id: Slug
    service: Slug
    period: YearMonth
    hundredths: Hundredths
    corrects: Slug | None = None

    def fact(self) -> FullTimeFact:
        """As the rules have it."""
        month = Month.parse(self.period)
        return FullTimeFact(self.id, self.service, month, self.hundredths, self.corrects)


class FullTimeBatch(RequestModel):
    """A batch of one source; it is taken in whole or not at all. Ids are the source's own."""

    source: Slug
    full_time_equivalents: Annotated[
        tuple[FullTimeEquivalentsIn, ...], Field(min_length=1, max_length=MOST_FACTS)
    ]


class FullTimeTakenOut(ResponseModel):
    """What became of a batch; ``known`` ones had come before with the same content."""

    new: int
    known: int


class FullTimeEquivalentsOut(ResponseModel):
    """Full-time equivalents as they were reported; ``source_id`` is the source's own id."""

    id: str
    source: str
    source_id: str
    service: str
    period: str
    hundredths: int
    corrects: str | None
    registered_by: str
    recorded_at: datetime


class ProductivityOut(ResponseModel):
    """What one month or several come to.

    ``full_time_months`` is the sum of the months' full-time equivalents, ``start_up_months`` the
    part of it spent on start-up. The rates are units per full-time equivalent, in a month and in
    a year (twelve times as many); absent where nobody is left to have made the units.
    """

    units: int
    full_time_months: str
    start_up_months: str
    per_month: str | None
    per_month_without_start_up: str | None
    per_year: str | None
    per_year_without_start_up: str | None


class MonthProductivityOut(ResponseModel):
    """A month; ``productivity`` is absent where something is ``missing``.

    ``live_subscriptions`` were in operation on some day; ``silent_subscriptions`` of them have
    reported no unit, so that the units are too few, unless nothing was made.
    """

    period: str
    units: int | None
    full_time_equivalents: str | None
    start_up_minutes: int
    productivity: ProductivityOut | None
    missing: tuple[Missing, ...]
    live_subscriptions: int
    silent_subscriptions: int


class ReferenceOut(ResponseModel):
    """A published figure; ``rate`` is units per full-time equivalent in the period ``per``."""

    key: str
    name: str
    name_sv: str
    rate: str
    units: int
    full_time_equivalents: int
    per: Per
    source: str
    why: str
    why_sv: str


class ServiceProductivityOut(ResponseModel):
    """A service's productivity: of the year, by month, and what it can be held against.

    ``year`` stands on ``counted_months`` alone; ``missing_months`` are those in operation of
    which something is not known. ``units_of`` are the units that are added up.
    """

    service: str
    name: str
    name_sv: str
    units_of: tuple[str, ...]
    year: ProductivityOut | None
    counted_months: tuple[str, ...]
    missing_months: tuple[str, ...]
    months: tuple[MonthProductivityOut, ...]
    references: tuple[ReferenceOut, ...]


class HoursOut(ResponseModel):
    """What start-up time is turned into full-time equivalents by, and what that supposes."""

    value: int
    source: str
    assumption: str
    assumption_sv: str


class YearProductivityOut(ResponseModel):
    """Productivity of a year, by service; only months that have ended."""

    year: int
    hours_per_full_time_year: HoursOut
    services: tuple[ServiceProductivityOut, ...]


def full_time_out(row: FullTimeEquivalentRow) -> FullTimeEquivalentsOut:
    """Full-time equivalents as they were reported."""
    return FullTimeEquivalentsOut.model_validate(row)


def year_productivity_out(
    year: int, services: Sequence[ServiceProductivity]
) -> YearProductivityOut:
    """A year's productivity."""
    return YearProductivityOut(
        year=year,
        hours_per_full_time_year=HoursOut.model_validate(hours_per_year()),
        services=tuple(_service_out(each) for each in services),
    )


def _service_out(found: ServiceProductivity) -> ServiceProductivityOut:
    named = priced_services()[found.service]
    return ServiceProductivityOut(
        service=found.service,
        name=named.name,
        name_sv=named.name_sv,
        units_of=measures()[found.service].units,
        year=_productivity_out(found.year),
        counted_months=tuple(str(each.month) for each in found.months if each.counts),
        missing_months=tuple(str(each.month) for each in found.months if each.missing),
        months=tuple(_month_out(each) for each in found.months),
        references=tuple(_reference_out(each) for each in references(found.service)),
    )


def _month_out(month: MonthOfService) -> MonthProductivityOut:
    hundredths = month.hundredths
    return MonthProductivityOut(
        period=str(month.month),
        units=month.units,
        full_time_equivalents=None if hundredths is None else plain(Fraction(hundredths, 100), 2),
        start_up_minutes=month.start_up_minutes,
        productivity=_productivity_out(of_months([month], hours_per_year().minutes_per_month)),
        missing=month.missing,
        live_subscriptions=month.live,
        silent_subscriptions=month.silent,
    )


def _productivity_out(found: Productivity | None) -> ProductivityOut | None:
    if found is None:
        return None
    without = found.per_month_without_start_up
    return ProductivityOut(
        units=found.units,
        full_time_months=plain(found.full_time, _DECIMALS),
        start_up_months=plain(found.start_up, _DECIMALS),
        per_month=optional(found.per_month),
        per_month_without_start_up=optional(without),
        per_year=optional(per_year(found.per_month)),
        per_year_without_start_up=optional(per_year(without)),
    )


def _reference_out(found: Reference) -> ReferenceOut:
    return ReferenceOut(**{**vars(found), "rate": plain(found.rate, _DECIMALS)})


def optional(value: Fraction | None, digits: int = _DECIMALS) -> str | None:
    """A number with at most so many decimals; none where there is none."""
    return None if value is None else plain(value, digits)
