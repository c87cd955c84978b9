"""What happens to agreements in the course of time, in storage: reminders, notices, counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import EndReason
from services.onboarding.agreements.domain import Ending
from services.onboarding.agreements.notices import Notice, NoticeStatus
from services.onboarding.agreements.terms import Reminder, ReminderKind
from services.onboarding.tables import (
    AgencyRow,
    AgreementDeviationRow,
    AgreementNoticeRow,
    AgreementReminderRow,
    AgreementRow,
    AgreementServiceEndRow,
    AgreementVersionRow,
)


async def fallen_due(
    session: AsyncSession, agreement_id: str
) -> Sequence[tuple[Reminder, datetime]]:
    """The reminders that fell due, each with the instant, oldest first."""
    rows = await session.scalars(
        select(AgreementReminderRow)
        .where(AgreementReminderRow.agreement_id == agreement_id)
        .order_by(AgreementReminderRow.fell_due_at, AgreementReminderRow.kind)
    )
    return [
        (
            Reminder(row.fell_due_at.date(), ReminderKind(row.kind), row.subject_on, row.about),
            row.fell_due_at,
        )
        for row in rows
    ]


async def note_reminder(
    session: AsyncSession, agreement_id: str, reminder: Reminder, at: datetime
) -> None:
    """Keep that a reminder fell due."""
    session.add(
        AgreementReminderRow(
            agreement_id=agreement_id,
            kind=reminder.kind.value,
            subject_on=reminder.subject_on,
            about=reminder.about,
            fell_due_at=at,
        )
    )
    await session.flush()


async def add_notice(session: AsyncSession, notice: Notice) -> None:
    """Store a notice."""
    session.add(
        AgreementNoticeRow(
            **{
                **asdict(notice),
                "services": list(notice.services),
                "status": notice.status.value,
            }
        )
    )
    await session.flush()


async def notices(session: AsyncSession, agreement_id: str) -> Sequence[Notice]:
    """Every notice of an agreement, in the order they were given."""
    return (await notices_of(session, [agreement_id]))[agreement_id]


async def notices_of(
    session: AsyncSession, agreement_ids: Collection[str]
) -> Mapping[str, Sequence[Notice]]:
    """The same of several agreements, in one query."""
    rows = await session.scalars(
        select(AgreementNoticeRow)
        .where(AgreementNoticeRow.agreement_id.in_(agreement_ids))
        .order_by(AgreementNoticeRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[Notice]] = {key: [] for key in agreement_ids}
    for row in rows:
        found[row.agreement_id].append(
            Notice(
                id=row.id,
                agreement_id=row.agreement_id,
                party=row.party,
                services=tuple(row.services),
                reason=row.reason,
                name=row.name,
                title=row.title,
                mandate=row.mandate,
                given_on=row.given_on,
                last_day=row.last_day,
                status=NoticeStatus(row.status),
                settled_on=row.settled_on,
                settled_by=row.settled_by,
                exit_id=row.exit_id,
            )
        )
    return found


async def change_notice(session: AsyncSession, notice_id: str, **changed: Any) -> None:
    """Change what a notice is of: its services, its last day, the exit it belongs to."""
    await session.execute(
        update(AgreementNoticeRow).where(AgreementNoticeRow.id == notice_id).values(**changed)
    )


async def settle_notice(
    session: AsyncSession, notice_id: str, status: NoticeStatus, on: date, by: str | None
) -> None:
    """Note that a notice was confirmed or withdrawn; nobody confirms it when time does."""
    await session.execute(
        update(AgreementNoticeRow)
        .where(AgreementNoticeRow.id == notice_id)
        .values(status=status.value, settled_on=on, settled_by=by)
    )


async def put_service_ends(
    session: AsyncSession, agreement_id: str, last_days: Mapping[str, date], reason: EndReason
) -> None:
    """Settle the last days of services; a later day takes the place of an earlier one."""
    for service, last_day in last_days.items():
        await session.merge(
            AgreementServiceEndRow(
                agreement_id=agreement_id,
                service=service,
                last_day=last_day,
                reason=reason.value,
            )
        )
    await session.flush()


async def service_ends(session: AsyncSession, agreement_id: str) -> dict[str, date]:
    """The services of an agreement whose last day is settled."""
    return (await service_ends_of(session, [agreement_id]))[agreement_id]


async def service_ends_of(
    session: AsyncSession, agreement_ids: Collection[str]
) -> Mapping[str, dict[str, date]]:
    """The same of several agreements, in one query."""
    rows = await session.scalars(
        select(AgreementServiceEndRow)
        .where(AgreementServiceEndRow.agreement_id.in_(agreement_ids))
        .order_by(AgreementServiceEndRow.service)
        .execution_options(populate_existing=True)
    )
    found: dict[str, dict[str, date]] = {key: {} for key in agreement_ids}
    for row in rows:
        found[row.agreement_id][row.service] = row.last_day
    return found


async def ending_of(
    session: AsyncSession, agreement_id: str, services: Collection[str]
) -> Ending | None:
    """How an agreement of these services ends by what is settled of each; None: it goes on."""
    rows = (
        await session.scalars(
            select(AgreementServiceEndRow)
            .where(
                AgreementServiceEndRow.agreement_id == agreement_id,
                AgreementServiceEndRow.service.in_(services),
            )
            .order_by(AgreementServiceEndRow.last_day, AgreementServiceEndRow.service)
        )
    ).all()
    if len(rows) < len(set(services)):
        return None
    return Ending(rows[-1].last_day, EndReason(rows[-1].reason)) if rows else None


def _holding(day: date) -> list[ColumnElement[bool]]:
    """Conditions under which a version is the one in force on a day."""
    newer = (
        select(func.max(AgreementVersionRow.version))
        .where(
            AgreementVersionRow.agreement_id == AgreementRow.id,
            AgreementVersionRow.signed_on.is_not(None),
            AgreementVersionRow.holds_from <= day,
            AgreementVersionRow.valid_until >= day,
        )
        .correlate(AgreementRow)
        .scalar_subquery()
    )
    return [
        AgreementVersionRow.version == newer,
        or_(AgreementRow.ends_on.is_(None), AgreementRow.ends_on >= day),
        AgreementDeviationRow.ends_on >= day,
    ]


async def counts_by_customer(
    session: AsyncSession, day: date
) -> Sequence[tuple[str, str, str, int]]:
    """How many deviations hold on a day: organisation number, name, kind, count."""
    found = await session.execute(
        select(
            AgreementRow.org_number,
            AgencyRow.name,
            AgreementDeviationRow.kind,
            func.count(),
        )
        .join(AgreementVersionRow, AgreementVersionRow.agreement_id == AgreementRow.id)
        .join(
            AgreementDeviationRow,
            AgreementDeviationRow.agreement_version_id == AgreementVersionRow.id,
        )
        .join(AgencyRow, AgencyRow.org_number == AgreementRow.org_number)
        .where(*_holding(day))
        .group_by(AgreementRow.org_number, AgencyRow.name, AgreementDeviationRow.kind)
        .order_by(AgreementRow.org_number, AgreementDeviationRow.kind)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def counts_by_subject(
    session: AsyncSession, day: date
) -> Sequence[tuple[str, str, str, int]]:
    """How many agreements deviate on a day: kind, part or service, clause or activity, count."""
    found = await session.execute(
        select(
            AgreementDeviationRow.kind,
            AgreementDeviationRow.part,
            AgreementDeviationRow.subject,
            func.count(),
        )
        .join(
            AgreementVersionRow,
            AgreementVersionRow.id == AgreementDeviationRow.agreement_version_id,
        )
        .join(AgreementRow, AgreementRow.id == AgreementVersionRow.agreement_id)
        .where(*_holding(day))
        .group_by(
            AgreementDeviationRow.kind,
            AgreementDeviationRow.part,
            AgreementDeviationRow.subject,
        )
        .order_by(func.count().desc(), AgreementDeviationRow.subject)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]
