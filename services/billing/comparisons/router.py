"""HTTP of comparisons: finance opens and publishes them, agencies review their own figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.billing.comparisons import opening, service
from services.billing.comparisons.domain import ComparisonStatus, Review
from services.billing.comparisons.key_figures import key_figures
from services.billing.comparisons.repository import Kept, Wanted
from services.billing.comparisons.schemas import (
    AnswerObjection,
    ApproveFigure,
    ComparisonInShortOut,
    ComparisonOut,
    KeyFiguresOut,
    ObjectToFigure,
    OpenComparison,
    WithdrawComparison,
    comparison_in_short_out,
    comparison_out,
    key_figure_out,
)
from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Actor, Role
from services.chassis.preconditions import HONOURS_IF_MATCH, etag
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.values import OrgNumber

router = APIRouter(prefix="/comparisons", tags=["comparisons"], route_class=UnitOfWorkRoute)
agency_router = APIRouter(prefix="/comparisons", tags=["comparisons"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/comparisons",
    tags=["comparisons"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)

Whose = Annotated[OrgNumber, Path(description="Whose figure it is.")]


def _to_staff(response: Response, kept: Kept) -> ComparisonOut:
    response.headers["ETag"] = etag(kept.row.revision)
    return comparison_out(kept, whole=True)


@router.get("/key-figures")
async def list_key_figures() -> KeyFiguresOut:
    """What customers can be compared by."""
    return KeyFiguresOut(items=tuple(key_figure_out(each) for each in key_figures().values()))


@router.get("")
async def list_comparisons(
    uow: Uow,
    actor: CurrentActor,
    status: Annotated[ComparisonStatus | None, Query(description="Only these.")] = None,
    year: Annotated[int | None, Query(ge=1900, le=2199, description="Only of this year.")] = None,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[ComparisonInShortOut]:
    """Comparisons in the order they were opened; an agency sees those with a figure of its."""
    scope = await scope_of(uow, actor, org_number)
    wanted = Wanted(status.value if status else None, year)
    rows = await service.page(uow, scope, wanted, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.id, show=comparison_in_short_out)


@router.get("/{comparison_id}")
async def show_comparison(
    uow: Uow, actor: CurrentActor, response: Response, comparison_id: Identifier
) -> ComparisonOut:
    """A comparison: all of it for staff, for an agency its own figure beside what was published."""
    kept = await service.get(uow, comparison_id, await scope_of(uow, actor, None))
    return _to_staff(response, kept) if actor.is_staff else comparison_out(kept, whole=False)


@agency_router.post("/{comparison_id}/approval", status_code=201)
async def approve_figure(
    uow: Uow, actor: CurrentActor, comparison_id: Identifier, body: ApproveFigure
) -> ComparisonOut:
    """Stand by the agency's own figure."""
    return await _reviewed(
        uow, actor, comparison_id, body.org_number, (Review.APPROVED, body.comment)
    )


@agency_router.post("/{comparison_id}/objection", status_code=201)
async def object_to_figure(
    uow: Uow, actor: CurrentActor, comparison_id: Identifier, body: ObjectToFigure
) -> ComparisonOut:
    """Object to the agency's own figure; the centre has to answer before it can publish."""
    return await _reviewed(
        uow, actor, comparison_id, body.org_number, (Review.OBJECTED, body.comment)
    )


async def _reviewed(
    uow: UnitOfWork,
    actor: Actor,
    comparison_id: str,
    asked: str | None,
    said: tuple[Review, str | None],
) -> ComparisonOut:
    scope = await scope_of(uow, actor, None)
    whose = asked or actor.org_number or ""
    kept = await service.review(uow, comparison_id, scope, whose, *said)
    return comparison_out(kept, whole=False)


@staff_router.post("", status_code=201)
async def open_comparison(uow: Uow, response: Response, body: OpenComparison) -> ComparisonOut:
    """Open a comparison: its figures are computed and frozen, and its review begins."""
    return _to_staff(response, await opening.open_comparison(uow, body.new()))


@staff_router.post(
    "/{comparison_id}/figures/{org_number}/answer",
    status_code=201,
    dependencies=[HONOURS_IF_MATCH],
)
async def answer_objection(
    uow: Uow,
    response: Response,
    comparison_id: Identifier,
    org_number: Whose,
    body: AnswerObjection,
) -> ComparisonOut:
    """Answer an objection, with the reason."""
    kept = await service.answer(uow, comparison_id, org_number, body.answer, body.reason)
    return _to_staff(response, kept)


@staff_router.post("/{comparison_id}/publication", status_code=201, dependencies=[HONOURS_IF_MATCH])
async def publish_comparison(
    uow: Uow, response: Response, comparison_id: Identifier
) -> ComparisonOut:
    """Publish a comparison for good."""
    return _to_staff(response, await service.publish(uow, comparison_id))


@staff_router.post("/{comparison_id}/withdrawal", status_code=201, dependencies=[HONOURS_IF_MATCH])
async def withdraw_comparison(
    uow: Uow, response: Response, comparison_id: Identifier, body: WithdrawComparison
) -> ComparisonOut:
    """Withdraw a comparison that is not published, with the reason."""
    return _to_staff(response, await service.withdraw(uow, comparison_id, body.reason))
