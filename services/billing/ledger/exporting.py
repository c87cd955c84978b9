"""The ledger as a SIE 4 file: its accounts, vouchers, and what they are about.

A customer is an object of dimension 8, which the format reserves for customers; a service, or an
arrangement whose cost is shared, one of dimension 20, the first that is free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.ledger.chart import chart
from services.billing.ledger.trial_balance import Balance
from services.billing.schedule import stockholm_day
from services.billing.sie import model
from services.billing.sie.model import BalanceKind, Objects, SieFile
from services.billing.tables import LedgerEntryRow, VoucherRow

CUSTOMER, SERVICE = "8", "20"
_DIMENSIONS = {CUSTOMER: "Kund", SERVICE: "Tjänst"}


@dataclass(frozen=True)
class Written:
    """A voucher with its entries."""

    row: VoucherRow
    entries: Sequence[LedgerEntryRow]


def sie_file(
    year: int,
    generated_on: date,
    vouchers: Sequence[Written],
    balances: Sequence[Balance],
    names: Mapping[str, str],
) -> SieFile:
    """Vouchers as a SIE 4 file.

    Args:
        year: the calendar year they were posted in.
        generated_on: the day of the file.
        vouchers: in the order in which they are written.
        balances: the trial balance at the year's end; none where the file is not of the year.
        names: what customers are called.
    """
    entries = [each for voucher in vouchers for each in voucher.entries]
    customers = sorted({each.org_number for each in entries if each.org_number})
    services = sorted({each.service for each in entries if each.service})
    return SieFile(
        program="Shared service centre",
        program_version="1",
        generated_on=generated_on,
        company=chart().company,
        years={0: (date(year, 1, 1), date(year, 12, 31))},
        accounts={each.number: each.name_sv for each in chart().accounts},
        dimensions=_DIMENSIONS,
        objects={
            **{(CUSTOMER, each): names.get(each, each) for each in customers},
            **{(SERVICE, each): each for each in services},
        },
        balances=tuple(_balances(balances)),
        vouchers=tuple(_voucher(each) for each in vouchers),
    )


def _balances(balances: Sequence[Balance]) -> Iterator[model.Balance]:
    for each in balances:
        number = each.account.number
        if each.account.kind.is_result:
            yield model.Balance(BalanceKind.RESULT, 0, number, each.closing_ore)
        else:
            yield model.Balance(BalanceKind.OPENING, 0, number, each.opening_ore)
            yield model.Balance(BalanceKind.CLOSING, 0, number, each.closing_ore)


def _voucher(written: Written) -> model.Voucher:
    row = written.row
    return model.Voucher(
        series=row.series,
        number=str(row.number),
        day=row.posted_on,
        text=row.text_sv,
        rows=tuple(
            model.Transaction(each.account, _objects(each), each.amount_ore)
            for each in written.entries
        ),
        registered_on=stockholm_day(row.recorded_at),
        signature=row.recorded_by,
    )


def _objects(entry: LedgerEntryRow) -> Objects:
    pairs = ((CUSTOMER, entry.org_number), (SERVICE, entry.service))
    return tuple((dimension, each) for dimension, each in pairs if each)
