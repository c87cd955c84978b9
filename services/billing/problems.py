"""The refusals that billing adds to the chassis's own."""

from __future__ import annotations

from services.chassis.problems import ProblemType

VOLUME_CONFLICT = ProblemType(
    "volume_conflict", 409, "A reported volume was sent before with another content"
)
VOLUME_NEGATIVE = ProblemType("volume_negative", 422, "A volume is never below nought")
UNIT_UNKNOWN = ProblemType("unit_unknown", 422, "Nothing is counted in that unit")
CORRECTION_AMBIGUOUS = ProblemType(
    "correction_ambiguous", 422, "It is not clear which report a correction is about"
)
FILE_UNREADABLE = ProblemType("file_unreadable", 422, "The file cannot be read as what it says")
FILE_CUT_SHORT = ProblemType("file_cut_short", 422, "The file does not go on to its end")
PERIOD_NOT_ENDED = ProblemType("period_not_ended", 422, "The month has not ended")
CUSTOMER_UNKNOWN = ProblemType(
    "customer_unknown", 422, "No agency of that organisation number is registered"
)
UNIT_NOT_OF_SERVICE = ProblemType(
    "unit_not_of_service", 422, "The service is not charged by that unit"
)
SERVICE_UNKNOWN = ProblemType("service_unknown", 422, "The catalogue has no such service")

PROBLEMS: tuple[ProblemType, ...] = (
    VOLUME_CONFLICT,
    VOLUME_NEGATIVE,
    UNIT_UNKNOWN,
    CORRECTION_AMBIGUOUS,
    FILE_UNREADABLE,
    FILE_CUT_SHORT,
    PERIOD_NOT_ENDED,
    CUSTOMER_UNKNOWN,
    UNIT_NOT_OF_SERVICE,
    SERVICE_UNKNOWN,
)
