"""Agreements, their versions and signatures in storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.values import EndReason
from services.onboarding.agreements.document import ClauseDeviation, Deviation, PartyRole
from services.onboarding.agreements.domain import (
    Agreement,
    AgreementSignature,
    AgreementVersion,
    Ending,
    UrgencyStatement,
    VersionOrigin,
)
from services.onboarding.agreements.domain import in_force as holding
from services.onboarding.tables import (
    AgreementDeviationRow,
    AgreementPartyRow,
    AgreementRow,
    AgreementSignatureRow,
    AgreementUrgencyRow,
    AgreementVersionRow,
)


async def add_agreement(session: AsyncSession, agreement: Agreement) -> None:
    """Store a new agreement, before its first version."""
    session.add(
        AgreementRow(
            id=agreement.id,
            case_id=agreement.case_id,
            org_number=agreement.org_number,
            revision=agreement.revision,
        )
    )
    await session.flush()


async def find(session: AsyncSession, agreement_id: str, scope: str | None) -> Agreement | None:
    """An agreement that an agency is a party of; None stands for the centre, which sees all."""
    row = await session.scalar(
        select(AgreementRow)
        .where(AgreementRow.id == agreement_id, *_scoped(scope))
        .execution_options(populate_existing=True)
    )
    return _agreement(row) if row else None


async def page(
    session: AsyncSession,
    scope: str | None,
    org_number: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Agreement]:
    """Agreements within a scope in the order they were begun, behind the given one."""
    query = select(AgreementRow).where(*_scoped(scope)).order_by(AgreementRow.id).limit(limit)
    if org_number is not None:
        query = query.where(AgreementRow.org_number == org_number)
    if after is not None:
        query = query.where(AgreementRow.id > after)
    return [_agreement(row) for row in await session.scalars(query)]


async def advance_revision(session: AsyncSession, agreement: Agreement) -> bool:
    """Take the next revision for a change; False when somebody else took it first.

    The update locks the agreement, so that what is read after it belongs to this change.
    """
    taken = await session.scalars(
        update(AgreementRow)
        .where(AgreementRow.id == agreement.id, AgreementRow.revision == agreement.revision)
        .values(revision=agreement.revision + 1)
        .returning(AgreementRow.id)
    )
    return taken.one_or_none() is not None


async def set_ending(session: AsyncSession, agreement_id: str, ending: Ending | None) -> None:
    """Settle an agreement's last day; None when it goes on after all."""
    await session.execute(
        update(AgreementRow)
        .where(AgreementRow.id == agreement_id)
        .values(
            ends_on=ending.last_day if ending else None,
            end_reason=ending.reason.value if ending else None,
        )
    )


async def add(session: AsyncSession, version: AgreementVersion) -> None:
    """Store a version with its parties and its deviations.

    Raises:
        sqlalchemy.exc.IntegrityError: the agreement has that version already.
    """
    content = version.content
    session.add(
        AgreementVersionRow(
            id=version.id,
            agreement_id=version.agreement_id,
            case_id=version.case_id,
            version=version.version,
            content=dict(version.document),
            content_hash=version.content_hash,
            drafted_at=version.drafted_at,
            signed_on=version.signed_on,
            origin=version.origin.value,
            outside_window=version.outside_window,
            holds_from=content.holds_from,
            valid_until=content.valid_until,
        )
    )
    await session.flush()
    session.add_all(
        AgreementPartyRow(
            agreement_version_id=version.id,
            org_number=party.org_number,
            agreement_id=version.agreement_id,
            role=party.role.value,
        )
        for party in content.all_parties
        if party.role is not PartyRole.CENTRE
    )
    session.add_all(_deviations(version))
    await session.flush()


async def latest(session: AsyncSession, case_id: str) -> AgreementVersion | None:
    """The version that a case rests on, with its signatures: the newest one.

    An amendment that waits for signatures does not put the case on hold.
    """
    row = await session.scalar(
        select(AgreementVersionRow)
        .where(
            AgreementVersionRow.case_id == case_id,
            or_(
                AgreementVersionRow.origin == VersionOrigin.CASE.value,
                AgreementVersionRow.signed_on.is_not(None),
            ),
        )
        .order_by(AgreementVersionRow.version.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await _versions(session, [row]))[0] if row else None


async def versions(session: AsyncSession, agreement_id: str) -> Sequence[AgreementVersion]:
    """Every version of an agreement, from the first."""
    return (await versions_of(session, [agreement_id]))[agreement_id]


async def versions_of(
    session: AsyncSession, agreement_ids: Sequence[str]
) -> Mapping[str, Sequence[AgreementVersion]]:
    """The same of several agreements, in as many queries as of one."""
    rows = await session.scalars(
        select(AgreementVersionRow)
        .where(AgreementVersionRow.agreement_id.in_(agreement_ids))
        .order_by(AgreementVersionRow.version)
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[AgreementVersion]] = {key: [] for key in agreement_ids}
    for version in await _versions(session, rows.all()):
        found[version.agreement_id].append(version)
    return found


async def of_case(session: AsyncSession, case_id: str) -> Agreement | None:
    """The agreement that a case has: made in it, or joined by a version drafted in it."""
    drafted = select(AgreementVersionRow.agreement_id).where(AgreementVersionRow.case_id == case_id)
    row = await session.scalar(
        select(AgreementRow)
        .where(AgreementRow.id.in_(drafted))
        .execution_options(populate_existing=True)
    )
    return _agreement(row) if row else None


async def made_in(session: AsyncSession, case_id: str) -> Agreement | None:
    """The agreement that was made in a case; none where the case joined another one's."""
    agreement = await of_case(session, case_id)
    return agreement if agreement is not None and agreement.case_id == case_id else None


async def case_of(session: AsyncSession, agreement_id: str) -> str | None:
    """The case an agreement belongs to."""
    return await session.scalar(select(AgreementRow.case_id).where(AgreementRow.id == agreement_id))


async def in_force(session: AsyncSession, agreement_id: str, day: date) -> AgreementVersion | None:
    """The version of an agreement that holds on a day, if any does."""
    found = await _in_force(session, day, AgreementRow.id == agreement_id)
    return found[0] if found else None


async def in_force_with(
    session: AsyncSession, org_number: str, day: date
) -> Sequence[AgreementVersion]:
    """The versions that hold on a day, of every agreement with a customer agency."""
    return await _in_force(session, day, AgreementRow.org_number == org_number)


async def _in_force(
    session: AsyncSession, day: date, which: ColumnElement[bool]
) -> Sequence[AgreementVersion]:
    rows = await session.scalars(
        select(AgreementVersionRow)
        .join(AgreementRow, AgreementRow.id == AgreementVersionRow.agreement_id)
        .where(
            which,
            or_(AgreementRow.ends_on.is_(None), AgreementRow.ends_on >= day),
            AgreementVersionRow.signed_on.is_not(None),
            AgreementVersionRow.holds_from <= day,
            AgreementVersionRow.valid_until >= day,
        )
        .order_by(AgreementVersionRow.agreement_id, AgreementVersionRow.version)
        .execution_options(populate_existing=True)
    )
    candidates: dict[str, list[AgreementVersion]] = {}
    for version in await _versions(session, rows.all()):
        candidates.setdefault(version.agreement_id, []).append(version)
    chosen = (holding(group, None, day) for group in candidates.values())
    return [version for version in chosen if version is not None]


def _scoped(scope: str | None) -> list[ColumnElement[bool]]:
    if scope is None:
        return []
    own = select(AgreementPartyRow.agreement_id).where(AgreementPartyRow.org_number == scope)
    return [AgreementRow.id.in_(own)]


def _deviations(version: AgreementVersion) -> list[AgreementDeviationRow]:
    content = version.content
    found: list[tuple[str, str, Deviation | ClauseDeviation]] = [
        *(("gap", entry.service, entry) for entry in content.deviations),
        *(("clause", entry.part, entry) for entry in content.clause_deviations),
    ]
    return [
        AgreementDeviationRow(
            agreement_version_id=version.id,
            subject=entry.key,
            kind=kind,
            part=part,
            reason=entry.reason,
            owner=entry.owner,
            ends_on=entry.ends_on,
        )
        for kind, part, entry in found
    ]


def _agreement(row: AgreementRow) -> Agreement:
    ending = None
    if row.ends_on is not None and row.end_reason is not None:
        ending = Ending(row.ends_on, EndReason(row.end_reason))
    return Agreement(row.id, row.case_id, row.org_number, row.revision, ending)


async def _versions(
    session: AsyncSession, rows: Sequence[AgreementVersionRow]
) -> list[AgreementVersion]:
    identifiers = [row.id for row in rows]
    signatures: dict[str, list[AgreementSignature]] = {identifier: [] for identifier in identifiers}
    urgency: dict[str, list[UrgencyStatement]] = {identifier: [] for identifier in identifiers}
    for signed in await session.scalars(
        select(AgreementSignatureRow)
        .where(AgreementSignatureRow.agreement_version_id.in_(identifiers))
        .order_by(AgreementSignatureRow.signed_at, AgreementSignatureRow.party)
    ):
        signatures[signed.agreement_version_id].append(
            AgreementSignature(
                party=signed.party,
                name=signed.name,
                title=signed.title,
                mandate=signed.mandate,
                content_hash=signed.content_hash,
                signed_at=signed.signed_at,
                delegation_id=signed.delegation_id,
            )
        )
    for stated in await session.scalars(
        select(AgreementUrgencyRow)
        .where(AgreementUrgencyRow.agreement_version_id.in_(identifiers))
        .order_by(AgreementUrgencyRow.stated_at, AgreementUrgencyRow.party)
    ):
        urgency[stated.agreement_version_id].append(
            UrgencyStatement(stated.party, stated.reason, stated.stated_at)
        )
    return [
        AgreementVersion(
            id=row.id,
            agreement_id=row.agreement_id,
            case_id=row.case_id,
            version=row.version,
            document=row.content,
            content_hash=row.content_hash,
            drafted_at=row.drafted_at,
            signed_on=row.signed_on,
            signatures=tuple(signatures[row.id]),
            origin=VersionOrigin(row.origin),
            outside_window=row.outside_window,
            urgency=tuple(urgency[row.id]),
        )
        for row in rows
    ]
