"""Life events, both histories and the passing of cases, in storage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.contracts.values import LifeEventKind
from services.onboarding.agencies.domain import Agency, AgencyStatus
from services.onboarding.agencies.history import (
    KnownPeriod,
    LifeEvent,
    Period,
    Standing,
    in_force,
)
from services.onboarding.agencies.succession import Consequence, Passing
from services.onboarding.tables import (
    AgencyPeriodRow,
    CasePassingRow,
    LifeEventRow,
    SuccessorRow,
)

_CONSEQUENCES = TypeAdapter(tuple[Consequence, ...])


@dataclass(frozen=True)
class Record:
    """A life event as it is kept: who recorded it, what it did, and when that took effect."""

    event: LifeEvent
    recorded_by: str
    consequences: tuple[Consequence, ...]
    applied_at: datetime | None


async def add(
    session: AsyncSession, event: LifeEvent, recorded_by: str, planned: tuple[Consequence, ...]
) -> None:
    """Store a record; its consequences are those foreseen until it is applied.

    Raises:
        sqlalchemy.exc.IntegrityError: what it corrects is corrected already.
    """
    session.add(
        LifeEventRow(
            id=event.id,
            org_number=event.org_number,
            kind=event.kind.value,
            effective_on=event.effective_on,
            recorded_at=event.recorded_at,
            recorded_by=recorded_by,
            name=event.name,
            city=event.city,
            reason=event.reason,
            corrects=event.corrects,
            withdrawn=event.withdrawn,
            consequences=_CONSEQUENCES.dump_python(planned, mode="json"),
        )
    )
    await session.flush()
    session.add_all(
        SuccessorRow(life_event_id=event.id, position=position, org_number=org_number)
        for position, org_number in enumerate(event.successors)
    )
    await session.flush()


async def set_applied(
    session: AsyncSession, life_event_id: str, at: datetime, done: tuple[Consequence, ...]
) -> None:
    """Note that a life event has taken effect, and what it did."""
    await session.execute(
        update(LifeEventRow)
        .where(LifeEventRow.id == life_event_id)
        .values(applied_at=at, consequences=_CONSEQUENCES.dump_python(done, mode="json"))
        .execution_options(synchronize_session=False)
    )


async def find(session: AsyncSession, life_event_id: str) -> Record | None:
    """One record."""
    found = await _records(session, [life_event_id])
    return found[0] if found else None


async def of_agency(session: AsyncSession, org_number: str) -> list[Record]:
    """Every record of an agency, as they were recorded."""
    ids = await session.scalars(
        select(LifeEventRow.id).where(LifeEventRow.org_number == org_number)
    )
    return await _records(session, ids.all())


async def events_of(
    session: AsyncSession, org_numbers: Collection[str]
) -> dict[str, list[LifeEvent]]:
    """Every record of several agencies."""
    ids = await session.scalars(
        select(LifeEventRow.id).where(LifeEventRow.org_number.in_(org_numbers))
    )
    found: dict[str, list[LifeEvent]] = {org_number: [] for org_number in org_numbers}
    for record in await _records(session, ids.all()):
        found[record.event.org_number].append(record.event)
    return found


async def naming(session: AsyncSession, org_number: str) -> list[LifeEvent]:
    """The records that count and name the agency as successor of another one."""
    owners = await session.scalars(
        select(LifeEventRow.org_number)
        .join(SuccessorRow, SuccessorRow.life_event_id == LifeEventRow.id)
        .where(SuccessorRow.org_number == org_number, LifeEventRow.org_number != org_number)
        .distinct()
    )
    found = await events_of(session, owners.all())
    return [
        event
        for events in found.values()
        for event in in_force(events)
        if org_number in event.successors
    ]


async def _records(session: AsyncSession, ids: Collection[str]) -> list[Record]:
    rows = await session.scalars(
        select(LifeEventRow)
        .where(LifeEventRow.id.in_(ids))
        .order_by(LifeEventRow.id)
        .execution_options(populate_existing=True)
    )
    successors: dict[str, list[str]] = {}
    named = await session.scalars(
        select(SuccessorRow)
        .where(SuccessorRow.life_event_id.in_(ids))
        .order_by(SuccessorRow.life_event_id, SuccessorRow.position)
    )
    for row in named:
        successors.setdefault(row.life_event_id, []).append(row.org_number)
    return [_record(row, successors.get(row.id, ())) for row in rows]


def _record(row: LifeEventRow, successors: Iterable[str]) -> Record:
    event = LifeEvent(
        id=row.id,
        org_number=row.org_number,
        kind=LifeEventKind(row.kind),
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        name=row.name,
        city=row.city,
        successors=tuple(successors),
        reason=row.reason,
        corrects=row.corrects,
        withdrawn=row.withdrawn,
    )
    return Record(
        event, row.recorded_by, _CONSEQUENCES.validate_python(row.consequences), row.applied_at
    )


async def begin_history(session: AsyncSession, agencies: Iterable[Agency]) -> None:
    """Store the first period of newly registered agencies."""
    for agency in agencies:
        period = Period(agency.valid_from, None, Standing(agency.name, agency.city))
        session.add(_period_row(agency.org_number, KnownPeriod(period, agency.registered_at)))
    await session.flush()


async def history(session: AsyncSession, org_number: str) -> tuple[KnownPeriod, ...]:
    """All that the register has ever said of an agency, by day and then by when it was known."""
    return (await histories(session, [org_number])).get(org_number, ())


async def histories(
    session: AsyncSession, org_numbers: Collection[str]
) -> dict[str, tuple[KnownPeriod, ...]]:
    """The same of several agencies."""
    rows = await session.scalars(
        select(AgencyPeriodRow)
        .where(AgencyPeriodRow.org_number.in_(org_numbers))
        .order_by(
            AgencyPeriodRow.org_number, AgencyPeriodRow.valid_from, AgencyPeriodRow.known_from
        )
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[KnownPeriod]] = {}
    for row in rows:
        found.setdefault(row.org_number, []).append(_known_period(row))
    return {org_number: tuple(periods) for org_number, periods in found.items()}


async def revise(
    session: AsyncSession,
    org_number: str,
    ended: Sequence[KnownPeriod],
    fresh: Sequence[KnownPeriod],
    at: datetime,
) -> None:
    """End the known time of rows that no longer hold, and store those that now do."""
    if ended:
        await session.execute(
            update(AgencyPeriodRow)
            .where(AgencyPeriodRow.id.in_([row.id for row in ended]))
            .values(known_until=at)
            .execution_options(synchronize_session=False)
        )
    session.add_all(_period_row(org_number, row) for row in fresh)
    await session.flush()


def _period_row(org_number: str, known: KnownPeriod) -> AgencyPeriodRow:
    standing = known.period.standing
    return AgencyPeriodRow(
        id=new_id(),
        org_number=org_number,
        valid_from=known.period.valid_from,
        valid_until=known.period.valid_until,
        known_from=known.known_from,
        known_until=known.known_until,
        name=standing.name,
        city=standing.city,
        status=standing.status.value,
        successors=list(standing.successors),
        life_event_ids=list(known.period.life_event_ids),
    )


def _known_period(row: AgencyPeriodRow) -> KnownPeriod:
    standing = Standing(row.name, row.city, AgencyStatus(row.status), tuple(row.successors))
    return KnownPeriod(
        Period(row.valid_from, row.valid_until, standing, tuple(row.life_event_ids)),
        row.known_from,
        row.known_until,
        row.id,
    )


async def add_passing(session: AsyncSession, passing: Passing) -> None:
    """Store that a case goes to another agency."""
    session.add(CasePassingRow(**_passing_columns(passing)))
    await session.flush()


async def passings(
    session: AsyncSession,
    *,
    case_ids: Collection[str] | None = None,
    life_event_id: str | None = None,
) -> list[Passing]:
    """Passings of cases, or those that a life event brought, as they were recorded."""
    query = select(CasePassingRow).order_by(CasePassingRow.id)
    if case_ids is not None:
        query = query.where(CasePassingRow.case_id.in_(case_ids))
    if life_event_id is not None:
        query = query.where(CasePassingRow.life_event_id == life_event_id)
    rows = await session.scalars(query.execution_options(populate_existing=True))
    return [
        Passing(**{name: getattr(row, name) for name in Passing.__dataclass_fields__})
        for row in rows
    ]


async def mark_passing(
    session: AsyncSession,
    passing_id: str,
    *,
    applied: bool | None = None,
    withdrawn_at: datetime | None = None,
    agreement_id: str | None = None,
) -> None:
    """Note that a passing has taken effect, was withdrawn, or what was told of it."""
    values: dict[str, Any] = {}
    if applied is not None:
        values["applied"] = applied
    if withdrawn_at is not None:
        values["withdrawn_at"] = withdrawn_at
    if agreement_id is not None:
        values["agreement_id"] = agreement_id
    await session.execute(
        update(CasePassingRow)
        .where(CasePassingRow.id == passing_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _passing_columns(passing: Passing) -> dict[str, Any]:
    return {name: getattr(passing, name) for name in Passing.__dataclass_fields__}
