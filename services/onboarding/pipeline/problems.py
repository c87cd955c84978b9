"""The refusals of the pipeline, with their stable codes."""

from __future__ import annotations

from services.chassis.problems import ProblemType

WEEK_UNKNOWN = ProblemType("week_unknown", 422, "There is no such week")
WEEKS_REVERSED = ProblemType("weeks_reversed", 422, "The last week lies before the first")
TOO_MANY_WEEKS = ProblemType("too_many_weeks", 422, "That is too many weeks at once")
ROLE_UNKNOWN = ProblemType("role_unknown", 422, "The centre has no such role")
CAPACITY_MISSING = ProblemType("capacity_missing", 409, "No capacity is registered")
NOTHING_TO_PLAN = ProblemType("nothing_to_plan", 409, "There is nothing to plan")
NO_CAPACITY_FOR_ROLES = ProblemType(
    "no_capacity_for_roles", 409, "Nobody has hours for work that is needed"
)

PROBLEMS: tuple[ProblemType, ...] = (
    WEEK_UNKNOWN,
    WEEKS_REVERSED,
    TOO_MANY_WEEKS,
    ROLE_UNKNOWN,
    CAPACITY_MISSING,
    NOTHING_TO_PLAN,
    NO_CAPACITY_FOR_ROLES,
)
"""Every refusal of this capability."""
