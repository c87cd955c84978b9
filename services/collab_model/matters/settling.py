"""Bringing what a matter has led to in line with its log: status, timers, breaches, warnings.

Everything here compares what is true now with what was told before, so it does the same
whoever comes first: the timer, a late event, a correction or a change of calendar. What was
told and is not true any more is withdrawn, and stays to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import warning_service
from services.collab_model.clocks.domain import (
    ClockReading,
    ClockState,
    RoundReading,
    read_clock,
)
from services.collab_model.clocks.legs import JUST_AFTER
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.source import TermsSource
from services.collab_model.clocks.terms import KINDS
from services.collab_model.levels import repository as levels
from services.collab_model.levels.domain import Closing, Month
from services.collab_model.matters import repository
from services.collab_model.matters.counting import clocks_at_closings, counted_by
from services.collab_model.matters.domain import MatterState, places_of, state_of
from services.collab_model.matters.log import MatterLog
from services.collab_model.tables import BreachRow, MatterRow
from services.contracts import collab_model as contracts
from services.contracts.collab_model import (
    LevelBreached,
    LevelBreachWithdrawn,
    MatterChanged,
    MatterResolved,
)
from services.contracts.values import MatterKind, Priority

LEVEL_DEADLINE = "level_deadline"
"""Timer: a clock of a matter has passed its deadline."""


@dataclass(frozen=True)
class NamedReading:
    """What a clock of a matter shows, and what the clock is called there."""

    key: str
    clock: ClockReading


async def read_clocks(
    source: TermsSource, log: MatterLog, at: datetime, known_at: datetime | None = None
) -> list[NamedReading]:
    """What every clock of a matter shows that has begun and was promised anything."""
    found = []
    for clock in await source.clocks(log.as_known(known_at)):
        reading = read_clock(log, clock.rule, clock.terms, at, known_at)
        if reading.is_promised:
            found.append(NamedReading(clock.key, reading))
    return found


async def settle(
    uow: UnitOfWork,
    agreement: Agreement,
    matter: MatterRow,
    log: MatterLog,
    because: str,
    source: TermsSource | None = None,
) -> list[NamedReading]:
    """Bring everything in line with what the log says; the matter must be held.

    Args:
        uow: the unit of work.
        agreement: the matter's.
        matter: the matter.
        log: its log.
        because: what has happened, for what is withdrawn by it.
        source: the terms of the agreement's matters, where they have been gathered.

    Returns:
        What the matter's clocks show.
    """
    now = max(uow.now, log.last.recorded_at)
    _follow_log(uow, matter, log)
    source = source or TermsSource(uow, agreement)
    readings = await read_clocks(source, log, now)
    await _set_deadlines(uow, matter, readings)
    true = await _true_breaches(uow, agreement, readings, log, source)
    await _settle_breaches(uow, matter, true, log, because)
    await warning_service.settle(
        uow,
        matter,
        [(reading.key, reading.clock) for reading in readings],
        agreement,
        now=now,
        version=log.last.sequence,
        because=because,
    )
    return readings


def _follow_log(uow: UnitOfWork, matter: MatterRow, log: MatterLog) -> None:
    """Repeat in the matter's row what its log says, and tell what others do not know yet."""
    before = _told(matter)
    state = state_of(log.as_known())
    was_resolved = matter.resolved_at is not None
    _repeat(matter, state)
    if _told(matter) == before:
        return
    if matter.resolved_at is not None and not was_resolved:
        uow.record(
            MatterResolved(
                matter_id=matter.id,
                org_number=matter.org_number,
                agreement_id=matter.agreement_id,
                service=matter.service,
                priority=state.priority,
                resolved_at=matter.resolved_at,
            ),
            version=log.last.sequence,
        )
        before = (*before[:3], *_told(matter)[3:])  # that it is resolved has been told
    if _told(matter) != before:
        uow.record(
            MatterChanged(
                matter_id=matter.id,
                org_number=matter.org_number,
                agreement_id=matter.agreement_id,
                service=matter.service,
                kind=MatterKind(matter.kind),
                priority=state.priority,
                status=contracts.MatterStatus(state.status.value),
                raised_at=matter.raised_at,
                resolved_at=matter.resolved_at,
                changed_at=uow.now,
            ),
            version=log.last.sequence,
        )


def _told(matter: MatterRow) -> tuple[object, ...]:
    """What the other services are told of a matter."""
    return (matter.service, matter.priority, matter.raised_at, matter.resolved_at, matter.status)


def _repeat(matter: MatterRow, state: MatterState) -> None:
    matter.status = state.status.value
    matter.service, matter.version = state.place.service, state.place.version
    matter.priority = state.priority.value
    matter.raised_at = state.raised_at
    matter.resolved_at, matter.ended_at = state.resolved_at, state.ended_at


async def _set_deadlines(
    uow: UnitOfWork, matter: MatterRow, readings: Sequence[NamedReading]
) -> None:
    for reading in readings:
        clock = reading.clock
        if clock.rule.beneath is not Beneath.CUSTOMER:
            continue
        key = f"{matter.id}:{reading.key}"
        if clock.state is ClockState.RUNNING and clock.deadline is not None:
            await uow.set_timer(
                LEVEL_DEADLINE, key, clock.deadline + JUST_AFTER, {"matter_id": matter.id}
            )
        else:
            await uow.cancel_timer(LEVEL_DEADLINE, key)


def is_measured(agreement: Agreement, round_: RoundReading) -> bool:
    """Whether a round was decided while its service was in operation.

    After its last day, or before a go-live that was taken back, nothing is measured.
    """
    decided_at = round_.outcome_at
    return decided_at is not None and agreement.is_live(round_.place.service, day_of(decided_at))


_Breaches = dict[tuple[str, int], RoundReading]
"""The rounds that are breached, by clock and number."""


async def _true_breaches(
    uow: UnitOfWork,
    agreement: Agreement,
    readings: Sequence[NamedReading],
    log: MatterLog,
    source: TermsSource,
) -> _Breaches:
    """The breaches of what the customer was promised.

    Those that closed months have counted are as they were counted, whatever has become known
    of calendars since; the others are as the clocks show them now.
    """
    closings = await _closings_before_a_change(uow, agreement, log, source)
    then = await clocks_at_closings(source, log.as_known(), closings)
    true: _Breaches = {}
    for reading in readings:
        if reading.clock.rule.beneath is not Beneath.CUSTOMER:
            continue
        counted, closed = counted_by(log, closings, then.get(reading.key, {}))
        since = [each for each in reading.clock.rounds if not counted.has(each)]
        for round_ in (*(each.round for each in closed), *since):
            if round_.state is ClockState.BREACHED and is_measured(agreement, round_):
                true[reading.key, round_.number] = round_
    return true


async def _closings_before_a_change(
    uow: UnitOfWork, agreement: Agreement, log: MatterLog, source: TermsSource
) -> list[Closing]:
    """The closings of a matter's months, if a calendar has changed since one of them."""
    entries = log.as_known()
    services = {place.service for place in places_of(entries)}
    raised = Month.of(day_of(entries[0].at))
    closings = await levels.closings_of(uow.session, agreement.id, services, raised)
    changed = [await source.changed_since(closing.closed_at) for closing in closings]
    return closings if any(changed) else []


async def _settle_breaches(
    uow: UnitOfWork, matter: MatterRow, true: _Breaches, log: MatterLog, because: str
) -> None:
    """Record what is breached, and withdraw what turned out not to be.

    A round that is breached at another instant, or by another level, is another breach.
    """
    numbers: dict[tuple[str, int], int] = {}
    standing: set[tuple[str, int]] = set()
    for row in await repository.breaches_of(uow.session, matter.id):
        key = (row.clock, row.round)
        numbers[key] = row.number
        if row.withdrawn_at is not None:
            continue
        now_true = true.get(key)
        if now_true is not None and _is_same(row, now_true):
            standing.add(key)
        else:
            _withdraw(uow, matter, row, because, version=log.last.sequence)
    for key, round_ in true.items():
        if key not in standing:
            number = numbers.get(key, 0) + 1
            await _record_breach(uow, matter, key, number, round_, version=log.last.sequence)


def _is_same(row: BreachRow, round_: RoundReading) -> bool:
    return (row.breached_at, row.level_id) == (round_.outcome_at, round_.rule.id)


def _withdraw(
    uow: UnitOfWork, matter: MatterRow, row: BreachRow, because: str, *, version: int
) -> None:
    row.withdrawn_at = uow.recorded_at
    uow.record(
        LevelBreachWithdrawn(
            breach_id=row.id,
            matter_id=matter.id,
            org_number=matter.org_number,
            agreement_id=matter.agreement_id,
            service=row.service,
            level=row.level,
            breached_at=row.breached_at,
            withdrawn_at=row.withdrawn_at,
            reason=because,
        ),
        version=version,
    )


async def _record_breach(
    uow: UnitOfWork,
    matter: MatterRow,
    key: tuple[str, int],
    number: int,
    round_: RoundReading,
    *,
    version: int,
) -> None:
    if round_.outcome_at is None or round_.target is None:
        return
    clock, round_number = key
    breach = BreachRow(
        id=new_id(),
        matter_id=matter.id,
        level_id=round_.rule.id,
        agreement_id=matter.agreement_id,
        service=round_.place.service,
        level=round_.rule.key,
        clock=clock,
        round=round_number,
        number=number,
        priority=round_.priority.value,
        target_minutes=round_.rule.targets[round_.priority],
        breached_at=round_.outcome_at,
        recorded_at=uow.recorded_at,
        withdrawn_at=None,
    )
    await repository.add_breach(uow.session, breach)
    uow.record(
        LevelBreached(
            breach_id=breach.id,
            matter_id=matter.id,
            org_number=matter.org_number,
            agreement_id=matter.agreement_id,
            service=breach.service,
            level=breach.level,
            kind=KINDS[round_.rule.measure],
            priority=Priority(breach.priority),
            target_minutes=breach.target_minutes,
            breached_at=breach.breached_at,
            round=round_number,
        ),
        version=version,
    )
