"""Use cases of attainment: what the centre attained, and what would turn red next."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from services.chassis.clock import STOCKHOLM
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
from services.collab_model.following_up.attainment.repository import Attained, By, Wanted
from services.collab_model.following_up.data import causes, teams, thresholds
from services.collab_model.levels.domain import Month
from services.contracts.values import MeasureKind

_COUNTED_AT_CLOSING = frozenset({MeasureKind.AVAILABILITY, MeasureKind.PUNCTUALITY})
"""The kinds of which a month's failures are reckoned by calendar when it closes."""


@dataclass(frozen=True)
class Group:
    """What a group attained, and what the group is called."""

    attained: Attained
    name_sv: str | None


@dataclass(frozen=True)
class Watched:
    """A level that is near red, and the matters of its service that are open now."""

    outlook: Outlook
    open_matters: int
    open_pressing: int


async def attainment(uow: UnitOfWork, by: By, wanted: Wanted) -> list[Group]:
    """What was attained in closed months across customers, by group and kind of measure."""
    rows = await repository.attained(uow.session, by, wanted)
    return [Group(row, _name(by, row.key)) for row in rows]


def _name(by: By, key: str) -> str | None:
    if by is By.TEAM:
        return teams().name_sv(key)
    return causes().name_sv(key) if by is By.CAUSE else None


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
    return [
        Watched(each, *open_now.get((each.level.key.agreement_id, each.level.key.service), (0, 0)))
        for each in near
    ]
