"""Clocks: what one shows at an instant, and why (DOMAIN.md section 6).

A clock is computed from the log of its matter, the rule it follows, the service time and two
instants: as of when, and as known when. Nothing is counted in storage, so nothing can drift,
and late, corrected and retroactive events give the same answer as timely ones.

* Only open service time in which the clock ran counts, so a pause outside service hours
  changes nothing, and no pause is subtracted twice.
* **A service minute uses up one part in T of what is allowed, where T is the target in that
  minute.** When the target changes (another priority, another service), what was left of the
  old one in per cent is left of the new one: nothing is lost, and nothing breaches by the
  change itself. What is left is reckoned in whole microseconds, rounded down at each change.
* The deadline is the instant at which what is allowed is used up. An end at the deadline is
  in time; an instant later the round is breached, for good.
* While the clock stands still it has no deadline and is not breached. One that paused with
  nothing left is breached as soon as it runs again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import cached_property

from services.collab_model.calendars.domain import NO_TIME, ONE_MINUTE
from services.collab_model.clocks.legs import MICROSECOND, Leg, legs_of, used_up
from services.collab_model.clocks.rules import ClockRule, Terms
from services.collab_model.clocks.running import Round, RoundEnd, rounds_of
from services.collab_model.clocks.spans import Span, spans_of
from services.collab_model.matters.log import LogEntry, MatterEvent, MatterLog, Place
from services.contracts.values import Priority

_HUNDREDTH = Decimal("0.01")


class NotRaisedYet(ValueError):
    """The matter had not been raised at that instant, or was not known then."""


class ClockState(StrEnum):
    """What a clock shows."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"
    NOT_PROMISED = "not_promised"


@dataclass(frozen=True)
class RoundReading:
    """What one round of a clock shows.

    ``deadline`` is absent while a pause holds it back. ``outcome_at`` is when the round was
    decided: its end when it was met, its deadline when it was breached; absent while it is
    neither. ``rule``, ``priority`` and ``place`` are those it was decided under, or those that
    hold at the instant it was looked at.
    """

    number: int
    state: ClockState
    elapsed: timedelta
    deadline: datetime | None
    outcome_at: datetime | None
    rule: ClockRule
    target: timedelta | None
    priority: Priority
    place: Place
    ended_by: LogEntry | None
    legs: tuple[Leg, ...] = field(repr=False)

    @property
    def started_at(self) -> datetime:
        """When it began to count."""
        return self.legs[0].stretch.start

    @property
    def until(self) -> datetime:
        """When it ended, or when it was looked at."""
        return self.legs[-1].stretch.end

    @property
    def elapsed_minutes(self) -> int:
        """The whole service minutes that it counted."""
        return self.elapsed // ONE_MINUTE

    @property
    def left(self) -> timedelta | None:
        """What is left of the target; negative when more was used than allowed."""
        last = self.legs[-1]
        return None if last.left is None else last.left - last.elapsed

    @property
    def used_percent(self) -> Decimal | None:
        """How much of what is allowed was used, in per cent rounded down to two decimals."""
        basis, left = self.legs[-1].basis, self.left
        if basis is None or left is None:
            return None
        used = Decimal(100 * ((basis - left) // MICROSECOND)) / (basis // MICROSECOND)
        return used.quantize(_HUNDREDTH, rounding=ROUND_DOWN)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The round's life without gaps, as parts that explain what it counted."""
        return tuple(spans_of(self.legs))


@dataclass(frozen=True)
class ClockReading:
    """What one clock of a matter shows at an instant, round by round.

    What it shows as a whole is what its last round does; without a round it has not started.
    """

    rule: ClockRule
    rounds: tuple[RoundReading, ...]

    @property
    def last(self) -> RoundReading | None:
        """The round that is on, or was last."""
        return self.rounds[-1] if self.rounds else None

    @property
    def state(self) -> ClockState:
        """What it shows."""
        return self.last.state if self.last else ClockState.NOT_STARTED

    @property
    def elapsed(self) -> timedelta:
        """The service time it has counted since it last began from nought."""
        return self.last.elapsed if self.last else NO_TIME

    @property
    def elapsed_minutes(self) -> int:
        """The whole service minutes it has counted since then."""
        return self.elapsed // ONE_MINUTE

    @property
    def deadline(self) -> datetime | None:
        """When what is allowed is used up, unless something happens before."""
        return self.last.deadline if self.last else None

    @property
    def outcome_at(self) -> datetime | None:
        """When it was decided."""
        return self.last.outcome_at if self.last else None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans of its last round."""
        return self.last.spans if self.last else ()

    @property
    def breached(self) -> tuple[RoundReading, ...]:
        """The rounds that were breached."""
        return tuple(each for each in self.rounds if each.state is ClockState.BREACHED)

    @property
    def is_promised(self) -> bool:
        """Whether anything was ever promised that it could measure."""
        return any(each.state is not ClockState.NOT_PROMISED for each in self.rounds)


def read_clock(
    log: MatterLog,
    rule: ClockRule,
    terms: Terms,
    at: datetime,
    known_at: datetime | None = None,
) -> ClockReading:
    """What a clock shows: a pure function of what it is given.

    Args:
        log: of the matter, in both times.
        rule: what the clock measures.
        terms: under what.
        at: as of this instant; what happened later is left out.
        known_at: as was known at this instant; without it as the whole log tells.

    Raises:
        NotRaisedYet: the matter had not been raised at ``at``, or not been known of.
    """
    entries = log.as_known(known_at)
    if not entries or entries[0].at > at or entries[0].event is not MatterEvent.RAISED:
        raise NotRaisedYet("the matter had not been raised at that instant")
    rounds = rounds_of(entries, rule, terms, at)
    return ClockReading(rule, tuple(_read_round(each, terms) for each in rounds))


def _read_round(round_: Round, terms: Terms) -> RoundReading:
    legs = tuple(legs_of(round_.stretches, terms))
    deadline: datetime | None = None
    decided = legs[-1]
    for leg in legs:
        stretch = leg.stretch
        goes_on = leg is legs[-1]
        if leg.left is None or not stretch.counts or (leg.elapsed < leg.left and not goes_on):
            continue
        deadline = used_up(leg, leg.left)
        if deadline is not None and deadline < stretch.end:
            decided = leg
            break
        if not goes_on:
            deadline = None
    state, outcome_at = _state(round_, legs, deadline)
    at = decided.stretch
    return RoundReading(
        number=round_.number,
        state=state,
        elapsed=sum((leg.elapsed for leg in legs), start=NO_TIME),
        deadline=deadline,
        outcome_at=outcome_at,
        rule=at.rule,
        target=at.target,
        priority=at.priority,
        place=at.place,
        ended_by=round_.ended_by,
        legs=legs,
    )


def _state(
    round_: Round, legs: tuple[Leg, ...], deadline: datetime | None
) -> tuple[ClockState, datetime | None]:
    """What a round shows, and when it was decided if it was."""
    last = legs[-1].stretch
    if deadline is not None and round_.until > deadline:
        return ClockState.BREACHED, deadline
    if last.target is None:
        return ClockState.NOT_PROMISED, None
    if round_.end is RoundEnd.CANCELLED:
        return ClockState.CANCELLED, None
    if round_.end is not None:
        return ClockState.MET, round_.until
    return (ClockState.RUNNING if last.held is None else ClockState.PAUSED), None
