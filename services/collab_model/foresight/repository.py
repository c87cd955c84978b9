"""All SQL about trainings, curves, and the matters that they learn from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.ids import new_id
from services.collab_model.customers.repository import issued_within
from services.collab_model.foresight.survival import Curve, Group
from services.collab_model.matters.domain import UNSETTLED
from services.collab_model.tables import ForesightModelRow, MatterRow, SurvivalCurveRow
from services.contracts.succession import Scope


class ModelStatus(StrEnum):
    """Where a training stands."""

    REQUESTED = "requested"
    TRAINING = "training"
    DONE = "done"
    HISTORY_TOO_SHORT = "history_too_short"
    FAILED = "failed"


UNFINISHED = (ModelStatus.REQUESTED.value, ModelStatus.TRAINING.value)
# Made once, as a replay asks after every timer.
_HOW_MANY_UNFINISHED = (
    select(func.count())
    .select_from(ForesightModelRow)
    .where(ForesightModelRow.status.in_(UNFINISHED))
)


@dataclass(frozen=True)
class Claimed:
    """A training that somebody works on."""

    id: str
    known_at: datetime
    attempts: int


async def is_known(session: AsyncSession, known_at: datetime) -> bool:
    """Whether a training was asked for at an instant."""
    query = select(ForesightModelRow.id).where(ForesightModelRow.known_at == known_at)
    return await session.scalar(query) is not None


async def add_model(session: AsyncSession, row: ForesightModelRow) -> None:
    """Keep a training that is asked for."""
    session.add(row)
    await session.flush()


async def unfinished(session: AsyncSession) -> int:
    """How many trainings are asked for and not finished."""
    return await session.scalar(_HOW_MANY_UNFINISHED) or 0


async def claim(session: AsyncSession, now: datetime, seconds: int) -> Claimed | None:
    """Take the oldest training that nobody works on, for so many seconds of machine time."""
    row = await session.scalar(
        select(ForesightModelRow)
        .where(
            ForesightModelRow.status.in_(UNFINISHED),
            or_(ForesightModelRow.claimed_until.is_(None), ForesightModelRow.claimed_until <= now),
        )
        .order_by(ForesightModelRow.known_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.status = ModelStatus.TRAINING.value
    row.attempts += 1
    row.claimed_until = now + timedelta(seconds=seconds)
    await session.flush()
    return Claimed(row.id, row.known_at, row.attempts)


async def let_go(session: AsyncSession, model_id: str) -> None:
    """Let a training be tried again."""
    await session.execute(
        update(ForesightModelRow)
        .where(ForesightModelRow.id == model_id, ForesightModelRow.status.in_(UNFINISHED))
        .values(status=ModelStatus.REQUESTED.value, claimed_until=None)
    )


async def finish(
    session: AsyncSession,
    model_id: str,
    status: ModelStatus,
    *,
    card: Mapping[str, Any] | None = None,
    failure: str = "",
) -> bool:
    """Keep what came of a training; False when somebody else has finished it."""
    done = await session.execute(
        update(ForesightModelRow)
        .where(ForesightModelRow.id == model_id, ForesightModelRow.status.in_(UNFINISHED))
        .values(
            status=status.value,
            claimed_until=None,
            card=None if card is None else dict(card),
            failure=failure,
        )
        .returning(ForesightModelRow.id)
    )
    return done.scalar_one_or_none() is not None


async def add_curves(session: AsyncSession, model_id: str, curves: Mapping[Group, Curve]) -> None:
    """Keep the curves of a training."""
    session.add_all(
        SurvivalCurveRow(
            id=new_id(),
            model_id=model_id,
            **group._asdict(),
            total=curve.total,
            ended=curve.ended,
            steps=[list(curve.minutes), list(curve.survival), list(curve.at_risk)],
        )
        for group, curve in curves.items()
    )
    await session.flush()


async def forget_curves(session: AsyncSession, kept: int) -> None:
    """Delete the curves of all trainings but the newest; their cards stay."""
    newest = (
        select(ForesightModelRow.id)
        .where(ForesightModelRow.status == ModelStatus.DONE.value)
        .order_by(ForesightModelRow.known_at.desc())
        .limit(kept)
    )
    ids = (await session.scalars(newest)).all()
    await session.execute(delete(SurvivalCurveRow).where(SurvivalCurveRow.model_id.not_in(ids)))


async def model_in_use(session: AsyncSession) -> ForesightModelRow | None:
    """The training that probabilities come from: the newest one that could be done.

    None where there is none, or where the history has become too short since: what was learnt
    from matters that no longer count is not gone on with.
    """
    could_be = (ModelStatus.DONE.value, ModelStatus.HISTORY_TOO_SHORT.value)
    newest = (
        await session.scalars(
            select(ForesightModelRow)
            .where(ForesightModelRow.status.in_(could_be))
            .order_by(ForesightModelRow.known_at.desc())
            .limit(1)
        )
    ).one_or_none()
    return newest if newest is not None and newest.status == ModelStatus.DONE.value else None


async def find_model(session: AsyncSession, model_id: str) -> ForesightModelRow | None:
    """A training by its identifier."""
    return await session.get(ForesightModelRow, model_id)


async def list_models(
    session: AsyncSession, after: str | None, limit: int
) -> Sequence[ForesightModelRow]:
    """A page of the trainings in the order in which they were asked for."""
    query = select(ForesightModelRow).order_by(ForesightModelRow.id).limit(limit)
    if after is not None:
        query = query.where(ForesightModelRow.id > after)
    return (await session.scalars(query)).all()


async def curves_of(
    session: AsyncSession, model_id: str, services: Collection[str] | None = None
) -> dict[Group, Curve]:
    """The curves of a training: all, or those about some services and about all of them."""
    query = select(SurvivalCurveRow).where(SurvivalCurveRow.model_id == model_id)
    if services is not None:
        query = query.where(SurvivalCurveRow.service.in_(["", *services]))
    rows = await session.scalars(query.order_by(SurvivalCurveRow.id))
    return {
        Group(row.beneath, row.measure, row.service, row.priority, row.kind): _curve(row)
        for row in rows
    }


def _curve(row: SurvivalCurveRow) -> Curve:
    minutes, survival, at_risk = (tuple(column) for column in row.steps)
    return Curve(minutes, survival, at_risk, row.total, row.ended)


@dataclass(frozen=True)
class PastMatter:
    """A matter to learn from."""

    id: str
    agreement_id: str
    kind: str
    raised_at: datetime


async def count_ended(session: AsyncSession, since: datetime, until: datetime) -> int:
    """How many matters were raised and ended within a stretch."""
    count = await session.scalar(
        select(func.count())
        .select_from(MatterRow)
        .where(MatterRow.raised_at >= since, MatterRow.ended_at <= until)
    )
    return count or 0


async def past_matters(
    session: AsyncSession, since: datetime, until: datetime, limit: int
) -> list[PastMatter]:
    """The newest matters raised within a stretch, those of one agreement together."""
    rows = await session.execute(
        select(MatterRow.id, MatterRow.agreement_id, MatterRow.kind, MatterRow.raised_at)
        .where(MatterRow.raised_at >= since, MatterRow.raised_at <= until)
        .order_by(MatterRow.raised_at.desc(), MatterRow.id.desc())
        .limit(limit)
    )
    found = [PastMatter(*row) for row in rows]
    return sorted(found, key=lambda each: (each.agreement_id, each.id))


async def open_matters(
    session: AsyncSession,
    *,
    scope: Scope | None,
    service: str | None,
    matter_id: str | None,
    after: str | None,
    limit: int,
) -> Sequence[MatterRow]:
    """A page of the matters that are neither resolved nor cancelled, in order."""
    query = (
        select(MatterRow)
        .where(MatterRow.status.in_([status.value for status in UNSETTLED]))
        .order_by(MatterRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(issued_within(scope, MatterRow.org_number, MatterRow.agreement_id))
    if service is not None:
        query = query.where(MatterRow.service == service)
    if matter_id is not None:
        query = query.where(MatterRow.id == matter_id)
    if after is not None:
        query = query.where(MatterRow.id > after)
    return (await session.scalars(query)).all()
