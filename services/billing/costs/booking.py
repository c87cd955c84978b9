"""Use cases of distributions: simulate one, book one, and say where a month's cost is."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.billing.cost_sharing import registering as arrangements
from services.billing.cost_sharing import repository as sharing_repository
from services.billing.cost_sharing.facts import Basis, CostItem
from services.billing.cost_sharing.problems import AMOUNT_TOO_LARGE, NOT_AS_SIMULATED
from services.billing.cost_sharing.stretches import indexed_in
from services.billing.costs import repository
from services.billing.costs.distributing import Distribution, Used, distribute
from services.billing.costs.language import (
    Carried,
    DistributionInput,
    OverheadPlan,
    Pool,
    PoolCost,
)
from services.billing.costs.problems import COST_PLAN_MISSING
from services.billing.costs.registering import who
from services.billing.costs.statements import Statement, statement
from services.billing.months import Month, last_month_ended_by
from services.billing.problems import PERIOD_NOT_ENDED
from services.billing.schedule import stockholm_day
from services.billing.tables import CostDistributionRow, CostUseRow
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork

MOST_ORE = 4 * 10**14
"""More than this is no month's cost; a cost item can hold the difference of two such."""


@dataclass(frozen=True)
class Outcome:
    """A distribution that was reckoned; ``corrects`` is the one that stands until it is booked."""

    distribution: Distribution
    fingerprint: str
    corrects: CostDistributionRow | None


@dataclass(frozen=True)
class Booked:
    """A booked distribution, reckoned again from what it was reckoned from."""

    row: CostDistributionRow
    distribution: Distribution


async def simulate(uow: UnitOfWork, period: str, basis: Basis) -> Outcome:
    """What a distribution would come to now; nothing is booked.

    Raises:
        Problem: ``cost_plan_missing``, ``amount_too_large``, and as ``distributing.distribute``
            says.
    """
    given = await _given(uow, period, basis)
    found = await asyncio.to_thread(distribute, given)
    standing = await repository.standing(uow.session, period, basis.value)
    return Outcome(found, _fingerprint(given), standing)


async def book(uow: UnitOfWork, period: str, basis: Basis, as_simulated: str | None) -> Booked:
    """Distribute a month's cost for good; it takes the place of an earlier one.

    What goes to arrangements becomes cost items there, after the first time what differs. Where
    nothing has changed since the earlier one, that one stands and none is added.

    Raises:
        Problem: ``period_not_ended`` for actual cost, ``not_as_simulated``, and as
            ``simulate`` says.
    """
    await repository.take_turn(uow.session)
    today = stockholm_day(uow.now)
    if basis is Basis.ACTUAL and Month.parse(period) > last_month_ended_by(today):
        raise Problem(
            PERIOD_NOT_ENDED,
            f"{period} has not ended, so its cost is not known yet. Nothing was booked; simulate"
            " it, or book its budget.",
        )
    outcome = await simulate(uow, period, basis)
    if as_simulated not in {None, outcome.fingerprint}:
        raise Problem(
            NOT_AS_SIMULATED,
            "Costs, readings or the plan have changed since the simulation, so other figures"
            " would be booked. Nothing was booked; simulate again.",
            fingerprint=outcome.fingerprint,
        )
    before = outcome.corrects
    if before is not None and before.fingerprint == outcome.fingerprint:
        return Booked(before, outcome.distribution)
    row = CostDistributionRow(
        id=new_id(),
        period=period,
        basis=basis.value,
        number=before.number + 1 if before else 1,
        corrects=before.id if before else None,
        fingerprint=outcome.fingerprint,
        given=outcome.distribution.given.model_dump(mode="json"),
        booked_by=who(uow),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(
        CostUseRow(distribution_id=row.id, number=number, **vars(used))
        for number, used in enumerate(outcome.distribution.used, start=1)
    )
    await uow.session.flush()
    earlier = await repository.uses(uow.session, before.id) if before else ()
    await _send_to_arrangements(uow, row, outcome.distribution, earlier)
    return Booked(row, outcome.distribution)


async def get(uow: UnitOfWork, distribution_id: str) -> Booked:
    """A booked distribution, reckoned again.

    Raises:
        Problem: ``not_found``.
        RuntimeError: it would come to other figures now, which must never be.
    """
    row = await uow.session.get(CostDistributionRow, distribution_id)
    if row is None:
        raise not_found("cost distribution")
    found = await _again(row)
    kept = [
        Used(
            use.pool,
            use.origin,
            use.use,
            use.amount_ore,
            use.arrangement,
            use.line,
            use.to_pool,
            use.to_period,
        )
        for use in await repository.uses(uow.session, row.id)
    ]
    if list(found.used) != kept:
        raise RuntimeError(f"cost distribution {row.id} comes to other figures than were booked")
    return Booked(row, found)


async def state(
    uow: UnitOfWork, period: str, basis: Basis
) -> tuple[Statement, CostDistributionRow | None, dict[str, Pool]]:
    """Where every öre of a month's cost is, the distribution that stands, and all pools."""
    standing = await repository.standing(uow.session, period, basis.value)
    booked = await _again(standing) if standing else None
    now = await _costs(uow, period, basis)
    pools = await repository.pools(uow.session)
    return statement(now, booked, pools), standing, pools


async def _again(row: CostDistributionRow) -> Distribution:
    return await asyncio.to_thread(distribute, DistributionInput.model_validate(row.given))


async def _costs(uow: UnitOfWork, period: str, basis: Basis) -> list[PoolCost]:
    return [
        *await repository.own_costs(uow.session, period, basis.value),
        *await repository.brought_forward(uow.session, period, basis.value),
    ]


async def _given(uow: UnitOfWork, period: str, basis: Basis) -> DistributionInput:
    plan_row = await repository.plan_for(uow.session, period)
    if plan_row is None:
        raise Problem(
            COST_PLAN_MISSING,
            f"No overhead plan holds in {period}, so nothing says where its cost goes. Register"
            " one; until then all of it is unallocated.",
            period=period,
        )
    plan = OverheadPlan.model_validate(plan_row.document)
    costs = await _costs(uow, period, basis)
    if sum(abs(cost.amount_ore) for cost in costs) > MOST_ORE:
        raise Problem(
            AMOUNT_TOO_LARGE,
            f"The cost of {period} comes to more than can be booked. Look for entries in the"
            " wrong unit; amounts are in öre.",
        )
    indices = {each.index for step in plan.steps for each in indexed_in(step.by)}
    return DistributionInput(
        period=period,
        basis=basis,
        plan_number=plan_row.number,
        plan=plan,
        pools=_meant(await repository.pools(uow.session), plan, costs),
        costs=tuple(costs),
        readings=await repository.readings(
            uow.session, [driver.key for driver in plan.drivers], Month.parse(period).last_day
        ),
        index_values=await sharing_repository.index_values(uow.session, indices),
    )


def _meant(
    pools: dict[str, Pool], plan: OverheadPlan, costs: Iterable[PoolCost]
) -> tuple[Pool, ...]:
    """The pools that the plan or the costs are about, so that new ones change no fingerprint."""
    named = {pool for cost in costs for pool in (cost.pool, cost.origin)}
    named |= {pool for step in plan.steps for pool in (step.pool, *step.to)}
    named |= {use.pool for use in plan.uses}
    named |= {
        part.to.to_pool
        for use in plan.uses
        for part in use.parts
        if isinstance(part.to, Carried) and part.to.to_pool is not None
    }
    return tuple(pool for key, pool in pools.items() if key in named)


def _fingerprint(given: DistributionInput) -> str:
    text = json.dumps(given.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def _send_to_arrangements(
    uow: UnitOfWork,
    row: CostDistributionRow,
    found: Distribution,
    earlier: Sequence[CostUseRow],
) -> None:
    """Cost items for what goes to arrangements beyond what has been sent before."""
    due: dict[tuple[str, str, str], int] = defaultdict(int)
    for used in found.used:
        if used.arrangement is not None and used.line is not None:
            due[used.arrangement, used.line, used.pool] += used.amount_ore
    for use in earlier:
        if use.arrangement is not None and use.line is not None:
            due[use.arrangement, use.line, use.pool] -= use.amount_ore
    names = await repository.pools(uow.session)
    month = Month.parse(row.period)
    items: dict[str, list[CostItem]] = defaultdict(list)
    for (arrangement, line, pool), ore in sorted(due.items()):
        if ore:
            items[arrangement].append(
                CostItem(
                    # The line is part of the name, as one pool may go to two of them.
                    id=f"cost-{_short(line, pool)}-{row.period}-{row.basis}-{row.number}",
                    line=line,
                    name=f"{names[pool].name}, {row.period}"[:200],
                    name_sv=f"{names[pool].name_sv}, {row.period}"[:200],
                    first_day=month.first_day,
                    last_day=month.last_day,
                    amount_ore=ore,
                    basis=Basis(row.basis),
                )
            )
    for arrangement, sent in items.items():
        await arrangements.add_items(uow, arrangement, sent)


def _short(line: str, pool: str) -> str:
    """A pool's name as part of another name, told apart by line."""
    mark = hashlib.sha256(f"{line}/{pool}".encode()).hexdigest()[:8]
    return f"{pool[:30].rstrip('-')}-{mark}"
