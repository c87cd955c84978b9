"""HTTP of actual prices: finance registers what a unit turned out to cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from services.billing.months import Month
from services.billing.tables import ActualPriceRow
from services.billing.true_up import prices
from services.billing.true_up.prices import ActualPrice
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import (
    After,
    Limit,
    Page,
    RequestModel,
    ResponseModel,
    Text,
    one_more,
    page_of,
)
from services.contracts.values import Slug, YearMonth

staff_router = APIRouter(prefix="/actual-prices", tags=["true-ups"], route_class=UnitOfWorkRoute)

FINANCE = Depends(requires(Role.FINANCE))

ExactOre = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$", examples=["6237.25"])]
"""Öre as text with up to four decimals, so that none is lost on the way."""


class ActualPriceIn(RequestModel):
    """What one of a unit of a service cost in a month that has ended, and how that is known."""

    service: Slug
    unit: Slug
    period: YearMonth
    amount_ore: ExactOre
    cost_basis: Text

    def price(self) -> ActualPrice:
        """As the domain has it."""
        return ActualPrice(
            self.service,
            self.unit,
            Month.parse(self.period),
            Decimal(self.amount_ore),
            self.cost_basis,
        )


class ActualPricesIn(RequestModel):
    """Actual prices; all of them are kept, or none."""

    prices: Annotated[tuple[ActualPriceIn, ...], Field(min_length=1, max_length=200)]


class ActualPriceOut(ResponseModel):
    """A registered actual price; of a service, unit and month the highest number counts."""

    id: str
    service: str
    unit: str
    period: str
    number: int
    amount_ore: str
    cost_basis: str
    registered_by: str
    recorded_at: datetime


class ActualPricesOut(ResponseModel):
    """The prices as they are registered now."""

    prices: tuple[ActualPriceOut, ...]


def _price_out(row: ActualPriceRow) -> ActualPriceOut:
    return ActualPriceOut.model_validate(row)


@staff_router.get("", dependencies=[FINANCE])
async def list_actual_prices(
    uow: Uow, after: After = None, limit: Limit = 50
) -> Page[ActualPriceOut]:
    """Actual prices in the order they were registered."""
    rows = await prices.page(uow.session, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=_price_out)


@staff_router.post("", status_code=201, dependencies=[FINANCE])
async def register_actual_prices(uow: Uow, body: ActualPricesIn) -> ActualPricesOut:
    """Register what units cost. True-ups of agreements settled at actual prices take them up."""
    rows = await prices.register(uow, [each.price() for each in body.prices])
    return ActualPricesOut(prices=tuple(_price_out(row) for row in rows))
