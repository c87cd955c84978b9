"""The refusals of reading SIE 4; each names row and column of the file."""

from __future__ import annotations

from services.chassis.problems import ProblemType

SIE_UNREADABLE = ProblemType("sie_unreadable", 422, "The file does not follow SIE 4")
SIE_VOUCHER_UNBALANCED = ProblemType(
    "sie_voucher_unbalanced", 422, "The rows of a voucher do not come to nought"
)
SIE_CHECKSUM_WRONG = ProblemType(
    "sie_checksum_wrong", 422, "The file's checksum is not that of what it holds"
)
SIE_DISAGREES = ProblemType(
    "sie_disagrees", 422, "The vouchers do not come to what the file says of its accounts"
)

PROBLEMS: tuple[ProblemType, ...] = (
    SIE_UNREADABLE,
    SIE_VOUCHER_UNBALANCED,
    SIE_CHECKSUM_WRONG,
    SIE_DISAGREES,
)
