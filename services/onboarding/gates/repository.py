"""The standing of gate items in storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import Phase
from services.onboarding.gates.domain import Missing
from services.onboarding.gates.standing import ItemStanding
from services.onboarding.parties import Owner
from services.onboarding.tables import GateItemRow

Standings = Mapping[str, ItemStanding]
"""The items of one case, by key, in the order of the gates."""


async def of_case(session: AsyncSession, case_id: str) -> Standings:
    """How the items of a case stood when it last changed."""
    return (await standings(session, [case_id])).get(case_id, {})


async def standings(session: AsyncSession, case_ids: Sequence[str]) -> Mapping[str, Standings]:
    """How the items of several cases stood when each last changed, in one query."""
    rows = await session.execute(
        select(*_COLUMNS)
        .where(GateItemRow.case_id.in_(case_ids))
        .order_by(GateItemRow.case_id, GateItemRow.position)
    )
    found: dict[str, dict[str, ItemStanding]] = {}
    for row in rows:
        found.setdefault(row.case_id, {})[row.item] = ItemStanding(
            phase=Phase(row.phase),
            item=row.item,
            position=row.position,
            owner=Owner(row.owner),
            missing=tuple(_missing(row.item, lack) for lack in row.missing),
            since=row.since,
            due_on=row.due_on,
            due_by_hand=row.due_by_hand,
            evidence=row.evidence,
            evidence_by_hand=row.evidence_by_hand,
            document_id=row.document_id,
            set_by=row.set_by,
            set_at=row.set_at,
        )
    return found


async def put(
    session: AsyncSession, case_id: str, before: Standings, after: Iterable[ItemStanding]
) -> None:
    """Store how items stand now; what is as before is not written again.

    Args:
        session: in a transaction that holds the case (``cases.repository.lock``).
        case_id: the case.
        before: what is stored.
        after: all items of all gates.
    """
    kept = set()
    for item in after:
        kept.add(item.item)
        if before.get(item.item) != item:
            await session.merge(_row(case_id, item))
    if gone := [key for key in before if key not in kept]:
        await session.execute(
            delete(GateItemRow).where(GateItemRow.case_id == case_id, GateItemRow.item.in_(gone))
        )
    await session.flush()


async def move_days_by_hand(session: AsyncSession, case_id: str, days: int) -> None:
    """Move the days that were set by hand of what is missing, after a standstill.

    Days that are reckoned move by themselves.
    """
    rows = await session.scalars(
        select(GateItemRow).where(
            GateItemRow.case_id == case_id,
            GateItemRow.due_by_hand.is_(True),
            GateItemRow.holds.is_(False),
        )
    )
    for row in rows:
        if row.due_on is not None:
            row.due_on += timedelta(days=days)
    await session.flush()


_COLUMNS = tuple(GateItemRow.__table__.columns)


def _missing(item: str, lack: Mapping[str, Any]) -> Missing:
    due_on = date.fromisoformat(lack["due_on"]) if lack["due_on"] else None
    # What was stored before there was Swedish has none until the case changes.
    return Missing(item, lack["text"], Owner(lack["owner"]), due_on, lack.get("text_sv", ""))


def _row(case_id: str, item: ItemStanding) -> GateItemRow:
    return GateItemRow(
        case_id=case_id,
        phase=item.phase.value,
        item=item.item,
        position=item.position,
        owner=item.owner.value,
        holds=item.holds,
        since=item.since,
        due_on=item.due_on,
        due_by_hand=item.due_by_hand,
        missing=[
            {
                "text": lack.text,
                "text_sv": lack.text_sv,
                "owner": lack.owner.value,
                "due_on": lack.due_on.isoformat() if lack.due_on else None,
            }
            for lack in item.missing
        ],
        evidence=item.evidence,
        evidence_by_hand=item.evidence_by_hand,
        document_id=item.document_id,
        set_by=item.set_by,
        set_at=item.set_at,
    )
