"""All SQL about forums, meetings, agendas and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.agreements.repository import number_in_force
from services.collab_model.customers.repository import issued_within, signed_within
from services.collab_model.forums.domain import Breach, MeetingState
from services.collab_model.tables import (
    ActionRow,
    AgendaItemRow,
    BreachRow,
    DecisionRow,
    ForumRow,
    ForumTermsRow,
    MatterRow,
    MeetingRow,
    MinutesRow,
)
from services.contracts.succession import Scope
from services.contracts.values import Priority


@dataclass(frozen=True)
class KeptMinutes:
    """Minutes with their decisions and actions in order."""

    minutes: MinutesRow
    decisions: tuple[DecisionRow, ...]
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True)
class AgendaLine:
    """An agenda item and the matter it is about."""

    item: AgendaItemRow
    matter: MatterRow


@dataclass(frozen=True)
class Forum:
    """A forum and what each version of its agreement says of it, by the version's number."""

    row: ForumRow
    terms: dict[int, ForumTermsRow]


async def forums_of(session: AsyncSession, agreement_id: str) -> list[Forum]:
    """The forums of an agreement's versions in the order they were signed."""
    rows = await session.scalars(
        select(ForumRow).where(ForumRow.agreement_id == agreement_id).order_by(ForumRow.id)
    )
    found = {row.id: Forum(row, {}) for row in rows}
    for terms in await session.scalars(
        select(ForumTermsRow).where(ForumTermsRow.forum_id.in_(found))
    ):
        found[terms.forum_id].terms[terms.version] = terms
    return list(found.values())


async def last_held(session: AsyncSession, forum_id: str) -> MeetingRow | None:
    """A forum's latest meeting that was not cancelled."""
    return await session.scalar(
        select(MeetingRow)
        .where(MeetingRow.forum_id == forum_id, MeetingRow.state != MeetingState.CANCELLED.value)
        .order_by(MeetingRow.number.desc())
        .limit(1)
    )


async def get_forum(session: AsyncSession, forum_id: str) -> ForumRow:
    """A forum that is known to exist."""
    return await session.get_one(ForumRow, forum_id)


async def list_forums(
    session: AsyncSession, *, scope: Scope | None, today: date, after: str | None, limit: int
) -> Sequence[tuple[ForumRow, ForumTermsRow]]:
    """A page of the forums of the versions in force today, by identifier."""
    query = (
        select(ForumRow, ForumTermsRow)
        .join(ForumTermsRow, ForumTermsRow.forum_id == ForumRow.id)
        .where(ForumTermsRow.version == number_in_force(ForumRow.agreement_id, today))
        .order_by(ForumRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(signed_within(scope, ForumRow.org_number, ForumRow.agreement_id))
    if after is not None:
        query = query.where(ForumRow.id > after)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def planned_meetings(
    session: AsyncSession, forum_ids: Sequence[str]
) -> dict[str, MeetingRow]:
    """The planned meeting of each forum that has one."""
    rows = await session.scalars(
        select(MeetingRow).where(
            MeetingRow.forum_id.in_(forum_ids), MeetingRow.state == MeetingState.PLANNED.value
        )
    )
    return {row.forum_id: row for row in rows}


async def last_number(session: AsyncSession, forum_id: str) -> int:
    """The number of a forum's latest meeting; 0 when it has had none."""
    number = await session.scalar(
        select(func.max(MeetingRow.number)).where(MeetingRow.forum_id == forum_id)
    )
    return number or 0


async def add_meeting(session: AsyncSession, meeting: MeetingRow) -> None:
    """Keep a planned meeting."""
    session.add(meeting)
    await session.flush()


async def find_meeting(
    session: AsyncSession, meeting_id: str, *, scope: Scope | None, lock: bool = False
) -> MeetingRow | None:
    """A meeting visible to a scope; ``lock`` holds it for the rest of the transaction."""
    query = select(MeetingRow).where(MeetingRow.id == meeting_id)
    if scope is not None:
        query = query.where(issued_within(scope, MeetingRow.org_number, MeetingRow.agreement_id))
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def list_meetings(
    session: AsyncSession,
    *,
    scope: Scope | None,
    forum: str | None,
    state: MeetingState | None,
    after: str | None,
    limit: int,
) -> Sequence[tuple[MeetingRow, ForumRow]]:
    """A page of meetings with their forums, in the order they were planned."""
    query = (
        select(MeetingRow, ForumRow)
        .join(ForumRow, ForumRow.id == MeetingRow.forum_id)
        .order_by(MeetingRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(issued_within(scope, MeetingRow.org_number, MeetingRow.agreement_id))
    if forum is not None:
        query = query.where(ForumRow.key == forum)
    if state is not None:
        query = query.where(MeetingRow.state == state.value)
    if after is not None:
        query = query.where(MeetingRow.id > after)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def breaches_waiting_for(
    session: AsyncSession, agreement_id: str, forum_id: str
) -> list[Breach]:
    """The breaches of an agreement that hold and have stood on none of a forum's agendas."""
    had_it = exists().where(
        AgendaItemRow.forum_id == forum_id, AgendaItemRow.breach_id == BreachRow.id
    )
    rows = await session.scalars(
        select(BreachRow)
        .where(BreachRow.agreement_id == agreement_id, BreachRow.withdrawn_at.is_(None), ~had_it)
        .order_by(BreachRow.id)
    )
    return [Breach(row.id, row.matter_id, Priority(row.priority)) for row in rows]


async def add_agenda(session: AsyncSession, items: Sequence[AgendaItemRow]) -> None:
    """Keep the agenda of a meeting that fell due."""
    session.add_all(items)
    await session.flush()


async def agenda_of(session: AsyncSession, meeting_id: str) -> list[AgendaLine]:
    """A meeting's agenda in order."""
    rows = await session.execute(
        select(AgendaItemRow, MatterRow)
        .join(MatterRow, MatterRow.id == AgendaItemRow.matter_id)
        .where(AgendaItemRow.meeting_id == meeting_id)
        .order_by(AgendaItemRow.position)
    )
    return [AgendaLine(row[0], row[1]) for row in rows]


async def add_minutes(session: AsyncSession, kept: KeptMinutes) -> None:
    """Keep a meeting's minutes."""
    session.add(kept.minutes)
    await session.flush()
    session.add_all([*kept.decisions, *kept.actions])
    await session.flush()


async def find_minutes(session: AsyncSession, meeting_id: str) -> KeptMinutes | None:
    """A meeting's minutes, when they have been kept."""
    minutes = (
        await session.scalars(select(MinutesRow).where(MinutesRow.meeting_id == meeting_id))
    ).one_or_none()
    if minutes is None:
        return None
    decisions = await session.scalars(
        select(DecisionRow)
        .where(DecisionRow.minutes_id == minutes.id)
        .order_by(DecisionRow.position)
    )
    actions = await session.scalars(
        select(ActionRow).where(ActionRow.minutes_id == minutes.id).order_by(ActionRow.position)
    )
    return KeptMinutes(minutes, tuple(decisions), tuple(actions))
