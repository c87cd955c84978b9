"""HTTP of customers, for staff: who was the customer on a day, and what we knew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.billing.customers import service
from services.billing.customers.schemas import CustomerOut, customer_out
from services.chassis.app import UnitOfWorkRoute, Uow
from services.chassis.schemas import Day, Instant
from services.contracts.values import OrgNumber

staff_router = APIRouter(prefix="/customers", tags=["customers"], route_class=UnitOfWorkRoute)

CustomerNumber = Annotated[OrgNumber, Path(description="The agency's organisation number.")]
ValidOn = Annotated[Day | None, Query(description="The day asked about; absent: today.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="Only what was known at this instant counts; absent: all that is known."),
]


@staff_router.get("/{org_number}")
async def show_customer(
    uow: Uow, org_number: CustomerNumber, valid_on: ValidOn = None, known_at: KnownAt = None
) -> CustomerOut:
    """Who a customer was on a day: its name, its successor, and the records behind them."""
    return customer_out(await service.show(uow, org_number, valid_on, known_at))
