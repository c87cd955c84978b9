"""Reconciling migrated data: counts and sums per batch, run by run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from services.onboarding.implementation.domain import (
    Approval,
    RolledBack,
    counts_since,
    is_after,
)


@dataclass(frozen=True)
class Tolerance:
    """By how much source and target may differ.

    Attributes:
        count: records, either way.
        sum_per_million: millionths of the source's sum, either way.
    """

    count: int
    sum_per_million: int


@dataclass(frozen=True)
class ReconciliationRules:
    """How many batches a service needs at the least, and the tolerance they are judged by."""

    minimum_batches: int
    tolerance: Tolerance


@dataclass(frozen=True)
class Reconciliation:
    """One run of a migrated batch, with the tolerance that was in force when it was made.

    ``service`` is None where the batch belongs to no single service; ``run`` counts the
    runs of the batch from 1.
    """

    id: str
    service: str | None
    batch: str
    run: int
    source_count: int
    target_count: int
    source_sum_ore: int
    target_sum_ore: int
    tolerance: Tolerance
    explanation: str | None
    reconciled_at: datetime
    approval: Approval | None = None

    @property
    def count_difference(self) -> int:
        """Records at the target beyond those at the source; negative when some are lost."""
        return self.target_count - self.source_count

    @property
    def sum_difference_ore(self) -> int:
        """Öre at the target beyond those at the source."""
        return self.target_sum_ore - self.source_sum_ore

    @property
    def within_tolerance(self) -> bool:
        """Whether both differences lie within tolerance, exactly reckoned."""
        per_million = self.tolerance.sum_per_million
        allowed = Fraction(abs(self.source_sum_ore) * per_million, 1_000_000)
        return (
            abs(self.count_difference) <= self.tolerance.count
            and abs(self.sum_difference_ore) <= allowed
        )

    @property
    def needs_approval(self) -> bool:
        """Whether it is explained and waits for the customer's side."""
        return not self.within_tolerance and self.explanation is not None and self.approval is None

    @property
    def holds(self) -> bool:
        """Within tolerance, or explained and the explanation approved by the customer."""
        return self.within_tolerance or (
            self.explanation is not None and self.approval is not None and self.approval.approved
        )


def latest_runs(
    runs: Iterable[Reconciliation], services: Sequence[str], rolled_back: RolledBack
) -> tuple[Reconciliation, ...]:
    """The latest run of each batch that concerns the services, those since a roll-back only."""
    latest: dict[tuple[str | None, str], Reconciliation] = {}
    for run in sorted(runs, key=lambda entry: entry.run):
        if run.service is not None and run.service not in services:
            continue
        since = counts_since(rolled_back, services if run.service is None else (run.service,))
        if is_after(run.reconciled_at, since):
            latest[run.service, run.batch] = run
    return tuple(latest[key] for key in sorted(latest, key=lambda key: (key[0] or "", key[1])))


def batches_lacking(
    latest: Iterable[Reconciliation], service: str, rules: ReconciliationRules
) -> int:
    """How many batches a service still needs; those of the whole case count for it too."""
    return max(0, rules.minimum_batches - sum(run.service in {None, service} for run in latest))
