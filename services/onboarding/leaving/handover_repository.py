"""What is kept within an exit: tasks, deliveries, comments, costs, timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.onboarding.leaving.domain import (
    Comment,
    Delivery,
    Exit,
    ExitCost,
    ExitRecord,
    ExitTask,
    Fingerprint,
    TaskStage,
    TaskStatement,
)
from services.onboarding.parties import Owner, Party
from services.onboarding.tables import (
    ExitCommentRow,
    ExitCostRow,
    ExitDeliveryRow,
    ExitTaskRow,
    ExitTaskStatementRow,
    ExitTimelineRow,
)


async def record_of(session: AsyncSession, leaving: Exit) -> ExitRecord:
    """An exit with all that is kept of it."""
    return ExitRecord(
        exit=leaving,
        tasks=tuple(await tasks(session, leaving.id)),
        deliveries=tuple(await deliveries(session, leaving.id)),
        comments=tuple(await comments(session, leaving.id)),
        costs=tuple(await costs(session, leaving.id)),
    )


async def tasks(session: AsyncSession, exit_id: str) -> Sequence[ExitTask]:
    """An exit's tasks with what the parties say of them."""
    said: dict[str, list[TaskStatement]] = {}
    statements = await session.scalars(
        select(ExitTaskStatementRow)
        .where(ExitTaskStatementRow.exit_id == exit_id)
        .order_by(ExitTaskStatementRow.party)
        .execution_options(populate_existing=True)
    )
    for row in statements:
        said.setdefault(row.key, []).append(
            TaskStatement(
                Party(row.party),
                row.done,
                row.evidence,
                row.document_id,
                row.stated_by,
                row.stated_at,
            )
        )
    rows = await session.scalars(
        select(ExitTaskRow)
        .where(ExitTaskRow.exit_id == exit_id)
        .order_by(ExitTaskRow.position)
        .execution_options(populate_existing=True)
    )
    return [
        ExitTask(
            row.key,
            TaskStage(row.stage),
            Owner(row.owner),
            row.name,
            row.name_sv,
            row.due_on,
            tuple(said.get(row.key, ())),
        )
        for row in rows
    ]


async def put_statement(
    session: AsyncSession, exit_id: str, key: str, statement: TaskStatement
) -> None:
    """Replace what a party says of a task."""
    await session.merge(
        ExitTaskStatementRow(
            exit_id=exit_id,
            key=key,
            party=statement.party.value,
            done=statement.done,
            evidence=statement.evidence,
            document_id=statement.document_id,
            stated_by=statement.stated_by,
            stated_at=statement.stated_at,
        )
    )
    await session.flush()


async def add_delivery(session: AsyncSession, exit_id: str, delivery: Delivery) -> None:
    """Store a delivered data set."""
    session.add(
        ExitDeliveryRow(
            id=delivery.id,
            exit_id=exit_id,
            service=delivery.service,
            dataset=delivery.dataset,
            record_count=delivery.sent.record_count,
            sum_ore=delivery.sent.sum_ore,
            sha256=delivery.sent.sha256,
            delivered_on=delivery.delivered_on,
        )
    )
    await session.flush()


async def receipt(
    session: AsyncSession, delivery_id: str, found: Fingerprint, by: str, at: datetime
) -> None:
    """Note what the receiver of a data set found."""
    await session.execute(
        update(ExitDeliveryRow)
        .where(ExitDeliveryRow.id == delivery_id)
        .values(
            received_count=found.record_count,
            received_sum_ore=found.sum_ore,
            received_sha256=found.sha256,
            received_by=by,
            received_at=at,
        )
    )


async def deliveries(session: AsyncSession, exit_id: str) -> Sequence[Delivery]:
    """An exit's deliveries in the order they were made."""
    rows = await session.scalars(
        select(ExitDeliveryRow)
        .where(ExitDeliveryRow.exit_id == exit_id)
        .order_by(ExitDeliveryRow.id)
        .execution_options(populate_existing=True)
    )
    return [_delivery(row) for row in rows]


async def add_comment(session: AsyncSession, exit_id: str, comment: Comment) -> None:
    """Store a comment."""
    session.add(
        ExitCommentRow(
            id=comment.id,
            exit_id=exit_id,
            org_number=comment.org_number,
            name=comment.name,
            text=comment.text,
            commented_at=comment.commented_at,
        )
    )
    await session.flush()


async def answer(session: AsyncSession, comment_id: str, text: str, at: datetime) -> None:
    """Store the centre's answer to a comment."""
    await session.execute(
        update(ExitCommentRow)
        .where(ExitCommentRow.id == comment_id)
        .values(answer=text, answered_at=at)
    )


async def comments(session: AsyncSession, exit_id: str) -> Sequence[Comment]:
    """An exit's comments in the order they came."""
    rows = await session.scalars(
        select(ExitCommentRow)
        .where(ExitCommentRow.exit_id == exit_id)
        .order_by(ExitCommentRow.id)
        .execution_options(populate_existing=True)
    )
    return [
        Comment(
            row.id,
            row.org_number,
            row.name,
            row.text,
            row.commented_at,
            row.answer,
            row.answered_at,
        )
        for row in rows
    ]


async def add_cost(session: AsyncSession, exit_id: str, cost: ExitCost) -> None:
    """Store what the exit has cost."""
    session.add(
        ExitCostRow(
            id=cost.id,
            exit_id=exit_id,
            incurred_on=cost.incurred_on,
            amount_ore=cost.amount_ore,
            text=cost.text,
            registered_by=cost.registered_by,
            registered_at=cost.registered_at,
        )
    )
    await session.flush()


async def costs(session: AsyncSession, exit_id: str) -> Sequence[ExitCost]:
    """What the exit has cost, in the order it was registered."""
    rows = await session.scalars(
        select(ExitCostRow).where(ExitCostRow.exit_id == exit_id).order_by(ExitCostRow.id)
    )
    return [
        ExitCost(
            row.id,
            row.incurred_on,
            row.amount_ore,
            row.text,
            row.registered_by,
            row.registered_at,
        )
        for row in rows
    ]


async def add_timeline(
    session: AsyncSession, exit_id: str, at: datetime, who: str, action: str, sentence: str
) -> None:
    """Append a sentence to an exit's timeline."""
    session.add(
        ExitTimelineRow(
            id=new_id(), exit_id=exit_id, at=at, who=who, action=action, sentence=sentence
        )
    )
    await session.flush()


async def timeline(
    session: AsyncSession, exit_id: str, after: str | None, limit: int | None
) -> Sequence[dict[str, Any]]:
    """An exit's timeline from its beginning, behind the given entry."""
    query = (
        select(ExitTimelineRow)
        .where(ExitTimelineRow.exit_id == exit_id)
        .order_by(ExitTimelineRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(ExitTimelineRow.id > after)
    return [
        {
            "id": row.id,
            "at": row.at,
            "who": row.who,
            "action": row.action,
            "sentence": row.sentence,
        }
        for row in await session.scalars(query)
    ]


def _delivery(row: ExitDeliveryRow) -> Delivery:
    received = None
    if row.received_count is not None and row.received_sum_ore is not None:
        received = Fingerprint(row.received_count, row.received_sum_ore, row.received_sha256 or "")
    return Delivery(
        id=row.id,
        service=row.service,
        dataset=row.dataset,
        sent=Fingerprint(row.record_count, row.sum_ore, row.sha256),
        delivered_on=row.delivered_on,
        received=received,
        received_by=row.received_by,
        received_at=row.received_at,
    )
