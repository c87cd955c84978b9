"""The gap analysis as a spreadsheet over HTTP."""

from __future__ import annotations

import io
from typing import Any

import httpx
import openpyxl

from services.onboarding.documents.content import CSV, XLSX
from services.onboarding.gap_analysis.spreadsheet.columns import SHEET, Column
from services.onboarding.gap_analysis.spreadsheet.export import HEADING_ROW
from services.onboarding.gap_analysis.spreadsheet.reading import MOST_BYTES
from tests.component.onboarding.walk import Walk, done, nothing_changes, refused, walking

PATH = "/comparisons/payroll/approve-payment"


async def _export(walk: Walk) -> bytes:
    answer = await walk.customer("GET", "/comparisons.xlsx")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content


async def _import(walk: Walk, content: bytes, media_type: str = XLSX) -> httpx.Response:
    return await walk.agency.post(
        f"/v1/cases/{walk.case_id}/comparisons/import",
        content=content,
        headers={"Content-Type": media_type},
    )


def _filled(content: bytes, rows: dict[str, dict[Column, Any]], others: str | None = None) -> bytes:
    """A workbook with rows filled in, by activity; ``others`` is how all the rest is done."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[SHEET]
    places = {column: place for place, column in enumerate(Column, start=1)}
    for number in range(HEADING_ROW + 1, page.max_row + 1):
        key = str(page.cell(row=number, column=places[Column.ACTIVITY]).value)
        same = {Column.CUSTOMER_WAY: others, Column.GAP: "Nej"} if others else {}
        for column, value in rows.get(key, same).items():
            page.cell(row=number, column=places[column]).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


GAP = {
    Column.CUSTOMER_WAY: "Attest på papper.",
    Column.GAP: "Ja",
    Column.KIND: "Arbetssätt",
    Column.SIZE: "Liten",
}
DECISION = {
    Column.DECISION: "Servicecentret anpassar",
    Column.REASON: "Nytt flöde i höst.",
    Column.EFFORT: 16,
    Column.PRICE: 16000.5,
    Column.DECIDED_BY: "Karin Berg",
    Column.MANDATE: "ekonomichef",
}


async def test_a_whole_analysis_comes_in_as_a_workbook(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        filled = _filled(
            await _export(walk), {"approve-payment": {**GAP, **DECISION}}, "Som standard."
        )
        counts = done(await _import(walk, filled))
        assert counts == {
            "compared": 18,
            "decided": 1,
            "unchanged": 0,
            "blank": 0,
            "ignored_columns": [],
        }
        seen = done(await walk.customer("GET", PATH))
        assert seen["decision"]["price_ore"] == 1_600_050
        analysis = done(await walk.customer("GET", "/comparisons"))
        story = done(await walk.customer("GET", "/timeline?limit=200"))
        # The same file again, and what is exported now, say nothing new.
        again = done(await _import(walk, filled))
        assert (again["unchanged"], again["compared"], again["decided"]) == (18, 0, 0)
        assert done(await _import(walk, await _export(walk)))["unchanged"] == 18
        assert done(await walk.customer("GET", "/comparisons")) == analysis
        assert done(await walk.customer("GET", "/timeline?limit=200")) == story
        done(await walk.enter("agreement"))
        async with nothing_changes(walk):
            refused(await _import(walk, filled), 409, "wrong_phase")


async def test_one_wrong_row_and_nothing_is_imported(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        exported = await _export(walk)
        await walk.find_gap("pay-salaries")
        ended = {Column.DECISION: "Undantag till ett datum", Column.UNTIL: "2025-01-01"}
        wrong = _filled(
            exported,
            {
                "decide-employment": {**GAP, **DECISION, **ended},
                "register-new-employee": {**GAP, Column.KIND: None},
                "pay-salaries": {Column.CUSTOMER_WAY: "Som standard.", Column.GAP: "Nej"},
            },
            "Som standard.",
        )
        async with nothing_changes(walk):
            problem = refused(await _import(walk, wrong), 422, "spreadsheet_rows_wrong")
        assert [(f["row"], f["column"], f["code"]) for f in problem["faults"]] == [
            (5, "Undantag till och med", "until_required"),
            (6, "Typ av gap", "gap_not_described"),
            (18, "Version", "changed_meanwhile"),
        ]
        assert problem["fault_count"] == 3


async def test_text_stays_text_and_other_files_are_refused(database_url: str) -> None:
    async with walking(database_url) as walk:
        await walk.to_gap_analysis()
        headings = "Tjänstenyckel;Aktivitetsnyckel;Version;Så gör ni i dag;Gap;Typ av gap;Storlek"
        row = 'payroll;approve-payment;0;"=cmd|x!A0";Ja;System;Stor'
        counts = done(await _import(walk, f"{headings}\n{row}\n".encode("cp1252"), CSV))
        assert counts["compared"] == 1
        assert done(await walk.customer("GET", PATH))["customer_way"] == "=cmd|x!A0"
        page = openpyxl.load_workbook(io.BytesIO(await _export(walk)))[SHEET]
        assert not [cell for cells in page.iter_rows() for cell in cells if cell.data_type == "f"]
        exported = await _export(walk)
        async with nothing_changes(walk):
            for content, media_type, status, code in (
                (b"", XLSX, 422, "document_empty"),
                (b"a;b", XLSX, 422, "document_not_what_it_says"),
                (exported, CSV, 422, "document_not_what_it_says"),
                (exported, "application/json", 415, "media_type_not_accepted"),
                (b"a;b\n1;2", CSV, 422, "spreadsheet_columns_wrong"),
                (b"a;b\n" * 1_001, CSV, 422, "spreadsheet_too_long"),
                (b"x" * (MOST_BYTES + 1), CSV, 413, "body_too_large"),
            ):
                refused(await _import(walk, content, media_type), status, code)
