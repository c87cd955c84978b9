"""Which service of a customer is in operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.agreements import repository
from services.collab_model.agreements.domain import Agreement
from services.collab_model.customers.repository import issued_within, signed_within
from services.collab_model.tables import AgreementServiceRow
from services.contracts.succession import Scope


@dataclass(frozen=True)
class LiveService:
    """A service in operation, its agreement, and the day it went live."""

    row: AgreementServiceRow
    agreement: Agreement
    live_on: date


async def find_of_customer(
    session: AsyncSession, scope: Scope, service: str, today: date
) -> LiveService | None:
    """A customer's service in operation; of several, the one that took over last."""
    row = AgreementServiceRow
    belongs = signed_within(scope, row.org_number, row.agreement_id)
    return await _find(session, service, belongs, today, lock=False)


async def hold_reported(
    session: AsyncSession, scope: Scope, service: str, today: date
) -> LiveService | None:
    """The service in operation that a source means by a number, held for the transaction.

    A source may go on using the number of an agency that another has taken over.
    """
    row = AgreementServiceRow
    belongs = issued_within(scope, row.org_number, row.agreement_id)
    return await _find(session, service, belongs, today, lock=True)


async def _find(
    session: AsyncSession,
    service: str,
    belongs: ColumnElement[bool],
    today: date,
    *,
    lock: bool,
) -> LiveService | None:
    rows = await repository.services_where(session, service, belongs, lock=lock)
    agreements = await repository.loaded(session, {row.agreement_id for row in rows})
    found = [
        LiveService(row, agreements[row.agreement_id], live_on)
        for row in rows
        if (live_on := agreements[row.agreement_id].live_since(service, today)) is not None
    ]
    return max(found, key=lambda each: (each.live_on, each.row.id), default=None)
