"""Comparisons and decisions in storage."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    Decision,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.tables import ComparisonRow


async def put(session: AsyncSession, case_id: str, comparison: Comparison) -> None:
    """Replace what is known of an activity, its decision included."""
    decision = comparison.decision
    await session.merge(
        ComparisonRow(
            case_id=case_id,
            service=comparison.ref.service,
            activity=comparison.ref.activity,
            customer_way=comparison.customer_way,
            gap=comparison.gap,
            kind=comparison.kind.value if comparison.kind else None,
            size=comparison.size.value if comparison.size else None,
            version=comparison.version,
            decision=decision.resolution.value if decision else None,
            reason=decision.reason if decision else None,
            effort_hours=decision.effort_hours if decision else None,
            price_ore=decision.price_ore if decision else None,
            until=decision.until if decision else None,
            decided_by=decision.decided_by if decision else None,
            mandate=decision.mandate if decision else None,
            decided_at=decision.decided_at if decision else None,
        )
    )
    await session.flush()


async def find(session: AsyncSession, case_id: str, ref: ActivityRef) -> Comparison | None:
    """What is known of one activity."""
    row = await session.get(ComparisonRow, (case_id, ref.service, ref.activity))
    return _comparison(row) if row else None


async def of_case(session: AsyncSession, case_id: str) -> Sequence[Comparison]:
    """Every comparison of a case, by service and activity."""
    rows = await session.scalars(
        select(ComparisonRow)
        .where(ComparisonRow.case_id == case_id)
        .order_by(ComparisonRow.service, ComparisonRow.activity)
    )
    return [_comparison(row) for row in rows]


def _comparison(row: ComparisonRow) -> Comparison:
    return Comparison(
        ref=ActivityRef(row.service, row.activity),
        customer_way=row.customer_way,
        gap=row.gap,
        kind=GapKind(row.kind) if row.kind else None,
        size=GapSize(row.size) if row.size else None,
        version=row.version,
        decision=_decision(row),
    )


def _decision(row: ComparisonRow) -> Decision | None:
    # The columns of a decision are written together (see put): one absent, all absent.
    if (
        row.decision is None
        or row.reason is None
        or row.decided_by is None
        or row.mandate is None
        or row.decided_at is None
    ):
        return None
    return Decision(
        resolution=Resolution(row.decision),
        reason=row.reason,
        effort_hours=row.effort_hours,
        price_ore=row.price_ore,
        until=row.until,
        decided_by=row.decided_by,
        mandate=row.mandate,
        decided_at=row.decided_at,
    )
