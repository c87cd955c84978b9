"""What closed months have counted of a matter's clocks, so that each outcome counts once.

A month is closed by what is known of calendars then, and stays as it was reported. A calendar
that is changed backwards afterwards may tell otherwise when a clock was decided. So what a
closed month has counted is counted for good, and what it has not counts in the first month that
is closed after it became known (DOMAIN.md section 6: a calendar edit rewrites no history).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.chassis.clock import STOCKHOLM
from services.collab_model.calendars.service import day_of
from services.collab_model.clocks.domain import (
    ClockReading,
    ClockState,
    NotRaisedYet,
    RoundReading,
    read_clock,
)
from services.collab_model.clocks.source import TermsSource
from services.collab_model.clocks.terms import Clock
from services.collab_model.levels.domain import Closing, Month
from services.collab_model.matters.log import LogEntry, MatterLog

_FOR_GOOD = datetime.max.replace(tzinfo=UTC)
_NOT_YET = datetime.min.replace(tzinfo=UTC)


@dataclass
class Counted:
    """What closed months have counted of one clock."""

    _through: dict[int, datetime] = field(default_factory=dict)
    """By round, the instant up to which it has been counted."""

    def has(self, round_: RoundReading) -> bool:
        """Whether the outcome of a round has been counted.

        A round that was breached is decided for good; one that was met is decided up to its
        end, after which it may be reopened.
        """
        decided_at = round_.outcome_at
        return decided_at is not None and decided_at <= self._through.get(round_.number, _NOT_YET)

    def add(self, round_: RoundReading) -> None:
        """Count the outcome of a round."""
        breached = round_.state is ClockState.BREACHED
        self._through[round_.number] = _FOR_GOOD if breached else round_.outcome_at or _NOT_YET


@dataclass(frozen=True)
class CountedRound:
    """A round of a clock as a closed month counted it."""

    closing: Closing
    round: RoundReading


def counting_in(
    reading: ClockReading, service: str, month: Month, closed: Collection[Month], counted: Counted
) -> Iterator[RoundReading]:
    """The rounds of a clock that count in a month of a service.

    Args:
        reading: what the clock shows at the end of the month.
        service: the service.
        month: the month.
        closed: the months of the service that were closed before it.
        counted: what they have counted of the clock.
    """
    for round_ in reading.rounds:
        if round_.outcome_at is None or round_.place.service != service or counted.has(round_):
            continue
        decided = Month.of(day_of(round_.outcome_at))
        if decided == month or (decided < month and decided in closed):
            yield round_


def counted_by(
    log: MatterLog,
    closings: Sequence[Closing],
    clocks: Mapping[Closing, Clock],
    known_at: datetime | None = None,
) -> tuple[Counted, list[CountedRound]]:
    """What closings have counted of a clock, and the rounds as they did.

    Args:
        log: of the matter, with what has become known of it since.
        closings: in the order of their months.
        clocks: the clock, under what was known of calendars at each closing.
        known_at: only what was known of the matter at this instant counts; absent: all of it.
    """
    counted = Counted()
    rounds: list[CountedRound] = []
    closed: dict[str, set[Month]] = {}
    for closing in closings:
        before = closed.setdefault(closing.service, set())
        clock = clocks[closing]
        try:
            end = closing.month.ends_at(STOCKHOLM)
            reading = read_clock(log, clock.rule, clock.terms, end, known_at)
        except NotRaisedYet:
            reading = ClockReading(clock.rule, ())
        for round_ in list(counting_in(reading, closing.service, closing.month, before, counted)):
            counted.add(round_)
            rounds.append(CountedRound(closing, round_))
        before.add(closing.month)
    return counted, rounds


async def clocks_at_closings(
    source: TermsSource, entries: Sequence[LogEntry], closings: Iterable[Closing]
) -> dict[str, dict[Closing, Clock]]:
    """The clocks of a matter under what was known of calendars at closings, by their names.

    Args:
        source: of the terms of its agreement.
        entries: the lines of its log that hold.
        closings: of its services.
    """
    found: dict[str, dict[Closing, Clock]] = {}
    for closing in closings:
        for clock in await (await source.as_known(closing.closed_at)).clocks(entries):
            found.setdefault(clock.key, {})[closing] = clock
    return found
