"""HTTP of the terms of true-ups: finance registers them, both parties see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from services.billing.customers.service import scope_of
from services.billing.schedule import MONTH_AND_DAY, settlement_rules
from services.billing.true_up import terms_service
from services.billing.true_up.terms import SettlesAt
from services.billing.true_up.terms_service import NewTerms, Standing
from services.chassis.app import CurrentActor, UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.schemas import (
    AS_A_NUMBER,
    Day,
    Identifier,
    LongText,
    RequestModel,
    ResponseModel,
)
from services.contracts.values import Slug

router = APIRouter(prefix="/subscriptions", tags=["true-ups"], route_class=UnitOfWorkRoute)
staff_router = APIRouter(prefix="/subscriptions", tags=["true-ups"], route_class=UnitOfWorkRoute)

MonthDay = Annotated[str, Field(pattern=MONTH_AND_DAY, examples=["04-30"])]
Materiality = Annotated[int, Field(ge=0, le=10**15), AS_A_NUMBER]


class TrueUpTermsIn(RequestModel):
    """Terms that hold from a day on.

    The days are those of a ``schedule``, or ``days`` as such; neither means the agreement's. The
    day that ends the year is always one. A difference of a service area below
    ``materiality_ore`` is carried to the next true-up; at the end of the year none is.
    """

    holds_from: Day
    schedule: Slug | None = None
    days: Annotated[tuple[MonthDay, ...], Field(max_length=12)] = ()
    materiality_ore: Materiality = 0
    settles_at: SettlesAt = SettlesAt.SIGNED_PRICES
    reason: LongText

    def terms(self) -> NewTerms:
        """As the use case has them."""
        return NewTerms(
            self.holds_from,
            self.days,
            self.schedule,
            self.materiality_ore,
            self.settles_at,
            self.reason,
        )


class RegisteredTermsOut(ResponseModel):
    """Terms as they were registered; no days are those of the agreement."""

    number: int
    holds_from: date
    days: tuple[str, ...]
    materiality_ore: int
    settles_at: SettlesAt
    reason: str
    registered_by: str
    recorded_at: datetime


class TrueUpTermsOut(ResponseModel):
    """The terms in force today, the next true-up day, and everything that was registered."""

    subscription_id: str
    days: tuple[str, ...]
    year_end: str
    materiality_ore: int
    settles_at: SettlesAt
    next_day: date | None
    registered: tuple[RegisteredTermsOut, ...]


def _terms_out(standing: Standing) -> TrueUpTermsOut:
    return TrueUpTermsOut(
        subscription_id=standing.subscription.row.id,
        days=standing.in_force.days or standing.agreed_days,
        year_end=settlement_rules().year_end,
        materiality_ore=standing.in_force.materiality_ore,
        settles_at=standing.in_force.settles_at,
        next_day=standing.next_day,
        registered=tuple(RegisteredTermsOut.model_validate(row) for row in standing.registered),
    )


@router.get("/{subscription_id}/true-up-terms")
async def show_terms(uow: Uow, actor: CurrentActor, subscription_id: Identifier) -> TrueUpTermsOut:
    """When and how a subscription is trued up."""
    scope = await scope_of(uow, actor, None)
    return _terms_out(await terms_service.show(uow, subscription_id, scope))


@staff_router.post(
    "/{subscription_id}/true-up-terms",
    status_code=201,
    dependencies=[Depends(requires(Role.FINANCE))],
)
async def register_terms(
    uow: Uow, subscription_id: Identifier, body: TrueUpTermsIn
) -> TrueUpTermsOut:
    """Register terms that hold from a day on, in place of those before."""
    return _terms_out(await terms_service.register(uow, subscription_id, body.terms()))
