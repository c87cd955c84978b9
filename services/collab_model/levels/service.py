"""Levels: set up from the signed agreement, and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreement_repository
from services.collab_model.agreements.domain import Agreement, touches
from services.collab_model.agreements.live import LiveService, hold_reported
from services.collab_model.calendars.service import day_of
from services.collab_model.customers import service as customers
from services.collab_model.levels import repository
from services.collab_model.levels.domain import Month
from services.collab_model.levels.periods import measuring_version
from services.collab_model.tables import LevelRow, ReadingRow
from services.contracts.onboarding import AgreementSigned
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Reading:
    """A measured share that a source reports: ``good`` of ``total`` in a month."""

    source_id: str
    org_number: str
    service: str
    level: str
    period: str
    good: int
    total: int


@dataclass(frozen=True)
class Kept:
    """How many readings were new, and how many had been reported before."""

    accepted: int
    already_known: int


async def set_up(uow: UnitOfWork, signed: AgreementSigned) -> None:
    """Keep the levels of a signed version as they were signed."""
    await repository.add_levels(
        uow.session,
        [
            LevelRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
                version=signed.version,
                org_number=signed.org_number,
                service=service.service,
                key=level.key,
                name=level.name,
                name_sv=level.name_sv,
                kind=level.kind.value,
                target_minutes={p.value: minutes for p, minutes in level.target_minutes.items()},
                required_share_percent=level.required_share_percent,
            )
            for service in signed.services
            for level in service.levels
        ],
    )


async def keep_readings(uow: UnitOfWork, source: str, readings: Sequence[Reading]) -> Kept:
    """Keep what a source measured: all of its readings, or none when one is refused.

    A reading that was reported before with the same content is counted, not kept again.

    Raises:
        Problem: ``reading_conflict``, ``service_not_live``, ``level_unknown``,
            ``level_measured_from_matters``, ``period_not_measured``, ``period_closed``.
    """
    services = await _hold_services(uow, readings)
    known = await repository.known_readings(
        uow.session, source, [reading.source_id for reading in readings]
    )
    fresh: list[ReadingRow] = []
    for reading in readings:
        earlier = known.get(reading.source_id)
        if earlier is None:
            service = services[reading.org_number, reading.service]
            row = await _new_reading(uow, service, source, reading)
            fresh.append(row)
            known[reading.source_id] = row
        elif not _says_the_same(earlier, reading):
            raise Problem(
                problems.READING_CONFLICT,
                f"{source} has reported reading {reading.source_id} with other content before; "
                "nothing of this batch was kept. Send a correction under a new id.",
                id=reading.source_id,
            )
    await repository.add_readings(uow.session, fresh)
    return Kept(accepted=len(fresh), already_known=len(readings) - len(fresh))


async def _hold_services(
    uow: UnitOfWork, readings: Sequence[Reading]
) -> dict[tuple[str, str], LiveService | None]:
    """The services a batch is about, held so that none of their periods closes meanwhile.

    They are taken in one order by everybody, so that two batches never wait for each other.
    """
    wanted = sorted({(reading.org_number, reading.service) for reading in readings})
    return {
        (org_number, service): await hold_reported(
            uow.session,
            await customers.scope_of_customer(uow, org_number),
            service,
            day_of(uow.now),
        )
        for org_number, service in wanted
    }


def _says_the_same(row: ReadingRow, reading: Reading) -> bool:
    return (row.org_number, row.service, row.level, row.period, row.good, row.total) == (
        reading.org_number,
        reading.service,
        reading.level,
        reading.period,
        reading.good,
        reading.total,
    )


async def _new_reading(
    uow: UnitOfWork, service: LiveService | None, source: str, reading: Reading
) -> ReadingRow:
    if service is None:
        raise Problem(
            problems.SERVICE_NOT_LIVE,
            f"Reading {reading.source_id}: {reading.service} is not in operation for "
            f"{reading.org_number}, so there is nothing to measure.",
            id=reading.source_id,
        )
    agreement = service.agreement
    await _check_period(uow, service, reading)
    await _check_level(uow, agreement, reading)
    return ReadingRow(
        id=new_id(),
        source=source,
        source_id=reading.source_id,
        agreement_id=agreement.id,
        org_number=reading.org_number,
        service=reading.service,
        level=reading.level,
        period=reading.period,
        good=reading.good,
        total=reading.total,
        recorded_at=uow.now,
    )


async def _check_level(uow: UnitOfWork, agreement: Agreement, reading: Reading) -> None:
    version = measuring_version(agreement, reading.service, Month.parse(reading.period))
    levels = await repository.levels_of_service(
        uow.session, agreement.id, version.number, reading.service
    )
    level = next((each for each in levels if each.key == reading.level), None)
    if level is None:
        raise Problem(
            problems.LEVEL_UNKNOWN,
            f"Reading {reading.source_id}: the agreement promises no level {reading.level} for "
            f"{reading.service} in {reading.period}. Use one of those under /levels.",
            id=reading.source_id,
        )
    if level.is_timed:
        raise Problem(
            problems.LEVEL_MEASURED_FROM_MATTERS,
            f"Reading {reading.source_id}: {reading.level} is measured from the clocks of the "
            "matters; a reading of it would have no effect.",
            id=reading.source_id,
        )


async def _check_period(uow: UnitOfWork, service: LiveService, reading: Reading) -> None:
    month = Month.parse(reading.period)
    days = service.agreement.days_of(reading.service)
    is_over_or_on = month <= Month.of(day_of(uow.now))
    if not (is_over_or_on and touches(days, month.first_day, month.last_day)):
        raise Problem(
            problems.PERIOD_NOT_MEASURED,
            f"Reading {reading.source_id}: {reading.service} went live on {service.live_on}; its "
            f"months in operation up to the present one are measured, {month} is not.",
            id=reading.source_id,
        )
    if await repository.is_closed(
        uow.session, service.agreement.id, reading.service, reading.period
    ):
        raise Problem(
            problems.PERIOD_CLOSED,
            f"Reading {reading.source_id}: {month} is closed and what it reported stays. "
            "Take the correction up in the tactical forum.",
            id=reading.source_id,
        )


@dataclass(frozen=True)
class AgreedLevel:
    """A level in force and whoever it is promised to today."""

    row: LevelRow
    holder: str


async def list_levels(
    uow: UnitOfWork, *, scope: Scope | None, service: str | None, after: str | None, limit: int
) -> list[AgreedLevel]:
    """A page of the levels in force for one customer, or for all."""
    today = day_of(uow.now)
    rows = await repository.list_levels(
        uow.session, scope=scope, today=today, service=service, after=after, limit=limit
    )
    agreements = await agreement_repository.loaded(uow.session, {row.agreement_id for row in rows})
    return [AgreedLevel(row, agreements[row.agreement_id].holder_on(today)) for row in rows]


async def list_periods(
    uow: UnitOfWork,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> list[repository.ClosedPeriod]:
    """A page of the closed periods of one customer, or of all, corrections among them."""
    return await repository.list_periods(
        uow.session,
        scope=scope,
        service=service,
        period=period,
        after=after,
        limit=limit,
    )
