"""The refusals of the savings register."""

from __future__ import annotations

from services.chassis.problems import ProblemType

SAVING_PLACE_UNCLEAR = ProblemType(
    "saving_place_unclear", 422, "It is not clear where the saving arises"
)
SAVING_ARISES_ELSEWHERE = ProblemType(
    "saving_arises_elsewhere", 422, "An agency registers what is saved at the agency itself"
)
SAVING_DAYS_TURNED_ROUND = ProblemType(
    "saving_days_turned_round", 422, "The saving would end before it begins"
)
CHANGE_WITHOUT_REASON = ProblemType(
    "change_without_reason", 422, "What is changed or taken back needs its reason"
)
OWNER_MISSING = ProblemType("owner_missing", 409, "Nobody answers for the saving")
OWNER_TOO_EARLY = ProblemType(
    "owner_too_early", 409, "Another owner answers for the saving from a later day"
)
SAVING_STEP_SKIPPED = ProblemType(
    "saving_step_skipped", 409, "A saving goes one step at a time, forward or back"
)
SPECIFICATION_MISSING = ProblemType(
    "specification_missing", 409, "Neither what was nor what is expected is registered"
)
FOLLOW_UP_MISSING = ProblemType("follow_up_missing", 409, "Nothing of the saving is followed up")
FOLLOW_UPS_STAND = ProblemType("follow_ups_stand", 409, "Follow-ups say that it was realised")
SAVING_NOT_REALISED = ProblemType(
    "saving_not_realised", 409, "Only what is being realised is followed up"
)
FOLLOW_UP_PERIOD_WRONG = ProblemType(
    "follow_up_period_wrong", 422, "The saving cannot be followed up for those months"
)
FOLLOWED_UP_ALREADY = ProblemType(
    "followed_up_already", 409, "Another follow-up stands for some of the months"
)
FOLLOW_UP_NOT_STANDING = ProblemType(
    "follow_up_not_standing", 409, "No such follow-up of the saving stands"
)

PROBLEMS: tuple[ProblemType, ...] = (
    SAVING_PLACE_UNCLEAR,
    SAVING_ARISES_ELSEWHERE,
    SAVING_DAYS_TURNED_ROUND,
    CHANGE_WITHOUT_REASON,
    OWNER_MISSING,
    OWNER_TOO_EARLY,
    SAVING_STEP_SKIPPED,
    SPECIFICATION_MISSING,
    FOLLOW_UP_MISSING,
    FOLLOW_UPS_STAND,
    SAVING_NOT_REALISED,
    FOLLOW_UP_PERIOD_WRONG,
    FOLLOWED_UP_ALREADY,
    FOLLOW_UP_NOT_STANDING,
)
"""Those that belong to this capability alone."""
