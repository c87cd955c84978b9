"""What the gates look at: a case, frozen at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.contracts.values import Phase
from services.onboarding.gap_analysis.domain import ActivityRef, Comparison
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessItem,
    ReadinessStatement,
    Reconciliation,
    ReconciliationRules,
)
from services.onboarding.parties import Party
from services.onboarding.stabilisation.domain import ClosedPeriod


@dataclass(frozen=True)
class AgreementStanding:
    """How far the latest version of a case's agreement has come."""

    signed_by: frozenset[Party]
    valid_from: date
    stabilisation_periods: int


@dataclass(frozen=True)
class CaseSnapshot:
    """Everything the gates look at. ``live`` tells of each service of the case."""

    phase: Phase
    live: Mapping[str, bool]
    activities: tuple[ActivityRef, ...]
    readiness_items: tuple[ReadinessItem, ...]
    reconciliation_rules: ReconciliationRules
    staffed: frozenset[Party] = frozenset()
    has_time_plan: bool = False
    has_baseline: bool = False
    has_fee_in_force: bool = False
    letter_signed_by: frozenset[Party] = frozenset()
    comparisons: tuple[Comparison, ...] = ()
    agreement: AgreementStanding | None = None
    readiness: tuple[ReadinessStatement, ...] = ()
    reconciliations: tuple[Reconciliation, ...] = ()
    go_decisions: Mapping[Party, GoDecision] = field(default_factory=dict)
    periods: tuple[ClosedPeriod, ...] = ()
    open_critical_matters: tuple[str, ...] = ()
