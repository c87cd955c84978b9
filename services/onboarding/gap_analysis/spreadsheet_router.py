"""HTTP of the gap analysis as a spreadsheet."""

from __future__ import annotations

from fastapi import APIRouter, Response

from services.chassis.app import (
    UnitOfWorkRoute,
    Uow,
    UploadedFile,
    upload_route,
    upload_schema,
)
from services.chassis.schemas import Identifier, ResponseModel
from services.onboarding.documents.content import XLSX
from services.onboarding.gap_analysis import importing
from services.onboarding.gap_analysis.spreadsheet.reading import ACCEPTED, MOST_BYTES
from services.onboarding.roles import WORKS_ON_CASES

router = APIRouter(prefix="/cases/{case_id}", tags=["gap analysis"], route_class=UnitOfWorkRoute)
upload_router = APIRouter(
    prefix="/cases/{case_id}",
    tags=["gap analysis"],
    route_class=upload_route(*ACCEPTED, max_bytes=MOST_BYTES),
)


class WorkbookResponse(Response):
    """A workbook as a file."""

    media_type = XLSX


class ImportedOut(ResponseModel):
    """What came of an import.

    ``compared`` and ``decided`` count rows that changed something, ``unchanged`` those that
    said what was known, ``blank`` those that nobody has filled in.
    """

    compared: int
    decided: int
    unchanged: int
    blank: int
    ignored_columns: list[str]


@router.get("/comparisons.xlsx", response_class=WorkbookResponse)
async def export_comparisons(uow: Uow, case_id: Identifier) -> WorkbookResponse:
    """The gap analysis as a workbook to fill in, with a guide, in Swedish."""
    return WorkbookResponse(
        await importing.export(uow, case_id),
        headers={"Content-Disposition": f'attachment; filename="gapanalys-{case_id}.xlsx"'},
    )


@upload_router.post(
    "/comparisons/import",
    dependencies=[WORKS_ON_CASES],
    openapi_extra=upload_schema(*ACCEPTED),
)
async def import_comparisons(uow: Uow, case_id: Identifier, file: UploadedFile) -> ImportedOut:
    """Take in a workbook or CSV that was filled in: every row, or none when one is wrong."""
    return ImportedOut.model_validate(await importing.import_file(uow, case_id, file))
