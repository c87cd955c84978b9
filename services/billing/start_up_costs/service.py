"""Use cases of start-up costs: keep an entry, list them, sum them up."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.costs.start_up import take_start_up_cost
from services.billing.ledger import recording
from services.billing.start_up_costs import repository
from services.billing.start_up_costs.domain import Grouping, Selection, Total
from services.billing.tables import StartUpCostRow
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.onboarding import StartUpCostRegistered


async def register(uow: UnitOfWork, event: StartUpCostRegistered) -> None:
    """Keep an entry, once, as cost of its service's start-up pool too; what it corrects may
    come after it.
    """
    if await uow.session.get(StartUpCostRow, event.cost_id) is not None:
        return
    row = StartUpCostRow(
        id=event.cost_id,
        case_id=event.case_id,
        org_number=event.org_number,
        service=event.service,
        service_area=event.service_area,
        kind=event.kind.value,
        incurred_on=event.incurred_on,
        minutes=event.minutes,
        amount_ore=event.amount_ore,
        corrects=event.corrects,
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    await take_start_up_cost(uow, row)
    await recording.start_up_cost(uow, row)


async def page(
    uow: UnitOfWork, selection: Selection, after: str | None, limit: int
) -> Sequence[StartUpCostRow]:
    """The chosen entries."""
    return await repository.page(uow.session, selection, after, limit)


async def totals(uow: UnitOfWork, selection: Selection, grouping: Grouping) -> tuple[Total, ...]:
    """What the chosen entries come to."""
    return await repository.totals(uow.session, selection, grouping)
