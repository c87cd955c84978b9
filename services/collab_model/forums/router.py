"""Forums, meetings and minutes over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
)
from services.chassis.identity import Role
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.forums import service
from services.collab_model.forums.domain import MeetingState
from services.collab_model.forums.schemas import (
    ForumOut,
    KeepMinutes,
    MeetingOut,
    MeetingSummary,
)
from services.contracts.values import OrgNumber, Slug

router = APIRouter(route_class=UnitOfWorkRoute, tags=["forums"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["forums"])


@router.get("/forums")
async def list_forums(
    uow: Uow,
    actor: CurrentActor,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ForumOut]:
    """The forums of the agreed collaboration models, and when each meets next."""
    forums = await service.list_forums(
        uow, scope=await scope_of(uow, actor, org_number), after=after, limit=one_more(limit)
    )
    return page_of(forums, limit, cursor=lambda each: each.row.id, show=ForumOut.of)


@router.get("/meetings")
async def list_meetings(
    uow: Uow,
    actor: CurrentActor,
    forum: Slug | None = None,
    state: MeetingState | None = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[MeetingSummary]:
    """Meetings in the order they were planned."""
    rows = await service.list_meetings(
        uow,
        scope=await scope_of(uow, actor, org_number),
        forum=forum,
        state=state,
        after=after,
        limit=one_more(limit),
    )
    return page_of(
        rows, limit, cursor=lambda row: row[0].id, show=lambda row: MeetingSummary.of(*row)
    )


@router.get("/meetings/{meeting_id}")
async def read_meeting(uow: Uow, actor: CurrentActor, meeting_id: Identifier) -> MeetingOut:
    """A meeting with its agenda, and its minutes once they are kept."""
    scope = await scope_of(uow, actor)
    return MeetingOut.of_file(await service.read_meeting(uow, meeting_id, scope=scope))


@staff_router.post(
    "/meetings/{meeting_id}/minutes",
    status_code=201,
    dependencies=[Depends(requires(Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER))],
)
async def keep_minutes(uow: Uow, meeting_id: Identifier, body: KeepMinutes) -> MeetingOut:
    """Keep the minutes of a meeting that fell due; they stay as they are written."""
    return MeetingOut.of_file(await service.keep_minutes(uow, meeting_id, body.as_minutes()))
