"""Rows of text as comparisons and decisions, or as a report of what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from services.onboarding.gap_analysis.domain import ActivityRef
from services.onboarding.gap_analysis.spreadsheet.columns import (
    DECIDING,
    FILLED_IN,
    KINDS,
    NO,
    REQUIRED,
    RESOLUTIONS,
    SIZES,
    YES,
    Column,
)
from services.onboarding.gap_analysis.spreadsheet.faults import Fault, FaultKind
from services.onboarding.gap_analysis.spreadsheet.reading import Cell, Row
from services.onboarding.gap_analysis.state import ComparisonDraft, DecisionDraft

MOST_HEADING_ROWS = 10
MOST_HOURS = 100_000
MOST_ORE = 10**15
LONGEST_TEXT = 4_000
LONGEST_LINE = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

_Label = TypeVar("_Label", bound=StrEnum)


class ColumnsWrongError(ValueError):
    """The file has no row of headings with every column that is needed, each once."""

    def __init__(self, missing: Sequence[str], twice: Sequence[str]) -> None:
        super().__init__("the columns are wrong")
        self.missing = missing
        self.twice = twice


@dataclass(frozen=True)
class RowDraft:
    """What a row says about an activity; ``decision`` is None where it says nothing of one."""

    number: int
    ref: ActivityRef
    version: int
    comparison: ComparisonDraft
    decision: DecisionDraft | None


@dataclass(frozen=True)
class Parsed:
    """A file's rows as drafts, with the faults that keep it from being imported."""

    drafts: tuple[RowDraft, ...]
    faults: tuple[Fault, ...]
    blank: int
    ignored_columns: tuple[str, ...]


def parse(rows: Sequence[Row], case_id: str, known: Collection[ActivityRef]) -> Parsed:
    """The rows under the headings as drafts.

    Args:
        rows: the file's rows.
        case_id: the case that the file has to be of, where it says so.
        known: the activities of the case.

    Raises:
        ColumnsWrongError: see there.
    """
    heading, places = _headings(rows)
    drafts: list[RowDraft] = []
    faults: list[Fault] = []
    seen: dict[ActivityRef, int] = {}
    blank = 0
    for row in rows:
        if row.number <= heading.number:
            continue
        reader = _RowReader(row, places)
        if reader.is_blank:
            blank += 1
            continue
        draft = reader.draft(case_id, known)
        if draft is not None:
            if draft.ref in seen:
                reader.fault(Column.ACTIVITY, FaultKind.ACTIVITY_TWICE, seen[draft.ref])
            seen.setdefault(draft.ref, row.number)
            drafts.append(draft)
        faults.extend(reader.faults)
    headings = {cell.text for cell in heading.cells if cell.text}
    ignored = tuple(sorted(headings - {column.value for column in Column}))
    return Parsed(tuple(drafts), tuple(faults), blank, ignored)


def _headings(rows: Sequence[Row]) -> tuple[Row, Mapping[Column, int]]:
    best: tuple[str, ...] = tuple(column.value for column in REQUIRED)
    for row in rows[:MOST_HEADING_ROWS]:
        texts = [cell.text for cell in row.cells]
        missing = tuple(column.value for column in REQUIRED if column.value not in texts)
        if not missing:
            twice = [column.value for column in Column if texts.count(column.value) > 1]
            if twice:
                raise ColumnsWrongError((), twice)
            return row, {c: texts.index(c.value) for c in Column if c.value in texts}
        best = min(best, missing, key=len)
    raise ColumnsWrongError(best, ())


class _RowReader:
    """Reads one row and gathers its faults."""

    def __init__(self, row: Row, places: Mapping[Column, int]) -> None:
        self._row = row
        self._places = places
        self.faults: list[Fault] = []

    @property
    def is_blank(self) -> bool:
        """Whether nobody has filled anything in."""
        cells = [self._cell(column) for column in FILLED_IN]
        return not any(cell.text or cell.is_formula for cell in cells)

    def fault(self, column: Column, kind: FaultKind, *about: object) -> None:
        """Note a fault in a column of the row."""
        self.faults.append(Fault.of(self._row.number, column, kind, *about))

    def draft(self, case_id: str, known: Collection[ActivityRef]) -> RowDraft | None:
        """What the row says; None when it has faults."""
        for column in Column:
            if column in FILLED_IN and self._cell(column).is_formula:
                self.fault(column, FaultKind.FORMULA)
        case = self._text(Column.CASE)
        if case and case != case_id:
            self.fault(Column.CASE, FaultKind.ANOTHER_CASE)
        ref = ActivityRef(self._text(Column.SERVICE), self._text(Column.ACTIVITY))
        if ref not in known:
            self.fault(Column.ACTIVITY, FaultKind.ACTIVITY_UNKNOWN, ref)
        version = self._whole_number(Column.VERSION, MOST_ORE)
        comparison = self._comparison()
        decision = self._decision(comparison)
        if self.faults or comparison is None:
            return None
        return RowDraft(self._row.number, ref, version or 0, comparison, decision)

    def _comparison(self) -> ComparisonDraft | None:
        way = self._written(Column.CUSTOMER_WAY, LONGEST_TEXT)
        gap = {YES.casefold(): True, NO.casefold(): False}.get(self._text(Column.GAP).casefold())
        if gap is None:
            self.fault(Column.GAP, FaultKind.NOT_YES_OR_NO)
        kind = self._one_of(Column.KIND, KINDS)
        size = self._one_of(Column.SIZE, SIZES)
        if gap:
            for column in (Column.KIND, Column.SIZE):
                if not self._text(column) and not self._cell(column).is_formula:
                    self.fault(column, FaultKind.GAP_NOT_DESCRIBED)
        if gap is None or way is None:
            return None
        return ComparisonDraft(way, gap, kind, size)

    def _decision(self, comparison: ComparisonDraft | None) -> DecisionDraft | None:
        resolution = self._one_of(Column.DECISION, RESOLUTIONS)
        if not self._text(Column.DECISION):
            for column in DECIDING:
                if self._text(column):
                    self.fault(Column.DECISION, FaultKind.DECISION_MISSING, column.value)
                    break
            return None
        if comparison is not None and not comparison.gap:
            self.fault(Column.DECISION, FaultKind.NO_GAP_TO_DECIDE)
        reason = self._written(Column.REASON, LONGEST_TEXT)
        decided_by = self._written(Column.DECIDED_BY, LONGEST_LINE, FaultKind.MANDATE_MISSING)
        mandate = self._written(Column.MANDATE, LONGEST_LINE, FaultKind.MANDATE_MISSING)
        effort = self._whole_number(Column.EFFORT, MOST_HOURS)
        price = self._price()
        until = self._day()
        if resolution is None or reason is None or decided_by is None or mandate is None:
            return None
        return DecisionDraft(resolution, reason, effort, price, until, decided_by, mandate)

    def _cell(self, column: Column) -> Cell:
        place = self._places.get(column)
        if place is None or place >= len(self._row.cells):
            return Cell()
        return self._row.cells[place]

    def _text(self, column: Column) -> str:
        return self._cell(column).text

    def _written(
        self, column: Column, longest: int, absent: FaultKind = FaultKind.TEXT_MISSING
    ) -> str | None:
        text = self._text(column)
        if not text:
            if not self._cell(column).is_formula:
                self.fault(column, absent)
        elif len(text) > longest:
            self.fault(column, FaultKind.TEXT_TOO_LONG, longest)
        elif _CONTROL.search(text) or (longest == LONGEST_LINE and "\n" in text):
            self.fault(column, FaultKind.TEXT_NOT_ALLOWED)
        else:
            return text
        return None

    def _one_of(self, column: Column, labels: Mapping[_Label, str]) -> _Label | None:
        text = self._text(column).casefold()
        if not text:
            return None
        for value, label in labels.items():
            if text in {label.casefold(), value.value}:
                return value
        self.fault(column, FaultKind.NOT_ONE_OF, ", ".join(labels.values()))
        return None

    def _whole_number(self, column: Column, most: int) -> int | None:
        text = _without_spaces(self._text(column))
        if not text:
            return None
        if (
            not text.isascii()
            or not text.isdigit()
            or len(text) > len(str(most))
            or (int(text) > most)
        ):
            self.fault(column, FaultKind.NOT_A_WHOLE_NUMBER, most)
            return None
        return int(text)

    def _price(self) -> int | None:
        text = _without_spaces(self._text(Column.PRICE)).replace(",", ".")
        if not text:
            return None
        try:
            ore = Decimal(text) * 100
        except InvalidOperation:
            ore = Decimal("nan")
        if not ore.is_finite() or abs(ore) > MOST_ORE or ore != ore.to_integral_value():
            self.fault(Column.PRICE, FaultKind.NOT_AN_AMOUNT)
            return None
        return int(ore)

    def _day(self) -> date | None:
        text = self._text(Column.UNTIL)
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
            self.fault(Column.UNTIL, FaultKind.NOT_A_DAY)
            return None
        return day


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def in_order(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Faults by row, and within a row by column from the left."""
    columns = [column.value for column in Column]
    yield from sorted(faults, key=lambda fault: (fault.row, columns.index(fault.column)))
