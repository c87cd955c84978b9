"""The refusals of the gap analysis and of its spreadsheets."""

from __future__ import annotations

from services.chassis.problems import ProblemType

MANDATE_MISSING = ProblemType(
    "mandate_missing", 422, "It is not said who decided and with what mandate"
)
UNTIL_NOT_AN_EXCEPTION = ProblemType(
    "until_not_an_exception", 422, "Only an exception has an end date"
)
GAP_ALREADY_DECIDED = ProblemType("gap_already_decided", 409, "The gap has a decision")
PROPOSAL_UNKNOWN = ProblemType("proposal_unknown", 422, "The negotiation has no such proposal")
PROPOSAL_IS_YOUR_OWN = ProblemType("proposal_is_your_own", 409, "The other side answers a proposal")
PROPOSAL_ALREADY_ANSWERED = ProblemType(
    "proposal_already_answered", 409, "The proposal has its answer"
)
ANSWER_INCOMPLETE = ProblemType(
    "answer_incomplete", 422, "An answer says which proposal it answers, and whether it accepts"
)
PROPOSAL_INCOMPLETE = ProblemType(
    "proposal_incomplete", 422, "Effort, price and end belong to a proposed decision"
)
SPREADSHEET_EXPANDS_TOO_FAR = ProblemType(
    "spreadsheet_expands_too_far", 422, "The spreadsheet unpacks to more than is read"
)
SPREADSHEET_TOO_LONG = ProblemType(
    "spreadsheet_too_long", 422, "The spreadsheet has more rows than a gap analysis can have"
)
SPREADSHEET_COLUMNS_WRONG = ProblemType(
    "spreadsheet_columns_wrong", 422, "The spreadsheet does not have the columns of the export"
)
SPREADSHEET_ROWS_WRONG = ProblemType(
    "spreadsheet_rows_wrong", 422, "Some rows are wrong, so nothing was imported"
)

PROBLEMS: tuple[ProblemType, ...] = (
    MANDATE_MISSING,
    UNTIL_NOT_AN_EXCEPTION,
    GAP_ALREADY_DECIDED,
    PROPOSAL_UNKNOWN,
    PROPOSAL_IS_YOUR_OWN,
    PROPOSAL_ALREADY_ANSWERED,
    ANSWER_INCOMPLETE,
    PROPOSAL_INCOMPLETE,
    SPREADSHEET_EXPANDS_TOO_FAR,
    SPREADSHEET_TOO_LONG,
    SPREADSHEET_COLUMNS_WRONG,
    SPREADSHEET_ROWS_WRONG,
)
