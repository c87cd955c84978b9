"""Agreement versions and signatures in storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agreements.domain import AgreementSignature, AgreementVersion
from services.onboarding.parties import Party
from services.onboarding.tables import AgreementSignatureRow, AgreementVersionRow


async def add(session: AsyncSession, version: AgreementVersion) -> None:
    """Store a drafted version.

    Raises:
        sqlalchemy.exc.IntegrityError: the case has that version already.
    """
    session.add(
        AgreementVersionRow(
            id=version.id,
            agreement_id=version.agreement_id,
            case_id=version.case_id,
            version=version.version,
            content=dict(version.document),
            content_hash=version.content_hash,
            drafted_at=version.drafted_at,
        )
    )
    await session.flush()


async def latest(session: AsyncSession, case_id: str) -> AgreementVersion | None:
    """A case's latest version with its signatures."""
    row = await session.scalar(
        select(AgreementVersionRow)
        .where(AgreementVersionRow.case_id == case_id)
        .order_by(AgreementVersionRow.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return await _version(session, row) if row else None


async def case_of(session: AsyncSession, agreement_id: str) -> str | None:
    """The case an agreement belongs to."""
    return await session.scalar(
        select(AgreementVersionRow.case_id)
        .where(AgreementVersionRow.agreement_id == agreement_id)
        .limit(1)
    )


async def sign(
    session: AsyncSession, version: AgreementVersion, signature: AgreementSignature
) -> None:
    """Store a signature under a version.

    Raises:
        sqlalchemy.exc.IntegrityError: the party has signed that version already.
    """
    session.add(
        AgreementSignatureRow(
            agreement_version_id=version.id,
            party=signature.party.value,
            name=signature.name,
            title=signature.title,
            mandate=signature.mandate,
            content_hash=signature.content_hash,
            signed_at=signature.signed_at,
        )
    )
    await session.flush()


async def set_signed(session: AsyncSession, version: AgreementVersion, signed_on: date) -> None:
    """Note the day on which a version had both signatures."""
    await session.execute(
        update(AgreementVersionRow)
        .where(AgreementVersionRow.id == version.id)
        .values(signed_on=signed_on)
    )


async def _version(session: AsyncSession, row: AgreementVersionRow) -> AgreementVersion:
    rows: Sequence[AgreementSignatureRow] = (
        await session.scalars(
            select(AgreementSignatureRow)
            .where(AgreementSignatureRow.agreement_version_id == row.id)
            .order_by(AgreementSignatureRow.signed_at, AgreementSignatureRow.party)
        )
    ).all()
    return AgreementVersion(
        id=row.id,
        agreement_id=row.agreement_id,
        case_id=row.case_id,
        version=row.version,
        document=row.content,
        content_hash=row.content_hash,
        drafted_at=row.drafted_at,
        signed_on=row.signed_on,
        signatures=tuple(
            AgreementSignature(
                party=Party(signed.party),
                name=signed.name,
                title=signed.title,
                mandate=signed.mandate,
                content_hash=signed.content_hash,
                signed_at=signed.signed_at,
            )
            for signed in rows
        ),
    )
