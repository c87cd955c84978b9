"""SQL of the ledger. There is nothing here that changes or removes a voucher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.ledger.domain import CauseKind
from services.billing.ledger.trial_balance import Movement
from services.billing.months import Month
from services.billing.tables import (
    CustomerRow,
    LedgerEntryRow,
    VoucherCounterRow,
    VoucherRow,
)

VOUCHERS_AT_ONCE = 5_000
"""A statement takes 32,766 values on SQLite; a year of a large centre has more vouchers."""


async def next_number(session: AsyncSession, series: str, year: int) -> int:
    """Take the next number of a series and year.

    The counter stays locked until the transaction ends, and a transaction that fails gives its
    number back: a series has no gaps and no repeats.
    """
    # Two transactions may both find a new year without a counter.
    await session.execute(
        text(
            "INSERT INTO voucher_counters (series, year, last) VALUES (:series, :year, 0) "
            "ON CONFLICT DO NOTHING"
        ),
        {"series": series, "year": year},
    )
    taken = await session.scalar(
        update(VoucherCounterRow)
        .where(VoucherCounterRow.series == series, VoucherCounterRow.year == year)
        .values(last=VoucherCounterRow.last + 1)
        .returning(VoucherCounterRow.last)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise LookupError(f"no counter for the vouchers {series} of {year}")
    return taken


async def voucher(session: AsyncSession, voucher_id: str) -> VoucherRow | None:
    """A voucher."""
    return await session.get(VoucherRow, voucher_id)


async def of_cause(session: AsyncSession, cause: str, cause_id: str) -> str | None:
    """The identity of a cause's voucher."""
    return await session.scalar(
        select(VoucherRow.id).where(VoucherRow.cause == cause, VoucherRow.cause_id == cause_id)
    )


async def hold(session: AsyncSession, voucher_id: str) -> VoucherRow | None:
    """A voucher, held so that whoever else corrects it waits."""
    return await session.scalar(
        select(VoucherRow).where(VoucherRow.id == voucher_id).with_for_update()
    )


async def corrected_by(session: AsyncSession, voucher_ids: Iterable[str]) -> dict[str, list[str]]:
    """The vouchers that correct some, by the corrected one, oldest first."""
    ids = list(voucher_ids)
    found: dict[str, list[str]] = {each: [] for each in ids}
    rows = await session.execute(
        select(VoucherRow.corrects, VoucherRow.id)
        .where(VoucherRow.corrects.in_(ids))
        .order_by(VoucherRow.id)
    )
    for row in rows:
        if row.corrects is not None:
            found[row.corrects].append(row.id)
    return found


async def corrected_by_hand(session: AsyncSession, voucher_id: str) -> str | None:
    """The voucher that corrects one by hand, if any."""
    return await session.scalar(
        select(VoucherRow.id).where(
            VoucherRow.corrects == voucher_id, VoucherRow.cause == CauseKind.CORRECTION.value
        )
    )


async def entries_of(
    session: AsyncSession, voucher_ids: Iterable[str]
) -> dict[str, list[LedgerEntryRow]]:
    """The entries of some vouchers, by voucher, in order."""
    ids = list(voucher_ids)
    found: dict[str, list[LedgerEntryRow]] = {each: [] for each in ids}
    for begin in range(0, len(ids), VOUCHERS_AT_ONCE):
        rows = await session.scalars(
            select(LedgerEntryRow)
            .where(LedgerEntryRow.voucher_id.in_(ids[begin : begin + VOUCHERS_AT_ONCE]))
            .order_by(LedgerEntryRow.voucher_id, LedgerEntryRow.position)
        )
        for row in rows:
            found[row.voucher_id].append(row)
    return found


@dataclass(frozen=True)
class Chosen:
    """Which vouchers are meant; what is absent does not limit."""

    series: str | None = None
    year: int | None = None
    cause: str | None = None
    cause_id: str | None = None


async def voucher_page(
    session: AsyncSession, chosen: Chosen, after: str | None, limit: int
) -> Sequence[VoucherRow]:
    """Vouchers in the order they were recorded."""
    query = select(VoucherRow).order_by(VoucherRow.id).limit(limit)
    for column, value in (
        (VoucherRow.series, chosen.series),
        (VoucherRow.year, chosen.year),
        (VoucherRow.cause, chosen.cause),
        (VoucherRow.cause_id, chosen.cause_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(VoucherRow.id > after)
    return (await session.scalars(query)).all()


async def vouchers_between(
    session: AsyncSession, first: date, last: date, known_at: datetime
) -> Sequence[VoucherRow]:
    """The vouchers posted on some days, as known at an instant, by series and number."""
    return (
        await session.scalars(
            select(VoucherRow)
            .where(
                VoucherRow.posted_on.between(first, last),
                VoucherRow.recorded_at <= known_at,
            )
            .order_by(VoucherRow.series, VoucherRow.year, VoucherRow.number)
        )
    ).all()


async def account_page(
    session: AsyncSession,
    account: str,
    org_number: str | None,
    known_at: datetime,
    after: str | None,
    limit: int,
) -> list[tuple[LedgerEntryRow, VoucherRow]]:
    """The entries of an account with their vouchers, in the order they were recorded."""
    query = (
        select(LedgerEntryRow, VoucherRow)
        .join(VoucherRow, VoucherRow.id == LedgerEntryRow.voucher_id)
        .where(LedgerEntryRow.account == account, VoucherRow.recorded_at <= known_at)
        .order_by(LedgerEntryRow.id)
        .limit(limit)
    )
    if org_number is not None:
        query = query.where(LedgerEntryRow.org_number == org_number)
    if after is not None:
        query = query.where(LedgerEntryRow.id > after)
    found = await session.execute(query)
    return [(row[0], row[1]) for row in found]


async def movements(session: AsyncSession, on: date, known_at: datetime) -> tuple[Movement, ...]:
    """What each account held at the year's beginning and moved by through a day."""
    amount = LedgerEntryRow.amount_ore
    before = VoucherRow.posted_on < date(on.year, 1, 1)
    rows = await session.execute(
        select(
            LedgerEntryRow.account,
            func.sum(case((before, amount), else_=0)),
            func.sum(case((~before & (amount > 0), amount), else_=0)),
            func.sum(case((~before & (amount < 0), -amount), else_=0)),
        )
        .join(VoucherRow, VoucherRow.id == LedgerEntryRow.voucher_id)
        .where(VoucherRow.posted_on <= on, VoucherRow.recorded_at <= known_at)
        .group_by(LedgerEntryRow.account)
        .order_by(LedgerEntryRow.account)
    )
    return tuple(
        Movement(account, int(opening), int(debit), int(credit))
        for account, opening, debit, credit in rows
    )


async def balances_of(
    session: AsyncSession, account: str, subscription_id: str, through: Month
) -> dict[tuple[str, str], int]:
    """What an account holds of a subscription by service and month, through a month."""
    rows = await session.execute(
        select(LedgerEntryRow.service, LedgerEntryRow.period, func.sum(LedgerEntryRow.amount_ore))
        .join(VoucherRow, VoucherRow.id == LedgerEntryRow.voucher_id)
        .where(
            VoucherRow.subscription_id == subscription_id,
            LedgerEntryRow.account == account,
            LedgerEntryRow.period <= str(through),
        )
        .group_by(LedgerEntryRow.service, LedgerEntryRow.period)
    )
    return {
        (service, period): int(ore) for service, period, ore in rows if service and period and ore
    }


async def customer_names(session: AsyncSession, org_numbers: Iterable[str]) -> dict[str, str]:
    """What customers are called."""
    rows = await session.execute(
        select(CustomerRow.org_number, CustomerRow.name).where(
            CustomerRow.org_number.in_(list(org_numbers))
        )
    )
    return {row.org_number: row.name for row in rows}
