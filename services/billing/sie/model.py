"""What a SIE 4 file holds, as frozen values. Amounts are whole öre; debit is positive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Objects = tuple[tuple[str, str], ...]
"""What a row is about beside its account: pairs of dimension and object, as written."""

ENCODING = "cp437"
"""PC8, the only character set of SIE 1-4 (``#FORMAT PC8``)."""

COST_CENTRE, PROJECT = "1", "6"
"""Dimensions whose meaning the format reserves."""


class BalanceKind(StrEnum):
    """What a record says of an account: named as the record is."""

    OPENING = "IB"
    CLOSING = "UB"
    RESULT = "RES"
    OPENING_OF_OBJECT = "OIB"
    CLOSING_OF_OBJECT = "OUB"
    OF_PERIOD = "PSALDO"
    BUDGET_OF_PERIOD = "PBUDGET"

    @property
    def has_objects(self) -> bool:
        """Whether the record may be about objects."""
        return self not in {BalanceKind.OPENING, BalanceKind.CLOSING, BalanceKind.RESULT}

    @property
    def has_period(self) -> bool:
        """Whether the record is about one month."""
        return self in {BalanceKind.OF_PERIOD, BalanceKind.BUDGET_OF_PERIOD}


@dataclass(frozen=True)
class Transaction:
    """A row of a voucher; ``row`` is its line in the file, ``day`` None where it is the
    voucher's.
    """

    account: str
    objects: Objects
    amount_ore: int
    day: date | None = None
    text: str = ""
    quantity: Decimal | None = None
    signature: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Voucher:
    """A voucher; its rows come to nought. A system before the accounts may leave out number."""

    series: str
    number: str
    day: date
    text: str
    rows: tuple[Transaction, ...]
    registered_on: date | None = None
    signature: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Balance:
    """What an account, or an account and objects, came to.

    ``year`` is 0 for the file's year and -1 for the one before; ``period`` a month such as
    ``2026-03`` where the record is about one.
    """

    kind: BalanceKind
    year: int
    account: str
    amount_ore: int
    objects: Objects = ()
    period: str | None = None
    quantity: Decimal | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class SieFile:
    """A whole file. ``years`` are the first and last day of each financial year."""

    program: str
    program_version: str
    generated_on: date
    company: str
    is_read_before: bool = False
    generated_by: str = ""
    org_number: str = ""
    years: Mapping[int, tuple[date, date]] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[tuple[str, str], str] = field(default_factory=dict)
    balances: tuple[Balance, ...] = ()
    vouchers: tuple[Voucher, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """An account whose vouchers come to something else than the file says it moved by."""

    account: str
    stated_ore: int
    booked_ore: int
    row: int


def disagreements(file: SieFile) -> tuple[Disagreement, ...]:
    """Accounts whose vouchers of the file's year do not come to what the file states.

    A result account states what it came to (``#RES``), one of the balance sheet what it held
    at the beginning and end (``#IB``, ``#UB``). A file that lost vouchers is found out by it.
    Accounts of which the file states nothing are not judged, nor is a file without vouchers.
    """
    if not file.vouchers or 0 not in file.years:
        return ()
    stated: dict[str, int] = {}
    rows: dict[str, int] = {}
    signs = {BalanceKind.RESULT: 1, BalanceKind.CLOSING: 1, BalanceKind.OPENING: -1}
    for each in file.balances:
        if each.year == 0 and each.kind in signs:
            moved = signs[each.kind] * each.amount_ore
            stated[each.account] = stated.get(each.account, 0) + moved
            rows[each.account] = each.row
    first, last = file.years[0]
    booked: dict[str, int] = {}
    for voucher in file.vouchers:
        if first <= voucher.day <= last:
            for row in voucher.rows:
                booked[row.account] = booked.get(row.account, 0) + row.amount_ore
    return tuple(
        Disagreement(account, ore, booked.get(account, 0), rows[account])
        for account, ore in sorted(stated.items())
        if ore != booked.get(account, 0)
    )
