"""All SQL about levels, readings and closed periods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.collab_model.agreements.repository import number_in_force
from services.collab_model.customers.repository import issued_within, signed_within
from services.collab_model.levels.domain import Closing, Level, Month, plain
from services.collab_model.tables import (
    AgreementVersionRow,
    CreditTermsRow,
    LevelRow,
    PeriodResultRow,
    PeriodRow,
    ResultPartRow,
)
from services.contracts.succession import Scope
from services.contracts.values import (
    CreditTerms,
    Delivery,
    MeasureKind,
    PlannedStops,
    Priority,
)

_AT_ONCE = 500


@dataclass(frozen=True)
class ClosedPeriod:
    """A closed period and its results in the order the levels were signed."""

    period: PeriodRow
    results: tuple[PeriodResultRow, ...]

    @property
    def id(self) -> str:
        """The period's identifier."""
        return self.period.id


def level_of(row: LevelRow) -> Level:
    """A stored level as the domain knows it."""
    return Level(
        id=row.id,
        key=row.key,
        kind=MeasureKind(row.kind),
        target_minutes={Priority(name): value for name, value in row.target_minutes.items()},
        required_share_percent=plain(row.required_share_percent),
        deliveries=tuple(Delivery.model_validate(each) for each in row.measure["deliveries"])
        if "deliveries" in row.measure
        else (),
        planned_stops=PlannedStops.model_validate(row.measure["planned_stops"])
        if "planned_stops" in row.measure
        else None,
        name=row.name,
        name_sv=row.name_sv,
    )


async def add_levels(session: AsyncSession, levels: Sequence[LevelRow]) -> None:
    """Keep the levels of a new agreement."""
    session.add_all(levels)
    await session.flush()


async def add_credit_terms(session: AsyncSession, row: CreditTermsRow) -> None:
    """Keep what a signed version says about credits."""
    session.add(row)
    await session.flush()


async def signed_by(
    session: AsyncSession, agreement_id: str, version: int
) -> tuple[str, CreditTerms | None]:
    """What the customer is called in a version, and what that says about credits.

    No terms for a version from before they were kept here.
    """
    of_version = (CreditTermsRow.agreement_id == AgreementVersionRow.agreement_id) & (
        CreditTermsRow.version == AgreementVersionRow.number
    )
    name, terms = (
        await session.execute(
            select(AgreementVersionRow.customer_name, CreditTermsRow.terms)
            .outerjoin(CreditTermsRow, of_version)
            .where(
                AgreementVersionRow.agreement_id == agreement_id,
                AgreementVersionRow.number == version,
            )
        )
    ).one()
    return name, CreditTerms.model_validate(terms) if terms is not None else None


async def levels_of_service(
    session: AsyncSession, agreement_id: str, version: int, service: str
) -> list[Level]:
    """The levels that a version promises for a service, in the order they were signed."""
    rows = await session.scalars(
        select(LevelRow)
        .where(
            LevelRow.agreement_id == agreement_id,
            LevelRow.version == version,
            LevelRow.service == service,
        )
        .order_by(LevelRow.id)
    )
    return [level_of(row) for row in rows]


async def list_levels(
    session: AsyncSession,
    *,
    scope: Scope | None,
    today: date,
    service: str | None,
    after: str | None,
    limit: int,
) -> Sequence[LevelRow]:
    """A page of the levels of the versions in force today, by identifier."""
    query = (
        select(LevelRow)
        .where(LevelRow.version == number_in_force(LevelRow.agreement_id, today))
        .order_by(LevelRow.id)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(signed_within(scope, LevelRow.org_number, LevelRow.agreement_id))
    if service is not None:
        query = query.where(LevelRow.service == service)
    if after is not None:
        query = query.where(LevelRow.id > after)
    return (await session.scalars(query)).all()


async def is_closed(session: AsyncSession, agreement_id: str, service: str, period: str) -> bool:
    """Whether a month of a service has been closed."""
    found = await session.scalar(
        select(PeriodRow.id).where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.service == service,
            PeriodRow.period == period,
            PeriodRow.revision == 1,
        )
    )
    return found is not None


async def closed_at(
    session: AsyncSession, agreement_id: str, service: str, period: str
) -> datetime | None:
    """When a month of a service was closed; corrections left out of account."""
    return await session.scalar(
        select(PeriodRow.closed_at).where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.service == service,
            PeriodRow.period == period,
            PeriodRow.revision == 1,
        )
    )


async def closings_of(
    session: AsyncSession, agreement_id: str, services: Collection[str], first: Month
) -> list[Closing]:
    """The months of services that are closed, from one on and in order, as they were first."""
    rows = await session.execute(
        select(PeriodRow.period, PeriodRow.service, PeriodRow.closed_at)
        .where(
            PeriodRow.agreement_id == agreement_id,
            PeriodRow.service.in_(services),
            PeriodRow.period >= str(first),
            PeriodRow.revision == 1,
        )
        .order_by(PeriodRow.period, PeriodRow.service)
    )
    return [Closing(service, Month.parse(period), at) for period, service, at in rows]


async def latest_periods(
    session: AsyncSession, agreement_id: str, service: str
) -> dict[str, PeriodRow]:
    """The closed months of a service as they were corrected last, by month."""
    rows = await session.scalars(
        select(PeriodRow)
        .where(PeriodRow.agreement_id == agreement_id, PeriodRow.service == service)
        .order_by(PeriodRow.period, PeriodRow.revision)
    )
    return {row.period: row for row in rows}


async def results_of(session: AsyncSession, period_id: str) -> Sequence[PeriodResultRow]:
    """How the levels came out in a closed month, in signed order."""
    return (
        await session.scalars(
            select(PeriodResultRow)
            .where(PeriodResultRow.period_id == period_id)
            .order_by(PeriodResultRow.position)
        )
    ).all()


async def count_periods(session: AsyncSession, agreement_id: str) -> int:
    """How many months of an agreement's services have been closed or corrected."""
    count = await session.scalar(
        select(func.count()).select_from(PeriodRow).where(PeriodRow.agreement_id == agreement_id)
    )
    return count or 0


async def add_period(
    session: AsyncSession,
    period: PeriodRow,
    results: Sequence[PeriodResultRow],
    parts: Sequence[ResultPartRow] = (),
) -> None:
    """Keep a closed period, its results and the parts they are made of."""
    session.add(period)
    await session.flush()
    session.add_all(results)
    await session.flush()
    session.add_all(parts)
    await session.flush()


async def parts_of(session: AsyncSession, period_id: str) -> Sequence[ResultPartRow]:
    """The parts that a closed month's results are made of."""
    return (
        await session.scalars(select(ResultPartRow).where(ResultPartRow.period_id == period_id))
    ).all()


async def find_period(
    session: AsyncSession, period_id: str, *, scope: Scope | None
) -> PeriodRow | None:
    """A closed month, or a correction of one, that is visible to a scope."""
    return await session.scalar(_periods(scope, None, None).where(PeriodRow.id == period_id))


async def results_in(
    session: AsyncSession, period_ids: Sequence[str]
) -> dict[str, list[PeriodResultRow]]:
    """How the levels came out in some closed months, each in signed order."""
    found: dict[str, list[PeriodResultRow]] = {period_id: [] for period_id in period_ids}
    if not found:
        return found
    rows = await session.scalars(
        select(PeriodResultRow)
        .where(PeriodResultRow.period_id.in_(period_ids))
        .order_by(PeriodResultRow.period_id, PeriodResultRow.position)
    )
    for row in rows:
        found[row.period_id].append(row)
    return found


def _periods(scope: Scope | None, service: str | None, period: str | None) -> Select[PeriodRow]:
    query = select(PeriodRow).order_by(PeriodRow.id)
    if scope is not None:
        query = query.where(issued_within(scope, PeriodRow.org_number, PeriodRow.agreement_id))
    if service is not None:
        query = query.where(PeriodRow.service == service)
    if period is not None:
        query = query.where(PeriodRow.period == period)
    return query


async def list_periods(
    session: AsyncSession,
    *,
    scope: Scope | None,
    service: str | None,
    period: str | None,
    after: str | None,
    limit: int,
) -> list[ClosedPeriod]:
    """A page of closed periods and corrections in the order they came, with their results."""
    query = _periods(scope, service, period).limit(limit)
    if after is not None:
        query = query.where(PeriodRow.id > after)
    periods = (await session.scalars(query)).all()
    results = await results_in(session, [row.id for row in periods])
    return [ClosedPeriod(row, tuple(results[row.id])) for row in periods]
