"""Clocks explained, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from services.chassis.schemas import ResponseModel
from services.collab_model.clocks.domain import ClockReading, ClockState, RoundReading
from services.collab_model.clocks.explaining import Step, Sums, steps_of, told
from services.collab_model.clocks.rules import Action, Beneath, ClockRule, Measure
from services.collab_model.clocks.schemas import LogEntryOut, SpanOut, whole_minutes
from services.collab_model.clocks.words import EVENT_NAMES
from services.collab_model.matters.log import MatterEvent, MatterLog
from services.contracts.values import Priority


class SumsOut(ResponseModel):
    """What the spans sum to, exactly: ``counted`` (open), closed, holiday and paused."""

    wall_time: timedelta
    counted: timedelta
    closed: timedelta
    holiday: timedelta
    paused: timedelta


class StepOut(ResponseModel):
    """What was left of the target when something happened.

    Where the target changed from ``carried_from_minutes``, the share that was left of it is
    left of the new one. ``runs`` tells whether service time counts from here on.
    """

    at: datetime
    event: int
    target_minutes: int | None
    carried_from_minutes: int | None
    left: timedelta | None
    runs: bool

    @classmethod
    def of(cls, step: Step) -> Self:
        """A step as it is shown."""
        return cls(
            at=step.at,
            event=step.cause.sequence,
            target_minutes=whole_minutes(step.target),
            carried_from_minutes=whole_minutes(step.carried_from),
            left=step.left,
            runs=step.runs,
        )


class RoundOut(ResponseModel):
    """A round of a clock in full.

    ``event`` is the line of the log that ended it; ``left`` is negative when more was used
    than allowed.
    """

    round: int
    state: ClockState
    started_at: datetime
    read_until: datetime
    event: int | None
    level: str
    service: str
    priority: Priority
    target_minutes: int | None
    elapsed: timedelta
    left: timedelta | None
    used_percent: Decimal | None
    deadline: datetime | None
    decided_at: datetime | None
    summary: str
    summary_sv: str
    sums: SumsOut
    steps: list[StepOut]
    spans: list[SpanOut]

    @classmethod
    def of(cls, round_: RoundReading) -> Self:
        """A round as it is shown."""
        words = told(round_)
        return cls(
            round=round_.number,
            state=round_.state,
            started_at=round_.started_at,
            read_until=round_.until,
            event=round_.ended_by.sequence if round_.ended_by else None,
            level=round_.rule.key,
            service=round_.place.service,
            priority=round_.priority,
            target_minutes=whole_minutes(round_.target),
            elapsed=round_.elapsed,
            left=round_.left,
            used_percent=round_.used_percent,
            deadline=round_.deadline,
            decided_at=round_.outcome_at,
            summary=words.text,
            summary_sv=words.text_sv,
            sums=SumsOut.model_validate(Sums.of(round_.spans)),
            steps=[StepOut.of(step) for step in steps_of(round_)],
            spans=[SpanOut.of(span) for span in round_.spans],
        )


class ConditionOut(ResponseModel):
    """An event, what it does to the clock, and why."""

    action: Action
    event: MatterEvent
    name: str
    name_sv: str

    @classmethod
    def list_of(cls, rule: ClockRule) -> list[Self]:
        """The conditions of a rule."""
        return [
            cls(
                action=action,
                event=condition.event,
                name=EVENT_NAMES[condition.event][0],
                name_sv=EVENT_NAMES[condition.event][1],
            )
            for action, conditions in rule.conditions.by_action().items()
            for condition in conditions
        ]


class ExplanationOut(ResponseModel):
    """A clock explained from its beginning to ``at``, as known at ``known_at``.

    The same log, agreement and calendar give the same answer, whenever it is asked for.
    """

    matter_id: str
    clock: str
    beneath: Beneath
    measure: Measure
    name: str
    name_sv: str
    counterpart: str | None
    at: datetime
    known_at: datetime
    state: ClockState
    conditions: list[ConditionOut]
    targets: dict[Priority, int]
    rounds: list[RoundOut]
    log: list[LogEntryOut]

    @classmethod
    def of(
        cls,
        matter_id: str,
        key: str,
        clock: ClockReading,
        log: MatterLog,
        at: datetime,
        known_at: datetime,
    ) -> Self:
        """An explanation as it is shown."""
        rule = clock.rounds[-1].rule
        return cls(
            matter_id=matter_id,
            clock=key,
            beneath=rule.beneath,
            measure=rule.measure,
            name=rule.name,
            name_sv=rule.name_sv,
            counterpart=rule.counterpart,
            at=at,
            known_at=known_at,
            state=clock.state,
            conditions=ConditionOut.list_of(rule),
            targets={p: rule.targets[p] for p in Priority if p in rule.targets},
            rounds=[RoundOut.of(round_) for round_ in clock.rounds],
            log=LogEntryOut.list_of(log, at, known_at),
        )
