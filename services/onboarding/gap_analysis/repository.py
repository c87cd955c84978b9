"""Comparisons, decisions and negotiations in storage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    Decision,
    GapKind,
    GapSize,
    PastDecision,
    Resolution,
    Superseded,
)
from services.onboarding.gap_analysis.negotiation import Entry
from services.onboarding.gap_analysis.similarity import EarlierGap, Gap
from services.onboarding.parties import Party
from services.onboarding.tables import (
    AgencyRow,
    CaseRow,
    ComparisonRow,
    GapDecisionRow,
    NegotiationEntryRow,
)


@dataclass(frozen=True)
class FallenAway:
    """A comparison whose activity the case's catalogue no longer has."""

    comparison: Comparison
    at: datetime
    with_version: str


async def put(session: AsyncSession, case_id: str, comparison: Comparison) -> None:
    """Store how an activity compares; its decision is stored by ``add_decision``."""
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
            catalogue_version=comparison.catalogue_version,
            fell_away_at=None,
            fell_away_with=None,
        )
    )
    await session.flush()


async def add_decision(
    session: AsyncSession, case_id: str, ref: ActivityRef, version: int, decision: Decision
) -> None:
    """Store a decision on a gap, made with the comparison in the given version."""
    session.add(
        GapDecisionRow(
            id=new_id(),
            case_id=case_id,
            service=ref.service,
            activity=ref.activity,
            comparison_version=version,
            resolution=decision.resolution.value,
            reason=decision.reason,
            effort_hours=decision.effort_hours,
            price_ore=decision.price_ore,
            until=decision.until,
            decided_by=decision.decided_by,
            mandate=decision.mandate,
            decided_at=decision.decided_at,
            recorded_by=decision.recorded_by.value if decision.recorded_by else None,
        )
    )
    await session.flush()


async def supersede(
    session: AsyncSession, case_id: str, ref: ActivityRef, at: datetime, because: Superseded
) -> None:
    """Note that the decision which stands on a gap, if any, stands no more.

    A gap that is reopened is a new version of its comparison: nobody decides on the old one.
    """
    await session.execute(
        update(GapDecisionRow)
        .where(*_of_activity(GapDecisionRow, case_id, ref), GapDecisionRow.superseded_at.is_(None))
        .values(superseded_at=at, superseded_because=because.value)
    )
    if because is Superseded.REOPENED:
        await session.execute(
            update(ComparisonRow)
            .where(*_of_activity(ComparisonRow, case_id, ref))
            .values(version=ComparisonRow.version + 1)
        )


async def let_fall_away(
    session: AsyncSession,
    case_id: str,
    refs: Collection[ActivityRef],
    at: datetime,
    with_version: str,
) -> None:
    """Take comparisons out of a case that has moved to another version of the catalogue."""
    for ref in refs:
        await session.execute(
            update(ComparisonRow)
            .where(*_of_activity(ComparisonRow, case_id, ref))
            .values(fell_away_at=at, fell_away_with=with_version)
        )
        await supersede(session, case_id, ref, at, Superseded.FELL_AWAY)


async def find(session: AsyncSession, case_id: str, ref: ActivityRef) -> Comparison | None:
    """What is known of one activity, with the decision that stands."""
    found = await _comparisons(
        session,
        *_of_activity(ComparisonRow, case_id, ref),
        ComparisonRow.fell_away_at.is_(None),
    )
    return found[0][0] if found else None


async def of_case(session: AsyncSession, case_id: str) -> Sequence[Comparison]:
    """Every comparison that counts in a case, by service and activity."""
    rows = await _comparisons(
        session, ComparisonRow.case_id == case_id, ComparisonRow.fell_away_at.is_(None)
    )
    return [comparison for comparison, _ in rows]


async def fallen_away(session: AsyncSession, case_id: str) -> Sequence[FallenAway]:
    """The comparisons of a case whose activity its catalogue no longer has."""
    rows = await _comparisons(
        session, ComparisonRow.case_id == case_id, ComparisonRow.fell_away_at.is_not(None)
    )
    return [
        FallenAway(comparison, row.fell_away_at, row.fell_away_with)
        for comparison, row in rows
        if row.fell_away_at is not None and row.fell_away_with is not None
    ]


async def decisions(
    session: AsyncSession, case_id: str, ref: ActivityRef
) -> Sequence[PastDecision]:
    """Every decision on a gap, oldest first."""
    rows = await session.scalars(
        select(GapDecisionRow)
        .where(*_of_activity(GapDecisionRow, case_id, ref))
        .order_by(GapDecisionRow.decided_at, GapDecisionRow.id)
    )
    return [
        PastDecision(
            decision=_decision(row),
            comparison_version=row.comparison_version,
            superseded_at=row.superseded_at,
            superseded_because=Superseded(row.superseded_because)
            if row.superseded_because
            else None,
        )
        for row in rows
    ]


async def add_entry(session: AsyncSession, case_id: str, ref: ActivityRef, entry: Entry) -> None:
    """Append to the negotiation about a gap."""
    session.add(
        NegotiationEntryRow(
            id=entry.id,
            case_id=case_id,
            service=ref.service,
            activity=ref.activity,
            at=entry.at,
            side=entry.side.value,
            who=entry.who,
            text=entry.text,
            proposes=entry.proposes.value if entry.proposes else None,
            effort_hours=entry.effort_hours,
            price_ore=entry.price_ore,
            until=entry.until,
            answers=entry.answers,
            accepts=entry.accepts,
        )
    )
    await session.flush()


async def entries(session: AsyncSession, case_id: str, ref: ActivityRef) -> Sequence[Entry]:
    """The negotiation about a gap, oldest first."""
    rows = await session.scalars(
        select(NegotiationEntryRow)
        .where(*_of_activity(NegotiationEntryRow, case_id, ref))
        .order_by(NegotiationEntryRow.id)
    )
    return [
        Entry(
            id=row.id,
            at=row.at,
            side=Party(row.side),
            who=row.who,
            text=row.text,
            proposes=Resolution(row.proposes) if row.proposes else None,
            effort_hours=row.effort_hours,
            price_ore=row.price_ore,
            until=row.until,
            answers=row.answers,
            accepts=row.accepts,
        )
        for row in rows
    ]


async def decided_elsewhere(
    session: AsyncSession, case_id: str, ref: ActivityRef, limit: int
) -> Sequence[EarlierGap]:
    """The latest decided gaps in an activity, in every case but this one."""
    found = await session.execute(
        select(ComparisonRow, GapDecisionRow, AgencyRow.name, CaseRow.org_number)
        .join(GapDecisionRow, _standing())
        .join(CaseRow, CaseRow.id == ComparisonRow.case_id)
        .join(AgencyRow, AgencyRow.org_number == CaseRow.org_number)
        .where(
            ComparisonRow.service == ref.service,
            ComparisonRow.activity == ref.activity,
            ComparisonRow.case_id != case_id,
            ComparisonRow.gap.is_(True),
        )
        .order_by(GapDecisionRow.decided_at.desc(), GapDecisionRow.id)
        .limit(limit)
    )
    return [
        EarlierGap(
            case_id=row.case_id,
            org_number=org_number,
            customer_name=name,
            gap=Gap(GapKind(row.kind), GapSize(row.size), row.customer_way),
            decision=_decision(decision),
        )
        for row, decision, name, org_number in found
        if row.kind is not None and row.size is not None
    ]


def _of_activity(
    table: type[ComparisonRow | GapDecisionRow | NegotiationEntryRow],
    case_id: str,
    ref: ActivityRef,
) -> tuple[ColumnElement[bool], ...]:
    return (
        table.case_id == case_id,
        table.service == ref.service,
        table.activity == ref.activity,
    )


def _standing() -> ColumnElement[bool]:
    """How a comparison finds the one decision that stands on its gap."""
    return and_(
        GapDecisionRow.case_id == ComparisonRow.case_id,
        GapDecisionRow.service == ComparisonRow.service,
        GapDecisionRow.activity == ComparisonRow.activity,
        GapDecisionRow.superseded_at.is_(None),
    )


async def _comparisons(
    session: AsyncSession, *conditions: ColumnElement[bool]
) -> list[tuple[Comparison, ComparisonRow]]:
    rows = await session.execute(
        select(ComparisonRow, GapDecisionRow)
        .outerjoin(GapDecisionRow, _standing())
        .where(*conditions)
        .order_by(ComparisonRow.service, ComparisonRow.activity)
        # What an update has changed in storage must not be hidden by rows read before it.
        .execution_options(populate_existing=True)
    )
    return [(_comparison(row, decision), row) for row, decision in rows]


def _comparison(row: ComparisonRow, decision: GapDecisionRow | None) -> Comparison:
    return Comparison(
        ref=ActivityRef(row.service, row.activity),
        customer_way=row.customer_way,
        gap=row.gap,
        kind=GapKind(row.kind) if row.kind else None,
        size=GapSize(row.size) if row.size else None,
        version=row.version,
        catalogue_version=row.catalogue_version,
        decision=None if decision is None else _decision(decision),
    )


def _decision(row: GapDecisionRow) -> Decision:
    return Decision(
        resolution=Resolution(row.resolution),
        reason=row.reason,
        effort_hours=row.effort_hours,
        price_ore=row.price_ore,
        until=row.until,
        decided_by=row.decided_by,
        mandate=row.mandate,
        decided_at=row.decided_at,
        recorded_by=Party(row.recorded_by) if row.recorded_by else None,
    )
