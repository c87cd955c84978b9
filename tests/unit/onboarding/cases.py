"""Snapshots and pieces for the unit tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.contracts.values import FeeItem, IndicatedFeeLine, Phase
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    Decision,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.gates.snapshot import CaseSnapshot
from services.onboarding.implementation.domain import (
    ReadinessArea,
    ReadinessItem,
    Reconciliation,
    ReconciliationRules,
)
from services.onboarding.letter_of_intent.domain import FeeIndication, FeeIndicationStatus
from services.onboarding.parties import Owner

AT = datetime(2025, 1, 7, 9, 0, tzinfo=UTC)
PAY = ActivityRef("payroll", "pay-salaries")
APPROVE = ActivityRef("payroll", "approve-payment")
RULES = ReconciliationRules(minimum_batches=1, count_tolerance=0, sum_tolerance_per_million=100)
ITEMS = (
    ReadinessItem("tested", ReadinessArea.SYSTEM, Owner.CENTRE, "Tested"),
    ReadinessItem("trained", ReadinessArea.WORKFORCE, Owner.CUSTOMER, "Trained"),
    ReadinessItem("known", ReadinessArea.OPERATIONS, Owner.SHARED, "Known"),
)


def snapshot(phase: Phase = Phase.LETTER_OF_INTENT) -> CaseSnapshot:
    """A case with two activities and nothing done."""
    return CaseSnapshot(
        phase=phase,
        live={"payroll": False},
        activities=(PAY, APPROVE),
        readiness_items=ITEMS,
        reconciliation_rules=RULES,
    )


def comparison(
    ref: ActivityRef = PAY, *, gap: bool = False, decision: Decision | None = None
) -> Comparison:
    """A compared activity."""
    return Comparison(
        ref=ref,
        customer_way="Som idag.",
        gap=gap,
        kind=GapKind.PROCESS if gap else None,
        size=GapSize.SMALL if gap else None,
        version=1,
        decision=decision,
    )


def decision(
    resolution: Resolution,
    *,
    until: date | None = None,
    price_ore: int | None = 100,
    effort_hours: int | None = 8,
) -> Decision:
    """A decision on a gap."""
    return Decision(
        resolution=resolution,
        reason="Därför.",
        effort_hours=effort_hours,
        price_ore=price_ore,
        until=until,
        decided_by="Karin Berg",
        mandate="ekonomichef",
        decided_at=AT,
    )


def batch(**more: object) -> Reconciliation:
    """A reconciled batch without differences, unless told otherwise."""
    exact: dict[str, object] = {
        "batch": "employees",
        "source_count": 10,
        "target_count": 10,
        "source_sum_ore": 1_000_000,
        "target_sum_ore": 1_000_000,
        "explanation": None,
        "reconciled_at": AT,
    }
    return Reconciliation(**{**exact, **more})  # type: ignore[arg-type]  # named above


def fee_indication(identifier: str = "1", /, **more: object) -> FeeIndication:
    """An indicated fee for payroll."""
    item = FeeItem(
        key="payroll-base",
        service_area="payroll",
        name="Base fee",
        unit="month",
        unit_price_ore=1_350_000,
        yearly_quantity=12,
    )
    line = IndicatedFeeLine(
        service="payroll", item=item, amount_ore=16_200_000, explanation="12 x 13 500 kr"
    )
    known: dict[str, object] = {
        "id": identifier,
        "status": FeeIndicationStatus.INDICATED,
        "headcount": 100,
        "volumes": {"payroll": {"payslip": 1_200}},
        "tariff": "ssc-2020",
        "yearly_total_ore": 16_200_000,
        "lines": (line,),
        "refusal_code": None,
        "refusal_reason": None,
        "requested_at": AT,
        "answered_at": AT,
    }
    return FeeIndication(**{**known, **more})  # type: ignore[arg-type]  # named above
