"""All SQL about agreements in operation and their services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.tables import AgreementRow, AgreementServiceRow


async def find_agreement(
    session: AsyncSession, agreement_id: str, *, lock: bool = False
) -> AgreementRow | None:
    """An agreement by its identifier; ``lock`` holds it for the rest of the transaction."""
    query = select(AgreementRow).where(AgreementRow.id == agreement_id)
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def get_agreement(session: AsyncSession, agreement_id: str) -> AgreementRow:
    """An agreement that is known to exist."""
    return await session.get_one(AgreementRow, agreement_id)


async def find_service(
    session: AsyncSession, agreement_id: str, service: str
) -> AgreementServiceRow | None:
    """A service of an agreement."""
    return (
        await session.scalars(
            select(AgreementServiceRow).where(
                AgreementServiceRow.agreement_id == agreement_id,
                AgreementServiceRow.service == service,
            )
        )
    ).one_or_none()


async def get_service_locked(session: AsyncSession, service_id: str) -> AgreementServiceRow:
    """A service that is known to exist, held for the rest of the transaction."""
    return (
        await session.scalars(
            select(AgreementServiceRow)
            .where(AgreementServiceRow.id == service_id)
            .with_for_update()
        )
    ).one()


async def find_live_service(
    session: AsyncSession, org_number: str, service: str, today: date, *, lock: bool = False
) -> AgreementServiceRow | None:
    """A customer's service in operation; of several, the one that took over last.

    ``lock`` holds it for the rest of the transaction.
    """
    query = (
        select(AgreementServiceRow)
        .where(
            AgreementServiceRow.org_number == org_number,
            AgreementServiceRow.service == service,
            AgreementServiceRow.live_on <= today,
        )
        .order_by(AgreementServiceRow.live_on.desc(), AgreementServiceRow.id.desc())
        .limit(1)
    )
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).one_or_none()


async def add(
    session: AsyncSession, agreement: AgreementRow, services: Sequence[AgreementServiceRow]
) -> None:
    """Keep a new agreement and its services."""
    session.add(agreement)
    await session.flush()
    session.add_all(services)
    await session.flush()
