"""Clocks explained, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from services.chassis.schemas import ResponseModel
from services.collab_model.calendars.reading_schemas import HoursOut
from services.collab_model.clocks.behind import Behind, CalendarBehind
from services.collab_model.clocks.domain import ClockReading, ClockState, RoundReading
from services.collab_model.clocks.explaining import Step, Sums, steps_of
from services.collab_model.clocks.rules import Action, Beneath, ClockRule, Measure
from services.collab_model.clocks.schemas import LogEntryOut, SpanOut, whole_minutes
from services.collab_model.clocks.spans import Span
from services.collab_model.clocks.telling import (
    Told,
    told,
    told_of_counting,
    told_of_span,
    told_of_step,
)
from services.collab_model.clocks.words import EVENT_NAMES
from services.collab_model.levels.domain import Closing
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
    text: str
    text_sv: str

    @classmethod
    def of(cls, step: Step) -> Self:
        """A step as it is shown."""
        words = told_of_step(step)
        return cls(
            text=words.text,
            text_sv=words.text_sv,
            at=step.at,
            event=step.cause.sequence,
            target_minutes=whole_minutes(step.target),
            carried_from_minutes=whole_minutes(step.carried_from),
            left=step.left,
            runs=step.runs,
        )


class CalendarBehindOut(ResponseModel):
    """A version of a calendar that spans name; ``name`` is what it is called in words.

    ``holds_from`` is null for what has held from the beginning, and for hours of a team's or a
    supplier's own, which the level beneath has. ``recorded_at`` is when it became known.
    """

    calendar: str
    version: int
    name: str
    name_sv: str
    zone: str
    holds_from: date | None
    recorded_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, behind: CalendarBehind) -> Self:
        """A version as it is shown."""
        return cls(
            calendar=behind.calendar,
            version=behind.version,
            name=behind.name.text,
            name_sv=behind.name.text_sv,
            zone=behind.zone,
            holds_from=behind.holds_from,
            recorded_at=behind.recorded_at,
            reason=behind.reason,
        )


class OverrideBehindOut(ResponseModel):
    """The hours of one date that were set for the agreement; none: closed."""

    day: date
    hours: list[HoursOut]
    reason: str
    recorded_at: datetime


class CountedOut(ResponseModel):
    """A round as a month that is closed counted it: met or breached, and when.

    What is known now may tell otherwise; what a closed month counted stays.
    """

    period: str
    service: str
    closed_at: datetime
    round: int
    state: ClockState
    decided_at: datetime | None
    text: str
    text_sv: str

    @classmethod
    def of(cls, closing: Closing, round_: RoundReading) -> Self:
        """A round as it is shown."""
        words = told_of_counting(closing, round_)
        return cls(
            period=str(closing.month),
            service=closing.service,
            closed_at=closing.closed_at,
            round=round_.number,
            state=round_.state,
            decided_at=round_.outcome_at,
            text=words.text,
            text_sv=words.text_sv,
        )


Names = Mapping[tuple[str | None, int | None], Told]
"""What the versions of calendars are called."""


class ExplainedSpanOut(SpanOut):
    """A span that also says in words what it is, by the wall clock in Sweden."""

    text: str
    text_sv: str

    @classmethod
    def explained(cls, span: Span, names: Names) -> Self:
        """A span as it is explained."""
        words = told_of_span(span, names.get((span.calendar, span.calendar_version)))
        shown = SpanOut.of(span).model_dump(by_alias=False)
        return cls(**shown, text=words.text, text_sv=words.text_sv)


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
    spans: list[ExplainedSpanOut]

    @classmethod
    def of(cls, round_: RoundReading, names: Names) -> Self:
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
            spans=[ExplainedSpanOut.explained(span, names) for span in round_.spans],
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
    calendars: list[CalendarBehindOut]
    overrides: list[OverrideBehindOut]
    counted: list[CountedOut]
    log: list[LogEntryOut]

    @classmethod
    def of(
        cls,
        matter_id: str,
        key: str,
        clock: ClockReading,
        behind: Behind,
        counted: Sequence[CountedOut],
        log: MatterLog,
        at: datetime,
        known_at: datetime,
    ) -> Self:
        """An explanation as it is shown."""
        rule = clock.rounds[-1].rule
        names: Names = {(each.calendar, each.version): each.name for each in behind.calendars}
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
            rounds=[RoundOut.of(round_, names) for round_ in clock.rounds],
            calendars=[CalendarBehindOut.of(each) for each in behind.calendars],
            overrides=[OverrideBehindOut.model_validate(each) for each in behind.overrides],
            counted=list(counted),
            log=LogEntryOut.list_of(log, at, known_at),
        )
