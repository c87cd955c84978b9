"""Refusals about leaving, each with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

NOTHING_TO_LEAVE = ProblemType(
    "nothing_to_leave", 409, "No service of the agreement is in operation"
)
SERVICE_NOT_LEAVABLE = ProblemType(
    "service_not_leavable", 422, "The agreement has no such service in operation"
)
EXIT_ALREADY_OPEN = ProblemType(
    "exit_already_open", 409, "Notice of the service has been given already"
)
LAST_DAY_NOT_ALLOWED = ProblemType(
    "last_day_not_allowed", 422, "The agreement's terms do not allow that last day"
)
LAST_DAY_PASSED = ProblemType("last_day_passed", 409, "The last day has passed")
OBLIGED_TO_STAY = ProblemType(
    "obliged_to_stay", 409, "The agency is obliged to be a customer of the service"
)
EXIT_CLOSED = ProblemType("exit_closed", 409, "The exit is closed and does not change any more")
EXIT_WRONG_PHASE = ProblemType(
    "exit_wrong_phase", 409, "The exit is not in a phase where this is done"
)
EXIT_IN_EFFECT = ProblemType("exit_in_effect", 409, "The exit has taken effect")
EXIT_PHASE_OUT_OF_ORDER = ProblemType(
    "exit_phase_out_of_order", 409, "The phase is not the exit's next one"
)
EXIT_GATE_SHUT = ProblemType("exit_gate_shut", 409, "Something is missing for the exit to go on")
NOT_YOUR_NOTICE = ProblemType("not_your_notice", 403, "The other party gave the notice")
COMMENTS_CLOSED = ProblemType("comments_closed", 409, "The time to comment is over")
COMMENT_ANSWERED = ProblemType("comment_answered", 409, "The comment is answered")
TASK_UNKNOWN = ProblemType("exit_task_unknown", 404, "The exit has no such task")
NOT_YOUR_TASK = ProblemType("not_your_exit_task", 403, "The other party answers for the task")
DATASET_UNKNOWN = ProblemType("dataset_unknown", 422, "The exit has no such data set")
ALREADY_RECEIPTED = ProblemType("already_receipted", 409, "The delivery has its receipt")
DELIVERED_IN_FUTURE = ProblemType("delivered_in_future", 422, "The delivery lies ahead")
SETTLEMENT_REQUESTED = ProblemType(
    "settlement_requested", 409, "The final settlement has been asked for"
)
COST_DAY_IMPOSSIBLE = ProblemType(
    "cost_day_impossible", 422, "The day lies outside the time of the exit"
)

PROBLEMS: tuple[ProblemType, ...] = (
    NOTHING_TO_LEAVE,
    SERVICE_NOT_LEAVABLE,
    EXIT_ALREADY_OPEN,
    LAST_DAY_NOT_ALLOWED,
    LAST_DAY_PASSED,
    OBLIGED_TO_STAY,
    EXIT_CLOSED,
    EXIT_WRONG_PHASE,
    EXIT_IN_EFFECT,
    EXIT_PHASE_OUT_OF_ORDER,
    EXIT_GATE_SHUT,
    NOT_YOUR_NOTICE,
    COMMENTS_CLOSED,
    COMMENT_ANSWERED,
    TASK_UNKNOWN,
    NOT_YOUR_TASK,
    DATASET_UNKNOWN,
    ALREADY_RECEIPTED,
    DELIVERED_IN_FUTURE,
    SETTLEMENT_REQUESTED,
    COST_DAY_IMPOSSIBLE,
)
