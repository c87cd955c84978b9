"""The refusals of the ledger."""

from __future__ import annotations

from services.chassis.problems import ProblemType

VOUCHER_UNBALANCED = ProblemType(
    "voucher_unbalanced", 422, "Debit and credit of a voucher are not equal"
)
VOUCHER_EMPTY = ProblemType("voucher_empty", 422, "The entries of a voucher come to nothing")
ACCOUNT_UNKNOWN = ProblemType("account_unknown", 422, "The chart of accounts has no such account")
VOUCHER_CORRECTED_BEFORE = ProblemType(
    "voucher_corrected_before", 409, "A later voucher has corrected this one by hand"
)
POSTING_PERIOD_CLOSED = ProblemType(
    "posting_period_closed", 409, "The month is closed and takes no vouchers"
)
POSTING_DAY_AHEAD = ProblemType("posting_day_ahead", 422, "The day has not come")
POSTING_DAY_TOO_EARLY = ProblemType(
    "posting_day_too_early", 422, "A correction cannot be posted before what it corrects"
)

PROBLEMS: tuple[ProblemType, ...] = (
    VOUCHER_UNBALANCED,
    VOUCHER_EMPTY,
    ACCOUNT_UNKNOWN,
    VOUCHER_CORRECTED_BEFORE,
    POSTING_PERIOD_CLOSED,
    POSTING_DAY_AHEAD,
    POSTING_DAY_TOO_EARLY,
)
