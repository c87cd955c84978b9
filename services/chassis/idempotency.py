"""Idempotency keys: a repeated command gets the first one's answer and no second effect.

The key's row is written in the command's own transaction, so an answer is kept exactly
when the effect is. A refused command keeps nothing and may be tried again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.problems import (
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    VALIDATION_FAILED,
    Problem,
)
from services.chassis.tables import idempotency_keys
from services.chassis.unit_of_work import UnitOfWork

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
MAX_LENGTH = 200


@dataclass(frozen=True)
class CommandKey:
    """A command's key, whose it is, and what was asked under it."""

    client_id: str
    key: str
    request_hash: str


def header_key(request: Request) -> str:
    """What a command's header says.

    Raises:
        Problem: ``idempotency_key_missing``, or ``validation_failed`` for one that is
            too long or not printable.
    """
    key = request.headers.get(HEADER)
    if not key:
        raise Problem(
            IDEMPOTENCY_KEY_MISSING,
            f"Send a fresh {HEADER} header (a UUID, say) with every POST; repeat it when you"
            " repeat the request, and the command takes effect once.",
        )
    if len(key) > MAX_LENGTH or not key.isascii() or not key.isprintable():
        raise Problem(
            VALIDATION_FAILED,
            f"{HEADER} must be 1 to {MAX_LENGTH} printable ASCII characters.",
        )
    return key


class Asked:
    """What a request asks for, as a hash that its body is put into part by part."""

    def __init__(self, request: Request) -> None:
        asked = (request.method, request.url.path, request.url.query, "")
        self._hash = hashlib.sha256("\n".join(asked).encode())

    def add(self, part: bytes) -> None:
        """Put in the next part of the body."""
        self._hash.update(part)

    def under(self, client_id: str, key: str) -> CommandKey:
        """The command, once the whole body is in."""
        return CommandKey(client_id, key, self._hash.hexdigest())


async def command_key(request: Request, client_id: str) -> CommandKey:
    """The key of a command, from its header.

    Raises:
        Problem: ``idempotency_key_missing``, or ``validation_failed`` for one that is
            too long or not printable.
    """
    key, asked = header_key(request), Asked(request)
    asked.add(await request.body())
    return asked.under(client_id, key)


async def is_used(uow: UnitOfWork, client_id: str, key: str) -> bool:
    """Whether a client's key has an answer already."""
    found = await uow.session.scalar(
        select(idempotency_keys.c.key).where(
            idempotency_keys.c.client_id == client_id, idempotency_keys.c.key == key
        )
    )
    return found is not None


async def first_answer(uow: UnitOfWork, key: CommandKey) -> Response | None:
    """Take the key for this unit of work, or give the answer it already has.

    A concurrent request with the same key waits here until the first has committed.

    Raises:
        Problem: ``idempotency_key_reused``: the key belongs to another request.
    """
    dialect = uow.session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    taken = await uow.session.scalar(
        insert(idempotency_keys)
        .values(
            client_id=key.client_id,
            key=key.key,
            request_hash=key.request_hash,
            created_at=uow.recorded_at,
        )
        .on_conflict_do_nothing()
        .returning(idempotency_keys.c.key)
    )
    if taken is not None:
        return None
    known = (
        await uow.session.execute(
            select(idempotency_keys).where(
                idempotency_keys.c.client_id == key.client_id,
                idempotency_keys.c.key == key.key,
            )
        )
    ).one()
    if known.request_hash != key.request_hash:
        raise Problem(
            IDEMPOTENCY_KEY_REUSED,
            f"This {HEADER} was used for a different request; use a fresh key.",
        )
    return Response(
        content=known.body,
        status_code=known.status,
        media_type=known.media_type,
        headers={REPLAYED_HEADER: "true"},
    )


async def keep_answer(uow: UnitOfWork, key: CommandKey, response: Response) -> None:
    """Keep a command's answer beside its effect."""
    answer: dict[str, Any] = {
        "status": response.status_code,
        "media_type": response.media_type or "application/json",
        "body": bytes(response.body),
    }
    await uow.session.execute(
        idempotency_keys.update()
        .where(idempotency_keys.c.client_id == key.client_id)
        .where(idempotency_keys.c.key == key.key)
        .values(**answer)
    )
