"""SQL of results: sums of the ledger, where cost went, what is planned, what was brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.billing.cost_sharing.facts import Basis
from services.billing.ledger.chart import chart
from services.billing.months import Month
from services.billing.own_prices.catalogue import priced_services
from services.billing.results.domain import Area, Posted, Shares
from services.billing.results.rules import Category, ResultRules, Stream
from services.billing.tables import (
    CostDistributionRow,
    CostEntryRow,
    CostPoolRow,
    CostShareInstalmentRow,
    CostSharingRow,
    CostUseRow,
    LedgerEntryRow,
    OwnPriceRow,
    ResultOpeningRow,
    SignedServiceRow,
    StartUpCostRow,
    SubscriptionRow,
    VoucherRow,
)

# Written out, so that PostgreSQL sees the same expression where it selects and groups.
_POSTED_IN = func.substr(
    cast(VoucherRow.posted_on, String), literal_column("1"), literal_column("7")
)


async def posted(session: AsyncSession, through: date, known_at: datetime) -> list[Posted]:
    """Sums of what was posted on accounts of income and cost through a day, those alike joined."""
    accounts = [each.number for each in chart().accounts if each.kind.is_result]
    rows = await session.execute(
        select(
            _POSTED_IN,
            LedgerEntryRow.account,
            LedgerEntryRow.service,
            LedgerEntryRow.period,
            func.sum(LedgerEntryRow.amount_ore),
        )
        .join(VoucherRow, VoucherRow.id == LedgerEntryRow.voucher_id)
        .where(
            LedgerEntryRow.account.in_(accounts),
            VoucherRow.posted_on <= through,
            VoucherRow.recorded_at <= known_at,
        )
        .group_by(_POSTED_IN, LedgerEntryRow.account, LedgerEntryRow.service, LedgerEntryRow.period)
    )
    roles = chart().by_number
    return [
        Posted(Month.parse(month), roles[account].role, service, period, int(ore))
        for month, account, service, period, ore in rows
    ]


async def areas(session: AsyncSession) -> dict[str, str]:
    """The service area of each service: by the catalogue, else as signed, priced or started."""
    found: dict[str, str] = {}
    for table in (StartUpCostRow, OwnPriceRow, SignedServiceRow):
        rows = await session.execute(
            select(table.service, table.service_area).distinct().order_by(table.service_area)
        )
        found |= {service: area for service, area in rows if service and area}
    return found | {key: each.service_area for key, each in priced_services().items()}


@dataclass(frozen=True)
class _Use:
    period: str
    use: str
    service: str | None
    kind: Stream
    is_overhead: bool
    arrangement: str | None
    amount_ore: int


async def _uses(session: AsyncSession, basis: Basis, known_at: datetime) -> list[_Use]:
    """Where cost went by the distributions that held at an instant."""
    booked = await session.execute(
        select(CostDistributionRow.period, CostDistributionRow.id)
        .where(
            CostDistributionRow.basis == basis.value,
            CostDistributionRow.recorded_at <= known_at,
        )
        .order_by(CostDistributionRow.number)
    )
    holding = {row.period: row.id for row in booked}
    final, origin = aliased(CostPoolRow), aliased(CostPoolRow)
    keys = (
        CostDistributionRow.period,
        CostUseRow.use,
        final.service,
        origin.kind,
        origin.service,
        CostUseRow.arrangement,
    )
    rows = await session.execute(
        select(*keys, func.sum(CostUseRow.amount_ore))
        .join(CostDistributionRow, CostDistributionRow.id == CostUseRow.distribution_id)
        .join(final, final.key == CostUseRow.pool)
        .join(origin, origin.key == CostUseRow.origin)
        .where(CostUseRow.distribution_id.in_(list(holding.values())))
        .group_by(*keys)
    )
    return [
        _Use(period, use, service, Stream(kind), of is None, arrangement, int(ore))
        for period, use, service, kind, of, arrangement, ore in rows
    ]


async def shares(
    session: AsyncSession, service_areas: dict[str, str], rules: ResultRules, known_at: datetime
) -> Shares:
    """Where overhead went by month and kind, and what arrangements were sent by year."""
    overheads: dict[tuple[str, Stream], dict[Area, int]] = {}
    arrangements: dict[tuple[str, int], dict[tuple[Area, Category], int]] = {}
    for each in await _uses(session, Basis.ACTUAL, known_at):
        area = service_areas.get(each.service or "")
        if each.is_overhead:
            by_area = overheads.setdefault((each.period, each.kind), {})
            by_area[area] = by_area.get(area, 0) + each.amount_ore
        if each.arrangement is not None:
            key = (each.arrangement, Month.parse(each.period).year)
            sent = arrangements.setdefault(key, {})
            place = (area, rules.kinds[each.kind])
            sent[place] = sent.get(place, 0) + each.amount_ore
    return Shares(overheads, arrangements)


async def budgeted_shares(
    session: AsyncSession, service_areas: dict[str, str], known_at: datetime
) -> dict[tuple[str, Stream], dict[Area, int]]:
    """Where overhead goes by the distributions of the budget, by month and kind."""
    found: dict[tuple[str, Stream], dict[Area, int]] = {}
    for each in await _uses(session, Basis.BUDGET, known_at):
        if each.is_overhead:
            by_area = found.setdefault((each.period, each.kind), {})
            area = service_areas.get(each.service or "")
            by_area[area] = by_area.get(area, 0) + each.amount_ore
    return found


@dataclass(frozen=True)
class Budgeted:
    """What a month's budget has for a kind of cost of a service, or of overhead (None)."""

    month: Month
    service: str | None
    kind: Stream
    amount_ore: int


async def budgets(
    session: AsyncSession, first: Month, last: Month, known_at: datetime
) -> list[Budgeted]:
    """The budget of some months, by service and kind."""
    keys = (CostEntryRow.period, CostPoolRow.service, CostPoolRow.kind)
    rows = await session.execute(
        select(*keys, func.sum(CostEntryRow.amount_ore))
        .join(CostPoolRow, CostPoolRow.key == CostEntryRow.pool)
        .where(
            CostEntryRow.basis == Basis.BUDGET.value,
            CostEntryRow.period.between(str(first), str(last)),
            CostEntryRow.recorded_at <= known_at,
        )
        .group_by(*keys)
    )
    return [
        Budgeted(Month.parse(period), service, Stream(kind), int(ore))
        for period, service, kind, ore in rows
    ]


async def subscriptions(session: AsyncSession, known_at: datetime) -> Sequence[SubscriptionRow]:
    """Every subscription opened by an instant."""
    return (
        await session.scalars(
            select(SubscriptionRow)
            .where(SubscriptionRow.opened_at <= known_at)
            .order_by(SubscriptionRow.id)
        )
    ).all()


async def planned_shares(
    session: AsyncSession, first: Month, last: Month, known_at: datetime
) -> list[tuple[Month, str, int]]:
    """What sharings booked by an instant plan to invoice in some months, by arrangement.

    What parties pay each other is no income.
    """
    keys = (CostShareInstalmentRow.period, CostShareInstalmentRow.arrangement)
    rows = await session.execute(
        select(*keys, func.sum(CostShareInstalmentRow.amount_ore))
        .join(CostSharingRow, CostSharingRow.id == CostShareInstalmentRow.sharing_id)
        .where(
            CostSharingRow.recorded_at <= known_at,
            CostShareInstalmentRow.line != "",
            CostShareInstalmentRow.period.between(str(first), str(last)),
        )
        .group_by(*keys)
    )
    return [(Month.parse(period), arrangement, int(ore)) for period, arrangement, ore in rows]


async def openings(session: AsyncSession, known_at: datetime) -> Sequence[ResultOpeningRow]:
    """What was brought in, as it was known at an instant: of those for one day the newest."""
    rows = await session.scalars(
        select(ResultOpeningRow)
        .where(ResultOpeningRow.recorded_at <= known_at)
        .order_by(ResultOpeningRow.number)
    )
    holding = {(row.service_area, row.category, row.as_of): row for row in rows}
    return sorted(holding.values(), key=lambda row: (row.as_of, row.service_area, row.category))


async def opening_that_holds(
    session: AsyncSession, area: str, category: Category, as_of: date
) -> ResultOpeningRow | None:
    """The newest of an area, category and day."""
    return await session.scalar(
        select(ResultOpeningRow)
        .where(
            ResultOpeningRow.service_area == area,
            ResultOpeningRow.category == category.value,
            ResultOpeningRow.as_of == as_of,
        )
        .order_by(ResultOpeningRow.number.desc())
        .limit(1)
    )


async def corrected_by(
    session: AsyncSession, row_ids: Sequence[str], known_at: datetime
) -> dict[str, str]:
    """The rows that corrected some by an instant, by the corrected one."""
    rows = await session.execute(
        select(ResultOpeningRow.corrects, ResultOpeningRow.id).where(
            ResultOpeningRow.corrects.in_(list(row_ids)),
            ResultOpeningRow.recorded_at <= known_at,
        )
    )
    return {corrects: row_id for corrects, row_id in rows if corrects is not None}


async def opening_page(
    session: AsyncSession,
    area: str | None,
    known_at: datetime,
    after: str | None,
    limit: int,
) -> Sequence[ResultOpeningRow]:
    """What was registered by an instant, corrections beside what they correct, oldest first."""
    query = (
        select(ResultOpeningRow)
        .where(ResultOpeningRow.recorded_at <= known_at)
        .order_by(ResultOpeningRow.id)
        .limit(limit)
    )
    if area is not None:
        query = query.where(ResultOpeningRow.service_area == area)
    if after is not None:
        query = query.where(ResultOpeningRow.id > after)
    return (await session.scalars(query)).all()
