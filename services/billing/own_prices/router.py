"""HTTP of own prices: finance sets them, both sides read them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.billing.customers.service import scope_of
from services.billing.own_prices import service
from services.billing.own_prices.schemas import (
    CaseId,
    PriceOut,
    PricesInForceOut,
    RegisteredPriceOut,
    RegisterPrice,
    WithdrawPrice,
    registered_price_out,
)
from services.billing.schedule import stockholm_day
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import After, Day, Identifier, Limit, Page, one_more, page_of
from services.contracts.values import OrgNumber, Slug

router = APIRouter(prefix="/price-items", tags=["price-items"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(
    prefix="/price-items",
    tags=["price-items"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)

ByService = Annotated[Slug | None, Query(description="Only this service's.")]
ForAgency = Annotated[
    OrgNumber | None,
    Query(description="Prices for this agency besides those for all; an agency sees no other's."),
]


@router.get("")
async def list_price_items(
    uow: Uow,
    actor: CurrentActor,
    service_key: Annotated[ByService, Query(alias="service")] = None,
    org_number: ForAgency = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[RegisteredPriceOut]:
    """Every version of every price, in the order they were registered."""
    scope = await scope_of(uow, actor, org_number)
    found = await service.page(uow, scope, service_key, after, one_more(limit))
    return page_of(
        found,
        limit,
        cursor=lambda each: each.registered.version.id,
        show=lambda each: registered_price_out(each, by=actor.is_staff),
    )


@router.get("/in-force")
async def show_prices_in_force(
    uow: Uow,
    actor: CurrentActor,
    on: Annotated[Day | None, Query(description="Absent: today.")] = None,
    org_number: ForAgency = None,
    case_id: Annotated[
        CaseId | None, Query(description="With those of this case's agreement alone.")
    ] = None,
) -> PricesInForceOut:
    """The centre's own prices on a day, for an agency or its agreement, or for all."""
    await scope_of(uow, actor, org_number)
    payer = org_number if actor.is_staff else (org_number or actor.org_number)
    day = on or stockholm_day(uow.now)
    prices = await service.holding(uow, None, payer, day, case_id=case_id)
    return PricesInForceOut(
        on=day, org_number=payer, items=tuple(PriceOut.of(price) for price in prices)
    )


@router.get("/{price_id}")
async def show_price_item(
    uow: Uow, actor: CurrentActor, price_id: Identifier
) -> RegisteredPriceOut:
    """One version of a price."""
    found = await service.get(uow, price_id, await scope_of(uow, actor, None))
    return registered_price_out(found, by=actor.is_staff)


@staff_router.post("", status_code=201)
async def register_price_item(uow: Uow, price: RegisterPrice) -> RegisteredPriceOut:
    """Register a price at cost, or a further version of one."""
    return registered_price_out(await service.register(uow, price.new()), by=True)


@staff_router.post("/{price_id}/withdrawals", status_code=201)
async def withdraw_price_item(
    uow: Uow, price_id: Identifier, withdrawal: WithdrawPrice
) -> RegisteredPriceOut:
    """Withdraw a price from a day on; what is signed on it stays as it was signed."""
    withdrawn = await service.withdraw(uow, price_id, withdrawal.valid_from, withdrawal.reason)
    return registered_price_out(withdrawn, by=True)
