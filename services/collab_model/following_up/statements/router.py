"""Statements over HTTP, the same for customers and staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of
from services.collab_model.customers.service import scope_of
from services.collab_model.following_up.files import CSV, PDF, attachment, file_response
from services.collab_model.following_up.statements import service
from services.collab_model.following_up.statements.schemas import StatementOut, StatementSummary
from services.contracts.values import OrgNumber, Slug, YearMonth

router = APIRouter(prefix="/statements", route_class=UnitOfWorkRoute, tags=["following up"])


@router.get("")
async def list_statements(
    uow: Uow,
    actor: CurrentActor,
    service_key: Annotated[Slug | None, Query(alias="service")] = None,
    period: YearMonth | None = None,
    org_number: OrgNumber | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[StatementSummary]:
    """Statements in the order they were made: a closing, and each correction beside it."""
    rows = await service.page(
        uow,
        scope=await scope_of(uow, actor, org_number),
        service=service_key,
        period=period,
        after=after,
        limit=one_more(limit),
    )
    return page_of(rows, limit, cursor=lambda row: row.id, show=StatementSummary.of)


@router.get("/{statement_id}")
async def read_statement(uow: Uow, actor: CurrentActor, statement_id: Identifier) -> StatementOut:
    """A statement: levels, deviations with their causes, matters, and the credit."""
    return StatementOut.of(await service.read(uow, statement_id, await scope_of(uow, actor)))


@router.get("/{statement_id}/statement.pdf", response_class=Response, responses=file_response(PDF))
async def statement_pdf(
    request: Request, uow: Uow, actor: CurrentActor, statement_id: Identifier
) -> Response:
    """A statement as a Swedish paper (PDF/A-2a, PDF/UA-1)."""
    file = await service.as_pdf(uow, statement_id, await scope_of(uow, actor))
    return attachment(request, file.name, file.content, PDF)


@router.get("/{statement_id}/statement.csv", response_class=Response, responses=file_response(CSV))
async def statement_csv(
    request: Request, uow: Uow, actor: CurrentActor, statement_id: Identifier
) -> Response:
    """A statement as CSV: a record for each level, deviation and step of the credit."""
    file = await service.as_csv(uow, statement_id, await scope_of(uow, actor))
    return attachment(request, file.name, file.content, CSV)
