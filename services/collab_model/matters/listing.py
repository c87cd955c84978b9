"""Lists of matters: as they stand, or as they stood at an instant, as was known at another.

What stood then is read from each matter's log, never from what a later event left behind, so a
list and the matters in it give the same answer about any two instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork
from services.collab_model.clocks import problems
from services.collab_model.matters import repository
from services.collab_model.matters.domain import MatterState, MatterStatus, state_of
from services.collab_model.matters.log import MatterLog
from services.collab_model.matters.service import AsOf
from services.collab_model.tables import MatterRow
from services.contracts.succession import Scope

LOOKED_THROUGH = 1000
"""So many matters at most are looked through for a page; ``next`` goes on behind them."""

_ALL = datetime.max.replace(tzinfo=UTC)
"""Behind every line: a clock that stands still has lines a little ahead of it."""


@dataclass(frozen=True)
class Wanted:
    """Which matters a list shows; what is None does not limit."""

    scope: Scope | None
    status: MatterStatus | None
    service: str | None


@dataclass(frozen=True)
class MatterThen:
    """A matter, and where it stood."""

    matter: MatterRow
    state: MatterState


@dataclass(frozen=True)
class PageThen:
    """Matters in the order they were registered; ``next`` continues, and is None at the end."""

    found: Sequence[MatterThen]
    next: str | None


async def now(
    uow: UnitOfWork, wanted: Wanted, after: str | None, limit: int
) -> Sequence[MatterRow]:
    """A page of matters as they stand, in the order they were registered."""
    return await repository.list_matters(
        uow.session,
        scope=wanted.scope,
        status=wanted.status,
        service=wanted.service,
        after=after,
        limit=limit,
    )


async def then(
    uow: UnitOfWork,
    wanted: Wanted,
    at: datetime | None,
    known_at: datetime | None,
    after: str | None,
    limit: int,
) -> PageThen:
    """A page of matters as they stood at an instant, as was known at another; None is now.

    A page may hold fewer matters than asked for, or none, and yet be continued.

    Raises:
        Problem: ``as_of_out_of_range``; the present is the latest instant to ask about.
    """
    if any(instant > uow.now for instant in (at, known_at) if instant is not None):
        raise Problem(
            problems.AS_OF_OUT_OF_RANGE,
            f"It is {uow.now.isoformat()}: nothing can be said of a later instant.",
        )
    as_of = AsOf(at or _ALL, known_at or _ALL)
    rows = await repository.registered_by(
        uow.session, wanted.scope, wanted.service, as_of.known_at, after, LOOKED_THROUGH + 1
    )
    logs = await repository.logs_of(uow.session, [row.id for row in rows[:LOOKED_THROUGH]])
    found: list[MatterThen] = []
    for each in _standing(rows[:LOOKED_THROUGH], logs, wanted, as_of):
        if len(found) == limit:
            return PageThen(found, found[-1].matter.id)
        found.append(each)
    return PageThen(found, rows[LOOKED_THROUGH - 1].id if len(rows) > LOOKED_THROUGH else None)


def _standing(
    rows: Sequence[MatterRow], logs: Mapping[str, MatterLog], wanted: Wanted, as_of: AsOf
) -> Iterator[MatterThen]:
    for row in rows:
        holding = [entry for entry in logs[row.id].as_known(as_of.known_at) if entry.at <= as_of.at]
        if not holding:
            continue
        state = state_of(holding)
        if wanted.status in {None, state.status} and wanted.service in {None, state.place.service}:
            yield MatterThen(row, state)
