"""Reading of SIE 4: strict, since a file read wrongly would be money read wrongly.

Pure. The first thing that does not hold refuses the file, with row and column; nothing is
guessed. Labels that the format does not know are passed over, as it says they shall be, and so is
what stands behind labels that say nothing of money or names, such as a note with a stray
quotation mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NoReturn

from services.billing.problems import FILE_CUT_SHORT
from services.billing.sie.lexing import Field, FieldError, checksum, fields_of, lines_of
from services.billing.sie.model import (
    Balance,
    BalanceKind,
    Objects,
    SieFile,
    Transaction,
    Voucher,
)
from services.billing.sie.problems import (
    SIE_CHECKSUM_WRONG,
    SIE_UNREADABLE,
    SIE_VOUCHER_UNBALANCED,
)
from services.chassis.problems import Problem, ProblemType

_AMOUNT = re.compile(r"([-+]?)(?=\.?[0-9])([0-9]{0,11})(?:\.([0-9]{0,2})0*)?")
"""A point in it, whether or not something stands on both sides; no part of an öre."""
_ACCOUNT = re.compile(r"[0-9]{1,10}")
_DAY = re.compile(r"[0-9]{8}")
_PERIOD = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])")
_YEAR = re.compile(r"0|-[1-9][0-9]?")
_QUANTITY = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,11}")
_LONGEST_FIELD = 1000
_NEEDED = ("#PROGRAM", "#FORMAT", "#GEN", "#SIETYP", "#FNAMN")
_BALANCES: Mapping[str, BalanceKind] = {f"#{kind}": kind for kind in BalanceKind}
_FIXED: Mapping[str, tuple[str, str]] = {
    "#FORMAT": ("PC8", "the character set is PC8 in SIE 1-4"),
    "#SIETYP": ("4", "only type 4 holds vouchers; export that one"),
    "#VALUTA": ("SEK", "the accounts are not in SEK"),
}
"""Records that say what the file is: the one value each may have, and why."""
_VOUCHER_LABELS = frozenset({"#VER", "#TRANS", "#RTRANS", "#BTRANS"})
_NAMING_LABELS = frozenset({"#KONTO", "#DIM", "#UNDERDIM", "#OBJEKT", "#RAR", "#ORGNR"})
_READ = frozenset({"#FLAGGA", "#KSUMMA", *_VOUCHER_LABELS, *_NAMING_LABELS}).union(
    _NEEDED, _BALANCES, _FIXED
)
"""Labels whose records are taken apart."""


def read(content: bytes) -> SieFile:
    """The file that some bytes are.

    Raises:
        Problem: ``sie_unreadable``, ``file_cut_short``, ``sie_voucher_unbalanced`` or
            ``sie_checksum_wrong``, each with ``row`` and ``column``, both counted from 1.
    """
    return _Reader(content).read()


class _Record:
    """One line while its fields are looked at."""

    def __init__(self, row: int, fields: list[Field], length: int) -> None:
        self.row = row
        self.fields = fields
        self._end = length + 1

    @property
    def label(self) -> str:
        return self.fields[0].text.upper()

    def refuse(self, number: int, why: str, code: ProblemType = SIE_UNREADABLE) -> NoReturn:
        """Refuse the file because of a field, or of its absence."""
        column = self.fields[number].column if number < len(self.fields) else self._end
        raise Problem(
            code,
            f"Row {self.row}, column {column}: {why}. Nothing of the file was taken in.",
            row=self.row,
            column=column,
        )

    def text(self, number: int, *, what: str = "", default: str | None = None) -> str:
        if number >= len(self.fields):
            if default is None:
                self.refuse(number, f"{self.label} has no {what or 'such field'}")
            return default
        field = self.fields[number]
        if field.objects is not None:
            self.refuse(number, f"{self.label} has objects where it has {what or 'a text'}")
        if len(field.text) > _LONGEST_FIELD:
            self.refuse(number, f"a field has more than {_LONGEST_FIELD} characters")
        return field.text

    def matched(self, number: int, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = pattern.fullmatch(self.text(number, what=what))
        if found is None:
            self.refuse(number, f"{self.label} has no {what} there")
        return found

    def day(self, number: int) -> date:
        text = self.matched(number, _DAY, "day written YYYYMMDD")[0]
        try:
            found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            self.refuse(number, "there is no such day")
        if not 1900 <= found.year <= 2199:
            self.refuse(number, "the day is not of these centuries")
        return found

    def perhaps_day(self, number: int) -> date | None:
        return self.day(number) if self.text(number, default="") else None

    def amount(self, number: int) -> int:
        sign, kronor, rest = self.matched(number, _AMOUNT, "amount such as -1234.50").groups()
        ore = int(kronor or "0") * 100 + int((rest or "").ljust(2, "0"))
        return -ore if sign == "-" else ore

    def quantity(self, number: int) -> Decimal | None:
        if not self.text(number, default=""):
            return None
        return Decimal(self.matched(number, _QUANTITY, "quantity")[0])

    def account(self, number: int) -> str:
        return self.matched(number, _ACCOUNT, "account number")[0]

    def objects(self, number: int) -> Objects:
        objects = self.fields[number].objects if number < len(self.fields) else None
        if objects is None:
            self.refuse(number, f"{self.label} has no objects there; none are written {{}}")
        return objects


class _Reader:
    """One reading of a file."""

    def __init__(self, content: bytes) -> None:
        self._lines, self._encoding = lines_of(content)
        self._cut_line = len(self._lines) if self._lines[-1].strip() else None
        self._row = 0
        self._summed: list[list[Field]] | None = None
        self._checked = False
        self._seen: dict[str, _Record] = {}
        self._years: dict[int, tuple[date, date]] = {}
        self._accounts: dict[str, str] = {}
        self._dimensions: dict[str, str] = {}
        self._objects: dict[tuple[str, str], str] = {}
        self._balances: list[Balance] = []
        self._vouchers: list[Voucher] = []
        self._is_read_before = False

    def read(self) -> SieFile:
        first = self._next()
        if first is None or first.label != "#FLAGGA":
            self._refuse_file("a SIE file begins with #FLAGGA", first)
        self._is_read_before = first.matched(1, re.compile("[01]"), "flag, 0 or 1")[0] == "1"
        while (record := self._next()) is not None:
            self._take(record)
        if self._summed is not None:
            raise self._cut("the checksum that it promises at its beginning is not there")
        for label in _NEEDED:
            if label not in self._seen:
                self._refuse_file(f"{label} is missing", first)
        program, general = self._seen["#PROGRAM"], self._seen["#GEN"]
        number = self._seen.get("#ORGNR")
        return SieFile(
            program=program.text(1, what="name of a program"),
            program_version=program.text(2, default=""),
            generated_on=general.day(1),
            generated_by=general.text(2, default=""),
            company=self._seen["#FNAMN"].text(1, what="name"),
            org_number=number.text(1, default="") if number else "",
            is_read_before=self._is_read_before,
            years=self._years,
            accounts=self._accounts,
            dimensions=self._dimensions,
            objects=self._objects,
            balances=tuple(self._balances),
            vouchers=tuple(self._vouchers),
        )

    def _next(self) -> _Record | None:
        """The next line that has fields."""
        while self._row < len(self._lines):
            line = self._lines[self._row]
            self._row += 1
            try:
                fields = fields_of(line)
            except FieldError as error:
                if self._row == self._cut_line:
                    raise self._cut(error.why) from error
                if self._is_passed_over(line):
                    continue
                raise Problem(
                    SIE_UNREADABLE,
                    f"Row {self._row}, column {error.column}: {error.why}. Nothing of the file was"
                    " taken in.",
                    row=self._row,
                    column=error.column,
                ) from error
            if not fields:
                continue
            if self._row == self._cut_line and fields[0].text not in {"}", "#KSUMMA"}:
                raise self._cut("its last line has no line break")
            record = _Record(self._row, fields, len(line))
            if self._summed is not None and record.label != "#KSUMMA":
                self._summed.append(fields)
            return record
        return None

    def _is_passed_over(self, line: str) -> bool:
        """Whether a line is of no use here; under a checksum each one counts."""
        label = line.split(maxsplit=1)[0].upper()
        return label.startswith("#") and label not in _READ and self._summed is None

    def _take(self, record: _Record) -> None:
        label = record.label
        if not label.startswith("#"):
            record.refuse(0, "a record begins with a label such as #KONTO")
        if label in _BALANCES:
            self._balances.append(_balance(record, _BALANCES[label]))
        elif label == "#VER":
            self._vouchers.append(self._voucher(record))
        elif label in {"#TRANS", "#RTRANS", "#BTRANS"}:
            record.refuse(0, f"{label} stands outside a voucher")
        elif label == "#KSUMMA":
            self._checksum(record)
        else:
            self._describe(record)

    def _describe(self, record: _Record) -> None:
        """Records about the file, and names."""
        match record.label:
            case "#KONTO":
                self._accounts[record.account(1)] = record.text(2, what="name", default="")
            case "#DIM" | "#UNDERDIM":
                self._dimensions[record.text(1, what="number")] = record.text(2, default="")
            case "#OBJEKT":
                key = record.text(1, what="dimension"), record.text(2, what="number")
                self._objects[key] = record.text(3, what="name", default="")
            case "#RAR":
                year = int(record.matched(1, _YEAR, "year, 0 or -1")[0])
                self._years[year] = (record.day(2), record.day(3))
                if self._years[year][0] > self._years[year][1]:
                    record.refuse(3, "the year ends before it begins")
            case label if label in _FIXED:
                value, why = _FIXED[label]
                if record.text(1, what="value").upper() != value:
                    record.refuse(1, why)
        self._seen.setdefault(record.label, record)

    def _voucher(self, head: _Record) -> Voucher:
        series, number = head.text(1, what="series"), head.text(2, what="number")
        day, text = head.day(3), head.text(4, default="")
        registered_on, signature = head.perhaps_day(5), head.text(6, default="")
        opened = self._next()
        if opened is None:
            raise self._cut(f"the voucher of row {head.row} has no rows")
        if opened.fields[0].text != "{" or len(opened.fields) > 1:
            opened.refuse(0, "the rows of a voucher begin with a { of its own")
        rows: list[Transaction] = []
        while (record := self._next()) is not None:
            label = record.label
            if label == "}":
                if len(record.fields) > 1:
                    record.refuse(1, "something stands behind the } of a voucher")
                break
            if label == "#TRANS":
                rows.append(_transaction(record))
            elif label in {"#VER", "#KSUMMA"} or not label.startswith("#"):
                record.refuse(0, f"the voucher of row {head.row} is not closed by a }}")
            # Rows that were struck or added by hand (#BTRANS, #RTRANS) do not count: the
            # format repeats an added row as #TRANS.
        else:
            raise self._cut(f"the voucher of row {head.row} is not closed")
        if sum(row.amount_ore for row in rows):
            ore = sum(row.amount_ore for row in rows)
            head.refuse(
                0,
                f"the rows of voucher {series} {number} come to {ore} öre and not to nought",
                SIE_VOUCHER_UNBALANCED,
            )
        return Voucher(series, number, day, text, tuple(rows), registered_on, signature, head.row)

    def _checksum(self, record: _Record) -> None:
        if self._checked:
            record.refuse(0, "there is a second checksum")
        if self._summed is None:
            if len(record.fields) > 1:
                record.refuse(1, "a checksum ends here that did not begin")
            self._summed = []
            return
        if len(record.fields) == 1 and record.row == self._cut_line:
            raise self._cut("its checksum is not there")
        stated = int(record.matched(1, _WHOLE_NUMBER, "checksum")[0])
        computed = checksum(self._summed, self._encoding)
        # Some programs write the 32 bits as a number with a sign.
        if stated % 2**32 != computed:
            record.refuse(
                1, f"the checksum is {computed}, so the file was changed", SIE_CHECKSUM_WRONG
            )
        self._summed, self._checked = None, True

    def _cut(self, why: str) -> Problem:
        row = self._cut_line or len(self._lines)
        return Problem(
            FILE_CUT_SHORT,
            f"The file stops at row {row}: {why}. Nothing of it was taken in; send it whole.",
            row=row,
            column=len(self._lines[row - 1]) + 1,
        )

    def _refuse_file(self, why: str, first: _Record | None) -> NoReturn:
        row = first.row if first else 1
        raise Problem(
            SIE_UNREADABLE,
            f"Row {row}, column 1: {why}. Nothing of the file was taken in.",
            row=row,
            column=1,
        )


def _transaction(record: _Record) -> Transaction:
    return Transaction(
        account=record.account(1),
        objects=record.objects(2),
        amount_ore=record.amount(3),
        day=record.perhaps_day(4),
        text=record.text(5, default=""),
        quantity=record.quantity(6),
        signature=record.text(7, default=""),
        row=record.row,
    )


def _balance(record: _Record, kind: BalanceKind) -> Balance:
    year = int(record.matched(1, _YEAR, "year, 0 or -1")[0])
    at, period = 2, None
    if kind.has_period:
        period = "-".join(record.matched(2, _PERIOD, "month written YYYYMM").groups())
        at = 3
    account = record.account(at)
    objects: Objects = ()
    at += 1
    if kind.has_objects:
        objects = record.objects(at)
        at += 1
    return Balance(
        kind, year, account, record.amount(at), objects, period, record.quantity(at + 1), record.row
    )
