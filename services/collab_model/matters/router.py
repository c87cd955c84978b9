"""Matters over HTTP, the same for customers and staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.matters import service
from services.collab_model.matters.domain import MatterEvent, MatterStatus
from services.collab_model.matters.schemas import (
    EnterEvent,
    MatterOut,
    MatterSummary,
    RaiseMatter,
    summary,
)
from services.contracts.values import OrgNumber, Slug

router = APIRouter(route_class=UnitOfWorkRoute, tags=["matters"])

WORKS_ON_MATTERS = Depends(requires(Role.AGENCY, Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER))


@router.post("/matters", status_code=201, dependencies=[WORKS_ON_MATTERS])
async def raise_matter(uow: Uow, actor: CurrentActor, body: RaiseMatter) -> MatterOut:
    """Raise a matter about a service in operation."""
    new = service.NewMatter(
        service=body.service,
        kind=body.kind,
        priority=body.priority,
        title=body.title,
        description=body.description,
        org_number=body.org_number,
    )
    return MatterOut.of(await service.raise_matter(uow, actor, new))


@router.get("/matters")
async def list_matters(
    uow: Uow,
    actor: CurrentActor,
    status: MatterStatus | None = None,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[MatterSummary]:
    """Matters in the order they were raised."""
    rows = await service.list_matters(
        uow,
        scope=await scope_of(uow, actor, org_number),
        status=status,
        service=service_key,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=summary)


@router.get("/matters/{matter_id}")
async def read_matter(uow: Uow, actor: CurrentActor, matter_id: Identifier) -> MatterOut:
    """A matter with its log, and its clocks with what explains them."""
    return MatterOut.of(await service.read_matter(uow, actor, matter_id))


@router.post(
    "/matters/{matter_id}/events",
    status_code=201,
    dependencies=[WORKS_ON_MATTERS],
)
async def enter_event(
    uow: Uow, actor: CurrentActor, matter_id: Identifier, body: EnterEvent
) -> MatterOut:
    """Enter an event in a matter's log; its clocks follow."""
    event = MatterEvent(body.event.value)
    return MatterOut.of(await service.enter_event(uow, actor, matter_id, event, body.note or ""))
