"""Causes over HTTP: the centre states them, both parties read them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.following_up.causes import service
from services.collab_model.following_up.causes.schemas import (
    CauseOut,
    CauseStated,
    CauseVocabulary,
    StateCause,
)
from services.collab_model.following_up.data import causes, teams
from services.contracts.values import OrgNumber, Slug, YearMonth

router = APIRouter(prefix="/level-causes", route_class=UnitOfWorkRoute, tags=["following up"])
staff_router = APIRouter(prefix="/level-causes", route_class=UnitOfWorkRoute, tags=["following up"])


@router.get("")
async def list_causes(
    uow: Uow,
    actor: CurrentActor,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    period: YearMonth | None = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CauseOut]:
    """What was stated about deviations, in order."""
    rows = await service.page(
        uow,
        scope=await scope_of(uow, actor, org_number),
        service=service_key,
        period=period,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=CauseOut.of)


@router.get("/vocabulary")
async def read_vocabulary(uow: Uow) -> CauseVocabulary:
    """The causes that can be stated, and the teams."""
    return CauseVocabulary.of(causes(), teams())


@staff_router.post(
    "",
    status_code=201,
    dependencies=[Depends(requires(Role.SERVICE_MANAGER, Role.ACCOUNT_MANAGER))],
)
async def state_cause(uow: Uow, body: StateCause) -> CauseStated:
    """State why something was not kept; it counts from the next closing or correction on."""
    return CauseStated.with_months(await service.state(uow, body.new()))
