"""Attainment over HTTP, for the centre."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Limit
from services.collab_model.calendars.service import day_of
from services.collab_model.following_up.attainment import service
from services.collab_model.following_up.attainment.repository import By, Wanted
from services.collab_model.following_up.attainment.schemas import (
    AttainmentOut,
    GroupOut,
    OutlookOut,
    WatchedOut,
)
from services.collab_model.levels.domain import Month
from services.contracts.values import Slug, YearMonth

staff_router = APIRouter(prefix="/attainment", route_class=UnitOfWorkRoute, tags=["following up"])

ServiceFilter = Annotated[Slug | None, Query(alias="service")]


@staff_router.get("")
async def read_attainment(
    uow: Uow,
    by: By = By.SERVICE,
    first: Annotated[YearMonth | None, Query(description="Default: a year back.")] = None,
    last: Annotated[YearMonth | None, Query(description="Default: the present month.")] = None,
    service_key: ServiceFilter = None,
) -> AttainmentOut:
    """What was attained across customers, by service, team, cause or customer."""
    now = Month.of(day_of(uow.now))
    wanted = Wanted(first or str(Month(now.year - 1, now.month)), last or str(now), service_key)
    groups = await service.attainment(uow, by, wanted)
    return AttainmentOut(
        by=by,
        first=wanted.first,
        last=wanted.last,
        groups=[GroupOut.of(each) for each in groups],
    )


@staff_router.get("/outlook")
async def read_outlook(
    uow: Uow, service_key: ServiceFilter = None, limit: Limit = 50
) -> OutlookOut:
    """What would turn red next: how many more misses each level bears this month."""
    found = await service.outlook(uow, service_key, limit)
    return OutlookOut(
        period=str(Month.of(day_of(uow.now))), levels=[WatchedOut.of(each) for each in found]
    )
