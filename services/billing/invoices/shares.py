"""Shares of booked cost sharings on invoices: planned when booked, each invoiced once.

The month is the one that the arrangement names. The difference that a true-up or a correction
makes, and what parties pay each other, is due at once, in the month it is booked in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.cost_sharing.invoicing import due_months
from services.billing.cost_sharing.results import Sharing
from services.billing.invoices.domain import Line, LineKind
from services.billing.months import Month
from services.billing.schedule import stockholm_day
from services.billing.subscriptions.service import Subscription
from services.billing.tables import (
    CostArrangementRow,
    CostShareInstalmentRow,
    CostShareRow,
    CostSharingRow,
)
from services.chassis.ids import new_id


async def plan(
    session: AsyncSession, row: CostSharingRow, sharing: Sharing, shares: Iterable[CostShareRow]
) -> None:
    """Keep in which months what a booked sharing charges is to be invoiced.

    A party without an organisation number is no customer here, and is invoiced elsewhere.
    """
    session.add_all(_planned(row, sharing, shares))
    await session.flush()


def _planned(
    row: CostSharingRow, sharing: Sharing, shares: Iterable[CostShareRow]
) -> Iterator[CostShareInstalmentRow]:
    lines = {line.line.key: line.line for line in sharing.lines}
    booked_in = Month.of(stockholm_day(row.recorded_at))
    for share in shares:
        if share.org_number is None:
            continue
        line = None if row.corrects is not None else lines.get(share.line)
        days = (row.first_day, row.last_day)
        for month, ore in due_months(line, share.charged_now_ore, days, booked_in):
            yield CostShareInstalmentRow(
                id=new_id(),
                share_id=share.id,
                sharing_id=row.id,
                arrangement=row.arrangement,
                party=share.party,
                org_number=share.org_number,
                line=share.line,
                period=str(month),
                amount_ore=ore,
                invoice_id=None,
            )


async def due(
    session: AsyncSession, subscription: Subscription, through: Month
) -> Sequence[CostShareInstalmentRow]:
    """What the holder of a subscription owes of shared costs through a month, not yet invoiced.

    What was charged to agencies that it has taken over is among it. The rows are held: of a
    customer's subscriptions, the one invoiced first carries them.
    """
    holder = subscription.holder_on(through.last_day)
    numbers = {holder, *subscription.register.taken_over_by(holder, through.last_day)}
    return (
        await session.scalars(
            select(CostShareInstalmentRow)
            .where(
                CostShareInstalmentRow.org_number.in_(sorted(numbers)),
                CostShareInstalmentRow.period <= str(through),
                CostShareInstalmentRow.invoice_id.is_(None),
            )
            .order_by(
                CostShareInstalmentRow.arrangement,
                CostShareInstalmentRow.sharing_id,
                CostShareInstalmentRow.party,
                CostShareInstalmentRow.period,
                CostShareInstalmentRow.line,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).all()


async def lines(session: AsyncSession, instalments: Sequence[CostShareInstalmentRow]) -> list[Line]:
    """Invoice lines: one for each booked sharing, party and month.

    Args:
        session: the database session.
        instalments: in the order of arrangement, sharing, party and month.
    """
    found_rows = await session.execute(
        select(
            CostSharingRow.id,
            CostSharingRow.first_day,
            CostSharingRow.last_day,
            CostSharingRow.corrects,
        ).where(CostSharingRow.id.in_({each.sharing_id for each in instalments}))
    )
    sharings = {row.id: row for row in found_rows}
    names = {
        row.key: row.name
        for row in await session.scalars(
            select(CostArrangementRow).where(
                CostArrangementRow.key.in_({each.arrangement for each in instalments})
            )
        )
    }
    found: list[Line] = []
    for (arrangement, sharing_id, party, period), group in groupby(
        instalments,
        key=lambda each: (each.arrangement, each.sharing_id, each.party, each.period),
    ):
        row, amount = sharings[sharing_id], sum(each.amount_ore for each in group)
        what = "difference of the share" if row.corrects else "share"
        found.append(
            Line(
                kind=LineKind.COST_SHARE,
                service=arrangement,
                month=Month.parse(period),
                text=f"{names[arrangement]}: {what} of the cost of {row.first_day} to "
                f"{row.last_day}, due in {period}",
                amount_ore=amount,
                cost_sharing_id=sharing_id,
                party=party,
            )
        )
    return found
