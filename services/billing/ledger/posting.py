"""Writing vouchers: in the unit of work of the fact, numbered when all else in it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.billing.ledger import repository
from services.billing.ledger.domain import CauseKind, Entry, Posting, posting_day
from services.billing.periods import repository as closed_months
from services.billing.tables import LedgerEntryRow, VoucherRow
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork

_WAITING = "ledger_postings"


@dataclass(frozen=True)
class _Waiting:
    id: str
    posting: Posting


def post(uow: UnitOfWork, *postings: Posting | None) -> None:
    """Have vouchers written with the unit of work; None, which comes to nothing, is passed over.

    They get their numbers last and in the order of their series, so that two units of work
    never wait for each other's series in a circle, and hold them for a moment only.
    """
    waiting = [_Waiting(new_id(), each) for each in postings if each is not None]
    if waiting:
        uow.session.info.setdefault(_WAITING, []).extend(waiting)
        uow.before_commit("ledger", _write)


async def voucher_of(uow: UnitOfWork, cause: CauseKind, cause_id: str) -> str | None:
    """The identity of a cause's voucher, written or waiting to be."""
    for each in _waiting(uow):
        if (each.posting.cause, each.posting.cause_id) == (cause, cause_id):
            return each.id
    return await repository.of_cause(uow.session, cause.value, cause_id)


def entries_waiting(uow: UnitOfWork, subscription_id: str) -> list[Entry]:
    """The entries about a subscription that this unit of work is going to write."""
    return [
        entry
        for each in _waiting(uow)
        if each.posting.subscription_id == subscription_id
        for entry in each.posting.entries
    ]


async def write_now(uow: UnitOfWork, posting: Posting) -> str:
    """Write a voucher at once, so that it can be shown; returns its identity."""
    post(uow, posting)
    written = _waiting(uow)[-1].id
    await _write(uow)
    return written


def _waiting(uow: UnitOfWork) -> Sequence[_Waiting]:
    found: Sequence[_Waiting] = uow.session.info.get(_WAITING, ())
    return found


async def _write(uow: UnitOfWork) -> None:
    waiting = tuple(_waiting(uow))
    uow.session.info.pop(_WAITING, None)
    if not waiting:
        return
    closed = await closed_months.closed_through(uow.session, hold=True)
    days = {each.id: posting_day(each.posting.day, closed) for each in waiting}
    numbers: dict[str, int] = {}
    for each in sorted(waiting, key=lambda it: (days[it.id].year, it.posting.cause.series)):
        numbers[each.id] = await repository.next_number(
            uow.session, each.posting.cause.series, days[each.id].year
        )
    for each in waiting:
        posting = each.posting
        uow.session.add(
            VoucherRow(
                id=each.id,
                series=posting.cause.series,
                year=days[each.id].year,
                number=numbers[each.id],
                posted_on=days[each.id],
                occurred_on=posting.day,
                cause=posting.cause.value,
                cause_id=posting.cause_id,
                event_id=uow.envelope.id if uow.envelope else None,
                text=posting.text,
                text_sv=posting.text_sv,
                subscription_id=posting.subscription_id,
                corrects=posting.corrects,
                recorded_by=uow.actor.client_id if uow.actor else "system",
                recorded_at=uow.recorded_at,
            )
        )
        # One by one: a voucher may correct one that waits before it.
        await uow.session.flush()
        uow.session.add_all(_rows(each))
    await uow.session.flush()


def _rows(waiting: _Waiting) -> list[LedgerEntryRow]:
    return [
        LedgerEntryRow(
            id=new_id(),
            voucher_id=waiting.id,
            position=position,
            account=each.account,
            amount_ore=each.amount_ore,
            org_number=each.org_number,
            service=each.service,
            period=each.period,
        )
        for position, each in enumerate(waiting.posting.entries)
    ]
