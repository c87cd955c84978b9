"""Costs as rows of the accounts say them, before they are on pools: CSV, and vouchers of SIE.

Pure. A file that does not hold is refused whole, with row and column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from services.billing.cost_sharing.facts import Basis
from services.billing.costs.language import MOST_COST_ORE, Account, PoolKey
from services.billing.costs.problems import COST_ROW_INVALID
from services.billing.months import Month
from services.billing.problems import FILE_CUT_SHORT, FILE_UNREADABLE
from services.billing.sie.model import BalanceKind, Objects, SieFile, Voucher
from services.billing.spreadsheets import ore_of
from services.chassis.problems import Problem
from services.chassis.schemas import Day, Text
from services.contracts.values import Slug, YearMonth

_NEEDED = ("id", "amount_sek")
_OF_POOL = ("pool", "period")
_OF_ACCOUNT = ("account", "day")
COLUMNS = (*_NEEDED, *_OF_POOL, *_OF_ACCOUNT, "objects", "basis", "text")
"""Columns of a CSV in any order; a row names its pool and month, or its account and day."""
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    "id": TypeAdapter(Slug),
    "pool": TypeAdapter(PoolKey),
    "period": TypeAdapter(YearMonth),
    "account": TypeAdapter(Account),
    "day": TypeAdapter(Day),
    "basis": TypeAdapter(Basis),
    "text": TypeAdapter(Text),
}
_OBJECTS = re.compile(r"[0-9]{1,5}=\S{1,100}")
MOST_ROWS = 500_000
MAX_BYTES = 20 * 1024 * 1024
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class AccountRow:
    """A cost as a source says it: by pool and month, or by account, objects and day.

    ``row`` and ``column`` are where it stands in the file; ``name`` is the source's name of it.
    """

    name: str
    row: int
    column: int | str
    amount_ore: int
    basis: Basis
    period: str
    text: str | None
    pool: str | None = None
    account: str | None = None
    objects: Objects = ()
    day: date | None = None


def rows_of_csv(content: bytes, announced: int | None) -> list[AccountRow]:
    """The rows of a CSV with a head line, separated by commas or semicolons.

    Raises:
        Problem: ``file_unreadable``, ``file_cut_short``, ``cost_row_invalid``.
    """
    text = _text_of(content)
    try:
        found = list(_csv_rows(text))
    except csv.Error as error:
        row = text.count("\n")
        if "unexpected end" in str(error):
            _cut("a quotation mark is not closed", row)
        _unreadable(str(error), row, error)
    if announced is not None and announced != len(found):
        _cut(f"it has {len(found)} rows, and {announced} were announced", text.count("\n"))
    if not found:
        _unreadable("it has no rows", 1)
    names = Counter(row.name for row in found)
    again = next((row for row in reversed(found) if names[row.name] > 1), None)
    if again is not None:
        _refuse(again.row, "id", f"{again.name} stands in the file twice")
    return found


def _text_of(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        _unreadable("it is not text in UTF-8", row, error)
    if not text.strip():
        _unreadable("it is empty", 1)
    if not text.endswith("\n"):
        _cut("its last line has no line break", text.count("\n") + 1)
    return text


def _csv_rows(text: str) -> Iterator[AccountRow]:
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns = _columns(next(reader))
    at = reader.line_num + 1
    for number, cells in enumerate(reader, start=1):
        if number > MOST_ROWS:
            _unreadable(f"it has more than {MOST_ROWS} rows; send it in parts", at)
        if cells:
            yield _csv_row(dict(zip(columns, cells, strict=False)), at, cells, columns)
        at = reader.line_num + 1


def _columns(head: list[str]) -> list[str]:
    columns = [each.strip().lower() for each in head]
    unknown = sorted({each[:80] for each in columns if each not in COLUMNS})
    missing = [each for each in _NEEDED if each not in columns]
    if not set(_OF_POOL) <= set(columns) and not set(_OF_ACCOUNT) <= set(columns):
        missing += ["pool and period, or account and day"]
    if unknown or missing or len(set(columns)) != len(columns):
        why = f"unknown {', '.join(unknown)}" if unknown else f"missing {', '.join(missing)}"
        if not unknown and not missing:
            why = "one of them stands there twice"
        _unreadable(f"its head line does not name the columns: {why}", 1)
    return columns


def _csv_row(given: dict[str, str], row: int, cells: list[str], columns: list[str]) -> AccountRow:
    if len(cells) != len(columns):
        _refuse(row, None, f"it has {len(cells)} cells and the head line {len(columns)}")
    cell = {name: value.strip() for name, value in given.items() if value.strip()}
    values = {name: _value(row, name, cell[name]) for name in _ADAPTERS if name in cell}
    for name in _NEEDED:
        if name not in cell:
            _refuse(row, name, "it is missing")
    by_pool = [name for name in _OF_POOL if name in cell]
    by_account = [name for name in (*_OF_ACCOUNT, "objects") if name in cell]
    if by_pool and by_account:
        _refuse(row, by_account[0], "a row names its pool and month, or its account and day")
    needed = _OF_POOL if by_pool else _OF_ACCOUNT
    for name in needed:
        if name not in values:
            _refuse(row, name, "it is missing")
    day: date | None = values.get("day")
    return AccountRow(
        name=values["id"],
        row=row,
        column="pool" if by_pool else "account",
        amount_ore=_ore(row, cell["amount_sek"]),
        basis=values.get("basis", Basis.ACTUAL),
        period=values["period"] if day is None else str(Month.of(day)),
        text=values.get("text"),
        pool=values.get("pool"),
        account=values.get("account"),
        objects=_objects(row, cell.get("objects", "")),
        day=day,
    )


def _value(row: int, column: str, text: str) -> Any:
    try:
        return _ADAPTERS[column].validate_python(text)
    except ValidationError as error:
        _refuse(row, column, error.errors(include_input=False)[0]["msg"])


def _ore(row: int, text: str) -> int:
    ore = ore_of(text)
    if ore is None:
        _refuse(row, "amount_sek", "write kronor with at most two decimals, such as -1234.50")
    if abs(ore) > MOST_COST_ORE:
        _refuse(row, "amount_sek", "so much is no single cost; write it in kronor, not in öre")
    return ore


def _objects(row: int, text: str) -> Objects:
    found: list[tuple[str, str]] = []
    for each in text.split():
        if not _OBJECTS.fullmatch(each):
            _refuse(row, "objects", "write dimension=object with blanks between, such as 1=4711")
        dimension, _, number = each.partition("=")
        found.append((dimension, number))
    return tuple(found)


def identity_of(voucher: Voucher, file: SieFile, number_of_same: int) -> str:
    """The name of a voucher among all of a source: its year, series and number.

    A system before the accounts numbers nothing; there the content tells vouchers apart, and
    of several with one content how many came before it in the file.
    """
    if not voucher.number:
        return _digest("unnumbered", content_of(voucher), str(number_of_same))
    years = [first for first, last in file.years.values() if first <= voucher.day <= last]
    year = years[0].isoformat() if years else str(voucher.day.year)
    return _digest("numbered", year, voucher.series, voucher.number)


def content_of(voucher: Voucher) -> str:
    """What tells two vouchers of one number apart: day and rows; texts may be corrected."""
    rows = (
        f"{row.account}|{row.objects}|{row.amount_ore}|{row.day or voucher.day}"
        for row in voucher.rows
    )
    return _digest(voucher.day.isoformat(), *rows)


def rows_of_voucher(voucher: Voucher, identity: str) -> Iterator[AccountRow]:
    """A voucher's rows as costs; debit is cost."""
    for number, row in enumerate(voucher.rows, start=1):
        day = row.day or voucher.day
        text = " ".join(f"{voucher.series} {voucher.number} {row.text or voucher.text}".split())
        yield AccountRow(
            name=f"{identity}:{number}",
            row=row.row,
            column=1,
            amount_ore=row.amount_ore,
            basis=Basis.ACTUAL,
            period=str(Month.of(day)),
            text=text[:_LONGEST_TEXT] or None,
            account=row.account,
            objects=row.objects,
            day=day,
        )


def budget_rows(file: SieFile) -> Iterator[AccountRow]:
    """The file's budget by month, account and objects; records of one place are summed."""
    sums: dict[tuple[str, str, Objects], int] = {}
    first: dict[tuple[str, str, Objects], int] = {}
    for each in file.balances:
        if each.kind is BalanceKind.BUDGET_OF_PERIOD and each.period is not None:
            place = (each.period, each.account, each.objects)
            sums[place] = sums.get(place, 0) + each.amount_ore
            first.setdefault(place, each.row)
    for (period, account, objects), ore in sums.items():
        yield AccountRow(
            name=_digest("budget", period, account, repr(objects)),
            row=first[period, account, objects],
            column=1,
            amount_ore=ore,
            basis=Basis.BUDGET,
            period=period,
            text=None,
            account=account,
            objects=objects,
            day=Month.parse(period).first_day,
        )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def _refuse(row: int, column: str | None, why: str) -> NoReturn:
    where = f"Row {row}, {column}" if column else f"Row {row}"
    raise Problem(
        COST_ROW_INVALID,
        f"{where}: {why}. Nothing of the file was taken in; correct it and send it again.",
        row=row,
        column=column,
    )


def _unreadable(why: str, row: int, error: Exception | None = None) -> NoReturn:
    raise Problem(
        FILE_UNREADABLE,
        f"Nothing of the file was taken in: {why}.",
        row=row,
        column=None,
        columns=list(COLUMNS),
    ) from error


def _cut(why: str, row: int) -> NoReturn:
    raise Problem(
        FILE_CUT_SHORT,
        f"The file stops at row {row}: {why}. Nothing of it was taken in; send it whole.",
        row=row,
        column=None,
    )
