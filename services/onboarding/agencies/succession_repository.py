"""Cases and agreements that pass from one agency to another, in storage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agencies.succession import CaseHeld
from services.onboarding.agreements.document import PartyRole
from services.onboarding.cases.domain import CaseStatus, open_key
from services.onboarding.tables import (
    AgencyRow,
    AgreementPartyRow,
    AgreementRow,
    AgreementVersionRow,
    CasePassingRow,
    CaseRow,
    CaseServiceRow,
    ExitRow,
)


@dataclass(frozen=True)
class Signed:
    """The newest signed version of an agreement: whose it was by its text, and until when."""

    agreement_id: str
    org_number: str
    name: str
    valid_until: date
    ends_on: date | None

    @property
    def until(self) -> date:
        """Its last day as it is settled now."""
        return self.valid_until if self.ends_on is None else min(self.ends_on, self.valid_until)


@dataclass(frozen=True)
class CustomerOfCase:
    """A case as far as the question of its customer goes; ``org_number`` is today's."""

    case_id: str
    org_number: str
    services: tuple[str, ...]
    opened_on: date


async def cases_of(session: AsyncSession, org_number: str) -> list[CaseHeld]:
    """Every case of an agency, with what is signed in it."""
    rows = (
        await session.execute(
            select(CaseRow.id, CaseRow.status)
            .where(CaseRow.org_number == org_number)
            .order_by(CaseRow.id)
        )
    ).all()
    services = await _services(session, [row.id for row in rows])
    agreements = await signed(session, [row.id for row in rows])
    return [
        CaseHeld(
            id=row.id,
            services=tuple(entry.service for entry in services.get(row.id, ())),
            is_open=CaseStatus(row.status).is_open,
            live=any(entry.live_on is not None for entry in services.get(row.id, ())),
            agreement_id=agreements[row.id].agreement_id if row.id in agreements else None,
            agreement_until=agreements[row.id].until if row.id in agreements else None,
        )
        for row in rows
    ]


async def open_services(session: AsyncSession, org_number: str) -> set[str]:
    """The services for which an agency has an open case."""
    found = await session.scalars(
        select(CaseServiceRow.service)
        .join(CaseRow, CaseRow.id == CaseServiceRow.case_id)
        .where(CaseRow.org_number == org_number, CaseServiceRow.open_key.is_not(None))
    )
    return set(found)


async def signed(session: AsyncSession, case_ids: Collection[str]) -> dict[str, Signed]:
    """The newest signed version of each case's agreement, by the case's id."""
    rows = await session.execute(
        select(AgreementVersionRow, AgreementRow.ends_on)
        .join(AgreementRow, AgreementRow.id == AgreementVersionRow.agreement_id)
        .where(
            AgreementVersionRow.case_id.in_(case_ids), AgreementVersionRow.signed_on.is_not(None)
        )
        .order_by(AgreementVersionRow.case_id, AgreementVersionRow.version)
        .execution_options(populate_existing=True)
    )
    return {
        row.case_id: Signed(
            row.agreement_id,
            row.content["customer"]["org_number"],
            row.content["customer"]["name"],
            date.fromisoformat(row.content["valid_until"]),
            ends_on,
        )
        for row, ends_on in rows
    }


async def move_case(
    session: AsyncSession, case_id: str, to_org: str, *, open_for: Iterable[str]
) -> None:
    """Give a case, and what is signed or drafted in it, to another agency.

    Args:
        open_for: its services for which it is the agency's one open case from now on; for
            the others the agency has an open case already, or the case has ended.
    """
    from_org = await session.scalar(select(CaseRow.org_number).where(CaseRow.id == case_id))
    await session.execute(update(CaseRow).where(CaseRow.id == case_id).values(org_number=to_org))
    held = set(open_for)
    for entry in (await _services(session, [case_id])).get(case_id, ()):
        key = open_key(to_org, entry.service) if entry.service in held else None
        await session.execute(
            update(CaseServiceRow)
            .where(CaseServiceRow.case_id == case_id, CaseServiceRow.service == entry.service)
            .values(open_key=key)
            .execution_options(synchronize_session=False)
        )
    ids = (
        await session.scalars(select(AgreementRow.id).where(AgreementRow.case_id == case_id))
    ).all()
    await session.execute(
        update(AgreementRow)
        .where(AgreementRow.id.in_(ids))
        .values(org_number=to_org, revision=AgreementRow.revision + 1)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(ExitRow)
        .where(ExitRow.agreement_id.in_(ids))
        .values(org_number=to_org)
        .execution_options(synchronize_session=False)
    )
    heir = select(AgencyRow.name).where(AgencyRow.org_number == to_org).scalar_subquery()
    await session.execute(
        update(ExitRow)
        .where(ExitRow.agreement_id.in_(ids), ExitRow.archive_hash.is_(None))
        .values(customer_name=heir)
        .execution_options(synchronize_session=False)
    )
    if from_org is not None:
        await move_party(session, ids, from_org, to_org)


async def further_party(session: AsyncSession, org_number: str) -> list[tuple[str, str]]:
    """The agreements of others in which an agency takes part, each with its case."""
    rows = await session.execute(
        select(AgreementRow.case_id, AgreementRow.id)
        .join(AgreementPartyRow, AgreementPartyRow.agreement_id == AgreementRow.id)
        .where(
            AgreementPartyRow.org_number == org_number,
            AgreementPartyRow.role == PartyRole.FURTHER.value,
            AgreementRow.org_number != org_number,
        )
        .distinct()
        .order_by(AgreementRow.id)
    )
    return [(case_id, agreement_id) for case_id, agreement_id in rows]


async def move_party(
    session: AsyncSession, agreement_ids: Collection[str], from_org: str, to_org: str
) -> None:
    """Let the successor read and sign as the party; one that takes part already stays as it is."""
    rows = await session.scalars(
        select(AgreementPartyRow).where(
            AgreementPartyRow.agreement_id.in_(agreement_ids),
            AgreementPartyRow.org_number.in_([from_org, to_org]),
        )
    )
    parties: dict[str, dict[str, AgreementPartyRow]] = {}
    for row in rows:
        parties.setdefault(row.agreement_version_id, {})[row.org_number] = row
    for held in parties.values():
        former = held.get(from_org)
        if former is None:
            continue
        await session.delete(former)
        await session.flush()
        if to_org not in held:
            session.add(
                AgreementPartyRow(
                    agreement_version_id=former.agreement_version_id,
                    org_number=to_org,
                    agreement_id=former.agreement_id,
                    role=former.role,
                )
            )
    await session.flush()


async def customers(
    session: AsyncSession,
    *,
    scope: str | None,
    org_number: str | None,
    case_id: str | None,
    agreement_id: str | None,
    after: str | None,
    limit: int,
) -> Sequence[CustomerOfCase]:
    """Cases by id, behind the given one.

    Args:
        scope: only those whose customer this agency is today.
        org_number: only those whose customer this agency is or has been.
    """
    conditions: list[ColumnElement[bool]] = []
    if scope is not None:
        conditions.append(CaseRow.org_number == scope)
    if org_number is not None:
        passed = select(CasePassingRow.case_id).where(CasePassingRow.from_org == org_number)
        conditions.append(or_(CaseRow.org_number == org_number, CaseRow.id.in_(passed)))
    if case_id is not None:
        conditions.append(CaseRow.id == case_id)
    if agreement_id is not None:
        owner = select(AgreementRow.case_id).where(AgreementRow.id == agreement_id)
        conditions.append(CaseRow.id.in_(owner))
    if after is not None:
        conditions.append(CaseRow.id > after)
    rows = (
        await session.execute(
            select(CaseRow.id, CaseRow.org_number, CaseRow.opened_at)
            .where(*conditions)
            .order_by(CaseRow.id)
            .limit(limit)
        )
    ).all()
    services = await _services(session, [row.id for row in rows])
    return [
        CustomerOfCase(
            row.id,
            row.org_number,
            tuple(entry.service for entry in services.get(row.id, ())),
            row.opened_at.date(),
        )
        for row in rows
    ]


async def _services(
    session: AsyncSession, case_ids: Collection[str]
) -> Mapping[str, Sequence[CaseServiceRow]]:
    rows = await session.scalars(
        select(CaseServiceRow)
        .where(CaseServiceRow.case_id.in_(case_ids))
        .order_by(CaseServiceRow.case_id, CaseServiceRow.service)
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[CaseServiceRow]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found
