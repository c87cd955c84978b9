"""Use cases that only read: an exit's timeline and its archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.problems import not_found
from services.chassis.unit_of_work import UnitOfWork
from services.onboarding.leaving import handover_repository, repository
from services.onboarding.leaving.holding import visible


async def timeline(
    uow: UnitOfWork, exit_id: str, after: str | None, limit: int
) -> Sequence[dict[str, Any]]:
    """Who did what when in an exit, from its beginning.

    Raises:
        Problem: ``not_found``.
    """
    leaving = await visible(uow, exit_id)
    return await handover_repository.timeline(uow.session, leaving.id, after, limit)


async def archive(uow: UnitOfWork, exit_id: str) -> tuple[dict[str, Any], str]:
    """The document of an exit that is closed, and its SHA-256.

    Raises:
        Problem: ``not_found``, also while the exit is not archived.
    """
    leaving = await visible(uow, exit_id)
    document = await repository.archive(uow.session, leaving.id)
    if document is None or leaving.archive_hash is None:
        raise not_found("archived exit")
    return document, leaving.archive_hash
