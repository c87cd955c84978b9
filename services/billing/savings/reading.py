"""Reading the savings register: a saving, a list of them, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence

from services.billing.savings import repository
from services.billing.savings.domain import Place, standing
from services.billing.savings.repository import Kept, Wanted
from services.billing.savings.totals import Fact, Grouping, Total, totals
from services.billing.schedule import stockholm_day
from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.contracts.succession import Scope


async def get(uow: UnitOfWork, saving_id: str, scope: Scope | None) -> Kept:
    """A saving within a scope.

    Raises:
        Problem: ``not_found``.
    """
    kept = await repository.find(uow.session, saving_id, scope)
    if kept is None:
        raise not_found("saving")
    return kept


async def page(
    uow: UnitOfWork, scope: Scope | None, wanted: Wanted, after: str | None, limit: int
) -> Sequence[Kept]:
    """Savings within a scope, in the order they were registered."""
    return await repository.page(uow.session, scope, wanted, after, limit)


async def totals_of(
    uow: UnitOfWork, scope: Scope | None, wanted: Wanted, by: Grouping, year: int | None
) -> tuple[tuple[Total, ...], Total]:
    """What the savings within a scope come to, by what is asked for, and together."""
    today = stockholm_day(uow.now)
    facts = [
        Fact(
            arises_at=Place(kept.row.arises_at),
            org_number=kept.row.org_number,
            service=kept.row.service,
            state=kept.state,
            owner=kept.owner_on(today),
            specification=kept.specification,
            follow_ups=standing(kept.followed_up),
        )
        for kept in await repository.everything(uow.session, scope, wanted)
    ]
    return totals(facts, by, year, today)
