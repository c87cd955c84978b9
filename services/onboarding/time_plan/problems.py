"""The refusals of time plans, with their stable codes."""

from __future__ import annotations

from services.chassis.problems import ProblemType

TIME_PLAN_TOO_SHORT = ProblemType(
    "time_plan_too_short", 422, "A time plan this short needs a reason"
)
TIME_PLAN_PAST = ProblemType("time_plan_past", 422, "Go-live lies behind")
TIME_PLAN_REVERSED = ProblemType("time_plan_reversed", 422, "Go-live lies before the start")
TIME_PLAN_MISSING = ProblemType("time_plan_missing", 409, "The case has no time plan yet")
PLAN_TASK_UNKNOWN = ProblemType("plan_task_unknown", 404, "The plan has no such task")
NOT_YOUR_TASK = ProblemType("not_your_task", 403, "The other party reports the task")
TASK_DAYS_OUT_OF_ORDER = ProblemType(
    "task_days_out_of_order", 422, "The task's days do not go together"
)
TASK_WAITS = ProblemType("task_waits", 409, "What the task waits for is not done")
TASK_NOT_SHOWN = ProblemType("task_not_shown", 422, "Nothing shows that the task is done")
TASK_REASON_REQUIRED = ProblemType(
    "task_reason_required", 422, "A task that is not needed needs a reason"
)
FORECAST_ENDED = ProblemType("forecast_ended", 409, "A case that has ended has no forecast")

PROBLEMS: tuple[ProblemType, ...] = (
    TIME_PLAN_TOO_SHORT,
    TIME_PLAN_PAST,
    TIME_PLAN_REVERSED,
    TIME_PLAN_MISSING,
    PLAN_TASK_UNKNOWN,
    NOT_YOUR_TASK,
    TASK_DAYS_OUT_OF_ORDER,
    TASK_WAITS,
    TASK_NOT_SHOWN,
    TASK_REASON_REQUIRED,
    FORECAST_ENDED,
)
"""Every refusal of this capability."""
