"""The refusals of results."""

from __future__ import annotations

from services.chassis.problems import ProblemType

RESULT_YEAR_AHEAD = ProblemType("result_year_ahead", 422, "The year lies too far ahead")
RESULT_AREA_UNKNOWN = ProblemType("result_area_unknown", 422, "There is no such service area")
RESULT_OPENING_DAY = ProblemType(
    "result_opening_day", 422, "Something is brought in on the first day of a year"
)
RESULT_OPENING_KNOWN = ProblemType(
    "result_opening_known", 409, "The area has brought that in already"
)
RESULT_OPENING_NOT_NEWEST = ProblemType(
    "result_opening_not_newest", 409, "Only what holds now can be corrected"
)

PROBLEMS: tuple[ProblemType, ...] = (
    RESULT_YEAR_AHEAD,
    RESULT_AREA_UNKNOWN,
    RESULT_OPENING_DAY,
    RESULT_OPENING_KNOWN,
    RESULT_OPENING_NOT_NEWEST,
)
