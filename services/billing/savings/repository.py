"""SQL of the savings register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.savings.domain import FollowUp, Owner, SavingState, Specification, owner_on
from services.billing.tables import (
    SavingFollowUpRow,
    SavingOwnerRow,
    SavingRow,
    SavingSpecificationRow,
    SavingStepRow,
)
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Kept:
    """A saving with all that was ever registered of it, oldest first."""

    row: SavingRow
    specifications: list[SavingSpecificationRow] = field(default_factory=list)
    owners: list[SavingOwnerRow] = field(default_factory=list)
    steps: list[SavingStepRow] = field(default_factory=list)
    follow_ups: list[SavingFollowUpRow] = field(default_factory=list)

    @property
    def state(self) -> SavingState:
        """How far it has come."""
        return SavingState(self.row.state)

    @property
    def specification(self) -> Specification | None:
        """What is expected now."""
        return specification_of(self.specifications[-1]) if self.specifications else None

    @property
    def followed_up(self) -> list[FollowUp]:
        """Its follow-ups as the domain has them."""
        return [follow_up_of(row) for row in self.follow_ups]

    def owner_on(self, day: date) -> Owner | None:
        """Who answers for it on a day."""
        return owner_on([owner_of(row) for row in self.owners], day)


def specification_of(row: SavingSpecificationRow) -> Specification:
    """A specification as the domain has it."""
    return Specification(
        baseline=row.baseline,
        baseline_ore=row.baseline_ore,
        baseline_fte=row.baseline_fte,
        baseline_source=row.baseline_source,
        expected_ore=row.expected_ore,
        expected_fte=row.expected_fte,
        saves_from=row.saves_from,
        saves_until=row.saves_until,
    )


def owner_of(row: SavingOwnerRow) -> Owner:
    """An owner as the domain has it."""
    return Owner(row.holds_from, row.name, row.title, row.organisation)


def follow_up_of(row: SavingFollowUpRow) -> FollowUp:
    """A follow-up as the domain has it."""
    return FollowUp(
        id=row.id,
        first=Month.parse(row.first_period),
        last=Month.parse(row.last_period),
        realised_ore=row.realised_ore,
        realised_fte=row.realised_fte,
        corrects=row.corrects,
    )


@dataclass(frozen=True)
class Wanted:
    """Which savings are meant; what is absent does not limit."""

    arises_at: str | None = None
    service: str | None = None
    state: str | None = None


def _meant(scope: Scope | None, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if scope is not None:
        yield SavingRow.org_number.in_(scope.signed_by)
    if wanted.arises_at is not None:
        yield SavingRow.arises_at == wanted.arises_at
    if wanted.service is not None:
        yield SavingRow.service == wanted.service
    if wanted.state is not None:
        yield SavingRow.state == wanted.state


async def find(
    session: AsyncSession, saving_id: str, scope: Scope | None, *, lock: bool = False
) -> Kept | None:
    """A saving that a scope covers; ``lock`` holds it until the transaction ends."""
    query = select(SavingRow).where(SavingRow.id == saving_id, *_meant(scope, Wanted()))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    rows = (await session.scalars(query)).all()
    found = await _with_history(session, rows)
    return found[0] if found else None


async def page(
    session: AsyncSession, scope: Scope | None, wanted: Wanted, after: str | None, limit: int
) -> list[Kept]:
    """Savings in the order they were registered."""
    query = select(SavingRow).where(*_meant(scope, wanted)).order_by(SavingRow.id).limit(limit)
    if after is not None:
        query = query.where(SavingRow.id > after)
    return await _with_history(session, (await session.scalars(query)).all())


async def everything(session: AsyncSession, scope: Scope | None, wanted: Wanted) -> list[Kept]:
    """All savings that are meant."""
    query = select(SavingRow).where(*_meant(scope, wanted)).order_by(SavingRow.id)
    return await _with_history(session, (await session.scalars(query)).all())


_AT_ONCE = 500
"""As many identifiers go into one query; SQLite takes no number of them."""


async def _with_history(session: AsyncSession, rows: Sequence[SavingRow]) -> list[Kept]:
    found = {row.id: Kept(row) for row in rows}
    ids = list(found)
    for begin in range(0, len(ids), _AT_ONCE):
        await _read_history(session, found, ids[begin : begin + _AT_ONCE])
    return list(found.values())


async def _read_history(session: AsyncSession, found: dict[str, Kept], ids: Iterable[str]) -> None:
    for spec in await session.scalars(
        select(SavingSpecificationRow)
        .where(SavingSpecificationRow.saving_id.in_(ids))
        .order_by(SavingSpecificationRow.number)
    ):
        found[spec.saving_id].specifications.append(spec)
    for owner in await session.scalars(
        select(SavingOwnerRow)
        .where(SavingOwnerRow.saving_id.in_(ids))
        .order_by(SavingOwnerRow.number)
    ):
        found[owner.saving_id].owners.append(owner)
    for step in await session.scalars(
        select(SavingStepRow).where(SavingStepRow.saving_id.in_(ids)).order_by(SavingStepRow.number)
    ):
        found[step.saving_id].steps.append(step)
    for follow_up in await session.scalars(
        select(SavingFollowUpRow)
        .where(SavingFollowUpRow.saving_id.in_(ids))
        .order_by(SavingFollowUpRow.number)
    ):
        found[follow_up.saving_id].follow_ups.append(follow_up)
