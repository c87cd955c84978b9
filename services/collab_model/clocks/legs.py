"""What was left of a target at every turn of a round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.collab_model.calendars.domain import (
    NO_TIME,
    ONE_MINUTE,
    NeverOpen,
    ServiceTime,
)
from services.collab_model.clocks.rules import Terms
from services.collab_model.clocks.running import Stretch

MICROSECOND = timedelta(microseconds=1)
JUST_AFTER = MICROSECOND
"""A deadline is kept up to and including its instant; this is how long after it a clock
is first breached (the resolution of every instant here)."""


@dataclass(frozen=True)
class Leg:
    """A stretch of a round, and what was left of what is allowed when it began.

    ``left`` is in terms of the target ``basis``; both are None until something is promised.
    ``elapsed`` is the service time that it counted.
    """

    stretch: Stretch
    basis: timedelta | None
    left: timedelta | None
    elapsed: timedelta
    hours: ServiceTime


def carried_over(left: timedelta, before: timedelta, after: timedelta) -> timedelta:
    """What is left of a new target when so much was left of the one before it.

    The same share, in whole microseconds rounded down.
    """
    return (left // MICROSECOND * (after // ONE_MINUTE) // (before // ONE_MINUTE)) * MICROSECOND


def legs_of(stretches: tuple[Stretch, ...], terms: Terms) -> Iterator[Leg]:
    """The stretches of a round with what was left when each began.

    A round begins where something is first promised.
    """
    basis: timedelta | None = None
    left: timedelta | None = None
    promised = any(each.target is not None for each in stretches)
    for stretch in stretches:
        if basis is None and stretch.target is None and promised:
            continue
        if stretch.target is not None and stretch.target != basis:
            if left is None or basis is None:
                left = stretch.target
            else:
                left = carried_over(left, basis, stretch.target)
            basis = stretch.target
        hours = terms.hours_of(stretch.rule)
        elapsed = NO_TIME
        if stretch.counts:
            elapsed = hours.service_time_between(stretch.start, stretch.end)
        yield Leg(stretch, basis, left, elapsed, hours)
        if left is not None:
            left -= elapsed


def used_up(leg: Leg, amount: timedelta) -> datetime | None:
    """When so much service time has passed since a leg began; None when it never will."""
    try:
        return leg.hours.add_service_time(leg.stretch.start, amount)
    except NeverOpen:
        return None
