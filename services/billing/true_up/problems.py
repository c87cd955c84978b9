"""The refusals of terms of true-ups."""

from __future__ import annotations

from services.chassis.problems import ProblemType

TRUE_UP_SCHEDULE_UNKNOWN = ProblemType(
    "true_up_schedule_unknown", 422, "There is no such schedule of true-ups"
)
TRUE_UP_DAYS_AMBIGUOUS = ProblemType(
    "true_up_days_ambiguous", 422, "Name a schedule of true-ups or their days, not both"
)

PROBLEMS: tuple[ProblemType, ...] = (TRUE_UP_SCHEDULE_UNKNOWN, TRUE_UP_DAYS_AMBIGUOUS)
"""Of terms of true-ups."""
