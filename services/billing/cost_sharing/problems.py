"""The refusals of cost sharing."""

from __future__ import annotations

from services.chassis.problems import ProblemType

ARRANGEMENT_EXISTS = ProblemType(
    "arrangement_exists", 409, "There is an arrangement of that name already"
)
ARRANGEMENT_INCOMPLETE = ProblemType(
    "arrangement_incomplete", 422, "The arrangement leaves out what it needs"
)
UNKNOWN_REFERENCE = ProblemType("unknown_reference", 422, "Something is named that is not there")
NAME_TAKEN_TWICE = ProblemType("name_taken_twice", 422, "One name stands for two things")
PORTIONS_NOT_WHOLE = ProblemType(
    "portions_not_whole", 422, "The portions of a key are not together the whole"
)
KEYS_DO_NOT_GO_TOGETHER = ProblemType(
    "keys_do_not_go_together", 422, "Two keys of a line cannot both be followed"
)
GROUPS_IN_A_CIRCLE = ProblemType("groups_in_a_circle", 422, "A group contains itself")
UNKNOWN_UNIT = ProblemType("unknown_unit", 422, "The unit is not one that volumes are counted in")
NEGATIVE_VOLUME = ProblemType("negative_volume", 422, "A volume cannot be below nought")
EFFECTIVE_DAYS_OVERLAP = ProblemType(
    "effective_days_overlap", 422, "Two versions would hold on the same day"
)
DAYS_TURNED_ROUND = ProblemType("days_turned_round", 422, "The last day lies before the first")
PERIOD_TOO_LONG = ProblemType("period_too_long", 422, "A period has two years at the most")
FACT_CONFLICT = ProblemType(
    "fact_conflict", 409, "Something was sent before under the same name with another content"
)
NO_VERSION_IN_FORCE = ProblemType(
    "no_version_in_force", 422, "No version of the arrangement holds on some day of the period"
)
NOBODY_TO_SHARE = ProblemType("nobody_to_share", 422, "There is a cost and nobody to bear it")
DRIVER_WITHOUT_DATA = ProblemType("driver_without_data", 422, "A driver has no reading to share by")
SUMS_NOT_WHOLE = ProblemType(
    "sums_not_whole", 422, "Fixed sums do not fit the cost that they are to cover"
)
LIMITS_CANNOT_HOLD = ProblemType(
    "limits_cannot_hold", 422, "Floors and caps leave no way to share the cost"
)
INDEX_VALUE_MISSING = ProblemType(
    "index_value_missing", 422, "An index has no value for a year that is needed"
)
ORDER_MISSING = ProblemType(
    "order_missing", 422, "A cost for those who ordered does not say who ordered it"
)
AMOUNT_TOO_LARGE = ProblemType(
    "amount_too_large", 422, "The sharing comes to more than can be booked"
)
COST_MISSING = ProblemType(
    "cost_missing", 422, "A surplus cannot be settled before its costs are registered"
)
NOT_AS_SIMULATED = ProblemType(
    "not_as_simulated", 409, "What was simulated is no longer what would be booked"
)
SHARING_OVERLAPS = ProblemType(
    "sharing_overlaps", 409, "Days of the period are in a booked sharing already"
)
CORRECTS_ANOTHER_PERIOD = ProblemType(
    "corrects_another_period", 422, "A correction is of the same days as what it corrects"
)
SHARING_CORRECTED_BEFORE = ProblemType(
    "sharing_corrected_before", 409, "Another sharing has corrected this one"
)

PROBLEMS: tuple[ProblemType, ...] = (
    ARRANGEMENT_EXISTS,
    ARRANGEMENT_INCOMPLETE,
    UNKNOWN_REFERENCE,
    NAME_TAKEN_TWICE,
    PORTIONS_NOT_WHOLE,
    KEYS_DO_NOT_GO_TOGETHER,
    GROUPS_IN_A_CIRCLE,
    UNKNOWN_UNIT,
    NEGATIVE_VOLUME,
    EFFECTIVE_DAYS_OVERLAP,
    DAYS_TURNED_ROUND,
    PERIOD_TOO_LONG,
    FACT_CONFLICT,
    NO_VERSION_IN_FORCE,
    NOBODY_TO_SHARE,
    DRIVER_WITHOUT_DATA,
    SUMS_NOT_WHOLE,
    LIMITS_CANNOT_HOLD,
    INDEX_VALUE_MISSING,
    ORDER_MISSING,
    AMOUNT_TOO_LARGE,
    COST_MISSING,
    NOT_AS_SIMULATED,
    SHARING_OVERLAPS,
    CORRECTS_ANOTHER_PERIOD,
    SHARING_CORRECTED_BEFORE,
)
