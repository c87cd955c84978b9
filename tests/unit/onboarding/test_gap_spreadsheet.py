"""A gap analysis as a spreadsheet: out, in again, and what is refused on the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from services.onboarding.catalogue.service import catalogue
from services.onboarding.documents.content import (
    CSV,
    XLSX,
    EmptyFileError,
    HasMacrosError,
    NotWhatItSaysError,
    ProtectedError,
)
from services.onboarding.gap_analysis.domain import (
    ActivityRef,
    Comparison,
    GapKind,
    GapSize,
    Resolution,
)
from services.onboarding.gap_analysis.spreadsheet.columns import FILLED_IN, SHEET, Column
from services.onboarding.gap_analysis.spreadsheet.export import HEADING_ROW, Sheet, workbook
from services.onboarding.gap_analysis.spreadsheet.reading import (
    ExpandsTooFarError,
    TooLongError,
    read_rows,
)
from services.onboarding.gap_analysis.spreadsheet.rows import ColumnsWrongError, in_order, parse
from services.onboarding.gap_analysis.state import ActivityState
from services.onboarding.parties import Party
from tests.unit.onboarding.cases import APPROVE, PAY, decision

CASE = "01900000-0000-7000-8000-000000000000"
PAYROLL = catalogue("2026-1").service("payroll")
REFS = [ActivityRef("payroll", activity.key) for activity in PAYROLL.activities]
COMPARED = Comparison(
    ref=PAY,
    customer_way='=HYPERLINK("http://x")\n- och sedan för hand',
    gap=True,
    kind=GapKind.COLLECTIVE_AGREEMENT,
    size=GapSize.LARGE,
    version=4,
    catalogue_version="2026-1",
    decision=replace(
        decision(Resolution.EXCEPTION_UNTIL, until=date(2025, 12, 31), price_ore=123_45),
        decided_by="@chef",
    ),
)


def _exported() -> bytes:
    states = [
        ActivityState(ref, PAYROLL.activity(ref.activity), COMPARED if ref == PAY else None)
        for ref in REFS
    ]
    return workbook(Sheet(CASE, "Pensionsmyndigheten", {"payroll": PAYROLL.name_sv}, states))


EXPORTED = _exported()


def test_what_is_exported_says_the_same_when_it_comes_back() -> None:
    parsed = parse(read_rows(XLSX, EXPORTED), CASE, REFS)
    assert parsed.faults == ()
    assert (parsed.blank, parsed.ignored_columns) == (len(REFS) - 1, ())
    (draft,) = parsed.drafts
    assert (draft.ref, draft.version) == (PAY, 4)
    assert draft.comparison.customer_way == COMPARED.customer_way
    assert (draft.comparison.kind, draft.comparison.size) == (COMPARED.kind, COMPARED.size)
    assert draft.decision is not None
    assert COMPARED.decision is not None
    came_back = draft.decision.decision(COMPARED.decision.decided_at, Party.CENTRE)
    assert COMPARED.decision.says_the_same_as(came_back)


def test_the_workbook_guides_whoever_fills_it_in() -> None:
    book = openpyxl.load_workbook(io.BytesIO(EXPORTED))
    page = book[SHEET]
    headings = [cell.value for cell in page[HEADING_ROW]]
    assert headings == [column.value for column in Column]
    assert page.freeze_panes == f"D{HEADING_ROW + 1}"
    assert page.protection.sheet
    row = HEADING_ROW + 1 + REFS.index(PAY)
    for place, column in enumerate(Column, start=1):
        cell = page.cell(row=row, column=place)
        assert cell.protection.locked is (column not in FILLED_IN), column
        # Nothing that a party wrote is ever a formula.
        assert cell.data_type != "f", column
    way = page.cell(row=row, column=headings.index("Så gör ni i dag") + 1)
    assert (way.value, way.quotePrefix) == (COMPARED.customer_way, True)
    choices = {rule.formula1 for rule in page.data_validations.dataValidation}
    assert {'"Ja,Nej"', '"Liten,Medel,Stor"'} <= choices
    assert all(len(choice) <= 257 for choice in choices)


def _csv(*rows: dict[Column, str], encoding: str = "utf-8") -> bytes:
    headings = [column.value for column in Column]
    lines = [";".join(headings)]
    lines += [";".join(f'"{row.get(column, "")}"' for column in Column) for row in rows]
    return "\r\n".join(lines).encode(encoding)


ROW = {
    Column.SERVICE: "payroll",
    Column.ACTIVITY: "approve-payment",
    Column.VERSION: "0",
    Column.CUSTOMER_WAY: "På papper.",
    Column.GAP: "ja",
    Column.KIND: "arbetssätt",
    Column.SIZE: "small",
}
DECIDED = {
    **ROW,
    Column.DECISION: "Servicecentret anpassar",
    Column.REASON: "Därför.",
    Column.EFFORT: "1 200",
    Column.PRICE: "1 234,50",
    Column.DECIDED_BY: "Karin Berg",
    Column.MANDATE: "ekonomichef",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_comma_separated_values_as_spreadsheet_programs_write_them(encoding: str) -> None:
    (draft,) = parse(read_rows(CSV, _csv(DECIDED, encoding=encoding)), CASE, REFS).drafts
    assert draft.ref == APPROVE
    assert (draft.comparison.kind, draft.comparison.size) == (GapKind.PROCESS, GapSize.SMALL)
    assert draft.decision is not None
    assert (draft.decision.effort_hours, draft.decision.price_ore) == (1_200, 1_234_50)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({Column.CASE: "another"}, Column.CASE, "another_case"),
        ({Column.ACTIVITY: "cook"}, Column.ACTIVITY, "activity_unknown"),
        ({Column.VERSION: "-1"}, Column.VERSION, "not_a_whole_number"),
        ({Column.VERSION: "²"}, Column.VERSION, "not_a_whole_number"),
        ({Column.CUSTOMER_WAY: ""}, Column.CUSTOMER_WAY, "text_missing"),
        ({Column.CUSTOMER_WAY: "x" * 4001}, Column.CUSTOMER_WAY, "text_too_long"),
        ({Column.GAP: "kanske"}, Column.GAP, "not_yes_or_no"),
        ({Column.KIND: "magi"}, Column.KIND, "not_one_of"),
        ({Column.KIND: ""}, Column.KIND, "gap_not_described"),
        ({Column.SIZE: ""}, Column.SIZE, "gap_not_described"),
        ({Column.DECISION: ""}, Column.DECISION, "decision_missing"),
        ({Column.GAP: "Nej"}, Column.DECISION, "no_gap_to_decide"),
        ({Column.REASON: ""}, Column.REASON, "text_missing"),
        ({Column.EFFORT: "1.5"}, Column.EFFORT, "not_a_whole_number"),
        ({Column.EFFORT: "100001"}, Column.EFFORT, "not_a_whole_number"),
        ({Column.PRICE: "1,234"}, Column.PRICE, "not_an_amount"),
        ({Column.PRICE: "NaN"}, Column.PRICE, "not_an_amount"),
        ({Column.PRICE: "1e30"}, Column.PRICE, "not_an_amount"),
        ({Column.UNTIL: "2025-02-30"}, Column.UNTIL, "not_a_day"),
        ({Column.UNTIL: "20250228"}, Column.UNTIL, "not_a_day"),
        ({Column.DECIDED_BY: "  "}, Column.DECIDED_BY, "mandate_missing"),
        ({Column.MANDATE: ""}, Column.MANDATE, "mandate_missing"),
    ],
)
def test_a_fault_is_reported_by_row_and_column(
    change: dict[Column, str], column: Column, code: str
) -> None:
    content = _csv({**ROW, Column.ACTIVITY: "pay-salaries"}, {**DECIDED, **change})
    parsed = parse(read_rows(CSV, content), CASE, REFS)
    assert [(f.row, f.column, f.code) for f in parsed.faults] == [(3, column.value, code)]
    assert parsed.faults[0].text
    assert parsed.faults[0].text_sv


def test_all_faults_are_reported_in_order() -> None:
    content = _csv({**ROW, Column.GAP: "", Column.CUSTOMER_WAY: ""}, ROW, ROW)
    faults = list(in_order(parse(read_rows(CSV, content), CASE, REFS).faults))
    assert [(f.row, f.code) for f in faults] == [
        (2, "text_missing"),
        (2, "not_yes_or_no"),
        (4, "activity_twice"),
    ]


def test_a_formula_is_not_taken_for_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(EXPORTED))
    row = HEADING_ROW + 1 + REFS.index(PAY)
    book[SHEET].cell(row=row, column=list(Column).index(Column.REASON) + 1).value = "=1+1"
    file = io.BytesIO()
    book.save(file)
    faults = parse(read_rows(XLSX, file.getvalue()), CASE, REFS).faults
    assert [(f.row, f.column, f.code) for f in faults] == [(row, "Motivering", "formula_in_cell")]


def test_the_headings_are_needed_each_once() -> None:
    content = _csv(ROW).replace(b"Storlek", b"Storleken")
    with pytest.raises(ColumnsWrongError) as refused:
        parse(read_rows(CSV, content), CASE, REFS)
    assert refused.value.missing == ("Storlek",)
    doubled = _csv(ROW).replace(b"Motivering", b"Gap")
    with pytest.raises(ColumnsWrongError) as refused:
        parse(read_rows(CSV, doubled), CASE, REFS)
    assert refused.value.twice == ["Gap"]
    noted = _csv(ROW).replace(b"Motivering", b"Egna noter")
    assert parse(read_rows(CSV, noted), CASE, REFS).ignored_columns == ("Egna noter",)


def _repacked(change: Callable[[str, bytes], bytes], *more: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(EXPORTED)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more:
            new.writestr(name, content)
    return file.getvalue()


def _unchanged(_name: str, content: bytes) -> bytes:
    return content


def _with_entities(name: str, content: bytes) -> bytes:
    if name != "xl/workbook.xml":
        return content
    declared = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]>'
    return declared + content[content.index(b"<workbook") :]


def _cut_short(name: str, content: bytes) -> bytes:
    return content[:-20] if name == "xl/worksheets/sheet1.xml" else content


def _far_down(name: str, content: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return content
    return content.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>')


@pytest.mark.parametrize(
    ("media_type", "content", "error"),
    [
        pytest.param(XLSX, b"", EmptyFileError, id="nothing"),
        pytest.param(XLSX, _csv(ROW), NotWhatItSaysError, id="values-as-workbook"),
        pytest.param(CSV, EXPORTED, NotWhatItSaysError, id="workbook-as-values"),
        pytest.param(CSV, b'a;b\n"c', NotWhatItSaysError, id="quote-left-open"),
        pytest.param(XLSX, EXPORTED[:-200], NotWhatItSaysError, id="cut-off"),
        pytest.param(
            XLSX, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, ProtectedError, id="password"
        ),
        pytest.param(
            XLSX, _repacked(_unchanged, ("xl/vbaProject.bin", b"x")), HasMacrosError, id="macros"
        ),
        pytest.param(XLSX, _repacked(_with_entities), NotWhatItSaysError, id="entities"),
        pytest.param(XLSX, _repacked(_cut_short), NotWhatItSaysError, id="broken-xml"),
        pytest.param(XLSX, _repacked(_far_down), TooLongError, id="a-million-rows"),
        pytest.param(CSV, b"x;y\n" * 1_001, TooLongError, id="too-many-lines"),
        pytest.param(
            XLSX,
            _repacked(_unchanged, ("xl/media/x.bin", b"\0" * (17 * 1024 * 1024))),
            ExpandsTooFarError,
            id="zip-bomb",
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(
    media_type: str, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        parse(read_rows(media_type, content), CASE, REFS)
