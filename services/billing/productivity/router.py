"""HTTP of productivity and cost per unit: the centre's own matter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.billing.productivity import registering, repository, service
from services.billing.productivity.cost_schemas import YearUnitCostOut, year_unit_cost_out
from services.billing.productivity.schemas import (
    FullTimeBatch,
    FullTimeEquivalentsOut,
    FullTimeTakenOut,
    YearProductivityOut,
    full_time_out,
    year_productivity_out,
)
from services.billing.queries import ByPeriod
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Limit, Page, one_more, page_of
from services.contracts.values import Slug

_TAGS = ["productivity"]

full_time_router = APIRouter(
    prefix="/full-time-equivalents",
    tags=[*_TAGS],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)
_READS = Depends(requires(Role.FINANCE, Role.ADMINISTRATOR))
productivity_router = APIRouter(
    prefix="/productivity", tags=[*_TAGS], route_class=UnitOfWorkRoute, dependencies=[_READS]
)
unit_cost_router = APIRouter(
    prefix="/cost-per-unit", tags=[*_TAGS], route_class=UnitOfWorkRoute, dependencies=[_READS]
)

ROUTERS = (full_time_router, productivity_router, unit_cost_router)

Year = Annotated[int, Path(ge=1900, le=2199, description="The calendar year.")]


@full_time_router.post("")
async def add_full_time_equivalents(uow: Uow, batch: FullTimeBatch) -> FullTimeTakenOut:
    """Take in how many worked for which service; one sent again is recognised by its id."""
    facts = [each.fact() for each in batch.full_time_equivalents]
    return FullTimeTakenOut.model_validate(await registering.add(uow, batch.source, facts))


@full_time_router.get("")
async def list_full_time_equivalents(
    uow: Uow,
    service_key: Annotated[
        Slug | None, Query(alias="service", description="Only this service's.")
    ] = None,
    period: ByPeriod = None,
    source: Annotated[Slug | None, Query(description="Only this source's.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[FullTimeEquivalentsOut]:
    """Full-time equivalents in the order they came, corrections beside what they correct."""
    wanted = {"service": service_key, "period": period, "source": source}
    rows = await repository.page(uow.session, wanted, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=full_time_out)


@productivity_router.get("/{year}")
async def show_productivity(uow: Uow, year: Year) -> YearProductivityOut:
    """Units per full-time equivalent by service, with start-up and without, beside references."""
    return year_productivity_out(year, await service.productivity(uow, year))


@unit_cost_router.get("/{year}")
async def show_cost_per_unit(uow: Uow, year: Year) -> YearUnitCostOut:
    """Ordinary cost per unit by service, against the year before; other kinds of cost apart."""
    return year_unit_cost_out(year, await service.cost_per_unit(uow, year))
