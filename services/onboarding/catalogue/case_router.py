"""HTTP of a case's version of the catalogue: what a newer one changes, and the move to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.preconditions import HONOURS_IF_MATCH
from services.chassis.schemas import Identifier
from services.onboarding.catalogue import binding
from services.onboarding.catalogue.case_schemas import MoveCase, MoveOut
from services.onboarding.catalogue.domain import VERSION_PATTERN
from services.onboarding.roles import LEADS_CASES

router = APIRouter(
    prefix="/cases/{case_id}/catalogue-version", tags=["catalogue"], route_class=UnitOfWorkRoute
)
staff_router = APIRouter(
    prefix="/cases/{case_id}/catalogue-version", tags=["catalogue"], route_class=UnitOfWorkRoute
)


@router.get("/preview")
async def preview_move(
    uow: Uow,
    case_id: Identifier,
    version: Annotated[str | None, Query(pattern=VERSION_PATTERN, max_length=7)] = None,
) -> MoveOut:
    """What would change if the case moved to a newer version; by default the one in force."""
    return MoveOut.of(await binding.preview(uow, case_id, version))


@staff_router.post("", dependencies=[LEADS_CASES, HONOURS_IF_MATCH])
async def move_case(uow: Uow, case_id: Identifier, request: MoveCase) -> MoveOut:
    """Move the case to a newer version, as previewed; in its first two phases only."""
    return MoveOut.of(await binding.move(uow, case_id, request.version, request.seen), applied=True)
