"""HTTP of results, for finance: a year by area and category, proposals, the report, openings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.billing.results import openings, service
from services.billing.results.opening_schemas import OpeningIn, OpeningOut, opening_out
from services.billing.results.papers import TEMPLATE, report_view
from services.billing.results.proposal_schemas import (
    ProposalsOut,
    ReportOut,
    proposals_out,
    report_out,
)
from services.billing.results.reporting import Ground
from services.billing.results.schemas import ResultsOut, results_out
from services.chassis import pdf
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import (
    After,
    Instant,
    Limit,
    Page,
    one_more,
    page_of,
)
from services.contracts.values import Slug

MOST_YEARS = 10
"""The longest time over which a proposal brings the surplus to its aim."""

_FINANCE = [Depends(requires(Role.FINANCE))]

results_router = APIRouter(
    prefix="/results", tags=["results"], route_class=UnitOfWorkRoute, dependencies=_FINANCE
)
openings_router = APIRouter(
    prefix="/result-openings", tags=["results"], route_class=UnitOfWorkRoute, dependencies=_FINANCE
)

Year = Annotated[int, Path(ge=1900, le=2199, description="The calendar year.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only what was recorded by this instant counts; absent: all of it."),
]
AimOre = Annotated[
    int,
    Query(
        ge=-(10**13),
        le=10**13,
        description="What is to have accumulated after the years, of each row, in öre.",
    ),
]
Years = Annotated[int, Query(ge=1, le=MOST_YEARS, description="Over how many years.")]
ByArea = Annotated[Slug | None, Query(description="Only this service area's.")]


@results_router.get("/{year}")
async def show_results(
    uow: Uow,
    year: Year,
    by_month: Annotated[bool, Query(description="With the results of each month.")] = False,
    known_at: KnownAt = None,
) -> ResultsOut:
    """A year by service area and category, what has accumulated, and a forecast of what comes."""
    return results_out(await service.results(uow, year, known_at), by_month)


@results_router.get("/{year}/proposal")
async def propose_fee_change(
    uow: Uow,
    year: Year,
    aim_ore: AimOre = 0,
    years: Years = 1,
    service_area: ByArea = None,
    known_at: KnownAt = None,
) -> ProposalsOut:
    """By how much fees change next year, for what has accumulated to come to an aim."""
    return proposals_out(
        *await service.proposals(uow, year, known_at, aim_ore, years, service_area)
    )


async def _ground(
    uow: Uow, year: Year, aim_ore: AimOre = 0, years: Years = 1, known_at: KnownAt = None
) -> Ground:
    found, by_area, total = await service.proposals(uow, year, known_at, aim_ore, years, None)
    # An aim above or below nought is that of all together, and says nothing of single areas.
    of_areas = tuple(each for each in by_area if each.of.area is not None and not aim_ore)
    return Ground(found, total, of_areas)


GroundOfReport = Annotated[Ground, Depends(_ground)]


@results_router.get("/{year}/report")
async def show_report(ground: GroundOfReport) -> ReportOut:
    """The report of a year's surplus to the Government, in Swedish and English."""
    return report_out(ground)


@results_router.get(
    "/{year}/report.pdf",
    response_class=Response,
    responses={
        200: {
            "content": {pdf.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
            "description": "The Swedish report (PDF/A-2a, PDF/UA-1).",
        }
    },
)
async def export_report(uow: Uow, ground: GroundOfReport) -> Response:
    """The report of a year's surplus to the Government as a Swedish paper."""
    content = await pdf.make_pdf(TEMPLATE, report_view(ground, uow.now), made_at=uow.now)
    return Response(
        content,
        media_type=pdf.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="resultat-{ground.year}.pdf"'},
    )


@openings_router.post("", status_code=201)
async def register_opening(uow: Uow, body: OpeningIn) -> OpeningOut:
    """Register what an area brought in from before, or correct what is registered."""
    return opening_out(await openings.register(uow, body.opening()))


@openings_router.get("")
async def list_openings(
    uow: Uow,
    service_area: ByArea = None,
    known_at: KnownAt = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[OpeningOut]:
    """What areas brought in, corrections beside what they correct, in the order registered."""
    found = await openings.page(uow, service_area, known_at, after, one_more(limit))
    return page_of(found, limit, cursor=lambda each: each.row.id, show=opening_out)


ROUTERS = (results_router, openings_router)
