"""The refusals of costs, beside those of cost sharing, whose keys are used here."""

from __future__ import annotations

from services.chassis.problems import ProblemType

COST_POOL_EXISTS = ProblemType("cost_pool_exists", 409, "There is such a cost pool already")
COST_POOL_CYCLE = ProblemType(
    "cost_pool_cycle", 422, "Overheads would come back to the pool they come from"
)
OVERHEAD_POOL_EXPECTED = ProblemType(
    "overhead_pool_expected", 422, "Only overhead pools hand on their cost"
)
SERVICE_POOL_EXPECTED = ProblemType(
    "service_pool_expected", 422, "Fees are for services, and the pool is of none"
)
START_UP_IN_FEES = ProblemType(
    "start_up_in_fees", 422, "Start-up cost would become part of ordinary fees"
)
COST_PLAN_MISSING = ProblemType("cost_plan_missing", 422, "No overhead plan holds for the month")
COST_MAPPING_MISSING = ProblemType(
    "cost_mapping_missing", 422, "Nothing says to which pools the day's accounts belong"
)
COST_MAPPING_INVALID = ProblemType(
    "cost_mapping_invalid", 422, "A rule of the mapping can meet no account"
)
ACCOUNT_UNMAPPED = ProblemType(
    "account_unmapped", 422, "The mapping does not say to which pool an account belongs"
)
VOUCHER_CONFLICT = ProblemType(
    "voucher_conflict", 409, "A voucher came before with another content"
)
COST_ROW_INVALID = ProblemType("cost_row_invalid", 422, "A row of the file does not hold")

PROBLEMS: tuple[ProblemType, ...] = (
    COST_POOL_EXISTS,
    COST_POOL_CYCLE,
    OVERHEAD_POOL_EXPECTED,
    SERVICE_POOL_EXPECTED,
    START_UP_IN_FEES,
    COST_PLAN_MISSING,
    COST_MAPPING_MISSING,
    COST_MAPPING_INVALID,
    ACCOUNT_UNMAPPED,
    VOUCHER_CONFLICT,
    COST_ROW_INVALID,
)
