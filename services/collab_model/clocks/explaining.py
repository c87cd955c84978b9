"""A clock explained, so that a customer and a service owner can settle a dispute from it.

Everything that the clock's answer rests on stands in the explanation: each span with the rule
that decided it, the calendar's version and the event behind it; what each kind of span sums
to; the steps from the target to the deadline; the conditions; and every line of the log, also
those that were corrected. ``telling`` puts it into words. The same log, rules and instants
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.collab_model.calendars.domain import NO_TIME
from services.collab_model.clocks.domain import RoundReading
from services.collab_model.clocks.spans import Span, SpanState
from services.collab_model.matters.log import LogEntry


@dataclass(frozen=True)
class Sums:
    """What the spans of a round sum to, exactly; together they are its ``wall_time``.

    ``counted`` is the open time, which is what the clock has used.
    """

    wall_time: timedelta
    counted: timedelta
    closed: timedelta
    holiday: timedelta
    paused: timedelta

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Sums:
        """The sums of some spans."""
        by_state = dict.fromkeys(SpanState, NO_TIME)
        for span in spans:
            by_state[span.state] += span.duration
        return cls(
            wall_time=sum(by_state.values(), start=NO_TIME),
            counted=by_state[SpanState.OPEN],
            closed=by_state[SpanState.CLOSED],
            holiday=by_state[SpanState.HOLIDAY],
            paused=by_state[SpanState.PAUSED],
        )


@dataclass(frozen=True)
class Step:
    """A step of the calculation: what was left of the target when something happened.

    ``left`` is in terms of ``basis``, the target that was promised last. ``carried_from`` is
    the one before, where it changed: the share that was left of it, ``left_before``, is left of
    the new one. All of them are None until something is promised.
    """

    at: datetime
    cause: LogEntry
    target: timedelta | None
    basis: timedelta | None
    carried_from: timedelta | None
    left_before: timedelta | None
    left: timedelta | None
    runs: bool


def steps_of(round_: RoundReading) -> Iterator[Step]:
    """The calculation of a round, from event to event."""
    basis: timedelta | None = None
    left: timedelta | None = None
    for leg in round_.legs:
        carried = basis is not None and leg.basis != basis
        yield Step(
            at=leg.stretch.start,
            cause=leg.stretch.cause,
            target=leg.stretch.target,
            basis=leg.basis,
            carried_from=basis if carried else None,
            left_before=left if carried else None,
            left=leg.left,
            runs=leg.stretch.counts,
        )
        basis = leg.basis
        left = None if leg.left is None else leg.left - leg.elapsed
