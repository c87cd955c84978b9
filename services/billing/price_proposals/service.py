"""Use case of proposing actual prices: a month's distributed cost, and its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.billing.cost_sharing.facts import Basis
from services.billing.costs import repository as cost_repository
from services.billing.months import Month, last_month_ended_by
from services.billing.price_proposals import repository
from services.billing.price_proposals.domain import ServiceProposal, by_customer, propose
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.productivity import repository as productivity
from services.billing.productivity.service import outdated_months
from services.billing.schedule import stockholm_day
from services.billing.subscriptions import service as subscriptions
from services.billing.tables import CostDistributionRow
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class MonthProposal:
    """What is proposed for a month; ``distribution`` is what its cost is by, None if there is none.

    ``is_outdated``: costs of the month have changed since it was distributed.
    """

    month: Month
    distribution: CostDistributionRow | None
    is_outdated: bool
    services: Mapping[str, ServiceProposal]


async def propose_prices(uow: UnitOfWork, month: Month) -> MonthProposal:
    """The actual prices with which each service's fees of a month would cover its cost.

    Raises:
        Problem: ``period_not_ended``.
    """
    if month > last_month_ended_by(stockholm_day(uow.now)):
        raise Problem(
            PERIOD_NOT_ENDED, f"What {month} cost is known when it has ended; ask again then."
        )
    standing = await cost_repository.standing(uow.session, str(month), Basis.ACTUAL.value)
    if standing is None:
        return MonthProposal(month, None, False, {})
    cost = await repository.to_fees(uow.session, standing.id)
    distributed = await productivity.distributed(uow.session, (month, month))
    outdated = await outdated_months(uow, (month, month), distributed)
    reported = await productivity.units(uow.session, (month, month))
    terms = [
        (each.row.id, service) for each in await subscriptions.every(uow) for service in each.terms
    ]
    used = by_customer(terms, reported, month)
    return MonthProposal(
        month=month,
        distribution=standing,
        is_outdated=month in outdated,
        services={
            service: propose(ore, used.get(service, ()), month)
            for service, ore in sorted(cost.items())
        },
    )
