"""Use cases of what costs are reckoned from: pools, costs, readings, mappings and plans."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.billing.cost_sharing.batches import (
    new_ones,
    require_correctable,
    require_countable,
    require_order,
)
from services.billing.cost_sharing.facts import Reading
from services.billing.cost_sharing.problems import FACT_CONFLICT, UNKNOWN_REFERENCE
from services.billing.costs import repository
from services.billing.costs.checks import check_mapping, check_plan
from services.billing.costs.language import (
    CostEntry,
    CostMapping,
    OverheadPlan,
    Pool,
)
from services.billing.costs.problems import COST_POOL_EXISTS
from services.billing.ledger import recording
from services.billing.own_prices.catalogue import priced_services
from services.billing.tables import (
    CostMappingRow,
    CostPoolRow,
    OverheadPlanRow,
    PoolReadingRow,
)
from services.chassis.ids import new_id
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork

BY_API = "api:"
"""Begins the sources of costs sent one by one or as CSV."""


@dataclass(frozen=True)
class Taken:
    """How many facts of a batch were new, and how many had come before."""

    new: int
    known: int


def who(uow: UnitOfWork) -> str:
    """Who does it, for the record."""
    return uow.actor.client_id if uow.actor else "system"


async def add_pool(uow: UnitOfWork, pool: Pool) -> CostPoolRow:
    """Register a pool.

    Raises:
        Problem: ``unknown_reference``: no such service; ``cost_pool_exists``: the key is taken,
            or the service has a pool of the kind.
    """
    await repository.take_turn(uow.session)
    if pool.service is not None and pool.service not in priced_services():
        raise Problem(
            UNKNOWN_REFERENCE,
            f"There is no service {pool.service}, so nothing was registered. An overhead pool"
            " has no service.",
            unknown=[pool.service],
        )
    taken = await uow.session.get(CostPoolRow, pool.key)
    if taken is None and pool.service is not None:
        taken = await repository.pool_of_service(uow.session, pool.service, pool.kind.value)
    if taken is not None:
        raise Problem(
            COST_POOL_EXISTS,
            f"There is the pool {taken.key} already, of {taken.kind} for"
            f" {taken.service or 'overhead'}. Nothing was registered; use that one.",
            pool=taken.key,
        )
    return await keep_pool(uow, pool)


async def keep_pool(uow: UnitOfWork, pool: Pool) -> CostPoolRow:
    """Keep a pool that there is not yet."""
    row = CostPoolRow(**pool.model_dump(mode="json"), recorded_at=uow.recorded_at)
    uow.session.add(row)
    await uow.session.flush()
    return row


async def pool(uow: UnitOfWork, key: str) -> CostPoolRow:
    """A pool.

    Raises:
        Problem: ``not_found``.
    """
    found = await uow.session.get(CostPoolRow, key)
    if found is None:
        raise not_found("cost pool")
    return found


async def add_entries(uow: UnitOfWork, source: str, entries: Sequence[CostEntry]) -> Taken:
    """Take in costs, all of them or none; one that came before is left as it is.

    Raises:
        Problem: ``unknown_reference``, ``fact_conflict``, with ``row`` counted from 1.
    """
    await repository.take_turn(uow.session)
    pools = await repository.pools(uow.session)
    rows: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, start=1):
        if entry.pool not in pools:
            raise unknown_pool(number, entry.pool)
        rows.append(
            {
                "source_id": entry.id,
                "pool": entry.pool,
                "period": entry.period,
                "basis": entry.basis.value,
                "amount_ore": entry.amount_ore,
                "text": entry.text,
                "account": None,
                "objects": [],
            }
        )
    places = dict(enumerate(range(1, len(rows) + 1)))
    return await keep_entries(uow, f"{BY_API}{source}", rows, places, None)


def unknown_pool(row: int, key: str) -> Problem:
    """The refusal of a row whose pool there is not."""
    return Problem(
        UNKNOWN_REFERENCE,
        f"Row {row} is for the pool {key}, and there is none. Nothing was taken in; register the"
        " pool first.",
        row=row,
        column="pool",
        unknown=[key],
    )


async def keep_entries(
    uow: UnitOfWork,
    source: str,
    rows: Sequence[dict[str, Any]],
    places: Mapping[int, int],
    import_id: str | None,
) -> Taken:
    """Keep entries of a source that have not come before.

    Args:
        uow: the unit of work.
        source: who says it.
        rows: the columns of each that its source knows.
        places: for each of ``rows`` by its index, the row to name in a refusal.
        import_id: the file they came by.

    Raises:
        Problem: ``fact_conflict``: one came before, or twice, with another content.
    """
    known = await repository.entries_by_id(uow.session, source, [row["source_id"] for row in rows])
    seen: dict[str, dict[str, Any]] = {
        name: {column: getattr(row, column) for column in rows[0]} for name, row in known.items()
    }
    new: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        before = seen.get(row["source_id"])
        if before is None:
            seen[row["source_id"]] = row
            new.append(row)
        elif _content(before) != _content(row):
            raise Problem(
                FACT_CONFLICT,
                f"Row {places[index]}: {row['source_id']} came before with another content, which"
                " stands. Nothing was taken in; send a correction under a name of its own.",
                row=places[index],
                column="id",
                conflicts=[row["source_id"]],
            )
    added = [
        {
            **row,
            "id": new_id(),
            "source": source,
            "import_id": import_id,
            "recorded_at": uow.recorded_at,
        }
        for row in new
    ]
    await repository.add_entries(uow.session, added)
    await recording.costs(uow, source, added, import_id)
    return Taken(len(new), len(rows) - len(new))


def _content(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What two rows of one name must share; where there is an account, the pool follows it."""
    objects = tuple(tuple(pair) for pair in row["objects"])
    place = (row["account"], objects) if row["account"] else row["pool"]
    return (place, row["period"], row["basis"], row["amount_ore"], row["text"])


async def add_readings(uow: UnitOfWork, readings: Sequence[Reading]) -> Taken:
    """Take in what pools have of drivers, all or none; the party of a reading is a pool.

    Raises:
        Problem: ``unknown_reference``, ``unknown_unit``, ``negative_volume``,
            ``days_turned_round``, ``fact_conflict``, with ``row`` counted from 1.
    """
    await repository.take_turn(uow.session)
    pools = await repository.pools(uow.session)
    units = {
        driver.key: driver.unit
        for row in await repository.plan_rows(uow.session)
        for driver in OverheadPlan.model_validate(row.document).drivers
    }
    for row, reading in enumerate(readings, start=1):
        _require_named(reading.party, pools, "party", row)
        _require_named(reading.driver, units, "driver", row)
        require_countable(reading, units[reading.driver], row)
        last = reading.last_day or reading.first_day
        require_order(reading.first_day, last, reading.id, row, "last_day")
    plain = [each.model_copy(update={"unit": None}) for each in readings]
    wrong = {each.corrects for each in plain if each.corrects is not None}
    names = wrong.union(each.id for each in plain)
    known = await repository.readings_by_id(uow.session, names)
    new = new_ones("reading", plain, known, "id")
    require_correctable(new, known, await repository.readings_corrected(uow.session, wrong))
    for _, reading in new:
        values = reading.model_dump(exclude={"id", "party", "unit"})
        uow.session.add(
            PoolReadingRow(
                reading_id=reading.id,
                pool=reading.party,
                recorded_at=uow.recorded_at,
                **values,
            )
        )
    await uow.session.flush()
    return Taken(len(new), len(readings) - len(new))


def _require_named(name: str, known: Container[str], column: str, row: int) -> None:
    if name not in known:
        raise Problem(
            UNKNOWN_REFERENCE,
            f"Row {row}: no plan or pool knows the {column} {name}. Nothing was taken in;"
            " register the pool, or a plan with the driver, first.",
            row=row,
            column=column,
            unknown=[name],
        )


async def add_mapping(uow: UnitOfWork, mapping: CostMapping) -> CostMappingRow:
    """Register which accounts belong to which pools from a day on.

    Costs that were taken in stay where they are.

    Raises:
        Problem: ``unknown_reference``, ``cost_mapping_invalid``.
    """
    await repository.take_turn(uow.session)
    check_mapping(mapping, (await repository.pools(uow.session)).keys())
    row = CostMappingRow(
        number=len(await repository.mapping_rows(uow.session)) + 1,
        effective_from=mapping.effective_from,
        document=mapping.model_dump(mode="json"),
        registered_by=who(uow),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def add_plan(uow: UnitOfWork, plan: OverheadPlan) -> OverheadPlanRow:
    """Register how costs are distributed from a month on; what was booked stays.

    Raises:
        Problem: what ``checks.check_plan`` refuses.
    """
    await repository.take_turn(uow.session)
    pools = await repository.pools(uow.session)
    check_plan(plan, pools, await repository.lines_of_arrangements(uow.session))
    row = OverheadPlanRow(
        number=len(await repository.plan_rows(uow.session)) + 1,
        effective_from=plan.effective_from,
        document=plan.model_dump(mode="json"),
        registered_by=who(uow),
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row
