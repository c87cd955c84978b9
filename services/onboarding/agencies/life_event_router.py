"""HTTP of life events, of both histories, and of who a customer was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber
from services.onboarding.agencies import life_event_service, service, succession_service
from services.onboarding.agencies.life_event_schemas import (
    CorrectLifeEvent,
    CustomerOut,
    ForeseenOut,
    HistoryOut,
    LifeEventIn,
    LifeEventOut,
    SettleCase,
    SettledOut,
)
from services.onboarding.agencies.router import KnownAt, ValidOn
from services.onboarding.agencies.schemas import KnownFactsOut
from services.onboarding.agencies.succession_service import CustomersWanted
from services.onboarding.roles import REGISTERS_AGENCIES

router = APIRouter(tags=["agencies"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/agencies", tags=["agencies"], route_class=UnitOfWorkRoute)

RECORDS = [REGISTERS_AGENCIES, HONOURS_IF_MATCH]
IdFilter = Annotated[
    str | None, Query(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
]


@router.get("/agencies/{org_number}/history")
async def read_history(uow: Uow, org_number: OrgNumber) -> HistoryOut:
    """All the register has said of an agency, in both times; an agency sees its own only."""
    agency = await service.get(uow, org_number)
    found = await service.history(uow, org_number)
    records = await life_event_service.of_agency(uow, org_number)
    return HistoryOut.of(
        agency,
        found.periods,
        [LifeEventOut.of(record) for record in records],
        [KnownFactsOut.model_validate(facts) for facts in found.facts],
    )


@router.get("/agencies/customers")
async def list_customers(
    uow: Uow,
    valid_on: ValidOn = None,
    known_at: KnownAt = None,
    org_number: Annotated[
        OrgNumber | None, Query(description="Whose customer this agency is or has been.")
    ] = None,
    case_id: IdFilter = None,
    agreement_id: IdFilter = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CustomerOut]:
    """Who the customer of each case and its agreement was on a day, as known at an instant."""
    wanted = CustomersWanted(valid_on, known_at, org_number, case_id, agreement_id)
    rows = await succession_service.customers(uow, wanted, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.case.case_id, show=CustomerOut.of)


@staff_router.post("/{org_number}/life-events/preview", dependencies=[REGISTERS_AGENCIES])
async def preview_life_event(uow: Uow, org_number: OrgNumber, request: LifeEventIn) -> ForeseenOut:
    """What recording a life event would do; nothing is kept."""
    return ForeseenOut.of(await life_event_service.preview(uow, org_number, request.event()))


@staff_router.post("/{org_number}/life-events", status_code=201, dependencies=RECORDS)
async def record_life_event(
    uow: Uow, response: Response, org_number: OrgNumber, request: LifeEventIn
) -> LifeEventOut:
    """Record that an agency is renamed, merged, split, moved or closed, now or ahead."""
    agency, record = await life_event_service.record(uow, org_number, request.event())
    response.headers["ETag"] = etag(agency.version)
    return LifeEventOut.of(record)


@staff_router.post(
    "/{org_number}/life-events/{life_event_id}/correction", status_code=201, dependencies=RECORDS
)
async def correct_life_event(
    uow: Uow,
    response: Response,
    org_number: OrgNumber,
    life_event_id: Identifier,
    request: CorrectLifeEvent,
) -> LifeEventOut:
    """Replace or withdraw a record that was wrong; what it did is undone where it can be."""
    replacement = request.replacement.event() if request.replacement else None
    agency, record = await life_event_service.correct(
        uow, org_number, life_event_id, request.reason, replacement
    )
    response.headers["ETag"] = etag(agency.version)
    return LifeEventOut.of(record)


@staff_router.post(
    "/{org_number}/life-events/{life_event_id}/cases",
    status_code=201,
    dependencies=[REGISTERS_AGENCIES],
)
async def settle_case(
    uow: Uow, org_number: OrgNumber, life_event_id: Identifier, request: SettleCase
) -> SettledOut:
    """Settle which successor of a split takes a case over, with what is signed in it."""
    passing, found = await succession_service.settle(
        uow, org_number, life_event_id, request.case_id, request.successor
    )
    return SettledOut.of(passing, found)
