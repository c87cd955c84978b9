"""Ordinary office hours and the autumn of 2025, for clocks that are settled by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from services.collab_model.calendars.domain import ServiceTime
from services.collab_model.calendars.holiday_facts import signed_rules
from services.collab_model.clocks.domain import ClockReading, read_clock
from services.collab_model.clocks.rules import ClockRule, Terms
from services.collab_model.clocks.spans import SpanState
from services.collab_model.matters.log import MatterLog
from services.contracts.values import ServiceHours

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = ServiceTime.of(signed_rules(ServiceHours()))
"""08:00 to 16:30 on Swedish working days."""


def at(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 10) -> datetime:
    """A wall time in autumn 2025; 20 October is a Monday, the clocks go back on the 26th."""
    return datetime(2025, month, day, hour, minute, second, tzinfo=STOCKHOLM)


def read(
    log: MatterLog, rule: ClockRule, now: datetime, known_at: datetime | None = None
) -> ClockReading:
    """What a clock shows that runs in office hours."""
    return read_clock(log, rule, Terms(OFFICE), now, known_at)


def minutes(clock: ClockReading) -> list[tuple[SpanState, int]]:
    """The spans of a clock, and the minutes that each counted."""
    return [(span.state, span.minutes) for span in clock.spans]
