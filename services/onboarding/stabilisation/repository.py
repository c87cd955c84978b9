"""Closed periods and matters in storage, as collab_model tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.collab_model import MatterStatus
from services.contracts.values import Priority
from services.onboarding.stabilisation.domain import ClosedPeriod, LevelOutcome, Matter
from services.onboarding.tables import ClosedPeriodRow, MatterRow


async def find_period(
    session: AsyncSession, agreement_id: str, service: str, period: str, revision: int
) -> ClosedPeriod | None:
    """A month of a service in one of its revisions, when it is known."""
    row = await session.get(ClosedPeriodRow, (agreement_id, service, period, revision))
    return _period(row) if row else None


async def add_period(
    session: AsyncSession, agreement_id: str, period: ClosedPeriod, at: datetime
) -> None:
    """Store a closed or corrected month."""
    session.add(
        ClosedPeriodRow(
            agreement_id=agreement_id,
            service=period.service,
            period=period.period,
            revision=period.revision,
            whole_month=period.whole_month,
            met=period.met,
            results=[_kept(result) for result in period.results],
            recorded_at=at,
        )
    )
    await session.flush()


async def periods(session: AsyncSession, agreement_id: str) -> Sequence[ClosedPeriod]:
    """The closed months of an agreement's services in every revision, in order."""
    rows = await session.scalars(
        select(ClosedPeriodRow)
        .where(ClosedPeriodRow.agreement_id == agreement_id)
        .order_by(ClosedPeriodRow.service, ClosedPeriodRow.period, ClosedPeriodRow.revision)
    )
    return [_period(row) for row in rows]


async def put_matter(
    session: AsyncSession, agreement_id: str, matter: Matter, rank: str | None
) -> None:
    """Add what is newly known of a matter to what was known of it.

    Args:
        rank: where the telling stands among those about the matter; the highest says how it
            stands. None for its raising, which is before all of them whenever it comes.
    """
    row = await session.get(MatterRow, matter.matter_id)
    if row is None:
        row = MatterRow(
            matter_id=matter.matter_id,
            agreement_id=agreement_id,
            service=matter.service,
            priority=matter.priority,
            kind=None,
            raised_at=None,
            resolved_at=None,
            status=matter.status.value,
            status_rank=rank,
        )
        session.add(row)
    row.kind = matter.kind or row.kind
    row.raised_at = row.raised_at or matter.raised_at
    if rank is not None and rank >= (row.status_rank or ""):
        row.status, row.status_rank = matter.status.value, rank
        row.service, row.priority = matter.service, matter.priority
        row.raised_at = matter.raised_at or row.raised_at
        row.resolved_at = matter.resolved_at
    await session.flush()


async def critical_matters(session: AsyncSession, agreement_id: str) -> Sequence[Matter]:
    """The critical matters of an agreement, open or not, oldest first."""
    rows = await session.scalars(
        select(MatterRow)
        .where(
            MatterRow.agreement_id == agreement_id,
            MatterRow.priority == Priority.CRITICAL.value,
        )
        .order_by(MatterRow.raised_at, MatterRow.matter_id)
    )
    return [
        Matter(
            row.matter_id,
            row.service,
            row.priority,
            row.raised_at,
            row.resolved_at,
            row.kind,
            MatterStatus(row.status),
        )
        for row in rows
    ]


def _kept(result: LevelOutcome) -> dict[str, Any]:
    outcome = result.outcome_percent
    return {
        "level": result.level,
        "required_share_percent": str(result.required_share_percent),
        "outcome_percent": None if outcome is None else str(outcome),
        "measured": result.measured,
        "met": result.met,
    }


def _period(row: ClosedPeriodRow) -> ClosedPeriod:
    return ClosedPeriod(
        service=row.service,
        period=row.period,
        whole_month=row.whole_month,
        met=row.met,
        results=tuple(_result(kept) for kept in row.results),
        revision=row.revision,
    )


def _result(kept: dict[str, Any]) -> LevelOutcome:
    outcome = kept["outcome_percent"]
    return LevelOutcome(
        level=kept["level"],
        required_share_percent=Decimal(kept["required_share_percent"]),
        outcome_percent=None if outcome is None else Decimal(outcome),
        measured=kept["measured"],
        met=kept["met"],
    )
