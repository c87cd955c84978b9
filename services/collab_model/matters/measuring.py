"""What the clocks of matters come to in a month."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.domain import ServiceCalendar
from services.collab_model.calendars.service import day_of
from services.collab_model.calendars.swedish_days import service_calendar
from services.collab_model.levels import repository as levels_repository
from services.collab_model.levels.domain import Level, Month, Tally
from services.collab_model.matters import repository
from services.collab_model.matters.domain import (
    ClockReading,
    ClockState,
    Log,
    Target,
    read_clock,
)
from services.contracts.values import Priority


def targets_among(levels: Sequence[Level], priority: Priority) -> list[tuple[Level, Target]]:
    """The levels that give a matter of a priority a clock, and what they allow it."""
    return [
        (level, Target(level.key, level.kind, level.target_minutes[priority]))
        for level in levels
        if level.is_timed and priority in level.target_minutes
    ]


async def tallies_of_month(
    uow: UnitOfWork, agreement: Agreement, service: str, month: Month
) -> dict[str, Tally]:
    """For each time level, how many clocks were decided in a month and how many in time.

    A clock is decided when it ends within target or when its deadline passes, so a matter
    counts once per level, in the month in which the promise was kept or broken, and by the
    version it was raised under. What is decided while the service is not in operation does
    not count.
    """
    start, end = month.starts_at(STOCKHOLM), month.ends_at(STOCKHOLM)
    alive = await repository.matters_alive_between(uow.session, agreement.id, service, start, end)
    logs = await repository.logs_of(uow.session, [matter.id for matter in alive])
    levels = {
        number: await levels_repository.levels_of_service(
            uow.session, agreement.id, number, service
        )
        for number in {matter.version for matter in alive}
    }
    good: dict[str, int] = {}
    total: dict[str, int] = {}
    for matter in alive:
        calendar = service_calendar(agreement.version(matter.version).service_hours)
        for level, target in targets_among(levels[matter.version], Priority(matter.priority)):
            clock = _decided(logs[matter.id], target, calendar, month)
            if clock is None or not _counts(agreement, service, clock):
                continue
            total[level.key] = total.get(level.key, 0) + 1
            good[level.key] = good.get(level.key, 0) + (clock.state is ClockState.MET)
    return {key: Tally(good[key], count) for key, count in total.items()}


def _counts(agreement: Agreement, service: str, clock: ClockReading) -> bool:
    decided_at = clock.outcome_at
    return decided_at is not None and agreement.is_live(service, day_of(decided_at))


def _decided(
    log: Log, target: Target, calendar: ServiceCalendar, month: Month
) -> ClockReading | None:
    """A clock that was decided in a month, as it stood at the month's end."""
    start, end = month.starts_at(STOCKHOLM), month.ends_at(STOCKHOLM)
    clock = read_clock(log, target, calendar, end)
    if clock.outcome_at is None or not start <= clock.outcome_at < end:
        return None
    return clock
