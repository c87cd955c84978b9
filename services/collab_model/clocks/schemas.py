"""Clocks over HTTP: logs, what clocks show, and warnings."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from pydantic import Field

from services.chassis.schemas import ResponseModel
from services.collab_model.calendars.domain import ONE_MINUTE
from services.collab_model.clocks.domain import ClockReading, ClockState, RoundReading
from services.collab_model.clocks.rules import Beneath
from services.collab_model.clocks.spans import Span, SpanState
from services.collab_model.clocks.terms import KINDS
from services.collab_model.clocks.words import EVENT_NAMES
from services.collab_model.matters.log import MatterEvent, MatterLog, Party
from services.collab_model.tables import ClockWarningRow
from services.contracts.values import MeasureKind, Priority


class LogEntryOut(ResponseModel):
    """A line of a matter's log.

    ``at`` is when it happened, ``recorded_at`` when it became known; ``late`` when that was
    after. ``corrects`` is the line that it replaces, or takes back when it is ``withdrawn``;
    ``replaced_by`` the line that did so to this one. What ``holds`` is reckoned with.
    """

    sequence: int
    event: MatterEvent
    name: str
    name_sv: str
    at: datetime
    recorded_at: datetime
    party: Party
    note: str
    service: str | None
    priority: Priority | None
    counterpart: str | None
    late: bool
    corrects: int | None
    withdrawn: bool
    replaced_by: int | None
    holds: bool

    @classmethod
    def list_of(cls, log: MatterLog, at: datetime, known_at: datetime) -> list[Self]:
        """The lines that were known, in the order in which they were recorded."""
        replaced = log.replaced_by(known_at)
        holding = {entry.sequence for entry in log.as_known(known_at) if entry.at <= at}
        return [
            cls(
                sequence=entry.sequence,
                event=entry.event,
                name=EVENT_NAMES[entry.event][0],
                name_sv=EVENT_NAMES[entry.event][1],
                at=entry.at,
                recorded_at=entry.recorded_at,
                party=entry.party,
                note=entry.note,
                service=entry.place.service if entry.place else None,
                priority=entry.priority,
                counterpart=entry.counterpart,
                late=entry.is_late,
                corrects=entry.corrects,
                withdrawn=entry.withdrawn,
                replaced_by=later.sequence if (later := replaced.get(entry.sequence)) else None,
                holds=entry.sequence in holding,
            )
            for entry in log.entries
            if entry.recorded_at <= known_at
        ]


class SpanOut(ResponseModel):
    """A stretch of a clock's life: whether it counted, how much, and what decided it.

    ``duration`` is by the wall clock and ``counted`` in service time, both exact; ``minutes``
    are the whole service minutes that the clock completed in it. ``rule`` is that of the
    calendar for open, closed and holiday, and of the clock for paused. ``event`` is the line
    of the log that made the clock run or stand still. ``calendar`` is ``signed`` for the hours
    that stand in the agreement, and begins with ``own:`` for hours that a team or a supplier
    has of its own; an explanation's ``calendars`` say in words what each of them is.
    """

    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    state: SpanState
    minutes: int
    duration: timedelta
    counted: timedelta
    rule: str
    rule_sv: str
    calendar: str | None
    calendar_version: int | None
    event: int
    service: str
    target_minutes: int | None

    @classmethod
    def of(cls, span: Span) -> Self:
        """A span as it is shown."""
        return cls(
            start=span.start,
            end=span.end,
            state=span.state,
            minutes=span.minutes,
            duration=span.duration,
            counted=span.counted,
            rule=span.rule,
            rule_sv=span.rule_sv,
            calendar=span.calendar,
            calendar_version=span.calendar_version,
            event=span.cause.sequence,
            service=span.place.service,
            target_minutes=whole_minutes(span.target),
        )


def whole_minutes(amount: timedelta | None) -> int | None:
    """A target in minutes, where there is one."""
    return None if amount is None else amount // ONE_MINUTE


class ClockOut(ResponseModel):
    """What a clock shows, and the spans that explain it.

    It is the last of its rounds: a clock that begins anew has more than one. The spans'
    minutes sum to ``elapsed_minutes``. ``deadline`` is null while a pause holds it back;
    ``decided_at`` is when the round was met or breached. ``used_percent`` of what is allowed
    is rounded down.
    """

    clock: str
    level: str
    name: str
    name_sv: str
    kind: MeasureKind
    beneath: Beneath
    counterpart: str | None
    service: str
    agreement_version: int
    priority: Priority
    round: int
    breached_rounds: int
    target_minutes: int | None
    elapsed_minutes: int
    used_percent: Decimal | None
    deadline: datetime | None
    state: ClockState
    decided_at: datetime | None
    spans: list[SpanOut]

    @classmethod
    def of(cls, key: str, clock: ClockReading) -> Self:
        """A clock that has begun as it is shown."""
        return cls(**_shown(key, clock, clock.rounds[-1]))


def _shown(key: str, clock: ClockReading, round_: RoundReading) -> dict[str, Any]:
    rule = round_.rule
    return {
        "clock": key,
        "level": rule.key,
        "name": rule.name,
        "name_sv": rule.name_sv,
        "kind": KINDS[rule.measure],
        "beneath": rule.beneath,
        "counterpart": rule.counterpart,
        "service": round_.place.service,
        "agreement_version": round_.place.version,
        "priority": round_.priority,
        "round": round_.number,
        "breached_rounds": len(clock.breached),
        "target_minutes": whole_minutes(round_.target),
        "elapsed_minutes": round_.elapsed_minutes,
        "used_percent": round_.used_percent,
        "deadline": round_.deadline,
        "state": round_.state,
        "decided_at": round_.outcome_at,
        "spans": [SpanOut.of(span) for span in round_.spans],
    }


class WarningOut(ResponseModel):
    """A warning of a clock; ``percent`` is 100 for a breach.

    ``reached_at`` is when so much was used, ``given_at`` when it was told. One that is no
    longer true is withdrawn, and says because of what.
    """

    id: str
    matter_id: str
    org_number: str
    service: str
    clock: str
    beneath: Beneath
    level: str
    round: int
    percent: int
    reached_at: datetime
    given_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str | None

    @classmethod
    def of(cls, row: ClockWarningRow, known_at: datetime) -> Self:
        """A warning as it is shown by what was known at an instant."""
        withdrawn_at = row.withdrawn_at
        if withdrawn_at is not None and withdrawn_at > known_at:
            withdrawn_at = None
        return cls(
            id=row.id,
            matter_id=row.matter_id,
            org_number=row.org_number,
            service=row.service,
            clock=row.clock,
            beneath=Beneath(row.beneath),
            level=row.level,
            round=row.round,
            percent=row.percent,
            reached_at=row.reached_at,
            given_at=row.given_at,
            withdrawn_at=withdrawn_at,
            withdrawn_because=row.withdrawn_because if withdrawn_at else None,
        )
