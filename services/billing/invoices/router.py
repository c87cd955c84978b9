"""HTTP of invoices and credits; nobody writes them, they follow from events and time."""

from __future__ import annotations

from fastapi import APIRouter

from services.billing.customers.service import scope_of
from services.billing.invoices import service
from services.billing.invoices.schemas import CreditOut, InvoiceOut, credit_out, invoice_out
from services.billing.queries import ByOrgNumber
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of

router = APIRouter(prefix="/invoices", tags=["invoices"], route_class=UnitOfWorkRoute)
credit_router = APIRouter(prefix="/credits", tags=["credits"], route_class=UnitOfWorkRoute)


@router.get("")
async def list_invoices(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[InvoiceOut]:
    """Issued invoices, oldest first."""
    scope = await scope_of(uow, actor, org_number)
    found = await service.page(uow, scope, after, one_more(limit))
    return page_of(found, limit, cursor=lambda each: each.row.id, show=invoice_out)


@router.get("/{invoice_id}")
async def show_invoice(uow: Uow, actor: CurrentActor, invoice_id: Identifier) -> InvoiceOut:
    """One invoice."""
    return invoice_out(await service.get(uow, invoice_id, await scope_of(uow, actor, None)))


@credit_router.get("")
async def list_credits(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[CreditOut]:
    """Breaches and their credits."""
    scope = await scope_of(uow, actor, org_number)
    rows = await service.credit_page(uow, scope, after, one_more(limit))
    return page_of(rows, limit, cursor=lambda row: row.breach_id, show=credit_out)
