"""Delegations to sign, and the parties' own wordings of clauses, in storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.onboarding.agencies import repository as agencies
from services.onboarding.agencies.domain import Head
from services.onboarding.agreements.assembly import ClauseWording
from services.onboarding.agreements.signing import Delegation
from services.onboarding.parties import Party
from services.onboarding.tables import ClauseWordingRow, SigningDelegationRow


async def add_delegation(session: AsyncSession, delegation: Delegation) -> None:
    """Store a delegation."""
    session.add(SigningDelegationRow(**asdict(delegation)))
    await session.flush()


async def find_delegation(
    session: AsyncSession, delegation_id: str, party: str | None
) -> Delegation | None:
    """A delegation of a party; None stands for any party."""
    row = await session.get(SigningDelegationRow, delegation_id, populate_existing=True)
    return _delegation(row) if row is not None and party in {None, row.party} else None


async def head_of(session: AsyncSession, party: str) -> Head | None:
    """Who heads a party by the register; None where it does not say, as of the centre."""
    agency = None if party == Party.CENTRE else await agencies.find(session, party)
    return agency.people.head if agency else None


async def delegations_of(session: AsyncSession, party: str) -> Sequence[Delegation]:
    """Every delegation of a party, revoked or not."""
    rows = await session.scalars(
        select(SigningDelegationRow)
        .where(SigningDelegationRow.party == party)
        .order_by(SigningDelegationRow.id)
    )
    return [_delegation(row) for row in rows]


async def page(
    session: AsyncSession, party: str | None, after: str | None, limit: int
) -> Sequence[Delegation]:
    """Delegations in the order they were registered, behind the given one."""
    query = select(SigningDelegationRow).order_by(SigningDelegationRow.id).limit(limit)
    if party is not None:
        query = query.where(SigningDelegationRow.party == party)
    if after is not None:
        query = query.where(SigningDelegationRow.id > after)
    return [_delegation(row) for row in await session.scalars(query)]


async def revoke(session: AsyncSession, delegation_id: str, revoked_on: date) -> bool:
    """Take a delegation back from a day on; False when that was done before."""
    taken = await session.scalars(
        update(SigningDelegationRow)
        .where(SigningDelegationRow.id == delegation_id, SigningDelegationRow.revoked_on.is_(None))
        .values(revoked_on=revoked_on)
        .returning(SigningDelegationRow.id)
    )
    return taken.one_or_none() is not None


async def put_wording(session: AsyncSession, case_id: str, wording: ClauseWording) -> None:
    """Store a party's own wording of a clause; a later one replaces it."""
    await session.merge(
        ClauseWordingRow(case_id=case_id, **{**asdict(wording), "owner": wording.owner.value})
    )
    await session.flush()


async def drop_wording(session: AsyncSession, case_id: str, clause: str) -> bool:
    """Go back to the standard's wording; False when there was no other."""
    dropped = await session.scalars(
        delete(ClauseWordingRow)
        .where(ClauseWordingRow.case_id == case_id, ClauseWordingRow.clause == clause)
        .returning(ClauseWordingRow.clause)
    )
    return dropped.one_or_none() is not None


async def wordings(session: AsyncSession, case_id: str) -> Sequence[ClauseWording]:
    """The parties' own wordings in a case, by clause."""
    rows = await session.scalars(
        select(ClauseWordingRow)
        .where(ClauseWordingRow.case_id == case_id)
        .order_by(ClauseWordingRow.clause)
        .execution_options(populate_existing=True)
    )
    return [
        ClauseWording(
            clause=row.clause,
            text=row.text,
            reason=row.reason,
            owner=Party(row.owner),
            ends_on=row.ends_on,
            decided_by=row.decided_by,
            mandate=row.mandate,
        )
        for row in rows
    ]


def _delegation(row: SigningDelegationRow) -> Delegation:
    return Delegation(
        id=row.id,
        party=row.party,
        name=row.name,
        title=row.title,
        delegated_by=row.delegated_by,
        delegated_by_title=row.delegated_by_title,
        document=row.document,
        max_yearly_fee_ore=row.max_yearly_fee_ore,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        registered_at=row.registered_at,
        revoked_on=row.revoked_on,
    )
