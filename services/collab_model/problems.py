"""What collab_model refuses, by stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

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

PROBLEMS: tuple[ProblemType, ...] = (
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
)
