"""SQL and use cases of actual prices: what a unit turned out to cost in a month.

The standard fee is set from a calculated cost price; where agreements are settled at actual
cost (DOMAIN.md section 7, the model of two agencies), this is what the year comes to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month, last_month_ended_by
from services.billing.own_prices.catalogue import priced_services
from services.billing.problems import PERIOD_NOT_ENDED, SERVICE_UNKNOWN, UNIT_UNKNOWN
from services.billing.schedule import stockholm_day
from services.billing.tables import ActualPriceRow, SignedServiceRow
from services.billing.volumes.units import unknown_among
from services.chassis.ids import new_id
from services.chassis.problems import Problem
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ActualPrice:
    """What one of a unit of a service cost in a month: öre with up to four decimals."""

    service: str
    unit: str
    month: Month
    amount_ore: Decimal
    cost_basis: str


async def register(uow: UnitOfWork, prices: Sequence[ActualPrice]) -> list[ActualPriceRow]:
    """Keep actual prices, all or none; the newest of a service, unit and month counts.

    One that is registered already with the same amount and basis changes nothing.

    Raises:
        Problem: ``service_unknown``, ``unit_unknown``; ``period_not_ended``, for nobody knows yet
            what it cost.
    """
    await _require_services(uow.session, prices)
    unknown = await unknown_among(uow.session, {each.unit for each in prices})
    if unknown:
        rows = [
            {"row": number, "column": "unit"}
            for number, each in enumerate(prices, start=1)
            if each.unit in unknown
        ]
        raise Problem(
            UNIT_UNKNOWN,
            f"Nothing is priced by {', '.join(sorted(unknown))}; nothing was kept.",
            rows=rows,
        )
    ended = last_month_ended_by(stockholm_day(uow.now))
    early = [number for number, each in enumerate(prices, start=1) if each.month > ended]
    if early:
        raise Problem(
            PERIOD_NOT_ENDED,
            "What a month cost is known when it has ended; nothing was kept.",
            rows=[{"row": number, "column": "period"} for number in early],
        )
    return [await _keep(uow, each) for each in prices]


async def _require_services(session: AsyncSession, prices: Sequence[ActualPrice]) -> None:
    """Refuse prices of what is neither in the catalogue nor signed: they would never count."""
    named = {each.service for each in prices} - priced_services().keys()
    if not named:
        return
    signed = await session.scalars(
        select(SignedServiceRow.service).where(SignedServiceRow.service.in_(named)).distinct()
    )
    unknown = named.difference(signed)
    if unknown:
        raise Problem(
            SERVICE_UNKNOWN,
            f"There is no service {', '.join(sorted(unknown))} in the catalogue or in any"
            " agreement; nothing was kept.",
            rows=[
                {"row": number, "column": "service"}
                for number, each in enumerate(prices, start=1)
                if each.service in unknown
            ],
        )


async def _keep(uow: UnitOfWork, price: ActualPrice) -> ActualPriceRow:
    before = await uow.session.scalar(
        select(ActualPriceRow)
        .where(
            ActualPriceRow.service == price.service,
            ActualPriceRow.unit == price.unit,
            ActualPriceRow.period == str(price.month),
        )
        .order_by(ActualPriceRow.number.desc())
        .limit(1)
    )
    if before is not None and (Decimal(before.amount_ore), before.cost_basis) == (
        price.amount_ore,
        price.cost_basis,
    ):
        return before
    row = ActualPriceRow(
        id=new_id(),
        service=price.service,
        unit=price.unit,
        period=str(price.month),
        number=before.number + 1 if before else 1,
        amount_ore=str(price.amount_ore),
        cost_basis=price.cost_basis,
        registered_by=uow.actor.client_id if uow.actor else "system",
        recorded_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def of_services(
    session: AsyncSession, services: Collection[str]
) -> dict[tuple[str, Month], Mapping[str, Fraction]]:
    """The newest actual prices of some services: by service and month, then by unit."""
    rows = await session.scalars(
        select(ActualPriceRow)
        .where(ActualPriceRow.service.in_(services))
        .order_by(ActualPriceRow.number)
    )
    found: dict[tuple[str, Month], dict[str, Fraction]] = {}
    for row in rows:
        of_month = found.setdefault((row.service, Month.parse(row.period)), {})
        of_month[row.unit] = Fraction(Decimal(row.amount_ore))
    return dict(found)


async def page(session: AsyncSession, after: str | None, limit: int) -> Sequence[ActualPriceRow]:
    """Actual prices in the order they were registered."""
    query = select(ActualPriceRow).order_by(ActualPriceRow.id).limit(limit)
    if after is not None:
        query = query.where(ActualPriceRow.id > after)
    return (await session.scalars(query)).all()
