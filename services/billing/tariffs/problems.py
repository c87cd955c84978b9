"""The refusals of tariffs and quotes."""

from __future__ import annotations

from services.chassis.problems import ProblemType

TARIFF_ITEMS_FAULTY = ProblemType(
    "tariff_items_faulty", 422, "Items of the tariff cannot be as they are"
)
TARIFF_PERIOD_UNCLEAR = ProblemType(
    "tariff_period_unclear", 422, "The tariff does not say clearly which days it is for"
)
TARIFF_FILE_UNREADABLE = ProblemType(
    "tariff_file_unreadable", 422, "The file cannot be read as items of a tariff"
)
CONSULTATION_MISSING = ProblemType(
    "consultation_missing", 409, "The consultation on the tariff is not noted"
)
CONSULTATION_IN_FUTURE = ProblemType(
    "consultation_in_future", 422, "A consultation is noted when it has been held"
)
TARIFF_NOT_OPEN = ProblemType(
    "tariff_not_open", 409, "The version of the tariff is not open for that any longer"
)
TARIFFS_OVERLAP = ProblemType("tariffs_overlap", 409, "Two tariffs would hold on the same day")
TARIFF_GAP = ProblemType("tariff_gap", 409, "Days between two tariffs would have none")
TARIFF_WITHDRAWN = ProblemType(
    "tariff_withdrawn", 409, "The version of the tariff is withdrawn already"
)
NOTHING_TO_COMPARE_WITH = ProblemType(
    "nothing_to_compare_with", 422, "A tariff's first version has none before it"
)
QUOTE_REFUSED = ProblemType("quote_refused", 422, "No fee can be reckoned from what was given")

PROBLEMS: tuple[ProblemType, ...] = (
    TARIFF_ITEMS_FAULTY,
    TARIFF_PERIOD_UNCLEAR,
    TARIFF_FILE_UNREADABLE,
    CONSULTATION_MISSING,
    CONSULTATION_IN_FUTURE,
    TARIFF_NOT_OPEN,
    TARIFFS_OVERLAP,
    TARIFF_GAP,
    TARIFF_WITHDRAWN,
    NOTHING_TO_COMPARE_WITH,
    QUOTE_REFUSED,
)
"""Those that belong to this capability alone."""
