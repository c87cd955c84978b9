"""HTTP of bringing in files of agencies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.chassis.app import Uow, UploadedFile, upload_route, upload_schema
from services.chassis.schemas import Day, ResponseModel
from services.onboarding.agencies.import_rows import Imported, Outcome
from services.onboarding.agencies.import_service import Report, import_file
from services.onboarding.roles import REGISTERS_AGENCIES

MAX_BYTES = 5_000_000

staff_router = APIRouter(
    prefix="/agencies/imports",
    tags=["agencies"],
    route_class=upload_route("text/csv", max_bytes=MAX_BYTES),
)


class ImportedOut(ResponseModel):
    """What one row did; ``changed`` names what of a known agency was brought up to date."""

    row: int
    org_number: str
    name: str
    outcome: Outcome
    changed: list[str]

    @classmethod
    def of(cls, imported: Imported) -> ImportedOut:
        """A row."""
        return cls(
            row=imported.row,
            org_number=imported.agency.org_number,
            name=imported.agency.name,
            outcome=imported.outcome,
            changed=[name for name in imported.changed if name != "registered_city"],
        )


class ImportOut(ResponseModel):
    """What a file did, or with ``dry_run`` would do."""

    dry_run: bool
    columns: list[str]
    rows: int
    created: int
    updated: int
    unchanged: int
    outcomes: list[ImportedOut]

    @classmethod
    def of(cls, report: Report) -> ImportOut:
        """The report of an import."""
        return cls(
            dry_run=report.dry_run,
            columns=list(report.columns),
            rows=len(report.imported),
            created=report.count(Outcome.CREATED),
            updated=report.count(Outcome.UPDATED),
            unchanged=report.count(Outcome.UNCHANGED),
            outcomes=[ImportedOut.of(row) for row in report.imported],
        )


@staff_router.post("", dependencies=[REGISTERS_AGENCIES], openapi_extra=upload_schema("text/csv"))
async def import_agencies(
    uow: Uow,
    file: UploadedFile,
    dry_run: Annotated[bool, Query(description="Only say what the file would do.")] = False,
    valid_from: Annotated[
        Day | None,
        Query(description="From when on rows hold that name no day; today when left out."),
    ] = None,
) -> ImportOut:
    """Bring in a file of agencies, whole or not at all; once more changes nothing."""
    report = await import_file(uow, file.content, dry_run=dry_run, valid_from=valid_from)
    return ImportOut.of(report)
