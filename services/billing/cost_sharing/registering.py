"""Use cases of arrangements: register them, their parties and versions, and what feeds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.cost_sharing import repository
from services.billing.cost_sharing.batches import (
    new_ones,
    require_correctable,
    require_countable,
    require_known,
    require_order,
)
from services.billing.cost_sharing.checks import check, check_days
from services.billing.cost_sharing.facts import CostItem, IndexValue, Party, Reading
from services.billing.cost_sharing.language import Version
from services.billing.cost_sharing.problems import (
    ARRANGEMENT_EXISTS,
    DAYS_TURNED_ROUND,
    FACT_CONFLICT,
    NAME_TAKEN_TWICE,
)
from services.billing.tables import (
    CostArrangementRow,
    CostArrangementVersionRow,
    CostItemRow,
    CostPartyRow,
    DriverReadingRow,
    IndexValueRow,
)
from services.chassis.ids import new_id
from services.chassis.preconditions import require_version
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Arrangement:
    """An arrangement with its parties and versions."""

    row: CostArrangementRow
    parties: Sequence[CostPartyRow]
    versions: Sequence[CostArrangementVersionRow]


@dataclass(frozen=True)
class Taken:
    """How many facts of a batch were new, and how many had come before."""

    new: int
    known: int


async def create(uow: UnitOfWork, key: str, name: str, name_sv: str) -> Arrangement:
    """Begin an arrangement, without parties and versions.

    Raises:
        Problem: ``arrangement_exists``.
    """
    if await repository.arrangement(uow.session, key) is not None:
        raise Problem(
            ARRANGEMENT_EXISTS,
            f"There is an arrangement {key} already. Register a version of it, or choose another"
            " key.",
            arrangement=key,
        )
    row = CostArrangementRow(
        key=key, name=name, name_sv=name_sv, revision=1, created_at=uow.recorded_at
    )
    uow.session.add(row)
    await uow.session.flush()
    return Arrangement(row, (), ())


async def get(uow: UnitOfWork, key: str, *, lock: bool = False) -> Arrangement:
    """An arrangement as it is.

    Raises:
        Problem: ``not_found``.
    """
    row = await repository.arrangement(uow.session, key, lock=lock)
    if row is None:
        raise not_found("arrangement")
    parties = await repository.party_rows(uow.session, key)
    return Arrangement(row, parties, await repository.version_rows(uow.session, key))


async def add_parties(uow: UnitOfWork, key: str, parties: Sequence[Party]) -> Arrangement:
    """Register parties; one that is there already with the same content is left as it is.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``name_taken_twice``,
            ``days_turned_round``, ``fact_conflict``; ``unknown_reference`` for a group that no
            version has, when there is one already: the party would be shared nothing by it.
    """
    found = await get(uow, key, lock=True)
    require_version(uow, found.row.revision, "arrangement")
    staying = {party.key for party in parties if party.leaves_on is None}
    known = {row.key: _as_sent(repository.party_of(row), staying) for row in found.parties}
    groups = {group["key"] for version in found.versions for group in version.document["groups"]}
    new = new_ones("party", parties, known, "key")
    for number, party in new:
        if party.key in groups:
            raise Problem(
                NAME_TAKEN_TWICE,
                f"Row {number}: {party.key} is the key of a group already. Give the party one of"
                " its own.",
                row=number,
                column="key",
                names=[party.key],
            )
        if found.versions:
            require_known(party.groups, groups, party.key, number, "groups")
        if party.leaves_on is not None:
            require_order(party.joins_on, party.leaves_on, party.key, number, "leaves_on")
        uow.session.add(
            CostPartyRow(
                id=new_id(),
                arrangement=key,
                key=party.key,
                name=party.name,
                org_number=party.org_number,
                groups=list(party.groups),
                joins_on=party.joins_on,
                leaves_on=party.leaves_on,
                recorded_at=uow.recorded_at,
            )
        )
    if new:
        found.row.revision += 1
    await uow.session.flush()
    return await get(uow, key)


async def leave(uow: UnitOfWork, key: str, party: str, leaves_on: date) -> Arrangement:
    """Say on which day a party takes part for the last time.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``days_turned_round``, or
            ``fact_conflict`` when it leaves on another day.
    """
    found = await get(uow, key, lock=True)
    require_version(uow, found.row.revision, "arrangement")
    row = next((each for each in found.parties if each.key == party), None)
    if row is None:
        raise not_found("party")
    if leaves_on < row.joins_on:
        raise Problem(
            DAYS_TURNED_ROUND,
            f"{party} would take part from {row.joins_on} to {leaves_on}. Turn the days round.",
        )
    if row.leaves_on not in {None, leaves_on}:
        raise Problem(
            FACT_CONFLICT,
            f"{party} leaves on {row.leaves_on} already. A party that comes back is registered"
            " under a key of its own.",
            conflicts=[party],
        )
    if row.leaves_on is None:
        row.leaves_on = leaves_on
        found.row.revision += 1
    await uow.session.flush()
    return found


async def add_version(uow: UnitOfWork, key: str, version: Version) -> Arrangement:
    """Register how an arrangement holds from a day.

    Raises:
        Problem: ``not_found``, ``precondition_failed``, ``effective_days_overlap``, or what
            ``checks.check`` refuses.
    """
    found = await get(uow, key, lock=True)
    require_version(uow, found.row.revision, "arrangement")
    check(version, [party.key for party in found.parties])
    check_days(version, await repository.versions(uow.session, key))
    uow.session.add(
        CostArrangementVersionRow(
            id=new_id(),
            arrangement=key,
            number=len(found.versions) + 1,
            effective_from=version.effective_from,
            document=version.model_dump(mode="json"),
            recorded_at=uow.recorded_at,
        )
    )
    found.row.revision += 1
    await uow.session.flush()
    return await get(uow, key)


async def add_items(uow: UnitOfWork, key: str, items: Sequence[CostItem]) -> Taken:
    """Take in cost items, all of them or none; one that came before is left as it is.

    Raises:
        Problem: ``not_found``, ``unknown_reference``, ``days_turned_round``, ``fact_conflict``.
    """
    found = await get(uow, key, lock=True)
    parties = {row.key for row in found.parties}
    lines = {line["key"] for row in found.versions for line in row.document["lines"]}
    for number, item in enumerate(items, start=1):
        require_order(item.first_day, item.last_day, item.id, number, "last_day")
        require_known([item.line], lines, item.id, number, "line")
        require_known(item.ordered_by, parties, item.id, number, "ordered_by")
    rows = await repository.items_by_id(uow.session, key, [item.id for item in items])
    known = {name: repository.item_of(row) for name, row in rows.items()}
    new = new_ones("cost item", items, known, "id")
    for _, item in new:
        values = item.model_dump(exclude={"id", "ordered_by"})
        uow.session.add(
            CostItemRow(
                id=new_id(),
                arrangement=key,
                item_id=item.id,
                ordered_by=list(item.ordered_by),
                recorded_at=uow.recorded_at,
                **values,
            )
        )
    await uow.session.flush()
    return Taken(len(new), len(items) - len(new))


async def add_readings(uow: UnitOfWork, key: str, readings: Sequence[Reading]) -> Taken:
    """Take in readings of drivers, all of them or none; one that came before stays as it is.

    Raises:
        Problem: ``not_found``, ``unknown_reference``, ``unknown_unit``, ``negative_volume``,
            ``days_turned_round``, ``fact_conflict``.
    """
    found = await get(uow, key, lock=True)
    parties = {row.key for row in found.parties}
    units = {
        driver["key"]: driver["unit"]
        for row in found.versions
        for driver in row.document["drivers"]
    }
    for number, reading in enumerate(readings, start=1):
        last = reading.last_day or reading.first_day
        require_order(reading.first_day, last, reading.id, number, "last_day")
        require_known([reading.driver], units, reading.id, number, "driver")
        require_known([reading.party], parties, reading.id, number, "party")
        require_countable(reading, units[reading.driver], number)
    plain = [reading.model_copy(update={"unit": None}) for reading in readings]
    wrong = {each.corrects for each in plain if each.corrects is not None}
    names = wrong.union(each.id for each in plain)
    rows = await repository.readings_by_id(uow.session, key, names)
    known = {name: repository.reading_of(row) for name, row in rows.items()}
    new = new_ones("reading", plain, known, "id")
    corrected = await repository.readings_corrected(uow.session, key, wrong)
    require_correctable(new, known, corrected)
    for _, reading in new:
        values = reading.model_dump(exclude={"id", "unit"})
        uow.session.add(
            DriverReadingRow(
                id=new_id(),
                arrangement=key,
                reading_id=reading.id,
                recorded_at=uow.recorded_at,
                **values,
            )
        )
    await uow.session.flush()
    return Taken(len(new), len(readings) - len(new))


async def add_index_value(uow: UnitOfWork, value: IndexValue) -> IndexValueRow:
    """Register what an index was in a year; it counts from now on instead of an earlier one.

    What was booked keeps the value that it was reckoned from.
    """
    row = IndexValueRow(
        id=new_id(),
        index_key=value.index,
        year=value.year,
        value=value.value,
        recorded_at=uow.recorded_at,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


def _as_sent(party: Party, staying: set[str]) -> Party:
    """A known party without the day it leaves, where it is sent again as it was at first."""
    return party.model_copy(update={"leaves_on": None}) if party.key in staying else party
