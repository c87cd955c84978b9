"""SQL of true-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.months import Month
from services.billing.subscriptions.repository import of_subscriptions_visible
from services.billing.tables import TrueUpMonthRow, TrueUpRow, TrueUpTermsRow
from services.billing.true_up.causes import Causes
from services.billing.true_up.domain import Booked
from services.contracts.succession import Scope


async def exists(
    session: AsyncSession, subscription_id: str, settled_on: date, occasion: str
) -> bool:
    """Whether a subscription's true-up of a day and occasion is booked."""
    found = await session.scalar(
        select(TrueUpRow.id).where(
            TrueUpRow.subscription_id == subscription_id,
            TrueUpRow.settled_on == settled_on,
            TrueUpRow.occasion == occasion,
        )
    )
    return found is not None


async def booked(session: AsyncSession, subscription_id: str) -> dict[tuple[str, Month], Booked]:
    """What true-ups booked so far per service and month, in sum."""
    rows = await session.execute(
        select(
            TrueUpMonthRow.service,
            TrueUpMonthRow.period,
            func.sum(TrueUpMonthRow.charged_ore),
            func.sum(TrueUpMonthRow.actual_ore),
            func.sum(TrueUpMonthRow.by_volume_ore),
            func.sum(TrueUpMonthRow.by_cost_ore),
            func.sum(TrueUpMonthRow.by_tariff_ore),
            func.sum(TrueUpMonthRow.by_membership_ore),
        )
        .where(TrueUpMonthRow.subscription_id == subscription_id)
        .group_by(TrueUpMonthRow.service, TrueUpMonthRow.period)
    )
    return {
        (service, Month.parse(period)): Booked(
            int(charged), int(actual), Causes(*(int(cause) for cause in causes))
        )
        for service, period, charged, actual, *causes in rows
    }


async def months_of(
    session: AsyncSession, true_up_ids: Iterable[str]
) -> dict[str, list[TrueUpMonthRow]]:
    """The booked months of some true-ups, by true-up, in order."""
    ids = list(true_up_ids)
    rows = await session.scalars(
        select(TrueUpMonthRow)
        .where(TrueUpMonthRow.true_up_id.in_(ids))
        .order_by(TrueUpMonthRow.true_up_id, TrueUpMonthRow.position)
    )
    found: dict[str, list[TrueUpMonthRow]] = {each: [] for each in ids}
    for row in rows:
        found[row.true_up_id].append(row)
    return found


async def to_invoice(
    session: AsyncSession, subscription_id: str, settled_by: date
) -> Sequence[TrueUpRow]:
    """Booked true-ups that no invoice carries yet, oldest first."""
    return (
        await session.scalars(
            select(TrueUpRow)
            .where(
                TrueUpRow.subscription_id == subscription_id,
                TrueUpRow.invoice_id.is_(None),
                TrueUpRow.settled_on <= settled_by,
            )
            .order_by(TrueUpRow.settled_on, TrueUpRow.id)
        )
    ).all()


async def page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[TrueUpRow]:
    """True-ups in the order they were booked, of one customer or of all."""
    query = select(TrueUpRow).order_by(TrueUpRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(TrueUpRow.org_number, TrueUpRow.subscription_id, scope)
        )
    if after is not None:
        query = query.where(TrueUpRow.id > after)
    return (await session.scalars(query)).all()


async def terms_of(session: AsyncSession, subscription_id: str) -> Sequence[TrueUpTermsRow]:
    """The terms that were registered for a subscription, oldest first."""
    return (
        await session.scalars(
            select(TrueUpTermsRow)
            .where(TrueUpTermsRow.subscription_id == subscription_id)
            .order_by(TrueUpTermsRow.number)
        )
    ).all()
