"""Calendars in requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from services.chassis.schemas import Day, Flag, RequestModel, Text
from services.collab_model.calendars.drawing_up import (
    DrawnUp,
    EveWanted,
    HoursWanted,
    OverrideWanted,
)
from services.collab_model.calendars.eves import MonthDay
from services.collab_model.calendars.registering import NewBinding, NewOverride
from services.collab_model.calendars.rules import WEEKDAYS, EveKind, Weekday
from services.contracts.values import Slug

_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"

WallTime = Annotated[str, Field(pattern=rf"^{_HOUR}$", examples=["08:00"])]
"""A time of day on the wall clock, with seconds where they matter."""

ClosingTime = Annotated[str, Field(pattern=rf"^({_HOUR}|24:00)$", examples=["16:30", "24:00"])]
"""A time of day at which hours close; 24:00, or 00:00, is the midnight that ends the day."""


class HoursIn(RequestModel):
    """An interval in which service time runs, on the wall clock of one day."""

    opens: WallTime
    closes: ClosingTime

    def wanted(self) -> HoursWanted:
        """The interval as the domain has it."""
        return HoursWanted(self.opens, self.closes)


HoursOfDay = Annotated[
    tuple[HoursIn, ...], Field(max_length=12, description="In any order; none: closed.")
]


class WeeklyIn(RequestModel):
    """The hours of each weekday; one that is left out is closed."""

    monday: HoursOfDay = ()
    tuesday: HoursOfDay = ()
    wednesday: HoursOfDay = ()
    thursday: HoursOfDay = ()
    friday: HoursOfDay = ()
    saturday: HoursOfDay = ()
    sunday: HoursOfDay = ()

    def wanted(self) -> dict[Weekday, list[HoursWanted]]:
        """The hours by weekday."""
        return {day: [each.wanted() for each in getattr(self, day)] for day in WEEKDAYS}


class HolidaysIn(RequestModel):
    """Whose public holidays are days off (ISO 3166)."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["SE"])]
    subdivision: Text | None = None


class _EveIn(RequestModel):
    name: Text
    name_sv: Text
    kind: EveKind
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = WEEKDAYS
    closes: Annotated[
        WallTime | None,
        Field(description="When a half day ends; absent: at the calendar's half_day_closes."),
    ] = None


class EveOnDate(_EveIn):
    """A day of the year that custom shortens or gives off."""

    month_day: MonthDay

    def wanted(self) -> EveWanted:
        """The rule as the domain has it."""
        return EveWanted(**self.model_dump(), day_before=None)


class EveBeforeHoliday(_EveIn):
    """The day before a public holiday, by the holiday's English name."""

    day_before: Text

    def wanted(self) -> EveWanted:
        """The rule as the domain has it."""
        return EveWanted(**self.model_dump(), month_day=None)


class OverrideIn(RequestModel):
    """What holds on one date, whatever else the version says of it."""

    day: Day
    hours: HoursOfDay
    reason: Text


class DrawUpVersion(RequestModel):
    """A version of a calendar; it holds from a day on, or to ``holds_until`` and with it.

    ``half_day_closes`` ends the half days. ``customary_eves`` names a set of eves that a
    sector keeps, such as ``swedish-state``; ``eves`` come on top of it and win.
    """

    holds_from: Day
    holds_until: Day | None = None
    zone: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+){0,2}$",
            max_length=64,
            examples=["Europe/Stockholm"],
        ),
    ]
    weekly: WeeklyIn
    half_day_closes: WallTime = "12:00"
    holidays: HolidaysIn | None = None
    customary_eves: Slug | None = None
    eves: Annotated[tuple[EveOnDate | EveBeforeHoliday, ...], Field(max_length=60)] = ()
    overrides: Annotated[tuple[OverrideIn, ...], Field(max_length=400)] = ()
    reason: Text

    def drawn_up(self) -> DrawnUp:
        """The version as the domain has it."""
        return DrawnUp(
            holds_from=self.holds_from,
            holds_until=self.holds_until,
            zone=self.zone,
            weekly=self.weekly.wanted(),
            half_day_closes=self.half_day_closes,
            country=self.holidays.country if self.holidays else None,
            subdivision=self.holidays.subdivision if self.holidays else None,
            customary_eves=self.customary_eves,
            eves=[each.wanted() for each in self.eves],
            overrides=[
                OverrideWanted(each.day, [hours.wanted() for hours in each.hours], each.reason)
                for each in self.overrides
            ],
            reason=self.reason,
        )


class RegisterCalendar(RequestModel):
    """A calendar that agreements can be bound to, with its first version."""

    key: Slug
    name: Text
    name_sv: Text
    version: DrawUpVersion


class BindCalendar(RequestModel):
    """Which calendar an agreement goes by for days; null: the hours that were signed."""

    calendar: Slug | None
    holds_from: Day
    holds_until: Day | None = None
    reason: Text

    def binding(self) -> NewBinding:
        """The binding as the domain has it."""
        return NewBinding(self.calendar, self.holds_from, self.holds_until, self.reason)


class OverrideDay(OverrideIn):
    """The hours of one date for one agreement, or that an override is taken back."""

    hours: HoursOfDay = ()
    withdrawn: Flag = False

    def override(self) -> NewOverride:
        """The override as the domain has it."""
        hours = [each.wanted() for each in self.hours]
        return NewOverride(OverrideWanted(self.day, hours, self.reason), self.withdrawn)
