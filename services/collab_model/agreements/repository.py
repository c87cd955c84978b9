"""All SQL about agreements in operation and their services."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.collab_model.agreements.domain import Agreement, Version
from services.collab_model.customers import repository as customers
from services.collab_model.tables import (
    AgreementRow,
    AgreementServiceRow,
    AgreementVersionRow,
    EndingRow,
    GoLiveRow,
)
from services.contracts.operation import Facts, Lived, Told
from services.contracts.values import ServiceHours

WHOLE_AGREEMENT = ""
"""Stands for the service where an ending is about the agreement as a whole."""


async def find_row(
    session: AsyncSession, agreement_id: str, *, lock: bool = False
) -> AgreementRow | None:
    """An agreement by its identifier; ``lock`` holds it for the rest of the transaction."""
    query = select(AgreementRow).where(AgreementRow.id == agreement_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def get(session: AsyncSession, agreement_id: str) -> Agreement:
    """An agreement that is known to exist, with all that tells when it is in operation."""
    return (await loaded(session, [agreement_id]))[agreement_id]


# Made once: every matter, reading and month of a customer begins with these.
_WANTED: BindParameter[str] = bindparam("wanted", expanding=True)
_AGREEMENTS = select(AgreementRow).where(AgreementRow.id.in_(_WANTED))
_VERSIONS = (
    select(AgreementVersionRow)
    .where(AgreementVersionRow.agreement_id.in_(_WANTED))
    .order_by(AgreementVersionRow.number)
)
_GO_LIVES = select(GoLiveRow).where(GoLiveRow.agreement_id.in_(_WANTED))
_ENDS = select(EndingRow).where(EndingRow.agreement_id.in_(_WANTED))


async def loaded(session: AsyncSession, ids: Collection[str]) -> dict[str, Agreement]:
    """Agreements that are known to exist, with all that tells when they are in operation."""
    wanted = {"wanted": list(ids)}
    register = await customers.register(session)
    rows = (await session.scalars(_AGREEMENTS, wanted)).all()
    versions: dict[str, list[Version]] = {row.id: [] for row in rows}
    for version in await session.scalars(_VERSIONS, wanted):
        versions[version.agreement_id].append(_version(version))
    go_lives: dict[str, dict[str, list[Lived]]] = {row.id: {} for row in rows}
    for live in await session.scalars(_GO_LIVES, wanted):
        lived = Lived(live.live_on, live.live_rank, live.rolled_back_rank)
        go_lives[live.agreement_id].setdefault(live.service, []).append(lived)
    ends: dict[str, dict[str, list[Told]]] = {row.id: {} for row in rows}
    for end in await session.scalars(_ENDS, wanted):
        told = Told(end.last_day, end.rank, end.reason)
        ends[end.agreement_id].setdefault(end.service, []).append(told)
    return {
        row.id: Agreement(
            id=row.id,
            org_number=row.org_number,
            stabilised_on=row.stabilised_on,
            versions=tuple(versions[row.id]),
            facts=Facts(
                go_lives=go_lives[row.id],
                agreement_ends=ends[row.id].pop(WHOLE_AGREEMENT, ()),
                ends=ends[row.id],
                closed_after=register.last_day_of(row.org_number, {row.id}),
            ),
            register=register,
        )
        for row in rows
    }


def _version(row: AgreementVersionRow) -> Version:
    return Version(
        number=row.number,
        content_hash=row.content_hash,
        holds_from=row.holds_from,
        valid_until=row.valid_until,
        service_hours=ServiceHours.model_validate(row.service_hours),
        services=frozenset(row.services),
    )


def number_in_force(agreement_id: InstrumentedAttribute[str], today: date) -> ColumnElement[int]:
    """The number of the version in force today, for a query over rows of agreements."""
    of_agreement = AgreementVersionRow.agreement_id == agreement_id
    holds = or_(AgreementVersionRow.holds_from.is_(None), AgreementVersionRow.holds_from <= today)
    in_force = select(func.max(AgreementVersionRow.number)).where(of_agreement, holds)
    first = select(func.min(AgreementVersionRow.number)).where(of_agreement)
    return func.coalesce(in_force.scalar_subquery(), first.scalar_subquery())


async def services_of(session: AsyncSession, agreement_id: str) -> Sequence[AgreementServiceRow]:
    """Every service that an agreement is or was about, in signed order."""
    return (
        await session.scalars(
            select(AgreementServiceRow)
            .where(AgreementServiceRow.agreement_id == agreement_id)
            .order_by(AgreementServiceRow.id)
        )
    ).all()


async def get_service_locked(session: AsyncSession, service_id: str) -> AgreementServiceRow:
    """A service that is known to exist, held for the rest of the transaction."""
    return (
        await session.scalars(
            select(AgreementServiceRow)
            .where(AgreementServiceRow.id == service_id)
            .with_for_update()
        )
    ).one()


async def services_where(
    session: AsyncSession, service: str, belongs: ColumnElement[bool], *, lock: bool = False
) -> Sequence[AgreementServiceRow]:
    """A service of the agreements that belong to a customer, oldest agreement first.

    ``lock`` holds them for the rest of the transaction.
    """
    query = (
        select(AgreementServiceRow)
        .where(AgreementServiceRow.service == service, belongs)
        .order_by(AgreementServiceRow.id)
    )
    if lock:
        query = query.with_for_update()
    return (await session.scalars(query)).all()


async def find_go_live(
    session: AsyncSession, agreement_id: str, service: str, live_on: date
) -> GoLiveRow | None:
    """What is known of a service's go-live on a day, or of its roll-back."""
    return await session.scalar(
        select(GoLiveRow).where(
            GoLiveRow.agreement_id == agreement_id,
            GoLiveRow.service == service,
            GoLiveRow.live_on == live_on,
        )
    )


async def is_end_known(session: AsyncSession, agreement_id: str, service: str, rank: str) -> bool:
    """Whether an event about an end has been taken in."""
    found = await session.scalar(
        select(EndingRow.id).where(
            EndingRow.agreement_id == agreement_id,
            EndingRow.service == service,
            EndingRow.rank == rank,
        )
    )
    return found is not None


async def agreements_signed_by(
    session: AsyncSession, org_numbers: Collection[str], also: Collection[str]
) -> Sequence[str]:
    """The identifiers of agreements that some agencies signed, and of some others."""
    return (
        await session.scalars(
            select(AgreementRow.id)
            .where(or_(AgreementRow.org_number.in_(org_numbers), AgreementRow.id.in_(also)))
            .order_by(AgreementRow.id)
        )
    ).all()


async def count_versions(session: AsyncSession, agreement_id: str) -> int:
    """How many versions of an agreement have been signed as far as is known."""
    count = await session.scalar(
        select(func.count())
        .select_from(AgreementVersionRow)
        .where(AgreementVersionRow.agreement_id == agreement_id)
    )
    return count or 0
