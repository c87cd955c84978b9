"""Exits in storage, scoped to a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.leaving.domain import (
    Exit,
    ExitPhase,
    ExitTask,
    Notice,
    Settlement,
    exit_key,
)
from services.onboarding.leaving.effects import ServiceEffect, StayingShare
from services.onboarding.parties import Party
from services.onboarding.tables import (
    AgreementVersionRow,
    CaseRow,
    CaseServiceRow,
    ExitRow,
    ExitServiceRow,
    ExitTaskRow,
)


async def add(session: AsyncSession, leaving: Exit, tasks: Sequence[ExitTask]) -> None:
    """Store a new exit with its services and tasks.

    Raises:
        sqlalchemy.exc.IntegrityError: an open exit exists for one of the services.
    """
    notice = leaving.notice
    session.add(
        ExitRow(
            id=leaving.id,
            case_id=leaving.case_id,
            agreement_id=leaving.agreement_id,
            org_number=leaving.org_number,
            customer_name=leaving.customer_name,
            notice_by=notice.by.value,
            notice_given_on=notice.given_on,
            signed_by=notice.signed_by,
            title=notice.title,
            mandate=notice.mandate,
            reason=notice.reason,
            ends_agreement=leaving.ends_agreement,
            phase=leaving.phase.value,
            version=leaving.version,
            opened_at=leaving.opened_at,
            phase_entered_at=leaving.phase_entered_at,
            comment_until=leaving.comment_until,
            effects=[_kept_effect(effect) for effect in leaving.effects],
        )
    )
    await session.flush()
    session.add_all(
        ExitServiceRow(
            exit_id=leaving.id,
            service=service,
            last_day=last_day,
            open_key=exit_key(leaving.agreement_id, service),
        )
        for service, last_day in leaving.last_days.items()
    )
    session.add_all(
        ExitTaskRow(
            exit_id=leaving.id,
            key=task.key,
            position=position,
            stage=task.stage.value,
            owner=task.owner.value,
            name=task.name,
            name_sv=task.name_sv,
            due_on=task.due_on,
        )
        for position, task in enumerate(tasks)
    )
    await session.flush()


async def find(session: AsyncSession, exit_id: str) -> Exit | None:
    """An exit, whoever's it is; who may see it is for the use case to say."""
    found = await _exits(session, ExitRow.id == exit_id)
    return found[0] if found else None


async def page(
    session: AsyncSession, scope: str | None, phase: ExitPhase | None, after: str | None, limit: int
) -> Sequence[Exit]:
    """Exits in the order they were opened, behind the given one."""
    conditions: list[ColumnElement[bool]] = []
    if scope is not None:
        conditions.append(ExitRow.org_number == scope)
    if phase is not None:
        conditions.append(ExitRow.phase == phase.value)
    if after is not None:
        conditions.append(ExitRow.id > after)
    return await _exits(session, *conditions, limit=limit)


async def open_for_comment(session: AsyncSession, day: date) -> Sequence[Exit]:
    """The exits that those who stay may comment on, on a day."""
    return await _exits(
        session,
        ExitRow.phase == ExitPhase.NOTICE.value,
        ExitRow.comment_until >= day,
        limit=None,
    )


async def advance_version(session: AsyncSession, leaving: Exit) -> bool:
    """Take the next version for a change; False when somebody else took it first."""
    taken = await session.scalars(
        update(ExitRow)
        .where(ExitRow.id == leaving.id, ExitRow.version == leaving.version)
        .values(version=leaving.version + 1)
        .returning(ExitRow.id)
    )
    return taken.one_or_none() is not None


async def set_phase(
    session: AsyncSession, exit_id: str, phase: ExitPhase, at: datetime, **more: Any
) -> None:
    """Note the phase an exit has entered; a closed one holds no service any more."""
    await session.execute(
        update(ExitRow)
        .where(ExitRow.id == exit_id)
        .values(phase=phase.value, phase_entered_at=at, **more)
    )
    if not phase.is_open:
        await session.execute(
            update(ExitServiceRow).where(ExitServiceRow.exit_id == exit_id).values(open_key=None)
        )


async def set_last_day(session: AsyncSession, exit_id: str, service: str, last_day: date) -> None:
    """Move the last day of a service."""
    await session.execute(
        update(ExitServiceRow)
        .where(ExitServiceRow.exit_id == exit_id, ExitServiceRow.service == service)
        .values(last_day=last_day)
    )


async def move_tasks(session: AsyncSession, exit_id: str, due: Mapping[str, date]) -> None:
    """Move the due days of tasks, by key."""
    for key, due_on in due.items():
        await session.execute(
            update(ExitTaskRow)
            .where(ExitTaskRow.exit_id == exit_id, ExitTaskRow.key == key)
            .values(due_on=due_on)
        )


async def set_settlement_requested(session: AsyncSession, exit_id: str, on: date) -> None:
    """Note that billing was asked for the final settlement."""
    await session.execute(
        update(ExitRow).where(ExitRow.id == exit_id).values(settlement_requested_on=on)
    )


async def set_settlement(session: AsyncSession, exit_id: str, settlement: Settlement) -> None:
    """Keep billing's final settlement."""
    kept = {**asdict(settlement), "settled_on": settlement.settled_on.isoformat()}
    await session.execute(update(ExitRow).where(ExitRow.id == exit_id).values(settlement=kept))


async def archive(session: AsyncSession, exit_id: str) -> dict[str, Any] | None:
    """The archived document of an exit, when it is closed."""
    return await session.scalar(select(ExitRow.archive).where(ExitRow.id == exit_id))


async def open_with(
    session: AsyncSession, agreement_id: str, services: Sequence[str]
) -> Sequence[Exit]:
    """The open exits of an agreement in which one of the services ends."""
    keys = [exit_key(agreement_id, service) for service in services]
    holding = select(ExitServiceRow.exit_id).where(ExitServiceRow.open_key.in_(keys))
    return await _exits(session, ExitRow.id.in_(holding), limit=None)


async def drop_services(session: AsyncSession, leaving: Exit) -> None:
    """Let only the given services and effects remain in an exit; others go on."""
    await session.execute(
        delete(ExitServiceRow).where(
            ExitServiceRow.exit_id == leaving.id, ExitServiceRow.service.not_in(leaving.last_days)
        )
    )
    await session.execute(
        update(ExitRow)
        .where(ExitRow.id == leaving.id)
        .values(
            ends_agreement=leaving.ends_agreement,
            effects=[_kept_effect(effect) for effect in leaving.effects],
        )
    )


async def live_under(session: AsyncSession, agreement_id: str) -> set[str]:
    """The services in operation by a case that the agreement was made or joined in."""
    drafted = select(AgreementVersionRow.case_id).where(
        AgreementVersionRow.agreement_id == agreement_id
    )
    rows = await session.scalars(
        select(CaseServiceRow.service).where(
            CaseServiceRow.case_id.in_(drafted), CaseServiceRow.live_on.is_not(None)
        )
    )
    return set(rows)


async def live_services(session: AsyncSession, org_number: str) -> Mapping[str, str]:
    """The services a customer has in operation, with the case each went live in."""
    rows = await session.execute(
        select(CaseServiceRow.service, CaseServiceRow.case_id)
        .join(CaseRow, CaseRow.id == CaseServiceRow.case_id)
        .where(CaseRow.org_number == org_number, CaseServiceRow.live_on.is_not(None))
        .order_by(CaseServiceRow.case_id)
    )
    return {row.service: row.case_id for row in rows}


async def customers_of(session: AsyncSession, services: Sequence[str]) -> Sequence[str]:
    """The organisation numbers of the customers that have one of the services in operation."""
    rows = await session.scalars(
        select(CaseRow.org_number)
        .join(CaseServiceRow, CaseServiceRow.case_id == CaseRow.id)
        .where(CaseServiceRow.service.in_(services), CaseServiceRow.live_on.is_not(None))
        .distinct()
        .order_by(CaseRow.org_number)
    )
    return rows.all()


async def _exits(
    session: AsyncSession, *conditions: ColumnElement[bool], limit: int | None = 1
) -> list[Exit]:
    rows = (
        await session.scalars(
            select(ExitRow)
            .where(*conditions)
            .order_by(ExitRow.id)
            .limit(limit)
            .execution_options(populate_existing=True)
        )
    ).all()
    last_days: dict[str, dict[str, date]] = {row.id: {} for row in rows}
    kept = await session.execute(
        select(ExitServiceRow.exit_id, ExitServiceRow.service, ExitServiceRow.last_day)
        .where(ExitServiceRow.exit_id.in_(last_days))
        .order_by(ExitServiceRow.service)
    )
    for exit_id, service, last_day in kept:
        last_days[exit_id][service] = last_day
    return [_exit(row, last_days[row.id]) for row in rows]


def _exit(row: ExitRow, last_days: Mapping[str, date]) -> Exit:
    return Exit(
        id=row.id,
        case_id=row.case_id,
        agreement_id=row.agreement_id,
        org_number=row.org_number,
        customer_name=row.customer_name,
        notice=Notice(
            Party(row.notice_by),
            row.notice_given_on,
            row.signed_by,
            row.title,
            row.mandate,
            row.reason,
        ),
        ends_agreement=row.ends_agreement,
        phase=ExitPhase(row.phase),
        version=row.version,
        opened_at=row.opened_at,
        phase_entered_at=row.phase_entered_at,
        comment_until=row.comment_until,
        last_days=last_days,
        effects=tuple(_effect(kept) for kept in row.effects),
        settlement_requested_on=row.settlement_requested_on,
        settlement=_settlement(row.settlement),
        withdrawn_because=row.withdrawn_because,
        archive_hash=row.archive_hash,
    )


def _settlement(kept: dict[str, Any] | None) -> Settlement | None:
    if kept is None:
        return None
    return Settlement(**{**kept, "settled_on": date.fromisoformat(kept["settled_on"])})


def _kept_effect(effect: ServiceEffect) -> dict[str, Any]:
    return {
        **asdict(effect),
        "fixed_share_percent": str(effect.fixed_share_percent),
        "shares": [
            {**asdict(share), "share_percent": str(share.share_percent)} for share in effect.shares
        ],
    }


def _effect(kept: dict[str, Any]) -> ServiceEffect:
    shares = tuple(
        StayingShare(**{**share, "share_percent": Decimal(share["share_percent"])})
        for share in kept["shares"]
    )
    return ServiceEffect(
        **{
            **kept,
            "fixed_share_percent": Decimal(kept["fixed_share_percent"]),
            "shares": shares,
        }
    )
