"""A gap analysis as a workbook to fill in and send back."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.onboarding.gap_analysis.domain import Decision
from services.onboarding.gap_analysis.spreadsheet.columns import (
    COLUMNS,
    FILLED_IN,
    GUIDE,
    KINDS,
    NO,
    PARTIES,
    RESOLUTIONS,
    SHEET,
    SIZES,
    YES,
    Column,
)
from services.onboarding.gap_analysis.state import ActivityState

Value = str | int | Decimal | date | None

HEADING_ROW = 4
_LAST_COLUMN = get_column_letter(len(Column))
_TITLE = Font(size=16, bold=True, color="1F3A5F")
_HEADING = Font(bold=True, color="FFFFFF")
_HEADING_FILL = PatternFill("solid", fgColor="1F3A5F")
_TO_FILL_IN = PatternFill("solid", fgColor="2E6B4F")
_EXPLANATION = Font(size=9, italic=True, color="555555")
_LOCKED_FILL = PatternFill("solid", fgColor="F2F2F2")
_UNDECIDED_FILL = PatternFill("solid", bgColor="FFE8B3")
_THIN = Side(style="thin", color="D0D0D0")
_LINE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="top")

_GUIDE = {
    "Så går det till": (
        "Beskriv för varje rad hur ni gör i dag och om det skiljer sig från standarden. Rader som"
        " ni lämnar tomma ändras inte."
    ),
    "När filen läses in": (
        "Är något fel läses ingenting in. Ni får en lista med rad och kolumn. En rad som någon"
        " annan har ändrat sedan filen hämtades räknas som fel."
    ),
    "Beslut": (
        "Fyll i beslutet när båda parter är överens. Ange alltid vem som har beslutat och med"
        " vilket mandat."
    ),
}


@dataclass(frozen=True)
class Sheet:
    """What a workbook is made of."""

    case_id: str
    customer_name: str
    service_names: Mapping[str, str]
    states: Sequence[ActivityState]


def workbook(sheet: Sheet) -> bytes:
    """The workbook as a file: a sheet to fill in and a guide to it, both in Swedish."""
    book = Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook begins with a worksheet")
    _fill(page, sheet)
    _guide(book.create_sheet(GUIDE))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    page.title = SHEET
    _put(page, 1, 2, f"Gapanalys: {sheet.customer_name}").font = _TITLE
    hint = (
        "Fyll i de gröna kolumnerna och skicka tillbaka filen. Grå celler är låsta."
        f" Mer finns på bladet {GUIDE}."
    )
    _put(page, 2, 2, hint)
    for place, column in enumerate(Column, start=1):
        explanation = _put(page, HEADING_ROW - 1, place, COLUMNS[column].explanation)
        explanation.font, explanation.alignment = _EXPLANATION, _WRAP
        heading = _put(page, HEADING_ROW, place, column.value)
        heading.font, heading.alignment = _HEADING, _WRAP
        heading.fill = _TO_FILL_IN if column in FILLED_IN else _HEADING_FILL
        page.column_dimensions[get_column_letter(place)].width = COLUMNS[column].width
    page.column_dimensions["A"].hidden = True
    # The explanation of the narrowest column takes seven lines.
    page.row_dimensions[HEADING_ROW - 1].height = 90
    page.row_dimensions[HEADING_ROW].height = 32
    for number, state in enumerate(sheet.states, start=HEADING_ROW + 1):
        _row(page, number, _values(sheet, state))
    last = HEADING_ROW + max(1, len(sheet.states))
    _choices(page, last)
    _layout(page, last)


def _values(sheet: Sheet, state: ActivityState) -> dict[Column, Value]:
    known, activity = state.comparison, state.activity
    accountable = PARTIES[activity.accountable]
    if activity.contributes in PARTIES:
        accountable += f" ({PARTIES[activity.contributes].lower()} bidrar)"
    values: dict[Column, Value] = {
        Column.CASE: sheet.case_id,
        Column.SERVICE_NAME: sheet.service_names[state.ref.service],
        Column.NAME: activity.name_sv,
        Column.CUSTOMER_WORDS: activity.customer_words_sv,
        Column.STANDARD: activity.standard_sv,
        Column.ACCOUNTABLE: accountable,
        Column.SERVICE: state.ref.service,
        Column.ACTIVITY: state.ref.activity,
        Column.VERSION: state.version,
    }
    if known is not None:
        values[Column.CUSTOMER_WAY] = known.customer_way
        values[Column.GAP] = YES if known.gap else NO
        values[Column.KIND] = KINDS[known.kind] if known.kind else None
        values[Column.SIZE] = SIZES[known.size] if known.size else None
        if known.decision is not None:
            values.update(_decision_values(known.decision))
    return values


def _decision_values(decision: Decision) -> dict[Column, Value]:
    price = None if decision.price_ore is None else Decimal(decision.price_ore) / 100
    return {
        Column.DECISION: RESOLUTIONS[decision.resolution],
        Column.REASON: decision.reason,
        Column.EFFORT: decision.effort_hours,
        Column.PRICE: price,
        Column.UNTIL: decision.until,
        Column.DECIDED_BY: decision.decided_by,
        Column.MANDATE: decision.mandate,
    }


def _row(page: Worksheet, number: int, values: Mapping[Column, Value]) -> None:
    for place, column in enumerate(Column, start=1):
        cell = _put(page, number, place, values.get(column))
        cell.alignment, cell.border = _WRAP, _LINE
        if column in FILLED_IN:
            cell.protection = Protection(locked=False)
        else:
            cell.fill = _LOCKED_FILL
        if column is Column.PRICE:
            cell.number_format = "#,##0.00"
        elif column is Column.UNTIL:
            cell.number_format = "yyyy-mm-dd"


def _put(page: Worksheet, row: int, place: int, value: Value) -> Cell:
    """Write a cell. Text stays text, also where it looks like a formula (=, +, -, @)."""
    cell = page.cell(row=row, column=place)
    if not isinstance(cell, Cell):
        raise TypeError("the page has no merged cells")
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        # Keeps it text when somebody edits it in a spreadsheet program.
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    return cell


def _choices(page: Worksheet, last: int) -> None:
    def over(column: Column) -> str:
        letter = get_column_letter(list(Column).index(column) + 1)
        return f"{letter}{HEADING_ROW + 1}:{letter}{last}"

    def add(column: Column, rule: DataValidation, title: str, error: str) -> None:
        rule.errorTitle, rule.error, rule.showErrorMessage = title, error, True
        page.add_data_validation(rule)
        rule.add(over(column))

    lists: dict[Column, Iterable[str]] = {
        Column.GAP: (YES, NO),
        Column.KIND: KINDS.values(),
        Column.SIZE: SIZES.values(),
        Column.DECISION: RESOLUTIONS.values(),
    }
    for column, labels in lists.items():
        formula = f'"{",".join(labels)}"'
        rule = DataValidation(type="list", formula1=formula, allow_blank=True)
        add(column, rule, column.value, "Välj ett av alternativen i listan.")
    numbers: dict[Column, Callable[[], DataValidation]] = {
        Column.EFFORT: lambda: DataValidation(
            type="whole", operator="between", formula1="0", formula2="100000", allow_blank=True
        ),
        Column.PRICE: lambda: DataValidation(
            type="decimal", operator="lessThan", formula1="10000000000000", allow_blank=True
        ),
        Column.UNTIL: lambda: DataValidation(
            type="date", operator="greaterThan", formula1="36526", allow_blank=True
        ),
    }
    for column, make in numbers.items():
        add(column, make(), column.value, COLUMNS[column].explanation)
    gap, decision = (
        get_column_letter(list(Column).index(c) + 1) for c in (Column.GAP, Column.DECISION)
    )
    first = HEADING_ROW + 1
    undecided = f'AND(${gap}{first}="{YES}",${decision}{first}="")'
    undecided_gap = Rule(
        type="expression", formula=[undecided], dxf=DifferentialStyle(fill=_UNDECIDED_FILL)
    )
    page.conditional_formatting.add(over(Column.DECISION), undecided_gap)


def _layout(page: Worksheet, last: int) -> None:
    page.freeze_panes = f"D{HEADING_ROW + 1}"
    page.auto_filter.ref = f"B{HEADING_ROW}:{_LAST_COLUMN}{last}"
    page.protection.sheet = True
    page.protection.formatColumns = False
    page.protection.formatRows = False
    page.protection.autoFilter = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A3
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    if page.oddFooter is not None:
        page.oddFooter.center.text = "Sida &P av &N"
    page.sheet_view.zoomScale = 90


def _guide(page: Worksheet) -> None:
    page.column_dimensions["A"].width = 30
    page.column_dimensions["B"].width = 90
    _put(page, 1, 1, GUIDE).font = _TITLE
    lines = [
        *_GUIDE.items(),
        *((column.value, COLUMNS[column].explanation) for column in Column if column in FILLED_IN),
        ("Typer av gap", ", ".join(KINDS.values())),
        ("Storlekar", ", ".join(SIZES.values())),
        ("Möjliga beslut", ", ".join(RESOLUTIONS.values())),
    ]
    for number, (name, text) in enumerate(lines, start=3):
        _put(page, number, 1, name).font = Font(bold=True)
        _put(page, number, 2, text)
        for place in (1, 2):
            page.cell(row=number, column=place).alignment = _WRAP
    page.protection.sheet = True
