"""Readiness, reconciliations and go decisions in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.onboarding.implementation.domain import (
    GoDecision,
    ReadinessStatement,
    Reconciliation,
    Verdict,
)
from services.onboarding.parties import Party
from services.onboarding.tables import GoDecisionRow, ReadinessRow, ReconciliationRow


async def put_readiness(session: AsyncSession, case_id: str, statement: ReadinessStatement) -> None:
    """Replace what a party says of an item."""
    await session.merge(
        ReadinessRow(
            case_id=case_id,
            item=statement.item,
            party=statement.party.value,
            ready=statement.ready,
            evidence=statement.evidence,
            stated_at=statement.stated_at,
        )
    )
    await session.flush()


async def readiness(session: AsyncSession, case_id: str) -> Sequence[ReadinessStatement]:
    """What the parties have said of the items."""
    rows = await session.scalars(
        select(ReadinessRow)
        .where(ReadinessRow.case_id == case_id)
        .order_by(ReadinessRow.item, ReadinessRow.party)
    )
    return [
        ReadinessStatement(row.item, Party(row.party), row.ready, row.evidence, row.stated_at)
        for row in rows
    ]


async def put_reconciliation(
    session: AsyncSession, case_id: str, reconciliation: Reconciliation
) -> None:
    """Replace the reconciliation of a batch: a batch run again is counted anew."""
    await session.merge(ReconciliationRow(case_id=case_id, **asdict(reconciliation)))
    await session.flush()


async def reconciliations(session: AsyncSession, case_id: str) -> Sequence[Reconciliation]:
    """The reconciled batches of a case."""
    rows = await session.scalars(
        select(ReconciliationRow)
        .where(ReconciliationRow.case_id == case_id)
        .order_by(ReconciliationRow.batch)
    )
    return [
        Reconciliation(
            batch=row.batch,
            source_count=row.source_count,
            target_count=row.target_count,
            source_sum_ore=row.source_sum_ore,
            target_sum_ore=row.target_sum_ore,
            explanation=row.explanation,
            reconciled_at=row.reconciled_at,
        )
        for row in rows
    ]


async def add_go_decision(session: AsyncSession, case_id: str, decision: GoDecision) -> None:
    """Store a party's decision; the ones before it remain as history."""
    session.add(
        GoDecisionRow(
            id=new_id(),
            case_id=case_id,
            party=decision.party.value,
            decision=decision.verdict.value,
            go_live_on=decision.go_live_on,
            mandate=decision.mandate,
            reason=decision.reason,
            decided_at=decision.decided_at,
        )
    )
    await session.flush()


async def go_decisions(session: AsyncSession, case_id: str) -> Mapping[Party, GoDecision]:
    """The latest decision of each party."""
    rows = await session.scalars(
        select(GoDecisionRow).where(GoDecisionRow.case_id == case_id).order_by(GoDecisionRow.id)
    )
    return {
        Party(row.party): GoDecision(
            party=Party(row.party),
            verdict=Verdict(row.decision),
            go_live_on=row.go_live_on,
            mandate=row.mandate,
            reason=row.reason,
            decided_at=row.decided_at,
        )
        for row in rows
    }
