"""HTTP of costs, for finance: they are the centre's own matter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from services.billing.cost_sharing.facts import Basis
from services.billing.costs import booking, importing, registering, repository
from services.billing.costs.distribution_schemas import (
    BookDistribution,
    CostStatementOut,
    DistributionOut,
    DistributionSummaryOut,
    PoolExplanationOut,
    SimulatedDistributionOut,
    SimulateDistribution,
    distribution_out,
    explanation_out,
    simulated_out,
    statement_out,
    summary_out,
)
from services.billing.costs.importing import CSV, SIE, Import
from services.billing.costs.language import CostMapping, OverheadPlan, Pool
from services.billing.costs.rows import MAX_BYTES, MOST_ROWS
from services.billing.costs.schemas import (
    CostEntriesIn,
    CostEntryOut,
    CostImportOut,
    CostMappingOut,
    CostsTakenOut,
    OverheadPlanOut,
    PoolOut,
    PoolReadingOut,
    PoolReadingsIn,
    entry_out,
    import_out,
    mapping_out,
    plan_out,
    pool_out,
    reading_out,
    taken_out,
)
from services.chassis.app import (
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    requires,
    upload_route,
    upload_schema,
)
from services.chassis.identity import Role
from services.chassis.problems import not_found
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import Slug, YearMonth


def _router(prefix: str, route_class: type[UnitOfWorkRoute] = UnitOfWorkRoute) -> APIRouter:
    return APIRouter(
        prefix=prefix,
        tags=["costs"],
        route_class=route_class,
        dependencies=[Depends(requires(Role.FINANCE))],
    )


pool_router = _router("/cost-pools")
entry_router = _router("/cost-entries")
upload_router = _router("/cost-imports", upload_route(CSV, SIE, max_bytes=MAX_BYTES))
import_router = _router("/cost-imports")
mapping_router = _router("/cost-mappings")
plan_router = _router("/overhead-plans")
reading_router = _router("/pool-readings")
distribution_router = _router("/cost-distributions")
statement_router = _router("/cost-statements")

ROUTERS = (
    pool_router,
    entry_router,
    upload_router,
    import_router,
    mapping_router,
    plan_router,
    reading_router,
    distribution_router,
    statement_router,
)

PoolName = Annotated[Slug, Path(description="The pool's key.")]
Number = Annotated[int, Path(ge=1, le=10**6, description="Counted from 1 as they came.")]
OfPeriod = Annotated[YearMonth | None, Query(description="Only this month's.")]


@pool_router.post("", status_code=201)
async def register_cost_pool(uow: Uow, pool: Pool) -> PoolOut:
    """Register a pool: a service's (one for each kind), or without a service one of overhead."""
    return pool_out(await registering.add_pool(uow, pool))


@pool_router.get("")
async def list_cost_pools(uow: Uow, after: After = None, limit: Limit = 50) -> Page[PoolOut]:
    """Pools in the order of their keys."""
    rows = await repository.pool_page(uow.session, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.key, show=pool_out)


@pool_router.get("/{pool}")
async def show_cost_pool(uow: Uow, pool: PoolName) -> PoolOut:
    """One pool."""
    return pool_out(await registering.pool(uow, pool))


@entry_router.post("")
async def add_cost_entries(uow: Uow, batch: CostEntriesIn) -> CostsTakenOut:
    """Take in costs; one sent again is recognised by its source and id."""
    return taken_out(await registering.add_entries(uow, batch.source, batch.entries))


@entry_router.get("")
async def list_cost_entries(
    uow: Uow,
    pool: Annotated[Slug | None, Query(description="Only this pool's.")] = None,
    period: OfPeriod = None,
    basis: Annotated[Basis | None, Query(description="Only budget, or only actual.")] = None,
    import_id: Annotated[
        str | None, Query(pattern=r"^[0-9a-f-]{36}$", description="Only those of a file.")
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CostEntryOut]:
    """Costs in the order they came, from whatever source."""
    wanted = {
        "pool": pool,
        "period": period,
        "basis": basis.value if basis else None,
        "import_id": import_id,
    }
    rows = await repository.entry_page(uow.session, wanted, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=entry_out)


@upload_router.post("", openapi_extra=upload_schema(CSV, SIE))
async def import_costs(
    uow: Uow,
    file: UploadedFile,
    source: Annotated[Slug, Query(description="Which accounts the file is from.")],
    rows: Annotated[
        int | None, Query(ge=0, le=MOST_ROWS, description="How many rows a CSV has.")
    ] = None,
    whole_year: Annotated[
        bool,
        Query(description="Whether a SIE file holds all vouchers of its year, to be held against"),
    ] = True,
) -> CostImportOut:
    """Take in a file of the accounts, whole or not at all; the same file again changes nothing."""
    found = await importing.take_in(
        uow, source, file.media_type, file.content, announced=rows, whole_year=whole_year
    )
    return import_out(found)


@import_router.get("")
async def list_cost_imports(
    uow: Uow, after: After = None, limit: Limit = 50
) -> Page[CostImportOut]:
    """Files in the order they came."""
    rows = await repository.import_page(uow.session, after, one_more(limit))
    return page_of(
        rows, limit, cursor=lambda row: row.id, show=lambda row: import_out(Import(row, False))
    )


@import_router.get("/{import_id}")
async def show_cost_import(uow: Uow, import_id: Identifier) -> CostImportOut:
    """One file and what became of it."""
    return import_out(Import(await importing.get(uow, import_id), known=False))


@mapping_router.post("", status_code=201)
async def register_cost_mapping(uow: Uow, mapping: CostMapping) -> CostMappingOut:
    """Say which accounts and objects belong to which pools from a day on."""
    return mapping_out(await registering.add_mapping(uow, mapping))


@mapping_router.get("")
async def list_cost_mappings(uow: Uow) -> Page[CostMappingOut]:
    """Mappings in the order they were registered."""
    return Page(items=[mapping_out(row) for row in await repository.mapping_rows(uow.session)])


@plan_router.post("", status_code=201)
async def register_overhead_plan(uow: Uow, plan: OverheadPlan) -> OverheadPlanOut:
    """Say from a month on how overheads are handed on, and where each pool's cost goes."""
    return plan_out(await registering.add_plan(uow, plan))


@plan_router.get("")
async def list_overhead_plans(uow: Uow) -> Page[OverheadPlanOut]:
    """Plans in the order they were registered."""
    return Page(items=[plan_out(row) for row in await repository.plan_rows(uow.session)])


@plan_router.get("/{number}")
async def show_overhead_plan(uow: Uow, number: Number) -> OverheadPlanOut:
    """One plan."""
    found = [row for row in await repository.plan_rows(uow.session) if row.number == number]
    if not found:
        raise not_found("overhead plan")
    return plan_out(found[0])


@reading_router.post("")
async def add_pool_readings(uow: Uow, batch: PoolReadingsIn) -> CostsTakenOut:
    """Take in how much pools have of drivers; the party of a reading is a pool."""
    return taken_out(await registering.add_readings(uow, batch.readings))


@reading_router.get("")
async def list_pool_readings(
    uow: Uow,
    driver: Annotated[Slug | None, Query(description="Only this driver's.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[PoolReadingOut]:
    """Readings in the order of their names."""
    rows = await repository.reading_page(uow.session, driver, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.reading_id, show=reading_out)


@distribution_router.post("/simulation")
async def simulate_distribution(uow: Uow, wanted: SimulateDistribution) -> SimulatedDistributionOut:
    """What a month's distribution would come to now; nothing is booked."""
    return simulated_out(await booking.simulate(uow, wanted.period, wanted.basis))


@distribution_router.post("", status_code=201)
async def book_distribution(uow: Uow, wanted: BookDistribution) -> DistributionOut:
    """Distribute a month's cost for good; it takes the place of an earlier distribution."""
    booked = await booking.book(uow, wanted.period, wanted.basis, wanted.as_simulated)
    return distribution_out(booked)


@distribution_router.get("")
async def list_distributions(
    uow: Uow, period: OfPeriod = None, after: After = None, limit: Limit = 50
) -> Page[DistributionSummaryOut]:
    """Distributions in the order they were booked."""
    rows = await repository.distribution_page(uow.session, period, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=summary_out)


@distribution_router.get("/{distribution}")
async def show_distribution(uow: Uow, distribution: Identifier) -> DistributionOut:
    """A booked distribution: what was handed on, and where every cost went."""
    return distribution_out(await booking.get(uow, distribution))


@distribution_router.get("/{distribution}/pools/{pool}/explanation")
async def explain_pool(uow: Uow, distribution: Identifier, pool: PoolName) -> PoolExplanationOut:
    """How a pool's cost came about: own, carried here, handed on to it by key; and its ends."""
    booked = await booking.get(uow, distribution)
    if pool not in {each.key for each in booked.distribution.given.pools}:
        raise not_found("cost pool")
    return explanation_out(booked, pool)


@statement_router.get("/{period}")
async def show_cost_statement(
    uow: Uow,
    period: Annotated[str, Path(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", description="A month.")],
    basis: Annotated[Basis, Query(description="Budget or actual.")] = Basis.ACTUAL,
) -> CostStatementOut:
    """Where every öre of a month's cost is: in fees, arrangements, later months or nowhere yet."""
    return statement_out(period, basis, *await booking.state(uow, period, basis))
