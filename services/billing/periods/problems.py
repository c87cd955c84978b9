"""The refusals of closing months."""

from __future__ import annotations

from services.chassis.problems import ProblemType

PERIOD_CLOSED_BEFORE = ProblemType("period_closed_before", 409, "The month is closed already")
PERIOD_OUT_OF_ORDER = ProblemType(
    "period_out_of_order", 409, "An earlier period has to be closed first"
)
PERIOD_BUSY = ProblemType("period_busy", 409, "Volumes are being taken in at this moment")

PROBLEMS: tuple[ProblemType, ...] = (PERIOD_CLOSED_BEFORE, PERIOD_OUT_OF_ORDER, PERIOD_BUSY)
