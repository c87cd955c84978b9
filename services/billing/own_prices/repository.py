"""SQL of own prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.own_prices.domain import PriceVersion, Series
from services.billing.tables import OwnPriceRow
from services.contracts.succession import Scope


@dataclass(frozen=True)
class Registered:
    """A version as it is stored: who registered it, and when."""

    version: PriceVersion
    registered_by: str
    recorded_at: datetime


def series_of(series: Series) -> str:
    """The price that versions belong to, as a text of one column."""
    told = f"{series.service}/{series.unit}/{series.org_number or '*'}"
    if series.case_id is not None:
        told = f"{told}/{series.case_id}"
    return f"{told}/+{series.instead_of or ''}" if series.beside_tariff else told


async def add(session: AsyncSession, registered: Registered) -> None:
    """Store a new version.

    Raises:
        sqlalchemy.exc.IntegrityError: the price has a version of that number already.
    """
    version = registered.version
    session.add(
        OwnPriceRow(
            id=version.id,
            series=series_of(version.series),
            number=version.number,
            service=version.service,
            service_area=version.service_area,
            unit=version.unit,
            org_number=version.org_number,
            case_id=version.case_id,
            beside_tariff=version.beside_tariff,
            instead_of=version.instead_of,
            amount_ore=version.amount_ore,
            vat_percent=version.vat_percent,
            name=version.name,
            name_sv=version.name_sv,
            cost_basis=version.cost_basis,
            valid_from=version.valid_from,
            replaces=version.replaces,
            registered_by=registered.registered_by,
            recorded_at=registered.recorded_at,
        )
    )
    await session.flush()


async def find(session: AsyncSession, price_id: str, scope: Scope | None) -> Registered | None:
    """One version, if it is for everybody or within the scope."""
    query = select(OwnPriceRow).where(OwnPriceRow.id == price_id, *_visible(scope))
    row = (await session.scalars(query)).one_or_none()
    return _registered(row) if row else None


async def versions(session: AsyncSession, series: Iterable[str]) -> list[PriceVersion]:
    """Every version of some prices."""
    query = select(OwnPriceRow).where(OwnPriceRow.series.in_(list(series)))
    return [_registered(row).version for row in await session.scalars(query)]


async def by_ids(session: AsyncSession, price_ids: Iterable[str]) -> list[PriceVersion]:
    """Versions by identifiers that are kept elsewhere; versions are never deleted."""
    query = select(OwnPriceRow).where(OwnPriceRow.id.in_(list(price_ids)))
    return [_registered(row).version for row in await session.scalars(query)]


async def of_services(
    session: AsyncSession, services: Iterable[str] | None, org_number: str | None
) -> list[PriceVersion]:
    """Every version for everybody, or for one agency, of some services; None: of all."""
    query = select(OwnPriceRow).where(
        or_(OwnPriceRow.org_number.is_(None), OwnPriceRow.org_number == org_number)
    )
    if services is not None:
        query = query.where(OwnPriceRow.service.in_(list(services)))
    return [_registered(row).version for row in await session.scalars(query)]


async def page(
    session: AsyncSession, scope: Scope | None, service: str | None, after: str | None, limit: int
) -> Sequence[Registered]:
    """Versions in the order they were registered."""
    query = select(OwnPriceRow).where(*_visible(scope)).order_by(OwnPriceRow.id).limit(limit)
    if service is not None:
        query = query.where(OwnPriceRow.service == service)
    if after is not None:
        query = query.where(OwnPriceRow.id > after)
    return [_registered(row) for row in await session.scalars(query)]


def _visible(scope: Scope | None) -> tuple[ColumnElement[bool], ...]:
    if scope is None:
        return ()
    own = OwnPriceRow.org_number.in_(scope.signed_by)
    return (or_(OwnPriceRow.org_number.is_(None), own),)


def _registered(row: OwnPriceRow) -> Registered:
    return Registered(
        version=PriceVersion(
            id=row.id,
            service=row.service,
            service_area=row.service_area,
            unit=row.unit,
            org_number=row.org_number,
            case_id=row.case_id,
            beside_tariff=row.beside_tariff,
            instead_of=row.instead_of,
            number=row.number,
            amount_ore=row.amount_ore,
            vat_percent=row.vat_percent,
            name=row.name,
            name_sv=row.name_sv,
            cost_basis=row.cost_basis,
            valid_from=row.valid_from,
            replaces=row.replaces,
        ),
        registered_by=row.registered_by,
        recorded_at=row.recorded_at,
    )
