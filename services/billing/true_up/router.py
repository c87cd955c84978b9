"""HTTP of true-ups: both parties see them, finance may simulate one."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from services.billing.customers.service import scope_of
from services.billing.months import Month
from services.billing.queries import ByOrgNumber
from services.billing.true_up import service
from services.billing.true_up.schemas import (
    SettlementOut,
    SimulationIn,
    TrueUpOut,
    settlement_out,
    true_up_out,
)
from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of

router = APIRouter(prefix="/true-ups", tags=["true-ups"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/subscriptions", tags=["true-ups"], route_class=UnitOfWorkRoute)


@router.get("")
async def list_true_ups(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[TrueUpOut]:
    """Booked true-ups, oldest first, with every step."""
    scope = await scope_of(uow, actor, org_number)
    found = await service.page(uow, scope, after, one_more(limit))
    return page_of(found, limit, cursor=lambda each: each.row.id, show=true_up_out)


@staff_router.post(
    "/{subscription_id}/true-ups/simulation",
    dependencies=[Depends(requires(Role.FINANCE))],
)
async def simulate_true_up(
    uow: Uow, actor: CurrentActor, subscription_id: Identifier, simulation: SimulationIn
) -> SettlementOut:
    """What a true-up through a month would book now; nothing is booked."""
    through = Month.parse(simulation.through)
    scope = await scope_of(uow, actor, None)
    return settlement_out(await service.simulate(uow, subscription_id, scope, through))
