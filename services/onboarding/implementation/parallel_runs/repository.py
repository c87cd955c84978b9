"""Parallel runs and their lines in storage."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.implementation.domain import Approval
from services.onboarding.implementation.parallel_runs.domain import (
    Cause,
    Explanation,
    ParallelRun,
    PayLine,
    PayTolerance,
    ReportedLine,
)
from services.onboarding.parties import Party
from services.onboarding.tables import ParallelRunLineRow, ParallelRunRow


async def attempts_at(session: AsyncSession, case_id: str, service: str, period: str) -> int:
    """How often a month has been run."""
    count = await session.scalar(
        select(func.count())
        .select_from(ParallelRunRow)
        .where(
            ParallelRunRow.case_id == case_id,
            ParallelRunRow.service == service,
            ParallelRunRow.period == period,
        )
    )
    return count or 0


async def add(session: AsyncSession, case_id: str, run: ParallelRun) -> None:
    """Store a run with its lines.

    Raises:
        sqlalchemy.exc.IntegrityError: the month has an attempt of that number already.
    """
    session.add(
        ParallelRunRow(
            id=run.id,
            case_id=case_id,
            service=run.service,
            period=run.period,
            attempt=run.attempt,
            reported_at=run.reported_at,
        )
    )
    await session.flush()
    await session.execute(
        insert(ParallelRunLineRow),
        [
            {
                "run_id": run.id,
                "kind": line.kind,
                "position": position,
                "name": line.reported.name,
                "old_count": line.reported.old_count,
                "new_count": line.reported.new_count,
                "old_sum_ore": line.reported.old_sum_ore,
                "new_sum_ore": line.reported.new_sum_ore,
                "count_tolerance": line.tolerance.count,
                "sum_tolerance_ore": line.tolerance.sum_ore,
                "sum_tolerance_per_million": line.tolerance.sum_per_million,
            }
            for position, line in enumerate(run.lines)
        ],
    )


async def of_case(session: AsyncSession, case_id: str) -> Sequence[ParallelRun]:
    """Every run of a case with its lines, month by month and attempt by attempt."""
    rows = await session.scalars(
        select(ParallelRunRow)
        .where(ParallelRunRow.case_id == case_id)
        .order_by(ParallelRunRow.service, ParallelRunRow.period, ParallelRunRow.attempt)
        .execution_options(populate_existing=True)
    )
    runs = rows.all()
    if not runs:
        return []
    lines: dict[str, list[PayLine]] = {row.id: [] for row in runs}
    kept = await session.scalars(
        select(ParallelRunLineRow)
        .where(ParallelRunLineRow.run_id.in_(lines))
        .order_by(ParallelRunLineRow.position)
        .execution_options(populate_existing=True)
    )
    for row in kept:
        lines[row.run_id].append(_line(row))
    return [_run(row, lines[row.id]) for row in runs]


async def explain(session: AsyncSession, run_id: str, kind: str, explanation: Explanation) -> None:
    """Note why a kind of pay differs; a later explanation replaces it."""
    await session.execute(
        update(ParallelRunLineRow)
        .where(ParallelRunLineRow.run_id == run_id, ParallelRunLineRow.kind == kind)
        .values(
            cause=explanation.cause.value,
            explanation=explanation.text,
            explained_by=explanation.party.value,
            explained_at=explanation.at,
        )
    )


async def decide(session: AsyncSession, run_id: str, approval: Approval) -> None:
    """Note what the customer's side said of a run."""
    await session.execute(
        update(ParallelRunRow)
        .where(ParallelRunRow.id == run_id)
        .values(
            approved=approval.approved,
            approval_note=approval.note,
            approval_by=approval.by,
            approval_at=approval.at,
        )
    )


def _run(row: ParallelRunRow, lines: Sequence[PayLine]) -> ParallelRun:
    approval = None
    if row.approved is not None and row.approval_at is not None:
        approval = Approval(row.approved, row.approval_note, row.approval_by or "", row.approval_at)
    return ParallelRun(
        row.id, row.service, row.period, row.attempt, tuple(lines), row.reported_at, approval
    )


def _line(row: ParallelRunLineRow) -> PayLine:
    explanation = None
    if row.cause and row.explained_by and row.explained_at:
        explanation = Explanation(
            Cause(row.cause),
            row.explanation or "",
            Party(row.explained_by),
            row.explained_at,
        )
    return PayLine(
        reported=ReportedLine(
            row.kind, row.name, row.old_count, row.new_count, row.old_sum_ore, row.new_sum_ore
        ),
        tolerance=PayTolerance(
            row.count_tolerance, row.sum_tolerance_ore, row.sum_tolerance_per_million
        ),
        explanation=explanation,
    )
