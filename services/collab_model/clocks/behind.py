"""The calendars that a clock was reckoned on, as whoever reads its explanation knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.clock import STOCKHOLM
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.calendars import repository
from services.collab_model.calendars.domain import SIGNED_HOURS, Segment
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks.domain import ClockReading
from services.collab_model.clocks.rules import Beneath, ClockRule
from services.collab_model.clocks.source import OWN_HOURS
from services.collab_model.clocks.telling import Told
from services.collab_model.tables import CalendarOverrideRow


@dataclass(frozen=True)
class CalendarBehind:
    """A version of a calendar, or of the hours in an agreement or of a level.

    ``holds_from`` is absent for what has held from the beginning, ``recorded_at`` for hours of
    a level's own. ``reason`` is given for calendars.
    """

    calendar: str
    version: int
    name: Told
    zone: str
    holds_from: date | None
    recorded_at: datetime | None
    reason: str | None


@dataclass(frozen=True)
class Behind:
    """What of calendars stands behind a clock: their versions, and overrides for the agreement."""

    calendars: Sequence[CalendarBehind]
    overrides: Sequence[CalendarOverrideRow]


async def what_is_behind(
    uow: UnitOfWork, agreement_id: str, clock: ClockReading, known_at: datetime
) -> Behind:
    """The versions whose rules stand in a clock's spans, in their order, and the overrides.

    Args:
        uow: the unit of work.
        agreement_id: whose calendar it was reckoned on.
        clock: what the clock shows.
        known_at: as known at this instant.
    """
    spans = [span for round_ in clock.rounds for span in round_.spans]
    used = [
        (span.calendar, span.calendar_version)
        for span in spans
        if span.calendar is not None and span.calendar_version is not None
    ]
    segments = {
        (segment.calendar, segment.version): (segment, rule) for segment, rule in _segments(clock)
    }
    calendars = [
        await _behind(uow, agreement_id, *segments[named]) for named in dict.fromkeys(used)
    ]
    if all(each.calendar.startswith(OWN_HOURS) for each in calendars):
        return Behind(calendars, ())
    latest = {
        row.day: row
        for row in await repository.overrides_of(uow.session, agreement_id)
        if row.recorded_at <= known_at
    }
    first, last = day_of(spans[0].start), day_of(spans[-1].end)
    overrides = [
        row for day, row in sorted(latest.items()) if first <= day <= last and not row.withdrawn
    ]
    return Behind(calendars, overrides)


def _segments(clock: ClockReading) -> Iterator[tuple[Segment, ClockRule]]:
    for round_ in clock.rounds:
        for leg in round_.legs:
            for segment in leg.hours.segments:
                yield segment, leg.stretch.rule


async def _behind(
    uow: UnitOfWork, agreement_id: str, segment: Segment, rule: ClockRule
) -> CalendarBehind:
    zone = segment.rules.zone.key
    elsewhere = "" if zone == STOCKHOLM.key else f" ({zone})"
    number = segment.version
    if segment.calendar.startswith(OWN_HOURS):
        supplier = rule.beneath is Beneath.SUPPLIER
        whose, whose_sv = ("supplier", "leverantörens") if supplier else ("team", "teamets")
        name = Told(
            f"the {whose}'s own hours ({rule.counterpart}){elsewhere}",
            f"{whose_sv} egen tid ({rule.counterpart}){elsewhere}",
        )
        return CalendarBehind(segment.calendar, number, name, zone, None, None, None)
    if segment.calendar == SIGNED_HOURS:
        signed = await repository.signed_version(uow.session, agreement_id, number)
        name = Told(
            f"the service hours in version {number} of the agreement{elsewhere}",
            f"servicetiden i version {number} av överenskommelsen{elsewhere}",
        )
        return CalendarBehind(
            SIGNED_HOURS, number, name, zone, signed.holds_from, signed.recorded_at, None
        )
    calendar, version = await repository.registered_version(uow.session, segment.calendar, number)
    name = Told(
        f"version {number} of the calendar {calendar.name}{elsewhere}",
        f"version {number} av kalendern {calendar.name_sv}{elsewhere}",
    )
    return CalendarBehind(
        calendar.key, number, name, zone, version.holds_from, version.recorded_at, version.reason
    )
