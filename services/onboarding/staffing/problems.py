"""The refusals of staffing."""

from __future__ import annotations

from services.chassis.problems import ProblemType

STAFFING_FAULTY = ProblemType("staffing_faulty", 422, "The staffing does not fit the case")

PROBLEMS: tuple[ProblemType, ...] = (STAFFING_FAULTY,)
