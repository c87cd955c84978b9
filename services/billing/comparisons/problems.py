"""The refusals of comparisons."""

from __future__ import annotations

from services.chassis.problems import ProblemType

KEY_FIGURE_UNKNOWN = ProblemType(
    "key_figure_unknown", 422, "Customers are not compared by such a key figure"
)
KEY_FIGURE_INCOMPLETE = ProblemType(
    "key_figure_incomplete", 422, "It is not said of what the key figure is to be"
)
REVIEW_DAY_PAST = ProblemType("review_day_past", 422, "Nobody could review the figures any more")
PEER_GROUPS_INVALID = ProblemType(
    "peer_groups_invalid", 422, "The peer groups do not say where each customer belongs"
)
FIGURES_MISSING = ProblemType("figures_missing", 422, "There is nothing to compare")
COMPARISON_NOT_REPLACEABLE = ProblemType(
    "comparison_not_replaceable", 409, "Only a published comparison is replaced, and once"
)
COMPARISON_SETTLED = ProblemType(
    "comparison_settled", 409, "The comparison is published or withdrawn"
)
REVIEW_OVER = ProblemType("review_over", 409, "The last day of the review is over")
REVIEW_NOT_OVER = ProblemType(
    "review_not_over", 409, "Not all have approved, and they still have time to"
)
FIGURE_LEFT_OUT = ProblemType("figure_left_out", 409, "The figure was left out")
OBJECTION_MISSING = ProblemType("objection_missing", 409, "No objection waits for an answer")
OBJECTIONS_UNANSWERED = ProblemType(
    "objections_unanswered", 409, "Objections wait for their answers"
)

PROBLEMS: tuple[ProblemType, ...] = (
    KEY_FIGURE_UNKNOWN,
    KEY_FIGURE_INCOMPLETE,
    REVIEW_DAY_PAST,
    PEER_GROUPS_INVALID,
    FIGURES_MISSING,
    COMPARISON_NOT_REPLACEABLE,
    COMPARISON_SETTLED,
    REVIEW_OVER,
    REVIEW_NOT_OVER,
    FIGURE_LEFT_OUT,
    OBJECTION_MISSING,
    OBJECTIONS_UNANSWERED,
)
"""Those that belong to this capability alone."""
