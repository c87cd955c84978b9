"""What phase 4 asks for, as ``data/implementation.yaml`` has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from services.contracts.values import Slug, Value
from services.onboarding.data_files import load
from services.onboarding.implementation.domain import GoWindow, ReadinessArea, ReadinessItem
from services.onboarding.implementation.parallel_runs.domain import (
    Cause,
    KindTolerance,
    ParallelRunRules,
    PayTolerance,
)
from services.onboarding.implementation.reconciliation.domain import (
    ReconciliationRules,
    Tolerance,
)
from services.onboarding.implementation.training.domain import TrainingRole
from services.onboarding.parties import Owner

PerMillion = Annotated[int, Field(ge=0, le=1_000_000)]
Whole = Annotated[int, Field(ge=0)]


class ReadinessItemData(Value):
    """A readiness item as the data file has it."""

    key: Slug
    area: ReadinessArea
    owner: Owner
    text: str
    text_sv: str
    due_days: Whole
    per_service: bool = False
    services: tuple[Slug, ...] = ()


class ReconciliationData(Value):
    """When migrated data counts as reconciled."""

    minimum_batches: Whole
    count_tolerance: Whole
    sum_tolerance_per_million: PerMillion

    def rules(self) -> ReconciliationRules:
        """As the rules use it."""
        return ReconciliationRules(
            self.minimum_batches, Tolerance(self.count_tolerance, self.sum_tolerance_per_million)
        )


class ReconciliationsData(Value):
    """Reconciliation by service; ``default`` where a service is not named."""

    default: ReconciliationData
    services: dict[Slug, ReconciliationData]


class PayToleranceData(Value):
    """By how much a kind of pay may differ."""

    count: Whole
    sum_ore: Whole
    sum_per_million: PerMillion

    def tolerance(self) -> PayTolerance:
        """As the rules use it."""
        return PayTolerance(self.count, self.sum_ore, self.sum_per_million)


class KindToleranceData(Value):
    """The tolerance of the kinds of pay whose code begins with ``prefix``."""

    prefix: Annotated[str, Field(min_length=1, max_length=20)]
    tolerance: PayToleranceData


class ParallelRunData(Value):
    """What a service's parallel runs have to show."""

    service: Slug
    required_in_a_row: Annotated[int, Field(ge=1, le=12)]
    tolerance: PayToleranceData
    kinds: tuple[KindToleranceData, ...] = ()
    causes_to_mend: frozenset[Cause]


class TrainingRoleData(Value):
    """A role whose people have to be trained."""

    key: Slug
    name: str
    name_sv: str
    services: tuple[Slug, ...] = ()
    required_share_percent: Annotated[Decimal, Field(gt=0, le=100)]


class GoDecisionData(Value):
    """The window for go decisions."""

    minimum_days_ahead: Whole
    maximum_days_ahead: Whole

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> GoDecisionData:
        if self.minimum_days_ahead > self.maximum_days_ahead:
            raise ValueError("the window for go decisions closes before it opens")
        return self


class FallbackData(Value):
    """How long after go-live a service can be taken back."""

    days_after_go_live: Whole


class ImplementationData(Value):
    """What phase 4 asks for."""

    version: str
    readiness: tuple[ReadinessItemData, ...]
    reconciliation: ReconciliationsData
    parallel_runs: tuple[ParallelRunData, ...]
    training: tuple[TrainingRoleData, ...]
    go_decision: GoDecisionData
    fallback: FallbackData


@dataclass(frozen=True)
class ImplementationRules:
    """What phase 4 asks for, as its rules use it; ``parallel_runs`` by service."""

    readiness: tuple[ReadinessItem, ...]
    reconciliation: ReconciliationRules
    reconciliation_of: Mapping[str, ReconciliationRules]
    parallel_runs: Mapping[str, ParallelRunRules]
    training: tuple[TrainingRole, ...]
    go_window: GoWindow
    fallback_days: int

    def reconciliation_rules(self, service: str | None) -> ReconciliationRules:
        """The reconciliation rules of a service, or of a batch that belongs to none."""
        return self.reconciliation_of.get(service or "", self.reconciliation)


@cache
def implementation_rules() -> ImplementationRules:
    """The rules in ``data/implementation.yaml``."""
    data = load(ImplementationData, "implementation.yaml")
    return ImplementationRules(
        readiness=tuple(ReadinessItem(**dict(item)) for item in data.readiness),
        reconciliation=data.reconciliation.default.rules(),
        reconciliation_of={
            service: rules.rules() for service, rules in data.reconciliation.services.items()
        },
        parallel_runs={
            entry.service: ParallelRunRules(
                service=entry.service,
                required_in_a_row=entry.required_in_a_row,
                tolerance=entry.tolerance.tolerance(),
                kinds=tuple(
                    KindTolerance(kind.prefix, kind.tolerance.tolerance()) for kind in entry.kinds
                ),
                causes_to_mend=entry.causes_to_mend,
            )
            for entry in data.parallel_runs
        },
        training=tuple(TrainingRole(**dict(role)) for role in data.training),
        go_window=GoWindow(
            data.go_decision.minimum_days_ahead, data.go_decision.maximum_days_ahead
        ),
        fallback_days=data.fallback.days_after_go_live,
    )
