"""Refusals about the letter of intent."""

from __future__ import annotations

from services.chassis.problems import ProblemType

BASELINE_DOES_NOT_ADD_UP = ProblemType(
    "baseline_does_not_add_up", 422, "The yearly cost is not the sum of its parts"
)
LETTER_TEXT_CHANGED = ProblemType(
    "letter_text_changed", 409, "The letter to sign is not as it reads now"
)

PROBLEMS: tuple[ProblemType, ...] = (BASELINE_DOES_NOT_ADD_UP, LETTER_TEXT_CHANGED)
"""Those that belong to this capability alone."""
