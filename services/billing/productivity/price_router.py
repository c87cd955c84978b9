"""HTTP of proposed actual prices, for finance."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.billing.cost_sharing.amounts import plain
from services.billing.months import Month
from services.billing.productivity.price_proposals import ServiceProposal
from services.billing.productivity.proposing import MonthProposal, propose_prices
from services.billing.productivity.schemas import optional
from services.chassis.app import UnitOfWorkRoute, Uow, requires
from services.chassis.identity import Role
from services.chassis.money import format_sek
from services.chassis.schemas import ResponseModel
from services.contracts.values import YearMonth

router = APIRouter(
    prefix="/actual-prices",
    tags=["true-ups"],
    route_class=UnitOfWorkRoute,
    dependencies=[Depends(requires(Role.FINANCE))],
)


class ProposedPriceOut(ResponseModel):
    """An actual price as it can be registered; öre with up to four decimals."""

    service: str
    unit: str
    period: str
    amount_ore: str
    cost_basis: str


class UnitUseOut(ResponseModel):
    """How many of a unit the month had, and what one cost at the signed prices on average."""

    unit: str
    quantity: str
    signed_ore: str | None


class ServiceProposalOut(ResponseModel):
    """What a service's proposal stands on.

    ``silent_subscriptions`` have not reported every unit, and what they are charged is no part of
    the use. ``left_ore`` of the cost is not covered by the prices: by rounding, or since there
    are none.
    """

    service: str
    cost_ore: int
    uses: tuple[UnitUseOut, ...]
    silent_subscriptions: int
    left_ore: int


class PriceProposalOut(ResponseModel):
    """Prices of a month that cover its cost; ``prices`` can be sent to ``actual-prices`` as is.

    ``outdated``: costs of the month have changed since the ``distribution``. Without a
    distribution nothing is proposed.
    """

    period: str
    distribution: str | None
    outdated: bool
    services: tuple[ServiceProposalOut, ...]
    prices: tuple[ProposedPriceOut, ...]


@router.get("/proposal")
async def propose_actual_prices(
    uow: Uow, period: Annotated[YearMonth, Query(description="A month that has ended.")]
) -> PriceProposalOut:
    """What units would have to cost for the fees of a month to cover its cost in fees."""
    return _proposal_out(await propose_prices(uow, Month.parse(period)))


def _proposal_out(found: MonthProposal) -> PriceProposalOut:
    return PriceProposalOut(
        period=str(found.month),
        distribution=found.distribution.id if found.distribution else None,
        outdated=found.is_outdated,
        services=tuple(_service_out(key, each) for key, each in found.services.items()),
        prices=tuple(
            ProposedPriceOut(
                service=service,
                unit=unit,
                period=str(found.month),
                amount_ore=plain(Fraction(price), 4),
                cost_basis=f"{format_sek(each.cost_ore)} in fees by the cost distribution of"
                f" {found.month}, number {found.distribution.number if found.distribution else 0}",
            )
            for service, each in found.services.items()
            for unit, price in each.prices.items()
        ),
    )


def _service_out(key: str, found: ServiceProposal) -> ServiceProposalOut:
    return ServiceProposalOut(
        service=key,
        cost_ore=found.cost_ore,
        uses=tuple(
            UnitUseOut(
                unit=unit,
                quantity=plain(use.quantity, 4),
                signed_ore=optional(use.signed_ore / use.quantity if use.quantity else None),
            )
            for unit, use in found.uses.items()
        ),
        silent_subscriptions=found.silent,
        left_ore=found.left_ore,
    )
