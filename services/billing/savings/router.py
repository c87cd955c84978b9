"""HTTP of the savings register: agencies keep their own savings, staff any customer's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber
from services.billing.savings import reading, service
from services.billing.savings.domain import Place, SavingState
from services.billing.savings.repository import Kept, Wanted
from services.billing.savings.schemas import (
    FollowUpIn,
    NameOwner,
    RegisterSaving,
    SavingOut,
    SavingStoryOut,
    SpecifySaving,
    TakeStep,
    saving_out,
    saving_story_out,
)
from services.billing.savings.totals import Grouping
from services.billing.savings.totals_schemas import TotalsOut, totals_out
from services.billing.schedule import stockholm_day
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Actor, Role
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import Slug

router = APIRouter(prefix="/savings", tags=["savings"], route_class=UnitOfWorkRoute)

KEEPS_SAVINGS = Depends(requires(Role.AGENCY, Role.ACCOUNT_MANAGER, Role.FINANCE))
CHANGES = [KEEPS_SAVINGS, HONOURS_IF_MATCH]


def _wanted(
    arises_at: Annotated[Place | None, Query(description="Only what arises there.")] = None,
    service_key: Annotated[
        Slug | None, Query(alias="service", description="Only this service's.")
    ] = None,
    state: Annotated[SavingState | None, Query(description="Only what has come so far.")] = None,
) -> Wanted:
    return Wanted(
        arises_at=arises_at.value if arises_at else None,
        service=service_key,
        state=state.value if state else None,
    )


Chosen = Annotated[Wanted, Depends(_wanted)]


def _shown(uow: UnitOfWork, actor: Actor, response: Response, kept: Kept) -> SavingStoryOut:
    response.headers["ETag"] = etag(kept.row.revision)
    return saving_story_out(kept, stockholm_day(uow.now), by=actor.is_staff)


@router.get("")
async def list_savings(
    uow: Uow,
    actor: CurrentActor,
    wanted: Chosen,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[SavingOut]:
    """Savings in the order they were registered."""
    scope = await scope_of(uow, actor, org_number)
    found = await reading.page(uow, scope, wanted, after, one_more(limit))
    today = stockholm_day(uow.now)
    return page_of(
        found, limit, cursor=lambda kept: kept.row.id, show=lambda kept: saving_out(kept, today)
    )


@router.get("/totals")
async def total_savings(
    uow: Uow,
    actor: CurrentActor,
    wanted: Chosen,
    org_number: ByOrgNumber = None,
    by: Grouping = Grouping.PLACE,
    year: Annotated[
        int | None,
        Query(ge=1900, le=2199, description="Only this year; absent: all through this one."),
    ] = None,
) -> TotalsOut:
    """Expected against realised, and what nobody has followed up."""
    scope = await scope_of(uow, actor, org_number)
    found, whole = await reading.totals_of(uow, scope, wanted, by, year)
    return totals_out(by, year, found, whole)


@router.get("/{saving_id}")
async def show_saving(
    uow: Uow, actor: CurrentActor, response: Response, saving_id: Identifier
) -> SavingStoryOut:
    """A saving with its history, told as a story."""
    kept = await reading.get(uow, saving_id, await scope_of(uow, actor, None))
    return _shown(uow, actor, response, kept)


@router.post("", status_code=201, dependencies=[KEEPS_SAVINGS])
async def register_saving(
    uow: Uow, actor: CurrentActor, response: Response, body: RegisterSaving
) -> SavingStoryOut:
    """Register a saving: where it arises, and what is known of it already."""
    scope = await scope_of(uow, actor, None)
    return _shown(uow, actor, response, await service.register(uow, actor, scope, body.new()))


@router.post("/{saving_id}/specifications", status_code=201, dependencies=CHANGES)
async def specify_saving(
    uow: Uow, actor: CurrentActor, response: Response, saving_id: Identifier, body: SpecifySaving
) -> SavingStoryOut:
    """Say what was and what is expected; the newest counts."""
    scope = await scope_of(uow, actor, None)
    kept = await service.specify(uow, saving_id, scope, body.specification(), body.reason)
    return _shown(uow, actor, response, kept)


@router.post("/{saving_id}/owners", status_code=201, dependencies=CHANGES)
async def name_saving_owner(
    uow: Uow, actor: CurrentActor, response: Response, saving_id: Identifier, body: NameOwner
) -> SavingStoryOut:
    """Name who answers for a saving from a day on."""
    scope = await scope_of(uow, actor, None)
    kept = await service.name_owner(uow, saving_id, scope, body.owner(), body.reason)
    return _shown(uow, actor, response, kept)


@router.post("/{saving_id}/steps", status_code=201, dependencies=CHANGES)
async def take_saving_step(
    uow: Uow, actor: CurrentActor, response: Response, saving_id: Identifier, body: TakeStep
) -> SavingStoryOut:
    """Take a saving one step on, or one step back with a reason."""
    scope = await scope_of(uow, actor, None)
    kept = await service.step(uow, saving_id, scope, body.to, body.reason)
    return _shown(uow, actor, response, kept)


@router.post("/{saving_id}/follow-ups", status_code=201, dependencies=CHANGES)
async def follow_saving_up(
    uow: Uow, actor: CurrentActor, response: Response, saving_id: Identifier, body: FollowUpIn
) -> SavingStoryOut:
    """Say what a saving brought in some months, or correct what was said."""
    scope = await scope_of(uow, actor, None)
    kept = await service.follow_up(uow, saving_id, scope, body.new())
    return _shown(uow, actor, response, kept)
