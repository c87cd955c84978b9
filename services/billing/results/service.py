"""Use cases of results: a year's, with its forecast and what is proposed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from services.billing.months import Month
from services.billing.results import repository
from services.billing.results.domain import Cell, Shares, in_cells, in_proportion
from services.billing.results.forecasting import Figure, Plans, forecast, with_forecast
from services.billing.results.problems import RESULT_AREA_UNKNOWN, RESULT_YEAR_AHEAD
from services.billing.results.rows import Awaited, Proposed, Results, proposed_for, row_of
from services.billing.results.rules import Category, Stream, result_rules
from services.billing.results.surplus import Brought, areas_with_something, of_area
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import service as subscription_service
from services.billing.subscriptions.domain import instalment
from services.billing.subscriptions.service import Subscription
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


def require_year(uow: UnitOfWork, year: int) -> None:
    """Refuse a year that nothing can be said of.

    Raises:
        Problem: ``result_year_ahead``.
    """
    last = stockholm_day(uow.now).year + 1
    if year > last:
        raise Problem(
            RESULT_YEAR_AHEAD,
            f"{year} lies too far ahead: nobody can say what it brings. The last year is {last}.",
            last_year=last,
        )


async def require_area(uow: UnitOfWork, area: str) -> None:
    """Refuse a service area that billing knows nothing of.

    Raises:
        Problem: ``result_area_unknown``.
    """
    known = {*result_rules().areas, *(await repository.areas(uow.session)).values()}
    if area not in known:
        raise Problem(
            RESULT_AREA_UNKNOWN,
            f"There is no service area {area}. The service areas are {', '.join(sorted(known))}.",
            service_areas=sorted(known),
        )


async def results(uow: UnitOfWork, year: int, known_at: datetime | None) -> Results:
    """A year's results, as far as they were known at an instant (None: now).

    Raises:
        Problem: ``result_year_ahead``.
    """
    require_year(uow, year)
    instant = known_at or uow.recorded_at
    running = Month.of(stockholm_day(min(instant, uow.now)))
    service_areas = await repository.areas(uow.session)
    rules = result_rules()
    shares = await repository.shares(uow.session, service_areas, rules, instant)
    posted = await repository.posted(uow.session, date(year, 12, 31), instant)
    amounts = in_cells(posted, service_areas, shares, rules)
    brought = tuple(
        Brought(row.service_area, Category(row.category), row.as_of.year, row.amount_ore)
        for row in await repository.openings(uow.session, instant)
    )
    to_come = tuple(running.up_to(Month(year, 12)))
    figures: tuple[Figure, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    if to_come:
        known = await subscription_service.loaded(
            uow.session, await repository.subscriptions(uow.session, instant)
        )
        awaited = awaited_of(known, to_come[0], service_areas)
        plans = await _plans(uow, to_come, service_areas, shares, known, instant)
        figures = forecast(amounts, to_come, plans, rules.kinds)
    expected = with_forecast(amounts, figures, running) if to_come else amounts
    through = [each for each in brought if each.year <= year]
    rows = tuple(
        row_of(
            area,
            year,
            of_area(amounts, brought, area),
            of_area(expected, brought, area)[0],
            tuple(each for each in figures if each.cell.area == area),
            tuple(each for each in awaited if each.area == area),
        )
        for area in areas_with_something({**amounts, **expected}, through)
    )
    total = row_of(None, year, (amounts, brought), expected, figures, awaited)
    return Results(year, instant, running, rows, total)


async def _plans(
    uow: UnitOfWork,
    months: Sequence[Month],
    service_areas: dict[str, str],
    shares: Shares,
    known: Sequence[Subscription],
    known_at: datetime,
) -> Plans:
    """What is planned and budgeted of months to come, given every subscription."""
    instalments = _instalments(known, months, service_areas)
    _add_shares(
        instalments,
        await repository.planned_shares(uow.session, months[0], months[-1], known_at),
        months,
        shares,
    )
    budgets: dict[tuple[Month, Cell], int] = {}
    overheads: dict[tuple[Month, Stream], int] = {}
    kinds = result_rules().kinds
    for each in await repository.budgets(uow.session, months[0], months[-1], known_at):
        if each.service is None:
            overheads[each.month, each.kind] = each.amount_ore
        else:
            area = service_areas.get(each.service)
            cell = Cell(area, kinds[each.kind], each.kind, each.service)
            budgets[each.month, cell] = each.amount_ore
    weights = await repository.budgeted_shares(uow.session, service_areas, known_at)
    return Plans(instalments, budgets, overheads, {**shares.overheads, **weights})


def awaited_of(
    known: Iterable[Subscription], running: Month, service_areas: Mapping[str, str]
) -> tuple[Awaited, ...]:
    """Services that hold from some month on and are not in operation, by area and key."""
    yearly: dict[str, list[int]] = {}
    for subscription in known:
        for terms in subscription.terms:
            holds = terms.ends_on is not None and terms.ends_on >= running.first_day
            if holds and not terms.stretches:
                yearly.setdefault(terms.service, []).append(terms.yearly_ore)
    found = (
        Awaited(service_areas.get(service), service, len(each), sum(each))
        for service, each in yearly.items()
    )
    return tuple(sorted(found, key=lambda each: (each.area or "", each.service)))


def _instalments(
    known: Iterable[Subscription], months: Sequence[Month], service_areas: dict[str, str]
) -> dict[tuple[Month, Cell], int]:
    """Instalments of fees by month and service, of every service that has been in operation."""
    found: dict[tuple[Month, Cell], int] = {}
    for subscription in known:
        for terms in subscription.terms:
            if not terms.stretches:
                continue
            area = service_areas.get(terms.service)
            cell = Cell(area, Category.ORDINARY, Stream.FEES, terms.service)
            for month in months:
                found[month, cell] = found.get((month, cell), 0) + instalment(terms, month)
    return found


def _add_shares(
    instalments: dict[tuple[Month, Cell], int],
    planned: Sequence[tuple[Month, str, int]],
    months: Sequence[Month],
    shares: Shares,
) -> None:
    """Planned shares of arrangements, by the places that their cost came from as last known."""
    for month, arrangement, ore in planned:
        weights = shares.sent_to(arrangement, month.year)
        for (area, category), part in in_proportion(
            ore, weights, otherwise=(None, Category.ORDINARY)
        ):
            cell = Cell(area, category, Stream.SHARES, arrangement)
            for each in months:
                instalments.setdefault((each, cell), 0)
            instalments[month, cell] += part


async def proposals(
    uow: UnitOfWork,
    year: int,
    known_at: datetime | None,
    aim_ore: int,
    years: int,
    area: str | None,
) -> tuple[Results, tuple[Proposed, ...], Proposed]:
    """What is proposed for each area (or one), and for all together.

    Raises:
        Problem: ``result_year_ahead``, ``result_area_unknown``.
    """
    if area is not None:
        await require_area(uow, area)
    found = await results(uow, year, known_at)
    rows = [row for row in found.rows if area is None or row.area == area]
    return (
        found,
        tuple(proposed_for(row, aim_ore, years) for row in rows),
        proposed_for(found.total, aim_ore, years),
    )
