"""A clock explained, so that a customer and a service owner can settle a dispute from it.

Everything that the clock's answer rests on stands in the explanation: each span with the rule
that decided it, the calendar's version and the event behind it; what each kind of span sums
to; the steps from the target to the deadline; the conditions; and every line of the log, also
those that were corrected. The same log, rules and instants give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from services.collab_model.calendars.domain import NO_TIME
from services.collab_model.clocks.domain import ClockState, RoundReading
from services.collab_model.clocks.spans import Span, SpanState
from services.collab_model.clocks.words import EVENT_NAMES
from services.collab_model.matters.log import LogEntry

STOCKHOLM = ZoneInfo("Europe/Stockholm")


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

    ``carried_from`` is the target before, where it changed: the share that was left of it is
    left of the new ``target``.
    """

    at: datetime
    cause: LogEntry
    target: timedelta | None
    carried_from: timedelta | None
    left: timedelta | None
    runs: bool


def steps_of(round_: RoundReading) -> Iterator[Step]:
    """The calculation of a round, from event to event."""
    basis: timedelta | None = None
    for leg in round_.legs:
        carried = basis if basis is not None and leg.basis != basis else None
        basis = leg.basis
        yield Step(
            at=leg.stretch.start,
            cause=leg.stretch.cause,
            target=leg.stretch.target,
            carried_from=carried,
            left=leg.left,
            runs=leg.stretch.counts,
        )


@dataclass(frozen=True)
class Told:
    """A round in a few sentences, in English and Swedish."""

    text: str
    text_sv: str


_VERDICTS = {
    ClockState.RUNNING: ("is running", "går"),
    ClockState.PAUSED: ("stands still", "står still"),
    ClockState.MET: ("kept its promise", "höll det som utlovats"),
    ClockState.BREACHED: ("broke its promise", "höll inte det som utlovats"),
    ClockState.CANCELLED: ("was cancelled", "har avbrutits"),
    ClockState.NOT_PROMISED: ("measures nothing now", "mäter inget nu"),
    ClockState.NOT_STARTED: ("has not started", "har inte startat"),
}


def told(round_: RoundReading) -> Told:
    """What a round comes to, in words."""
    sums = Sums.of(round_.spans)
    verdict, verdict_sv = _VERDICTS[round_.state]
    cause, cause_sv = EVENT_NAMES[round_.legs[0].stretch.cause.event]
    still = sums.closed + sums.holiday
    text = (
        f"The clock {verdict}. It began {_at(round_.started_at)} when the matter was {cause}"
        f" and was read up to {_at(round_.until)}: {_long(sums.wall_time)} by the wall clock. Of "
        f"these {_long(still)} were outside service hours and {_long(sums.paused)} were pauses, "
        f"so {_long(sums.counted)} counted"
    )
    text_sv = (
        f"Klockan {verdict_sv}. Den startade {_at(round_.started_at)} när ärendet var {cause_sv}"
        f" och är avläst till {_at(round_.until)}: {_long_sv(sums.wall_time)} enligt väggklockan. "
        f"Av dem låg {_long_sv(still)} utanför servicetiden och {_long_sv(sums.paused)} var pauser,"
        f" så {_long_sv(sums.counted)} räknades"
    )
    return Told(
        text + _of_what(round_) + _deadline(round_),
        text_sv + _of_what_sv(round_) + _deadline_sv(round_),
    )


def _targets(round_: RoundReading) -> list[timedelta]:
    """The targets that a round has had, in order, each change of them once."""
    targets = (leg.basis for leg in round_.legs if leg.basis is not None)
    return [target for target, _ in groupby(targets)]


def _of_what(round_: RoundReading) -> str:
    """Against what the time counts: with one target its minutes, with several the share."""
    targets = _targets(round_)
    if not targets:
        return "."
    if len(targets) == 1:
        return f" of the {_long(targets[0])} allowed."
    changes = ", then ".join(_long(each) for each in targets)
    return (
        f". The target was {changes}; at each change the share that was left was kept. In all "
        f"{round_.used_percent} % of what is allowed was used."
    )


def _of_what_sv(round_: RoundReading) -> str:
    targets = _targets(round_)
    if not targets:
        return "."
    if len(targets) == 1:
        return f" av de {_long_sv(targets[0])} som är utlovade."
    changes = ", sedan ".join(_long_sv(each) for each in targets)
    used = str(round_.used_percent).replace(".", ",")
    return (
        f". Den utlovade tiden var {changes}; vid varje ändring behölls den andel som var kvar. "
        f"Sammanlagt är {used} % av den utlovade tiden förbrukad."
    )


def _deadline(round_: RoundReading) -> str:
    if round_.deadline is None:
        return ""
    used_up = f" What is allowed was used up {_at(round_.deadline)}."
    coming = f" What is allowed is used up {_at(round_.deadline)}."
    return used_up if round_.state is ClockState.BREACHED else coming


def _deadline_sv(round_: RoundReading) -> str:
    if round_.deadline is None:
        return ""
    used_up = f" Den utlovade tiden tog slut {_at(round_.deadline)}."
    coming = f" Den utlovade tiden räcker till {_at(round_.deadline)}."
    return used_up if round_.state is ClockState.BREACHED else coming


def _at(instant: datetime) -> str:
    """An instant on the wall clock in Sweden, to the second where there are any."""
    local = instant.astimezone(STOCKHOLM)
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def _long(amount: timedelta) -> str:
    hours, minutes, seconds = _parts(amount)
    return f"{hours} h {minutes} min" + (f" {seconds} s" if seconds else "")


def _long_sv(amount: timedelta) -> str:
    hours, minutes, seconds = _parts(amount)
    return f"{hours} tim {minutes} min" + (f" {seconds} s" if seconds else "")


def _parts(amount: timedelta) -> tuple[int, int, int]:
    """Whole hours, minutes and seconds; what is less than a second is cut."""
    whole = amount // timedelta(seconds=1)
    return whole // 3600, whole // 60 % 60, whole % 60
