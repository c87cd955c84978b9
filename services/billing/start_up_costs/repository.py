"""SQL of start-up costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, String, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.start_up_costs.domain import Grouping, Selection, Total
from services.billing.tables import StartUpCostRow

# Written out, so that PostgreSQL sees the same expression where it selects and groups.
_MONTH_AS_TEXT = func.substr(
    cast(StartUpCostRow.incurred_on, String), literal_column("1"), literal_column("7")
)

_KEYS: dict[Grouping, ColumnElement[str]] = {
    Grouping.CASE: StartUpCostRow.case_id.expression,
    Grouping.CUSTOMER: StartUpCostRow.org_number.expression,
    Grouping.SERVICE_AREA: StartUpCostRow.service_area.expression,
    Grouping.PERIOD: _MONTH_AS_TEXT,
}


def _meant(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.case_id is not None:
        yield StartUpCostRow.case_id == selection.case_id
    if selection.org_number is not None:
        yield StartUpCostRow.org_number == selection.org_number
    if selection.service_area is not None:
        yield StartUpCostRow.service_area == selection.service_area
    if selection.since is not None:
        yield StartUpCostRow.incurred_on >= selection.since
    if selection.until is not None:
        yield StartUpCostRow.incurred_on <= selection.until


async def page(
    session: AsyncSession, selection: Selection, after: str | None, limit: int
) -> Sequence[StartUpCostRow]:
    """Entries in the order of their identities."""
    query = (
        select(StartUpCostRow).where(*_meant(selection)).order_by(StartUpCostRow.id).limit(limit)
    )
    if after is not None:
        query = query.where(StartUpCostRow.id > after)
    return (await session.scalars(query)).all()


async def totals(
    session: AsyncSession, selection: Selection, grouping: Grouping
) -> tuple[Total, ...]:
    """What the chosen entries come to, by what they are kept by, in order of the keys."""
    key = _KEYS[grouping]
    rows = await session.execute(
        select(
            key,
            func.count(),
            func.sum(StartUpCostRow.minutes),
            func.sum(StartUpCostRow.amount_ore),
        )
        .where(*_meant(selection))
        .group_by(key)
        .order_by(key)
    )
    return tuple(
        Total(key=found, entries=entries, minutes=int(minutes), amount_ore=int(amount))
        for found, entries, minutes, amount in rows
    )
