"""Matters over HTTP, the same for customers and staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.chassis.app import (
    CurrentActor,
    UnitOfWorkRoute,
    Uow,
    requires,
)
from services.chassis.identity import Role
from services.chassis.problems import not_found
from services.chassis.schemas import After, Identifier, Instant, Limit, Page, one_more, page_of
from services.collab_model.clocks.behind import what_is_behind
from services.collab_model.clocks.explanation_schemas import CountedOut, ExplanationOut
from services.collab_model.clocks.warning_service import seen_by
from services.collab_model.customers.service import scope_of
from services.collab_model.matters import entering, listing, service
from services.collab_model.matters.domain import MatterStatus
from services.collab_model.matters.schemas import (
    CorrectLine,
    EnterEvent,
    MatterOut,
    MatterSummary,
    RaiseMatter,
    WithdrawLine,
    summary,
    summary_then,
)
from services.contracts.values import OrgNumber, Slug

router = APIRouter(route_class=UnitOfWorkRoute, tags=["matters"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["matters"])

WORKS_ON_MATTERS = Depends(requires(Role.AGENCY, Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER))
CORRECTS_MATTERS = Depends(requires(Role.ACCOUNT_MANAGER, Role.SERVICE_MANAGER))

At = Annotated[Instant | None, Query(description="As of this instant; now when left out.")]
KnownAt = Annotated[
    Instant | None, Query(description="As was known at this instant; now when left out.")
]
Line = Annotated[int, Path(ge=1, le=1_000_000, description="The line's number in the log.")]
ClockKey = Annotated[
    str, Path(pattern=r"^[a-z0-9-]{1,120}$", description="The clock's name in its matter.")
]


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
        raised_at=body.raised_at,
    )
    return MatterOut.of(await service.raise_matter(uow, actor, new), seen_by(actor))


@router.get("/matters")
async def list_matters(
    uow: Uow,
    actor: CurrentActor,
    status: MatterStatus | None = None,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    org_number: OrgNumber | None = None,
    at: At = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[MatterSummary]:
    """Matters in the order they were registered, as they stand or as of an instant.

    As of an instant, a page may hold fewer matters than asked for and yet be continued.
    """
    wanted = listing.Wanted(await scope_of(uow, actor, org_number), status, service_key)
    if at is None and known_at is None:
        rows = await listing.now(uow, wanted, after, one_more(limit))
        return page_of(rows, limit, cursor=lambda row: row.id, show=summary)
    page = await listing.then(uow, wanted, at, known_at, after, limit)
    return Page(items=[summary_then(each) for each in page.found], next=page.next)


@router.get("/matters/{matter_id}")
async def read_matter(
    uow: Uow,
    actor: CurrentActor,
    matter_id: Identifier,
    at: At = None,
    known_at: KnownAt = None,
) -> MatterOut:
    """A matter with its log, and its clocks with what explains them, now or as of an instant."""
    file = await service.read_matter(uow, actor, matter_id, at, known_at)
    return MatterOut.of(file, seen_by(actor))


@router.get("/matters/{matter_id}/clocks/{clock}")
async def explain_clock(
    uow: Uow,
    actor: CurrentActor,
    matter_id: Identifier,
    clock: ClockKey,
    at: At = None,
    known_at: KnownAt = None,
) -> ExplanationOut:
    """A clock in every span from its beginning, with everything that its answer rests on."""
    file = await service.read_matter(uow, actor, matter_id, at, known_at)
    seen = seen_by(actor)
    found = next(
        (each for each in file.clocks if each.key == clock and each.clock.rule.beneath in seen),
        None,
    )
    if found is None:
        raise not_found("clock")
    as_of = file.as_of
    behind = await what_is_behind(uow, file.matter.agreement_id, found.clock, as_of.known_at)
    counted = [
        CountedOut.of(each.closing, each.round) for each in await service.counted(uow, file, found)
    ]
    return ExplanationOut.of(
        matter_id, found.key, found.clock, behind, counted, file.log, as_of.at, as_of.known_at
    )


@router.post(
    "/matters/{matter_id}/events",
    status_code=201,
    dependencies=[WORKS_ON_MATTERS],
)
async def enter_event(
    uow: Uow, actor: CurrentActor, matter_id: Identifier, body: EnterEvent
) -> MatterOut:
    """Enter an event in a matter's log; its clocks follow."""
    file = await entering.enter_event(uow, actor, matter_id, body.as_event())
    return MatterOut.of(file, seen_by(actor))


@staff_router.post(
    "/matters/{matter_id}/log/{line}/correction",
    status_code=201,
    dependencies=[CORRECTS_MATTERS],
)
async def correct_line(
    uow: Uow, actor: CurrentActor, matter_id: Identifier, line: Line, body: CorrectLine
) -> MatterOut:
    """Put what is right beside a line of the log that is wrong; its clocks follow."""
    file = await entering.correct_line(uow, actor, matter_id, line, body.as_correction())
    return MatterOut.of(file, seen_by(actor))


@staff_router.post(
    "/matters/{matter_id}/log/{line}/withdrawal",
    status_code=201,
    dependencies=[CORRECTS_MATTERS],
)
async def withdraw_line(
    uow: Uow, actor: CurrentActor, matter_id: Identifier, line: Line, body: WithdrawLine
) -> MatterOut:
    """Take back a line of the log that tells of what did not happen; its clocks follow."""
    file = await entering.withdraw_line(uow, actor, matter_id, line, body.reason)
    return MatterOut.of(file, seen_by(actor))
