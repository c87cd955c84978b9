"""When a clock warns: at percentages of what is allowed, and at a breach.

Which warnings are true follows from the log as everything else does, so a warning that a late
event or a correction makes untrue can be told from one that still holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.collab_model.calendars.domain import NeverOpen, ServiceTime
from services.collab_model.clocks.domain import ClockReading, ClockState, RoundReading
from services.collab_model.clocks.legs import JUST_AFTER, MICROSECOND, Leg, used_up
from services.collab_model.clocks.rules import ClockRule
from services.collab_model.matters.log import Place

BREACH = 100
"""The percentage that stands for a breach."""


@dataclass(frozen=True)
class Warned:
    """A warning of a round: what was reached when, and when somebody is to be told.

    ``percent`` is 1 to 99, or 100 for a breach; ``place`` is where it was reached.
    """

    round: int
    percent: int
    reached_at: datetime
    due_at: datetime
    rule: ClockRule
    place: Place


def warnings_of(reading: ClockReading) -> tuple[Warned, ...]:
    """The warnings that a clock has come to, and those it comes to if it goes on as it does.

    Those that are due at or before the instant of the reading are true then. One that would be
    due only after its round has ended is of no use, and left out.
    """
    return tuple(warned for round_ in reading.rounds for warned in _of_round(round_))


def _of_round(round_: RoundReading) -> Iterator[Warned]:
    ended = round_.until if round_.ended_by is not None else None
    for percent, leg, reached in _reached(round_):
        due = reached if percent < BREACH else reached + JUST_AFTER
        if leg.stretch.rule.warn_in_service_hours_only:
            due = _next_open(leg.hours, due)
        if ended is None or due <= ended:
            stretch = leg.stretch
            yield Warned(round_.number, percent, reached, due, stretch.rule, stretch.place)


def _reached(round_: RoundReading) -> Iterator[tuple[int, Leg, datetime]]:
    seen: set[int] = set()
    for leg in round_.legs:
        if leg.left is None or leg.basis is None or not leg.stretch.counts:
            continue
        goes_on = leg is round_.legs[-1] and round_.ended_by is None
        for percent in leg.stretch.rule.warnings:
            # Whole microseconds, rounded down: a warning never comes too early.
            spare = leg.basis // MICROSECOND * (BREACH - percent) // BREACH * MICROSECOND
            if percent in seen or not (goes_on or leg.left - leg.elapsed <= spare):
                continue
            reached = used_up(leg, max(leg.left - spare, timedelta(0)))
            if reached is not None:
                seen.add(percent)
                yield percent, leg, reached
    deadline = round_.deadline
    if deadline is not None and round_.state in {ClockState.RUNNING, ClockState.BREACHED}:
        yield BREACH, _leg_at(round_, deadline), deadline


def _leg_at(round_: RoundReading, instant: datetime) -> Leg:
    """The leg in which something was used up."""
    return next(
        (leg for leg in round_.legs if leg.stretch.counts and instant < leg.stretch.end),
        round_.legs[-1],
    )


def _next_open(hours: ServiceTime, instant: datetime) -> datetime:
    """The first instant of service time that is not before another."""
    try:
        return hours.add_service_time(instant, MICROSECOND) - MICROSECOND
    except NeverOpen:
        return instant
