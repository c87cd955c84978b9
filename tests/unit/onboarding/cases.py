"""Snapshots and pieces for the unit tests."""

from __future__ import annotations

from dataclasses import replace
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
    GoDecision,
    GoWindow,
    ReadinessArea,
    ReadinessItem,
    Verdict,
)
from services.onboarding.implementation.reconciliation.domain import (
    Reconciliation,
    ReconciliationRules,
    Tolerance,
)
from services.onboarding.implementation.rules import ImplementationRules
from services.onboarding.implementation.standing import ImplementationStanding
from services.onboarding.letter_of_intent.domain import FeeIndication, FeeIndicationStatus
from services.onboarding.parties import Owner, Party

AT = datetime(2025, 1, 7, 9, 0, tzinfo=UTC)
PAY = ActivityRef("payroll", "pay-salaries")
APPROVE = ActivityRef("payroll", "approve-payment")
ITEMS = (
    ReadinessItem("tested", ReadinessArea.SYSTEM, Owner.CENTRE, "Tested"),
    ReadinessItem("trained", ReadinessArea.WORKFORCE, Owner.CUSTOMER, "Trained"),
    ReadinessItem("known", ReadinessArea.OPERATIONS, Owner.SHARED, "Known"),
)
RULES = ImplementationRules(
    readiness=ITEMS,
    reconciliation=ReconciliationRules(1, Tolerance(count=0, sum_per_million=100)),
    reconciliation_of={},
    parallel_runs={},
    training=(),
    go_window=GoWindow(30, 60),
    fallback_days=30,
)


def snapshot(phase: Phase = Phase.LETTER_OF_INTENT) -> CaseSnapshot:
    """A case with two activities and nothing done."""
    return CaseSnapshot(
        phase=phase,
        live={"payroll": False},
        activities=(PAY, APPROVE),
        implementation=ImplementationStanding(("payroll",), RULES),
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
        catalogue_version="2026-1",
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
        "id": "b1",
        "service": "payroll",
        "batch": "employees",
        "run": 1,
        "tolerance": RULES.reconciliation.tolerance,
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


def with_implementation(case: CaseSnapshot, **more: object) -> CaseSnapshot:
    """A snapshot that knows more of its implementation."""
    known = replace(case.implementation, **more)  # type: ignore[arg-type]  # its fields
    return replace(case, implementation=known)


def goes(day: date, verdict: Verdict = Verdict.GO) -> tuple[GoDecision, ...]:
    """Both parties' decisions on go-live, alike."""
    return tuple(GoDecision(party, verdict, day, "GD", None, AT) for party in Party)
