"""Calendars over HTTP: staff record them, both parties read them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Day, Identifier, Instant, Limit, Page, one_more, page_of
from services.collab_model.calendars import registering, showing
from services.collab_model.calendars.reading_schemas import (
    CalendarOut,
    CalendarRecorded,
    CalendarSummary,
    OpenHoursOut,
    ServiceHoursOut,
    ServiceHoursRecorded,
)
from services.collab_model.calendars.schemas import (
    BindCalendar,
    DrawUpVersion,
    OverrideDay,
    RegisterCalendar,
)
from services.collab_model.customers.service import scope_of
from services.contracts.values import Slug

router = APIRouter(route_class=UnitOfWorkRoute, tags=["calendars"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["calendars"])

KEEPS_CALENDARS = Depends(requires(Role.SERVICE_MANAGER))

CalendarKey = Annotated[Slug, Path(description="The calendar's key.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only what was known at this instant counts; absent: all that is known."),
]
FirstDay = Annotated[Day | None, Query(description="The first day to show; absent: today.")]
LastDay = Annotated[
    Day | None, Query(description="The last day to show; absent: thirty days after the first.")
]


@router.get("/calendars")
async def list_calendars(
    uow: Uow, actor: CurrentActor, after: After = None, limit: Limit = 50
) -> Page[CalendarSummary]:
    """Calendars in the order they were registered; an agency sees those of its agreements."""
    rows = await showing.calendars(
        uow, scope=await scope_of(uow, actor), after=after, limit=one_more(limit)
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=CalendarSummary.model_validate)


@router.get("/calendars/{calendar}")
async def read_calendar(
    uow: Uow,
    actor: CurrentActor,
    response: Response,
    calendar: CalendarKey,
    known_at: KnownAt = None,
) -> CalendarOut:
    """A calendar with its versions, now or as it was known at an instant."""
    shown = await showing.calendar(
        uow, calendar, scope=await scope_of(uow, actor), known_at=known_at
    )
    response.headers["ETag"] = etag(len(shown.versions))
    return CalendarOut.of(shown)


@router.get("/calendars/{calendar}/open-hours")
async def read_calendar_hours(
    uow: Uow,
    actor: CurrentActor,
    calendar: CalendarKey,
    first: FirstDay = None,
    last: LastDay = None,
    known_at: KnownAt = None,
) -> OpenHoursOut:
    """When service time runs by a calendar on some days, and by which rule."""
    scope = await scope_of(uow, actor)
    return OpenHoursOut.of(
        await showing.calendar_hours(uow, calendar, first, last, scope=scope, known_at=known_at)
    )


@router.get("/service-hours/{agreement_id}")
async def read_service_hours(
    uow: Uow, actor: CurrentActor, agreement_id: Identifier, known_at: KnownAt = None
) -> ServiceHoursOut:
    """Which calendar an agreement goes by from which day, now or as it was known."""
    scope = await scope_of(uow, actor)
    return ServiceHoursOut.of(
        await showing.agreement(uow, agreement_id, scope=scope, known_at=known_at)
    )


@router.get("/service-hours/{agreement_id}/open-hours")
async def read_open_hours(
    uow: Uow,
    actor: CurrentActor,
    agreement_id: Identifier,
    first: FirstDay = None,
    last: LastDay = None,
    known_at: KnownAt = None,
) -> OpenHoursOut:
    """When service time runs by an agreement on some days, and by which rule."""
    scope = await scope_of(uow, actor)
    return OpenHoursOut.of(
        await showing.agreement_hours(
            uow, agreement_id, first, last, scope=scope, known_at=known_at
        )
    )


@staff_router.post("/calendars", status_code=201, dependencies=[KEEPS_CALENDARS])
async def register_calendar(uow: Uow, response: Response, body: RegisterCalendar) -> CalendarOut:
    """Register a calendar that agreements can be bound to, with its first version."""
    await registering.register(uow, body.key, body.name, body.name_sv, body.version.drawn_up())
    shown = await showing.calendar(uow, body.key, scope=None, known_at=None)
    response.headers["ETag"] = etag(len(shown.versions))
    return CalendarOut.of(shown)


@staff_router.post(
    "/calendars/{calendar}/versions",
    status_code=201,
    dependencies=[KEEPS_CALENDARS, HONOURS_IF_MATCH],
)
async def add_calendar_version(
    uow: Uow, response: Response, calendar: CalendarKey, body: DrawUpVersion
) -> CalendarRecorded:
    """Record what a calendar says from a day on; agreements bound to it follow."""
    recorded = await registering.add_version(uow, calendar, body.drawn_up())
    shown = await showing.calendar(uow, calendar, scope=None, known_at=None)
    response.headers["ETag"] = etag(len(shown.versions))
    return CalendarRecorded.after(shown, recorded)


@staff_router.post(
    "/service-hours/{agreement_id}/bindings", status_code=201, dependencies=[KEEPS_CALENDARS]
)
async def bind_calendar(
    uow: Uow, agreement_id: Identifier, body: BindCalendar
) -> ServiceHoursRecorded:
    """Let an agreement go by a calendar from a day on, or by its signed hours again."""
    recorded = await registering.bind(uow, agreement_id, body.binding())
    hours = await showing.agreement(uow, agreement_id, scope=None, known_at=None)
    return ServiceHoursRecorded.after(hours, recorded)


@staff_router.post(
    "/service-hours/{agreement_id}/overrides", status_code=201, dependencies=[KEEPS_CALENDARS]
)
async def override_day(
    uow: Uow, agreement_id: Identifier, body: OverrideDay
) -> ServiceHoursRecorded:
    """Set the hours of one date for one agreement, or take back what was set for it."""
    recorded = await registering.override(uow, agreement_id, body.override())
    hours = await showing.agreement(uow, agreement_id, scope=None, known_at=None)
    return ServiceHoursRecorded.after(hours, recorded)
