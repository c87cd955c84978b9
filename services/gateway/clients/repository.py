"""All SQL about clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.identity import Role
from services.gateway.clients.domain import Client
from services.gateway.tables import ClientRow


async def add(session: AsyncSession, client: Client, secret_hash: str) -> None:
    """Store a new client."""
    session.add(
        ClientRow(
            client_id=client.client_id,
            name=client.name,
            roles=sorted(role.value for role in client.roles),
            org_number=client.org_number,
            secret_hash=secret_hash,
            created_at=client.created_at,
            revoked_at=client.revoked_at,
        )
    )
    await session.flush()


async def find(session: AsyncSession, client_id: str) -> Client | None:
    """A client by its id."""
    row = await session.get(ClientRow, client_id)
    return None if row is None else _client(row)


async def find_with_hash(session: AsyncSession, client_id: str) -> tuple[Client, str] | None:
    """A client and the hash of its secret."""
    row = await session.get(ClientRow, client_id)
    return None if row is None else (_client(row), row.secret_hash)


async def page(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[Client]:
    """Clients by rising id, from behind ``after``."""
    query = select(ClientRow).order_by(ClientRow.client_id).limit(limit)
    if after is not None:
        query = query.where(ClientRow.client_id > after)
    return [_client(row) for row in await session.scalars(query)]


async def active_staff_locked(session: AsyncSession) -> Sequence[Client]:
    """The staff clients in force, locked until the transaction ends."""
    query = (
        select(ClientRow)
        .where(ClientRow.org_number.is_(None), ClientRow.revoked_at.is_(None))
        .order_by(ClientRow.client_id)
        .with_for_update()
    )
    return [_client(row) for row in await session.scalars(query)]


async def revoke(session: AsyncSession, client_id: str, at: datetime) -> None:
    """Note since when a client gets no more tokens."""
    await session.execute(
        update(ClientRow).where(ClientRow.client_id == client_id).values(revoked_at=at)
    )


def _client(row: ClientRow) -> Client:
    return Client(
        client_id=row.client_id,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        org_number=row.org_number,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
