"""Use cases of the ledger: show it, correct a voucher, export a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.billing.ledger import repository, rules
from services.billing.ledger.chart import Account, chart
from services.billing.ledger.domain import Entry, UnbalancedError
from services.billing.ledger.exporting import Written, sie_file
from services.billing.ledger.posting import write_now
from services.billing.ledger.problems import (
    ACCOUNT_UNKNOWN,
    POSTING_DAY_AHEAD,
    POSTING_DAY_TOO_EARLY,
    POSTING_PERIOD_CLOSED,
    VOUCHER_CORRECTED_BEFORE,
    VOUCHER_EMPTY,
    VOUCHER_UNBALANCED,
)
from services.billing.ledger.repository import Chosen
from services.billing.ledger.trial_balance import Balance, trial_balance
from services.billing.months import Month
from services.billing.periods import repository as closed_months
from services.billing.schedule import stockholm_day
from services.billing.sie.writing import write
from services.billing.tables import LedgerEntryRow, VoucherRow
from services.chassis.ids import new_id
from services.chassis.money import format_sek
from services.chassis.problems import Problem, not_found
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Voucher:
    """A voucher with its entries, and the later ones that correct it."""

    row: VoucherRow
    entries: Sequence[LedgerEntryRow]
    corrected_by: tuple[str, ...]


@dataclass(frozen=True)
class TrialBalance:
    """The trial balance of a day, as it was known at an instant."""

    on: date
    known_at: datetime
    rows: tuple[Balance, ...]


async def balance(uow: UnitOfWork, on: date | None, known_at: datetime | None) -> TrialBalance:
    """The trial balance; absent: of today, by all that is known."""
    day = on or stockholm_day(uow.now)
    instant = known_at or uow.recorded_at
    found = await repository.movements(uow.session, day, instant)
    return TrialBalance(day, instant, trial_balance(found, chart()))


async def account_entries(
    uow: UnitOfWork,
    number: str,
    org_number: str | None,
    known_at: datetime | None,
    after: str | None,
    limit: int,
) -> tuple[Account, list[tuple[LedgerEntryRow, VoucherRow]]]:
    """The ledger of an account.

    Raises:
        Problem: ``not_found``; the chart has no such account.
    """
    account = chart().by_number.get(number)
    if account is None:
        raise not_found("account")
    instant = known_at or uow.recorded_at
    rows = await repository.account_page(uow.session, number, org_number, instant, after, limit)
    return account, rows


async def page(uow: UnitOfWork, chosen: Chosen, after: str | None, limit: int) -> list[Voucher]:
    """Vouchers in the order they were recorded."""
    rows = await repository.voucher_page(uow.session, chosen, after, limit)
    entries = await repository.entries_of(uow.session, [row.id for row in rows])
    corrected = await repository.corrected_by(uow.session, [row.id for row in rows])
    return [Voucher(row, entries[row.id], tuple(corrected[row.id])) for row in rows]


async def get(uow: UnitOfWork, voucher_id: str) -> Voucher:
    """A voucher.

    Raises:
        Problem: ``not_found``.
    """
    row = await repository.voucher(uow.session, voucher_id)
    if row is None:
        raise not_found("voucher")
    entries = await repository.entries_of(uow.session, [row.id])
    corrected = await repository.corrected_by(uow.session, [row.id])
    return Voucher(row, entries[row.id], tuple(corrected[row.id]))


async def correct(
    uow: UnitOfWork,
    voucher_id: str,
    day: date | None,
    reason: str,
    entries: Sequence[Entry] | None,
) -> Voucher:
    """Correct a voucher by a new one that names it; the corrected one stays as it is.

    Args:
        uow: the unit of work.
        voucher_id: the voucher to correct.
        day: the day to post on; None: today.
        reason: why.
        entries: what to post; None: the reverse of the voucher.

    Raises:
        Problem: ``not_found``, ``posting_day_ahead``, ``posting_period_closed``,
            ``posting_day_too_early``, ``account_unknown``, ``voucher_unbalanced``,
            ``voucher_empty``;
            ``voucher_corrected_before``: a correction by hand is itself what to correct.
    """
    row = await repository.hold(uow.session, voucher_id)
    if row is None:
        raise not_found("voucher")
    by_hand = await repository.corrected_by_hand(uow.session, voucher_id)
    if by_hand is not None:
        raise Problem(
            VOUCHER_CORRECTED_BEFORE,
            f"The voucher {by_hand} has corrected that one. Correct the later one, if it is wrong"
            " too.",
            corrected_by=by_hand,
        )
    today = stockholm_day(uow.now)
    posted_on = day or today
    await _require_open(uow, posted_on, today)
    if posted_on < row.posted_on:
        raise Problem(
            POSTING_DAY_TOO_EARLY,
            f"The voucher was posted on {row.posted_on}, and on {posted_on} there would be nothing"
            " to correct. Nothing was posted; choose that day or a later one.",
            posted_on=row.posted_on.isoformat(),
        )
    if entries is None:
        stored = (await repository.entries_of(uow.session, [voucher_id]))[voucher_id]
        entries = rules.reversed_entries(
            Entry(each.account, each.amount_ore, each.org_number, each.service, each.period)
            for each in stored
        )
    _require_accounts(entries)
    try:
        posting = rules.correction(
            new_id(), voucher_id, posted_on, reason, entries, row.subscription_id
        )
    except UnbalancedError:
        over = sum(each.amount_ore for each in entries)
        raise Problem(
            VOUCHER_UNBALANCED,
            f"Debit less credit is {format_sek(over)} and has to be nought. Nothing was posted;"
            " correct the amounts.",
            difference_ore=over,
        ) from None
    if posting is None:
        raise Problem(
            VOUCHER_EMPTY, "The entries cancel each other, so nothing would change. Correct them."
        )
    written = await write_now(uow, posting)
    uow.audit("voucher-corrected", voucher_id)
    return await get(uow, written)


async def _require_open(uow: UnitOfWork, day: date, today: date) -> None:
    if day > today:
        raise Problem(
            POSTING_DAY_AHEAD, f"{day} has not come yet. Post on {today} or an earlier day."
        )
    closed = await closed_months.closed_through(uow.session, hold=True)
    if closed is not None and day <= closed.last_day:
        raise Problem(
            POSTING_PERIOD_CLOSED,
            f"Months are closed through {closed}, and {day} is in one of them. Post on"
            f" {closed.next.first_day} or later.",
            closed_through=str(closed),
        )


def _require_accounts(entries: Sequence[Entry]) -> None:
    unknown = sorted({each.account for each in entries} - chart().by_number.keys())
    if unknown:
        raise Problem(
            ACCOUNT_UNKNOWN,
            f"The chart has no account {', '.join(unknown)}. See /ledger/accounts.",
            accounts=unknown,
        )


async def export(uow: UnitOfWork, year: int, month: int | None, known_at: datetime | None) -> bytes:
    """A year, or a month of it, as SIE 4 (type 4E).

    The balances of a whole year are in the file, so that a reader finds out lost vouchers.
    """
    instant = known_at or uow.recorded_at
    first, last = date(year, 1, 1), date(year, 12, 31)
    if month is not None:
        first, last = Month(year, month).first_day, Month(year, month).last_day
    rows = await repository.vouchers_between(uow.session, first, last, instant)
    entries = await repository.entries_of(uow.session, [row.id for row in rows])
    numbers = {each.org_number for of in entries.values() for each in of if each.org_number}
    balances: tuple[Balance, ...] = ()
    if month is None:
        moved = await repository.movements(uow.session, last, instant)
        balances = trial_balance(moved, chart())
    file = sie_file(
        year,
        stockholm_day(uow.now),
        [Written(row, entries[row.id]) for row in rows],
        balances,
        await repository.customer_names(uow.session, numbers),
    )
    return write(file)
