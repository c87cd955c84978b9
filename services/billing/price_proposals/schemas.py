"""What the API says about proposed actual prices."""

from __future__ import annotations

from fractions import Fraction

from services.billing.cost_sharing.amounts import plain
from services.billing.price_proposals.domain import ServiceProposal
from services.billing.price_proposals.service import MonthProposal
from services.billing.productivity.schemas import optional
from services.chassis.money import format_sek
from services.chassis.schemas import ResponseModel


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


def proposal_out(found: MonthProposal) -> PriceProposalOut:
    """A month's proposal as the API shows it."""
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
