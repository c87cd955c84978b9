"""A round of a clock as spans: what it counted, and everything that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.collab_model.calendars.domain import (
    NO_TIME,
    ONE_MINUTE,
    CalendarSpan,
    SpanKind,
)
from services.collab_model.clocks.legs import Leg
from services.collab_model.clocks.words import PRIORITIES_SV
from services.collab_model.matters.log import LogEntry, Place


class SpanState(StrEnum):
    """Why a clock moved or stood still for a while."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PAUSED = "paused"


@dataclass(frozen=True)
class Span:
    """A part of a clock's life, what it counted, and everything that decided it; in UTC.

    ``rule`` is the calendar's for open, closed and holiday, and the clock's for paused, which
    has no ``calendar``. ``calendar`` is ``signed`` with the number of the agreement's version,
    the key of a calendar with the number of its own, or ``own:`` with the service and key of a
    level that has hours of its own. ``cause`` is the event that made the
    clock run or stand still. ``minutes`` are the whole minutes that the round completed within
    the span, so the spans of a round sum exactly to its elapsed minutes.
    """

    start: datetime
    end: datetime
    state: SpanState
    minutes: int
    rule: str
    rule_sv: str
    calendar: str | None
    calendar_version: int | None
    cause: LogEntry
    target: timedelta | None
    place: Place

    @property
    def duration(self) -> timedelta:
        """How long it is by the wall clock."""
        return self.end - self.start

    @property
    def counted(self) -> timedelta:
        """The service time that it counted: all of it or nothing."""
        return self.duration if self.state is SpanState.OPEN else NO_TIME


_SHOWN = {
    SpanKind.OPEN: SpanState.OPEN,
    SpanKind.CLOSED: SpanState.CLOSED,
    SpanKind.HOLIDAY: SpanState.HOLIDAY,
}


def _parts(leg: Leg) -> Iterator[CalendarSpan]:
    """A leg as the calendar tells it, or as one part in which the clock stood still."""
    stretch = leg.stretch
    if stretch.start == stretch.end:
        return
    if stretch.counts:
        yield from leg.hours.spans(stretch.start, stretch.end)
        return
    where = stretch.place.service
    words = (
        (stretch.held.why, stretch.held.why_sv)
        if stretch.held is not None
        else (
            f"Nothing is promised for priority {stretch.priority.value} in {where}.",
            f"Inget är utlovat för prioriteten {PRIORITIES_SV[stretch.priority]} i {where}.",
        )
    )
    yield CalendarSpan(stretch.start, stretch.end, SpanKind.CLOSED, *words, version=0)


def spans_of(legs: tuple[Leg, ...]) -> Iterator[Span]:
    """A round without gaps, in parts that each have one rule and one event behind them."""
    counted = NO_TIME
    for leg in legs:
        stretch = leg.stretch
        for part in _parts(leg):
            before = counted // ONE_MINUTE
            if stretch.counts and part.kind is SpanKind.OPEN:
                counted += part.end - part.start
            yield Span(
                start=part.start,
                end=part.end,
                state=_SHOWN[part.kind] if stretch.counts else SpanState.PAUSED,
                minutes=counted // ONE_MINUTE - before,
                rule=part.rule,
                rule_sv=part.rule_sv,
                calendar=part.calendar if stretch.counts else None,
                calendar_version=part.version if stretch.counts else None,
                cause=stretch.cause,
                target=stretch.target,
                place=stretch.place,
            )
