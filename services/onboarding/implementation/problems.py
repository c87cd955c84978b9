"""Refusals of phase 4, each with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

READINESS_ITEM_UNKNOWN = ProblemType(
    "readiness_item_unknown", 404, "There is no such readiness item"
)
NOT_YOUR_ITEM = ProblemType("not_your_item", 403, "The other party answers for the item")
GO_LIVE_OUTSIDE_WINDOW = ProblemType(
    "go_live_outside_window", 422, "The go-live day is too near or too far ahead"
)
GO_LIVE_HELD_BACK = ProblemType(
    "go_live_held_back", 409, "The other party's no-go holds back a day this early"
)
NO_GO_PAST = ProblemType("no_go_past", 422, "The day that is to fall away has passed")
EARLIEST_DAY_IMPOSSIBLE = ProblemType(
    "earliest_day_impossible", 422, "The new earliest day cannot be decided on in time"
)
REASON_REQUIRED = ProblemType("reason_required", 422, "A no-go needs a reason")
NOT_LIVE = ProblemType("not_live", 409, "The service is not in operation")
FALLBACK_CLOSED = ProblemType(
    "fallback_closed", 409, "The agreed time for taking the service back has passed"
)
ROLL_BACK_DAY_IMPOSSIBLE = ProblemType(
    "roll_back_day_impossible", 422, "The service was not in operation on that day"
)

EXPLANATION_NOT_WAITING = ProblemType(
    "explanation_not_waiting", 409, "There is no explanation waiting for approval"
)
SUPERSEDED_BY_LATER_RUN = ProblemType(
    "superseded_by_later_run", 409, "A later run has taken its place"
)

PARALLEL_RUN_NOT_NEEDED = ProblemType(
    "parallel_run_not_needed", 422, "The service has no parallel runs"
)
KIND_OF_PAY_REPEATED = ProblemType(
    "kind_of_pay_repeated", 422, "A kind of pay appears more than once"
)
KIND_OF_PAY_UNKNOWN = ProblemType("kind_of_pay_unknown", 404, "The run has no such kind of pay")
NO_DIFFERENCE_TO_EXPLAIN = ProblemType(
    "no_difference_to_explain", 409, "The kind of pay is within tolerance"
)
RUN_DECIDED = ProblemType("run_decided", 409, "The customer has decided on the run")
DIFFERENCES_UNEXPLAINED = ProblemType(
    "differences_unexplained", 409, "Differences beyond tolerance are not explained"
)
RUN_HAS_ERRORS = ProblemType("run_has_errors", 409, "The run shows errors in the new system")
REJECTION_NEEDS_NOTE = ProblemType("rejection_needs_note", 422, "A rejection needs a note")
PERIOD_IN_FUTURE = ProblemType("period_in_future", 422, "The month has not begun")
ROWS_REFUSED = ProblemType("rows_refused", 422, "The file has rows that cannot be read")

TRAINING_ROLE_UNKNOWN = ProblemType(
    "training_role_unknown", 404, "The role is not trained for the service"
)
COURSE_UNKNOWN = ProblemType("course_unknown", 404, "The case has no such course")
COURSE_CLOSED = ProblemType("course_closed", 409, "The course is held or cancelled")
HELD_IN_FUTURE = ProblemType("held_in_future", 422, "A course is reported when it has been held")
TRAINED_BEYOND_NEED = ProblemType(
    "trained_beyond_need", 422, "More are trained than are to be trained"
)

PROBLEMS: tuple[ProblemType, ...] = (
    READINESS_ITEM_UNKNOWN,
    NOT_YOUR_ITEM,
    GO_LIVE_OUTSIDE_WINDOW,
    GO_LIVE_HELD_BACK,
    NO_GO_PAST,
    EARLIEST_DAY_IMPOSSIBLE,
    REASON_REQUIRED,
    NOT_LIVE,
    FALLBACK_CLOSED,
    ROLL_BACK_DAY_IMPOSSIBLE,
    EXPLANATION_NOT_WAITING,
    SUPERSEDED_BY_LATER_RUN,
    PARALLEL_RUN_NOT_NEEDED,
    KIND_OF_PAY_REPEATED,
    KIND_OF_PAY_UNKNOWN,
    NO_DIFFERENCE_TO_EXPLAIN,
    RUN_DECIDED,
    DIFFERENCES_UNEXPLAINED,
    RUN_HAS_ERRORS,
    REJECTION_NEEDS_NOTE,
    PERIOD_IN_FUTURE,
    ROWS_REFUSED,
    TRAINING_ROLE_UNKNOWN,
    COURSE_UNKNOWN,
    COURSE_CLOSED,
    HELD_IN_FUTURE,
    TRAINED_BEYOND_NEED,
)
