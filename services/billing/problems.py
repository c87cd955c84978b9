"""The refusals that billing adds to the chassis's own."""

from __future__ import annotations

from services.chassis.problems import ProblemType

VOLUME_CONFLICT = ProblemType(
    "volume_conflict", 409, "A reported volume was sent before with another content"
)
PERIOD_NOT_ENDED = ProblemType("period_not_ended", 422, "The month has not ended")

PROBLEMS: tuple[ProblemType, ...] = (VOLUME_CONFLICT, PERIOD_NOT_ENDED)
