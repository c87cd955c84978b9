"""HTTP of closed months: finance closes, staff look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.billing.months import Month
from services.billing.periods import service
from services.billing.periods.schemas import BillingPeriodOut, period_out
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of

staff_router = APIRouter(
    prefix="/billing-periods", tags=["billing-periods"], route_class=UnitOfWorkRoute
)

Period = Annotated[
    str, Path(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", description="A month such as 2026-03.")
]


@staff_router.get("")
async def list_periods(uow: Uow, after: After = None, limit: Limit = 50) -> Page[BillingPeriodOut]:
    """Closed months in order, with what had come for each when it was closed."""
    rows = await service.page(uow, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.period, show=period_out)


@staff_router.post(
    "/{period}/closing", status_code=201, dependencies=[Depends(requires(Role.FINANCE))]
)
async def close_period(uow: Uow, period: Period) -> BillingPeriodOut:
    """Close a month that is over: volumes of it that come later wait until finance takes
    them up.
    """
    return period_out(await service.close(uow, Month.parse(period)))
