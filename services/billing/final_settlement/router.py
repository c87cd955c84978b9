"""HTTP of final settlements: both parties see where they stand, refusals included."""

from __future__ import annotations

from fastapi import APIRouter

from services.billing.customers.service import scope_of
from services.billing.final_settlement import service
from services.billing.final_settlement.schemas import FinalSettlementOut, final_settlement_out
from services.billing.queries import ByOrgNumber
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Limit, Page, one_more, page_of

router = APIRouter(
    prefix="/final-settlements", tags=["final-settlements"], route_class=UnitOfWorkRoute
)


@router.get("")
async def list_final_settlements(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[FinalSettlementOut]:
    """Final settlements asked for, waiting, refused and made."""
    scope = await scope_of(uow, actor, org_number)
    rows = await service.page(uow, scope, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.exit_id, show=final_settlement_out)
