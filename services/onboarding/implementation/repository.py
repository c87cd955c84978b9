"""Readiness, go decisions and roll-backs in storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.onboarding.implementation.domain import (
    Consequence,
    GoDecision,
    ReadinessStatement,
    RollBack,
    Verdict,
)
from services.onboarding.parties import Party
from services.onboarding.tables import GoDecisionRow, ReadinessRow, RollBackRow


async def put_readiness(session: AsyncSession, case_id: str, statement: ReadinessStatement) -> None:
    """Replace what a party says of an item."""
    await session.merge(
        ReadinessRow(
            case_id=case_id,
            item=statement.item,
            service=statement.service or "",
            party=statement.party.value,
            ready=statement.ready,
            evidence=statement.evidence,
            document_id=statement.document_id,
            stated_by=statement.stated_by,
            stated_at=statement.stated_at,
        )
    )
    await session.flush()


async def readiness(session: AsyncSession, case_id: str) -> Sequence[ReadinessStatement]:
    """What the parties have said of the items."""
    rows = await session.scalars(
        select(ReadinessRow)
        .where(ReadinessRow.case_id == case_id)
        .order_by(ReadinessRow.item, ReadinessRow.service, ReadinessRow.party)
    )
    return [
        ReadinessStatement(
            item=row.item,
            party=Party(row.party),
            ready=row.ready,
            evidence=row.evidence,
            stated_at=row.stated_at,
            service=row.service or None,
            stated_by=row.stated_by,
            document_id=row.document_id,
        )
        for row in rows
    ]


async def add_go_decision(session: AsyncSession, case_id: str, decision: GoDecision) -> None:
    """Store a party's decision; the ones before it remain as history."""
    session.add(
        GoDecisionRow(
            id=new_id(),
            case_id=case_id,
            service=decision.service,
            party=decision.party.value,
            decision=decision.verdict.value,
            go_live_on=decision.go_live_on,
            new_earliest_on=decision.new_earliest_on,
            mandate=decision.mandate,
            reason=decision.reason,
            consequences=[asdict(entry) for entry in decision.consequences],
            decided_at=decision.decided_at,
        )
    )
    await session.flush()


async def go_decisions(session: AsyncSession, case_id: str) -> Sequence[GoDecision]:
    """Every decision of both parties, in the order they were made."""
    rows = await session.scalars(
        select(GoDecisionRow).where(GoDecisionRow.case_id == case_id).order_by(GoDecisionRow.id)
    )
    return [
        GoDecision(
            party=Party(row.party),
            verdict=Verdict(row.decision),
            go_live_on=row.go_live_on,
            mandate=row.mandate,
            reason=row.reason,
            decided_at=row.decided_at,
            service=row.service,
            new_earliest_on=row.new_earliest_on,
            consequences=_consequences(row.consequences),
        )
        for row in rows
    ]


async def add_roll_back(session: AsyncSession, case_id: str, roll_back: RollBack) -> None:
    """Store that a service was taken back."""
    values: dict[str, Any] = asdict(roll_back)
    session.add(RollBackRow(case_id=case_id, **values))
    await session.flush()


async def roll_backs(session: AsyncSession, case_id: str) -> Sequence[RollBack]:
    """The roll-backs of a case, in the order they happened."""
    rows = await session.scalars(
        select(RollBackRow).where(RollBackRow.case_id == case_id).order_by(RollBackRow.id)
    )
    return [
        RollBack(
            id=row.id,
            service=row.service,
            live_on=row.live_on,
            rolled_back_on=row.rolled_back_on,
            reason=row.reason,
            decided_by=row.decided_by,
            mandate=row.mandate,
            consequences=_consequences(row.consequences),
            rolled_back_at=row.rolled_back_at,
        )
        for row in rows
    ]


def _consequences(kept: Sequence[dict[str, str]]) -> tuple[Consequence, ...]:
    return tuple(Consequence(**entry) for entry in kept)
