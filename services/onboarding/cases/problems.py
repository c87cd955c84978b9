"""The refusals of cases: their status and their way back."""

from __future__ import annotations

from services.chassis.problems import ProblemType

CASE_PAUSED = ProblemType("case_paused", 409, "The case is paused")
CASE_CLOSED = ProblemType("case_closed", 409, "The case has ended")
CASE_NOT_PAUSED = ProblemType("case_not_paused", 409, "The case is not paused")
RESUME_DATE_PAST = ProblemType("resume_date_past", 422, "The expected day of resuming is not ahead")
SERVICE_IS_LIVE = ProblemType("service_is_live", 409, "A service of the case is in operation")
SENT_BACK_PAST_GO_LIVE = ProblemType(
    "sent_back_past_go_live", 409, "A case does not go back to before go-live"
)
NO_WAY_BACK = ProblemType("no_way_back", 409, "There is no way back to that phase")
GAP_NOT_DECIDED = ProblemType("gap_not_decided", 422, "A gap to reopen has no decision")

PROBLEMS: tuple[ProblemType, ...] = (
    CASE_PAUSED,
    CASE_CLOSED,
    CASE_NOT_PAUSED,
    RESUME_DATE_PAST,
    SERVICE_IS_LIVE,
    SENT_BACK_PAST_GO_LIVE,
    NO_WAY_BACK,
    GAP_NOT_DECIDED,
)
