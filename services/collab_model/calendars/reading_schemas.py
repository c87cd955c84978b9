"""Calendars in responses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from pydantic import AwareDatetime, Field

from services.chassis.schemas import ResponseModel
from services.collab_model.calendars.content import CalendarContent
from services.collab_model.calendars.domain import CalendarSpan
from services.collab_model.calendars.eves import EveRule
from services.collab_model.calendars.registering import Recorded
from services.collab_model.calendars.rules import EveKind, SpanKind, Weekday, clock_time
from services.collab_model.calendars.showing import AgreementHours, OpenHours, ShownCalendar
from services.collab_model.tables import (
    CalendarBindingRow,
    CalendarOverrideRow,
    CalendarVersionRow,
)


class HoursOut(ResponseModel):
    """An interval in which service time runs; ``24:00`` is the end of the day."""

    opens: str
    closes: str


class EveOut(ResponseModel):
    """A rule for days that custom shortens or gives off.

    ``closes`` is when a half day ends; null: at the calendar's ``half_day_closes``.
    """

    name: str
    name_sv: str
    kind: EveKind
    month_day: str | None
    day_before: str | None
    weekdays: list[Weekday]
    closes: str | None

    @classmethod
    def of(cls, rule: EveRule) -> Self:
        """A rule as it is shown."""
        closes = None if rule.closes is None else clock_time(rule.closes)
        return cls(**rule.model_dump(exclude={"closes"}), closes=closes)


class HolidaysOut(ResponseModel):
    """Whose public holidays are days off.

    Those of the years from ``first_year`` to ``last_year`` are kept with the version as they
    were known when it was recorded.
    """

    country: str
    subdivision: str | None
    first_year: int
    last_year: int


class OverrideOut(ResponseModel):
    """What holds on one date."""

    day: date
    hours: list[HoursOut]
    reason: str


class VersionOut(ResponseModel):
    """A version of a calendar: for which days, since when it is known, and all it says."""

    number: int
    holds_from: date
    holds_until: date | None
    recorded_at: datetime
    reason: str
    zone: str
    weekly: dict[Weekday, list[HoursOut]]
    half_day_closes: str
    holidays: HolidaysOut | None
    eves: list[EveOut]
    overrides: list[OverrideOut]

    @classmethod
    def of(cls, row: CalendarVersionRow) -> Self:
        """A version as it is shown."""
        content = CalendarContent.model_validate(row.content)
        return cls(
            number=row.number,
            holds_from=row.holds_from,
            holds_until=row.holds_until,
            recorded_at=row.recorded_at,
            reason=row.reason,
            **content.model_dump(exclude={"eves"}),
            eves=[EveOut.of(rule) for rule in content.eves],
        )


class CalendarSummary(ResponseModel):
    """A calendar in a list."""

    key: str
    name: str
    name_sv: str
    recorded_at: datetime


class CalendarOut(CalendarSummary):
    """A calendar with its versions, in the order they were recorded.

    Of those that hold on a day the one recorded last counts.
    """

    versions: list[VersionOut]

    @classmethod
    def of(cls, shown: ShownCalendar) -> Self:
        """A calendar as it is shown."""
        summary = CalendarSummary.model_validate(shown.row).model_dump()
        return cls(**summary, versions=[VersionOut.of(row) for row in shown.versions])


class CalendarRecorded(CalendarOut):
    """A calendar with a new version, and the closed months that it does not touch."""

    closed_periods: list[str]

    @classmethod
    def after(cls, shown: ShownCalendar, recorded: Recorded) -> Self:
        """A calendar after a version was added to it."""
        calendar = CalendarOut.of(shown).model_dump()
        return cls(**calendar, closed_periods=list(recorded.closed_periods))


class InForceOut(ResponseModel):
    """Which calendar an agreement goes by from a day on; null: from the beginning.

    ``calendar`` is ``signed`` for the service hours in the agreement itself; ``version`` is
    then the agreement's.
    """

    first_day: date | None
    calendar: str
    version: int
    zone: str
    weekly: dict[Weekday, list[HoursOut]]


class BindingOut(ResponseModel):
    """A calendar that an agreement was bound to, as it was recorded."""

    number: int
    calendar: str | None
    holds_from: date
    holds_until: date | None
    reason: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: CalendarBindingRow, calendar: str | None) -> Self:
        """A binding as it is shown."""
        return cls(
            number=row.number,
            calendar=calendar,
            holds_from=row.holds_from,
            holds_until=row.holds_until,
            reason=row.reason,
            recorded_at=row.recorded_at,
        )


class AgreementOverrideOut(OverrideOut):
    """An override of one agreement, as it was recorded."""

    number: int
    withdrawn: bool
    recorded_at: datetime

    @classmethod
    def of(cls, row: CalendarOverrideRow) -> Self:
        """An override as it is shown."""
        return cls.model_validate(row)


class ServiceHoursOut(ResponseModel):
    """An agreement's calendar: what is in force from which day, and all that was recorded."""

    agreement_id: str
    known_at: AwareDatetime
    in_force: list[InForceOut]
    bindings: list[BindingOut]
    overrides: list[AgreementOverrideOut]

    @classmethod
    def of(cls, hours: AgreementHours) -> Self:
        """An agreement's calendar as it is shown."""
        return cls(
            agreement_id=hours.agreement_id,
            known_at=hours.known_at,
            in_force=[InForceOut.model_validate(each) for each in hours.in_force],
            bindings=[BindingOut.of(row, key) for row, key in hours.bindings],
            overrides=[AgreementOverrideOut.of(row) for row in hours.overrides],
        )


class ServiceHoursRecorded(ServiceHoursOut):
    """An agreement's calendar after a change, and the closed months it does not touch."""

    closed_periods: list[str]

    @classmethod
    def after(cls, hours: AgreementHours, recorded: Recorded) -> Self:
        """An agreement's calendar after something was recorded about it."""
        shown = ServiceHoursOut.of(hours).model_dump()
        return cls(**shown, closed_periods=list(recorded.closed_periods))


class CalendarSpanOut(ResponseModel):
    """A stretch of time, whether service time runs in it, and the rule that says so."""

    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    kind: SpanKind
    rule: str
    rule_sv: str
    calendar: str
    version: int
    seconds: int

    @classmethod
    def of(cls, span: CalendarSpan) -> Self:
        """A span as it is shown."""
        seconds = int((span.end - span.start).total_seconds())
        return cls(**vars(span), seconds=seconds)


class OpenHoursOut(ResponseModel):
    """The days of a stretch as spans without gaps, and what they sum to, in seconds."""

    first: date
    last: date
    known_at: AwareDatetime
    spans: list[CalendarSpanOut]
    open_seconds: int
    closed_seconds: int
    holiday_seconds: int

    @classmethod
    def of(cls, hours: OpenHours) -> Self:
        """The open hours as they are shown."""
        spans = [CalendarSpanOut.of(span) for span in hours.spans]
        sums = {kind: sum(span.seconds for span in spans if span.kind is kind) for kind in SpanKind}
        return cls(
            first=hours.first,
            last=hours.last,
            known_at=hours.known_at,
            spans=spans,
            open_seconds=sums[SpanKind.OPEN],
            closed_seconds=sums[SpanKind.CLOSED],
            holiday_seconds=sums[SpanKind.HOLIDAY],
        )
