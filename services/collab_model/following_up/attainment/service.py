"""Use cases of attainment: what the centre attained, and what would turn red next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from services.chassis.clock import STOCKHOLM
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.service import day_of
from services.collab_model.following_up.attainment import repository
from services.collab_model.following_up.attainment.domain import (
    Outlook,
    SoFar,
    outlook_of,
    watched,
)
from services.collab_model.following_up.attainment.repository import Attained, By, Named, Wanted
from services.collab_model.following_up.data import causes, teams, thresholds
from services.collab_model.levels.domain import Month
from services.collab_model.problems import MONTHS_INVERTED
from services.contracts.values import MeasureKind

_COUNTED_AT_CLOSING = frozenset({MeasureKind.AVAILABILITY, MeasureKind.PUNCTUALITY})
"""The kinds of which a month's failures are reckoned by calendar when it closes."""


@dataclass(frozen=True)
class Group:
    """What a group attained, and what the group is called."""

    attained: Attained
    named: Named | None


@dataclass(frozen=True)
class Watched:
    """A level that is near red, whose it is, and its service's matters that are open now."""

    outlook: Outlook
    service: Named | None
    customer: Named | None
    open_matters: int
    open_pressing: int


async def attainment(uow: UnitOfWork, by: By, wanted: Wanted) -> list[Group]:
    """What was attained in closed months across customers, by group and kind of measure.

    Raises:
        Problem: ``months_inverted``.
    """
    if wanted.last < wanted.first:
        raise Problem(
            MONTHS_INVERTED,
            f"{wanted.last} lies before {wanted.first}, so there is no month to sum; turn them "
            "round.",
        )
    names = await _names(uow, by)
    return [
        Group(row, names.get(row.key)) for row in await repository.attained(uow.session, by, wanted)
    ]


async def _names(uow: UnitOfWork, by: By) -> Mapping[str, Named]:
    match by:
        case By.SERVICE:
            return await repository.service_names(uow.session)
        case By.CUSTOMER:
            return await repository.customer_names(uow.session)
        case By.TEAM:
            known = (*teams().teams, teams().otherwise)
            return {each.key: Named(each.name, each.name_sv) for each in known}
        case By.CAUSE:
            stated = (*causes().causes, causes().not_stated)
            return {each.key: Named(each.name, each.name_sv) for each in stated}


async def outlook(uow: UnitOfWork, service: str | None, limit: int) -> list[Watched]:
    """The levels that would turn red next, the nearest first.

    Only services in operation today, and kinds whose failures are known before the month
    closes, or that failed in the month closed last.
    """
    today = day_of(uow.now)
    month = Month.of(today)
    start, end = month.starts_at(STOCKHOLM), month.ends_at(STOCKHOLM)
    left = Fraction((end - uow.now).total_seconds()) / Fraction((end - start).total_seconds())
    first = month
    for _ in range(thresholds().usual_over_months):
        first = first.before
    levels = await repository.levels(uow.session, Wanted(str(first), str(month.before), service))
    known = await repository.so_far(uow.session, str(month), start, end)
    found = [
        each
        for level in levels
        if level.kind not in _COUNTED_AT_CLOSING or not level.months[-1].met
        for each in [outlook_of(level, known.get(level.key, SoFar()), left, thresholds())]
        if each is not None
    ]
    near = watched(found, thresholds())
    live = await agreements.loaded(uow.session, {each.level.key.agreement_id for each in near})
    near = [
        each
        for each in near
        if live[each.level.key.agreement_id].is_live(each.level.key.service, today)
    ][:limit]
    open_now = await repository.open_matters(
        uow.session, sorted({each.level.key.agreement_id for each in near})
    )
    services = await repository.service_names(uow.session)
    customers = await repository.customer_names(uow.session)
    return [
        Watched(
            each,
            services.get(each.level.key.service),
            customers.get(each.level.org_number),
            *open_now.get((each.level.key.agreement_id, each.level.key.service), (0, 0)),
        )
        for each in near
    ]
