"""HTTP of indicators, and of the lists of preparedness agencies that one of them needs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.billing.indicators import preparedness, repository, service
from services.billing.indicators.schemas import (
    PreparednessInForceOut,
    PreparednessListIn,
    PreparednessListOut,
    YearIndicatorsOut,
    preparedness_list_out,
    year_indicators_out,
)
from services.billing.schedule import stockholm_day
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import Day, Limit, Page, one_more, page_of

_DEPENDENCIES = [Depends(requires(Role.FINANCE, Role.ADMINISTRATOR))]

indicator_router = APIRouter(
    prefix="/indicators",
    tags=["indicators"],
    route_class=UnitOfWorkRoute,
    dependencies=_DEPENDENCIES,
)
preparedness_router = APIRouter(
    prefix="/preparedness-agencies",
    tags=["indicators"],
    route_class=UnitOfWorkRoute,
    dependencies=_DEPENDENCIES,
)

ROUTERS = (indicator_router, preparedness_router)

Year = Annotated[int, Path(ge=1900, le=2199, description="The calendar year.")]
AfterNumber = Annotated[
    str, Query(pattern=r"^[0-9]{1,9}$", description="Continue behind this cursor.")
]


@indicator_router.get("/{year}")
async def show_indicators(uow: Uow, year: Year) -> YearIndicatorsOut:
    """Statskontoret's seven indicators of a year, from live data."""
    return year_indicators_out(await service.indicators(uow, year))


@preparedness_router.put("")
async def register_preparedness_agencies(
    uow: Uow, wanted: PreparednessListIn
) -> PreparednessListOut:
    """Say which agencies are preparedness agencies from a day on; earlier lists are kept."""
    row = await preparedness.register(uow, wanted.holds_from, wanted.source, wanted.org_numbers)
    return preparedness_list_out(row)


@preparedness_router.get("")
async def list_preparedness_lists(
    uow: Uow, after: AfterNumber = "0", limit: Limit = 50
) -> Page[PreparednessListOut]:
    """Every list, in the order they were registered."""
    rows = await repository.lists(uow.session, int(after), one_more(limit))
    return page_of(rows, limit, cursor=lambda row: str(row.number), show=preparedness_list_out)


@preparedness_router.get("/in-force")
async def show_preparedness_agencies(
    uow: Uow,
    on: Annotated[Day | None, Query(description="Absent: today.")] = None,
) -> PreparednessInForceOut:
    """The list that holds on a day."""
    day = on or stockholm_day(uow.now)
    row = await repository.list_on(uow.session, day)
    return PreparednessInForceOut(on=day, list=preparedness_list_out(row) if row else None)
