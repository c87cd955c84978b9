"""What foresight refuses, by stable code."""

from __future__ import annotations

from services.chassis.problems import ProblemType

NOTHING_PROPOSED = ProblemType(
    "nothing_proposed", 422, "The question proposes nothing that differs from what is signed"
)
STRETCH_UNUSABLE = ProblemType("stretch_unusable", 422, "The months asked about cannot be replayed")
TOO_MANY_MATTERS = ProblemType(
    "too_many_matters", 422, "The question is about more matters than one answer replays"
)
LEVEL_NOT_TIMED = ProblemType(
    "level_not_timed", 422, "The level is not measured by the clocks of matters"
)

PROBLEMS: tuple[ProblemType, ...] = (
    NOTHING_PROPOSED,
    STRETCH_UNUSABLE,
    TOO_MANY_MATTERS,
    LEVEL_NOT_TIMED,
)
