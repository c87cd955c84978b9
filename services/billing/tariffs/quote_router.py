"""HTTP of quotes: staff ask for anybody, an agency for itself."""

from __future__ import annotations

from fastapi import APIRouter

from services.billing.customers.service import scope_of
from services.billing.queries import ByOrgNumber
from services.billing.tariffs import quotes
from services.billing.tariffs.quote_schemas import (
    AskForQuote,
    QuoteOut,
    QuoteSummaryOut,
    RecomputationOut,
    quote_out,
    quote_summary_out,
    recomputation_out,
)
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow
from services.chassis.schemas import After, Identifier, Limit, Page, one_more, page_of

router = APIRouter(prefix="/quotes", tags=["quotes"], route_class=UnitOfWorkRoute)


@router.post("", status_code=201)
async def give_quote(uow: Uow, actor: CurrentActor, asked: AskForQuote) -> QuoteOut:
    """Reckon what services would cost in a year and keep it, with every step."""
    await scope_of(uow, actor, asked.org_number)
    payer = asked.org_number if actor.is_staff else (asked.org_number or actor.org_number)
    return quote_out(await quotes.give(uow, asked.wanted(payer)), staff=actor.is_staff)


@router.get("")
async def list_quotes(
    uow: Uow,
    actor: CurrentActor,
    org_number: ByOrgNumber = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[QuoteSummaryOut]:
    """Quotes in the order they were given; an agency sees those for itself."""
    scope = await scope_of(uow, actor, org_number)
    found = await quotes.page(uow, scope, after, one_more(limit))
    return page_of(found, limit, cursor=lambda each: each.row.id, show=quote_summary_out)


@router.get("/{quote_id}")
async def show_quote(uow: Uow, actor: CurrentActor, quote_id: Identifier) -> QuoteOut:
    """A quote as it was given."""
    found = await quotes.get(uow, quote_id, await scope_of(uow, actor, None))
    return quote_out(found, staff=actor.is_staff)


@router.get("/{quote_id}/recomputation")
async def recompute_quote(uow: Uow, actor: CurrentActor, quote_id: Identifier) -> RecomputationOut:
    """Reckon a quote again from its inputs and versions, and say whether it comes out equal."""
    scope = await scope_of(uow, actor, None)
    return recomputation_out(await quotes.recompute(uow, quote_id, scope))
