"""The refusals of gate items."""

from __future__ import annotations

from services.chassis.problems import ProblemType

GATE_ITEM_UNKNOWN = ProblemType("gate_item_unknown", 404, "The gate has no such item")
EVIDENCE_UNKNOWN = ProblemType(
    "evidence_unknown", 422, "The document given as evidence is not the case's"
)
EVIDENCE_ABSENT = ProblemType("evidence_absent", 409, "The item has no evidence to withdraw")

PROBLEMS: tuple[ProblemType, ...] = (GATE_ITEM_UNKNOWN, EVIDENCE_UNKNOWN, EVIDENCE_ABSENT)
