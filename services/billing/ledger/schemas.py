"""What the API says about the ledger. Debit is above nought, credit below."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.billing.ledger.chart import ACCOUNT_NUMBER, Account, AccountKind, AccountRole
from services.billing.ledger.domain import CauseKind, Entry, voucher_number
from services.billing.ledger.service import TrialBalance, Voucher
from services.billing.spreadsheets import harmless
from services.billing.tables import LedgerEntryRow, VoucherRow
from services.chassis.schemas import AmountOre, Day, RequestModel, ResponseModel, Text
from services.contracts.values import OrgNumber, Slug, YearMonth

AccountNumber = Annotated[str, Field(pattern=ACCOUNT_NUMBER, description="An account's number.")]

_READ_AT = {
    CauseKind.INVOICE: "/invoices/",
    CauseKind.FEES_EARNED: "/invoices/",
    CauseKind.COST_SHARING: "/cost-sharings/",
}


class AccountOut(ResponseModel):
    """An account of the chart; posting rules know it by its role."""

    number: str
    role: AccountRole
    kind: AccountKind
    name: str
    name_sv: str


class ChartOut(ResponseModel):
    """The chart of accounts."""

    items: list[AccountOut]


class EntryOut(ResponseModel):
    """A row of a voucher; ``service`` is a service or an arrangement."""

    account: str
    amount_ore: int
    org_number: str | None
    service: str | None
    period: str | None


class CauseOut(ResponseModel):
    """What a voucher was made for.

    ``read_at`` is where the cause can be read, behind the door's prefix; ``event_id`` the event
    that told of it.
    """

    kind: CauseKind
    id: str
    read_at: str | None
    event_id: str | None


class VoucherOut(ResponseModel):
    """A voucher. ``occurred_on`` lies before ``posted_on`` where its month was closed."""

    id: str
    number: str
    posted_on: date
    occurred_on: date
    text: str
    text_sv: str
    cause: CauseOut
    subscription_id: str | None
    corrects: str | None
    corrected_by: tuple[str, ...]
    recorded_by: str
    recorded_at: datetime
    entries: tuple[EntryOut, ...]


class AccountEntryOut(EntryOut):
    """An entry of an account with its voucher."""

    id: str
    voucher_id: str
    voucher: str
    posted_on: date
    recorded_at: datetime
    text: str
    text_sv: str


class BalanceOut(ResponseModel):
    """An account on a day: ``closing = opening + debit - credit``, since the year began."""

    account: str
    name: str
    name_sv: str
    kind: AccountKind
    opening_ore: int
    debit_ore: int
    credit_ore: int
    closing_ore: int


class TrialBalanceOut(ResponseModel):
    """The trial balance of a day as known at an instant; ``closing_ore`` is 0, always."""

    on: date
    known_at: datetime
    items: tuple[BalanceOut, ...]
    opening_ore: int
    debit_ore: int
    credit_ore: int
    closing_ore: int


class EntryIn(RequestModel):
    """A row of a correction."""

    account: AccountNumber
    amount_ore: AmountOre
    org_number: OrgNumber | None = None
    service: Slug | None = None
    period: YearMonth | None = None


class CorrectionIn(RequestModel):
    """A correction of a voucher; without entries it is reversed whole."""

    reason: Text
    posted_on: Day | None = Field(default=None, description="Absent: today.")
    entries: Annotated[list[EntryIn], Field(min_length=2, max_length=200)] | None = None

    def rows(self) -> list[Entry] | None:
        """The entries as the ledger knows them."""
        if self.entries is None:
            return None
        return [Entry(**each.model_dump()) for each in self.entries]


def account_out(account: Account) -> AccountOut:
    """An account as the API shows it."""
    return AccountOut.model_validate(account)


def voucher_out(voucher: Voucher) -> VoucherOut:
    """A voucher as the API shows it."""
    row = voucher.row
    cause = CauseKind(row.cause)
    return VoucherOut(
        id=row.id,
        number=_number(row),
        posted_on=row.posted_on,
        occurred_on=row.occurred_on,
        text=row.text,
        text_sv=row.text_sv,
        cause=CauseOut(
            kind=cause,
            id=row.cause_id,
            read_at=f"{_READ_AT[cause]}{row.cause_id}" if cause in _READ_AT else None,
            event_id=row.event_id,
        ),
        subscription_id=row.subscription_id,
        corrects=row.corrects,
        corrected_by=voucher.corrected_by,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        entries=tuple(EntryOut.model_validate(each) for each in voucher.entries),
    )


def account_entry_out(found: tuple[LedgerEntryRow, VoucherRow]) -> AccountEntryOut:
    """An entry of an account as the API shows it."""
    entry, row = found
    return AccountEntryOut(
        id=entry.id,
        account=entry.account,
        amount_ore=entry.amount_ore,
        org_number=entry.org_number,
        service=entry.service,
        period=entry.period,
        voucher_id=row.id,
        voucher=_number(row),
        posted_on=row.posted_on,
        recorded_at=row.recorded_at,
        text=row.text,
        text_sv=row.text_sv,
    )


def trial_balance_out(found: TrialBalance) -> TrialBalanceOut:
    """The trial balance as the API shows it."""
    return TrialBalanceOut(
        on=found.on,
        known_at=found.known_at,
        items=tuple(
            BalanceOut(
                account=each.account.number,
                name=each.account.name,
                name_sv=each.account.name_sv,
                kind=each.account.kind,
                opening_ore=each.opening_ore,
                debit_ore=each.debit_ore,
                credit_ore=each.credit_ore,
                closing_ore=each.closing_ore,
            )
            for each in found.rows
        ),
        opening_ore=sum(each.opening_ore for each in found.rows),
        debit_ore=sum(each.debit_ore for each in found.rows),
        credit_ore=sum(each.credit_ore for each in found.rows),
        closing_ore=sum(each.closing_ore for each in found.rows),
    )


def trial_balance_csv(found: TrialBalance) -> str:
    """The trial balance as CSV, amounts in öre."""
    out = io.StringIO()
    writer = csv.writer(out)
    amounts_of = ("opening_ore", "debit_ore", "credit_ore", "closing_ore")
    writer.writerow(["account", "name", "name_sv", "kind", *amounts_of, "on", "known_at"])
    for each in found.rows:
        account = each.account
        names = (harmless(account.name), harmless(account.name_sv))
        amounts = (each.opening_ore, each.debit_ore, each.credit_ore, each.closing_ore)
        asked = (found.on.isoformat(), found.known_at.isoformat())
        writer.writerow([account.number, *names, account.kind.value, *amounts, *asked])
    return out.getvalue()


def _number(row: VoucherRow) -> str:
    return voucher_number(row.series, row.year, row.number)
