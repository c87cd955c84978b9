"""HTTP of subscriptions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import service
from services.billing.subscriptions.schemas import (
    SubscriptionDetailOut,
    SubscriptionOut,
    subscription_detail_out,
    subscription_out,
)
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"], route_class=UnitOfWorkRoute)

PlanYear = Annotated[
    int | None, Query(ge=2000, le=2199, description="Year of the plan; absent: this year.")
]


@router.get("")
async def list_subscriptions(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[SubscriptionOut]:
    """Subscriptions, oldest first."""
    today = stockholm_day(uow.now)
    scope = await scope_of(uow, actor, org_number)
    found = await service.page(uow, scope, after, one_more(limit))
    return page_of(
        found,
        limit,
        cursor=lambda each: each.row.id,
        show=lambda each: subscription_out(each, today),
    )


@router.get("/{subscription_id}")
async def show_subscription(
    uow: Uow, actor: CurrentActor, subscription_id: Identifier, year: PlanYear = None
) -> SubscriptionDetailOut:
    """One subscription with the instalment plan of a calendar year."""
    found = await service.get(uow, subscription_id, await scope_of(uow, actor, None))
    today = stockholm_day(uow.now)
    charged = await service.charged(uow, found)
    return subscription_detail_out(found, today, year or today.year, charged)
