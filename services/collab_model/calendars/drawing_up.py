"""Drawing up a version of a calendar: what is asked for, checked, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.chassis.problems import Problem
from services.collab_model.calendars import problems
from services.collab_model.calendars.content import (
    YEARS_AHEAD,
    CalendarContent,
    KeptHolidays,
    KeptHours,
    KeptOverride,
    parsed,
)
from services.collab_model.calendars.eves import EveRule
from services.collab_model.calendars.holiday_facts import countries, customary_eves, zones
from services.collab_model.calendars.rules import (
    EveKind,
    HoursInverted,
    HoursOverlap,
    WallHours,
    Weekday,
    first_open_day,
    in_order,
)

NEVER_OPEN_AFTER_DAYS = 366 * 2
"""A calendar without service time on any of so many days is taken to be never open: the
week repeats, and no eve or holiday but falls on another weekday the year after."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HoursWanted:
    """An interval as ``HH:MM`` or ``HH:MM:SS``; 24:00 or 00:00 closes at the day's end."""

    opens: str
    closes: str

    @property
    def kept(self) -> KeptHours:
        """The interval as it is kept."""
        closes = "24:00" if parsed(self.closes) == 0 else self.closes
        return KeptHours(opens=self.opens, closes=closes)


@dataclass(frozen=True)
class EveWanted:
    """A rule for a day that custom shortens or gives off, found in one of two ways."""

    name: str
    name_sv: str
    kind: EveKind
    month_day: str | None
    day_before: str | None
    weekdays: Sequence[Weekday]
    closes: str | None

    @property
    def rule(self) -> EveRule:
        """The rule as it is kept."""
        return EveRule(
            name=self.name,
            name_sv=self.name_sv,
            kind=self.kind,
            month_day=self.month_day,
            day_before=self.day_before,
            weekdays=tuple(self.weekdays),
            closes=None if self.closes is None else parsed(self.closes),
        )


@dataclass(frozen=True)
class OverrideWanted:
    """The hours of one date; none: closed."""

    day: date
    hours: Sequence[HoursWanted]
    reason: str


@dataclass(frozen=True)
class DrawnUp:
    """A version of a calendar as somebody asks for it."""

    holds_from: date
    holds_until: date | None
    zone: str
    weekly: Mapping[Weekday, Sequence[HoursWanted]]
    half_day_closes: str
    country: str | None
    subdivision: str | None
    customary_eves: str | None
    eves: Sequence[EveWanted]
    overrides: Sequence[OverrideWanted]
    reason: str


def content_of(wanted: DrawnUp) -> CalendarContent:
    """What is kept of a version, with the public holidays as they are known today.

    Raises:
        Problem: ``days_inverted``, ``zone_unknown``, ``hours_inverted``, ``hours_overlap``,
            ``holiday_country_unknown``, ``customary_eves_unknown``, ``eve_holiday_unknown``,
            ``day_overridden_twice``, ``calendar_never_open``.
    """
    check_days(wanted.holds_from, wanted.holds_until)
    if wanted.zone not in zones():
        raise Problem(
            problems.ZONE_UNKNOWN,
            f"{wanted.zone} is not in the IANA time zone database, so nothing was recorded. "
            "Write a name such as Europe/Stockholm, with capitals as they are there.",
        )
    holidays = _holidays(wanted)
    content = CalendarContent(
        zone=wanted.zone,
        weekly={day: kept_hours(day.capitalize(), of) for day, of in wanted.weekly.items()},
        half_day_closes=wanted.half_day_closes,
        holidays=holidays,
        eves=(
            *_customary(wanted.customary_eves, wanted.holds_from),
            *(each.rule for each in wanted.eves),
        ),
        overrides=_overrides(wanted.overrides),
    )
    _check_eves(content)
    _check_opens(content, wanted)
    return content


def check_days(first: date, last: date | None) -> None:
    """Refuse a stretch of days whose last lies before its first.

    Raises:
        Problem: ``days_inverted``.
    """
    if last is not None and last < first:
        raise Problem(
            problems.DAYS_INVERTED,
            f"The days would end on {last}, before they begin on {first}. Give a last day that "
            "is not before the first.",
        )


def kept_hours(what: str, wanted: Sequence[HoursWanted]) -> tuple[KeptHours, ...]:
    """The intervals of a day in order, as they are kept.

    Args:
        what: the day they are about, as a refusal names it.
        wanted: the intervals, in any order.

    Raises:
        Problem: ``hours_inverted``, ``hours_overlap``.
    """
    try:
        ordered = in_order([_interval(what, each.kept) for each in wanted])
    except HoursOverlap as error:
        raise Problem(
            problems.HOURS_OVERLAP,
            f"{what}: {error}; nothing was recorded. Give intervals that share no time; two "
            "that touch are one in effect.",
        ) from error
    return tuple(KeptHours.of(each) for each in ordered)


def _interval(what: str, kept: KeptHours) -> WallHours:
    try:
        return kept.hours
    except HoursInverted as error:
        raise Problem(
            problems.HOURS_INVERTED,
            f"{what}: hours that open at {kept.opens} cannot close at {kept.closes}; nothing "
            "was recorded. For hours over midnight give two intervals: one until 24:00, and "
            "one from 00:00 on the next day.",
        ) from error


def _holidays(wanted: DrawnUp) -> KeptHolidays | None:
    if wanted.country is None:
        return None
    subdivisions = countries().get(wanted.country)
    if subdivisions is None or (
        wanted.subdivision is not None and wanted.subdivision not in subdivisions
    ):
        where = " ".join(each for each in (wanted.country, wanted.subdivision) if each)
        raise Problem(
            problems.COUNTRY_UNKNOWN,
            f"The public holidays of {where} are not known; nothing was recorded. Use another "
            "code of ISO 3166, or give the days as overrides.",
            known=sorted(countries()) if subdivisions is None else sorted(subdivisions),
        )
    last = wanted.holds_until.year if wanted.holds_until else wanted.holds_from.year + YEARS_AHEAD
    last = min(last, wanted.holds_from.year + YEARS_AHEAD)
    return KeptHolidays.known_today(
        wanted.country, wanted.subdivision, wanted.holds_from.year, last + 1
    )


def _customary(key: str | None, first: date) -> tuple[EveRule, ...]:
    if key is None:
        return ()
    found = customary_eves().get(key)
    if found is None:
        raise Problem(
            problems.CUSTOMARY_EVES_UNKNOWN,
            f"There is no set of customary eves called {key}; nothing was recorded.",
            known=sorted(customary_eves()),
        )
    return found.version_on(first).eves


def _overrides(wanted: Sequence[OverrideWanted]) -> tuple[KeptOverride, ...]:
    days = [each.day for each in wanted]
    twice = next((day for day in days if days.count(day) > 1), None)
    if twice is not None:
        raise Problem(
            problems.DAY_OVERRIDDEN_TWICE,
            f"{twice} is overridden twice in the same version; nothing was recorded. Put all "
            "its hours into one override.",
        )
    return tuple(
        KeptOverride(day=each.day, hours=kept_hours(str(each.day), each.hours), reason=each.reason)
        for each in sorted(wanted, key=lambda each: each.day)
    )


def _check_eves(content: CalendarContent) -> None:
    days = content.holidays.days if content.holidays else ()
    known = {name for each in days for name in each.names}
    for rule in content.eves:
        if rule.day_before is not None and rule.day_before not in known:
            raise Problem(
                problems.EVE_HOLIDAY_UNKNOWN,
                f"{rule.name} is the day before {rule.day_before}, which is no public holiday of "
                "this calendar in the years it holds; nothing was recorded. Use the holiday's "
                "English name, and name the country whose holidays count.",
                known=sorted(known),
            )


def _check_opens(content: CalendarContent, wanted: DrawnUp) -> None:
    first, days = wanted.holds_from, NEVER_OPEN_AFTER_DAYS
    if wanted.holds_until is not None:
        days = min(days, (wanted.holds_until - first).days + 1)
    elif content.overrides:
        # Without a last day it must open by itself once its overrides have gone by.
        first = max(first, content.overrides[-1].day + _A_DAY)
    if first_open_day(content.rules(), first, days) is None:
        raise Problem(
            problems.CALENDAR_NEVER_OPEN,
            "On none of its days would service time run, or on none after the days that it "
            "overrides, so no deadline could ever be reckoned; nothing was recorded. Give at "
            "least one weekday hours, or a last day. To close single days, override them.",
        )
