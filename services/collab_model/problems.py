"""What collab_model refuses, by stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType
from services.collab_model.calendars.problems import PROBLEMS as CALENDAR_PROBLEMS
from services.collab_model.clocks.problems import PROBLEMS as CLOCK_PROBLEMS
from services.collab_model.foresight.problems import PROBLEMS as FORESIGHT_PROBLEMS

SERVICE_NOT_LIVE = ProblemType(
    "service_not_live", 409, "The service is not in operation for the customer"
)
CUSTOMER_NOT_NAMED = ProblemType(
    "customer_not_named", 422, "Staff must say for which customer, a customer may not"
)
EVENT_CONTRADICTS_STATE = ProblemType(
    "event_contradicts_state", 409, "The event does not fit what the matter's log says"
)
EVENT_NOT_YOURS = ProblemType("event_not_yours", 403, "Only the centre may enter this event")
LEVEL_UNKNOWN = ProblemType("level_unknown", 422, "The agreement has no such level")
LEVEL_MEASURED_FROM_MATTERS = ProblemType(
    "level_measured_from_matters", 422, "The level is measured from matters, not by readings"
)
READING_CONFLICT = ProblemType(
    "reading_conflict", 409, "The source has reported this reading differently before"
)
PERIOD_CLOSED = ProblemType("period_closed", 409, "The period is closed")
PERIOD_NOT_MEASURED = ProblemType(
    "period_not_measured", 422, "The service is not measured in that period"
)
MEETING_NOT_DUE = ProblemType("meeting_not_due", 409, "The meeting has not fallen due")
MEETING_CANCELLED = ProblemType("meeting_cancelled", 409, "The meeting was cancelled")
MINUTES_ALREADY_KEPT = ProblemType(
    "minutes_already_kept", 409, "The meeting's minutes are already kept"
)
HELD_ON_OUT_OF_RANGE = ProblemType(
    "held_on_out_of_range", 422, "The meeting cannot have been held on that day"
)

READING_DOES_NOT_FIT = ProblemType(
    "reading_does_not_fit", 422, "The reading is not of the kind that its level measures"
)
MONTHS_INVERTED = ProblemType("months_inverted", 422, "The last month lies before the first")
READING_IMPOSSIBLE = ProblemType(
    "reading_impossible", 422, "The reading says what cannot have happened"
)
READING_UNKNOWN = ProblemType(
    "reading_unknown", 422, "The source has reported no reading of that name for the level"
)
LEVEL_WITHOUT_MEASURE = ProblemType(
    "level_without_measure", 422, "The agreement does not say what the level is measured by"
)
DELIVERY_UNKNOWN = ProblemType("delivery_unknown", 422, "The level promises no such delivery")
CAUSE_UNKNOWN = ProblemType("cause_unknown", 422, "There is no such cause")
TEAM_UNKNOWN = ProblemType("team_unknown", 422, "There is no such team")
SUBJECT_UNKNOWN = ProblemType(
    "subject_unknown", 422, "The agreement has nothing of the kind that the cause is about"
)
FILE_UNREADABLE = ProblemType("file_unreadable", 422, "The file cannot be read as what it says")
PERIOD_NOT_OVER = ProblemType("period_not_over", 409, "The period is not over")
PERIOD_OUT_OF_ORDER = ProblemType(
    "period_out_of_order", 409, "An earlier period has to be closed first"
)
PERIOD_SUPERSEDED = ProblemType(
    "period_superseded", 409, "The statement has been corrected by a later one"
)
NOTHING_TO_CORRECT = ProblemType(
    "nothing_to_correct", 409, "What is known now is what the statement says"
)
TERTIAL_NOT_CLOSED = ProblemType(
    "tertial_not_closed", 409, "A month of the tertial has not been closed"
)
RISK_CLOSED = ProblemType("risk_closed", 409, "The risk is closed")

PROBLEMS: tuple[ProblemType, ...] = (
    *CALENDAR_PROBLEMS,
    *CLOCK_PROBLEMS,
    *FORESIGHT_PROBLEMS,
    SERVICE_NOT_LIVE,
    CUSTOMER_NOT_NAMED,
    EVENT_CONTRADICTS_STATE,
    EVENT_NOT_YOURS,
    LEVEL_UNKNOWN,
    LEVEL_MEASURED_FROM_MATTERS,
    READING_CONFLICT,
    PERIOD_CLOSED,
    PERIOD_NOT_MEASURED,
    MEETING_NOT_DUE,
    MEETING_CANCELLED,
    MINUTES_ALREADY_KEPT,
    HELD_ON_OUT_OF_RANGE,
    READING_DOES_NOT_FIT,
    MONTHS_INVERTED,
    READING_IMPOSSIBLE,
    READING_UNKNOWN,
    LEVEL_WITHOUT_MEASURE,
    DELIVERY_UNKNOWN,
    CAUSE_UNKNOWN,
    TEAM_UNKNOWN,
    SUBJECT_UNKNOWN,
    FILE_UNREADABLE,
    PERIOD_NOT_OVER,
    PERIOD_OUT_OF_ORDER,
    PERIOD_SUPERSEDED,
    NOTHING_TO_CORRECT,
    TERTIAL_NOT_CLOSED,
    RISK_CLOSED,
)
