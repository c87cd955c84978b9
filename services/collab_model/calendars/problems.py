"""What calendars refuse, by stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

ZONE_UNKNOWN = ProblemType("zone_unknown", 422, "There is no such time zone")
HOURS_INVERTED = ProblemType("hours_inverted", 422, "Hours close at or before they open")
HOURS_OVERLAP = ProblemType("hours_overlap", 422, "Hours of one day overlap")
CALENDAR_NEVER_OPEN = ProblemType("calendar_never_open", 422, "The calendar is never open")
COUNTRY_UNKNOWN = ProblemType(
    "holiday_country_unknown", 422, "The public holidays of that country are not known"
)
CUSTOMARY_EVES_UNKNOWN = ProblemType(
    "customary_eves_unknown", 422, "There is no such set of customary eves"
)
EVE_HOLIDAY_UNKNOWN = ProblemType(
    "eve_holiday_unknown", 422, "An eve is found by a holiday that the calendar does not have"
)
DAY_OVERRIDDEN_TWICE = ProblemType(
    "day_overridden_twice", 422, "A version overrides one date twice"
)
DAYS_INVERTED = ProblemType("days_inverted", 422, "The last day lies before the first")
DAYS_TOO_MANY = ProblemType("days_too_many", 422, "The stretch of days is too long to show")
CALENDAR_EXISTS = ProblemType("calendar_exists", 409, "A calendar with that key exists")
CALENDAR_UNKNOWN = ProblemType("calendar_unknown", 422, "There is no such calendar")
CALENDAR_NOT_IN_FORCE = ProblemType(
    "calendar_not_in_force", 409, "The calendar says nothing of those days yet"
)
OVERRIDE_UNKNOWN = ProblemType("override_unknown", 409, "There is no override to take back")

PROBLEMS: tuple[ProblemType, ...] = (
    ZONE_UNKNOWN,
    HOURS_INVERTED,
    HOURS_OVERLAP,
    CALENDAR_NEVER_OPEN,
    COUNTRY_UNKNOWN,
    CUSTOMARY_EVES_UNKNOWN,
    EVE_HOLIDAY_UNKNOWN,
    DAY_OVERRIDDEN_TWICE,
    DAYS_INVERTED,
    DAYS_TOO_MANY,
    CALENDAR_EXISTS,
    CALENDAR_UNKNOWN,
    CALENDAR_NOT_IN_FORCE,
    OVERRIDE_UNKNOWN,
)
