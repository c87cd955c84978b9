"""Risks over HTTP: the centre enters and judges them, both parties read them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.following_up.risks import service
from services.collab_model.following_up.risks.schemas import EnterRisk, JudgeRisk, RiskOut
from services.collab_model.tables import RiskRow
from services.contracts.values import OrgNumber

router = APIRouter(prefix="/risks", route_class=UnitOfWorkRoute, tags=["following up"])
staff_router = APIRouter(prefix="/risks", route_class=UnitOfWorkRoute, tags=["following up"])

JUDGES_RISKS = Depends(requires(Role.SERVICE_MANAGER, Role.ACCOUNT_MANAGER))


def _shown(row: RiskRow, response: Response) -> RiskOut:
    response.headers["ETag"] = etag(row.revision)
    return RiskOut.of(row)


@router.get("")
async def list_risks(
    uow: Uow,
    actor: CurrentActor,
    open: bool | None = None,  # noqa: A002  # the name of the query parameter
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[RiskOut]:
    """Risks in the order they were entered."""
    rows = await service.page(
        uow,
        scope=await scope_of(uow, actor, org_number),
        is_open=open,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=RiskOut.of)


@router.get("/{risk_id}")
async def read_risk(
    uow: Uow, actor: CurrentActor, response: Response, risk_id: Identifier
) -> RiskOut:
    """A risk as it is judged now."""
    return _shown(await service.find(uow, risk_id, await scope_of(uow, actor)), response)


@staff_router.post("", status_code=201, dependencies=[JUDGES_RISKS])
async def enter_risk(uow: Uow, response: Response, body: EnterRisk) -> RiskOut:
    """Enter a risk to the delivery under an agreement."""
    return _shown(await service.enter(uow, body.agreement_id, body.judged()), response)


@staff_router.put("/{risk_id}", dependencies=[JUDGES_RISKS, HONOURS_IF_MATCH])
async def judge_risk(uow: Uow, response: Response, risk_id: Identifier, body: JudgeRisk) -> RiskOut:
    """Judge a risk anew, or close it."""
    row = await service.judge(uow, risk_id, body.judged(), closed=body.closed)
    return _shown(row, response)
