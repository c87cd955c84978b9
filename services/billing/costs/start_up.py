"""Start-up costs of cases as cost of pools of that kind."""

from __future__ import annotations

import hashlib

from services.billing.cost_sharing.facts import Basis
from services.billing.costs import repository
from services.billing.costs.language import Pool, PoolKind
from services.billing.costs.registering import keep_pool
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.tables import CostEntryRow, CostPoolRow, StartUpCostRow
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork

SOURCE = "event:start-up-costs"
"""The source of what onboarding tells of."""


async def take_start_up_cost(uow: UnitOfWork, cost: StartUpCostRow) -> None:
    """A start-up cost of a case becomes cost of the service's pool of that kind.

    The pool is made when there is none, since an event cannot be refused.
    """
    await repository.take_turn(uow.session)
    pool = await repository.pool_of_service(uow.session, cost.service, PoolKind.START_UP.value)
    if pool is None:
        pool = await keep_pool(uow, await _start_up_pool(uow, cost.service))
    uow.session.add(
        CostEntryRow(
            id=new_id(),
            source=SOURCE,
            source_id=cost.id,
            pool=pool.key,
            period=str(Month.of(cost.incurred_on)),
            basis=Basis.ACTUAL.value,
            amount_ore=cost.amount_ore,
            text=f"{cost.kind}, {cost.case_id}, {cost.org_number}",
            account=None,
            objects=[],
            import_id=None,
            recorded_at=uow.recorded_at,
        )
    )
    await uow.session.flush()


async def _start_up_pool(uow: UnitOfWork, service: str) -> Pool:
    """A pool for a service's start-up, under a key that is free."""
    named = priced_services().get(service)
    name, name_sv = (named.name, named.name_sv) if named else (service, service)
    key = f"{service}-start-up"
    if len(key) > 60 or await uow.session.get(CostPoolRow, key) is not None:
        key = f"start-up-{hashlib.sha256(service.encode()).hexdigest()[:16]}"
    return Pool(
        key=key,
        name=f"{name}, start-up",
        name_sv=f"{name_sv}, uppstart",
        kind=PoolKind.START_UP,
        service=service,
    )
