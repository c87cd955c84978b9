"""SQL of invoices and credits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.invoices.domain import LineKind
from services.billing.months import Month
from services.billing.subscriptions.repository import of_subscriptions_visible
from services.billing.tables import (
    CreditRow,
    InvoiceCounterRow,
    InvoiceLineRow,
    InvoiceRow,
)
from services.contracts.succession import Scope


async def next_number(session: AsyncSession, year: int) -> int:
    """Take the next invoice number of a calendar year.

    The year's counter row stays locked until the transaction ends, and a transaction that
    fails gives its number back: the series has no gaps and no repeats.
    """
    # Two transactions may both find a new year without a counter.
    await session.execute(
        text("INSERT INTO invoice_counters (year, last) VALUES (:year, 0) ON CONFLICT DO NOTHING"),
        {"year": year},
    )
    taken = await session.scalar(
        update(InvoiceCounterRow)
        .where(InvoiceCounterRow.year == year)
        .values(last=InvoiceCounterRow.last + 1)
        .returning(InvoiceCounterRow.last)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"no invoice counter for {year}")
    return taken


async def is_invoiced(
    session: AsyncSession, subscription_id: str, month: Month, occasion: str
) -> bool:
    """Whether a subscription's month has its invoice of an occasion."""
    found = await session.scalar(
        select(InvoiceRow.id).where(
            InvoiceRow.subscription_id == subscription_id,
            InvoiceRow.period == str(month),
            InvoiceRow.occasion == occasion,
        )
    )
    return found is not None


async def breaches_in(
    session: AsyncSession, subscription_id: str, service: str, month: Month
) -> int:
    """How many breaches of a service are recorded for a month, those withdrawn left out."""
    count = await session.scalar(
        select(func.count())
        .select_from(CreditRow)
        .where(
            CreditRow.subscription_id == subscription_id,
            CreditRow.service == service,
            CreditRow.period == str(month),
            CreditRow.withdrawn_at.is_(None),
        )
    )
    return count or 0


async def credits_through(
    session: AsyncSession, subscription_id: str, through: Month
) -> Sequence[CreditRow]:
    """The breaches of months through one, invoiced or not, those withdrawn among them."""
    return (
        await session.scalars(
            select(CreditRow)
            .where(CreditRow.subscription_id == subscription_id, CreditRow.period <= str(through))
            .order_by(CreditRow.period, CreditRow.service, CreditRow.breach_id)
        )
    ).all()


async def invoiced(
    session: AsyncSession, subscription_id: str, kind: LineKind
) -> dict[tuple[str, Month], int]:
    """What lines of a kind have invoiced so far, by service and the month they are about."""
    rows = await session.execute(
        select(InvoiceLineRow.service, InvoiceLineRow.period, func.sum(InvoiceLineRow.amount_ore))
        .join(InvoiceRow, InvoiceRow.id == InvoiceLineRow.invoice_id)
        .where(InvoiceRow.subscription_id == subscription_id, InvoiceLineRow.kind == kind.value)
        .group_by(InvoiceLineRow.service, InvoiceLineRow.period)
    )
    return {(service, Month.parse(period)): int(amount) for service, period, amount in rows}


async def get(session: AsyncSession, invoice_id: str, scope: Scope | None) -> InvoiceRow | None:
    """An invoice within a tenant's scope (None: the centre's staff)."""
    query = select(InvoiceRow).where(InvoiceRow.id == invoice_id)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(InvoiceRow.org_number, InvoiceRow.subscription_id, scope)
        )
    return await session.scalar(query)


async def lines_of(
    session: AsyncSession, invoice_ids: Iterable[str]
) -> dict[str, list[InvoiceLineRow]]:
    """The lines of some invoices, by invoice, in order."""
    ids = list(invoice_ids)
    rows = await session.scalars(
        select(InvoiceLineRow)
        .where(InvoiceLineRow.invoice_id.in_(ids))
        .order_by(InvoiceLineRow.invoice_id, InvoiceLineRow.position)
    )
    found: dict[str, list[InvoiceLineRow]] = {each: [] for each in ids}
    for row in rows:
        found[row.invoice_id].append(row)
    return found


async def page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[InvoiceRow]:
    """Invoices in the order they were issued, of one customer or of all."""
    query = select(InvoiceRow).order_by(InvoiceRow.id).limit(limit)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(InvoiceRow.org_number, InvoiceRow.subscription_id, scope)
        )
    if after is not None:
        query = query.where(InvoiceRow.id > after)
    return (await session.scalars(query)).all()


async def credit_page(
    session: AsyncSession, scope: Scope | None, after: str | None, limit: int
) -> Sequence[CreditRow]:
    """Credits in the order of their breaches' identities, of one customer or of all."""
    query = select(CreditRow).order_by(CreditRow.breach_id).limit(limit)
    if scope is not None:
        query = query.where(
            of_subscriptions_visible(CreditRow.org_number, CreditRow.subscription_id, scope)
        )
    if after is not None:
        query = query.where(CreditRow.breach_id > after)
    return (await session.scalars(query)).all()
