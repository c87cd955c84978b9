"""Levels: set up from the signed agreement, read, and closed month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.clock import STOCKHOLM
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model import problems
from services.collab_model.agreements import repository as agreements
from services.collab_model.calendars.service import day_of
from services.collab_model.levels import repository
from services.collab_model.levels.domain import (
    Month,
    Outcome,
    Tally,
    all_met,
    is_whole_month,
    outcome_of,
)
from services.collab_model.matters import service as matters
from services.collab_model.tables import (
    AgreementServiceRow,
    LevelRow,
    PeriodResultRow,
    PeriodRow,
    ReadingRow,
)
from services.contracts.collab_model import LevelResult, PeriodClosed
from services.contracts.onboarding import AgreementSigned

CLOSE_PERIOD = "close_period"
"""Timer: the month of a service closes; its key is the service's identifier."""


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
    """Keep the levels of a signed agreement as they were signed."""
    await repository.add_levels(
        uow.session,
        [
            LevelRow(
                id=new_id(),
                agreement_id=signed.agreement_id,
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


async def begin_measuring(uow: UnitOfWork, service_id: str, live_on: date) -> None:
    """Let the month a service went live in be the first one that closes."""
    await _close_later(uow, service_id, Month.of(live_on))


async def _close_later(uow: UnitOfWork, service_id: str, month: Month) -> None:
    await uow.set_timer(
        CLOSE_PERIOD, service_id, month.closes_at(STOCKHOLM), {"period": str(month)}
    )


async def close_period(uow: UnitOfWork, service_id: str, month: Month) -> None:
    """Close a month of a service and have the next one close in its time.

    A month that is closed already stays as it is.
    """
    service = await agreements.get_service_locked(uow.session, service_id)
    if not await repository.is_closed(uow.session, service, str(month)):
        outcomes = await _outcomes(uow, service, month)
        await _keep_period(uow, service, month, outcomes)
    await _close_later(uow, service_id, month.next)


async def _outcomes(uow: UnitOfWork, service: AgreementServiceRow, month: Month) -> list[Outcome]:
    levels = await repository.levels_of_service(uow.session, service.agreement_id, service.service)
    timed = await matters.tallies_of_month(uow, service, levels, month)
    read = await repository.tallies(uow.session, service.agreement_id, service.service, str(month))
    return [
        outcome_of(level, (timed if level.is_timed else read).get(level.key, Tally()))
        for level in levels
    ]


async def _keep_period(
    uow: UnitOfWork, service: AgreementServiceRow, month: Month, outcomes: Sequence[Outcome]
) -> None:
    # A service whose months are closed has gone live.
    whole_month = service.live_on is not None and is_whole_month(month, service.live_on)
    period = PeriodRow(
        id=new_id(),
        agreement_id=service.agreement_id,
        org_number=service.org_number,
        service=service.service,
        period=str(month),
        whole_month=whole_month,
        met=all_met(outcomes),
        closed_at=uow.now,
    )
    results = [
        PeriodResultRow(
            id=new_id(),
            period_id=period.id,
            level_id=outcome.level.id,
            position=position,
            level=outcome.level.key,
            required_share_percent=outcome.level.required_share_percent,
            outcome_percent=outcome.outcome_percent,
            measured=outcome.measured,
            met=outcome.met,
        )
        for position, outcome in enumerate(outcomes, start=1)
    ]
    await repository.add_period(uow.session, period, results)
    uow.record(
        PeriodClosed(
            agreement_id=period.agreement_id,
            org_number=period.org_number,
            service=period.service,
            period=period.period,
            whole_month=period.whole_month,
            results=tuple(
                LevelResult(
                    level=outcome.level.key,
                    required_share_percent=outcome.level.required_share_percent,
                    outcome_percent=outcome.outcome_percent,
                    measured=outcome.measured,
                    met=outcome.met,
                )
                for outcome in outcomes
            ),
            met=period.met,
        ),
        # The agreement's set-up was version 1; its closings follow it.
        version=1 + await repository.count_periods(uow.session, period.agreement_id),
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
) -> dict[tuple[str, str], AgreementServiceRow | None]:
    """The services a batch is about, held so that none of their periods closes meanwhile.

    They are taken in one order by everybody, so that two batches never wait for each other.
    """
    wanted = sorted({(reading.org_number, reading.service) for reading in readings})
    return {
        (org_number, service): await agreements.find_live_service(
            uow.session, org_number, service, day_of(uow.now), lock=True
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
    uow: UnitOfWork, service: AgreementServiceRow | None, source: str, reading: Reading
) -> ReadingRow:
    if service is None or service.live_on is None:
        raise Problem(
            problems.SERVICE_NOT_LIVE,
            f"Reading {reading.source_id}: {reading.service} is not in operation for "
            f"{reading.org_number}, so there is nothing to measure yet.",
            id=reading.source_id,
        )
    await _check_level(uow, service, reading)
    await _check_period(uow, service, reading, service.live_on)
    return ReadingRow(
        id=new_id(),
        source=source,
        source_id=reading.source_id,
        agreement_id=service.agreement_id,
        org_number=reading.org_number,
        service=reading.service,
        level=reading.level,
        period=reading.period,
        good=reading.good,
        total=reading.total,
        recorded_at=uow.now,
    )


async def _check_level(uow: UnitOfWork, service: AgreementServiceRow, reading: Reading) -> None:
    levels = await repository.levels_of_service(uow.session, service.agreement_id, service.service)
    level = next((each for each in levels if each.key == reading.level), None)
    if level is None:
        raise Problem(
            problems.LEVEL_UNKNOWN,
            f"Reading {reading.source_id}: the agreement promises no level {reading.level} for "
            f"{reading.service}. Use one of those under /levels.",
            id=reading.source_id,
        )
    if level.is_timed:
        raise Problem(
            problems.LEVEL_MEASURED_FROM_MATTERS,
            f"Reading {reading.source_id}: {reading.level} is measured from the clocks of the "
            "matters; a reading of it would have no effect.",
            id=reading.source_id,
        )


async def _check_period(
    uow: UnitOfWork, service: AgreementServiceRow, reading: Reading, live_on: date
) -> None:
    month = Month.parse(reading.period)
    if not Month.of(live_on) <= month <= Month.of(day_of(uow.now)):
        raise Problem(
            problems.PERIOD_NOT_MEASURED,
            f"Reading {reading.source_id}: {reading.service} went live on {live_on}; its months "
            f"from then up to the present one are measured, {month} is not.",
            id=reading.source_id,
        )
    if await repository.is_closed(uow.session, service, reading.period):
        raise Problem(
            problems.PERIOD_CLOSED,
            f"Reading {reading.source_id}: {month} is closed and what it reported stays. "
            "Take the correction up in the tactical forum.",
            id=reading.source_id,
        )


async def list_levels(
    uow: UnitOfWork, *, org_number: str | None, service: str | None, after: str | None, limit: int
) -> Sequence[LevelRow]:
    """A page of the levels of one customer, or of all."""
    return await repository.list_levels(
        uow.session, org_number=org_number, service=service, after=after, limit=limit
    )


async def list_periods(
    uow: UnitOfWork,
    *,
    org_number: str | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> list[repository.ClosedPeriod]:
    """A page of the closed periods of one customer, or of all."""
    return await repository.list_periods(
        uow.session,
        org_number=org_number,
        service=service,
        period=period,
        after=after,
        limit=limit,
    )
