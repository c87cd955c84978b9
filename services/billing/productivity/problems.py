"""The refusals of productivity, beside those of cost sharing for facts."""

from __future__ import annotations

from services.chassis.problems import ProblemType

FULL_TIME_EQUIVALENTS_CORRECTED_BEFORE = ProblemType(
    "full_time_equivalents_corrected_before", 409, "Something else has corrected it already"
)
YEAR_NOT_BEGUN = ProblemType("year_not_begun", 422, "The year has not begun")

PROBLEMS: tuple[ProblemType, ...] = (FULL_TIME_EQUIVALENTS_CORRECTED_BEFORE, YEAR_NOT_BEGUN)
