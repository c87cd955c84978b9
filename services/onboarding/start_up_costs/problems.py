"""Refusals about start-up cost, each with its stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

COST_ROLE_UNKNOWN = ProblemType("cost_role_unknown", 422, "There is no such role")
COST_RATE_MISSING = ProblemType("cost_rate_missing", 422, "The role has no rate on that day")
OUTSIDE_START_UP = ProblemType("outside_start_up", 422, "The day lies outside the case's start-up")
COST_ALREADY_CORRECTED = ProblemType(
    "cost_already_corrected", 409, "The entry has been taken back already"
)
CORRECTION_STANDS = ProblemType("correction_stands", 409, "A correction is not corrected itself")

PROBLEMS: tuple[ProblemType, ...] = (
    COST_ROLE_UNKNOWN,
    COST_RATE_MISSING,
    OUTSIDE_START_UP,
    COST_ALREADY_CORRECTED,
    CORRECTION_STANDS,
)
