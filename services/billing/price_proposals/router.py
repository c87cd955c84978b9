"""HTTP of proposed actual prices, for finance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.billing.months import Month
from services.billing.price_proposals.schemas import PriceProposalOut, proposal_out
from services.billing.price_proposals.service import propose_prices
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.contracts.values import YearMonth

router = APIRouter(
    prefix="/actual-prices",
    tags=["true-ups"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)


@router.get("/proposal")
async def propose_actual_prices(
    uow: Uow, period: Annotated[YearMonth, Query(description="A month that has ended.")]
) -> PriceProposalOut:
    """What units would have to cost for the fees of a month to cover its cost in fees."""
    return proposal_out(await propose_prices(uow, Month.parse(period)))
