"""What matters and their clocks refuse, by stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

EVENT_BEFORE_MATTER = ProblemType(
    "event_before_matter", 422, "The event lies before its matter was raised"
)
EVENT_IN_FUTURE = ProblemType("event_in_future", 422, "The event has not happened yet")
EVENT_DETAIL_WRONG = ProblemType(
    "event_detail_wrong", 422, "The event lacks what it must say, or says what it cannot"
)
LINE_NOT_CORRECTABLE = ProblemType(
    "line_not_correctable", 409, "The line of the log cannot be corrected"
)
AS_OF_OUT_OF_RANGE = ProblemType(
    "as_of_out_of_range", 422, "The instant asked about is not one that can be answered for"
)
CONDITIONS_CONTRADICT = ProblemType(
    "conditions_contradict", 422, "The conditions of a clock contradict each other"
)
LEVEL_NAMED_TWICE = ProblemType("level_named_twice", 422, "Two levels have the same key")
LEVEL_WITHOUT_TARGET = ProblemType(
    "level_without_target", 422, "A level promises nothing for any priority"
)
TERMS_HOLD_TOO_SOON = ProblemType(
    "terms_hold_too_soon", 422, "What matters were promised already does not change"
)
OWN_HOURS_UNUSABLE = ProblemType(
    "own_hours_unusable", 422, "The level's own hours cannot be reckoned with"
)
AGREEMENT_UNKNOWN = ProblemType("agreement_unknown", 422, "There is no such agreement")

PROBLEMS: tuple[ProblemType, ...] = (
    EVENT_BEFORE_MATTER,
    EVENT_IN_FUTURE,
    EVENT_DETAIL_WRONG,
    LINE_NOT_CORRECTABLE,
    AS_OF_OUT_OF_RANGE,
    CONDITIONS_CONTRADICT,
    LEVEL_NAMED_TWICE,
    LEVEL_WITHOUT_TARGET,
    TERMS_HOLD_TOO_SOON,
    OWN_HOURS_UNUSABLE,
    AGREEMENT_UNKNOWN,
)
