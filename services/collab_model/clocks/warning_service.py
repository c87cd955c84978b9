"""Warnings of clocks: given once in effect, by durable timers, and withdrawn when untrue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from services.chassis.identity import Actor
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.agreements.domain import Agreement
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks import repository
from services.collab_model.clocks.domain import ClockReading
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.warnings import Warned, warnings_of
from services.collab_model.tables import ClockWarningRow, MatterRow
from services.contracts.collab_model import ClockWarned, ClockWarningWithdrawn
from services.contracts.succession import Scope

CLOCK_WARNING = "clock_warning"
"""Timer: a clock comes to its next warning; its key is the matter's and the clock's."""

_Key = tuple[str, int, int]
"""A clock's name in its matter, the round, the percentage."""


async def settle(
    uow: UnitOfWork,
    matter: MatterRow,
    readings: Sequence[tuple[str, ClockReading]],
    agreement: Agreement,
    *,
    now: datetime,
    version: int,
    because: str,
) -> None:
    """Give the warnings that have become true, withdraw those that are not, time the next.

    A warning that was withdrawn and becomes true again is given again. Nobody is warned of
    what is reached while the service is not in operation, where nothing is measured.
    """
    true: dict[_Key, tuple[Warned, Beneath]] = {}
    for key, reading in readings:
        warnings = warnings_of(reading)
        await _time_next(uow, matter, key, [each for each in warnings if each.due_at > now])
        for warned in warnings:
            live = agreement.is_live(warned.place.service, day_of(warned.reached_at))
            if warned.due_at <= now and live:
                true[key, warned.round, warned.percent] = warned, reading.rule.beneath
    numbers: dict[_Key, int] = {}
    standing: set[_Key] = set()
    for row in await repository.warnings_of(uow.session, matter.id):
        named = (row.clock, row.round, row.percent)
        numbers[named] = row.number
        if row.is_withdrawn:
            continue
        if named in true:
            standing.add(named)
        else:
            _withdraw(uow, row, because, version=version)
    for named, (warned, beneath) in true.items():
        if named not in standing:
            number = numbers.get(named, 0) + 1
            await _give(uow, matter, named[0], number, warned, beneath, version=version)


async def _time_next(
    uow: UnitOfWork, matter: MatterRow, clock: str, coming: Sequence[Warned]
) -> None:
    """Have the next warning of a clock given when it is due."""
    timer = f"{matter.id}:{clock}"
    if not coming:
        await uow.cancel_timer(CLOCK_WARNING, timer)
        return
    due_at = min(each.due_at for each in coming)
    await uow.set_timer(CLOCK_WARNING, timer, due_at, {"matter_id": matter.id})


async def _give(
    uow: UnitOfWork,
    matter: MatterRow,
    clock: str,
    number: int,
    warned: Warned,
    beneath: Beneath,
    *,
    version: int,
) -> None:
    row = ClockWarningRow(
        id=new_id(),
        matter_id=matter.id,
        org_number=matter.org_number,
        agreement_id=matter.agreement_id,
        service=matter.service,
        clock=clock,
        beneath=beneath.value,
        level=warned.rule.key,
        round=warned.round,
        percent=warned.percent,
        number=number,
        reached_at=warned.reached_at,
        given_at=uow.recorded_at,
        is_withdrawn=False,
        withdrawn_at=None,
        withdrawn_because="",
    )
    await repository.add_warning(uow.session, row)
    uow.record(
        ClockWarned(
            warning_id=row.id,
            matter_id=row.matter_id,
            org_number=row.org_number,
            agreement_id=row.agreement_id,
            service=row.service,
            clock=clock,
            beneath=row.beneath,
            level=row.level,
            round=row.round,
            percent=row.percent,
            reached_at=row.reached_at,
        ),
        version=version,
    )


def _withdraw(uow: UnitOfWork, row: ClockWarningRow, because: str, *, version: int) -> None:
    row.is_withdrawn = True
    row.withdrawn_at = uow.recorded_at
    row.withdrawn_because = because
    uow.record(
        ClockWarningWithdrawn(
            warning_id=row.id,
            matter_id=row.matter_id,
            org_number=row.org_number,
            agreement_id=row.agreement_id,
            service=row.service,
            clock=row.clock,
            level=row.level,
            percent=row.percent,
            withdrawn_at=row.withdrawn_at,
            reason=because,
        ),
        version=version,
    )


def seen_by(actor: Actor) -> Collection[Beneath]:
    """Whose clocks somebody sees: an agency those of what it was promised, staff all."""
    return tuple(Beneath) if actor.is_staff else (Beneath.CUSTOMER,)


async def list_warnings(
    uow: UnitOfWork,
    actor: Actor,
    *,
    scope: Scope | None,
    matter_id: str | None,
    withdrawn: bool | None,
    known_at: datetime,
    after: str | None,
    limit: int,
) -> Sequence[ClockWarningRow]:
    """A page of the warnings that somebody sees, as known at an instant."""
    return await repository.list_warnings(
        uow.session,
        scope=scope,
        beneath=seen_by(actor),
        matter_id=matter_id,
        withdrawn=withdrawn,
        known_at=known_at,
        after=after,
        limit=limit,
    )
