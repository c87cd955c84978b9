"""Use cases of productivity and of cost per unit: load what is known, ask the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from services.billing.costs.language import PoolKind
from services.billing.months import Month, last_month_ended_by
from services.billing.productivity import repository
from services.billing.productivity.domain import (
    MonthOfService,
    Productivity,
    change_percent,
    of_months,
)
from services.billing.productivity.measures import hours_per_year, measures
from services.billing.productivity.problems import YEAR_NOT_BEGUN
from services.billing.productivity.repository import Span
from services.billing.productivity.unit_costs import (
    CostOfMonth,
    UnitCost,
    of_costs,
)
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import service as subscriptions
from services.billing.subscriptions.domain import days_in_operation
from services.billing.subscriptions.service import Subscription
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ServiceProductivity:
    """A service's months of a year that have ended, and what they come to."""

    service: str
    months: tuple[MonthOfService, ...]
    year: Productivity | None


@dataclass(frozen=True)
class ServiceUnitCost:
    """A service's cost by month of a year, what it comes to, and what the year before did."""

    service: str
    months: tuple[CostOfMonth, ...]
    year: UnitCost | None
    before: UnitCost | None
    months_before: tuple[CostOfMonth, ...]

    @property
    def change_percent(self) -> Fraction | None:
        """By how much the ordinary cost per unit changed; None without both years."""
        if self.year is None or self.before is None:
            return None
        return change_percent(self.year.exact_ore, self.before.exact_ore)


@dataclass(frozen=True)
class Made:
    """What services made in some months: units, who was live, and who was silent.

    ``units`` has no entry where nothing was reported.
    """

    units: Mapping[tuple[str, Month], int]
    live: Mapping[tuple[str, Month], int]
    silent: Mapping[tuple[str, Month], int]

    @property
    def services(self) -> set[str]:
        """The services that are measured and made anything or were in operation."""
        return {service for service, _ in (*self.units, *self.live)} & measures().keys()


async def productivity(uow: UnitOfWork, year: int) -> tuple[ServiceProductivity, ...]:
    """What each service made of a year, by how many, with start-up and without.

    Raises:
        Problem: ``year_not_begun``.
    """
    months = ended_months(year, _today_in(uow, year))
    if not months:
        return ()
    span = months[0], months[-1]
    made = await what_was_made(uow, months, await subscriptions.every(uow))
    full_time = await repository.full_time(uow.session, span)
    start_up = await repository.start_up_minutes(uow.session, span)
    named = made.services | {service for service, _ in (*full_time, *start_up)}
    found = []
    for service in sorted(named & measures().keys()):
        known = tuple(
            MonthOfService(
                month=month,
                units=made.units.get((service, month)),
                hundredths=full_time.get((service, month)),
                start_up_minutes=start_up.get((service, month), 0),
                live=made.live.get((service, month), 0),
                silent=made.silent.get((service, month), 0),
            )
            for month in months
        )
        rate = of_months(known, hours_per_year().minutes_per_month)
        found.append(ServiceProductivity(service, known, rate))
    return tuple(found)


async def cost_per_unit(uow: UnitOfWork, year: int) -> tuple[ServiceUnitCost, ...]:
    """What a unit of each service cost in a year and in the year before.

    Raises:
        Problem: ``year_not_begun``.
    """
    today = _today_in(uow, year)
    return await unit_costs(uow, year, today, await subscriptions.every(uow))


async def unit_costs(
    uow: UnitOfWork, year: int, today: date, known: Iterable[Subscription]
) -> tuple[ServiceUnitCost, ...]:
    """The same for a year that has begun, given every subscription."""
    months = ended_months(year, today)
    both = [*ended_months(year - 1, today), *months]
    span = both[0], both[-1]
    made = await what_was_made(uow, both, known)
    kinds: dict[tuple[str, Month], dict[PoolKind, int]] = defaultdict(dict)
    for month, service, kind, ore in await repository.ended_in_pools(uow.session, span):
        kinds[service, month][PoolKind(kind)] = ore
    distributed = await repository.distributed(uow.session, span)
    outdated = await outdated_months(uow, span, distributed)
    services = made.services | ({service for service, _ in kinds} & measures().keys())
    found = []
    for service in sorted(services):
        rows = tuple(
            CostOfMonth(
                month=month,
                units=made.units.get((service, month)),
                kinds=kinds.get((service, month), {}) if month in distributed else None,
                is_outdated=month in outdated,
                is_live=bool(made.live.get((service, month))),
                silent=made.silent.get((service, month), 0),
            )
            for month in both
        )
        now = tuple(each for each in rows if each.month.year == year)
        before = tuple(each for each in rows if each.month.year < year)
        found.append(ServiceUnitCost(service, now, of_costs(now), of_costs(before), before))
    return tuple(found)


async def what_was_made(
    uow: UnitOfWork, months: Iterable[Month], known: Iterable[Subscription]
) -> Made:
    """What services made in some months that follow each other.

    Args:
        uow: the unit of work.
        months: at least one, in order.
        known: every subscription.
    """
    wanted = list(months)
    reported = await repository.units(uow.session, (wanted[0], wanted[-1]))
    units: dict[tuple[str, Month], int] = defaultdict(int)
    spoke: dict[tuple[str, Month], set[str | None]] = defaultdict(set)
    for (service, unit, month), by_subscription in reported.items():
        measure = measures().get(service)
        if measure is not None and unit in measure.units:
            units[service, month] += sum(by_subscription.values())
            spoke[service, month] |= by_subscription.keys()
    live: dict[tuple[str, Month], int] = defaultdict(int)
    silent: dict[tuple[str, Month], int] = defaultdict(int)
    for subscription in known:
        for terms in subscription.terms:
            for month in wanted:
                if days_in_operation(terms, month):
                    place = terms.service, month
                    live[place] += 1
                    silent[place] += subscription.row.id not in spoke[place]
    return Made(dict(units), dict(live), dict(silent))


def ended_months(year: int, today: date) -> list[Month]:
    """The months of a year that have ended, in order."""
    return list(Month(year, 1).up_to(min(Month(year, 12), last_month_ended_by(today))))


def day_of_year(uow: UnitOfWork, year: int) -> date:
    """The year's last day, or today where the year is not over.

    Raises:
        Problem: ``year_not_begun``.
    """
    return min(_today_in(uow, year), date(year, 12, 31))


def _today_in(uow: UnitOfWork, year: int) -> date:
    today = stockholm_day(uow.now)
    if year > today.year:
        raise Problem(
            YEAR_NOT_BEGUN,
            f"{year} has not begun, so nothing of it is known yet. Ask for {today.year} or an"
            " earlier year.",
            latest=today.year,
        )
    return today


async def outdated_months(
    uow: UnitOfWork, span: Span, distributed: Mapping[Month, Mapping[str, Any]]
) -> set[Month]:
    """The distributed months whose costs are no longer those that were distributed."""
    now = await repository.costs_now(uow.session, span)
    return {
        month
        for month, given in distributed.items()
        if _by_place(given["costs"]) != {at: ore for at, ore in now.get(month, {}).items() if ore}
    }


def _by_place(costs: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for cost in costs:
        found[cost["pool"], cost["origin"]] += cost["amount_ore"]
    return {at: ore for at, ore in found.items() if ore}
