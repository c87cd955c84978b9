"""Reading a file of agencies: which columns there are, what is wrong in which row and column.

The file is CSV in UTF-8 with or without a byte order mark, its cells parted by comma,
semicolon or tab, with one row of column names. Empty cells say nothing. A bare year stands
for its first day; decimals may have a comma.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.onboarding.agencies.import_cells import (
    COLUMNS,
    FAMILIES,
    Cell,
    CellFaultError,
    Family,
    family_of,
)

MAX_ROWS = 5_000
REQUIRED = ("org_number", "name")


class FileFault(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    NOT_UTF8 = "not_utf8"
    NOT_CSV = "not_csv"
    TOO_MANY_ROWS = "too_many_rows"


class FileRefusedError(ValueError):
    """The file cannot be read: why, and where in words."""

    def __init__(self, fault: FileFault, told: str) -> None:
        super().__init__(told)
        self.fault = fault
        self.told = told


@dataclass(frozen=True)
class Finding:
    """What is wrong in a row and column; ``row`` counts the file's rows, names being row 1.

    ``code`` is stable; ``told`` says it in words, without the cell's content.
    """

    row: int
    column: str | None
    code: str
    told: str


@dataclass(frozen=True)
class ImportRow:
    """A row's cells as values, by column; cells that say nothing are left out.

    Families of columns hold their values by what their names end in, as
    ``{"headcount": {"2025": 70}}``.
    """

    row: int
    values: Mapping[str, Cell]
    families: Mapping[Family, Mapping[str, Cell]]

    def text(self, column: str) -> str | None:
        """A cell that holds text."""
        value = self.values.get(column)
        return value if isinstance(value, str) else None

    def day(self, column: str) -> date | None:
        """A cell that holds a day."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None


@dataclass(frozen=True)
class ImportFile:
    """What a file holds, and what is wrong in it; rows with findings are left out."""

    columns: tuple[str, ...]
    rows: tuple[ImportRow, ...]
    column_findings: tuple[Finding, ...]
    row_findings: tuple[Finding, ...]


def read(content: bytes) -> ImportFile:
    """Read a file of agencies.

    Raises:
        FileRefusedError: it is no text, no CSV, has no rows or too many.
    """
    lines = _lines(_text(content))
    columns = tuple(cell.strip().lower() for cell in lines[0])
    column_findings = tuple(_column_findings(columns))
    if column_findings:
        return ImportFile(columns, (), column_findings, ())
    if len(lines) == 1:
        raise FileRefusedError(FileFault.EMPTY, "The file has column names and no rows.")
    rows: list[ImportRow] = []
    findings: list[Finding] = []
    first_row: dict[str, int] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        found = _row_findings(number, columns, cells, first_row)
        if isinstance(found, ImportRow):
            rows.append(found)
        else:
            findings.extend(found)
    if not rows and not findings:
        raise FileRefusedError(FileFault.EMPTY, "Every row of the file is empty.")
    return ImportFile(columns, tuple(rows), (), tuple(findings))


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefusedError(
            FileFault.NOT_UTF8,
            f"Line {line} holds a byte that UTF-8 does not have; spreadsheets save so as"
            " `CSV UTF-8`.",
        ) from error
    if not text.strip():  # A byte order mark may be all that there is.
        raise FileRefusedError(FileFault.EMPTY, "The file is empty.")
    if "\x00" in text:
        raise FileRefusedError(
            FileFault.NOT_UTF8, "The file holds zero bytes; save it as text, `CSV UTF-8`."
        )
    return text


def _lines(text: str) -> list[list[str]]:
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    try:
        for cells in reader:
            if cells or lines:
                lines.append(cells)
            if len(lines) > MAX_ROWS + 1:
                raise FileRefusedError(
                    FileFault.TOO_MANY_ROWS,
                    f"The file has more than {MAX_ROWS} rows; divide it.",
                )
    except csv.Error as error:
        raise FileRefusedError(
            FileFault.NOT_CSV,
            f"Line {reader.line_num} cannot be read as CSV: {error}.",
        ) from error
    return lines


def _column_findings(columns: Sequence[str]) -> list[Finding]:
    findings = [
        Finding(1, column, "column_missing", f"The column {column} is missing.")
        for column in REQUIRED
        if column not in columns
    ]
    for position, column in enumerate(columns):
        if not column:
            told = f"Column {position + 1} has no name."
            findings.append(Finding(1, None, "column_unnamed", told))
        elif column in columns[:position]:
            told = f"The column {column} is there more than once."
            findings.append(Finding(1, column, "column_repeated", told))
        elif column not in COLUMNS and family_of(column) is None:
            families = ", ".join(family.pattern for family in FAMILIES)
            told = f"There is no column {column}; there are {', '.join(COLUMNS)}, {families}."
            findings.append(Finding(1, column, "column_unknown", told))
    return findings


def _row_findings(
    number: int, columns: Sequence[str], cells: Sequence[str], first_row: dict[str, int]
) -> ImportRow | list[Finding]:
    if len(cells) != len(columns):
        told = f"The row has {len(cells)} cells and the file {len(columns)} columns."
        return [Finding(number, None, "cells_miscounted", told)]
    values: dict[str, Cell] = {}
    families: dict[Family, dict[str, Cell]] = {}
    findings: list[Finding] = []
    for column, written in zip(columns, cells, strict=True):
        cell = written.strip()
        if not cell:
            if column in REQUIRED:
                told = f"{column} must be filled in."
                findings.append(Finding(number, column, "value_missing", told))
            continue
        try:
            member = family_of(column)
            if member is None:
                values[column] = COLUMNS[column](cell)
            else:
                family, key = member
                families.setdefault(family, {})[key] = family.read(cell)
        except CellFaultError as fault:
            findings.append(Finding(number, column, fault.code, fault.told))
    org_number = values.get("org_number")
    if isinstance(org_number, str):
        first = first_row.setdefault(org_number, number)
        if first != number:
            told = f"Row {first} is about the same agency."
            findings.append(Finding(number, "org_number", "row_repeated", told))
    return findings or ImportRow(number, values, families)
