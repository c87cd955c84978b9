"""Warnings of clocks, and what clocks follow, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.ids import IDENTIFIER_PATTERN
from services.chassis.schemas import After, Instant, Limit, Page, one_more, page_of
from services.collab_model.clocks import service, warning_service
from services.collab_model.clocks.documents import standard_levels, standard_rules
from services.collab_model.clocks.repository import TermsKind
from services.collab_model.clocks.schemas import WarningOut
from services.collab_model.clocks.terms_schemas import (
    ClockRulesOut,
    InternalLevelsOut,
    SetClockRules,
    SetInternalLevels,
    StandardOut,
)
from services.collab_model.customers.service import scope_of
from services.contracts.values import OrgNumber, Slug

router = APIRouter(route_class=UnitOfWorkRoute, tags=["clocks"])
staff_router = APIRouter(route_class=UnitOfWorkRoute, tags=["clocks"])

SETS_TERMS = Depends(requires(Role.SERVICE_MANAGER))

MatterFilter = Annotated[
    str | None, Query(pattern=IDENTIFIER_PATTERN.pattern, min_length=36, max_length=36)
]

KnownAt = Annotated[
    Instant | None, Query(description="As was known at this instant; now when left out.")
]


@router.get("/clock-warnings")
async def list_warnings(
    uow: Uow,
    actor: CurrentActor,
    matter_id: MatterFilter = None,
    withdrawn: bool | None = None,
    org_number: OrgNumber | None = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[WarningOut]:
    """Warnings in the order they were given; an agency sees those of what it was promised."""
    as_known = known_at or uow.recorded_at
    rows = await warning_service.list_warnings(
        uow,
        actor,
        scope=await scope_of(uow, actor, org_number),
        matter_id=matter_id,
        withdrawn=withdrawn,
        known_at=as_known,
        after=after,
        limit=one_more(limit),
    )
    return page_of(
        rows, limit, cursor=lambda row: row.id, show=lambda row: WarningOut.of(row, as_known)
    )


@staff_router.get("/clock-rules/standard")
async def read_standard(uow: Uow) -> StandardOut:
    """What clocks follow when nobody has set anything else."""
    return StandardOut(
        rules=standard_rules().customer,
        internal_levels=[
            InternalLevelsOut(
                id=None,
                service=key,
                holds_from=None,
                levels=levels.levels,
                recorded_at=None,
                recorded_by=None,
            )
            for key, levels in standard_levels().items()
        ],
    )


@staff_router.post("/clock-rules", status_code=201, dependencies=[SETS_TERMS])
async def set_rules(uow: Uow, body: SetClockRules) -> ClockRulesOut:
    """Set rules of the customers' clocks for matters from a coming day on."""
    row = await service.set_rules(uow, body.agreement_id, body.holds_from, body.rules)
    return ClockRulesOut.of(row)


@staff_router.get("/clock-rules")
async def list_rules(uow: Uow, after: After = None, limit: Limit = 50) -> Page[ClockRulesOut]:
    """Rules that were set, in the order in which they were recorded."""
    rows = await service.list_terms(uow, TermsKind.RULES, None, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=ClockRulesOut.of)


@staff_router.post("/internal-levels", status_code=201, dependencies=[SETS_TERMS])
async def set_levels(uow: Uow, body: SetInternalLevels) -> InternalLevelsOut:
    """Set the levels of teams and suppliers for matters from a coming day on."""
    row = await service.set_levels(uow, body.service, body.holds_from, body.as_levels())
    return InternalLevelsOut.of(row)


@staff_router.get("/internal-levels")
async def list_levels(
    uow: Uow,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[InternalLevelsOut]:
    """Levels that were set, in the order in which they were recorded."""
    rows = await service.list_terms(uow, TermsKind.LEVELS, service_key, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=InternalLevelsOut.of)
