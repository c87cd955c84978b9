"""The parties' decisions on versions in storage: signatures, and why a change cannot wait."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agreements.domain import (
    AgreementSignature,
    AgreementVersion,
    UrgencyStatement,
)
from services.onboarding.tables import (
    AgreementSignatureRow,
    AgreementUrgencyRow,
    AgreementVersionRow,
)


async def sign(
    session: AsyncSession, version: AgreementVersion, signature: AgreementSignature
) -> None:
    """Store a party's decision on a version.

    Raises:
        sqlalchemy.exc.IntegrityError: the party has signed that version already.
    """
    session.add(
        AgreementSignatureRow(
            agreement_version_id=version.id,
            party=signature.party,
            name=signature.name,
            title=signature.title,
            mandate=signature.mandate,
            content_hash=signature.content_hash,
            signed_at=signature.signed_at,
            delegation_id=signature.delegation_id,
        )
    )
    await session.flush()


async def set_signed(session: AsyncSession, version: AgreementVersion, signed_on: date) -> None:
    """Note the day on which a version had every decision it needs."""
    await session.execute(
        update(AgreementVersionRow)
        .where(AgreementVersionRow.id == version.id)
        .values(signed_on=signed_on)
    )


async def state_urgency(
    session: AsyncSession, version: AgreementVersion, statement: UrgencyStatement
) -> None:
    """Store why a party wants a version outside the windows; a later statement replaces it."""
    await session.merge(
        AgreementUrgencyRow(
            agreement_version_id=version.id,
            party=statement.party,
            reason=statement.reason,
            stated_at=statement.stated_at,
        )
    )
    await session.flush()
