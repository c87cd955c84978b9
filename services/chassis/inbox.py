"""The inbox: which events a service has taken effect from, so that none does twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.events import Envelope
from services.chassis.tables import inbox


async def accept(session: AsyncSession, envelopes: Sequence[Envelope], at: datetime) -> set[str]:
    """Enter events into the inbox within the transaction of their effect.

    Returns:
        The ids that were new. A concurrent transaction with the same event makes this
        one wait, and then sees it as known.
    """
    rows = {
        envelope.id: {"event_id": envelope.id, "type": envelope.type, "handled_at": at}
        for envelope in envelopes
    }
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = (
        insert(inbox)
        .on_conflict_do_nothing(index_elements=[inbox.c.event_id])
        .returning(inbox.c.event_id)
    )
    return set((await session.scalars(statement, list(rows.values()))).all())
