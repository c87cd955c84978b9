"""HTTP of cost sharing: finance runs it, both parties see what was booked and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from services.billing.cost_sharing import service
from services.billing.cost_sharing.export import as_csv
from services.billing.cost_sharing.sharing_schemas import (
    BookingIn,
    ExplanationOut,
    SharingOut,
    SharingSummaryOut,
    SimulationIn,
    SimulationOut,
    as_markdown,
    explanation_of,
    explanation_out,
    sharing_out,
    sharing_summary_out,
    simulation_out,
)
from services.billing.customers.service import scope_of
from services.billing.months import Month
from services.billing.queries import ByOrgNumber
from services.billing.schedule import stockholm_day
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import Slug

router = APIRouter(prefix="/cost-sharings", tags=["cost-sharing"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/cost-arrangements",
    tags=["cost-sharing"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)

ArrangementKey = Annotated[Slug, Path(description="The arrangement's key.")]
PartyKey = Annotated[Slug, Path(description="The party's key in the arrangement.")]
Language = Annotated[
    str | None,
    Header(description="`sv` for Swedish; anything else is English.", max_length=200),
]


def _booked_in(booked: service.Booked) -> Month:
    """The month that invoices what a sharing changes."""
    return Month.of(stockholm_day(booked.row.recorded_at))


@staff_router.post("/{arrangement}/sharings/simulation")
async def simulate_sharing(
    uow: Uow, arrangement: ArrangementKey, simulation: SimulationIn
) -> SimulationOut:
    """What a sharing of a period would come to now; nothing is booked."""
    wanted = simulation.wanted(arrangement)
    return simulation_out(wanted, await service.simulate(uow, wanted), simulation.explain)


@staff_router.post("/{arrangement}/sharings", status_code=201)
async def book_sharing(uow: Uow, arrangement: ArrangementKey, booking: BookingIn) -> SharingOut:
    """Share the costs of a period for good; a correction stands beside what it corrects."""
    wanted = booking.wanted(arrangement)
    return sharing_out(await service.book(uow, wanted, booking.as_simulated), whole=True)


@router.get("")
async def list_sharings(
    uow: Uow,
    actor: CurrentActor,
    arrangement: Annotated[Slug | None, Query(description="Only this arrangement's.")] = None,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[SharingSummaryOut]:
    """Booked sharings in the order they were booked; an agency's are those it has a share of."""
    scope = await scope_of(uow, actor, org_number)
    rows = await service.page(uow, arrangement, scope, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=sharing_summary_out)


@router.get("/{sharing_id}")
async def show_sharing(uow: Uow, actor: CurrentActor, sharing_id: Identifier) -> SharingOut:
    """A booked sharing; an agency sees its own shares, and the sums of the lines."""
    scope = await scope_of(uow, actor, None)
    return sharing_out(await service.get(uow, sharing_id, scope), whole=scope is None)


@router.get("/{sharing_id}/shares/{party}")
async def explain_share(
    uow: Uow, actor: CurrentActor, sharing_id: Identifier, party: PartyKey
) -> ExplanationOut:
    """A share: its tree from the sum to cost items, keys and drivers, and when it is invoiced."""
    scope = await scope_of(uow, actor, None)
    booked, sharing = await service.reckoned_again(uow, sharing_id, party, scope)
    return explanation_out(booked, sharing, party, _booked_in(booked))


@router.get(
    "/{sharing_id}/shares/{party}/explanation.md",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
async def read_explanation(
    uow: Uow,
    actor: CurrentActor,
    sharing_id: Identifier,
    party: PartyKey,
    accept_language: Language = None,
) -> Response:
    """The same as a text for people, in Swedish or English."""
    scope = await scope_of(uow, actor, None)
    booked, sharing = await service.reckoned_again(uow, sharing_id, party, scope)
    language = "sv" if (accept_language or "").strip().lower().startswith("sv") else "en"
    return Response(
        as_markdown(explanation_of(booked, sharing, party, _booked_in(booked)), language),
        media_type="text/markdown; charset=utf-8",
        headers={"Content-Language": language, "Vary": "Accept-Language"},
    )


@router.get(
    "/{sharing_id}/shares/{party}/export.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_share(
    uow: Uow, actor: CurrentActor, sharing_id: Identifier, party: PartyKey
) -> Response:
    """A share as CSV with FOCUS's columns for split costs, so that it can be recomputed."""
    scope = await scope_of(uow, actor, None)
    booked, sharing = await service.reckoned_again(uow, sharing_id, party, scope)
    text = as_csv(
        sharing,
        sharing_id,
        party,
        correction=booked.row.corrects is not None,
        charged=[each for each in booked.shares if each.party == party],
    )
    name = f"{booked.row.arrangement}-{booked.row.first_day}-{party}.csv"
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
