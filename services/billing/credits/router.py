"""HTTP of monthly credits: how what is given back is calculated, for both parties."""

from __future__ import annotations

from fastapi import APIRouter

from services.billing.credits import service
from services.billing.credits.schemas import MonthlyCreditOut, MonthlyCreditsOut
from services.billing.customers.service import scope_of
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import Identifier

router = APIRouter(prefix="/subscriptions", tags=["credits"], route_class=UnitOfWorkRoute)


@router.get("/{subscription_id}/credits")
async def list_monthly_credits(
    uow: Uow, actor: CurrentActor, subscription_id: Identifier
) -> MonthlyCreditsOut:
    """What each month of a subscription gives back, step by step by the agreement's table."""
    found = await service.monthly(uow, subscription_id, await scope_of(uow, actor, None))
    return MonthlyCreditsOut(items=[MonthlyCreditOut.of(each) for each in found])
