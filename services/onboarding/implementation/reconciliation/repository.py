"""Runs of migrated batches in storage."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.implementation.domain import Approval
from services.onboarding.implementation.reconciliation.domain import Reconciliation, Tolerance
from services.onboarding.tables import ReconciliationRow


async def runs_of(session: AsyncSession, case_id: str, service: str | None, batch: str) -> int:
    """How many runs a batch has had."""
    count = await session.scalar(
        select(func.count())
        .select_from(ReconciliationRow)
        .where(
            ReconciliationRow.case_id == case_id,
            ReconciliationRow.service == (service or ""),
            ReconciliationRow.batch == batch,
        )
    )
    return count or 0


async def add(session: AsyncSession, case_id: str, run: Reconciliation) -> None:
    """Store a run.

    Raises:
        sqlalchemy.exc.IntegrityError: the batch has a run of that number already.
    """
    session.add(
        ReconciliationRow(
            id=run.id,
            case_id=case_id,
            service=run.service or "",
            batch=run.batch,
            run=run.run,
            source_count=run.source_count,
            target_count=run.target_count,
            source_sum_ore=run.source_sum_ore,
            target_sum_ore=run.target_sum_ore,
            count_tolerance=run.tolerance.count,
            sum_tolerance_per_million=run.tolerance.sum_per_million,
            explanation=run.explanation,
            reconciled_at=run.reconciled_at,
        )
    )
    await session.flush()


async def of_case(session: AsyncSession, case_id: str) -> Sequence[Reconciliation]:
    """Every run of a case's batches, run by run."""
    rows = await session.scalars(
        select(ReconciliationRow)
        .where(ReconciliationRow.case_id == case_id)
        .order_by(ReconciliationRow.service, ReconciliationRow.batch, ReconciliationRow.run)
        .execution_options(populate_existing=True)
    )
    return [_run(row) for row in rows]


async def approve(session: AsyncSession, run_id: str, approval: Approval) -> None:
    """Note what the customer's side said of a run's explanation."""
    await session.execute(
        update(ReconciliationRow)
        .where(ReconciliationRow.id == run_id)
        .values(
            approved=approval.approved,
            approval_note=approval.note,
            approval_by=approval.by,
            approval_at=approval.at,
        )
    )


def _run(row: ReconciliationRow) -> Reconciliation:
    approval = None
    if row.approved is not None and row.approval_at is not None:
        approval = Approval(row.approved, row.approval_note, row.approval_by or "", row.approval_at)
    return Reconciliation(
        id=row.id,
        service=row.service or None,
        batch=row.batch,
        run=row.run,
        source_count=row.source_count,
        target_count=row.target_count,
        source_sum_ore=row.source_sum_ore,
        target_sum_ore=row.target_sum_ore,
        tolerance=Tolerance(row.count_tolerance, row.sum_tolerance_per_million),
        explanation=row.explanation,
        reconciled_at=row.reconciled_at,
        approval=approval,
    )
